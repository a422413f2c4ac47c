/* Growing works in groups of 256 entries, one bundle and one level-0 tile each:
 *
 *   checkpoint at 300        [ group 0: full ][ group 1: 44 .. ]
 *   source at 700            [ group 0      ][ group 1: full   ][ group 2: 188 ]
 *                                             ^ from here; its first 44 leaf hashes must be those
 *                                               that the tile holds, or the store has changed
 *
 * Nothing below the checkpoint is believed before the right edge gives the signed root. */
#include "account/ledger.h"

#include "account/proof.h"
#include "wire/checkpoint.h"
#include "wire/tlog_proof.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#define CHECKPOINT "checkpoint"

/* Our own file is damaged: whatever its reader said, the caller must stop. */
static int damaged(int rc, const char *path, struct err *err)
{
	if (rc != ERR_NOMEM)
		rc = ERR_CORRUPT;
	if (err) {
		err_wrap(err, "%s", path);
		err->code = (enum err_code)rc;
	}
	return rc;
}

static int check_head(struct slice note_bytes, const struct note_key *key, struct ledger_head *out,
                      struct err *err)
{
	struct note note;
	struct checkpoint c;

	int rc = note_parse(note_bytes, &note, err);
	if (rc == 0)
		rc = note_check(&note, key, err);
	if (rc == 0)
		rc = checkpoint_parse(note.text, &c, err);
	if (rc == 0 && !slice_eq(c.origin, key->name))
		rc = err_set(err, ERR_CORRUPT, 0, "of another log: '%.*s'",
		             SLICE_ARG(slice_sub(c.origin, 0, 80)));
	if (rc == 0)
		*out = (struct ledger_head){ c.size, c.root };
	return rc;
}

int ledger_read_head(const struct tile_store *files, const struct note_key *key, struct buf *note,
                     struct ledger_head *out, struct err *err)
{
	struct buf bytes = { 0 };
	struct ledger_head head;

	int rc = files->read(files->ctx, CHECKPOINT, NOTE_BYTES_MAX, &bytes, err);
	if (rc == ERR_LIMIT)
		rc = ERR_CORRUPT;
	if (rc == 0) {
		rc = check_head(buf_slice(&bytes), key, &head, err);
		if (rc)
			rc = damaged(rc, CHECKPOINT, err);
	}
	if (rc == 0 && note) {
		buf_put(note, buf_slice(&bytes));
		if (!buf_ok(note))
			rc = err_set(err, ERR_NOMEM, 0, CHECKPOINT ": out of memory");
	}
	if (rc == 0)
		*out = head;
	buf_release(&bytes);
	return rc;
}

/* The file of t, or of the full tile that it has become; the path that was read is in path. */
static int read_widest(const struct tile_store *files, struct tile t, size_t limit, struct buf *out,
                       char path[TILE_PATH_SIZE], struct err *err)
{
	struct tile full = { t.level, t.index, TILE_WIDTH };
	struct err absent;

	tile_path(t, path);
	int rc = files->read(files->ctx, path, limit, out, &absent);
	if (rc == ERR_NOTFOUND && t.width < TILE_WIDTH) {
		char wide[TILE_PATH_SIZE];
		tile_path(full, wide);
		int again = files->read(files->ctx, wide, limit, out, NULL);
		if (again != ERR_NOTFOUND) {
			memcpy(path, wide, sizeof(wide));
			rc = again;
			if (rc)
				err_set(&absent, (enum err_code)rc, 0, "%s: cannot be read", path);
		}
	}
	if (rc && err)
		*err = absent;
	if (rc == ERR_LIMIT)
		return err_set(err, ERR_CORRUPT, limit, "%s: longer than it can be", path);
	return rc;
}

int ledger_read_tile(const struct tile_store *files, struct tile t, struct sha256 *hash,
                     struct err *err)
{
	char path[TILE_PATH_SIZE];
	struct buf bytes = { 0 };
	struct tile got;

	int rc = read_widest(files, t, TILE_BYTES_MAX, &bytes, path, err);
	if (rc == 0 && tile_parse_path(slice_str(path), &got, NULL) == 0 &&
	    bytes.n != (size_t)got.width * SHA256_LEN)
		rc = err_set(err, ERR_CORRUPT, bytes.n, "%s: %zu bytes where %u hashes belong",
		             path, bytes.n, got.width);
	if (rc == 0)
		memcpy(hash, bytes.p, (size_t)t.width * SHA256_LEN);
	buf_release(&bytes);
	return rc;
}

