/* Evidence: the bytes in blob/, what is known of them in a row. The blob is written first: a crash
 * between the two leaves a blob that no row names, which is harmless and found by the next put. */
#include "store/blob.h"
#include "store/handle.h"
#include "store/redact.h"

static int check_evidence(const struct store_evidence *e, struct slice bytes, struct err *err)
{
	if (!slice_eq_str(e->cls, "public") && !slice_eq_str(e->cls, "restricted"))
		return err_set(err, ERR_USAGE, 0, "store: evidence is public or restricted");
	if (bytes.n > STORE_EVIDENCE_MAX)
		return err_set(err, ERR_LIMIT, 0, "store: evidence of %zu bytes; %d is the most", bytes.n,
			       STORE_EVIDENCE_MAX);
	int rc = store_check_text("a media type", e->media_type, err);
	return rc ? rc : store_check_text("an origin", e->origin, err);
}

static int put_row(struct store *s, const struct store_evidence *e, struct sha256 digest,
		   size_t length, bool *is_new, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_EVIDENCE_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&digest));
	sql_bind_text(st, 2, e->cls);
	sql_bind_text(st, 3, e->media_type);
	sql_bind_i64(st, 4, (int64_t)length);
	sql_bind_text(st, 5, e->origin);
	sql_bind_i64(st, 6, e->at);
	rc = sql_insert(st, NULL, err);
	if (rc >= 0 && is_new)
		*is_new = rc == 1;
	return rc < 0 ? rc : 0;
}

static int get_row(struct store *s, struct sha256 digest, struct arena *a,
		   struct store_evidence *out, struct err *err)
{
	char hex[SHA256_HEX];
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_EVIDENCE_GET, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&digest));
	rc = sql_step(st, err);
	sha256_hex(digest, hex);
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: has no evidence sha256:%s", s->dir, hex);
	if (rc < 0)
		return rc;
	struct store_evidence e = { .sha256 = digest,
				    .length = (uint64_t)sql_i64(st, 3),
				    .at = sql_i64(st, 5) };
	if (a) {
		e.cls = arena_copy(a, sql_bytes(st, 1));
		e.media_type = arena_copy(a, sql_bytes(st, 2));
		e.origin = arena_copy(a, sql_bytes(st, 4));
	}
	sql_reset(st);
	if (a && (!e.cls.p || !e.media_type.p || !e.origin.p))
		return store_no_memory(s, err);
	*out = e;
	return 0;
}

static int is_gone(struct store *s, struct sha256 digest, bool *out, struct err *err)
{
	struct store_gone gone;
	struct err why = { 0 };
	int rc = store_find_gone(s, digest, &gone, &why);

	*out = rc == 0;
	if (rc == 0 || rc == ERR_NOTFOUND)
		return 0;
	if (err)
		*err = why;
	return rc;
}

/* What was taken out is not handed out, though its file may lie there until store_erase. */
static int refuse_gone(struct store *s, struct sha256 digest, struct err *err)
{
	char hex[SHA256_HEX];
	struct store_gone gone;
	struct err why = { 0 };
	int rc = store_find_gone(s, digest, &gone, &why);

	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc && err)
		*err = why;
	if (rc)
		return rc;
	sha256_hex(digest, hex);
	return err_set(err, ERR_NOTFOUND, 0, "store %s: evidence sha256:%s is %s", s->dir, hex,
		       store_why_said(gone.why));
}

int store_put_evidence(struct store *s, struct store_evidence *e, struct slice bytes, bool *is_new,
		       struct err *err)
{
	bool own;
	struct sha256 digest;
	int rc = check_evidence(e, bytes, err);

	if (rc == 0)
		rc = put_begin(s, &own, err);
	if (rc)
		return rc;
	/* Its absence is an answer, not a failure: err is for what comes of it. */
	struct store_evidence have;
	struct err looked = { 0 };
	rc = get_row(s, sha256_of(bytes), NULL, &have, &looked);
	bool known = rc == 0, gone = false;
	if (known)
		rc = is_gone(s, have.sha256, &gone, err);
	if (rc == 0 && gone)
		digest = have.sha256;
	else if (rc == 0 || rc == ERR_NOTFOUND)
		rc = blob_put(s->blob, bytes, known, &digest, err);
	else if (err && !known)
		*err = looked;
	s->blobs_dirty = s->blobs_dirty || !gone;
	if (rc == 0)
		rc = put_row(s, e, digest, bytes.n, is_new, err);
	rc = put_end(s, own, rc, err);
	if (rc == 0) {
		e->sha256 = digest;
		e->length = bytes.n;
	}
	return rc;
}

int store_find_evidence(struct store *s, struct sha256 digest, struct arena *a,
			struct store_evidence *e, struct err *err)
{
	return get_row(s, digest, a, e, err);
}

int store_get_evidence(struct store *s, struct sha256 digest, struct buf *out, struct arena *a,
		       struct store_evidence *e, struct err *err)
{
	struct store_evidence row;
	int rc = get_row(s, digest, a, &row, err);

	if (rc == 0)
		rc = refuse_gone(s, digest, err);
	if (rc)
		return rc;
	rc = blob_get(s->blob, digest, STORE_EVIDENCE_MAX, out, err);
	if (rc == ERR_NOTFOUND) {
		char hex[SHA256_HEX];
		sha256_hex(digest, hex);
		return err_set(err, ERR_CORRUPT, 0,
			       "%s/%.2s/%s: evidence is missing: restore this file from a backup",
			       s->blob, hex, hex + 2);
	}
	if (rc == 0 && e)
		*e = row;
	return rc;
}
