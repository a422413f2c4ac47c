/* A row is one decision and one moment. */
#include "check.h"

#include "decide/retention.h"

enum { DAY = 86400 };

static void a_decision_holds_its_evidence(void **state)
{
	(void)state;
	const struct {
		const char *what;
		struct retention_act act;
		int64_t now;
		bool want;
	} rows[] = {
		{ "in force since ten years", { .at = 0, .in_force = true }, 3650 * DAY, true },
		{ "taken back yesterday",
		  { .at = 0, .in_force = true, .has_end = true, .end = 3649 * DAY }, 3650 * DAY, true },
		{ "taken back 183 days ago",
		  { .at = 0, .in_force = true, .has_end = true, .end = 100 * DAY }, 283 * DAY, true },
		{ "taken back 184 days ago",
		  { .at = 0, .in_force = true, .has_end = true, .end = 100 * DAY }, 284 * DAY, false },
		{ "taken back long ago, and an appeal is open",
		  { .at = 0, .in_force = true, .has_end = true, .end = 100 * DAY, .is_appealed = true },
		  9000 * DAY, true },
		{ "taken back by a clock that was years behind",
		  { .at = 1000 * DAY, .in_force = true, .has_end = true, .end = 10 * DAY },
		  1100 * DAY, true },
		{ "... and half a year later",
		  { .at = 1000 * DAY, .in_force = true, .has_end = true, .end = 10 * DAY },
		  1184 * DAY, false },
		{ "proposed a month ago", { .at = 100 * DAY }, 130 * DAY, true },
		{ "proposed a year ago, and nobody agreed", { .at = 100 * DAY }, 465 * DAY, false },
		{ "ended after now, by another clock",
		  { .at = 0, .in_force = true, .has_end = true, .end = 900 * DAY }, 100 * DAY, true },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].what, retention_holds(&rows[i].act, rows[i].now), rows[i].want);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decision_holds_its_evidence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
