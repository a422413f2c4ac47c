/* One table of keys in the order of enum config_key; a file is read key by key, and each key that
 * it sets remembers its line, so that `assay config check` can say where every value comes from. */
#include "model/config.h"

#include "wire/note.h"
#include "wire/mail_address.h"
#include "wire/yaml.h"

#include <string.h>

static const char *const names[CONFIG_KEYS + 1] = {
	[CONFIG_STORE] = "store",
	[CONFIG_PACKS] = "packs",
	[CONFIG_PUBLISHERS] = "publishers",
	[CONFIG_LEXICON] = "lexicon",
	[CONFIG_SUFFIXES] = "suffixes",
	[CONFIG_PLATFORMS] = "platforms",
	[CONFIG_DESTINATIONS] = "destinations",
	[CONFIG_REVIEWERS] = "reviewers",
	[CONFIG_AUTOMATIC_LISTING] = "automatic_listing",
	[CONFIG_MASS_CHANGE] = "mass_change",
	[CONFIG_MASS_FLOOR] = "mass_floor",
	[CONFIG_POPULAR] = "popular",
	[CONFIG_MODEL] = "model",
	[CONFIG_LIST_NAME] = "list_name",
	[CONFIG_APPEAL_ADDRESS] = "appeal_address",
	[CONFIG_DISCLOSURE_DAYS] = "disclosure_days",
	[CONFIG_MAIL] = "mail",
	[CONFIG_NOTICES] = "notices",
	[CONFIG_NOTICE] = "notice",
	[CONFIG_MANDATES] = "mandates",
	[CONFIG_LISTEN] = "listen",
	[CONFIG_WEB] = "web",
	[CONFIG_CONTACTS] = "contacts",
	[CONFIG_QUOTA] = "quota",
	[CONFIG_RESERVE] = "reserve",
	[CONFIG_RETENTION] = "retention",
	[CONFIG_COLLECT] = "collect",
	[CONFIG_LOG_LEVEL] = "log_level",
	[CONFIG_KEYS] = NULL,
};

static const char *const levels[] = {
	[LEVEL_ERROR] = "error",
	[LEVEL_WARNING] = "warning",
	[LEVEL_INFO] = "info",
	[LEVEL_DEBUG] = "debug",
};

enum { PPM = 1000000, PER_CENT = PPM / 100, MASS_CHANGE_PPM = 5 * PER_CENT, MASS_FLOOR = 50 };

static const struct slice publisher[] = { { CONFIG_PUBLISHER, sizeof(CONFIG_PUBLISHER) - 1 } };

void config_init(struct config *c)
{
	*c = (struct config){
		.store = "./var",
		.packs = "policy/packs",
		.publishers = publisher,
		.n_publishers = 1,
		.mass_change_ppm = MASS_CHANGE_PPM,
		.mass_floor = MASS_FLOOR,
		.lexicon = "policy/lexicon",
		.list_name = "assay",
		.disclosure_days = 7,
		.mail = { .timeout_s = 120 },
		.notices = "policy/notice",
		.notice = config_notice_default(),
		.listen = "127.0.0.1:8080",
		.web = "web",
		.contacts = "policy/contacts",
		.reserve = CONFIG_RESERVE_DEFAULT,
		.collect = config_collect_default(),
		.log_level = LEVEL_INFO,
	};
}

bool config_log_level(struct slice word, enum log_level *out)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (slice_eq_str(word, levels[i])) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

const char *config_key_name(enum config_key key)
{
	return names[key];
}

void config_set_store(struct config *c, const char *store)
{
	c->store = store;
	c->by_option[CONFIG_STORE] = true;
}

void config_set_listen(struct config *c, const char *listen)
{
	c->listen = listen;
	c->by_option[CONFIG_LISTEN] = true;
}

void config_set_log_level(struct config *c, enum log_level level)
{
	c->log_level = level;
	c->by_option[CONFIG_LOG_LEVEL] = true;
}

const char *config_log_level_name(enum log_level level)
{
	return levels[level];
}

