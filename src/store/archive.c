/* Opening and closing, and the life of an order. */
#include "store/archive_inside.h"

#include "sys/file.h"
#include "sys/remove.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	DIR_MAX = 2048,
	/* Of libdeflate: twice as fast as 4, an eighth larger (doc/decision/0019). */
	LEVEL = 1,
};
#define FILE_BYTES (UINT64_C(1) << 30)

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

/* DIR.key, beside the folder: who copies the folder does not copy the key. */
static int open_key(struct archive *a, struct err *err)
{
	struct buf path = { 0 };
	struct err why = { 0 };

	if (a->options.key_file)
		buf_puts(&path, a->options.key_file);
	else
		buf_printf(&path, "%s.key", a->dir);
	int rc = buf_ok(&path) ? archive_key_open(buf_str(&path), a->options.write, &a->key, &why)
	                       : no_memory(&why);
	buf_release(&path);
	a->has_key = rc == 0;
	/* Who only reads may do without: public evidence needs none. */
	if (rc == ERR_NOTFOUND && !a->options.write)
		return 0;
	if (rc && err)
		*err = why;
	return rc;
}

static int make_folders(struct archive *a, struct err *err)
{
	static const char *const names[] = { "warc", "sealed", "orders" };
	struct buf path = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(*names); i++) {
		rc = archive_path(a, names[i], &path, err);
		if (rc == 0)
			rc = a->options.sync ? file_make_dir_durable(buf_str(&path), err)
			                     : file_make_dir(buf_str(&path), err);
	}
	buf_release(&path);
	return rc;
}

static int open_for_writing(struct archive *a, struct err *err)
{
	struct buf path = { 0 };
	int rc = make_folders(a, err);

	if (rc == 0)
		rc = store_lock_take(a->dir, "assay collect", &a->lock, err);
	if (rc == 0)
		rc = archive_path(a, "tmp", &path, err);
	if (rc == 0)
		rc = remove_flat_folder(buf_str(&path), err);
	if (rc == 0)
		rc = file_make_dir(buf_str(&path), err);
	if (rc == 0)
		rc = archive_journal_settle(a, err);
	buf_release(&path);
	return rc;
}

static void release(struct archive *a)
{
	while (a->under_way)
		archive_drop(a->under_way);
	archive_close_reading(a);
	archive_close_appending(a);
	archive_payloads_close(&a->payloads);
	store_lock_give(&a->lock);
	for (size_t i = 0; i < a->lanes; i++)
		free(a->lane[i]);
	free(a->lane);
	free(a->begun);
	gzip_free(a->gzip);
	archive_key_wipe(&a->key);
	buf_release(&a->scratch);
	free(a->dir);
	free(a);
}

int archive_open(const char *dir, const struct archive_options *o, struct archive **out,
                 struct err *err)
{
	struct archive *a = calloc(1, sizeof(*a));
	enum file_kind kind = FILE_ABSENT;
	size_t n = strlen(dir);
	int rc = 0;

	if (!a)
		return no_memory(err);
	a->options = *o;
	a->lock = (struct store_lock)STORE_LOCK_NONE;
	if (a->options.file_bytes == 0)
		a->options.file_bytes = FILE_BYTES;
	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (n == 0 || n > DIR_MAX)
		rc = err_set(err, ERR_LIMIT, 0, "archive: the name of its folder is empty or too long");
	else if (!(a->dir = strndup(dir, n)))
		rc = no_memory(err);
	if (rc == 0)
		rc = file_kind_of(a->dir, &kind, err);
	if (rc == 0 && kind != FILE_DIRECTORY && !o->write)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no such folder", a->dir);
	if (rc == 0)
		rc = gzip_new(o->write ? LEVEL : 0, &a->gzip, err);
	if (rc == 0 && o->write)
		rc = open_for_writing(a, err);
	if (rc == 0)
		rc = open_key(a, err);
	if (rc)
		release(a);
	else
		*out = a;
	return rc;
}

