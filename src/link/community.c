#include "link/community.h"

#include <stdlib.h>
#include <string.h>

/* A member has a pair of values, by its slot. Members are counted by their place in the
 * component. */
struct has {
	uint32_t slot, member;
};

/* A pair of values in an open table; v is 0 where the slot is free, since u is below it. */
struct slot {
	uint32_t u, v;
	uint32_t members;
	uint32_t number; /* of the pair, once two have it */
};

/* The graph of a component: members, then the pairs that two or more of them have. node_n of both;
 * the neighbours of node x are next[begin[x]] to next[begin[x + 1] - 1]. */
struct graph {
	uint32_t member_n, node_n;
	uint32_t *begin, *next;
	uint32_t *weight; /* of pair member_n + i: of its two values */
};

struct visit {
	uint32_t order, low; /* Tarjan's numbers; order 0: not seen yet */
	uint32_t parent, at; /* node it was reached from; next neighbour to look at */
	uint32_t members;    /* in its subtree */
	uint32_t apart;      /* of them, cut off by taking this one away */
	uint32_t sides;      /* of BRIDGE_SIDE members or more, that taking it away leaves */
};

/* Grows, and is never freed until the end. */
struct room {
	void *p;
	size_t bytes;
};

struct community_work {
	struct room has, slot, begin, next, weight, visit, label, again, common;
};

struct community_work *community_work_new(void)
{
	return calloc(1, sizeof(struct community_work));
}

void community_work_free(struct community_work *w)
{
	if (!w)
		return;
	struct room *all[] = { &w->has,   &w->slot,  &w->begin, &w->next,  &w->weight,
		               &w->visit, &w->label, &w->again, &w->common };
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		free(all[i]->p);
	free(w);
}

static void *room_for(struct room *r, size_t n, size_t size)
{
	size_t bytes = (n + 1) * size;

	if (bytes > r->bytes) {
		free(r->p);
		r->bytes = bytes * 2;
		r->p = malloc(r->bytes);
		if (!r->p)
			r->bytes = 0;
	}
	return r->p;
}

/* Most components are an operator's with some pair that all of them have: nothing can be a bridge
 * there. *is_one tells. */
static int find_common(const struct population *p, const uint32_t *domain, uint32_t n,
                       struct community_work *w, bool *is_one)
{
	const uint32_t *of = p->of + p->from[domain[0]];
	uint32_t common_n = p->from[domain[0] + 1] - p->from[domain[0]];
	uint32_t *common = room_for(&w->common, common_n, sizeof(*common));

	if (!common)
		return ERR_NOMEM;
	memcpy(common, of, common_n * sizeof(*common));
	for (uint32_t i = 1; i < n && common_n; i++) {
		const uint32_t *at = p->of + p->from[domain[i]];
		const uint32_t *end = p->of + p->from[domain[i] + 1];
		uint32_t kept = 0;
		for (uint32_t k = 0; k < common_n; k++) {
			while (at < end && *at < common[k])
				at++;
			if (at < end && *at == common[k])
				common[kept++] = common[k];
		}
		common_n = kept;
	}
	*is_one = false;
	for (uint32_t i = 0; i < common_n; i++)
		for (uint32_t k = i + 1; k < common_n; k++)
			*is_one |= link_pair(p, common[i], common[k], true);
	return 0;
}

static struct slot *slot_of(struct slot *table, uint32_t mask, uint32_t u, uint32_t v)
{
	uint32_t at = (uint32_t)(((uint64_t)u << 32 | v) * 0x9e3779b97f4a7c15ull >> 32) & mask;

	while (table[at].v && (table[at].u != u || table[at].v != v))
		at = (at + 1) & mask;
	return &table[at];
}

/* Every pair of every member that would link it, in the members' order. */
static int list_pairs(const struct population *p, const uint32_t *domain, uint32_t n,
                      struct community_work *w, size_t *has_n)
{
	size_t most = 0, count = 0;

