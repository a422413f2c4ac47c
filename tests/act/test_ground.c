#include "check.h"

#include "act/ground.h"

#include <stdlib.h>

#define CHECK_STR(row, input, got, want) CHECK_SLICE(row, input, slice_str(got), slice_str(want))

/* A report whose document somebody has read; n makes reporter and document its own. */
static struct ground_report report(enum ground_about about, enum ground_from from, const char *reporter,
                                   uint8_t document, int64_t at)
{
	return (struct ground_report){ .about = about, .from = from, .reporter = slice_str(reporter),
		                       .reviewer = SLICE("akari"), .document = { { document } },
		                       .at = at };
}

static void a_registration_takes_its_victim_or_two_others(void **state)
{
	(void)state;
	const struct ground_report victim =
		report(GROUND_REGISTRATION, GROUND_VICTIM, "reporter:1", 1, 100),
	        other = report(GROUND_REGISTRATION, GROUND_OTHER, "reporter:2", 2, 100),
	        third = report(GROUND_REGISTRATION, GROUND_OTHER, "reporter:3", 3, 100),
	        site = report(GROUND_SITE, GROUND_VICTIM, "reporter:4", 4, 100);
	struct ground_report unread = victim, bare = victim, same_name = other, same_paper = third;
	unread.reviewer = SLICE("");
	bare.document = (struct sha256){ { 0 } };
	same_name.document.b[0] = 9;
	same_paper.document = other.document;
	const struct {
		const char *says;
		struct ground_report list[3];
		size_t n;
		int64_t since;
		bool holds;
	} rows[] = {
		{ "nothing", { victim }, 0, NOTICE_NEVER, false },
		{ "its victim", { victim }, 1, NOTICE_NEVER, true },
		{ "nobody read it", { unread }, 1, NOTICE_NEVER, false },
		{ "no document", { bare }, 1, NOTICE_NEVER, false },
		{ "another matter", { site }, 1, NOTICE_NEVER, false },
		{ "one other", { other }, 1, NOTICE_NEVER, false },
		{ "two others", { other, third }, 2, NOTICE_NEVER, true },
		{ "one other twice", { other, same_name }, 2, NOTICE_NEVER, false },
		{ "two with one document", { other, same_paper }, 2, NOTICE_NEVER, false },
		{ "an earlier registration", { victim }, 1, 101, false },
		{ "since it began", { victim }, 1, 100, true },
		{ "one of two is earlier", { other, third, victim }, 3, 101, false },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ground_registration g = ground_registration(rows[i].list, rows[i].n,
		                                                   rows[i].since);
		CHECK_INT(i, rows[i].says, g.holds, rows[i].holds);
		CHECK_INT(i, "says what is missing", g.missing == NULL, rows[i].holds);
	}
	check_done();
}

static void of_a_victim_nothing_is_left_to_show(void **state)
{
	(void)state;
	const struct notice_finding finding = { .rule = SLICE("r") };
	const struct notice_capture capture = { .url = SLICE("https://a.example/") };
	struct notice_subject s = { .finding = &finding, .finding_n = 1, .capture = &capture,
		                    .capture_n = 1, .collateral = SLICE("her own shop is there"),
		                    .registration = { .registrar = SLICE("One") } };

	ground_hide_victim(&s);
	CHECK_INT(0, "marked", s.registration.suspected_victim, 1);
	CHECK_INT(0, "findings", s.finding_n, 0);
	CHECK_INT(0, "captures", s.capture_n, 0);
	CHECK_INT(0, "collateral", s.collateral.n, 0);
	CHECK_SLICE(0, "whose it is stays", s.registration.registrar, SLICE("One"));
	check_done();
}

