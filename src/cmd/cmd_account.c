/* assay account add|list|show|role|password|totp|verifier|disable|enable|audit: who may act. */
#include "base/base32.h"
#include "base/password.h"
#include "base/totp.h"
#include "cmd/cmd.h"
#include "cmd/identity.h"
#include "sys/file.h"
#include "sys/random.h"
#include "sys/secret.h"
#include "sys/terminal.h"
#include "wire/json.h"
#include "wire/note.h"
#include "wire/otpauth.h"
#include "wire/timestamp.h"

#include <inttypes.h>
#include <string.h>

struct accounts {
	struct cmd *cmd;
	struct store *store;
	struct identity who;
	const char *role, *password_file, *token_file, *since;
	bool off;
	struct store_account account; /* the one that is spoken of */
	struct buf secret;            /* of one-time codes: shown once */
};

/* ---- what is shown ---- */

static int put_time(json_t *o, const char *key, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	if (t == 0)
		return 0;
	timestamp_format(t, text);
	return json_put_str(o, key, slice_str(text));
}

static json_t *words(struct slice roles)
{
	json_t *list = json_array();
	struct slice word;
	int failed = 0;

	while (slice_cut(&roles, ' ', &word))
		failed |= json_add_str(list, word);
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *account_json(const struct store_account *c)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "name", c->name) | json_put_new(o, "roles", words(c->roles)) |
	             json_put_str(o, "state",
	                          c->is_disabled ? SLICE("disabled") : SLICE("active")) |
	             json_put_flag(o, "password", c->password.n > 0) |
	             json_put_flag(o, "totp", c->totp.n > 0) |
	             json_put_i64(o, "failures", c->failures) |
	             put_time(o, "locked_until", c->locked_until) |
	             put_time(o, "created", c->created) | put_time(o, "changed", c->changed);
	if (c->verifier.n)
		failed |= json_put_str(o, "verifier", c->verifier);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static void account_text(const struct store_account *c, struct buf *out)
{
	buf_printf(out, "%-20.*s %-8s %.*s%s%s%s\n", SLICE_ARG(c->name),
	           c->is_disabled ? "disabled" : "active", SLICE_ARG(c->roles),
	           c->password.n ? "" : ", no password", c->totp.n ? ", one-time codes" : "",
	           c->verifier.n ? ", signs by key" : "");
}

