#include "cmd/identity.h"

#include "base/base64.h"
#include "base/password.h"
#include "base/totp.h"
#include "sys/random.h"
#include "sys/secret.h"

#include <string.h>

enum { TOKEN_FILE_MAX = 1024 };

struct identity identity_console(void)
{
	return (struct identity){ .name = SLICE("console"), .roles = role_only(ROLE_ADMINISTRATOR) };
}

int identity_audit(struct store *store, const struct identity *who, const char *action,
                   struct slice object, bool refused, struct slice detail, int64_t now,
                   struct err *err)
{
	const struct store_audit row = { .at = now, .actor = who ? who->name : SLICE("nobody"),
		                         .action = slice_str(action), .object = object,
		                         .is_refused = refused, .detail = detail };

	return store_audit_put(store, &row, err);
}

int identity_secret(const char *prefix, char out[IDENTITY_TEXT], struct sha256 *digest,
                    struct err *err)
{
	uint8_t bits[IDENTITY_SECRET];
	struct buf text = { 0 };
	int rc = random_bytes(bits, sizeof(bits), err);

	if (rc)
		return rc;
	buf_reserve(&text, IDENTITY_TEXT); /* so that growing leaves no copy behind */
	buf_puts(&text, prefix);
	base64url_encode(slice_from((const char *)bits, sizeof(bits)), &text);
	explicit_bzero(bits, sizeof(bits));
	if (!buf_ok(&text) || text.n >= IDENTITY_TEXT) {
		buf_release(&text);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	memcpy(out, text.p, text.n + 1);
	*digest = sha256_of(buf_slice(&text));
	explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return 0;
}

static role_set roles_of(struct slice text)
{
	role_set set = 0;

	/* What a newer program wrote there is no right with this one. */
	return role_set_parse(text, " ", &set, NULL) == 0 ? set : 0;
}

/* A refusal of what somebody showed; the row is worth more than the answer of its failure. */
static int refuse(struct store *store, const char *action, struct slice object, const char *why,
                  int64_t now, struct err *err)
{
	int rc = identity_audit(store, NULL, action, object, true, slice_str(why), now, err);

	return rc ? rc : err_set(err, ERR_REFUSED, 0, "%s", why);
}

static void id_of(struct sha256 digest, char out[17])
{
	char hex[SHA256_HEX];

	sha256_hex(digest, hex);
	memcpy(out, hex, 16);
	out[16] = '\0';
}

int identity_by_token(struct store *store, struct slice token, int64_t now, struct arena *a,
                      struct identity *out, struct err *err)
{
	struct sha256 digest = sha256_of(token);
	struct store_account account;
	struct store_token t;
	char id[17];

	id_of(digest, id);
	/* A form that no token has is no try of one, and need not fill the trail. */
	if (!slice_starts(token, SLICE(IDENTITY_TOKEN)) || token.n >= IDENTITY_TEXT)
		return err_set(err, ERR_REFUSED, 0, "that is no token");
	int rc = store_token_find(store, digest, a, &t, err);
	if (rc == ERR_NOTFOUND)
		return refuse(store, "token.use", slice_str(id), "the token is unknown", now, err);
	if (rc == 0)
		rc = store_account_get(store, t.account, a, &account, err);
	if (rc)
		return rc;
	const char *why = t.revoked              ? "the token is revoked"
	                  : now >= t.expires     ? "the token has expired"
	                  : account.is_disabled  ? "the account is disabled"
	                                         : NULL;
	if (why)
		return refuse(store, "token.use", slice_str(id), why, now, err);
	if (now - t.used >= IDENTITY_NOTE_USE_S || now < t.used)
		rc = store_token_used(store, digest, now, err);
	if (rc == 0)
		*out = (struct identity){ .account = account.id, .name = account.name,
			                  .roles = roles_of(t.scope) & roles_of(account.roles),
			                  .digest = digest, .expires = t.expires };
	return rc;
}

int identity_by_session(struct store *store, struct slice cookie, int64_t now, struct arena *a,
                        struct identity *out, struct err *err)
{
	struct sha256 digest = sha256_of(cookie);
	struct store_account account;
	struct store_session s;
	int rc = store_session_find(store, digest, &s, err);

	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_REFUSED, 0, "there is no such session: log in");
	if (rc == 0)
		rc = store_account_get(store, s.account, a, &account, err);
	if (rc)
		return rc;
	if (now >= s.expires || now - s.used >= IDENTITY_IDLE_S || account.is_disabled) {
		rc = store_session_end(store, digest, err);
		return rc ? rc : err_set(err, ERR_REFUSED, 0, "the session has ended: log in");
	}
	if (now - s.used >= IDENTITY_NOTE_USE_S)
		rc = store_session_used(store, digest, now, err);
	if (rc == 0) {
		*out = (struct identity){ .account = account.id, .name = account.name,
			                  .roles = roles_of(account.roles), .by_session = true,
			                  .digest = digest, .expires = s.expires };
		memcpy(out->csrf, s.csrf, sizeof(out->csrf));
	}
	return rc;
}

/* ---- login ---- */

static const char no_login[] = "name, password or code is wrong, or the account takes no logins now";

