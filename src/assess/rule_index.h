/* Which rules of a pack can fire on a site at all, so that a site is not asked a thousand questions of
 * which nine hundred are about what it never says.
 *
 * A rule is asked where what its conditions need is there: a claim of one of the classes, an offer of one
 * of the statuses, a number, a seal, a register row. That is a question of bits, answered for 64 rules at
 * a time; what is left out would have been silent. Results and their order do not depend on it. */
#ifndef ASSESS_RULE_INDEX_H
#define ASSESS_RULE_INDEX_H

#include "assess/policy.h"

/* What a site has, for one destination. */
struct rule_present {
	uint64_t phrases;   /* classes of the claims that count */
	uint32_t supplies;  /* bits of enum supply: statuses there of what is offered */
	bool offers;        /* anything is offered */
	bool numbers;       /* a number of a scheme that a register has */
	bool seals;
	bool registered;    /* a register row names the site */
	bool registers;     /* any row was among the inputs */
};

struct rule_index;

/* In the arena. ERR_NOMEM. */
int rule_index_make(const struct pack *pack, struct arena *a, const struct rule_index **out,
                    struct err *err);

/* A walk over the rules of a pack that can fire, in the order of the pack. A pack without an index has
 * them all. */
struct rule_walk {
	const struct pack *pack;
	const struct rule_present *present;
	size_t at;    /* the next word of the index, or the next rule */
	uint64_t can; /* of the word before: those that were not given yet */
};

struct rule_walk rule_walk_begin(const struct pack *pack, const struct rule_present *present);

/* NULL at the end. */
const struct rule *rule_walk_next(struct rule_walk *w);

#endif