static int show(struct accounts *r, const struct store_account *c, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	if (r->cmd->format == FORMAT_TEXT) {
		account_text(c, &out);
	} else {
		json_t *o = account_json(c);
		rc = o ? json_canonical(o, &out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* ---- passwords ---- */

static void wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_release(b);
}

static int read_password(const struct accounts *r, struct buf *out, struct err *err)
{
	const char *file = r->password_file;
	int rc;

	buf_reserve(out, PASSWORD_MAX + 8); /* so that growing leaves no copy behind */
	if (!file)
		return terminal_ask_secret("Password: ", PASSWORD_MAX, out, err);
	rc = strcmp(file, "-") == 0 ? file_read("-", PASSWORD_MAX + 1, out, err)
	                            : secret_read(file, PASSWORD_MAX + 1, out, err);
	if (rc == 0 && out->n && out->p[out->n - 1] == '\n')
		out->p[--out->n] = '\0';
	return rc;
}

/* Typed twice, so that a slip does not shut the account. */
static int confirm(const struct accounts *r, struct buf *password, struct err *err)
{
	struct buf again = { 0 };

	if (r->password_file)
		return 0;
	int rc = terminal_ask_secret("Once more: ", PASSWORD_MAX, &again, err);
	if (rc == 0 && !slice_eq(buf_slice(password), buf_slice(&again)))
		rc = err_set(err, ERR_REFUSED, 0, "the two passwords differ");
	wipe(&again);
	return rc;
}

static int set_password(struct accounts *r, struct err *err)
{
	struct buf password = { 0 };
	char hash[PASSWORD_HASH];
	int rc = read_password(r, &password, err);

	if (rc == 0)
		rc = password_acceptable(buf_slice(&password), r->account.name, err);
	if (rc == 0)
		rc = confirm(r, &password, err);
	if (rc == 0)
		rc = password_hash(buf_slice(&password), hash, err);
	wipe(&password);
	if (rc)
		return rc;
	r->account.password = arena_copy(&r->cmd->arena, slice_str(hash));
	r->account.failures = r->account.locked_until = 0;
	return r->account.password.p ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- changes ---- */

static int words_of(struct accounts *r, role_set set, struct err *err)
{
	struct buf text = { 0 };

	role_set_format(set, " ", &text);
	r->account.roles = arena_copy(&r->cmd->arena, buf_slice(&text));
	bool ok = buf_ok(&text) && r->account.roles.p;
	buf_release(&text);
	return ok ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* +ROLE and -ROLE, each of which may be several with commas between. */
static int change_roles(struct accounts *r, struct err *err)
{
	role_set set = 0, change;
	int rc = role_set_parse(r->account.roles, " ", &set, err);

	if (r->cmd->argc < 3)
		return err_set(err, ERR_USAGE, 0, "account role takes a name and +ROLE or -ROLE");
	for (int i = 2; rc == 0 && i < r->cmd->argc; i++) {
		struct slice word = slice_str(r->cmd->argv[i]);
		if (word.p[0] != '+' && word.p[0] != '-')
			return err_set(err, ERR_USAGE, 0, "'%.40s': a change of roles is +ROLE or -ROLE",
			               word.p);
		rc = role_set_parse(slice_sub(word, 1, word.n), ",", &change, err);
		set = rc ? set : word.p[0] == '+' ? set | change : set & ~change;
	}
	if (rc == 0 && set == 0)
		rc = err_set(err, ERR_REFUSED, 0, "an account has a role: disable it instead");
	return rc ? rc : words_of(r, set, err);
}

static int change_totp(struct accounts *r, struct err *err)
{
	uint8_t secret[TOTP_SECRET];
	struct slice bytes = slice_from((const char *)secret, sizeof(secret));

	r->account.totp_step = 0;
	if (r->off) {
		r->account.totp = SLICE("");
		return 0;
	}
	int rc = random_bytes(secret, sizeof(secret), err);
	if (rc)
		return rc;
	r->account.totp = arena_copy(&r->cmd->arena, bytes);
	buf_put(&r->secret, bytes);
	explicit_bzero(secret, sizeof(secret));
	return r->account.totp.p && buf_ok(&r->secret) ? 0
	                                               : err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int change_verifier(struct accounts *r, struct err *err)
{
	struct note_key key;

	if (r->cmd->argc != 3)
		return err_set(err, ERR_USAGE, 0, "account verifier takes a name and a key, or none");
	struct slice text = slice_str(r->cmd->argv[2]);
	if (slice_eq_str(text, "none")) {
		r->account.verifier = SLICE("");
		return 0;
	}
	int rc = note_key_parse(text, &key, err);
	if (rc == 0 && !slice_eq(key.name, r->account.name))
		rc = err_set(err, ERR_REFUSED, 0,
		             "the key is of '%.*s', and the account is '%.*s': a key is named as its "
		             "account",
		             SLICE_ARG(slice_sub(key.name, 0, 60)), SLICE_ARG(r->account.name));
	if (rc == 0)
		r->account.verifier = text;
	return rc;
}

/* The secret is told here and never again. */
static int tell_secret(struct accounts *r, struct err *err)
{
	struct buf uri = { 0 }, code = { 0 }, out = { 0 };
	int rc = 0;

	otpauth_format(slice_str(r->cmd->config.list_name), r->account.name, buf_slice(&r->secret), &uri);
	base32_encode(buf_slice(&r->secret), &code);
	if (r->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%s\nsecret %s, shown this once\n", buf_str(&uri), buf_str(&code));
	} else {
		json_t *o = json_object();
		int failed = json_put_str(o, "name", r->account.name) |
		             json_put_str(o, "otpauth", buf_slice(&uri)) |
		             json_put_str(o, "secret", buf_slice(&code));
		rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	wipe(&uri);
	wipe(&code);
	wipe(&out);
	return rc;
}

/* ---- commands ---- */

struct verb {
	const char *name;
	const char *action; /* in the audit trail */
	bool ends_sessions; /* whoever is logged in may be somebody else by now */
	int (*change)(struct accounts *r, struct err *err);
};

static int change_disable(struct accounts *r, struct err *err)
{
	(void)err;
	r->account.is_disabled = true;
	return 0;
}

static int change_enable(struct accounts *r, struct err *err)
{
	(void)err;
	r->account.is_disabled = false;
	r->account.failures = r->account.locked_until = 0;
	return 0;
}

static const struct verb verbs[] = {
	{ "role", "account.role", false, change_roles },
	{ "password", "account.password", true, set_password },
	{ "totp", "account.totp", true, change_totp },
	{ "verifier", "account.verifier", false, change_verifier },
	{ "disable", "account.disable", true, change_disable },
	{ "enable", "account.enable", false, change_enable },
};

/* What the trail says of a change, without any secret. */
static struct slice detail_of(const struct accounts *r, const struct verb *verb)
{
	if (strcmp(verb->name, "role") == 0)
		return r->account.roles;
	if (strcmp(verb->name, "verifier") == 0)
		return r->account.verifier.n ? r->account.verifier : SLICE("none");
	return strcmp(verb->name, "totp") == 0 && r->off ? SLICE("off") : SLICE("");
}

/* The change is made outside of the transaction, since a person may be asked; what is written is
 * the account as it was then, so another's change in between is refused. */
static int do_change(struct accounts *r, const struct verb *verb, struct err *err)
{
	struct store_account now_there;
	struct slice name = slice_str(r->cmd->argv[1]);
	int rc = store_account_find(r->store, name, &r->cmd->arena, &r->account, err);

	if (rc)
		return rc == ERR_NOTFOUND ? err_set(err, rc, 0, "there is no account '%.*s'",
		                                    SLICE_ARG(slice_sub(name, 0, 80)))
		                          : rc;
	struct store_account before = r->account;
	rc = verb->change(r, err);
	if (rc == 0)
		rc = store_begin(r->store, err);
	if (rc)
		return rc;
	rc = store_account_get(r->store, before.id, &r->cmd->arena, &now_there, err);
	if (rc == 0 && (!slice_eq(now_there.roles, before.roles) ||
	                !slice_eq(now_there.password, before.password) ||
	                now_there.is_disabled != before.is_disabled))
		rc = err_set(err, ERR_BUSY, 0, "the account was changed by somebody else meanwhile");
	if (rc == 0)
		rc = store_account_put(r->store, &r->account, r->cmd->at, err);
	if (rc == 0 && verb->ends_sessions)
		rc = store_sessions_end(r->store, r->account.id, err);
	if (rc == 0)
		rc = identity_audit(r->store, &r->who, verb->action, r->account.name, false,
		                    detail_of(r, verb), r->cmd->at, err);
	if (rc == 0)
		rc = store_commit(r->store, err);
	if (rc)
		store_rollback(r->store);
	r->account.changed = r->cmd->at;
	if (rc == 0)
		rc = r->secret.n ? tell_secret(r, err) : show(r, &r->account, err);
	return rc ? rc : EXIT_DONE;
}

static int do_add(struct accounts *r, struct err *err)
{
	role_set set = 0;
	struct slice name = slice_str(r->cmd->argv[1]);

	if (!account_name_ok(name))
		return err_set(err, ERR_USAGE, 0,
		               "'%.*s' can be no account: 1 to %d of a-z, 0-9, '-', '_' and '.', and "
		               "not console, assay or nobody",
		               SLICE_ARG(slice_sub(name, 0, 80)), ACCOUNT_NAME_MAX);
	if (!r->role)
		return err_set(err, ERR_USAGE, 0, "account add takes --role");
	int rc = role_set_parse(slice_str(r->role), ",", &set, err);
	r->account = (struct store_account){ .name = name, .totp = SLICE(""), .password = SLICE(""),
		                             .verifier = SLICE(""), .created = r->cmd->at,
		                             .changed = r->cmd->at };
	if (rc == 0)
		rc = words_of(r, set, err);
	if (rc == 0 && r->password_file)
		rc = set_password(r, err);
	if (rc == 0)
		rc = store_begin(r->store, err);
	if (rc)
		return rc;
	rc = store_account_add(r->store, &r->account, r->cmd->at, err);
	if (rc == 0)
		rc = identity_audit(r->store, &r->who, "account.add", name, false, r->account.roles,
		                    r->cmd->at, err);
	if (rc == 0)
		rc = store_commit(r->store, err);
	if (rc)
		store_rollback(r->store);
	if (rc == 0)
		rc = show(r, &r->account, err);
	return rc ? rc : EXIT_DONE;
}

static int do_show(struct accounts *r, struct err *err)
{
	struct err why;
	int rc = store_account_find(r->store, slice_str(r->cmd->argv[1]), &r->cmd->arena, &r->account,
	                            &why);

	if (rc == ERR_NOTFOUND)
		return EXIT_NO;
	if (rc)
		return err_set(err, why.code, why.at, "%s", why.what);
	rc = show(r, &r->account, err);
	return rc ? rc : EXIT_DONE;
}

static int do_list(struct accounts *r, struct err *err)
{
	struct store_account *list = NULL;
	size_t n = 0;
	int rc = store_accounts(r->store, &r->cmd->arena, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = show(r, &list[i], err);
	return rc ? rc : EXIT_DONE;
}

static int put_row(void *ctx, const struct store_audit *row, struct err *err)
{
	struct accounts *r = ctx;
	struct buf out = { 0 };
	char at[TIMESTAMP_SIZE];
	int rc = 0;

	timestamp_format(row->at, at);
	if (r->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%s  %.*s %.*s %.*s%s%s%.*s\n", at, SLICE_ARG(row->actor),
		           SLICE_ARG(row->action), SLICE_ARG(row->object),
		           row->is_refused ? " REFUSED" : "", row->detail.n ? ": " : "",
		           SLICE_ARG(row->detail));
	} else {
		json_t *o = json_object();
		int failed = json_put_i64(o, "seq", row->seq) | json_put_str(o, "at", slice_str(at)) |
		             json_put_str(o, "actor", row->actor) |
		             json_put_str(o, "action", row->action) |
		             json_put_str(o, "object", row->object) |
		             json_put_str(o, "result",
		                          row->is_refused ? SLICE("refused") : SLICE("done")) |
		             json_put_str(o, "detail", row->detail);
		rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int do_audit(struct accounts *r, struct err *err)
{
	int64_t since = INT64_MIN;
	int rc = r->since ? timestamp_parse(slice_str(r->since), &since, err) : 0;

	if (rc)
		return err_wrap(err, "--since");
	rc = store_audit_each(r->store, since, put_row, r, err);
	return rc ? rc : EXIT_DONE;
}

/* "-reviewer" is a role that is taken away, and would be read as an option. */
static int keep_minus_roles(struct cmd *cmd, struct err *err)
{
	for (int i = 0; i < cmd->argc; i++) {
		struct slice arg = slice_str(cmd->argv[i]);
		role_set set;
		if (arg.n < 2 || arg.p[0] != '-' ||
		    role_set_parse(slice_sub(arg, 1, arg.n), ",", &set, NULL))
			continue;
		/* No option is spelt with a role alone; '\x01' cannot come from a shell's keyboard. */
		cmd->argv[i] = arena_printf(&cmd->arena, "\x01%s", arg.p + 1);
		if (!cmd->argv[i])
			return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	return 0;
}

static void restore_minus_roles(struct cmd *cmd)
{
	for (int i = 0; i < cmd->argc; i++)
		if (cmd->argv[i][0] == '\x01')
			cmd->argv[i][0] = '-';
}

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* The first account of a desk may be the first thing of its store. */
static int open_store(struct accounts *r, bool may_make, struct err *err)
{
	struct err why = { 0 };
	int rc = store_open(r->cmd->config.store, STORE_ACCOUNTS, NULL, &r->store, &why);

	if (rc == ERR_NOTFOUND && may_make) {
		rc = store_open(r->cmd->config.store, STORE_WRITE | STORE_CREATE, "assay account",
		                &r->store, err);
		if (rc)
			return rc;
		store_close(r->store);
		r->store = NULL;
		return store_open(r->cmd->config.store, STORE_ACCOUNTS, NULL, &r->store, err);
	}
	if (rc && err)
		*err = why;
	return rc;
}

int cmd_account(struct cmd *cmd, struct err *err)
{
	struct accounts r = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "role", OPTION_TEXT, &r.role },
		{ "password-file", OPTION_TEXT, &r.password_file },
		{ "token-file", OPTION_TEXT, &r.token_file },
		{ "since", OPTION_TEXT, &r.since },
		{ "off", OPTION_FLAG, &r.off },
	};
	int rc = keep_minus_roles(cmd, err);

	if (rc == 0)
		rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);
	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	restore_minus_roles(cmd);
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	const struct verb *verb = verb_find(what);
	bool lists = strcmp(what, "list") == 0 || strcmp(what, "audit") == 0;
	bool adds = strcmp(what, "add") == 0;
	if (!verb && !lists && !adds && strcmp(what, "show") != 0)
		return err_set(err, ERR_USAGE, 0,
		               "account takes add, list, show, role, password, totp, verifier, disable, "
		               "enable or audit, not '%.40s'", what);
	if (lists ? cmd->argc > 1 : cmd->argc < 2)
		return err_set(err, ERR_USAGE, 0, "account %s takes %s", what,
		               lists ? "no names" : "the name of an account");
	rc = open_store(&r, adds, err);
	if (rc == 0)
		rc = identity_of_command(r.store, r.token_file, PERMIT_ACCOUNTS, cmd->at, &cmd->arena,
		                         &r.who, err);
	if (rc == 0)
		rc = verb                         ? do_change(&r, verb, err)
		     : adds                       ? do_add(&r, err)
		     : strcmp(what, "show") == 0  ? do_show(&r, err)
		     : strcmp(what, "audit") == 0 ? do_audit(&r, err)
		                                  : do_list(&r, err);
	wipe(&r.secret);
	store_close(r.store);
	return rc;
}
