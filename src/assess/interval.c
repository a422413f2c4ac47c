/* Ten pages of one shop engine are one observation and not ten, so the interval that counts is the
 * one over clusters; Wilson's stands beside it for comparison with what others publish. */
#include "assess/interval.h"

#include <math.h>
#include <stdlib.h>

/* The 0.975 quantile of the normal distribution, and half of what lies outside. */
static const double Z = 1.959963984540054, TAIL = 0.025;

static int64_t to_ppm(double share)
{
	if (share <= 0)
		return 0;
	return share >= 1 ? INTERVAL_PPM : (int64_t)(share * INTERVAL_PPM + 0.5);
}

struct interval interval_wilson(uint64_t k, uint64_t n)
{
	if (n == 0)
		return (struct interval){ 0, INTERVAL_PPM };
	double count = (double)n, p = (double)k / count, zz = Z * Z / count;
	double middle = p + zz / 2, width = Z * sqrt(p * (1 - p) / count + zz / count / 4);

	/* At the ends the formula gives exactly 0 and 1, and rounding may not. */
	return (struct interval){ k == 0 ? 0 : to_ppm((middle - width) / (1 + zz)),
		                  k == n ? INTERVAL_PPM : to_ppm((middle + width) / (1 + zz)) };
}

struct interval interval_unanimous(uint64_t n, int all)
{
	if (n == 0)
		return (struct interval){ 0, INTERVAL_PPM };
	double least = pow(TAIL, 1 / (double)n);

	if (all)
		return (struct interval){ to_ppm(least), INTERVAL_PPM };
	return (struct interval){ 0, to_ppm(1 - least) };
}

/* SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, 2014). */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct interval interval_clustered(const struct interval_cluster *c, size_t m, int *exact)
{
	int64_t share[INTERVAL_RESAMPLES];
	uint64_t state = 1, k = 0, n = 0, filled = 0;

	for (size_t i = 0; i < m; i++) {
		k += c[i].k;
		n += c[i].n;
		filled += c[i].n > 0;
	}
	*exact = k == 0 || k == n;
	if (*exact)
		return interval_unanimous(filled, n && k == n);
	for (size_t r = 0; r < INTERVAL_RESAMPLES; r++) {
		k = n = 0;
		while (n == 0) /* a draw of empty clusters alone says nothing */
			for (size_t i = 0; i < m; i++) {
				const struct interval_cluster *one = &c[(next(&state) >> 32) * m >> 32];
				k += one->k;
				n += one->n;
			}
		share[r] = (int64_t)(k * INTERVAL_PPM / n);
	}
	qsort(share, INTERVAL_RESAMPLES, sizeof(share[0]), by_value);
	return (struct interval){ share[INTERVAL_RESAMPLES / 40],
		                  share[INTERVAL_RESAMPLES - 1 - INTERVAL_RESAMPLES / 40] };
}
