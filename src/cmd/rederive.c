#include "cmd/rederive.h"

#include "assess/explain.h"
#include "cmd/log.h"
#include "cmd/packbook.h"
#include "model/evidence.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>

enum { DIFFERENCES_MAX = 20, FILE_MAX = 1 << 30 };

static const char *const result_names[] = { "same", "differs", "redacted", "unusable" };

/* One verdict on its way. */
struct making_again {
	const struct rederive *of;
	const struct record *verdict;
	struct arena arena;
	struct report report; /* what was made; empty where nothing was */
	bool is_made;
	json_t *why, *inputs, *differences;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- is all of it there ---- */

static int say(struct making_again *m, const char *what, struct err *err)
{
	return json_add_str(m->why, slice_str(what)) ? no_memory(err) : 0;
}

/* Each piece of evidence that the verdict names. */
static int check_evidence(struct making_again *m, enum rederived *result, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_arr(json_obj(m->verdict->body, "inputs"), "evidence"), i, item) {
		struct sha256 digest;
		struct err why = { 0 };
		bool redacted = false;
		int rc = evidence_address_parse(json_text(item), &digest, &why);
		if (rc == 0)
			rc = evidence_dir_has(m->of->evidence, digest, &redacted, &why);
		if (rc == 0)
			continue;
		if (rc != ERR_NOTFOUND && rc != ERR_CORRUPT && rc != ERR_SYNTAX &&
		    rc != ERR_LIMIT) {
			if (err)
				*err = why;
			return rc;
		}
		if (redacted && *result == REDERIVED_SAME)
			*result = REDERIVED_REDACTED;
		if (!redacted)
			*result = REDERIVED_UNUSABLE;
		struct buf text = { 0 };
		buf_printf(&text, "evidence %.*s: %s", SLICE_ARG(json_text(item)),
		           redacted             ? "redacted"
		           : rc == ERR_NOTFOUND ? "missing"
		                                : why.what);
		rc = buf_ok(&text) ? say(m, buf_str(&text), err) : no_memory(err);
		buf_release(&text);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- made again ---- */

/* The packs that the verdict names, of those that are here, in the order of the folder. */
static int choose_packs(struct making_again *m, struct assessor *out, struct err *err)
{
	const struct rulebook *rules = m->of->rules;
	const json_t *named = json_obj(json_obj(m->verdict->body, "inputs"), "packs");
	struct pack *pack = arena_array(&m->arena, rules->pack_n, sizeof(*pack));
	size_t n = 0;

	if (!pack)
		return no_memory(err);
	for (size_t i = 0; i < rules->pack_n; i++) {
		char id[81];
		snprintf(id, sizeof(id), "%.*s", SLICE_ARG(rules->pack[i].id));
		if (json_obj(named, id))
			pack[n++] = rules->pack[i];
	}
	*out = rules->assessor;
	out->pack = pack;
	out->pack_n = n;
	return 0;
}

static bool is_of(const struct making_again *m, const struct assessment *made,
                  const struct site *site)
{
	const struct record *v = m->verdict;

	return made->subject.kind == v->subject.kind &&
	       slice_eq(made->subject.key, v->subject.key) && site->has_period == v->has_period &&
	       (!v->has_period || site->period == v->period);
}

static int make(struct making_again *m, const struct evidence_case *from, struct err *err)
{
	struct assessor as;
	int rc = choose_packs(m, &as, err);

	for (size_t i = 0; rc == 0 && !m->is_made && i < from->file->n; i++) {
		const struct site *site = &from->file->site[i];
		struct assessment made[2];
		if (site->has_period != m->verdict->has_period ||
		    (site->has_period && site->period != m->verdict->period))
			continue;
		int n = assess_site(&as, site, &from->registers, m->verdict->at, &m->arena, made,
		                    err);
		if (n < 0)
			return n;
		for (int k = 0; rc == 0 && !m->is_made && k < n; k++) {
			if (!is_of(m, &made[k], site))
				continue;
			rc = report_of(&as, &made[k], &from->registers, &m->of->rules->inputs,
			               m->verdict->at, &m->arena, &m->report, err);
			m->is_made = rc == 0;
		}
	}
	return rc;
}

/* ---- compared ---- */

/* `again_after` says that a store holds the same verdict once more, and is no part of it. */
static int bytes_of(const json_t *verdict, struct buf *out, struct err *err)
{
	static const char *const skip[] = { "id", "again_after", NULL };

	return json_canonical_except(verdict, skip, out, err);
}

static int add_input(json_t *list, const char *what, struct slice was, struct slice now)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "input", slice_str(what));

