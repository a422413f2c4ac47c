#include "wire/ip.h"

#include <stdio.h>

/* One decimal number up to max at the front of *s, without leading zeros; -1 when there is none. */
static int take_decimal(struct slice *s, int max)
{
	int v = 0;
	size_t n = 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') {
		if (n > 0 && v == 0)
			return -1;
		v = v * 10 + (s->p[n++] - '0');
		if (v > max)
			return -1;
	}
	*s = slice_sub(*s, n, s->n);
	return n ? v : -1;
}

static bool parse_v4(struct slice s, uint8_t out[4])
{
	for (int i = 0; i < 4; i++) {
		if (i > 0) {
			if (s.n == 0 || s.p[0] != '.')
				return false;
			s = slice_sub(s, 1, s.n);
		}
		int v = take_decimal(&s, 255);
		if (v < 0)
			return false;
		out[i] = (uint8_t)v;
	}
	return s.n == 0;
}

static int hex_of(char c)
{
	c = ascii_lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 4291 2.2: eight groups, "::" once for one or more zero groups, the last two as IPv4. */
static bool parse_v6(struct slice s, uint8_t out[16])
{
	uint8_t b[16] = { 0 };
	size_t n = 0, gap = 17;

	if (s.n >= 2 && s.p[0] == ':' && s.p[1] == ':') {
		gap = 0;
		s = slice_sub(s, 2, s.n);
	}
	while (s.n) {
		if (slice_find(s, ':') == s.n && slice_find(s, '.') < s.n) {
			if (n > 12 || !parse_v4(s, b + n))
				return false;
			n += 4;
			break;
		}
		unsigned v = 0;
		size_t k = 0;
		for (; k < s.n && k < 4 && hex_of(s.p[k]) >= 0; k++)
			v = v << 4 | (unsigned)hex_of(s.p[k]);
		if (k == 0 || n > 14)
			return false;
		b[n++] = (uint8_t)(v >> 8);
		b[n++] = (uint8_t)v;
		s = slice_sub(s, k, s.n);
		if (s.n == 0)
			break;
		if (s.p[0] != ':' || s.n == 1)
			return false;
		s = slice_sub(s, 1, s.n);
		if (s.p[0] == ':') {
			if (gap <= 16)
				return false;
			gap = n;
			s = slice_sub(s, 1, s.n);
		}
	}
	if (gap > 16 ? n != 16 : n > 14)
		return false;
	memset(out, 0, 16);
	size_t head = gap > 16 ? 16 : gap;
	memcpy(out, b, head);
	memcpy(out + 16 - (n - head), b + head, n - head);
	return true;
}

int ip_parse(struct slice text, struct ip *out, struct err *err)
{
	struct ip ip = { 0 };

	if (parse_v4(text, ip.b)) {
		*out = ip;
		return 0;
	}
	memset(ip.b, 0, sizeof(ip.b));
	ip.is_v6 = true;
	if (!parse_v6(text, ip.b))
		return err_set(err, ERR_SYNTAX, 0, "address: '%.*s' is neither IPv4 nor IPv6",
		               text.n > 60 ? 60 : (int)text.n, text.p ? text.p : "");
	*out = ip;
	return 0;
}

void ip_format(const struct ip *ip, char out[IP_TEXT])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *b = ip->b;

	if (!ip->is_v6 || memcmp(b, mapped, 12) == 0) { /* RFC 5952 section 5 */
		const char *head = ip->is_v6 ? "::ffff:" : "";
		b += ip->is_v6 ? 12 : 0;
		snprintf(out, IP_TEXT, "%s%u.%u.%u.%u", head, b[0], b[1], b[2], b[3]);
		return;
	}
	/* RFC 5952 4.2: the first of the longest runs of two or more zero groups becomes "::". */
	int best = 8, best_n = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && b[2 * (i + n)] == 0 && b[2 * (i + n) + 1] == 0)
			n++;
		if (n > best_n) {
			best = i;
			best_n = n;
		}
	}
	size_t n = 0;
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			n += (size_t)snprintf(out + n, IP_TEXT - n, "::");
			i += best_n - 1;
			continue;
		}
		const char *colon = i == 0 || i == best + best_n ? "" : ":";
		n += (size_t)snprintf(out + n, IP_TEXT - n, "%s%x", colon,
		                      (unsigned)b[2 * i] << 8 | b[2 * i + 1]);
	}
}

struct ip_prefix ip_prefix_of(const struct ip *ip, unsigned bits)
{
	unsigned all = ip->is_v6 ? 128 : 32;
	struct ip_prefix p = { *ip, (uint8_t)(bits > all ? all : bits) };

	for (unsigned i = p.bits; i < all; i++)
		p.ip.b[i / 8] = (uint8_t)(p.ip.b[i / 8] & ~(0x80u >> (i % 8)));
	return p;
}

int ip_prefix_parse(struct slice text, struct ip_prefix *out, struct err *err)
{
	size_t slash = slice_find(text, '/');
	struct slice bits = slice_sub(text, slash + 1, text.n);
	struct ip ip;

	if (slash == text.n)
		return err_set(err, ERR_SYNTAX, text.n, "prefix: no '/'");
	int rc = ip_parse(slice_sub(text, 0, slash), &ip, err);
	if (rc < 0)
		return rc;
	int n = take_decimal(&bits, ip.is_v6 ? 128 : 32);
	if (n < 0 || bits.n)
		return err_set(err, ERR_SYNTAX, slash + 1, "prefix: length is not 0 to %d",
		               ip.is_v6 ? 128 : 32);
	struct ip_prefix p = ip_prefix_of(&ip, (unsigned)n);
	if (!ip_eq(&p.ip, &ip)) {
		char should[IP_PREFIX_TEXT];
		ip_prefix_format(&p, should);
		return err_set(err, ERR_SYNTAX, 0, "prefix: bits are set behind its length (%s?)",
		               should);
	}
	*out = p;
	return 0;
}

void ip_prefix_format(const struct ip_prefix *p, char out[IP_PREFIX_TEXT])
{
	char ip[IP_TEXT];

	ip_format(&p->ip, ip);
	snprintf(out, IP_PREFIX_TEXT, "%s/%u", ip, p->bits);
}

bool ip_prefix_holds(const struct ip_prefix *p, const struct ip *ip)
{
	struct ip_prefix q = ip_prefix_of(ip, p->bits);

	return ip_eq(&p->ip, &q.ip);
}
