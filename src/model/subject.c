#include "model/subject.h"

#include "wire/dname.h"
#include "wire/ip.h"

#include <stdlib.h>

static const char *const kind_names[] = {
	[SUBJECT_REGISTRABLE] = "registrable",
	[SUBJECT_HOST] = "host",
	[SUBJECT_URL] = "url",
	[SUBJECT_IP] = "ip",
	[SUBJECT_PREFIX] = "prefix",
};

/* Prefixes shorter than these are nobody's to answer for: a /8 was a class A network (RFC 4632
 * section 3.1), and holders of IPv6 have /16 at the very most. */
enum { SHORTEST_V4 = 8, SHORTEST_V6 = 16 };

const char *subject_kind_name(enum subject_kind kind)
{
	return kind_names[kind];
}

bool subject_kind_parse(struct slice name, enum subject_kind *out)
{
	for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
		if (slice_eq_str(name, kind_names[i])) {
			*out = (enum subject_kind)i;
			return true;
		}
	}
	return false;
}

int subject_cmp(struct subject a, struct subject b)
{
	if (a.kind != b.kind)
		return a.kind < b.kind ? -1 : 1;
	return slice_cmp(a.key, b.key);
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "subject: no memory");
}

static int keep(enum subject_kind kind, struct slice key, struct arena *arena, struct subject *out,
                struct err *err)
{
	struct slice copy = arena_copy(arena, key);

	if (!copy.p)
		return no_memory(err);
	*out = (struct subject){ kind, copy };
	return 0;
}

/* The subject that a canonical name is by itself. */
static struct subject of_exact_name(struct slice name, const struct suffixes *s)
{
	struct domain d = domain_of(s, name);

	return (struct subject){ !d.tenant.n && slice_eq(name, d.registrable) ? SUBJECT_REGISTRABLE
		                                                              : SUBJECT_HOST,
		                 name };
}

struct subject subject_of_name(struct slice name, const struct suffixes *s)
{
	struct domain d = domain_of(s, name);
	bool is_host = d.tenant.n || !d.registrable.n;

	return (struct subject){ is_host ? SUBJECT_HOST : SUBJECT_REGISTRABLE, domain_site(&d) };
}

struct subject subject_of_url(const struct url *u, const struct suffixes *s)
{
	if (u->host_is_ip)
		return (struct subject){ SUBJECT_IP, u->host };
	return subject_of_name(u->host, s);
}

static int parse_url(struct slice text, const struct suffixes *s, struct arena *arena,
                     struct subject *out, struct err *err)
{
	struct url u;
	struct subject found;

	if (slice_find_slice(text, SLICE("://")) == text.n) {
		if (slice_find(text, '@') < text.n)
			return err_set(err, ERR_SYNTAX, 0, "subject: a mail address is none");
		char *full = arena_printf(arena, "https://%.*s", SLICE_ARG(text));
		if (!full)
			return no_memory(err);
		text = slice_str(full);
	}
	int rc = url_parse(text, arena, &u, err);
	if (rc < 0)
		return rc;
	found = (struct subject){ SUBJECT_URL, u.text };
	bool usual_port = u.port == (u.scheme.n == 5 ? 443 : 80);
	if (u.path.n == 1 && !u.has_query && usual_port)
		found = u.host_is_ip ? (struct subject){ SUBJECT_IP, u.host }
		                     : of_exact_name(u.host, s);
	return keep(found.kind, found.key, arena, out, err);
}

static bool all_digits(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* No name holds one of these; every web address that is no mere name does. */
static bool looks_like_url(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '/' || s.p[i] == ':' || s.p[i] == '?')
			return true;
	return false;
}

int subject_parse(struct slice text, const struct suffixes *s, struct arena *arena,
                  struct subject *out, struct err *err)
{
	struct ip ip;
	struct dname name;
	char spelled[IP_PREFIX_TEXT];

