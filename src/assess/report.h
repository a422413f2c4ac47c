/* An assessment as records: one finding a rule that fired, one verdict with a cell a destination.
 *
 *   source  doc/format/record.md, "finding" and "verdict"
 *
 * The verdict names every input by digest, so that the same inputs give the same id on any
 * machine; the time of the evaluation is its `at`, which is no part of the id. */
#ifndef ASSESS_REPORT_H
#define ASSESS_REPORT_H

#include "assess/verdict.h"
#include "model/record.h"
#include "wire/fold.h"

/* Inputs of a verdict that the assessment itself does not hold. */
struct report_inputs {
	struct sha256 suffixes; /* of the public suffix list and platforms (model/domain.h) */
	const char *fold;       /* fold_version() */
};

#define ASSESS_VERSION "assess/4" /* raised when the same inputs may give another verdict */

struct report {
	struct record *finding; /* n of them, in the order of the assessment's */
	size_t n;
	struct record verdict;
};

/* Make the records. out is untouched on failure, else released with report_release; its array lies
 * in the arena. ERR_NOMEM. */
int report_of(const struct assessor *as, const struct assessment *x,
              const struct registers *registers, const struct report_inputs *inputs, int64_t at,
              struct arena *a, struct report *out, struct err *err);
void report_release(struct report *r);

/* The quotation of a fact, with where, when and from where its page was fetched, and which words of it
 * count: a new reference, or NULL when there is no memory or nothing to quote. With a destination,
 * drugs are told as its law has them; it may be empty. */
json_t *report_quotation(const struct assessment *x, uint32_t fact, struct slice destination);

#endif
