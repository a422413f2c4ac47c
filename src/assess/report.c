#include "assess/report.h"

#include "model/evidence.h"
#include "model/quotation.h"
#include "wire/timestamp.h"

#include <stdlib.h>

static json_t *address_json(struct sha256 digest)
{
	char text[7 + SHA256_HEX] = "sha256:";

	sha256_hex(digest, text + 7);
	return json_string(text);
}

/* What the words are, as the lexicon has them. */
static int put_words(json_t *o, const struct lexicon *l, const struct matched *m,
                     struct slice destination)
{
	enum lexicon_country country;

	if (m->kind == MATCHED_PRICE)
		return json_put_flag(o, "price", true);
	if (m->kind == MATCHED_PHRASE)
		return json_put_str(o, "phrase",
		                    slice_str(phrase_class_name(l->phrase[m->index].class))) |
		       json_put_str(o, "language", l->phrase[m->index].lang);
	const struct lexicon_substance *s = &l->substance[l->term[m->index].substance];
	int failed = json_put_str(o, "substance", s->name);
	if (lexicon_country_parse(destination, &country) && s->supply[country] != SUPPLY_UNKNOWN)
		failed |= json_put_str(o, "supply", slice_str(supply_name(s->supply[country])));
	return failed;
}

/* Which words of a quotation count, in their order. */
static json_t *matched_json(const struct lexicon *l, const struct fact *f, struct slice text,
                            struct slice destination)
{
	json_t *list = json_array();
	bool turned = f->matched[1].kind && f->matched[1].start < f->matched[0].start;

