#include "account/consistency.h"

#include "account/proof.h"
#include "account/tlog.h"
#include "wire/tlog_consistency.h"

#include <inttypes.h>

static int get_tile(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	return ledger_read_tile(ctx, t, hash, err);
}

/* The tiles of an older tree, cut from those that there are now. */
struct past {
	const struct tile_store *files;
	uint64_t size; /* now */
};

static int get_past_tile(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	const struct past *p = ctx;
	uint64_t left = tlog_level_size(p->size, t.level) - t.index * TILE_WIDTH;
	struct tile now = { t.level, t.index, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH };
	struct sha256 wide[TILE_WIDTH];

	int rc = ledger_read_tile(p->files, now, wide, err);
	if (rc == 0)
		memcpy(hash, wide, t.width * sizeof(*hash));
	return rc;
}

/* The tree that the tiles give must be the one that is signed, or the proof would prove nothing. */
static int check_root(const struct tile_store *files, const struct ledger_head *head,
                      struct err *err)
{
	struct sha256 root;
	int rc = tlog_root(head->size, get_tile, (void *)files, &root, err);

	if (rc == 0 && !sha256_eq(root, head->root))
		rc = err_set(err, ERR_CORRUPT, 0,
		             "ledger: the tiles do not give the root that the checkpoint signs "
		             "(run: assay ledger verify)");
	return rc;
}

int consistency_prove(const struct tile_store *files, const struct keyring *keys, uint64_t old,
                      struct buf *out, struct err *err)
{
	struct tlog_consistency proof = { .old = old };
	struct sha256 hash[TLOG_PROOF_MAX], root;
	struct ledger_head head = { 0 };
	struct buf note = { 0 };

	int rc = ledger_read_head_by(files, keys, &note, &head, err);
	if (rc == 0 && old > head.size)
		rc = err_set(err, ERR_NOTFOUND, 0,
		             "the ledger has %" PRIu64 " entries: fewer than %" PRIu64, head.size,
		             old);
	if (rc == 0)
		rc = check_root(files, &head, err);
	struct past past = { files, head.size };
	if (rc == 0)
		rc = tlog_root(old, get_past_tile, &past, &root, err);
	if (rc == 0)
		rc = tlog_prove_consistency(old, head.size, get_tile, (void *)files, hash,
		                            &proof.hashes, err);
	/* 64 hashes take a tree of over 2^62 entries. */
	if (rc == 0 && (proof.hashes > TLOG_CONSISTENCY_HASHES ||
	                !proof_check_consistency(hash, proof.hashes, old, root, head.size,
	                                         head.root)))
		rc = err_set(err, ERR_CORRUPT, 0,
		             "ledger: the tiles do not prove that %" PRIu64 " entries are the past of "
		             "%" PRIu64 " (run: assay ledger verify)",
		             old, head.size);
	if (rc == 0) {
		memcpy(proof.hash, hash, proof.hashes * sizeof(hash[0]));
		proof.checkpoint = buf_slice(&note);
		rc = tlog_consistency_format(&proof, out, err);
	}
	buf_release(&note);
	return rc;
}

int consistency_check(struct slice text, const struct keyring *keys, const struct ledger_head *old,
                      struct ledger_head *head, struct err *err)
{
	struct tlog_consistency proof;
	struct ledger_head now;

	int rc = tlog_consistency_parse(text, &proof, err);
	if (rc == 0)
		rc = ledger_check_head(proof.checkpoint, keys, &now, err);
	if (rc)
		return rc;
	if (now.size < old->size)
		return err_set(err, ERR_REFUSED, 0,
		               "rollback: the checkpoint is of %" PRIu64 " entries, and one of %" PRIu64
		               " is known",
		               now.size, old->size);
	if (now.size == old->size && !sha256_eq(now.root, old->root))
		return err_set(err, ERR_REFUSED, 0,
		               "fork: two checkpoints of %" PRIu64 " entries, with different roots",
		               now.size);
	if (proof.old != old->size)
		return err_set(err, ERR_SYNTAX, 0,
		               "the proof begins at %" PRIu64 " entries, the known checkpoint is of %"
		               PRIu64,
		               proof.old, old->size);
	if (!proof_check_consistency(proof.hash, proof.hashes, old->size, old->root, now.size,
	                             now.root))
		return err_set(err, ERR_CORRUPT, 0,
		               "the proof does not show that the %" PRIu64 " entries known are the "
		               "beginning of these %" PRIu64,
		               old->size, now.size);
	*head = now;
	return 0;
}
