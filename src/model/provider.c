/* One file, one arena, as in model/contacts.c: a file that is refused gives its arena back, and the set
 * never saw it. Providers lie sorted by key; beside each lie its names folded and its prefixes parsed,
 * so that a look-up compares bytes and folds nothing but what is asked for.
 *
 * The reader is strict because a notice goes where a row says, and nobody proofreads an address then:
 * a person's mailbox, an address that is not https, a prefix with bits behind it, a fact without a
 * source are refused with their line. */
#include "model/provider.h"

#include "wire/dname.h"
#include "wire/fold.h"
#include "wire/ip.h"
#include "wire/mail_address.h"
#include "wire/timestamp.h"
#include "wire/url.h"
#include "wire/yaml.h"

#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 600,   /* bytes of a name, a sentence or a source */
	LIST_MAX = 4096,  /* elements of a list: a CDN publishes some dozens of prefixes */
	NAME_LIMIT = 256,  /* bytes of a name that is looked for */
	IANA_ID_MAX = 99999999, /* the registry's own numbers have up to 7 digits */
};

/* What stands beside a provider for looking it up. */
struct reading {
	struct arena arena; /* of its file: owns the provider's texts too */
	const char *file;
	struct slice *folded; /* name first, then the aliases */
	size_t folded_n;
	struct ip_prefix *prefix;
};

struct row {
	struct provider p;
	struct reading r;
};

struct providers {
	struct provider *list; /* sorted by key; what readers see */
	struct reading *beside; /* of the same place */
	size_t n;
};

int providers_new(struct providers **out, struct err *err)
{
	struct providers *p = calloc(1, sizeof(*p));

	if (!p)
		return err_set(err, ERR_NOMEM, 0, "providers: no memory");
	*out = p;
	return 0;
}

void providers_free(struct providers *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		arena_release(&p->beside[i].arena);
	free(p->beside);
	free(p->list);
	free(p);
}

/* A name as it is compared: folded, on one line. */
static int fold_name(struct slice name, struct arena *a, struct slice *out, struct err *err)
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

int provider_key(enum notice_to to, struct slice name, int64_t iana_id, struct arena *a,
                 struct slice *out, struct err *err)
{
	const char *text;
	struct slice folded;

	if (to == NOTICE_REGISTRAR && iana_id > 0) {
		text = arena_printf(a, "%s:%lld", notice_to_name(to), (long long)iana_id);
	} else {
		int rc = fold_name(name, a, &folded, err);
		if (rc)
			return rc;
		text = arena_printf(a, "%s:%.*s", notice_to_name(to), SLICE_ARG(folded));
	}
	if (!text)
		return err_set(err, ERR_NOMEM, 0, "provider: no memory");
	*out = slice_str(text);
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
		if (mail_address_parse(slice_from(text, n + sizeof("@a.example") - 1), &word, NULL) ==
		            0 &&
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
			return yaml_error(node, err,
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
			return yaml_error(node, err,
			                  "%.*s: '%.*s' is no domain name in lower case and A-labels, "
			                  "without a dot at its ends",
			                  SLICE_ARG(node->key),
			                  SLICE_ARG(slice_sub(list[i], 0, 100)));
	return 0;
}

static int read_prefixes(const struct yaml_node *node, const struct provider *p, struct reading *r,
                         struct err *err)
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
			return yaml_error(node, err, "prefix is not in normal form: write %s", text);
	}
	return 0;
}

