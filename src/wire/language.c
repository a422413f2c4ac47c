/* Points are for words, endings and letters that a text has of a language, each divided by the
 * number of languages that share it, so that what is common to all tells nothing. */
#include "wire/language.h"

#include "base/utf8.h"

#include <string.h>
#include <unicase.h>

enum {
	WORD_POINTS = 240,    /* a word of three letters and more */
	SHORT_POINTS = 120,   /* of one or two */
	ENDING_POINTS = 60,
	LETTER_POINTS = 80,
	LETTERS_MAX = 24,     /* of a word that are looked at; longer ones are no words */
	LEAST_POINTS = 100,   /* to decide at all, */
	LEAD_PERCENT = 115,   /* and over the next */
};

static bool within(uint32_t c, uint32_t first, uint32_t last)
{
	return c - first <= last - first;
}

/* SCRIPTS_N for what is no letter. */
static enum script script_of(uint32_t c)
{
	if (c < 0x80)
		return within(c | 0x20, 'a', 'z') ? SCRIPT_LATIN : SCRIPTS_N;
	if (c < 0x250)
		return c >= 0xc0 && c != 0xd7 && c != 0xf7 ? SCRIPT_LATIN : SCRIPTS_N;
	if (within(c, 0x1e00, 0x1eff) || within(c, 0xff21, 0xff3a) || within(c, 0xff41, 0xff5a))
		return SCRIPT_LATIN;
	if (within(c, 0x370, 0x3ff) || within(c, 0x1f00, 0x1fff))
		return SCRIPT_GREEK;
	if (within(c, 0x400, 0x52f))
		return SCRIPT_CYRILLIC;
	if (within(c, 0x5d0, 0x5ea))
		return SCRIPT_HEBREW;
	if (within(c, 0x620, 0x6d3) || within(c, 0x750, 0x77f) || within(c, 0xfb50, 0xfdff) ||
	    within(c, 0xfe70, 0xfefc))
		return within(c, 0x64b, 0x669) ? SCRIPTS_N : SCRIPT_ARABIC;
	if (within(c, 0x900, 0x97f))
		return SCRIPT_DEVANAGARI;
	if (within(c, 0xe01, 0xe3a) || within(c, 0xe40, 0xe4e))
		return SCRIPT_THAI;
	if (within(c, 0x3041, 0x3096) || within(c, 0x30a1, 0x30fa) || c == 0x30fc ||
	    within(c, 0xff66, 0xff9d))
		return SCRIPT_KANA;
	if (within(c, 0x4e00, 0x9fff) || within(c, 0x3400, 0x4dbf) || c == 0x3005 ||
	    within(c, 0x20000, 0x323af) || within(c, 0xf900, 0xfaff))
		return SCRIPT_HAN;
	if (within(c, 0xac00, 0xd7a3) || within(c, 0x1100, 0x11ff) || within(c, 0x3131, 0x318e))
		return SCRIPT_HANGUL;
	if (within(c, 0x530, 0x5ff) || within(c, 0x980, 0xdff) || within(c, 0xe80, 0x10ff) ||
	    within(c, 0x1200, 0x17ff))
		return SCRIPT_OTHER;
	return SCRIPTS_N;
}

/* The languages that have the entry, as bits; 0 where none. */
static uint32_t find(const char *p, size_t n)
{
	uint32_t h = 0x811c9dc5;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x01000193;
	for (size_t at = h % LANGUAGE_WORD_SLOTS; language_word[at].n;
	     at = (at + 1) % LANGUAGE_WORD_SLOTS)
		if (language_word[at].n == n && memcmp(language_word[at].text, p, n) == 0)
			return language_word[at].languages;
	return 0;
}

static void give(struct language_evidence *e, uint32_t languages, uint32_t points)
{
	uint32_t each = languages ? points / (uint32_t)__builtin_popcount(languages) : 0;

	for (; languages; languages &= languages - 1)
		e->points[__builtin_ctz(languages)] += each;
}

/* A word in lower case, letter by letter. */
struct word {
	char text[1 + LETTERS_MAX * 4]; /* behind room for the mark of an ending */
	uint8_t at[LETTERS_MAX + 1];    /* where letter i begins, and where the last ends */
	size_t letters;
	bool too_long;
};

