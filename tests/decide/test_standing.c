#include "check.h"

#include "decide/standing.h"

#define V(dest, cls, per, t) { STANDING_VERDICT, SLICE(dest), SLICE(cls), { 0 }, (per) > 0, (per), (t), (t), { { 0 } } }
#define D(dest, cls, per, t) { STANDING_DECISION, SLICE(dest), SLICE(cls), { 0 }, (per) > 0, (per), (t), (t), { { 0 } } }
#define C(dest, cls, per, t) { STANDING_CORRECTION, SLICE(dest), SLICE(cls), { 0 }, (per) > 0, (per), (t), (t), { { 0 } } }

#define X(dest, per, t) { STANDING_DECISION, SLICE(dest), SLICE("unverified"), SLICE("expired"), (per) > 0, (per), (t), (t), { { 0 } } }

static void a_subject_stands_as_its_history_says(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		struct standing_event event[5];
		size_t n;
		int64_t current; /* 0: not known */
		const char *want; /* "DEST class state; ..." */
	} rows[] = {
		{ "a legitimate verdict lists nothing", { V("US", "legitimate", 0, 1) }, 1, 0,
		  "US legitimate none; " },
		{ "a rogue verdict waits", { V("JP", "rogue", 0, 1) }, 1, 0, "JP rogue pending; " },
		{ "a decision lists", { V("JP", "rogue", 0, 1), D("JP", "rogue", 0, 2) }, 2, 0,
		  "JP rogue listed; " },
		{ "a decision holds for its own destination alone",
		  { V("JP", "rogue", 0, 1), V("US", "rogue", 0, 1), D("JP", "rogue", 0, 2) }, 3, 0,
		  "JP rogue listed; US rogue pending; " },
		{ "a correction takes it back, whatever the verdict says",
		  { V("GB", "unapproved", 0, 1), D("GB", "unapproved", 0, 2),
		    C("GB", "unverified", 0, 3) }, 3, 0, "GB unverified corrected; " },
		{ "a correction of nothing is nothing",
		  { V("GB", "unapproved", 0, 1), C("GB", "unverified", 0, 3) }, 2, 0,
		  "GB unapproved pending; " },
		{ "a decision after a correction lists again",
		  { V("GB", "rogue", 0, 1), D("GB", "unapproved", 0, 2), C("GB", "unverified", 0, 3),
		    D("GB", "rogue", 0, 4) }, 4, 0, "GB rogue listed; " },
		{ "a correction to a milder class stays listed under it",
		  { V("GB", "rogue", 0, 1), D("GB", "rogue", 0, 2), C("GB", "unapproved", 0, 3) }, 3, 0,
		  "GB unapproved listed; " },
		{ "a verdict that people let be waits no longer",
		  { V("JP", "unapproved", 0, 1), D("JP", "unverified", 0, 2) }, 2, 0,
		  "JP unverified dismissed; " },
		{ "as harsh a verdict as they saw does not bring it back",
		  { V("JP", "unapproved", 0, 1), D("JP", "unverified", 0, 2), V("JP", "unapproved", 0, 3) },
		  3, 0, "JP unverified dismissed; " },
		{ "a harsher one does",
		  { V("JP", "unapproved", 0, 1), D("JP", "unverified", 0, 2), V("JP", "rogue", 0, 3) },
		  3, 0, "JP rogue pending; " },
		{ "what has expired waits again",
		  { V("JP", "rogue", 0, 1), D("JP", "rogue", 0, 2), X("JP", 0, 3) }, 3, 0,
		  "JP rogue pending; " },
		{ "what has expired and is no longer found is over",
		  { V("JP", "rogue", 0, 1), D("JP", "rogue", 0, 2), V("JP", "unverified", 0, 3),
		    X("JP", 0, 4) }, 4, 0, "JP unverified none; " },
		{ "an expiry of nothing is nothing", { V("JP", "rogue", 0, 1), X("JP", 0, 3) }, 2, 0,
		  "JP rogue pending; " },
		{ "what expired can be decided again",
		  { V("JP", "rogue", 0, 1), D("JP", "rogue", 0, 2), X("JP", 0, 3), D("JP", "rogue", 0, 4) },
		  4, 0, "JP rogue listed; " },
		{ "a newer verdict does not lift a decision",
		  { V("JP", "rogue", 0, 1), D("JP", "rogue", 0, 2), V("JP", "unverified", 0, 3) }, 3, 0,
		  "JP rogue listed; " },
		{ "a new registration starts anew and shows what was",
		  { V("US", "rogue", 100, 1), D("US", "rogue", 100, 2), V("US", "not_a_pharmacy", 200, 3) },
		  3, 200, "US not_a_pharmacy none; US rogue ended; " },
		{ "a new registration without captures ends the listing too",
		  { V("US", "rogue", 100, 1), D("US", "rogue", 100, 2) }, 2, 200, "US rogue ended; " },
		{ "an earlier period without a decision is history of no interest",
		  { V("US", "rogue", 100, 1), V("US", "not_a_pharmacy", 200, 3) }, 2, 200,
		  "US not_a_pharmacy none; " },
		{ "what tells no registration is of the newest, when it is younger",
		  { V("US", "rogue", 0, 300) }, 1, 200, "US rogue pending; " },
		{ "what is older than the newest registration is over",
		  { V("US", "rogue", 0, 100), D("US", "rogue", 0, 101) }, 2, 200, "US rogue ended; " },
		{ "evidence of an old period read late changes nothing today",
		  { V("US", "not_a_pharmacy", 200, 1), V("US", "rogue", 100, 2) }, 2, 0,
		  "US not_a_pharmacy none; " },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct standing *s = NULL;
		size_t n = 0;
		char got[300] = "";
		assert_int_equal(standing_of(rows[i].event, rows[i].n, rows[i].current > 0,
		                             rows[i].current, &a, &s, &n, NULL), 0);
		for (size_t k = 0; k < n; k++) {
			size_t at = strlen(got);
			snprintf(got + at, sizeof(got) - at, "%.*s %.*s %s; ", SLICE_ARG(s[k].destination),
			         SLICE_ARG(s[k].class), standing_state_name(s[k].state));
		}
		CHECK_SLICE(i, rows[i].says, slice_str(got), slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_subject_stands_as_its_history_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