	text = slice_trim(text);
	if (!text.p || text.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "subject: empty");
	if (text.n > URL_MAX)
		return err_set(err, ERR_LIMIT, 0, "subject: %zu octets", text.n);
	size_t slash = slice_find(text, '/');
	if (ip_parse(slice_sub(text, 0, slash), &ip, NULL) == 0) {
		if (slash == text.n) {
			ip_format(&ip, spelled);
			return keep(SUBJECT_IP, slice_str(spelled), arena, out, err);
		}
		/* "192.0.2.1/shop" is a web address, "192.0.2.0/24" a prefix. */
		struct slice rest = slice_sub(text, slash + 1, text.n);
		if (rest.n <= 3 && all_digits(rest)) {
			struct ip_prefix p;
			int rc = ip_prefix_parse(text, &p, err);
			if (rc < 0)
				return rc;
			ip_prefix_format(&p, spelled);
			return keep(SUBJECT_PREFIX, slice_str(spelled), arena, out, err);
		}
	}
	if (looks_like_url(text))
		return parse_url(text, s, arena, out, err);
	int rc = dname_parse(text, &name, err);
	if (rc < 0)
		return rc;
	struct subject found = of_exact_name(dname_slice(&name), s);
	return keep(found.kind, found.key, arena, out, err);
}

static bool is_canonical(enum subject_kind kind, struct slice key)
{
	struct arena arena = { 0 };
	char spelled[IP_PREFIX_TEXT] = "";
	struct ip ip;
	struct ip_prefix prefix;
	struct url url;
	bool same = false;

	switch (kind) {
	case SUBJECT_REGISTRABLE:
	case SUBJECT_HOST: return dname_is_canonical(key);
	case SUBJECT_URL:
		same = url_parse(key, &arena, &url, NULL) == 0 && slice_eq(url.text, key);
		arena_release(&arena);
		return same;
	case SUBJECT_IP:
		if (ip_parse(key, &ip, NULL) == 0)
			ip_format(&ip, spelled);
		break;
	case SUBJECT_PREFIX:
		if (ip_prefix_parse(key, &prefix, NULL) == 0)
			ip_prefix_format(&prefix, spelled);
		break;
	}
	return spelled[0] && slice_eq_str(key, spelled);
}

int subject_from_key(struct slice kind, struct slice key, struct subject *out, struct err *err)
{
	enum subject_kind k;

	if (!subject_kind_parse(kind, &k))
		return err_set(err, ERR_SYNTAX, 0, "subject: unknown kind '%.*s'",
		               kind.n > 40 ? 40 : (int)kind.n, kind.p ? kind.p : "");
	if (!is_canonical(k, key))
		return err_set(err, ERR_SYNTAX, 0, "subject: '%.*s' is no canonical %s",
		               key.n > 120 ? 120 : (int)key.n, key.p ? key.p : "", kind_names[k]);
	*out = (struct subject){ k, key };
	return 0;
}

int subject_site(struct subject of, const struct suffixes *s, struct arena *arena,
                 struct subject *out, struct err *err)
{
	struct url u;
	int rc;

	switch (of.kind) {
	case SUBJECT_REGISTRABLE:
	case SUBJECT_HOST: *out = subject_of_name(of.key, s); return 0;
	case SUBJECT_URL:
		rc = url_parse(of.key, arena, &u, err);
		if (rc == 0)
			*out = subject_of_url(&u, s);
		return rc;
	case SUBJECT_IP:
	case SUBJECT_PREFIX: break;
	}
	*out = of;
	return 0;
}

struct chain {
	struct arena *arena;
	struct subject *subject; /* room for .cap */
	size_t n, cap;
	bool failed;
};

static void add(struct chain *c, enum subject_kind kind, struct slice key)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 16;
		struct subject *more = arena_array(c->arena, cap, sizeof(*more));
		if (!more) {
			c->failed = true;
			return;
		}
		if (c->n)
			memcpy(more, c->subject, c->n * sizeof(*more));
		c->subject = more;
		c->cap = cap;
	}
	c->subject[c->n++] = (struct subject){ kind, key };
}

