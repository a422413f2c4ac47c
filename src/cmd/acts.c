#include "cmd/acts.h"

#include "cmd/act_case.h"
#include "cmd/authority.h"
#include "cmd/guard.h"
#include "cmd/hold.h"
#include "cmd/making.h"
#include "cmd/standings.h"
#include "store/redact.h"
#include "wire/timestamp.h"

/* ---- one destination of an act ---- */

static int refuse(struct act_outcome *out, const struct err *why, struct arena *a, struct err *err)
{
	out->result = ACT_REFUSED;
	out->why = arena_printf(a, "%s", why->what);
	return out->why ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int make(struct making *m, int answer, struct act_case *c, struct act_outcome *out,
                struct err *err)
{
	if (slice_eq_str(m->act->type_name, "correction")) {
		out->result = ACT_CORRECTED;
		return making_correction(m, err);
	}
	if (answer == DOCKET_PROPOSED) {
		out->result = ACT_PROPOSED;
		return making_decision(m, MAKING_PROPOSED, err);
	}
	out->result = answer == DOCKET_DISMISSED ? ACT_DISMISSED : ACT_IN_FORCE;
	if (answer == DOCKET_IN_FORCE) {
		m->proposed_by = c->proposed_by;
		m->proposed_n = c->proposed_n;
	}
	return making_decision(m, MAKING_IN_FORCE, err);
}

/* What the docket allows, the guards may stop, or keep as a proposal until a second reviewer agrees.
 * Returns an enum docket_answer, ERR_REFUSED, or what the store says. */
static int ask_guards(const struct making *m, const struct act_case *c, int answer,
                      struct guard_asked *asked, struct err *why)
{
	if (answer == DOCKET_DISMISSED || !standing_is_listed_class(m->class) ||
	    slice_eq_str(m->act->type_name, "correction"))
		return answer;
	int rc = guard_basis(m->acts->book->store, c->verdict, m->destination, why);
	if (rc || !m->acts->guard)
		return rc ? rc : answer;
	*asked = (struct guard_asked){ .subject = m->act->subject, .reviewers = c->proposed_n + 1,
		                       .popular = json_str(m->act->body, "popular"),
		                       .mass = json_str(m->act->body, "mass"),
		                       .proposed = answer == DOCKET_PROPOSED };
	rc = guard_listing(m->acts->guard, asked, why);
	return rc == GUARD_PROPOSE ? DOCKET_PROPOSED : rc == GUARD_PASS ? answer : rc;
}

/* The act is judged, and what it comes to is put. */
static int judge(struct making *m, struct act_case *c, struct act_outcome *out, struct arena *a,
                 struct err *err)
{
	const struct record *act = m->act;
	struct slice harm = json_str(act->body, "imminent_harm");
	struct docket_act judged = { m->reviewer, m->destination, m->class,
		                     slice_eq_str(act->type_name, "correction"), act->at };
	struct guard_asked asked = { 0 };
	struct hold hold = { 0 };
	struct err why = { 0 };
	int rc = 0;

	if (standing_is_listed_class(m->class) && !judged.is_correction)
		rc = hold_read(m->acts, &act->subject, m->destination, m->period, act->at, harm, a,
		               &hold, err);
	if (rc)
		return rc;
	struct docket_case on_table = { c->standing, c->captures, c->proposed_by, c->proposed_n,
		                        c->is_recused, c->is_due, hold.why };
	int answer = docket_judge(&judged, &on_table, &why);
	if (answer >= 0)
		answer = ask_guards(m, c, answer, &asked, &why);
	if (answer == ERR_REFUSED)
		return refuse(out, &why, a, err);
	if (answer < 0) {
		if (err)
			*err = why;
		return answer;
	}
	if (answer == DOCKET_IN_FORCE)
		m->told = hold.told;
	rc = make(m, answer, c, out, err);
	if (rc == 0 && out->result == ACT_IN_FORCE && m->acts->guard)
		guard_listed(m->acts->guard, &asked);
	if (rc == 0 && answer == DOCKET_IN_FORCE && hold.waives)
		rc = hold_waive(m->acts, &act->subject, m->destination, m->period, act->src, harm, err);
	return rc;
}

static int carry_out_cell(struct acts *acts, const struct record *act, const json_t *cell,
                          struct act_outcome *out, struct arena *a, struct err *err)
{
	struct making m = { .acts = acts, .act = act, .kind = act->kind, .key = act->key, .at = act->at,
		            .reviewer = slice_sub(act->src, SLICE("reviewer:").n, act->src.n),
		            .destination = json_str(cell, "destination"),
		            .class = json_str(cell, "class"),
		            .reason = json_str(act->body, "reason") };
	struct act_case c;

	*out = (struct act_outcome){ ACT_KNOWN, m.destination, "" };
	int rc = act_case_read(acts, act, m.reviewer, m.destination, m.class, a, &c, err);
	if (rc == 0 && !c.is_known) {
		m.standing = c.standing;
		m.period = c.period;
		m.verdict = c.verdict;
		if (slice_eq_str(json_str(act->body, "state"), "recused")) {
			out->result = ACT_RECUSED;
			rc = making_decision(&m, MAKING_RECUSED, err);
		} else {
			rc = judge(&m, &c, out, a, err);
		}
	}
	act_case_release(&c);
	return rc;
}

static int check_act(const struct acts *acts, const struct record *act, struct arena *a,
                     struct err *err)
{
	struct authority who;
	struct subject subject;

	if (!slice_starts(act->src, SLICE("reviewer:")))
		return err_set(err, ERR_SYNTAX, 0, "an act's src is \"reviewer:NAME\", not \"%.*s\"",
		               SLICE_ARG(slice_sub(act->src, 0, 60)));
	struct slice name = slice_sub(act->src, SLICE("reviewer:").n, act->src.n);
	int rc = authority_reviewer(acts->book->store, acts->config, name, a, &who, err);
	if (rc == ERR_REFUSED && err)
		err->code = ERR_SYNTAX; /* it is no act */
	if (rc)
		return rc == ERR_REFUSED ? ERR_SYNTAX : rc;
	if (who.has_key && !slice_eq(acts->signed_by, name))
		return err_set(err, ERR_SYNTAX, 0,
		               "%.*s was enrolled with a key and decides by signed acts alone: assay "
		               "review take FILE", SLICE_ARG(name));
	if (!json_str(act->body, "reason").n)
		return err_set(err, ERR_SYNTAX, 0, "an act gives its reason");
	return subject_from_key(act->kind, act->key, &subject, err);
}

int acts_carry_out(struct acts *acts, const struct record *act, act_told_fn told, void *ctx,
                   struct err *err)
{
	struct arena a = { 0 };
	const json_t *cells = json_arr(act->body, "cells");
	size_t n = json_array_size(cells), done = 0;
	struct act_outcome *outcome = arena_array(&a, n, sizeof(*outcome));
	int rc = outcome ? check_act(acts, act, &a, err)
	                 : err_set(err, ERR_NOMEM, 0, "out of memory");

	if (rc == 0)
		rc = store_begin(acts->book->store, err);
	if (rc) {
		arena_release(&a);
		return rc;
	}
	for (; rc == 0 && done < n; done++)
		rc = carry_out_cell(acts, act, json_array_get(cells, done), &outcome[done], &a, err);
	if (rc == 0)
		rc = store_commit(acts->book->store, err);
	if (rc)
		store_rollback(acts->book->store);
	for (size_t i = 0; rc == 0 && told && i < n; i++)
		told(ctx, &outcome[i]);
	arena_release(&a);
	return rc;
}

/* ---- what happens without a person ---- */

/* One act of the machine, in a transaction of its own. */
static int alone(struct making *m, int (*does)(struct making *m, struct err *err), struct err *err)
{
	struct store *store = m->acts->book->store;
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = does(m, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc)
		store_rollback(store);
	return rc;
}

struct lifting {
	struct making m;
	struct slice was;
	struct sha256 decision;
};

static int lift(struct making *m, struct err *err)
{
	struct lifting *l = (struct lifting *)m;

	return making_listing(m, "remove", l->was, l->decision, err);
}

/* A listing that was redacted: the last decision of that registration for its destination, from the
 * rows that stay. */
static int decided_as(struct store *store, const struct store_record *listing,
                      const struct store_listing *row, struct arena *a, struct slice *class,
                      struct sha256 *decision, bool *known, struct err *err)
{
	struct store_cell *cell = NULL;
	size_t n = 0;
	int rc = store_cells(store, row->kind, row->key, a, &cell, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (cell[i].from != STORE_DECISION || cell[i].period != listing->period ||
		    !slice_eq(cell[i].destination, row->destination))
			continue;
		*class = cell[i].cls;
		*decision = cell[i].record;
		*known = true;
	}
	return rc;
}

/* End one listing whose registration is over. */
static int end_listing(struct acts *acts, struct slice kind, struct slice key,
                       const struct store_record *r, const struct store_listing *row,
                       struct arena *a, struct err *err)
{
	json_t *body = NULL;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	if (rc)
		return rc;
	const json_t *cell = json_array_get(json_arr(body, "cells"), 0);
	struct lifting l = {
		.m = { .acts = acts, .kind = kind, .key = key, .at = acts->now, .period = r->period,
		       .destination = row->destination, .class = SLICE("unverified"),
		       .reason = SLICE("the name was registered anew: what was decided belongs to the "
		                       "earlier registration") },
		.was = json_str(cell, "class"),
	};
	bool known = sha256_parse_hex(json_str(body, "decision"), &l.decision);
	if (store_is_redacted(r->body))
		rc = decided_as(acts->book->store, r, row, a, &l.was, &l.decision, &known, err);
	if (rc == 0 && !known)
		rc = err_set(err, ERR_CORRUPT, 0, "a listing of %.*s names no decision",
		             SLICE_ARG(key));
	if (rc == 0)
		rc = alone(&l.m, lift, err);
	json_decref(body);
	return rc;
}

int acts_end_period(struct acts *acts, const struct subject *subject, int64_t current,
                    size_t *ended, struct err *err)
{
	struct arena a = { 0 };
	struct store_listing *row = NULL;
	size_t n = 0;
	struct slice kind = slice_str(subject_kind_name(subject->kind));
	int rc = store_listings(acts->book->store, kind, subject->key, &a, &row, &n, err);

	*ended = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct store_record r;
		if (slice_eq_str(row[i].action, "remove"))
			continue;
		rc = store_get_record(acts->book->store, row[i].record, &a, &r, err);
		if (rc || r.period == STORE_NONE || current == STORE_NONE || r.period >= current)
			continue;
		rc = end_listing(acts, kind, subject->key, &r, &row[i], &a, err);
		(*ended)++;
	}
	arena_release(&a);
	return rc;
}

