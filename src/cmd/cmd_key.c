/* assay key new|rotate|revoke ID|export: the keys that sign the ledger, and the root that signs them.
 *
 *   new      ledger/key, where there is none; with --root also a root, and its certificate
 *   rotate   key.next: from now on both sign, so that who knows either can follow
 *   revoke   of the old key while a new one is brought in: ends the rotation
 *
 * Each is a record of type key in the ledger, entered before the files follow it where that can be,
 * and may be run again after a crash (store/log.h). */
#include "account/certificate.h"
#include "cmd/cmd.h"
#include "cmd/identity.h"
#include "cmd/ledgerbook.h"
#include "sys/file.h"
#include "sys/location.h"
#include "sys/random.h"
#include "sys/secret.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <inttypes.h>
#include <string.h>

enum { ROOT_FILE_MAX = 4096, ID_TEXT = 9 };

struct keys {
	struct cmd *cmd;
	const char *root_file, *reason, *token_file;
	struct identity who;
	struct store *store;
	struct ledgerbook book;
	bool is_open;            /* the book is */
	struct buf root_text;    /* the root's private key: wipe */
	struct note_signer root; /* has a name once it was read */
	json_t *known;           /* bodies of all records of type key, in their order */
};

/* ---- what the ledger knows ---- */

static int remember(void *ctx, const struct store_record *r, struct err *err)
{
	struct keys *k = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	return rc ? rc : json_add_new(k->known, body) ? err_set(err, ERR_NOMEM, 0, "out of memory") : 0;
}

static int read_known(struct keys *k, struct err *err)
{
	const struct store_filter f = { .type = SLICE("key") };

	json_decref(k->known);
	k->known = json_array();
	return store_each_record(k->store, &f, remember, k, err);
}

/* The record of a key that says `action` (NULL: any), or that has a certificate; NULL. */
static const json_t *find(const struct keys *k, struct slice key, const char *action,
                          bool certified)
{
	for (size_t i = 0; i < json_array_size(k->known); i++) {
		const json_t *o = json_array_get(k->known, i);
		if (slice_eq(json_str(o, "key"), key) &&
		    (!action || slice_eq_str(json_str(o, "action"), action)) &&
		    (!certified || json_str(o, "certificate").n))
			return o;
	}
	return NULL;
}

/* The verifier key of the root that the ledger names; empty: it has none. */
static struct slice known_root(const struct keys *k)
{
	for (size_t i = 0; i < json_array_size(k->known); i++) {
		const json_t *o = json_array_get(k->known, i);
		if (slice_eq_str(json_str(o, "purpose"), "root"))
			return json_str(o, "key");
	}
	return SLICE("");
}

static void key_text(const struct note_key *key, struct buf *out)
{
	buf_clear(out);
	note_key_format(key, out);
}

/* ---- opening ---- */

static int open_book(struct keys *k, struct err *err)
{
	k->is_open = true;
	int rc = ledgerbook_open(k->store, &k->cmd->config, k->cmd->at, &k->book, err);
	return rc ? rc : ledgerbook_sync(&k->book, NULL, err);
}

/* With the keys as they are now. */
static int reopen_book(struct keys *k, struct err *err)
{
	ledgerbook_close(&k->book);
	return open_book(k, err);
}

static int open_store(struct keys *k, bool may_make, struct err *err)
{
	int rc = store_open(k->cmd->config.store, STORE_WRITE | (may_make ? STORE_CREATE : 0),
	                    "assay key", &k->store, err);

	if (rc == 0)
		rc = identity_of_command(k->store, k->token_file, PERMIT_KEYS, k->cmd->at,
		                         &k->cmd->arena, &k->who, err);
	if (rc == 0)
		rc = open_book(k, err);
	return rc ? rc : read_known(k, err);
}

static int refuse_root_in_store(const struct keys *k, struct err *err)
{
	bool within = false;
	int rc = location_is_within(k->root_file, k->cmd->config.store, &within, err);

	if (rc == 0 && within)
		rc = err_set(err, ERR_REFUSED, 0,
		             "%s lies in the store: who takes the store would have the root too; keep it "
		             "on a medium that is put away", k->root_file);
	return rc;
}

static int make_root(struct keys *k, struct err *err)
{
	struct ed25519_seed seed;
	struct note_signer signer;
	struct buf name = { 0 }, text = { 0 };
	int rc = random_bytes(seed.b, sizeof(seed.b), err);

	certificate_root_name(keyring_name(&k->book.keys), &name);
	if (rc == 0)
		rc = buf_ok(&name) ? note_signer_init(buf_slice(&name), &seed, &signer, err)
		                   : err_set(err, ERR_NOMEM, 0, "out of memory");
	ed25519_wipe(&seed);
	if (rc == 0) {
		buf_reserve(&text, ROOT_FILE_MAX); /* so that growing leaves no copy behind */
		note_signer_format(&signer, &text);
		buf_putc(&text, '\n');
		rc = buf_ok(&text) ? secret_write(k->root_file, buf_slice(&text), err)
		                   : err_set(err, ERR_NOMEM, 0, "out of memory");
		log_key_wipe(&text, &signer);
	}
	buf_release(&name);
	return rc;
}

