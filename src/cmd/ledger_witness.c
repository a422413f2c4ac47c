/* assay ledger witness new|add|remove|list|take|cosign: somebody else who has seen our checkpoints,
 * and us as that somebody for the log of others.
 *
 *   our log      prove --since  ->  witness: cosign  ->  our log: take
 *
 *   source  c2sp.org/tlog-cosignature, c2sp.org/tlog-witness */
#include "account/consistency.h"
#include "account/witness.h"
#include "cmd/ledger_cmd.h"
#include "cmd/ledgerbook.h"
#include "store/lock.h"
#include "sys/file.h"
#include "sys/random.h"
#include "sys/secret.h"
#include "wire/timestamp.h"
#include "wire/tlog_consistency.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD_S = 300 /* a witness's clock may be before ours by so much */ };

/* ---- whom we know ---- */

static int read_list(const struct tile_store *files, struct buf *text, struct cosigners *out,
                     struct err *err)
{
	struct err why = { 0 };
	int rc = files->read(files->ctx, "witnesses", LEDGER_FILE_MAX, text, &why);

	if (rc && rc != ERR_NOTFOUND) {
		if (err)
			*err = why;
		return rc;
	}
	rc = cosigners_parse(buf_slice(text), out, err);
	if (rc) {
		err_wrap(err, "witnesses");
		if (err && rc == ERR_SYNTAX)
			err->code = ERR_CORRUPT;
	}
	return rc == ERR_SYNTAX ? ERR_CORRUPT : rc;
}

static int write_list(const struct tile_store *files, const struct cosigners *list,
                      struct err *err)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		note_key_format(&list->key[i], &text);
		buf_putc(&text, '\n');
	}
	int rc = buf_ok(&text) ? files->write(files->ctx, "witnesses", buf_slice(&text), err)
	                       : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&text);
	return rc;
}

/* That a witness came or went is an act: everybody who relies on it can see when. */
static int enter(struct ledgerbook *book, const char *key, const char *action, struct err *err)
{
	struct record r;

	record_new(&r, "key", 1, SLICE(""), SLICE(""), book->at, SLICE("assay"));
	record_set_str(&r, "key", slice_str(key));
	record_set_str(&r, "action", slice_str(action));
	record_set_str(&r, "purpose", SLICE("witness"));
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_enter(book, &r, err);
	record_release(&r);
	return rc;
}

static int open_to_write(struct ledger_cmd *l, struct ledgerbook *book, struct err *err)
{
	int rc = store_open(l->cmd->config.store, STORE_WRITE, "assay ledger", &l->store, err);

	return rc ? rc : ledgerbook_open(l->store, &l->cmd->config, l->cmd->at, book, err);
}

/* One more, or one less: from list to next. */
static int change_list(const char *text, bool add, const struct cosigners *list,
                       struct cosigners *next, struct err *err)
{
	struct note_key key;
	bool found = false;
	int rc = note_key_parse_as(NOTE_COSIGNATURE, slice_str(text), &key, err);

	if (rc)
		return rc;
	next->n = 0;
	for (size_t i = 0; i < list->n; i++) {
		bool same = list->key[i].id == key.id && slice_eq(list->key[i].name, key.name);
		found = found || same;
		if (!same || add)
			next->key[next->n++] = list->key[i];
	}
	if (add && found)
		return err_set(err, ERR_REFUSED, 0, "%.100s: is known already", text);
	if (!add && !found)
		return err_set(err, ERR_NOTFOUND, 0, "%.100s: no such witness", text);
	if (!add)
		return 0;
	if (next->n == COSIGNERS_MAX)
		return err_set(err, ERR_LIMIT, 0, "%d witnesses are known, the most", COSIGNERS_MAX);
	for (size_t i = 0; i < list->n; i++)
		if (list->key[i].id == key.id ||
		    memcmp(&list->key[i].public, &key.public, sizeof(key.public)) == 0)
			return err_set(err, ERR_REFUSED, 0,
			               "%.100s: another witness has this key, or its id", text);
	next->key[next->n++] = key;
	return 0;
}

