/* Growing works in groups of 256 entries, one bundle and one level-0 tile each:
 *
 *   checkpoint at 300        [ group 0: full ][ group 1: 44 .. ]
 *   source at 700            [ group 0      ][ group 1: full   ][ group 2: 188 ]
 *                                             ^ from here; its first 44 leaf hashes must be those
 *                                               that the tile holds, or the store has changed
 *
 * Nothing below the checkpoint is believed before the right edge gives the signed root. */
#include "account/ledger.h"

#include "wire/checkpoint.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#define CHECKPOINT "checkpoint"
#define UNNAMED    "checkpoint.tmp-next" /* what a crash leaves of it is nothing */

static int get_tile(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	return ledger_read_tile(ctx, t, hash, err);
}

struct growth {
	const struct tile_store *files;
	const struct ledger_source *source;
	struct ledger_head old;
	struct tlog_edge *edge;
	uint64_t next;     /* index of the entry that take_entry gets */
	struct buf bundle; /* of the group at hand */
};

static int write_tile(void *ctx, struct tile t, const struct sha256 *hash, struct err *err)
{
	struct growth *g = ctx;
	char path[TILE_PATH_SIZE];

	/* The signed checkpoint has this one already. Writing it again would risk what is signed. */
	if (t.width < TILE_WIDTH &&
	    tlog_level_size(g->old.size, t.level) == tlog_level_size(g->source->size, t.level))
		return 0;
	tile_path(t, path);
	return g->files->put(g->files->ctx, path,
	                     slice_from((const char *)hash[0].b, (size_t)t.width * SHA256_LEN),
	                     err);
}

static int write_bundle(struct growth *g, struct err *err)
{
	uint64_t index = (g->next - 1) / TILE_WIDTH;
	struct tile t = { TILE_ENTRIES, index, (unsigned)(g->next - index * TILE_WIDTH) };
	char path[TILE_PATH_SIZE];

	tile_path(t, path);
	return g->files->put(g->files->ctx, path, buf_slice(&g->bundle), err);
}

/* One entry of the source: below the checkpoint it is compared, from there on it is added. A bundle
 * is written before the tile that it fills. */
static int take_entry(void *arg, struct slice entry, struct err *err)
{
	struct growth *g = arg;
	uint64_t index = g->next;
	struct sha256 leaf;

	int rc = tile_put_entry(&g->bundle, entry, err);
	if (rc)
		return err ? err_wrap(err, "ledger entry %" PRIu64, index) : rc;
	leaf = tlog_leaf_hash(entry);
	g->next++;
	if (index < g->old.size) {
		if (!sha256_eq(leaf, g->edge->hash[0][index % TILE_WIDTH]))
			return err_set(err, ERR_CORRUPT, 0,
			               "ledger entry %" PRIu64
			               ": the store's is not the one that was logged",
			               index);
		return 0;
	}
	if (g->next % TILE_WIDTH == 0)
		rc = write_bundle(g, err);
	if (rc == 0)
		rc = tlog_edge_add(g->edge, leaf, write_tile, g, err);
	return rc;
}

static int grow(struct growth *g, struct err *err)
{
	uint64_t size = g->source->size;
	int rc = 0;

	for (uint64_t from = g->old.size / TILE_WIDTH * TILE_WIDTH; rc == 0 && from < size;
	     from += TILE_WIDTH) {
		uint64_t to = size - from < TILE_WIDTH ? size : from + TILE_WIDTH;
		g->next = from;
		buf_clear(&g->bundle);
		rc = g->source->read(g->source->ctx, from, to, take_entry, g, err);
		if (rc == 0 && g->next != to)
			rc = err_set(err, ERR_CORRUPT, 0,
			             "ledger entry %" PRIu64
			             ": the store has none, though it counts %" PRIu64,
			             g->next, size);
	}
	if (rc == 0 && size % TILE_WIDTH)
		rc = write_bundle(g, err);
	if (rc == 0)
		rc = tlog_edge_partials(g->edge, write_tile, g, err);
	return rc;
}

/* Who signs, and whose signatures are known. */
struct signing {
	const struct note_signer *signer;
	size_t n;
	const struct keyring *keys;
};

static bool is_signer(const struct signing *by, const struct note_signature *s)
{
	for (size_t i = 0; i < by->n; i++)
		if (s->key_id == by->signer[i].key.id && slice_eq(s->name, by->signer[i].key.name))
			return true;
	return false;
}

