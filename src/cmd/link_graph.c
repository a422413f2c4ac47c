/* Storefronts, who sends them buyers, whose programme they are of and who supplies that are nodes of
 * their own. First all are counted and numbered, then written: storefronts by network, then the rest. */
#include "cmd/link_graph.h"

#include "base/table.h"
#include "link/path.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

struct drawing {
	const struct link_told *t;
	struct arena *arena;
	struct graph_node *node;
	struct graph_edge *edge;
	size_t node_n, node_cap, edge_n, edge_cap;
	uint32_t *number;    /* of each domain: its node + 1 */
	uint32_t *affiliate; /* of each value: its node + 1 */
	struct table others; /* "programme TAB id", "supplier TAB name": node + 1 */
	struct err *err;
	int rc;
};

static uint32_t add_node(struct drawing *d, struct graph_node node)
{
	if (d->node_n == d->node_cap) {
		size_t cap = d->node_cap ? d->node_cap * 2 : 64;
		struct graph_node *more = realloc(d->node, cap * sizeof(*more));
		if (!more) {
			d->rc = no_memory(d->err);
			return 0;
		}
		d->node = more;
		d->node_cap = cap;
	}
	d->node[d->node_n++] = node;
	return (uint32_t)d->node_n;
}

/* a, b: nodes + 1; 0 where there was no memory for one. */
static void add_edge(struct drawing *d, uint32_t a, uint32_t b, uint32_t weight, struct slice why)
{
	if (d->edge_n == d->edge_cap) {
		size_t cap = d->edge_cap ? d->edge_cap * 2 : 64;
		struct graph_edge *more = realloc(d->edge, cap * sizeof(*more));
		if (!more)
			d->rc = no_memory(d->err);
		else
			d->edge_cap = cap;
		d->edge = more ? more : d->edge;
	}
	if (d->rc == 0 && a && b)
		d->edge[d->edge_n++] = (struct graph_edge){ a - 1, b - 1, weight, why };
}

static struct slice text_of(struct drawing *d, struct buf *text)
{
	struct slice s =
		buf_ok(text) ? arena_copy(d->arena, buf_slice(text)) : (struct slice){ NULL, 0 };

	if (!s.p)
		d->rc = no_memory(d->err);
	buf_release(text);
	return s;
}

/* ---- links ---- */

static struct slice why_linked(struct drawing *d, const struct link *link)
{
	const struct link_told *t = d->t;
	struct buf text = { 0 };

	for (int g = 0; g < SIGNAL_GROUPS; g++) {
		uint32_t v = link->value[g];
		if (v == NETWORK_NONE)
			continue;
		if (text.n)
			buf_puts(&text, ", ");
		buf_printf(&text, "%s ", signals[t->p->value[v].kind].words);
		buf_put(&text, t->in->value[t->p->original[v]].text);
	}
	return text_of(d, &text);
}

static void add_network(struct drawing *d, const struct link_network *w)
{
	const struct link_told *t = d->t;

	for (uint32_t k = 0; k < w->member_n && d->rc == 0; k++) {
		const struct link_domain *of = &t->in->domain[w->member[k]];
		d->number[w->member[k]] =
			add_node(d, (struct graph_node){ .name = of->subject.key,
		                                         .network = w->name,
		                                         .status = link_status_name(of->status),
		                                         .flagship = k == 0 });
	}
	uint32_t reached = link_told_reach(t, w->member[0], t->found->network);
	for (uint32_t k = 1; k < w->member_n && d->rc == 0; k++) {
		uint32_t a = w->member[k], b = t->via[a];
		struct link link;
		if (b == NETWORK_NONE)
			continue;
		link_of(t->p, a, b, &link);
		uint32_t weight = link.weight >= 4000 ? 1000000 : link.weight * 250;
		add_edge(d, d->number[a], d->number[b], weight, why_linked(d, &link));
	}
	link_told_forget(t, reached);
}

/* ---- programmes ---- */

/* The node of that sort and name, made where there is none yet. id: what tells it from others. */
static uint32_t other_node(struct drawing *d, enum graph_sort sort, struct slice id,
                           struct slice name)
{
	struct buf text = { 0 };

