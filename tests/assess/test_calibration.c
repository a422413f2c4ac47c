#include "check.h"

#include "assess/calibration.h"

static void figures_are_those_worked_out_by_hand(void **state)
{
	(void)state;
	/* (0.1^2 + 0.6^2 + 0.6^2 + 0.1^2) / 4 = 0.185; base 1/4; of four pairs three are in order. */
	struct scored s[] = { { 900000, true }, { 600000, false }, { 400000, true }, { 100000, false } };
	struct calibration c;

	calibration_of(s, 4, &c);
	assert_int_equal(c.brier_ppm, 185000);
	assert_int_equal(c.base_brier_ppm, 250000);
	assert_int_equal(c.auc_ppm, 750000);
	assert_true(c.n == 4 && c.positives == 2);
	assert_true(c.bin[9].n == 1 && c.bin[9].positives == 1 && c.bin[9].mean_ppm == 900000);
	assert_true(c.bin[6].n == 1 && c.bin[6].positives == 0 && c.bin[1].n == 1 && c.bin[0].n == 0);
}

static void ends_and_ties_are_counted(void **state)
{
	(void)state;
	struct scored s[] = { { 1000000, true }, { 1000000, false }, { 0, false } };
	struct calibration c;

	calibration_of(s, 3, &c);
	assert_int_equal(c.bin[9].n, 2);
	assert_int_equal(c.bin[0].n, 1);
	assert_int_equal(c.auc_ppm, 750000); /* one pair right, one a tie */
	calibration_of(s, 1, &c);
	assert_int_equal(c.auc_ppm, -1);
	calibration_of(NULL, 0, &c);
	assert_true(c.n == 0 && c.auc_ppm == -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_those_worked_out_by_hand),
		cmocka_unit_test(ends_and_ties_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
