#include "screen/skeleton.h"

#include "base/utf8.h"
#include "wire/punycode.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

enum { WORD_CHARS = 64 };

/* Letters that are drawn like a Latin one in common type. Looked up by binary search. */
static const struct {
	uint16_t c;
	char letter;
} look_alikes[] = {
	{ 0x00df, 'b' }, { 0x00f0, 'd' }, { 0x00f8, 'o' }, { 0x00fe, 'p' }, { 0x0111, 'd' },
	{ 0x0127, 'h' }, { 0x0131, 'i' }, { 0x0138, 'k' }, { 0x0142, 'l' }, { 0x014b, 'n' },
	{ 0x0167, 't' }, { 0x0180, 'b' }, { 0x0183, 'b' }, { 0x0185, 'b' }, { 0x0188, 'c' },
	{ 0x018c, 'd' }, { 0x0192, 'f' }, { 0x0199, 'k' }, { 0x019a, 'l' }, { 0x019e, 'n' },
	{ 0x01a5, 'p' }, { 0x01ad, 't' }, { 0x01b4, 'y' }, { 0x01b6, 'z' }, { 0x0237, 'j' },
	{ 0x0251, 'a' }, { 0x0253, 'b' }, { 0x0255, 'c' }, { 0x0256, 'd' }, { 0x0257, 'd' },
	{ 0x025b, 'e' }, { 0x0260, 'g' }, { 0x0261, 'g' }, { 0x0266, 'h' }, { 0x0268, 'i' },
	{ 0x0269, 'i' }, { 0x026a, 'i' }, { 0x026f, 'w' }, { 0x0271, 'm' }, { 0x0272, 'n' },
	{ 0x0273, 'n' }, { 0x0274, 'n' }, { 0x0275, 'o' }, { 0x0280, 'r' }, { 0x0282, 's' },
	{ 0x0288, 't' }, { 0x0289, 'u' }, { 0x028b, 'v' }, { 0x028f, 'y' }, { 0x0290, 'z' },
	/* Greek */
	{ 0x03b1, 'a' }, { 0x03b3, 'y' }, { 0x03b5, 'e' }, { 0x03b7, 'n' }, { 0x03b9, 'i' },
	{ 0x03ba, 'k' }, { 0x03bd, 'v' }, { 0x03bf, 'o' }, { 0x03c1, 'p' }, { 0x03c3, 'o' },
	{ 0x03c4, 't' }, { 0x03c5, 'u' }, { 0x03c7, 'x' }, { 0x03c9, 'w' },
	/* Cyrillic */
	{ 0x0430, 'a' }, { 0x0432, 'b' }, { 0x0433, 'r' }, { 0x0435, 'e' },
	{ 0x043a, 'k' }, { 0x043c, 'm' }, { 0x043d, 'h' }, { 0x043e, 'o' }, { 0x043f, 'n' },
	{ 0x0440, 'p' }, { 0x0441, 'c' }, { 0x0442, 't' }, { 0x0443, 'y' }, { 0x0445, 'x' },
	{ 0x044c, 'b' }, { 0x0455, 's' }, { 0x0456, 'i' }, { 0x0458, 'j' }, { 0x045b, 'h' },
	{ 0x0475, 'v' }, { 0x04bb, 'h' }, { 0x04cf, 'l' }, { 0x0501, 'd' }, { 0x051b, 'q' },
	{ 0x051d, 'w' },
	/* Armenian */
	{ 0x0561, 'w' }, { 0x0566, 'q' }, { 0x0570, 'h' }, { 0x0575, 'j' }, { 0x0578, 'n' },
	{ 0x057d, 'u' }, { 0x0581, 'g' }, { 0x0585, 'o' },
};

static uint32_t look_alike(uint32_t c)
{
	size_t low = 0, high = sizeof(look_alikes) / sizeof(look_alikes[0]);

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (look_alikes[mid].c == c)
			return (unsigned char)look_alikes[mid].letter;
		if (look_alikes[mid].c < c)
			low = mid + 1;
		else
			high = mid;
	}
	return c;
}

uint32_t skeleton_letter(uint32_t c)
{
	/* Scripts above Armenian are left whole: a kana is not its mark's base. */
	if (c < 0x80 || (c >= 0x590 && (c < 0x1e00 || c > 0x1fff)))
		return c;
	for (;;) {
		ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
		uint32_t letter = look_alike(c);
		if (letter != c)
			return letter;
		if (uc_canonical_decomposition(c, parts) < 1)
			return c;
		c = parts[0];
		if (c < 0x80)
			return c;
	}
}

