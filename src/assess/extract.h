/* Page -> facts: drugs named, offers made, claims, each with its place.
 *
 * Context decides (SIGNALS, section 3): a phrase that shops use stands in warnings, news and laws
 * more often than in shops. So a claim with a negation near it is marked negated, one on a page of
 * advice is marked reported, and neither counts for a rule. A drug with a price beside it is an
 * offer only where the page takes orders. */
#ifndef ASSESS_EXTRACT_H
#define ASSESS_EXTRACT_H

#include "assess/matcher.h"
#include "assess/page_profile.h"
#include "model/fact.h"
#include "model/site.h"

struct extract {
	struct facts facts;           /* by page; in it drugs and claims in the order of
	                                 their place, then what particulars.h reads */
	struct page_profile *profile; /* one a page of the site */
};

/* Read all pages of a site. Everything lies in the arena. ERR_LIMIT, ERR_NOMEM. */
int extract_site(const struct matcher *m, const struct lexicon *lexicon, const struct site *site,
                 struct arena *a, struct extract *out, struct err *err);

#endif
