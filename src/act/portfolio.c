#include "act/portfolio.h"

#include <stdlib.h>

const char *portfolio_standing_name(enum portfolio_standing s)
{
	static const char *const names[PORTFOLIO_STANDINGS] = { "nothing", "cleared", "suspect",
		                                                "known",   "judged",  "listed" };

	return names[s];
}

const char *portfolio_state_name(enum portfolio_state s)
{
	static const char *const names[PORTFOLIO_STATES] = { "active", "holding", "unknown",
		                                             "past" };

	return names[s];
}

enum portfolio_standing portfolio_standing_of(const struct portfolio_facts *f)
{
	if (f->listed)
		return PORTFOLIO_LISTED;
	if (f->legitimate)
		return PORTFOLIO_CLEARED;
	if (f->judged)
		return PORTFOLIO_JUDGED;
	if (f->member || f->told)
		return PORTFOLIO_KNOWN;
	return f->score ? PORTFOLIO_SUSPECT : PORTFOLIO_NOTHING;
}

static int by_rank(const void *a, const void *b)
{
	const struct portfolio_name *x = a, *y = b;

	if (x->standing != y->standing)
		return x->standing > y->standing ? -1 : 1;
	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return slice_cmp(x->name, y->name);
}

void portfolio_rank(struct portfolio_name *list, size_t n)
{
	if (n)
		qsort(list, n, sizeof(*list), by_rank);
}
