/* A tree of n leaves is a row of perfect subtrees, one for each bit of n that is set, the largest
 * on the left. Each lies in one tile whole, so any hash of the tree is some hashes of tiles:
 *
 *   level 1              [ h ]                 h = head of a full tile below
 *                       /     \
 *   level 0   [256 leaf hashes][ w leaf hashes ]   the right edge: partial tiles */
#include "account/tlog.h"

#include <stdbool.h>
#include <stdlib.h>

struct sha256 tlog_leaf_hash(struct slice entry)
{
	/* 0x00 before the entry: RFC 6962 section 2.1 */
	if (entry.n < 1024) {
		char bytes[1024] = { 0x00 };
		if (entry.n)
			memcpy(bytes + 1, entry.p, entry.n);
		return sha256_of(slice_from(bytes, entry.n + 1));
	}
	char *bytes = malloc(entry.n + 1);
	if (!bytes)
		abort(); /* 64 KiB at most: nothing above could go on without them */
	bytes[0] = 0x00;
	memcpy(bytes + 1, entry.p, entry.n);
	struct sha256 d = sha256_of(slice_from(bytes, entry.n + 1));
	free(bytes);
	return d;
}

struct sha256 tlog_node_hash(struct sha256 left, struct sha256 right)
{
	/* 0x01 before the children: RFC 6962 section 2.1 */
	char bytes[1 + 2 * SHA256_LEN] = { 0x01 };

	memcpy(bytes + 1, left.b, SHA256_LEN);
	memcpy(bytes + 1 + SHA256_LEN, right.b, SHA256_LEN);
	return sha256_of(slice_from(bytes, sizeof(bytes)));
}

struct sha256 tlog_subtree_hash(const struct sha256 *hash, size_t n)
{
	if (n == 1)
		return hash[0];
	return tlog_node_hash(tlog_subtree_hash(hash, n / 2),
	                      tlog_subtree_hash(hash + n / 2, n - n / 2));
}

static int too_large(struct err *err)
{
	return err_set(err, ERR_LIMIT, 0, "ledger: a tree of over 2^63-1 leaves");
}

int tlog_edge_add(struct tlog_edge *e, struct sha256 leaf, tlog_put_fn put, void *ctx,
                  struct err *err)
{
	struct sha256 carry = leaf;

	if (e->size >= INT64_MAX)
		return too_large(err);
	for (int level = 0; level < TLOG_LEVELS; level++) {
		unsigned width = tlog_partial_width(e->size, level);
		struct tile t = { level, tlog_level_size(e->size, level) / TILE_WIDTH, TILE_WIDTH };
		e->hash[level][width] = carry;
		if (width + 1 < TILE_WIDTH)
			break;
		int rc = put ? put(ctx, t, e->hash[level], err) : 0;
		if (rc)
			return rc;
		carry = tlog_subtree_hash(e->hash[level], TILE_WIDTH);
	}
	e->size++;
	return 0;
}

