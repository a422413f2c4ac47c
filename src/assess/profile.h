/* What a site is as a whole: does it sell medicine, and to whom. */
#ifndef ASSESS_PROFILE_H
#define ASSESS_PROFILE_H

#include "assess/extract.h"
#include "model/site.h"

struct profile {
	bool has_text;         /* some page has letters, but for its title */
	bool sells;            /* offers medicine: the gate to every rule */
	bool sells_goods;      /* takes orders of goods that packs of categories are about */
	bool calls_itself_pharmacy; /* its words do, or it talks trade in medicine, offer or not */
	uint32_t offer;        /* index of a fact that shows the offer, or UINT32_MAX */
};

/* Whether a fact counts: it lies on a page of `mine`, is not negated and not told by others. */
bool fact_counts(const struct extract *x, size_t i, const bool *mine);

/* Whether a fact names goods of some classes of phrases (bits), on a page that takes orders of goods. */
bool is_goods(const struct extract *x, size_t i, const bool *mine, uint64_t phrases);

/* The first of those from fact `from` on, or UINT32_MAX. */
uint32_t find_goods(const struct extract *x, const bool *mine, uint64_t phrases, uint32_t from);

struct profile profile_of(const struct extract *x, const struct site *site, const bool *mine);

/* Whether the site offers to a destination; *because is the fact that says so, or UINT32_MAX where
 * no page does, and its name, its money or its language addresses that country. */
bool offers_to(const struct extract *x, const struct site *site, const bool *mine,
               struct slice destination, uint32_t *because);

#endif
