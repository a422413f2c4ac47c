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

enum { STREET_BYTES = 110, CITY_BYTES = 40, NUMBER_NEAR = 40, JAPANESE_BYTES = 150, CODES_MAX = 500 /* looked at */ };

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

/* Words whose number is no postal code. */
static bool numbers_things(struct slice w)
{
	static const char *const words[] = { "Suite", "Ste", "Ste.", "Box", "BOX", "Unit", "Apt", "Apt.",
		                             "Street", "St.", "Road", "Rd", "Rd.", "Avenue", "Ave",
		                             "Ave.", "Drive", "Dr.", "Floor", "Room", "No.", "Nr.",
		                             "Order", "Item", "Tel", "Tel.", "Tel:", "Fax", "Fax:",
		                             "Phone", "Phone:", "Code", "Model", "Over", "About" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_eq_str(w, words[i]))
			return true;
	return false;
}

/* Bytes of a five-digit code at `at` with its place: "IL 62701", "12345 Musterstadt". */
static size_t digit_code(struct slice t, size_t at)
{
	size_t i = at;

	while (i < t.n && is_digit(t.p[i]))
		i++;
	if (i - at != 5 || (at > 0 && touches(t, at - 1)))
		return 0;
	/* Behind a state or a place, as in the United States: the code is the end. */
	if (at >= 3 && t.p[at - 1] == ' ' && (is_letter(t.p[at - 2]) || t.p[at - 2] == '.')) {
		size_t word = at - 1;
		while (word > 0 && at - word < CITY_BYTES && t.p[word - 1] != ' ' && t.p[word - 1] != '\n')
			word--;
		return is_capital(t.p[word]) && !touches(t, i) &&
		               !numbers_things(slice_sub(t, word, at - 1))
		               ? 5
		               : 0;
	}
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
	size_t word = SIZE_MAX; /* where the first word for a street stands */
	for (size_t i = 0; i < window.n && word == SIZE_MAX; i++)
		for (size_t k = 0; k < sizeof(streets) / sizeof(streets[0]) && word == SIZE_MAX; k++) {
			if (i > 0 && ascii_lower(window.p[i]) != streets[k][0])
				continue;
			struct slice w = slice_str(streets[k]);
			if (slice_eq_nocase(slice_sub(window, i, i + w.n), w) ||
			    (i == 0 && w.p[0] == ' ' &&
			     slice_eq_nocase(slice_sub(window, 0, w.n - 1), slice_sub(w, 1, w.n))))
				word = from + i;
		}
	if (word == SIZE_MAX)
		return code;
	struct slice street = slice_sub(t, word, code);
	bool box = slice_eq_nocase(slice_sub(street, 0, 3), SLICE("po ")) ||
	           slice_eq_nocase(slice_sub(street, 0, 4), SLICE("p.o."));
	/* "12 High Street": the last number before the word, other than "17th", close to it. */
	size_t low = word > from + NUMBER_NEAR ? word - NUMBER_NEAR : from;
	for (size_t i = word; !box && i > low && number == code; i--) {
		if (memchr(":;|", t.p[i - 1], 3))
			break;
		if (!is_digit(t.p[i - 1]))
			continue;
		if (i < word && is_letter(t.p[i])) {
			while (i > low + 1 && is_digit(t.p[i - 2]))
				i--;
		} else {
			number = i - 1;
			while (number > low && (is_digit(t.p[number - 1]) || t.p[number - 1] == '-'))
				number--;
		}
	}
	if (number != code)
		return number;
	/* "Hochstrasse 12", "P.O. Box 12": a number behind it, and the name up to three words back, of
	 * capitals, to a mark or a line. */
	size_t digits = 0;
	for (size_t i = word; i < code; i++)
		digits += is_digit(t.p[i]);
	if (digits == 0)
		return code;
	if (box)
		return word;
	size_t words = 0;
	for (size_t i = word; i > from; i--) {
		if (memchr(":;!?|,.\n", t.p[i - 1], 8))
			return i;
		if (t.p[i - 1] == ' ' && i < word && (!is_capital(t.p[i]) || ++words == 3))
			return is_capital(t.p[i]) ? i : word;
	}
	return from;
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

	for (size_t k = 0; k < g->r->outer_n; k++) {
		const struct page_block *b = &g->r->page->block[g->r->outer[k]];
		for (size_t i = b->start; i < b->end;) {
			if (codes == CODES_MAX || gathering_is_full(g, FACT_CONTACT))
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
