#include "check.h"

#include "decide/appeal.h"

static void an_appeal_is_answered_by_somebody_else_with_a_reason(void **state)
{
	(void)state;
	static const struct slice decided[] = { { "akari", 5 }, { "benedikt", 8 } };
	static const struct {
		const char *by;
		enum appeal_state from, to;
		enum appeal_outcome outcome;
		const char *reason, *want; /* want NULL: allowed */
	} rows[] = {
		{ "carla", APPEAL_RECEIVED, APPEAL_ANSWERED, APPEAL_REVERSED, "shown", NULL },
		{ "carla", APPEAL_UNDER_REVIEW, APPEAL_ANSWERED, APPEAL_UPHELD, "x", NULL },
		{ "carla", APPEAL_RECEIVED, APPEAL_UNDER_REVIEW, APPEAL_NO_OUTCOME, "", NULL },
		{ "", APPEAL_RECEIVED, APPEAL_WITHDRAWN, APPEAL_NO_OUTCOME, "", NULL },
		{ "akari", APPEAL_RECEIVED, APPEAL_ANSWERED, APPEAL_UPHELD, "x",
		  "akari acted on the decision: an appeal is for somebody else" },
		{ "benedikt", APPEAL_RECEIVED, APPEAL_UNDER_REVIEW, APPEAL_NO_OUTCOME, "",
		  "benedikt acted on the decision: an appeal is for somebody else" },
		{ "", APPEAL_RECEIVED, APPEAL_ANSWERED, APPEAL_UPHELD, "x",
		  "who looks at an appeal is named" },
		{ "carla", APPEAL_RECEIVED, APPEAL_ANSWERED, APPEAL_NO_OUTCOME, "x",
		  "an answer is upheld, reversed or partly" },
		{ "carla", APPEAL_RECEIVED, APPEAL_ANSWERED, APPEAL_UPHELD, " \n",
		  "an answer gives its reason" },
		{ "carla", APPEAL_ANSWERED, APPEAL_ANSWERED, APPEAL_UPHELD, "x",
		  "the appeal is answered already" },
		{ "carla", APPEAL_WITHDRAWN, APPEAL_ANSWERED, APPEAL_UPHELD, "x",
		  "the appeal is withdrawn already" },
		{ "carla", APPEAL_ANSWERED, APPEAL_WITHDRAWN, APPEAL_NO_OUTCOME, "",
		  "the appeal is answered already" },
		{ "carla", APPEAL_UNDER_REVIEW, APPEAL_UNDER_REVIEW, APPEAL_NO_OUTCOME, "",
		  "the appeal is under_review already" },
		{ "carla", APPEAL_UNDER_REVIEW, APPEAL_RECEIVED, APPEAL_NO_OUTCOME, "",
		  "the appeal is under_review already" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct appeal_act act = { .by = slice_str(rows[i].by),
			                  .to = rows[i].to,
			                  .outcome = rows[i].outcome,
			                  .reason = slice_str(rows[i].reason) };
		struct appeal_case c = { rows[i].from, decided, 2 };
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].by, appeal_judge(&act, &c, &err), rows[i].want ? ERR_REFUSED : 0);
		CHECK_SLICE(i, rows[i].by, slice_str(err.what), slice_str(rows[i].want));
	}
	check_done();
}

static void words_are_read_as_they_are_written(void **state)
{
	(void)state;
	for (int s = APPEAL_RECEIVED; s <= APPEAL_WITHDRAWN; s++) {
		enum appeal_state back = APPEAL_RECEIVED;
		assert_true(appeal_state_parse(slice_str(appeal_state_name((enum appeal_state)s)), &back));
		assert_int_equal(back, s);
	}
	for (int o = APPEAL_UPHELD; o <= APPEAL_PARTLY; o++) {
		enum appeal_outcome back = APPEAL_NO_OUTCOME;
		assert_true(appeal_outcome_parse(slice_str(appeal_outcome_name((enum appeal_outcome)o)), &back));
		assert_int_equal(back, o);
		assert_int_equal(appeal_needs_correction((enum appeal_outcome)o), o != APPEAL_UPHELD);
	}
	enum appeal_outcome none = APPEAL_UPHELD;
	enum appeal_state state_none = APPEAL_ANSWERED;
	assert_false(appeal_outcome_parse(SLICE(""), &none));
	assert_false(appeal_outcome_parse(SLICE("Upheld"), &none));
	assert_false(appeal_state_parse(SLICE("open"), &state_none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_appeal_is_answered_by_somebody_else_with_a_reason),
		cmocka_unit_test(words_are_read_as_they_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
