/* Networks: which domains belong together, by links that each stand on their own.
 *
 *   link      two domains are linked when they share two strong values of different groups, one of
 *             them not plantable, and the two weigh at least .least together. Where both show
 *             where the money goes and it goes different ways, LINK_PENALTY more is asked, unless it
 *             is money that links them. So to be linked is to share a pair of values, and all that
 *             share one pair are linked to each other: no pair of domains has to be looked at
 *   component domains that links join, however many steps apart
 *   network   a component, cut where a single domain alone holds two sides of BRIDGE_SIDE domains or
 *             more together (an articulation of the graph of domains and pairs: R. Tarjan, "Depth-first
 *             search and linear graph algorithms", SIAM J. Comput. 1 (1972)): what one name happens
 *             to have in common with two operators does not make them one. The bridge goes with the
 *             side that its heaviest link leads to
 *   order     none: the result depends on the population alone, a component's on its own domains
 *             alone */
#ifndef LINK_NETWORK_H
#define LINK_NETWORK_H

#include "base/err.h"
#include "link/population.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LINK_PENALTY = 400,
	BRIDGE_SIDE = 3,     /* domains on each side of a bridge, it not counted */
};

#define NETWORK_NONE UINT32_MAX

struct networks {
	uint32_t domain_n;
	/* Of each domain: the lowest number in its component, or its network; its own where alone. */
	uint32_t *component, *network;
	uint32_t bridges;    /* domains at which components were cut */
};

/* Find all networks. ERR_NOMEM. */
int networks_find(const struct population *p, struct networks *out, struct err *err);
void networks_release(struct networks *n);

/* What two domains share: of each group the best value, and whether that is a link. */
struct link {
	uint32_t value[SIGNAL_GROUPS]; /* of the population; NETWORK_NONE where nothing is shared */
	uint32_t weight;   /* sum over the groups, hundredths of a bit */
	bool money_differs;
	bool is_link;
};
void link_of(const struct population *p, uint32_t a, uint32_t b, struct link *out);

/* Whether a pair of values links those who share it. */
static inline bool link_pair(const struct population *p, uint32_t u, uint32_t v, bool money_differs)
{
	struct population_value a = p->value[u], b = p->value[v];
	uint32_t asked = p->least;

	if (a.group == b.group || (a.plantable && b.plantable))
		return false;
	if (money_differs && a.group != GROUP_MONEY && b.group != GROUP_MONEY)
		asked += LINK_PENALTY;
	return (uint32_t)a.weight + b.weight >= asked;
}

#endif