static int do_change(struct ledger_cmd *l, bool add, struct err *err)
{
	const char *text = l->cmd->argv[2];
	struct cosigners list, next;
	struct ledgerbook book = { 0 };
	struct buf kept = { 0 };

	int rc = open_to_write(l, &book, err);
	if (rc == 0)
		rc = read_list(&book.files, &kept, &list, err);
	if (rc == 0)
		rc = change_list(text, add, &list, &next, err);
	if (rc == 0)
		rc = enter(&book, text, add ? "new" : "revoked", err);
	if (rc == 0)
		rc = write_list(&book.files, &next, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	buf_release(&kept);
	ledgerbook_close(&book);
	return rc ? rc : EXIT_DONE;
}

/* ---- what they have seen ---- */

struct seen {
	uint64_t size;
	int64_t at;
	bool any;
};

/* The last checkpoint that a witness cosigned, of those that are kept. */
static int read_seen(struct ledger_cmd *l, const struct note_key *witness, struct seen *out,
                     struct err *err)
{
	char path[40];
	struct buf bytes = { 0 };
	struct ledger_head head;
	struct note note;
	struct err why = { 0 };

	*out = (struct seen){ 0 };
	snprintf(path, sizeof(path), "witnessed/%08" PRIx32, witness->id);
	int rc = l->files.read(l->files.ctx, path, NOTE_BYTES_MAX, &bytes, &why);
	if (rc == 0)
		rc = ledger_check_head(buf_slice(&bytes), &l->keys, &head, &why);
	if (rc == 0)
		rc = note_parse(buf_slice(&bytes), &note, &why);
	if (rc == 0)
		rc = cosignature_check(&note, witness, &out->at, NULL, &why);
	if (rc == 0) {
		out->size = head.size;
		out->any = true;
	}
	buf_release(&bytes);
	if (rc == 0 || rc == ERR_NOTFOUND)
		return 0;
	if (err) {
		*err = why;
		err_wrap(err, "%s", path);
	}
	return rc;
}

static int put_seen(const struct ledger_cmd *l, const struct note_key *key, const struct seen *s,
                    struct err *err)
{
	char at[TIMESTAMP_SIZE] = "";
	struct buf text = { 0 };
	int rc = 0;

	note_key_format(key, &text);
	if (s->any)
		timestamp_format(s->at, at);
	if (!buf_ok(&text)) {
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	} else if (l->cmd->format == FORMAT_TEXT) {
		printf("%s\n", buf_str(&text));
		if (s->any)
			printf("  cosigned %" PRIu64 " entries at %s\n", s->size, at);
	} else {
		json_t *o = json_object();
		int failed = json_put_str(o, "key", buf_slice(&text));
		if (s->any)
			failed |= json_put_i64(o, "size", (int64_t)s->size) |
			          json_put_str(o, "at", slice_str(at));
		rc = ledger_put_object(o, failed, err);
	}
	buf_release(&text);
	return rc;
}

static int do_list(struct ledger_cmd *l, struct err *err)
{
	struct cosigners list = { .n = 0 };
	struct buf text = { 0 };

	int rc = ledger_open_to_read(l, err);
	if (rc == 0)
		rc = read_list(&l->files, &text, &list, err);
	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		struct seen seen;
		rc = read_seen(l, &list.key[i], &seen, err);
		if (rc == 0)
			rc = put_seen(l, &list.key[i], &seen, err);
	}
	buf_release(&text);
	return rc ? rc : EXIT_DONE;
}

/* ---- taking a cosigned checkpoint ---- */

/* The file: a checkpoint with its signatures, or what a witness answers, signature lines alone, which
 * then are of our checkpoint as it stands. */
static int read_taken(const struct ledgerbook *book, const char *path, struct buf *out,
                      struct err *err)
{
	struct buf text = { 0 };
	struct ledger_head head;

	int rc = file_read(path, LEDGER_FILE_MAX, &text, err);
	if (rc == 0 && slice_starts(buf_slice(&text), SLICE("\xe2\x80\x94 ")))
		rc = ledger_read_head_by(&book->files, &book->keys, out, &head, err);
	buf_put(out, buf_slice(&text));
	if (rc == 0 && !buf_ok(out))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&text);
	return rc;
}

static int do_take(struct ledger_cmd *l, struct err *err)
{
	const char *path = l->cmd->argv[2];
	struct ledgerbook book = { 0 };
	struct buf text = { 0 }, bytes = { 0 };
	struct cosigners list;
	struct witness_taken taken;

	int rc = open_to_write(l, &book, err);
	if (rc == 0)
		rc = read_list(&book.files, &text, &list, err);
	if (rc == 0)
		rc = read_taken(&book, path, &bytes, err);
	if (rc == 0) {
		rc = witness_take(&book.files, &book.keys, &list, buf_slice(&bytes),
		                  l->cmd->at + AHEAD_S, &taken, err);
		if (rc)
			err_wrap(err, "%s", path);
	}
	if (rc == 0 && l->cmd->format == FORMAT_TEXT) {
		printf("%zu cosignature%s of %" PRIu64 " entries kept%s\n", taken.cosignatures,
		       taken.cosignatures == 1 ? "" : "s", taken.head.size,
		       taken.published ? ", and in the checkpoint" : "");
	} else if (rc == 0) {
		json_t *o = json_object();
		int failed = json_put_i64(o, "cosignatures", (int64_t)taken.cosignatures) |
		             json_put_i64(o, "size", (int64_t)taken.head.size) |
		             json_put_flag(o, "published", taken.published);
		rc = ledger_put_object(o, failed, err);
	}
	buf_release(&text);
	buf_release(&bytes);
	ledgerbook_close(&book);
	return rc ? rc : EXIT_DONE;
}

/* ---- being a witness ---- */

