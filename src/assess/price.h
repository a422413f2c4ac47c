/* Prices in folded text: a currency sign or code beside a number.
 *
 * "$ 49.95", "49,95 €", "4,800円", "￥4800", "usd 12". Folding has made digits ASCII and kept
 * currency signs, and '.' and ',' between digits. */
#ifndef ASSESS_PRICE_H
#define ASSESS_PRICE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct price {
	size_t start, end;  /* bytes of the text */
	char currency[4];   /* ISO 4217; "$" alone is "USD" with guessed set */
	bool guessed;       /* the sign belongs to several currencies */
};

/* The next price at or after *at; false when there is none. Moves *at behind it. */
bool price_next(struct slice folded, size_t *at, struct price *out);

#endif
