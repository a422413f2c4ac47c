/* libcrypto behind this file. A failure of its digest functions means a broken library, for which
 * no caller has an answer: abort beats a wrong digest. */
#include "base/sha256.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

struct sha256_stream {
	EVP_MD_CTX *ctx;
};

struct sha256 sha256_of(struct slice s)
{
	struct sha256 d;

	SHA256((const unsigned char *)(s.p ? s.p : ""), s.n, d.b);
	return d;
}

struct sha256_stream *sha256_new(void)
{
	struct sha256_stream *h = malloc(sizeof(*h));
	if (!h)
		return NULL;
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(h->ctx);
		free(h);
		return NULL;
	}
	return h;
}

void sha256_add(struct sha256_stream *h, struct slice s)
{
	if (s.n && EVP_DigestUpdate(h->ctx, s.p, s.n) != 1)
		abort();
}

struct sha256 sha256_end(struct sha256_stream *h)
{
	struct sha256 d;

	if (EVP_DigestFinal_ex(h->ctx, d.b, NULL) != 1)
		abort();
	EVP_MD_CTX_free(h->ctx);
	free(h);
	return d;
}