int tlog_edge_partials(const struct tlog_edge *e, tlog_put_fn put, void *ctx, struct err *err)
{
	for (int level = 0; level < TLOG_LEVELS; level++) {
		unsigned width = tlog_partial_width(e->size, level);
		struct tile t = { level, tlog_level_size(e->size, level) / TILE_WIDTH, width };
		int rc = width ? put(ctx, t, e->hash[level], err) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

int tlog_edge_load(uint64_t size, tlog_get_fn get, void *ctx, struct tlog_edge *out,
                   struct err *err)
{
	if (size > INT64_MAX)
		return too_large(err);
	out->size = 0;
	for (int level = 0; level < TLOG_LEVELS; level++) {
		unsigned width = tlog_partial_width(size, level);
		struct tile t = { level, tlog_level_size(size, level) / TILE_WIDTH, width };
		int rc = width ? get(ctx, t, out->hash[level], err) : 0;
		if (rc)
			return rc;
	}
	out->size = size;
	return 0;
}

/* From the smallest perfect subtree to the largest: each new one stands on the left. */
struct sha256 tlog_edge_root(const struct tlog_edge *e)
{
	struct sha256 root = { { 0 } };
	bool any = false;

	if (e->size == 0)
		return sha256_of(SLICE(""));
	for (int level = 0; level < TLOG_LEVELS; level++) {
		unsigned width = tlog_partial_width(e->size, level);
		for (unsigned n = 1; n < TILE_WIDTH; n *= 2) {
			if (!(width & n))
				continue;
			struct sha256 part = tlog_subtree_hash(e->hash[level] + width - n, n);
			root = any ? tlog_node_hash(part, root) : part;
			width -= n;
			any = true;
		}
	}
	return root;
}

/* One tile of each level is kept: a proof asks for neighbours. */
struct prover {
	uint64_t size;
	tlog_get_fn get;
	void *ctx;
	struct sha256 *out; /* of a proof, or NULL */
	size_t n;
	bool have[TLOG_LEVELS];
	uint64_t index[TLOG_LEVELS];
	struct sha256 hash[TLOG_LEVELS][TILE_WIDTH];
};

/* Head of the perfect subtree over leaves [from, from + n), n a power of two that divides from. */
static int perfect_hash(struct prover *p, uint64_t from, uint64_t n, struct sha256 *out,
                        struct err *err)
{
	int level = 0;

	for (; n >= TILE_WIDTH; level++) {
		from /= TILE_WIDTH;
		n /= TILE_WIDTH;
	}
	uint64_t index = from / TILE_WIDTH, first = index * TILE_WIDTH;
	if (!p->have[level] || p->index[level] != index) {
		uint64_t left = tlog_level_size(p->size, level) - first;
		struct tile t = { level, index, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH };
		int rc = p->get(p->ctx, t, p->hash[level], err);
		if (rc)
			return rc;
		p->have[level] = true;
		p->index[level] = index;
	}
	*out = tlog_subtree_hash(p->hash[level] + (from - first), (size_t)n);
	return 0;
}

/* The largest power of two below n, n > 1: k of RFC 6962 section 2.1. */
static uint64_t split_of(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

/* MTH(D[from:from+n]), n > 0. Only the right part of a split can be imperfect. */
static int range_hash(struct prover *p, uint64_t from, uint64_t n, struct sha256 *out,
                      struct err *err)
{
	struct sha256 left, right;

	if ((n & (n - 1)) == 0)
		return perfect_hash(p, from, n, out, err);
	uint64_t k = split_of(n);
	int rc = perfect_hash(p, from, k, &left, err);
	if (rc == 0)
		rc = range_hash(p, from + k, n - k, &right, err);
	if (rc == 0)
		*out = tlog_node_hash(left, right);
	return rc;
}

static int put_hash(struct prover *p, uint64_t from, uint64_t n, struct err *err)
{
	return range_hash(p, from, n, &p->out[p->n++], err);
}

/* PATH(m, D[from:from+n]) of RFC 6962 section 2.1.1. */
static int put_path(struct prover *p, uint64_t m, uint64_t from, uint64_t n, struct err *err)
{
	if (n == 1)
		return 0;
	uint64_t k = split_of(n);
	int rc = m < k ? put_path(p, m, from, k, err) : put_path(p, m - k, from + k, n - k, err);
	if (rc)
		return rc;
	return m < k ? put_hash(p, from + k, n - k, err) : put_hash(p, from, k, err);
}

/* SUBPROOF(m, D[from:from+n], known) of RFC 6962 section 2.1.2. */
static int put_subproof(struct prover *p, uint64_t m, uint64_t from, uint64_t n, bool known,
                        struct err *err)
{
	if (m == n)
		return known ? 0 : put_hash(p, from, n, err);
	uint64_t k = split_of(n);
	int rc = m <= k ? put_subproof(p, m, from, k, known, err)
	                : put_subproof(p, m - k, from + k, n - k, false, err);
	if (rc)
		return rc;
	return m <= k ? put_hash(p, from + k, n - k, err) : put_hash(p, from, k, err);
}

static int prover_new(uint64_t size, tlog_get_fn get, void *ctx, struct prover **out,
                      struct err *err)
{
	if (size > INT64_MAX)
		return too_large(err);
	struct prover *p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(err, ERR_NOMEM, 0, "ledger: out of memory");
	p->size = size;
	p->get = get;
	p->ctx = ctx;
	*out = p;
	return 0;
}

int tlog_root(uint64_t size, tlog_get_fn get, void *ctx, struct sha256 *out, struct err *err)
{
	struct prover *p = NULL;
	int rc = prover_new(size, get, ctx, &p, err);

	if (rc)
		return rc;
	if (size == 0)
		*out = sha256_of(SLICE(""));
	else
		rc = range_hash(p, 0, size, out, err);
	free(p);
	return rc;
}

int tlog_prove_inclusion(uint64_t index, uint64_t size, tlog_get_fn get, void *ctx,
                         struct sha256 out[TLOG_PROOF_MAX], size_t *n, struct err *err)
{
	struct prover *p = NULL;

	if (index >= size)
		return err_set(err, ERR_USAGE, 0, "ledger: no entry %llu in a tree of %llu",
		               (unsigned long long)index, (unsigned long long)size);
	int rc = prover_new(size, get, ctx, &p, err);
	if (rc)
		return rc;
	p->out = out;
	rc = put_path(p, index, 0, size, err);
	if (rc == 0)
		*n = p->n;
	free(p);
	return rc;
}

int tlog_prove_consistency(uint64_t old, uint64_t size, tlog_get_fn get, void *ctx,
                           struct sha256 out[TLOG_PROOF_MAX], size_t *n, struct err *err)
{
	struct prover *p = NULL;

	if (old > size)
		return err_set(err, ERR_USAGE, 0,
		               "ledger: a tree of %llu is not the past of one of %llu",
		               (unsigned long long)old, (unsigned long long)size);
	int rc = prover_new(size, get, ctx, &p, err);
	if (rc)
		return rc;
	p->out = out;
	if (old > 0)
		rc = put_subproof(p, old, 0, size, true, err);
	if (rc == 0)
		*n = p->n;
	free(p);
	return rc;
}
