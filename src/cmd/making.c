#include "cmd/making.h"

#include "cmd/statement.h"

static json_t *cells_json(const struct making *m, struct slice ground)
{
	json_t *list = json_array(), *cell = json_object();
	int failed = json_put_str(cell, "destination", m->destination);

	failed |= json_put_str(cell, "class", m->class);
	if (ground.n)
		failed |= json_put_str(cell, "ground", ground);
	if (failed | json_add_new(list, cell)) {
		json_decref(list);
		return NULL;
	}
	return list;
}

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

/* What an act says beside its cells and its reason, and what follows it says too. */
static void set_words_of_act(struct record *r, const struct making *m)
{
	static const char *const words[] = { "imminent_harm", "batch", "appeal", "mass",
		                             "popular" };

	if (!m->act)
		return;
	set_id(r, "act", m->act->id);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct slice said = json_str(m->act->body, words[i]);
		if (said.n)
			record_set_str(r, words[i], said);
	}
}

static int put(struct making *m, struct record *r, struct err *err)
{
	if (m->period != STORE_NONE)
		record_set_time(r, "period", m->period);
	int rc = record_finish(r, err);
	return rc ? rc : ledgerbook_put(m->acts->book, r, m->period, NULL, err);
}

/* ---- listings ---- */

int making_listing(struct making *m, const char *action, struct slice was, struct sha256 decision,
                   struct err *err)
{
	const struct config *config = m->acts->config;
	bool removes = slice_eq_str(slice_str(action), "remove");
	struct statement_rule rule = { 0 };
	struct record r;
	int rc = removes ? 0 : statement_rule_of(m, &rule, err);

	if (rc)
		return rc;
	record_new(&r, "listing", 1, m->kind, m->key, m->at, SLICE("assay"));
	record_set_str(&r, "list", slice_str(config->list_name));
	record_set_str(&r, "action", slice_str(action));
	record_set_new(&r, "cells", cells_json(m, rule.ground));
	record_set_str(&r, "reason", m->reason);
	record_set_flag(&r, "automatic", m->act == NULL);
	set_id(&r, "decision", decision);
	if (was.n)
		record_set_str(&r, "was", was);
	if (rule.id.n) {
		record_set_str(&r, "rule", rule.id);
		record_set_str(&r, "pack", rule.pack);
		record_set_str(&r, "pack_version", rule.version);
	}
	if (!removes && m->standing && m->standing->verdict)
		set_id(&r, "verdict", m->standing->verdict->record);
	if (!removes)
		record_set_time(&r, "expires", m->at + MAKING_IN_FORCE_S);
	if (config->appeal_address)
		record_set_str(&r, "appeal_address", slice_str(config->appeal_address));
	rc = put(m, &r, err);
	record_release(&r);
	json_decref(rule.finding);
	return rc;
}

static int list_decided(struct making *m, struct sha256 decision, struct err *err)
{
	struct slice was = m->standing ? standing_in_force(m->standing) : SLICE("");

	if (standing_is_listed_class(m->class))
		return making_listing(m, was.n ? "change" : "add", was, decision, err);
	return was.n ? making_listing(m, "remove", was, decision, err) : 0;
}

/* ---- decisions ---- */

int making_decision(struct making *m, enum making_state state, struct err *err)
{
	static const char *const names[] = { "proposed", "in_force", "in_force", "recused" };
	bool in_force = state == MAKING_IN_FORCE || state == MAKING_AUTOMATIC;
	const struct standing *s = m->standing;
	json_t *statement = NULL;
	struct record r;
	int rc = 0;

	if (state != MAKING_RECUSED && standing_is_listed_class(m->class))
		rc = statement_of(m, state == MAKING_AUTOMATIC, &statement, err);
	if (rc)
		return rc;
	record_new(&r, "decision", 1, m->kind, m->key, m->at,
	           m->act ? m->act->src : SLICE("assay:automatic"));
	record_set_new(&r, "cells", cells_json(m, SLICE("")));
	record_set_str(&r, "reason", m->reason);
	record_set_new(&r, "actors", actors_json(m));
	record_set_flag(&r, "automatic", state == MAKING_AUTOMATIC);
	record_set_str(&r, "state", slice_str(names[state]));
	if (s && s->verdict)
		set_id(&r, "basis", s->verdict->record);
	if (s && s->decision)
		set_id(&r, "supersedes", s->decision->record);
	set_words_of_act(&r, m);
	if (in_force) {
		record_set_time(&r, "from", m->at);
		record_set_time(&r, "until", m->at + MAKING_IN_FORCE_S);
	}
	if (statement)
		record_set_new(&r, "statement", statement);
	rc = put(m, &r, err);
	if (rc == 0 && in_force)
		rc = list_decided(m, r.id, err);
	record_release(&r);
	return rc;
}

