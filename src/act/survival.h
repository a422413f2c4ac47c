/* How long something takes, when for some of it nobody knows yet: the product-limit estimate.
 *
 *   source    E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations" (1958);
 *             variance: M. Greenwood, "The natural duration of cancer" (1926); interval of the curve
 *             on the scale log(-log S): J. D. Kalbfleisch, R. L. Prentice, "The statistical analysis
 *             of failure time data" (1980); of a quantile: R. Brookmeyer, J. Crowley, "A confidence
 *             interval for the median survival time" (1982), on the same scale
 *   censored  a case that is still open counts as open for as long as it was watched, and is never
 *             dropped. Of an effect and an end of watching at the same second the effect is first
 *   numbers   computed as doubles in one fixed order, without fused operations (C11, no contraction),
 *             and rounded to integers: parts per million and seconds. The same cases in any order give
 *             the same integers. Quantiles are read off the rounded curve
 *
 * Pure. */
#ifndef ACT_SURVIVAL_H
#define ACT_SURVIVAL_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SURVIVAL_PPM = 1000000 };

/* "Not reached": a quantile or a bound that the curve does not come down to. */
#define SURVIVAL_NEVER INT64_MAX

struct survival_case {
	int64_t s;   /* seconds watched; negative counts as 0 */
	bool effect; /* it happened then; else it had not happened by then */
};

/* The curve behind a time at which something happened. */
struct survival_step {
	int64_t s;
	size_t at_risk;  /* were open and watched just before */
	size_t effects;  /* happened then */
	size_t censored; /* ends of watching from then until the next step */
	int64_t still_ppm, low_ppm, high_ppm; /* share still open, and its 95 % interval; where all of
	                                         n at risk have come to it: from 0 to the exact bound
	                                         1 - 0.025^(1/n), or to the bound before if less */
	int64_t error_ppm; /* standard error by Greenwood's formula */
};

struct survival {
	size_t n, effects;
	size_t censored_before;   /* ends of watching before the first step */
	int64_t watched_s;        /* the longest; 0 without a case */
	struct survival_step *step; /* by time, each once; in the arena */
	size_t step_n;
};

/* ERR_NOMEM. n 0: no step. */
int survival_estimate(const struct survival_case *c, size_t n, struct arena *a,
                      struct survival *out, struct err *err);

struct survival_quantile {
	int64_t s, low_s, high_s; /* each may be SURVIVAL_NEVER */
};

/* The time by which that share of all (500,000: the median; 900,000: the 90th percentile) has
 * happened: the first at which no more than the rest is open; its interval: the times whose share the
 * curve's interval does not exclude. */
struct survival_quantile survival_quantile(const struct survival *s, int64_t share_ppm);

/* The curve at a time. The last step at or before it; at_risk is then how many are still watched
 * behind that time. Before the first step all are open, and the lower bound is the exact one of n at
 * risk, 0.025^(1/n) (C. J. Clopper, E. S. Pearson, 1934). known: false behind the longest watch, where
 * the curve says nothing any more. */
struct survival_at {
	int64_t still_ppm, low_ppm, high_ppm;
	size_t at_risk;
	bool known;
};
struct survival_at survival_at(const struct survival *s, const struct survival_case *c, size_t n,
                               int64_t time_s);

#endif
