/* Whether a proof proves: nothing is needed but hashes that the checker already trusts.
 *
 *   source  RFC 6962 section 2.1; the steps of RFC 9162 sections 2.1.3.2 and 2.1.4.2 */
#ifndef ACCOUNT_PROOF_H
#define ACCOUNT_PROOF_H

#include "base/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the leaf is the entry at index in the tree of that size and root. The proof must have
 * exactly the hashes it needs. */
bool proof_check_inclusion(const struct sha256 *proof, size_t n, uint64_t index, uint64_t size,
                           struct sha256 leaf, struct sha256 root);

/* Whether the tree (old, old_root) is the beginning of the tree (size, root). The empty tree is the
 * beginning of every tree, by the empty proof and with its own root. */
bool proof_check_consistency(const struct sha256 *proof, size_t n, uint64_t old,
                             struct sha256 old_root, uint64_t size, struct sha256 root);

#endif
