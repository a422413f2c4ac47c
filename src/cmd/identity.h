/* Who somebody is, and until when: logins, sessions and tokens over the store's accounts.
 *
 *   token    "assay_" and 43 characters of base64url: 256 random bits, shown once
 *   session  43 such characters in a cookie; ends after 30 minutes without use or 12 hours
 *   lock     after 5 wrong logins in a row an account takes none for 30 seconds, and twice as long
 *            after each further one, up to 15 minutes
 *
 * Everything that succeeds or is refused goes to the audit trail of the store, in the transaction
 * of what it tells of. The store is open with STORE_ACCOUNTS or STORE_WRITE, and no batch is open.
 * What is refused is ERR_REFUSED, with a reason in err that may be told; it never says whether a
 * name, a password or a code was the wrong one. */
#ifndef CMD_IDENTITY_H
#define CMD_IDENTITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/role.h"
#include "store/credential.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	IDENTITY_SECRET = 32,       /* random bytes of a token, a session, a CSRF token */
	IDENTITY_IDLE_S = 1800,
	IDENTITY_SESSION_S = 12 * 3600,
	IDENTITY_TRIES = 5,         /* wrong logins before an account is locked */
	IDENTITY_LOCK_S = 30,       /* ... for so long at first */
	IDENTITY_LOCK_MAX_S = 900,
	IDENTITY_NOTE_USE_S = 60,   /* a use is written down so often */
	IDENTITY_TEXT = 64,         /* bytes of a secret as text, with its NUL */
};

#define IDENTITY_TOKEN "assay_"

struct identity {
	int64_t account;      /* 0: the console */
	struct slice name;    /* in the arena, or a literal */
	role_set roles;       /* of a token: those of its scope that the account still has */
	bool by_session;
	struct sha256 digest; /* of the session or token */
	uint8_t csrf[STORE_CSRF];
	int64_t expires;
};

/* Who can write the files of the store: it may do everything that an administrator may. */
struct identity identity_console(void);

/* A secret that was just made: its text, to be shown once (wipe it), and what the store keeps. */
int identity_secret(const char *prefix, char out[IDENTITY_TEXT], struct sha256 *digest,
                    struct err *err);

/* The account behind a token. ERR_REFUSED: unknown, expired, revoked, its account disabled. */
int identity_by_token(struct store *store, struct slice token, int64_t now, struct arena *a,
                      struct identity *out, struct err *err);

/* The account behind the cookie of a session. ERR_REFUSED: unknown, ended, its account disabled. */
int identity_by_session(struct store *store, struct slice cookie, int64_t now, struct arena *a,
                        struct identity *out, struct err *err);

struct identity_login {
	struct slice name, password;
	struct slice code; /* of the authenticator; empty: none was given */
};

/* Begin a session: cookie gets its text. The password is checked outside of any transaction, since
 * that takes a tenth of a second. ERR_REFUSED: name, password or code is wrong, or the account is
 * locked or disabled. */
int identity_login(struct store *store, const struct identity_login *login, int64_t now,
                   struct arena *a, struct identity *out, char cookie[IDENTITY_TEXT],
                   struct err *err);

/* End the session of an identity. */
int identity_logout(struct store *store, const struct identity *who, int64_t now, struct err *err);

/* Who gives a command: with a file of a token its account, which needs that permission; without one
 * the console. ERR_REFUSED; what reading the file says. */
int identity_of_command(struct store *store, const char *token_file, enum permission need,
                        int64_t now, struct arena *a, struct identity *out, struct err *err);

/* One row of the audit trail. */
int identity_audit(struct store *store, const struct identity *who, const char *action,
                   struct slice object, bool refused, struct slice detail, int64_t now,
                   struct err *err);

#endif
