#include "cmd/acts.h"

#include "cmd/casefile.h"
#include "store/redact.h"
#include "wire/timestamp.h"

enum { REVIEW_AFTER_S = 365 * 86400, PROPOSALS_MAX = 64 };

static enum standing_from from_of(enum store_cell_from f)
{
	switch (f) {
	case STORE_DECISION: return STANDING_DECISION;
	case STORE_CORRECTION: return STANDING_CORRECTION;
	case STORE_VERDICT: break;
	}
	return STANDING_VERDICT;
}

static int standing_from(const struct store_cell *cell, size_t cells, int64_t current,
                         struct arena *a, struct standing **out, size_t *n, struct err *err)
{
	struct standing_event *event = arena_array(a, cells, sizeof(*event));
	if (!event)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < cells; i++)
		event[i] = (struct standing_event){
			.from = from_of(cell[i].from), .destination = cell[i].destination,
			.class = cell[i].cls, .ground = cell[i].ground,
			.has_period = cell[i].period != STORE_NONE,
			.period = cell[i].period != STORE_NONE ? cell[i].period : 0,
			.at = cell[i].at, .order = cell[i].seq, .record = cell[i].record,
		};
	return standing_of(event, cells, current != STORE_NONE, current != STORE_NONE ? current : 0, a,
	                   out, n, err);
}

int acts_standing(struct store *store, struct subject subject, const struct suffixes *suffixes,
                  struct arena *a, struct standing **out, size_t *n, struct err *err)
{
	struct store_cell *cell = NULL;
	struct subject registered;
	int64_t current = STORE_NONE;
	size_t cells = 0;
	int rc = store_cells(store, slice_str(subject_kind_name(subject.kind)), subject.key, a, &cell,
	                     &cells, err);

	/* Most of what is asked for was never judged: then no registration has to be looked for. */
	if (rc == 0 && cells)
		rc = casefile_registered(subject, suffixes, a, &registered, err);
	if (rc == 0 && cells)
		rc = acts_current_period(store, &registered, &current, err);
	return rc ? rc : standing_from(cell, cells, current, a, out, n, err);
}

static int newest_period(void *ctx, const struct store_record *r, struct err *err)
{
	int64_t *newest = ctx, created;
	json_t *body = NULL;

	/* Most observations are pages. Bodies are canonical, so the member is written in one way. */
	if (slice_find_slice(r->body, SLICE("\"registration\":{")) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	if (rc)
		return rc;
	if (casefile_created(body, &created) && created > *newest)
		*newest = created;
	json_decref(body);
	return 0;
}

int acts_current_period(struct store *store, const struct subject *registered, int64_t *out,
                        struct err *err)
{
	struct store_filter f = { .type = SLICE("observation"),
		                  .kind = slice_str(subject_kind_name(registered->kind)),
		                  .key = registered->key };

	*out = STORE_NONE;
	return store_each_record(store, &f, newest_period, out, err);
}

/* ---- the case of an act ---- */

struct history {
	struct slice act;         /* id of the act, hex */
	struct slice destination;
	struct slice class;
	int64_t period;
	bool known;               /* the act was carried out for this destination already */
	struct slice proposed_by[PROPOSALS_MAX];
	size_t proposed_n;
	struct arena *arena;
};

/* Decisions of the subject so far: was this act carried out, and who has proposed? */
static int see_decision(void *ctx, const struct store_record *r, struct err *err)
{
	struct history *h = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	if (rc)
		return rc;
	const json_t *cell = json_array_get(json_arr(body, "cells"), 0);
	bool here = slice_eq(json_str(cell, "destination"), h->destination);
	if (here && slice_eq(json_str(body, "act"), h->act))
		h->known = true;
	if (here && r->period == h->period && slice_eq(json_str(cell, "class"), h->class)) {
		const json_t *actors = json_arr(body, "actors");
		if (slice_eq_str(json_str(body, "state"), "in_force"))
			h->proposed_n = 0; /* proposals before it are used up */
		else if (slice_eq_str(r->type, "decision") && h->proposed_n < PROPOSALS_MAX) {
			struct slice name = arena_copy(h->arena, json_text(json_array_get(actors, 0)));
			if (!name.p)
				rc = err_set(err, ERR_NOMEM, 0, "out of memory");
			h->proposed_by[h->proposed_n++] = name;
		}
	}
	json_decref(body);
	return rc;
}

static int read_history(struct store *store, const struct record *act, struct history *h,
                        struct err *err)
{
	static const char *const types[] = { "decision", "correction" };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		struct store_filter f = { .type = slice_str(types[i]), .kind = act->kind,
			                  .key = act->key };
		rc = store_each_record(store, &f, see_decision, h, err);
	}
	return rc;
}

