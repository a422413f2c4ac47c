/* The checks of inclusion and consistency proofs, whatever sizes and hashes they are given:
 *
 *   bytes   index or old size (8), size (8), number of hashes (1), hashes (32 each)
 *
 * The roots are of a small tree, so that a random proof must not pass. */
#include "account/proof.h"
#include "account/tlog.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t take(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sha256 proof[TLOG_PROOF_MAX], leaf = tlog_leaf_hash(SLICE("leaf")),
						 root = tlog_leaf_hash(SLICE("root"));

	if (size < 17)
		return 0;
	uint64_t at = take(data), n = take(data + 8);
	size_t hashes = data[16] % (TLOG_PROOF_MAX + 1);
	memset(proof, 0, sizeof(proof));
	size_t have = size - 17 < sizeof(proof) ? size - 17 : sizeof(proof);
	memcpy(proof, data + 17, have);
	if (proof_check_inclusion(proof, hashes, at, n, leaf, root))
		abort(); /* a leaf is not a root, and to hit one is to break SHA-256 */
	if (proof_check_consistency(proof, hashes, at, leaf, n, root) )
		abort();
	/* One leaf is its own tree, and only the empty proof says so. */
	if (proof_check_inclusion(proof, hashes, 0, 1, leaf, leaf) != (hashes == 0))
		abort();
	return 0;
}
