/* States are of two sorts. Those near the root, and those with two or more ways on, are "dense":
 * a row with the next state for every class of byte, failures resolved. The others ("chains", most
 * of the depth of long patterns) keep their one way on and the state to fall back to. Dense states
 * have the low numbers, so one comparison tells them apart; 0 is the root.
 *
 *     next = dense[state * classes + class[byte]]           state < n_dense
 *     next = class[byte] == way.class ? way.next : retry from way.fail
 *
 * Bytes that occur in no pattern share class 0. Bit 31 of a next state says that patterns end
 * there, so that the loop looks at nothing else for a byte that ends none. */
#include "base/automaton.h"

#include <stdlib.h>
#include <string.h>

#define ENDS 0x80000000u

enum { MAX_BYTES = 1 << 30 };

struct way {
	uint32_t next;  /* with ENDS */
	uint32_t fail;  /* without ENDS */
	uint32_t class; /* 0, which no pattern has: no way on */
};

/* What ends in a state: its own patterns, then those of the next suffix that has any. */
struct ending {
	uint32_t pattern; /* first, number + 1; 0 when it only passes on to a suffix */
	uint32_t suffix;  /* state, 0 when there is none */
};

struct told {
	uint32_t value, length;
	uint32_t same; /* next pattern with the same text, number + 1 */
};

struct automaton {
	uint32_t classes, n_dense, n_states;
	uint16_t class[256];
	uint32_t *dense;
	struct way *way; /* of state n_dense + i */
	struct ending *ending;
	struct told *told;
	size_t n_patterns;
};

/* The trie during construction: nodes breadth first, so children lie side by side and what is
 * nearer to the root lies before. A node is the patterns that begin alike, which in their sorted
 * order are neighbours. */
struct node {
	uint32_t from, to; /* of the sorted patterns */
	uint32_t child, children;
	uint32_t fail; /* id of the state to fall back to */
	uint32_t pattern; /* first with this text, number + 1 */
	uint32_t id;
	uint32_t class;
};

struct trie {
	const struct automaton_pattern **sorted;
	struct node *node;
	uint32_t n;
};

/* Patterns by their bytes, equal ones in the order they came. */
static int compare(const void *a, const void *b)
{
	const struct automaton_pattern *const *x = a, *const *y = b;
	int c = slice_cmp((*x)->text, (*y)->text);

	return c ? c : *x < *y ? -1 : *x > *y;
}

/* Tell apart, among the patterns of node i, those that end at this depth (the first in their order,
 * all with one text) and those that go on, by their next byte. */
static void part(struct trie *t, struct automaton *a, const struct automaton_pattern *patterns,
                 uint32_t i, size_t depth)
{
	struct node *v = &t->node[i];
	uint32_t k = v->from, last = 0;

	for (; k < v->to && t->sorted[k]->text.n == depth; k++) {
		uint32_t number = (uint32_t)(t->sorted[k] - patterns);
		a->told[number] = (struct told){ t->sorted[k]->value, (uint32_t)depth, 0 };
		if (last)
			a->told[last - 1].same = number + 1;
		else
			v->pattern = number + 1;
		last = number + 1;
	}
	v->child = t->n;
	while (k < v->to) {
		char byte = t->sorted[k]->text.p[depth];
		struct node *child = &t->node[t->n++];
		*child = (struct node){ .from = k, .class = a->class[(unsigned char)byte] };
		while (k < v->to && t->sorted[k]->text.p[depth] == byte)
			k++;
		child->to = k;
	}
	v->children = t->n - v->child;
}

static void grow(struct trie *t, struct automaton *a, const struct automaton_pattern *patterns,
                 size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->sorted[i] = &patterns[i];
	qsort(t->sorted, n, sizeof(*t->sorted), compare);
	t->node[0] = (struct node){ .to = (uint32_t)n };
	t->n = 1;
	size_t depth = 0;
	for (uint32_t i = 0, level = 1; i < t->n; i++) {
		if (i == level) {
			depth++;
			level = t->n;
		}
		part(t, a, patterns, i, depth);
	}
}

/* The root's children have rows too: most of a text is read there. */
static bool is_dense(const struct trie *t, uint32_t i)
{
	return i <= t->node[0].children || t->node[i].children > 1;
}

static void number_states(struct trie *t, struct automaton *a)
{
	uint32_t dense = 0, chain = 0;

	for (uint32_t i = 0; i < t->n; i++)
		dense += is_dense(t, i);
	a->n_dense = dense;
	a->n_states = t->n;
	dense = 0;
	for (uint32_t i = 0; i < t->n; i++)
		t->node[i].id = is_dense(t, i) ? dense++ : a->n_dense + chain++;
}

static uint32_t step(const struct automaton *a, uint32_t state, uint32_t class)
{
	while (state >= a->n_dense) {
		const struct way *w = &a->way[state - a->n_dense];
		if (w->class == class && class)
			return w->next;
		state = w->fail;
	}
	return a->dense[(size_t)state * a->classes + class];
}

/* Where a state goes for each class. */
static void copy_row(const struct automaton *a, uint32_t state, uint32_t *row)
{
	if (state < a->n_dense) {
		memcpy(row, a->dense + (size_t)state * a->classes, a->classes * sizeof(*row));
		return;
	}
	for (uint32_t c = 1; c < a->classes; c++)
		row[c] = step(a, state, c);
}

