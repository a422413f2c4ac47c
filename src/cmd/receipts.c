#include "cmd/receipts.h"

#include "publish/index.h"
#include "wire/timestamp.h"

#include <stdlib.h>

struct correction {
	struct sha256 id, supersedes;
	struct slice kind, key, destination, class;
	int64_t period;
	bool is_reached; /* this form has its receipt */
};

struct taking {
	struct acts *acts;
	const struct receipts_form *form;
	const struct index *ix;
	struct arena arena;
	struct correction *list;
	size_t n, cap;
};

/* ---- corrections, and which have their receipt ---- */

static struct correction *find(struct taking *t, struct slice hex)
{
	struct sha256 id;

	if (!sha256_parse_hex(hex, &id))
		return NULL;
	for (size_t i = t->n; i-- > 0;)
		if (sha256_eq(t->list[i].id, id))
			return &t->list[i];
	return NULL;
}

static bool names_form(const json_t *body, struct slice form)
{
	const json_t *reached;
	size_t i;

	json_array_foreach(json_arr(body, "reached"), i, reached)
		if (slice_eq(json_str(reached, "form"), form))
			return true;
	return false;
}

static int add(struct taking *t, const struct store_record *r, const json_t *body, struct err *err)
{
	const json_t *cell = json_array_get(json_arr(body, "cells"), 0);

	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		struct correction *more = realloc(t->list, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		t->list = more;
		t->cap = cap;
	}
	struct correction *c = &t->list[t->n];
	*c = (struct correction){ .id = r->id,
		                  .kind = arena_copy(&t->arena, r->kind),
		                  .key = arena_copy(&t->arena, r->key),
		                  .destination = arena_copy(&t->arena, json_str(cell, "destination")),
		                  .class = arena_copy(&t->arena, json_str(cell, "class")),
		                  .period = r->period };
	if (!c->kind.p || !c->key.p || !c->destination.p || !c->class.p)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	sha256_parse_hex(json_str(body, "supersedes"), &c->supersedes); /* absent: of no decision */
	t->n++;
	return 0;
}

static int see(void *ctx, const struct store_record *r, struct err *err)
{
	struct taking *t = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	if (rc == 0 && slice_eq_str(json_str(body, "state"), "reached")) {
		struct correction *c = find(t, json_str(body, "supersedes"));
		if (c && names_form(body, t->form->name))
			c->is_reached = true;
	} else if (rc == 0 && json_array_size(json_arr(body, "cells"))) {
		rc = add(t, r, body, err);
	}
	json_decref(body);
	return rc;
}

/* ---- what the form says ---- */

/* Whether a row still says what the correction took back: of the same decision, and harsher. One of a
 * later decision says what people decided since. */
static bool still_says(const struct index_row *row, const struct correction *c)
{
	return sha256_eq(row->decision, c->supersedes) &&
	       slice_eq_str(c->destination, row->destination) &&
	       standing_harshness(slice_str(index_class_name(row->class))) >
	               standing_harshness(c->class);
}

/* NULL where the form has followed; else why not. */
static int ask(struct taking *t, const struct correction *c, const char **why, struct err *err)
{
	struct arena a = { 0 };
	struct subject subject;
	struct index_answer answer = { 0 };
	int64_t seq = 0;
	int rc = store_ledger_find(t->acts->book->store, c->id, &seq, err);

	*why = NULL;
	/* Its listing is the entry behind it, of the same transaction. */
	if (rc == 0 && (uint64_t)seq + 1 >= index_about(t->ix)->ledger_size) {
		*why = "it follows an earlier entry of the ledger";
		return 0;
	}
	if (rc == 0)
		rc = subject_from_key(c->kind, c->key, &subject, err);
	if (rc == 0)
		rc = index_find(t->ix, subject, &a, &answer, err);
	for (size_t i = 0; rc == 0 && i < answer.n; i++)
		if (still_says(&answer.row[i], c))
			*why = "it still says what was taken back";
	arena_release(&a);
	return rc;
}

/* ---- the receipt ---- */

static json_t *reached_json(const struct taking *t)
{
	json_t *list = json_array(), *o = json_object();
	char at[TIMESTAMP_SIZE], digest[SHA256_HEX + 7] = "sha256:";
	int failed;

	timestamp_format(t->acts->now, at);
	sha256_hex(sha256_of(t->form->bytes), digest + 7);
	failed = json_put_str(o, "list", slice_str(t->acts->config->list_name));
	failed |= json_put_str(o, "form", t->form->name);
	failed |= json_put_i64(o, "position", (int64_t)index_about(t->ix)->ledger_size);
	failed |= json_put_str(o, "digest", slice_str(digest));
	failed |= json_put_str(o, "at", slice_str(at));
	if (failed | json_add_new(list, o)) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *cells_json(const struct correction *c)
{
	json_t *list = json_array(), *o = json_object();
	int failed = json_put_str(o, "destination", c->destination);

	failed |= json_put_str(o, "class", c->class);
	if (failed | json_add_new(list, o)) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static int put(struct taking *t, const struct correction *c, struct err *err)
{
	struct record r;
	char id[SHA256_HEX];

	sha256_hex(c->id, id);
	record_new(&r, "correction", 1, c->kind, c->key, t->acts->now, SLICE("assay:receipt"));
	record_set_new(&r, "cells", cells_json(c));
	record_set_str(&r, "reason", SLICE("a published form was seen to follow the correction"));
	record_set_str(&r, "state", SLICE("reached"));
	record_set_str(&r, "supersedes", slice_str(id));
	record_set_new(&r, "reached", reached_json(t));
	if (c->period != STORE_NONE)
		record_set_time(&r, "period", c->period);
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(t->acts->book, &r, c->period, NULL, err);
	record_release(&r);
	return rc;
}

static int take(struct taking *t, receipts_waiting_fn waiting, void *ctx,
                struct receipts_report *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		const struct correction *c = &t->list[i];
		const char *why = NULL;
		if (c->is_reached) {
			out->known++;
			continue;
		}
		rc = ask(t, c, &why, err);
		if (rc == 0 && why) {
			out->waiting++;
			if (waiting)
				waiting(ctx, c->key, c->destination, why);
		} else if (rc == 0) {
			rc = put(t, c, err);
			out->reached++;
		}
	}
	return rc;
}

int receipts_take(struct acts *acts, const struct receipts_form *form, receipts_waiting_fn waiting,
                  void *ctx, struct receipts_report *out, struct err *err)
{
	struct store_filter f = { .type = SLICE("correction") };
	struct taking t = { .acts = acts, .form = form };
	struct store *store = acts->book->store;
	struct index *ix = NULL;
	int rc = index_open(form->bytes, form->key, &ix, err);

	*out = (struct receipts_report){ 0 };
	if (rc == 0) {
		t.ix = ix;
		out->position = index_about(ix)->ledger_size;
		rc = store_each_record(store, &f, see, &t, err);
	}
	if (rc == 0)
		rc = store_begin(store, err);
	if (rc == 0)
		rc = take(&t, waiting, ctx, out, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc)
		store_rollback(store);
	index_close(ix);
	arena_release(&t.arena);
	free(t.list);
	return rc;
}
