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

/* The trie during construction, numbered in the order of insertion. */
struct node {
	uint32_t child, sibling; /* 0 = none: the root is nobody's child */
	uint32_t fail, depth;
	uint32_t pattern, last; /* first and last with this text, number + 1 */
	uint32_t id;
	uint32_t class;
};

struct trie {
	struct node *node;
	uint32_t *order; /* breadth first */
	uint32_t n;
};

static uint32_t child_of(const struct trie *t, uint32_t parent, uint32_t class)
{
	uint32_t v = t->node[parent].child;

	while (v && t->node[v].class != class)
		v = t->node[v].sibling;
	return v;
}

static void insert(struct trie *t, struct automaton *a, const struct automaton_pattern *p,
                   uint32_t number)
{
	uint32_t at = 0;

	for (size_t i = 0; i < p->text.n; i++) {
		uint32_t class = a->class[(unsigned char)p->text.p[i]];
		uint32_t v = child_of(t, at, class);
		if (!v) {
			v = t->n++;
			t->node[v] = (struct node){ .sibling = t->node[at].child,
				                    .depth = t->node[at].depth + 1,
				                    .class = class };
			t->node[at].child = v;
		}
		at = v;
	}
	a->told[number] = (struct told){ p->value, (uint32_t)p->text.n, 0 };
	struct node *end = &t->node[at];
	if (end->pattern)
		a->told[end->last - 1].same = number + 1;
	else
		end->pattern = number + 1;
	end->last = number + 1;
}

/* Breadth first, so that the failure of a state, which is nearer to the root, is known first. */
static void find_failures(struct trie *t)
{
	uint32_t n = 0;

	t->order[n++] = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t u = t->order[i];
		for (uint32_t v = t->node[u].child; v; v = t->node[v].sibling) {
			uint32_t f = t->node[u].fail, to = 0;
			if (u != 0)
				while (!(to = child_of(t, f, t->node[v].class)) && f != 0)
					f = t->node[f].fail;
			t->node[v].fail = to;
			t->order[n++] = v;
		}
	}
}

static bool is_dense(const struct trie *t, const struct node *v)
{
	return v->depth <= 1 || (v->child && t->node[v->child].sibling);
}

static void number_states(struct trie *t, struct automaton *a)
{
	uint32_t id = 0;

	for (int chains = 0; chains < 2; chains++) {
		for (uint32_t i = 0; i < t->n; i++) {
			struct node *v = &t->node[t->order[i]];
			if (is_dense(t, v) == !chains)
				v->id = id++;
		}
		if (!chains)
			a->n_dense = id;
	}
	a->n_states = id;
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

static void fill(const struct trie *t, struct automaton *a)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct node *v = &t->node[t->order[i]];
		const struct node *f = &t->node[v->fail];
		struct ending *e = &a->ending[v->id];
		e->pattern = v->pattern;
		e->suffix = f->pattern ? f->id : a->ending[f->id].suffix;
	}
	/* A state knows by now whether anything ends in it; rows are filled in a second walk. */
	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t u = t->order[i];
		const struct node *v = &t->node[u];
		uint32_t fail = t->node[v->fail].id;
		uint32_t *row = NULL;
		if (v->id < a->n_dense) {
			row = a->dense + (size_t)v->id * a->classes;
			for (uint32_t c = 1; u != 0 && c < a->classes; c++)
				row[c] = step(a, fail, c);
		} else {
			a->way[v->id - a->n_dense] = (struct way){ .fail = fail };
		}
		for (uint32_t k = v->child; k; k = t->node[k].sibling) {
			uint32_t id = t->node[k].id;
			uint32_t next = id;
			if (a->ending[id].pattern || a->ending[id].suffix)
				next |= ENDS;
			if (row)
				row[t->node[k].class] = next;
			else
				a->way[v->id - a->n_dense] =
					(struct way){ next, fail, t->node[k].class };
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
	struct trie t = { NULL, NULL, 1 };
	size_t bytes = 0;
	int rc = a ? 0 : err_set(err, ERR_NOMEM, 0, "automaton: no memory");

	if (!rc)
		rc = classify(a, patterns, n, &bytes, err);
	if (rc)
		goto done;
	rc = ERR_NOMEM;
	t.node = calloc(bytes + 1, sizeof(*t.node));
	a->told = calloc(n + 1, sizeof(*a->told));
	a->n_patterns = n;
	if (!t.node || !a->told)
		goto done;
	for (size_t i = 0; i < n; i++)
		insert(&t, a, &patterns[i], (uint32_t)i);
	t.order = calloc(t.n, sizeof(*t.order));
	if (!t.order)
		goto done;
	find_failures(&t);
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
	free(t.order);
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