static void add_letter(struct word *w, uint32_t c)
{
	if (w->letters == LETTERS_MAX) {
		w->too_long = true;
		return;
	}
	size_t at = w->at[w->letters];
	if (c < 0x80)
		w->text[1 + at++] = ascii_lower((char)c);
	else
		at += utf8_encode(uc_tolower(c), w->text + 1 + at);
	w->at[++w->letters] = (uint8_t)at;
}

static void end_word(struct word *w, struct language_evidence *e)
{
	char *text = w->text + 1;
	size_t n = w->at[w->letters];

	if (w->letters && !w->too_long) {
		uint32_t languages = n <= LANGUAGE_WORD_MAX ? find(text, n) : 0;
		give(e, languages, w->letters > 2 ? WORD_POINTS : SHORT_POINTS);
		for (size_t k = 2; k <= 5 && k + 1 < w->letters; k++) {
			char *end = text + w->at[w->letters - k];
			char kept = end[-1];
			end[-1] = '-';
			give(e, find(end - 1, n - w->at[w->letters - k] + 1), ENDING_POINTS);
			end[-1] = kept;
		}
		for (size_t i = 0; i < w->letters; i++)
			if ((unsigned char)text[w->at[i]] >= 0x80)
				give(e, find(text + w->at[i], (size_t)(w->at[i + 1] - w->at[i])),
				     LETTER_POINTS);
	}
	w->letters = 0;
	w->too_long = false;
}

/* Letters of other scripts that one language has and its neighbour has not. */
static void look_at_letter(uint32_t c, struct language_evidence *e)
{
	if (c == 0x67e || c == 0x686 || c == 0x698 || c == 0x6af || c == 0x6a9 || c == 0x6cc)
		e->persian++;
	else if (c == 0x456 || c == 0x457 || c == 0x454 || c == 0x491)
		e->ukrainian++;
	else if (c == 0x44a || c == 0x42a)
		e->bulgarian++;
	else if (within(c, 0x458, 0x45b) || c == 0x452 || c == 0x45f || c == 0x408)
		e->serbian++;
	else if (c == 0x44b || c == 0x44d || c == 0x451)
		e->russian++;
}

void language_letters(struct slice s, struct language_evidence *e)
{
	for (size_t i = 0; i < s.n;) {
		unsigned char b = (unsigned char)s.p[i];
		if (b < 0x80) {
			e->letters[SCRIPT_LATIN] += within(b | 0x20u, 'a', 'z');
			i++;
			continue;
		}
		enum script k = script_of(utf8_next(s, &i));
		if (k != SCRIPTS_N)
			e->letters[k]++;
	}
}

void language_look(struct slice s, struct language_evidence *e)
{
	struct word w = { .letters = 0 };

	for (size_t i = 0; i < s.n;) {
		unsigned char b = (unsigned char)s.p[i];
		uint32_t c = b;
		enum script k;
		if (b < 0x80)
			i++;
		else
			c = utf8_next(s, &i);
		k = script_of(c);
		if (k == SCRIPT_LATIN) {
			add_letter(&w, c);
			e->letters[k]++;
			continue;
		}
		/* Apostrophes are part of what the table has as words: "d'un", "don't". */
		if (w.letters && (c == '\'' || c == 0x2019) && i < s.n &&
		    within((unsigned char)s.p[i] | 0x20u, 'a', 'z')) {
			add_letter(&w, '\'');
			continue;
		}
		end_word(&w, e);
		if (c == 0xbf || c == 0xa1) { /* the marks before a Spanish question */
			char mark[4];
			give(e, find(mark, utf8_encode(c, mark)), LETTER_POINTS);
		}
		if (k == SCRIPTS_N)
			continue;
		e->letters[k]++;
		look_at_letter(c, e);
	}
	end_word(&w, e);
}

void language_add(struct language_evidence *sum, const struct language_evidence *e)
{
	for (size_t i = 0; i < SCRIPTS_N; i++)
		sum->letters[i] += e->letters[i];
	for (size_t i = 0; i < LANGUAGE_WORDS_N; i++)
		sum->points[i] += e->points[i];
	sum->persian += e->persian;
	sum->ukrainian += e->ukrainian;
	sum->bulgarian += e->bulgarian;
	sum->serbian += e->serbian;
	sum->russian += e->russian;
}

enum script language_script(const struct language_evidence *e)
{
	uint32_t most = 0, letters[SCRIPTS_N];
	enum script best = SCRIPTS_N;

