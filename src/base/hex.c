#include "base/hex.h"

/* 16 and the digit's value; 0: no digit. */
static const uint8_t digit[256] = {
	['0'] = 16, ['1'] = 17, ['2'] = 18, ['3'] = 19, ['4'] = 20, ['5'] = 21, ['6'] = 22, ['7'] = 23,
	['8'] = 24, ['9'] = 25, ['a'] = 26, ['b'] = 27, ['c'] = 28, ['d'] = 29, ['e'] = 30, ['f'] = 31,
};

void hex_encode(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

bool hex_decode(struct slice s, uint8_t *out, size_t n)
{
	if (s.n / 2 != n || s.n % 2)
		return false;
	const unsigned char *p = (const unsigned char *)s.p;
	uint8_t all = 16;

	for (size_t i = 0; i < s.n; i++)
		all &= digit[p[i]];
	if (!all)
		return false;
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(digit[p[2 * i]] << 4 | (digit[p[2 * i + 1]] & 15));
	return true;
}
