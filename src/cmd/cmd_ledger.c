/* assay ledger checkpoint|verify [FILE]|prove INDEX: the log of acts, for who does not trust us.
 *
 * What is proved carries what it takes to check it: a proof's extra data is the entry, its salt and
 * its record, as one JSON object. */
#include "account/audit.h"
#include "account/entry.h"
#include "cmd/cmd.h"
#include "cmd/ledger_proof.h"
#include "cmd/ledgerbook.h"
#include "sys/file.h"
#include "wire/checkpoint.h"
#include "wire/json.h"
#include "wire/tlog_proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 40 << 20, KEY_MAX = KEYRING_MAX * 512 };

#define PROOF_LINE SLICE("c2sp.org/tlog-proof@v1\n")

struct book {
	struct cmd *cmd;
	const char *key_file; /* --key */
	struct store *store;
	struct log_folder *folder;
	struct tile_store files;
	struct buf key_text;
	struct keyring keys;
	uint64_t problems;
};

/* Print and release an object; failed = what its puts returned. */
static int put_object(json_t *o, int failed, struct err *err)
{
	struct buf out = { 0 };
	int rc = !o || failed ? err_set(err, ERR_NOMEM, 0, "out of memory")
	                      : json_canonical(o, &out, err);

	json_decref(o);
	buf_putc(&out, '\n');
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static void digest_text(struct sha256 d, char out[SHA256_HEX + 7])
{
	char hex[SHA256_HEX];

	sha256_hex(d, hex);
	snprintf(out, SHA256_HEX + 7, "sha256:%s", hex);
}

/* The keys that check: --key, else the ledger's own. */
static int read_key(struct book *b, struct err *err)
{
	if (!b->key_file)
		return log_keyring_read(b->folder, &b->key_text, &b->keys, err);
	int rc = file_read(b->key_file, KEY_MAX, &b->key_text, err);
	if (rc)
		return rc;
	rc = keyring_parse(slice_trim(buf_slice(&b->key_text)), &b->keys, err);
	return rc ? err_wrap(err, "%s", b->key_file) : 0;
}

/* The store and its ledger, to look only. */
static int open_to_read(struct book *b, struct err *err)
{
	char dir[4096];
	int n = snprintf(dir, sizeof(dir), "%s/ledger", b->cmd->config.store);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "the store's path is too long");
	int rc = store_open(b->cmd->config.store, STORE_READ, NULL, &b->store, err);
	if (rc == 0)
		rc = log_open(dir, false, &b->folder, err);
	if (rc == 0) {
		b->files = log_files(b->folder);
		rc = read_key(b, err);
	}
	return rc;
}

/* ---- checkpoint ---- */

static int put_checkpoint(const struct book *b, struct slice text, struct err *err)
{
	struct buf out = { 0 };
	struct note note;
	struct checkpoint c;
	char root[SHA256_HEX + 7];
	int rc = 0;

	if (b->cmd->format != FORMAT_JSON) {
		buf_put(&out, text);
		rc = cmd_put_out(&out, err);
		buf_release(&out);
		return rc;
	}
	rc = note_parse(text, &note, err);
	if (rc == 0)
		rc = checkpoint_parse(note.text, &c, err);
	if (rc)
		return rc;
	json_t *o = json_object();
	digest_text(c.root, root);
	int failed = json_put_str(o, "origin", c.origin) |
	             json_put_i64(o, "size", (int64_t)c.size) |
	             json_put_str(o, "root", slice_str(root)) | json_put_str(o, "note", text);
	return put_object(o, failed, err);
}

/* Sign what the store holds, and show it. */
static int do_checkpoint(struct book *b, struct err *err)
{
	struct ledgerbook book = { 0 };
	struct ledger_head head;
	struct buf note = { 0 };

	int rc = store_open(b->cmd->config.store, STORE_WRITE, "assay ledger", &b->store, err);
	if (rc)
		return rc;
	rc = ledgerbook_open(b->store, &b->cmd->config, b->cmd->at, &book, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0)
		rc = ledger_read_head_by(&book.files, &book.keys, &note, &head, err);
	if (rc == 0)
		rc = put_checkpoint(b, buf_slice(&note), err);
	buf_release(&note);
	ledgerbook_close(&book);
	return rc ? rc : EXIT_DONE;
}