static int64_t lock_of(int64_t failures)
{
	int64_t s = IDENTITY_LOCK_S;

	if (failures < IDENTITY_TRIES)
		return 0;
	for (int64_t i = IDENTITY_TRIES; i < failures && s < IDENTITY_LOCK_MAX_S; i++)
		s *= 2;
	return s < IDENTITY_LOCK_MAX_S ? s : IDENTITY_LOCK_MAX_S;
}

/* Within a batch: what the account is now, which others may have changed while we hashed. */
static int settle(struct store *store, const struct identity_login *login, struct slice hash,
                  bool right, int64_t now, struct arena *a, struct store_account *account,
                  const char **why, struct err *err)
{
	int64_t step = 0;
	int rc = store_account_find(store, login->name, a, account, err);

	if (rc)
		return rc;
	if (account->is_disabled)
		*why = "the account is disabled";
	else if (now < account->locked_until)
		*why = "the account is locked";
	else if (!right || !slice_eq(hash, account->password))
		*why = "the password is wrong";
	else if (account->totp.n &&
	         !totp_check(account->totp, login->code, now, account->totp_step, &step))
		*why = login->code.n ? "the code is wrong, or was used" : "the code is missing";
	if (*why && (account->is_disabled || now < account->locked_until))
		return 0; /* tries while it is locked lock it no longer: that would be a way to shut it */
	account->failures = *why ? account->failures + 1 : 0;
	account->locked_until = *why ? now + lock_of(account->failures) : 0;
	if (!*why && account->totp.n)
		account->totp_step = step;
	return store_account_put(store, account, account->changed, err);
}

static int begin_session(struct store *store, const struct store_account *account, int64_t now,
                         struct identity *out, char cookie[IDENTITY_TEXT], struct err *err)
{
	struct store_session s = { .account = account->id, .created = now, .used = now,
		                   .expires = now + IDENTITY_SESSION_S };
	int rc = random_bytes(s.csrf, sizeof(s.csrf), err);

	if (rc == 0)
		rc = identity_secret("", cookie, &s.digest, err);
	if (rc == 0)
		rc = store_sessions_clean(store, now, now - IDENTITY_IDLE_S, err);
	if (rc == 0)
		rc = store_session_put(store, &s, err);
	if (rc)
		return rc;
	*out = (struct identity){ .account = account->id, .name = account->name,
		                  .roles = roles_of(account->roles), .by_session = true,
		                  .digest = s.digest, .expires = s.expires };
	memcpy(out->csrf, s.csrf, sizeof(out->csrf));
	return 0;
}

int identity_login(struct store *store, const struct identity_login *login, int64_t now,
                   struct arena *a, struct identity *out, char cookie[IDENTITY_TEXT],
                   struct err *err)
{
	struct store_account account = { 0 };
	struct slice hash = SLICE("");
	const char *why = NULL;
	struct err none;
	bool named = account_name_ok(login->name);

	int rc = named ? store_account_find(store, login->name, a, &account, &none) : ERR_NOTFOUND;
	if (rc == 0)
		hash = account.password;
	else if (rc != ERR_NOTFOUND)
		return err_set(err, (enum err_code)rc, 0, "%s", none.what);
	bool right = password_is(login->password, hash);
	bool known = rc == 0;
	rc = store_begin(store, err);
	if (rc)
		return rc;
	if (known)
		rc = settle(store, login, hash, right, now, a, &account, &why, err);
	else
		why = "there is no such account";
	if (rc == 0 && !why)
		rc = begin_session(store, &account, now, out, cookie, err);
	if (rc == 0)
		rc = identity_audit(store, why ? NULL : out, "login",
		                    named ? login->name : SLICE(""), why != NULL,
		                    slice_str(why ? why : ""), now, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc)
		store_rollback(store);
	return rc || !why ? rc : err_set(err, ERR_REFUSED, 0, "%s", no_login);
}

int identity_logout(struct store *store, const struct identity *who, int64_t now, struct err *err)
{
	int rc = store_begin(store, err);

	if (rc)
		return rc;
	rc = store_session_end(store, who->digest, err);
	if (rc == 0)
		rc = identity_audit(store, who, "logout", who->name, false, SLICE(""), now, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc)
		store_rollback(store);
	return rc;
}

/* ---- at the console ---- */

int identity_of_command(struct store *store, const char *token_file, enum permission need,
                        int64_t now, struct arena *a, struct identity *out, struct err *err)
{
	struct buf text = { 0 };
	struct identity who = identity_console();
	int rc = 0;

	if (token_file) {
		rc = secret_read(token_file, TOKEN_FILE_MAX, &text, err);
		if (rc == 0)
			rc = identity_by_token(store, slice_trim(buf_slice(&text)), now, a, &who, err);
		if (text.p)
			explicit_bzero(text.p, text.cap);
		buf_release(&text);
	}
	if (rc == 0 && !role_may(who.roles, need)) {
		rc = identity_audit(store, &who, permission_name(need), SLICE(""), true,
		                    SLICE("no role of the token may do that"), now, err);
		if (rc == 0)
			rc = err_set(err, ERR_REFUSED, 0, "%.*s has no role that may do that (%s)",
			             SLICE_ARG(who.name), permission_name(need));
	}
	if (rc == 0)
		*out = who;
	return rc;
}
