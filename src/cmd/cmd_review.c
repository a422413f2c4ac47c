/* assay review [list|due|show|timeline|decide|recuse|expire|sign|take]: what waits for people, and their acts. */
#include "cmd/review.h"

#include "cmd/act_case.h"
#include "cmd/making.h"

#include <string.h>

/* ---- one act ---- */

int review_subject(struct review *r, const char *name, struct arena *a, struct subject *out,
                   struct err *err)
{
	int rc = subject_parse(slice_str(name), r->rules.suffixes, a, out, err);

	/* A path on somebody's site is a subject of its own where it was judged apart. */
	if (rc == 0 && out->kind == SUBJECT_HOST)
		rc = subject_site(*out, r->rules.suffixes, a, out, err);
	return rc;
}

const char *review_outcome(enum act_result result)
{
	static const char *const said[ACT_RESULTS] = {
		[ACT_IN_FORCE] = "in force: it is listed",
		[ACT_PROPOSED] = "proposed: rogue takes a second reviewer",
		[ACT_CORRECTED] = "corrected",
		[ACT_REFUSED] = "refused",
		[ACT_KNOWN] = "known already: this act was carried out before",
		[ACT_DISMISSED] = "in force: it waits no longer, and nothing is listed",
		[ACT_RECUSED] = "recused: this reviewer decides nothing about it",
	};

	return said[result];
}

int review_open_book(struct review *r, struct ledgerbook *book, struct acts *acts, struct err *err)
{
	int rc = ledgerbook_open(r->store, &r->cmd->config, r->cmd->at, book, err);

	if (rc == 0)
		rc = ledgerbook_sync(book, NULL, err);
	if (rc == 0)
		rc = guard_open(r->store, &r->cmd->config, r->rules.suffixes, r->cmd->at, &r->guard, err);
	*acts = (struct acts){ book, &r->cmd->config, r->cmd->at, r->rules.suffixes, SLICE(""),
		               &r->guard };
	return rc ? rc : making_definition(acts, NULL, err);
}

struct heard {
	struct act_outcome outcome;
	struct arena *arena;
};

static void hear(void *ctx, const struct act_outcome *o)
{
	struct heard *h = ctx;

	h->outcome = *o;
	h->outcome.why = arena_printf(h->arena, "%s", o->why);
	if (!h->outcome.why)
		h->outcome.why = "";
}

