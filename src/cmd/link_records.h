/* Links and networks as records (doc/format/record.md). */
#ifndef CMD_LINK_RECORDS_H
#define CMD_LINK_RECORDS_H

#include "base/buf.h"
#include "cmd/link_told.h"

/* A network's records, one a line: the network, then a link for each member but the flagship, to the
 * one that is a step nearer to it. ERR_NOMEM. */
int link_put_records(const struct link_told *t, const struct link_network *w, int64_t at,
                     struct buf *out, struct err *err);

/* A record for each earlier network of which no member is in one any more: with one member. ERR_NOMEM. */
int link_put_gone(const struct link_told *t, int64_t at, struct buf *out, struct err *err);

/* One attribution for each storefront of a programme: what it shows, affiliates, suppliers. ERR_NOMEM. */
int link_put_attributions(const struct link_told *t, int64_t at, struct buf *out, struct err *err);

/* A hypothesis: that a storefront may be of a programme of which it shows too little. ERR_NOMEM. */
int link_put_guess(const struct link_told *t, const struct link_attribution *a, int64_t at,
                   struct buf *out, struct err *err);

#endif
