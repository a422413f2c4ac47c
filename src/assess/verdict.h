/* Site + packs + registers -> findings, and a verdict for each destination.
 *
 *   source  LAW.md of the design (classes), doc/format/pack.md (rules)
 *   pure    no clock, no file, no locale: the same inputs give the same bytes on any machine
 *
 * The site is the unit. It is read as a whole; then, where pharmacy content lies only under one path
 * of a site that is about something else (or that a register vouches for), those pages become a
 * subject of their own, kind url, and the site is not judged by them (abused_legit). */
#ifndef ASSESS_VERDICT_H
#define ASSESS_VERDICT_H

#include "assess/extract.h"
#include "assess/numbers.h"
#include "assess/policy.h"
#include "model/site.h"

enum verdict_class {
	CLASS_LEGITIMATE,
	CLASS_UNVERIFIED,
	CLASS_UNAPPROVED,
	CLASS_ROGUE,
	CLASS_NOT_A_PHARMACY,
	CLASS_OUT_OF_SCOPE,
};

/* "legitimate", "not_a_pharmacy": as records write them. */
const char *verdict_class_name(enum verdict_class c);
bool verdict_class_parse(struct slice name, enum verdict_class *out);

enum { FINDING_QUOTES = 6, FINDING_WEIGHED = 4, CELL_NOTES = 6 };

/* A rule satisfied. Facts are indices in the assessment's facts. */
struct finding {
	const struct pack *pack;
	const struct rule *rule;
	struct slice destination;
	uint32_t quote[FINDING_QUOTES];
	size_t quote_n;
	uint32_t weighed[FINDING_WEIGHED]; /* what speaks against it, and was not enough */
	size_t weighed_n;
	const struct register_row *row;    /* a register row it rests on, or NULL */
	const struct number_claim *number; /* a number the site shows that it rests on, or NULL */
};

struct cell {
	struct slice destination;
	enum verdict_class class;
	struct slice ground;               /* may be empty */
	const struct finding **finding;
	size_t finding_n;
	const char *counter[CELL_NOTES];   /* what was found in its favour, in words */
	size_t counter_n;
	const char *missing[CELL_NOTES];   /* what would be needed to say more */
	size_t missing_n;
	const struct register_row *row;    /* that makes it legitimate, or NULL */
	int64_t confidence_ppm;            /* how much evidence stands behind the class; ranks, never
	                                      decides (doc/format/record.md) */
};

struct assessment {
	struct subject subject;
	const struct site *site;
	const struct extract *extract;
	const struct lexicon *lexicon;     /* that it was read with */
	const bool *mine;                  /* per page of the site: whether it counts for this one */
	struct cell *cell;                 /* one a destination, in the order of the packs */
	size_t cell_n;
	struct finding *finding;
	size_t finding_n;
	size_t captures;                   /* that hold a page of this subject */
	const char *unclear;               /* what would tell whether the site is the shop, or NULL */
	struct slice abused;               /* key of the url subject that was split off, or empty */
};

struct assessor {
	const struct lexicon *lexicon;
	const struct matcher *matcher;
	const struct pack *pack;
	size_t pack_n;
};

/* Assess a site (sorted by site_sort). out[0] is the site, out[1] the pages split off, if any.
 *
 *   at      evaluation time: decides which rules are in force
 *   return  how many assessments there are, 1 or 2; ERR_NOMEM, ERR_LIMIT
 * Everything lies in the arena. */
int assess_site(const struct assessor *as, const struct site *site,
                const struct registers *registers, int64_t at, struct arena *a,
                struct assessment out[2], struct err *err);

#endif
