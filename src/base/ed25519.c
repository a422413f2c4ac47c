#include "base/ed25519.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

static EVP_PKEY *private_key(const struct ed25519_seed *seed)
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->b, ED25519_SEED);
}

int ed25519_public_of(const struct ed25519_seed *seed, struct ed25519_public *out, struct err *err)
{
	EVP_PKEY *key = private_key(seed);
	struct ed25519_public pub;
	size_t n = sizeof(pub.b);
	bool ok = key && EVP_PKEY_get_raw_public_key(key, pub.b, &n) == 1 && n == ED25519_PUBLIC;

	EVP_PKEY_free(key);
	if (!ok)
		return err_set(err, ERR_NOMEM, 0, "ed25519: libcrypto gave no public key");
	*out = pub;
	return 0;
}

int ed25519_sign(const struct ed25519_seed *seed, struct slice message,
                 uint8_t out[ED25519_SIGNATURE], struct err *err)
{
	EVP_PKEY *key = private_key(seed);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[ED25519_SIGNATURE];
	size_t n = sizeof(signature);
	bool ok = key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	          EVP_DigestSign(ctx, signature, &n, (const unsigned char *)(message.p ? message.p : ""),
	                         message.n) == 1 &&
	          n == ED25519_SIGNATURE;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (!ok)
		return err_set(err, ERR_NOMEM, 0, "ed25519: libcrypto could not sign");
	memcpy(out, signature, sizeof(signature));
	return 0;
}

bool ed25519_verify(const struct ed25519_public *key, struct slice message,
                    const uint8_t signature[ED25519_SIGNATURE])
{
	EVP_PKEY *pub = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->b, ED25519_PUBLIC);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = pub && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pub) == 1 &&
	          EVP_DigestVerify(ctx, signature, ED25519_SIGNATURE,
	                           (const unsigned char *)(message.p ? message.p : ""), message.n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pub);
	return ok;
}

void ed25519_wipe(struct ed25519_seed *seed)
{
	OPENSSL_cleanse(seed->b, sizeof(seed->b));
}
