/*     evidence --> findings that quote it --> their subjects --> how those stand
 *              citation                                          |
 *                       which findings of a subject may be told <+
 *
 * A subject is asked once; which of its findings may be told is known before one of them is read. */
#include "cmd/evidence_view.h"

#include "cmd/acts.h"
#include "cmd/casefile.h"
#include "decide/standing.h"
#include "model/evidence.h"
#include "model/quotation.h"
#include "model/record.h"
#include "publish/derivative.h"
#include "store/redact.h"
#include "wire/redaction.h"
#include "wire/timestamp.h"

enum { READINGS_MAX = 8 /* ways in which one page was served */ };

/* A finding that may be told. */
struct told {
	struct sha256 id;
	int harshness; /* the gravest severity that may be told */
};

/* What may be told of a subject. */
struct teller {
	struct slice kind, key;
	struct subject subject;
	struct told *told;
	size_t n, cap;
	bool quotes; /* one of its findings was taken in */
	struct teller *next;
};

struct viewing {
	struct store *store;
	const struct suffixes *suffixes;
	struct arena *arena;
	struct sha256 digest;
	struct teller *tellers;
	struct derivative made;
	size_t cap;
	bool dated; /* made.at is of a quotation */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "evidence: out of memory");
}

static int not_found(struct err *err)
{
	return err_set(err, ERR_NOTFOUND, 0, "no published decision rests on such evidence");
}

/* Room for one more behind have; NULL when there is no memory. */
static void *grow(struct arena *a, void *list, size_t have, size_t *cap, size_t size)
{
	if (have < *cap)
		return list;
	size_t more = *cap ? *cap * 2 : 16;
	void *room = arena_array(a, more, size);
	if (!room)
		return NULL;
	if (have)
		memcpy(room, list, have * size);
	*cap = more;
	return room;
}

/* ---- which findings of a subject may be told ---- */

static int tell_all(struct viewing *v, struct teller *t, const json_t *ids, int harshness,
                    struct err *err)
{
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		struct told told = { .harshness = harshness };
		if (!sha256_parse_hex(json_text(id), &told.id))
			continue;
		t->told = grow(v->arena, t->told, t->n, &t->cap, sizeof(*t->told));
		if (!t->told)
			return no_memory(err);
		t->told[t->n++] = told;
	}
	return 0;
}

static int read_body(struct viewing *v, struct sha256 id, json_t **out, struct err *err)
{
	struct store_record r;
	int rc = store_get_record(v->store, id, v->arena, &r, err);

	return rc ? rc : json_parse_object(r.body, STORE_BODY_MAX, out, err);
}

/* What the decision was told to rest on, and what the newest verdict says for the destination. */
static int tell_standing(struct viewing *v, struct teller *t, const struct standing *s,
                         struct err *err)
{
	json_t *decision = NULL, *verdict = NULL;
	const json_t *cell;
	int harshness = standing_harshness(s->class);
	size_t i;

	if ((s->state != STATE_LISTED && s->state != STATE_CORRECTED) || !s->decision)
		return 0;
	int rc = read_body(v, s->decision->record, &decision, err);
	if (rc == 0 && s->verdict)
		rc = read_body(v, s->verdict->record, &verdict, err);
	if (rc == 0)
		rc = tell_all(v, t, json_arr(json_obj(decision, "statement"), "findings"), harshness,
		              err);
	json_array_foreach(json_arr(verdict, "cells"), i, cell)
	{
		if (rc == 0 && slice_eq(json_str(cell, "destination"), s->destination))
			rc = tell_all(v, t, json_arr(cell, "findings"), harshness, err);
	}
	json_decref(decision);
	json_decref(verdict);
	return rc;
}

static int is_decided(struct viewing *v, const struct teller *t, bool *out, struct err *err)
{
	struct store_cell *cell = NULL;
	size_t n = 0;
	int rc = store_cells(v->store, t->kind, t->key, v->arena, &cell, &n, err);

	*out = false;
	for (size_t i = 0; rc == 0 && i < n; i++)
		*out = *out || cell[i].from == STORE_DECISION;
	return rc;
}

