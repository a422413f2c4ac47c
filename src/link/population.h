/* Who has what: domains and the attribute values that can link them.
 *
 *   in       an edge for each value of each domain, in any order, twice or more where it was seen
 *            so; domains and values are numbers that the caller gave
 *   rarity   how many domains have a value, counted over all, benign ones too. It is frozen for an
 *            epoch: domains that come later are weighed by the counts that are there
 *   kept     only strong values (signal.h): a value that everybody has links nobody, and one that a
 *            single domain has links nothing. They are renumbered by class (those that cannot be
 *            planted first, then by group), in a class the heaviest first, of one weight in the
 *            caller's order: so whether a value may go with another is seen from its number
 *   owns     all its arrays; the edges are read during population_build only
 *   space    4 bytes an edge of a strong value, 4 more where it cannot be planted, 4 a domain, 12 a
 *            strong value; 6 a value while it is built */
#ifndef LINK_POPULATION_H
#define LINK_POPULATION_H

#include "base/err.h"
#include "link/signal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_edge {
	uint32_t domain, value;
};

/* Of n domains each meets n - 1 others: what is asked of a link grows with their number, so that one
 * domain meets 2.5 others by chance whose values are as rare, were all independent. Never below what
 * a million asks: where few are known, that they are few tells nothing. */
enum { LINK_LEAST = 1860, LINK_CHANCE = 133 };

struct population_input {
	const struct link_edge *edge;
	size_t edge_n;
	uint32_t domain_n, value_n;
	const uint8_t *kind;     /* of each value: enum signal_kind */
	/* Of each value: not 0 where it is known to belong to everybody (a CDN, a theme that is sold)
	 * or was struck out. Of each domain: not 0 where it links to nobody, since its operator is
	 * verified. NULL: none. */
	const uint8_t *weightless, *apart;
	const uint32_t *sharers; /* of each value, frozen for the epoch; NULL: counted from the edges */
	uint64_t population;     /* domains that they were counted over; 0: domain_n */
	bool open; /* domains may come to it (placement.h): values that one domain or none has are kept too */
};

/* What is asked of a value for every domain that has it, in one word. */
struct population_value {
	uint16_t weight;   /* hundredths of a bit */
	uint8_t kind;
	uint8_t group : 7; /* of the kind, and whether it is plantable */
	uint8_t plantable : 1;
};

/* Groups, plantable ones behind. */
enum { POPULATION_CLASSES = 2 * SIGNAL_GROUPS, POPULATION_WEIGHTS = 2048 };

struct population {
	uint32_t domain_n;
	uint32_t value_n;   /* strong ones */
	uint32_t *from;     /* domain_n + 1: values of domain d are of[from[d]] up to of[from[d + 1]] */
	uint32_t *of;       /* ascending, each once */
	uint32_t *with;     /* value_n + 1: domains that have value v are member[with[v]] and on; a
	                       plantable value has none here */
	uint32_t *member;   /* ascending */
	struct population_value *value;
	uint32_t *original; /* the caller's number of a value */
	/* Where the values of class c begin that weigh w or less: begin[c * POPULATION_WEIGHTS +
	 * POPULATION_WEIGHTS - 1 - w]. One more entry behind: value_n */
	uint32_t *begin;
	uint32_t class_n; /* values that are numbered so: those that came later (placement.h) lie behind */
	uint32_t *number; /* of an open one: the number of a value of the caller's, VALUE_WEAK where it is
	                     none that is kept; number_n of them */
	uint32_t number_n;
	uint64_t population; /* that the weights are of */
	uint32_t least; /* what two values must weigh to link, hundredths of a bit: see LINK_LEAST */
};

#define VALUE_WEAK UINT32_MAX
#define VALUE_UNSEEN (UINT32_MAX - 1) /* a number that nobody has named yet (placement.h) */

/* ERR_LIMIT for 2^32 edges of strong values or more; ERR_USAGE for an edge or a kind out of range
 * (err->at: its number); ERR_NOMEM. */
int population_build(const struct population_input *in, struct population *out, struct err *err);
void population_release(struct population *p);

/* The values of class c that weigh `least` or more are from *from on and below what is returned. */
static inline uint32_t population_class(const struct population *p, unsigned c, uint32_t least,
                                        uint32_t *from)
{
	const uint32_t *begin = p->begin + (size_t)c * POPULATION_WEIGHTS;

	*from = begin[0];
	if (least >= POPULATION_WEIGHTS)
		return *from;
	return begin[POPULATION_WEIGHTS - least];
}

/* Bytes that it holds. */
size_t population_size(const struct population *p);

#endif
