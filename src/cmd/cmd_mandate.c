/* assay mandate list|show NAME|add FILE|revoke NAME|feed NAME|sign FILE|key NAME: whose authority
 * notices are written by. */
#include "cmd/authority.h"
#include "cmd/cmd.h"
#include "cmd/identity.h"
#include "cmd/mandate_feed.h"
#include "cmd/mandates.h"
#include "cmd/signing_key.h"
#include "sys/file.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <string.h>

enum { DOCUMENT_MAX = 64 << 20 };

struct mandate_cmd {
	struct cmd *cmd;
	struct store *store;
	struct ledgerbook book;
	struct identity who;
	struct slice src; /* of records: "mandate_holder:NAME" */
	const char *by, *reason, *document, *key_file, *token_file;
};

/* ---- showing ---- */

static const char *state_of(const struct mandate *m, int64_t now)
{
	return m->refused.n                                          ? "refused" :
	       m->revoked_at != NOTICE_NEVER && now >= m->revoked_at ? "revoked" :
	       now < m->from                                         ? "to_come" :
	       now >= m->until                                       ? "ended" :
	                                                               "in_force";
}

static int put_time(json_t *o, const char *key, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	if (t == NOTICE_NEVER)
		return 0;
	timestamp_format(t, text);
	return json_put_str(o, key, slice_str(text));
}

static int put_list(json_t *o, const char *key, const struct slice *list, size_t n)
{
	json_t *array;
	int failed = 0;

	if (n == 0)
		return 0;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		failed |= json_add_str(array, list[i]);
	return failed | json_put_new(o, key, array);
}

