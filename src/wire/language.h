/* Which language is a text in? (doc/decision/0016-language.md)
 *
 *   source  letters decide the script (UAX #24), and most scripts the language; within the Latin
 *           script, function words, word endings and letters of language_words.tsv
 *   out     the primary subtag of BCP 47, at most three letters: "en"
 *
 * Deterministic, no locale; linear; a text of fewer than a word or two is often undecided. */
#ifndef WIRE_LANGUAGE_H
#define WIRE_LANGUAGE_H

#include "base/slice.h"
#include "wire/language_words.h"

#include <stdbool.h>
#include <stddef.h>

enum script {
	SCRIPT_LATIN, SCRIPT_CYRILLIC, SCRIPT_GREEK, SCRIPT_ARABIC, SCRIPT_HEBREW, SCRIPT_THAI,
	SCRIPT_DEVANAGARI, SCRIPT_HAN, SCRIPT_KANA, SCRIPT_HANGUL, SCRIPT_OTHER, SCRIPTS_N
};

/* What was seen of a text; zero-initialised is an empty one. Evidence of several may be added. */
struct language_evidence {
	uint32_t letters[SCRIPTS_N];
	uint32_t points[LANGUAGE_WORDS_N]; /* for each language of language_code */
	uint32_t persian, ukrainian, bulgarian, serbian; /* letters that Arabic, Russian lack */
	uint32_t russian; /* letters that Bulgarian and Serbian lack */
};

/* Add what s shows: its letters by script alone, or all. */
void language_letters(struct slice s, struct language_evidence *e);
void language_look(struct slice s, struct language_evidence *e);
void language_add(struct language_evidence *sum, const struct language_evidence *e);

/* The script of most letters; SCRIPTS_N where there is no letter. Kana among Han count as kana. */
enum script language_script(const struct language_evidence *e);

/* The language that the evidence is for: static, or "" where it does not decide. */
const char *language_decide(const struct language_evidence *e);

/* A language tag ("en-GB", "JA", "jp") -> its primary subtag in lower case, with the country codes
 * that pages write in its place put right ("jp" -> "ja"); false where it is none. */
bool language_of_tag(struct slice tag, char out[4]);

/* Whether the language is known to be written in another script, and never in this one. */
bool language_excludes(const char *language, enum script s);

#endif