static int ask_subject(struct viewing *v, struct teller *t, struct err *err)
{
	struct standing *list = NULL;
	bool decided = false;
	size_t n = 0;

	/* One that is not canonical was never decided on. */
	if (subject_from_key(t->kind, t->key, &t->subject, NULL))
		return 0;
	/* Most subjects were never decided on; only of others are all observations read. */
	int rc = is_decided(v, t, &decided, err);
	if (rc || !decided)
		return rc;
	rc = acts_standing(v->store, t->subject, v->suffixes, v->arena, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = tell_standing(v, t, &list[i], err);
	return rc;
}

static int find_teller(struct viewing *v, const struct store_record *r, struct teller **out,
                       struct err *err)
{
	struct teller *t = v->tellers;

	while (t && !(slice_eq(t->key, r->key) && slice_eq(t->kind, r->kind)))
		t = t->next;
	if (!t) {
		t = ARENA_NEW(v->arena, struct teller);
		if (!t)
			return no_memory(err);
		*t = (struct teller){ .kind = r->kind, .key = r->key, .next = v->tellers };
		int rc = ask_subject(v, t, err);
		if (rc)
			return rc;
		v->tellers = t;
	}
	*out = t;
	return 0;
}

/* The gravest severity that may be told of a finding; -1 where it may not be told at all. */
static int told_of(const struct teller *t, struct sha256 id)
{
	int harshness = -1;

	for (size_t i = 0; i < t->n; i++)
		if (sha256_eq(t->told[i].id, id) && t->told[i].harshness > harshness)
			harshness = t->told[i].harshness;
	return harshness;
}

/* ---- what they quote ---- */

static int copy(struct viewing *v, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(v->arena, s);
	return out->p ? 0 : no_memory(err);
}

/* Of the captures that hold these bytes the first is named. */
static int note_capture(struct viewing *v, const json_t *o, struct err *err)
{
	int64_t at;

	if (timestamp_parse(json_str(o, "at"), &at, NULL) || (v->dated && at >= v->made.at))
		return 0;
	v->dated = true;
	v->made.at = at;
	int rc = copy(v, json_str(o, "url"), &v->made.url, err);
	return rc ? rc : copy(v, json_str(o, "vantage"), &v->made.vantage, err);
}

static int take_quotation(struct viewing *v, const json_t *o, const json_t *finding, bool weighed,
                          struct err *err)
{
	struct quotation q;
	struct derivative_quotation kept = { .weighed = weighed };

	/* A malformed one is told of by assay store check; nothing can be said with it. One that may
	 * name a person is not shown. */
	if (!o || json_is_true(json_object_get(o, "restricted")) ||
	    quotation_from_json(o, &q, NULL) || !sha256_eq(q.evidence, v->digest) ||
	    v->made.n == EVIDENCE_VIEW_QUOTATIONS)
		return 0;
	kept.start = q.start;
	kept.end = q.end;
	kept.text = q.text;
	int rc = copy(v, q.quote, &kept.quote, err);
	if (rc == 0)
		rc = copy(v, q.extractor, &kept.extractor, err);
	if (rc == 0)
		rc = copy(v, json_str(finding, "rule"), &kept.rule, err);
	if (rc == 0)
		rc = copy(v, json_str(finding, "destination"), &kept.destination, err);
	if (rc == 0)
		rc = note_capture(v, o, err);
	if (rc)
		return rc;
	v->made.quotation = grow(v->arena, v->made.quotation, v->made.n, &v->cap, sizeof(kept));
	if (!v->made.quotation)
		return no_memory(err);
	v->made.quotation[v->made.n++] = kept;
	return 0;
}

static int take_finding(struct viewing *v, const struct store_record *r, struct teller *t,
                        struct err *err)
{
	json_t *body = NULL;
	const json_t *item;
	size_t i, before = v->made.n;
	int harshness = told_of(t, r->id);

	if (harshness < 0)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	/* Severities have the names of the classes that they support. */
	if (rc == 0 && standing_harshness(json_str(body, "severity")) > harshness) {
		json_decref(body);
		return 0;
	}
	json_array_foreach(json_arr(body, "quotations"), i, item)
	{
		if (rc == 0)
			rc = take_quotation(v, item, body, false, err);
	}
	json_array_foreach(json_arr(body, "weighed"), i, item)
	{
		if (rc == 0)
			rc = take_quotation(v, json_obj(item, "quotation"), body, true, err);
	}
	t->quotes = t->quotes || v->made.n > before;
	json_decref(body);
	return rc;
}

static int take_findings(struct viewing *v, struct err *err)
{
	int64_t *seq = NULL;
	size_t n = 0;
	int rc = store_citations(v->store, v->digest, v->arena, &seq, &n, err);

	for (size_t i = 0; rc == 0 && i < n && i < EVIDENCE_VIEW_FINDINGS &&
	                   v->made.n < EVIDENCE_VIEW_QUOTATIONS; i++) {
		struct store_record r;
		struct teller *t = NULL;
		rc = store_get_record_at(v->store, seq[i], v->arena, &r, err);
		if (rc == 0)
			rc = find_teller(v, &r, &t, err);
		if (rc == 0)
			rc = take_finding(v, &r, t, err);
	}
	return rc;
}

/* ---- the text ---- */

/* How the page was served: what its bytes are read by. */
struct readings {
	struct viewing *v;
	char hex[SHA256_HEX];
	struct casefile_page page[READINGS_MAX];
	size_t n;
};

static int see_observation(void *ctx, const struct store_record *r, struct err *err)
{
	struct readings *all = ctx;
	struct casefile_page p;
	json_t *body = NULL;

	/* Most observations are of other pages, and are not parsed. */
	if (all->n == READINGS_MAX || slice_find_slice(r->body, slice_str(all->hex)) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc == 0)
		rc = casefile_page_from(body, r->at, r->src, all->v->arena, &p, err);
	json_decref(body);
	if (rc || p.missing.n || !sha256_eq(p.evidence, all->v->digest))
		return rc;
	for (size_t i = 0; i < all->n; i++)
		if (slice_eq(all->page[i].media_type, p.media_type) &&
		    slice_eq(all->page[i].content_type, p.content_type) &&
		    slice_eq(all->page[i].content_encoding, p.content_encoding))
			return 0;
	all->page[all->n++] = p;
	return 0;
}

/* Observations of a subject, and of the site that it lies in. */
static int see_subject(struct readings *all, const struct teller *t, struct err *err)
{
	struct subject site;
	struct store_filter f = { .type = SLICE("observation"), .kind = t->kind, .key = t->key };
	int rc = store_each_record(all->v->store, &f, see_observation, all, err);

	if (rc == 0)
		rc = subject_site(t->subject, all->v->suffixes, all->v->arena, &site, err);
	if (rc || subject_eq(site, t->subject))
		return rc;
	f.kind = slice_str(subject_kind_name(site.kind));
	f.key = site.key;
	return store_each_record(all->v->store, &f, see_observation, all, err);
}

static bool is_quoted(const struct viewing *v, struct sha256 text)
{
	for (size_t i = 0; i < v->made.n; i++)
		if (sha256_eq(v->made.quotation[i].text, text))
			return true;
	return false;
}

/* The text that the quotations name, if the bytes still give it. */
static int read_text(struct viewing *v, struct err *err)
{
	struct readings all = { .v = v };
	struct buf bytes = { 0 };
	int rc = 0;

	sha256_hex(v->digest, all.hex);
	for (const struct teller *t = v->tellers; rc == 0 && t; t = t->next)
		if (t->quotes)
			rc = see_subject(&all, t, err);
	if (rc == 0 && all.n)
		rc = store_get_evidence(v->store, v->digest, &bytes, NULL, NULL, err);
	for (size_t i = 0; rc == 0 && i < all.n && !v->made.has_text; i++) {
		struct page_text text;
		struct slice reason;
		all.page[i].bytes = buf_slice(&bytes);
		rc = casefile_page_text(&all.page[i], v->arena, &text, &reason, err);
		if (rc == 0 && reason.n == 0 && text.text.n <= REDACTION_TEXT_MAX &&
		    is_quoted(v, sha256_of(text.text))) {
			v->made.has_text = true;
			v->made.text = text.text;
		}
	}
	buf_release(&bytes);
	return rc;
}

int evidence_view_load(struct store *store, struct sha256 digest, const struct suffixes *suffixes,
                       struct arena *arena, json_t **out, struct err *err)
{
	struct viewing v = { .store = store, .suffixes = suffixes, .arena = arena, .digest = digest };
	struct store_evidence e;
	struct store_gone gone;
	struct err why = { 0 };
	int rc = store_find_evidence(store, digest, arena, &e, &why);

	if (rc == ERR_NOTFOUND)
		return not_found(err);
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	if (!slice_eq_str(e.cls, "public") || store_find_gone(store, digest, &gone, NULL) == 0)
		return not_found(err);
	v.made.evidence = digest;
	v.made.media_type = e.media_type;
	v.made.length = e.length;
	v.made.at = e.at;
	rc = take_findings(&v, err);
	if (rc == 0 && v.made.n == 0)
		return not_found(err);
	if (rc == 0 && e.length <= EVIDENCE_VIEW_BYTES)
		rc = read_text(&v, err);
	return rc ? rc : derivative_of(&v.made, out, err);
}
