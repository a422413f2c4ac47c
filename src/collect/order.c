/* Errands in a row, and who asked what. An errand's asks are those that were appended while it was
 * called, so a table from numbers to errands routes the answers. */
#include "collect/order.h"

#include "base/arena.h"
#include "collect/change.h"
#include "collect/delegation.h"
#include "collect/difference.h"
#include "collect/recipe.h"
#include "collect/registration.h"
#include "collect/visit.h"
#include "model/domain.h"
#include "model/record.h"
#include "wire/ip.h"
#include "wire/timestamp.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

enum { ASKS_MAX = 1 << 16 }; /* of one order: an errand that asks without end is stopped */

struct errand {
	const struct errand_kind *kind;
	void *self;
};

struct order {
	struct order_options options;
	struct arena arena;
	struct subject subject;
	struct slice host;
	struct errand *errand;
	size_t errand_n, errand_cap;
	struct asks asks;
	uint16_t *owner; /* of ask number i + 1: errand + 1; 0 once it is answered */
	size_t owner_cap;
	size_t waiting;
	json_t *observations;
	struct buf lines;
	bool is_started, is_done;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "order: out of memory");
}

/* ---- observations ---- */

/* What an errand saw: the order says of whom. */
static int observe(void *ctx, json_t *observation, struct err *err)
{
	struct order *o = ctx;
	struct slice kind = slice_str(subject_kind_name(o->subject.kind));
	int bad = json_put_str(observation, "type", SLICE("observation")) |
	          json_put_i64(observation, "v", 1);

	/* A registration is that of the registrable name, whatever lies under it. */
	if (!json_obj(observation, "subject"))
		bad |= json_put_new(observation, "subject",
		                    record_subject_json(kind, o->subject.key));
	if (bad) {
		json_decref(observation);
		return no_memory(err);
	}
	return json_add_new(o->observations, observation) ? no_memory(err) : 0;
}

/* The registration period that all of them belong to, where it was told. */
static struct slice period_of(const struct order *o)
{
	const json_t *one;
	size_t i;

	json_array_foreach(o->observations, i, one)
	{
		struct slice s = json_str(json_obj(one, "registration"), "created");
		int64_t t;
		if (slice_eq_str(json_str(one, "what"), "registration") &&
		    timestamp_parse(s, &t, NULL) == 0)
			return s;
	}
	return (struct slice){ 0 };
}

static int write_lines(struct order *o, struct err *err)
{
	struct slice period = period_of(o);
	json_t *one;
	size_t i;

	json_array_foreach(o->observations, i, one)
	{
		struct record r;
		char id[SHA256_HEX];
		if (period.n && json_put_str(one, "period", period))
			return no_memory(err);
		int rc = record_from_json(json_incref(one), &r, err);
		if (rc) {
			json_decref(one);
			return err_wrap(err, "order: an observation");
		}
		record_id_hex(&r, id);
		rc = record_format(&r, &o->lines, err);
		buf_putc(&o->lines, '\n');
		if (rc == 0 && json_put_str(one, "id", slice_str(id)))
			rc = no_memory(err);
		record_release(&r);
		if (rc)
			return rc;
	}
	return buf_ok(&o->lines) ? 0 : no_memory(err);
}

static int finish(struct order *o, struct err *err)
{
	int rc = difference_observe(o->observations, o->options.vantage, o->options.vantage_n,
	                            observe, o, err);

	if (rc == 0 && o->options.before)
		rc = change_observe(o->options.before, o->observations, observe, o, err);
	if (rc == 0)
		rc = write_lines(o, err);
	o->is_done = rc == 0;
	return rc;
}

/* ---- errands ---- */

static int add(struct order *o, const struct errand_kind *kind, void *self, struct err *err)
{
	if (o->errand_n == o->errand_cap) {
		size_t cap = o->errand_cap ? o->errand_cap * 2 : 4;
		struct errand *more = reallocarray(o->errand, cap, sizeof(*more));
		if (!more) {
			kind->free(self);
			return no_memory(err);
		}
		o->errand = more;
		o->errand_cap = cap;
	}
	o->errand[o->errand_n++] = (struct errand){ kind, self };
	return 0;
}

