#include "check.h"

#include "link/signal.h"

static void log2_is_that_of_hundredths(void **state)
{
	(void)state;
	static const struct {
		uint64_t x;
		uint32_t want;
	} rows[] = {
		{ 0, 0 },          { 1, 0 },          { 2, 100 },
		{ 3, 158 },        { 10, 332 },       { 1000, 996 },
		{ 1 << 20, 2000 }, { 1000000, 1993 }, { UINT64_MAX, 6399 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(log2_hundredths(rows[i].x), rows[i].want);
}

static void what_everybody_has_weighs_nothing(void **state)
{
	(void)state;
	assert_int_equal(signal_weight(SIGNAL_PAYMENT, 1000000, 1000000), 0);
	assert_int_equal(signal_weight(SIGNAL_PAYMENT, 1, 1000000), 0);
	/* Half of all: one bit. */
	assert_int_equal(signal_weight(SIGNAL_PAYMENT, 1 << 19, 1 << 20), 100);
	/* Two of a million would be 19 bits, but an address is worth no more than its best. */
	assert_int_equal(signal_weight(SIGNAL_ADDRESS, 2, 1 << 20), signals[SIGNAL_ADDRESS].best);
	assert_int_equal(signal_weight(SIGNAL_PAYMENT, 2, 1 << 20), 1900);
}

static void every_kind_has_its_row(void **state)
{
	(void)state;
	for (int k = 0; k < SIGNAL_KINDS; k++) {
		enum signal_kind found;
		assert_non_null(signals[k].name);
		assert_non_null(signals[k].words);
		assert_true(signal_of(slice_str(signals[k].name), &found));
		assert_int_equal(found, k);
		assert_non_null(signal_group_name(signals[k].group));
	}
	enum signal_kind none;
	assert_false(signal_of(SLICE("colour"), &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log2_is_that_of_hundredths),
		cmocka_unit_test(what_everybody_has_weighs_nothing),
		cmocka_unit_test(every_kind_has_its_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