/* When the decision in force ends; STORE_NONE: it says nothing of it. */
static int end_of(struct acts *acts, const struct standing *s, struct arena *a, int64_t *until,
                  struct err *err)
{
	struct store_record r;
	json_t *body = NULL;
	int rc = store_get_record(acts->book->store, s->decision->record, a, &r, err);

	*until = STORE_NONE;
	if (rc == 0)
		rc = json_parse_object(r.body, RECORD_LINE_MAX, &body, err);
	if (rc == 0 && json_str(body, "until").n)
		rc = timestamp_parse(json_str(body, "until"), until, err);
	json_decref(body);
	return rc;
}

int acts_expire(struct acts *acts, const struct subject *subject, size_t *expired, struct err *err)
{
	struct arena a = { 0 };
	struct store_cell *cell = NULL;
	struct standing *list = NULL;
	size_t cells = 0, n = 0;
	struct slice kind = slice_str(subject_kind_name(subject->kind));
	int64_t until;
	int rc = store_cells(acts->book->store, kind, subject->key, &a, &cell, &cells, err);

	*expired = 0;
	if (rc == 0 && cells)
		rc = standings_from(cell, cells, STORE_NONE, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (list[i].state != STATE_LISTED)
			continue;
		rc = end_of(acts, &list[i], &a, &until, err);
		if (rc || until == STORE_NONE || until > acts->now)
			continue;
		struct making m = { .acts = acts, .kind = kind, .key = subject->key, .at = acts->now,
			            .destination = list[i].destination, .class = SLICE("unverified"),
			            .period = list[i].has_period ? list[i].period : STORE_NONE,
			            .standing = &list[i],
			            .reason = SLICE("its review date has passed and nobody has decided it "
			                            "anew") };
		rc = alone(&m, making_expiry, err);
		(*expired)++;
	}
	arena_release(&a);
	return rc;
}

