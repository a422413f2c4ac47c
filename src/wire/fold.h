/* Text folded for matching, with the way back to the bytes it came from.
 *
 *   source   UAX #15 (compatibility decomposition) and the general categories of UAX #44, from
 *            libunistring; the rules below are ours
 *   in       UTF-8; malformed bytes count as U+FFFD
 *   out      UTF-8, one spelling for what a reader takes for the same words
 *
 * Rules, in order, for each character:
 *   1. removed: format characters (zero width, soft hyphen, bidi controls, byte order marks),
 *      variation selectors, Hangul fillers, Arabic tatweel
 *   2. decomposed by compatibility (full width, half width, ligatures, circled and mathematical
 *      letters); Hangul and kana stay composed, and a voicing mark that stands apart is composed
 *   3. marks dropped that are written over or under Latin, Greek and Cyrillic letters (on whatever
 *      base they stand), Arabic and Hebrew vowel points, enclosing marks; the vowel signs, tone
 *      marks and dots that make other letters (Devanagari, Thai, hamza) kept
 *   4. lower case; ss for sharp s, ae oe o d l h t i for the Latin letters with no decomposition,
 *      one small sigma; every decimal digit as ASCII
 *   5. kept as they are: letters, numbers, marks, currency signs, '%', and '.' or ',' between two
 *      digits
 *   6. every run of all else (space, punctuation, symbols, controls) becomes one ' ', or one '\n'
 *      where the run holds a line feed; nothing at the start and the end
 *
 * So a term with spaces never matches across two blocks of a page, which '\n' parts. Terms of a
 * lexicon are folded by the same function, so that both sides agree. Deterministic: no locale, no
 * clock; the Unicode data is part of fold_version. Linear time. */
#ifndef WIRE_FOLD_H
#define WIRE_FOLD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { FOLD_LIMIT = 16 << 20 /* bytes of input */, FOLD_VERSION_SIZE = 48 };

struct folded {
	struct slice text;   /* in the arena */
	const uint32_t *map; /* text.n + 1: for each byte of text, the offset in source of the
	                        character it came from; the last entry is where the source ends, less
	                        the separators dropped at its end */
	struct slice source; /* what was folded: not copied, must live as long as this value */
};

/* Fold source. Text and map live in the arena; out is untouched on failure.
 * ERR_LIMIT above FOLD_LIMIT bytes, ERR_NOMEM. */
int fold(struct slice source, struct arena *a, struct folded *out, struct err *err);

/* The span of the source that folded bytes [start, end) came from, in whole characters: with the
 * marks and zero-width characters that were removed inside it and directly behind it, without the
 * space around it. start <= end <= f->text.n. An empty span stays empty. */
void fold_span(const struct folded *f, size_t start, size_t end, size_t *source_start,
               size_t *source_end);

/* Rules and data in use: "fold/1 libunistring/1.0". Part of the inputs of a verdict. */
void fold_version(char out[FOLD_VERSION_SIZE]);

#endif
