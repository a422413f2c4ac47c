#include "base/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct slice bytes, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)bytes.p;

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
		uint32_t v = (uint32_t)p[i] << 16;
		if (have > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (have > 2)
			v |= p[i + 2];
		char four[4] = { alphabet[v >> 18], alphabet[v >> 12 & 63],
			         have > 1 ? alphabet[v >> 6 & 63] : '=',
			         have > 2 ? alphabet[v & 63] : '=' };
		buf_put(out, slice_from(four, 4));
	}
}

static int value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_decode(struct slice text, struct buf *out, struct err *err)
{
	size_t keep = out->n;
	size_t at = 0;

	if (text.n % 4)
		return err_set(err, ERR_SYNTAX, text.n, "base64: the length is not a multiple of 4");
	for (size_t i = 0; i < text.n; i += 4) {
		bool last = i + 4 == text.n;
		size_t n = 4;
		if (last && text.p[i + 3] == '=')
			n = text.p[i + 2] == '=' ? 2 : 3;
		uint32_t v = 0;
		for (size_t k = 0; k < 4; k++) {
			int d = k < n ? value(text.p[i + k]) : 0;
			at = i + k;
			if (d < 0)
				goto bad;
			v = v << 6 | (uint32_t)d;
		}
		if ((n == 2 && (v & 0xffff)) || (n == 3 && (v & 0xff)))
			goto bad;
		char three[3] = { (char)(v >> 16), (char)(v >> 8), (char)v };
		buf_put(out, slice_from(three, n - 1));
	}
	if (!buf_ok(out))
		return err_set(err, ERR_NOMEM, 0, "base64: out of memory");
	return 0;
bad:
	out->n = keep;
	return err_set(err, ERR_SYNTAX, at, "base64: not a base64 character");
}

void base64url_encode(struct slice bytes, struct buf *out)
{
	size_t from = out->n;

	base64_encode(bytes, out);
	if (!buf_ok(out))
		return;
	while (out->n > from && out->p[out->n - 1] == '=')
		out->p[--out->n] = '\0';
	for (size_t i = from; i < out->n; i++)
		out->p[i] = out->p[i] == '+' ? '-' : out->p[i] == '/' ? '_' : out->p[i];
}
