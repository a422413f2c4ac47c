#include "model/site.h"

#include <stdlib.h>

enum { CAPTURE_S = 3600 }; /* pages of one vantage within an hour belong to one capture */

static int by_capture(const void *a, const void *b)
{
	const struct site_page *x = a, *y = b;
	int c = slice_cmp(x->vantage, y->vantage);

	if (c)
		return c;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	c = slice_cmp(x->url, y->url);
	return c ? c : memcmp(x->evidence.b, y->evidence.b, SHA256_LEN);
}

static int by_url(const void *a, const void *b)
{
	const struct site_page *x = a, *y = b;
	int c = slice_cmp(x->url, y->url);

	if (c)
		return c;
	if (x->capture != y->capture)
		return x->capture < y->capture ? -1 : 1;
	return memcmp(x->evidence.b, y->evidence.b, SHA256_LEN);
}

void site_sort(struct site *site)
{
	uint32_t capture = 0;
	size_t kept = 0;

	site->captures = 0;
	if (site->page_n == 0)
		return;
	qsort(site->page, site->page_n, sizeof(*site->page), by_capture);
	int64_t began = site->page[0].at;
	for (size_t i = 0; i < site->page_n; i++) {
		struct site_page *p = &site->page[i];
		if (i > 0 && (!slice_eq(p->vantage, site->page[i - 1].vantage) ||
		              p->at - began >= CAPTURE_S)) {
			capture++;
			began = p->at;
		}
		p->capture = capture;
	}
	site->captures = capture + 1;
	qsort(site->page, site->page_n, sizeof(*site->page), by_url);
	for (size_t i = 0; i < site->page_n; i++) {
		const struct site_page *last = kept ? &site->page[kept - 1] : NULL;
		if (last && slice_eq(last->url, site->page[i].url) &&
		    last->capture == site->page[i].capture &&
		    sha256_eq(last->evidence, site->page[i].evidence))
			continue;
		site->page[kept++] = site->page[i];
	}
	site->page_n = kept;
}