int making_correction(struct making *m, struct err *err)
{
	struct record r;

	record_new(&r, "correction", 1, m->kind, m->key, m->at, m->act->src);
	record_set_new(&r, "cells", cells_json(m, SLICE("")));
	record_set_str(&r, "reason", m->reason);
	record_set_new(&r, "actors", actors_json(m));
	set_id(&r, "supersedes", m->standing->decision->record);
	set_words_of_act(&r, m);
	int rc = put(m, &r, err);
	if (rc == 0)
		rc = list_decided(m, r.id, err);
	record_release(&r);
	return rc;
}

int making_expiry(struct making *m, struct err *err)
{
	struct record r;

	record_new(&r, "decision", 1, m->kind, m->key, m->at, SLICE("assay:expiry"));
	record_set_new(&r, "cells", cells_json(m, STANDING_EXPIRED));
	record_set_str(&r, "reason", m->reason);
	record_set_flag(&r, "automatic", true);
	record_set_str(&r, "state", SLICE("in_force"));
	set_id(&r, "supersedes", m->standing->decision->record);
	record_set_time(&r, "from", m->at);
	int rc = put(m, &r, err);
	if (rc == 0)
		rc = making_listing(m, "remove", standing_in_force(m->standing), r.id, err);
	record_release(&r);
	return rc;
}

/* ---- what the list is ---- */

static json_t *definition_json(const struct config *config)
{
	json_t *o = json_object(), *classes = json_array();
	int failed = json_add_str(classes, SLICE("rogue"));

	failed |= json_add_str(classes, SLICE("unapproved"));
	failed |= json_put_new(o, "classes", classes);
	failed |= json_put_i64(o, "reviewers_for_rogue", 2);
	failed |= json_put_i64(o, "reviewers_for_unapproved", 1);
	failed |= json_put_i64(o, "captures", 2);
	failed |= json_put_i64(o, "in_force_s", MAKING_IN_FORCE_S);
	failed |= json_put_flag(o, "automatic", config->automatic_listing);
	failed |= json_put_i64(o, "told_before_s", config->disclosure_days * 86400);
	if (config->appeal_address)
		failed |= json_put_str(o, "appeal_address", slice_str(config->appeal_address));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int put_definition(struct acts *acts, json_t *definition, struct slice key, struct slice text,
                          struct err *err)
{
	struct record r;
	int rc;

	record_new(&r, "listing", 1, SLICE(""), SLICE(""), acts->now, SLICE("assay"));
	record_set_str(&r, "list", slice_str(acts->config->list_name));
	record_set_str(&r, "action", SLICE("define"));
	record_set_str(&r, "reason", SLICE("what this list carries, and what it takes to be on it"));
	record_set_new(&r, "definition", json_incref(definition));
	rc = record_finish(&r, err);
	if (rc == 0)
		rc = store_begin(acts->book->store, err);
	if (rc == 0)
		rc = ledgerbook_put(acts->book, &r, STORE_NONE, NULL, err);
	if (rc == 0)
		rc = store_put_meta(acts->book->store, key, text, err);
	if (rc == 0)
		rc = store_commit(acts->book->store, err);
	if (rc)
		store_rollback(acts->book->store);
	record_release(&r);
	return rc;
}

int making_definition(struct acts *acts, bool *changed, struct err *err)
{
	json_t *definition = definition_json(acts->config);
	struct buf key = { 0 }, text = { 0 }, before = { 0 };
	struct err absent;
	int rc = definition ? json_canonical(definition, &text, err)
	                    : err_set(err, ERR_NOMEM, 0, "out of memory");

	buf_printf(&key, "list.%s", acts->config->list_name);
	if (rc == 0 && !buf_ok(&key))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0) {
		rc = store_get_meta(acts->book->store, buf_slice(&key), &before, &absent);
		if (rc && rc != ERR_NOTFOUND && err)
			*err = absent;
		if (rc == ERR_NOTFOUND)
			rc = 0;
	}
	bool differs = !slice_eq(buf_slice(&before), buf_slice(&text));
	if (rc == 0 && differs)
		rc = put_definition(acts, definition, buf_slice(&key), buf_slice(&text), err);
	if (changed)
		*changed = rc == 0 && differs;
	json_decref(definition);
	buf_release(&key);
	buf_release(&text);
	buf_release(&before);
	return rc;
}
