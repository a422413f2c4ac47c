#include "cmd/ledger_proof.h"

#include "base/hex.h"
#include "wire/json.h"

struct wanted {
	struct store *store;
	bool is_public;
	bool found;
	struct buf extra;
};

static int make_extra(const struct store_ledger_entry *e, json_t *record, struct buf *out,
                      struct err *err)
{
	json_t *entry = NULL, *o = json_object();
	char salt[2 * STORE_SALT_LEN + 1];

	hex_encode(e->salt, STORE_SALT_LEN, salt);
	int rc = json_parse_object(e->entry, TILE_ENTRY_MAX, &entry, err);
	if (rc) {
		json_decref(o);
		return rc;
	}
	if (!o || json_put_new(o, "entry", entry) |
	                  json_put_new(o, "record", json_incref(record)) |
	                  json_put_str(o, "salt", slice_str(salt)))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	else
		rc = json_canonical(o, out, err);
	json_decref(o);
	return rc;
}

static bool may_be_told(struct slice type, const json_t *body)
{
	static const char *const types[] = { "correction", "listing", "key", "pack", "redaction" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq_str(type, types[i]))
			return true;
	return slice_eq_str(type, "decision") && slice_eq_str(json_str(body, "state"), "in_force");
}

static int take_extra(void *ctx, const struct store_ledger_entry *e, struct err *err)
{
	struct wanted *w = ctx;
	struct arena a = { 0 };
	struct store_record r;
	json_t *body = NULL;

	int rc = store_get_record(w->store, e->record, &a, &r, err);
	if (rc == 0)
		rc = json_parse_object(r.body, STORE_BODY_MAX, &body, err);
	if (rc == 0 && (!w->is_public || may_be_told(r.type, body))) {
		w->found = true;
		rc = make_extra(e, body, &w->extra, err);
	}
	json_decref(body);
	arena_release(&a);
	return rc;
}

int ledger_proof_make(struct store *store, const struct tile_store *files,
                      const struct keyring *keys, int64_t index, bool is_public, struct buf *out,
                      struct err *err)
{
	struct wanted w = { .store = store, .is_public = is_public };
	int rc = store_ledger_each(store, index, index + 1, take_extra, &w, err);

	if (rc == 0 && is_public && !w.found)
		rc = err_set(err, ERR_NOTFOUND, 0, "the ledger has no such public record");
	if (rc == 0)
		rc = ledger_prove(files, keys, (uint64_t)index, buf_slice(&w.extra), out, err);
	buf_release(&w.extra);
	return rc;
}
