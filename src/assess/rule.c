/* Conditions are small questions about facts. Each puts the facts that answered it into the
 * finding, so that a reader sees what the rule rests on. */
#include "assess/rule.h"

#include "assess/profile.h"
#include "base/distance.h"

static void quote(struct finding *f, uint32_t fact)
{
	for (size_t i = 0; i < f->quote_n; i++)
		if (f->quote[i] == fact)
			return;
	if (f->quote_n < FINDING_QUOTES)
		f->quote[f->quote_n++] = fact;
}

/* Prescription-only or controlled in three quarters of the countries that the lexicon knows, on
 * general sale in none: a ground that hangs on no one country's law (DESIGN, rule 10). */
static bool is_rx_everywhere(const struct lexicon_substance *s)
{
	unsigned known = 0, rx = 0;

	for (unsigned c = 0; c < LEXICON_COUNTRIES; c++) {
		if (s->supply[c] == SUPPLY_UNKNOWN)
			continue;
		if (s->supply[c] == SUPPLY_OTC)
			return false;
		known++;
		rx += s->supply[c] != SUPPLY_PHARMACY;
	}
	return known >= 3 && rx * 4 >= known * 3;
}

static bool in_classes(const struct condition *c, struct slice group)
{
	for (size_t i = 0; i < c->class_n; i++)
		if (slice_eq(c->classes[i], group))
			return true;
	return false;
}

static bool substance_fits(const struct question *q, const struct condition *c, uint32_t index)
{
	const struct lexicon_substance *s = &q->as->lexicon->substance[index];
	enum lexicon_country country;

	if (c->statuses) {
		if (!lexicon_country_parse(q->destination, &country))
			return false;
		if (!(c->statuses >> s->supply[country] & 1))
			return false;
	}
	if (c->class_n && !in_classes(c, s->group))
		return false;
	return !c->everywhere || is_rx_everywhere(s);
}

static bool ask_offers(const struct question *q, const struct condition *c, struct finding *f)
{
	uint32_t best = UINT32_MAX;

	for (size_t i = 0; i < q->extract->facts.n; i++) {
		const struct fact *fact = &q->extract->facts.fact[i];
		if (fact->kind != FACT_OFFER || !fact_counts(q->extract, i, q->mine) ||
		    !substance_fits(q, c, fact->substance))
			continue;
		/* The first offer with a price is the best witness. */
		if (best == UINT32_MAX)
			best = (uint32_t)i;
		if (fact->priced) {
			best = (uint32_t)i;
			break;
		}
	}
	if (best == UINT32_MAX)
		return false;
	quote(f, best);
	return true;
}

static bool arg_fits(const struct condition *c, struct slice arg)
{
	for (size_t i = 0; i < c->arg_n; i++)
		if (slice_eq_nocase(c->args[i], arg))
			return true;
	return c->arg_n == 0;
}

/* Several kinds of claims: the first of each. */
static bool ask_kinds(const struct question *q, const struct condition *c, struct finding *f)
{
	uint64_t seen = 0;
	uint32_t first[PHRASE_CLASSES];
	size_t n = 0;

	for (size_t i = 0; i < q->extract->facts.n && n < c->kinds; i++) {
		const struct fact *fact = &q->extract->facts.fact[i];
		if (fact->kind != FACT_CLAIM || !(c->phrases >> fact->phrase & 1) ||
		    seen >> fact->phrase & 1 || !fact_counts(q->extract, i, q->mine) ||
		    !arg_fits(c, fact->arg))
			continue;
		seen |= UINT64_C(1) << fact->phrase;
		first[n++] = (uint32_t)i;
	}
	if (n < c->kinds)
		return false;
	for (size_t i = 0; i < n; i++)
		quote(f, first[i]);
	return true;
}

