#include "assess/fact_report.h"

#include "assess/explain.h"
#include "assess/report.h"

enum { LINE_PART = 120 /* bytes of a value or a quotation on a line for people */ };

static json_t *terms_json(const struct fact_terms *t)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "currency", slice_str(t->currency));

	if (t->strength.n)
		failed |= json_put_str(o, "strength", t->strength);
	if (t->count)
		failed |= json_put_i64(o, "count", t->count);
	if (t->amount >= 0)
		failed |= json_put_i64(o, "amount", t->amount);
	if (t->each >= 0)
		failed |= json_put_i64(o, "each", t->each);
	if (t->guessed)
		failed |= json_put_new(o, "currency_guessed", json_true());
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static void set_arg(struct record *r, const char *field, struct slice s)
{
	if (s.n)
		record_set_str(r, field, s);
}

static json_t *quotations(const struct assessment *x, uint32_t fact)
{
	json_t *list = json_array();

	if (list && json_add_new(list, report_quotation(x, fact, (struct slice){ 0 }))) {
		json_decref(list);
		return NULL;
	}
	return list;
}

int fact_report(const struct lexicon *lexicon, const struct assessment *x, uint32_t fact, int64_t at,
                struct record *out, struct err *err)
{
	static const char *const sources[] = { "words", "link", "image", "form" };
	const struct fact *f = &x->extract->facts.fact[fact];
	struct record r = { 0 };

	record_new(&r, "fact", 1, slice_str(subject_kind_name(x->subject.kind)), x->subject.key, at,
	           SLICE(ASSESS_VERSION));
	record_set_str(&r, "what", slice_str(fact_kind_name(f->kind)));
	record_set_new(&r, "quotations", quotations(x, fact));
	if (fact_is_drug(f) || (f->kind == FACT_STANCE && f->substance != UINT32_MAX))
		record_set_str(&r, "substance", lexicon->substance[f->substance].name);
	if (f->kind == FACT_CLAIM)
		record_set_str(&r, "phrase", slice_str(phrase_class_name(f->phrase)));
	set_arg(&r, "arg", f->arg);
	set_arg(&r, "value", f->value);
	if (f->check != CHECK_NONE)
		record_set_str(&r, "check", f->check == CHECK_RIGHT ? SLICE("right") : SLICE("wrong"));
	if (f->source != SOURCE_WORDS)
		record_set_str(&r, "learned", slice_str(sources[f->source]));
	if (f->kind == FACT_OFFER)
		record_set_flag(&r, "priced", f->priced);
	if (f->terms)
		record_set_new(&r, "terms", terms_json(f->terms));
	if (f->negated)
		record_set_flag(&r, "negated", true);
	if (f->reported)
		record_set_flag(&r, "reported", true);
	if (f->restricted)
		record_set_flag(&r, "restricted", true);
	if (x->site->has_period)
		record_set_time(&r, "period", x->site->period);
	int rc = record_finish(&r, err);
	if (rc)
		record_release(&r);
	else
		*out = r;
	return rc;
}

void fact_report_line(const struct record *r, struct buf *out)
{
	static const char *const fields[] = { "substance", "phrase", "arg", "value", "check" };
	const json_t *q = json_array_get(json_arr(r->body, "quotations"), 0);

	buf_put(out, json_str(r->body, "what"));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct slice s = json_str(r->body, fields[i]);
		if (!s.n)
			continue;
		buf_putc(out, ' ');
		explain_put_foreign(out, s, LINE_PART);
	}
	buf_puts(out, ": \"");
	explain_put_foreign(out, json_str(q, "quote"), LINE_PART);
	buf_putc(out, '"');
}
