/* One pass, one character of state: the last one written (a voicing mark composes with it, a
 * decimal point asks whether it was a digit) and the separator that waits for something to follow.
 *
 *   source   "Ｖｉ\u00adａｇｒａ®  50ｍｇ"
 *   text     "viagra 50mg"       map   0 3 8 11 14 17 20 ...
 *
 * Pages are mostly ASCII, Han and kana, and these never reach libunistring. */
#include "wire/fold.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistring/version.h>

#define FOLD_RULES "fold/1"

enum {
	/* Longer decompositions are Arabic phrases in one code point (U+FDFA: 18 characters from
	 * three bytes). They count as a separator, so that text grows at most sixfold. */
	DECOMPOSED_MAX = 8,
	SLACK = DECOMPOSED_MAX * 4 + 1, /* bytes that one character may add, with its separator */
};

struct writer {
	struct arena *a;
	char *text;
	uint32_t *map;
	size_t n, cap;
	uint32_t last;  /* last character written; 0 where a separator waits or nothing is there */
	size_t last_at; /* where it starts in text */
	bool waiting, line; /* a separator waits; it holds a line feed */
	uint32_t waiting_at;
};

static bool room(struct writer *w)
{
	if (w->cap - w->n > SLACK)
		return true;
	size_t cap = w->cap * 2 + SLACK;
	char *text = arena_alloc(w->a, cap);
	uint32_t *map = arena_array(w->a, cap, sizeof(*map));
	if (!text || !map)
		return false;
	if (w->n) {
		memcpy(text, w->text, w->n);
		memcpy(map, w->map, w->n * sizeof(*map));
	}
	w->text = text;
	w->map = map;
	w->cap = cap;
	return true;
}

static void separate(struct writer *w, size_t at, bool line)
{
	if (!w->waiting) {
		w->waiting = true;
		w->waiting_at = (uint32_t)at;
	}
	w->line |= line;
	w->last = 0;
}

static void put(struct writer *w, uint32_t c, size_t at)
{
	if (w->waiting) {
		if (w->n) {
			w->map[w->n] = w->waiting_at;
			w->text[w->n++] = w->line ? '\n' : ' ';
		}
		w->waiting = w->line = false;
	}
	w->last = c;
	w->last_at = w->n;
	if (c < 0x80) {
		w->map[w->n] = (uint32_t)at;
		w->text[w->n++] = (char)c;
		return;
	}
	char bytes[4];
	size_t n = utf8_encode(c, bytes);
	for (size_t i = 0; i < n; i++) {
		w->map[w->n] = (uint32_t)at;
		w->text[w->n++] = bytes[i];
	}
}

/* Put c together with the character before it where Unicode has one for both. */
static bool compose(struct writer *w, uint32_t c)
{
	ucs4_t both = w->last ? uc_composition(w->last, c) : 0;
	if (!both)
		return false;
	size_t at = w->map[w->last_at];
	w->n = w->last_at;
	put(w, both, at);
	return true;
}

static bool within(uint32_t c, uint32_t first, uint32_t last)
{
	return c - first <= last - first;
}

/* Rule 1. The fillers are letters by category, and shown as nothing. */
static bool is_removed(uint32_t c)
{
	return c == 0x640 || c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||
	       within(c, 0xfe00, 0xfe0f) || within(c, 0xe0100, 0xe01ef) ||
	       within(c, 0x180b, 0x180f) || c == 0x34f ||
	       uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cf);
}

/* Rule 3, by block (Unicode Blocks.txt), so that it needs no look at the base. */
static bool is_dropped_mark(uint32_t c)
{
	if (!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me))
		return false;
	return within(c, 0x300, 0x36f) ||   /* Combining Diacritical Marks */
	       within(c, 0x483, 0x489) ||   /* Cyrillic titlo and signs */
	       within(c, 0x591, 0x5c7) ||   /* Hebrew accents and points */
	       within(c, 0x610, 0x61a) ||   /* Arabic honorifics */
	       within(c, 0x64b, 0x652) ||   /* Arabic vowel points; 653 to 655 make letters */
	       c == 0x670 || within(c, 0x6d6, 0x6ed) || /* Arabic superscript alef, Quranic signs */
	       within(c, 0x1ab0, 0x1aff) || within(c, 0x1dc0, 0x1dff) || /* Extended, Supplement */
	       within(c, 0x20d0, 0x20ff) || /* Combining Marks for Symbols (keycaps) */
	       within(c, 0x2de0, 0x2dff) || within(c, 0xa66f, 0xa67d) ||
	       within(c, 0xa69e, 0xa69f) || /* Cyrillic Extended-A and -B */
	       within(c, 0xfe20, 0xfe2f);   /* Combining Half Marks */
}

/* Letters that stay composed, or that have nothing to decompose: Han, Hangul, kana. */
static bool stays(uint32_t c)
{
	return within(c, 0x4e00, 0x9fff) || within(c, 0x3041, 0x3096) ||
	       within(c, 0x30a1, 0x30fa) || c == 0x30fc || within(c, 0xac00, 0xd7a3) ||
	       within(c, 0x3400, 0x4dbf);
}

/* Append the full compatibility decomposition of c; false where it is too long. */
static bool decompose(uint32_t c, uint32_t *out, size_t *n)
{
	ucs4_t part[UC_DECOMPOSITION_MAX_LENGTH];
	int tag;
	int parts = c < 0x80 || stays(c) ? -1 : uc_decomposition(c, &tag, part);

	if (parts < 0) {
		if (*n == DECOMPOSED_MAX)
			return false;
		out[(*n)++] = c;
		return true;
	}
	for (int i = 0; i < parts; i++)
		if (!decompose(part[i], out, n))
			return false;
	return true;
}