/* The root from its file, which is made where it is not there and may be. */
static int load_root(struct keys *k, bool may_make, struct err *err)
{
	enum file_kind kind = FILE_ABSENT;
	struct buf text = { 0 };
	struct slice known = known_root(k);

	int rc = refuse_root_in_store(k, err);
	if (rc == 0)
		rc = file_kind_of(k->root_file, &kind, err);
	if (rc == 0 && kind == FILE_ABSENT && may_make && known.n == 0)
		rc = make_root(k, err);
	if (rc == 0)
		rc = secret_read(k->root_file, ROOT_FILE_MAX, &k->root_text, err);
	if (rc)
		return rc;
	rc = note_signer_parse(slice_trim(buf_slice(&k->root_text)), &k->root, err);
	if (rc)
		return err_wrap(err, "%s", k->root_file);
	key_text(&k->root.key, &text);
	if (known.n && !slice_eq(known, buf_slice(&text)))
		rc = err_set(err, ERR_REFUSED, 0, "%s: is not the root that the ledger names (%.*s)",
		             k->root_file, SLICE_ARG(slice_sub(known, 0, 80)));
	buf_release(&text);
	return rc;
}

/* ---- entering ---- */

struct event {
	struct slice key, action, purpose, certificate, replaces;
	int64_t size; /* of the tree from which, or until which, it signs; < 0: no word of that */
};

static int enter(struct keys *k, const struct event *e, struct err *err)
{
	struct record r;
	struct buf root = { 0 };

	const char *src = k->who.account ? arena_printf(&k->cmd->arena, "administrator:%.*s",
	                                                SLICE_ARG(k->who.name))
	                                 : "assay";
	record_new(&r, "key", 1, SLICE(""), SLICE(""), k->cmd->at, slice_str(src));
	record_set_str(&r, "key", e->key);
	record_set_str(&r, "action", e->action);
	if (e->purpose.n)
		record_set_str(&r, "purpose", e->purpose);
	if (e->replaces.n)
		record_set_str(&r, "replaces", e->replaces);
	if (e->size >= 0)
		record_set_i64(&r, "size", e->size);
	if (e->certificate.n) {
		key_text(&k->root.key, &root);
		record_set_str(&r, "certificate", e->certificate);
		record_set_str(&r, "root", buf_slice(&root));
	}
	if (k->reason)
		record_set_str(&r, "reason", slice_str(k->reason));
	char what[40];
	snprintf(what, sizeof(what), "key.%.*s", SLICE_ARG(e->action));
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = store_begin(k->store, err);
	if (rc == 0)
		rc = ledgerbook_put(&k->book, &r, STORE_NONE, NULL, err);
	if (rc == 0)
		rc = identity_audit(k->store, &k->who, what, e->key, false,
		                    k->reason ? slice_str(k->reason) : SLICE(""), k->cmd->at, err);
	if (rc == 0)
		rc = store_commit(k->store, err);
	if (rc)
		store_rollback(k->store);
	record_release(&r);
	buf_release(&root);
	return rc ? rc : read_known(k, err);
}

/* A certificate of a key, where there is a root. */
static int certify(const struct keys *k, const struct note_key *key, struct buf *out,
                   struct err *err)
{
	if (!k->root.key.name.n)
		return 0;
	return certificate_sign(key, SLICE("ledger"), k->cmd->at, &k->root, out, err);
}

/* ---- showing ---- */

static const char *state_of(const struct keys *k, size_t i, struct slice text)
{
	const struct keyring_key *key = &k->book.keys.key[i];
	size_t open = 0;

	for (size_t j = 0; j < k->book.keys.n; j++)
		open += k->book.keys.key[j].to == INT64_MAX;
	if (key->to != INT64_MAX)
		return find(k, text, "revoked", false) ? "revoked" : "retired";
	return open == 1 ? "signs" : i + 1 == k->book.keys.n ? "comes" : "goes";
}

