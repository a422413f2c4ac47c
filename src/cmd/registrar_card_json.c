#include "cmd/registrar_card.h"

#include "wire/timestamp.h"

static int put_time(json_t *o, const char *key, int64_t at)
{
	char text[TIMESTAMP_SIZE];

	if (at == NOTICE_NEVER)
		return 0;
	timestamp_format(at, text);
	return json_put_str(o, key, slice_str(text));
}

static int put_text(json_t *o, const char *key, struct slice s)
{
	return s.n ? json_put_str(o, key, s) : 0;
}

static json_t *counts_json(const struct scorecard_counts *c)
{
	json_t *o = json_object();
	int failed = json_put_i64(o, "told", (int64_t)c->told);

	for (int i = 0; i < NOTICE_OUTCOMES; i++)
		if (i != OUTCOME_PARTLY)
			failed |= json_put_i64(o, notice_outcome_name((enum notice_outcome)i),
			                       (int64_t)c->outcome[i]);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int put_seconds(json_t *o, const char *key, int64_t s)
{
	return s == SURVIVAL_NEVER ? 0 : json_put_i64(o, key, s);
}

static json_t *quantile_json(const struct survival_quantile *q)
{
	json_t *o = json_object();
	int failed = put_seconds(o, "s", q->s);

	failed |= put_seconds(o, "low_s", q->low_s);
	failed |= put_seconds(o, "high_s", q->high_s);
	if (o && !failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *step_json(const struct survival_step *t)
{
	json_t *o = json_object();
	int failed = json_put_i64(o, "s", t->s);

	failed |= json_put_i64(o, "at_risk", (int64_t)t->at_risk);
	failed |= json_put_i64(o, "effects", (int64_t)t->effects);
	failed |= json_put_i64(o, "censored", (int64_t)t->censored);
	failed |= json_put_i64(o, "still_ppm", t->still_ppm);
	failed |= json_put_i64(o, "low_ppm", t->low_ppm);
	failed |= json_put_i64(o, "high_ppm", t->high_ppm);
	failed |= json_put_i64(o, "error_ppm", t->error_ppm);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *time_json(const struct scorecard_time *t)
{
	json_t *o = json_object(), *curve = json_array();
	int failed = curve ? 0 : -1;

	for (size_t i = 0; i < t->curve.step_n && !failed; i++)
		failed = json_add_new(curve, step_json(&t->curve.step[i]));
	failed |= json_put_i64(o, "n", (int64_t)t->curve.n);
	failed |= json_put_i64(o, "effects", (int64_t)t->curve.effects);
	failed |= json_put_i64(o, "censored_before", (int64_t)t->curve.censored_before);
	failed |= json_put_i64(o, "watched_s", t->curve.watched_s);
	failed |= json_put_new(o, "median", quantile_json(&t->median));
	failed |= json_put_new(o, "p90", quantile_json(&t->p90));
	failed |= json_put_new(o, "curve", curve);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *replies_json(const struct scorecard *c)
{
	json_t *o = json_object();
	int failed = 0;

	for (size_t i = 0; i < SCORECARD_REPLIES; i++)
		failed |= json_put_i64(o, scorecard_reply_class(i), (int64_t)c->reply[i]);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *basis_json(const struct scorecard *c)
{
	json_t *o = json_object();
	int failed = o ? 0 : -1;

	for (int i = 0; i < NOTICE_BASES && !failed; i++)
		failed = json_put_new(o, notice_basis_name((enum notice_basis)i),
		                      counts_json(&c->by_basis[i]));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *refusals_json(const struct scorecard *c)
{
	json_t *list = json_array();
	int failed = list ? 0 : -1;

	for (size_t i = 0; i < c->refusal_n && !failed; i++) {
		const struct scorecard_refusal *r = &c->refusal[i];
		json_t *o = json_object();
		failed = json_put_str(o, "reference", r->reference);
		failed |= put_time(o, "at", r->at);
		failed |= put_text(o, "ticket", r->ticket);
		failed |= json_put_str(o, "reason", r->words);
		failed |= json_add_new(list, o);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *claims_json(const struct scorecard *c)
{
	json_t *list = json_array();
	int failed = list ? 0 : -1;

	for (size_t i = 0; i < c->claim_n && !failed; i++) {
		failed = json_add_new(list, commitment_to_json(&c->claim[i]));
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *managed_json(const struct scorecard *c)
{
	json_t *o = json_object();
	int failed = json_put_i64(o, "domains", c->dum->domains);

	failed |= json_put_str(o, "date", c->dum->date);
	failed |= json_put_str(o, "source", c->dum->source);
	failed |= json_put_i64(o, "told_per_million", c->told_per_million);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *statement_json(const struct scorecard_statement *s)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "words", s->words);

	failed |= put_time(o, "at", s->at);
	failed |= put_text(o, "source", s->source);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *pair_json(const char *a, size_t x, const char *b, size_t y)
{
	json_t *o = json_object();

	if (json_put_i64(o, a, (int64_t)x) | json_put_i64(o, b, (int64_t)y)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *rank_json(const struct scorecard *c)
{
	json_t *o = pair_json("best", c->best, "worst", c->worst);

	if (o && json_put_i64(o, "of", (int64_t)c->ranked)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *method_json(const struct card_terms *t)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "name", SLICE(SCORECARD_METHOD));

	failed |= json_put_str(o, "described", SLICE("doc/format/scorecard.md"));
	failed |= json_put_i64(o, "minimum", (int64_t)t->least);
	failed |= json_put_i64(o, "interval_ppm", 950000);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

json_t *card_to_json(const struct scorecard *c, const struct card_terms *t)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "type", SLICE("scorecard"));

	failed |= json_put_i64(o, "v", 1);
	failed |= put_time(o, "at", t->at);
	failed |= put_time(o, "since", t->since);
	failed |= json_put_str(o, "kind", slice_str(notice_to_name(c->to)));
	failed |= json_put_str(o, "party", c->key);
	failed |= json_put_str(o, "name", c->name);
	failed |= json_put_i64(o, "notices", (int64_t)c->notices);
	failed |= json_put_i64(o, "uncertain", (int64_t)c->uncertain);
	failed |= json_put_i64(o, "undelivered", (int64_t)c->undelivered);
	failed |= put_time(o, "first_notice", c->first_at);
	failed |= put_time(o, "last_notice", c->last_at);
	failed |= json_put_new(o, "domains", counts_json(&c->all));
	failed |= json_put_new(o, "by_basis", basis_json(c));
	failed |= json_put_new(o, "effect", time_json(&c->effect));
	failed |= json_put_new(o, "answer", time_json(&c->answer));
	failed |= json_put_new(o, "replies", replies_json(c));
	failed |= json_put_new(o, "refusals", refusals_json(c));
	failed |=
		json_put_new(o, "repeat", pair_json("here", c->repeated, "anywhere", c->newcomers));
	failed |= json_put_new(o, "escapes", pair_json("out", c->escaped_out, "in", c->escaped_in));
	failed |= json_put_i64(o, "holding", (int64_t)c->holding);
	failed |= json_put_new(o, "commitments", claims_json(c));
	if (c->dum)
		failed |= json_put_new(o, "managed", managed_json(c));
	if (c->statement)
		failed |= json_put_new(o, "statement", statement_json(c->statement));
	if (c->ranked)
		failed |= json_put_new(o, "rank", rank_json(c));
	failed |= json_put_new(o, "method", method_json(t));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}
