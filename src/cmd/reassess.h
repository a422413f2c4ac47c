/* What changed packs would alter, before anything is altered.
 *
 * A verdict made under other packs or another lexicon than those of now is made again, offline, from
 * the stored evidence. Where a decision is in force or a verdict is pending, and the new one says
 * something else for that destination, that is a difference: it is shown, and becomes a record when
 * a reviewer accepts it. A decision that the new verdict does not support stays in force: it needs a
 * correction, by people.
 *
 * A difference as JSON (doc/format/record.md, "reassessment", has the same cells):
 *
 *     {"id": of the new verdict, "subject": {...}, "period": ..., "before": id of the stored verdict,
 *      "packs": [{"pack","before":{"version","digest"},"now":{...}}], "lexicon": bool,
 *      "other": bool (evidence, registers or the program changed as well),
 *      "cells": [{"destination", "state": "pending" or "listed", "class_before", "ground_before",
 *                 "class", "ground", "findings_gone": [rules], "findings_new": [rules],
 *                 "decision", "decided", "supported": bool}]}                                     */
#ifndef CMD_REASSESS_H
#define CMD_REASSESS_H

#include "assess/report.h"
#include "base/err.h"
#include "cmd/rulebook.h"
#include "store/store.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

/* Compare a new verdict with what is stored. *out: a new reference, or NULL where nobody has to
 * accept anything. The same inputs and store give the same bytes. */
int reassess_compare(struct store *store, const struct rulebook *rules, const struct report *r,
                     int64_t period, json_t **out, struct err *err);

/* Called per difference, with the verdict it is about; a value other than 0 ends the walk and is
 * returned. It may put into the store. The difference is the walk's. */
typedef int (*reassess_fn)(void *ctx, const struct report *r, int64_t period, json_t *difference,
                           struct err *err);

/* Every difference in the store, in the order of subjects. rules: those that judge now
 * (cmd/packbook.h). Sites whose verdicts name the same packs and lexicon are not assessed again. */
int reassess_each(struct store *store, const struct rulebook *rules, int64_t at, reassess_fn fn,
                  void *ctx, struct err *err);

/* Whether a decision of class `decided` is supported by a verdict of class `said`: it is no
 * harsher. */
bool reassess_supports(struct slice said, struct slice decided);

#endif
