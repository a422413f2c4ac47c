/* Signs of trade: what shops say of themselves, and what by itself tells of medicine that may not be
 * sold so.
 *
 *   source  SIGNALS of the design, sections 2.1 and 3: each of these stands in harmless texts, too;
 *           several kinds of them on one page, in the seller's own voice, do not */
#ifndef ASSESS_TRADE_H
#define ASSESS_TRADE_H

#include "model/lexicon.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TRADE_SIGNS_ENOUGH = 3, /* kinds of signs on a page that talks trade */
	TRADE_CARTS = 2,        /* phrases of a cart, where the seller says neither we nor you */
	TRADE_ROWS = 4,         /* drugs with a price each: a price list, which needs one kind less */
	TRADE_SIGNS_MANY = 5,   /* where one order to buy is all that the seller says himself */
	TRADE_NEAR = 360,       /* bytes: how far from a sign a drug stands that is traded */
};

/* Whether a class of phrases is a sign of trade. */
bool trade_is_sign(enum phrase_class class);

/* Whether these signs (bits of enum phrase_class), with so many different phrases of a cart among
 * them and so many rows of drugs with prices beside them, are a seller's talk: several kinds, and
 * "our customers", more than one order to buy, or a price list. Who writes about shops says the
 * first of these of others, and the second in quotation marks. */
bool trade_talks(uint64_t signs, size_t carts, size_t rows);

/* Number of bits. */
size_t trade_count(uint64_t signs);

#endif
