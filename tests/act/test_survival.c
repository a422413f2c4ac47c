#include "check.h"

#include "act/survival.h"

#include <math.h>
#include <stdlib.h>

enum { OPEN = 0, EFFECT = 1 };

static const int64_t NEVER = SURVIVAL_NEVER;

struct wanted {
	int64_t s;
	size_t at_risk, effects;
	int64_t still, error, low, high; /* -1: not given by the source */
};

static void check_curve(const char *name, const struct survival_case *c, size_t n,
                        const struct wanted *want, size_t steps)
{
	struct arena a = { 0 };
	struct survival got;

	assert_int_equal(survival_estimate(c, n, &a, &got, NULL), 0);
	CHECK_INT(-1, name, got.step_n, steps);
	for (size_t i = 0; i < steps && i < got.step_n; i++) {
		const struct survival_step *t = &got.step[i];
		CHECK_INT(i, name, t->s, want[i].s);
		CHECK_INT(i, name, t->at_risk, want[i].at_risk);
		CHECK_INT(i, name, t->effects, want[i].effects);
		CHECK_INT(i, name, t->still_ppm, want[i].still);
		if (want[i].error >= 0)
			CHECK_INT(i, name, t->error_ppm, want[i].error);
		if (want[i].low >= 0)
			CHECK_INT(i, name, t->low_ppm, want[i].low);
		if (want[i].high >= 0)
			CHECK_INT(i, name, t->high_ppm, want[i].high);
	}
	arena_release(&a);
}

/* The worked example of Kaplan and Meier (1958): eight items, deaths at 0.8, 3.1, 5.4, 9.2, losses at
 * 1.0, 2.7, 7.0, 12.1; here in tenths. 7/8, of it 4/5, of it 3/4, of it 1/2. */
static void test_the_example_of_kaplan_and_meier(void **state)
{
	static const struct survival_case c[] = {
		{ 121, OPEN }, { 8, EFFECT },  { 10, OPEN }, { 54, EFFECT },
		{ 27, OPEN },  { 31, EFFECT }, { 70, OPEN }, { 92, EFFECT },
	};
	static const struct wanted want[] = {
		{ 8, 8, 1, 875000, -1, -1, -1 },
		{ 31, 5, 1, 700000, -1, -1, -1 },
		{ 54, 4, 1, 525000, -1, -1, -1 },
		{ 92, 2, 1, 262500, -1, -1, -1 },
	};

	(void)state;
	check_curve("kaplan-meier", c, ROWS(c), want, ROWS(want));
	check_done();
}

/* Weeks of remission under 6-MP and under placebo: E. J. Freireich et al., Blood 21 (1963), the data
 * that textbooks take. */
static const struct survival_case six_mp[] = {
	{ 6, EFFECT },  { 6, EFFECT }, { 6, EFFECT },  { 6, OPEN },    { 7, EFFECT },  { 9, OPEN },
	{ 10, EFFECT }, { 10, OPEN },  { 11, OPEN },   { 13, EFFECT }, { 16, EFFECT }, { 17, OPEN },
	{ 19, OPEN },   { 20, OPEN },  { 22, EFFECT }, { 23, EFFECT }, { 25, OPEN },   { 32, OPEN },
	{ 32, OPEN },   { 34, OPEN },  { 35, OPEN },
};
static const struct survival_case placebo[] = {
	{ 1, EFFECT },  { 1, EFFECT },  { 2, EFFECT },  { 2, EFFECT },  { 3, EFFECT },
	{ 4, EFFECT },  { 4, EFFECT },  { 5, EFFECT },  { 5, EFFECT },  { 8, EFFECT },
	{ 8, EFFECT },  { 8, EFFECT },  { 8, EFFECT },  { 11, EFFECT }, { 11, EFFECT },
	{ 12, EFFECT }, { 12, EFFECT }, { 15, EFFECT }, { 17, EFFECT }, { 22, EFFECT },
	{ 23, EFFECT },
};

static void check_quantiles(const char *name, const struct survival_case *c, size_t n,
                            const int64_t want[][4], size_t rows)
{
	struct arena a = { 0 };
	struct survival s;

	assert_int_equal(survival_estimate(c, n, &a, &s, NULL), 0);
	for (size_t i = 0; i < rows; i++) {
		struct survival_quantile q = survival_quantile(&s, want[i][0]);
		CHECK_INT(i, name, q.s, want[i][1]);
		CHECK_INT(i, name, q.low_s, want[i][2]);
		CHECK_INT(i, name, q.high_s, want[i][3]);
	}
	arena_release(&a);
}

/* Shares, standard errors and both bounds: R 4.2 with its package survival 3.5-3,
 * survfit(Surv(t, e) ~ 1, conf.type = "log-log"), and quantile() of it. */
