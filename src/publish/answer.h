/* What the public is told about a name: the operator's view less what nobody has decided.
 *
 *   source  DESIGN, rules 1, 3, 11, 14; RECORDS.md, "Listing and verdict are different things";
 *           doc/format/answer.md draws it; doc/decision/0009 says why
 *
 * A verdict of unapproved or rogue that waits for people is no public word: its cell is told as
 * "unverified", state "pending", without findings, counter-evidence or ground. Of what was decided,
 * only findings as grave as the decision are told. An answer is made by taking over what is named
 * here, field by field, so what is new in a view stays private until somebody adds it. */
#ifndef PUBLISH_ANSWER_H
#define PUBLISH_ANSWER_H

#include "base/err.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stdbool.h>

/* Make the answer.
 *
 *   name         as asked for, canonical
 *   destination  that was asked for; empty: all. The cells of the others are told in any case
 *   views        the views of the subjects that speak for the name (cmd/view.h, view_json), the
 *                nearest first
 *   return       0 and a new reference in *out; ERR_NOMEM */
int answer_of(struct slice name, struct slice destination, const json_t *const *views, size_t n,
              json_t **out, struct err *err);

/* The cell that holds for a destination: of the first subject that has one, unless a later one is
 * listed for it. NULL when none has. Borrowed. */
const json_t *answer_cell(const json_t *answer, struct slice destination);

/* Whether any subject is listed for the destination (empty: for any). */
bool answer_is_listed(const json_t *answer, struct slice destination);

#endif
