/* A name, or a word, reduced to what the eye reads: the form in which they are compared.
 *
 *   source    the idea is the skeleton of UTS #39 section 4; the table is our own
 *   reduced   diacritics dropped; Cyrillic, Greek and Latin look-alikes to the Latin letter; digits
 *             to the letter that they stand for (0 o, 1 i or l, 2 z, 3 e, 4 a, 5 s, 7 t, 8 b, 9 g);
 *             hyphens dropped; a letter that is repeated counts once ("run")
 *   kept      every character as it was, with its place, so that a match can be told apart from a
 *             mere likeness, and what was folded can be said
 *
 * A value of fixed size that owns nothing (about 9 KB: for the stack). */
#ifndef SCREEN_SKELETON_H
#define SCREEN_SKELETON_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SKELETON_CHARS = 256, /* a name has 253 octets at most, a U-label fewer characters */
	SKELETON_BYTES = 1024,
};

/* What the digit 1 stands for. */
enum skeleton_one { SKELETON_ONE_IS_I, SKELETON_ONE_IS_L };

struct skeleton_char {
	uint32_t c;         /* as it was, lower case; '.' between labels */
	uint8_t start, end; /* bytes of the name; the whole label where that is an A-label */
	bool after_hyphen;
};

struct skeleton_run {
	uint32_t symbol;
	uint16_t first, n; /* characters first .. first + n - 1 */
};

struct skeleton {
	uint16_t chars, runs, bytes;
	bool has_one; /* a digit 1: the other reading of it may be worth a look */
	bool has_idn; /* an A-label was decoded, or a character is not ASCII */
	struct skeleton_char c[SKELETON_CHARS];
	struct skeleton_run run[SKELETON_CHARS];
	uint16_t run_at[SKELETON_BYTES]; /* the run that a byte of .text belongs to */
	char text[SKELETON_BYTES];       /* the symbols of the runs in UTF-8: what is searched */
};

/* Of the front part of a canonical name. A label that does not decode is taken as it stands.
 * False, and nothing of use in out, when the name is over 253 octets. */
bool skeleton_of_name(struct slice name, enum skeleton_one one, struct skeleton *out);

/* Of a word of the lexicon in UTF-8: case and width folded, everything but letters and digits
 * dropped. Digits keep the letter they could stand for as their symbol, as in a name. False when
 * nothing is left, or more than 64 characters, or no memory. */
bool skeleton_of_word(struct slice word, enum skeleton_one one, struct skeleton *out);

/* The Latin letter that c is read as, or c itself. */
uint32_t skeleton_letter(uint32_t c);

#endif
