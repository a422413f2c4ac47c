/* The row of table redaction or evidence_gone comes first: it is what lets the triggers pass the
 * change, so no order but this one is possible. */
#include "store/redact.h"

#include "store/blob.h"
#include "store/handle.h"

#include <stdio.h>

#define PENDING SLICE("redact.pending")

static const struct why {
	const char *name, *said;
} whys[] = {
	[STORE_WHY_REDACTION] = { "redaction", "redacted" },
	[STORE_WHY_QUARANTINE] = { "quarantine", "quarantined" },
	[STORE_WHY_RETENTION] = { "retention", "past its retention" },
};

const char *store_why_name(enum store_why why)
{
	return whys[why].name;
}

const char *store_why_said(enum store_why why)
{
	return whys[why].said;
}

static bool why_from(struct slice name, enum store_why *out)
{
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++)
		if (slice_eq_str(name, whys[i].name)) {
			*out = (enum store_why)i;
			return true;
		}
	return false;
}

/* ---- records ---- */

/* What others need to check the ledger, or what says why something is gone, stays. */
static int check_type(struct store *s, struct sha256 record, struct err *err)
{
	static const char *const kept[] = { "redaction", "key", "pack" };
	struct arena a = { 0 };
	struct store_record r;
	int rc = store_get_record(s, record, &a, &r, err);

	for (size_t i = 0; rc == 0 && i < sizeof(kept) / sizeof(kept[0]); i++)
		if (slice_eq_str(r.type, kept[i]))
			rc = err_set(err, ERR_REFUSED, 0,
			             "store %s: a record of type %s is not redacted", s->dir,
			             kept[i]);
	arena_release(&a);
	return rc;
}

/* One statement with a digest, and what else it takes; finalizes it. */
static int run_once(struct store *s, const char *text, struct slice first, struct sha256 record,
                    struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db, text, &st, err);

	if (rc == 0) {
		sql_bind_blob(st, 1, first);
		sql_bind_blob(st, 2, digest_slice(&record));
		rc = sql_run(st, err);
	}
	sql_finalize(st);
	return rc;
}

static int put_redaction(struct store *s, struct sha256 record, int64_t by, int64_t at,
                         struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db, "INSERT INTO redaction (record, by_record, at) "
	                            "VALUES ($1, $2, $3)", &st, err);

	if (rc == 0) {
		sql_bind_blob(st, 1, digest_slice(&record));
		sql_bind_i64(st, 2, by);
		sql_bind_i64(st, 3, at);
		rc = sql_run(st, err);
	}
	sql_finalize(st);
	return rc;
}

static int put_body(struct store *s, struct sha256 record, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db, "UPDATE record SET body = $1 WHERE id = $2", &st, err);

	if (rc == 0) {
		sql_bind_text(st, 1, STORE_REDACTED);
		sql_bind_blob(st, 2, digest_slice(&record));
		rc = sql_run(st, err);
	}
	sql_finalize(st);
	return rc;
}

static int redact(struct store *s, struct sha256 record, int64_t by, int64_t at, struct err *err)
{
	static const char zeros[STORE_SALT_LEN];
	int rc = check_type(s, record, err);

	if (rc == 0)
		rc = put_redaction(s, record, by, at, err);
	if (rc == 0)
		rc = put_body(s, record, err);
	if (rc == 0)
		rc = run_once(s, "UPDATE ledger_entry SET salt = $1 WHERE record = $2",
		              slice_from(zeros, sizeof(zeros)), record, err);
	return rc ? rc : store_put_meta(s, PENDING, SLICE("1"), err);
}

int store_redact(struct store *s, struct sha256 record, int64_t by, int64_t at, struct err *err)
{
	bool own;
	int rc = put_begin(s, &own, err);

	return rc ? rc : put_end(s, own, redact(s, record, by, at, err), err);
}

int store_find_redaction(struct store *s, struct sha256 record, struct store_redaction *out,
                         struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_REDACTION_GET, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&record));
	rc = sql_step(st, err);
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: the record was not redacted", s->dir);
	if (rc < 0)
		return rc;
	*out = (struct store_redaction){ sql_i64(st, 0), sql_i64(st, 1) };
	sql_reset(st);
	return 0;
}

/* ---- evidence ---- */

static int put_gone(struct store *s, struct sha256 evidence, enum store_why why, int64_t by,
                    int64_t at, struct err *err)
{
	struct store_evidence e;
	struct sql_stmt *st = NULL;
	int rc = store_find_evidence(s, evidence, NULL, &e, err);

	if (rc == 0)
		rc = sql_prepare(s->db, "INSERT INTO evidence_gone (sha256, why, by_record, at) "
		                        "VALUES ($1, $2, $3, $4)", &st, err);
	if (rc == 0) {
		sql_bind_blob(st, 1, digest_slice(&evidence));
		sql_bind_text(st, 2, slice_str(whys[why].name));
		sql_bind_i64(st, 3, by);
		sql_bind_i64(st, 4, at);
		rc = sql_run(st, err);
	}
	sql_finalize(st);
	return rc ? rc : store_put_meta(s, PENDING, SLICE("1"), err);
}

int store_put_gone(struct store *s, struct sha256 evidence, enum store_why why, int64_t by,
                   int64_t at, struct err *err)
{
	bool own;
	int rc = put_begin(s, &own, err);

	return rc ? rc : put_end(s, own, put_gone(s, evidence, why, by, at, err), err);
}

int store_find_gone(struct store *s, struct sha256 evidence, struct store_gone *out,
                    struct err *err)
{
	struct store_gone gone = { 0 };
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_GONE_GET, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&evidence));
	rc = sql_step(st, err);
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: the evidence is not gone", s->dir);
	if (rc < 0)
		return rc;
	bool known = why_from(sql_bytes(st, 0), &gone.why);
	gone.by = sql_i64(st, 1);
	gone.at = sql_i64(st, 2);
	sql_reset(st);
	if (!known)
		return err_set(err, ERR_CORRUPT, 0,
		               "%s: a row of evidence_gone gives no reason of ours", s->path);
	*out = gone;
	return 0;
}

/* ---- erasing ---- */

int store_is_erasing(struct store *s, bool *out, struct err *err)
{
	struct buf value = { 0 };
	struct err why = { 0 };
	int rc = store_get_meta(s, PENDING, &value, &why);

	*out = rc == 0 && slice_eq_str(buf_slice(&value), "1");
	buf_release(&value);
	if (rc == 0 || rc == ERR_NOTFOUND)
		return 0;
	if (err)
		*err = why;
	return rc;
}

static int remove_blobs(struct store *s, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db, "SELECT sha256 FROM evidence_gone ORDER BY sha256", &st, err);

	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		struct sha256 digest;
		rc = digest_from(sql_bytes(st, 0), &digest)
		             ? blob_remove(s->blob, digest, err)
		             : err_set(err, ERR_CORRUPT, 0,
		                       "%s: a row of evidence_gone has no digest", s->path);
	}
	sql_finalize(st);
	return rc;
}

int store_erase(struct store *s, struct err *err)
{
	bool pending = false;
	int rc = s->in_batch ? err_set(err, ERR_USAGE, 0, "store %s: a batch is open", s->dir)
	                     : store_is_erasing(s, &pending, err);

	if (rc || !pending)
		return rc;
	rc = remove_blobs(s, err);
	if (rc == 0)
		rc = sql_forget(s->db, err);
	return rc ? rc : store_put_meta(s, PENDING, SLICE("0"), err);
}