static int start_delegation(void *self, struct asks *asks, struct err *err)
{
	return delegation_start(self, asks, err);
}

static int answer_delegation(void *self, const struct answer *a, struct asks *asks, struct err *err)
{
	(void)asks;
	return delegation_answer(self, a, err);
}

static bool delegation_done(const void *self)
{
	return delegation_is_done(self);
}

static void free_delegation(void *self)
{
	delegation_free(self);
}

static const struct errand_kind delegation_errand = {
	"delegation", start_delegation, answer_delegation, delegation_done, free_delegation,
};

static int add_delegation(struct order *o, struct err *err)
{
	struct domain d = domain_of(o->options.tables->suffixes, o->host);
	struct delegation_options how = {
		.name = o->host,
		.is_registrable = slice_eq(d.registrable, o->host),
		.parking = o->options.tables->parking,
		.observe = observe,
		.ctx = o,
	};
	struct delegation *made;
	int rc = delegation_new(&how, &made, err);

	return rc ? rc : add(o, &delegation_errand, made, err);
}

static int start_registration(void *self, struct asks *asks, struct err *err)
{
	(void)asks; /* it was given them when it was made */
	return registration_errand_start(self, err);
}

static int answer_registration(void *self, const struct answer *a, struct asks *asks,
                               struct err *err)
{
	(void)asks;
	return registration_errand_told(self, a, err);
}

static bool registration_done(const void *self)
{
	return registration_errand_is_done(self);
}

static void free_registration(void *self)
{
	registration_errand_free(self);
}

static const struct errand_kind registration_kind = {
	"registration", start_registration, answer_registration, registration_done,
	free_registration,
};

/* Of the registrable name. The tenant of a platform registered nothing. */
static int add_registration(struct order *o, struct err *err)
{
	const struct order_tables *t = o->options.tables;
	struct subject site = subject_of_name(o->host, t->suffixes);
	struct registration_order how = {
		.subject = site,
		.bootstrap = t->bootstrap,
		.iana_whois = t->iana_whois,
		.key = t->key,
		.asks = &o->asks,
		.observe = observe,
		.observe_ctx = o,
	};
	struct registration_errand *made;

	if (site.kind != SUBJECT_REGISTRABLE)
		return 0;
	int rc = registration_errand_new(&how, &made, err);
	return rc ? rc : add(o, &registration_kind, made, err);
}

static int start_visit(void *self, struct asks *asks, struct err *err)
{
	return visit_start(self, asks, err);
}

static int answer_visit(void *self, const struct answer *a, struct asks *asks, struct err *err)
{
	return visit_answer(self, a, asks, err);
}

static bool visit_done(const void *self)
{
	return visit_is_done(self);
}

static void free_visit(void *self)
{
	visit_free(self);
}

static const struct errand_kind visit_kind = {
	"visit", start_visit, answer_visit, visit_done, free_visit,
};

static int add_visit(struct order *o, const struct vantage *vantage, struct err *err)
{
	struct visit_options how = { .subject = o->subject, .observe = observe, .ctx = o };
	struct visit *made;
	int rc = recipe_for(o->subject, vantage, &o->arena, &how.recipe, err);

	how.recipe.pages = o->options.pages;
	how.recipe.render = o->options.render;
	if (rc == 0)
		rc = visit_new(&how, &made, err);
	return rc ? rc : add(o, &visit_kind, made, err);
}

/* Visits first: what a site shows to each is asked for before anybody can tell it of the others. */
static int add_errands(struct order *o, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->options.vantage_n; i++)
		rc = add_visit(o, &o->options.vantage[i], err);
	if (rc == 0)
		rc = add_delegation(o, err);
	return rc ? rc : add_registration(o, err);
}

/* ---- the order ---- */

struct slice order_host(const struct subject *subject)
{
	struct arena a = { 0 };
	struct slice host = { 0 }, key = subject->key;
	struct url u;

	if (subject->kind == SUBJECT_REGISTRABLE || subject->kind == SUBJECT_HOST)
		return key;
	if (subject->kind == SUBJECT_URL && url_parse(key, &a, &u, NULL) == 0 && !u.host_is_ip) {
		size_t at = slice_find_slice(key, u.host);
		host = slice_sub(key, at, at + u.host.n);
	}
	arena_release(&a);
	return host;
}