static int put_keys(struct keys *k, struct err *err)
{
	struct slice root = known_root(k);
	json_t *o = json_object(), *list = json_array();
	struct buf text = { 0 }, out = { 0 };
	char id[ID_TEXT];
	int failed = json_put_str(o, "origin", keyring_name(&k->book.keys));

	if (root.n)
		failed |= json_put_str(o, "root", root);
	for (size_t i = 0; i < k->book.keys.n; i++) {
		const struct keyring_key *key = &k->book.keys.key[i];
		json_t *one = json_object();
		key_text(&key->key, &text);
		const json_t *record = find(k, buf_slice(&text), NULL, true);
		const char *state = state_of(k, i, buf_slice(&text));
		snprintf(id, sizeof(id), "%08" PRIx32, key->key.id);
		failed |= json_put_str(one, "id", slice_str(id)) |
		          json_put_str(one, "key", buf_slice(&text)) |
		          json_put_str(one, "state", slice_str(state)) |
		          json_put_i64(one, "from", (int64_t)key->from);
		if (key->to != INT64_MAX)
			failed |= json_put_i64(one, "to", (int64_t)key->to);
		if (record)
			failed |= json_put_str(one, "certificate", json_str(record, "certificate"));
		failed |= json_add_new(list, one);
		if (k->cmd->format == FORMAT_TEXT)
			buf_printf(&out, "%s  %-7s from %" PRIu64 "%s  %s\n", id, state, key->from,
			           record ? ", certified" : "", buf_str(&text));
	}
	if (k->cmd->format == FORMAT_TEXT && root.n)
		buf_printf(&out, "root  %.*s\n", SLICE_ARG(root));
	failed |= json_put_new(o, "keys", list);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : 0;
	if (rc == 0 && k->cmd->format != FORMAT_TEXT) {
		rc = json_canonical(o, &out, err);
		buf_putc(&out, '\n');
	}
	json_decref(o);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&text);
	buf_release(&out);
	return rc;
}

/* ---- commands ---- */

static int do_new(struct keys *k, struct err *err)
{
	struct buf text = { 0 }, certificate = { 0 };
	int rc = k->root_file ? load_root(k, true, err) : 0;

	if (rc || !k->root_file)
		return rc;
	key_text(&k->root.key, &text);
	if (known_root(k).n == 0) {
		const struct event e = { .key = buf_slice(&text), .action = SLICE("new"),
			                 .purpose = SLICE("root"), .size = -1 };
		rc = enter(k, &e, err);
	}
	/* The key in use, and one that is being brought in. */
	for (size_t i = 0; rc == 0 && i < k->book.keys.n; i++) {
		const struct keyring_key *key = &k->book.keys.key[i];
		key_text(&key->key, &text);
		if (key->to != INT64_MAX || find(k, buf_slice(&text), NULL, true))
			continue;
		buf_clear(&certificate);
		rc = certify(k, &key->key, &certificate, err);
		const struct event e = { .key = buf_slice(&text), .action = SLICE("certified"),
			                 .purpose = SLICE("ledger"), .size = -1,
			                 .certificate = buf_slice(&certificate) };
		if (rc == 0)
			rc = enter(k, &e, err);
	}
	if (rc == 0)
		rc = ledgerbook_sync(&k->book, NULL, err);
	buf_release(&text);
	buf_release(&certificate);
	return rc;
}

/* The key that is in use; of two that sign the first, which goes. */
static const struct keyring_key *in_use(const struct keys *k, size_t *signing)
{
	const struct keyring_key *first = NULL;

	*signing = 0;
	for (size_t i = 0; i < k->book.keys.n; i++)
		if (k->book.keys.key[i].to == INT64_MAX) {
			first = first ? first : &k->book.keys.key[i];
			++*signing;
		}
	return first;
}

static int do_rotate(struct keys *k, struct err *err)
{
	struct buf old = { 0 }, text = { 0 }, certificate = { 0 }, name = { 0 };
	struct ledger_head head;
	struct note_key next;
	size_t signing = 0;
	const struct keyring_key *now = in_use(k, &signing);

	if (!k->root_file && known_root(k).n)
		return err_set(err, ERR_USAGE, 0, "the ledger has a root: key rotate takes --root");
	int rc = k->root_file ? load_root(k, false, err) : 0;
	if (rc == 0)
		rc = ledger_read_head_by(&k->book.files, &k->book.keys, NULL, &head, err);
	if (rc)
		return rc;
	key_text(&now->key, &old);
	if (signing > 1) {
		/* Left by a crash before its record was there? Then go on; else it was done. */
		key_text(&k->book.keys.key[k->book.keys.n - 1].key, &text);
		if (find(k, buf_slice(&text), NULL, false))
			rc = err_set(err, ERR_REFUSED, 0,
			             "a key is being brought in already: assay key revoke %08" PRIx32
			             " ends the old one",
			             now->key.id);
	}
	if (rc == 0)
		rc = log_key_rotate(k->book.folder, head.size, NULL, &name, &next, err);
	if (rc == 0)
		rc = certify(k, &next, &certificate, err);
	if (rc == 0) {
		key_text(&next, &text);
		const struct event e = { .key = buf_slice(&text), .action = SLICE("rotated"),
			                 .purpose = SLICE("ledger"), .replaces = buf_slice(&old),
			                 .certificate = buf_slice(&certificate),
			                 .size = (int64_t)head.size };
		rc = enter(k, &e, err);
	}
	if (rc == 0)
		rc = reopen_book(k, err); /* the checkpoint of the record carries both signatures */
	buf_release(&old);
	buf_release(&text);
	buf_release(&name);
	buf_release(&certificate);
	return rc;
}

