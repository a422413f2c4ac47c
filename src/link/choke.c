#include "link/choke.h"

#include <stdlib.h>

static const char *const names[CHOKE_SORTS] = {
	"registrar", "reseller", "host", "name_server", "payment", "program",
};

const char *choke_sort_name(enum choke_sort s)
{
	return names[s];
}

static int compare_edge(const void *a, const void *b)
{
	const struct choke_edge *x = a, *y = b;

	if (x->sort != y->sort)
		return x->sort < y->sort ? -1 : 1;
	int c = slice_cmp(x->name, y->name);
	if (c)
		return c;
	return x->domain < y->domain ? -1 : x->domain > y->domain;
}

static int compare_choke(const void *a, const void *b)
{
	const struct choke *x = a, *y = b;

	if (x->alone != y->alone)
		return x->alone > y->alone ? -1 : 1;
	if (x->domains != y->domains)
		return x->domains > y->domains ? -1 : 1;
	if (x->sort != y->sort)
		return x->sort < y->sort ? -1 : 1;
	return slice_cmp(x->name, y->name);
}

int64_t choke_rank(struct choke_edge *edge, size_t edge_n, uint32_t domain_n, struct choke *out,
                   struct err *err)
{
	/* Of each domain and sort: on how many parties it hangs. */
	uint32_t *hangs = calloc((size_t)domain_n * CHOKE_SORTS + 1, sizeof(*hangs));
	size_t kept = 0, n = 0;

	if (!hangs)
		return err_set(err, ERR_NOMEM, 0, "choke: no memory for %u domains", domain_n);
	qsort(edge, edge_n, sizeof(*edge), compare_edge);
	for (size_t i = 0; i < edge_n; i++) {
		if (i > 0 && compare_edge(&edge[i], &edge[i - 1]) == 0)
			continue;
		edge[kept++] = edge[i];
		hangs[(size_t)edge[i].domain * CHOKE_SORTS + edge[i].sort]++;
	}
	for (size_t i = 0, end; i < kept; i = end) {
		struct choke c = { .sort = edge[i].sort, .name = edge[i].name };
		for (end = i; end < kept && edge[end].sort == c.sort &&
		              slice_eq(edge[end].name, c.name); end++) {
			c.domains++;
			c.alone += hangs[(size_t)edge[end].domain * CHOKE_SORTS + c.sort] == 1;
		}
		c.share = (uint32_t)((uint64_t)c.alone * 1000000 / domain_n);
		out[n++] = c;
	}
	free(hangs);
	qsort(out, n, sizeof(*out), compare_choke);
	return (int64_t)n;
}
