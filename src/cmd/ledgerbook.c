#include "cmd/ledgerbook.h"

#include "account/audit.h"
#include "account/entry.h"
#include "base/hex.h"
#include "cmd/projection.h"
#include "sys/random.h"

struct reading {
	ledger_entry_fn each;
	void *arg;
};

static int hand_on(void *ctx, const struct store_ledger_entry *e, struct err *err)
{
	struct reading *r = ctx;

	return r->each(r->arg, e->entry, err);
}

static int read_entries(void *ctx, uint64_t from, uint64_t to, ledger_entry_fn each, void *arg,
                        struct err *err)
{
	struct reading r = { each, arg };

	return store_ledger_each(ctx, (int64_t)from, (int64_t)to, hand_on, &r, err);
}

int ledgerbook_source(struct store *store, struct ledger_source *out, struct err *err)
{
	int64_t size = 0;
	int rc = store_ledger_size(store, &size, err);

	if (rc == 0)
		*out = (struct ledger_source){ (uint64_t)size, read_entries, store };
	return rc;
}

/* The origin of a new ledger: the list's name, and a part that no other ledger has. */
static int name_ledger(const struct config *config, struct buf *out, struct err *err)
{
	uint8_t unique[6];
	char hex[2 * sizeof(unique) + 1];
	int rc = random_bytes(unique, sizeof(unique), err);

	if (rc)
		return rc;
	hex_encode(unique, sizeof(unique), hex);
	for (const char *c = config->list_name; *c; c++)
		buf_putc(out, (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '.' ||
		                               (*c >= 'A' && *c <= 'Z')
		                      ? *c
		                      : '-');
	buf_printf(out, "/%s", hex);
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* The key is made by the signer's process too: it is never in this one. */
static int start_signer(struct ledgerbook *book, const char *dir, const struct config *config,
                        int64_t size, struct err *err)
{
	struct buf name = { 0 };
	int rc = size == 0 ? name_ledger(config, &name, err) : 0;

	if (rc == 0)
		rc = signer_start(dir, buf_slice(&name), &book->signer, err);
	buf_release(&name);
	if (rc == ERR_NOTFOUND && size > 0)
		return err_set(err, ERR_CORRUPT, 0,
		               "%s/key is not there, but the ledger has %lld entries: restore the key "
		               "from a backup",
		               dir, (long long)size);
	return rc;
}

static int enter_key(struct ledgerbook *book, struct err *err)
{
	struct record r;
	struct buf text = { 0 };

	size_t n = 0;
	note_key_format(&signer_keys(book->signer, &n)->key, &text);
	record_new(&r, "key", 1, SLICE(""), SLICE(""), book->at, SLICE("assay"));
	record_set_str(&r, "key", buf_slice(&text));
	record_set_str(&r, "action", SLICE("new"));
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_enter(book, &r, err);
	record_release(&r);
	buf_release(&text);
	return rc;
}

/* Nothing is signed before it is in the store, so a checkpoint beside a store that has no entry
 * means that the database was lost or emptied. */
static int refuse_lost_database(struct ledgerbook *book, const char *dir, struct err *err)
{
	struct ledger_head head;
	int rc = ledger_read_head_by(&book->files, &book->keys, NULL, &head, err);

	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc == 0)
		return err_set(err, ERR_CORRUPT, 0,
		               "%s/checkpoint signs %llu entries, but the database beside it has none: "
		               "restore the store from a backup",
		               dir, (unsigned long long)head.size);
	err_wrap(err, "%s", dir);
	return rc;
}

/* What a witness has cosigned must be the beginning of what is here. Short, for err holds a line. */
static int compare_witnessed(void *ctx, const char *path, struct slice note, struct err *err)
{
	struct ledgerbook *book = ctx;
	struct ledger_head seen, now = { 0 };
	struct err why = { 0 };

	int rc = ledger_check_head(note, &book->keys, &seen, &why);
	if (rc && rc != ERR_NOMEM)
		return err_set(err, ERR_CORRUPT, 0,
		               "%s: is no checkpoint of this ledger: restore it from a backup", path);
	if (rc == 0)
		rc = ledger_read_head_by(&book->files, &book->keys, NULL, &now, &why);
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_REFUSED, 0,
		               "%s: a witness cosigned %llu entries, and there is no checkpoint: "
		               "restore the newest backup",
		               path, (unsigned long long)seen.size);
	if (rc == 0)
		rc = audit_since(&book->files, &book->keys, note, &why);
	if (rc == ERR_REFUSED)
		return err_set(err, ERR_REFUSED, 0,
		               "%s: a witness cosigned %llu entries, the ledger of %llu %s: restore "
		               "the newest backup",
		               path, (unsigned long long)seen.size, (unsigned long long)now.size,
		               now.size < seen.size ? "was rolled back" : "is another one (fork)");
	if (rc && err)
		*err = why;
	return rc;
}

