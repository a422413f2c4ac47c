/* Ed25519 signatures (RFC 8032), by libcrypto. */
#ifndef BASE_ED25519_H
#define BASE_ED25519_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { ED25519_SEED = 32, ED25519_PUBLIC = 32, ED25519_SIGNATURE = 64 };

struct ed25519_public {
	uint8_t b[ED25519_PUBLIC];
};

/* The private key as its 32-byte seed (RFC 8032 section 5.1.5). Wipe with ed25519_wipe. */
struct ed25519_seed {
	uint8_t b[ED25519_SEED];
};

/* The public key that belongs to a seed. ERR_NOMEM. */
int ed25519_public_of(const struct ed25519_seed *seed, struct ed25519_public *out, struct err *err);

/* Sign message. Deterministic (RFC 8032 section 5.1.6). ERR_NOMEM. */
int ed25519_sign(const struct ed25519_seed *seed, struct slice message,
                 uint8_t out[ED25519_SIGNATURE], struct err *err);

/* Whether signature is one of message by key. */
bool ed25519_verify(const struct ed25519_public *key, struct slice message,
                    const uint8_t signature[ED25519_SIGNATURE]);

void ed25519_wipe(struct ed25519_seed *seed);

#endif
