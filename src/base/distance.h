/* How many edits part two short words.
 *
 *   source  optimal string alignment: one edit puts in, leaves out or changes a byte, or swaps two
 *           neighbours; no byte is edited twice
 *   time    O(a.n * b.n), at most 4,096 steps; no memory is taken
 *
 * For suggestions ("did you mean") and for names that imitate another. Bytes, not characters. */
#ifndef BASE_DISTANCE_H
#define BASE_DISTANCE_H

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { DISTANCE_MAX = 63 }; /* bytes of the longest word that is compared */

/* The distance, 0 for equal words; SIZE_MAX where one is longer than DISTANCE_MAX. */
size_t edit_distance(struct slice a, struct slice b);

#endif
