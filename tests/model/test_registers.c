/* Lookups in register rows: with an index and without one they find the same. */
#include "check.h"

#include "model/registers.h"
#include "wire/fold.h"
#include "wire/timestamp.h"

static int64_t day(const char *text)
{
	int64_t at = 0;

	if (text && timestamp_parse(slice_str(text), &at, NULL))
		fail_msg("'%s' is no day", text);
	return at;
}

static const struct slice mill[] = { { "mill.example", 12 } };
static const struct slice two[] = { { "mill.example", 12 }, { "hill.example", 12 } };
static const struct slice gb[] = { { "GB", 2 } }, us[] = { { "US", 2 } };
static const struct slice trading[] = { { "Old Mill Chemist", 16 } };

#define ROW(authority_, country_, source_, scheme_, number_, name_)                                \
	.authority = SLICE(authority_), .country = SLICE(country_), .source = SLICE(source_),        \
	.scheme = SLICE(scheme_), .number = SLICE(number_), .name = SLICE(name_),                    \
	.kind = SLICE("pharmacy"), .active = true

static const struct register_row rows[] = {
	{ ROW("a", "GB", "register:gphc", "gphc-premises", "1012345", "Harbour Health Ltd"),
	  .trading = trading, .trading_n = 1 },
	{ ROW("a", "GB", "register:gphc", "gphc-premises", "1012346", "The Pharmacy Ltd"), },
	{ ROW("b", "US", "register:states", "", "7", "Mill Inc"), .domain = mill, .domain_n = 1,
	  .serves = us, .serves_n = 1 },
	{ ROW("c", "GB", "register:sites", "", "8", "Mill"), .domain = two, .domain_n = 2, .serves = gb,
	  .serves_n = 1 },
	{ ROW("d", "GB", "register:sites", "x", "AB-12 3", "Quay"), .domain = two, .domain_n = 2,
	  .serves = us, .serves_n = 1 },
	{ ROW("d", "GB", "register:other", "x", "AB123", "Quay"), },
};

static struct registers make(bool index, struct arena *a, const struct register_row *row, size_t n)
{
	struct registers r = { .row = row, .n = n };
	struct err err = { 0 };

	if (index && registers_index(&r, a, &err))
		fail_msg("%s", err.what);
	return r;
}

static void sites_and_numbers_are_found_with_an_index_and_without(void **state)
{
	static const struct {
		const char *site, *serves;
		int want; /* row; -1 none */
	} sites[] = {
		{ "mill.example", "US", 2 }, { "mill.example", "GB", 3 }, { "hill.example", "US", 4 },
		{ "hill.example", "GB", 3 }, { "hill.example", "JP", -1 }, { "mil.example", "US", -1 },
		{ "mill.example", NULL, 2 }, { "hill.example", NULL, 3 },
	};
	static const struct {
		const char *scheme, *number;
		int first, second;
	} numbers[] = {
		{ "gphc-premises", "1012345", 0, -1 }, { "gphc-premises", "1012-345", 0, -1 },
		{ "gphc-premises", "1012347", -1, -1 }, { "x", "ab 123", 4, 5 }, { "x", "1012345", -1, -1 },
		{ "", "7", -1, -1 }, { "x", "--", -1, -1 },
	};
	static const struct {
		const char *country, *source;
		bool sites, want;
	} loaded[] = {
		{ "", "", false, true }, { "GB", "", false, true }, { "JP", "", false, false },
		{ "GB", "gphc", false, true }, { "GB", "gphc", true, false }, { "GB", "", true, true },
		{ "US", "gphc", false, false }, { "", "sites", true, true }, { "", "other", true, false },
	};

	(void)state;
	for (int index = 0; index < 2; index++) {
		struct arena a = { 0 };
		struct registers r = make(index, &a, rows, ROWS(rows));
		for (size_t i = 0; i < ROWS(sites); i++) {
			const struct subject s = { SUBJECT_REGISTRABLE, slice_str(sites[i].site) };
			const struct register_row *got =
				sites[i].serves ? registers_serving(&r, &s, slice_str(sites[i].serves), 1)
				                : registers_naming(&r, &s, 1);
			CHECK_INT(i, sites[i].site, got ? got - rows : -1, sites[i].want);
		}
		for (size_t i = 0; i < ROWS(numbers); i++) {
			struct slice scheme = slice_str(numbers[i].scheme), n = slice_str(numbers[i].number);
			const struct register_row *got = registers_number(&r, scheme, n, NULL);
			CHECK_INT(i, numbers[i].number, got ? got - rows : -1, numbers[i].first);
			got = got ? registers_number(&r, scheme, n, got) : NULL;
			CHECK_INT(i, numbers[i].number, got ? got - rows : -1, numbers[i].second);
		}
		for (size_t i = 0; i < ROWS(loaded); i++)
			CHECK_INT(i, loaded[i].country,
			          registers_loaded(&r, slice_str(loaded[i].country),
			                           slice_str(loaded[i].source), loaded[i].sites),
			          loaded[i].want);
		CHECK_INT(index, "scheme", registers_have_scheme(&r, SLICE("x")), 1);
		CHECK_INT(index, "no scheme", registers_have_scheme(&r, SLICE("y")), 0);
		CHECK_INT(index, "empty scheme", registers_have_scheme(&r, SLICE("")), 0);
		arena_release(&a);
	}
	check_done();
}

