#include "wire/endpoint.h"

#include <stdio.h>

enum { PORT_DIGITS = 5 };

/* What stands behind the host: nothing, or ":" and a number. */
static bool read_port(struct slice s, uint16_t *port)
{
	unsigned n = 0;

	if (s.n == 0)
		return *port != 0;
	if (s.p[0] != ':' || s.n < 2 || s.n > 1 + PORT_DIGITS)
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (unsigned)(s.p[i] - '0');
	}
	*port = (uint16_t)n;
	return n > 0 && n <= UINT16_MAX;
}

int endpoint_parse(struct slice text, uint16_t port, struct endpoint *out, struct err *err)
{
	struct endpoint e = { .port = port };
	size_t colon = slice_find(text, ':');
	struct slice host = slice_sub(text, 0, colon), rest = slice_sub(text, colon, text.n);
	bool wants_v6 = false;
	struct dname name;

	if (text.n && text.p[0] == '[') {
		size_t end = slice_find(text, ']');
		host = slice_sub(text, 1, end);
		rest = slice_sub(text, end + 1, text.n);
		if (end == text.n)
			return err_set(err, ERR_SYNTAX, end, "endpoint: no ]");
		wants_v6 = true;
	} else if (rest.n && slice_find(slice_sub(rest, 1, rest.n), ':') < rest.n - 1) {
		host = text; /* two colons: all of it is an IPv6 address */
		rest = (struct slice){ NULL, 0 };
		wants_v6 = true;
	}
	if (!read_port(rest, &e.port))
		return err_set(err, ERR_SYNTAX, text.n - rest.n, "endpoint: no port");
	e.is_ip = ip_parse(host, &e.ip, NULL) == 0;
	if (wants_v6 && !(e.is_ip && e.ip.is_v6))
		return err_set(err, ERR_SYNTAX, 0, "endpoint: no address");
	if (e.is_ip)
		ip_format(&e.ip, e.host);
	else if (dname_parse(host, &name, NULL) == 0)
		snprintf(e.host, sizeof(e.host), "%s", name.text);
	else
		return err_set(err, ERR_SYNTAX, 0, "endpoint: no host");
	*out = e;
	return 0;
}

void endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT])
{
	snprintf(out, ENDPOINT_TEXT, e->is_ip && e->ip.is_v6 ? "[%s]:%u" : "%s:%u", e->host, e->port);
}
