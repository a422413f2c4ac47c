#include "base/uuid.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

struct uuid uuid_v5(struct uuid space, struct slice name)
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	struct uuid u;
	EVP_MD_CTX *h = EVP_MD_CTX_new();

	if (h && EVP_DigestInit_ex(h, EVP_sha1(), NULL) == 1 &&
	    EVP_DigestUpdate(h, space.b, sizeof(space.b)) == 1 &&
	    EVP_DigestUpdate(h, name.n ? name.p : "", name.n) == 1)
		EVP_DigestFinal_ex(h, digest, NULL);
	EVP_MD_CTX_free(h);
	memcpy(u.b, digest, sizeof(u.b));
	u.b[6] = (uint8_t)((u.b[6] & 0x0f) | 0x50);
	u.b[8] = (uint8_t)((u.b[8] & 0x3f) | 0x80);
	return u;
}

void uuid_format(struct uuid u, char out[UUID_SIZE])
{
	char *p = out;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		snprintf(p, 3, "%02x", u.b[i]);
		p += 2;
	}
}
