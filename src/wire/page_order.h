/* The order in which a visitor reads what a page writes backwards.
 *
 *   source   UAX #9, explicit overrides: U+202E (right-to-left override) to U+202C or the end of
 *            the block. <bdo dir=rtl> and unicode-bidi:bidi-override become the same characters
 *   why      U+202E and "argaiv" are shown as "viagra": a name is hidden from who reads bytes
 *   bounded  the first 256 such runs of a text
 *
 * Lengths stay: the two controls become U+200B, and the characters between them change places. What
 * holds letters of a right-to-left script stays, being in order already. */
#ifndef WIRE_PAGE_ORDER_H
#define WIRE_PAGE_ORDER_H

#include "wire/page.h"

/* Set right text[0..n), seen or hidden, and the spans of the inner blocks in it: one that begins or
 * ends in the middle of such a run grows to all of it. */
void page_order(char *text, size_t n, bool hidden, struct page_block *block, size_t block_n);

#endif
