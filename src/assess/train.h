/* Train the ranking model from examples, and hold it against examples that it has not seen.
 *
 *   method  logistic regression with a penalty on the squares of weights, by whole-batch gradient
 *           descent; fixed-point arithmetic in a fixed order, so that every build gives the same bytes
 *   weight  a cluster counts once, however many sites and languages it has
 *   known   buckets that two clusters have: what one shop alone says is its name and not its trade */
#ifndef ASSESS_TRAIN_H
#define ASSESS_TRAIN_H

#include "assess/calibration.h"
#include "assess/rank_model.h"

enum { TRAIN_FOLDS_MAX = 20, TRAIN_EXAMPLES_MAX = 1 << 16 };

struct train_example {
	struct features features;
	struct slice cluster;
	bool positive;
};

/* Train. use: which examples, or NULL for all. The model lies in the arena; lexicon and digest are the
 * caller's to fill.
 *
 *   return  0; ERR_USAGE where one kind of example is missing; ERR_LIMIT; ERR_NOMEM */
int train_model(const struct train_example *e, size_t n, const bool *use, struct arena *a,
                struct rank_model *out, struct err *err);

/* Put each example into one of k folds, whole clusters together and both kinds spread evenly.
 * ERR_USAGE where there are fewer than k clusters of either kind; ERR_NOMEM. */
int train_folds(const struct train_example *e, size_t n, size_t k, size_t *fold, struct err *err);

/* Score each example by a model that was trained without its fold. As train_model. */
int train_held_out(const struct train_example *e, size_t n, size_t k, struct calibration *out,
                   struct err *err);

#endif
