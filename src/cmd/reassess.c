#include "cmd/reassess.h"

#include "cmd/acts.h"
#include "cmd/casefile.h"
#include "cmd/verdicts.h"
#include "decide/standing.h"
#include "model/evidence.h"

#include <stdlib.h>

bool reassess_supports(struct slice said, struct slice decided)
{
	return standing_harshness(said) >= standing_harshness(decided);
}

/* ---- inputs ---- */

static const json_t *input(const json_t *verdict, const char *name)
{
	return json_object_get(json_obj(verdict, "inputs"), name);
}

static bool differs(const json_t *a, const json_t *b, const char *name)
{
	const json_t *x = input(a, name), *y = input(b, name);

	return x && y ? !json_equal(x, y) : x != y;
}

static const struct pack *find_pack(const struct rulebook *rules, struct slice id)
{
	for (size_t i = 0; i < rules->pack_n; i++)
		if (slice_eq(rules->pack[i].id, id))
			return &rules->pack[i];
	return NULL;
}

static bool has_pack(const json_t *packs, const struct pack *pack)
{
	char id[81];

	snprintf(id, sizeof(id), "%.*s", SLICE_ARG(pack->id));
	return json_object_get(packs, id) != NULL;
}

/* Whether the rules of a destination are others: those of a pack that speaks for it, or the words they
 * look for. One that judged then and cannot be read now may have spoken for it. */
static bool rules_differ(const struct rulebook *rules, const json_t *before, const json_t *now,
                         struct slice destination)
{
	json_t *old = (json_t *)(uintptr_t)input(before, "packs"), *was;
	const json_t *new = input(now, "packs");
	const char *id;

	if (differs(before, now, "lexicon"))
		return true;
	json_object_foreach(old, id, was)
	{
		const json_t *is = json_object_get(new, id);
		const struct pack *pack = find_pack(rules, slice_str(id));
		if (pack && !pack_covers(pack, destination))
			continue;
		if (!pack || !is || !slice_eq(json_str(was, "digest"), json_str(is, "digest")))
			return true;
	}
	for (size_t i = 0; i < rules->assessor.pack_n; i++) {
		const struct pack *pack = &rules->assessor.pack[i];
		if (pack_covers(pack, destination) && !has_pack(old, pack))
			return true;
	}
	return false;
}

static json_t *or_null(const json_t *value)
{
	return value ? json_incref((json_t *)(uintptr_t)value) : json_null();
}

static json_t *packs_json(const json_t *before, const json_t *now)
{
	const json_t *old = input(before, "packs"), *new = input(now, "packs");
	json_t *list = json_array(), *merged = json_object(), *value;
	const char *id;
	int failed = 0;

	/* Every id of either, in the order of ids, so that the bytes never depend on a hash. */
	json_object_update(merged, (json_t *)(uintptr_t)old);
	json_object_update(merged, (json_t *)(uintptr_t)new);
	size_t n = json_object_size(merged), i = 0;
	const char **ids = calloc(n + 1, sizeof(*ids));
	if (!ids)
		failed = 1;
	else
		json_object_foreach(merged, id, value)
		{
			size_t at = i++;
			for (; at > 0 && strcmp(ids[at - 1], id) > 0; at--)
				ids[at] = ids[at - 1];
			ids[at] = id;
		}
	for (i = 0; !failed && i < n; i++) {
		const json_t *x = json_object_get(old, ids[i]), *y = json_object_get(new, ids[i]);
		if (x && y && json_equal(x, y))
			continue;
		json_t *o = json_object();
		failed |= json_put_str(o, "pack", slice_str(ids[i])) |
		          json_put_new(o, "before", or_null(x)) | json_put_new(o, "now", or_null(y)) |
		          json_add_new(list, o);
	}
	free(ids);
	json_decref(merged);
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* ---- cells ---- */

static const json_t *cell_for(const json_t *verdict, struct slice destination)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_arr(verdict, "cells"), i, cell)
		if (slice_eq(json_str(cell, "destination"), destination))
			return cell;
	return NULL;
}

static bool has_text(const json_t *list, struct slice s)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (slice_eq(json_text(item), s))
			return true;
	return false;
}

/* The rules of a cell's findings, in their order, each once. The findings of a new verdict are not
 * in the store yet: they are r's. */
static int rules_of(struct store *store, const struct report *r, const json_t *cell, json_t **out,
                    struct err *err)
{
	json_t *list = json_array();
	const json_t *id;
	size_t i;
	int rc = list ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	json_array_foreach(json_arr(cell, "findings"), i, id)
	{
		json_t *body = NULL;
		struct sha256 digest;
		if (!sha256_parse_hex(json_text(id), &digest))
			rc = err_set(err, ERR_CORRUPT, 0, "a verdict names a finding by no id");
		for (size_t k = 0; rc == 0 && r && k < r->n && !body; k++)
			if (sha256_eq(r->finding[k].id, digest))
				body = json_incref(r->finding[k].body);
		if (rc == 0 && !body)
			rc = verdicts_body(store, digest, &body, err);
		if (rc == 0 && !has_text(list, json_str(body, "rule")) &&
		    json_add_str(list, json_str(body, "rule")))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		json_decref(body);
		if (rc)
			break;
	}
	if (rc) {
		json_decref(list);
		return rc;
	}
	*out = list;
	return 0;
}

