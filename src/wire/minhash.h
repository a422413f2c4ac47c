/* A sketch of a text by which its likeness to another is told without having either.
 *
 *   source  A. Z. Broder, "On the resemblance and containment of documents" (1997): the share of
 *           equal minima estimates the resemblance (Jaccard) of the two sets of shingles
 *   set     runs of MINHASH_SHINGLE characters of the folded text, any white space as one space;
 *           the first MINHASH_BYTES of it. Characters, so that languages that do not part words
 *           count too
 *   error   with 64 minima the standard error is at most 62,500 ppm
 *   fixed   keys are part of the format: two sketches are compared across machines and years */
#ifndef WIRE_MINHASH_H
#define WIRE_MINHASH_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { MINHASH_N = 64, MINHASH_SHINGLE = 5 /* characters */, MINHASH_BYTES = 1 << 18 };

struct minhash {
	uint32_t minimum[MINHASH_N];
};

/* False for a text of less than one shingle. folded: as of wire/fold.h. */
bool minhash_of(struct slice folded, struct minhash *out);

/* Resemblance in parts per million. */
uint32_t minhash_ppm(const struct minhash *a, const struct minhash *b);

#endif
