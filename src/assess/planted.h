/* What others put on a site: pages of medicine on a site that is about something else, or that a
 * register vouches for. And where it cannot be told whose a page of medicine is.
 *
 *   source  SIGNALS of the design, section 3: hacked sites are most of what searchers call pharmacy
 *           spam, and their owners are whom a wrong verdict hits
 *
 * A page is planted where the rest of the site is about something else and leads nobody there. The
 * home page tells what a site is about; without it, what the other pages say. Where neither was
 * captured, all that is known was on the pages themselves, and whoever plants a page plants what he
 * likes on it: a page alone condemns its host only where the host's own name is of the trade, or
 * where the page bears that name and its header shows a shop of medicine, or leads to the page
 * (doc/decision/0026).
 */
#ifndef ASSESS_PLANTED_H
#define ASSESS_PLANTED_H

#include "assess/extract.h"
#include "base/arena.h"
#include "model/site.h"

struct planted {
	bool *theirs;        /* per page of the site: it lies under .prefix, a subject of its own */
	bool *aside;         /* per page: not the site's: `theirs`, and what lies elsewhere */
	size_t aside_n;      /* of them */
	struct slice prefix; /* https://host/path/ in the arena; a whole address where pages of the
	                        site lie beside it; empty where nothing was planted */
	const char *unclear; /* what would tell whether the host is the shop; NULL: it is known */
};

/* Tell what was planted. Pages that are mixed (page_profile.h) are taken as read.
 *
 *   vouched  a register names the site
 *   return   0; ERR_NOMEM */
int planted_find(const struct extract *x, const struct site *site, const struct lexicon *lexicon,
                 bool vouched, struct arena *a, struct planted *out, struct err *err);

#endif