/* ---- verify ---- */

static void told(void *ctx, const char *path, uint64_t index, const char *what)
{
	struct book *b = ctx;

	b->problems++;
	if (b->cmd->format == FORMAT_TEXT) {
		printf("%s\n", what);
		return;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "path", slice_str(path)) |
	             json_put_i64(o, "index", (int64_t)index) |
	             json_put_str(o, "problem", slice_str(what));
	put_object(o, failed, NULL); /* a failure shows in standard output's state at the end */
}

/* An entry of the store against its record: what the tree cannot know. */
static int check_entry(void *ctx, const struct store_ledger_entry *e, struct err *err)
{
	struct book *b = ctx;
	struct arena a = { 0 };
	struct store_record r;
	struct entry entry;
	struct err why;
	char what[400];

	int rc = entry_parse(e->entry, &a, &entry, &why);
	if (rc == 0 && !sha256_eq(entry.record, e->record))
		rc = err_set(&why, ERR_CORRUPT, 0, "names another record than the store does");
	if (rc == 0)
		rc = store_get_record(b->store, entry.record, &a, &r, &why);
	if (rc == 0 && !slice_eq(r.type, entry.type))
		rc = err_set(&why, ERR_CORRUPT, 0, "its record is of type '%.*s'",
		             SLICE_ARG(r.type));
	if (rc == 0 && !slice_eq(r.key, entry.key))
		rc = err_set(&why, ERR_CORRUPT, 0, "its record is about '%.*s'", SLICE_ARG(r.key));
	if (rc == 0)
		rc = entry_check(&entry, e->salt, r.body, &why);
	arena_release(&a);
	if (rc == ERR_IO || rc == ERR_NOMEM || rc == ERR_BUSY) {
		if (err)
			*err = why;
		return rc;
	}
	if (rc) {
		snprintf(what, sizeof(what), "store: ledger entry %" PRId64 ": %s", e->seq,
		         why.what);
		told(b, "store", (uint64_t)e->seq, what);
	}
	return 0;
}

static int audit(struct book *b, struct audit_result *result, struct err *err)
{
	const struct audit_report report = { told, b };
	struct ledger_source source;
	struct err found;

	int rc = ledgerbook_source(b->store, &source, err);
	if (rc)
		return rc;
	for (;;) {
		struct ledger_source later;
		rc = audit_ledger(&b->files, &b->keys, &source, NULL, result, &found);
		if (rc != ERR_REFUSED || result->head.size <= source.size)
			break;
		/* Shorter than a checkpoint that came after we looked? */
		int again = ledgerbook_source(b->store, &later, err);
		if (again)
			return again;
		if (later.size == source.size)
			break;
		source = later;
	}
	if (rc == ERR_CORRUPT || rc == ERR_REFUSED)
		rc = audit_ledger(&b->files, &b->keys, &source, &report, result, &found);
	if (rc && rc != ERR_CORRUPT && rc != ERR_REFUSED) {
		if (err)
			*err = found;
		return rc;
	}
	return store_ledger_each(b->store, 0, -1, check_entry, b, err);
}

/* A checkpoint that somebody kept must be the beginning of what is here. */
static int compare_kept(struct book *b, const char *path, struct err *err)
{
	struct buf kept = { 0 };
	struct err why;

	int rc = file_read(path, FILE_MAX, &kept, err);
	if (rc)
		return rc;
	rc = audit_since(&b->files, &b->keys, buf_slice(&kept), &why);
	buf_release(&kept);
	if (rc == ERR_IO || rc == ERR_NOMEM) {
		if (err)
			*err = why;
		return rc;
	}
	if (rc) {
		err_wrap(&why, "%s", path);
		told(b, path, 0, why.what);
	}
	return 0;
}

