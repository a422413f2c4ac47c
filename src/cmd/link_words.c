#include "cmd/link_words.h"

#include "link/path.h"
#include "wire/timestamp.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

int link_told_init(struct link_told *t, struct err *err)
{
	const struct link_input *in = t->in;

	t->sharers = arena_array(&t->in->arena, in->value_n + 1, sizeof(*t->sharers));
	if (!t->sharers)
		return no_memory(err);
	memset(t->sharers, 0, (in->value_n + 1) * sizeof(*t->sharers));
	if (in->epoch.population) {
		for (uint32_t v = 0; v < in->value_n; v++)
			t->sharers[v] = link_input_epoch_count(in, v);
		return 0;
	}
	for (size_t i = 0; i < in->edge_n; i++)
		t->sharers[in->edge[i].value]++;
	return 0;
}

static struct slice key_of(const struct link_told *t, uint32_t d)
{
	return t->in->domain[d].subject.key;
}

/* 1573: "15.7 bits". */
static void put_bits(uint32_t weight, struct buf *out)
{
	buf_printf(out, "%u.%u bits", weight / 100, weight % 100 / 10);
}

static void put_part(const struct link_told *t, uint32_t v, struct buf *out)
{
	const struct population_value *value = &t->p->value[v];
	uint32_t original = t->p->original[v];

	buf_printf(out, "    both have %s %.*s\n      ", signals[value->kind].words,
	           SLICE_ARG(t->in->value[original].text));
	put_bits(value->weight, out);
	buf_printf(out, ": %u of %llu domains have it; %s\n", t->sharers[original],
	           (unsigned long long)link_input_counted(t->in),
	           value->plantable ? "an outsider can copy it"
	                            : "an outsider cannot bring it about");
}

static void put_link(const struct link_told *t, uint32_t a, uint32_t b, struct buf *out)
{
	struct link link;

	link_of(t->p, a, b, &link);
	buf_printf(out, "  %.*s - %.*s\n", SLICE_ARG(key_of(t, a)), SLICE_ARG(key_of(t, b)));
	for (int g = 0; g < SIGNAL_GROUPS; g++)
		if (link.value[g] != NETWORK_NONE)
			put_part(t, link.value[g], out);
	buf_puts(out, "    together ");
	put_bits(link.weight, out);
	buf_puts(out, ", where a link asks for ");
	put_bits(t->p->least + (link.money_differs ? LINK_PENALTY : 0), out);
	buf_puts(out, link.money_differs ? ", more than else since their money goes different ways\n"
	                                 : "\n");
}

/* What two domains have in common, however little it is worth. */
static void put_shared(const struct link_told *t, uint32_t a, uint32_t b, struct buf *out)
{
	const struct link_input *in = t->in;
	bool any = false;

	for (size_t i = 0; i < in->edge_n; i++) {
		if (in->edge[i].domain != a)
			continue;
		uint32_t v = in->edge[i].value;
		bool both = false;
		for (size_t k = 0; k < in->edge_n && !both; k++)
			both = in->edge[k].domain == b && in->edge[k].value == v;
		if (!both)
			continue;
		const struct link_value *value = &in->value[v];
		buf_printf(out, "  both have %s %.*s: ", signals[value->kind].words,
		           SLICE_ARG(value->text));
		if (value->struck)
			buf_puts(out, "struck out\n");
		else if (value->shared)
			buf_printf(out, "weighs nothing; %s\n", value->shared);
		else
			buf_printf(out, "%u of %llu domains have it%s\n", t->sharers[v],
			           (unsigned long long)link_input_counted(in),
			           signals[value->kind].plantable ? "; an outsider can copy it" : "");
		any = true;
	}
	if (!any)
		buf_puts(out, "  They have nothing in common.\n");
	for (int i = 0; i < 2; i++)
		if (in->domain[i ? b : a].apart)
			buf_printf(out, "  %.*s is named by a licence register, and links to nobody.\n",
			           SLICE_ARG(key_of(t, i ? b : a)));
}

static uint32_t *room_for_via(const struct link_told *t, uint32_t **order, struct err *err)
{
	uint32_t n = t->p->domain_n;
	uint32_t *via = malloc(((size_t)n + 1) * sizeof(*via));

	*order = malloc(((size_t)n + 1) * sizeof(**order));
	if (!via || !*order) {
		free(via);
		free(*order);
		no_memory(err);
		return NULL;
	}
	for (uint32_t d = 0; d < n; d++)
		via[d] = NETWORK_NONE;
	return via;
}

