/* A trie of the patterns, breadth first, so that children lie side by side and what is nearer to
 * the root lies before; then the state to fall back to of each node; then the tables.
 *
 * A node is the patterns that begin alike, which in their sorted order are neighbours. */
#include "base/automaton_tables.h"

#include <stdlib.h>

enum {
	MAX_BYTES = 1 << 28,
	/* Most of a text is read within three bytes of the root. Beyond, a list of so many ways is
	 * read about as fast as a row, and takes a tenth of its room. */
	DENSE_DEPTH = 3,
	DENSE_WAYS = 8,
	NO_ID = UINT32_MAX,
};

struct node {
	uint32_t from, to; /* of the sorted patterns; .from is the ending + 1 once there are some */
	uint32_t child, children;
	uint32_t fail;    /* node to fall back to */
	uint32_t suffix;  /* node of the longest proper suffix that is a pattern, 0: none */
	uint32_t pattern; /* first with this text, number + 1 */
	uint32_t id;      /* of its state */
	uint8_t byte;
	uint8_t sort; /* enum sort */
};

enum sort { SORT_DENSE, SORT_BRANCH, SORT_CHAIN };

/* A pattern among the sorted ones: side by side in memory, since each depth reads all of them. */
struct sorted {
	const char *p;
	uint32_t n, number;
	uint32_t common; /* bytes at the beginning that it shares with the one before */
};

struct build {
	const struct automaton_pattern *patterns;
	struct sorted *sorted;
	struct node *node;
	uint32_t n;
	uint32_t depth;
	uint32_t first[AUTOMATON_BYTES];  /* child of the root, 0 when there is none */
	uint16_t class[AUTOMATON_BYTES];
	uint8_t byte[AUTOMATON_CLASSES_MAX]; /* of each class but 0 */
	struct automaton_sizes sizes;
	uint32_t *slot_node; /* of each slot: its node; of a link, the node it leads to */
};

/* Patterns by their bytes, equal ones in the order they came. */
static int compare(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int c = slice_cmp(slice_from(x->p, x->n), slice_from(y->p, y->n));

	return c ? c : x->number < y->number ? -1 : x->number > y->number;
}

static void sort_patterns(struct build *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		b->sorted[i] = (struct sorted){ .p = b->patterns[i].text.p,
			                        .n = (uint32_t)b->patterns[i].text.n,
			                        .number = (uint32_t)i };
	qsort(b->sorted, n, sizeof(*b->sorted), compare);
	for (size_t i = 1; i < n; i++) {
		const struct sorted *before = &b->sorted[i - 1];
		struct sorted *s = &b->sorted[i];
		while (s->common < s->n && s->common < before->n &&
		       s->p[s->common] == before->p[s->common])
			s->common++;
	}
}

/* Tell apart, among the patterns of node i, those that end at this depth (the first in their order,
 * all with one text) and those that go on, by their next byte. */
static void part(struct build *b, uint32_t i, size_t depth)
{
	struct node *v = &b->node[i];
	uint32_t k = v->from;

	if (k < v->to && b->sorted[k].n == depth)
		v->pattern = b->sorted[k].number + 1;
	while (k < v->to && b->sorted[k].n == depth)
		k++;
	v->child = b->n;
	while (k < v->to) {
		struct node *child = &b->node[b->n++];
		*child = (struct node){ .from = k, .id = NO_ID };
		child->byte = (uint8_t)b->sorted[k].p[depth];
		do
			k++;
		while (k < v->to && b->sorted[k].common > depth);
		child->to = k;
	}
	v->children = b->n - v->child;
	v->sort = depth <= DENSE_DEPTH || v->children > DENSE_WAYS ? SORT_DENSE :
	          v->children > 1                                 ? SORT_BRANCH :
	                                                            SORT_CHAIN;
}

static void grow(struct build *b, size_t n)
{
	sort_patterns(b, n);
	b->node[0] = (struct node){ .to = (uint32_t)n };
	b->n = 1;
	for (uint32_t i = 0, level = 1; i < b->n; i++) {
		if (i == level) {
			b->depth++;
			level = b->n;
		}
		part(b, i, b->depth);
	}
}

static uint32_t child_of(const struct build *b, uint32_t i, uint8_t byte)
{
	const struct node *v = &b->node[i];

	if (i == 0)
		return b->first[byte];
	for (uint32_t k = v->child; k < v->child + v->children; k++)
		if (b->node[k].byte == byte)
			return k;
	return 0;
}

/* Where a node goes for a byte. */
static uint32_t follow(const struct build *b, uint32_t i, uint8_t byte)
{
	for (;;) {
		uint32_t child = child_of(b, i, byte);
		if (child || i == 0)
			return child;
		i = b->node[i].fail;
	}
}

