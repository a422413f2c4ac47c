#include "link/path.h"

uint32_t link_reach(const struct population *p, uint32_t root, const uint32_t *within, uint32_t *via,
                    uint32_t *order)
{
	uint32_t n = 0;

	via[root] = root;
	order[n++] = root;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t d = order[i], step = n;
		for (uint32_t k = p->from[d]; k < p->from[d + 1]; k++) {
			uint32_t u = p->of[k];
			if (p->value[u].plantable)
				continue;
			for (uint32_t m = p->with[u]; m < p->with[u + 1]; m++) {
				uint32_t other = p->member[m];
				struct link link;
				if (via[other] != NETWORK_NONE ||
				    (within && within[other] != within[root]))
					continue;
				link_of(p, d, other, &link);
				if (!link.is_link)
					continue;
				via[other] = d;
				/* Kept in the order of numbers, whichever value led there. */
				uint32_t at = n++;
				for (; at > step && order[at - 1] > other; at--)
					order[at] = order[at - 1];
				order[at] = other;
			}
		}
	}
	return n;
}
