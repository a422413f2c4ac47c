/* A fact read on a page: what stands there, and where.
 *
 * A fact says what a page says, never whether that is true. Spans are bytes of the page's text. */
#ifndef MODEL_FACT_H
#define MODEL_FACT_H

#include "model/lexicon.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fact_kind {
	FACT_DRUG,  /* a drug is named; substance set */
	FACT_OFFER, /* a drug is offered: named with a price beside it on a page that takes orders,
	               or in a sentence that sells; substance set */
	FACT_CLAIM, /* the page says something of a class of phrases; phrase set */
};

struct fact {
	enum fact_kind kind;
	enum phrase_class phrase; /* claims */
	uint32_t substance;       /* drugs, offers: index in the lexicon */
	uint32_t page;            /* index in the site */
	uint32_t block;           /* index in the page's blocks */
	uint32_t start, end;      /* what is quoted: bytes of the page's text */
	struct slice arg;         /* of the phrase: a country, a seal; else empty */
	bool negated;             /* a negation stands near it in the sentence: not claimed */
	bool reported;            /* on a page of advice, news or law: told, not claimed */
	bool priced;              /* offers: a price stands with it */
};

struct facts {
	struct fact *fact;
	size_t n;
};

#endif
