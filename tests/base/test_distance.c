#include "check.h"

#include "base/distance.h"

static void words_are_parted_by_their_edits(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		size_t want;
	} rows[] = {
		{ "", "", 0 },           { "", "abc", 3 },        { "same", "same", 0 },
		{ "store", "stor", 1 },  { "store", "stoer", 1 }, { "store", "xtore", 1 },
		{ "store", "sstore", 1 }, { "harbor", "harbour", 1 }, { "pharm", "pharrn", 2 },
		{ "ca", "abc", 3 }, /* no byte is edited twice */
		{ "abcd", "badc", 2 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice a = slice_str(rows[i].a), b = slice_str(rows[i].b);
		CHECK_INT(i, rows[i].a, edit_distance(a, b), rows[i].want);
		CHECK_INT(i, rows[i].b, edit_distance(b, a), rows[i].want);
	}
	check_done();
}

static void a_word_that_is_too_long_is_far_from_all(void **state)
{
	(void)state;
	char text[DISTANCE_MAX + 1];

	memset(text, 'x', sizeof(text));
	assert_int_equal(edit_distance(slice_from(text, DISTANCE_MAX), slice_from(text, DISTANCE_MAX)), 0);
	assert_true(edit_distance(slice_from(text, sizeof(text)), SLICE("x")) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_parted_by_their_edits),
		cmocka_unit_test(a_word_that_is_too_long_is_far_from_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
