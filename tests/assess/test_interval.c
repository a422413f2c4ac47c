#include "check.h"

#include "assess/interval.h"

/* k, n and bounds of table I in R. G. Newcombe, "Two-sided confidence intervals for the single
 * proportion" (1998), method 3, and of the formula at its ends. */
static void wilson_is_what_the_literature_says(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		uint64_t k, n;
		int64_t low, high; /* in 1/10,000 */
	} rows[] = {
		{ "81 of 263", 81, 263, 2553, 3662 }, { "15 of 148", 15, 148, 624, 1605 },
		{ "0 of 20", 0, 20, 0, 1611 },        { "1 of 29", 1, 29, 61, 1718 },
		{ "20 of 20", 20, 20, 8389, 10000 },  { "8 of 10", 8, 10, 4902, 9433 },
		{ "0 of 0", 0, 0, 0, 10000 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct interval x = interval_wilson(rows[i].k, rows[i].n);
		CHECK_INT(i, rows[i].says, (x.low_ppm + 50) / 100, rows[i].low);
		CHECK_INT(i, rows[i].says, (x.high_ppm + 50) / 100, rows[i].high);
	}
	check_done();
}

static void where_all_agree_the_bound_is_exact(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		uint64_t n;
		int64_t low; /* 0.025 to the power of 1/n */
	} rows[] = { { "1", 1, 25000 }, { "5", 5, 478176 }, { "10", 10, 691503 }, { "100", 100, 963783 } };
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct interval all = interval_unanimous(rows[i].n, 1);
		struct interval none = interval_unanimous(rows[i].n, 0);
		CHECK_INT(i, rows[i].says, all.low_ppm, rows[i].low);
		CHECK_INT(i, rows[i].says, all.high_ppm, INTERVAL_PPM);
		CHECK_INT(i, rows[i].says, none.low_ppm, 0);
		CHECK_INT(i, rows[i].says, none.high_ppm, INTERVAL_PPM - rows[i].low);
	}
	struct interval nothing = interval_unanimous(0, 1);
	CHECK_INT(0, "0", nothing.low_ppm, 0);
	CHECK_INT(0, "0", nothing.high_ppm, INTERVAL_PPM);
	check_done();
}

/* Without clusters the bootstrap comes near Wilson; one engine with half of the pages takes it apart. */
static void clusters_widen_the_interval(void **state)
{
	(void)state;
	struct interval_cluster alone[200], engine[101];
	int exact = 2;

	for (size_t i = 0; i < 200; i++)
		alone[i] = (struct interval_cluster){ i % 4 != 0, 1 };
	engine[0] = (struct interval_cluster){ 100, 100 };
	for (size_t i = 1; i < 101; i++)
		engine[i] = (struct interval_cluster){ i % 2, 1 };
	struct interval a = interval_clustered(alone, 200, &exact);
	struct interval w = interval_wilson(150, 200);
	assert_int_equal(exact, 0);
	assert_in_range(a.low_ppm, w.low_ppm - 15000, w.low_ppm + 15000);
	assert_in_range(a.high_ppm, w.high_ppm - 15000, w.high_ppm + 15000);
	struct interval b = interval_clustered(engine, 101, &exact);
	assert_true(b.high_ppm - b.low_ppm > 2 * (a.high_ppm - a.low_ppm));
	struct interval again = interval_clustered(engine, 101, &exact);
	assert_true(again.low_ppm == b.low_ppm && again.high_ppm == b.high_ppm);
}

static void unanimous_clusters_count_as_one_observation_each(void **state)
{
	(void)state;
	static const struct interval_cluster c[] = { { 60, 60 }, { 0, 0 }, { 1, 1 }, { 2, 2 } };
	int exact = 0;
	struct interval x = interval_clustered(c, 4, &exact);

	assert_int_equal(exact, 1);
	assert_int_equal(x.low_ppm, interval_unanimous(3, 1).low_ppm);
	assert_int_equal(x.high_ppm, INTERVAL_PPM);
	x = interval_clustered(NULL, 0, &exact);
	assert_true(x.low_ppm == 0 && x.high_ppm == INTERVAL_PPM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wilson_is_what_the_literature_says),
		cmocka_unit_test(where_all_agree_the_bound_is_exact),
		cmocka_unit_test(clusters_widen_the_interval),
		cmocka_unit_test(unanimous_clusters_count_as_one_observation_each),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
