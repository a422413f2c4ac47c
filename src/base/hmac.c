#include "base/hmac.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

struct sha256 hmac_sha256(struct slice key, struct slice message)
{
	struct sha256 d;
	struct sha256 shortened;

	/* libcrypto takes an int; RFC 2104 hashes a key longer than a block anyway. */
	if (key.n > 64) {
		shortened = sha256_of(key);
		key = slice_from((const char *)shortened.b, SHA256_LEN);
	}
	if (!HMAC(EVP_sha256(), key.p ? key.p : "", (int)key.n,
	          (const unsigned char *)(message.p ? message.p : ""), message.n, d.b, NULL))
		abort();
	return d;
}

bool hmac_eq(struct sha256 a, struct sha256 b)
{
	return CRYPTO_memcmp(a.b, b.b, SHA256_LEN) == 0;
}
