#include "cmd/eval_report.h"

#include "assess/explain.h"

#include <stdlib.h>

enum { QUOTE_MAX = 160, ERROR_RULES = 6 };

static json_t *done(json_t *o, int failed)
{
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

/* ---- shares ---- */

static json_t *interval_json(struct interval i)
{
	json_t *pair = json_array();
	int failed = json_add_new(pair, json_integer(i.low_ppm));

	failed |= json_add_new(pair, json_integer(i.high_ppm));
	return done(pair, failed);
}

json_t *eval_measure_json(const struct measure *m)
{
	if (m->n == 0)
		return json_null();
	json_t *o = json_object();
	int failed = json_put_i64(o, "k", (int64_t)m->k);

	failed |= json_put_i64(o, "n", (int64_t)m->n);
	failed |= json_put_i64(o, "ppm", (int64_t)(m->k * INTERVAL_PPM / m->n));
	failed |= json_put_new(o, "wilson_ppm", interval_json(m->wilson));
	failed |= json_put_i64(o, "clusters", (int64_t)m->clusters);
	failed |= json_put_new(o, "clustered_ppm", interval_json(m->clustered));
	failed |= json_put_str(o, "clustered_by",
	                       m->is_exact ? SLICE("exact") : SLICE("bootstrap"));
	return done(o, failed);
}

static json_t *classes_json(const struct measure *m)
{
	json_t *o = json_object();
	int failed = 0;

	for (size_t c = 0; c < VERDICT_CLASSES; c++)
		failed |= json_put_new(o, measure_name(c), eval_measure_json(&m[c]));
	return done(o, failed);
}

/* ---- a view ---- */

static json_t *counts_json(const uint64_t *count, size_t n, bool outcomes)
{
	json_t *o = json_object();
	int failed = 0;

	for (size_t i = 0; i < n; i++)
		failed |= json_put_i64(o, outcomes ? outcome_name((enum outcome)i) : measure_name(i),
		                       (int64_t)count[i]);
	return done(o, failed);
}

json_t *eval_view_json(const struct evaluation *e, const char *name)
{
	json_t *o = json_object(), *matrix = json_object(), *outcomes = json_object();
	int failed = 0;

	for (size_t l = 0; l < LABELS; l++) {
		uint64_t n = 0;
		for (size_t i = 0; i < OUTCOMES; i++)
			n += e->outcome[l][i];
		if (n == 0)
			continue;
		failed |= json_put_new(matrix, labels[l].name,
		                       counts_json(e->matrix[l], VERDICT_CLASSES, false));
		failed |= json_put_new(outcomes, labels[l].name,
		                       counts_json(e->outcome[l], OUTCOMES, true));
	}
	failed |= json_put_str(o, "view", slice_str(name));
	failed |= json_put_i64(o, "units", (int64_t)e->units);
	failed |= json_put_new(o, "matrix", matrix);
	failed |= json_put_new(o, "outcomes", outcomes);
	failed |= json_put_new(o, "caught", eval_measure_json(&e->recall[MEASURE_CAUGHT]));
	failed |= json_put_new(o, "caught_precision", eval_measure_json(&e->precision[MEASURE_CAUGHT]));
	failed |= json_put_new(o, "abstained", eval_measure_json(&e->recall[MEASURE_ABSTAINED]));
	failed |= json_put_new(o, "recall", classes_json(e->recall));
	failed |= json_put_new(o, "precision", classes_json(e->precision));
	failed |= json_put_i64(o, "uncited", (int64_t)e->uncited);
	return done(o, failed);
}

/* ---- languages ---- */

static int by_language(const void *a, const void *b)
{
	const struct eval_unit *const *x = a, *const *y = b;
	int c = slice_cmp((*x)->language, (*y)->language);

	if (c)
		return c;
	return ((*x)->label > (*y)->label) - ((*x)->label < (*y)->label);
}

static json_t *language_json(const struct eval_unit *u, const uint64_t *outcome, uint64_t caught)
{
	json_t *o = counts_json(outcome, OUTCOMES, true);
	uint64_t n = 0;

	for (size_t i = 0; i < OUTCOMES; i++)
		n += outcome[i];
	int failed = json_put_str(o, "language", u->language);
	failed |= json_put_str(o, "label", slice_str(u->label->name));
	failed |= json_put_i64(o, "units", (int64_t)n);
	failed |= json_put_i64(o, "rogue_or_unapproved", (int64_t)caught);
	return done(o, failed);
}

json_t *eval_languages_json(const struct eval_units *u)
{
	const struct eval_unit **list = calloc(u->n + 1, sizeof(const struct eval_unit *));
	json_t *out = json_array();
	uint64_t outcome[OUTCOMES] = { 0 }, caught = 0;
	int failed = list == NULL;

	for (size_t i = 0; !failed && i < u->n; i++)
		list[i] = &u->unit[i];
	if (!failed && u->n)
		qsort(list, u->n, sizeof(*list), by_language);
	for (size_t i = 0; !failed && i < u->n; i++) {
		const struct eval_cell *c = evaluation_view(list[i], VIEW_ANY);
		if (c) {
			outcome[label_outcome(list[i]->label, c->class, c->ground)]++;
			caught += c->class == CLASS_ROGUE || c->class == CLASS_UNAPPROVED;
		}
		if (i + 1 < u->n && by_language(&list[i], &list[i + 1]) == 0)
			continue;
		failed |= json_add_new(out, language_json(list[i], outcome, caught));
		for (size_t k = 0; k < OUTCOMES; k++)
			outcome[k] = 0;
		caught = 0;
	}
	free(list);
	return done(out, failed);
}

/* ---- errors ---- */

static json_t *quotation_json(const struct assessment *x, const struct fact *f)
{
	const struct site_page *page = &x->site->page[f->page];
	struct buf quote = { 0 }, url = { 0 };
	json_t *o = json_object();

	explain_put_foreign(&quote, slice_sub(page->page->text, f->start, f->end), QUOTE_MAX);
	explain_put_foreign(&url, page->url, QUOTE_MAX);
	int failed = !buf_ok(&quote) || !buf_ok(&url);
	failed |= json_put_str(o, "quote", buf_slice(&quote));
	failed |= json_put_str(o, "url", buf_slice(&url));
	buf_release(&quote);
	buf_release(&url);
	return done(o, failed);
}

static json_t *rule_json(const struct assessment *x, const struct finding *f)
{
	json_t *o = json_object(), *quotations = json_array();
	int failed = json_put_str(o, "rule", f->rule->id);

	failed |= json_put_str(o, "severity", slice_str(severity_name(f->rule->severity)));
	for (size_t i = 0; i < f->quote_n; i++)
		failed |= json_add_new(quotations,
		                       quotation_json(x, &x->extract->facts.fact[f->quote[i]]));
	failed |= json_put_new(o, "quotations", quotations);
	if (f->row)
		failed |= json_put_str(o, "register", f->row->authority);
	return done(o, failed);
}

static int add_gate(json_t *gates, const char *fmt, size_t n, size_t of)
{
	struct buf b = { 0 };

	buf_printf(&b, "%zu of %zu pages ", n, of);
	buf_puts(&b, fmt);
	int failed = json_add_str(gates, buf_slice(&b));
	buf_release(&b);
	return failed;
}

/* What its pages are to the assessment: the gates that stand before any rule. */
static int add_page_gates(json_t *gates, const struct assessment *x)
{
	size_t pages = 0, advice = 0, orders = 0, offers = 0, facts = 0;
	int failed = 0;

	for (size_t i = 0; i < x->site->page_n; i++) {
		if (!x->mine[i])
			continue;
		pages++;
		advice += x->extract->profile[i].is_advice;
		orders += x->extract->profile[i].orders != ORDERS_NONE;
		offers += x->extract->profile[i].offers > 0;
	}
	for (size_t i = 0; i < x->extract->facts.n; i++)
		facts += x->extract->facts.fact[i].kind == FACT_DRUG ||
		         x->extract->facts.fact[i].kind == FACT_OFFER;
	failed |= add_gate(gates, "take orders", orders, pages);
	failed |= add_gate(gates, "hold a priced offer of a drug", offers, pages);
	if (advice)
		failed |= add_gate(gates, "read as advice, news or law", advice, pages);
	if (facts == 0)
		failed |= json_add_str(gates, SLICE("no drug of the lexicon is named"));
	if (x->abused.n)
		failed |= json_add_str(gates, SLICE("pages under a path were left aside as somebody "
		                                    "else's"));
	return failed;
}

json_t *eval_error_json(const struct eval_unit *u, const struct assessment *x,
                        const struct eval_cell *view)
{
	json_t *o = json_object(), *rules = json_array(), *gates = json_array();
	json_t *destinations = json_array();
	int failed = 0;

	for (size_t i = 0; i < u->cell_n; i++)
		if (u->cell[i].class == view->class)
			failed |= json_add_str(destinations, u->cell[i].destination);
	for (size_t i = 0; i < x->cell_n; i++) {
		const struct cell *c = &x->cell[i];
		if (!slice_eq(c->destination, view->destination))
			continue;
		for (size_t k = 0; k < c->finding_n && k < ERROR_RULES; k++)
			failed |= json_add_new(rules, rule_json(x, c->finding[k]));
		for (size_t k = 0; k < c->missing_n; k++)
			failed |= json_add_str(gates, slice_str(c->missing[k]));
		for (size_t k = 0; k < c->counter_n; k++)
			failed |= json_add_str(gates, slice_str(c->counter[k]));
	}
	failed |= add_page_gates(gates, x);
	failed |= json_put_str(o, "site", u->site);
	failed |= json_put_str(o, "language", u->language);
	failed |= json_put_str(o, "label", slice_str(u->label->name));
	failed |= json_put_str(o, "outcome",
	                       slice_str(outcome_name(label_outcome(u->label, view->class, view->ground))));
	failed |= json_put_str(o, "class", slice_str(verdict_class_name(view->class)));
	failed |= json_put_new(o, "destinations", destinations);
	failed |= json_put_new(o, "rules", rules);
	failed |= json_put_new(o, "gates", gates);
	return done(o, failed);
}
