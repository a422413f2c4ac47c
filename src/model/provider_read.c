/* The reader is strict because a notice goes where a row says, and nobody proofreads an address then:
 * a person's mailbox, an address that is not https, a prefix with bits behind it, a fact without a
 * source are refused with their line. */
#include "model/provider_read.h"

#include "wire/dname.h"
#include "wire/fold.h"
#include "wire/mail_address.h"
#include "wire/timestamp.h"
#include "wire/url.h"

#include <string.h>

enum {
	TEXT_MAX = 600,   /* bytes of a name, a sentence or a source */
	LIST_MAX = 4096,  /* elements of a list: a CDN publishes some dozens of prefixes */
	IANA_ID_MAX = 99999999, /* the registry's own numbers have up to 7 digits */
};

int provider_fold(struct slice name, struct arena *a, struct slice *out, struct err *err)
{
	struct folded f;
	int rc = fold(name, a, &f, err);

	if (rc)
		return rc;
	if (f.text.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "provider: a name without a letter or digit");
	char *line = arena_alloc(a, f.text.n + 1);
	if (!line)
		return err_set(err, ERR_NOMEM, 0, "provider: no memory");
	for (size_t i = 0; i < f.text.n; i++)
		line[i] = f.text.p[i] == '\n' ? ' ' : f.text.p[i];
	*out = slice_from(line, f.text.n);
	return 0;
}

/* --- one value ------------------------------------------------------------------------------- */

/* One line that can be shown as it is. */
static int check_text(const struct yaml_node *node, struct slice s, struct err *err)
{
	if (s.n == 0)
		return yaml_error(node, err, "%.*s is empty: write it, or leave the key out",
		                  SLICE_ARG(node->key));
	if (s.n > TEXT_MAX)
		return yaml_error(node, err, "%.*s has %zu bytes, more than %d: shorten it",
		                  SLICE_ARG(node->key), s.n, TEXT_MAX);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return yaml_error(node, err,
			                  "%.*s has a line break or a control character: write it "
			                  "on one line",
			                  SLICE_ARG(node->key));
	return 0;
}

static int read_text(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc == 0)
		rc = check_text(node, s, err);
	if (rc == 0)
		*out = s;
	return rc;
}

static int read_list(const struct yaml_node *node, struct arena *a, const struct slice **out,
                     size_t *n, struct err *err)
{
	struct slice *list;
	size_t count;
	int rc = yaml_str_list(node, a, &list, &count, err);

	if (rc == 0 && count == 0)
		rc = yaml_error(node, err, "%.*s is empty: name one, or leave the key out",
		                SLICE_ARG(node->key));
	if (rc == 0 && count > LIST_MAX)
		rc = yaml_error(node, err, "%.*s has more than %d elements", SLICE_ARG(node->key),
		                LIST_MAX);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = check_text(node, list[i], err);
		for (size_t k = 0; rc == 0 && k < i; k++)
			if (slice_eq(list[k], list[i]))
				rc = yaml_error(node, err, "%.*s names '%.*s' twice",
				                SLICE_ARG(node->key),
				                SLICE_ARG(slice_sub(list[i], 0, 60)));
	}
	if (rc == 0) {
		*out = list;
		*n = count;
	}
	return rc;
}

static int read_kind(const struct yaml_node *node, enum notice_to *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (!notice_to_parse(s, out) || *out == NOTICE_OWNER)
		return yaml_error(node, err,
		                  "kind is none of registrar, reseller, registry, host, search, "
		                  "advertising, payment, platform, authority, rights: '%.*s'",
		                  SLICE_ARG(slice_sub(s, 0, 40)));
	return 0;
}

