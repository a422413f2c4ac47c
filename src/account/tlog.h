/* The Merkle tree of a transparency log, computed from its right edge and its tiles.
 *
 *   source  RFC 6962 section 2 (hashes and proofs); c2sp.org/tlog-tiles (tiles)
 *
 *   leaf hash  SHA-256(0x00 || entry)        node hash  SHA-256(0x01 || left || right)
 *
 * Everything here is a computation: tiles come in and go out through callbacks. A tree has at most
 * INT64_MAX leaves, so at most TLOG_LEVELS levels of tiles. */
#ifndef ACCOUNT_TLOG_H
#define ACCOUNT_TLOG_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "wire/tile.h"

#include <stddef.h>
#include <stdint.h>

enum {
	TLOG_LEVELS = 8,     /* 8 tiles high, 8 bits each: 2^63 leaves */
	TLOG_PROOF_MAX = 65, /* hashes of a consistency proof; an inclusion proof has one less */
};

struct sha256 tlog_leaf_hash(struct slice entry);
struct sha256 tlog_node_hash(struct sha256 left, struct sha256 right);

/* The tree head of n = 2^k hashes that lie side by side at one level (k >= 0). */
struct sha256 tlog_subtree_hash(const struct sha256 *hash, size_t n);

/* Hashes in the rightmost tile of a level; 0 when that level is empty or ends in a full tile. */
static inline unsigned tlog_partial_width(uint64_t size, int level)
{
	return (unsigned)(size >> (TILE_HEIGHT * level) & (TILE_WIDTH - 1));
}

/* Hashes at a level of a tree. */
static inline uint64_t tlog_level_size(uint64_t size, int level)
{
	return level < TLOG_LEVELS ? size >> (TILE_HEIGHT * level) : 0;
}

/* ---- growing ---- */

/* The right edge of a tree: per level the hashes of the tile that is not full yet. Zero-initialised
 * is the empty tree. 64 KiB: keep it on the heap. */
struct tlog_edge {
	uint64_t size;
	struct sha256 hash[TLOG_LEVELS][TILE_WIDTH];
};

/* Take a tile: t.width hashes, valid until it returns. A value other than 0 ends the work. */
typedef int (*tlog_put_fn)(void *ctx, struct tile t, const struct sha256 *hash, struct err *err);

/* Give a tile: fill t.width hashes. */
typedef int (*tlog_get_fn)(void *ctx, struct tile t, struct sha256 *hash, struct err *err);

/* Add one leaf hash. Each tile that becomes full goes to put (which may be NULL). On failure the
 * edge must not be used again. ERR_LIMIT when the tree is full. */
int tlog_edge_add(struct tlog_edge *e, struct sha256 leaf, tlog_put_fn put, void *ctx,
                  struct err *err);

/* The partial tiles of the tree, from level 0 up, to put. With those that tlog_edge_add gave they
 * are all the tiles that growing changed. */
int tlog_edge_partials(const struct tlog_edge *e, tlog_put_fn put, void *ctx, struct err *err);

/* The edge of a tree of that size from its partial tiles. ERR_LIMIT; what get returns. */
int tlog_edge_load(uint64_t size, tlog_get_fn get, void *ctx, struct tlog_edge *out,
                   struct err *err);

/* The tree head: RFC 6962 section 2.1, SHA-256 of nothing for the empty tree. */
struct sha256 tlog_edge_root(const struct tlog_edge *e);

/* ---- proving, from the tiles of a tree of `size` leaves ---- */

/* The root. ERR_LIMIT, ERR_NOMEM; what get returns. */
int tlog_root(uint64_t size, tlog_get_fn get, void *ctx, struct sha256 *out, struct err *err);

/* The audit path of a leaf, RFC 6962 section 2.1.1, leaf's sibling first. ERR_USAGE when there is
 * no such leaf. The tiles are believed: check the proof before it is handed out. */
int tlog_prove_inclusion(uint64_t index, uint64_t size, tlog_get_fn get, void *ctx,
                         struct sha256 out[TLOG_PROOF_MAX], size_t *n, struct err *err);

/* That the tree of `old` leaves is the beginning of this one, RFC 6962 section 2.1.2. No hash when
 * old = size or old = 0. ERR_USAGE when old > size. */
int tlog_prove_consistency(uint64_t old, uint64_t size, tlog_get_fn get, void *ctx,
                           struct sha256 out[TLOG_PROOF_MAX], size_t *n, struct err *err);

#endif