	if (was.n)
		failed |= json_put_str(o, "was", was);
	if (now.n)
		failed |= json_put_str(o, "now", now);
	return failed | json_add_new(list, o);
}

static int compare_pack(json_t *list, const char *id, const json_t *was, const json_t *now)
{
	struct buf name = { 0 }, then = { 0 }, here = { 0 };
	int failed = 0;

	if (was && now && json_equal(was, now))
		return 0;
	buf_printf(&name, "pack %s", id);
	if (was)
		buf_printf(&then, "%.*s %.*s", SLICE_ARG(json_str(was, "version")),
		           SLICE_ARG(json_str(was, "digest")));
	if (now)
		buf_printf(&here, "%.*s %.*s", SLICE_ARG(json_str(now, "version")),
		           SLICE_ARG(json_str(now, "digest")));
	failed = buf_ok(&name) && buf_ok(&then) && buf_ok(&here)
	                 ? add_input(list, buf_str(&name), buf_slice(&then), buf_slice(&here))
	                 : -1;
	buf_release(&name);
	buf_release(&then);
	buf_release(&here);
	return failed;
}

static bool has(const json_t *list, struct slice text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (slice_eq(json_text(item), text))
			return true;
	return false;
}

/* What one list has and the other has not. */
static int compare_lists(json_t *list, const char *what, const json_t *was, const json_t *now)
{
	const json_t *item;
	size_t i;
	int failed = 0;

	json_array_foreach(was, i, item)
		if (!has(now, json_text(item)))
			failed |= add_input(list, what, json_text(item), slice_from(NULL, 0));
	json_array_foreach(now, i, item)
		if (!has(was, json_text(item)))
			failed |= add_input(list, what, slice_from(NULL, 0), json_text(item));
	return failed;
}

static int compare_inputs(json_t *list, const json_t *was, const json_t *now)
{
	static const char *const texts[] = { "assess", "lexicon", "registers", "suffixes",
		                             "unicode" };
	json_t *packs = json_obj(was, "packs"), *here = json_obj(now, "packs"), *pack;
	const char *id;
	int failed = 0;

	json_object_foreach(packs, id, pack)
		failed |= compare_pack(list, id, pack, json_object_get(here, id));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!slice_eq(json_str(was, texts[i]), json_str(now, texts[i])))
			failed |= add_input(list, texts[i], json_str(was, texts[i]),
			                    json_str(now, texts[i]));
	failed |= compare_lists(list, "extractor", json_arr(was, "extractor"),
	                        json_arr(now, "extractor"));
	failed |= compare_lists(list, "evidence", json_arr(was, "evidence"),
	                        json_arr(now, "evidence"));
	return failed;
}

/* The finding of the same rule for the same destination that was made now. */
static const json_t *made_like(const struct making_again *m, const json_t *finding)
{
	for (size_t i = 0; i < m->report.n; i++) {
		const json_t *made = m->report.finding[i].body;
		if (slice_eq(json_str(made, "rule"), json_str(finding, "rule")) &&
		    slice_eq(json_str(made, "destination"), json_str(finding, "destination")))
			return made;
	}
	return NULL;
}

/* Findings are named by id alone; where the file has them, what differs in them is said. */
static int compare_findings(struct making_again *m, const json_t *cell)
{
	const json_t *id;
	size_t i;
	int failed = 0;

	json_array_foreach(json_arr(cell, "findings"), i, id) {
		char path[160];
		json_t *was = json_copy(json_object_get(m->of->findings, json_string_value(id)));
		const json_t *like = was ? made_like(m, was) : NULL;
		json_t *now = like ? json_copy((json_t *)(uintptr_t)like) : NULL;
		json_object_del(was, "at");
		json_object_del(now, "at");
		snprintf(path, sizeof(path), "finding %.*s %.*s", SLICE_ARG(json_str(was, "rule")),
		         SLICE_ARG(json_str(was, "destination")));
		if (was && !(now && slice_eq(json_str(was, "id"), json_str(now, "id")))) {
			json_object_del(was, "id");
			json_object_del(now, "id");
			failed |= rederive_differences(path, was, now, DIFFERENCES_MAX,
			                               m->differences);
		}
		json_decref(was);
		json_decref(now);
	}
	return failed;
}

