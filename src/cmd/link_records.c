#include "cmd/link_records.h"

#include "wire/timestamp.h"

#include <stdlib.h>

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

static json_t *texts_json(const struct slice *text, size_t n)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < n; i++)
		failed |= json_add_str(list, text[i]);
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
		failed |= json_put_str(o, "event", w->event[i].event);
		failed |= json_put_str(o, "with", w->event[i].with);
		failed |= json_put_str(o, "at", w->event[i].at.n ? w->event[i].at : slice_str(time));
		failed |= json_add_new(list, o);
	}
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* The programme of a network is named where its storefronts are of no other. */
static void set_programmes(struct record *r, const struct link_programme *list, size_t n)
{
	json_t *all = json_array();
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		failed |= json_put_str(o, "programme", list[i].program->id);
		failed |= json_put_str(o, "title", list[i].program->title);
		failed |= json_put_i64(o, "members", list[i].members);
		failed |= json_add_new(all, o);
	}
	if (n == 1)
		record_set_str(r, "programme", list[0].program->id);
	if (n)
		record_set_new(r, "programmes", failed ? NULL : json_incref(all));
	json_decref(all);
}

static int put_network_record(const struct link_told *t, const struct link_network *w, int64_t at,
                              struct buf *out, struct err *err)
{
	json_t *members = json_array(), *sizes = json_object();
	struct link_programme *programme = NULL;
	struct choke *choke = NULL;
	struct record r;
	size_t n, programme_n;
	int failed = 0, rc = link_told_chokes(t, w, &choke, &n, err);

	if (rc == 0)
		rc = link_told_programmes(t, w, &programme, &programme_n, err);
	if (rc) {
		free(choke);
		json_decref(members);
		json_decref(sizes);
		return rc;
	}
	begin(t, "network", w->member[0], at, &r);
	record_set_str(&r, "network", w->name);
	record_set_str(&r, "flagship", link_told_key(t, w->member[0]));
	for (uint32_t i = 0; i < w->member_n; i++)
		failed |= json_add_new(members, subject_json(t, w->member[i]));
	for (int s = 0; s < LINK_STATUSES; s++)
		failed |= json_put_i64(sizes, link_status_name((enum link_status)s), w->status[s]);
	record_set_new(&r, "members", failed ? NULL : json_incref(members));
	record_set_new(&r, "sizes", failed ? NULL : json_incref(sizes));
	record_set_new(&r, "choke", chokes_json(choke, n));
	set_programmes(&r, programme, programme_n);
	if (w->alias_n)
		record_set_new(&r, "aliases", texts_json(w->alias, w->alias_n));
	if (w->event_n)
		record_set_new(&r, "events", events_json(w, at));
	json_decref(members);
	json_decref(sizes);
	free(choke);
	free(programme);
	return finish(&r, out, err);
}

int link_put_records(const struct link_told *t, const struct link_network *w, int64_t at,
                     struct buf *out, struct err *err)
{
	int rc = put_network_record(t, w, at, out, err);
	uint32_t reached = link_told_reach(t, w->member[0], t->found->network);

	for (uint32_t i = 1; i < w->member_n && rc == 0; i++)
		if (t->via[w->member[i]] != NETWORK_NONE)
			rc = put_link_record(t, w->member[i], t->via[w->member[i]], at, w->name,
			                     out, err);
	link_told_forget(t, reached);
	return rc;
}

int link_put_gone(const struct link_told *t, int64_t at, struct buf *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < t->networks->earlier_n && rc == 0; i++) {
		const struct link_earlier *e = &t->networks->earlier[i];
		struct record r;
		uint32_t d = e->key_n ? link_input_find(t->in, e->key[0]) : NETWORK_NONE;
		/* What merged into another is told by that. */
		if (!e->own || e->taken || e->gone || d == NETWORK_NONE || link_told_network(t, d))
			continue;
		begin(t, "network", d, at, &r);
		record_set_str(&r, "network", e->name);
		record_set_str(&r, "flagship", link_told_key(t, d));
		json_t *members = json_array();
		int failed = json_add_new(members, subject_json(t, d));
		record_set_new(&r, "members", failed ? NULL : json_incref(members));
		json_decref(members);
		rc = finish(&r, out, err);
	}
	return rc;
}

/* ---- programmes ---- */

static json_t *mark_json(const struct link_sign *s)
{
	json_t *o = json_object();
	char hex[SHA256_HEX];
	int failed = 0;

	sha256_hex(s->record, hex);
	failed |= json_put_str(o, "kind", slice_str(program_mark_kind(s->mark)));
	failed |= json_put_str(o, "value", s->mark->shown);
	failed |= json_put_flag(o, "plantable", program_mark_is_plantable(s->mark));
	failed |= json_put_str(o, "record", slice_str(hex));
	failed |= json_put_str(o, "source", s->mark->source);
	if (s->evidence.n)
		failed |= json_put_str(o, "evidence", s->evidence);
	if (s->quote.n)
		failed |= json_put_str(o, "quote", s->quote);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *marks_json(const struct link_attribution *a)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < a->sign_n; i++)
		failed |= json_add_new(list, mark_json(&a->sign[i]));
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* Ids by which affiliates are paid for who comes from this domain. */
static json_t *affiliates_json(const struct link_told *t, uint32_t domain)
{
	json_t *list = json_array();
	size_t n;
	int failed = 0;
	const struct link_edge *e = link_input_edges(t->in, domain, &n);

	for (; n--; e++)
		if (link_value_is_affiliate(&t->in->value[e->value]))
			failed |= json_add_str(list, t->in->value[e->value].text);
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *suppliers_json(const struct program *p)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < p->supplier_n; i++) {
		json_t *o = json_object();
		failed |= json_put_str(o, "name", p->supplier[i].name);
		failed |= json_put_str(o, "source", p->supplier[i].source);
		failed |= json_add_new(list, o);
	}
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

int link_put_attributions(const struct link_told *t, int64_t at, struct buf *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < t->in->programs.made_n && rc == 0; i++) {
		const struct link_attribution *a = &t->in->programs.made[i];
		const struct link_network *w = link_told_network(t, a->domain);
		struct record r;
		if (a->grade != ATTRIBUTION_MADE)
			continue;
		begin(t, "attribution", a->domain, at, &r);
		record_set_str(&r, "programme", a->program->id);
		record_set_str(&r, "title", a->program->title);
		record_set_new(&r, "marks", marks_json(a));
		record_set_new(&r, "affiliates", affiliates_json(t, a->domain));
		record_set_new(&r, "suppliers", suppliers_json(a->program));
		if (w)
			record_set_str(&r, "network", w->name);
		rc = finish(&r, out, err);
	}
	return rc;
}

int link_put_guess(const struct link_told *t, const struct link_attribution *a, int64_t at,
                   struct buf *out, struct err *err)
{
	struct buf claim = { 0 };
	struct record r;

	buf_puts(&claim, "may be a storefront of ");
	buf_put(&claim, a->program->title);
	begin(t, "hypothesis", a->domain, at, &r);
	record_set_str(&r, "claim", buf_slice(&claim));
	record_set_flag(&r, "restricted", true);
	record_set_str(&r, "programme", a->program->id);
	record_set_str(&r, "title", a->program->title);
	record_set_new(&r, "marks", marks_json(a));
	buf_release(&claim);
	return finish(&r, out, err);
}