static int sum_up(const struct book *b, const struct audit_result *result, struct err *err)
{
	char root[SHA256_HEX + 7];

	digest_text(result->head.root, root);
	if (b->cmd->format == FORMAT_TEXT) {
		printf("%.*s: %" PRIu64 " entries, root %s\n", SLICE_ARG(keyring_name(&b->keys)),
		       result->head.size, root);
		if (result->behind)
			printf("%" PRIu64 " more wait for a checkpoint (assay ledger checkpoint)\n",
			       result->behind);
		if (b->problems)
			printf("NOT whole: %" PRIu64 " problem%s\n", b->problems,
			       b->problems == 1 ? "" : "s");
		else
			printf("whole: tiles, entries, records and signature agree\n");
		return 0;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "origin", keyring_name(&b->keys)) |
	             json_put_i64(o, "size", (int64_t)result->head.size) |
	             json_put_str(o, "root", slice_str(root)) |
	             json_put_i64(o, "behind", (int64_t)result->behind) |
	             json_put_i64(o, "problems", (int64_t)b->problems);
	return put_object(o, failed, err);
}

/* ---- proofs ---- */

/* INDEX, or the id of a record. */
static int parse_index(const struct book *b, const char *text, int64_t *out, struct err *err)
{
	struct slice s = slice_str(text);
	struct sha256 id;
	uint64_t v = 0;

	if (slice_starts(s, SLICE("sha256:")))
		s = slice_sub(s, 7, s.n);
	if (sha256_parse_hex(s, &id))
		return store_ledger_find(b->store, id, out, err);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || s.n > 18)
			return err_set(err, ERR_USAGE, i,
			               "'%.80s' is no number of an entry and no id", text);
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	if (s.n == 0)
		return err_set(err, ERR_USAGE, 0, "ledger prove takes the number of an entry");
	*out = (int64_t)v;
	return 0;
}

static int do_prove(struct book *b, struct err *err)
{
	struct buf proof = { 0 };
	struct err why = { 0 };
	int64_t index = 0;

	int rc = open_to_read(b, err);
	if (rc)
		return rc;
	rc = parse_index(b, b->cmd->argv[1], &index, &why);
	if (rc == 0)
		rc = ledger_proof_make(b->store, &b->files, &b->keys, index, false, &proof, &why);
	if (rc == 0 && b->cmd->format == FORMAT_JSON) {
		json_t *o = json_object();
		int failed = json_put_i64(o, "index", index) |
		             json_put_str(o, "proof", buf_slice(&proof));
		rc = put_object(o, failed, &why);
	} else if (rc == 0) {
		rc = cmd_put_out(&proof, &why);
	}
	buf_release(&proof);
	if (rc == ERR_NOTFOUND) {
		fprintf(stderr, "assay ledger: %s\n", why.what);
		return EXIT_NO;
	}
	if (rc && err)
		*err = why;
	return rc ? rc : EXIT_DONE;
}

/* A proof and what it carries: the entry is in the tree, and the record is the entry's. */
static int check_proof(const struct book *b, struct slice text, struct ledger_head *head,
                       struct err *err)
{
	struct tlog_proof *proof = calloc(1, sizeof(*proof));
	struct buf raw = { 0 }, entry_bytes = { 0 }, record = { 0 };
	json_t *extra = NULL, *part = NULL;
	uint8_t salt[ENTRY_SALT];
	struct arena a = { 0 };
	struct entry entry;

