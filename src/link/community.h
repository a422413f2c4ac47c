/* One component of links, cut at its bridges (network.h). */
#ifndef LINK_COMMUNITY_H
#define LINK_COMMUNITY_H

#include "link/network.h"

struct community_work; /* memory that is used again from one component to the next */

struct community_work *community_work_new(void); /* NULL: no memory */
void community_work_free(struct community_work *w);

/* domain: the members of a component, ascending, n of them. label[i] becomes the lowest number in
 * the network of domain[i]; *bridges grows by the cuts. ERR_NOMEM, ERR_LIMIT (2^30 pairs). */
int community_cut(const struct population *p, const uint32_t *domain, uint32_t n, uint32_t *label,
                  struct community_work *w, uint32_t *bridges, struct err *err);

#endif
