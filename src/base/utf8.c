#include "base/utf8.h"

uint32_t utf8_next(struct slice s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = *at;
	unsigned char c = p[i++];
	uint32_t v;
	unsigned more;
	unsigned char low = 0x80, high = 0xbf; /* limits of the second byte: RFC 3629 section 4 */

	*at = i;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c <= 0xdf) {
		v = c & 0x1fu;
		more = 1;
	} else if (c >= 0xe0 && c <= 0xef) {
		v = c & 0x0fu;
		more = 2;
		if (c == 0xe0)
			low = 0xa0;
		else if (c == 0xed)
			high = 0x9f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		v = c & 0x07u;
		more = 3;
		if (c == 0xf0)
			low = 0x90;
		else if (c == 0xf4)
			high = 0x8f;
	} else {
		return UTF8_BAD;
	}
	for (; more; more--, i++) {
		if (i >= s.n || p[i] < low || p[i] > high) {
			*at = i;
			return UTF8_BAD;
		}
		v = v << 6 | (p[i] & 0x3fu);
		low = 0x80;
		high = 0xbf;
	}
	*at = i;
	return v;
}

/* Most text is ASCII: eight bytes at once. Where the first is that is none. */
static size_t skip_ascii(struct slice s, size_t at)
{
	uint64_t eight;

	for (; s.n - at >= sizeof(eight); at += sizeof(eight)) {
		memcpy(&eight, s.p + at, sizeof(eight));
		if (eight & 0x8080808080808080u)
			break;
	}
	while (at < s.n && (unsigned char)s.p[at] < 0x80)
		at++;
	return at;
}

bool utf8_valid(struct slice s, size_t *bad)
{
	for (size_t at = skip_ascii(s, 0); at < s.n; at = skip_ascii(s, at)) {
		size_t start = at;
		/* U+FFFD itself is three bytes long; a malformed part never decodes from EF BF BD. */
		if (utf8_next(s, &at) == UTF8_BAD &&
		    !(at - start == 3 && (unsigned char)s.p[start] == 0xef &&
		      (unsigned char)s.p[start + 1] == 0xbf && (unsigned char)s.p[start + 2] == 0xbd)) {
			if (bad)
				*bad = start;
			return false;
		}
	}
	return true;
}

size_t utf8_encode(uint32_t c, char out[4])
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = UTF8_BAD;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

bool utf8_is_steering(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}
