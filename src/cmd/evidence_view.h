/* Evidence as the public may read it: what `GET /v1/evidence/HASH` answers.
 *
 *   given   evidence of class public that a finding quotes which stands in a published decision: the
 *           subject is listed, or was and is corrected, now, for the finding's destination; the
 *           finding is one of that decision's or of the verdict that is told beside it; and it is
 *           no graver than the class that holds
 *   made    by publish/derivative.h: quotations of those findings, the text masked; never the bytes
 *   bounds  2 MiB of evidence (else quotations alone), 4096 findings looked at, 256 quotations */
#ifndef CMD_EVIDENCE_VIEW_H
#define CMD_EVIDENCE_VIEW_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/domain.h"
#include "store/store.h"
#include "wire/json.h"

enum {
	EVIDENCE_VIEW_BYTES = 2 << 20,
	EVIDENCE_VIEW_FINDINGS = 4096,
	EVIDENCE_VIEW_QUOTATIONS = 256,
};

/* Make the object of doc/format/derivative.md.
 *
 *   store   open for reading
 *   arena   for the work; nothing of *out lies in it
 *   return  0 and a new reference; ERR_NOTFOUND with one and the same text where there is no such
 *           evidence, where it is restricted and where nothing published rests on it, so that the
 *           answer tells nothing; else what the store says; ERR_NOMEM */
int evidence_view_load(struct store *store, struct sha256 digest, const struct suffixes *suffixes,
                       struct arena *arena, json_t **out, struct err *err);

#endif
