#include "cmd/act_case.h"

#include "cmd/casefile.h"
#include "cmd/making.h"
#include "cmd/standings.h"
#include "wire/timestamp.h"

struct proposal {
	struct slice by;
	int64_t seq;
};

struct history {
	struct act_case *c;
	struct arena *arena;
	struct slice act;            /* id of the act, hex */
	struct slice reviewer, destination, class;
	struct proposal proposal[ACT_CASE_PROPOSALS];
	size_t n;
	int64_t settled;             /* place of the last decision or correction that uses them up */
	int64_t until;               /* of the newest decision in force */
};

static bool is_by(const json_t *body, struct slice name)
{
	return slice_eq(json_text(json_array_get(json_arr(body, "actors"), 0)), name);
}

static int add_proposal(struct history *h, const json_t *body, int64_t seq, struct err *err)
{
	struct slice by = json_text(json_array_get(json_arr(body, "actors"), 0));

	if (h->n == ACT_CASE_PROPOSALS)
		return 0;
	by = arena_copy(h->arena, by);
	if (!by.p)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	h->proposal[h->n++] = (struct proposal){ by, seq };
	return 0;
}

/* A decision for the destination. Proposals before one that settled the matter are used up. */
static int see_decision(struct history *h, const struct store_record *r, const json_t *body,
                        struct err *err)
{
	struct slice class = json_str(json_array_get(json_arr(body, "cells"), 0), "class");
	struct slice state = json_str(body, "state"), until = json_str(body, "until");

	if (slice_eq_str(state, "recused"))
		return 0;
	if (r->period != h->c->period)
		return 0;
	if (slice_eq_str(state, "in_force")) {
		if ((slice_eq(class, h->class) || !standing_is_listed_class(class)) && r->seq > h->settled)
			h->settled = r->seq;
		if (!until.n || timestamp_parse(until, &h->until, NULL))
			h->until = STORE_NONE;
		return 0;
	}
	return slice_eq(class, h->class) ? add_proposal(h, body, r->seq, err) : 0;
}

static int see(void *ctx, const struct store_record *r, struct err *err)
{
	struct history *h = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	if (rc)
		return rc;
	const json_t *cell = json_array_get(json_arr(body, "cells"), 0);
	bool here = slice_eq(json_str(cell, "destination"), h->destination);
	if (here && slice_eq(json_str(body, "act"), h->act))
		h->c->is_known = true;
	if (slice_eq_str(json_str(body, "state"), "recused") && is_by(body, h->reviewer))
		h->c->is_recused = true;
	if (here && slice_eq_str(r->type, "decision"))
		rc = see_decision(h, r, body, err);
	else if (here && r->period == h->c->period && r->seq > h->settled)
		h->settled = r->seq;
	json_decref(body);
	return rc;
}

static int walk(struct acts *acts, const char *type, struct slice kind, struct slice key,
                struct history *h, struct err *err)
{
	struct store_filter f = { .type = slice_str(type), .kind = kind, .key = key };

	return store_each_record(acts->book->store, &f, see, h, err);
}

static int see_recusal(void *ctx, const struct store_record *r, struct err *err)
{
	struct history *h = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	if (rc == 0 && slice_eq_str(json_str(body, "state"), "recused") && is_by(body, h->reviewer))
		h->c->is_recused = true;
	json_decref(body);
	return rc;
}

/* Who is recused from a name is recused from what lies under it. */
static int read_recusals(struct acts *acts, const struct record *act, struct history *h,
                         struct err *err)
{
	struct subject registered;

	if (!acts->suffixes || !act->has_subject)
		return 0;
	int rc = casefile_registered(act->subject, acts->suffixes, h->arena, &registered, err);
	if (rc || slice_eq(registered.key, act->key))
		return rc;
	struct store_filter f = { .type = SLICE("decision"),
		                  .kind = slice_str(subject_kind_name(registered.kind)),
		                  .key = registered.key };
	return store_each_record(acts->book->store, &f, see_recusal, h, err);
}

static int read_verdict(struct acts *acts, struct act_case *c, struct arena *a, struct err *err)
{
	struct store_record r;

	if (!c->standing || !c->standing->verdict)
		return 0;
	int rc = store_get_record(acts->book->store, c->standing->verdict->record, a, &r, err);
	if (rc == 0)
		rc = json_parse_object(r.body, RECORD_LINE_MAX, &c->verdict, err);
	if (rc == 0)
		c->captures = (size_t)json_i64(c->verdict, "captures", 0);
	return rc;
}

int act_case_read(struct acts *acts, const struct record *act, struct slice reviewer,
                  struct slice destination, struct slice class, struct arena *a,
                  struct act_case *out, struct err *err)
{
	char id[SHA256_HEX];
	struct history h = { .c = out, .arena = a, .reviewer = reviewer, .destination = destination,
		             .class = class, .until = STORE_NONE };

	*out = (struct act_case){ 0 };
	record_id_hex(act, id);
	h.act = slice_str(id);
	int rc = standings_at(acts->book->store, act, destination, a, &out->standing, err);
	if (rc)
		return rc;
	out->period = out->standing && out->standing->has_period ? out->standing->period : STORE_NONE;
	rc = walk(acts, "decision", act->kind, act->key, &h, err);
	if (rc == 0)
		rc = walk(acts, "correction", act->kind, act->key, &h, err);
	if (rc == 0)
		rc = read_recusals(acts, act, &h, err);
	if (rc == 0)
		rc = read_verdict(acts, out, a, err);
	for (size_t i = 0; i < h.n; i++)
		if (h.proposal[i].seq > h.settled)
			out->proposed_by[out->proposed_n++] = h.proposal[i].by;
	out->is_due = h.until != STORE_NONE && h.until - act->at <= MAKING_DUE_S;
	return rc;
}

void act_case_release(struct act_case *c)
{
	json_decref(c->verdict);
	c->verdict = NULL;
}
