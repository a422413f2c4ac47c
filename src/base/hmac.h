/* HMAC-SHA-256 (RFC 2104, FIPS 198-1), by libcrypto: restricted values count as a keyed hash. */
#ifndef BASE_HMAC_H
#define BASE_HMAC_H

#include "base/sha256.h"

struct sha256 hmac_sha256(struct slice key, struct slice message);

/* Whether two secrets of one length are equal, in time that does not depend on where they differ. */
bool hmac_eq(struct sha256 a, struct sha256 b);

#endif