/* Rule 4: letters that people also write in plain ones and that Unicode does not decompose. */
static const char *plain_letters(uint32_t c)
{
	switch (c) {
	case 0xdf: return "ss";
	case 0xe6: return "ae";
	case 0xf8: return "o";
	case 0x111: return "d";
	case 0x127: return "h";
	case 0x131: return "i";
	case 0x142: return "l";
	case 0x153: return "oe";
	case 0x167: return "t";
	default: return NULL;
	}
}

static bool is_digit(uint32_t c)
{
	return within(c, '0', '9');
}

/* Rule 5. */
static bool is_kept(uint32_t c)
{
	if (c < 0x80)
		return is_digit(c) || within(c | 0x20, 'a', 'z') || c == '%' || c == '$';
	return !within(c, 0x2b9, 0x2cf) && /* modifier letters in use as apostrophes and primes */
	       uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N |
	                                               UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_Sc);
}

/* Whether the source goes on with a decimal digit of any script at `at`. */
static bool digit_follows(struct slice s, size_t at)
{
	if (at >= s.n)
		return false;
	uint32_t c = utf8_next(s, &at);
	return c < 0x80 ? is_digit(c) : uc_decimal_value(c) >= 0;
}

/* One character after decomposition; `more` where it has others behind it. */
static void put_folded(struct writer *w, uint32_t c, size_t at, bool more, struct slice s,
                       size_t next)
{
	if (c == '.' || c == ',') {
		if (is_digit(w->last) && !more && digit_follows(s, next))
			put(w, c, at);
		else
			separate(w, at, false);
		return;
	}
	if (c == 0x3099 || c == 0x309a) { /* the voicing marks */
		compose(w, c); /* a mark that voices nothing is dropped */
		return;
	}
	if ((within(c, 0x1161, 0x1175) || within(c, 0x11a8, 0x11c2)) && compose(w, c))
		return; /* Hangul written in jamo */
	if (c >= 0x80 && (is_removed(c) || is_dropped_mark(c)))
		return;
	if (!is_kept(c)) {
		separate(w, at, c == '\n');
		return;
	}
	c = uc_tolower(c);
	int digit = c < 0x80 ? -1 : uc_decimal_value(c);
	const char *plain = digit >= 0 ? NULL : plain_letters(c);
	if (digit >= 0)
		put(w, '0' + (uint32_t)digit, at);
	else if (plain)
		for (; *plain; plain++)
			put(w, (unsigned char)*plain, at);
	else
		put(w, c == 0x3c2 ? 0x3c3 : c, at); /* final sigma */
}

static void put_char(struct writer *w, uint32_t c, size_t at, struct slice s, size_t next)
{
	uint32_t part[DECOMPOSED_MAX];
	size_t n = 0;

	if (stays(c)) {
		put(w, c, at);
		return;
	}
	if (c == 0x309b || c == 0x309c) { /* the spacing forms, used as if they were combining */
		part[n++] = c - 2;
	} else if (!decompose(c, part, &n)) {
		separate(w, at, false);
		return;
	}
	for (size_t i = 0; i < n; i++)
		put_folded(w, part[i], at, i + 1 < n, s, next);
}

int fold(struct slice source, struct arena *a, struct folded *out, struct err *err)
{
	if (source.n > FOLD_LIMIT)
		return err_set(err, ERR_LIMIT, FOLD_LIMIT, "fold: text of %zu bytes is over %d",
		               source.n, FOLD_LIMIT);
	struct writer w = { .a = a, .cap = source.n + SLACK + 1 };
	w.text = arena_alloc(a, w.cap);
	w.map = arena_array(a, w.cap, sizeof(*w.map));
	if (!w.text || !w.map)
		goto nomem;
	for (size_t at = 0, next = 0; at < source.n; at = next) {
		unsigned char b = (unsigned char)source.p[at];
		if (!room(&w))
			goto nomem;
		if (within(b | 0x20u, 'a', 'z') || is_digit(b)) {
			next = at + 1;
			put(&w, b >= 'A' && b <= 'Z' ? b | 0x20u : b, at);
		} else {
			uint32_t c = utf8_next(source, &next);
			put_char(&w, c, at, source, next);
		}
	}
	if (!room(&w))
		goto nomem;
	w.map[w.n] = w.waiting ? w.waiting_at : (uint32_t)source.n;
	*out = (struct folded){ { w.text, w.n }, w.map, source };
	return 0;
nomem:
	return err_set(err, ERR_NOMEM, 0, "fold: no memory");
}

void fold_span(const struct folded *f, size_t start, size_t end, size_t *source_start,
               size_t *source_end)
{
	*source_start = f->map[start];
	*source_end = f->map[end];
	/* The end of a match may lie within what one character became (a ligature). */
	if (end > start && f->map[end] == f->map[end - 1]) {
		size_t at = f->map[end];
		utf8_next(f->source, &at);
		*source_end = at;
	}
}

void fold_version(char out[FOLD_VERSION_SIZE])
{
	int v = _libunistring_version;

	snprintf(out, FOLD_VERSION_SIZE, FOLD_RULES " libunistring/%d.%d.%d", v >> 16, v >> 8 & 0xff,
	         v & 0xff);
}
