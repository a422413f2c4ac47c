/* From reasons to a tier and a score.
 *
 * Each reason has a weight: the share of names with such a word, and nothing else, that are worth a
 * look. Reasons of one class count once, by the heaviest; classes combine as independent hints do:
 * 1 - (1-a)(1-b). The tier then bounds the score, so that no heap of weak words outranks a drug.
 * The weights were set by hand (doc/decision/0007-screen-tiers.md); none is trained. */
#ifndef SCREEN_SCORE_H
#define SCREEN_SCORE_H

#include "screen/screen.h"

/* The weight of one reason: its class, its folding, and for a drug the letters of its name and the
 * risk of its substance. */
uint32_t score_weight(const struct screen_reason *r, size_t letters, enum risk risk);

/* Fill tier and score from the reasons. */
void score_suspect(struct suspect *s);

#endif