static void test_remissions_under_6_mp(void **state)
{
	static const struct wanted want[] = {
		{ 6, 21, 3, 857143, 76360, 619718, 951552 },
		{ 7, 17, 1, 806723, 86935, 563147, 922809 },
		{ 10, 15, 1, 752941, 96350, 503200, 889362 },
		{ 13, 12, 1, 690196, 106815, 431610, 849066 },
		{ 16, 11, 1, 627451, 114054, 367511, 804912 },
		{ 22, 7, 1, 537815, 128234, 267779, 746791 },
		{ 23, 6, 1, 448179, 134591, 188052, 680143 },
	};
	static const int64_t quantiles[][4] = {
		{ 250000, 13, 6, 22 },
		{ 500000, 23, 13, SURVIVAL_NEVER },
		{ 900000, SURVIVAL_NEVER, SURVIVAL_NEVER, SURVIVAL_NEVER },
	};

	(void)state;
	check_curve("6-MP", six_mp, ROWS(six_mp), want, ROWS(want));
	check_quantiles("6-MP", six_mp, ROWS(six_mp), quantiles, ROWS(quantiles));
	check_done();
}

static void test_remissions_under_placebo(void **state)
{
	/* At 23 weeks nobody is left: R then gives no bounds, we those of the header. */
	static const struct wanted want[] = {
		{ 1, 21, 2, 904762, 64056, 670046, 975294 },
		{ 2, 19, 2, 809524, 85689, 568905, 923889 },
		{ 3, 17, 1, 761905, 92943, 519391, 893257 },
		{ 4, 16, 2, 666667, 102869, 425350, 825044 },
		{ 5, 14, 2, 571429, 107990, 337977, 749241 },
		{ 8, 12, 4, 380952, 105971, 183067, 577789 },
		{ 11, 8, 2, 285714, 98581, 116561, 481820 },
		{ 12, 6, 2, 190476, 85689, 59482, 377435 },
		{ 15, 4, 1, 142857, 76360, 35657, 321162 },
		{ 17, 3, 1, 95238, 64056, 16259, 261250 },
		{ 22, 2, 1, 47619, 46471, 3324, 197045 },
		{ 23, 1, 1, 0, 0, 0, 197045 },
	};
	static const int64_t quantiles[][4] = {
		{ 250000, 4, 1, 5 },
		{ 500000, 8, 4, 11 },
		{ 900000, 17, 12, SURVIVAL_NEVER },
	};

	(void)state;
	check_curve("placebo", placebo, ROWS(placebo), want, ROWS(want));
	check_quantiles("placebo", placebo, ROWS(placebo), quantiles, ROWS(quantiles));
	check_done();
}

/* The same estimate by another road: B. Efron's redistribution to the right (1967). Each case weighs
 * the same; one that is censored hands its weight on, in equal parts, to those that were watched
 * longer. What the effects up to a time weigh together has happened. */
static double redistributed(struct survival_case *sorted, size_t n, int64_t until)
{
	double weight[64], happened = 0;

	for (size_t i = 0; i < n; i++)
		weight[i] = 1.0 / (double)n;
	for (size_t i = 0; i < n; i++) {
		if (sorted[i].effect) {
			if (sorted[i].s <= until)
				happened += weight[i];
			continue;
		}
		for (size_t k = i + 1; k < n; k++)
			weight[k] += weight[i] / (double)(n - i - 1);
	}
	return 1 - happened;
}

static int by_time(const void *a, const void *b)
{
	const struct survival_case *x = a, *y = b;

	return x->s != y->s ? (x->s > y->s) - (x->s < y->s) : (int)y->effect - (int)x->effect;
}

static void test_random_cases_agree_with_redistribution_to_the_right(void **state)
{
	uint64_t seed = 20261128;

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct survival_case c[64], shuffled[64];
		struct arena a = { 0 };
		struct survival got, again;
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		size_t n = 1 + (seed >> 33) % 64;
		for (size_t i = 0; i < n; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			c[i].s = (int64_t)((seed >> 33) % 30); /* many ties */
			c[i].effect = (seed >> 60) % 3 != 0;
		}
		for (size_t i = 0; i < n; i++)
			shuffled[i] = c[n - 1 - i];
		assert_int_equal(survival_estimate(c, n, &a, &got, NULL), 0);
		assert_int_equal(survival_estimate(shuffled, n, &a, &again, NULL), 0);
		qsort(c, n, sizeof(c[0]), by_time);
		size_t seen = got.censored_before;
		CHECK_INT(round, "steps", again.step_n, got.step_n);
		for (size_t i = 0; i < got.step_n; i++) {
			const struct survival_step *t = &got.step[i];
			double want = redistributed(c, n, t->s) * SURVIVAL_PPM;
			seen += t->effects + t->censored;
			CHECK_INT(round, "share", fabs((double)t->still_ppm - want) < 0.51, 1);
			CHECK_INT(round, "order", memcmp(t, &again.step[i], sizeof(*t)), 0);
			CHECK_INT(round, "interval",
			          t->low_ppm <= t->still_ppm && t->still_ppm <= t->high_ppm, 1);
		}
		CHECK_INT(round, "nobody is dropped", seen, n);
		arena_release(&a);
	}
	check_done();
}