/* The standing that an act is about: of the latest registration that had begun by then. Cells of
 * other registrations are none of its business. */
static int standing_at(struct store *store, const struct record *act, struct slice destination,
                       struct arena *a, const struct standing **out, struct err *err)
{
	struct store_cell *cell = NULL;
	struct standing *list = NULL;
	size_t cells = 0, n = 0, kept = 0;
	int64_t period = STORE_NONE;
	int rc = store_cells(store, act->kind, act->key, a, &cell, &cells, err);

	*out = NULL;
	if (rc)
		return rc;
	for (size_t i = 0; i < cells; i++)
		if (cell[i].period != STORE_NONE && cell[i].period <= act->at &&
		    slice_eq(cell[i].destination, destination) &&
		    (period == STORE_NONE || cell[i].period > period))
			period = cell[i].period;
	for (size_t i = 0; i < cells; i++)
		if (cell[i].period == period && slice_eq(cell[i].destination, destination))
			cell[kept++] = cell[i];
	rc = standing_from(cell, kept, period, a, &list, &n, err);
	if (rc == 0 && n)
		*out = list;
	return rc;
}

static int captures_of(struct store *store, const struct standing *s, struct arena *a,
                       size_t *captures, json_t **verdict, struct err *err)
{
	struct store_record r;

	*captures = 0;
	if (!s || !s->verdict)
		return 0;
	int rc = store_get_record(store, s->verdict->record, a, &r, err);
	if (rc == 0)
		rc = json_parse_object(r.body, RECORD_LINE_MAX, verdict, err);
	if (rc == 0)
		*captures = (size_t)json_i64(*verdict, "captures", 0);
	return rc;
}

/* ---- records that follow ---- */

