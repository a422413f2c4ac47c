/* Names that escaped: they are with another registrar, reseller or host since a notice left.
 *
 *   leads to  a notice of purpose arrived to whoever gained it, and one of purpose departed to the
 *             party that was told (cmd/notice_followup.h)
 *   counted   out for the party that was told, in for the one that gained it
 *
 * Pure. */
#ifndef ACT_ESCAPE_H
#define ACT_ESCAPE_H

#include "act/outcome.h"

/* One that the steps of a line show. */
struct escape {
	size_t line;           /* its place in the notice */
	struct slice to;       /* key of the gaining party; empty: not known yet */
	struct slice by;       /* "registrar", "reseller", "host" */
	int64_t at;
	struct sha256 record;  /* the change that shows it */
};

/* Whether a line is away now, by its steps: the newest move that it did not come back from. */
bool escape_of(size_t line, const struct outcome_step *step, size_t n, struct escape *out);

#endif
