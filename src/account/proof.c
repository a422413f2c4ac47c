/* Both checks climb from a leaf or subtree to the root and take a hash of the proof at each step.
 * `at` is the number of the node in its row, `last` that of the last node there: where at is odd
 * the sibling stands left; where at is even and the last, it has no sibling in this row. */
#include "account/proof.h"

#include "account/tlog.h"

bool proof_check_inclusion(const struct sha256 *proof, size_t n, uint64_t index, uint64_t size,
                           struct sha256 leaf, struct sha256 root)
{
	if (index >= size)
		return false;
	uint64_t at = index, last = size - 1;
	struct sha256 hash = leaf;
	for (size_t i = 0; i < n; i++) {
		if (last == 0)
			return false;
		if (at % 2 || at == last) {
			hash = tlog_node_hash(proof[i], hash);
			while (at % 2 == 0 && at) {
				at /= 2;
				last /= 2;
			}
		} else {
			hash = tlog_node_hash(hash, proof[i]);
		}
		at /= 2;
		last /= 2;
	}
	return last == 0 && sha256_eq(hash, root);
}

bool proof_check_consistency(const struct sha256 *proof, size_t n, uint64_t old,
                             struct sha256 old_root, uint64_t size, struct sha256 root)
{
	if (old > size)
		return false;
	if (old == size)
		return n == 0 && sha256_eq(old_root, root);
	if (old == 0)
		return n == 0 && sha256_eq(old_root, sha256_of(SLICE("")));

	/* Start at the largest perfect subtree that ends where the old tree ends. It is the old
	 * tree itself when its size is a power of two; otherwise the proof begins with its hash. */
	uint64_t at = old - 1, last = size - 1;
	size_t i = 0;
	while (at % 2) {
		at /= 2;
		last /= 2;
	}
	if (at > 0 && n == 0)
		return false;
	struct sha256 before = at ? proof[i++] : old_root, after = before;
	for (; i < n; i++) {
		if (last == 0)
			return false;
		if (at % 2 || at == last) {
			before = tlog_node_hash(proof[i], before);
			after = tlog_node_hash(proof[i], after);
			while (at % 2 == 0 && at) {
				at /= 2;
				last /= 2;
			}
		} else {
			after = tlog_node_hash(after, proof[i]);
		}
		at /= 2;
		last /= 2;
	}
	return last == 0 && sha256_eq(before, old_root) && sha256_eq(after, root);
}
