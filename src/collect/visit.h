/* The errand of one vantage: the home page of a subject, what it leads to, and some inner pages.
 *
 *   start     recipe.start; where that is "https://NAME/" of a registrable or host subject and
 *             cannot be connected to: "http://NAME/"; where a registrable NAME has no address:
 *             "www.NAME"
 *   hops      HTTP redirects, Refresh, meta refresh, plain script redirects (wire/redirect.h), at
 *             most recipe.redirects of them, to whatever site they lead. Not followed: a loop, a
 *             refresh later than VISIT_REFRESH_S, another scheme, an address that may do something
 *             (collect/frontier.h). No form is sent, no cookie kept
 *   referer   of the start page and its HTTP redirects: the vantage's; of other pages, the page
 *             that led there, as browsers say it
 *   inner     pages that the home page links to (depth 2: those that these link to, too), if it
 *             lies on the site that the subject is
 *   pictures  the icon and pictures of seals, once each
 *   observes  `page`, `tls` (once a host), `image`, `absence`: doc/format/record.md
 *   asks      ASK_FETCH, ASK_READ (READ_PAGE, READ_CHAIN), ASK_RENDER */
#ifndef COLLECT_VISIT_H
#define COLLECT_VISIT_H

#include "base/err.h"
#include "collect/ask.h"
#include "collect/recipe.h"
#include "model/subject.h"

#include <stdbool.h>

enum { VISIT_REFRESH_S = 30 };

struct visit;

struct visit_options {
	struct subject subject; /* copied */
	struct recipe recipe;   /* start is copied; the vantage must outlive the errand */
	observe_fn observe;     /* all but type, v, subject */
	void *ctx;
};

/* ERR_USAGE: the start is no address. ERR_NOMEM. */
int visit_new(const struct visit_options *o, struct visit **out, struct err *err);
void visit_free(struct visit *v); /* NULL is fine */

int visit_start(struct visit *v, struct asks *asks, struct err *err);
/* Of an ask of its own, once each. ERR_USAGE for another; what observe returned; ERR_NOMEM. */
int visit_answer(struct visit *v, const struct answer *a, struct asks *asks, struct err *err);
bool visit_is_done(const struct visit *v);

#endif
