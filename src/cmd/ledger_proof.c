#include "cmd/ledger_proof.h"

#include "base/hex.h"
#include "store/redact.h"
#include "wire/json.h"

struct wanted {
	struct store *store;
	bool is_public;
	bool found;
	struct buf extra;
};

/* The id of the record of type redaction. */
static int put_redaction(struct store *store, struct sha256 record, json_t *o, struct err *err)
{
	struct store_redaction red;
	struct store_record r;
	struct arena a = { 0 };
	char hex[SHA256_HEX];
	int rc = store_find_redaction(store, record, &red, err);

	if (rc == ERR_NOTFOUND)
		rc = err_set(err, ERR_CORRUPT, 0,
		             "the record's bytes are gone, and no redaction says why "
		             "(run: assay store check)");
	if (rc == 0)
		rc = store_get_record_at(store, red.by, &a, &r, err);
	if (rc == 0) {
		sha256_hex(r.id, hex);
		if (json_put_str(o, "redacted", slice_str(hex)))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	arena_release(&a);
	return rc;
}

static int make_extra(struct store *store, const struct store_ledger_entry *e, json_t *record,
                      bool redacted, struct buf *out, struct err *err)
{
	json_t *entry = NULL, *o = json_object();
	char salt[2 * STORE_SALT_LEN + 1];

	hex_encode(e->salt, STORE_SALT_LEN, salt);
	int rc = json_parse_object(e->entry, TILE_ENTRY_MAX, &entry, err);
	if (rc == 0 && (!o || json_put_new(o, "entry", entry)))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0 && redacted)
		rc = put_redaction(store, e->record, o, err);
	else if (rc == 0 && (json_put_new(o, "record", json_incref(record)) |
	                     json_put_str(o, "salt", slice_str(salt))))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0)
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
	bool redacted = rc == 0 && store_is_redacted(r.body);
	/* Of a redacted one the entry alone is told, which everybody has in the tiles. */
	if (rc == 0 && (!w->is_public || redacted || may_be_told(r.type, body))) {
		w->found = true;
		rc = make_extra(w->store, e, body, redacted, &w->extra, err);
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