int link_put_why(const struct link_told *t, uint32_t a, uint32_t b, struct buf *out, bool *linked,
                 struct err *err)
{
	uint32_t *order, *via = room_for_via(t, &order, err), steps = 0;

	if (!via)
		return ERR_NOMEM;
	link_reach(t->p, b, NULL, via, order);
	*linked = via[a] != NETWORK_NONE;
	for (uint32_t d = a; *linked && d != b; d = via[d])
		steps++;
	if (*linked) {
		buf_printf(out, "%.*s and %.*s hang together by %u %s%s\n", SLICE_ARG(key_of(t, a)),
		           SLICE_ARG(key_of(t, b)), steps, steps == 1 ? "link" : "links",
		           t->found->network[a] == t->found->network[b]
		                   ? ":"
		                   : ", but a single domain alone joins their two networks, so they\n"
		                     "are told apart:");
		for (uint32_t d = a; d != b; d = via[d])
			put_link(t, d, via[d], out);
	} else {
		buf_printf(out, "No links lead from %.*s to %.*s.\n", SLICE_ARG(key_of(t, a)),
		           SLICE_ARG(key_of(t, b)));
		put_shared(t, a, b, out);
	}
	free(via);
	free(order);
	return buf_ok(out) ? 0 : no_memory(err);
}

/* ---- choke points ---- */

static int rank_chokes(const struct link_told *t, const struct link_network *w, struct choke **out,
                       size_t *n, struct err *err)
{
	const struct link_input *in = t->in;
	struct choke_edge *edge = malloc((in->choke_n + 1) * sizeof(*edge));
	uint32_t *up = calloc(in->domain_n + 1, sizeof(*up)), ups = 0;
	size_t edges = 0;

	*out = malloc((in->choke_n + 1) * sizeof(**out));
	if (!edge || !up || !*out) {
		free(edge);
		free(up);
		free(*out);
		*out = NULL;
		return no_memory(err);
	}
	for (uint32_t i = 0; i < w->member_n; i++)
		if (in->domain[w->member[i]].status != LINK_SUSPENDED)
			up[w->member[i]] = ++ups;
	for (size_t i = 0; i < in->choke_n; i++) {
		if (!up[in->choke[i].domain])
			continue;
		edge[edges] = in->choke[i];
		edge[edges++].domain = up[in->choke[i].domain] - 1;
	}
	int64_t rc = choke_rank(edge, edges, ups, *out, err);
	free(edge);
	free(up);
	*n = rc < 0 ? 0 : (size_t)rc;
	return rc < 0 ? (int)rc : 0;
}

int link_put_network(const struct link_told *t, const struct link_network *w, struct buf *out,
                     struct err *err)
{
	struct choke *choke;
	size_t n;
	int rc = rank_chokes(t, w, &choke, &n, err);

	if (rc)
		return rc;
	buf_printf(out, "%.*s  %u domains: %u active, %u suspended, %u holding, %u unknown\n",
	           SLICE_ARG(w->name), w->member_n, w->status[LINK_ACTIVE],
	           w->status[LINK_SUSPENDED], w->status[LINK_HOLDING], w->status[LINK_UNKNOWN]);
	for (size_t i = 0; i < w->event_n; i++)
		buf_printf(out, "  %s %.*s\n",
		           w->event[i].event[0] == 'm' ? "took over members of" : "split from",
		           SLICE_ARG(w->event[i].with));
	for (uint32_t i = 0; i < w->member_n; i++)
		buf_printf(out, "  %s %.*s\n", i == 0 ? "flagship" : "        ",
		           SLICE_ARG(key_of(t, w->member[i])));
	if (n)
		buf_puts(out, "  who could take most down            at once    in part\n");
	for (size_t i = 0; i < n && i < 5; i++)
		buf_printf(out, "    %-12s %-24.*s %4u %10u\n", choke_sort_name(choke[i].sort),
		           SLICE_ARG(choke[i].name), choke[i].alone,
		           choke[i].domains - choke[i].alone);
	buf_putc(out, '\n');
	free(choke);
	return buf_ok(out) ? 0 : no_memory(err);
}

/* ---- records ---- */

