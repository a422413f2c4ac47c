/* Which names deserve a look, and why.
 *
 *   reads   the words of the lexicon in the part of a name that its owner chose: left of the public
 *           suffix, or of the platform that he is a tenant of
 *   tiers   SCREEN_DRUG       a drug's name is in it
 *           SCREEN_COMBINED   a pharmacy word, two weak ones, an ambiguous or very short drug name,
 *                             together with buying, a country, or "no prescription"; or that alone
 *           SCREEN_WORD       a pharmacy word, two weak words, or a drug's name amid other letters
 *           SCREEN_NOTHING    less than that: one weak word never counts
 *   vetoes  a word inside an ordinary one ("cialis" in "specialist") does not count; a word that
 *           the lexicon marks `label` counts only between edges of a label, hyphens, digits and
 *           other words of the lexicon ("meds" in "cheapmeds", not in "smedslatten")
 *   folded  drug, pharmacy and no-prescription words are seen through leet digits, repeated
 *           letters, hyphens inside, and look-alike letters of other scripts; the others must be
 *           as written
 *   not     typing errors (a wrong, missing or added letter): a later search
 *
 * A score ranks names for those who look at them. It never condemns: licensed pharmacies have a
 * pharmacy's name. */
#ifndef SCREEN_SCREEN_H
#define SCREEN_SCREEN_H

#include "base/err.h"
#include "base/slice.h"
#include "model/domain.h"
#include "model/lexicon.h"
#include "model/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum screen_tier { SCREEN_NOTHING, SCREEN_WORD, SCREEN_COMBINED, SCREEN_DRUG };

/* What a reason is about; word_class of the lexicon, and drugs. */
enum screen_class {
	SCREEN_CLASS_DRUG,
	SCREEN_CLASS_PHARMACY,
	SCREEN_CLASS_WEAK,
	SCREEN_CLASS_NORX,
	SCREEN_CLASS_COMMERCE,
	SCREEN_CLASS_COUNTRY,
};
enum { SCREEN_CLASSES = SCREEN_CLASS_COUNTRY + 1 };

/* How a word had to be read to be seen; several may hold at once. */
enum {
	FOLDING_NONE = 0,
	FOLDING_LEET = 1,       /* v1agra */
	FOLDING_DOUBLED = 2,    /* viaggra */
	FOLDING_HYPHEN = 4,     /* via-gra */
	FOLDING_CONFUSABLE = 8, /* a look-alike or an accent in an A-label */
};

struct screen_reason {
	const char *rule; /* "drug-name", "pharmacy-word", ..., "pharmacy-tld"; static */
	enum screen_class class;
	struct slice word;      /* as the lexicon writes it */
	struct slice substance; /* of a drug: its international name; else empty */
	uint16_t start, end;    /* bytes of the name; a whole label where that is an A-label */
	uint8_t folding;        /* FOLDING_* */
	bool is_faint;          /* a drug name too short or ambiguous to count by itself */
	bool is_loose;          /* a drug name amid other letters, perhaps of a longer word */
	uint32_t weight;        /* parts per million, before it is combined with the others */
};

enum { SCREEN_REASONS = 16 };

/* Slices point into the lexicon. */
struct suspect {
	uint32_t score; /* 0 to 1,000,000 */
	enum screen_tier tier;
	uint32_t n;
	struct screen_reason reason[SCREEN_REASONS]; /* by .start, then .end, then .class */
};

/* Built from a lexicon, which must outlive it; so must the suffixes. Immutable; any number of
 * threads may ask it. */
struct screen;

/* ERR_NOMEM. */
int screen_new(const struct lexicon *lexicon, const struct suffixes *suffixes, struct screen **out,
               struct err *err);
void screen_free(struct screen *s);

/* Look at one canonical name. Fills out, which for SCREEN_NOTHING holds no reasons and score 0, and
 * returns its tier. */
enum screen_tier screen_name(const struct screen *s, struct slice name, struct suspect *out);

/* What it was built from. */
const struct suffixes *screen_suffixes(const struct screen *s);
struct sha256 screen_lexicon_digest(const struct screen *s);

/* "drug", "pharmacy", ... */
const char *screen_class_name(enum screen_class class);
/* "none", "leet", "leet,doubled", ... into a buffer of FOLDING_TEXT bytes. */
enum { FOLDING_TEXT = 48 };
void screen_folding_name(uint8_t folding, char out[FOLDING_TEXT]);
/* "nothing", "word", "combined", "drug" */
const char *screen_tier_name(enum screen_tier tier);

/* The record of a suspect (doc/format/record.md): subject the name's site, src "screen", and beside
 * what the type demands `name` (canonical, as it was seen; .start and .end of the reasons count
 * in it), `source`, `tier` and `lexicon` (its digest). Release out in any case of success.
 * ERR_NOMEM. */
int suspect_record(const struct screen *s, struct slice name, const struct suspect *suspect,
                   struct slice source, int64_t at, struct record *out, struct err *err);

#endif
