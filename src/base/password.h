/* Passwords: hashed by Argon2id (RFC 9106), by libsodium; doc/decision/0012-passwords.md says why
 * and with what cost.
 *
 * The hash is text that carries its own parameters and salt ("$argon2id$v=19$m=65536,t=2,p=1$..."),
 * so that they can be raised later without touching what is there. */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

enum {
	PASSWORD_MIN = 12,       /* characters: OWASP asks 8 with a second factor, 15 without */
	PASSWORD_MAX = 1024,     /* bytes */
	PASSWORD_HASH = 128,     /* bytes of a hash with its NUL, at most */
	PASSWORD_MEMORY = 65536, /* KiB */
	PASSWORD_PASSES = 2,
};

/* Whether a password may be chosen: UTF-8 without control characters, long enough, not the name of
 * its account, and more than a few characters over and over. ERR_REFUSED says what is wrong. */
int password_acceptable(struct slice password, struct slice name, struct err *err);

/* A hash with a fresh salt, with its NUL. Takes PASSWORD_MEMORY of memory and about a tenth of a
 * second. ERR_NOMEM. */
int password_hash(struct slice password, char out[PASSWORD_HASH], struct err *err);

/* Whether a password is that of a hash. For what is no hash (empty: the account has no password, or
 * there is no account) the answer is no, after the same work: time does not tell which it was. */
bool password_is(struct slice password, struct slice hash);

#endif