/* Without censoring the curve is the share of the sample, and the standard error the binomial one. */
static void test_without_censoring_it_is_the_share_of_the_sample(void **state)
{
	struct arena a = { 0 };
	struct survival s;

	(void)state;
	assert_int_equal(survival_estimate(placebo, ROWS(placebo), &a, &s, NULL), 0);
	size_t left = ROWS(placebo);
	for (size_t i = 0; i < s.step_n; i++) {
		left -= s.step[i].effects;
		double p = (double)left / ROWS(placebo);
		CHECK_INT(i, "share", s.step[i].still_ppm, llround(p * 1e6));
		CHECK_INT(i, "error", s.step[i].error_ppm, llround(sqrt(p * (1 - p) / 21) * 1e6));
	}
	CHECK_INT(0, "all", left, 0);
	arena_release(&a);
	check_done();
}

static void test_small_sets(void **state)
{
	static const struct {
		const char *says;
		struct survival_case c[4];
		size_t n;
		int64_t median, low, high, p90;
	} rows[] = {
		{ "nobody", { { 0, OPEN } }, 0, NEVER, NEVER, NEVER, NEVER },
		{ "one that is open", { { 9, OPEN } }, 1, NEVER, NEVER, NEVER, NEVER },
		{ "one with its effect", { { 9, EFFECT } }, 1, 9, 9, NEVER, 9 },
		{ "half of two", { { 3, EFFECT }, { 9, OPEN } }, 2, 3, 3, NEVER, NEVER },
		/* The effect of a second comes before the end of watching in it: both were at risk. */
		{ "at one second", { { 5, OPEN }, { 5, EFFECT } }, 2, 5, 5, NEVER, NEVER },
		{ "before its beginning", { { -7, EFFECT }, { -7, EFFECT } }, 2, 0, 0, NEVER, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct survival s;
		assert_int_equal(survival_estimate(rows[i].c, rows[i].n, &a, &s, NULL), 0);
		struct survival_quantile half = survival_quantile(&s, 500000);
		CHECK_INT(i, rows[i].says, half.s, rows[i].median);
		CHECK_INT(i, rows[i].says, half.low_s, rows[i].low);
		CHECK_INT(i, rows[i].says, half.high_s, rows[i].high);
		CHECK_INT(i, rows[i].says, survival_quantile(&s, 900000).s, rows[i].p90);
		arena_release(&a);
	}
	check_done();
}

static void test_the_curve_at_a_time(void **state)
{
	static const struct {
		int64_t at, still, low; /* before the first step: 0.025^(1/21) = exp(-0.175661) */
		size_t at_risk;
		bool known;
	} rows[] = {
		{ 0, 1000000, 838902, 21, true }, { 5, 1000000, 838902, 21, true },
		{ 6, 857143, 619718, 17, true },  { 9, 806723, 563147, 15, true },
		{ 22, 537815, 267779, 6, true },  { 30, 448179, 188052, 4, true },
		{ 35, 448179, 188052, 0, true },  { 36, 448179, 188052, 0, false },
	};
	struct arena a = { 0 };
	struct survival s;

	(void)state;
	assert_int_equal(survival_estimate(six_mp, ROWS(six_mp), &a, &s, NULL), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct survival_at got = survival_at(&s, six_mp, ROWS(six_mp), rows[i].at);
		CHECK_INT(i, "still", got.still_ppm, rows[i].still);
		CHECK_INT(i, "low", got.low_ppm, rows[i].low);
		CHECK_INT(i, "at risk", got.at_risk, rows[i].at_risk);
		CHECK_INT(i, "known", got.known, rows[i].known);
	}
	arena_release(&a);
	check_done();
}

/* Twenty of twenty at once: 1 - 0.025^(1/20) = 1 - exp(-0.184444) is the most that may be left, so
 * that the median is bounded and the 90th percentile is not. */
static void test_all_at_once(void **state)
{
	struct survival_case c[20];
	struct arena a = { 0 };
	struct survival s;

	(void)state;
	for (size_t i = 0; i < ROWS(c); i++)
		c[i] = (struct survival_case){ 7, EFFECT };
	assert_int_equal(survival_estimate(c, ROWS(c), &a, &s, NULL), 0);
	CHECK_INT(0, "low", s.step[0].low_ppm, 0);
	CHECK_INT(0, "high", s.step[0].high_ppm, 168433);
	CHECK_INT(0, "median", survival_quantile(&s, 500000).high_s, 7);
	CHECK_INT(0, "p90", survival_quantile(&s, 900000).high_s, NEVER);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_example_of_kaplan_and_meier),
		cmocka_unit_test(test_remissions_under_6_mp),
		cmocka_unit_test(test_remissions_under_placebo),
		cmocka_unit_test(test_without_censoring_it_is_the_share_of_the_sample),
		cmocka_unit_test(test_random_cases_agree_with_redistribution_to_the_right),
		cmocka_unit_test(test_small_sets),
		cmocka_unit_test(test_the_curve_at_a_time),
		cmocka_unit_test(test_all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
