/* Ledger entries: the rows from which the ledger's tiles are drawn. */
#include "store/handle.h"

int store_ledger_size(struct store *s, int64_t *size, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_ENTRY_SIZE, &st, err);
	if (rc)
		return rc;
	rc = sql_step(st, err);
	if (rc < 0)
		return rc;
	*size = rc == 1 ? sql_i64(st, 0) : 0;
	sql_reset(st);
	return 0;
}

static int has_record(struct store *s, struct sha256 id, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_RECORD_SEQ, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&id));
	rc = sql_step(st, err);
	if (rc == 1)
		sql_reset(st);
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0,
			       "store %s: a ledger entry for a record that is not kept", s->dir);
	return rc < 0 ? rc : 0;
}

static int append(struct store *s, const struct store_ledger_entry *e, struct err *err)
{
	struct sql_stmt *st;
	int rc = has_record(s, e->record, err);
	if (rc == 0)
		rc = stmt_get(s, STMT_ENTRY_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, e->seq);
	sql_bind_blob(st, 2, digest_slice(&e->record));
	sql_bind_blob(st, 3, slice_from((const char *)e->salt, STORE_SALT_LEN));
	sql_bind_text(st, 4, e->entry);
	sql_bind_i64(st, 5, e->at);
	return sql_run(st, err);
}

int store_ledger_append(struct store *s, const struct store_ledger_entry *e, struct err *err)
{
	bool own;

	if (e->entry.n == 0)
		return err_set(err, ERR_USAGE, 0, "store: an empty ledger entry");
	if (e->entry.n > STORE_LEDGER_ENTRY_MAX)
		return err_set(err, ERR_LIMIT, 0, "store: a ledger entry of %zu bytes; %d is the most",
			       e->entry.n, STORE_LEDGER_ENTRY_MAX);
	int rc = store_check_text("a ledger entry", e->entry, err);
	if (rc == 0)
		rc = put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, append(s, e, err), err);
}

int store_ledger_find(struct store *s, struct sha256 record, int64_t *seq, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_ENTRY_FIND, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&record));
	rc = sql_step(st, err);
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: the record has no ledger entry", s->dir);
	if (rc < 0)
		return rc;
	*seq = sql_i64(st, 0);
	sql_reset(st);
	return 0;
}

static int entry_from_row(struct store *s, struct sql_stmt *st, struct store_ledger_entry *out,
			  struct err *err)
{
	struct store_ledger_entry e = { .seq = sql_i64(st, 0),
					.entry = sql_bytes(st, 3),
					.at = sql_i64(st, 4) };
	struct slice salt = sql_bytes(st, 2);

	if (!digest_from(sql_bytes(st, 1), &e.record) || salt.n != STORE_SALT_LEN)
		return err_set(err, ERR_CORRUPT, 0,
			       "%s: ledger entry %lld cannot be ours: restore a backup", s->path,
			       (long long)e.seq);
	memcpy(e.salt, salt.p, STORE_SALT_LEN);
	*out = e;
	return 0;
}

int store_ledger_each(struct store *s, int64_t from, int64_t to, store_ledger_fn fn, void *ctx,
		      struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare_walk(s->db, "SELECT seq, record, salt, entry, at FROM ledger_entry "
				    "WHERE seq >= $1 AND seq < $2 ORDER BY seq", &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, from);
	sql_bind_i64(st, 2, to < 0 ? INT64_MAX : to);
	while ((rc = sql_step(st, err)) == 1) {
		struct store_ledger_entry e;
		rc = entry_from_row(s, st, &e, err);
		if (rc == 0)
			rc = fn(ctx, &e, err);
		if (rc)
			break;
	}
	sql_finalize(st);
	return rc;
}
