/* From reasons to a tier and a score.
 *
 * Each reason has a weight: the share of names with such a word, and nothing else, that are worth a
 * look. Reasons of one class count once, by the heaviest; classes combine as independent hints do:
 * 1 - (1-a)(1-b). The tier then bounds the score, so that no heap of weak words outranks a drug. The
 * weights were set by hand after reading the lists named in doc/decision; none is trained. */
#ifndef SCREEN_SCORE_H
#define SCREEN_SCORE_H

#include "screen/screen.h"

/* The weight of one reason: its class, and for a drug its length in letters, the risk of its
 * substance and how it was disguised. */
uint32_t score_weight(enum screen_class class, size_t letters, enum risk risk, uint8_t folding,
                      bool is_faint);

/* Fill tier and score from the reasons. */
void score_suspect(struct suspect *s);

#endif
