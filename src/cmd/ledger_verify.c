/* assay ledger verify [FILE]: the ledger against the store, or one proof against a key.
 *
 * What is proved carries what it takes to check it: a proof's extra data is the entry, its salt and
 * its record, as one JSON object (cmd/ledger_proof.h). */
#include "account/consistency.h"
#include "account/entry.h"
#include "base/hex.h"
#include "cmd/ledger_cmd.h"
#include "cmd/ledgerbook.h"
#include "store/redact.h"
#include "sys/file.h"
#include "wire/tlog_proof.h"

#include <inttypes.h>
#include <stdlib.h>

#define PROOF_LINE SLICE("c2sp.org/tlog-proof@v1\n")
#define OLD_LINE   SLICE("old ")

/* A record that was redacted: the record that says so names it, and is in the ledger itself. */
static int check_redacted(struct ledger_cmd *l, struct sha256 id, const uint8_t *salt,
                          struct err *err)
{
	static const uint8_t zeros[STORE_SALT_LEN];
	struct store_redaction red;
	struct store_record r;
	struct arena a = { 0 };
	char hex[SHA256_HEX];
	json_t *body = NULL;
	const json_t *item;
	bool named = false;
	int64_t seq;
	size_t i;

	int rc = store_find_redaction(l->store, id, &red, err);
	if (rc == ERR_NOTFOUND)
		rc = err_set(err, ERR_CORRUPT, 0,
		             "the bytes of its record are gone, and no redaction says why");
	if (rc == 0)
		rc = store_get_record_at(l->store, red.by, &a, &r, err);
	if (rc == 0)
		rc = json_parse_object(r.body, STORE_BODY_MAX, &body, err);
	sha256_hex(id, hex);
	json_array_foreach(json_arr(body, "records"), i, item)
		named = named || slice_eq_str(json_text(item), hex);
	if (rc == 0 && !named)
		rc = err_set(err, ERR_CORRUPT, 0, "the redaction of its record does not name it");
	if (rc == 0 && memcmp(salt, zeros, sizeof(zeros)) != 0)
		rc = err_set(err, ERR_CORRUPT, 0, "its record was redacted, and its salt is here");
	if (rc == 0 && store_ledger_find(l->store, r.id, &seq, NULL))
		rc = err_set(err, ERR_CORRUPT, 0,
		             "the redaction of its record is not in the ledger");
	json_decref(body);
	arena_release(&a);
	return rc;
}

/* An entry of the store against its record: what the tree cannot know. */
static int check_entry(void *ctx, const struct store_ledger_entry *e, struct err *err)
{
	struct ledger_cmd *l = ctx;
	struct arena a = { 0 };
	struct store_record r;
	struct entry entry = { 0 };
	struct err why;
	char what[600];

	int rc = entry_parse(e->entry, &a, &entry, &why);
	if (rc == 0 && !sha256_eq(entry.record, e->record))
		rc = err_set(&why, ERR_CORRUPT, 0, "names another record than the store does");
	if (rc == 0)
		rc = store_get_record(l->store, entry.record, &a, &r, &why);
	if (rc == 0 && !slice_eq(r.type, entry.type))
		rc = err_set(&why, ERR_CORRUPT, 0, "its record is of type '%.*s'",
		             SLICE_ARG(r.type));
	if (rc == 0 && !slice_eq(r.key, entry.key))
		rc = err_set(&why, ERR_CORRUPT, 0, "its record is about '%.*s'", SLICE_ARG(r.key));
	if (rc == 0)
		rc = store_is_redacted(r.body) ? check_redacted(l, r.id, e->salt, &why)
		                               : entry_check(&entry, e->salt, r.body, &why);
	if (rc == ERR_IO || rc == ERR_NOMEM || rc == ERR_BUSY) {
		if (err)
			*err = why;
	} else if (rc) {
		snprintf(what, sizeof(what), "store: ledger entry %" PRId64 ": %s%s%.*s%s", e->seq,
		         why.what, entry.key.n ? " (about " : "",
		         SLICE_ARG(slice_sub(entry.key, 0, 200)), entry.key.n ? ")" : "");
		ledger_tell(l, "store", (uint64_t)e->seq, what);
		rc = 0;
	}
	arena_release(&a);
	return rc;
}

