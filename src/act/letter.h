/* A notice as a desk reads it: subject line, letter, annex.
 *
 *   words   policy/notice/notice.tsv (model/catalogue.h), by purpose, matter and kind of recipient; in
 *           the language of the recipient where the catalogue has it, with English beneath
 *   form    plain text, UTF-8, lines of at most 72 columns ended by LF. The first ten lines say: is it
 *           ours, how do I see it, which clause, what harm, what do you ask. Addresses of pages are
 *           written so that no program makes them links
 *   annex   per subject what was observed, where and when, evidence by digest, recipe, registration;
 *           as text behind the letter (short form) and as JSON (doc/format/notice.md): never a bare list
 *   says    on whose behalf, who pays, what interest, basis, how to verify it in the ledger, how the
 *           operator appeals
 *
 * Pure; the same notice gives the same bytes. */
#ifndef ACT_LETTER_H
#define ACT_LETTER_H

#include "base/buf.h"
#include "base/err.h"
#include "model/catalogue.h"
#include "model/notice.h"

#include <stddef.h>

/* Of the JSON attachment; its shape is doc/format/schema/output/notice_annex.schema.json. */
#define ANNEX_FORMAT "assay-notice/1"

/* The column of the catalogue for a language; English (0) where it has none. */
size_t letter_column(const struct catalogue *c, struct slice language);

/* Append subject line (one line, no LF) and text. ERR_SYNTAX for a catalogue without a sentence that is
 * needed (names it); ERR_LIMIT; ERR_NOMEM. */
int letter_write(const struct notice *n, const struct catalogue *c, size_t column,
                 struct buf *subject, struct buf *text, struct err *err);

/* Append the JSON attachment, canonical (RFC 8785), one LF at its end. ERR_NOMEM. */
int letter_annex(const struct notice *n, struct buf *out, struct err *err);

/* One subject of it alone, as an object. */
int letter_annex_subject(const struct notice *n, size_t i, struct buf *out, struct err *err);

#endif
