/* What words mean that a rule took of a quotation, in English: for somebody at a desk who cannot
 * read the site's language.
 *
 *   source  the lexicon's classes of phrases and substances (doc/format/lexicon.md)
 *
 * It is what words of that class say, and no translation of the sentence they stand in. The public
 * pages say the same from their catalogue, in the reader's language (web/catalogue.tsv). */
#ifndef ASSESS_GLOSS_H
#define ASSESS_GLOSS_H

#include "base/buf.h"
#include "model/lexicon.h"
#include "wire/json.h"

/* What a class of phrases says, as the end of "the site says …": "that no prescription is needed".
 * Every class has words; the same address for two classes of which the same is said. */
const char *gloss_phrase(enum phrase_class class);

/* What an entry of a quotation's `matched` means (doc/format/record.md), as the end of "these words
 * …": "say that no prescription is needed", "name sildenafil, which the lexicon has as
 * prescription-only in Japan". Appended; nothing for an entry of a kind that is not known.
 * place: the destination as people call it. */
void gloss_put(const json_t *matched, struct slice place, struct buf *out);

/* A language of the lexicon's phrases in English, "Japanese"; the tag itself for any other. */
struct slice gloss_language(struct slice tag);

#endif