static int tell_differences(struct making_again *m, struct err *err)
{
	json_t *was = json_copy(m->verdict->body), *now = json_copy(m->report.verdict.body);
	const json_t *cell;
	size_t i;
	int failed = was && now ? 0 : -1;

	failed |= compare_inputs(m->inputs, json_obj(was, "inputs"), json_obj(now, "inputs"));
	json_object_del(was, "id");
	json_object_del(now, "id");
	json_object_del(was, "again_after");
	json_object_del(was, "inputs");
	json_object_del(now, "inputs");
	failed |= rederive_differences("", was, now, DIFFERENCES_MAX, m->differences);
	json_array_foreach(json_arr(was, "cells"), i, cell)
		failed |= compare_findings(m, cell);
	json_decref(was);
	json_decref(now);
	return failed ? no_memory(err) : 0;
}

static int compare(struct making_again *m, bool redacted, enum rederived *result, struct err *err)
{
	struct buf was = { 0 }, now = { 0 };
	int rc = bytes_of(m->verdict->body, &was, err);

	if (rc == 0)
		rc = bytes_of(m->report.verdict.body, &now, err);
	bool same = rc == 0 && slice_eq(buf_slice(&was), buf_slice(&now));
	buf_release(&was);
	buf_release(&now);
	if (rc || same)
		return rc;
	rc = tell_differences(m, err);
	*result = redacted ? REDERIVED_REDACTED : REDERIVED_DIFFERS;
	return rc == 0 && redacted ? say(m, "something that it may rest on was redacted", err) : rc;
}

static int make_and_compare(struct making_again *m, enum rederived *result, struct err *err)
{
	struct evidence_case from;
	int rc = check_evidence(m, result, err);

	if (rc || *result != REDERIVED_SAME)
		return rc;
	rc = evidence_dir_case(m->of->evidence, m->verdict, &m->arena, &from, err);
	if (rc == 0 && from.file)
		rc = make(m, &from, err);
	if (rc || m->is_made)
		return rc ? rc : compare(m, from.redacted, result, err);
	*result = from.redacted ? REDERIVED_REDACTED : REDERIVED_UNUSABLE;
	return say(m,
	           from.redacted ? "what was observed of its subject was redacted"
	           : from.file   ? "what is there of its subject gives no verdict on it"
	                         : "no page of its subject was observed here",
	           err);
}

static int result_json(struct making_again *m, enum rederived result, json_t **out, struct err *err)
{
	const json_t *v = m->verdict->body;
	json_t *o = json_object();
	int failed = json_put_str(o, "type", SLICE("rederived")) | json_put_i64(o, "v", 1);

	failed |= json_put_str(o, "verdict", json_str(v, "id"));
	if (json_obj(v, "subject"))
		failed |= json_put_new(o, "subject", json_incref(json_obj(v, "subject")));
	failed |= json_put_str(o, "at", json_str(v, "at"));
	failed |= json_put_str(o, "result", slice_str(result_names[result]));
	failed |= json_put_new(o, "why", json_incref(m->why));
	failed |= json_put_new(o, "inputs", json_incref(m->inputs));
	failed |= json_put_new(o, "differences", json_incref(m->differences));
	if (failed) {
		json_decref(o);
		return no_memory(err);
	}
	*out = o;
	return 0;
}

int rederive_verdict(const struct rederive *r, const struct record *verdict, enum rederived *result,
                     json_t **out, struct err *err)
{
	struct making_again m = { .of = r,
		                  .verdict = verdict,
		                  .why = json_array(),
		                  .inputs = json_array(),
		                  .differences = json_array() };
	int rc = m.why && m.inputs && m.differences ? 0 : no_memory(err);

	*result = REDERIVED_SAME;
	if (rc == 0 && (!verdict->type || !verdict->has_subject)) {
		*result = REDERIVED_UNUSABLE;
		rc = say(&m, "a verdict of a newer form than this program knows", err);
	} else if (rc == 0) {
		rc = make_and_compare(&m, result, err);
	}
	if (rc == 0)
		rc = result_json(&m, *result, out, err);
	if (m.is_made)
		report_release(&m.report);
	json_decref(m.why);
	json_decref(m.inputs);
	json_decref(m.differences);
	arena_release(&m.arena);
	return rc;
}
