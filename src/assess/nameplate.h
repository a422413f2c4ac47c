/* Whose page a page says it is: the name that stands around it, as far as it is the host's.
 *
 *   source  SIGNALS of the design, section 3: hacked sites. What others put on a site brings its own
 *           shop along, with menu, cart and name; the one thing it cannot bring is the host's name
 *
 * Names are compared by their letters, without accents, hyphens and case; words that every shop has
 * in its name count for nothing. Names in scripts that host names are not written in are not read. */
#ifndef ASSESS_NAMEPLATE_H
#define ASSESS_NAMEPLATE_H

#include "model/lexicon.h"
#include "model/site.h"

#include <stdbool.h>

/* Whether a page bears the name of its host: in its header, menu or footer, a picture of it there, in
 * what it states as data of its site or its maker; a page whose parts are not marked, in its first
 * lines. A title does not count: what is planted is found by its title, and pays for it with any name.
 * An address does not either: templates print the one that they are asked for. */
bool nameplate_is_hosts(const struct site *site, const struct site_page *page);

/* Whether the menu of a page, in its header, leads to the page itself: what a site leads its visitors
 * to is its own (doc/decision/0005). A trail of where one is ("Home > News > This") is no menu, and an
 * entry that is named for a drug is what programs add of their own accord for whatever is posted. Of
 * a page without links, whether a line of words at its top has the page's address among them. */
bool nameplate_leads_here(const struct site_page *page, const struct lexicon *lexicon);

#endif
