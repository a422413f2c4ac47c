/* What pages of a site are about, by the words that links to them use; and what marks a page as a
 * placeholder.
 *
 *   files   policy/collect/links.tsv, policy/collect/hints.tsv: "#" starts a remark, the first
 *           other line is "class<TAB>language<TAB>word"; UTF-8
 *   words   are folded (wire/fold.h) on both sides. One in letters that are written with spaces
 *           matches whole words; one in Han, kana, Hangul or Thai matches anywhere. "path:" before
 *           a word: it is looked for in the path of the address alone; "=": it is all of the text
 *   owns    all it was made from */
#ifndef COLLECT_LINK_WORDS_H
#define COLLECT_LINK_WORDS_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* In the order in which the first page of each is wanted. */
enum link_class {
	LINK_PRODUCT,
	LINK_PRICES,
	LINK_PRESCRIPTION,
	LINK_SHIPPING,
	LINK_CONTACT,
	LINK_ABOUT,
	LINK_IMPRINT,
	LINK_LICENCE,
	LINK_FAQ,
	LINK_CART,
	LINK_TERMS,
	LINK_OTHER,  /* none of them */
	LINK_CLASSES,
	LINK_ACTS = LINK_CLASSES, /* does something when it is followed: never followed */
	HINT_PARKED,
	HINT_CONSTRUCTION,
	HINT_SEAL,
	WORD_LISTS
};

struct link_words;

/* digest: of the two files, as the lexicon's. ERR_SYNTAX "links.tsv:12: …", ERR_NOMEM. */
int link_words_load(struct slice links, struct slice hints, struct link_words **out,
                    struct err *err);
void link_words_free(struct link_words *w); /* NULL is fine */
struct sha256 link_words_digest(const struct link_words *w);

/* Bit 1 << class for each class that has a word in the folded text, or in the folded path. */
uint32_t link_words_in(const struct link_words *w, struct slice text, struct slice path);

/* "product", … "other", "acts", "parked", "construction", "seal". */
const char *link_class_name(enum link_class c);
/* False for another word, and for those behind "other". */
bool link_class_of(struct slice word, enum link_class *out);

#endif