int archive_close(struct archive *a, struct err *err)
{
	int rc = 0;

	if (!a)
		return 0;
	while (a->under_way)
		archive_drop(a->under_way);
	if (a->options.write && !a->broken)
		rc = archive_index_merge(a, false, err);
	release(a);
	return rc;
}

/* ---- orders ---- */

static struct archive_lane *free_lane(struct archive *a, bool *fresh, struct err *err)
{
	*fresh = false;
	for (size_t i = 0; i < a->lanes; i++) {
		struct archive_lane *l = a->lane[i];
		if (!l->busy && l->length[ARCHIVE_WARC] < a->options.file_bytes &&
		    l->length[ARCHIVE_SEALED] < a->options.file_bytes)
			return l;
	}
	/* A file that nobody knows of is left alone. */
	for (unsigned number = (unsigned)a->lanes + 1; number <= ARCHIVE_LANES_MAX; number++) {
		uint64_t there[ARCHIVE_PARTS] = { 0 };
		struct archive_lane *l = archive_lane(a, number);
		if (!l) {
			no_memory(err);
			return NULL;
		}
		for (int p = 0; p < ARCHIVE_PARTS; p++)
			if (archive_length(a, l->file[p], &there[p], err))
				return NULL;
		*fresh = true;
		l->busy = there[ARCHIVE_WARC] || there[ARCHIVE_SEALED];
		if (!l->busy)
			return l;
	}
	err_set(err, ERR_LIMIT, 0, "archive %s: has %d files", a->dir, ARCHIVE_LANES_MAX);
	return NULL;
}

static void order_free(struct archive_order *o)
{
	o->lane->busy = false;
	*o->link = o->next;
	if (o->next)
		o->next->link = o->link;
	buf_release(&o->about);
	json_decref(o->warcinfo);
	buf_release(&o->entries);
	archive_indexed_release(&o->indexed);
	for (int p = 0; p < ARCHIVE_PARTS; p++)
		buf_release(&o->pending[p]);
	free(o->own);
	arena_release(&o->arena);
	free(o);
}

bool archive_has(struct archive *a, struct sha256 order)
{
	struct buf path = { 0 };
	enum file_kind kind = FILE_ABSENT;
	char name[90];

	archive_manifest_name(order, name);
	if (archive_path(a, name, &path, NULL) == 0 && file_kind_of(buf_str(&path), &kind, NULL))
		kind = FILE_ABSENT;
	buf_release(&path);
	return kind == FILE_REGULAR;
}

static int may_begin(struct archive *a, struct sha256 id, struct err *err)
{
	if (!a->options.write)
		return err_set(err, ERR_REFUSED, 0, "archive %s: was opened for reading", a->dir);
	if (a->broken)
		return err_set(err, ERR_IO, 0, "archive %s: has to be opened again", a->dir);
	for (const struct archive_order *o = a->under_way; o; o = o->next)
		if (sha256_eq(o->id, id))
			return err_set(err, ERR_BUSY, 0, "archive: this order is under way");
	if (archive_has(a, id))
		return err_set(err, ERR_REFUSED, 0, "archive: this order was kept before");
	return 0;
}

int archive_begin(struct archive *a, const json_t *about, struct archive_order **out,
                  struct err *err)
{
	struct archive_order *o;
	struct buf text = { 0 };
	bool fresh = false;
	int rc = json_canonical(about, &text, err);
	struct sha256 id = sha256_of(buf_slice(&text));

