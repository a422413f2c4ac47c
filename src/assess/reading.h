/* One page, read: where words of the lexicon stand in it, in which block and sentence, which prices
 * there are, what is negated, asked, quoted or forbidden. What facts are made from.
 *
 *   owns  nothing: all lies in the arena that was given; text and lexicon must outlive it */
#ifndef ASSESS_READING_H
#define ASSESS_READING_H

#include "assess/matcher.h"
#include "assess/price.h"
#include "base/arena.h"
#include "wire/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { READING_QUOTE = 240 }; /* bytes: how far a sentence or a quotation reaches at most */

struct place {
	struct hit hit;
	uint32_t start, end;             /* bytes of the page's text */
	uint32_t block;                  /* outer block */
	uint32_t sentence, sentence_end; /* bytes of the page's text */
	enum phrase_class phrase;
};

struct reading {
	const struct lexicon *lexicon;
	const struct page_text *page;
	const struct folded *folded;
	struct place *place;
	size_t n;
	uint32_t *edge;  /* bytes where links of a menu begin and end, in order */
	size_t edge_n;
	struct quotation_span {
		uint32_t start, end; /* bytes of the page's text, with the marks */
	} *quote;        /* what stands in quotation marks, in order */
	size_t quote_n;
	bool *forbids;   /* a block: an item of a list that its lead-in says no to */
	uint32_t *outer; /* indices of the blocks that are not inner, in order of start */
	size_t outer_n;
	struct spot {
		uint32_t start, end, block;
		struct price price;
	} *price;
	size_t price_n;
};

static inline bool place_says(const struct place *p, enum phrase_class class)
{
	return p->hit.is_phrase && p->phrase == class;
}

/* Read a page whose lexicon, page and folded are set. ERR_LIMIT, ERR_NOMEM. */
int reading_fill(struct reading *r, const struct matcher *m, struct arena *a, struct err *err);

/* The first place, the first price, that starts at or behind byte `at`: both are in order, so what
 * stands in a sentence is found without walking the page (a hostile page is all hits). */
size_t reading_first(const struct reading *r, uint32_t at);
size_t reading_first_price(const struct reading *r, uint32_t at);

/* The outer block that holds byte `at` of the page's text, as an index of its blocks; 0 where it has none. */
uint32_t reading_block_at(const struct reading *r, uint32_t at);

/* The number of an outer block among the outer ones. */
size_t reading_rank(const struct reading *r, uint32_t block);

/* Of the sentence a place stands in: a negation near it; a question; quotation marks around the
 * place; a word of selling, or with `cart` one of ordering. */
bool reading_is_negated(const struct reading *r, const struct place *p);
bool reading_is_question(const struct reading *r, const struct place *p);
bool reading_is_quoted(const struct reading *r, const struct place *p);
bool reading_sells(const struct reading *r, const struct place *p, bool cart);
/* The first such word, or NULL. */
const struct place *reading_seller(const struct reading *r, const struct place *p, bool cart);

/* Whether a text is Japanese: it holds some kana. */
bool reading_has_kana(struct slice t);

#endif
