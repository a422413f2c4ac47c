/* What shows that a host is a shop of medicine itself: what a shop has around all its pages. None of it
 * needs a second page. Whoever plants a page can plant most of it: see nameplate.h. */
#ifndef ASSESS_STOREFRONT_H
#define ASSESS_STOREFRONT_H

#include "assess/extract.h"
#include "model/site.h"

/* Whether a name, of a site or of a folder, is one of the trade in medicine. */
bool storefront_names_trade(struct slice name, const struct lexicon *lexicon);

/* Whether a text holds the name of a drug that is no ordinary word. */
bool storefront_names_drug(struct slice text, const struct lexicon *lexicon);

/* Whether a path begins as those do where a shop lists its goods. */
bool storefront_names_goods(struct slice path);

/* Whether the site's name, in a title, says that it is a shop of medicine. */
bool storefront_is_titled(const struct extract *x, const struct site *site);

/* Whether two links of a page's header or menu are names of drugs and nothing else. */
bool storefront_has_menu(const struct site_page *page, const struct lexicon *lexicon);

/* Whether a page lists goods and takes orders for them, where a shop does. */
bool storefront_is_shelf(const struct site *site, const struct site_page *page,
                         const struct page_profile *p);

#endif
