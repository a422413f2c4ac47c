/* Each word goes to the driver of the handle; what is the same for all of them is here. */
#include "store/sql.h"

#include "store/sql_driver.h"

#include <stdio.h>

enum sql_engine sql_engine(const struct sql *db)
{
	return db->driver->engine;
}

int sql_begin_writing(struct sql *db, struct err *err)
{
	return db->driver->begin_writing(db, err);
}

void sql_close(struct sql *db)
{
	if (db)
		db->driver->close(db);
}

int sql_exec(struct sql *db, const char *script, struct err *err)
{
	return db->driver->exec(db, script, err);
}

int sql_begin(struct sql *db, struct err *err)
{
	return db->driver->begin(db, err);
}

int sql_snapshot(struct sql *db, struct err *err)
{
	return db->driver->snapshot(db, err);
}

int sql_commit(struct sql *db, struct err *err)
{
	return db->driver->commit(db, err);
}

int sql_rollback(struct sql *db, struct err *err)
{
	return db->driver->rollback(db, err);
}

bool sql_in_transaction(struct sql *db)
{
	return db->driver->in_transaction(db);
}

bool sql_is_spoilt(struct sql *db)
{
	return db->driver->is_spoilt(db);
}

int sql_identify(struct sql *db, enum sql_content *out, struct err *err)
{
	return db->driver->identify(db, out, err);
}

int sql_mark(struct sql *db, struct err *err)
{
	return db->driver->mark(db, err);
}

int sql_check(struct sql *db, sql_line_fn fn, void *ctx, struct err *err)
{
	return db->driver->check(db, fn, ctx, err);
}

int sql_prepare(struct sql *db, const char *text, struct sql_stmt **out, struct err *err)
{
	return db->driver->prepare(db, text, false, out, err);
}

int sql_prepare_walk(struct sql *db, const char *text, struct sql_stmt **out, struct err *err)
{
	return db->driver->prepare(db, text, true, out, err);
}

void sql_finalize(struct sql_stmt *st)
{
	if (st)
		st->owner->driver->finalize(st);
}

void sql_bind_i64(struct sql_stmt *st, int i, int64_t v)
{
	st->owner->driver->bind_i64(st, i, v);
}

void sql_bind_text(struct sql_stmt *st, int i, struct slice v)
{
	st->owner->driver->bind_text(st, i, v);
}

void sql_bind_blob(struct sql_stmt *st, int i, struct slice v)
{
	st->owner->driver->bind_blob(st, i, v);
}

void sql_bind_null(struct sql_stmt *st, int i)
{
	st->owner->driver->bind_null(st, i);
}

int sql_step(struct sql_stmt *st, struct err *err)
{
	return st->owner->driver->step(st, err);
}

int sql_run(struct sql_stmt *st, struct err *err)
{
	int rc;

	do
		rc = sql_step(st, err);
	while (rc == 1);
	return rc;
}

int sql_insert(struct sql_stmt *st, int64_t *key, struct err *err)
{
	return st->owner->driver->insert(st, key, err);
}

int sql_queue(struct sql_stmt *st, struct err *err)
{
	return st->owner->driver->queue(st, err);
}

void sql_reset(struct sql_stmt *st)
{
	st->owner->driver->reset(st);
}

int64_t sql_i64(struct sql_stmt *st, int i)
{
	return st->owner->driver->i64(st, i);
}

struct slice sql_bytes(struct sql_stmt *st, int i)
{
	return st->owner->driver->bytes(st, i);
}

bool sql_is_null(struct sql_stmt *st, int i)
{
	return st->owner->driver->is_null(st, i);
}

int sql_get_i64(struct sql *db, const char *query, int64_t *out, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(db, query, &st, err);

	if (rc == 0)
		rc = sql_step(st, err);
	if (rc == 1) {
		*out = sql_i64(st, 0);
		rc = 0;
	}
	sql_finalize(st);
	return rc;
}

int sql_each_line(struct sql *db, const char *query, const char *before, const char *behind,
		  sql_line_fn fn, void *ctx, struct err *err)
{
	struct sql_stmt *st = NULL;
	int found = 0;
	int rc = sql_prepare(db, query, &st, err);

	while (rc >= 0 && found < SQL_FINDINGS_MAX && (rc = sql_step(st, err)) == 1) {
		char line[400];
		struct slice what = slice_sub(sql_bytes(st, 0), 0, 300);
		if (slice_eq_str(what, "ok"))
			continue;
		snprintf(line, sizeof(line), "%s%.*s%s", before, SLICE_ARG(what), behind);
		fn(ctx, slice_str(line));
		found++;
	}
	sql_finalize(st);
	return rc < 0 ? rc : 0;
}
