/* Whether scores mean what they say: of the sites scored 0.8, are four in five to be acted on?
 *
 *   source  G. W. Brier, "Verification of forecasts expressed in terms of probability" (1950);
 *           A. P. Bradley, "The use of the area under the ROC curve" (1997)
 *   shapes  shares in parts per million; integers throughout */
#ifndef ASSESS_CALIBRATION_H
#define ASSESS_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALIBRATION_BINS = 10 };

struct scored {
	int64_t ppm;
	bool positive;
};

struct calibration {
	uint64_t n, positives;
	int64_t brier_ppm;      /* mean square of what scores miss by; 0 is best */
	int64_t base_brier_ppm; /* of always saying the share of positives */
	int64_t auc_ppm;        /* chance that a positive is scored above a negative, ties by half; -1
	                           where one kind is missing: what ordering a queue hangs on */
	struct calibration_bin {
		uint64_t n, positives;
		int64_t mean_ppm; /* of the scores; 0 where n is */
	} bin[CALIBRATION_BINS];  /* [0, 0.1), ... [0.9, 1] */
};

/* s is sorted by score. n <= 2^32. */
void calibration_of(struct scored *s, size_t n, struct calibration *out);

#endif
