/* What lookups need: cells and listings, derived from records. */
#include "store/handle.h"

static const char *const from_text[] = {
	[STORE_VERDICT] = "verdict",
	[STORE_DECISION] = "decision",
	[STORE_CORRECTION] = "correction",
};

/* What derived rows take from their record. */
struct owner {
	int64_t seq, subject, period, at;
};

/* The record at seq is there and has a subject. */
static int find_owner(struct store *s, int64_t seq, struct owner *out, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_RECORD_OWNER, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, seq);
	rc = sql_step(st, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: has no record %lld", s->dir,
			       (long long)seq);
	bool has_subject = !sql_is_null(st, 0);
	*out = (struct owner){ seq, sql_i64(st, 0),
			       sql_is_null(st, 1) ? STORE_NONE : sql_i64(st, 1), sql_i64(st, 2) };
	sql_reset(st);
	if (!has_subject)
		return err_set(err, ERR_USAGE, 0, "store %s: record %lld has no subject", s->dir,
			       (long long)seq);
	return 0;
}

static int put_cell(struct store *s, const struct owner *o, const struct store_cell *c,
		    struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_CELL_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, o->seq);
	sql_bind_text(st, 2, c->destination);
	sql_bind_i64(st, 3, o->subject);
	sql_bind_text(st, 4, c->cls);
	sql_bind_text(st, 5, c->ground);
	sql_bind_text(st, 6, slice_str(from_text[c->from]));
	if (o->period != STORE_NONE)
		sql_bind_i64(st, 7, o->period);
	else
		sql_bind_null(st, 7);
	sql_bind_i64(st, 8, o->at);
	return sql_run(st, err);
}

static int check_cell(const struct store_cell *c, struct err *err)
{
	if ((unsigned)c->from > STORE_CORRECTION || c->cls.n == 0 ||
	    c->destination.n == 0)
		return err_set(err, ERR_USAGE, 0, "store: a cell without destination, class or kind");
	int rc = store_check_text("a cell's destination", c->destination, err);
	if (rc == 0)
		rc = store_check_text("a cell's class", c->cls, err);
	return rc ? rc : store_check_text("a cell's ground", c->ground, err);
}

int store_put_cells(struct store *s, int64_t seq, const struct store_cell *cells, size_t n,
		    struct err *err)
{
	bool own;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = check_cell(&cells[i], err);
	if (rc == 0)
		rc = put_begin(s, &own, err);
	if (rc)
		return rc;
	struct owner owner;
	rc = find_owner(s, seq, &owner, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = put_cell(s, &owner, &cells[i], err);
	return put_end(s, own, rc, err);
}

static int put_listing(struct store *s, const struct owner *o, const struct store_listing *l,
		       struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_LISTING_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, o->seq);
	sql_bind_text(st, 2, l->list);
	sql_bind_text(st, 3, l->destination);
	sql_bind_i64(st, 4, o->subject);
	sql_bind_text(st, 5, l->action);
	sql_bind_i64(st, 6, o->at);
	return sql_run(st, err);
}

static int check_listing(const struct store_listing *l, struct err *err)
{
	if (l->list.n == 0 || (!slice_eq_str(l->action, "add") && !slice_eq_str(l->action, "change") &&
			       !slice_eq_str(l->action, "remove")))
		return err_set(err, ERR_USAGE, 0,
			       "store: a listing without a list, or with an unknown action");
	int rc = store_check_text("a list's name", l->list, err);
	return rc ? rc : store_check_text("a listing's destination", l->destination, err);
}

int store_put_listings(struct store *s, int64_t seq, const struct store_listing *rows, size_t n,
		       struct err *err)
{
	bool own;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = check_listing(&rows[i], err);
	if (rc == 0)
		rc = put_begin(s, &own, err);
	if (rc)
		return rc;
	struct owner owner;
	rc = find_owner(s, seq, &owner, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = put_listing(s, &owner, &rows[i], err);
	return put_end(s, own, rc, err);
}

static int corrupt_row(const struct store *s, const char *table, int64_t seq, struct err *err)
{
	return err_set(err, ERR_CORRUPT, 0,
		       "%s: a row of %s for record %lld cannot be ours: run assay store check --rebuild",
		       s->path, table, (long long)seq);
}

static int cell_from_row(struct store *s, struct sql_stmt *st, struct arena *a,
			 struct store_cell *out, struct err *err)
{
	struct slice from = sql_bytes(st, 3);
	int f = STORE_CORRECTION;