static int audit(struct ledger_cmd *l, struct audit_result *result, struct err *err)
{
	const struct audit_report quiet = { NULL, l, true };
	const struct audit_report report = { ledger_tell, l, true };
	struct ledger_source source;
	struct err found;

	int rc = ledgerbook_source(l->store, &source, err);
	if (rc)
		return rc;
	for (;;) {
		struct ledger_source later;
		rc = audit_ledger(&l->files, &l->keys, &source, &quiet, result, &found);
		if (rc != ERR_REFUSED || result->head.size <= source.size)
			break;
		/* Shorter than a checkpoint that came after we looked? */
		int again = ledgerbook_source(l->store, &later, err);
		if (again)
			return again;
		if (later.size == source.size)
			break;
		source = later;
	}
	if (rc == ERR_CORRUPT || rc == ERR_REFUSED)
		rc = audit_ledger(&l->files, &l->keys, &source, &report, result, &found);
	if (rc && rc != ERR_CORRUPT && rc != ERR_REFUSED) {
		if (err)
			*err = found;
		return rc;
	}
	return store_ledger_each(l->store, 0, -1, check_entry, l, err);
}

/* ---- proofs ---- */

/* What a proof carries beside the path. */
struct carried {
	struct buf raw, entry_bytes, record;
	uint8_t salt[ENTRY_SALT];
	struct arena arena;
	struct entry entry;
	bool redacted;
	json_t *extra;
};

static void carried_release(struct carried *c)
{
	json_decref(c->extra);
	buf_release(&c->raw);
	buf_release(&c->entry_bytes);
	buf_release(&c->record);
	arena_release(&c->arena);
}

static int read_carried(const struct tlog_proof *proof, struct carried *c, struct err *err)
{
	json_t *part = NULL;
	struct sha256 by;

	int rc = json_parse_object(proof->extra, TLOG_PROOF_EXTRA_MAX, &c->extra, err);
	if (rc == 0)
		rc = json_need_obj(c->extra, "entry", &part, err);
	if (rc == 0)
		rc = json_canonical(part, &c->entry_bytes, err);
	if (rc == 0)
		rc = entry_parse(buf_slice(&c->entry_bytes), &c->arena, &c->entry, err);
	if (rc)
		return rc;
	c->redacted = sha256_parse_hex(json_str(c->extra, "redacted"), &by);
	if (c->redacted)
		return 0;
	rc = json_need_obj(c->extra, "record", &part, err);
	if (rc == 0)
		rc = json_canonical(part, &c->record, err);
	if (rc == 0 && !hex_decode(json_str(c->extra, "salt"), c->salt, sizeof(c->salt)))
		rc = err_set(err, ERR_SYNTAX, 0, "proof: no salt");
	return rc;
}

static int tell_proved(const struct ledger_cmd *l, const struct carried *c, uint64_t index,
                       uint64_t size, struct err *err)
{
	struct slice origin = keyring_name(&l->keys);

	if (l->cmd->format == FORMAT_TEXT) {
		printf("%.*s: %.*s%s%.*s is entry %" PRIu64 " of %" PRIu64 "%s%.*s\n",
		       SLICE_ARG(origin), SLICE_ARG(c->entry.type), c->entry.key.n ? " of " : "",
		       SLICE_ARG(c->entry.key), index, size,
		       c->redacted ? "; its record was redacted: see record " : "",
		       SLICE_ARG(json_str(c->extra, "redacted")));
		return 0;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "origin", origin) |
	             json_put_i64(o, "index", (int64_t)index) |
	             json_put_i64(o, "size", (int64_t)size) | json_put_i64(o, "problems", 0);
	if (c->redacted)
		failed |= json_put_str(o, "redacted", json_str(c->extra, "redacted"));
	return ledger_put_object(o, failed, err);
}

