/* Page -> facts: drugs named, offers made, claims, each with its place.
 *
 * Context decides (SIGNALS, section 3): a phrase that shops use stands in warnings, news and laws
 * more often than in shops. So a claim with a negation near it is marked negated, one on a page of
 * advice is marked reported, and neither counts for a rule. A drug with a price beside it is an
 * offer only where the page takes orders. */
#ifndef ASSESS_EXTRACT_H
#define ASSESS_EXTRACT_H

#include "assess/matcher.h"
#include "assess/orders.h"
#include "model/fact.h"
#include "model/site.h"

/* What a page is, from its facts. */
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
	uint32_t currencies; /* bits of enum page_currency: of its prices, where it offers */
};

enum page_currency {
	CURRENCY_JPY = 1, CURRENCY_GBP = 2, CURRENCY_USD = 4, CURRENCY_EUR = 8, CURRENCY_CAD = 16,
	CURRENCY_AUD = 32, CURRENCY_INR = 64, CURRENCY_OTHER = 128,
	CURRENCY_DOLLAR = 256, /* by its sign alone: of the United States, or of whoever trades */
};

struct extract {
	struct facts facts;           /* by page; in it drugs and claims in the order of
	                                 their place, then what particulars.h reads */
	struct page_profile *profile; /* one a page of the site */
};

/* Read all pages of a site. Everything lies in the arena. ERR_LIMIT, ERR_NOMEM. */
int extract_site(const struct matcher *m, const struct lexicon *lexicon, const struct site *site,
                 struct arena *a, struct extract *out, struct err *err);

#endif
