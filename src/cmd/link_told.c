#include "cmd/link_told.h"

#include "link/path.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

static int compare_choke(const void *a, const void *b)
{
	const struct choke_edge *x = a, *y = b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	if (x->sort != y->sort)
		return x->sort < y->sort ? -1 : 1;
	return slice_cmp(x->name, y->name);
}

static void count_sharers(struct link_told *t)
{
	const struct link_input *in = t->in;

	memset(t->sharers, 0, (in->value_n + 1) * sizeof(*t->sharers));
	for (uint32_t v = 0; in->epoch.population && v < in->value_n; v++)
		t->sharers[v] = link_input_epoch_count(in, v);
	for (size_t i = 0; !in->epoch.population && i < in->edge_n; i++)
		t->sharers[in->edge[i].value]++;
}

static void number_networks(struct link_told *t)
{
	for (size_t d = 0; d < t->in->domain_n; d++) {
		t->network_of[d] = 0;
		t->via[d] = NETWORK_NONE;
	}
	for (size_t i = 0; i < t->networks->n; i++)
		for (uint32_t k = 0; k < t->networks->network[i].member_n; k++)
			t->network_of[t->networks->network[i].member[k]] = (uint32_t)i + 1;
}

static void sort_chokes(struct link_told *t)
{
	struct link_input *in = t->in;

	if (in->choke_n)
		qsort(in->choke, in->choke_n, sizeof(*in->choke), compare_choke);
	for (size_t d = 0, i = 0; d <= in->domain_n; d++) {
		while (i < in->choke_n && in->choke[i].domain < d)
			i++;
		t->choke_from[d] = (uint32_t)i;
	}
}

int link_told_init(struct link_told *t, struct err *err)
{
	struct arena *a = &t->in->arena;
	size_t domains = t->in->domain_n;

	t->sharers = arena_array(a, t->in->value_n + 1, sizeof(*t->sharers));
	t->network_of = arena_array(a, domains + 1, sizeof(*t->network_of));
	t->via = arena_array(a, domains + 1, sizeof(*t->via));
	t->order = arena_array(a, domains + 1, sizeof(*t->order));
	t->choke_from = arena_array(a, domains + 1, sizeof(*t->choke_from));
	if (!t->sharers || !t->network_of || !t->via || !t->order || !t->choke_from)
		return no_memory(err);
	if (t->in->choke_n >= UINT32_MAX)
		return err_set(err, ERR_LIMIT, 0, "link: more than 2^32 choke edges");
	count_sharers(t);
	number_networks(t);
	sort_chokes(t);
	return 0;
}

struct slice link_told_key(const struct link_told *t, uint32_t d)
{
	return t->in->domain[d].subject.key;
}

const struct link_network *link_told_network(const struct link_told *t, uint32_t d)
{
	return t->network_of[d] ? &t->networks->network[t->network_of[d] - 1] : NULL;
}

uint32_t link_told_reach(const struct link_told *t, uint32_t root, const uint32_t *within)
{
	return link_reach(t->p, root, within, t->via, t->order);
}

void link_told_forget(const struct link_told *t, uint32_t reached)
{
	for (uint32_t k = 0; k < reached; k++)
		t->via[t->order[k]] = NETWORK_NONE;
}

int link_told_chokes(const struct link_told *t, const struct link_network *w, struct choke **out,
                     size_t *n, struct err *err)
{
	const struct link_input *in = t->in;
	size_t most = 0, edges = 0;
	uint32_t ups = 0;

	for (uint32_t i = 0; i < w->member_n; i++)
		most += t->choke_from[w->member[i] + 1] - t->choke_from[w->member[i]];
	struct choke_edge *edge = malloc((most + 1) * sizeof(*edge));
	*out = malloc((most + 1) * sizeof(**out));
	if (!edge || !*out) {
		free(edge);
		free(*out);
		*out = NULL;
		return no_memory(err);
	}
	for (uint32_t i = 0; i < w->member_n; i++) {
		uint32_t d = w->member[i];
		if (in->domain[d].status == LINK_SUSPENDED)
			continue;
		for (uint32_t k = t->choke_from[d]; k < t->choke_from[d + 1]; k++) {
			edge[edges] = in->choke[k];
			edge[edges++].domain = ups;
		}
		ups++;
	}
	int64_t rc = choke_rank(edge, edges, ups, *out, err);
	free(edge);
	*n = rc < 0 ? 0 : (size_t)rc;
	return rc < 0 ? (int)rc : 0;
}

static int compare_programme(const void *a, const void *b)
{
	const struct link_programme *x = a, *y = b;

	if (x->members != y->members)
		return x->members > y->members ? -1 : 1;
	return slice_cmp(x->program->id, y->program->id);
}

int link_told_programmes(const struct link_told *t, const struct link_network *w,
                         struct link_programme **out, size_t *n, struct err *err)
{
	const struct programs *set = t->in->programs.set;
	size_t most = 0, count = 0;

	while (set && programs_at(set, most))
		most++;
	struct link_programme *list = calloc(most + 1, sizeof(*list));
	if (!list)
		return no_memory(err);
	for (uint32_t i = 0; i < w->member_n; i++) {
		size_t made_n, k;
		const struct link_attribution *a =
			link_programs_of(&t->in->programs, w->member[i], &made_n);
		for (; made_n--; a++) {
			if (a->grade != ATTRIBUTION_MADE)
				continue;
			for (k = 0; k < count && list[k].program != a->program;)
				k++;
			list[k].program = a->program;
			list[k].members++;
			count += k == count;
		}
	}
	qsort(list, count, sizeof(*list), compare_programme);
	*out = list;
	*n = count;
	return 0;
}