static bool ask_claims(const struct question *q, const struct condition *c, struct finding *f)
{
	size_t seen = 0;
	uint32_t last_page = UINT32_MAX;

	if (c->kinds)
		return ask_kinds(q, c, f);
	for (size_t i = 0; i < q->extract->facts.n && seen < 2; i++) {
		const struct fact *fact = &q->extract->facts.fact[i];
		if (fact->kind != FACT_CLAIM || !(c->phrases >> fact->phrase & 1) ||
		    !fact_counts(q->extract, i, q->mine) || !arg_fits(c, fact->arg))
			continue;
		if (fact->page == last_page)
			continue; /* a second page says more than a second sentence */
		last_page = fact->page;
		quote(f, (uint32_t)i);
		seen++;
	}
	return seen > 0;
}

/* Whether two facts of a page stand in one block, or in one row of a table. */
static bool stand_together(const struct question *q, const struct fact *a, const struct fact *b)
{
	const struct page_block *block = q->site->page[a->page].page->block;
	const struct page_block *x = &block[a->block], *y = &block[b->block];

	return a->block == b->block || (x->table && x->table == y->table && x->row == y->row);
}

enum { HELD_BYTES = 160 }; /* between "contains" and the substance: a list of a few others */

/* Whether goods are said to contain a substance: in one breath behind a word such as "contains". */
static bool is_held(const struct question *q, const struct fact *says, const struct fact *drug)
{
	if (drug->start < says->end || drug->start - says->end > HELD_BYTES ||
	    !stand_together(q, says, drug))
		return false;
	struct slice text = q->site->page[says->page].page->text;
	for (size_t i = says->end; i < drug->start; i++) {
		struct slice rest = slice_sub(text, i, drug->start);
		if (slice_starts(rest, SLICE(". ")) || slice_starts(rest, SLICE("\xe3\x80\x82")))
			return false;
	}
	return true;
}

/* A page's facts, from..to, and the first of them that names goods. */
struct stall {
	uint32_t from, to, goods;
};

/* The goods whose contents a fact tells: those that name the page, in its title or heading, else those
 * beside it. `before` is the last that were named in front of it. */
static uint32_t goods_of(const struct question *q, const struct condition *c, uint32_t title,
                         uint32_t before, uint32_t says)
{
	const struct fact *fact = q->extract->facts.fact;

	if (title != UINT32_MAX)
		return title;
	if (before != UINT32_MAX && stand_together(q, &fact[before], &fact[says]))
		return before;
	for (size_t i = says + 1; i < q->extract->facts.n && i <= says + 8u; i++)
		if (fact[i].page == fact[says].page && is_goods(q->extract, i, q->mine, c->goods) &&
		    stand_together(q, &fact[i], &fact[says]))
			return (uint32_t)i;
	return UINT32_MAX;
}

/* A substance of the wanted statuses that goods of the page are said to contain. */
static bool ask_held(const struct question *q, const struct condition *c, const struct stall *s,
                     struct finding *f)
{
	const struct fact *fact = q->extract->facts.fact;
	const struct page_block *block = q->site->page[fact[s->goods].page].page->block;
	const struct condition held = { .statuses = c->held };
	uint32_t title = UINT32_MAX, before = UINT32_MAX;

	for (uint32_t i = s->goods; i < s->to && title == UINT32_MAX; i++) {
		const struct page_block *b = &block[fact[i].block];
		if (is_goods(q->extract, i, q->mine, c->goods) &&
		    (b->role == ROLE_TITLE || (b->role == ROLE_HEADING && b->level <= 2)))
			title = i;
	}
	for (uint32_t i = s->from; i < s->to; i++) {
		if (is_goods(q->extract, i, q->mine, c->goods))
			before = i;
		if (fact[i].kind != FACT_CLAIM || fact[i].phrase != PHRASE_SUPPLEMENT ||
		    !slice_eq_str(fact[i].arg, "contains"))
			continue;
		uint32_t goods = goods_of(q, c, title, before, i);
		for (uint32_t k = i + 1; goods != UINT32_MAX && k < s->to &&
		                         fact[k].start <= fact[i].end + HELD_BYTES; k++)
			if (fact[k].kind != FACT_CLAIM && fact_counts(q->extract, k, q->mine) &&
			    is_held(q, &fact[i], &fact[k]) &&
			    substance_fits(q, &held, fact[k].substance)) {
				quote(f, goods);
				quote(f, k);
				return true;
			}
	}
	return false;
}