/* The key of the ring that an id (eight digits) or a whole verifier key names. */
static const struct keyring_key *find_in_ring(const struct keys *k, struct slice named)
{
	struct buf text = { 0 };
	const struct keyring_key *found = NULL;

	for (size_t i = 0; i < k->book.keys.n; i++) {
		const struct keyring_key *key = &k->book.keys.key[i];
		char id[ID_TEXT];
		snprintf(id, sizeof(id), "%08" PRIx32, key->key.id);
		key_text(&key->key, &text);
		if (slice_eq_str(named, id) || slice_eq(named, buf_slice(&text)))
			found = key;
	}
	buf_release(&text);
	return found;
}

static int do_revoke(struct keys *k, struct err *err)
{
	struct slice named = slice_str(k->cmd->argv[1]);
	const struct keyring_key *key = find_in_ring(k, named);
	struct ledger_head head;
	struct buf text = { 0 };
	size_t signing = 0;
	const struct keyring_key *first = in_use(k, &signing);

	if (!key)
		return err_set(err, ERR_NOTFOUND, 0, "the ledger has no key '%.*s' (assay key export)",
		               SLICE_ARG(slice_sub(named, 0, 80)));
	bool signs = key->to == INT64_MAX;
	if (signs && signing < 2)
		return err_set(err, ERR_REFUSED, 0,
		               "it is the only key: bring in another first (assay key rotate)");
	if (signs && key != first)
		return err_set(err, ERR_REFUSED, 0,
		               "it is being brought in: it can be revoked once it is in use and another "
		               "follows it");
	int rc = ledger_read_head_by(&k->book.files, &k->book.keys, NULL, &head, err);
	if (rc)
		return rc;
	key_text(&key->key, &text);
	if (!find(k, buf_slice(&text), "revoked", false)) {
		const struct event e = { .key = buf_slice(&text), .action = SLICE("revoked"),
			                 .purpose = SLICE("ledger"),
			                 .size = signs ? (int64_t)head.size : (int64_t)key->to };
		rc = enter(k, &e, err);
	}
	if (rc == 0 && signs)
		rc = log_key_retire(k->book.folder, head.size, err);
	if (rc == 0)
		rc = reopen_book(k, err); /* the checkpoint of the record is by the new key alone */
	buf_release(&text);
	return rc;
}

/* What others need to check us: nothing of the store is changed. */
static int do_export(struct keys *k, struct err *err)
{
	char dir[4096];
	int n = snprintf(dir, sizeof(dir), "%s/ledger", k->cmd->config.store);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "the store's path is too long");
	int rc = store_open(k->cmd->config.store, STORE_READ, NULL, &k->store, err);
	if (rc == 0)
		rc = log_open(dir, false, &k->book.folder, err);
	if (rc == 0)
		rc = log_keyring_read(k->book.folder, &k->book.keys_text, &k->book.keys, err);
	k->is_open = true;
	return rc ? rc : read_known(k, err);
}

int cmd_key(struct cmd *cmd, struct err *err)
{
	struct keys k = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "root", OPTION_TEXT, &k.root_file },
		{ "reason", OPTION_TEXT, &k.reason },
		{ "token-file", OPTION_TEXT, &k.token_file },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "export";
	bool makes = strcmp(what, "new") == 0, rotates = strcmp(what, "rotate") == 0;
	bool revokes = strcmp(what, "revoke") == 0, exports = strcmp(what, "export") == 0;
	if (!makes && !rotates && !revokes && !exports)
		return err_set(err, ERR_USAGE, 0, "key takes new, rotate, revoke or export, not '%.40s'",
		               what);
	if (revokes ? cmd->argc != 2 : cmd->argc > 1)
		return err_set(err, ERR_USAGE, 0, "key %s takes %s", what,
		               revokes ? "the id of one key" : "no names");
	if (revokes && (!k.reason || !*k.reason))
		return err_set(err, ERR_USAGE, 0, "key revoke takes --reason");
	rc = exports ? do_export(&k, err) : open_store(&k, makes, err);
	if (rc == 0 && !exports)
		rc = makes ? do_new(&k, err) : rotates ? do_rotate(&k, err) : do_revoke(&k, err);
	if (rc == 0)
		rc = put_keys(&k, err);
	log_key_wipe(&k.root_text, &k.root);
	json_decref(k.known);
	if (k.is_open)
		ledgerbook_close(&k.book);
	store_close(k.store);
	return rc ? rc : EXIT_DONE;
}