	if (rc == 0)
		rc = may_begin(a, id, err);
	if (rc == 0 && !(o = calloc(1, sizeof(*o))))
		rc = no_memory(err);
	if (rc) {
		buf_release(&text);
		return rc;
	}
	o->archive = a;
	o->id = id;
	o->about = text;
	o->lane = free_lane(a, &fresh, err);
	if (!o->lane) {
		buf_release(&o->about);
		free(o);
		return err ? (int)err->code : ERR_IO;
	}
	o->lane->busy = true;
	for (int p = 0; p < ARCHIVE_PARTS; p++)
		o->end[p] = o->lane->length[p];
	o->next = a->under_way;
	o->link = &a->under_way;
	if (o->next)
		o->next->link = &o->next;
	a->under_way = o;
	rc = archive_journal_begin(a, o, err);
	/* A file whose name a power cut kept, and not this line, would be nobody's. */
	if (rc == 0 && fresh && a->options.sync)
		rc = file_sync_all(a->dir, err);
	if (rc)
		order_free(o);
	else
		*out = o;
	return rc;
}

void archive_drop(struct archive_order *o)
{
	struct archive *a = o->archive;

	/* What cannot be cut now is cut by the next archive_open, or written over by the next
	 * order. */
	for (int p = 0; p < ARCHIVE_PARTS; p++)
		if (o->torn || o->end[p] != o->lane->length[p])
			archive_cut(a, o->lane->file[p], o->lane->length[p], NULL);
	if (archive_journal_drop(a, o->id, o->lane, NULL))
		a->broken = true;
	order_free(o);
}

static void put_part(struct buf *b, const char *name, const struct archive_order *o,
                     enum archive_part part)
{
	buf_printf(b, "\"%s\":{\"file\":\"%s\",\"from\":%llu,\"to\":%llu}", name, o->lane->file[part],
	           (unsigned long long)o->lane->length[part], (unsigned long long)o->end[part]);
}

/* What stands behind "digest" in the canonical form: members in the order of their names. */
static int put_rest(const struct archive_order *o, struct sha256 observations, size_t n,
                    struct buf *b, struct err *err)
{
	bool sealed = o->end[ARCHIVE_SEALED] != o->lane->length[ARCHIVE_SEALED];
	char hex[SHA256_HEX], address[EVIDENCE_ADDRESS_SIZE], key[2 * ARCHIVE_KEY_ID_LEN + 1];
	int rc = 0;

	buf_puts(b, ",\"exchanges\":[");
	buf_put(b, buf_slice(&o->entries));
	buf_puts(b, "]");
	if (sealed) {
		hex_encode(o->archive->key.id, ARCHIVE_KEY_ID_LEN, key);
		buf_printf(b, ",\"key\":\"%s\"", key);
	}
	buf_puts(b, ",\"lane\":{");
	if (sealed) {
		put_part(b, "sealed", o, ARCHIVE_SEALED);
		buf_putc(b, ',');
	}
	put_part(b, "warc", o, ARCHIVE_WARC);
	evidence_address_format(observations, address);
	sha256_hex(o->id, hex);
	buf_printf(b, "},\"observations\":{\"count\":%zu,\"digest\":\"%s\"},\"order\":\"%s\","
	           "\"type\":\"manifest\",\"v\":1", n, address, hex);
	if (o->warcinfo) {
		buf_puts(b, ",\"warcinfo\":");
		rc = json_canonical(o->warcinfo, b, err);
	}
	buf_puts(b, "}");
	return rc ? rc : buf_ok(b) ? 0 : no_memory(err);
}

/* The manifest's canonical text and a line feed. Its digest is that of the same text without the
 * digest. */
static int make_manifest(const struct archive_order *o, struct sha256 observations, size_t n,
                         struct buf *out, struct err *err)
{
	struct sha256_stream *h = sha256_new();
	char address[EVIDENCE_ADDRESS_SIZE];
	struct buf rest = { 0 };
	int rc = h ? put_rest(o, observations, n, &rest, err) : no_memory(err);

	buf_puts(out, "{\"about\":");
	buf_put(out, buf_slice(&o->about));
	if (h) {
		sha256_add(h, buf_slice(out));
		sha256_add(h, buf_slice(&rest));
		evidence_address_format(sha256_end(h), address);
		buf_printf(out, ",\"digest\":\"%s\"", address);
	}
	buf_put(out, buf_slice(&rest));
	buf_putc(out, '\n');
	if (rc == 0 && !buf_ok(out))
		rc = no_memory(err);
	buf_release(&rest);
	return rc;
}

