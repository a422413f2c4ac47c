#include "check.h"

#include "model/dum.h"

static void test_a_file_of_rows(void **state)
{
	struct arena a = { 0 };
	struct dum *row;
	size_t n;
	struct slice text = SLICE("# as of June\n\n"
	                          "registrar:146\t61000000\t2026-06-30\tregistry reports\r\n"
	                          "reseller:hanabi web services\t 4200 \t2026-05-01\tits own word\n"
	                          "host:kumo\t1\t2026-05-01\tx");

	(void)state;
	assert_int_equal(dum_read(text, "dum.tsv", &a, &row, &n, NULL), 0);
	CHECK_INT(0, "rows", n, 3);
	CHECK_SLICE(0, "party", row[0].party, SLICE("registrar:146"));
	CHECK_INT(0, "domains", row[0].domains, 61000000);
	CHECK_SLICE(0, "date", row[0].date, SLICE("2026-06-30"));
	CHECK_SLICE(0, "source", row[0].source, SLICE("registry reports"));
	CHECK_SLICE(1, "party", row[1].party, SLICE("reseller:hanabi web services"));
	CHECK_INT(1, "domains", row[1].domains, 4200);
	CHECK_INT(2, "domains", row[2].domains, 1);
	assert_int_equal(dum_read((struct slice){ 0 }, "dum.tsv", &a, &row, &n, NULL), 0);
	CHECK_INT(0, "empty", n, 0);
	arena_release(&a);
	check_done();
}

static void test_bad_rows_are_told_by_line(void **state)
{
	static const struct {
		const char *text, *what;
	} rows[] = {
		{ "registrar:1\t5\t2026-06-30",
		  "d:1: four columns are wanted: party, domains, date, source" },
		{ "\n#\nregistrar:1\t5\t2026-06-30\ta\tb",
		  "d:3: four columns are wanted: party, domains, date, source" },
		{ "\t5\t2026-06-30\ta", "d:1: no key of a party, such as registrar:146" },
		{ "r:1\t0\t2026-06-30\ta", "d:1: domains is no number above 0" },
		{ "r:1\t-5\t2026-06-30\ta", "d:1: domains is no number above 0" },
		{ "r:1\t5.5\t2026-06-30\ta", "d:1: domains is no number above 0" },
		{ "r:1\t99999999999999999999999\t2026-06-30\ta",
		  "d:1: domains is no number above 0" },
		{ "r:1\t5\t2026-06-31\ta", "d:1: date is no day such as 2026-06-30" },
		{ "r:1\t5\tJune\ta", "d:1: date is no day such as 2026-06-30" },
		{ "r:1\t5\t2026-06-30T00:00:00Z\ta", "d:1: date is no day such as 2026-06-30" },
		{ "r:1\t5\t2026-06-30\t ", "d:1: no source, or one over 200 bytes" },
		{ "r:1\t5\t2026-06-30\ta\nr:1\t6\t2026-06-30\ta",
		  "d:2: that party stands there already" },
		{ "r:1\t5\t2026-06-30\t\xff", "d:1: not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct dum *row = NULL;
		struct err err = { 0 };
		size_t n = 77;
		CHECK_INT(i, rows[i].text,
		          dum_read(slice_str(rows[i].text), "d", &a, &row, &n, &err), ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].text, slice_str(err.what), slice_str(rows[i].what));
		CHECK_INT(i, "untouched", n == 77 && !row, 1);
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_of_rows),
		cmocka_unit_test(test_bad_rows_are_told_by_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