/* Milder than what is listed is a correction; milder than what waits is a decision. */
static int is_correction(struct review *r, const struct subject *subject, struct arena *a,
                         bool *out, struct err *err)
{
	struct standing *list = NULL;
	size_t n = 0;

	*out = false;
	int rc = acts_standing(r->store, *subject, r->rules.suffixes, a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (list[i].is_current && slice_eq_str(list[i].destination, r->destination))
			*out = standing_harshness(slice_str(r->class)) <
			       standing_harshness(standing_in_force(&list[i]));
	return rc;
}

static int make_act(const struct review *r, const struct subject *subject, bool correction,
                    struct slice batch, const char *state, struct record *out, struct arena *a,
                    struct err *err)
{
	json_t *cells = json_array(), *cell = json_object();
	const char *src = arena_printf(a, "reviewer:%s", r->reviewer);

	if (!src || json_put_str(cell, "destination", slice_str(r->destination)) |
	                    json_put_str(cell, "class", slice_str(r->class)) |
	                    json_add_new(cells, cell)) {
		json_decref(cells);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	record_new(out, correction ? "correction" : "decision", 1,
	           slice_str(subject_kind_name(subject->kind)), subject->key, r->cmd->at,
	           slice_str(src));
	record_set_new(out, "cells", cells);
	record_set_str(out, "reason", slice_str(r->reason));
	if (state)
		record_set_str(out, "state", slice_str(state));
	if (batch.n)
		record_set_str(out, "batch", batch);
	if (r->imminent_harm)
		record_set_str(out, "imminent_harm", slice_str(r->imminent_harm));
	if (r->appeal)
		record_set_str(out, "appeal", slice_str(r->appeal));
	if (r->mass)
		record_set_str(out, "mass", slice_str(r->mass));
	if (r->popular)
		record_set_str(out, "popular", slice_str(r->popular));
	return record_finish(out, err);
}

/* Whether the act was carried out under its other name: what it changed then decides which of the two
 * it would be called now, and the same words said twice are one act. */
static int is_known_as(struct review *r, struct acts *acts, const struct subject *subject,
                       bool correction, struct slice batch, struct arena *a, bool *known,
                       struct err *err)
{
	struct record act = { 0 };
	struct act_case c = { 0 };
	int rc = make_act(r, subject, correction, batch, NULL, &act, a, err);

	if (rc == 0)
		rc = act_case_read(acts, &act, slice_str(r->reviewer), slice_str(r->destination),
		                   slice_str(r->class), a, &c, err);
	*known = rc == 0 && c.is_known;
	act_case_release(&c);
	record_release(&act);
	return rc;
}

int review_act(struct review *r, struct acts *acts, const struct subject *subject,
               struct slice batch, const char *state, struct arena *a, struct act_outcome *out,
               struct err *err)
{
	struct heard heard = { { ACT_KNOWN, slice_str(r->destination), "" }, a };
	struct record act = { 0 };
	bool correction = false, known = false;
	int rc = state ? 0 : is_correction(r, subject, a, &correction, err);

	if (rc == 0 && !state)
		rc = is_known_as(r, acts, subject, !correction, batch, a, &known, err);
	if (rc == 0 && !known)
		rc = make_act(r, subject, correction, batch, state, &act, a, err);
	if (rc == 0 && !known)
		rc = acts_carry_out(acts, &act, hear, &heard, err);
	record_release(&act);
	*out = heard.outcome;
	return rc;
}

struct telling {
	struct review *review;
	const struct record *act;
	size_t refused;
};

static void tell(void *ctx, const struct act_outcome *o)
{
	struct telling *t = ctx;
	bool refused = o->result == ACT_REFUSED;

	t->refused += refused;
	printf("%.*s for %.*s: %s%s%s\n", SLICE_ARG(t->act->key), SLICE_ARG(o->destination),
	       review_outcome(o->result), refused ? ": " : "", refused ? o->why : "");
}

int review_carry_out(struct review *r, struct acts *acts, const struct record *act, size_t *refused,
                     struct err *err)
{
	struct telling t = { r, act, 0 };
	int rc = acts_carry_out(acts, act, tell, &t, err);

	*refused = t.refused;
	return rc;
}

static int act_on(struct review *r, const char *name, const char *state, struct err *err)
{
	struct arena a = { 0 };
	struct subject subject;
	struct ledgerbook book = { 0 };
	struct acts acts;
	struct act_outcome o = { 0 };
	int rc = review_subject(r, name, &a, &subject, err);

	if (rc == 0)
		rc = review_open_book(r, &book, &acts, err);
	if (rc == 0)
		rc = review_act(r, &acts, &subject, SLICE(""), state, &a, &o, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0 && o.result == ACT_REFUSED)
		rc = err_set(err, ERR_REFUSED, 0, "%.*s: %s", SLICE_ARG(subject.key), o.why);
	if (rc == 0)
		printf("%.*s for %s: %s, %s\n", SLICE_ARG(subject.key), r->destination, r->class,
		       o.result == ACT_PROPOSED && strcmp(r->class, "rogue") != 0
		               ? "proposed: it takes a second reviewer"
		               : review_outcome(o.result));
	ledgerbook_close(&book);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}

static int need(const struct review *r, struct err *err)
{
	if (!r->reviewer || !r->destination || !r->class || !r->reason || !*r->reason)
		return err_set(err, ERR_USAGE, 0,
		               "decide takes --reviewer, --destination, --class and --reason");
	return 0;
}

int review_decide(struct review *r, const char *name, struct err *err)
{
	int rc = need(r, err);

	return rc ? rc : act_on(r, name, NULL, err);
}

int review_recuse(struct review *r, const char *name, struct err *err)
{
	if (!r->reviewer || !r->reason || !*r->reason)
		return err_set(err, ERR_USAGE, 0, "recuse takes --reviewer and --reason");
	/* A conflict of interest is with a subject, whatever the destination; cells name one. */
	if (!r->destination)
		r->destination = "ZZ"; /* ISO 3166-1: user-assigned, no country */
	r->class = "unverified";
	return act_on(r, name, "recused", err);
}

/* ---- which part ---- */

struct part {
	const char *name;
	int names; /* how many subjects it takes; -1: one, or none with --network */
	bool writes;
};

static int run_part(struct review *r, const char *what, struct err *err)
{
	const char *name = r->cmd->argc > 1 ? r->cmd->argv[1] : NULL;

	if (strcmp(what, "show") == 0)
		return name ? review_show(r, name, err) : review_show_network(r, err);
	if (strcmp(what, "decide") == 0) {
		int rc = need(r, err);
		return rc ? rc : name ? review_decide(r, name, err) : review_decide_network(r, err);
	}
	if (strcmp(what, "timeline") == 0)
		return review_timeline(r, name, err);
	if (strcmp(what, "take") == 0)
		return review_take(r, name, err);
	if (strcmp(what, "recuse") == 0)
		return review_recuse(r, name, err);
	if (strcmp(what, "expire") == 0)
		return review_expire(r, err);
	return strcmp(what, "due") == 0 ? review_due(r, err) : review_list(r, err);
}

static const struct part *find_part(const char *what)
{
	static const struct part parts[] = {
		{ "list", 0, false },   { "due", 0, false },   { "show", -1, false },
		{ "timeline", 1, false }, { "decide", -1, true }, { "recuse", 1, true },
		{ "expire", 0, true },  { "sign", 1, false },  { "take", 1, true },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(what, parts[i].name) == 0)
			return &parts[i];
	return NULL;
}

static int check_use(const struct review *r, const struct part *part, struct err *err)
{
	int names = r->cmd->argc ? r->cmd->argc - 1 : 0;

	if (part->names == 0 && names)
		return err_set(err, ERR_USAGE, 0, "review %s takes no subject", part->name);
	if (part->names == 1 && names != 1)
		return err_set(err, ERR_USAGE, 0, "review %s takes one subject", part->name);
	if (part->names < 0 && names != !r->network)
		return err_set(err, ERR_USAGE, 0, "review %s takes one subject, or --network ID",
		               part->name);
	if (r->limit < 0 || r->within < 0)
		return err_set(err, ERR_USAGE, 0, "--limit and --within are not negative");
	return 0;
}

int cmd_review(struct cmd *cmd, struct err *err)
{
	struct review r = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "reviewer", OPTION_TEXT, &r.reviewer },
		{ "destination", OPTION_TEXT, &r.destination },
		{ "class", OPTION_TEXT, &r.class },
		{ "reason", OPTION_TEXT, &r.reason },
		{ "network", OPTION_TEXT, &r.network },
		{ "seen", OPTION_TEXT, &r.seen },
		{ "imminent-harm", OPTION_TEXT, &r.imminent_harm },
		{ "appeal", OPTION_TEXT, &r.appeal },
		{ "mass", OPTION_TEXT, &r.mass },
		{ "popular", OPTION_TEXT, &r.popular },
		{ "key-file", OPTION_TEXT, &r.key_file },
		{ "limit", OPTION_INT, &r.limit },
		{ "within", OPTION_INT, &r.within },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	const struct part *part = find_part(what);
	if (!part)
		return err_set(err, ERR_USAGE, 0,
		               "review takes list, due, show, timeline, decide, recuse, expire, sign or "
		               "take, not '%s'", what);
	rc = check_use(&r, part, err);
	if (rc)
		return rc;
	if (strcmp(what, "sign") == 0) /* by somebody who has no store */
		return review_sign(&r, cmd->argv[1], err);
	rc = rulebook_load(&cmd->config, false, false, &r.rules, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, part->writes ? STORE_WRITE : STORE_READ,
		                part->writes ? "assay review" : NULL, &r.store, err);
	if (rc == 0)
		rc = run_part(&r, what, err);
	guard_close(&r.guard);
	ranker_close(&r.ranker);
	store_close(r.store);
	rulebook_release(&r.rules);
	return rc;
}