/* Its manifest into tmp/. */
static int stage(struct archive_ending *e)
{
	struct archive_order *o = e->order;
	struct archive *a = o->archive;
	struct buf text = { 0 };
	int rc = a->broken ? err_set(&e->err, ERR_IO, 0, "archive %s: has to be opened again", a->dir)
	                   : make_manifest(o, e->observations, e->observation_n, &text, &e->err);

	for (int p = 0; rc == 0 && p < ARCHIVE_PARTS; p++)
		rc = archive_flush(o, (enum archive_part)p, &e->err);
	for (int p = 0; rc == 0 && o->torn && p < ARCHIVE_PARTS; p++)
		rc = archive_cut(a, o->lane->file[p], o->end[p], &e->err);
	if (rc == 0)
		rc = archive_manifest_stage(a, o->id, buf_slice(&text), &e->err);
	buf_release(&text);
	return rc;
}

/* The order is kept. What fails from here on follows from its manifest, and the next archive_open
 * does it; until then nothing may be appended. */
static void enter(struct archive_order *o)
{
	struct archive *a = o->archive;

	for (int p = 0; p < ARCHIVE_PARTS; p++)
		o->lane->length[p] = o->end[p];
	if (a->broken || archive_index_enter(a, &o->indexed, NULL) ||
	    archive_journal_seal(a, o->id, o->lane, o->begun, NULL))
		a->broken = true;
	order_free(o);
}

/* Those that go on take each step together. */
static void sync_staged(struct archive *a, struct archive_ending *ending, size_t n)
{
	bool any = false;
	struct err why = { 0 };

	for (size_t i = 0; i < n; i++)
		any = any || ending[i].rc == 0;
	/* The records and the journal with it. */
	int rc = any && a->options.sync ? file_sync_all(a->dir, &why) : 0;
	for (size_t i = 0; rc && i < n; i++) {
		if (ending[i].rc == 0) {
			ending[i].rc = rc;
			ending[i].err = why;
		}
	}
}

void archive_seal_all(struct archive *a, struct archive_ending *ending, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ending[i].rc = stage(&ending[i]);
	sync_staged(a, ending, n);
	for (size_t i = 0; i < n; i++)
		if (ending[i].rc == 0)
			ending[i].rc = archive_manifest_name_it(a, ending[i].order->id, &ending[i].err);
	for (size_t i = 0; i < n; i++)
		if (ending[i].rc == 0 && a->options.sync)
			ending[i].rc = archive_manifest_settle(a, ending[i].order->id, &ending[i].err);
	for (size_t i = 0; i < n; i++) {
		if (ending[i].rc == 0)
			enter(ending[i].order);
		else
			archive_drop(ending[i].order);
	}
}

int archive_seal(struct archive_order *o, struct sha256 observations, size_t observation_n,
                 struct err *err)
{
	struct archive_ending e = { .order = o, .observations = observations,
		                    .observation_n = observation_n };

	archive_seal_all(o->archive, &e, 1);
	if (e.rc && err)
		*err = e.err;
	return e.rc;
}

/* ---- all of them ---- */

struct eaching {
	struct archive *a;
	archive_order_fn fn;
	void *ctx;
};

static int each_manifest(void *ctx, struct sha256 order, struct err *err)
{
	struct eaching *e = ctx;
	json_t *manifest = NULL;
	int rc = archive_manifest_read(e->a, order, &manifest, err);

	if (rc == 0)
		rc = e->fn(e->ctx, order, manifest, err);
	json_decref(manifest);
	return rc;
}

int archive_each(struct archive *a, archive_order_fn fn, void *ctx, struct err *err)
{
	struct eaching e = { a, fn, ctx };

	return archive_journal_each(a, each_manifest, &e, err);
}
