/* assay token new NAME|list [NAME]|revoke ID: what programs hold instead of a password. */
#include "cmd/cmd.h"
#include "cmd/identity.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <string.h>

enum { ID_DIGITS = 16, ID_MIN = 8, DAYS_MAX = 730, LABEL_MAX = 200 };

struct tokens {
	struct cmd *cmd;
	struct store *store;
	struct identity who;
	const char *scope, *label, *token_file;
	int64_t days;
	char secret[IDENTITY_TEXT]; /* of the one that was just made: shown once */
};

static const char *state_of(const struct store_token *t, int64_t now)
{
	return t->revoked ? "revoked" : now >= t->expires ? "expired" : "valid";
}

static int put_time(json_t *o, const char *key, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	if (t == 0)
		return 0;
	timestamp_format(t, text);
	return json_put_str(o, key, slice_str(text));
}

static int show(struct tokens *r, const struct store_token *t, struct slice name, struct err *err)
{
	struct buf out = { 0 };
	char hex[SHA256_HEX], expires[TIMESTAMP_SIZE];
	struct slice id = slice_from(hex, ID_DIGITS);
	int rc = 0;

	sha256_hex(t->digest, hex);
	timestamp_format(t->expires, expires);
	if (r->cmd->format == FORMAT_TEXT) {
		if (r->secret[0])
			buf_printf(&out, "%s\n", r->secret);
		buf_printf(&out, "%.*s  %-8s until %.10s  %.*s (%.*s): %.*s\n", SLICE_ARG(id),
		           state_of(t, r->cmd->at), expires, SLICE_ARG(name), SLICE_ARG(t->scope),
		           SLICE_ARG(t->label));
	} else {
		json_t *o = json_object(), *scope = json_array();
		struct slice rest = t->scope, word;
		int failed = 0;
		while (slice_cut(&rest, ' ', &word))
			failed |= json_add_str(scope, word);
		failed |= json_put_new(o, "scope", scope);
		failed |= json_put_str(o, "id", id) | json_put_str(o, "account", name) |
		          json_put_str(o, "label", t->label) |
		          json_put_str(o, "state", slice_str(state_of(t, r->cmd->at))) |
		          put_time(o, "created", t->created) | put_time(o, "expires", t->expires) |
		          put_time(o, "used", t->used) | put_time(o, "revoked", t->revoked);
		if (r->secret[0])
			failed |= json_put_str(o, "token", slice_str(r->secret));
		rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	if (out.p)
		explicit_bzero(out.p, out.cap);
	buf_release(&out);
	return rc;
}

static int find_account(struct tokens *r, struct store_account *out, struct err *err)
{
	struct slice name = slice_str(r->cmd->argv[1]);
	int rc = store_account_find(r->store, name, &r->cmd->arena, out, err);

	return rc == ERR_NOTFOUND ? err_set(err, rc, 0, "there is no account '%.*s'",
	                                    SLICE_ARG(slice_sub(name, 0, 80)))
	                          : rc;
}

static int scope_of(struct tokens *r, const struct store_account *account, struct slice *out,
                    struct err *err)
{
	role_set has = 0, wants = 0;
	struct buf text = { 0 };
	int rc = role_set_parse(account->roles, " ", &has, err);

	if (rc == 0)
		rc = role_set_parse(slice_str(r->scope), ",", &wants, err);
	if (rc)
		return rc;
	if (wants & ~has)
		return err_set(err, ERR_REFUSED, 0,
		               "the account '%.*s' has not all of these roles itself (it has: %.*s)",
		               SLICE_ARG(account->name), SLICE_ARG(account->roles));
	role_set_format(wants, " ", &text);
	*out = arena_copy(&r->cmd->arena, buf_slice(&text));
	bool ok = buf_ok(&text) && out->p;
	buf_release(&text);
	return ok ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int do_new(struct tokens *r, struct err *err)
{
	struct store_account account;
	struct store_token t = { .created = r->cmd->at };
	char hex[SHA256_HEX];

	if (!r->scope || !r->label || !*r->label || r->days <= 0)
		return err_set(err, ERR_USAGE, 0, "token new takes --scope, --label and --expires");
	if (r->days > DAYS_MAX)
		return err_set(err, ERR_REFUSED, 0, "a token holds for %d days at most", DAYS_MAX);
	if (strlen(r->label) > LABEL_MAX)
		return err_set(err, ERR_LIMIT, 0, "a label has %d bytes at most", LABEL_MAX);
	int rc = find_account(r, &account, err);
	if (rc == 0 && account.is_disabled)
		rc = err_set(err, ERR_REFUSED, 0, "the account is disabled");
	if (rc == 0)
		rc = scope_of(r, &account, &t.scope, err);
	if (rc == 0)
		rc = identity_secret(IDENTITY_TOKEN, r->secret, &t.digest, err);
	if (rc == 0)
		rc = store_begin(r->store, err);
	if (rc)
		return rc;
	t.account = account.id;
	t.label = slice_str(r->label);
	t.expires = r->cmd->at + r->days * 86400;
	sha256_hex(t.digest, hex);
	rc = store_token_put(r->store, &t, err);
	if (rc == 0)
		rc = identity_audit(r->store, &r->who, "token.new", account.name, false,
		                    slice_from(hex, ID_DIGITS), r->cmd->at, err);
	if (rc == 0)
		rc = store_commit(r->store, err);
	if (rc)
		store_rollback(r->store);
	return rc ? rc : show(r, &t, account.name, err);
}

static int do_list(struct tokens *r, struct err *err)
{
	struct store_account account = { 0 };
	struct store_token *list = NULL;
	size_t n = 0;
	int rc = r->cmd->argc > 1 ? find_account(r, &account, err) : 0;

	if (rc == 0)
		rc = store_tokens(r->store, account.id, &r->cmd->arena, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = store_account_get(r->store, list[i].account, &r->cmd->arena, &account, err);
		if (rc == 0)
			rc = show(r, &list[i], account.name, err);
	}
	return rc;
}

/* The one token that an id, the beginning of one, or the token itself names. */
static int find_token(struct tokens *r, struct slice named, struct store_token *out, struct err *err)
{
	struct store_token *list = NULL;
	size_t n = 0, found = 0;
	char hex[SHA256_HEX];

	if (slice_starts(named, SLICE(IDENTITY_TOKEN)))
		return store_token_find(r->store, sha256_of(named), &r->cmd->arena, out, err);
	if (named.n < ID_MIN)
		return err_set(err, ERR_USAGE, 0, "token revoke takes at least %d digits of the id",
		               ID_MIN);
	int rc = store_tokens(r->store, 0, &r->cmd->arena, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		sha256_hex(list[i].digest, hex);
		if (slice_starts(slice_str(hex), named)) {
			*out = list[i];
			found++;
		}
	}
	if (rc == 0 && found != 1)
		rc = err_set(err, found ? ERR_USAGE : ERR_NOTFOUND, 0, "%s token has an id that begins so",
		             found ? "more than one" : "no");
	return rc;
}

static int do_revoke(struct tokens *r, struct err *err)
{
	struct store_account account;
	struct store_token t = { 0 };
	char hex[SHA256_HEX];
	int rc = find_token(r, slice_str(r->cmd->argv[1]), &t, err);

	if (rc == 0)
		rc = store_account_get(r->store, t.account, &r->cmd->arena, &account, err);
	if (rc == 0)
		rc = store_begin(r->store, err);
	if (rc)
		return rc;
	sha256_hex(t.digest, hex);
	rc = store_token_revoke(r->store, t.digest, r->cmd->at, err);
	if (rc == 0)
		rc = identity_audit(r->store, &r->who, "token.revoke", account.name, false,
		                    slice_from(hex, ID_DIGITS), r->cmd->at, err);
	if (rc == 0)
		rc = store_commit(r->store, err);
	if (rc)
		store_rollback(r->store);
	t.revoked = t.revoked ? t.revoked : r->cmd->at;
	return rc ? rc : show(r, &t, account.name, err);
}

int cmd_token(struct cmd *cmd, struct err *err)
{
	struct tokens r = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "scope", OPTION_TEXT, &r.scope },
		{ "label", OPTION_TEXT, &r.label },
		{ "expires", OPTION_INT, &r.days },
		{ "token-file", OPTION_TEXT, &r.token_file },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	bool lists = strcmp(what, "list") == 0, makes = strcmp(what, "new") == 0;
	if (!lists && !makes && strcmp(what, "revoke") != 0)
		return err_set(err, ERR_USAGE, 0, "token takes new, list or revoke, not '%.40s'", what);
	if (lists ? cmd->argc > 2 : cmd->argc != 2)
		return err_set(err, ERR_USAGE, 0, "token %s takes one %s", what,
		               strcmp(what, "revoke") == 0 ? "id" : "account");
	rc = store_open(cmd->config.store, STORE_ACCOUNTS, NULL, &r.store, err);
	if (rc == 0)
		rc = identity_of_command(r.store, r.token_file, PERMIT_ACCOUNTS, cmd->at, &cmd->arena,
		                         &r.who, err);
	if (rc == 0)
		rc = makes ? do_new(&r, err) : lists ? do_list(&r, err) : do_revoke(&r, err);
	explicit_bzero(r.secret, sizeof(r.secret));
	store_close(r.store);
	return rc ? rc : EXIT_DONE;
}
