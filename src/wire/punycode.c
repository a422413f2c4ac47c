#include "wire/punycode.h"

/* RFC 3492 section 5 */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 128 };

static uint32_t adapt(uint32_t delta, uint32_t n, int first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / n;
	for (; delta > ((BASE - TMIN) * TMAX) / 2; k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
	return k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
}

static int digit_of(char c)
{
	c = ascii_lower(c);
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
}

int punycode_decode(struct slice text, uint32_t out[PUNYCODE_MAX])
{
	size_t basic = text.n, n = 0, at = 0;
	uint32_t c = INITIAL_N, i = 0, bias = INITIAL_BIAS;

	while (basic > 0 && text.p[basic - 1] != '-')
		basic--;
	for (; n + 1 < basic; n++) {
		if (n == PUNYCODE_MAX || (unsigned char)text.p[n] >= 0x80)
			return -1;
		out[n] = (unsigned char)ascii_lower(text.p[n]);
	}
	at = basic;
	while (at < text.n) {
		uint32_t from = i, weight = 1;
		for (uint32_t k = BASE;; k += BASE) {
			int digit = at < text.n ? digit_of(text.p[at++]) : -1;
			uint32_t add;
			if (digit < 0 || __builtin_mul_overflow((uint32_t)digit, weight, &add) ||
			    __builtin_add_overflow(i, add, &i))
				return -1;
			uint32_t t = threshold(k, bias);
			if ((uint32_t)digit < t)
				break;
			if (__builtin_mul_overflow(weight, BASE - t, &weight))
				return -1;
		}
		if (n == PUNYCODE_MAX)
			return -1;
		uint32_t count = (uint32_t)n + 1;
		bias = adapt(i - from, count, from == 0);
		if (__builtin_add_overflow(c, i / count, &c) || c > 0x10ffff ||
		    (c >= 0xd800 && c <= 0xdfff))
			return -1;
		i %= count;
		memmove(out + i + 1, out + i, (n - i) * sizeof(*out));
		out[i++] = c;
		n++;
	}
	return (int)n;
}

int punycode_encode(const uint32_t *text, size_t n, char out[PUNYCODE_MAX])
{
	size_t len = 0, done = 0;
	uint32_t c = INITIAL_N, delta = 0, bias = INITIAL_BIAS;

	for (size_t i = 0; i < n; i++) {
		if (text[i] >= 0x80)
			continue;
		if (len == PUNYCODE_MAX)
			return -1;
		out[len++] = ascii_lower((char)text[i]);
		done++;
	}
	size_t basic = done;
	if (basic) {
		if (len == PUNYCODE_MAX)
			return -1;
		out[len++] = '-';
	}
	while (done < n) {
		uint32_t next = UINT32_MAX, step;
		for (size_t i = 0; i < n; i++)
			if (text[i] >= c && text[i] < next)
				next = text[i];
		if (__builtin_mul_overflow(next - c, (uint32_t)done + 1, &step) ||
		    __builtin_add_overflow(delta, step, &delta))
			return -1;
		c = next;
		for (size_t i = 0; i < n; i++) {
			if (text[i] < c && ++delta == 0)
				return -1;
			if (text[i] != c)
				continue;
			uint32_t q = delta;
			for (uint32_t k = BASE;; k += BASE) {
				uint32_t t = threshold(k, bias);
				uint32_t digit = q < t ? q : t + (q - t) % (BASE - t);
				if (len == PUNYCODE_MAX)
					return -1;
				out[len++] = (char)(digit < 26 ? 'a' + digit : '0' + digit - 26);
				if (q < t)
					break;
				q = (q - t) / (BASE - t);
			}
			bias = adapt(delta, (uint32_t)done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		c++;
	}
	return (int)len;
}