static int do_new(struct ledger_cmd *l, struct err *err)
{
	struct ed25519_seed seed;
	struct note_signer signer;
	struct buf text = { 0 };

	if (!l->key_private)
		return err_set(err, ERR_USAGE, 0, "ledger witness new needs --key-file FILE");
	int rc = random_bytes(seed.b, sizeof(seed.b), err);
	if (rc == 0)
		rc = note_signer_init_as(NOTE_COSIGNATURE, slice_str(l->cmd->argv[2]), &seed, &signer,
		                         err);
	ed25519_wipe(&seed);
	if (rc)
		return rc;
	buf_reserve(&text, 1024); /* so that growing leaves no copy behind */
	note_signer_format(&signer, &text);
	buf_putc(&text, '\n');
	rc = buf_ok(&text) ? secret_write(l->key_private, buf_slice(&text), err)
	                   : err_set(err, ERR_NOMEM, 0, "out of memory");
	log_key_wipe(&text, &signer);
	if (rc == 0) {
		note_key_format(&signer.key, &text);
		buf_putc(&text, '\n');
		rc = cmd_put_out(&text, err);
		buf_release(&text);
	}
	return rc ? rc : EXIT_DONE;
}

/* The folder of a file: whoever holds its lock reads and writes the state alone. */
static int lock_state(const char *path, struct store_lock *lock, struct err *err)
{
	char dir[4096];
	const char *last = strrchr(path, '/');
	size_t n = last ? (size_t)(last - path) : 1;

	if (n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "--state: path too long");
	memcpy(dir, last ? path : ".", n);
	dir[n] = '\0';
	return store_lock_take(n ? dir : "/", "assay ledger witness", lock, err);
}

static int cosign(struct ledger_cmd *l, const struct note_signer *witness, struct err *err)
{
	struct buf request = { 0 }, known = { 0 }, out = { 0 };
	struct slice checkpoint;
	struct err absent = { 0 };

	int rc = file_read(l->cmd->argv[2], LEDGER_FILE_MAX, &request, err);
	if (rc == 0) {
		rc = file_read(l->state, NOTE_BYTES_MAX, &known, &absent);
		if (rc == ERR_NOTFOUND)
			rc = 0;
		else if (rc && err)
			*err = absent;
	}
	if (rc == 0)
		rc = witness_judge(buf_slice(&request), &l->keys, buf_slice(&known), &checkpoint,
		                   err);
	/* Durable first: what was signed must never be forgotten. */
	if (rc == 0)
		rc = file_write_whole(l->state, checkpoint, err);
	if (rc == 0)
		rc = witness_cosign(checkpoint, witness, l->cmd->at, &out, err);
	if (rc == 0)
		rc = ledger_put_checkpoint(l, buf_slice(&out), err);
	buf_release(&request);
	buf_release(&known);
	buf_release(&out);
	return rc;
}

static int do_cosign(struct ledger_cmd *l, struct err *err)
{
	struct store_lock lock = STORE_LOCK_NONE;
	struct note_signer witness = { 0 };
	struct buf text = { 0 };

	if (!l->key_private || !l->state || !l->key_file)
		return err_set(err, ERR_USAGE, 0,
		               "ledger witness cosign needs --key-file (the witness's), --state and "
		               "--key (the log's)");
	int rc = ledger_read_keys(l, err);
	if (rc == 0)
		rc = secret_read(l->key_private, LEDGER_KEYS_MAX, &text, err);
	if (rc == 0) {
		rc = note_signer_parse_as(NOTE_COSIGNATURE, slice_trim(buf_slice(&text)), &witness,
		                          err);
		if (rc)
			err_wrap(err, "%s", l->key_private);
	}
	if (rc == 0)
		rc = lock_state(l->state, &lock, err);
	if (rc == 0)
		rc = cosign(l, &witness, err);
	store_lock_give(&lock);
	log_key_wipe(&text, &witness);
	return rc ? rc : EXIT_DONE;
}

int ledger_witness(struct ledger_cmd *l, struct err *err)
{
	const struct cmd *cmd = l->cmd;
	const char *what = cmd->argc > 1 ? cmd->argv[1] : "";

	if (strcmp(what, "list") == 0 && cmd->argc == 2)
		return do_list(l, err);
	if (cmd->argc == 3 && strcmp(what, "add") == 0)
		return do_change(l, true, err);
	if (cmd->argc == 3 && strcmp(what, "remove") == 0)
		return do_change(l, false, err);
	if (cmd->argc == 3 && strcmp(what, "take") == 0)
		return do_take(l, err);
	if (cmd->argc == 3 && strcmp(what, "new") == 0)
		return do_new(l, err);
	if (cmd->argc == 3 && strcmp(what, "cosign") == 0)
		return do_cosign(l, err);
	return err_set(err, ERR_USAGE, 0,
	               "try: assay ledger witness list | add KEY | remove KEY | take FILE | "
	               "new NAME | cosign FILE");
}
