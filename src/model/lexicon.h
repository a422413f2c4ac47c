/* The words of the trade: what screening looks for in names and assessment in pages.
 *
 *   source  doc/format/lexicon.md; the four files of policy/lexicon: drugs.tsv, substances.tsv,
 *           words.tsv, phrases.tsv. UTF-8, tab-separated, "#" starts a comment line, the first
 *           other line names the columns (in any order; the optional ones may be left out)
 *   owns    everything in it lies in its own memory: the file bytes may go after lexicon_load
 *
 * Immutable; any number of threads may read it. Words are kept as written: whoever searches folds
 * both sides in his own way. */
#ifndef MODEL_LEXICON_H
#define MODEL_LEXICON_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum term_kind { TERM_INN, TERM_BRAND, TERM_ALIAS };
enum { TERM_KINDS = TERM_ALIAS + 1 };

enum risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH };

/* What the law of a country makes of a substance. */
enum supply {
	SUPPLY_UNKNOWN,    /* "-" */
	SUPPLY_OTC,        /* general sale */
	SUPPLY_PHARMACY,   /* without prescription, from a pharmacist */
	SUPPLY_RX,
	SUPPLY_CONTROLLED, /* implies rx */
	SUPPLY_UNAPPROVED,
	SUPPLY_WITHDRAWN,
	SUPPLY_BANNED,
};
enum { SUPPLIES = SUPPLY_BANNED + 1 };

enum lexicon_country {
	LEXICON_US, LEXICON_JP, LEXICON_GB, LEXICON_DE, LEXICON_FR, LEXICON_CA, LEXICON_IN, LEXICON_AU,
};
enum { LEXICON_COUNTRIES = LEXICON_AU + 1 };

enum word_class { WORD_PHARMACY, WORD_WEAK, WORD_COMMERCE, WORD_COUNTRY, WORD_NORX, WORD_ORDINARY };
enum { WORD_CLASSES = WORD_ORDINARY + 1 };

enum phrase_class {
	PHRASE_NORX, PHRASE_NORX_BARE, PHRASE_NEGATION, PHRASE_RX_REQUIRED, PHRASE_RX_BY_FORM,
	PHRASE_WARNING_GENRE, PHRASE_CART, PHRASE_PRICE_PER_UNIT, PHRASE_SHIP_WORLD, PHRASE_SHIP_TO,
	PHRASE_SHIP_FROM, PHRASE_NOT_TO, PHRASE_CONCEAL, PHRASE_RESHIP, PHRASE_CUSTOMS_FREE,
	PHRASE_PAY_CRYPTO, PHRASE_PAY_WIRE, PHRASE_PAY_GIFTCARD, PHRASE_PAY_P2P, PHRASE_PAY_CARD,
	PHRASE_PERSONAL_IMPORT, PHRASE_SELF_RESPONSIBILITY, PHRASE_CURE_CLAIM, PHRASE_FDA_GENERIC,
	PHRASE_BONUS, PHRASE_REFUND, PHRASE_LICENCE_CLAIM, PHRASE_SEAL, PHRASE_PHARMACIST,
	PHRASE_RESEARCH_USE, PHRASE_SHOP_PHARMACY, PHRASE_CLINIC, PHRASE_SUPPLEMENT, PHRASE_VET,
	PHRASE_OTHER_BUSINESS, PHRASE_CONTACT, PHRASE_ABOUT_AFFILIATE, PHRASE_SELL,
	PHRASE_SHIP, PHRASE_PLACE, PHRASE_NOT, PHRASE_VENDOR, PHRASE_MEDIA,
};
enum { PHRASE_CLASSES = PHRASE_MEDIA + 1 };

struct lexicon_substance {
	struct slice name;  /* its recommended international name, lower case: "sildenafil" */
	struct slice group; /* the column "class": "pde5", "opioid", ... */
	enum risk risk;
	enum supply supply[LEXICON_COUNTRIES];
	struct slice source;
};

struct lexicon_term {
	struct slice text;
	enum term_kind kind;
	uint32_t substance; /* index in .substance */
	struct slice lang;  /* BCP 47, or "mul" */
	bool is_ambiguous;  /* an ordinary word too: counts only next to a dose or a price */
	uint32_t line;      /* of drugs.tsv */
};

struct lexicon_word {
	struct slice text;
	enum word_class class;
	struct slice lang;
	bool label_only; /* edge = label: between edges of a label, hyphens and digits only */
	uint32_t line;   /* of words.tsv */
};

struct lexicon_phrase {
	struct slice pattern; /* "no {prescription|rx} [is] {needed|required}"; checked: braces and
	                       * brackets match, {} may stand in [], nothing nests deeper */
	enum phrase_class class;
	struct slice lang;
	struct slice arg; /* a country (ISO 3166-1) or a seal's name; empty for most classes */
	uint32_t line;    /* of phrases.tsv */
};

struct lexicon {
	struct lexicon_substance *substance; /* each in the order of its file */
	struct lexicon_term *term;
	struct lexicon_word *word;
	struct lexicon_phrase *phrase;
	size_t substances, terms, words, phrases;
	struct sha256 digest; /* of the four files' digests, in hex, "HEX  drugs.tsv LF" and so on
	                       * (what sha256sum prints), in the order of struct lexicon_files */
};

/* The bytes of the four files. */
struct lexicon_files {
	struct slice drugs, phrases, substances, words;
};

/* Read and check all four. ERR_SYNTAX: err->what is "drugs.tsv:12: ..." (a column missing, a class
 * unknown, a substance that substances.tsv lacks, a term or word twice in one language, a broken
 * pattern, not UTF-8), err->at the line; ERR_NOMEM. */
int lexicon_load(const struct lexicon_files *files, struct lexicon **out, struct err *err);
void lexicon_free(struct lexicon *l);

/* The words of the closed lists as the files and records write them. */
const char *term_kind_name(enum term_kind kind);
const char *risk_name(enum risk risk);
const char *supply_name(enum supply supply);
const char *word_class_name(enum word_class class);
const char *phrase_class_name(enum phrase_class class);
const char *lexicon_country_name(enum lexicon_country country); /* "US", "JP", ... */

/* False for a country that the lexicon does not tell of. */
bool lexicon_country_parse(struct slice alpha2, enum lexicon_country *out);
bool phrase_class_parse(struct slice name, enum phrase_class *out);

/* The substance of that name, or NULL. */
const struct lexicon_substance *lexicon_substance_find(const struct lexicon *l, struct slice name);

#endif