/* All that is nearer to the root than a node knows where to fall back to before its children
 * ask. */
static void fall_back(struct build *b)
{
	const struct node *root = &b->node[0];

	for (uint32_t k = root->child; k < root->child + root->children; k++)
		b->first[b->node[k].byte] = k;
	for (uint32_t i = 1; i < b->n; i++) {
		const struct node *v = &b->node[i];
		for (uint32_t k = v->child; k < v->child + v->children; k++) {
			struct node *child = &b->node[k];
			child->fail = follow(b, v->fail, child->byte);
			const struct node *fail = &b->node[child->fail];
			child->suffix = fail->pattern ? child->fail : fail->suffix;
		}
	}
}

static bool is_dense(const struct build *b, uint32_t i)
{
	return b->node[i].sort == SORT_DENSE;
}

static bool is_branch(const struct build *b, uint32_t i)
{
	return b->node[i].sort == SORT_BRANCH;
}

static bool is_chain(const struct build *b, uint32_t i)
{
	return b->node[i].sort == SORT_CHAIN;
}

/* The nodes of a chain, from its head on, get slots that follow each other. */
static void number_chain(struct build *b, uint32_t head)
{
	uint32_t base = b->sizes.dense + b->sizes.branches;

	for (uint32_t i = head;; i = b->node[i].child) {
		b->slot_node[b->sizes.slots] = i;
		if (!is_chain(b, i)) {
			b->sizes.slots++; /* a link */
			return;
		}
		b->node[i].id = base + b->sizes.slots++;
		if (b->node[i].children == 0)
			return;
	}
}

static void number_states(struct build *b)
{
	for (uint32_t i = 0; i < b->n; i++)
		if (is_dense(b, i))
			b->node[i].id = b->sizes.dense++;
	for (uint32_t i = 0; i < b->n; i++) {
		if (is_branch(b, i)) {
			b->node[i].id = b->sizes.dense + b->sizes.branches++;
			b->sizes.ways += b->node[i].children;
		}
		b->sizes.endings += b->node[i].pattern || b->node[i].suffix;
	}
	for (uint32_t i = 0; i < b->n; i++)
		if (b->node[i].id == NO_ID)
			number_chain(b, i);
}

static uint32_t next_state(const struct build *b, uint32_t i)
{
	const struct node *v = &b->node[i];

	return v->id | (v->pattern || v->suffix ? AUTOMATON_ENDS : 0);
}

/* The state to fall back to of a dense one may be of any sort; where it is dense, its row stands
 * already. */
static void put_rows(const struct build *b, uint32_t *dense)
{
	uint32_t classes = b->sizes.classes;

	for (uint32_t i = 0; i < b->n; i++) {
		const struct node *v = &b->node[i];
		if (!is_dense(b, i))
			continue;
		uint32_t *row = dense + (size_t)v->id * classes;
		if (i != 0 && is_dense(b, v->fail))
			memcpy(row, dense + (size_t)b->node[v->fail].id * classes,
			       classes * sizeof(*row));
		else if (i != 0)
			for (uint32_t c = 1; c < classes; c++)
				row[c] = next_state(b, follow(b, v->fail, b->byte[c]));
		for (uint32_t k = v->child; k < v->child + v->children; k++)
			row[b->class[b->node[k].byte]] = next_state(b, k);
	}
}

static void put_branches(const struct build *b, struct automaton_branch *branch, uint32_t *way,
                         uint8_t *way_byte)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n; i++) {
		const struct node *v = &b->node[i];
		if (!is_branch(b, i))
			continue;
		branch[v->id - b->sizes.dense] =
			(struct automaton_branch){ n, b->node[v->fail].id };
		for (uint32_t k = v->child; k < v->child + v->children; k++) {
			way[n] = next_state(b, k);
			way_byte[n++] = b->node[k].byte;
		}
	}
	branch[b->sizes.branches].first = n;
}

static void put_slots(const struct build *b, uint32_t *slot, uint8_t *slot_byte)
{
	for (uint32_t s = 0; s < b->sizes.slots; s++) {
		uint32_t i = b->slot_node[s];
		const struct node *v = &b->node[i];
		if (!is_chain(b, i)) {
			slot[s] = next_state(b, i) | AUTOMATON_LINK;
			continue;
		}
		slot[s] = b->node[v->fail].id | (next_state(b, i) & AUTOMATON_ENDS) |
		          (v->children ? 0 : AUTOMATON_LAST);
		slot_byte[s] = v->children ? b->node[v->child].byte : 0;
	}
}

