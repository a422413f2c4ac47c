/* How far a share counted in a sample may lie from the share it stands for: 95 % intervals.
 *
 *   source  E. B. Wilson, "Probable inference, the law of succession, and statistical inference"
 *           (1927); C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits" (1934);
 *           B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13
 *   shapes  shares are in parts per million
 *   pure    the same counts give the same interval: the bootstrap's numbers start from one constant */
#ifndef ASSESS_INTERVAL_H
#define ASSESS_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

enum { INTERVAL_PPM = 1000000, INTERVAL_RESAMPLES = 2000 };

struct interval {
	int64_t low_ppm, high_ppm;
};

/* k of n, each drawn by itself (Wilson's score interval). n 0 gives all of [0, 1]. k <= n. */
struct interval interval_wilson(uint64_t k, uint64_t n);

/* All of n trials, or none of them: the exact bound (Clopper and Pearson), which a bootstrap cannot
 * give, since every resample is alike. n 0 gives [0, 1]. */
struct interval interval_unanimous(uint64_t n, int all);

/* What comes in clusters: k of n in each, the clusters drawn and not their members. */
struct interval_cluster {
	uint64_t k, n; /* k <= n <= 2^32 */
};

/* The percentile interval of the share over INTERVAL_RESAMPLES resamples of whole clusters. Where each
 * cluster says the same (all, or none), interval_unanimous of the number of clusters; *exact tells.
 * Clusters with n 0 are left out. */
struct interval interval_clustered(const struct interval_cluster *c, size_t m, int *exact);

#endif
