/* Which inner pages of a site are fetched, and which links are never followed.
 *
 *   chosen   at most so many, of the site that the subject is: a first page of each class
 *            (collect/link_words.h) in the order of the classes, then a second of each, and so on,
 *            as they stand in the page; of class other at most FRONTIER_OTHERS, last
 *   never    what may do something: an address whose path or query adds, removes, buys, pays, logs
 *            out, unsubscribes, deletes or confirms; what is no page by its suffix
 *   order    depends on the links and their order alone
 *
 * robots.txt is not asked for, and rel=nofollow is noted and not obeyed: doc/decision/0020. */
#ifndef COLLECT_FRONTIER_H
#define COLLECT_FRONTIER_H

#include "collect/link_words.h"
#include "model/subject.h"
#include "wire/url.h"

#include <stdbool.h>
#include <stddef.h>

enum { FRONTIER_OTHERS = 2, FRONTIER_LINKS_MAX = 400 /* that one page hands on */ };

struct frontier_link {
	struct slice url; /* canonical */
	enum link_class class;
	bool taken; /* asked for already, or not to be: frontier_choose sets it too */
};

/* Whether following the address may do something, by itself alone. */
bool frontier_acts(const struct url *u);
/* Whether it is no page: a picture, an archive, a document, by its suffix. */
bool frontier_is_file(const struct url *u);
/* Whether a page lies on the site that the subject is: of a registrable name any host of it, of a
 * host itself, of a url what lies under it, of an address itself. */
bool frontier_is_of(struct subject subject, const struct url *u);

/* Choose at most `most` of n links and write their indices in the order in which they are to be
 * asked for. had: how many of each class there are already. Returns how many were chosen. */
size_t frontier_choose(struct frontier_link *link, size_t n, unsigned had[LINK_CLASSES],
                       size_t most, size_t *chosen);

#endif