/* A page is linked to as it is written, so it is written the one way that we read it. */
static int read_url(const struct yaml_node *node, struct arena *a, struct slice *out,
                    struct err *err)
{
	struct slice s;
	struct url url;
	struct err why;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	rc = url_parse(s, a, &url, &why);
	if (rc == ERR_NOMEM)
		return err_set(err, rc, 0, "providers: no memory");
	if (rc)
		return yaml_error(node, err, "%.*s: %s", SLICE_ARG(node->key), why.what);
	if (!slice_eq_str(url.scheme, "https"))
		return yaml_error(node, err, "%.*s is not https: give an address that is, or none",
		                  SLICE_ARG(node->key));
	if (url.had_userinfo || url.host_is_ip || url.port != 443)
		return yaml_error(node, err,
		                  "%.*s has a user name, a port or a bare address: name the "
		                  "public page",
		                  SLICE_ARG(node->key));
	if (!slice_eq(url.text, s))
		return yaml_error(node, err, "%.*s is not in normal form: write %.*s",
		                  SLICE_ARG(node->key), SLICE_ARG(slice_sub(url.text, 0, 160)));
	*out = s;
	return 0;
}

/* Whether the local part, or one of the words it is put together from, names a function. */
static bool names_a_function(const struct mail_address *m)
{
	struct slice rest = mail_address_local(m);
	struct mail_address word;
	size_t start = 0;

	if (slice_find_slice(rest, SLICE("abuse")) < rest.n)
		return true;
	for (size_t i = 0; i <= rest.n; i++) {
		if (i < rest.n && !strchr("-_.+", rest.p[i]))
			continue;
		char text[MAIL_LOCAL_MAX + sizeof("@a.example")];
		size_t n = i - start;
		memcpy(text, rest.p + start, n);
		memcpy(text + n, "@a.example", sizeof("@a.example") - 1);
		if (mail_address_parse(slice_from(text, n + sizeof("@a.example") - 1), &word,
		                       NULL) == 0 &&
		    mail_address_is_role(&word))
			return true;
		start = i + 1;
	}
	return false;
}

static int read_mail(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct mail_address m;
	struct slice s;
	struct err why;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	rc = mail_address_parse(s, &m, &why);
	if (rc == ERR_NOMEM)
		return err_set(err, rc, 0, "providers: no memory");
	if (rc)
		return yaml_error(node, err, "mail: %s", why.what);
	if (!slice_eq(mail_address_slice(&m), s))
		return yaml_error(node, err, "mail is not in normal form: write %s", m.text);
	if (!names_a_function(&m))
		return yaml_error(node, err,
		                  "mail names no function such as abuse or legal: a person's "
		                  "mailbox is not kept here");
	*out = s;
	return 0;
}

static int read_date(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	int64_t t;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (s.n != strlen("2026-11-22") || timestamp_parse(s, &t, NULL))
		return yaml_error(node, err, "%.*s is not a date of the form 2026-11-22: '%.*s'",
		                  SLICE_ARG(node->key), SLICE_ARG(slice_sub(s, 0, 40)));
	*out = s;
	return 0;
}

/* --- the elements of lists ------------------------------------------------------------------- */

static int check_countries(const struct yaml_node *node, const struct provider *p, struct err *err)
{
	for (size_t i = 0; i < p->country_n; i++) {
		struct slice s = p->country[i];
		if (s.n != 2 || s.p[0] < 'A' || s.p[0] > 'Z' || s.p[1] < 'A' || s.p[1] > 'Z')
			return yaml_error(
				node, err,
				"country is not two capital letters of ISO 3166-1, such as "
				"JP: '%.*s'",
				SLICE_ARG(slice_sub(s, 0, 40)));
		if (slice_eq_str(s, "UK"))
			return yaml_error(node, err, "country UK: the code of ISO 3166-1 is GB");
	}
	return 0;
}

static int check_names(const struct yaml_node *node, const struct slice *list, size_t n,
                       struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!dname_is_canonical(list[i]))
			return yaml_error(
				node, err,
				"%.*s: '%.*s' is no domain name in lower case and A-labels, "
				"without a dot at its ends",
				SLICE_ARG(node->key), SLICE_ARG(slice_sub(list[i], 0, 100)));
	return 0;
}