static json_t *cell_json(struct slice destination, struct slice class)
{
	json_t *list = json_array(), *cell = json_object();

	if (json_put_str(cell, "destination", destination) | json_put_str(cell, "class", class) |
	    json_add_new(list, cell)) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static void set_period(struct record *r, int64_t period)
{
	if (period != STORE_NONE)
		record_set_time(r, "period", period);
}

/* Article 17 of the EU's Digital Services Act is the model: facts, ground and law, territory,
 * automation in detection and in decision, redress. */
static json_t *statement_json(const struct config *config, const json_t *verdict,
                              struct slice destination, bool automatic)
{
	json_t *o = json_object(), *grounds = json_array();
	const json_t *cell;
	size_t i, k;
	json_t *id;

	json_array_foreach(json_arr(verdict, "cells"), i, cell)
	{
		if (!slice_eq(json_str(cell, "destination"), destination))
			continue;
		json_array_foreach(json_arr(cell, "findings"), k, id) json_array_append(grounds, id);
	}
	int failed = json_put_new(o, "findings", grounds);
	failed |= json_put_str(o, "territory", destination);
	failed |= json_put_str(o, "detection", SLICE("automatic"));
	failed |= json_put_str(o, "decision", automatic ? SLICE("automatic") : SLICE("people"));
	failed |= json_put_str(o, "redress",
	                       slice_str(config->appeal_address ? config->appeal_address
	                                                        : "ask the operator of this list"));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

struct making {
	struct acts *acts;
	const struct record *act;    /* NULL: the machine */
	struct slice kind, key, reviewer, destination, class, reason;
	int64_t at, period;
	const struct standing *standing;
	const json_t *verdict;
	const struct slice *proposed_by;
	size_t proposed_n;
};

static json_t *actors_json(const struct making *m)
{
	json_t *list = json_array();
	int failed = json_add_str(list, m->reviewer);

	for (size_t i = 0; i < m->proposed_n; i++)
		failed |= json_add_str(list, m->proposed_by[i]);
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static void set_id(struct record *r, const char *field, struct sha256 id)
{
	char hex[SHA256_HEX];

	sha256_hex(id, hex);
	record_set_str(r, field, slice_str(hex));
}

static int put(struct making *m, struct record *r, struct err *err)
{
	int rc = record_finish(r, err);

	if (rc == 0)
		rc = ledgerbook_put(m->acts->book, r, m->period, NULL, err);
	return rc;
}

static int put_listing(struct making *m, const char *action, struct sha256 decision,
                       struct err *err)
{
	struct record r;

	record_new(&r, "listing", 1, m->kind, m->key, m->at, SLICE("assay"));
	record_set_str(&r, "list", slice_str(m->acts->config->list_name));
	record_set_str(&r, "action", slice_str(action));
	record_set_new(&r, "cells", cell_json(m->destination, m->class));
	record_set_str(&r, "reason", m->reason);
	set_id(&r, "decision", decision);
	if (action[0] != 'r')
		record_set_time(&r, "expires", m->at + REVIEW_AFTER_S);
	set_period(&r, m->period);
	int rc = put(m, &r, err);
	record_release(&r);
	return rc;
}

static int put_decision(struct making *m, bool in_force, bool automatic, struct err *err)
{
	struct record r;
	const struct standing *s = m->standing;

	record_new(&r, "decision", 1, m->kind, m->key, m->at,
	           m->act ? m->act->src : SLICE("assay:automatic"));
	record_set_new(&r, "cells", cell_json(m->destination, m->class));
	record_set_str(&r, "reason", m->reason);
	record_set_new(&r, "actors", actors_json(m));
	record_set_flag(&r, "automatic", automatic);
	record_set_str(&r, "state", in_force ? SLICE("in_force") : SLICE("proposed"));
	if (s && s->verdict)
		set_id(&r, "basis", s->verdict->record);
	if (s && s->decision)
		set_id(&r, "supersedes", s->decision->record);
	if (m->act)
		set_id(&r, "act", m->act->id);
	if (in_force) {
		record_set_time(&r, "from", m->at);
		record_set_time(&r, "until", m->at + REVIEW_AFTER_S);
	}
	record_set_new(&r, "statement",
	               statement_json(m->acts->config, m->verdict, m->destination, automatic));
	set_period(&r, m->period);
	int rc = put(m, &r, err);
	if (rc == 0 && in_force)
		rc = put_listing(m, s && s->decision && !s->correction ? "change" : "add", r.id, err);
	record_release(&r);
	return rc;
}

static int put_correction(struct making *m, struct err *err)
{
	struct record r;

	record_new(&r, "correction", 1, m->kind, m->key, m->at, m->act->src);
	record_set_new(&r, "cells", cell_json(m->destination, m->class));
	record_set_str(&r, "reason", m->reason);
	record_set_new(&r, "actors", actors_json(m));
	set_id(&r, "supersedes", m->standing->decision->record);
	set_id(&r, "act", m->act->id);
	set_period(&r, m->period);
	int rc = put(m, &r, err);
	if (rc == 0)
		rc = put_listing(m, standing_is_listed_class(m->class) ? "change" : "remove", r.id, err);
	record_release(&r);
	return rc;
}

/* ---- one destination of an act ---- */

static int carry_out_cell(struct acts *acts, const struct record *act, const json_t *cell,
                          struct act_outcome *out, struct arena *a,
                          struct err *err)
{
	struct making m = { .acts = acts, .act = act, .kind = act->kind, .key = act->key, .at = act->at,
		            .destination = json_str(cell, "destination"),
		            .class = json_str(cell, "class"),
		            .reason = json_str(act->body, "reason") };
	size_t captures = 0;
	json_t *verdict = NULL;
	char id[SHA256_HEX];
	bool is_correction = slice_eq_str(act->type_name, "correction");
	struct store *store = acts->book->store;

	m.reviewer = slice_sub(act->src, SLICE("reviewer:").n, act->src.n);
	record_id_hex(act, id);
	*out = (struct act_outcome){ ACT_KNOWN, m.destination, "" };
	int rc = standing_at(store, act, m.destination, a, &m.standing, err);
	if (rc)
		return rc;
	m.period = m.standing && m.standing->has_period ? m.standing->period : STORE_NONE;
	struct history h = { .act = slice_str(id), .destination = m.destination, .class = m.class,
		             .period = m.period, .arena = a };
	rc = read_history(store, act, &h, err);
	if (rc || h.known)
		return rc;
	rc = captures_of(store, m.standing, a, &captures, &verdict, err);
	if (rc)
		return rc;
	struct docket_act judged = { m.reviewer, m.destination, m.class, is_correction, act->at };
	struct docket_case c = { m.standing, captures, h.proposed_by, h.proposed_n };
	struct err why = { 0 };
	int answer = docket_judge(&judged, &c, &why);
	m.verdict = verdict;
	if (answer < 0) {
		out->result = ACT_REFUSED;
		out->why = arena_printf(a, "%s", why.what);
		if (!out->why)
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	} else if (is_correction) {
		out->result = ACT_CORRECTED;
		rc = put_correction(&m, err);
	} else {
		out->result = answer == DOCKET_IN_FORCE ? ACT_IN_FORCE : ACT_PROPOSED;
		if (answer == DOCKET_IN_FORCE) {
			m.proposed_by = h.proposed_by;
			m.proposed_n = h.proposed_n;
		}
		rc = put_decision(&m, answer == DOCKET_IN_FORCE, false, err);
	}
	json_decref(verdict);
	return rc;
}

static int check_act(const struct acts *acts, const struct record *act, struct subject *subject,
                     struct err *err)
{
	if (!slice_starts(act->src, SLICE("reviewer:")))
		return err_set(err, ERR_SYNTAX, 0, "an act's src is \"reviewer:NAME\", not \"%.*s\"",
		               SLICE_ARG(slice_sub(act->src, 0, 60)));
	struct slice name = slice_sub(act->src, SLICE("reviewer:").n, act->src.n);
	if (!config_reviewer_find(acts->config, name))
		return err_set(err, ERR_SYNTAX, 0,
		               "'%.*s' is no reviewer: name reviewers in assay.yaml", SLICE_ARG(name));
	if (!json_str(act->body, "reason").n)
		return err_set(err, ERR_SYNTAX, 0, "an act gives its reason");
	return subject_from_key(act->kind, act->key, subject, err);
}

int acts_carry_out(struct acts *acts, const struct record *act, act_told_fn told, void *ctx,
                   struct err *err)
{
	struct arena a = { 0 };
	struct subject subject;
	const json_t *cells = json_arr(act->body, "cells");
	size_t n = json_array_size(cells), done = 0;
	int rc = check_act(acts, act, &subject, err);

	if (rc)
		return rc;
	struct act_outcome *outcome = arena_array(&a, n, sizeof(*outcome));
	if (!outcome)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	rc = store_begin(acts->book->store, err);
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

int acts_end_period(struct acts *acts, const struct subject *subject, int64_t current,
                    size_t *ended, struct err *err)
{
	struct arena a = { 0 };
	struct store_listing *row = NULL;
	size_t n = 0;
	struct slice kind = slice_str(subject_kind_name(subject->kind));
	struct store *store = acts->book->store;
	int rc = store_listings(store, kind, subject->key, &a, &row, &n, err);

	*ended = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct store_record r;
		struct sha256 decision = { { 0 } };
		if (slice_eq_str(row[i].action, "remove"))
			continue;
		rc = store_get_record(store, row[i].record, &a, &r, err);
		if (rc || r.period == STORE_NONE || current == STORE_NONE || r.period >= current)
			continue;
		json_t *body = NULL;
		rc = json_parse_object(r.body, RECORD_LINE_MAX, &body, err);
		if (rc)
			break;
		const json_t *cell = json_array_get(json_arr(body, "cells"), 0);
		struct slice destination = json_str(cell, "destination"),
			     class = json_str(cell, "class");
		bool known = sha256_parse_hex(json_str(body, "decision"), &decision);
		if (store_is_redacted(r.body))
			rc = decided_as(store, &r, &row[i], &a, &class, &decision, &known, err);
		if (store_is_redacted(r.body))
			destination = row[i].destination;
		if (rc) {
			json_decref(body);
			break;
		}
		struct making m = { .acts = acts, .kind = kind, .key = subject->key, .at = acts->now,
			            .period = r.period, .destination = destination,
			            .class = class,
			            .reason = SLICE("the name was registered anew: what was decided "
			                            "belongs to the earlier registration") };
		if (known)
			rc = store_begin(store, err);
		else
			rc = err_set(err, ERR_CORRUPT, 0, "a listing of %.*s names no decision",
			             SLICE_ARG(subject->key));
		if (rc == 0)
			rc = put_listing(&m, "remove", decision, err);
		if (rc == 0)
			rc = store_commit(store, err);
		if (rc)
			store_rollback(store);
		json_decref(body);
		(*ended)++;
	}
	arena_release(&a);
	return rc;
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
		rc = standing_from(cell, cells, period, &a, &list, &standings, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct standing *s = NULL;
		for (size_t k = 0; k < standings; k++)
			if (list[k].is_current && slice_eq(list[k].destination, automatic_cells[i]))
				s = &list[k];
		if (!s || s->decision)
			continue; /* decided, or corrected, by people: the machine does not overrule them */
		struct making m = { .acts = acts, .kind = verdict->kind, .key = verdict->key,
			            .reviewer = SLICE("assay"), .destination = automatic_cells[i],
			            .class = SLICE("unapproved"), .at = acts->now, .period = period,
			            .standing = s, .verdict = verdict->body,
			            .reason = SLICE("listed by rule, without a person: the operator has "
			                            "switched that on") };
		rc = store_begin(acts->book->store, err);
		if (rc == 0)
			rc = put_decision(&m, true, true, err);
		if (rc == 0)
			rc = store_commit(acts->book->store, err);
		if (rc)
			store_rollback(acts->book->store);
	}
	arena_release(&a);
	return rc;
}
