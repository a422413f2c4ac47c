/* Where words end in folded text (wire/fold.h): at spaces, and beside letters that are written
 * without spaces (Thai to Myanmar, Hangul, kana, Han).
 *
 *   source  Unicode 15, blocks; UAX #29 says of these scripts that their words need a dictionary */
#ifndef WIRE_WORD_EDGE_H
#define WIRE_WORD_EDGE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether a word begins with such a letter: it may match within a run of letters. */
bool word_is_unspaced(struct slice word);

/* Whether bytes [from, to) have no letter or digit of a spaced script beside them. */
bool word_stands_alone(struct slice folded, size_t from, size_t to);

#endif