	for (size_t i = 0; list && i < FACT_MATCHED; i++) {
		const struct matched *m = &f->matched[turned ? FACT_MATCHED - 1 - i : i];
		if (!m->kind || m->start < f->start || m->end > f->end)
			continue;
		json_t *o = json_object();
		if (json_put_i64(o, "start", m->start) | json_put_i64(o, "end", m->end) |
		    json_put_str(o, "words", slice_sub(text, m->start, m->end)) |
		    put_words(o, l, m, destination) | json_add_new(list, o)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Add them, where there are any. */
static int put_matched(json_t *o, const struct assessment *x, const struct fact *f, struct slice text,
                       struct slice destination)
{
	json_t *list = matched_json(x->lexicon, f, text, destination);

	if (list && json_array_size(list) == 0) {
		json_decref(list);
		return 0;
	}
	return json_put_new(o, "matched", list);
}

json_t *report_quotation(const struct assessment *x, uint32_t fact, struct slice destination)
{
	const struct fact *f = &x->extract->facts.fact[fact];
	const struct site_page *p = &x->site->page[f->page];
	struct quotation q;

	if (quotation_take(p->page->text, p->text, f->start, f->end, p->evidence,
	                   slice_str(p->page->extractor), &q, NULL))
		return NULL;
	json_t *o = quotation_to_json(&q);
	/* Where and when: what a reader needs before he trusts a hash. */
	char at[TIMESTAMP_SIZE];
	timestamp_format(p->at, at);
	if (o && (json_put_str(o, "url", p->url) || json_put_str(o, "at", slice_str(at)) ||
	          json_put_str(o, "vantage", p->vantage) ||
	          put_matched(o, x, f, p->page->text, destination) ||
	          (f->restricted && json_put_new(o, "restricted", json_true())))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *register_json(const struct register_row *row)
{
	json_t *o = json_object();
	char id[SHA256_HEX];

	sha256_hex(row->record, id);
	if (json_put_str(o, "authority", row->authority) | json_put_str(o, "country", row->country) |
	    json_put_str(o, "number", row->number) | json_put_str(o, "name", row->name) |
	    json_put_str(o, "record", slice_str(id)) |
	    (register_is_document(row) ? json_put_str(o, "kind", row->kind) : 0)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* What a register says of a number that the site shows. */
static json_t *number_json(const struct assessment *x, const struct number_claim *n)
{
	const struct fact *fact = &x->extract->facts.fact[n->fact];
	json_t *o = json_object(), *found = json_array();
	int failed = json_put_str(o, "scheme", fact->arg) | json_put_str(o, "number", fact->value);

	for (unsigned bit = 1; bit <= n->found; bit <<= 1)
		if (n->found & bit)
			failed |= json_add_str(found, slice_str(number_found_name(bit)));
	failed |= json_put_new(o, "found", found);
	if (n->found & NUMBER_UNKNOWN)
		failed |= json_put_flag(o, "unknown", true);
	if (n->row)
		failed |= json_put_new(o, "row", register_json(n->row));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *quotations_json(const struct assessment *x, const struct finding *f)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < f->quote_n; i++)
		if (json_add_new(list, report_quotation(x, f->quote[i], f->destination))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static int put_day(json_t *o, const char *key, int64_t day)
{
	char at[TIMESTAMP_SIZE];

	timestamp_format(day, at);
	return json_put_str(o, key, slice_from(at, strlen("2026-11-22")));
}

static json_t *law_json(const struct rule *rule)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < rule->law_n; i++) {
		json_t *o = json_object();
		if (json_put_str(o, "cite", rule->law[i].cite) |
		    json_put_str(o, "says", rule->law[i].says) |
		    put_day(o, "from", rule->law[i].from) |
		    (rule->law[i].until != INT64_MAX ? put_day(o, "until", rule->law[i].until) : 0) |
		    json_add_new(list, o)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* What speaks against a finding, each with where it stands. */
static json_t *weighed_json(const struct assessment *x, const struct finding *f)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < f->weighed_n; i++) {
		const struct fact *fact = &x->extract->facts.fact[f->weighed[i]];
		json_t *o = json_object();
		if (json_put_str(o, "kind", SLICE("claim")) |
		    json_put_str(o, "text", slice_str(phrase_class_name(fact->phrase))) |
		    json_put_new(o, "quotation", report_quotation(x, f->weighed[i], f->destination)) |
		    json_add_new(list, o)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static void set_period(struct record *r, const struct site *site)
{
	if (site->has_period)
		record_set_time(r, "period", site->period);
}

static int make_finding(const struct assessment *x, const struct finding *f, int64_t at,
                        struct arena *a, struct record *out, struct err *err)
{
	const char *src = arena_printf(a, "pack:%.*s@%.*s", SLICE_ARG(f->pack->id),
	                               SLICE_ARG(f->pack->version));
	if (!src)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	record_new(out, "finding", 1, slice_str(subject_kind_name(x->subject.kind)), x->subject.key, at,
	           slice_str(src));
	record_set_str(out, "rule", f->rule->id);
	record_set_str(out, "pack", f->pack->id);
	record_set_str(out, "pack_version", f->pack->version);
	record_set_str(out, "destination", f->destination);
	record_set_str(out, "severity", slice_str(severity_name(f->rule->severity)));
	record_set_str(out, "reach",
	               f->rule->reach == REACH_GLOBAL ? SLICE("global") : SLICE("destination"));
	record_set_str(out, "ground", f->rule->ground);
	record_set_str(out, "text", f->rule->text);
	record_set_new(out, "law", law_json(f->rule));
	record_set_new(out, "quotations", quotations_json(x, f));
	record_set_new(out, "weighed", weighed_json(x, f));
	record_set_i64(out, "captures", (int64_t)x->captures);
	if (f->row)
		record_set_new(out, "register", register_json(f->row));
	if (f->number)
		record_set_new(out, "claims_number", number_json(x, f->number));
	set_period(out, x->site);
	return record_finish(out, err);
}

static json_t *notes_json(const char *const *note, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++)
		if (json_add_str(list, slice_str(note[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *cell_json(const struct assessment *x, const struct cell *c,
                         const struct record *findings)
{
	json_t *o = json_object(), *ids = json_array();
	int failed = 0;

	for (size_t i = 0; i < c->finding_n; i++) {
		char id[SHA256_HEX];
		record_id_hex(&findings[c->finding[i] - x->finding], id);
		failed |= json_add_str(ids, slice_str(id));
	}
	failed |= json_put_str(o, "destination", c->destination);
	failed |= json_put_str(o, "class", slice_str(verdict_class_name(c->class)));
	if (c->ground.n)
		failed |= json_put_str(o, "ground", c->ground);
	failed |= json_put_new(o, "findings", ids);
	failed |= json_put_new(o, "counter", notes_json(c->counter, c->counter_n));
	failed |= json_put_new(o, "missing", notes_json(c->missing, c->missing_n));
	failed |= json_put_i64(o, "confidence_ppm", c->confidence_ppm);
	if (c->row)
		failed |= json_put_new(o, "register", register_json(c->row));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

/* The evidence of the pages that count, sorted, each once. */
static json_t *evidence_json(const struct assessment *x, struct arena *a)
{
	struct sha256 *list = arena_array(a, x->site->page_n, sizeof(*list));
	json_t *out = json_array();
	size_t n = 0;

	for (size_t i = 0; list && i < x->site->page_n; i++)
		if (x->mine[i])
			list[n++] = x->site->page[i].evidence;
	if (list && n)
		qsort(list, n, sizeof(*list), by_digest);
	for (size_t i = 0; list && out && i < n; i++)
		if ((i == 0 || !sha256_eq(list[i], list[i - 1])) &&
		    json_add_new(out, address_json(list[i]))) {
			json_decref(out);
			return NULL;
		}
	if (!list) {
		json_decref(out);
		return NULL;
	}
	return out;
}

static json_t *packs_json(const struct assessor *as)
{
	json_t *o = json_object();

	for (size_t i = 0; i < as->pack_n; i++) {
		char key[81];
		json_t *pack = json_object();
		snprintf(key, sizeof(key), "%.*s", SLICE_ARG(as->pack[i].id));
		if (json_put_str(pack, "version", as->pack[i].version) |
		    json_put_new(pack, "digest", address_json(as->pack[i].digest)) |
		    json_put_new(o, key, pack)) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}

static json_t *inputs_json(const struct assessor *as, const struct assessment *x,
                           const struct registers *registers, const struct report_inputs *in,
                           struct arena *a)
{
	json_t *o = json_object(), *extractor = json_array();
	bool html = false, plain = false;
	int failed = 0;

	for (size_t i = 0; i < x->site->page_n; i++) {
		bool is_plain = strcmp(x->site->page[i].page->extractor, PAGE_EXTRACTOR_PLAIN) == 0;
		html = html || (x->mine[i] && !is_plain);
		plain = plain || (x->mine[i] && is_plain);
	}
	if (html)
		failed |= json_add_str(extractor, SLICE(PAGE_EXTRACTOR_HTML));
	if (plain)
		failed |= json_add_str(extractor, SLICE(PAGE_EXTRACTOR_PLAIN));
	failed |= json_put_new(o, "evidence", evidence_json(x, a));
	failed |= json_put_new(o, "packs", packs_json(as));
	failed |= json_put_new(o, "lexicon", address_json(as->lexicon->digest));
	failed |= json_put_new(o, "suffixes", address_json(in->suffixes));
	failed |= json_put_new(o, "registers", address_json(registers->digest));
	failed |= json_put_str(o, "unicode", slice_str(in->fold));
	failed |= json_put_new(o, "extractor", extractor);
	failed |= json_put_str(o, "assess", SLICE(ASSESS_VERSION));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int make_verdict(const struct assessor *as, const struct assessment *x,
                        const struct registers *registers, const struct report_inputs *inputs,
                        int64_t at, struct arena *a, const struct record *findings,
                        struct record *out, struct err *err)
{
	json_t *cells = json_array();

	record_new(out, "verdict", 1, slice_str(subject_kind_name(x->subject.kind)), x->subject.key, at,
	           SLICE(ASSESS_VERSION));
	for (size_t i = 0; i < x->cell_n; i++)
		if (json_add_new(cells, cell_json(x, &x->cell[i], findings))) {
			json_decref(cells);
			cells = NULL;
			break;
		}
	record_set_new(out, "cells", cells);
	record_set_new(out, "inputs", inputs_json(as, x, registers, inputs, a));
	record_set_i64(out, "captures", (int64_t)x->captures);
	if (x->abused.n)
		record_set_str(out, "abused", x->abused);
	set_period(out, x->site);
	return record_finish(out, err);
}

int report_of(const struct assessor *as, const struct assessment *x,
              const struct registers *registers, const struct report_inputs *inputs, int64_t at,
              struct arena *a, struct report *out, struct err *err)
{
	struct report r = { .finding = arena_array(a, x->finding_n + 1, sizeof(*r.finding)) };
	int rc = r.finding ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	for (size_t i = 0; rc == 0 && i < x->finding_n; i++, r.n++)
		rc = make_finding(x, &x->finding[i], at, a, &r.finding[i], err);
	if (rc == 0)
		rc = make_verdict(as, x, registers, inputs, at, a, r.finding, &r.verdict, err);
	if (rc) {
		report_release(&r);
		return rc;
	}
	*out = r;
	return 0;
}

void report_release(struct report *r)
{
	for (size_t i = 0; r->finding && i < r->n; i++)
		record_release(&r->finding[i]);
	record_release(&r->verdict);
	*r = (struct report){ 0 };
}
