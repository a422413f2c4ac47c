/* Choke points: who would take down most of a network's domains with one notice.
 *
 *   sorts    whom a notice can go to: registrar, reseller, host (by network prefix or its holder),
 *            name server's operator, payment host, affiliate programme
 *   reach    how many of the network's domains that are up hang on it; a domain on two hosts counts for
 *            each half as far as one: it is up until both act
 *   source   K. Levchenko et al., "Click Trajectories", IEEE S&P 2011: what a campaign cannot replace */
#ifndef LINK_CHOKE_H
#define LINK_CHOKE_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum choke_sort {
	CHOKE_REGISTRAR,
	CHOKE_RESELLER,
	CHOKE_HOST,
	CHOKE_NAME_SERVER,
	CHOKE_PAYMENT,
	CHOKE_PROGRAM,
	CHOKE_SORTS
};

/* Domain number `domain` (0 to domain_n - 1) hangs on that party. */
struct choke_edge {
	uint32_t domain;
	enum choke_sort sort;
	struct slice name;
};

struct choke {
	enum choke_sort sort;
	struct slice name;
	uint32_t domains; /* that hang on it */
	uint32_t alone;   /* of them, those that hang on no other of that sort: they go down at once */
	uint32_t share;   /* alone of all, parts per million */
};

/* Rank the parties: most domains that go down at once, then most domains, then sort and name.
 *
 *   edge      sorted by this; names stay the caller's. Doubles count once
 *   domain_n  of the network, up
 *   out       room for edge_n
 *   return    how many; ERR_NOMEM */
int64_t choke_rank(struct choke_edge *edge, size_t edge_n, uint32_t domain_n, struct choke *out,
                   struct err *err);

/* "registrar". */
const char *choke_sort_name(enum choke_sort s);

#endif