int order_new(const struct order_options *options, struct order **out, struct err *err)
{
	struct order *o = calloc(1, sizeof(*o));

	if (!o)
		return no_memory(err);
	o->options = *options;
	o->subject = (struct subject){ options->subject.kind,
		                       arena_copy(&o->arena, options->subject.key) };
	o->observations = json_array();
	int rc = o->subject.key.p && o->observations ? 0 : no_memory(err);
	if (rc == 0) {
		o->host = order_host(&o->subject);
		if (o->host.n == 0)
			rc = err_set(err, ERR_USAGE, 0, "order: %.*s has no name",
			             SLICE_ARG(slice_sub(o->subject.key, 0, 120)));
	}
	if (rc == 0)
		rc = add_errands(o, err);
	if (rc)
		order_free(o);
	else
		*out = o;
	return rc;
}

void order_free(struct order *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->errand_n; i++)
		o->errand[i].kind->free(o->errand[i].self);
	free(o->errand);
	asks_release(&o->asks);
	free(o->owner);
	json_decref(o->observations);
	buf_release(&o->lines);
	arena_release(&o->arena);
	free(o);
}

/* What was asked since `before` is that errand's. */
static int own(struct order *o, uint32_t before, size_t errand, struct err *err)
{
	uint32_t last = o->asks.next;

	if (last > ASKS_MAX)
		return err_set(err, ERR_LIMIT, 0, "order: more than %d asks", ASKS_MAX);
	if (last > o->owner_cap) {
		size_t cap = o->owner_cap ? o->owner_cap : 64;
		while (cap < last)
			cap *= 2;
		uint16_t *more = reallocarray(o->owner, cap, sizeof(*more));
		if (!more)
			return no_memory(err);
		o->owner = more;
		o->owner_cap = cap;
	}
	for (uint32_t i = before; i < last; i++)
		o->owner[i] = (uint16_t)(errand + 1);
	o->waiting += last - before;
	return 0;
}

static bool all_done(const struct order *o)
{
	for (size_t i = 0; i < o->errand_n; i++)
		if (!o->errand[i].kind->is_done(o->errand[i].self))
			return false;
	return true;
}

/* After a step: the end, or an errand that waits for nothing. */
static int settle(struct order *o, struct err *err)
{
	if (o->waiting)
		return 0;
	if (!all_done(o))
		return err_set(err, ERR_CORRUPT, 0, "order: an errand waits for nothing");
	return finish(o, err);
}

int order_start(struct order *o, struct err *err)
{
	if (o->is_started)
		return err_set(err, ERR_USAGE, 0, "order: begun already");
	o->is_started = true;
	for (size_t i = 0; i < o->errand_n; i++) {
		uint32_t before = o->asks.next;
		int rc = o->errand[i].kind->start(o->errand[i].self, &o->asks, err);
		if (rc == 0)
			rc = own(o, before, i, err);
		if (rc)
			return rc;
	}
	return settle(o, err);
}

struct asks *order_asks(struct order *o)
{
	return &o->asks;
}

int order_step(struct order *o, const struct answer *a, struct err *err)
{
	if (a->number == 0 || a->number > o->asks.next || !o->owner[a->number - 1])
		return err_set(err, ERR_USAGE, 0, "order: nobody waits for answer %u", a->number);
	size_t i = o->owner[a->number - 1] - 1U;
	uint32_t before = o->asks.next;
	o->owner[a->number - 1] = 0;
	o->waiting--;
	int rc = o->errand[i].kind->answer(o->errand[i].self, a, &o->asks, err);
	if (rc == 0)
		rc = own(o, before, i, err);
	return rc ? rc : settle(o, err);
}

bool order_is_done(const struct order *o)
{
	return o->is_done;
}

struct slice order_lines(const struct order *o)
{
	return buf_slice(&o->lines);
}

size_t order_observation_n(const struct order *o)
{
	return json_array_size(o->observations);
}

const json_t *order_observations(const struct order *o)
{
	return o->observations;
}