const struct config_reviewer *config_reviewer_find(const struct config *c, struct slice name)
{
	for (size_t i = 0; i < c->n_reviewers; i++)
		if (slice_eq(c->reviewers[i].name, name))
			return &c->reviewers[i];
	return NULL;
}

/* --- reading --------------------------------------------------------------------------------- */

/* A text that is passed on as a C string: the YAML tree keeps a NUL behind each. */
static int read_text(const struct yaml_node *node, const char **out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc == 0 && s.n == 0)
		rc = yaml_error(node, err, "%.*s is empty", SLICE_ARG(node->key));
	if (rc == 0)
		*out = s.p;
	return rc;
}

static int read_list(const struct yaml_node *node, struct arena *arena, const struct slice **out,
		     size_t *n, struct err *err)
{
	struct slice *list;
	int rc = yaml_str_list(node, arena, &list, n, err);

	if (rc == 0)
		*out = list;
	return rc;
}

static int read_destinations(const struct yaml_node *node, struct arena *arena, struct config *c,
			     struct err *err)
{
	int rc = read_list(node, arena, &c->destinations, &c->n_destinations, err);

	for (size_t i = 0; i < c->n_destinations && rc == 0; i++) {
		struct slice s = c->destinations[i];
		const struct yaml_node *at = node->kind == YAML_SEQUENCE ? &node->item[i] : node;
		if (s.n != 2 || s.p[0] < 'A' || s.p[0] > 'Z' || s.p[1] < 'A' || s.p[1] > 'Z')
			rc = yaml_error(at, err, "destinations: '%.*s' is not a country such as JP",
					SLICE_ARG(slice_sub(s, 0, 40)));
	}
	return rc;
}

/* The name goes into src "reviewer:NAME" and stays there for good: one spelling, no spaces. */
static bool is_reviewer_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.'))
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

static int read_reviewer(const struct yaml_node *node, struct config_reviewer *out,
			 struct err *err)
{
	static const char *const known[] = { "name", "demonstration", NULL };
	const struct yaml_node *name = NULL, *demonstration = yaml_get(node, "demonstration");
	int rc = yaml_known_keys(node, known, err);

	if (rc == 0)
		rc = yaml_need(node, "name", &name, err);
	if (rc == 0)
		rc = yaml_str(name, &out->name, err);
	if (rc == 0 && !is_reviewer_name(out->name))
		rc = yaml_error(name, err,
				"name is not 1 to 64 of the characters a-z, 0-9, '-', '_', '.'");
	if (rc == 0 && demonstration)
		rc = yaml_flag(demonstration, &out->demonstration, err);
	return rc;
}

static int read_reviewers(const struct yaml_node *node, struct arena *arena, struct config *c,
			  struct err *err)
{
	int rc = yaml_expect(node, YAML_SEQUENCE, err);

	if (rc)
		return rc;
	struct config_reviewer *list = arena_array(arena, node->n, sizeof(*list));
	if (!list)
		return err_set(err, ERR_NOMEM, 0, "%s: no memory", node->file);
	c->reviewers = list;
	for (c->n_reviewers = 0; c->n_reviewers < node->n; c->n_reviewers++) {
		struct config_reviewer one = { 0 };
		const struct yaml_node *item = &node->item[c->n_reviewers];
		rc = read_reviewer(item, &one, err);
		if (rc == 0 && config_reviewer_find(c, one.name))
			rc = yaml_error(item, err, "the reviewer '%.*s' stands here twice",
					SLICE_ARG(one.name));
		if (rc)
			return rc;
		list[c->n_reviewers] = one;
	}
	return 0;
}

