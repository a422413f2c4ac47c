/* The tables of an automaton, for the two files that make and walk them.
 *
 * States are of three sorts, told apart by their numbers:
 *
 *	dense   0 .. dense-1    a row with the next state for every class of byte, failures
 *	                        resolved: the root (0), what lies near to it, what has many ways on
 *	branch  then branches   a list of the ways on, and the state to fall back to
 *	chain   then slots      one way on or none: the byte of it, and the state to fall back to.
 *	                        The next state is the next slot; where a chain ends in a state of
 *	                        another sort, the slot behind it is a link to that
 *
 * Bytes that occur in no pattern share class 0 and lead to the root. */
#ifndef BASE_AUTOMATON_TABLES_H
#define BASE_AUTOMATON_TABLES_H

#include "base/automaton.h"

/* In a next state, and in the word of a slot: patterns end there, so that the loop looks at nothing
 * else for a byte that ends none. */
#define AUTOMATON_ENDS 0x80000000u
#define AUTOMATON_LINK 0x40000000u /* in the word of a slot: it is a link, to .. */
#define AUTOMATON_LAST 0x20000000u /* there too: no way on */
#define AUTOMATON_STATE 0x1fffffffu

enum { AUTOMATON_BYTES = 256, AUTOMATON_CLASSES_MAX = AUTOMATON_BYTES + 1 };

/* How many of each; the block begins with them. */
struct automaton_sizes {
	uint32_t classes, dense, branches, ways, slots, endings, patterns;
	uint32_t depth; /* bytes of the longest pattern */
};

struct automaton_branch {
	uint32_t first; /* of its ways; they end where those of the next branch begin */
	uint32_t fail;
};

/* What ends in a state: its own patterns, then those of the next suffix that has any. */
struct automaton_ending {
	uint32_t state;
	uint32_t pattern; /* first, number + 1; 0 when it only passes on to a suffix */
	uint32_t suffix;  /* ending, number + 1; 0 when there is none */
};

struct automaton_told {
	uint32_t value, length;
	uint32_t same; /* next pattern with the same text, number + 1 */
};

struct automaton {
	struct automaton_sizes n;
	const uint16_t *class;                 /* of each byte */
	const uint32_t *dense;                 /* n.dense rows of n.classes next states */
	const struct automaton_branch *branch; /* one more than there are: where ways end */
	const uint32_t *way;                   /* next state */
	const uint32_t *slot;                  /* the state to fall back to, or of a link to go to */
	const struct automaton_ending *ending; /* by state, ascending */
	const struct automaton_told *told;     /* by number of the pattern */
	const uint8_t *way_byte, *slot_byte;
	struct slice bytes; /* all of it */
	void *own;          /* the same, where it is ours to free */
};

/* Bytes that a block with these sizes takes, and where its tables lie when it begins at p; those
 * of *a are set unless p is NULL. No overflow, whatever the sizes. */
uint64_t automaton_lay(struct automaton *a, const struct automaton_sizes *n, char *p);

#endif