static void put_ending(struct build *b, uint32_t i, struct automaton_ending *ending, uint32_t *n)
{
	struct node *v = &b->node[i];

	if (!v->pattern && !v->suffix)
		return;
	/* The suffix is the node itself until all of them have a number. */
	ending[(*n)++] = (struct automaton_ending){ v->id, v->pattern, v->suffix };
	v->from = *n;
}

static void put_endings(struct build *b, struct automaton_ending *ending)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n; i++)
		if (is_dense(b, i))
			put_ending(b, i, ending, &n);
	for (uint32_t i = 0; i < b->n; i++)
		if (is_branch(b, i))
			put_ending(b, i, ending, &n);
	for (uint32_t s = 0; s < b->sizes.slots; s++)
		if (is_chain(b, b->slot_node[s]))
			put_ending(b, b->slot_node[s], ending, &n);
	for (uint32_t k = 0; k < n; k++)
		if (ending[k].suffix)
			ending[k].suffix = b->node[ending[k].suffix].from;
}

static void put_told(const struct build *b, struct automaton_told *told)
{
	for (uint32_t k = 0; k < b->sizes.patterns; k++) {
		const struct sorted *s = &b->sorted[k];
		/* Of equal ones, all bytes are shared. */
		bool same = k + 1 < b->sizes.patterns && s[1].n == s->n && s[1].common == s->n;
		told[s->number] = (struct automaton_told){ b->patterns[s->number].value, s->n,
			                                   same ? s[1].number + 1 : 0 };
	}
}

static int classify(struct build *b, size_t n, size_t *bytes, struct err *err)
{
	size_t total = 0;

	b->sizes.classes = 1;
	for (size_t i = 0; i < n; i++) {
		struct slice s = b->patterns[i].text;
		if (s.n == 0)
			return err_set(err, ERR_USAGE, i, "automaton: pattern %zu is empty", i);
		if (s.n > MAX_BYTES || total > MAX_BYTES - s.n)
			return err_set(err, ERR_LIMIT, i, "automaton: more than 2^28 bytes");
		total += s.n;
		for (size_t k = 0; k < s.n; k++) {
			uint8_t byte = (uint8_t)s.p[k];
			if (b->class[byte])
				continue;
			b->byte[b->sizes.classes] = byte;
			b->class[byte] = (uint16_t)b->sizes.classes++;
		}
	}
	b->sizes.patterns = (uint32_t)n;
	*bytes = total;
	return 0;
}

/* The block is ours until it is handed out, so what is const to all others is written here. */
static void put_all(struct build *b, struct automaton *a)
{
	memcpy(a->own, &b->sizes, sizeof(b->sizes));
	memcpy((void *)(uintptr_t)a->class, b->class, sizeof(b->class));
	put_rows(b, (void *)(uintptr_t)a->dense);
	put_branches(b, (void *)(uintptr_t)a->branch, (void *)(uintptr_t)a->way,
	             (void *)(uintptr_t)a->way_byte);
	put_slots(b, (void *)(uintptr_t)a->slot, (void *)(uintptr_t)a->slot_byte);
	put_endings(b, (void *)(uintptr_t)a->ending);
	put_told(b, (void *)(uintptr_t)a->told);
}

int automaton_new(const struct automaton_pattern *patterns, size_t n, struct automaton **out,
                  struct err *err)
{
	struct automaton *a = calloc(1, sizeof(*a));
	struct build *b = calloc(1, sizeof(*b));
	size_t bytes = 0;
	int rc = a && b ? 0 : ERR_NOMEM;

	if (rc)
		goto done;
	b->patterns = patterns;
	rc = classify(b, n, &bytes, err);
	if (rc)
		goto done;
	rc = ERR_NOMEM;
	/* Pages of it that no node comes to lie on are never touched. */
	b->node = malloc((bytes + 1) * sizeof(*b->node));
	b->sorted = calloc(n + 1, sizeof(*b->sorted));
	if (!b->node || !b->sorted)
		goto done;
	grow(b, n);
	fall_back(b);
	/* Each chain has one link at most. */
	b->slot_node = calloc((size_t)b->n * 2, sizeof(*b->slot_node));
	if (!b->slot_node)
		goto done;
	number_states(b);
	b->sizes.depth = b->depth;
	a->own = calloc(1, (size_t)automaton_lay(NULL, &b->sizes, NULL));
	if (!a->own)
		goto done;
	automaton_lay(a, &b->sizes, a->own);
	put_all(b, a);
	*out = a;
	a = NULL;
	rc = 0;
done:
	if (rc == ERR_NOMEM)
		err_set(err, ERR_NOMEM, 0, "automaton: no memory for %zu bytes of patterns", bytes);
	if (b) {
		free(b->node);
		free(b->sorted);
		free(b->slot_node);
	}
	free(b);
	automaton_free(a);
	return rc;
}
