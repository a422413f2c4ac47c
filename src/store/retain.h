/* Evidence by its age: what a retention looks through. Taking out is store/redact.h's. */
#ifndef STORE_RETAIN_H
#define STORE_RETAIN_H

#include "model/evidence.h"
#include "store/store.h"

/* Called per piece; slices are not filled but for cls. Ends as store_record_fn does. */
typedef int (*store_evidence_fn)(void *ctx, const struct store_evidence *e, struct err *err);

/* Evidence of a class that was first taken before a time and is still there, oldest first. */
int store_old_evidence(struct store *s, enum evidence_class cls, int64_t before,
		       store_evidence_fn fn, void *ctx, struct err *err);

#endif
