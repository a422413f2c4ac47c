/* What the issuer of a mandate publishes of it: a line of JSON for each notice that left under it
 * (doc/format/mandate.md, "The issuer's feed"). Nothing personal is in it. */
#ifndef CMD_MANDATE_FEED_H
#define CMD_MANDATE_FEED_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "store/store.h"

/* Append the lines, in the order in which notices left, then of their references. n: how many. As
 * notices_load; ERR_NOMEM. */
int mandate_feed(struct store *store, struct slice mandate, struct buf *out, size_t *n,
                 struct err *err);

#endif
