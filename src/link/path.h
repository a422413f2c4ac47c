/* How domains hang together: the steps of links between them, each of which stands on its own. */
#ifndef LINK_PATH_H
#define LINK_PATH_H

#include "base/err.h"
#include "link/network.h"

#include <stddef.h>
#include <stdint.h>

/* For each domain that links reach from `root`, the domain one step nearer to it, by the fewest steps;
 * among domains of one step, the one met first: in the order of numbers of the step before.
 *
 *   via      domain_n of the population, all NETWORK_NONE before; root for itself. Those of order are
 *            the only ones set, so whoever asks for many networks sets these back
 *   within   of each domain its network (networks.network): only steps inside root's are taken. NULL:
 *            all
 *   order    room for domain_n numbers: the domains reached, in the order of reaching, root first
 *   return   how many */
uint32_t link_reach(const struct population *p, uint32_t root, const uint32_t *within, uint32_t *via,
                    uint32_t *order);

#endif