int ledgerbook_open(struct store *store, const struct config *config, int64_t at,
                    struct ledgerbook *out, struct err *err)
{
	char dir[4096];
	int64_t size = 0;

	*out = (struct ledgerbook){ .store = store, .at = at };
	snprintf(dir, sizeof(dir), "%s/ledger", store_dir(store));
	int rc = log_open(dir, true, &out->folder, err);
	if (rc == 0)
		rc = store_ledger_size(store, &size, err);
	if (rc)
		return rc;
	out->files = log_files(out->folder);
	rc = start_signer(out, dir, config, size, err);
	if (rc == 0)
		rc = log_keyring_read(out->folder, &out->keys_text, &out->keys, err);
	if (rc == 0)
		rc = log_witnessed_each(out->folder, compare_witnessed, out, err);
	/* A crash between key and entry leaves a key without its entry. */
	if (rc == 0 && size == 0)
		rc = refuse_lost_database(out, dir, err);
	if (rc == 0 && size == 0)
		rc = enter_key(out, err);
	return rc;
}

void ledgerbook_close(struct ledgerbook *book)
{
	signer_stop(book->signer);
	buf_release(&book->keys_text);
	log_close(book->folder);
	*book = (struct ledgerbook){ 0 };
}

/* The rows that lookups read. */
static int project(struct store *store, const struct record *r, int64_t seq, struct err *err)
{
	struct arena a = { 0 };
	struct store_projection p = { 0 };
	int rc = projection_of(r->type_name, r->body, &a, &p, err);

	if (rc == 0)
		rc = store_put_projection(store, seq, &p, err);
	arena_release(&a);
	return rc;
}

static int store_body(struct store *store, const struct record *r, int64_t period,
                      struct slice body, int64_t *seq, bool *is_new, struct err *err)
{
	struct store_record row = { .id = r->id, .type = r->type_name, .v = r->v, .kind = r->kind,
		                    .key = r->key, .period = period, .at = r->at, .src = r->src,
		                    .body = body };
	int64_t at_seq = 0;
	int rc = store_put_record(store, &row, &at_seq, is_new, err);

	if (rc == 0)
		rc = project(store, r, at_seq, err);
	if (rc == 0 && seq)
		*seq = at_seq;
	return rc;
}

int ledgerbook_store(struct store *store, const struct record *r, int64_t period, int64_t *seq,
                     bool *is_new, struct err *err)
{
	struct buf body = { 0 };
	int rc = record_format_body(r, &body, err);

	if (rc == 0)
		rc = store_body(store, r, period, buf_slice(&body), seq, is_new, err);
	buf_release(&body);
	return rc;
}

int ledgerbook_put(struct ledgerbook *book, const struct record *r, int64_t period, bool *is_new,
                   struct err *err)
{
	struct store_ledger_entry e = { .record = r->id, .at = book->at };
	struct entry entry = { .at = book->at, .type = r->type_name, .key = r->key, .record = r->id };
	struct buf body = { 0 }, bytes = { 0 };
	bool fresh = false;

	int rc = record_format_body(r, &body, err);
	if (rc == 0)
		rc = store_body(book->store, r, period, buf_slice(&body), NULL, &fresh, err);
	if (rc == 0 && is_new)
		*is_new = fresh;
	if (rc || !fresh)
		goto done;
	rc = store_ledger_size(book->store, &e.seq, err);
	if (rc == 0)
		rc = random_bytes(e.salt, sizeof(e.salt), err);
	if (rc == 0)
		rc = entry_commit(e.salt, buf_slice(&body), &entry.commit, err);
	if (rc == 0)
		rc = entry_format(&entry, &bytes, err);
	if (rc == 0) {
		e.entry = buf_slice(&bytes);
		rc = store_ledger_append(book->store, &e, err);
	}
done:
	buf_release(&body);
	buf_release(&bytes);
	return rc;
}

int ledgerbook_enter(struct ledgerbook *book, const struct record *r, struct err *err)
{
	int rc = store_begin(book->store, err);

	if (rc == 0)
		rc = ledgerbook_put(book, r, STORE_NONE, NULL, err);
	if (rc == 0)
		rc = store_commit(book->store, err);
	if (rc)
		store_rollback(book->store);
	return rc;
}

int ledgerbook_sync(struct ledgerbook *book, struct ledger_head *head, struct err *err)
{
	struct ledger_source source;
	int rc = ledgerbook_source(book->store, &source, err);

	if (rc)
		return rc;
	size_t signers = 0;
	const struct note_signer *signer = signer_keys(book->signer, &signers);
	rc = ledger_append_by(&book->files, signer, signers, &book->keys, &source,
	                      head, err);
	if (rc)
		err_wrap(err, "%s/ledger", store_dir(book->store));
	return rc;
}
