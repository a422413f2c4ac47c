/* Postal addresses, by their codes, each with the street before or behind it:
 *
 *   12 High Street, Anytown AB1 2CD    United Kingdom: code behind the street
 *   100 Main Street, Springfield, IL 62701
 *   Musterstraße 12, 12345 Musterstadt; 12 rue de l'Exemple, 75001 Paris
 *   〒123-4567 ...                      Japan: what follows the sign, to the end of the block
 *
 * A code alone is no address: a word for a street and a house number must stand within the same
 * block, close before it. The value is the address as it stands. */
#include "assess/particulars.h"

enum { STREET_BYTES = 110, CITY_BYTES = 40, JAPANESE_BYTES = 150, CODES_MAX = 2000 /* looked at */ };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return is_capital(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool touches(struct slice t, size_t at)
{
	return at < t.n && (is_letter(t.p[at]) || is_digit(t.p[at]));
}

/* Bytes of a United Kingdom or Canadian code at `at`: "AB1 2CD", "A1A 1A1"; 0 when there is none. */
static size_t alpha_code(struct slice t, size_t at)
{
	size_t i = at, letters = 0, space;

	if (at > 0 && touches(t, at - 1))
		return 0;
	while (i < t.n && is_capital(t.p[i]) && letters < 3)
		letters++, i++;
	if (letters < 1 || letters > 2 || i >= t.n || !is_digit(t.p[i++]))
		return 0;
	bool canada = letters == 1 && i < t.n && is_capital(t.p[i]);
	if (i < t.n && (is_digit(t.p[i]) || is_capital(t.p[i])))
		i++;
	space = i;
	if (space >= t.n || t.p[space] != ' ' || space + 4 > t.n || !is_digit(t.p[space + 1]))
		return 0;
	i = space + 2;
	if (is_capital(t.p[i]) && is_capital(t.p[i + 1]))
		return touches(t, i + 2) ? 0 : i + 2 - at;
	if (canada && is_capital(t.p[i]) && i + 1 < t.n && is_digit(t.p[i + 1]))
		return touches(t, i + 2) ? 0 : i + 2 - at;
	return 0;
}

/* Bytes of a five-digit code at `at` with its place: "IL 62701", "12345 Musterstadt". */
static size_t digit_code(struct slice t, size_t at)
{
	size_t i = at;

	while (i < t.n && is_digit(t.p[i]))
		i++;
	if (i - at != 5 || (at > 0 && touches(t, at - 1)))
		return 0;
	if (at >= 4 && t.p[at - 1] == ' ' && is_capital(t.p[at - 2]) && is_capital(t.p[at - 3]) &&
	    t.p[at - 4] == ' ')
		return touches(t, i) ? 0 : i - at;
	/* Then a place: a capital letter and more. */
	if (i + 2 >= t.n || t.p[i] != ' ' || !is_capital(t.p[i + 1]) || !is_letter(t.p[i + 2]))
		return 0;
	size_t end = i + 1;
	while (end < t.n && end - at < CITY_BYTES && (is_letter(t.p[end]) || t.p[end] == '-'))
		end++;
	return end - at;
}

/* Where an address that ends at `code` begins: at its house number or street, or code if there is
 * no street in reach. */
static size_t street_before(struct slice t, size_t block, size_t code)
{
	static const char *const streets[] = {
		"street", " st.", " st,", " road", " rd", "avenue", " ave", " lane", "drive", " blvd",
		"boulevard", " suite", "highway", " close", " way,", "strasse", "straße",
		"str.", "platz", " weg", "allee", "gasse", "rue ", " place", " chemin", " quai",
		"straat", "laan", "plein", " via ", "viale", "piazza", "calle ", "avenida", "plaza",
		"business park", "industrial estate", "p.o. box", "po box",
	};
	size_t from = code > STREET_BYTES ? code - STREET_BYTES : 0, number = code;

	if (from < block)
		from = block;
	while (from < code && ((unsigned char)t.p[from] & 0xc0) == 0x80)
		from++;
	struct slice window = slice_sub(t, from, code);
	bool street = false;
	for (size_t i = 0; i < window.n && !street; i++)
		for (size_t k = 0; k < sizeof(streets) / sizeof(streets[0]) && !street; k++) {
			struct slice w = slice_str(streets[k]);
			street = slice_eq_nocase(slice_sub(window, i, i + w.n), w) ||
			         (i == 0 && w.p[0] == ' ' &&
			          slice_eq_nocase(slice_sub(window, 0, w.n - 1), slice_sub(w, 1, w.n)));
		}
	if (!street)
		return code;
	/* A sentence's end parts the address from what stands before it. */
	for (size_t i = window.n; i-- > 1;)
		if ((window.p[i] == ' ' && memchr(":;!?|", window.p[i - 1], 5)) ||
		    (window.p[i] == ' ' && window.p[i - 1] == '.' && i > 4 && is_letter(window.p[i - 4]) &&
		     window.p[i - 4] >= 'a' && window.p[i - 3] >= 'a' && window.p[i - 2] >= 'a')) {
			from += i + 1;
			break;
		}
	for (size_t i = from; i < code && number == code; i++)
		if (is_digit(t.p[i]))
			number = i;
	if (number == code)
		return code; /* no house number */
	/* Names of a street may stand before its number; what is longer than a street is not one. */
	return number - from > STREET_BYTES / 2 ? number : from;
}

static void put_address(struct gathering *g, size_t from, size_t to)
{
	struct slice t = g->r->page->text;

	while (from < to && (ascii_space(t.p[from]) || t.p[from] == ',' || t.p[from] == '-'))
		from++;
	while (to > from && (((unsigned char)t.p[to - 1] < 0x80 && !touches(t, to - 1))))
		to--;
	struct fact f = { .kind = FACT_CONTACT, .arg = SLICE("address"), .value = slice_sub(t, from, to),
		          .start = (uint32_t)from, .end = (uint32_t)to };
	gathering_put(g, &f);
}

/* The sign of the Japanese post, then its code, then the rest of the block. */
static size_t read_japanese(struct gathering *g, const struct page_block *b, size_t at)
{
	struct slice t = g->r->page->text;
	size_t i = at + 3, digits = 0, to;

	i += i < b->end && t.p[i] == ' ';
	while (i < b->end && digits < 7 && (is_digit(t.p[i]) || t.p[i] == '-'))
		digits += is_digit(t.p[i++]);
	if (digits != 7)
		return at + 3;
	to = i + JAPANESE_BYTES < b->end ? i + JAPANESE_BYTES : b->end;
	while (to > i && to < t.n && ((unsigned char)t.p[to] & 0xc0) == 0x80)
		to--;
	put_address(g, at, to);
	return to;
}

void address_read(struct gathering *g)
{
	struct slice t = g->r->page->text;
	size_t codes = 0;

	for (size_t k = 0; k < g->r->outer_n && codes < CODES_MAX; k++) {
		const struct page_block *b = &g->r->page->block[g->r->outer[k]];
		for (size_t i = b->start; i < b->end;) {
			if (gathering_is_full(g, FACT_CONTACT))
				return;
			size_t n = 0;
			if (is_capital(t.p[i]))
				n = alpha_code(t, i);
			else if (is_digit(t.p[i]) && (i == 0 || !is_digit(t.p[i - 1])))
				n = digit_code(t, i);
			else if (slice_starts(slice_sub(t, i, b->end), SLICE("〒"))) {
				i = read_japanese(g, b, i);
				continue;
			}
			codes += n > 0;
			size_t from = n && i + n <= b->end ? street_before(t, b->start, i) : i;
			if (from < i)
				put_address(g, from, i + n);
			i += n ? n : 1;
		}
	}
}
