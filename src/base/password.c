#include "base/password.h"

#include "base/utf8.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

_Static_assert(PASSWORD_HASH >= crypto_pwhash_argon2id_STRBYTES, "room for a hash");

enum { DISTINCT_MIN = 5 };

int password_acceptable(struct slice password, struct slice name, struct err *err)
{
	size_t bad = 0, characters = 0, distinct = 0;
	bool seen[256] = { false };

	if (!utf8_valid(password, &bad))
		return err_set(err, ERR_REFUSED, 0, "the password is not UTF-8");
	if (password.n > PASSWORD_MAX)
		return err_set(err, ERR_REFUSED, 0, "the password has over %d bytes", PASSWORD_MAX);
	for (size_t i = 0; i < password.n; i++) {
		uint8_t c = (uint8_t)password.p[i];
		if (c < 0x20 || c == 0x7f)
			return err_set(err, ERR_REFUSED, 0,
			               "the password has a control character in it: one line, no tab");
		characters += (c & 0xc0) != 0x80;
		distinct += !seen[c];
		seen[c] = true;
	}
	if (characters < PASSWORD_MIN)
		return err_set(err, ERR_REFUSED, 0,
		               "the password has %zu characters; %d is the least: several words do well",
		               characters, PASSWORD_MIN);
	if (distinct < DISTINCT_MIN)
		return err_set(err, ERR_REFUSED, 0,
		               "the password is a few characters over and over: several words do well");
	/* A name of a few letters may stand in an honest sentence. */
	if (name.n >= 4 && slice_find_slice(password, name) < password.n &&
	    password.n < name.n + PASSWORD_MIN)
		return err_set(err, ERR_REFUSED, 0,
		               "the password is little more than the name of its account");
	return 0;
}

int password_hash(struct slice password, char out[PASSWORD_HASH], struct err *err)
{
	char made[crypto_pwhash_argon2id_STRBYTES];

	if (sodium_init() < 0 ||
	    crypto_pwhash_argon2id_str(made, password.p ? password.p : "", password.n, PASSWORD_PASSES,
	                               (size_t)PASSWORD_MEMORY * 1024) != 0)
		return err_set(err, ERR_NOMEM, 0, "no memory to hash a password (%d MiB)",
		               PASSWORD_MEMORY / 1024);
	memcpy(out, made, sizeof(made));
	return 0;
}

/* As much work as a check, for nothing. */
static void spend(struct slice password)
{
	static const uint8_t salt[crypto_pwhash_argon2id_SALTBYTES] = "no such account";
	uint8_t out[32];

	/* Fails for want of memory alone, and then the check of a hash would have been as short. */
	if (crypto_pwhash_argon2id(out, sizeof(out), password.p ? password.p : "", password.n, salt,
	                           PASSWORD_PASSES, (size_t)PASSWORD_MEMORY * 1024,
	                           crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		sodium_memzero(out, sizeof(out));
	sodium_memzero(out, sizeof(out));
}

bool password_is(struct slice password, struct slice hash)
{
	char text[PASSWORD_HASH];

	if (sodium_init() < 0)
		return false;
	if (password.n > PASSWORD_MAX)
		password.n = 0; /* nobody could choose it; no work that the sender sets */
	if (hash.n == 0 || hash.n >= sizeof(text)) {
		spend(password);
		return false;
	}
	memcpy(text, hash.p, hash.n);
	text[hash.n] = '\0';
	return crypto_pwhash_argon2id_str_verify(text, password.p ? password.p : "", password.n) == 0 &&
	       password.n > 0;
}
