#include "check.h"

#include "act/portfolio.h"

static void test_standing(void **state)
{
	static const struct {
		const char *says;
		struct portfolio_facts f;
		enum portfolio_standing want;
	} rows[] = {
		{ "nothing", { .score = 0 }, PORTFOLIO_NOTHING },
		{ "a pharmacy's name", { .score = 900000 }, PORTFOLIO_SUSPECT },
		{ "a licensed pharmacy's name",
		  { .score = 900000, .legitimate = true },
		  PORTFOLIO_CLEARED },
		{ "licensed, and a verdict for elsewhere waits",
		  { .legitimate = true, .judged = true },
		  PORTFOLIO_CLEARED },
		{ "licensed, and listed for elsewhere by people",
		  { .legitimate = true, .listed = true },
		  PORTFOLIO_LISTED },
		{ "a member of a network", { .member = true }, PORTFOLIO_KNOWN },
		{ "told of", { .told = true, .score = 5 }, PORTFOLIO_KNOWN },
		{ "waits for people", { .judged = true, .member = true }, PORTFOLIO_JUDGED },
		{ "listed", { .listed = true, .judged = true }, PORTFOLIO_LISTED },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].says, portfolio_standing_of(&rows[i].f), rows[i].want);
	check_done();
}

static void test_order(void **state)
{
	struct portfolio_name list[] = {
		{ .name = SLICE("g"), .standing = PORTFOLIO_SUSPECT, .score = 10 },
		{ .name = SLICE("d"), .standing = PORTFOLIO_LISTED, .state = PORTFOLIO_PAST },
		{ .name = SLICE("f"), .standing = PORTFOLIO_SUSPECT, .score = 20 },
		{ .name = SLICE("c"), .standing = PORTFOLIO_LISTED, .state = PORTFOLIO_UNKNOWN },
		{ .name = SLICE("h"), .standing = PORTFOLIO_CLEARED, .score = 99 },
		{ .name = SLICE("b"), .standing = PORTFOLIO_LISTED, .state = PORTFOLIO_HOLDING },
		{ .name = SLICE("e"), .standing = PORTFOLIO_KNOWN, .state = PORTFOLIO_ACTIVE },
		{ .name = SLICE("a"), .standing = PORTFOLIO_LISTED, .state = PORTFOLIO_ACTIVE },
		{ .name = SLICE("ff"), .standing = PORTFOLIO_SUSPECT, .score = 20 },
	};
	static const char *const want[] = { "a", "b", "c", "d", "e", "f", "ff", "g", "h" };

	(void)state;
	portfolio_rank(list, ROWS(list));
	for (size_t i = 0; i < ROWS(list); i++)
		CHECK_SLICE(i, "place", list[i].name, slice_str(want[i]));
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_standing),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
