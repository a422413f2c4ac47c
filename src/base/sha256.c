/* libcrypto behind this file. A failure of its digest functions means a broken library, for which
 * no caller has an answer: abort beats a wrong digest. */
/* The digest functions that work on a context of the caller's are deprecated since OpenSSL 3.0 and
 * kept. SHA256() of that version asks for its algorithm by name and makes a context each time: some 1.5
 * microseconds for 65 bytes, ten times the digest itself, of which a proof takes a thousand. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.h"

#include <openssl/sha.h>
#include <stdlib.h>

struct sha256_stream {
	SHA256_CTX h;
};

struct sha256 sha256_of(struct slice s)
{
	struct sha256 d;
	SHA256_CTX h;

	if (SHA256_Init(&h) != 1 || (s.n && SHA256_Update(&h, s.p, s.n) != 1) ||
	    SHA256_Final(d.b, &h) != 1)
		abort();
	return d;
}

struct sha256_stream *sha256_new(void)
{
	struct sha256_stream *h = malloc(sizeof(*h));

	if (h && SHA256_Init(&h->h) != 1)
		abort();
	return h;
}

void sha256_add(struct sha256_stream *h, struct slice s)
{
	if (s.n && SHA256_Update(&h->h, s.p, s.n) != 1)
		abort();
}

struct sha256 sha256_end(struct sha256_stream *h)
{
	struct sha256 d;

	if (SHA256_Final(d.b, &h->h) != 1)
		abort();
	free(h);
	return d;
}