static bool ask_page_claims(const struct question *q, const struct condition *c,
                            const struct stall *s, struct finding *f)
{
	for (uint32_t i = s->from; i < s->to; i++) {
		const struct fact *fact = &q->extract->facts.fact[i];
		if (fact->kind != FACT_CLAIM || !(c->phrases >> fact->phrase & 1) ||
		    !fact_counts(q->extract, i, q->mine) || !arg_fits(c, fact->arg))
			continue;
		quote(f, s->goods);
		quote(f, i);
		return true;
	}
	return false;
}

/* Goods of a category on a page that takes orders of them, which says all that is asked for. Facts are
 * in the order of their pages. */
static bool ask_sells(const struct question *q, const struct condition *c, struct finding *f)
{
	const struct facts *facts = &q->extract->facts;
	struct stall s = { 0 };

	while ((s.goods = find_goods(q->extract, q->mine, c->goods, s.to)) != UINT32_MAX) {
		struct finding found = *f;
		uint32_t page = facts->fact[s.goods].page;
		for (s.from = s.goods; s.from > 0 && facts->fact[s.from - 1].page == page;)
			s.from--;
		for (s.to = s.goods; s.to < facts->n && facts->fact[s.to].page == page;)
			s.to++;
		if ((!c->phrases || ask_page_claims(q, c, &s, &found)) &&
		    (!c->held || ask_held(q, c, &s, &found))) {
			quote(&found, s.goods);
			*f = found;
			return true;
		}
	}
	return false;
}

static struct slice country_of(const struct question *q, const struct condition *c)
{
	return c->of_destination ? q->destination : c->country;
}

static bool ask_registered(const struct question *q, const struct condition *c, struct finding *f)
{
	const struct register_row *row = NULL;

	switch (c->test) {
	case REGISTER_SERVES:
		row = registers_serving(q->registers, &q->site->subject, country_of(q, c), q->at);
		break;
	case REGISTER_ANY:
		row = registers_naming(q->registers, &q->site->subject, q->at);
		break;
	case REGISTER_ELSEWHERE:
		if (!registers_serving(q->registers, &q->site->subject, q->destination, q->at))
			row = registers_naming(q->registers, &q->site->subject, q->at);
		break;
	}
	if (row)
		f->row = row;
	return row != NULL;
}

static bool ask_loaded(const struct question *q, const struct condition *c)
{
	return registers_loaded(q->registers, country_of(q, c), c->source, c->sites);
}

/* A number that the site shows and of which a register says one of the things asked for. */
static bool ask_licence(const struct question *q, const struct condition *c, struct finding *f)
{
	for (size_t i = 0; q->numbers && i < q->numbers->n; i++) {
		const struct number_claim *n = &q->numbers->claim[i];
		const struct fact *fact = &q->extract->facts.fact[n->fact];
		if (!(n->found & c->found) || !arg_fits(c, fact->arg))
			continue;
		quote(f, n->fact);
		f->number = n;
		return true;
	}
	return false;
}

/* Whether "www.x.example/entry" lies on one of the hosts, or below. */
static bool leads_to(const struct condition *c, struct slice target)
{
	struct slice host = slice_sub(target, 0, slice_find(target, '/'));

	for (size_t i = 0; i < c->host_n; i++) {
		struct slice h = c->hosts[i];
		if (slice_eq_nocase(host, h) ||
		    (host.n > h.n && slice_eq_nocase(slice_sub(host, host.n - h.n, host.n), h) &&
		     host.p[host.n - h.n - 1] == '.'))
			return true;
	}
	return false;
}

