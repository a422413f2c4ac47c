/* Cuts are few (one for each script of a page), so they are searched, not spread over a map. */
#include "wire/html_cut.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST = 16 /* bytes: shorter ones are not worth an entry */ };

void html_cut(struct html_cuts *c, size_t from, size_t to)
{
	if (to < from + LEAST)
		return;
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 32;
		struct html_cut *more = reallocarray(c->cut, cap, sizeof(*more));
		if (!more)
			return;
		c->cut = more;
		c->cap = cap;
	}
	uint32_t at = (uint32_t)(from - c->removed);
	c->removed += to - from;
	c->cut[c->n++] = (struct html_cut){ at, (uint32_t)c->removed };
}

size_t html_cut_apply(const struct html_cuts *c, char *p, size_t n)
{
	size_t to = 0, removed = 0;

	for (size_t i = 0; i <= c->n; i++) {
		size_t end = i < c->n ? c->cut[i].at : n - c->removed;
		if (removed)
			memmove(p + to, p + to + removed, end - to);
		to = end;
		removed = i < c->n ? c->cut[i].removed : removed;
	}
	return to;
}

uint32_t html_cut_origin(const struct html_cuts *c, size_t at)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (c->cut[mid].at <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return (uint32_t)at + (low ? c->cut[low - 1].removed : 0);
}

void html_cut_release(struct html_cuts *c)
{
	free(c->cut);
	*c = (struct html_cuts){ 0 };
}
