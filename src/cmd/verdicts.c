#include "cmd/verdicts.h"

#include "cmd/ledgerbook.h"

int verdicts_newest(struct store *store, struct slice kind, struct slice key, int64_t period,
                    bool *found, struct sha256 *id, struct err *err)
{
	struct arena a = { 0 };
	struct store_cell *cell = NULL;
	size_t n = 0;
	int rc = store_cells(store, kind, key, &a, &cell, &n, err);

	*found = false;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (cell[i].from == STORE_VERDICT && cell[i].period == period) {
			*found = true;
			*id = cell[i].record;
		}
	arena_release(&a);
	return rc;
}

int verdicts_body(struct store *store, struct sha256 id, json_t **out, struct err *err)
{
	struct arena a = { 0 };
	struct store_record row;
	int rc = store_get_record(store, id, &a, &row, err);

	if (rc == 0)
		rc = json_parse_object(row.body, RECORD_LINE_MAX, out, err);
	arena_release(&a);
	return rc;
}

/* Whether a stored verdict says what this one says, but for what it came after. */
static int says_the_same(struct store *store, struct sha256 id, const struct record *verdict,
                         bool *same, struct err *err)
{
	static const char *const skip[] = { "id", "at", "again_after", NULL };
	struct buf text = { 0 };
	json_t *body = NULL;
	int rc = verdicts_body(store, id, &body, err);

	if (rc == 0)
		rc = json_canonical_except(body, skip, &text, err);
	if (rc == 0)
		*same = sha256_eq(sha256_of(buf_slice(&text)), verdict->id);
	json_decref(body);
	buf_release(&text);
	return rc;
}

/* The first's id is known already, so it is kept as one that names the other. */
static int keep_again(struct store *store, const struct record *verdict, int64_t period,
                      struct sha256 newest, bool *is_new, struct err *err)
{
	char hex[SHA256_HEX];
	struct record again;
	json_t *body = json_copy(verdict->body); /* shallow: one member is added */

	sha256_hex(newest, hex);
	json_object_del(body, "id");
	if (json_put_str(body, "again_after", slice_str(hex))) {
		json_decref(body);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	int rc = record_from_json(body, &again, err);
	if (rc) {
		json_decref(body);
		return rc;
	}
	rc = ledgerbook_store(store, &again, period, NULL, is_new, err);
	record_release(&again);
	return rc;
}

int verdicts_keep(struct store *store, const struct report *r, int64_t period, bool *is_new,
                  struct err *err)
{
	struct sha256 newest;
	bool found = false, same = false;
	int rc = verdicts_newest(store, r->verdict.kind, r->verdict.key, period, &found, &newest, err);

	*is_new = false;
	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = ledgerbook_store(store, &r->finding[i], period, NULL, NULL, err);
	if (rc == 0)
		rc = ledgerbook_store(store, &r->verdict, period, NULL, is_new, err);
	if (rc == 0 && !*is_new && found && !sha256_eq(newest, r->verdict.id)) {
		rc = says_the_same(store, newest, &r->verdict, &same, err);
		if (rc == 0 && !same)
			rc = keep_again(store, &r->verdict, period, newest, is_new, err);
	}
	return rc;
}