static int read_retention(const struct yaml_node *node, struct config *c, struct err *err)
{
	static const char *const known[] = { "public", "restricted", NULL };
	int rc = yaml_expect(node, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(node, known, err);
	for (size_t i = 0; i < EVIDENCE_CLASSES && rc == 0; i++) {
		const struct yaml_node *days = yaml_get(node, known[i]);
		if (days)
			rc = yaml_i64(days, 1, 36500, &c->retention[i], err);
	}
	return rc;
}

static int read_publishers(const struct yaml_node *node, struct arena *arena, struct config *c,
			   struct err *err)
{
	int rc = read_list(node, arena, &c->publishers, &c->n_publishers, err);

	for (size_t i = 0; i < c->n_publishers && rc == 0; i++) {
		const struct yaml_node *at = node->kind == YAML_SEQUENCE ? &node->item[i] : node;
		struct note_key key;
		struct err why = { 0 };
		if (note_key_parse(c->publishers[i], &key, &why))
			rc = yaml_error(at, err, "publishers: %s", why.what);
	}
	return rc;
}

/* "5%", or parts per million. */
static int read_share(const struct yaml_node *node, int64_t *ppm, struct err *err)
{
	struct yaml_node number = *node;
	struct slice s;
	bool per_cent;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (slice_eq_str(s, "%"))
		return yaml_error(node, err, "mass_change is not a share such as 5%%");
	per_cent = s.n && s.p[s.n - 1] == '%';
	if (per_cent)
		number = (struct yaml_node){ .kind = YAML_SCALAR, .key = node->key,
					     .text = slice_sub(s, 0, s.n - 1),
					     .line = node->line, .file = node->file };
	rc = yaml_i64(&number, 0, per_cent ? 100 : PPM, ppm, err);
	if (rc == 0 && per_cent)
		*ppm *= PER_CENT;
	return rc;
}

static int read_level(const struct yaml_node *node, struct config *c, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc == 0 && !config_log_level(s, &c->log_level))
		rc = yaml_error(node, err, "log_level is none of error, warning, info, debug");
	return rc;
}

/* HOST:PORT or [ADDRESS]:PORT; what the host is shows when it is asked. */
static bool is_relay(struct slice s)
{
	size_t port = s.n;

	while (port > 0 && s.p[port - 1] != ':')
		port--;
	struct slice host = slice_sub(s, 0, port ? port - 1 : 0), digits = slice_sub(s, port, s.n);
	long n = 0;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9' || n > 65535)
			return false;
		n = n * 10 + (digits.p[i] - '0');
	}
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr(".-:[]", c))))
			return false;
	}
	return host.n > 0 && digits.n > 0 && n > 0 && n <= 65535;
}

static int read_mail_address(const struct yaml_node *node, const char **out, struct err *err)
{
	struct mail_address a;
	int rc = read_text(node, out, err);

	if (rc == 0 && (mail_address_parse(slice_str(*out), &a, NULL) ||
	                !slice_eq(mail_address_slice(&a), slice_str(*out))))
		rc = yaml_error(node, err, "%.*s is no mail address such as desk@example.org",
		                SLICE_ARG(node->key));
	return rc;
}

static int read_tls(const struct yaml_node *node, enum config_tls *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (slice_eq_str(s, "starttls"))
		*out = CONFIG_TLS_STARTTLS;
	else if (slice_eq_str(s, "none"))
		*out = CONFIG_TLS_NONE;
	else
		rc = yaml_error(node, err, "tls is neither starttls nor none");
	return rc;
}

static int read_mail(const struct yaml_node *node, struct config_mail *out, struct err *err)
{
	static const char *const known[] = { "relay", "from", "tls", "ca_file", "user", "password_file",
		                             "timeout_s", NULL };
	struct config_mail m = *out;
	const struct yaml_node *at;
	int rc = yaml_known_keys(node, known, err);

	if (rc == 0 && (at = yaml_get(node, "relay"))) {
		rc = read_text(at, &m.relay, err);
		if (rc == 0 && !is_relay(slice_str(m.relay)))
			rc = yaml_error(at, err, "relay is no host and port such as mail.example.org:587");
	}
	if (rc == 0 && (at = yaml_get(node, "from")))
		rc = read_mail_address(at, &m.from, err);
	if (rc == 0 && (at = yaml_get(node, "tls")))
		rc = read_tls(at, &m.tls, err);
	if (rc == 0 && (at = yaml_get(node, "ca_file")))
		rc = read_text(at, &m.ca_file, err);
	if (rc == 0 && (at = yaml_get(node, "user")))
		rc = read_text(at, &m.user, err);
	if (rc == 0 && (at = yaml_get(node, "password_file")))
		rc = read_text(at, &m.password_file, err);
	if (rc == 0 && (at = yaml_get(node, "timeout_s")))
		rc = yaml_i64(at, 1, 3600, &m.timeout_s, err);
	if (rc == 0 && m.relay && !m.from)
		rc = yaml_error(node, err, "mail has a relay and no from");
	if (rc == 0 && (m.user != NULL) != (m.password_file != NULL))
		rc = yaml_error(node, err, "mail has one of user and password_file without the other");
	if (rc == 0)
		*out = m;
	return rc;
}