	for (uint32_t i = 0; i < n; i++) {
		size_t k = p->from[domain[i] + 1] - p->from[domain[i]];
		most += k * k / 2;
	}
	uint32_t mask = 63;
	while (mask < most && mask < UINT32_MAX / 4)
		mask = mask * 2 + 1;
	if (most > mask)
		return ERR_LIMIT;
	struct has *has = room_for(&w->has, most, sizeof(*has));
	struct slot *table = room_for(&w->slot, (size_t)mask + 1, sizeof(*table));
	if (!has || !table)
		return ERR_NOMEM;
	memset(table, 0, ((size_t)mask + 1) * sizeof(*table));
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t *at = p->of + p->from[domain[i]];
		uint32_t k = p->from[domain[i] + 1] - p->from[domain[i]];
		/* Those that can be planted come last, but for values that came later. */
		bool in_order = k == 0 || at[k - 1] < p->class_n;
		for (uint32_t u = 0; u < k && !(in_order && p->value[at[u]].plantable); u++) {
			for (uint32_t v = u + 1; v < k; v++) {
				if (!link_pair(p, at[u], at[v], false))
					continue;
				struct slot *s = slot_of(table, mask, at[u], at[v]);
				s->u = at[u];
				s->v = at[v];
				s->members++;
				has[count++] = (struct has){ (uint32_t)(s - table), i };
			}
		}
	}
	*has_n = count;
	return 0;
}

/* The graph of members and of the pairs that two or more have, numbered as they are met. */
static int draw(const struct population *p, uint32_t n, size_t has_n, struct community_work *w,
                struct graph *g)
{
	const struct has *has = w->has.p;
	struct slot *table = w->slot.p;
	uint32_t pairs = 0;
	size_t kept = 0;

	for (size_t i = 0; i < has_n; i++) {
		struct slot *s = &table[has[i].slot];
		kept += s->members > 1;
		if (s->members > 1 && s->number == 0)
			s->number = ++pairs;
	}
	if (kept > UINT32_MAX / 2 - n)
		return ERR_LIMIT;
	*g = (struct graph){ .member_n = n, .node_n = n + pairs };
	g->begin = room_for(&w->begin, g->node_n + 2, sizeof(*g->begin));
	g->next = room_for(&w->next, kept * 2, sizeof(*g->next));
	g->weight = room_for(&w->weight, pairs, sizeof(*g->weight));
	if (!g->begin || !g->next || !g->weight)
		return ERR_NOMEM;
	memset(g->begin, 0, ((size_t)g->node_n + 2) * sizeof(*g->begin));
	for (size_t i = 0; i < has_n; i++) {
		const struct slot *s = &table[has[i].slot];
		if (s->number == 0)
			continue;
		g->begin[has[i].member + 2]++;
		g->begin[n + s->number + 1]++;
		g->weight[s->number - 1] = (uint32_t)p->value[s->u].weight + p->value[s->v].weight;
	}
	for (uint32_t x = 1; x < g->node_n; x++)
		g->begin[x + 1] += g->begin[x];
	for (size_t i = 0; i < has_n; i++) {
		uint32_t number = table[has[i].slot].number;
		if (number == 0)
			continue;
		g->next[g->begin[has[i].member + 1]++] = n + number - 1;
		g->next[g->begin[n + number]++] = has[i].member;
	}
	return 0;
}

/* A node's subtree is whole: tell its parent. */
static void leave(const struct graph *g, struct visit *visit, uint32_t x)
{
	struct visit *below = &visit[x], *v = &visit[below->parent];

	v->members += below->members;
	if (below->low < v->low)
		v->low = below->low;
	if (below->parent < g->member_n && below->low >= v->order) {
		v->apart += below->members;
		v->sides += below->members >= BRIDGE_SIDE;
	}
}

/* Walk all that is reached from node 0; visit[].sides tells bridges afterwards. */
static void walk(const struct graph *g, struct visit *visit)
{
	uint32_t order = 1, x = 0;

	memset(visit, 0, g->node_n * sizeof(*visit));
	visit[0] = (struct visit){ .order = order, .low = order, .at = g->begin[0], .members = 1 };
	for (;;) {
		struct visit *v = &visit[x];
		if (v->at < g->begin[x + 1]) {
			uint32_t y = g->next[v->at++];
			if (!visit[y].order) {
				order++;
				visit[y] = (struct visit){ .order = order,
					                   .low = order,
					                   .parent = x,
					                   .at = g->begin[y],
					                   .members = y < g->member_n };
				x = y;
			} else if (visit[y].order < v->low) {
				v->low = visit[y].order;
			}
			continue;
		}
		if (x == 0)
			break;
		leave(g, visit, x);
		x = v->parent;
	}
	/* What lies on the other side of a node than its subtree is a side too. */
	for (x = 1; x < g->member_n; x++)
		visit[x].sides += g->member_n - 1 - visit[x].apart >= BRIDGE_SIDE;
}

#define UNSETTLED UINT32_MAX

/* Label what hangs together without the bridges, where it is BRIDGE_SIDE members or more, by its
 * lowest member. The stack is what is left of visit. */
