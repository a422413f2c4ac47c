/* assay config check [FILE]: what is in force, where each value comes from, and what is wrong. */
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/log.h"
#include "sys/file.h"
#include "sys/secret.h"
#include "wire/json.h"

#include <string.h>

enum { FILE_MAX = 1 << 20, SECRET_MAX = 4096 };

/* Read FILE in place of what cmd_options read; options stay above it. */
static int read_file(struct cmd *cmd, const char *path, struct err *err)
{
	struct config before = cmd->config;
	struct buf text = { 0 };
	int rc = file_read(path, FILE_MAX, &text, err);

	if (rc == 0)
		rc = config_parse(buf_slice(&text), path, &cmd->arena, &cmd->config, err);
	buf_release(&text);
	if (rc)
		return rc;
	cmd->config_path = path;
	if (before.by_option[CONFIG_STORE])
		config_set_store(&cmd->config, before.store);
	if (before.by_option[CONFIG_LOG_LEVEL])
		config_set_log_level(&cmd->config, before.log_level);
	return 0;
}

/* --- faults that only the file system shows -------------------------------------------------- */

/* Faults are logged as they are found, but for the last, which becomes the command's error. */
struct faults {
	struct log log;
	struct err last;
	size_t n;
};

static void fault(struct faults *f, const struct err *err)
{
	if (f->n++ > 0)
		log_err(&f->log, &f->last);
	f->last = *err;
}

/* That a path leads to what it should. A default that is not there is no fault of the file: the
 * command that needs it will say so. */
static void check_path(const struct config *c, enum config_key key, const char *path,
                       enum file_kind wanted, struct faults *f)
{
	struct buf origin = { 0 };
	enum file_kind kind = FILE_ABSENT;
	struct err err;

	if (!path || c->line[key] == 0)
		return;
	config_put_origin(c, key, &origin);
	if (file_kind_of(path, &kind, &err)) {
		err_wrap(&err, "%s: %s", buf_str(&origin), config_key_name(key));
		fault(f, &err);
	} else if (kind != wanted) {
		err_set(&err, ERR_NOTFOUND, c->line[key], "%s: %s: %s %s", buf_str(&origin),
		        config_key_name(key), path,
		        kind == FILE_ABSENT        ? "is not there"
		        : wanted == FILE_DIRECTORY ? "is not a folder"
		                                   : "is not a file");
		fault(f, &err);
	}
	buf_release(&origin);
}

/* The ledger's signing key, once there is one, must be nobody else's to read. */
static void check_key(const struct config *c, struct faults *f)
{
	struct buf path = { 0 }, secret = { 0 };
	enum file_kind kind = FILE_ABSENT;
	struct err err;

	buf_printf(&path, "%s/ledger/key", c->store);
	int rc = file_kind_of(buf_str(&path), &kind, &err);
	if (rc == 0 && kind != FILE_ABSENT)
		rc = secret_read(buf_str(&path), SECRET_MAX, &secret, &err);
	if (rc)
		fault(f, &err);
	if (secret.p)
		explicit_bzero(secret.p, secret.n);
	buf_release(&secret);
	buf_release(&path);
}

/* --- telling --------------------------------------------------------------------------------- */

static json_t *text_json(const char *s)
{
	json_t *value = s ? json_string(s) : json_null();

	/* A path need not be UTF-8; shown it must be. */
	return value ? value : json_string("(not UTF-8)");
}

