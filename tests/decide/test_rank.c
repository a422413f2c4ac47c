#include "check.h"

#include "decide/rank.h"

static void harm_and_chance_are_what_the_header_says(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		struct rank_case c;
		uint64_t harm, chance, value;
	} rows[] = {
		{ "rogue everywhere, nobody ever asked", { SLICE("rogue"), true, 1, 0, 2, 0, 0 }, 1000000,
		  500000, 500000 },
		{ "on one destination's law", { SLICE("rogue"), false, 1, 1, 2, 0, 0 }, 700000, 500000,
		  350000 },
		{ "unapproved", { SLICE("unapproved"), false, 1, 1, 2, 0, 0 }, 210000, 500000, 105000 },
		{ "three rules", { SLICE("rogue"), true, 3, 1, 2, 0, 0 }, 1200000, 500000, 600000 },
		{ "twenty rules count as six", { SLICE("rogue"), true, 20, 1, 2, 0, 0 }, 1500000, 500000,
		  750000 },
		{ "a network of forty", { SLICE("rogue"), true, 1, 40, 2, 0, 0 }, 40000000, 500000,
		  20000000 },
		{ "a registrar that acts", { SLICE("rogue"), true, 1, 1, 2, 98, 98 }, 1000000, 990000,
		  990000 },
		{ "a registrar that never does", { SLICE("rogue"), true, 1, 1, 2, 0, 98 }, 1000000, 10000,
		  10000 },
		{ "one capture: not yet", { SLICE("rogue"), true, 1, 1, 1, 0, 0 }, 1000000, 500000, 50000 },
		{ "nothing to remove", { SLICE("legitimate"), true, 1, 1, 2, 0, 0 }, 0, 500000, 0 },
		{ "more acted than asked is damage", { SLICE("rogue"), true, 1, 1, 2, 5, 2 }, 1000000,
		  750000, 750000 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct rank r = rank_of(&rows[i].c);
		CHECK_INT(i, rows[i].says, r.harm, rows[i].harm);
		CHECK_INT(i, rows[i].says, r.chance, rows[i].chance);
		CHECK_INT(i, rows[i].says, r.value, rows[i].value);
	}
	check_done();
}

static void no_input_overflows(void **state)
{
	(void)state;
	struct rank_case c = { SLICE("rogue"), true, SIZE_MAX, SIZE_MAX, 2, UINT64_MAX, UINT64_MAX };
	struct rank r = rank_of(&c);

	assert_true(r.harm == UINT64_C(1500000) * 1000000);
	assert_true(r.chance <= RANK_PPM && r.chance > 999000);
	assert_true(r.value > r.harm / 1000 * 999 && r.value <= r.harm);
}

static void a_score_takes_its_share_and_never_all(void **state)
{
	(void)state;
	struct rank r = { 1000000, 500000, 500000 }, most = { UINT64_C(1500000) * 1000000, 0, 0 };
	static const struct {
		const char *says;
		int64_t score;
		uint64_t harm, value;
	} rows[] = {
		{ "sure", 1000000, 1000000, 500000 }, { "more than sure is damage", 2000000, 1000000, 500000 },
		{ "half", 500000, 500000, 250000 },   { "harmless", 0, 100000, 50000 },
		{ "below nothing", -5, 100000, 50000 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct rank got = rank_with_score(r, rows[i].score);
		CHECK_INT(i, rows[i].says, got.harm, rows[i].harm);
		CHECK_INT(i, rows[i].says, got.value, rows[i].value);
		CHECK_INT(i, rows[i].says, got.chance, r.chance);
	}
	assert_true(rank_with_score(most, 1000000).harm == most.harm);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(harm_and_chance_are_what_the_header_says),
		cmocka_unit_test(no_input_overflows),
		cmocka_unit_test(a_score_takes_its_share_and_never_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