/* A proof and what it carries: the entry is in the tree, and the record is the entry's. */
static int check_proof(const struct ledger_cmd *l, struct slice text, struct err *err)
{
	struct tlog_proof *proof = calloc(1, sizeof(*proof));
	struct carried c = { .redacted = false };
	struct ledger_head head;

	int rc = proof ? tlog_proof_parse(text, &c.raw, proof, err)
	               : err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0)
		rc = read_carried(proof, &c, err);
	if (rc == 0)
		rc = ledger_check_proof(text, &l->keys, buf_slice(&c.entry_bytes), &head, err);
	if (rc == 0 && !c.redacted)
		rc = entry_check(&c.entry, c.salt, buf_slice(&c.record), err);
	if (rc == 0)
		rc = tell_proved(l, &c, proof->index, head.size, err);
	free(proof);
	carried_release(&c);
	return rc;
}

/* That one checkpoint continues another: --since has the old one. */
static int check_consistency(const struct ledger_cmd *l, struct slice text, struct err *err)
{
	struct ledger_head old, head;
	struct buf kept = { 0 };

	if (!l->since)
		return err_set(err, ERR_USAGE, 0,
		               "a proof of consistency needs the older checkpoint: --since FILE");
	int rc = file_read(l->since, LEDGER_FILE_MAX, &kept, err);
	if (rc == 0) {
		rc = ledger_check_head(buf_slice(&kept), &l->keys, &old, err);
		if (rc)
			err_wrap(err, "%s", l->since);
	}
	if (rc == 0)
		rc = consistency_check(text, &l->keys, &old, &head, err);
	buf_release(&kept);
	if (rc)
		return rc;
	struct slice origin = keyring_name(&l->keys);
	if (l->cmd->format == FORMAT_TEXT) {
		printf("%.*s: the first %" PRIu64 " of %" PRIu64 " entries are those of %s\n",
		       SLICE_ARG(origin), old.size, head.size, l->since);
		return 0;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "origin", origin) |
	             json_put_i64(o, "since", (int64_t)old.size) |
	             json_put_i64(o, "size", (int64_t)head.size) |
	             json_put_i64(o, "problems", 0);
	return ledger_put_object(o, failed, err);
}

/* With --key a proof is checked without any store. */
static int verify_proof(struct ledger_cmd *l, struct slice text, const char *path, struct err *err)
{
	struct err why = { 0 };
	int rc = l->key_file ? ledger_read_keys(l, err) : ledger_open_to_read(l, err);

	if (rc)
		return rc;
	rc = slice_starts(text, OLD_LINE) ? check_consistency(l, text, &why)
	                                  : check_proof(l, text, &why);
	if (rc == ERR_IO || rc == ERR_NOMEM || rc == ERR_USAGE) {
		if (err)
			*err = why;
		return rc;
	}
	if (rc) {
		err_wrap(&why, "%s", path);
		ledger_tell(l, path, 0, why.what);
	}
	return rc ? EXIT_NO : EXIT_DONE;
}

int ledger_verify(struct ledger_cmd *l, struct err *err)
{
	const char *path = l->cmd->argc > 1 ? l->cmd->argv[1] : NULL;
	struct audit_result result = { 0 };
	struct buf text = { 0 };
	int rc = path ? file_read(path, LEDGER_FILE_MAX, &text, err) : 0;

	if (rc == 0 && (slice_starts(buf_slice(&text), PROOF_LINE) ||
	                slice_starts(buf_slice(&text), OLD_LINE))) {
		rc = verify_proof(l, buf_slice(&text), path, err);
		buf_release(&text);
		return rc;
	}
	buf_release(&text);
	if (rc == 0)
		rc = ledger_open_to_read(l, err);
	if (rc == 0)
		rc = audit(l, &result, err);
	if (rc == 0)
		rc = log_witnessed_each(l->folder, ledger_compare_note, l, err);
	if (rc == 0 && path)
		rc = ledger_compare_kept(l, path, err);
	if (rc == 0 && l->since)
		rc = ledger_compare_kept(l, l->since, err);
	if (rc == 0)
		rc = ledger_sum_up(l, &result, "tiles, entries, records and signature", err);
	return rc ? rc : l->problems ? EXIT_NO : EXIT_DONE;
}