static uint32_t label_sides(const struct graph *g, const struct visit *visit, uint32_t *label,
                            uint32_t *stack)
{
	uint32_t sides = 0;

	/* label of a node: UNSETTLED; of members of a side too small: UNSETTLED - 1 meanwhile */
	for (uint32_t x = 0; x < g->node_n; x++)
		label[x] = UNSETTLED;
	for (uint32_t start = 0; start < g->member_n; start++) {
		if (label[start] != UNSETTLED || visit[start].sides >= 2)
			continue;
		uint32_t depth = 0, seen = 0;
		stack[depth++] = start;
		label[start] = start;
		while (seen < depth) {
			uint32_t x = stack[seen++];
			for (uint32_t i = g->begin[x]; i < g->begin[x + 1]; i++) {
				uint32_t y = g->next[i];
				if (label[y] != UNSETTLED ||
				    (y < g->member_n && visit[y].sides >= 2))
					continue;
				label[y] = start;
				stack[depth++] = y;
			}
		}
		uint32_t members = 0;
		for (uint32_t i = 0; i < depth; i++)
			members += stack[i] < g->member_n;
		sides += members >= BRIDGE_SIDE;
		if (members < BRIDGE_SIDE)
			for (uint32_t i = 0; i < depth; i++)
				label[stack[i]] = UNSETTLED - 1;
	}
	for (uint32_t x = 0; x < g->node_n; x++)
		if (label[x] == UNSETTLED - 1)
			label[x] = UNSETTLED;
	return sides;
}

/* Bridges, and what hangs on them alone, go where their heaviest pair leads, the lower label where
 * two weigh the same; all of one round at once, so that no order matters. */
static void settle(const struct graph *g, uint32_t *label, uint32_t *again)
{
	for (bool moved = true; moved;) {
		moved = false;
		for (uint32_t x = 0; x < g->member_n; x++) {
			uint32_t best = UNSETTLED, weight = 0;
			again[x] = label[x];
			if (label[x] != UNSETTLED)
				continue;
			for (uint32_t i = g->begin[x]; i < g->begin[x + 1]; i++) {
				uint32_t pair = g->next[i], w = g->weight[pair - g->member_n];
				for (uint32_t k = g->begin[pair]; k < g->begin[pair + 1]; k++) {
					uint32_t to = label[g->next[k]];
					if (to != UNSETTLED &&
					    (w > weight || (w == weight && to < best))) {
						best = to;
						weight = w;
					}
				}
			}
			again[x] = best;
			moved |= best != UNSETTLED;
		}
		memcpy(label, again, g->member_n * sizeof(*label));
	}
}

int community_cut(const struct population *p, const uint32_t *domain, uint32_t n, uint32_t *label,
                  struct community_work *w, uint32_t *bridges, struct err *err)
{
	bool is_one = n <= 2 * BRIDGE_SIDE;
	size_t has_n = 0;
	struct graph g;
	int rc = is_one ? 0 : find_common(p, domain, n, w, &is_one);

	for (uint32_t i = 0; i < n; i++)
		label[i] = domain[0];
	if (!rc && is_one)
		return 0;
	if (!rc)
		rc = list_pairs(p, domain, n, w, &has_n);
	if (!rc)
		rc = draw(p, n, has_n, w, &g);
	struct visit *visit = rc ? NULL : room_for(&w->visit, g.node_n, sizeof(*visit));
	uint32_t *place = rc ? NULL : room_for(&w->label, g.node_n, sizeof(*place));
	uint32_t *again = rc ? NULL : room_for(&w->again, g.node_n, sizeof(*again));
	if (rc == ERR_LIMIT)
		return err_set(err, rc, 0, "link: a component of %u domains has too many pairs", n);
	if (!visit || !place || !again)
		return err_set(err, ERR_NOMEM, 0, "link: no memory for a component of %u domains",
		               n);
	walk(&g, visit);
	uint32_t cuts = 0;
	for (uint32_t x = 0; x < n; x++)
		cuts += visit[x].sides >= 2;
	if (cuts == 0 || label_sides(&g, visit, place, again) < 2)
		return 0;
	*bridges += cuts;
	settle(&g, place, again);
	/* Named by the lowest member, which a bridge may be. */
	for (uint32_t x = 0; x < n; x++)
		again[x] = UNSETTLED;
	for (uint32_t x = 0; x < n; x++) {
		uint32_t *lowest = &again[place[x] == UNSETTLED ? x : place[x]];
		if (*lowest == UNSETTLED)
			*lowest = domain[x];
		label[x] = *lowest;
	}
	return 0;
}
