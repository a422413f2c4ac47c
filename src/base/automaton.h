/* Every occurrence of many byte patterns in a text, in one pass over it (Aho-Corasick).
 *
 *   source  A. V. Aho, M. J. Corasick, "Efficient string matching: an aid to bibliographic
 *           search", CACM 18 (1975)
 *   time    O(text + matches), whatever the patterns; built in O(bytes of the patterns)
 *   space   110,000 patterns of 3.4 MB, most of which begin and end alike, take 10 MB
 *   bytes   it is one block that holds no pointer: what was built once can be kept in a file and
 *           walked where that lies, mapped (doc/format/matcher.md draws it)
 *
 * Bytes are compared as they are: the caller folds case, width and the like on both sides. What
 * was built never changes, so any number of threads may scan with it. */
#ifndef BASE_AUTOMATON_H
#define BASE_AUTOMATON_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct automaton_pattern {
	struct slice text; /* at least one byte; read during automaton_new only */
	uint32_t value;    /* handed back with each match; need not be unique */
};

struct automaton_match {
	uint32_t value;
	size_t start, end; /* bytes start..end-1 of the text equal the pattern */
};

struct automaton;

/* Build from n patterns (0 is fine: nothing ever matches). The same text may come more than once;
 * each is reported. ERR_USAGE for an empty pattern (err->at = its number), ERR_LIMIT for more than
 * 2^28 bytes of patterns, ERR_NOMEM. */
int automaton_new(const struct automaton_pattern *patterns, size_t n, struct automaton **out,
                  struct err *err);
/* Frees what automaton_new made; of a borrowed one the bytes stay their owner's. */
void automaton_free(struct automaton *a);

/* All of it as bytes, the same for the same patterns in the same order; they live as long as the
 * automaton. Numbers stand in the byte order of the machine. */
struct slice automaton_bytes(const struct automaton *a);

/* Walk such bytes where they lie: nothing is copied, they must stay until automaton_free. They
 * begin at an address that 8 divides (ERR_USAGE). ERR_CORRUPT where lengths and tables do not fit
 * each other, ERR_NOMEM.
 *
 * What else may be wrong in them, a walk leaves neither them nor the text, and it ends: at worst it
 * reports what is not there, or misses what is. Whoever takes them from a file sees by a digest
 * whether they are those that were built. */
int automaton_borrow(struct slice bytes, struct automaton **out, struct err *err);

/* Number of patterns. */
size_t automaton_patterns(const struct automaton *a);

/* A walk over one text; owns nothing, may be abandoned at any point.
 *
 *	struct automaton_scan scan = automaton_scan(a, text);
 *	for (struct automaton_match m; automaton_next(&scan, &m);)
 *		...
 *
 * Matches come in order of their end; those with one end, longest first; those with one text, in
 * the order of the patterns. All of them come, overlapping and nested ones too. */
struct automaton_scan {
	const struct automaton *a;
	struct slice text;
	size_t at;        /* bytes read */
	uint32_t state;   /* after those bytes */
	uint32_t pattern; /* the next that ends here, number + 1; 0 when there is none */
	uint32_t suffix;  /* the ending whose patterns come after those, number + 1 */
	size_t longest;   /* that a pattern reported next can be */
};

static inline struct automaton_scan automaton_scan(const struct automaton *a, struct slice text)
{
	return (struct automaton_scan){ .a = a, .text = text };
}

bool automaton_next(struct automaton_scan *scan, struct automaton_match *out);

#endif