static int read_prefixes(const struct yaml_node *node, const struct provider *p,
                         struct provider_reading *r, struct err *err)
{
	struct err why;

	r->prefix = arena_array(&r->arena, p->prefix_n, sizeof(*r->prefix));
	if (!r->prefix)
		return err_set(err, ERR_NOMEM, 0, "providers: no memory");
	for (size_t i = 0; i < p->prefix_n; i++) {
		char text[IP_PREFIX_TEXT];
		if (ip_prefix_parse(p->prefix[i], &r->prefix[i], &why))
			return yaml_error(node, err, "%s", why.what);
		ip_prefix_format(&r->prefix[i], text);
		if (!slice_eq_str(p->prefix[i], text))
			return yaml_error(node, err, "prefix is not in normal form: write %s",
			                  text);
	}
	return 0;
}

static int fold_names(const struct yaml_node *root, const struct provider *p,
                      struct provider_reading *r, struct err *err)
{
	r->folded = arena_array(&r->arena, 1 + p->alias_n, sizeof(*r->folded));
	if (!r->folded)
		return err_set(err, ERR_NOMEM, 0, "providers: no memory");
	for (size_t i = 0; i <= p->alias_n; i++) {
		const char *key = i ? "alias" : "name";
		struct slice name = i ? p->alias[i - 1] : p->name;
		int rc = provider_fold(name, &r->arena, &r->folded[i], err);
		if (rc == ERR_SYNTAX)
			return yaml_error(yaml_get(root, key), err,
			                  "%s '%.*s' has neither letter nor digit", key,
			                  SLICE_ARG(slice_sub(name, 0, 60)));
		if (rc)
			return rc;
		r->folded_n = i + 1;
	}
	return 0;
}

/* --- one file -------------------------------------------------------------------------------- */

static int check_key(const struct yaml_node *node, const struct provider *p, struct arena *a,
                     struct err *err)
{
	const char *kind = notice_to_name(p->to);
	size_t n = strlen(kind);
	struct slice want;

	if (p->to == NOTICE_REGISTRAR || p->to == NOTICE_RESELLER) {
		int rc = provider_key(p->to, p->name, p->iana_id, a, &want, err);
		if (rc)
			return rc;
		if (!slice_eq(p->key, want))
			return yaml_error(node, err,
			                  "key is not what observations give: write '%.*s'",
			                  SLICE_ARG(slice_sub(want, 0, 100)));
		return 0;
	}
	bool good = p->key.n > n + 1 && slice_starts(p->key, slice_str(kind)) && p->key.p[n] == ':';
	for (size_t i = n + 1; good && i < p->key.n; i++) {
		char c = p->key.p[i];
		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
	}
	if (!good)
		return yaml_error(
			node, err,
			"key is not '%s:' and a word of small letters, digits, '-' and '.': "
			"'%.*s'",
			kind, SLICE_ARG(slice_sub(p->key, 0, 60)));
	return 0;
}

/* What belongs to one kind alone, and what must be there together. */
static int check_whole(const struct yaml_node *root, const struct provider *p, struct err *err)
{
	const struct {
		const char *key;
		enum notice_to only;
	} rows[] = {
		{ "iana_id", NOTICE_REGISTRAR },
		{ "prefix", NOTICE_HOST },
		{ "nameserver", NOTICE_HOST },
		{ "tld", NOTICE_REGISTRY },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct yaml_node *node = yaml_get(root, rows[i].key);
		if (node && p->to != rows[i].only)
			return yaml_error(node, err, "%s is a %s's, and this is of kind %s",
			                  rows[i].key, notice_to_name(rows[i].only),
			                  notice_to_name(p->to));
	}
	if (p->to == NOTICE_REGISTRY && p->tld_n == 0)
		return yaml_error(root, err, "tld is missing: a registry is found by it");
	if (p->mail.n == 0 && p->form.n == 0)
		return yaml_error(root, err, "neither mail nor form: give one of them");
	if (p->terms.n > 0 && p->terms_says.n == 0)
		return yaml_error(yaml_get(root, "terms"), err,
		                  "terms_says is missing: say in one sentence what they forbid");
	if (p->terms.n == 0 && p->terms_says.n > 0)
		return yaml_error(yaml_get(root, "terms_says"), err,
		                  "terms is missing: give the page that says so");
	return 0;
}

