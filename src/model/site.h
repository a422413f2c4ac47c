/* What is known of one site in one registration period: the input of an assessment.
 *
 * Plain values that somebody else filled; nothing here is owned. The order of pages is the order
 * of their URL, then time, so that the same evidence gives the same verdict whatever order it came
 * in (site_sort). */
#ifndef MODEL_SITE_H
#define MODEL_SITE_H

#include "base/sha256.h"
#include "base/slice.h"
#include "model/registers.h"
#include "model/subject.h"
#include "wire/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct site_page {
	struct slice url;     /* canonical */
	struct slice path;    /* of the URL, from its '/' */
	struct slice vantage; /* place and profile of the capture */
	int64_t at;           /* when it was captured, seconds since 1970 */
	struct sha256 evidence;     /* of the payload as received (RECORDS.md) */
	struct sha256 text;         /* of page->text */
	const struct page_text *page;
	uint32_t capture;     /* number of its capture within the site, from 0: site_sort sets it */
};

struct site {
	struct subject subject;
	bool has_period;
	int64_t period;       /* creation date of the registration, where known */
	struct site_page *page;
	size_t page_n;
	size_t captures;      /* distinct (time, vantage): site_sort counts them */
};

/* Sort pages, number and count captures, drop a page that is there twice (same URL, capture and
 * evidence). Pages of one vantage within an hour are one capture. */
void site_sort(struct site *site);

#endif
