/* A fact read on a page: what stands there, and where.
 *
 * A fact says what a page says, never whether that is true. Spans are bytes of the page's text. Code
 * that wants drugs asks fact_is_drug: only those have a substance and a place in the lexicon.
 *
 *   owns  nothing: values lie in the arena of the extract, the rest in page and lexicon */
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
	/* From here on .arg says of which sort it is, .value what it is in normal form. */
	FACT_LICENCE,   /* a licence or registration number. arg: its scheme ("gphc-premises",
	                   "us-npi", "fr-rpps", "jp-store"; all in doc/format/record.md); value:
	                   digits and capitals, no separators */
	FACT_SEAL,      /* a seal shown as a picture, or a link to who gives it. arg: as the lexicon's
	                   phrases of class seal ("gphc", "eu_logo"); value: host and path that it
	                   leads to, empty where it leads nowhere */
	FACT_STANCE,    /* prescriptions. arg: none_needed, required, questionnaire; substance: of
	                   which product, UINT32_MAX for all that is sold */
	FACT_SHIPPING,  /* arg: to, not_to, from; value: a country, "world", or "abroad" of a "from"
	                   that names none */
	FACT_PAYMENT,   /* arg: card, crypto, wire, gift_card, person_to_person (value empty);
	                   processor, descriptor (value: which). No fact: it is not known */
	FACT_CONTACT,   /* arg: phone, fax, email, whatsapp, telegram, skype, ..., address */
	FACT_IDENTITY,  /* arg: company, pharmacist, person; or a scheme of numbers of companies and
	                   of tax ("gb-company", "vat") */
	FACT_AFFILIATE, /* arg: parameter (value: host?name=value), tracker (value: host and path) */
	FACT_DATE,      /* arg: since (value: a year), age (years), copyright ("2010-2024") */
};
enum { FACT_KINDS = FACT_DATE + 1 };

/* What the check digit of a number says; what has none, or no rule that is known, is CHECK_NONE. A
 * right one proves nothing: such numbers are public and copied easily. */
enum fact_check { CHECK_NONE, CHECK_RIGHT, CHECK_WRONG };

/* How a fact was learned, where it was not by words. */
enum fact_source { SOURCE_WORDS, SOURCE_LINK, SOURCE_IMAGE, SOURCE_FORM };

/* What an offer asks for what: each part 0 or empty where the page does not say it. */
struct fact_terms {
	struct slice strength; /* "100 mg": as a number and a unit, of the page's folded text */
	uint32_t count;        /* units of it: pills, tablets */
	int64_t amount;        /* price in hundredths of the currency's unit, -1 where unread */
	int64_t each;          /* amount / count in hundredths, rounded down; -1 */
	char currency[4];      /* ISO 4217 */
	bool guessed;          /* the currency: its sign belongs to several */
};

/* Words that a fact was read from: a name of a drug, a phrase, a price. What a rule took of a
 * quotation, the rest of which is context. */
enum matched_kind { MATCHED_NONE, MATCHED_TERM, MATCHED_PHRASE, MATCHED_PRICE };

struct matched {
	enum matched_kind kind;
	uint32_t start, end; /* bytes of the page's text */
	uint32_t index;      /* in the lexicon's terms or phrases */
};

/* What decides, and what makes it count: the price of a drug, or the word that sells it; the word of
 * shipping beside the name of a country. */
enum { FACT_MATCHED = 2 };

struct fact {
	enum fact_kind kind;
	enum phrase_class phrase; /* claims */
	uint32_t substance;       /* drugs, offers, stances: index in the lexicon */
	uint32_t page;            /* index in the site */
	uint32_t block;           /* index in the page's blocks */
	uint32_t start, end;      /* what is quoted: bytes of the page's text; where the fact is a
	                             picture or a link without words, what stands around it */
	struct slice arg;         /* of the phrase: a country, a seal; else empty. See the kinds */
	struct slice value;       /* see the kinds; empty for drugs and claims */
	const struct fact_terms *terms; /* offers with a price, else NULL */
	struct matched matched[FACT_MATCHED]; /* of drugs, claims and what claims come to; those
	                             that are MATCHED_NONE, and the others' all, say nothing */
	enum fact_check check;
	enum fact_source source;
	bool negated;             /* a negation stands near it in the sentence: not claimed */
	bool reported;            /* on a page of advice, news or law: told, not claimed */
	bool priced;              /* offers: a price stands with it */
	bool restricted;          /* names a natural person, or may: never published */
};

struct facts {
	struct fact *fact;
	size_t n;
};

/* Whether a fact is of a drug: named or offered. */
static inline bool fact_is_drug(const struct fact *f)
{
	return f->kind == FACT_DRUG || f->kind == FACT_OFFER;
}

/* "drug", "licence": as records write them. */
static inline const char *fact_kind_name(enum fact_kind kind)
{
	static const char *const names[FACT_KINDS] = {
		"drug", "offer", "claim", "licence", "seal", "stance", "shipping", "payment", "contact",
		"identity", "affiliate", "date",
	};

	return names[kind];
}

#endif