static bool is_known(const struct signing *by, const struct note_signature *s)
{
	for (size_t i = 0; i < by->keys->n; i++)
		if (s->key_id == by->keys->key[i].key.id &&
		    slice_eq(s->name, by->keys->key[i].key.name))
			return true;
	return is_signer(by, s);
}

/* The signature lines of a checkpoint that are not the log's own. */
static void put_others(const struct signing *by, struct slice note_bytes, struct buf *out)
{
	struct note_signature s;
	struct note note;
	size_t at = 0, from = 0;

	if (note_parse(note_bytes, &note, NULL))
		return;
	for (; note_next_signature(&note, &at, &s); from = at)
		if (!is_known(by, &s))
			buf_put(out, slice_sub(note.signatures, from, at));
}

/* Whether a checkpoint carries one signature of each signer, and none of another key of the log. */
static bool is_signed_by(const struct signing *by, struct slice note_bytes)
{
	struct note_signature s;
	struct note note;
	size_t at = 0, ours = 0, others = 0;

	if (note_parse(note_bytes, &note, NULL))
		return false;
	while (note_next_signature(&note, &at, &s)) {
		ours += is_signer(by, &s);
		others += !is_signer(by, &s) && is_known(by, &s);
	}
	return ours == by->n && others == 0;
}

/* Make what was put so far durable, and the checkpoint of it with that; only then give it its name.
 * old: the checkpoint of the same size and root that it takes the place of, or empty. */
static int write_checkpoint(const struct tile_store *files, const struct signing *by,
                            const struct ledger_head *head, struct slice old, struct err *err)
{
	struct checkpoint c = { by->signer[0].key.name, head->size, head->root, SLICE("") };
	struct buf text = { 0 }, note = { 0 };

	int rc = checkpoint_format(&c, &text, err);
	if (rc == 0)
		rc = note_sign_all(buf_slice(&text), by->signer, by->n, &note, err);
	if (rc == 0)
		put_others(by, old, &note);
	if (rc == 0 && !buf_ok(&note))
		rc = err_set(err, ERR_NOMEM, 0, CHECKPOINT ": out of memory");
	if (rc == 0)
		rc = files->put(files->ctx, UNNAMED, buf_slice(&note), err);
	if (rc == 0)
		rc = files->sync(files->ctx, err);
	if (rc == 0)
		rc = files->move(files->ctx, UNNAMED, CHECKPOINT, err);
	buf_release(&text);
	buf_release(&note);
	return rc;
}

/* Partial tiles of tiles that have grown full: tlog-tiles "Partial Tiles" allows to delete them. A
 * failure is ignored: what stays is correct, and the audit compares it. */
static void drop_partials(const struct tile_store *files, uint64_t old, uint64_t size)
{
	for (int level = TILE_ENTRIES; level < TLOG_LEVELS; level++) {
		int of = level == TILE_ENTRIES ? 0 : level;
		struct tile t = { level, tlog_level_size(old, of) / TILE_WIDTH, TILE_WIDTH };
		char path[TILE_PATH_SIZE + 2];
		if (tlog_partial_width(old, of) == 0 ||
		    tlog_level_size(size, of) / TILE_WIDTH == t.index)
			continue;
		tile_path(t, path);
		size_t n = strlen(path);
		memcpy(path + n, ".p", 3);
		files->drop(files->ctx, path, NULL);
	}
}

/* Files behind the checkpoint are of a growth that was cut short. A power cut may have left their
 * names without their bytes; those that this growth does not write again would stay so. */
static int trim(const struct tile_store *files, uint64_t size, struct err *err)
{
	int rc = 0;

	for (int level = TILE_ENTRIES; rc == 0 && level < TLOG_LEVELS; level++) {
		int of = level == TILE_ENTRIES ? 0 : level;
		struct tile t = { level, tlog_level_size(size, of) / TILE_WIDTH,
		                  tlog_partial_width(size, of) };
		bool any = true;
		for (; rc == 0 && any; t.index++, t.width = 0)
			rc = files->trim(files->ctx, t, &any, err);
	}
	return rc;
}

