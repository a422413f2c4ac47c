/* A text laid out as characters, for the files of wire/ that look for personal data in it.
 *
 * Full-width forms are folded to ASCII, every space of a line to ' ', every dash to '-'; characters
 * without width are left out. Beyond either end stands a line feed. */
#ifndef WIRE_GLYPHS_H
#define WIRE_GLYPHS_H

#include "base/utf8.h"
#include "wire/redaction.h"

#include <stdint.h>

struct glyphs {
	uint32_t *c;  /* folded characters */
	uint32_t *at; /* byte offsets; at[n] is the length of the text */
	size_t n;
};

/* The finders' common list of what they found, by characters. */
struct redactions {
	struct glyphs s;
	struct arena *a;
	struct redaction *list; /* start and end are characters */
	size_t n, cap;
	bool failed; /* no memory */
};

void redaction_add(struct redactions *f, size_t start, size_t end, enum redaction_kind kind);

/* Each walks the whole text. */
void redaction_each_email(struct redactions *f);
void redaction_each_telephone(struct redactions *f);
void redaction_each_handle(struct redactions *f);
void redaction_each_address(struct redactions *f);
void redaction_each_name(struct redactions *f);

/* How many characters of the text at i spell the word (UTF-8 in lower case), in whatever case, or 0. */
size_t glyphs_spells(const struct glyphs *s, size_t i, const char *word);

/* The same for the first of a NULL-ended list; a word of ASCII letters must end where no letter or
 * digit follows. */
size_t glyphs_spells_any(const struct glyphs *s, size_t i, const char *const *words);

static inline uint32_t glyphs_c(const struct glyphs *s, size_t i)
{
	return i < s->n ? s->c[i] : '\n';
}

/* The character before i. */
static inline uint32_t glyphs_before(const struct glyphs *s, size_t i)
{
	return i > 0 ? glyphs_c(s, i - 1) : '\n';
}

static inline bool is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_upper(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7);
}

static inline bool is_lower(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0xdf && c <= 0xff && c != 0xf7);
}

/* ASCII letters and digits. */
static inline bool is_alnum(uint32_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_han(uint32_t c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || c == 0x3005;
}

static inline bool is_kana(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fc);
}

/* ASCII, Latin-1 and Russian. */
static inline uint32_t to_lower(uint32_t c)
{
	bool capital = (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
	               (c >= 0x410 && c <= 0x42f);

	return capital ? c + 32 : c;
}

#endif