static json_t *subject_json(const struct link_told *t, uint32_t d)
{
	const struct subject *s = &t->in->domain[d].subject;
	json_t *o = json_object();

	if (json_put_str(o, "kind", slice_str(subject_kind_name(s->kind))) ||
	    json_put_str(o, "key", s->key)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static void begin(const struct link_told *t, const char *type, uint32_t d, int64_t at,
                  struct record *r)
{
	const struct subject *s = &t->in->domain[d].subject;

	record_new(r, type, 1, slice_str(subject_kind_name(s->kind)), s->key, at, SLICE("link/1"));
}

static int finish(struct record *r, struct buf *out, struct err *err)
{
	int rc = record_finish(r, err);

	if (rc == 0)
		rc = record_format(r, out, err);
	buf_putc(out, '\n');
	record_release(r);
	return rc;
}

/* Hundredths of a bit as parts per million of forty bits. */
static int64_t ppm_of(uint32_t weight)
{
	return weight >= 4000 ? 1000000 : (int64_t)weight * 250;
}

static json_t *part_json(const struct link_told *t, uint32_t v)
{
	const struct population_value *value = &t->p->value[v];
	uint32_t original = t->p->original[v];
	json_t *o = json_object();
	int failed = 0;

	failed |= json_put_str(o, "signal", slice_str(signals[value->kind].name));
	failed |= json_put_str(o, "value", t->in->value[original].text);
	failed |= json_put_i64(o, "weight", ppm_of(value->weight));
	failed |= json_put_i64(o, "rarity", t->sharers[original]);
	failed |= json_put_flag(o, "plantable", value->plantable);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int put_link_record(const struct link_told *t, uint32_t a, uint32_t b, int64_t at,
                           struct slice network, struct buf *out, struct err *err)
{
	json_t *parts = json_array();
	struct record r;
	struct link link;

	link_of(t->p, a, b, &link);
	begin(t, "link", a, at, &r);
	record_set_new(&r, "other", subject_json(t, b));
	record_set_i64(&r, "weight", ppm_of(link.weight));
	record_set_i64(&r, "population", (int64_t)link_input_counted(t->in));
	record_set_str(&r, "network", network);
	if (link.money_differs)
		record_set_flag(&r, "money_differs", true);
	int failed = 0;
	for (int g = 0; g < SIGNAL_GROUPS; g++)
		if (link.value[g] != NETWORK_NONE)
			failed |= json_add_new(parts, part_json(t, link.value[g]));
	record_set_new(&r, "parts", failed ? NULL : json_incref(parts));
	json_decref(parts);
	return finish(&r, out, err);
}

static json_t *chokes_json(const struct choke *choke, size_t n)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < n && i < 20; i++) {
		json_t *o = json_object();
		failed |= json_put_str(o, "sort", slice_str(choke_sort_name(choke[i].sort)));
		failed |= json_put_str(o, "name", choke[i].name);
		failed |= json_put_i64(o, "domains", choke[i].domains);
		failed |= json_put_i64(o, "at_once", choke[i].alone);
		failed |= json_put_i64(o, "share", choke[i].share);
		failed |= json_add_new(list, o);
	}
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *events_json(const struct link_network *w, int64_t at)
{
	json_t *list = json_array();
	char time[TIMESTAMP_SIZE];
	int failed = 0;

	timestamp_format(at, time);
	for (size_t i = 0; i < w->event_n; i++) {
		json_t *o = json_object();
		failed |= json_put_str(o, "event", slice_str(w->event[i].event));
		failed |= json_put_str(o, "with", w->event[i].with);
		failed |= json_put_str(o, "at", slice_str(time));
		failed |= json_add_new(list, o);
	}
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static int put_network_record(const struct link_told *t, const struct link_network *w, int64_t at,
                              struct buf *out, struct err *err)
{
	json_t *members = json_array(), *sizes = json_object();
	struct choke *choke;
	struct record r;
	size_t n;
	int failed = 0, rc = rank_chokes(t, w, &choke, &n, err);

	if (rc) {
		json_decref(members);
		json_decref(sizes);
		return rc;
	}
	begin(t, "network", w->member[0], at, &r);
	record_set_str(&r, "network", w->name);
	record_set_str(&r, "flagship", key_of(t, w->member[0]));
	for (uint32_t i = 0; i < w->member_n; i++)
		failed |= json_add_new(members, subject_json(t, w->member[i]));
	for (int s = 0; s < LINK_STATUSES; s++)
		failed |= json_put_i64(sizes, link_status_name((enum link_status)s), w->status[s]);
	record_set_new(&r, "members", failed ? NULL : json_incref(members));
	record_set_new(&r, "sizes", failed ? NULL : json_incref(sizes));
	record_set_new(&r, "choke", chokes_json(choke, n));
	if (w->event_n)
		record_set_new(&r, "events", events_json(w, at));
	json_decref(members);
	json_decref(sizes);
	free(choke);
	return finish(&r, out, err);
}

int link_put_records(const struct link_told *t, const struct link_network *w, int64_t at,
                     struct buf *out, struct err *err)
{
	uint32_t *order, *via = room_for_via(t, &order, err);
	int rc = via ? put_network_record(t, w, at, out, err) : ERR_NOMEM;

	if (rc == 0)
		link_reach(t->p, w->member[0], t->found->network, via, order);
	for (uint32_t i = 1; i < w->member_n && rc == 0; i++)
		if (via[w->member[i]] != NETWORK_NONE)
			rc = put_link_record(t, w->member[i], via[w->member[i]], at, w->name, out,
			                     err);
	free(via);
	free(order);
	return rc;
}

/* ---- struck out ---- */

struct piece {
	uint32_t label, domain;
};

static int compare_piece(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	return x->domain < y->domain ? -1 : x->domain > y->domain;
}

int link_put_without(const struct link_told *t, const struct link_networks *before,
                     const struct networks *after, struct buf *out, struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < before->n; i++) {
		const struct link_network *w = &before->network[i];
		struct piece *piece = calloc((size_t)w->member_n + 1, sizeof(*piece));
		uint32_t pieces = 0, single = 0;
		if (!piece)
			return no_memory(err);
		for (uint32_t k = 0; k < w->member_n; k++)
			piece[k] = (struct piece){ after->network[w->member[k]], w->member[k] };
		qsort(piece, w->member_n, sizeof(*piece), compare_piece);
		for (uint32_t k = 0, end; k < w->member_n; k = end) {
			for (end = k; end < w->member_n && piece[end].label == piece[k].label;)
				end++;
			pieces++;
			single += end - k == 1;
		}
		if (pieces > 1) {
			any = true;
			buf_printf(out, "%.*s  %u domains fall apart into %u pieces, %u of them single\n",
			           SLICE_ARG(w->name), w->member_n, pieces, single);
			for (uint32_t k = 0, end; k < w->member_n; k = end) {
				buf_puts(out, "  -");
				for (end = k; end < w->member_n && piece[end].label == piece[k].label;
				     end++)
					buf_printf(out, " %.*s", SLICE_ARG(key_of(t, piece[end].domain)));
				buf_putc(out, '\n');
			}
		}
		free(piece);
	}
	if (!any)
		buf_puts(out, "Nothing falls apart: no network hangs on it.\n");
	return buf_ok(out) ? 0 : no_memory(err);
}

/* ---- graphs ---- */

static struct slice why_of(const struct link_told *t, const struct link *link, struct arena *arena)
{
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
	char *p = buf_ok(&text) ? arena_alloc(arena, text.n + 1) : NULL;
	struct slice why = { p, p ? text.n : 0 };
	if (p)
		memcpy(p, buf_str(&text), text.n + 1);
	buf_release(&text);
	return why;
}

int link_make_graph(const struct link_told *t, const struct link_networks *n, struct arena *arena,
                    struct graph *out, struct err *err)
{
	uint32_t *order, *via = room_for_via(t, &order, err);
	uint32_t *number = arena_array(arena, t->in->domain_n + 1, sizeof(*number));
	size_t nodes = 0, edges = 0;

	for (size_t i = 0; i < n->n; i++)
		nodes += n->network[i].member_n;
	struct graph_node *node = arena_array(arena, nodes + 1, sizeof(*node));
	struct graph_edge *edge = arena_array(arena, nodes + 1, sizeof(*edge));
	int rc = via && number && node && edge ? 0 : no_memory(err);
	nodes = 0;
	for (size_t i = 0; i < n->n && rc == 0; i++) {
		const struct link_network *w = &n->network[i];
		for (uint32_t k = 0; k < w->member_n; k++) {
			const struct link_domain *d = &t->in->domain[w->member[k]];
			number[w->member[k]] = (uint32_t)nodes;
			node[nodes++] = (struct graph_node){ d->subject.key, w->name,
				                             link_status_name(d->status), k == 0 };
		}
		uint32_t reached = link_reach(t->p, w->member[0], t->found->network, via, order);
		for (uint32_t k = 1; k < w->member_n && rc == 0; k++) {
			uint32_t a = w->member[k], b = via[a];
			struct link link;
			if (b == NETWORK_NONE)
				continue;
			link_of(t->p, a, b, &link);
			edge[edges] = (struct graph_edge){ number[a], number[b],
				                           (uint32_t)ppm_of(link.weight),
				                           why_of(t, &link, arena) };
			rc = edge[edges++].why.p ? 0 : no_memory(err);
		}
		for (uint32_t k = 0; k < reached; k++)
			via[order[k]] = NETWORK_NONE;
	}
	free(via);
	free(order);
	*out = (struct graph){ node, nodes, edge, edges };
	return rc;
}
