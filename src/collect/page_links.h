/* The links, the icon and the seals of a page, for its reading. Part of page_reading.c, which alone
 * uses it. */
#ifndef COLLECT_PAGE_LINKS_H
#define COLLECT_PAGE_LINKS_H

#include "collect/link_words.h"
#include "collect/page_reading.h"
#include "wire/html_active.h"
#include "wire/page.h"
#include "wire/url.h"

struct page_links {
	const struct page_reader *reader;
	const struct link_words *words;
	struct subject site;
	const struct url *url, *base;
	const struct page_text *text;
	const struct html_active *active;
};

/* Whether folded text names a drug of the lexicon. */
bool page_reader_names_drug(const struct page_reader *r, struct slice folded);

/* Put links, links_n, icon and seals. ERR_NOMEM. */
int page_links_put(const struct page_links *l, struct arena *a, json_t *out, struct err *err);

#endif
