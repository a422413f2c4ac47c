/* One pass: every number is looked at once, with the sign or word directly before and behind it. */
#include "assess/price.h"

static const struct mark {
	const char *text;
	const char *currency;
	bool word;    /* letters: must not run on into other letters */
	bool guessed;
} marks[] = {
	{ "us$", "USD", false, false }, { "usd", "USD", true, false },
	/* One or two letters before the sign tell whose dollar it is. */
	{ "au$", "AUD", true, false }, { "a$", "AUD", true, false }, { "ca$", "CAD", true, false },
	{ "c$", "CAD", true, false }, { "nz$", "NZD", true, false }, { "hk$", "HKD", true, false },
	{ "hkd", "HKD", true, false }, { "nt$", "TWD", true, false }, { "twd", "TWD", true, false },
	{ "sg$", "SGD", true, false }, { "s$", "SGD", true, false }, { "sgd", "SGD", true, false },
	{ "r$", "BRL", true, false }, { "brl", "BRL", true, false }, { "mx$", "MXN", true, false },
	{ "$", "USD", false, true },
	{ "\xe2\x82\xac", "EUR", false, false }, /* euro sign */
	{ "eur", "EUR", true, false }, { "euro", "EUR", true, false }, { "euros", "EUR", true, false },
	{ "\xc2\xa3", "GBP", false, false }, /* pound sign */
	{ "gbp", "GBP", true, false },
	{ "\xc2\xa5", "JPY", false, false }, /* yen sign; full width folds to it */
	{ "jpy", "JPY", true, false }, { "yen", "JPY", true, false },
	{ "\xe5\x86\x86", "JPY", false, false }, /* yen, ideograph */
	{ "\xe2\x82\xb9", "INR", false, false }, /* rupee sign */
	{ "inr", "INR", true, false }, { "rs", "INR", true, true },
	{ "\xe2\x82\xbd", "RUB", false, false }, /* rouble sign */
	{ "\xd1\x80\xd1\x83\xd0\xb1", "RUB", true, false }, /* rub, Cyrillic */
	{ "myr", "MYR", true, false }, { "\xe0\xb8\xbf", "THB", false, false },
	{ "thb", "THB", true, false }, { "\xe2\x82\xba", "TRY", false, false }, 
	{ "\xe2\x82\xb4", "UAH", false, false }, { "huf", "HUF", true, false }, 
	{ "ron", "RON", true, false }, { "dkk", "DKK", true, false },
	{ "nok", "NOK", true, false }, { "sek", "SEK", true, false },
	{ "zar", "ZAR", true, false },
	{ "aed", "AED", true, false },
	{ "cad", "CAD", true, false }, { "aud", "AUD", true, false }, { "chf", "CHF", true, false },
	{ "z\x6c", "PLN", true, false }, { "pln", "PLN", true, false }, { "kc", "CZK", true, false },
	{ "kr", "SEK", true, true }, { "\xec\x9b\x90", "KRW", false, false }, /* won */
	{ "krw", "KRW", true, false }, { "\xe5\x85\x83", "CNY", false, false }, /* yuan */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static const struct mark *mark_behind(struct slice s, size_t at, size_t *end)
{
	bool apart = at < s.n && s.p[at] == ' ';

	at += apart;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct slice text = slice_str(marks[i].text);
		if (!slice_starts(slice_sub(s, at, s.n), text))
			continue;
		if (marks[i].word && at + text.n < s.n && is_letter(s.p[at + text.n]))
			continue;
		/* "60 $190": the sign is of the number that it stands at. */
		size_t next = at + text.n;
		if (apart && next < s.n && is_digit(s.p[next]))
			return NULL;
		*end = next;
		return &marks[i];
	}
	return NULL;
}

static const struct mark *mark_before(struct slice s, size_t at, size_t *start)
{
	if (at > 0 && s.p[at - 1] == ' ')
		at--;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct slice text = slice_str(marks[i].text);
		if (!slice_ends(slice_sub(s, 0, at), text))
			continue;
		if (marks[i].word && at > text.n && is_letter(s.p[at - text.n - 1]))
			continue;
		*start = at - text.n;
		return &marks[i];
	}
	return NULL;
}

bool price_next(struct slice s, size_t *at, struct price *out)
{
	for (size_t i = *at; i < s.n;) {
		if (!is_digit(s.p[i])) {
			i++;
			continue;
		}
		size_t start = i, end = i;
		while (end < s.n && (is_digit(s.p[end]) ||
		                     ((s.p[end] == '.' || s.p[end] == ',') && end + 1 < s.n &&
		                      is_digit(s.p[end + 1]))))
			end++;
		size_t edge = start;
		/* A sign in front binds first: in "$5 10" the 5 is the price. */
		const struct mark *m = mark_before(s, start, &edge);
		if (m) {
			start = edge;
		} else if ((m = mark_behind(s, end, &edge))) {
			end = edge;
		}
		if (m) {
			out->start = start;
			out->end = end;
			memcpy(out->currency, m->currency, 4);
			out->guessed = m->guessed;
			*at = end;
			return true;
		}
		i = end;
	}
	*at = s.n;
	return false;
}
