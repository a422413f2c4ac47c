/* Every occurrence of many byte patterns in a text, in one pass over it (Aho-Corasick).
 *
 *   source  A. V. Aho, M. J. Corasick, "Efficient string matching: an aid to bibliographic
 *           search", CACM 18 (1975)
 *   time    O(text + matches), whatever the patterns; built in O(bytes of the patterns)
 *   space   patterns of 250 KB (some 10,000 phrases) take about 5 MB
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
 * 2^30 bytes of patterns, ERR_NOMEM. */
int automaton_new(const struct automaton_pattern *patterns, size_t n, struct automaton **out,
                  struct err *err);
void automaton_free(struct automaton *a);

/* Bytes of memory that it holds, for reports. */
size_t automaton_size(const struct automaton *a);

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
	uint32_t suffix;  /* state whose patterns are being reported, 0 when none */
	uint32_t pattern; /* the next of them, number + 1 */
};

static inline struct automaton_scan automaton_scan(const struct automaton *a, struct slice text)
{
	return (struct automaton_scan){ .a = a, .text = text };
}

bool automaton_next(struct automaton_scan *scan, struct automaton_match *out);

#endif
