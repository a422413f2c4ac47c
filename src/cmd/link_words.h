/* Links and networks in words. */
#ifndef CMD_LINK_WORDS_H
#define CMD_LINK_WORDS_H

#include "base/buf.h"
#include "cmd/link_told.h"

/* The steps from one domain to another, or that none lead there and what the two share all the same.
 * *linked tells which. ERR_NOMEM. */
int link_put_why(const struct link_told *t, uint32_t a, uint32_t b, struct buf *out, bool *linked,
                 struct err *err);

/* A network for people: members by status, programmes and what their storefronts show, choke points.
 * ERR_NOMEM. */
int link_put_network(const struct link_told *t, const struct link_network *w, struct buf *out,
                     struct err *err);

/* Storefronts of programmes that are in no network. ERR_NOMEM. */
int link_put_storefronts(const struct link_told *t, struct buf *out, struct err *err);

/* What networks are without a value: parts of two members or more and single domains, from the second
 * run. ERR_NOMEM. */
int link_put_without(const struct link_told *t, const struct networks *after, struct buf *out,
                     struct err *err);

#endif