int ledger_read_bundle(const struct tile_store *files, struct tile t, struct buf *out,
                       struct err *err)
{
	char path[TILE_PATH_SIZE];
	struct buf bytes = { 0 };
	struct slice rest, entry;
	struct tile got = t;

	int rc = read_widest(files, t, TILE_BUNDLE_MAX, &bytes, path, err);
	if (rc == 0)
		tile_parse_path(slice_str(path), &got, NULL); /* ours: it parses */
	rest = buf_slice(&bytes);
	size_t cut = 0;
	for (unsigned i = 0; rc == 0 && i < got.width; i++) {
		int more = tile_next_entry(&rest, &entry, err);
		if (more < 0)
			rc = damaged(more, path, err);
		else if (more == 0)
			rc = err_set(err, ERR_CORRUPT, bytes.n, "%s: %u entries where %u belong",
			             path, i, got.width);
		if (i + 1 == t.width)
			cut = bytes.n - rest.n;
	}
	if (rc == 0 && rest.n)
		rc = err_set(err, ERR_CORRUPT, bytes.n - rest.n, "%s: more than %u entries", path,
		             got.width);
	if (rc == 0) {
		buf_put(out, slice_sub(buf_slice(&bytes), 0, cut));
		if (!buf_ok(out))
			rc = err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	}
	buf_release(&bytes);
	return rc;
}

static int get_tile(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	return ledger_read_tile(ctx, t, hash, err);
}

/* ---- growing ---- */

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

	tile_path(t, path);
	return g->files->write(g->files->ctx, path,
	                       slice_from((const char *)hash[0].b, (size_t)t.width * SHA256_LEN),
	                       err);
}

