/* Heads are checked as a whole and then cut; a body is not looked at. */
#include "wire/proxy.h"

#include "wire/url.h"

#include <stdio.h>

enum { CONNECT_MAX = 300, SOCKS_NAME_MAX = 255 };

size_t proxy_head_length(struct slice bytes)
{
	size_t at = slice_find_slice(bytes, SLICE("\r\n\r\n"));

	return at < bytes.n ? at + 4 : 0;
}

/* RFC 9110 5.6.2 */
static bool is_token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !(c && strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return s.n > 0;
}

static bool is_visible(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

/* One line up to its CRLF; what is left follows it. */
static bool cut_line(struct slice *rest, struct slice *line)
{
	size_t at = slice_find_slice(*rest, SLICE("\r\n"));

	if (at >= rest->n)
		return false;
	*line = slice_sub(*rest, 0, at);
	*rest = slice_sub(*rest, at + 2, rest->n);
	return true;
}

static bool cut_field(struct slice *rest, struct slice *name, struct slice *value)
{
	struct slice line;

	if (!cut_line(rest, &line))
		return false;
	size_t colon = slice_find(line, ':');
	*name = slice_sub(line, 0, colon);
	*value = slice_trim(slice_sub(line, colon + 1, line.n));
	return true;
}

static bool get_length(struct slice value, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9' || n > UINT64_MAX / 10 - 1)
			return false;
		n = n * 10 + (uint64_t)(value.p[i] - '0');
	}
	*out = n;
	return value.n > 0;
}

static int check_fields(struct proxy_request *q, struct err *err)
{
	struct slice rest = q->fields, line;
	size_t lengths = 0;

	while (rest.n) {
		struct slice at = rest, name, value;
		if (!cut_line(&rest, &line) || slice_find(line, ':') >= line.n ||
		    !cut_field(&at, &name, &value) || !is_token(name))
			return err_set(err, ERR_SYNTAX, 0, "proxy: a line that is no field");
		for (size_t i = 0; i < value.n; i++)
			if ((unsigned char)value.p[i] < 0x20 && value.p[i] != '\t')
				return err_set(err, ERR_SYNTAX, 0, "proxy: a control character");
		if (slice_eq_nocase(name, SLICE("transfer-encoding")))
			return err_set(err, ERR_SYNTAX, 0, "proxy: a transfer coding");
		if (slice_eq_nocase(name, SLICE("content-length")) &&
		    (lengths++ || !get_length(value, &q->length)))
			return err_set(err, ERR_SYNTAX, 0, "proxy: no length");
	}
	return 0;
}

/* Host and port of "http://AUTHORITY/" alone. */
static int get_authority(struct slice authority, struct arena *a, struct proxy_request *q,
                         struct err *err)
{
	struct url u;
	char *text = arena_printf(a, "http://%.*s/", SLICE_ARG(authority));

	if (!text)
		return err_set(err, ERR_NOMEM, 0, "proxy: no memory");
	for (size_t i = 0; i < authority.n; i++)
		if (strchr("/\\?#@%", authority.p[i]))
			return err_set(err, ERR_SYNTAX, 0, "proxy: no host and port");
	int rc = url_parse(slice_str(text), a, &u, err);
	if (rc)
		return rc;
	q->host = u.host;
	q->host_is_ip = u.host_is_ip;
	q->port = u.port;
	return 0;
}

static int get_target(struct slice target, struct arena *a, struct proxy_request *q,
                      struct err *err)
{
	static const char scheme[] = "http://";
	size_t n = sizeof(scheme) - 1;

	if (q->is_tunnel) {
		/* The port is not left out (RFC 9110 9.3.6). */
		if (target.n > CONNECT_MAX || slice_find(target, ':') >= target.n ||
		    target.p[target.n - 1] < '0' || target.p[target.n - 1] > '9')
			return err_set(err, ERR_SYNTAX, 0, "proxy: no host and port");
		return get_authority(target, a, q, err);
	}
	if (target.n > URL_MAX ||
	    !slice_eq_nocase(slice_sub(target, 0, n), SLICE("http://")))
		return err_set(err, ERR_SYNTAX, 0, "proxy: no http address");
	struct slice rest = slice_sub(target, n, target.n);
	size_t end = 0;
	while (end < rest.n && !strchr("/?", rest.p[end]))
		end++;
	q->target = slice_sub(rest, end, rest.n);
	if (slice_find(q->target, '#') < q->target.n)
		return err_set(err, ERR_SYNTAX, 0, "proxy: a fragment");
	return get_authority(slice_sub(rest, 0, end), a, q, err);
}

int proxy_request_parse(struct slice head, struct arena *a, struct proxy_request *out,
                        struct err *err)
{
	struct proxy_request q = { 0 };
	struct slice rest = head, line, version;

