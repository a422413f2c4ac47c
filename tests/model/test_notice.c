/* The words of notices: every value has one, and reads back. */
#include "check.h"

#include "model/notice.h"

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < NOTICE_TOS; i++) {
		enum notice_to back;
		assert_true(notice_to_parse(slice_str(notice_to_name((enum notice_to)i)), &back));
		assert_int_equal(back, i);
	}
	for (size_t i = 0; i < NOTICE_ACTIONS; i++) {
		enum notice_action back;
		const char *name = notice_action_name((enum notice_action)i);
		assert_true(notice_action_parse(slice_str(name), &back));
		assert_int_equal(back, i);
	}
	for (size_t i = 0; i < NOTICE_OUTCOMES; i++) {
		enum notice_outcome back;
		assert_true(notice_outcome_parse(slice_str(notice_outcome_name((enum notice_outcome)i)), &back));
		assert_int_equal(back, i);
	}
	enum notice_matter matter = MATTER_ROGUE;
	assert_false(notice_matter_parse(SLICE("fraud"), &matter));
	assert_false(notice_matter_parse(SLICE(""), &matter));
	assert_false(notice_matter_parse(SLICE("rogues"), &matter));
	assert_int_equal(matter, MATTER_ROGUE);
}

/* DESIGN, rule 10: these three, and no other, take a name off the whole Internet. */
static void test_reach(void **state)
{
	(void)state;
	for (size_t i = 0; i < NOTICE_TOS; i++) {
		enum notice_to to = (enum notice_to)i;
		bool everywhere = to == NOTICE_REGISTRAR || to == NOTICE_RESELLER ||
		                  to == NOTICE_REGISTRY;
		assert_int_equal(notice_reaches_everywhere(to), everywhere);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_reach),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