static int write_bundle(struct growth *g, struct err *err)
{
	uint64_t index = (g->next - 1) / TILE_WIDTH;
	struct tile t = { TILE_ENTRIES, index, (unsigned)(g->next - index * TILE_WIDTH) };
	char path[TILE_PATH_SIZE];

	tile_path(t, path);
	return g->files->write(g->files->ctx, path, buf_slice(&g->bundle), err);
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

static int write_checkpoint(const struct tile_store *files, const struct note_signer *signer,
                            const struct ledger_head *head, struct err *err)
{
	struct checkpoint c = { signer->key.name, head->size, head->root, SLICE("") };
	struct buf text = { 0 }, note = { 0 };

	int rc = checkpoint_format(&c, &text, err);
	if (rc == 0)
		rc = note_sign(buf_slice(&text), signer, &note, err);
	if (rc == 0)
		rc = files->write(files->ctx, CHECKPOINT, buf_slice(&note), err);
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
static int begin_log(const struct tile_store *files, const struct note_signer *signer,
                     struct ledger_head *out, struct err *err)
{
	struct ledger_head empty = { 0, sha256_of(SLICE("")) };

	int rc = files->walk(files->ctx, seen_a_tile, NULL, err);
	if (rc > 0)
		return err_set(err, ERR_CORRUPT, 0, CHECKPOINT ": missing, though there are tiles");
	if (rc == 0)
		rc = write_checkpoint(files, signer, &empty, err);
	if (rc == 0)
		*out = empty;
	return rc;
}

int ledger_append(const struct tile_store *files, const struct note_signer *signer,
                  const struct ledger_source *source, struct ledger_head *out, struct err *err)
{
	struct growth g = { .files = files, .source = source };
	struct err absent;

	int rc = ledger_read_head(files, &signer->key, NULL, &g.old, &absent);
	if (rc && rc != ERR_NOTFOUND) {
		if (err)
			*err = absent;
		return rc;
	}
	if (rc == ERR_NOTFOUND) {
		rc = begin_log(files, signer, &g.old, err);
		if (rc)
			return rc;
	}
	if (source->size < g.old.size)
		return err_set(err, ERR_REFUSED, 0,
		               "the store holds %" PRIu64
		               " ledger entries, the checkpoint signs %" PRIu64
		               ": the store was rolled back",
		               source->size, g.old.size);
	struct ledger_head head = g.old;
	if (source->size > g.old.size) {
		g.edge = malloc(sizeof(*g.edge));
		if (!g.edge)
			return err_set(err, ERR_NOMEM, 0, "ledger: out of memory");
		rc = load_edge(&g, err);
		if (rc == 0)
			rc = grow(&g, err);
		if (rc == 0) {
			head = (struct ledger_head){ source->size, tlog_edge_root(g.edge) };
			rc = write_checkpoint(files, signer, &head, err);
		}
		if (rc == 0)
			drop_partials(files, g.old.size, head.size);
	}
	free(g.edge);
	buf_release(&g.bundle);
	if (rc == 0 && out)
		*out = head;
	return rc;
}

/* ---- proofs ---- */

int ledger_read_entry(const struct tile_store *files, const struct ledger_head *head,
                      uint64_t index, struct buf *out, struct err *err)
{
	uint64_t bundle = index / TILE_WIDTH, left = head->size - bundle * TILE_WIDTH;
	struct buf bytes = { 0 };
	struct slice rest, entry = { 0 };

	if (index >= head->size)
		return err_set(err, ERR_NOTFOUND, 0,
		               "the ledger has %" PRIu64 " entries, and no entry %" PRIu64,
		               head->size, index);
	struct tile t = { TILE_ENTRIES, bundle, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH };
	int rc = ledger_read_bundle(files, t, &bytes, err);
	rest = buf_slice(&bytes);
	for (uint64_t i = 0; rc == 0 && i <= index % TILE_WIDTH; i++)
		if (tile_next_entry(&rest, &entry, err) != 1)
			rc = err_set(err, ERR_CORRUPT, 0, "ledger entry %" PRIu64 ": cut", index);
	if (rc == 0) {
		buf_put(out, entry);
		if (!buf_ok(out))
			rc = err_set(err, ERR_NOMEM, 0, "ledger: out of memory");
	}
	buf_release(&bytes);
	return rc;
}

int ledger_prove(const struct tile_store *files, const struct note_key *key, uint64_t index,
                 struct slice extra, struct buf *out, struct err *err)
{
	struct tlog_proof proof = { .index = index, .extra = extra };
	struct sha256 hash[TLOG_PROOF_MAX], *leaves = NULL;
	struct buf note = { 0 };
	struct ledger_head head;

	int rc = ledger_read_head(files, key, &note, &head, err);
	if (rc == 0 && index >= head.size)
		rc = err_set(err, ERR_NOTFOUND, 0,
		             "the ledger has %" PRIu64 " entries, and no entry %" PRIu64, head.size,
		             index);
	if (rc == 0)
		rc = tlog_prove_inclusion(index, head.size, get_tile, (void *)files, hash,
		                          &proof.hashes, err);
	if (rc == 0 && !(leaves = calloc(TILE_WIDTH, sizeof(*leaves))))
		rc = err_set(err, ERR_NOMEM, 0, "ledger: out of memory");
	if (rc == 0) {
		uint64_t first = index / TILE_WIDTH * TILE_WIDTH, left = head.size - first;
		struct tile t = { 0, index / TILE_WIDTH,
			          left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH };
		rc = ledger_read_tile(files, t, leaves, err);
	}
	if (rc == 0 && !proof_check_inclusion(hash, proof.hashes, index, head.size,
	                                      leaves[index % TILE_WIDTH], head.root))
		rc = err_set(err, ERR_CORRUPT, 0,
		             "ledger: the tiles do not prove entry %" PRIu64
		             " (run: assay ledger verify)",
		             index);
	if (rc == 0) {
		memcpy(proof.hash, hash, proof.hashes * sizeof(hash[0]));
		proof.checkpoint = buf_slice(&note);
		rc = tlog_proof_format(&proof, out, err);
	}
	free(leaves);
	buf_release(&note);
	return rc == ERR_USAGE ? ERR_NOTFOUND : rc;
}

int ledger_check_proof(struct slice text, const struct note_key *key, struct slice entry,
                       struct ledger_head *head, struct err *err)
{
	struct buf extra = { 0 };
	struct tlog_proof *proof = calloc(1, sizeof(*proof));
	struct ledger_head h;

	if (!proof)
		return err_set(err, ERR_NOMEM, 0, "proof: out of memory");
	int rc = tlog_proof_parse(text, &extra, proof, err);
	if (rc == 0)
		rc = check_head(proof->checkpoint, key, &h, err);
	if (rc == 0 && !proof_check_inclusion(proof->hash, proof->hashes, proof->index, h.size,
	                                      tlog_leaf_hash(entry), h.root))
		rc = err_set(err, ERR_CORRUPT, 0,
		             "the proof does not show that this is entry %" PRIu64 " of %" PRIu64,
		             proof->index, h.size);
	if (rc == 0 && head)
		*head = h;
	free(proof);
	buf_release(&extra);
	return rc;
}