	while (f >= 0 && !slice_eq_str(from, from_text[f]))
		f--;
	struct store_cell c = {
		.destination = arena_copy(a, sql_bytes(st, 0)),
		.cls = arena_copy(a, sql_bytes(st, 1)),
		.ground = arena_copy(a, sql_bytes(st, 2)),
		.seq = sql_i64(st, 4),
		.period = sql_is_null(st, 6) ? STORE_NONE : sql_i64(st, 6),
		.at = sql_i64(st, 7),
		.src = arena_copy(a, sql_bytes(st, 8)),
	};
	if (f < 0 || !digest_from(sql_bytes(st, 5), &c.record))
		return corrupt_row(s, "cell", c.seq, err);
	if (!c.destination.p || !c.cls.p || !c.ground.p || !c.src.p)
		return store_no_memory(s, err);
	c.from = (enum store_cell_from)f;
	*out = c;
	return 0;
}

int store_cells(struct store *s, struct slice kind, struct slice key, struct arena *a,
		struct store_cell **out, size_t *n, struct err *err)
{
	struct sql_stmt *st;
	struct store_cell *list = NULL;
	size_t have = 0, cap = 0;
	int64_t subject;
	int rc = subject_id(s, kind, key, false, &subject, err);

	if (rc == ERR_NOTFOUND) {
		*out = NULL;
		*n = 0;
		return 0;
	}
	if (rc == 0)
		rc = stmt_get(s, STMT_CELL_LIST, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, subject);
	while ((rc = sql_step(st, err)) == 1) {
		list = store_grow(a, list, have, &cap, sizeof(*list));
		rc = list ? cell_from_row(s, st, a, &list[have], err) : store_no_memory(s, err);
		if (rc) {
			sql_reset(st);
			return rc;
		}
		have++;
	}
	if (rc)
		return rc;
	*out = list;
	*n = have;
	return 0;
}

static int listing_from_row(struct store *s, struct sql_stmt *st, struct arena *a,
			    struct store_listing *out, struct err *err)
{
	struct store_listing l = {
		.list = arena_copy(a, sql_bytes(st, 0)),
		.destination = arena_copy(a, sql_bytes(st, 1)),
		.action = arena_copy(a, sql_bytes(st, 2)),
		.seq = sql_i64(st, 3),
		.at = sql_i64(st, 5),
		.kind = arena_copy(a, sql_bytes(st, 6)),
		.key = arena_copy(a, sql_bytes(st, 7)),
	};

	if (!digest_from(sql_bytes(st, 4), &l.record))
		return corrupt_row(s, "listing", l.seq, err);
	if (!l.list.p || !l.destination.p || !l.action.p || !l.kind.p || !l.key.p)
		return store_no_memory(s, err);
	*out = l;
	return 0;
}

int store_listings(struct store *s, struct slice kind, struct slice key, struct arena *a,
		   struct store_listing **out, size_t *n, struct err *err)
{
	struct sql_stmt *st;
	struct store_listing *list = NULL;
	size_t have = 0, cap = 0;
	int64_t subject;
	int rc = subject_id(s, kind, key, false, &subject, err);

	if (rc == ERR_NOTFOUND) {
		*out = NULL;
		*n = 0;
		return 0;
	}
	if (rc == 0)
		rc = stmt_get(s, STMT_LISTING_LIST, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, subject);
	while ((rc = sql_step(st, err)) == 1) {
		list = store_grow(a, list, have, &cap, sizeof(*list));
		rc = list ? listing_from_row(s, st, a, &list[have], err) : store_no_memory(s, err);
		if (rc) {
			sql_reset(st);
			return rc;
		}
		have++;
	}
	if (rc)
		return rc;
	*out = list;
	*n = have;
	return 0;
}
