/* Every sentence that people read on a public page, in each language, in one file; and the same of
 * letters, in more languages (policy/notice/disclosure.tsv).
 *
 *   file    web/catalogue.tsv: a head "key<TAB>en<TAB>ja", then a row a key; # begins a comment
 *   keys    [A-Za-z0-9._-]+, sorted bytewise, each once; "rule.ID" is a rule of a pack, "class.X" a
 *           verdict class, "state.X" a state, "country.XX" the name of a country
 *   values  UTF-8 without tabs; {name} stands for a value that the page fills in
 *   source  doc/format/catalogue.md; languages BCP 47 */
#ifndef MODEL_CATALOGUE_H
#define MODEL_CATALOGUE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum { CATALOGUE_COLUMNS_MAX = 16 }; /* languages of one file */

enum catalogue_language { LANGUAGE_EN, LANGUAGE_JA, CATALOGUE_LANGUAGES };

struct catalogue;

/* Read the file's bytes; file is its name for messages. ERR_SYNTAX "web/catalogue.tsv:12: ..." (a
 * missing value, an unsorted or repeated key, other placeholders than in English); ERR_NOMEM. */
int catalogue_parse(struct slice text, const char *file, struct catalogue **out, struct err *err);
/* The same of a file whose head names its languages: "key<TAB>en<TAB>ja<TAB>de...", English first,
 * each a primary language subtag. */
int catalogue_parse_languages(struct slice text, const char *file, struct catalogue **out,
                              struct err *err);
void catalogue_free(struct catalogue *c);

/* The languages of the file: column 0 is English; a column is below catalogue_columns. */
size_t catalogue_columns(const struct catalogue *c);
struct slice catalogue_tag(const struct catalogue *c, size_t column);
/* The column of a tag ("ja", "pt-BR"), false for a language that the file has not. */
bool catalogue_column_of(const struct catalogue *c, struct slice tag, size_t *out);
/* As catalogue_get. */
struct slice catalogue_sentence(const struct catalogue *c, size_t column, struct slice key,
                                bool *known);

/* The sentence of a key; when there is none, *known (may be NULL) is false and it is empty. */
struct slice catalogue_get(const struct catalogue *c, enum catalogue_language language,
                           struct slice key, bool *known);

/* The keys there are, in their order: for checks that none is missing and none idle. i below
 * catalogue_keys. */
size_t catalogue_keys(const struct catalogue *c);
struct slice catalogue_key(const struct catalogue *c, size_t i);

/* "en", "ja". */
const char *catalogue_language_tag(enum catalogue_language language);

/* The language of a tag ("ja", "ja-JP"), false for one we have not. */
bool catalogue_language_of(struct slice tag, enum catalogue_language *out);

/* The best of an Accept-Language field (RFC 9110 section 12.5.4); English where nothing fits. */
enum catalogue_language catalogue_language_accept(struct slice field);

#endif