static json_t *list_json(const struct slice *list, size_t n)
{
	json_t *array = json_array();
	int failed = 0;

	for (size_t i = 0; i < n; i++)
		failed |= json_add_str(array, list[i]);
	if (!failed)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *reviewers_json(const struct config *c)
{
	json_t *array = json_array();
	int failed = 0;

	for (size_t i = 0; i < c->n_reviewers; i++) {
		json_t *one = json_object();
		failed |= json_put_str(one, "name", c->reviewers[i].name);
		failed |= json_put_flag(one, "demonstration", c->reviewers[i].demonstration);
		failed |= json_add_new(array, one);
	}
	if (!failed)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *retention_json(const struct config *c)
{
	json_t *map = json_object();
	int failed = 0;

	for (enum evidence_class k = 0; k < EVIDENCE_CLASSES; k++)
		if (c->retention[k])
			failed |= json_put_i64(map, evidence_class_name(k), c->retention[k]);
	if (!failed)
		return map;
	json_decref(map);
	return NULL;
}

/* What is not set is left out. */
static json_t *mail_json(const struct config_mail *m)
{
	static const char *const tls[] = { NULL, "starttls", "none" };
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "relay", m->relay },     { "from", m->from }, { "tls", tls[m->tls] },
		{ "ca_file", m->ca_file }, { "user", m->user }, { "password_file", m->password_file },
	};
	json_t *o = json_object();
	int failed = json_put_i64(o, "timeout_s", m->timeout_s);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value)
			failed |= json_put_new(o, rows[i].name, text_json(rows[i].value));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *open_json(const struct config_collect *c)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < c->open_n; i++) {
		char text[IP_PREFIX_TEXT];
		ip_prefix_format(&c->open[i], text);
		failed |= json_add_str(list, slice_str(text));
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *collect_json(const struct config_collect *c)
{
	json_t *o = json_object();
	int failed = json_put_new(o, "resolvers", list_json(c->resolver, c->resolver_n));

	failed |= json_put_new(o, "bootstrap", text_json(c->bootstrap));
	failed |= json_put_new(o, "iana_whois", text_json(c->iana_whois));
	failed |= json_put_new(o, "open", open_json(c));
	failed |= json_put_new(o, "vantages", text_json(c->vantages));
	failed |= json_put_new(o, "archive", text_json(c->archive));
	failed |= json_put_new(o, "tables", text_json(c->tables));
	failed |= json_put_new(o, "user_agent", text_json(c->user_agent));
	failed |= json_put_new(o, "registration_key", text_json(c->registration_key));
	failed |= json_put_i64(o, "body", (int64_t)c->body);
	failed |= json_put_i64(o, "in_flight", c->in_flight);
	failed |= json_put_i64(o, "host_delay_ms", c->host_delay_ms);
	failed |= json_put_i64(o, "registration_ms", c->registration_ms);
	failed |= json_put_i64(o, "seconds", c->seconds);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *notice_json(const struct config_notice *c)
{
	json_t *o = json_object();
	int failed = json_put_new(o, "sender", text_json(c->sender));

	failed |= json_put_new(o, "on_behalf", text_json(c->on_behalf));
	failed |= json_put_new(o, "sponsor", text_json(c->sponsor));
	failed |= json_put_str(o, "interest", slice_str(notice_interest_name(c->interest)));
	failed |= json_put_new(o, "verify", text_json(c->verify));
	failed |= json_put_new(o, "mailbox", text_json(c->mailbox));
	failed |= json_put_new(o, "providers", text_json(c->providers));
	failed |= json_put_new(o, "registrars", text_json(c->registrars));
	failed |= json_put_i64(o, "evidence_days", c->evidence_days);
	failed |= json_put_i64(o, "contact_days", c->contact_days);
	failed |= json_put_i64(o, "acknowledge_hours", c->acknowledge_hours);
	failed |= json_put_i64(o, "act_days", c->act_days);
	failed |= json_put_i64(o, "silent_days", c->silent_days);
	failed |= json_put_i64(o, "repeat_days", c->repeat_days);
	failed |= json_put_i64(o, "per_hour", c->per_hour);
	failed |= json_put_i64(o, "minimum", c->minimum);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *mandates_json(const struct config *c)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < c->n_mandates; i++) {
		const struct config_mandate *m = &c->mandates[i];
		json_t *o = json_object();
		failed |= json_put_str(o, "key", m->key);
		if (m->issuer.n)
			failed |= json_put_str(o, "issuer", m->issuer);
		if (m->country.n)
			failed |= json_put_str(o, "country", m->country);
		failed |= json_add_new(list, o);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *value_json(const struct config *c, enum config_key key)
{
	switch (key) {
	case CONFIG_STORE: return text_json(c->store);
	case CONFIG_PACKS: return text_json(c->packs);
	case CONFIG_PUBLISHERS: return list_json(c->publishers, c->n_publishers);
	case CONFIG_LEXICON: return text_json(c->lexicon);
	case CONFIG_LISTEN: return text_json(c->listen);
	case CONFIG_WEB: return text_json(c->web);
	case CONFIG_CONTACTS: return text_json(c->contacts);
	case CONFIG_SUFFIXES: return text_json(c->suffixes);
	case CONFIG_PLATFORMS: return list_json(c->platforms, c->n_platforms);
	case CONFIG_DESTINATIONS: return list_json(c->destinations, c->n_destinations);
	case CONFIG_REVIEWERS: return reviewers_json(c);
	case CONFIG_AUTOMATIC_LISTING: return json_boolean(c->automatic_listing);
	case CONFIG_MASS_CHANGE: return json_integer(c->mass_change_ppm);
	case CONFIG_MASS_FLOOR: return json_integer(c->mass_floor);
	case CONFIG_POPULAR: return text_json(c->popular);
	case CONFIG_MODEL: return text_json(c->model);
	case CONFIG_LIST_NAME: return text_json(c->list_name);
	case CONFIG_APPEAL_ADDRESS: return text_json(c->appeal_address);
	case CONFIG_QUOTA: return c->quota ? json_integer((json_int_t)c->quota) : json_null();
	case CONFIG_RESERVE:
		return c->reserve == CONFIG_RESERVE_DEFAULT ? json_null()
		                                            : json_integer((json_int_t)c->reserve);
	case CONFIG_RETENTION: return retention_json(c);
	case CONFIG_COLLECT: return collect_json(&c->collect);
	case CONFIG_DISCLOSURE_DAYS: return json_integer(c->disclosure_days);
	case CONFIG_MAIL: return mail_json(&c->mail);
	case CONFIG_NOTICES: return text_json(c->notices);
	case CONFIG_NOTICE: return notice_json(&c->notice);
	case CONFIG_MANDATES: return mandates_json(c);
	case CONFIG_LOG_LEVEL: return text_json(config_log_level_name(c->log_level));
	case CONFIG_KEYS: break;
	}
	return NULL;
}

static int put_json(const struct config *c, enum config_key key, struct buf *out, struct err *err)
{
	struct buf origin = { 0 };
	json_t *line = json_object();

	config_put_origin(c, key, &origin);
	int failed = json_put_str(line, "key", slice_str(config_key_name(key)));
	failed |= json_put_new(line, "value", value_json(c, key));
	failed |= json_put_str(line, "origin", buf_slice(&origin));
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "no memory") : json_canonical(line, out, err);
	buf_putc(out, '\n');
	json_decref(line);
	buf_release(&origin);
	return rc;
}

static void put_text(const struct config *c, enum config_key key, struct buf *out)
{
	struct buf value = { 0 };

	config_put_value(c, key, &value);
	buf_printf(out, "%-18s %-32s ", config_key_name(key), buf_str(&value));
	config_put_origin(c, key, out);
	buf_putc(out, '\n');
	buf_release(&value);
}

static int show(const struct cmd *cmd, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	for (enum config_key key = 0; key < CONFIG_KEYS && rc == 0; key++) {
		if (cmd->format == FORMAT_TEXT)
			put_text(&cmd->config, key, &out);
		else
			rc = put_json(&cmd->config, key, &out, err);
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int cmd_config(struct cmd *cmd, struct err *err)
{
	struct config *c = &cmd->config;
	int rc = cmd_options(cmd, NULL, 0, err);

	if (rc)
		return rc == 1 ? EXIT_DONE : rc;
	if (cmd->argc < 1 || cmd->argc > 2 || strcmp(cmd->argv[0], "check") != 0)
		return err_set(err, ERR_USAGE, 0, "try: assay config check [FILE]");
	if (cmd->argc == 2 && (rc = read_file(cmd, cmd->argv[1], err)))
		return rc;
	rc = show(cmd, err);
	if (rc)
		return rc;
	struct faults f = { .log = log_to_stderr(c->log_level) };
	check_path(c, CONFIG_PACKS, c->packs, FILE_DIRECTORY, &f);
	check_path(c, CONFIG_LEXICON, c->lexicon, FILE_DIRECTORY, &f);
	check_path(c, CONFIG_WEB, c->web, FILE_DIRECTORY, &f);
	check_path(c, CONFIG_CONTACTS, c->contacts, FILE_DIRECTORY, &f);
	check_path(c, CONFIG_POPULAR, c->popular, FILE_REGULAR, &f);
	check_path(c, CONFIG_MODEL, c->model, FILE_REGULAR, &f);
	check_path(c, CONFIG_NOTICES, c->notices, FILE_DIRECTORY, &f);
	check_path(c, CONFIG_SUFFIXES, c->suffixes, FILE_REGULAR, &f);
	check_key(c, &f);
	if (f.n == 0)
		return EXIT_DONE;
	return err_set(err, f.last.code, f.last.at, "%s", f.last.what);
}
