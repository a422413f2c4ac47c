/* Counts of sources, and small facts about the store itself. */
#include "store/handle.h"

static int put_source(struct store *s, const struct store_source *src, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_SOURCE_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_text(st, 1, src->name);
	sql_bind_i64(st, 2, src->seen);
	sql_bind_i64(st, 3, src->suspects);
	sql_bind_i64(st, 4, src->bad);
	sql_bind_i64(st, 5, src->at);
	return sql_run(st, err);
}

int store_put_source(struct store *s, const struct store_source *src, struct err *err)
{
	bool own;
	int rc = store_check_text("a source's name", src->name, err);

	if (rc == 0)
		rc = put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, put_source(s, src, err), err);
}

int store_sources(struct store *s, struct arena *a, struct store_source **out, size_t *n,
		  struct err *err)
{
	struct sql_stmt *st;
	struct store_source *list = NULL;
	size_t have = 0, cap = 0;
	int rc = stmt_get(s, STMT_SOURCE_LIST, &st, err);

	while (rc >= 0 && (rc = sql_step(st, err)) == 1) {
		list = store_grow(a, list, have, &cap, sizeof(*list));
		if (!list) {
			sql_reset(st);
			return store_no_memory(s, err);
		}
		list[have++] = (struct store_source){
			.name = arena_copy(a, sql_bytes(st, 0)),
			.seen = sql_i64(st, 1),
			.suspects = sql_i64(st, 2),
			.bad = sql_i64(st, 3),
			.at = sql_i64(st, 4),
		};
	}
	if (rc < 0)
		return rc;
	*out = list;
	*n = have;
	return 0;
}

static int put_meta(struct store *s, struct slice key, struct slice value, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_META_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_text(st, 1, key);
	sql_bind_text(st, 2, value);
	return sql_run(st, err);
}

int store_put_meta(struct store *s, struct slice key, struct slice value, struct err *err)
{
	bool own;
	int rc = store_check_text("a key", key, err);

	if (rc == 0)
		rc = store_check_text("a value", value, err);
	if (rc == 0)
		rc = put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, put_meta(s, key, value, err), err);
}

int store_get_meta(struct store *s, struct slice key, struct buf *out, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_META_GET, &st, err);
	if (rc)
		return rc;
	sql_bind_text(st, 1, key);
	rc = sql_step(st, err);
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: has no value '%.*s'", s->dir,
			       SLICE_ARG(key));
	if (rc < 0)
		return rc;
	buf_put(out, sql_bytes(st, 0));
	sql_reset(st);
	return buf_ok(out) ? 0 : store_no_memory(s, err);
}
