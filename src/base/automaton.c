/* The walk. What it reads from the tables is never trusted further than the table it leads to
 * reaches: a state beyond the last is the root, falling back ends after as many times as the
 * longest pattern has bytes, each suffix reported is shorter than the one before. */
#include "base/automaton_tables.h"

#include <stdlib.h>

enum { ALIGNED = 8 };

static uint64_t place(uint64_t *at, uint64_t count, size_t size)
{
	uint64_t from = *at;

	*at = (from + count * size + ALIGNED - 1) & ~(uint64_t)(ALIGNED - 1);
	return from;
}

uint64_t automaton_lay(struct automaton *a, const struct automaton_sizes *n, char *p)
{
	uint64_t at = 0;

	place(&at, 1, sizeof(*n));
	uint64_t class = place(&at, AUTOMATON_BYTES, sizeof(*a->class));
	uint64_t dense = place(&at, (uint64_t)n->dense * n->classes, sizeof(*a->dense));
	uint64_t branch = place(&at, (uint64_t)n->branches + 1, sizeof(*a->branch));
	uint64_t way = place(&at, n->ways, sizeof(*a->way));
	uint64_t slot = place(&at, n->slots, sizeof(*a->slot));
	uint64_t ending = place(&at, n->endings, sizeof(*a->ending));
	uint64_t told = place(&at, n->patterns, sizeof(*a->told));
	uint64_t way_byte = place(&at, n->ways, 1);
	uint64_t slot_byte = place(&at, n->slots, 1);

	if (p) {
		a->n = *n;
		a->class = (const void *)(p + class);
		a->dense = (const void *)(p + dense);
		a->branch = (const void *)(p + branch);
		a->way = (const void *)(p + way);
		a->slot = (const void *)(p + slot);
		a->ending = (const void *)(p + ending);
		a->told = (const void *)(p + told);
		a->way_byte = (const void *)(p + way_byte);
		a->slot_byte = (const void *)(p + slot_byte);
		a->bytes = slice_from(p, (size_t)at);
	}
	return at;
}

struct slice automaton_bytes(const struct automaton *a)
{
	return a->bytes;
}

size_t automaton_patterns(const struct automaton *a)
{
	return a->n.patterns;
}

/* What the walk relies on without looking again. */
static const char *check(const struct automaton *a)
{
	for (size_t i = 0; i < AUTOMATON_BYTES; i++)
		if (a->class[i] >= a->n.classes)
			return "a class of bytes is beyond the last";
	if (a->branch[0].first != 0 || a->branch[a->n.branches].first != a->n.ways)
		return "the ways are not those of the branches";
	for (uint32_t i = 0; i < a->n.branches; i++)
		if (a->branch[i].first > a->branch[i + 1].first)
			return "a branch ends before it begins";
	return NULL;
}

int automaton_borrow(struct slice bytes, struct automaton **out, struct err *err)
{
	struct automaton_sizes n;

	if ((uintptr_t)bytes.p % ALIGNED)
		return err_set(err, ERR_USAGE, 0, "automaton: its bytes are not aligned");
	if (bytes.n < sizeof(n))
		return err_set(err, ERR_CORRUPT, 0, "automaton: it is cut off");
	memcpy(&n, bytes.p, sizeof(n));
	if (n.classes == 0 || n.classes > AUTOMATON_CLASSES_MAX || n.dense == 0 ||
	    (uint64_t)n.dense + n.branches + n.slots > AUTOMATON_STATE ||
	    automaton_lay(NULL, &n, NULL) != bytes.n)
		return err_set(err, ERR_CORRUPT, 0, "automaton: sizes and length do not fit");
	struct automaton *a = calloc(1, sizeof(*a));
	if (!a)
		return err_set(err, ERR_NOMEM, 0, "automaton: no memory");
	/* Written to by nobody: all that points into it is const. */
	automaton_lay(a, &n, (char *)(uintptr_t)bytes.p);
	const char *wrong = check(a);
	if (wrong) {
		free(a);
		return err_set(err, ERR_CORRUPT, 0, "automaton: %s", wrong);
	}
	*out = a;
	return 0;
}

void automaton_free(struct automaton *a)
{
	if (!a)
		return;
	free(a->own);
	free(a);
}

static uint32_t step(const struct automaton *a, uint32_t state, uint8_t byte)
{
	uint32_t class = a->class[byte];

	if (class == 0)
		return 0;
	for (uint32_t left = a->n.depth; state >= a->n.dense; left--) {
		uint32_t i = state - a->n.dense;
		if (left == 0)
			return 0;
		if (i < a->n.branches) {
			const struct automaton_branch *b = &a->branch[i];
			for (uint32_t k = b[0].first; k < b[1].first; k++)
				if (a->way_byte[k] == byte)
					return a->way[k];
			state = b->fail;
			continue;
		}
		i -= a->n.branches;
		if (i >= a->n.slots)
			return 0;
		uint32_t word = a->slot[i];
		if (a->slot_byte[i] == byte && !(word & AUTOMATON_LAST) && i + 1 < a->n.slots) {
			uint32_t next = a->slot[i + 1];
			return next & AUTOMATON_LINK ? next & ~AUTOMATON_LINK :
			                               (state + 1) | (next & AUTOMATON_ENDS);
		}
		state = word & AUTOMATON_STATE;
	}
	return a->dense[(size_t)state * a->n.classes + class];
}

/* The ending of a state, or NULL. */
static const struct automaton_ending *ending_of(const struct automaton *a, uint32_t state)
{
	uint32_t low = 0, high = a->n.endings;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (a->ending[middle].state < state)
			low = middle + 1;
		else
			high = middle;
	}
	return low < a->n.endings && a->ending[low].state == state ? &a->ending[low] : NULL;
}

/* The next pattern that ends at .at, if there is one. */
static bool report(struct automaton_scan *scan, struct automaton_match *out)
{
	const struct automaton *a = scan->a;

	if (scan->pattern == 0 && scan->suffix) {
		bool known = scan->suffix <= a->n.endings;
		const struct automaton_ending *e = known ? &a->ending[scan->suffix - 1] : NULL;
		scan->pattern = known ? e->pattern : 0;
		scan->suffix = scan->pattern ? e->suffix : 0;
	}
	if (scan->pattern == 0 || scan->pattern > a->n.patterns)
		return false;
	const struct automaton_told *t = &a->told[scan->pattern - 1];
	if (t->length == 0 || t->length > scan->longest)
		return false;
	*out = (struct automaton_match){ t->value, scan->at - t->length, scan->at };
	if (t->same > scan->pattern) {
		scan->longest = t->length;
		scan->pattern = t->same;
	} else {
		scan->longest = t->length - 1;
		scan->pattern = 0;
	}
	return true;
}

bool automaton_next(struct automaton_scan *scan, struct automaton_match *out)
{
	const struct automaton *a = scan->a;
	const uint8_t *p = (const uint8_t *)scan->text.p;
	size_t n = scan->text.n;

	for (;;) {
		if ((scan->pattern || scan->suffix) && report(scan, out))
			return true;
		size_t at = scan->at;
		uint32_t next = scan->state;
		for (next &= AUTOMATON_STATE; at < n && !(next & AUTOMATON_ENDS); at++)
			next = step(a, next, p[at]);
		scan->at = at;
		scan->state = next & AUTOMATON_STATE;
		scan->pattern = scan->suffix = 0;
		if (!(next & AUTOMATON_ENDS))
			return false;
		const struct automaton_ending *e = ending_of(a, scan->state);
		if (!e)
			continue;
		scan->pattern = e->pattern;
		scan->suffix = e->suffix;
		scan->longest = at;
	}
}