static int read_key(enum config_key key, const struct yaml_node *node, struct arena *arena,
		    struct config *c, struct err *err)
{
	switch (key) {
	case CONFIG_STORE: return read_text(node, &c->store, err);
	case CONFIG_PACKS: return read_text(node, &c->packs, err);
	case CONFIG_PUBLISHERS: return read_publishers(node, arena, c, err);
	case CONFIG_LEXICON: return read_text(node, &c->lexicon, err);
	case CONFIG_LISTEN: return read_text(node, &c->listen, err);
	case CONFIG_WEB: return read_text(node, &c->web, err);
	case CONFIG_CONTACTS: return read_text(node, &c->contacts, err);
	case CONFIG_SUFFIXES: return read_text(node, &c->suffixes, err);
	case CONFIG_PLATFORMS: return read_list(node, arena, &c->platforms, &c->n_platforms, err);
	case CONFIG_DESTINATIONS: return read_destinations(node, arena, c, err);
	case CONFIG_REVIEWERS: return read_reviewers(node, arena, c, err);
	case CONFIG_AUTOMATIC_LISTING: return yaml_flag(node, &c->automatic_listing, err);
	case CONFIG_MASS_CHANGE: return read_share(node, &c->mass_change_ppm, err);
	case CONFIG_MASS_FLOOR: return yaml_i64(node, 0, INT32_MAX, &c->mass_floor, err);
	case CONFIG_POPULAR: return read_text(node, &c->popular, err);
	case CONFIG_MODEL: return read_text(node, &c->model, err);
	case CONFIG_LIST_NAME: return read_text(node, &c->list_name, err);
	case CONFIG_APPEAL_ADDRESS: return read_text(node, &c->appeal_address, err);
	case CONFIG_QUOTA: return config_bytes_read(node, &c->quota, err);
	case CONFIG_RESERVE: return config_bytes_read(node, &c->reserve, err);
	case CONFIG_RETENTION: return read_retention(node, c, err);
	case CONFIG_COLLECT: return config_collect_read(node, arena, &c->collect, err);
	case CONFIG_DISCLOSURE_DAYS: return yaml_i64(node, 0, 365, &c->disclosure_days, err);
	case CONFIG_MAIL: return read_mail(node, &c->mail, err);
	case CONFIG_NOTICES: return read_text(node, &c->notices, err);
	case CONFIG_NOTICE: return config_notice_read(node, arena, &c->notice, err);
	case CONFIG_MANDATES:
		return config_mandates_read(node, arena, &c->mandates, &c->n_mandates, err);
	case CONFIG_LOG_LEVEL: return read_level(node, c, err);
	case CONFIG_KEYS: break;
	}
	return err_set(err, ERR_USAGE, 0, "config: no such key");
}

int config_parse(struct slice text, const char *file, struct arena *arena, struct config *out,
		 struct err *err)
{
	const struct yaml_node *root;
	struct config c;
	int rc = yaml_parse(text, file, arena, &root, err);

	if (rc == 0)
		rc = yaml_known_keys(root, names, err);
	if (rc)
		return rc;
	config_init(&c);
	c.file = root->file;
	for (enum config_key key = 0; key < CONFIG_KEYS && rc == 0; key++) {
		const struct yaml_node *node = yaml_get(root, names[key]);
		if (!node)
			continue;
		c.line[key] = node->line;
		rc = read_key(key, node, arena, &c, err);
	}
	if (rc == 0)
		*out = c;
	return rc;
}

/* --- telling --------------------------------------------------------------------------------- */
