/* A place of a site: an address less its scheme, "club.example/a?b". */
#ifndef ASSESS_PLACE_H
#define ASSESS_PLACE_H

#include "model/site.h"

static inline struct slice place_of_url(struct slice url)
{
	size_t scheme = slice_find_slice(url, SLICE("://"));

	return scheme < url.n ? slice_sub(url, scheme + 3, url.n) : url;
}

static inline struct slice place_host(struct slice place)
{
	return slice_sub(place, 0, slice_find(place, '/'));
}

/* A place or a host without "www." before it. */
static inline struct slice place_bare(struct slice place)
{
	return slice_starts(place, SLICE("www.")) ? slice_sub(place, 4, place.n) : place;
}

/* Whether a place lies on the site's own host, and not on one below it. */
static inline bool place_is_own(struct slice place, const struct site *site)
{
	return slice_eq(place_bare(place_host(place)), place_bare(site->subject.key));
}

#endif
