/* Domains that come one at a time to a population whose networks are known.
 *
 *   epoch    rarity stays what it was when the population was built: a value that nobody or one domain
 *            had then weighs as one that two have. Within an epoch the networks are those that a full
 *            run over all domains finds, with the epoch's counts
 *   changed  the component that the domain comes to lie in, alone */
#ifndef LINK_PLACEMENT_H
#define LINK_PLACEMENT_H

#include "base/err.h"
#include "link/network.h"
#include "link/population.h"

#include <stddef.h>
#include <stdint.h>

struct placement;

/* p must be open (population.h) and n its networks. Both are taken over, also where it fails.
 * ERR_USAGE, ERR_NOMEM. */
int placement_new(struct population *p, struct networks *n, struct placement **out, struct err *err);
void placement_free(struct placement *pl);

struct placed_value {
	uint32_t value; /* the caller's number; one that the population did not know is told by its kind */
	uint8_t kind;   /* enum signal_kind */
};

struct placed {
	uint32_t domain;   /* its number: the next one */
	uint32_t network;  /* the lowest number in its network; its own where it is alone */
	uint32_t members;  /* of its component, itself included */
	uint32_t joined;   /* components that it made one with itself */
};

/* Place one domain. ERR_USAGE (a kind out of range), ERR_LIMIT (2^32 edges or domains), ERR_NOMEM: the
 * placement is as it was, but after ERR_NOMEM networks may be too large where they should be cut. */
int placement_add(struct placement *pl, const struct placed_value *values, size_t n,
                  struct placed *out, struct err *err);

/* As they are now, but for .bridges; borrowed, until the next call. */
const struct population *placement_population(const struct placement *pl);
const struct networks *placement_networks(const struct placement *pl);

#endif