/* The edge of the tree that the checkpoint signs. */
static int load_edge(struct growth *g, struct err *err)
{
	int rc = tlog_edge_load(g->old.size, get_tile, (void *)g->files, g->edge, err);

	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_REFUSED, 0,
		               CHECKPOINT
		               ": of %" PRIu64 " entries, which the tiles do not hold: the "
		               "ledger was rolled back or lost files (run: assay ledger verify)",
		               g->old.size);
	if (rc)
		return rc;
	if (!sha256_eq(tlog_edge_root(g->edge), g->old.root))
		return err_set(err, ERR_CORRUPT, 0,
		               "ledger: the tiles do not give the root that the checkpoint signs "
		               "(run: assay ledger verify)");
	return 0;
}

static int seen_a_tile(void *arg, const char *path, struct err *err)
{
	struct tile t;

	(void)arg;
	(void)err;
	return tile_parse_path(slice_str(path), &t, NULL) == 0;
}

/* A log begins with the checkpoint of the empty tree, so that tiles without a checkpoint are never
 * an interrupted beginning: somebody took the checkpoint away, and writing a new one would let a
 * changed store pass for the old one. */
static int begin_log(const struct tile_store *files, const struct signing *by,
                     struct ledger_head *out, struct err *err)
{
	struct ledger_head empty = { 0, sha256_of(SLICE("")) };

	int rc = files->walk(files->ctx, seen_a_tile, NULL, err);
	if (rc > 0)
		return err_set(err, ERR_CORRUPT, 0, CHECKPOINT ": missing, though there are tiles");
	if (rc == 0)
		rc = write_checkpoint(files, by, &empty, SLICE(""), err);
	if (rc == 0)
		*out = empty;
	return rc;
}

/* From the checkpoint that there is to the source's size. */
static int advance(struct growth *g, const struct signing *by, struct slice old_note,
                   struct ledger_head *head, struct err *err)
{
	int rc = 0;

	*head = g->old;
	if (g->source->size == g->old.size)
		return is_signed_by(by, old_note)
		               ? 0
		               : write_checkpoint(g->files, by, head, old_note, err);
	g->edge = malloc(sizeof(*g->edge));
	if (!g->edge)
		return err_set(err, ERR_NOMEM, 0, "ledger: out of memory");
	rc = load_edge(g, err);
	if (rc == 0)
		rc = trim(g->files, g->old.size, err);
	if (rc == 0)
		rc = grow(g, err);
	if (rc == 0) {
		*head = (struct ledger_head){ g->source->size, tlog_edge_root(g->edge) };
		rc = write_checkpoint(g->files, by, head, SLICE(""), err);
	}
	if (rc == 0)
		drop_partials(g->files, g->old.size, head->size);
	return rc;
}

int ledger_append_by(const struct tile_store *files, const struct note_signer *signer, size_t n,
                     const struct keyring *keys, const struct ledger_source *source,
                     struct ledger_head *out, struct err *err)
{
	const struct signing by = { signer, n, keys };
	struct growth g = { .files = files, .source = source };
	struct ledger_head head = { 0 };
	struct buf note = { 0 };
	struct err absent;

	if (n == 0 || n > LEDGER_SIGNERS_MAX)
		return err_set(err, ERR_USAGE, 0, "ledger: %zu signers", n);
	int rc = ledger_read_head_by(files, keys, &note, &g.old, &absent);
	if (rc == ERR_NOTFOUND)
		rc = begin_log(files, &by, &g.old, err);
	else if (rc && err)
		*err = absent;
	if (rc == 0 && source->size < g.old.size)
		rc = err_set(err, ERR_REFUSED, 0,
		             "the store holds %" PRIu64
		             " ledger entries, the checkpoint signs %" PRIu64
		             ": the store was rolled back",
		             source->size, g.old.size);
	/* A log that was just begun has its checkpoint by the signers. */
	if (rc == 0 && (note.n || source->size > 0))
		rc = advance(&g, &by, buf_slice(&note), &head, err);
	else if (rc == 0)
		head = g.old;
	free(g.edge);
	buf_release(&g.bundle);
	buf_release(&note);
	if (rc == 0 && out)
		*out = head;
	return rc;
}

int ledger_append(const struct tile_store *files, const struct note_signer *signer,
                  const struct ledger_source *source, struct ledger_head *out, struct err *err)
{
	const struct keyring one = keyring_of(&signer->key);

	return ledger_append_by(files, signer, 1, &one, source, out, err);
}
