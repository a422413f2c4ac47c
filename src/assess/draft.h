/* Places of a page -> drafts of facts: drugs named, and claims, with their context. A draft also
 * keeps what decides later whether its drug is offered: whether a site takes orders is known only
 * when all its pages have been read (extract.h). */
#ifndef ASSESS_DRAFT_H
#define ASSESS_DRAFT_H

#include "assess/page_profile.h"
#include "base/arena.h"
#include "model/fact.h"

struct draft {
	struct fact fact;
	bool priced, goods, stated;
	bool dosed;                      /* a dose stands by the name */
	/* What would make it an offer, each MATCHED_NONE where there is none: the price behind the
	 * name, a word that sells in its sentence, a sign of trade close to it. */
	struct matched price, seller, sign;
	uint32_t sentence, sentence_end; /* of a sentence that sells */
};

/* Drafts of all pages of a site, by page. The array is malloc'd: whoever made the list frees it. */
struct drafts {
	struct draft *draft;
	size_t n, cap;
};

/* Each of these adds what place `p` of page `page` says, or nothing. Terms of offers lie in `keep`.
 * ERR_NOMEM. */
int drafts_put_drug(const struct reading *r, const struct place *p, uint32_t page,
                    const struct page_profile *profile, struct arena *keep, struct drafts *g,
                    struct err *err);
/* A country in a sentence of shipping. */
int drafts_put_place(const struct reading *r, const struct place *p, uint32_t page,
                     struct drafts *g, struct err *err);
/* Any other phrase that is a claim. */
int drafts_put_claim(const struct reading *r, const struct place *p, uint32_t page,
                     const struct page_profile *profile, struct drafts *g, struct err *err);
/* A fact that needs no settling. */
int drafts_put_fact(struct drafts *g, const struct fact *f, struct err *err);

#endif
