/* Lexicon -> an automaton, and its hits in a folded text.
 *
 * Phrases are written with {a|b} and [x]; each spelling becomes a pattern of its own, folded as
 * the page's text is. A hit must begin and end where a word does: at an edge of letters in spaced
 * scripts, anywhere in Han, kana, Hangul and Thai, but never inside a run of katakana
 * (but for a word with the Japanese for "generic" behind it). A hit that
 * lies within a longer one of its own sort (drug, phrase) is not reported: "no prescription
 * needed" is not also "prescription needed". */
#ifndef ASSESS_MATCHER_H
#define ASSESS_MATCHER_H

#include "base/arena.h"
#include "base/automaton.h"
#include "base/err.h"
#include "model/lexicon.h"
#include "wire/fold.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct matcher;

/* lexicon must outlive the matcher. ERR_LIMIT (a phrase with more than 65,536 spellings, named by
 * file and line), ERR_SYNTAX (braces that do not match), ERR_NOMEM. */
int matcher_new(const struct lexicon *lexicon, struct matcher **out, struct err *err);
void matcher_free(struct matcher *m);

struct hit {
	size_t start, end; /* bytes of the folded text */
	bool is_phrase;
	uint32_t index;    /* in the lexicon's terms or phrases */
};

/* All hits in order of their start, in the arena. ERR_NOMEM, ERR_LIMIT above 2^22 hits. */
int matcher_scan(const struct matcher *m, const struct folded *text, struct arena *a,
                 struct hit **hits, size_t *n, struct err *err);

/* Number of patterns, for reports. */
size_t matcher_patterns(const struct matcher *m);

/* For assess/matcher_image.c: what was built, and a matcher of an automaton that was built from
 * the same lexicon before. The matcher owns the automaton; on failure it stays the caller's.
 * ERR_NOMEM. */
const struct automaton *matcher_automaton(const struct matcher *m);
int matcher_of(const struct lexicon *lexicon, struct automaton *automaton, struct matcher **out,
               struct err *err);

#endif
