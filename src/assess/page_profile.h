/* What a page is: a shop's, advice or neither, from the places where words of the lexicon stand. */
#ifndef ASSESS_PAGE_PROFILE_H
#define ASSESS_PAGE_PROFILE_H

#include "assess/orders.h"
#include "assess/price_list.h"
#include "assess/reading.h"

struct page_profile {
	enum page_orders orders;
	bool sells_goods;   /* orders of goods: other pages of the site may show them */
	bool quotes;        /* it has "no prescription needed" in quotation marks: of somebody else */
	bool is_advice;     /* news, regulator, patient advice: two or more of their phrases, and no
	                       priced offer */
	bool talks_trade;   /* in the seller's own voice (trade.h), of medicine, and no advice */
	struct slice language; /* what most of its phrases are in: BCP 47; empty where it has none */
	uint32_t goods, drugs, others; /* priced goods, drugs among them, and what is no medicine
	                                  (price_list.h) */
	uint32_t offers;    /* priced ones */
	uint32_t deals;     /* offers of every kind */
	/* Blocks that a visitor sees, but for title and description, that speak of medicine; and how
	 * many phrases of other businesses stand in the others. */
	uint32_t medicine_blocks, businesses;
	uint32_t furniture; /* how often the name or the menu of the site says that it is a shop of
	                       medicine: what stands around every page, not on this one */
	uint32_t banner;    /* the same in its header and its menu alone: what stands in a footer is
	                       what others plant on all pages of a site */
	bool names_media;   /* somewhere */
	bool is_media;      /* of books, films or recordings (media.h) */
	bool is_mixed;      /* it is about something else, and a line or two of medicine stand in it */
	uint32_t currencies; /* bits of enum page_currency: of its prices, where it offers */
};

enum page_currency {
	CURRENCY_JPY = 1, CURRENCY_GBP = 2, CURRENCY_USD = 4, CURRENCY_EUR = 8, CURRENCY_CAD = 16,
	CURRENCY_AUD = 32, CURRENCY_INR = 64, CURRENCY_OTHER = 128,
	CURRENCY_DOLLAR = 256, /* by its sign alone: of the United States, or of whoever trades */
};

/* Fill in all but offers and deals, which are counted when facts are settled (extract.h). */
void page_profile_read(const struct reading *r, const struct price_list *list,
                       struct page_profile *profile);

/* Whether a place stands in what every page of a site has around it. */
bool page_is_frame(const struct reading *r, const struct place *p);

#endif
