/* The table that tools/language_words.py makes of language_words.tsv. For language.c alone. */
#ifndef WIRE_LANGUAGE_WORDS_H
#define WIRE_LANGUAGE_WORDS_H

#include <stdint.h>

enum { LANGUAGE_WORDS_N = 17, LANGUAGE_WORD_SLOTS = 8192, LANGUAGE_WORD_MAX = 23 };

struct language_word {
	char text[LANGUAGE_WORD_MAX + 1]; /* UTF-8, lower case; "-ung": the end of a word */
	uint8_t n;                        /* bytes of text; 0: a free slot */
	uint32_t languages;               /* bit i: language_code[i] */
};

extern const char language_code[LANGUAGE_WORDS_N][4];

/* By FNV-1a of text modulo LANGUAGE_WORD_SLOTS, then the next free slot. */
extern const struct language_word language_word[LANGUAGE_WORD_SLOTS];

#endif
