/* What assay eval found, as one JSON object (doc/format/eval.md), and that object in words. */
#ifndef CMD_EVAL_REPORT_H
#define CMD_EVAL_REPORT_H

#include "assess/evaluation.h"
#include "base/buf.h"
#include "cmd/labelled.h"
#include "wire/json.h"

/* A site as it was labelled, or its pages of one language. */
struct eval_units {
	struct eval_unit *unit;
	size_t n, cap;
};

/* A share as JSON; json null where nothing was counted. NULL without memory. */
json_t *eval_measure_json(const struct measure *m);

/* One view. name: "any", "stated", or the destination. NULL without memory. */
json_t *eval_view_json(const struct evaluation *e, const char *name);

/* Right, abstained, wrong and condemned per language and label, in the order of language then label.
 * NULL without memory. */
json_t *eval_languages_json(const struct eval_units *u);

/* Why a site was called what it was, where that is not right: rules with their quotations, and which
 * gates said no. view: the cell that is wrong. NULL without memory. */
json_t *eval_error_json(const struct eval_unit *u, const struct assessment *x,
                        const struct eval_cell *view);

/* The report in words, from its JSON. ERR_NOMEM. */
int eval_put_text(const json_t *report, struct buf *out, struct err *err);

#endif
