#include "cmd/link_words.h"

#include "link/path.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
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
	buf_printf(out, "  %.*s - %.*s\n", SLICE_ARG(link_told_key(t, a)), SLICE_ARG(link_told_key(t, b)));
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

	size_t a_n, b_n;
	const struct link_edge *x = link_input_edges(in, a, &a_n), *y = link_input_edges(in, b, &b_n);
	while (a_n && b_n) {
		if (x->value != y->value) {
			bool first = x->value < y->value;
			x += first;
			a_n -= first;
			y += !first;
			b_n -= !first;
			continue;
		}
		uint32_t v = x->value;
		x++;
		y++;
		a_n--;
		b_n--;
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
	for (int i = 0; i < 2; i++) {
		const struct link_domain *d = &in->domain[i ? b : a];
		if (d->apart)
			buf_printf(out, "  %.*s %s, and links to nobody.\n", SLICE_ARG(d->subject.key),
			           d->opted_out ? "is of no network, as was granted on appeal"
			                        : "is named by a licence register");
	}
}

int link_put_why(const struct link_told *t, uint32_t a, uint32_t b, struct buf *out, bool *linked,
                 struct err *err)
{
	const uint32_t *via = t->via;
	uint32_t reached = link_told_reach(t, b, NULL), steps = 0;

	*linked = via[a] != NETWORK_NONE;
	for (uint32_t d = a; *linked && d != b; d = via[d])
		steps++;
	if (*linked) {
		buf_printf(out, "%.*s and %.*s hang together by %u %s%s\n", SLICE_ARG(link_told_key(t, a)),
		           SLICE_ARG(link_told_key(t, b)), steps, steps == 1 ? "link" : "links",
		           t->found->network[a] == t->found->network[b]
		                   ? ":"
		                   : ", but a single domain alone joins their two networks, so they\n"
		                     "are told apart:");
		for (uint32_t d = a; d != b; d = via[d])
			put_link(t, d, via[d], out);
	} else {
		buf_printf(out, "No links lead from %.*s to %.*s.\n", SLICE_ARG(link_told_key(t, a)),
		           SLICE_ARG(link_told_key(t, b)));
		put_shared(t, a, b, out);
	}
	link_told_forget(t, reached);
	return buf_ok(out) ? 0 : no_memory(err);
}

/* ---- programmes ---- */

static void put_sign(const struct link_sign *s, struct buf *out)
{
	buf_printf(out, "%s '%.*s'%s", program_mark_kind(s->mark), SLICE_ARG(s->mark->shown),
	           program_mark_is_plantable(s->mark) ? " (can be copied)" : "");
	if (s->evidence.n)
		buf_printf(out, " in %.*s", SLICE_ARG(slice_sub(s->evidence, 0, 19)));
}

static void put_attribution(const struct link_told *t, const struct link_attribution *a,
                            struct buf *out)
{
	buf_printf(out, "    %.*s: ", SLICE_ARG(link_told_key(t, a->domain)));
	for (size_t i = 0; i < a->sign_n; i++) {
		if (i)
			buf_puts(out, ", ");
		put_sign(&a->sign[i], out);
	}
	buf_putc(out, '\n');
}

/* How many of a network are whose storefronts, and what each of them shows. */
static int put_programmes(const struct link_told *t, const struct link_network *w, struct buf *out,
                          struct err *err)
{
	struct link_programme *list;
	size_t n;
	int rc = link_told_programmes(t, w, &list, &n, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "  programme %.*s (%.*s): storefronts are %u of %u members\n",
		           SLICE_ARG(list[i].program->title), SLICE_ARG(list[i].program->id),
		           list[i].members, w->member_n);
		for (uint32_t k = 0; k < w->member_n; k++) {
			size_t made_n;
			const struct link_attribution *a =
				link_programs_of(&t->in->programs, w->member[k], &made_n);
			for (; made_n--; a++)
				if (a->program == list[i].program && a->grade == ATTRIBUTION_MADE)
					put_attribution(t, a, out);
		}
	}
	free(list);
	return 0;
}

int link_put_storefronts(const struct link_told *t, struct buf *out, struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < t->in->programs.made_n; i++) {
		const struct link_attribution *a = &t->in->programs.made[i];
		if (a->grade != ATTRIBUTION_MADE || link_told_network(t, a->domain))
			continue;
		if (!any)
			buf_puts(out, "storefronts of a programme, in no network\n");
		any = true;
		buf_printf(out, "  programme %.*s (%.*s)\n", SLICE_ARG(a->program->title),
		           SLICE_ARG(a->program->id));
		put_attribution(t, a, out);
	}
	return buf_ok(out) ? 0 : no_memory(err);
}

/* ---- networks ---- */

int link_put_network(const struct link_told *t, const struct link_network *w, struct buf *out,
                     struct err *err)
{
	struct choke *choke;
	size_t n;
	int rc = link_told_chokes(t, w, &choke, &n, err);

	if (rc)
		return rc;
	buf_printf(out, "%.*s  %u domains: %u active, %u suspended, %u holding, %u unknown\n",
	           SLICE_ARG(w->name), w->member_n, w->status[LINK_ACTIVE],
	           w->status[LINK_SUSPENDED], w->status[LINK_HOLDING], w->status[LINK_UNKNOWN]);
	for (size_t i = 0; i < w->event_n; i++)
		buf_printf(out, "  %s %.*s\n",
		           w->event[i].event.p[0] == 'm' ? "took over members of" : "split from",
		           SLICE_ARG(w->event[i].with));
	for (size_t i = 0; i < w->alias_n; i++)
		buf_printf(out, "  formerly %.*s\n", SLICE_ARG(w->alias[i]));
	for (uint32_t i = 0; i < w->member_n; i++)
		buf_printf(out, "  %s %.*s\n", i == 0 ? "flagship" : "        ",
		           SLICE_ARG(link_told_key(t, w->member[i])));
	rc = put_programmes(t, w, out, err);
	if (n)
		buf_puts(out, "  who could take most down            at once    in part\n");
	for (size_t i = 0; i < n && i < 5; i++)
		buf_printf(out, "    %-12s %-24.*s %4u %10u\n", choke_sort_name(choke[i].sort),
		           SLICE_ARG(choke[i].name), choke[i].alone,
		           choke[i].domains - choke[i].alone);
	buf_putc(out, '\n');
	free(choke);
	return rc ? rc : buf_ok(out) ? 0 : no_memory(err);
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

int link_put_without(const struct link_told *t, const struct networks *after, struct buf *out, struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < t->networks->n; i++) {
		const struct link_network *w = &t->networks->network[i];
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
					buf_printf(out, " %.*s", SLICE_ARG(link_told_key(t, piece[end].domain)));
				buf_putc(out, '\n');
			}
		}
		free(piece);
	}
	if (!any)
		buf_puts(out, "Nothing falls apart: no network hangs on it.\n");
	return buf_ok(out) ? 0 : no_memory(err);
}
