/* Who may go on when memory is short. */
#include "check.h"

#include "sys/fetch_budget.h"

static void who_does_not_fit_is_paused_but_for_one(void **state)
{
	(void)state;
	struct fetch_budget b = { .most = 100 };
	struct fetch_share a = { 0 }, c = { 0 }, d = { 0 };

	assert_true(fetch_budget_take(&b, &a, 60));
	assert_true(fetch_budget_take(&b, &c, 40)); /* to the last byte */
	assert_false(fetch_budget_take(&b, &d, 1));
	assert_true(d.is_paused);
	assert_false(fetch_budget_take(&b, &c, 1));
	assert_true(fetch_budget_take(&b, &a, 500)); /* the only one that goes on */
	assert_null(fetch_budget_next(&b));
	fetch_budget_end(&b, &a);
	assert_int_equal(b.used, 40);
	/* In the sequence in which they were paused. */
	assert_ptr_equal(fetch_budget_next(&b), &d);
	assert_false(d.is_paused);
	assert_true(fetch_budget_take(&b, &d, 60));
	assert_null(fetch_budget_next(&b)); /* no room for c */
	fetch_budget_end(&b, &d);
	assert_ptr_equal(fetch_budget_next(&b), &c);
	assert_null(fetch_budget_next(&b));
	fetch_budget_end(&b, &c);
	assert_int_equal(b.used, 0);
	assert_int_equal(b.flowing, 0);
	assert_int_equal(b.paused_n, 0);
}

static void what_others_hold_counts_and_stops_nobody_for_ever(void **state)
{
	(void)state;
	struct fetch_budget b = { .most = 100 };
	struct fetch_share a = { 0 }, c = { 0 };

	fetch_budget_hold(&b, 150);
	assert_true(fetch_budget_take(&b, &a, 10)); /* one goes on all the same */
	assert_false(fetch_budget_take(&b, &c, 10));
	fetch_budget_end(&b, &a);
	assert_ptr_equal(fetch_budget_next(&b), &c); /* now that none does */
	assert_true(fetch_budget_take(&b, &c, 10));
	fetch_budget_let_go(&b, 150);
	assert_true(fetch_budget_take(&b, &a, 90));
	assert_false(fetch_budget_take(&b, &a, 1));
	/* One that ends while it is paused leaves the line. */
	fetch_budget_end(&b, &a);
	assert_null(fetch_budget_next(&b));
	assert_int_equal(b.paused_n, 0);
	fetch_budget_end(&b, &c);
	assert_int_equal(b.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_does_not_fit_is_paused_but_for_one),
		cmocka_unit_test(what_others_hold_counts_and_stops_nobody_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
