/* A fact as a record.
 *
 *   source  doc/format/record.md, "fact"
 *
 * The record says what a page says, never whether it is true. Where `restricted` is set it names a
 * natural person, or may: such a record is for whoever runs the program, never for publication. */
#ifndef ASSESS_FACT_REPORT_H
#define ASSESS_FACT_REPORT_H

#include "assess/verdict.h"
#include "model/record.h"

/* Make the record of one fact of an assessment. out is untouched on failure, else released with
 * record_release. ERR_NOMEM. */
int fact_report(const struct lexicon *lexicon, const struct assessment *x, uint32_t fact, int64_t at,
                struct record *out, struct err *err);

/* Append the record as a line for people, without its end: kind, sort, value, quotation. */
void fact_report_line(const struct record *r, struct buf *out);

#endif