static uint32_t symbol_of(uint32_t c, enum skeleton_one one)
{
	static const char digit_letters[] = "oizeas6tbg";

	if (c >= 'a' && c <= 'z')
		return c;
	if (c >= '0' && c <= '9')
		return c == '1' && one == SKELETON_ONE_IS_L
		               ? 'l'
		               : (uint32_t)(unsigned char)digit_letters[c - '0'];
	return c < 0x80 ? c : skeleton_letter(c);
}

/* Room was checked by the caller: a name's characters are never more than SKELETON_CHARS, and
 * their UTF-8 never more than SKELETON_BYTES. */
static void put(struct skeleton *s, uint32_t c, uint32_t symbol, size_t start, size_t end,
                bool after_hyphen)
{
	struct skeleton_run *last = s->runs ? &s->run[s->runs - 1] : NULL;

	s->c[s->chars] = (struct skeleton_char){ c, (uint8_t)start, (uint8_t)end, after_hyphen };
	/* Not over a hyphen: "pharma-apotheke" has two letters a. */
	if (last && last->symbol == symbol && !after_hyphen && symbol != '.') {
		last->n++;
		s->chars++;
		return;
	}
	s->run[s->runs] = (struct skeleton_run){ symbol, s->chars, 1 };
	char utf8[4];
	size_t n = 1;
	utf8[0] = (char)symbol;
	if (symbol >= 0x80)
		n = utf8_encode(symbol, utf8);
	for (size_t i = 0; i < n; i++) {
		s->run_at[s->bytes] = s->runs;
		s->text[s->bytes++] = utf8[i];
	}
	s->runs++;
	s->chars++;
	s->has_one |= c == '1';
	s->has_idn |= c >= 0x80;
}

static void put_label(struct skeleton *s, struct slice name, size_t start, size_t end,
                      enum skeleton_one one)
{
	uint32_t text[PUNYCODE_MAX];
	bool hyphen = false;
	struct slice label = slice_sub(name, start, end);

	if (label.n > 4 && memcmp(label.p, "xn--", 4) == 0) {
		int n = punycode_decode(slice_sub(label, 4, label.n), text);
		/* A label of 63 octets decodes to 59 characters of 4 bytes at most, so the whole
		 * fits: 4 * 253 < SKELETON_BYTES. */
		for (int i = 0; i < n; i++) {
			if (text[i] == '-') {
				hyphen = true;
				continue;
			}
			put(s, text[i], symbol_of(text[i], one), start, end, hyphen);
			hyphen = false;
		}
		if (n >= 0)
			return;
	}
	for (size_t i = start; i < end; i++) {
		char c = name.p[i];
		if (c == '-' || c == '_') {
			hyphen = true;
			continue;
		}
		put(s, (unsigned char)c, symbol_of((unsigned char)c, one), i, i + 1, hyphen);
		hyphen = false;
	}
}

bool skeleton_of_name(struct slice name, enum skeleton_one one, struct skeleton *out)
{
	out->chars = out->runs = out->bytes = 0;
	out->has_one = out->has_idn = false;
	if (name.n > 253)
		return false;
	for (size_t at = 0; at < name.n;) {
		size_t end = at + slice_find(slice_sub(name, at, name.n), '.');
		put_label(out, name, at, end, one);
		if (end < name.n)
			put(out, '.', '.', end, end + 1, false);
		at = end + 1;
	}
	return true;
}

bool skeleton_of_word(struct slice word, enum skeleton_one one, struct skeleton *out)
{
	size_t n = 0;
	bool hyphen = false;

	out->chars = out->runs = out->bytes = 0;
	out->has_one = out->has_idn = false;
	uint8_t *low = u8_tolower((const uint8_t *)word.p, word.n, "", UNINORM_NFKC, NULL, &n);
	struct slice text = slice_from((const char *)low, low ? n : 0);
	for (size_t at = 0; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		if (!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M |
		                                                 UC_CATEGORY_MASK_N)) {
			hyphen = hyphen || c == '-';
			continue;
		}
		if (out->chars == WORD_CHARS) {
			out->chars = 0;
			break;
		}
		put(out, c, symbol_of(c, one), out->chars, out->chars + 1u, hyphen && out->chars);
		hyphen = false;
	}
	free(low);
	return out->chars > 0;
}
