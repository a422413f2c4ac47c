#include "assess/calibration.h"

#include <stdlib.h>

enum { PPM = 1000000 };

static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	return (x->ppm > y->ppm) - (x->ppm < y->ppm);
}

/* Pairs of a positive and a negative in the right order count 2, ties 1. */
static int64_t auc_of(const struct scored *s, size_t n, uint64_t positives)
{
	uint64_t below = 0, twice = 0, pairs = positives * (n - positives);

	if (pairs == 0)
		return -1;
	for (size_t i = 0; i < n;) {
		uint64_t p = 0, q = 0;
		size_t k = i;
		for (; k < n && s[k].ppm == s[i].ppm; k++) {
			p += s[k].positive;
			q += !s[k].positive;
		}
		twice += p * (2 * below + q);
		below += q;
		i = k;
	}
	/* In the order that cannot overflow for 2^32 members. */
	return pairs > UINT64_MAX / 2 / PPM ? (int64_t)(twice / 2 / (pairs / PPM))
	                                    : (int64_t)(twice * PPM / 2 / pairs);
}

void calibration_of(struct scored *s, size_t n, struct calibration *out)
{
	struct calibration c = { .n = n };
	uint64_t missed = 0, sum[CALIBRATION_BINS] = { 0 };

	if (n)
		qsort(s, n, sizeof(*s), by_score);
	for (size_t i = 0; i < n; i++) {
		int64_t miss = (s[i].positive ? PPM : 0) - s[i].ppm;
		size_t bin = (size_t)(s[i].ppm / (PPM / CALIBRATION_BINS));
		bin = bin < CALIBRATION_BINS ? bin : CALIBRATION_BINS - 1;
		missed += (uint64_t)(miss * miss / PPM);
		c.positives += s[i].positive;
		c.bin[bin].n++;
		c.bin[bin].positives += s[i].positive;
		sum[bin] += (uint64_t)s[i].ppm;
	}
	for (size_t b = 0; b < CALIBRATION_BINS; b++)
		c.bin[b].mean_ppm = c.bin[b].n ? (int64_t)(sum[b] / c.bin[b].n) : 0;
	if (n) {
		uint64_t share = c.positives * PPM / n;
		c.brier_ppm = (int64_t)(missed / n);
		c.base_brier_ppm = (int64_t)(share * (PPM - share) / PPM);
	}
	c.auc_ppm = auc_of(s, n, c.positives);
	*out = c;
}
