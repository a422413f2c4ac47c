#include "link/network.h"

#include "link/community.h"

#include <stdlib.h>
#include <string.h>

/* Where a domain's money goes: of its strong payment accounts the first in the caller's numbers. */
static uint32_t money_of(const struct population *p, uint32_t d)
{
	uint32_t first = NETWORK_NONE;

	for (uint32_t i = p->from[d]; i < p->from[d + 1]; i++) {
		uint32_t v = p->of[i];
		if (p->value[v].kind == SIGNAL_PAYMENT &&
		    (first == NETWORK_NONE || p->original[v] < p->original[first]))
			first = v;
	}
	return first;
}

static uint32_t root_of(uint32_t *parent, uint32_t d)
{
	while (parent[d] != d) {
		parent[d] = parent[parent[d]];
		d = parent[d];
	}
	return d;
}

/* The lower number is the root: the result does not depend on the order of joining. */
static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = root_of(parent, a);
	b = root_of(parent, b);
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}

/* The first domain that has a second value beside the one at hand. */
struct first {
	uint32_t of, domain;
};

/* A domain and its second value beside value .of; where the two just reach what is asked, the money
 * matters and is a third key. */
struct sharer {
	uint32_t of, value, domain, money;
};

enum {
	BATCH = 128, /* sharers whose place in .first is fetched while others are looked at */
	AHEAD = 12,  /* members whose values are fetched beforehand */
};

struct linker {
	const struct population *p;
	uint32_t *parent;
	struct first *first; /* by second value */
	struct sharer batch[BATCH];
	size_t batch_n;
	struct sharer *doubtful;
	size_t doubtful_n, doubtful_cap;
};

/* Which second values go with the one at hand: of each class those below .sure do, those from there
 * below .limit do unless the money differs. Classes in which none does have .limit 0. */
struct partners {
	uint32_t end[POPULATION_CLASSES]; /* of the class */
	uint32_t sure[POPULATION_CLASSES], limit[POPULATION_CLASSES];
};

static int put_doubtful(struct linker *l, uint32_t value, uint32_t domain, struct err *err)
{
	if (l->doubtful_n == l->doubtful_cap) {
		size_t cap = l->doubtful_cap ? l->doubtful_cap * 2 : 256;
		struct sharer *grown = realloc(l->doubtful, cap * sizeof(*grown));
		if (!grown)
			return err_set(err, ERR_NOMEM, 0, "link: no memory");
		l->doubtful = grown;
		l->doubtful_cap = cap;
	}
	l->doubtful[l->doubtful_n++] = (struct sharer){ .value = value,
		                                        .domain = domain,
		                                        .money = money_of(l->p, domain) };
	return 0;
}

static int compare_doubtful(const void *a, const void *b)
{
	const struct sharer *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if (x->money != y->money)
		return x->money < y->money ? -1 : 1;
	return x->domain < y->domain ? -1 : x->domain > y->domain;
}

/* Among those who share such a pair, those with one account are linked to each other; those of whom
 * no account is known (they come last) contradict nobody and are linked to all. */
static void settle_doubtful(struct linker *l)
{
	qsort(l->doubtful, l->doubtful_n, sizeof(*l->doubtful), compare_doubtful);
	for (size_t i = 0, end; i < l->doubtful_n; i = end) {
		const struct sharer *d = l->doubtful;
		for (end = i + 1; end < l->doubtful_n && d[end].value == d[i].value; end++)
			if (d[end].money == d[end - 1].money)
				join(l->parent, d[end].domain, d[end - 1].domain);
		if (d[end - 1].money != NETWORK_NONE)
			continue;
		for (size_t k = i; k + 1 < end; k++)
			join(l->parent, d[k].domain, d[end - 1].domain);
	}
	l->doubtful_n = 0;
}

static void find_partners(const struct population *p, uint32_t u, struct partners *out)
{
	uint32_t weight = p->value[u].weight;
	uint32_t least = p->least > weight ? p->least - weight : 0;
	unsigned own = p->value[u].group;

	for (unsigned c = 0; c < POPULATION_CLASSES; c++) {
		unsigned group = c % SIGNAL_GROUPS;
		bool money = own == GROUP_MONEY || group == GROUP_MONEY;
		uint32_t from;
		out->end[c] = population_class(p, c, 0, &from);
		out->limit[c] = population_class(p, c, least, &from);
		out->sure[c] =
			money ? out->limit[c] : population_class(p, c, least + LINK_PENALTY, &from);
		/* Of two values that cannot be planted the lower one sees to the pair; they lie in
		 * ascending classes. */
		if (group == own || (c < SIGNAL_GROUPS && c < own))
			out->limit[c] = out->sure[c] = 0;
	}
}

/* Join those of the batch that have a value in common. */
static void flush(struct linker *l)
{
	for (size_t i = 0; i < l->batch_n; i++) {
		const struct sharer *s = &l->batch[i];
		struct first *first = &l->first[s->value];
		if (first->of == s->of)
			join(l->parent, s->domain, first->domain);
		else
			*first = (struct first){ s->of, s->domain };
	}
	l->batch_n = 0;
}

