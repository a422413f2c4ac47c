/* One ask to the edge that carries it out, and what comes of it back.
 *
 * What many orders ask in the same words (IANA's lists, a registry's answer about a platform) is
 * fetched once and told to all of them. */
#ifndef CMD_COLLECT_CARRY_H
#define CMD_COLLECT_CARRY_H

#include "collect/ask.h"

struct carry;
struct pump_edges;

int carry_new(const struct pump_edges *e, struct carry **out, struct err *err);
void carry_free(struct carry *c);

/* The exchange carries the number of the ask and is valid during the call. */
typedef void (*carry_fn)(void *ctx, const struct exchange *x, enum ask_purpose purpose);
/* Not ASK_READ. fn may be called within this call. ERR_NOMEM. */
int carry_out(struct carry *c, const struct ask *a, carry_fn fn, void *ctx, struct err *err);

/* What the answer of a WHOIS server said, which may be that it is asked too much. */
void carry_was_read(struct carry *c, const struct ask *a, const json_t *reading);

#endif
