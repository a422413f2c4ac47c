/* A verdict in plain words: what was observed, where and when; which rule and law; what speaks
 * against it; what is missing.
 *
 * Works on records, so that what is explained is what was kept. Text is UTF-8; bytes that came from
 * pages are shown without control characters and cut, so that none can steer a terminal. */
#ifndef ASSESS_EXPLAIN_H
#define ASSESS_EXPLAIN_H

#include "base/buf.h"
#include "base/err.h"
#include "wire/json.h"

/* Where findings come from: a new reference to the finding of an id (64 hex digits), or NULL in *out
 * when there is none. Returns 0 or negative. */
struct explain_source {
	int (*finding)(void *ctx, struct slice id, json_t **out, struct err *err);
	void *ctx;
};

/* The cell of a verdict record for a destination, or NULL. Borrowed. */
const json_t *explain_cell_of(const json_t *verdict, struct slice destination);

/* One line: why the cell is as it is. Appended to out without a line end. */
int explain_line(const json_t *cell, const struct explain_source *from, struct buf *out,
                 struct err *err);

/* The whole of it, indented by two, for a cell. */
int explain_cell(const json_t *cell, const struct explain_source *from, struct buf *out,
                 struct err *err);

/* Append text of foreign origin: control characters and invisible formatting (U+200B..U+200F,
 * U+202A..U+202E, U+2066..U+2069, U+FEFF) left out, space collapsed, cut behind max characters with
 * "..." */
void explain_put_foreign(struct buf *out, struct slice text, size_t max);

/* Append the words of a quotation in the same way, between stars those that count (its `matched`,
 * doc/format/record.md): "we *need no prescription* here". */
void explain_put_quote(struct buf *out, const json_t *quotation, size_t max);

/* Append a line for each of those words, behind a lead: what words of their kind mean (gloss.h).
 * place: the destination as people call it. */
void explain_put_words(struct buf *out, const json_t *quotation, struct slice place,
                       const char *lead);

#endif