static int fold_names(const struct yaml_node *root, const struct provider *p, struct reading *r,
                      struct err *err)
{
	r->folded = arena_array(&r->arena, 1 + p->alias_n, sizeof(*r->folded));
	if (!r->folded)
		return err_set(err, ERR_NOMEM, 0, "providers: no memory");
	for (size_t i = 0; i <= p->alias_n; i++) {
		const char *key = i ? "alias" : "name";
		struct slice name = i ? p->alias[i - 1] : p->name;
		int rc = fold_name(name, &r->arena, &r->folded[i], err);
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
			return yaml_error(node, err, "key is not what observations give: write '%.*s'",
			                  SLICE_ARG(slice_sub(want, 0, 100)));
		return 0;
	}
	bool good = p->key.n > n + 1 && slice_starts(p->key, slice_str(kind)) && p->key.p[n] == ':';
	for (size_t i = n + 1; good && i < p->key.n; i++) {
		char c = p->key.p[i];
		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
	}
	if (!good)
		return yaml_error(node, err,
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

static int read_file(const struct yaml_node *root, struct row *row, struct err *err)
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
		{ "alias", &p->alias, &p->alias_n },       { "country", &p->country, &p->country_n },
		{ "prefix", &p->prefix, &p->prefix_n },    { "nameserver", &p->nameserver, &p->nameserver_n },
		{ "tld", &p->tld, &p->tld_n },             { "demand", &p->demand, &p->demand_n },
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

/* --- the set --------------------------------------------------------------------------------- */

static bool share_a_prefix(const struct reading *a, size_t an, const struct reading *b, size_t bn)
{
	for (size_t i = 0; i < an; i++)
		for (size_t k = 0; k < bn; k++)
			if (a->prefix[i].bits == b->prefix[k].bits &&
			    ip_eq(&a->prefix[i].ip, &b->prefix[k].ip))
				return true;
	return false;
}

static bool share_a_text(const struct slice *a, size_t an, const struct slice *b, size_t bn)
{
	for (size_t i = 0; i < an; i++)
		for (size_t k = 0; k < bn; k++)
			if (slice_eq(a[i], b[k]))
				return true;
	return false;
}

/* A look-up must not depend on the order in which files were read: what finds a row finds but one. */
static int check_beside(const struct providers *p, const struct yaml_node *root,
                        const struct row *row, struct err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct provider *o = &p->list[i];
		const struct reading *r = &p->beside[i];
		const char *twice = NULL;

		if (slice_eq(o->key, row->p.key))
			twice = "key";
		else if (o->to == row->p.to &&
		         share_a_text(r->folded, r->folded_n, row->r.folded, row->r.folded_n))
			twice = "name";
		else if (share_a_text(o->nameserver, o->nameserver_n, row->p.nameserver,
		                      row->p.nameserver_n))
			twice = "nameserver";
		else if (share_a_text(o->tld, o->tld_n, row->p.tld, row->p.tld_n))
			twice = "tld";
		else if (share_a_prefix(r, o->prefix_n, &row->r, row->p.prefix_n))
			twice = "prefix";
		if (twice)
			return yaml_error(yaml_get(root, twice), err,
			                  "%s is %.*s's already, in %s: one file a provider", twice,
			                  SLICE_ARG(slice_sub(o->key, 0, 60)), r->file);
	}
	return 0;
}

/* Room for one more; what is there stays where readers found it only until the next add. */
static int grow(struct providers *p, struct err *err)
{
	struct provider *list = realloc(p->list, (p->n + 1) * sizeof(*list));

	if (list)
		p->list = list;
	struct reading *beside = realloc(p->beside, (p->n + 1) * sizeof(*beside));
	if (beside)
		p->beside = beside;
	return list && beside ? 0 : err_set(err, ERR_NOMEM, 0, "providers: no memory");
}

int providers_add(struct providers *p, struct slice text, const char *file, struct err *err)
{
	const struct yaml_node *root = NULL;
	struct row row = { 0 };
	size_t at = 0;
	int rc = yaml_parse(text, file, &row.r.arena, &root, err);

	if (rc == 0)
		rc = yaml_expect(root, YAML_MAPPING, err);
	if (rc == 0)
		rc = read_file(root, &row, err);
	if (rc == 0)
		rc = check_beside(p, root, &row, err);
	if (rc == 0)
		rc = grow(p, err);
	if (rc) {
		arena_release(&row.r.arena);
		return rc;
	}
	row.r.file = root->file;
	while (at < p->n && slice_cmp(p->list[at].key, row.p.key) < 0)
		at++;
	memmove(p->list + at + 1, p->list + at, (p->n - at) * sizeof(*p->list));
	memmove(p->beside + at + 1, p->beside + at, (p->n - at) * sizeof(*p->beside));
	p->list[at] = row.p;
	p->beside[at] = row.r;
	p->n++;
	return 0;
}

const struct provider *providers_find(const struct providers *p, struct slice key)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = slice_cmp(p->list[mid].key, key);
		if (c == 0)
			return &p->list[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct provider *providers_named(const struct providers *p, enum notice_to to,
                                       struct slice name)
{
	const struct provider *found = NULL;
	struct arena a = { 0 };
	struct slice folded;

	if (name.n <= NAME_LIMIT && fold_name(name, &a, &folded, NULL) == 0)
		for (size_t i = 0; i < p->n && !found; i++)
			for (size_t k = 0; p->list[i].to == to && k < p->beside[i].folded_n; k++)
				if (slice_eq(p->beside[i].folded[k], folded))
					found = &p->list[i];
	arena_release(&a);
	return found;
}

const struct provider *providers_registrar(const struct providers *p, int64_t iana_id,
                                           struct slice name)
{
	for (size_t i = 0; iana_id > 0 && i < p->n; i++)
		if (p->list[i].to == NOTICE_REGISTRAR && p->list[i].iana_id == iana_id)
			return &p->list[i];
	const struct provider *named = providers_named(p, NOTICE_REGISTRAR, name);
	return named && iana_id > 0 && named->iana_id > 0 ? NULL : named;
}

const struct provider *providers_of_address(const struct providers *p, struct slice ip)
{
	const struct provider *found = NULL;
	unsigned bits = 0;
	struct ip address;

	if (ip_parse(ip, &address, NULL))
		return NULL;
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->list[i].prefix_n; k++) {
			const struct ip_prefix *prefix = &p->beside[i].prefix[k];
			if (ip_prefix_holds(prefix, &address) && (!found || prefix->bits > bits)) {
				found = &p->list[i];
				bits = prefix->bits;
			}
		}
	return found;
}

const struct provider *providers_of_nameserver(const struct providers *p, struct slice name)
{
	const struct provider *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->list[i].nameserver_n; k++) {
			struct slice zone = p->list[i].nameserver[k];
			if (zone.n > longest && dname_is_under(name, zone)) {
				found = &p->list[i];
				longest = zone.n;
			}
		}
	return found;
}

const struct provider *providers_of_tld(const struct providers *p, struct slice tld)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->list[i].tld_n; k++)
			if (slice_eq(p->list[i].tld[k], tld))
				return &p->list[i];
	return NULL;
}

const struct provider *providers_all(const struct providers *p, size_t *n)
{
	*n = p->n;
	return p->list;
}