static void a_row_holds_from_its_first_day_to_its_last(void **state)
{
	static const struct {
		bool active;
		const char *from, *until, *at;
		bool want;
	} cases[] = {
		{ true, NULL, NULL, "2026-01-01", true },
		{ false, NULL, NULL, "2026-01-01", false },
		{ true, "2026-01-01", NULL, "2025-12-31", false },
		{ true, "2026-01-01", NULL, "2026-01-01", true },
		{ true, NULL, "2026-01-02", "2026-01-01", true },
		{ true, NULL, "2026-01-02", "2026-01-02", false },
	};
	const struct subject s = { SUBJECT_REGISTRABLE, SLICE("mill.example") };

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct register_row row = rows[3];
		struct arena a = { 0 };
		row.active = cases[i].active;
		row.from = day(cases[i].from);
		row.until = day(cases[i].until);
		struct registers r = make(true, &a, &row, 1);
		CHECK_INT(i, cases[i].at, register_holds(&row, day(cases[i].at)), cases[i].want);
		CHECK_INT(i, cases[i].at, registers_naming(&r, &s, day(cases[i].at)) != NULL,
		          cases[i].want);
		arena_release(&a);
	}
	check_done();
}

static void a_document_that_was_read_is_no_register(void **state)
{
	struct register_row row = rows[3];
	const struct subject s = { SUBJECT_REGISTRABLE, SLICE("mill.example") };

	(void)state;
	row.kind = SLICE("reviewed_document");
	for (int index = 0; index < 2; index++) {
		struct arena a = { 0 };
		struct registers r = make(index, &a, &row, 1);
		assert_false(registers_loaded(&r, SLICE("GB"), SLICE(""), false));
		assert_non_null(registers_serving(&r, &s, SLICE("GB"), 1));
		arena_release(&a);
	}
}

static void names_stand_in_a_text_as_whole_words(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "Welcome to HARBOUR HEALTH, your local shop", 0 },
		{ "Harbour-Health Limited", 0 },
		{ "The harbour. Health advice", 0 }, /* the same words, whatever stands between them */
		{ "Harbour healthy", -1 },
		{ "Old Mill Chemist, 1 Mill Lane", 0 }, /* another name that it trades under */
		{ "Old Millchemist", -1 },
		{ "The Pharmacy", -1 }, /* of the second row: general words alone stand nowhere */
		{ "", -1 },
	};
	struct arena a = { 0 };
	struct registers r = make(true, &a, rows, ROWS(rows));

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct folded f;
		struct err err = { 0 };
		if (fold(slice_str(cases[i].text), &a, &f, &err))
			fail_msg("%s", err.what);
		const struct register_row *got =
			registers_named_in(&r, SLICE("gphc-premises"), f.text, 1);
		CHECK_INT(i, cases[i].text, got ? got - rows : -1, cases[i].want);
		bool named = false;
		assert_int_equal(register_named_in(&rows[0], f.text, &a, &named, &err), 0);
		CHECK_INT(i, cases[i].text, named, cases[i].want == 0);
	}
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sites_and_numbers_are_found_with_an_index_and_without),
		cmocka_unit_test(a_row_holds_from_its_first_day_to_its_last),
		cmocka_unit_test(a_document_that_was_read_is_no_register),
		cmocka_unit_test(names_stand_in_a_text_as_whole_words),
	};
	return cmocka_run_group_tests_name("model/registers", tests, NULL, NULL);
}
