/* SipHash-1-3: a keyed hash for tables whose keys an attacker chooses.
 *
 *   source  J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF" (2012); the
 *           1-3 variant is the one that Rust's and Python's tables use
 *   key     128 bits, secret to the process or fixed where the order must not vary */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/slice.h"

#include <stdint.h>

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_bytes(struct hash_key key, struct slice s);

#endif
