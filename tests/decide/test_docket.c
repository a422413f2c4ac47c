#include "check.h"

#include "decide/docket.h"

static struct standing_event event(enum standing_from from, const char *class)
{
	return (struct standing_event){ .from = from, .destination = SLICE("JP"),
		                        .class = slice_str(class) };
}

static void an_act_is_judged_by_who_and_on_what(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		const char *reviewer, *class;
		bool correction;
		const char *verdict;  /* NULL: none */
		const char *decision; /* in force; NULL: none */
		size_t captures;
		const char *proposed_by;
		int want;
	} rows[] = {
		{ "one reviewer lists an unapproved site", "a", "unapproved", false, "unapproved", NULL, 2,
		  NULL, DOCKET_IN_FORCE },
		{ "one reviewer alone makes no rogue", "a", "rogue", false, "rogue", NULL, 2, NULL,
		  DOCKET_PROPOSED },
		{ "the same reviewer twice makes no rogue", "a", "rogue", false, "rogue", NULL, 2, "a",
		  ERR_REFUSED },
		{ "two different reviewers make rogue", "b", "rogue", false, "rogue", NULL, 2, "a",
		  DOCKET_IN_FORCE },
		{ "nobody decides harsher than the verdict", "a", "rogue", false, "unapproved", NULL, 2,
		  NULL, ERR_REFUSED },
		{ "milder than the verdict is fine", "a", "unapproved", false, "rogue", NULL, 2, NULL,
		  DOCKET_IN_FORCE },
		{ "a legitimate site is not listed", "a", "unapproved", false, "legitimate", NULL, 2, NULL,
		  ERR_REFUSED },
		{ "one capture lists nothing", "a", "unapproved", false, "rogue", NULL, 1, NULL,
		  ERR_REFUSED },
		{ "without a verdict nothing is decided", "a", "unapproved", false, NULL, NULL, 2, NULL,
		  ERR_REFUSED },
		{ "what is decided is decided", "b", "unapproved", false, "rogue", "rogue", 2, NULL,
		  ERR_REFUSED },
		{ "what waits may be let be by one reviewer", "a", "unverified", false, "rogue", NULL, 1,
		  NULL, DOCKET_DISMISSED },
		{ "what is listed is corrected, not let be", "a", "unverified", false, "rogue", "rogue", 2,
		  NULL, ERR_REFUSED },
		{ "where nothing waits nothing is let be", "a", "unverified", false, "legitimate", NULL, 2,
		  NULL, ERR_REFUSED },
		{ "a correction takes one reviewer", "a", "unverified", true, "rogue", "rogue", 1, NULL,
		  DOCKET_IN_FORCE },
		{ "a correction may leave a milder class", "a", "unapproved", true, "rogue", "rogue", 2,
		  NULL, DOCKET_IN_FORCE },
		{ "a correction is never harsher", "a", "rogue", true, "rogue", "unapproved", 2, NULL,
		  ERR_REFUSED },
		{ "there must be something to correct", "a", "unverified", true, "rogue", NULL, 2, NULL,
		  ERR_REFUSED },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct standing_event verdict = event(STANDING_VERDICT, rows[i].verdict);
		struct standing_event decision = event(STANDING_DECISION, rows[i].decision);
		struct standing s = { .destination = SLICE("JP"),
			              .verdict = rows[i].verdict ? &verdict : NULL,
			              .decision = rows[i].decision ? &decision : NULL };
		if (s.verdict && !s.decision && standing_is_listed_class(verdict.class))
			s.state = STATE_PENDING;
		struct slice proposed = slice_str(rows[i].proposed_by);
		struct docket_case c = { .standing = &s, .captures = rows[i].captures,
			                 .proposed_by = &proposed,
			                 .proposed_n = rows[i].proposed_by != NULL };
		struct docket_act act = { slice_str(rows[i].reviewer), SLICE("JP"),
			                  slice_str(rows[i].class), rows[i].correction, 0 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].says, docket_judge(&act, &c, &err), rows[i].want);
	}
	check_done();
}

/* A reviewer, a rogue verdict on two captures, and one thing that is otherwise. */
static void what_stands_against_an_act_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		const char *class;
		bool correction, decided, proposed, recused, due;
		const char *hold;
		int want;
		const char *text;
	} rows[] = {
		{ "recused", "unapproved", false, false, false, true, false, NULL, ERR_REFUSED,
		  "conflict of interest" },
		{ "recused, in its favour", "unverified", false, false, false, true, false, NULL,
		  ERR_REFUSED, "conflict of interest" },
		{ "recused, a correction", "unverified", true, true, false, true, false, NULL, ERR_REFUSED,
		  "conflict of interest" },
		{ "not told yet", "unapproved", false, false, false, false, false, "tell the operator",
		  ERR_REFUSED, "tell the operator" },
		{ "not told yet, second of two", "rogue", false, false, true, false, false,
		  "tell the operator", ERR_REFUSED, "tell the operator" },
		{ "not told yet, a proposal", "rogue", false, false, false, false, false,
		  "tell the operator", DOCKET_PROPOSED, "" },
		{ "not told yet, let be", "unverified", false, false, false, false, false,
		  "tell the operator", DOCKET_DISMISSED, "" },
		{ "not told yet, a correction", "unverified", true, true, false, false, false,
		  "tell the operator", DOCKET_IN_FORCE, "" },
		{ "again, not due", "unapproved", false, true, false, false, false, NULL, ERR_REFUSED,
		  "decided for JP already" },
		{ "again, due", "unapproved", false, true, false, false, true, NULL, DOCKET_IN_FORCE, "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct standing_event verdict = event(STANDING_VERDICT, "rogue");
		struct standing_event decision = event(STANDING_DECISION, "unapproved");
		struct slice by = SLICE("b");
		struct standing s = { .destination = SLICE("JP"), .verdict = &verdict,
			              .decision = rows[i].decided ? &decision : NULL,
			              .state = rows[i].decided ? STATE_LISTED : STATE_PENDING };
		struct docket_case c = { &s, 2, &by, rows[i].proposed, rows[i].recused, rows[i].due,
			                 rows[i].hold };
		struct docket_act act = { SLICE("a"), SLICE("JP"), slice_str(rows[i].class),
			                  rows[i].correction, 0 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].says, docket_judge(&act, &c, &err), rows[i].want);
		CHECK_INT(i, rows[i].says, strstr(err.what, rows[i].text) != NULL, 1);
	}
	check_done();
}

static void the_machine_lists_only_where_everything_allows_it(void **state)
{
	(void)state;
	assert_true(docket_automatic(true, SLICE("unapproved"), 2, 1, 1));
	assert_false(docket_automatic(false, SLICE("unapproved"), 2, 1, 1));
	assert_false(docket_automatic(true, SLICE("rogue"), 2, 1, 1));
	assert_false(docket_automatic(true, SLICE("unapproved"), 1, 1, 1));
	assert_false(docket_automatic(true, SLICE("unapproved"), 2, 2, 1));
	assert_false(docket_automatic(true, SLICE("unapproved"), 2, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_act_is_judged_by_who_and_on_what),
		cmocka_unit_test(what_stands_against_an_act_is_told),
		cmocka_unit_test(the_machine_lists_only_where_everything_allows_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