	buf_printf(&text, "%s\t%.*s", graph_sort_name(sort), SLICE_ARG(id));
	struct slice key = text_of(d, &text);
	struct table_entry *e = key.p ? table_put(&d->others, key) : NULL;
	if (!e) {
		d->rc = no_memory(d->err);
		return 0;
	}
	if (!e->value)
		e->value = (void *)(uintptr_t)add_node(
			d, (struct graph_node){ .name = name, .sort = sort });
	return (uint32_t)(uintptr_t)e->value;
}

static struct slice why_attributed(struct drawing *d, const struct link_attribution *a)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < a->sign_n; i++)
		buf_printf(&text, "%s%s %.*s", i ? ", " : "", program_mark_kind(a->sign[i].mark),
		           SLICE_ARG(a->sign[i].mark->shown));
	return text_of(d, &text);
}

static void add_attribution(struct drawing *d, const struct link_attribution *a)
{
	const struct program *p = a->program;
	uint32_t program = other_node(d, GRAPH_PROGRAMME, p->id, p->title);

	add_edge(d, d->number[a->domain], program, 0, why_attributed(d, a));
}

static void add_suppliers(struct drawing *d, const struct program *p)
{
	uint32_t program = other_node(d, GRAPH_PROGRAMME, p->id, p->title);

	for (size_t i = 0; i < p->supplier_n && d->rc == 0; i++) {
		uint32_t supplier =
			other_node(d, GRAPH_SUPPLIER, p->supplier[i].name, p->supplier[i].name);
		add_edge(d, program, supplier, 0, p->supplier[i].source);
	}
}

static void add_affiliates(struct drawing *d, uint32_t domain)
{
	const struct link_input *in = d->t->in;
	size_t n;
	const struct link_edge *e = link_input_edges(in, domain, &n);

	for (; n-- && d->rc == 0; e++) {
		const struct link_value *v = &in->value[e->value];
		if (!link_value_is_affiliate(v))
			continue;
		if (!d->affiliate[e->value])
			d->affiliate[e->value] = add_node(
				d, (struct graph_node){ .name = v->text, .sort = GRAPH_AFFILIATE });
		add_edge(d, d->number[domain], d->affiliate[e->value], 0,
		         SLICE("the affiliate id"));
	}
}

static void add_programmes(struct drawing *d)
{
	const struct link_programs *p = &d->t->in->programs;
	const struct program *one;

	for (size_t i = 0; i < p->made_n && d->rc == 0; i++) {
		const struct link_attribution *a = &p->made[i];
		const struct link_domain *of = &d->t->in->domain[a->domain];
		if (a->grade != ATTRIBUTION_MADE)
			continue;
		if (!d->number[a->domain])
			d->number[a->domain] = add_node(
				d, (struct graph_node){ .name = of->subject.key,
			                                .status = link_status_name(of->status) });
	}
	for (uint32_t k = 0; k < d->t->in->domain_n && d->rc == 0; k++)
		if (d->number[k])
			add_affiliates(d, k);
	for (size_t i = 0; i < p->made_n && d->rc == 0; i++)
		if (p->made[i].grade == ATTRIBUTION_MADE)
			add_attribution(d, &p->made[i]);
	for (size_t i = 0; p->set && (one = programs_at(p->set, i)) && d->rc == 0; i++) {
		bool drawn = false;
		for (size_t k = 0; k < p->made_n && !drawn; k++)
			drawn = p->made[k].program == one && p->made[k].grade == ATTRIBUTION_MADE;
		if (drawn)
			add_suppliers(d, one);
	}
}

int link_make_graph(const struct link_told *t, struct arena *arena, struct graph *out,
                    struct err *err)
{
	struct drawing d = { .t = t, .arena = arena, .err = err };

	d.number = calloc(t->in->domain_n + 1, sizeof(*d.number));
	d.affiliate = calloc(t->in->value_n + 1, sizeof(*d.affiliate));
	if (!d.number || !d.affiliate)
		d.rc = no_memory(err);
	for (size_t i = 0; i < t->networks->n && d.rc == 0; i++)
		add_network(&d, &t->networks->network[i]);
	if (d.rc == 0)
		add_programmes(&d);
	table_release(&d.others);
	free(d.number);
	free(d.affiliate);
	*out = (struct graph){ d.node, d.node_n, d.edge, d.edge_n };
	return d.rc;
}

void link_graph_release(struct graph *g)
{
	free((struct graph_node *)(uintptr_t)g->node);
	free((struct graph_edge *)(uintptr_t)g->edge);
	*g = (struct graph){ 0 };
}
