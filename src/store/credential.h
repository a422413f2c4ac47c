/* What stands for an account without its password: tokens of programs and sessions of people.
 *
 * Both are 256 random bits that the store never sees: it keeps their SHA-256, which is enough where
 * nothing can be guessed. Looking a digest up by an index tells nothing by its time: who can try
 * digests would have to find one of a secret. */
#ifndef STORE_CREDENTIAL_H
#define STORE_CREDENTIAL_H

#include "store/account.h"

struct store_token {
	struct sha256 digest;
	int64_t account;    /* its id */
	struct slice label; /* what it is for */
	struct slice scope; /* roles, as of an account */
	int64_t created, expires;
	int64_t used;       /* last; 0: never */
	int64_t revoked;    /* 0: not */
};

/* ERR_REFUSED when the digest is there, ERR_NOTFOUND when the account is not. */
int store_token_put(struct store *s, const struct store_token *token, struct err *err);

/* Copies in a. ERR_NOTFOUND. Neither expiry nor revocation is judged here. */
int store_token_find(struct store *s, struct sha256 digest, struct arena *a,
		     struct store_token *out, struct err *err);

/* Of an account (0: of all), by account and creation; copies in a. */
int store_tokens(struct store *s, int64_t account, struct arena *a, struct store_token **out,
		 size_t *n, struct err *err);

int store_token_revoke(struct store *s, struct sha256 digest, int64_t at, struct err *err);
int store_token_used(struct store *s, struct sha256 digest, int64_t at, struct err *err);

enum { STORE_CSRF = 32 };

struct store_session {
	struct sha256 digest;
	int64_t account;
	uint8_t csrf[STORE_CSRF];
	int64_t created;
	int64_t used;    /* last */
	int64_t expires; /* whatever is done meanwhile */
};

int store_session_put(struct store *s, const struct store_session *session, struct err *err);

/* ERR_NOTFOUND. Neither expiry nor idleness is judged here. */
int store_session_find(struct store *s, struct sha256 digest, struct store_session *out,
		       struct err *err);

int store_session_used(struct store *s, struct sha256 digest, int64_t at, struct err *err);

/* End one; ending none is fine. */
int store_session_end(struct store *s, struct sha256 digest, struct err *err);

/* End all of an account: a new password, or it was disabled. */
int store_sessions_end(struct store *s, int64_t account, struct err *err);

/* Forget those that expired before `at`, or were last used before `idle`. */
int store_sessions_clean(struct store *s, int64_t at, int64_t idle, struct err *err);

#endif
