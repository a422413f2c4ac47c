/* Accounts and the audit trail: who may act, and what was done about it (store schema 3).
 *
 * An account is never deleted, so that a name in an old decision stays one person's. Secrets are
 * here as digests alone, but for the secret of one-time codes, which must be known to check them.
 * Every function may fail as store/store.h says; a handle opened with STORE_ACCOUNTS is enough to
 * write. */
#ifndef STORE_ACCOUNT_H
#define STORE_ACCOUNT_H

#include "store/store.h"

struct store_account {
	int64_t id;            /* given by store_account_add */
	struct slice name;     /* model/role.h: account_name_ok */
	struct slice roles;    /* as role_set_format writes them with " " */
	bool is_disabled;
	struct slice password; /* base/password.h; empty: none */
	struct slice totp;     /* secret, base/totp.h; empty: none */
	int64_t totp_step;     /* the last that opened something; 0: none */
	struct slice verifier; /* key of signed acts, wire/note.h; empty: none */
	int64_t failures;      /* wrong logins since the last right one */
	int64_t locked_until;  /* no login before */
	int64_t created, changed;
};

/* Add one; its id and `created` are set. ERR_REFUSED when the name is taken. */
int store_account_add(struct store *s, const struct store_account *account, int64_t at,
		      struct err *err);

/* The account of a name, of an id; copies in a. ERR_NOTFOUND. */
int store_account_find(struct store *s, struct slice name, struct arena *a,
		       struct store_account *out, struct err *err);
int store_account_get(struct store *s, int64_t id, struct arena *a, struct store_account *out,
		      struct err *err);

/* All of them by name; copies in a. */
int store_accounts(struct store *s, struct arena *a, struct store_account **out, size_t *n,
		   struct err *err);

/* Write everything of an account but id, name and created. To change one that others may change,
 * read it within the same batch. ERR_NOTFOUND. */
int store_account_put(struct store *s, const struct store_account *account, int64_t at,
		      struct err *err);

struct store_audit {
	int64_t seq;          /* given by store_audit_put, from 1 without a gap */
	int64_t at;
	struct slice actor;   /* an account, "console", or "nobody" (who did not prove to be one) */
	struct slice action;  /* "account.add", "login" */
	struct slice object;  /* an account, a token's prefix, a key's id; may be empty */
	bool is_refused;
	struct slice detail;  /* never a secret; may be empty */
};

/* Append a row. Nothing takes one away again. */
int store_audit_put(struct store *s, const struct store_audit *row, struct err *err);

/* Called per row in order; ends as store_record_fn does. */
typedef int (*store_audit_fn)(void *ctx, const struct store_audit *row, struct err *err);

/* Rows of `since` and later. */
int store_audit_each(struct store *s, int64_t since, store_audit_fn fn, void *ctx,
		     struct err *err);

#endif