static json_t *scope_json(const struct mandate_scope *s)
{
	json_t *o = json_object(), *to = json_array(), *matter = json_array();
	int failed = put_list(o, "destinations", s->country, s->country_n);

	failed |= put_list(o, "groups", s->group, s->group_n);
	for (unsigned i = 0; i < (unsigned)NOTICE_TOS; i++)
		if (s->to >> i & 1)
			failed |= json_add_str(to, slice_str(notice_to_name((enum notice_to)i)));
	for (unsigned i = 0; i < (unsigned)NOTICE_MATTERS; i++)
		if (s->matter >> i & 1)
			failed |= json_add_str(
				matter, slice_str(notice_matter_name((enum notice_matter)i)));
	if (s->to)
		failed |= json_put_new(o, "recipients", json_incref(to));
	if (s->matter)
		failed |= json_put_new(o, "matters", json_incref(matter));
	json_decref(to);
	json_decref(matter);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *mandate_json(const struct mandate *m, int64_t now)
{
	json_t *o = json_object(), *scope = json_array();
	char id[SHA256_HEX];
	int failed = json_put_str(o, "mandate", m->name);

	sha256_hex(m->record, id);
	failed |= json_put_str(o, "state", slice_str(state_of(m, now)));
	failed |= json_put_str(o, "record", slice_str(id));
	failed |= json_put_str(o, "issuer", m->issuer) |
	          json_put_str(o, "country", m->issuer_country);
	failed |= put_time(o, "revoked", m->revoked_at);
	if (m->refused.n) {
		failed |= json_put_str(o, "why", m->refused);
		json_decref(scope);
		if (!failed)
			return o;
		json_decref(o);
		return NULL;
	}
	for (size_t i = 0; i < m->scope_n; i++)
		failed |= json_add_new(scope, scope_json(&m->scope[i]));
	failed |= json_put_str(o, "holder", m->holder);
	failed |= json_put_flag(o, "designated", m->designated);
	failed |= json_put_flag(o, "private_delegate", m->private_delegate);
	failed |= put_list(o, "clauses", m->clause, m->clause_n);
	failed |= put_list(o, "offices", m->office, m->office_n);
	failed |= json_put_new(o, "scope", scope);
	failed |= put_time(o, "from", m->from) | put_time(o, "until", m->until);
	if (m->feed.n)
		failed |= json_put_str(o, "feed", m->feed);
	if (m->key.n)
		failed |= json_put_str(o, "key", m->key);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static void put_words(const char *label, const struct slice *list, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%.*s", i ? ", " : label, SLICE_ARG(list[i]));
}

static void put_scope_text(const struct mandate_scope *s, struct buf *out)
{
	bool first = true;

	buf_puts(out, "    for ");
	for (unsigned i = 0; i < (unsigned)NOTICE_TOS; i++)
		if (s->to >> i & 1) {
			buf_printf(out, "%s%s", first ? "" : ", ",
			           notice_to_name((enum notice_to)i));
			first = false;
		}
	buf_puts(out, first ? "any recipient" : "");
	first = true;
	for (unsigned i = 0; i < (unsigned)NOTICE_MATTERS; i++)
		if (s->matter >> i & 1) {
			buf_printf(out, "%s%s", first ? "; about " : ", ",
			           notice_matter_name((enum notice_matter)i));
			first = false;
		}
	put_words("; buyers in ", s->country, s->country_n, out);
	put_words("; drugs ", s->group, s->group_n, out);
	buf_putc(out, '\n');
}

static void put_mandate_text(const struct mandate *m, int64_t now, struct buf *out)
{
	char from[TIMESTAMP_SIZE], until[TIMESTAMP_SIZE];

	buf_printf(out, "%-9s %.*s  by %.*s (%.*s)", state_of(m, now), SLICE_ARG(m->name),
	           SLICE_ARG(m->issuer), SLICE_ARG(m->issuer_country));
	if (m->refused.n) {
		buf_printf(out, "\n    %.*s\n", SLICE_ARG(m->refused));
		return;
	}
	timestamp_format(m->from, from);
	timestamp_format(m->until, until);
	buf_printf(out, ", %.10s to %.10s\n    held by %.*s%s%s\n", from, until,
	           SLICE_ARG(m->holder), m->private_delegate ? ", a private body" : "",
	           m->designated ? "; the issuer is a designated authority" : "");
	put_words("    clauses: ", m->clause, m->clause_n, out);
	put_words("; offices: ", m->office, m->office_n, out);
	buf_putc(out, '\n');
	for (size_t i = 0; i < m->scope_n; i++)
		put_scope_text(&m->scope[i], out);
	buf_printf(out, "    %s\n", m->key.n ? "signed by the issuer" : "rests on a document");
}

static int put_mandate(struct mandate_cmd *c, const struct mandate *m, struct err *err)
{
	struct buf out = { 0 };
	json_t *o = NULL;
	int rc = 0;

	if (c->cmd->format == FORMAT_TEXT) {
		put_mandate_text(m, c->cmd->at, &out);
	} else {
		o = mandate_json(m, c->cmd->at);
		rc = o ? json_canonical(o, &out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");
		buf_putc(&out, '\n');
		json_decref(o);
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* ---- reading ---- */

static int load(struct mandate_cmd *c, struct mandate **list, size_t *n, struct err *err)
{
	return mandates_load(c->store, &c->cmd->config, &c->cmd->arena, list, n, err);
}

static int do_list(struct mandate_cmd *c, struct err *err)
{
	struct mandate *list = NULL;
	size_t n = 0;
	int rc = load(c, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = put_mandate(c, &list[i], err);
	return rc;
}

static int find(struct mandate_cmd *c, const struct mandate **out, struct err *err)
{
	struct mandate *list = NULL;
	struct slice name = slice_str(c->cmd->argv[1]);
	size_t n = 0;
	int rc = load(c, &list, &n, err);

	if (rc == 0 && !(*out = mandates_find(list, n, name)))
		rc = err_set(err, ERR_NOTFOUND, 0, "there is no mandate '%.*s' in this store",
		             SLICE_ARG(slice_sub(name, 0, 80)));
	return rc;
}

static int do_show(struct mandate_cmd *c, struct err *err)
{
	const struct mandate *m = NULL;
	int rc = find(c, &m, err);

	return rc ? rc : put_mandate(c, m, err);
}

static int do_feed(struct mandate_cmd *c, struct err *err)
{
	const struct mandate *m = NULL;
	struct buf out = { 0 };
	size_t n = 0;
	int rc = find(c, &m, err);

	if (rc == 0)
		rc = mandate_feed(c->store, m->name, &out, &n, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* ---- acts ---- */

/* The account of a token, or of the name, may enter mandates. */
static int actor(struct mandate_cmd *c, struct err *err)
{
	struct slice name = slice_str(c->by ? c->by : "");
	int rc;

	if (c->token_file) {
		rc = identity_of_command(c->store, c->token_file, PERMIT_MANDATE, c->cmd->at,
		                         &c->cmd->arena, &c->who, err);
		name = c->who.name;
	} else {
		c->who = identity_console();
		rc = account_name_ok(name) ? authority_permitted(c->store, name, PERMIT_MANDATE,
		                                                 &c->cmd->arena, err)
		                           : err_set(err, ERR_USAGE, 0,
		                                     "say who acts: --by NAME, or --token-file");
	}
	if (rc)
		return rc;
	c->src = slice_str(arena_printf(&c->cmd->arena, "mandate_holder:%.*s", SLICE_ARG(name)));
	return c->src.n ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int open_for_act(struct mandate_cmd *c, struct err *err)
{
	int rc = store_open(c->cmd->config.store, STORE_WRITE | STORE_CREATE, "assay mandate",
	                    &c->store, err);

	if (rc == 0)
		rc = actor(c, err);
	if (rc == 0)
		rc = ledgerbook_open(c->store, &c->cmd->config, c->cmd->at, &c->book, err);
	/* What could not be signed is not begun. */
	return rc ? rc : ledgerbook_sync(&c->book, NULL, err);
}

static int finish_act(struct mandate_cmd *c, const char *what, struct slice name,
                      struct slice detail, int rc, struct err *err)
{
	if (rc == 0)
		rc = identity_audit(c->store, &c->who, what, name, false, detail, c->cmd->at, err);
	if (rc == 0)
		rc = store_commit(c->store, err);
	if (rc) {
		store_rollback(c->store);
		return rc;
	}
	rc = ledgerbook_sync(&c->book, NULL, err);
	return rc ? rc : do_show(c, err);
}

static int do_add(struct mandate_cmd *c, struct err *err)
{
	struct buf text = { 0 }, document = { 0 };
	struct mandate m = { 0 };
	int rc = file_read(c->cmd->argv[1], MANDATE_BYTES_MAX, &text, err);

	if (rc == 0 && c->document)
		rc = file_read(c->document, DOCUMENT_MAX, &document, err);
	if (rc == 0)
		rc = open_for_act(c, err);
	if (rc == 0)
		rc = store_begin(c->store, err);
	if (rc == 0) {
		struct mandate_addition add = { c->src, buf_slice(&text), buf_slice(&document) };
		rc = mandates_put(&c->book, &c->cmd->config, &add, &c->cmd->arena, &m, err);
		if (rc == 0 && !(c->cmd->argv[1] = arena_printf(&c->cmd->arena, "%.*s",
		                                                SLICE_ARG(m.name))))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		rc = finish_act(c, "mandate.add", m.name, SLICE(""), rc, err);
	}
	buf_release(&text);
	buf_release(&document);
	return rc;
}

static int do_revoke(struct mandate_cmd *c, struct err *err)
{
	const struct mandate *m = NULL;
	struct slice reason = slice_str(c->reason ? c->reason : "");
	int rc = slice_trim(reason).n ? open_for_act(c, err) :
	                                err_set(err, ERR_USAGE, 0, "revoke takes --reason");

	if (rc == 0)
		rc = find(c, &m, err);
	if (rc == 0)
		rc = store_begin(c->store, err);
	if (rc)
		return rc;
	rc = mandates_revoke(&c->book, m, c->src, reason, err);
	return finish_act(c, "mandate.revoke", m->name, reason, rc, err);
}

/* ---- the issuer's side ---- */

static int do_sign(struct mandate_cmd *c, struct err *err)
{
	struct signing_key key = { 0 };
	struct buf json = { 0 }, text = { 0 }, out = { 0 };
	int rc = c->key_file ? file_read(c->cmd->argv[1], MANDATE_BYTES_MAX, &json, err) :
	                       err_set(err, ERR_USAGE, 0, "sign takes --key-file");

	if (rc == 0 && (rc = mandate_text(buf_slice(&json), &text, err)))
		err_wrap(err, "%s", c->cmd->argv[1]);
	if (rc == 0)
		rc = signing_key_read(c->key_file, &key, err);
	if (rc == 0)
		rc = note_sign(buf_slice(&text), &key.signer, &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	signing_key_wipe(&key);
	buf_release(&json);
	buf_release(&text);
	buf_release(&out);
	return rc;
}

static int do_key(struct mandate_cmd *c, struct err *err)
{
	struct buf out = { 0 };
	int rc = c->key_file ? signing_key_make(slice_str(c->cmd->argv[1]), c->key_file, &out, err)
	                     : err_set(err, ERR_USAGE, 0, "key takes --key-file");

	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int cmd_mandate(struct cmd *cmd, struct err *err)
{
	static const struct {
		const char *name;
		int arguments;
		bool reads; /* the store */
		int (*run)(struct mandate_cmd *c, struct err *err);
	} acts[] = {
		{ "list", 0, true, do_list },  { "show", 1, true, do_show },
		{ "feed", 1, true, do_feed },  { "add", 1, false, do_add },
		{ "revoke", 1, false, do_revoke }, { "sign", 1, false, do_sign },
		{ "key", 1, false, do_key },
	};
	struct mandate_cmd c = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "by", OPTION_TEXT, &c.by },
		{ "reason", OPTION_TEXT, &c.reason },
		{ "document", OPTION_TEXT, &c.document },
		{ "key-file", OPTION_TEXT, &c.key_file },
		{ "token-file", OPTION_TEXT, &c.token_file },
	};
	size_t i = 0, n = sizeof(acts) / sizeof(acts[0]);
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	while (cmd->argc && i < n && strcmp(cmd->argv[0], acts[i].name) != 0)
		i++;
	if (i == n)
		return err_set(
			err, ERR_USAGE, 0,
			"mandate takes list, show, add, revoke, feed, sign or key, not '%.40s'",
			cmd->argv[0]);
	if (cmd->argc > 1 + acts[i].arguments ||
	    (cmd->argc ? cmd->argc - 1 : 0) < acts[i].arguments)
		return err_set(err, ERR_USAGE, 0, "mandate %s takes %s", acts[i].name,
		               acts[i].arguments ? "one argument" : "no argument");
	if (acts[i].reads)
		rc = store_open(cmd->config.store, STORE_READ, NULL, &c.store, err);
	if (rc == 0)
		rc = acts[i].run(&c, err);
	ledgerbook_close(&c.book);
	store_close(c.store);
	return rc ? rc : EXIT_DONE;
}
