/* SHA-256 (FIPS 180-4), by libcrypto. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/hex.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { SHA256_LEN = 32, SHA256_HEX = 65 /* with its NUL */ };

struct sha256 {
	uint8_t b[SHA256_LEN];
};

/* The digest of s. */
struct sha256 sha256_of(struct slice s);

/* A digest over bytes that come in pieces. sha256_new gives NULL when there is no memory;
 * sha256_end gives the digest and frees. */
struct sha256_stream;
struct sha256_stream *sha256_new(void);
void sha256_add(struct sha256_stream *h, struct slice s);
struct sha256 sha256_end(struct sha256_stream *h);

static inline bool sha256_eq(struct sha256 a, struct sha256 b)
{
	return memcmp(a.b, b.b, SHA256_LEN) == 0;
}

static inline void sha256_hex(struct sha256 d, char out[SHA256_HEX])
{
	hex_encode(d.b, SHA256_LEN, out);
}

static inline bool sha256_parse_hex(struct slice s, struct sha256 *out)
{
	return hex_decode(s, out->b, SHA256_LEN);
}

#endif