static void add_copy(struct chain *c, enum subject_kind kind, struct slice key)
{
	struct slice copy = arena_copy(c->arena, key);

	if (!copy.p)
		c->failed = true;
	else
		add(c, kind, copy);
}

static void add_names(struct chain *c, struct slice name, const struct suffixes *s)
{
	struct domain d = domain_of(s, name);
	struct slice site = domain_site(&d);

	for (struct slice at = name; at.n >= site.n; at = dname_parent(at)) {
		struct subject exact = of_exact_name(at, s);
		add(c, exact.kind, at);
		add(c, exact.kind == SUBJECT_HOST ? SUBJECT_REGISTRABLE : SUBJECT_HOST, at);
		if (at.n == site.n)
			break;
	}
}

static void add_prefixes(struct chain *c, const struct ip *ip, unsigned from)
{
	unsigned to = ip->is_v6 ? SHORTEST_V6 : SHORTEST_V4;

	for (unsigned bits = from; bits >= to; bits--) {
		struct ip_prefix p = ip_prefix_of(ip, bits);
		char text[IP_PREFIX_TEXT];
		ip_prefix_format(&p, text);
		add_copy(c, SUBJECT_PREFIX, slice_str(text));
	}
}

/* An address in its own scheme, then in the other one where the port is the usual one. */
static void add_address(struct chain *c, const struct url *u, struct slice text)
{
	add_copy(c, SUBJECT_URL, text);
	if (u->port != (u->scheme.n == 5 ? 443 : 80))
		return;
	char *other = arena_printf(c->arena, "%s%.*s", u->scheme.n == 5 ? "http" : "https",
	                           (int)(text.n - u->scheme.n), text.p + u->scheme.n);
	if (!other)
		c->failed = true;
	else
		add(c, SUBJECT_URL, slice_str(other));
}

static int add_url(struct chain *c, struct slice key, const struct suffixes *s, struct err *err)
{
	struct url u;
	struct ip ip;
	int rc = url_parse(key, c->arena, &u, err);

	if (rc < 0)
		return rc;
	size_t host_end = (size_t)(u.path.p - u.text.p), end = host_end + u.path.n;
	if (u.has_query)
		add_address(c, &u, u.text);
	add_address(c, &u, slice_sub(u.text, 0, end));
	/* Each folder, as "/a/" and, since a decision may have been written so, as "/a". */
	for (; end > host_end; end--) {
		if (u.text.p[end - 1] != '/')
			continue;
		if (end < host_end + u.path.n)
			add_address(c, &u, slice_sub(u.text, 0, end));
		if (end - 1 > host_end)
			add_address(c, &u, slice_sub(u.text, 0, end - 1));
	}
	if (!u.host_is_ip) {
		add_names(c, u.host, s);
	} else if (ip_parse(u.host, &ip, NULL) == 0) {
		add(c, SUBJECT_IP, u.host);
		add_prefixes(c, &ip, ip.is_v6 ? 128 : 32);
	}
	return 0;
}

int subject_chain(struct subject of, const struct suffixes *s, struct arena *arena,
                  struct subject **out, size_t *n, struct err *err)
{
	struct chain c = { .arena = arena };
	struct ip ip;
	struct ip_prefix prefix;
	int rc = 0;

	switch (of.kind) {
	case SUBJECT_REGISTRABLE:
	case SUBJECT_HOST: add_names(&c, of.key, s); break;
	case SUBJECT_URL: rc = add_url(&c, of.key, s, err); break;
	case SUBJECT_IP:
		rc = ip_parse(of.key, &ip, err);
		add(&c, SUBJECT_IP, of.key);
		if (rc == 0)
			add_prefixes(&c, &ip, ip.is_v6 ? 128 : 32);
		break;
	case SUBJECT_PREFIX:
		rc = ip_prefix_parse(of.key, &prefix, err);
		if (rc == 0)
			add_prefixes(&c, &prefix.ip, prefix.bits);
		break;
	}
	if (rc < 0)
		return rc;
	if (c.failed)
		return no_memory(err);
	*out = c.subject;
	*n = c.n;
	return 0;
}
