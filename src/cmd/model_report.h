/* Scores of the ranking model and how far they can be trusted, as JSON and in words. */
#ifndef CMD_MODEL_REPORT_H
#define CMD_MODEL_REPORT_H

#include "assess/calibration.h"
#include "assess/rank_model.h"
#include "base/buf.h"
#include "wire/json.h"

/* {"n", "positives", "brier_ppm", "base_brier_ppm", "auc_ppm", "bins": [...]} (doc/format/model.md);
 * NULL without memory. */
json_t *calibration_json(const struct calibration *c);

/* The same as a table; from is what calibration_json gave. */
void calibration_put_text(const json_t *from, struct buf *out);

/* {"score_ppm", "known", "reasons": [{"feature", "logit_ppm"}]}; NULL without memory. */
json_t *rank_score_json(const struct rank_score *s);

/* "model 0.931: word bitcoin +0.214, claim norx +0.200, word advice -0.031" */
void rank_score_put_text(const struct rank_score *s, struct buf *out);

#endif
