/* Who is told before a site is listed: addresses that the site itself publishes.
 *
 *   taken   mailto: links and addresses in the visible text of the site's pages. Never the registrant
 *           in WHOIS or RDAP, who may be the victim of a stolen identity (DESIGN, rule 7); never a
 *           guess such as abuse@ that no page shows; never "name (at) shop", which says that it is
 *           not for machines
 *   own     an address under the site's own name. Where there is one, no other is taken
 *   other   else, an address elsewhere (a mailbox of a free provider): only one that is linked by
 *           mailto:, or stands in a header, a footer or on two pages, so that the address of
 *           somebody who is merely mentioned is not
 *   never   addresses of the platform under which the site is a tenant, of public bodies (a label
 *           gov, gob, go, mil, edu, ac ... or int as last), and names that the caller gives
 *   limits  a page can publish the address of somebody else on purpose. The letter accuses no person
 *           and says that who has nothing to do with the site shall disregard it
 *
 * Pure. At most RECIPIENTS_MAX; the order is the same whatever order the pages came in. */
#ifndef DECIDE_RECIPIENT_H
#define DECIDE_RECIPIENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "wire/mail_address.h"
#include "wire/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECIPIENTS_MAX = 3 };

struct recipient_page {
	const struct page_text *page;
	struct slice url;      /* canonical */
	int64_t at;
	struct sha256 evidence;
};

struct recipient_site {
	struct slice name;         /* what own addresses lie under: "pills.example" */
	struct slice platform;     /* of which it is a tenant; empty */
	bool own_only;             /* pages misused by somebody: only the site's own addresses */
	const struct slice *never; /* canonical names whose mailboxes are nobody of the site */
	size_t never_n;
};

struct recipient {
	struct mail_address address;
	bool own, linked;          /* under the site's name; by mailto: */
	size_t pages;              /* distinct URLs that show it */
	struct slice url;          /* the first of them, and its capture */
	int64_t at;
	struct sha256 evidence;
};

/* Find them, best first: own, then of a function (info@), then linked, then on more pages, then by
 * bytes. None: that is no failure. ERR_NOMEM. */
int recipients_find(const struct recipient_site *site, const struct recipient_page *pages, size_t n,
                    struct arena *a, struct recipient out[RECIPIENTS_MAX], size_t *out_n,
                    struct err *err);

#endif