/* A seal that does not lead back. One place where it does is enough: it may stand on every page, and
 * be a link on one. */
static bool ask_seal(const struct question *q, const struct condition *c, struct finding *f)
{
	const struct facts *facts = &q->extract->facts;
	uint32_t seen = UINT32_MAX;

	for (size_t i = 0; i < facts->n; i++) {
		const struct fact *fact = &facts->fact[i];
		if (fact->kind != FACT_SEAL || !fact_counts(q->extract, i, q->mine) ||
		    !arg_fits(c, fact->arg))
			continue;
		if (!c->leads_anywhere && fact->value.n &&
		    (!c->leads_elsewhere || leads_to(c, fact->value)))
			return false;
		if (seen == UINT32_MAX &&
		    (c->leads_anywhere || (fact->value.n > 0) == c->leads_elsewhere))
			seen = (uint32_t)i;
	}
	if (seen == UINT32_MAX)
		return false;
	quote(f, seen);
	return true;
}

/* Whether the first labels of two names differ by one edit, or by two where both have ten letters or
 * more. What stands behind them is not compared: pharrnacy.test imitates pharmacy.example. Labels of
 * fewer than seven letters are alike too often by chance. */
static bool is_lookalike(struct slice a, struct slice b)
{
	a = slice_sub(a, 0, slice_find(a, '.'));
	b = slice_sub(b, 0, slice_find(b, '.'));
	/* Lengths first: a register has tens of thousands of names, and most differ in that already. */
	if (a.n < 7 || b.n < 7 || a.n > b.n + 2 || b.n > a.n + 2)
		return false;
	size_t d = edit_distance(a, b);
	return d > 0 && d <= (a.n >= 10 && b.n >= 10 ? 2u : 1u);
}

static bool ask_imitates(const struct question *q, const struct condition *c, struct finding *f)
{
	const struct subject *s = &q->site->subject;
	struct slice country = country_of(q, c);

	if (s->kind != SUBJECT_REGISTRABLE && s->kind != SUBJECT_HOST)
		return false;
	for (size_t i = 0; i < q->registers->n; i++) {
		const struct register_row *row = &q->registers->row[i];
		if (!register_holds(row, q->at) || (country.n && !slice_eq(row->country, country)) ||
		    register_names(row, s))
			continue;
		for (size_t k = 0; k < row->domain_n; k++)
			if (is_lookalike(s->key, row->domain[k])) {
				f->row = row;
				return true;
			}
	}
	return false;
}

/* Two drugs named in one block, one of them offered: a gift stands beside what it is given with. */
static bool ask_combination(const struct question *q, const struct condition *c, struct finding *f)
{
	const struct lexicon_substance *substance = q->as->lexicon->substance;

	const struct facts *facts = &q->extract->facts;

	/* Facts are in the order of their place, so those of a block stand together. */
	for (size_t from = 0, to; from < facts->n; from = to) {
		uint32_t best[2] = { UINT32_MAX, UINT32_MAX };
		bool offered = false;
		for (to = from; to < facts->n && facts->fact[to].page == facts->fact[from].page &&
		                facts->fact[to].block == facts->fact[from].block;
		     to++) {
			const struct fact *x = &facts->fact[to];
			if (!fact_is_drug(x) || !fact_counts(q->extract, to, q->mine))
				continue;
			for (size_t k = 0; k < 2; k++)
				if (best[k] == UINT32_MAX &&
				    slice_eq(substance[x->substance].group, c->classes[k])) {
					best[k] = (uint32_t)to;
					offered = offered || x->kind == FACT_OFFER;
				}
		}
		if (best[0] != UINT32_MAX && best[1] != UINT32_MAX && offered) {
			quote(f, best[0]);
			quote(f, best[1]);
			return true;
		}
	}
	return false;
}