/* Join all that share value u, which cannot be planted, and another. */
static int link_value(struct linker *l, uint32_t u, struct err *err)
{
	const struct population *p = l->p;
	const uint32_t last = p->with[p->value_n];
	struct partners partners;

	find_partners(p, u, &partners);
	for (uint32_t m = p->with[u], end = p->with[u + 1]; m < end; m++) {
		uint32_t d = p->member[m];
		if (m + 2 * AHEAD < last) {
			__builtin_prefetch(&p->from[p->member[m + 2 * AHEAD]]);
			__builtin_prefetch(&p->of[p->from[p->member[m + AHEAD]]]);
		}
		unsigned c = 0;
		for (uint32_t i = p->from[d]; i < p->from[d + 1]; i++) {
			uint32_t v = p->of[i];
			while (v >= partners.end[c])
				c++;
			if (v >= partners.limit[c])
				continue;
			if (v >= partners.sure[c]) {
				if (put_doubtful(l, v, d, err))
					return ERR_NOMEM;
				continue;
			}
			if (l->batch_n == BATCH)
				flush(l);
			__builtin_prefetch(&l->first[v], 1);
			__builtin_prefetch(&l->parent[d]);
			l->batch[l->batch_n++] = (struct sharer){ u, v, d, 0 };
		}
	}
	if (l->doubtful_n)
		settle_doubtful(l);
	return 0;
}

static int link_all(const struct population *p, uint32_t *parent, struct err *err)
{
	struct linker l = { .p = p, .parent = parent };
	int rc = 0;

	for (uint32_t d = 0; d < p->domain_n; d++)
		parent[d] = d;
	l.first = malloc(((size_t)p->value_n + 1) * sizeof(*l.first));
	if (!l.first)
		return err_set(err, ERR_NOMEM, 0, "link: no memory for %u values", p->value_n);
	memset(l.first, 0xff, ((size_t)p->value_n + 1) * sizeof(*l.first));
	for (uint32_t u = 0; u < p->value_n && !rc; u++)
		if (p->with[u + 1] > p->with[u])
			rc = link_value(&l, u, err);
	flush(&l);
	free(l.doubtful);
	free(l.first);
	return rc;
}

/* Cut each component. Members of one are gathered in a list of their own, by counting. */
static int cut_all(const struct population *p, struct networks *n, struct err *err)
{
	uint32_t *begin = calloc((size_t)n->domain_n + 2, sizeof(*begin));
	uint32_t *member = malloc(((size_t)n->domain_n + 1) * sizeof(*member));
	uint32_t *label = NULL;
	struct community_work *work = community_work_new();
	size_t cap = 0;
	int rc = begin && member && work ? 0 : err_set(err, ERR_NOMEM, 0, "link: no memory");

	if (!rc) {
		for (uint32_t d = 0; d < n->domain_n; d++)
			begin[n->component[d] + 2]++;
		for (uint32_t d = 1; d < n->domain_n; d++)
			begin[d + 1] += begin[d];
		for (uint32_t d = 0; d < n->domain_n; d++)
			member[begin[n->component[d] + 1]++] = d;
	}
	for (uint32_t d = 0; d < n->domain_n && !rc; d++) {
		uint32_t size = begin[d + 1] - begin[d];
		if (size < 2)
			continue;
		if (size > cap) {
			free(label);
			cap = (size_t)size * 2;
			label = malloc(cap * sizeof(*label));
			if (!label) {
				rc = err_set(err, ERR_NOMEM, 0, "link: no memory");
				break;
			}
		}
		const uint32_t *of = member + begin[d];
		rc = community_cut(p, of, size, label, work, &n->bridges, err);
		for (uint32_t i = 0; i < size && !rc; i++)
			n->network[of[i]] = label[i];
	}
	community_work_free(work);
	free(label);
	free(member);
	free(begin);
	return rc;
}

int networks_find(const struct population *p, struct networks *out, struct err *err)
{
	struct networks n = { .domain_n = p->domain_n };
	int rc;

	n.component = malloc(((size_t)p->domain_n + 1) * sizeof(*n.component));
	n.network = malloc(((size_t)p->domain_n + 1) * sizeof(*n.network));
	rc = n.component && n.network ? link_all(p, n.component, err)
	                              : err_set(err, ERR_NOMEM, 0, "link: no memory");
	if (!rc) {
		for (uint32_t d = 0; d < p->domain_n; d++) {
			/* The root is lower, so it is settled already. */
			n.component[d] = n.component[n.component[d]];
			n.network[d] = n.component[d];
		}
		rc = cut_all(p, &n, err);
	}
	if (rc)
		networks_release(&n);
	else
		*out = n;
	return rc;
}

void networks_release(struct networks *n)
{
	free(n->component);
	free(n->network);
	*n = (struct networks){ 0 };
}

void link_of(const struct population *p, uint32_t a, uint32_t b, struct link *out)
{
	uint32_t i = p->from[a], k = p->from[b];
	uint32_t money_a = money_of(p, a), money_b = money_of(p, b);

	for (int g = 0; g < SIGNAL_GROUPS; g++)
		out->value[g] = NETWORK_NONE;
	out->weight = 0;
	out->is_link = false;
	out->money_differs =
		money_a != NETWORK_NONE && money_b != NETWORK_NONE && money_a != money_b;
	while (i < p->from[a + 1] && k < p->from[b + 1]) {
		uint32_t u = p->of[i], v = p->of[k];
		i += u <= v;
		k += v <= u;
		if (u != v)
			continue;
		for (uint32_t w = p->from[a]; w < i; w++)
			if (p->of[w] != u && link_pair(p, p->of[w], u, out->money_differs)) {
				/* The other one has it too? */
				const uint32_t *at = p->of + p->from[b], *end = p->of + k;
				while (at < end && *at < p->of[w])
					at++;
				out->is_link |= at < end && *at == p->of[w];
			}
		uint32_t *best = &out->value[p->value[u].group];
		if (*best == NETWORK_NONE || p->value[u].weight > p->value[*best].weight)
			*best = u;
	}
	for (int g = 0; g < SIGNAL_GROUPS; g++)
		if (out->value[g] != NETWORK_NONE)
			out->weight += p->value[out->value[g]].weight;
}