	memcpy(letters, e->letters, sizeof(letters));
	/* One character of Han or of kana says what several letters do; brand names and units in
	 * Latin letters stand among them. */
	for (size_t i = SCRIPT_HAN; i <= SCRIPT_HANGUL; i++)
		letters[i] *= 3;
	if (letters[SCRIPT_KANA] * 6 >= letters[SCRIPT_HAN]) {
		letters[SCRIPT_KANA] += letters[SCRIPT_KANA] ? letters[SCRIPT_HAN] : 0;
	}
	for (size_t i = 0; i < SCRIPTS_N; i++) {
		if (letters[i] > most) {
			most = letters[i];
			best = (enum script)i;
		}
	}
	return best;
}

static const char *decide_latin(const struct language_evidence *e)
{
	size_t best = 0;
	uint32_t next = 0;

	for (size_t i = 1; i < LANGUAGE_WORDS_N; i++)
		if (e->points[i] > e->points[best])
			best = i;
	for (size_t i = 0; i < LANGUAGE_WORDS_N; i++)
		if (i != best && e->points[i] > next)
			next = e->points[i];
	if (e->points[best] < LEAST_POINTS ||
	    (uint64_t)e->points[best] * 100 < (uint64_t)next * LEAD_PERCENT)
		return "";
	return language_code[best];
}

const char *language_decide(const struct language_evidence *e)
{
	switch (language_script(e)) {
	case SCRIPT_LATIN: return decide_latin(e);
	case SCRIPT_CYRILLIC:
		if (e->ukrainian)
			return "uk";
		if (e->serbian)
			return "sr";
		return e->bulgarian > 1 && !e->russian ? "bg" : "ru";
	case SCRIPT_GREEK: return "el";
	case SCRIPT_ARABIC: return e->persian ? "fa" : "ar";
	case SCRIPT_HEBREW: return "he";
	case SCRIPT_THAI: return "th";
	case SCRIPT_DEVANAGARI: return "hi";
	case SCRIPT_HAN: return "zh";
	case SCRIPT_KANA: return "ja";
	case SCRIPT_HANGUL: return "ko";
	default: return "";
	}
}

bool language_of_tag(struct slice tag, char out[4])
{
	static const char *const wrong[][2] = { { "jp", "ja" }, { "kr", "ko" }, { "cn", "zh" },
		{ "tw", "zh" }, { "iw", "he" }, { "in", "id" }, { "cz", "cs" }, { "gr", "el" },
		{ "dk", "da" } };
	size_t n = 0;

	tag = slice_trim(tag);
	while (n < tag.n && within((unsigned char)tag.p[n] | 0x20u, 'a', 'z'))
		n++;
	if (n < 2 || n > 3 || (n < tag.n && tag.p[n] != '-' && tag.p[n] != '_'))
		return false;
	memset(out, 0, 4);
	for (size_t i = 0; i < n; i++)
		out[i] = ascii_lower(tag.p[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (strcmp(out, wrong[i][0]) == 0)
			memcpy(out, wrong[i][1], 3);
	return true;
}

bool language_excludes(const char *language, enum script s)
{
	static const struct {
		char code[3];
		uint16_t scripts;
	} other[] = {
		{ "ja", 1 << SCRIPT_HAN | 1 << SCRIPT_KANA }, { "zh", 1 << SCRIPT_HAN },
		{ "ko", 1 << SCRIPT_HANGUL | 1 << SCRIPT_HAN }, { "ru", 1 << SCRIPT_CYRILLIC },
		{ "uk", 1 << SCRIPT_CYRILLIC }, { "bg", 1 << SCRIPT_CYRILLIC },
		{ "be", 1 << SCRIPT_CYRILLIC }, { "el", 1 << SCRIPT_GREEK },
		{ "ar", 1 << SCRIPT_ARABIC }, { "fa", 1 << SCRIPT_ARABIC },
		{ "ur", 1 << SCRIPT_ARABIC }, { "he", 1 << SCRIPT_HEBREW },
		{ "th", 1 << SCRIPT_THAI }, { "hi", 1 << SCRIPT_DEVANAGARI },
	};

	if (s >= SCRIPT_OTHER)
		return false;
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (strcmp(language, other[i].code) == 0)
			return !(other[i].scripts >> s & 1);
	for (size_t i = 0; i < LANGUAGE_WORDS_N; i++)
		if (strcmp(language, language_code[i]) == 0)
			return s != SCRIPT_LATIN;
	return false;
}