/* What is in a and not in b. */
static json_t *without(const json_t *a, const json_t *b)
{
	json_t *list = json_array();
	const json_t *item;
	size_t i;

	json_array_foreach(a, i, item)
		if (!has_text(b, json_text(item)) && json_add_str(list, json_text(item))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* No cell says nothing: neutral, on the ground that no pack speaks. */
static struct slice class_of(const json_t *cell)
{
	return cell ? json_str(cell, "class") : SLICE("unverified");
}

static struct slice ground_of(const json_t *cell)
{
	return cell ? json_str(cell, "ground") : SLICE("no_pack");
}

static int put_standing(json_t *o, const struct standing *s, struct slice class)
{
	char hex[SHA256_HEX];

	if (s->state != STATE_LISTED)
		return 0;
	sha256_hex(s->decision->record, hex);
	return json_put_str(o, "decision", slice_str(hex)) |
	       json_put_str(o, "decided", s->decision->class) |
	       json_put_flag(o, "supported", reassess_supports(class, s->decision->class));
}

/* Add the cell to the list where the two verdicts say different things for it. */
static int compare_cell(struct store *store, const struct report *r, const json_t *before,
                        const struct standing *s, json_t *list, struct err *err)
{
	const json_t *old = cell_for(before, s->destination);
	const json_t *new = cell_for(r->verdict.body, s->destination);
	json_t *rules_old = NULL, *rules_new = NULL, *gone = NULL, *came = NULL;
	int failed = 0;
	int rc = rules_of(store, NULL, old, &rules_old, err);

	if (rc == 0)
		rc = rules_of(store, r, new, &rules_new, err);
	if (rc == 0) {
		gone = without(rules_old, rules_new);
		came = without(rules_new, rules_old);
		failed = !gone || !came;
	}
	if (rc == 0 && !failed &&
	    (!slice_eq(class_of(old), class_of(new)) || !slice_eq(ground_of(old), ground_of(new)) ||
	     json_array_size(gone) || json_array_size(came))) {
		json_t *o = json_object();
		failed |= json_put_str(o, "destination", s->destination) |
		          json_put_str(o, "state", slice_str(standing_state_name(s->state))) |
		          json_put_str(o, "class_before", class_of(old)) |
		          json_put_str(o, "ground_before", ground_of(old)) |
		          json_put_str(o, "class", class_of(new)) |
		          json_put_str(o, "ground", ground_of(new)) |
		          json_put_new(o, "findings_gone", json_incref(gone)) |
		          json_put_new(o, "findings_new", json_incref(came)) |
		          put_standing(o, s, class_of(new)) | json_add_new(list, o);
	}
	json_decref(rules_old);
	json_decref(rules_new);
	json_decref(gone);
	json_decref(came);
	if (rc == 0 && failed)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	return rc;
}

static json_t *difference_json(const struct report *r, const json_t *before, struct sha256 before_id,
                               json_t *cells)
{
	char id[SHA256_HEX], old[SHA256_HEX];
	const json_t *now = r->verdict.body;
	json_t *o = json_object();

	record_id_hex(&r->verdict, id);
	sha256_hex(before_id, old);
	bool other = differs(before, now, "evidence") || differs(before, now, "registers") ||
	             differs(before, now, "suffixes") || differs(before, now, "extractor") ||
	             differs(before, now, "unicode") || differs(before, now, "assess");
	int failed = json_put_str(o, "id", slice_str(id)) |
	             json_put_new(o, "subject",
	                          record_subject_json(r->verdict.kind, r->verdict.key)) |
	             json_put_str(o, "before", slice_str(old)) |
	             json_put_new(o, "packs", packs_json(before, now)) |
	             json_put_flag(o, "lexicon", differs(before, now, "lexicon")) |
	             json_put_flag(o, "other", other) | json_put_new(o, "cells", json_incref(cells));
	if (json_str(now, "period").n)
		failed |= json_put_str(o, "period", json_str(now, "period"));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static bool waits(const struct standing *s, int64_t period)
{
	return s->is_current && (s->state == STATE_PENDING || s->state == STATE_LISTED) &&
	       (s->has_period ? s->period : STORE_NONE) == period;
}

int reassess_compare(struct store *store, const struct rulebook *rules, const struct report *r,
                     int64_t period, json_t **out, struct err *err)
{
	struct arena a = { 0 };
	struct subject subject;
	struct standing *standing = NULL;
	json_t *before = NULL, *cells = NULL;
	struct sha256 id;
	size_t n = 0;
	bool found = false;

	*out = NULL;
	int rc = verdicts_newest(store, r->verdict.kind, r->verdict.key, period, &found, &id, err);
	if (rc || !found || sha256_eq(id, r->verdict.id))
		return rc;
	rc = verdicts_body(store, id, &before, err);
	if (rc == 0 && !differs(before, r->verdict.body, "packs") &&
	    !differs(before, r->verdict.body, "lexicon"))
		goto done;
	if (rc == 0)
		rc = subject_from_key(r->verdict.kind, r->verdict.key, &subject, err);
	if (rc == 0)
		rc = acts_standing(store, subject, rules->suffixes, &a, &standing, &n, err);
	cells = json_array();
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (waits(&standing[i], period) &&
		    rules_differ(rules, before, r->verdict.body, standing[i].destination))
			rc = compare_cell(store, r, before, &standing[i], cells, err);
	if (rc == 0 && json_array_size(cells)) {
		*out = difference_json(r, before, id, cells);
		if (!*out)
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
done:
	json_decref(before);
	json_decref(cells);
	arena_release(&a);
	return rc;
}

/* ---- all of them ---- */

struct walk {
	struct store *store;
	const struct rulebook *rules;
	struct registers registers;
	int64_t at;
	reassess_fn fn;
	void *ctx;
};

/* Whether a stored verdict names other packs or another lexicon than those of now. */
static bool is_stale(const struct rulebook *rules, const json_t *verdict)
{
	const json_t *packs = input(verdict, "packs");
	char lexicon[EVIDENCE_ADDRESS_SIZE], digest[EVIDENCE_ADDRESS_SIZE], id[81];

	evidence_address_format(rules->lexicon->digest, lexicon);
	if (!slice_eq_str(json_str(json_obj(verdict, "inputs"), "lexicon"), lexicon) ||
	    json_object_size(packs) != rules->assessor.pack_n)
		return true;
	for (size_t i = 0; i < rules->assessor.pack_n; i++) {
		const struct pack *p = &rules->assessor.pack[i];
		evidence_address_format(p->digest, digest);
		snprintf(id, sizeof(id), "%.*s", SLICE_ARG(p->id));
		if (!slice_eq_str(json_str(json_object_get(packs, id), "digest"), digest))
			return true;
	}
	return false;
}

/* A site is assessed again if one of its newest verdicts is stale; a page of it that was judged
 * apart may have been left behind when the site's own verdict was not. */
static int is_touched(struct walk *w, struct subject subject, struct arena *a, bool *out,
                      struct err *err)
{
	struct store_cell *cell = NULL;
	size_t n = 0;
	int rc = store_cells(w->store, slice_str(subject_kind_name(subject.kind)), subject.key, a,
	                     &cell, &n, err);

	*out = false;
	for (size_t i = n; rc == 0 && i-- > 0 && !*out;) {
		json_t *body = NULL;
		if (cell[i].from != STORE_VERDICT || (i + 1 < n && cell[i + 1].seq == cell[i].seq))
			continue;
		rc = verdicts_body(w->store, cell[i].record, &body, err);
		*out = rc == 0 && (is_stale(w->rules, body) || json_str(body, "abused").n > 0);
		json_decref(body);
	}
	return rc;
}

static int compare_site(struct walk *w, const struct site *site, struct arena *a, struct err *err)
{
	struct assessment made[2];
	int64_t period = site->has_period ? site->period : STORE_NONE;
	int n = assess_site(&w->rules->assessor, site, &w->registers, w->at, a, made, err);
	int rc = n < 0 ? n : 0;

	for (int i = 0; rc == 0 && i < n; i++) {
		struct report report = { 0 };
		json_t *difference = NULL;
		rc = report_of(&w->rules->assessor, &made[i], &w->registers, &w->rules->inputs, w->at, a,
		               &report, err);
		if (rc == 0)
			rc = reassess_compare(w->store, w->rules, &report, period, &difference, err);
		if (rc == 0 && difference)
			rc = w->fn(w->ctx, &report, period, difference, err);
		json_decref(difference);
		report_release(&report);
	}
	return rc;
}

static int walk_subject(void *ctx, struct subject subject, struct err *err)
{
	struct walk *w = ctx;
	struct arena a = { 0 };
	struct casefile file = { 0 };
	bool touched = false;
	int rc = is_touched(w, subject, &a, &touched, err);

	if (rc == 0 && touched)
		rc = casefile_load(w->store, subject, w->rules->suffixes, &a, &file, err);
	for (size_t i = 0; rc == 0 && i < file.n; i++)
		rc = compare_site(w, &file.site[i], &a, err);
	arena_release(&a);
	return rc;
}

int reassess_each(struct store *store, const struct rulebook *rules, int64_t at, reassess_fn fn,
                  void *ctx, struct err *err)
{
	struct walk w = { .store = store, .rules = rules, .at = at, .fn = fn, .ctx = ctx };
	struct arena a = { 0 };
	int rc = registers_load(store, rules->suffixes, &a, &w.registers, err);

	if (rc == 0)
		rc = casefile_subjects(store, walk_subject, &w, err);
	arena_release(&a);
	return rc;
}
