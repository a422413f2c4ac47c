#include "check.h"

#include "wire/timestamp.h"

static void timestamp_reads_rfc3339_in_utc_only(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int64_t want; /* -1: refused */
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-02", 86400 },
		{ "2026-11-22T04:05:06Z", 1795320306 },
		{ "2000-02-29T23:59:59Z", 951868799 },
		{ "1900-02-29T00:00:00Z", -1 },
		{ "2026-13-01", -1 },
		{ "2026-04-31", -1 },
		{ "2026-04-00", -1 },
		{ "2026-11-22T24:00:00Z", -1 },
		{ "2026-11-22T23:59:60Z", -1 },
		{ "2026-11-22t04:05:06z", -1 },
		{ "2026-11-22T04:05:06+00:00", -1 },
		{ "2026-11-22T04:05:06.5Z", -1 },
		{ "2026-11-2", -1 },
		{ "+026-11-22", -1 },
		{ "0000-01-01", -1 },
		{ "", -1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t t = -1;
		int rc = timestamp_parse(slice_str(rows[i].in), &t, NULL);
		CHECK_INT(i, rows[i].in, rc, rows[i].want == -1 ? ERR_SYNTAX : 0);
		CHECK_INT(i, rows[i].in, t, rows[i].want);
	}
	check_done();
}

static void timestamp_formats_every_day_back_to_itself(void **state)
{
	(void)state;
	const int64_t first = -62135596800, last = 253402300799;

	for (int64_t t = first; t <= last; t += 86400 - 1) {
		char text[TIMESTAMP_SIZE];
		int64_t back = 0;
		timestamp_format(t, text);
		assert_int_equal(timestamp_parse(slice_str(text), &back, NULL), 0);
		assert_true(back == t);
	}
	char text[TIMESTAMP_SIZE];
	timestamp_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	timestamp_format(INT64_MIN, text);
	assert_string_equal(text, "0001-01-01T00:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timestamp_reads_rfc3339_in_utc_only),
		cmocka_unit_test(timestamp_formats_every_day_back_to_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
