#include "model/check_digit.h"

static bool digits_only(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static unsigned digit(struct slice s, size_t i)
{
	return (unsigned)(s.p[i] - '0');
}

bool luhn_holds(struct slice prefix, struct slice text)
{
	unsigned sum = 0;
	bool twice = false;

	if (!digits_only(text))
		return false;
	for (size_t i = text.n + prefix.n; i-- > 0; twice = !twice) {
		unsigned d = i >= prefix.n ? digit(text, i - prefix.n) : digit(prefix, i);
		if (twice)
			d = d > 4 ? 2 * d - 9 : 2 * d;
		sum += d;
	}
	return sum % 10 == 0;
}

bool iso7064_mod11_10_holds(struct slice text)
{
	unsigned product = 10;

	if (!digits_only(text))
		return false;
	for (size_t i = 0; i + 1 < text.n; i++) {
		unsigned sum = (digit(text, i) + product) % 10;
		product = 2 * (sum ? sum : 10) % 11;
	}
	return (product + digit(text, text.n - 1)) % 10 == 1;
}

bool gb_vat_holds(struct slice text)
{
	unsigned sum = 0;

	if (text.n != 9 || !digits_only(text))
		return false;
	for (size_t i = 0; i < 7; i++)
		sum += digit(text, i) * (unsigned)(8 - i);
	sum += digit(text, 7) * 10 + digit(text, 8);
	return sum % 97 == 0 || (sum + 55) % 97 == 0;
}

bool abn_holds(struct slice text)
{
	static const unsigned weight[11] = { 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 };
	unsigned sum = 0;

	if (text.n != 11 || !digits_only(text) || text.p[0] == '0')
		return false;
	for (size_t i = 0; i < 11; i++)
		sum += (digit(text, i) - (i == 0)) * weight[i];
	return sum % 89 == 0;
}

bool dea_holds(struct slice text)
{
	struct slice d = slice_sub(text, 2, text.n);

	if (text.n != 9 || !digits_only(d))
		return false;
	unsigned sum = digit(d, 0) + digit(d, 2) + digit(d, 4) +
	               2 * (digit(d, 1) + digit(d, 3) + digit(d, 5));
	return sum % 10 == digit(d, 6);
}