size_t pages_of(const struct site *site, const bool *mine)
{
	size_t n = 0, last = site->page_n;

	/* Sorted by address: a page that was captured twice stands side by side. */
	for (size_t i = 0; i < site->page_n; i++) {
		if (!mine[i] || !site->page[i].page->text.n)
			continue;
		n += last == site->page_n || !slice_eq(site->page[i].url, site->page[last].url);
		last = i;
	}
	return n;
}

static bool ask(const struct question *q, const struct condition *c, struct finding *f)
{
	switch (c->kind) {
	case CONDITION_OFFERS: return ask_offers(q, c, f);
	case CONDITION_CLAIMS: return ask_claims(q, c, f);
	case CONDITION_SELLS: return ask_sells(q, c, f);
	case CONDITION_REGISTERED: return ask_registered(q, c, f);
	case CONDITION_REGISTER_LOADED: return ask_loaded(q, c);
	case CONDITION_IMITATES: return ask_imitates(q, c, f);
	case CONDITION_LICENCE: return ask_licence(q, c, f);
	case CONDITION_SEAL: return ask_seal(q, c, f);
	case CONDITION_COMBINATION: return ask_combination(q, c, f);
	case CONDITION_PAGES: return pages_of(q->site, q->mine) >= c->kinds;
	case CONDITION_ANY:
		for (size_t i = 0; i < c->sub_n; i++)
			if (ask(q, &c->sub[i], f))
				return true;
		return false;
	}
	return false;
}

static void weigh(const struct question *q, const struct rule *rule, struct finding *f)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < q->extract->facts.n && f->weighed_n < FINDING_WEIGHED; i++) {
		const struct fact *fact = &q->extract->facts.fact[i];
		if (fact->kind != FACT_CLAIM || !(rule->weigh >> fact->phrase & 1) ||
		    seen >> fact->phrase & 1 || !fact_counts(q->extract, i, q->mine))
			continue;
		seen |= UINT64_C(1) << fact->phrase;
		f->weighed[f->weighed_n++] = (uint32_t)i;
	}
	if (rule->weigh_registered && !f->row)
		f->row = registers_naming(q->registers, &q->site->subject, q->at);
}

enum rule_answer rule_ask(const struct question *q, const struct pack *pack,
                          const struct rule *rule, struct finding *out)
{
	struct finding f = { .pack = pack, .rule = rule, .destination = q->destination };

	for (size_t i = 0; i < rule->when_n; i++)
		if (!ask(q, &rule->when[i], &f))
			return RULE_SILENT;
	for (size_t i = 0; i < rule->unless_n; i++) {
		struct finding defeat = f;
		if (ask(q, &rule->unless[i], &defeat)) {
			*out = defeat;
			return RULE_DEFEATED;
		}
	}
	if (q->offers_because != UINT32_MAX)
		quote(&f, q->offers_because);
	weigh(q, rule, &f);
	*out = f;
	return RULE_FIRES;
}

struct rule_present rule_present_of(const struct question *q)
{
	struct rule_present p = {
		.numbers = q->numbers && q->numbers->n,
		.registers = q->registers->n > 0,
		.registered = registers_naming(q->registers, &q->site->subject, q->at) != NULL,
	};
	enum lexicon_country country;
	bool known = lexicon_country_parse(q->destination, &country);

	for (size_t i = 0; i < q->extract->facts.n; i++) {
		const struct fact *f = &q->extract->facts.fact[i];
		if (!fact_counts(q->extract, i, q->mine))
			continue;
		if (f->kind == FACT_CLAIM)
			p.phrases |= UINT64_C(1) << f->phrase;
		if (f->kind == FACT_SEAL)
			p.seals = true;
		if (f->kind != FACT_OFFER)
			continue;
		p.offers = true;
		if (known)
			p.supplies |= UINT32_C(1) << q->as->lexicon->substance[f->substance].supply[country];
	}
	return p;
}