	int rc = proof ? tlog_proof_parse(text, &raw, proof, err)
	               : err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0)
		rc = json_parse_object(proof->extra, TLOG_PROOF_EXTRA_MAX, &extra, err);
	if (rc == 0)
		rc = json_need_obj(extra, "entry", &part, err);
	if (rc == 0)
		rc = json_canonical(part, &entry_bytes, err);
	if (rc == 0)
		rc = json_need_obj(extra, "record", &part, err);
	if (rc == 0)
		rc = json_canonical(part, &record, err);
	if (rc == 0 && !hex_decode(json_str(extra, "salt"), salt, sizeof(salt)))
		rc = err_set(err, ERR_SYNTAX, 0, "proof: no salt");
	if (rc == 0)
		rc = entry_parse(buf_slice(&entry_bytes), &a, &entry, err);
	if (rc == 0)
		rc = ledger_check_proof(text, &b->keys, buf_slice(&entry_bytes), head, err);
	if (rc == 0)
		rc = entry_check(&entry, salt, buf_slice(&record), err);
	if (rc == 0 && b->cmd->format == FORMAT_TEXT) {
		printf("%.*s: %.*s%s%.*s is entry %" PRIu64 " of %" PRIu64 "\n",
		       SLICE_ARG(keyring_name(&b->keys)), SLICE_ARG(entry.type), entry.key.n ? " of " : "",
		       SLICE_ARG(entry.key), proof->index, head->size);
	} else if (rc == 0) {
		json_t *o = json_object();
		int failed = json_put_str(o, "origin", keyring_name(&b->keys)) |
		             json_put_i64(o, "index", (int64_t)proof->index) |
		             json_put_i64(o, "size", (int64_t)head->size) |
		             json_put_i64(o, "problems", 0);
		rc = put_object(o, failed, err);
	}
	json_decref(extra);
	free(proof);
	buf_release(&raw);
	buf_release(&entry_bytes);
	buf_release(&record);
	arena_release(&a);
	return rc;
}

/* With --key a proof is checked without any store. */
static int verify_proof(struct book *b, struct slice text, const char *path, struct err *err)
{
	struct ledger_head head;
	struct err why = { 0 };
	int rc = b->key_file ? read_key(b, err) : open_to_read(b, err);

	if (rc)
		return rc;
	rc = check_proof(b, text, &head, &why);
	if (rc == ERR_IO || rc == ERR_NOMEM) {
		if (err)
			*err = why;
		return rc;
	}
	if (rc) {
		err_wrap(&why, "%s", path);
		told(b, path, 0, why.what);
	}
	return rc ? EXIT_NO : EXIT_DONE;
}

static int do_verify(struct book *b, struct err *err)
{
	const char *path = b->cmd->argc > 1 ? b->cmd->argv[1] : NULL;
	struct audit_result result = { 0 };
	struct buf text = { 0 };
	int rc = path ? file_read(path, FILE_MAX, &text, err) : 0;

	if (rc == 0 && slice_starts(buf_slice(&text), PROOF_LINE)) {
		rc = verify_proof(b, buf_slice(&text), path, err);
		buf_release(&text);
		return rc;
	}
	buf_release(&text);
	if (rc == 0)
		rc = open_to_read(b, err);
	if (rc == 0)
		rc = audit(b, &result, err);
	if (rc == 0 && path)
		rc = compare_kept(b, path, err);
	if (rc == 0)
		rc = sum_up(b, &result, err);
	return rc ? rc : b->problems ? EXIT_NO : EXIT_DONE;
}

int cmd_ledger(struct cmd *cmd, struct err *err)
{
	struct book b = { .cmd = cmd };
	const struct option_spec own[] = { { "key", OPTION_TEXT, &b.key_file } };
	int rc = cmd_options(cmd, own, 1, err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "";
	if (strcmp(what, "checkpoint") == 0 && cmd->argc == 1)
		rc = do_checkpoint(&b, err);
	else if (strcmp(what, "verify") == 0 && cmd->argc <= 2)
		rc = do_verify(&b, err);
	else if (strcmp(what, "prove") == 0 && cmd->argc == 2)
		rc = do_prove(&b, err);
	else
		rc = err_set(err, ERR_USAGE, 0,
		             "try: assay ledger checkpoint | verify [FILE] | prove INDEX");
	store_close(b.store);
	log_close(b.folder);
	buf_release(&b.key_text);
	return rc;
}
