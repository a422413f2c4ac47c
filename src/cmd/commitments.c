#include "cmd/commitments.h"

#include "model/record.h"

#include <string.h>

struct loading {
	struct store *store;
	struct arena *a;
	struct commitment *list;
	size_t n, cap;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int grow(struct loading *l, struct err *err)
{
	size_t cap = l->cap ? 2 * l->cap : 8;
	struct commitment *list = arena_array(l->a, cap, sizeof(*list));

	if (!list)
		return no_memory(err);
	if (l->n)
		memcpy(list, l->list, l->n * sizeof(*list));
	l->list = list;
	l->cap = cap;
	return 0;
}

static int load_one(struct loading *l, const struct store_record *r, struct err *err)
{
	json_t *body = NULL;
	int rc = l->n == l->cap ? grow(l, err) : 0;

	if (rc == 0)
		rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc == 0 && !json_flag(body, "redacted", false)) {
		rc = commitment_from_json(body, l->a, &l->list[l->n], err);
		if (rc == ERR_SYNTAX) {
			char id[SHA256_HEX];
			sha256_hex(r->id, id);
			err_wrap(err, "record %s", id);
			err->code = ERR_CORRUPT;
			rc = ERR_CORRUPT;
		}
		l->list[l->n].record = r->id;
		l->n += rc == 0;
	}
	json_decref(body);
	return rc;
}

static int load_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct loading *l = ctx;
	struct err why = { .what = "" };
	int64_t entry;
	int rc = store_ledger_find(l->store, r->id, &entry, &why);

	if (rc == ERR_NOTFOUND)
		return 0; /* not done here */
	if (rc == 0)
		return load_one(l, r, err);
	if (err)
		*err = why;
	return rc;
}

int commitments_load(struct store *store, struct arena *a, struct commitment **out, size_t *n,
                     struct err *err)
{
	struct loading l = { .store = store, .a = a };
	struct store_filter filter = { .type = SLICE("commitment") };
	int rc = store_each_record(store, &filter, load_record, &l, err);

	if (rc)
		return rc;
	*out = l.list;
	*n = commitments_now(l.list, l.n);
	return 0;
}

static bool stands_so(const struct commitment *a, const struct commitment *b)
{
	return commitment_same(a, b) && slice_eq(a->text, b->text) && slice_eq(a->name, b->name) &&
	       slice_eq(a->source, b->source) && a->adopted == b->adopted && a->ended == b->ended;
}

int commitments_put(struct ledgerbook *book, const struct commitment *c, struct slice by,
                    struct sha256 *id, bool *is_new, struct err *err)
{
	struct arena a = { 0 };
	struct commitment *list = NULL;
	json_t *fields = NULL, *value;
	const char *field;
	struct record r;
	size_t n = 0;
	int rc = commitment_check(c, err);

	*is_new = false;
	if (rc == 0)
		rc = commitments_load(book->store, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (stands_so(&list[i], c)) {
			*id = list[i].record;
			arena_release(&a);
			return 0;
		}
	arena_release(&a);
	if (rc == 0 && !(fields = commitment_to_json(c)))
		rc = no_memory(err);
	if (rc)
		return rc;
	record_new(&r, "commitment", 1, SLICE(""), SLICE(""), book->at, by);
	json_object_foreach(fields, field, value)
		record_set_new(&r, field, json_incref(value));
	rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, is_new, err);
	if (rc == 0)
		*id = r.id;
	record_release(&r);
	json_decref(fields);
	return rc;
}
