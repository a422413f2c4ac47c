/* What the ranking model knows of a site: words, pairs of words, facts, what its pages are; each hashed
 * into one of 65,536 buckets.
 *
 *   source  K. Weinberger and others, "Feature hashing for large scale multitask learning" (2009)
 *   values  a bucket is there or not: a word that a page repeats says no more than once
 *   names   "word tramadol", "pair no prescription", "claim norx", "claim norx reported",
 *           "drug sildenafil", "offer sildenafil", "page takes_orders": of the first feature that fell
 *           into the bucket, for people
 *   never   a domain or a web address: those are screened, and a shop has another tomorrow
 *
 * Nothing here is part of a verdict. */
#ifndef ASSESS_FEATURE_H
#define ASSESS_FEATURE_H

#include "assess/extract.h"

/* FEATURE_VERSION is raised whenever the same site may give other buckets. */
enum { FEATURE_VERSION = 1, FEATURE_BUCKETS = 1 << 16, FEATURE_WORD_MAX = 32 };

struct feature {
	uint16_t bucket;
	struct slice name; /* in the arena, folded text: no control characters but those of names */
};

struct features {
	struct feature *feature; /* in the order of their buckets, each once */
	size_t n;
};

/* The bucket of a name. */
uint16_t feature_bucket(struct slice name);

/* Features of the pages of `mine`; all lies in the arena. ERR_LIMIT, ERR_NOMEM. */
int features_of(const struct lexicon *lexicon, const struct extract *x, const struct site *site,
                const bool *mine, struct arena *a, struct features *out, struct err *err);

#endif
