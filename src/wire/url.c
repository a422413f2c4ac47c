/* The parts are cut as RFC 3986 appendix B does, each is normalised into one buffer on the stack
 * of at most URL_MAX bytes, and that is copied into the arena once. */
#include "wire/url.h"

#include "wire/dname.h"
#include "wire/ip.h"

#include <stdio.h>

/* The reference as written: slices into the input. */
struct parts {
	struct slice scheme, authority, path, query;
	bool has_scheme, has_authority, has_query;
};

struct out {
	char p[URL_MAX + 1];
	size_t n;
	bool full;
};

static void put(struct out *o, char c)
{
	if (o->n == URL_MAX)
		o->full = true;
	else
		o->p[o->n++] = c;
}

static void put_slice(struct out *o, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		put(o, s.p[i]);
}

static bool is_alnum(char c)
{
	char l = ascii_lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9');
}

/* RFC 3986 2.3 */
static bool is_unreserved(char c)
{
	return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986 3.3 and 3.4: what may stand in a path or a query as it is. */
static bool may_stand(char c, bool in_query)
{
	return is_unreserved(c) || (c && strchr("!$&'()*+,;=:@/", c)) || (in_query && c == '?');
}

static int hex_of(char c)
{
	c = ascii_lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octet that "%XX" at s[at] stands for, or -1 when it is none. */
static int percent_at(struct slice s, size_t at)
{
	if (s.p[at] != '%' || s.n - at < 3)
		return -1;
	int high = hex_of(s.p[at + 1]), low = hex_of(s.p[at + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* RFC 3986 6.2.2.1 and 6.2.2.2 */
static void put_normal(struct out *o, struct slice s, bool in_query)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		int octet = percent_at(s, i);
		char c = octet >= 0 ? (char)octet : s.p[i];
		if (octet >= 0 ? is_unreserved(c) : may_stand(c, in_query)) {
			put(o, c);
		} else {
			put(o, '%');
			put(o, digit[(unsigned char)c >> 4]);
			put(o, digit[(unsigned char)c & 15]);
		}
		if (octet >= 0)
			i += 2;
	}
}

/* RFC 3986 5.2.4, in place, of a normalised path that begins with "/". */
static void remove_dots(struct out *o, size_t start)
{
	size_t r = start, w = start;

	while (r < o->n) {
		size_t end = r + 1;
		while (end < o->n && o->p[end] != '/')
			end++;
		size_t len = end - r - 1;
		const char *segment = o->p + r + 1;
		bool one = len == 1 && segment[0] == '.';
		bool two = len == 2 && segment[0] == '.' && segment[1] == '.';
		if (two)
			while (w > start && o->p[--w] != '/')
				;
		if (!one && !two) {
			memmove(o->p + w, o->p + r, end - r);
			w += end - r;
		} else if (end == o->n) {
			o->p[w++] = '/'; /* "/a/." and "/a/b/.." end in a folder */
		}
		r = end;
	}
	if (w == start)
		o->p[w++] = '/';
	o->n = w;
}

/* Tab, CR and LF may stand anywhere in a page's reference and mean nothing; other control
 * characters have no business in it. */
static int clean(struct slice text, struct arena *arena, struct slice *out, struct err *err)
{
	text = slice_trim(text);
	if (text.n > URL_MAX)
		return err_set(err, ERR_LIMIT, URL_MAX, "url: %zu octets, %d are allowed", text.n,
		               URL_MAX);
	char *p = arena_alloc(arena, text.n + 1);
	size_t n = 0, query = slice_find(text, '?');
	if (!p)
		return err_set(err, ERR_NOMEM, 0, "url: no memory");
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '\t' || c == '\r' || c == '\n')
			continue;
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return err_set(err, ERR_SYNTAX, i, "url: control character 0x%02x",
			               (unsigned)c);
		p[n++] = c == '\\' && i < query ? '/' : c;
	}
	*out = slice_from(p, n);
	return 0;
}

static struct parts cut(struct slice s)
{
	struct parts p = { 0 };
	size_t i = 0;

	s = slice_sub(s, 0, slice_find(s, '#'));
	while (i < s.n && (is_alnum(s.p[i]) || (i && strchr("+-.", s.p[i]))))
		i++;
	if (i > 0 && i < s.n && s.p[i] == ':' && !(s.p[0] >= '0' && s.p[0] <= '9')) {
		p.scheme = slice_sub(s, 0, i);
		p.has_scheme = true;
		s = slice_sub(s, i + 1, s.n);
	}
	if (s.n >= 2 && s.p[0] == '/' && s.p[1] == '/') {
		size_t end = 2;
		while (end < s.n && s.p[end] != '/' && s.p[end] != '?')
			end++;
		p.authority = slice_sub(s, 2, end);
		p.has_authority = true;
		s = slice_sub(s, end, s.n);
	}
	size_t question = slice_find(s, '?');
	p.path = slice_sub(s, 0, question);
	p.has_query = question < s.n;
	p.query = slice_sub(s, question + 1, s.n);
	return p;
}

static int put_host(struct out *o, struct slice host, struct url *u, struct err *err)
{
	char text[1024];
	size_t n = 0;
	struct ip ip;
	struct dname name;
	char spelled[IP_TEXT];

	if (host.n >= 2 && host.p[0] == '[') {
		if (host.p[host.n - 1] != ']' ||
		    ip_parse(slice_sub(host, 1, host.n - 1), &ip, NULL) < 0 || !ip.is_v6)
			return err_set(err, ERR_SYNTAX, 0, "url: no IPv6 address in [ ]");
		ip_format(&ip, spelled);
		put(o, '[');
		u->host_is_ip = true;
		u->host = slice_from(o->p + o->n, strlen(spelled));
		put_slice(o, slice_str(spelled));
		put(o, ']');
		return 0;
	}
	if (host.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "url: no host");
	for (size_t i = 0; i < host.n; i++) {
		int octet = percent_at(host, i);
		if (n == sizeof(text))
			return err_set(err, ERR_LIMIT, 0, "url: host of over %zu octets",
			               sizeof(text));
		text[n++] = octet >= 0 ? (char)octet : host.p[i];
		i += octet >= 0 ? 2 : 0;
	}
	struct slice plain = slice_from(text, n);
	if (ip_parse(plain, &ip, NULL) == 0 && !ip.is_v6) {
		ip_format(&ip, spelled);
		plain = slice_str(spelled);
		u->host_is_ip = true;
	} else {
		int rc = dname_parse(plain, &name, err);
		if (rc < 0)
			return err ? err_wrap(err, "url: host") : rc;
		plain = dname_slice(&name);
	}
	u->host = slice_from(o->p + o->n, plain.n);
	put_slice(o, plain);
	return 0;
}

static int put_authority(struct out *o, struct slice authority, struct url *u, struct err *err)
{
	/* The last "@" ends the user name: "https://pharmacy.example@rogue.example/" is rogue's. */
	for (size_t i = authority.n; i > 0; i--) {
		if (authority.p[i - 1] == '@') {
			authority = slice_sub(authority, i, authority.n);
			u->had_userinfo = true;
			break;
		}
	}
	size_t colon = authority.n;
	while (colon > 0 && authority.p[colon - 1] >= '0' && authority.p[colon - 1] <= '9')
		colon--;
	struct slice port = { 0 };
	if (colon > 0 && authority.p[colon - 1] == ':') {
		port = slice_sub(authority, colon, authority.n);
		authority = slice_sub(authority, 0, colon - 1);
	}
	int rc = put_host(o, authority, u, err);
	if (rc < 0)
		return rc;
	unsigned usual = u->scheme.n == 5 ? 443 : 80, v = 0;
	for (size_t i = 0; i < port.n; i++) {
		v = v * 10 + (unsigned)(port.p[i] - '0');
		if (v > 65535)
			return err_set(err, ERR_SYNTAX, 0, "url: port over 65535");
	}
	u->port = (uint16_t)(port.n ? v : usual);
	if (u->port != usual) {
		char text[8];
		snprintf(text, sizeof(text), ":%u", u->port);
		put_slice(o, slice_str(text));
	}
	return 0;
}

/* Whether the host, and so the port, of a canonical address was put with another's. */
static struct slice authority_of(const struct url *u)
{
	const char *from = u->text.p + u->scheme.n + 3;
	return slice_from(from, (size_t)(u->path.p - from));
}

static int scheme_of(struct slice s, struct slice *out, struct err *err)
{
	if (slice_eq_nocase(s, SLICE("https")))
		*out = SLICE("https");
	else if (slice_eq_nocase(s, SLICE("http")))
		*out = SLICE("http");
	else
		return err_set(err, ERR_SYNTAX, 0, "url: '%.*s' is neither http nor https",
		               s.n > 40 ? 40 : (int)s.n, s.p ? s.p : "");
	return 0;
}

/* base is NULL for an absolute address. */
static int build(const struct url *base, const struct parts *p, struct arena *arena,
                 struct url *out, struct err *err)
{
	struct out o = { .n = 0 };
	struct url u = { 0 };
	struct slice query = p->query;
	bool same_path = false;
	int rc = p->has_scheme ? scheme_of(p->scheme, &u.scheme, err) : 0;

	if (rc < 0)
		return rc;
	if (!p->has_scheme && !base)
		return err_set(err, ERR_SYNTAX, 0, "url: no scheme");
	if (!p->has_scheme)
		u.scheme = base->scheme;
	/* "https:page" is a reference to browsers when the base has that scheme, else an address
	 * with its slashes forgotten; to RFC 3986 it is neither. */
	if (p->has_scheme && !p->has_authority)
		return err_set(err, ERR_SYNTAX, 0, "url: no host");
	put_slice(&o, u.scheme);
	put_slice(&o, SLICE("://"));
	if (p->has_authority) {
		rc = put_authority(&o, p->authority, &u, err);
		if (rc < 0)
			return rc;
	} else {
		u.host_is_ip = base->host_is_ip;
		u.port = base->port;
		u.host = slice_from(o.p + (base->host.p - base->text.p), base->host.n);
		put_slice(&o, authority_of(base));
	}
	u.has_query = p->has_query;
	size_t path = o.n;
	if (p->has_authority || (p->path.n && p->path.p[0] == '/')) {
		if (p->path.n == 0)
			put(&o, '/');
	} else if (p->path.n == 0) {
		same_path = true;
		put_slice(&o, base->path);
		if (!p->has_query) {
			query = base->query;
			u.has_query = base->has_query;
		}
	} else { /* RFC 3986 5.2.3: behind the last slash of the base */
		size_t end = base->path.n;
		while (end > 0 && base->path.p[end - 1] != '/')
			end--;
		put_slice(&o, slice_sub(base->path, 0, end));
	}
	put_normal(&o, p->path, false);
	if (!same_path && !o.full)
		remove_dots(&o, path);
	size_t path_n = o.n - path;
	if (u.has_query)
		put(&o, '?');
	size_t query_at = o.n;
	if (u.has_query)
		put_normal(&o, query, true);
	if (o.full)
		return err_set(err, ERR_LIMIT, URL_MAX, "url: over %d octets", URL_MAX);

	u.text = arena_copy(arena, slice_from(o.p, o.n));
	if (!u.text.p)
		return err_set(err, ERR_NOMEM, 0, "url: no memory");
	u.scheme.p = u.text.p;
	u.host.p = u.text.p + (u.host.p - o.p);
	u.path = slice_from(u.text.p + path, path_n);
	u.query = slice_from(u.text.p + query_at, o.n - query_at);
	*out = u;
	return 0;
}

int url_parse(struct slice text, struct arena *arena, struct url *out, struct err *err)
{
	struct slice s;
	int rc = clean(text, arena, &s, err);

	if (rc < 0)
		return rc;
	struct parts p = cut(s);
	return build(NULL, &p, arena, out, err);
}

int url_resolve(const struct url *base, struct slice reference, struct arena *arena,
                struct url *out, struct err *err)
{
	struct slice s;
	int rc = clean(reference, arena, &s, err);

	if (rc < 0)
		return rc;
	struct parts p = cut(s);
	return build(base, &p, arena, out, err);
}

bool url_is_under(struct slice url, struct slice prefix)
{
	if (!slice_starts(url, prefix))
		return false;
	if (url.n == prefix.n)
		return true;
	if (slice_find(prefix, '?') < prefix.n)
		return false;
	char next = url.p[prefix.n];
	return (prefix.n && prefix.p[prefix.n - 1] == '/') || next == '/' || next == '?';
}