	if (head.n > PROXY_HEAD_MAX || head.n < 4 || proxy_head_length(head) != head.n ||
	    !cut_line(&rest, &line))
		return err_set(err, ERR_SYNTAX, 0, "proxy: no head");
	size_t first = slice_find(line, ' ');
	q.method = slice_sub(line, 0, first);
	struct slice target = slice_sub(line, first + 1, line.n);
	size_t second = slice_find(target, ' ');
	version = slice_sub(target, second + 1, target.n);
	target = slice_sub(target, 0, second);
	if (!is_token(q.method) || !is_visible(target) ||
	    !(slice_eq(version, SLICE("HTTP/1.1")) || slice_eq(version, SLICE("HTTP/1.0"))))
		return err_set(err, ERR_SYNTAX, 0, "proxy: no request line");
	q.fields = slice_sub(rest, 0, rest.n - 2);
	q.is_tunnel = slice_eq(q.method, SLICE("CONNECT"));
	int rc = check_fields(&q, err);
	if (rc == 0)
		rc = get_target(target, a, &q, err);
	if (rc == 0)
		*out = q;
	return rc;
}

/* RFC 9110 7.6.1, and what is said to a proxy. */
static bool is_between_neighbours(struct slice name)
{
	static const char *const names[] = { "connection", "keep-alive", "te", "trailer", "upgrade",
		                             "host" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_nocase(name, slice_str(names[i])))
			return true;
	return slice_eq_nocase(slice_sub(name, 0, 6), SLICE("proxy-"));
}

static void put_host(struct slice host, uint16_t port, uint16_t without, struct buf *out)
{
	bool is_v6 = slice_find(host, ':') < host.n;

	buf_printf(out, is_v6 ? "[%.*s]" : "%.*s", SLICE_ARG(host));
	if (port != without)
		buf_printf(out, ":%u", (unsigned)port);
}

void proxy_request_forward(const struct proxy_request *q, bool absolute, struct buf *out)
{
	struct slice rest = q->fields, name, value;

	buf_printf(out, "%.*s ", SLICE_ARG(q->method));
	if (absolute) {
		buf_puts(out, "http://");
		put_host(q->host, q->port, 80, out);
	}
	if (q->target.n == 0 || q->target.p[0] != '/')
		buf_putc(out, '/');
	buf_put(out, q->target);
	buf_puts(out, " HTTP/1.1\r\nHost: ");
	put_host(q->host, q->port, 80, out);
	buf_puts(out, "\r\n");
	while (rest.n && cut_field(&rest, &name, &value))
		if (!is_between_neighbours(name))
			buf_printf(out, "%.*s: %.*s\r\n", SLICE_ARG(name), SLICE_ARG(value));
	buf_puts(out, "Connection: close\r\n\r\n");
}

void proxy_connect_put(struct slice name, const struct ip *address, uint16_t port, struct buf *out)
{
	char text[IP_TEXT];

	if (address) {
		ip_format(address, text);
		name = slice_str(text);
	}
	buf_puts(out, "CONNECT ");
	put_host(name, port, 0, out);
	buf_puts(out, " HTTP/1.1\r\nHost: ");
	put_host(name, port, 0, out);
	buf_puts(out, "\r\n\r\n");
}

void proxy_socks_put(struct slice name, const struct ip *address, uint16_t port, struct buf *out)
{
	const char at[] = { (char)(port >> 8), (char)(port & 0xff) };

	buf_put(out, SLICE("\x05\x01\x00"));
	if (address) {
		buf_putc(out, address->is_v6 ? 4 : 1);
		buf_put(out, slice_from((const char *)address->b, address->is_v6 ? 16 : 4));
	} else {
		size_t n = name.n < SOCKS_NAME_MAX ? name.n : SOCKS_NAME_MAX;
		buf_putc(out, 3);
		buf_putc(out, (char)n);
		buf_put(out, slice_sub(name, 0, n));
	}
	buf_put(out, slice_from(at, sizeof(at)));
}

int proxy_connect_answer(struct slice bytes, size_t *used, bool *open, struct err *err)
{
	static const char start[] = "HTTP/1.";
	size_t n = sizeof(start) - 1, length = proxy_head_length(bytes);

	if (!slice_starts(bytes, slice_sub(SLICE("HTTP/1."), 0, bytes.n)) ||
	    (!length && bytes.n > PROXY_HEAD_MAX))
		return err_set(err, ERR_SYNTAX, 0, "proxy: no answer of HTTP");
	if (!length)
		return 0;
	/* "HTTP/1.1 200" */
	if (length < n + 5 || bytes.p[n + 1] != ' ')
		return err_set(err, ERR_SYNTAX, 0, "proxy: no status");
	*used = length;
	*open = bytes.p[n + 2] == '2';
	return 1;
}

int proxy_socks_answer(struct slice bytes, size_t *used, bool *open, struct err *err)
{
	const unsigned char *b = (const unsigned char *)bytes.p;

	if ((bytes.n > 0 && b[0] != 5) || (bytes.n > 2 && b[2] != 0) ||
	    (bytes.n > 3 && b[3] != 1 && b[3] != 3 && b[3] != 4))
		return err_set(err, ERR_SYNTAX, 0, "proxy: no answer of SOCKS5");
	if (bytes.n < 5)
		return 0;
	size_t n = 6 + (b[3] == 1 ? 4u : b[3] == 4 ? 16u : 1u + b[4]);
	if (bytes.n < n)
		return 0;
	*used = n;
	*open = b[1] == 0;
	return 1;
}
