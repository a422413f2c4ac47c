/* What a site is as a whole: does it sell medicine, to whom, and is it one site or two. */
#ifndef ASSESS_PROFILE_H
#define ASSESS_PROFILE_H

#include "assess/extract.h"
#include "base/arena.h"
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

/* Find the path under which somebody else's shop lies on this site.
 *
 *   vouched  a register names the site
 *   theirs   per page of the site, set where the page is of that shop
 *   prefix   its address, https://host/path/, in the arena
 *   return   1 when there is one; 0; ERR_NOMEM */
int find_abused(const struct extract *x, const struct site *site, bool vouched, struct arena *a,
                bool *theirs, struct slice *prefix, struct err *err);

#endif
