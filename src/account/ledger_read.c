/* Reading what the writer left: the last checkpoint, tiles, bundles, and proofs from them. What is
 * read is believed only as far as it agrees with the signed root. */
#include "account/ledger.h"

#include "account/proof.h"
#include "wire/checkpoint.h"
#include "wire/tlog_proof.h"

#include <inttypes.h>
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

int ledger_check_head(struct slice note_bytes, const struct keyring *keys, struct ledger_head *out,
                      struct err *err)
{
	struct note note;
	struct checkpoint c;

	int rc = note_parse(note_bytes, &note, err);
	if (rc == 0)
		rc = checkpoint_parse(note.text, &c, err);
	if (rc == 0)
		rc = keyring_check(keys, &note, c.size, err);
	if (rc == 0 && !slice_eq(c.origin, keyring_name(keys)))
		rc = err_set(err, ERR_CORRUPT, 0, "of another log: '%.*s'",
		             SLICE_ARG(slice_sub(c.origin, 0, 80)));
	if (rc == 0)
		*out = (struct ledger_head){ c.size, c.root };
	return rc;
}

int ledger_read_head_by(const struct tile_store *files, const struct keyring *keys,
                        struct buf *note, struct ledger_head *out, struct err *err)
{
	struct buf bytes = { 0 };
	struct ledger_head head;

	int rc = files->read(files->ctx, CHECKPOINT, NOTE_BYTES_MAX, &bytes, err);
	if (rc == ERR_LIMIT)
		rc = ERR_CORRUPT;
	if (rc == 0) {
		rc = ledger_check_head(buf_slice(&bytes), keys, &head, err);
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

int ledger_read_head(const struct tile_store *files, const struct note_key *key, struct buf *note,
                     struct ledger_head *out, struct err *err)
{
	const struct keyring one = keyring_of(key);

	return ledger_read_head_by(files, &one, note, out, err);
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

int ledger_prove(const struct tile_store *files, const struct keyring *keys, uint64_t index,
                 struct slice extra, struct buf *out, struct err *err)
{
	struct tlog_proof proof = { .index = index, .extra = extra };
	struct sha256 hash[TLOG_PROOF_MAX], *leaves = NULL;
	struct buf note = { 0 };
	struct ledger_head head;

	int rc = ledger_read_head_by(files, keys, &note, &head, err);
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

int ledger_check_proof(struct slice text, const struct keyring *keys, struct slice entry,
                       struct ledger_head *head, struct err *err)
{
	struct buf extra = { 0 };
	struct tlog_proof *proof = calloc(1, sizeof(*proof));
	struct ledger_head h;

	if (!proof)
		return err_set(err, ERR_NOMEM, 0, "proof: out of memory");
	int rc = tlog_proof_parse(text, &extra, proof, err);
	if (rc == 0)
		rc = ledger_check_head(proof->checkpoint, keys, &h, err);
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