int provider_read_file(const struct yaml_node *root, struct provider_row *row, struct err *err)
{
	static const char *const known[] = { "key",        "kind",    "name",       "alias",
		                             "iana_id",    "country", "prefix",     "nameserver",
		                             "tld",        "mail",    "form",       "demand",
		                             "terms",      "terms_says", "checked", "source",
		                             NULL };
	struct provider *p = &row->p;
	struct arena *a = &row->r.arena;
	const struct {
		const char *key;
		struct slice *to;
		bool must;
	} texts[] = {
		{ "key", &p->key, true },
		{ "name", &p->name, true },
		{ "terms_says", &p->terms_says, false },
		{ "source", &p->source, true },
	};
	const struct {
		const char *key;
		const struct slice **to;
		size_t *n;
	} lists[] = {
		{ "alias", &p->alias, &p->alias_n },
		{ "country", &p->country, &p->country_n },
		{ "prefix", &p->prefix, &p->prefix_n },
		{ "nameserver", &p->nameserver, &p->nameserver_n },
		{ "tld", &p->tld, &p->tld_n },
		{ "demand", &p->demand, &p->demand_n },
	};
	const struct yaml_node *node = NULL;
	int rc = yaml_known_keys(root, known, err);

	if (rc == 0)
		rc = yaml_need(root, "kind", &node, err);
	if (rc == 0)
		rc = read_kind(node, &p->to, err);
	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++) {
		node = yaml_get(root, texts[i].key);
		if (node)
			rc = read_text(node, texts[i].to, err);
		else if (texts[i].must)
			rc = yaml_need(root, texts[i].key, &node, err);
	}
	if (rc == 0)
		rc = yaml_need(root, "checked", &node, err);
	if (rc == 0)
		rc = read_date(node, &p->checked, err);
	if (rc == 0 && (node = yaml_get(root, "iana_id")))
		rc = yaml_i64(node, 1, IANA_ID_MAX, &p->iana_id, err);
	for (size_t i = 0; rc == 0 && i < sizeof(lists) / sizeof(lists[0]); i++)
		if ((node = yaml_get(root, lists[i].key)))
			rc = read_list(node, a, lists[i].to, lists[i].n, err);
	if (rc == 0 && (node = yaml_get(root, "country")))
		rc = check_countries(node, p, err);
	if (rc == 0 && (node = yaml_get(root, "nameserver")))
		rc = check_names(node, p->nameserver, p->nameserver_n, err);
	if (rc == 0 && (node = yaml_get(root, "tld")))
		rc = check_names(node, p->tld, p->tld_n, err);
	if (rc == 0 && (node = yaml_get(root, "prefix")))
		rc = read_prefixes(node, p, &row->r, err);
	if (rc == 0 && (node = yaml_get(root, "mail")))
		rc = read_mail(node, &p->mail, err);
	if (rc == 0 && (node = yaml_get(root, "form")))
		rc = read_url(node, a, &p->form, err);
	if (rc == 0 && (node = yaml_get(root, "terms")))
		rc = read_url(node, a, &p->terms, err);
	if (rc == 0)
		rc = fold_names(root, p, &row->r, err);
	if (rc == 0)
		rc = check_key(yaml_get(root, "key"), p, a, err);
	return rc ? rc : check_whole(root, p, err);
}