static int decide_by_rule(struct making *m, struct err *err)
{
	return making_decision(m, MAKING_AUTOMATIC, err);
}

int acts_automatic(struct acts *acts, const struct record *verdict,
                   const struct slice *automatic_cells, size_t n, int64_t period, struct err *err)
{
	struct arena a = { 0 };
	struct subject subject;
	struct standing *list = NULL;
	struct store_cell *cell = NULL;
	size_t standings = 0, cells = 0;
	int rc = subject_from_key(verdict->kind, verdict->key, &subject, err);

	if (rc == 0)
		rc = store_cells(acts->book->store, verdict->kind, verdict->key, &a, &cell, &cells, err);
	if (rc == 0)
		rc = standings_from(cell, cells, period, &a, &list, &standings, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct standing *s = NULL;
		for (size_t k = 0; k < standings; k++)
			if (list[k].is_current && slice_eq(list[k].destination, automatic_cells[i]))
				s = &list[k];
		if (!s || s->decision)
			continue; /* decided, or corrected, by people: the machine does not overrule them */
		struct hold hold;
		rc = hold_read(acts, &subject, automatic_cells[i], period, acts->now, SLICE(""), &a, &hold,
		               err);
		if (rc || hold.why)
			continue; /* the operator is to be told first: it waits */
		struct making m = { .acts = acts, .kind = verdict->kind, .key = verdict->key,
			            .reviewer = SLICE("assay"), .destination = automatic_cells[i],
			            .class = SLICE("unapproved"), .at = acts->now, .period = period,
			            .standing = s, .verdict = verdict->body, .told = hold.told,
			            .reason = SLICE("listed by rule, without a person: the operator has "
			                            "switched that on") };
		rc = alone(&m, decide_by_rule, err);
	}
	arena_release(&a);
	return rc;
}
