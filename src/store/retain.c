#include "store/retain.h"

#include "store/handle.h"

int store_old_evidence(struct store *s, enum evidence_class cls, int64_t before,
		       store_evidence_fn fn, void *ctx, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db,
			     "SELECT e.sha256, e.length, e.at FROM evidence e "
			     "LEFT JOIN evidence_gone g ON g.sha256 = e.sha256 "
			     "WHERE e.class = $1 AND e.at < $2 AND g.sha256 IS NULL "
			     "ORDER BY e.at, e.sha256", &st, err);

	if (rc == 0) {
		sql_bind_text(st, 1, slice_str(evidence_class_name(cls)));
		sql_bind_i64(st, 2, before);
	}
	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		struct store_evidence e = { .cls = slice_str(evidence_class_name(cls)),
					    .length = (uint64_t)sql_i64(st, 1),
					    .at = sql_i64(st, 2) };
		rc = digest_from(sql_bytes(st, 0), &e.sha256) ?
			     fn(ctx, &e, err) :
			     err_set(err, ERR_CORRUPT, 0, "%s: a row of evidence has no digest",
				     s->path);
	}
	sql_finalize(st);
	return rc;
}
