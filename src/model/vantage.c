#include "model/vantage.h"

#include "model/country.h"
#include "wire/dname.h"
#include "wire/ip.h"
#include "wire/url.h"

#include <stddef.h>

/* Texts of a vantage, by the names that files and records give them. */
static const struct {
	const char *name;
	size_t at;
} texts[] = {
	{ "name", offsetof(struct vantage, name) },
	{ "country", offsetof(struct vantage, country) },
	{ "proxy", offsetof(struct vantage, proxy) },
	{ "local_address", offsetof(struct vantage, local_address) },
	{ "accept_language", offsetof(struct vantage, accept_language) },
	{ "user_agent", offsetof(struct vantage, user_agent) },
	{ "referer", offsetof(struct vantage, referer) },
};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static const struct slice *text_of(const struct vantage *v, size_t i)
{
	return (const void *)((const char *)v + texts[i].at);
}

const struct vantage *vantage_direct(void)
{
	static const struct vantage direct = {
		.name = { "direct", 6 },
		.country = { "ZZ", 2 },
		.accept_language = { "en-US,en;q=0.5", 14 },
		.user_agent = { "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 "
		                "Firefox/128.0",
		                80 },
	};
	return &direct;
}

static int bad(struct err *err, const char *field, const char *why)
{
	return err_set(err, ERR_SYNTAX, 0, "%s: %s", field, why);
}

static int check_name(struct slice s, struct err *err)
{
	if (s.n == 0 || s.n > VANTAGE_NAME_MAX)
		return bad(err, "name", "a name of 1 to 64 characters must stand there");
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' &&
		    c != '.')
			return bad(err, "name", "letters, digits, '-', '_' and '.' only");
	}
	return 0;
}

/* RFC 9110 5.5: visible characters, spaces between them; ours are ASCII. */
static int check_value(struct slice s, const char *field, struct err *err)
{
	if (s.n > VANTAGE_VALUE_MAX)
		return bad(err, field, "longer than 1000 bytes");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7f)
			return bad(err, field, "a control character");
		if (c > 0x7e)
			return bad(err, field, "a character that is not ASCII");
	}
	if (slice_trim(s).n != s.n)
		return bad(err, field, "white space at its start or end");
	return 0;
}

static bool port_is_good(struct slice s)
{
	unsigned long n = 0;

	if (s.n == 0 || s.n > 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (unsigned long)(s.p[i] - '0');
	}
	return n >= 1 && n <= 65535;
}

/* "http://HOST:PORT" or "socks5://HOST:PORT"; HOST a canonical name or an address. */
static int check_proxy(struct slice s, struct err *err)
{
	static const char wanted[] = "write http://HOST:PORT or socks5://HOST:PORT";
	struct slice rest, host, port;
	struct ip ip;

	if (slice_starts(s, SLICE("http://")))
		rest = slice_sub(s, 7, s.n);
	else if (slice_starts(s, SLICE("socks5://")))
		rest = slice_sub(s, 9, s.n);
	else
		return bad(err, "proxy", wanted);
	if (slice_find(rest, '@') < rest.n)
		return bad(err, "proxy",
		           "no user name or password here: let the proxy go by address");
	if (rest.n && rest.p[0] == '[') {
		size_t end = slice_find(rest, ']');
		host = slice_sub(rest, 1, end);
		port = slice_sub(rest, end + 1, rest.n);
		if (ip_parse(host, &ip, NULL) || !ip.is_v6)
			return bad(err, "proxy", wanted);
	} else {
		size_t end = slice_find(rest, ':');
		host = slice_sub(rest, 0, end);
		port = slice_sub(rest, end, rest.n);
		if (ip_parse(host, &ip, NULL) && !dname_is_canonical(host))
			return bad(err, "proxy", wanted);
	}
	if (port.n == 0 || port.p[0] != ':' || !port_is_good(slice_sub(port, 1, port.n)))
		return bad(err, "proxy", wanted);
	return 0;
}

static int check_referer(struct slice s, struct err *err)
{
	struct arena arena = { 0 };
	struct url u;
	int rc = url_parse(s, &arena, &u, NULL);

	arena_release(&arena);
	return rc ? bad(err, "referer", "write a web address: https://www.google.co.jp/") : 0;
}

int vantage_check(const struct vantage *v, struct err *err)
{
	struct ip ip;
	int rc = check_name(v->name, err);

	if (rc == 0 && !country_is_code(v->country))
		rc = bad(err, "country", "two capital letters must stand there (ZZ: not known)");
	if (rc == 0 && v->proxy.n)
		rc = check_proxy(v->proxy, err);
	if (rc == 0 && v->local_address.n && ip_parse(v->local_address, &ip, NULL))
		rc = bad(err, "local_address", "write an address of this machine: 192.0.2.7");
	if (rc == 0 && v->trusted && !v->proxy.n)
		rc = bad(err, "trusted", "there is no proxy to trust: take it out");
	if (rc == 0)
		rc = check_value(v->accept_language, "accept_language", err);
	if (rc == 0)
		rc = check_value(v->user_agent, "user_agent", err);
	if (rc == 0)
		rc = check_value(v->referer, "referer", err);
	if (rc == 0 && v->referer.n)
		rc = check_referer(v->referer, err);
	return rc;
}

json_t *vantage_to_json(const struct vantage *v)
{
	json_t *o = json_object();
	int failed = json_put_flag(o, "trusted", v->trusted);

	for (size_t i = 0; i < TEXTS; i++)
		if (text_of(v, i)->n)
			failed |= json_put_str(o, texts[i].name, *text_of(v, i));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int vantage_from_json(const json_t *object, struct arena *arena, struct vantage *out,
                      struct err *err)
{
	struct vantage v = { .trusted = json_flag(object, "trusted", false) };

	for (size_t i = 0; i < TEXTS; i++) {
		struct slice s = json_str(object, texts[i].name);
		struct slice *to = (void *)((char *)&v + texts[i].at);
		if (s.n && !(*to = arena_copy(arena, s)).p)
			return err_set(err, ERR_NOMEM, 0, "vantage: no memory");
	}
	int rc = vantage_check(&v, err);
	if (rc && err)
		err_wrap(err, "vantage");
	if (rc)
		return rc;
	*out = v;
	return 0;
}