static void a_misused_site_is_told_what_was_planted_and_nobody_is_blamed(void **state)
{
	(void)state;
	const struct vantage led = { .referer = SLICE("https://search.example/") }, plain = { 0 };
	const struct notice_law law = { SLICE("Act"), SLICE("forbids") };
	const struct notice_quote quote = { .url = SLICE("https://club.example/x/pills.html") };
	const struct notice_finding theirs[] = { { .rule = SLICE("rx"), .severity = SLICE("rogue"),
		                                   .law = &law, .law_n = 1, .quote = &quote,
		                                   .quote_n = 1 } },
	                            its[] = { { .rule = SLICE("own") } };
	const struct notice_capture captures[] = {
		{ .url = SLICE("https://club.example/x/1"), .profile = &plain, .at = 9 },
		{ .url = SLICE("https://club.example/x/2"), .profile = NULL, .at = 8, .hidden = true },
		{ .url = SLICE("https://club.example/x/3"), .profile = &led, .at = 1 },
		{ .url = SLICE("https://club.example/x/4"), .profile = &led, .at = 2 },
	};
	const struct notice_subject planted = { .finding = theirs, .finding_n = 1,
		                                .capture = captures, .capture_n = 4 };
	struct notice_subject site = { .subject = { SUBJECT_REGISTRABLE, SLICE("club.example") },
		                       .abused = true, .class = SLICE("rogue"),
		                       .network = SLICE("net-1"), .finding = its, .finding_n = 1 };
	struct arena a = { 0 };
	struct err err = { .what = "" };

	assert_int_equal(ground_compromised(&site, &planted, &a, &err), 0);
	assert_int_equal(site.finding_n, 1);
	CHECK_SLICE(0, "what was planted", site.finding[0].rule, SLICE("rx"));
	CHECK_SLICE(0, "where", site.finding[0].quote[0].url,
	            SLICE("https://club.example/x/pills.html"));
	CHECK_INT(0, "no law", site.finding[0].law_n, 0);
	CHECK_SLICE(0, "no blame", site.finding[0].severity, SLICE("note"));
	CHECK_INT(0, "no class", site.class.n, 0);
	CHECK_INT(0, "no network", site.network.n, 0);
	static const char *const order[] = { "https://club.example/x/4", "https://club.example/x/3",
		                             "https://club.example/x/2", "https://club.example/x/1" };
	assert_int_equal(site.capture_n, 4);
	for (size_t i = 0; i < 4; i++)
		CHECK_SLICE(i, "how it is seen", site.capture[i].url, slice_str(order[i]));
	CHECK_INT(0, "the planted part is as it was", theirs[0].law_n, 1);
	/* A site that nothing says is misused is no such case. */
	site.abused = false;
	CHECK_INT(0, "not misused", ground_compromised(&site, &planted, &a, &err), ERR_REFUSED);
	CHECK_STR(0, "not misused", err.what,
	          "club.example: no verdict says that others misuse this site");
	arena_release(&a);
	check_done();
}

static void a_rights_holder_is_heard_once_and_says_one_thing(void **state)
{
	(void)state;
	struct ground_report list[] = {
		report(GROUND_AUTHORISATION, GROUND_RIGHTS_HOLDER, "Maker (synthetic)", 1, 100),
		report(GROUND_AUTHORISATION, GROUND_RIGHTS_HOLDER, "Maker (synthetic)", 2, 86400),
		report(GROUND_AUTHORISATION, GROUND_RIGHTS_HOLDER, "Brand (synthetic)", 3, 100),
		report(GROUND_REGISTRATION, GROUND_VICTIM, "reporter:1", 4, 100),
		report(GROUND_AUTHORISATION, GROUND_RIGHTS_HOLDER, "Unread (synthetic)", 5, 100),
	};
	struct arena a = { 0 };
	struct slice first[] = { SLICE("before") }, *out = first;
	struct err err = { .what = "" };
	size_t n = 1;

	list[4].reviewer = SLICE("");
	assert_int_equal(ground_statements(list, ROWS(list), SLICE("pills.example"), NOTICE_NEVER, &a,
	                                   &out, &n, &err), 0);
	assert_int_equal(n, 3);
	CHECK_SLICE(0, "what was there", out[0], SLICE("before"));
	CHECK_SLICE(1, "brand", out[1],
	            SLICE("sha256:03000000000000000000000000000000000000000000000000000000000000"
	                  "00 Brand (synthetic): pills.example is not authorised by us "
	                  "(1970-01-01)"));
	CHECK_SLICE(2, "maker's newest", out[2],
	            SLICE("sha256:02000000000000000000000000000000000000000000000000000000000000"
	                  "00 Maker (synthetic): pills.example is not authorised by us "
	                  "(1970-01-02)"));
	/* What was said before the registration began is about another one. */
	out = NULL;
	n = 0;
	assert_int_equal(ground_statements(list, ROWS(list), SLICE("pills.example"), 86401, &a, &out,
	                                   &n, &err), 0);
	assert_int_equal(n, 0);
	arena_release(&a);
	check_done();
}

static void words_come_back(void **state)
{
	(void)state;
	enum ground_about about;
	enum ground_from from;

	for (size_t i = 0; i < GROUND_ABOUTS; i++)
		CHECK_INT(i, "about",
		          ground_about_parse(slice_str(ground_about_name((enum ground_about)i)), &about) &&
		                  (size_t)about == i, 1);
	for (size_t i = 0; i < GROUND_FROMS; i++)
		CHECK_INT(i, "from",
		          ground_from_parse(slice_str(ground_from_name((enum ground_from)i)), &from) &&
		                  (size_t)from == i, 1);
	CHECK_INT(0, "another word", ground_about_parse(SLICE("sites"), &about), 0);
	CHECK_INT(0, "another word", ground_from_parse(SLICE(""), &from), 0);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registration_takes_its_victim_or_two_others),
		cmocka_unit_test(of_a_victim_nothing_is_left_to_show),
		cmocka_unit_test(a_misused_site_is_told_what_was_planted_and_nobody_is_blamed),
		cmocka_unit_test(a_rights_holder_is_heard_once_and_says_one_thing),
		cmocka_unit_test(words_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