/* All that is nearer to the root than a state is whole when the state is filled: the failure of its
 * child is one step of the automaton itself, and its row begins as a copy. */
static void fill(struct trie *t, struct automaton *a)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct node *v = &t->node[i];
		uint32_t *row = NULL;
		struct way *way = NULL;
		if (v->id < a->n_dense) {
			row = a->dense + (size_t)v->id * a->classes;
			if (i != 0)
				copy_row(a, v->fail, row);
		} else {
			way = &a->way[v->id - a->n_dense];
			*way = (struct way){ .fail = v->fail };
		}
		for (uint32_t k = v->child; k < v->child + v->children; k++) {
			struct node *child = &t->node[k];
			struct ending *e = &a->ending[child->id];
			child->fail = i != 0 ? step(a, v->fail, child->class) & ~ENDS : 0;
			e->pattern = child->pattern;
			e->suffix = a->ending[child->fail].pattern ? child->fail :
			                                             a->ending[child->fail].suffix;
			uint32_t next = child->id | (e->pattern || e->suffix ? ENDS : 0);
			if (row) {
				row[child->class] = next;
			} else {
				way->next = next;
				way->class = child->class;
			}
		}
	}
}

static int classify(struct automaton *a, const struct automaton_pattern *patterns, size_t n,
                    size_t *bytes, struct err *err)
{
	size_t total = 0;

	a->classes = 1;
	for (size_t i = 0; i < n; i++) {
		struct slice s = patterns[i].text;
		if (s.n == 0)
			return err_set(err, ERR_USAGE, i, "automaton: pattern %zu is empty", i);
		if (s.n > MAX_BYTES || total > MAX_BYTES - s.n)
			return err_set(err, ERR_LIMIT, i, "automaton: more than 2^30 bytes");
		total += s.n;
		for (size_t k = 0; k < s.n; k++) {
			uint16_t *class = &a->class[(unsigned char)s.p[k]];
			if (!*class)
				*class = (uint16_t)a->classes++;
		}
	}
	*bytes = total;
	return 0;
}

int automaton_new(const struct automaton_pattern *patterns, size_t n, struct automaton **out,
                  struct err *err)
{
	struct automaton *a = calloc(1, sizeof(*a));
	struct trie t = { NULL, NULL, 0 };
	size_t bytes = 0;
	int rc = a ? 0 : err_set(err, ERR_NOMEM, 0, "automaton: no memory");

	if (!rc)
		rc = classify(a, patterns, n, &bytes, err);
	if (rc)
		goto done;
	rc = ERR_NOMEM;
	/* Pages of it that no node comes to lie on are never touched. */
	t.node = malloc((bytes + 1) * sizeof(*t.node));
	t.sorted = calloc(n + 1, sizeof(*t.sorted));
	a->told = calloc(n + 1, sizeof(*a->told));
	a->n_patterns = n;
	if (!t.node || !t.sorted || !a->told)
		goto done;
	grow(&t, a, patterns, n);
	number_states(&t, a);
	a->dense = calloc((size_t)a->n_dense * a->classes, sizeof(*a->dense));
	a->way = calloc((size_t)(a->n_states - a->n_dense) + 1, sizeof(*a->way));
	a->ending = calloc(a->n_states, sizeof(*a->ending));
	if (!a->dense || !a->way || !a->ending)
		goto done;
	fill(&t, a);
	*out = a;
	a = NULL;
	rc = 0;
done:
	if (rc == ERR_NOMEM)
		err_set(err, ERR_NOMEM, 0, "automaton: no memory for %zu bytes of patterns", bytes);
	free(t.node);
	free(t.sorted);
	automaton_free(a);
	return rc;
}

void automaton_free(struct automaton *a)
{
	if (!a)
		return;
	free(a->dense);
	free(a->way);
	free(a->ending);
	free(a->told);
	free(a);
}

size_t automaton_size(const struct automaton *a)
{
	return sizeof(*a) + (size_t)a->n_dense * a->classes * sizeof(*a->dense) +
	       (size_t)(a->n_states - a->n_dense) * sizeof(*a->way) +
	       a->n_states * sizeof(*a->ending) + a->n_patterns * sizeof(*a->told);
}

bool automaton_next(struct automaton_scan *scan, struct automaton_match *out)
{
	const struct automaton *a = scan->a;

	for (;;) {
		while (scan->suffix && !scan->pattern) {
			scan->suffix = a->ending[scan->suffix].suffix;
			scan->pattern = scan->suffix ? a->ending[scan->suffix].pattern : 0;
		}
		if (scan->pattern) {
			const struct told *t = &a->told[scan->pattern - 1];
			*out = (struct automaton_match){ t->value, scan->at - t->length, scan->at };
			scan->pattern = t->same;
			return true;
		}
		const unsigned char *p = (const unsigned char *)scan->text.p;
		size_t at = scan->at, n = scan->text.n;
		uint32_t state = scan->state;
		bool ends = false;
		while (at < n && !ends) {
			uint32_t next = step(a, state, a->class[p[at++]]);
			ends = next & ENDS;
			state = next & ~ENDS;
		}
		scan->at = at;
		scan->state = state;
		if (!ends)
			return false;
		scan->suffix = state;
		scan->pattern = a->ending[state].pattern;
	}
}
