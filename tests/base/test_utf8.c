#include "check.h"

#include "base/utf8.h"

static void utf8_accepts_well_formed_and_names_the_first_bad_byte(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int bad; /* offset, or -1 for valid */
	} rows[] = {
		{ "", -1 },           { "abc", -1 },          { "\xc3\xa9", -1 },
		{ "\xe2\x82\xac", -1 }, { "\xf0\x9f\x92\x8a", -1 }, { "\xef\xbf\xbd", -1 },
		{ "a\x80", 1 },       { "\xc0\x80", 0 },      { "\xc1\xbf", 0 },
		{ "\xe0\x9f\xbf", 0 }, { "\xed\xa0\x80", 0 },  { "\xf0\x8f\xbf\xbf", 0 },
		{ "\xf4\x90\x80\x80", 0 }, { "\xf5\x80\x80\x80", 0 }, { "ab\xe2\x82", 2 },
		{ "\xff", 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t bad = 0;
		bool ok = utf8_valid(slice_str(rows[i].in), &bad);
		CHECK_INT(i, rows[i].in, ok ? -1 : (int)bad, rows[i].bad);
	}
	check_done();
}

/* ASCII is looked at by the eight: at, before and behind such a step, in every length. */
static void utf8_names_a_bad_byte_wherever_it_stands(void **state)
{
	(void)state;
	char text[40];

	for (size_t n = 0; n <= sizeof(text); n++) {
		size_t bad = 99;
		memset(text, 'a', sizeof(text));
		assert_true(utf8_valid(slice_from(text, n), &bad));
		for (size_t at = 0; at < n; at++) {
			memset(text, 'a', sizeof(text));
			text[at] = (char)0x80;
			assert_false(utf8_valid(slice_from(text, n), &bad));
			assert_int_equal(bad, at);
			if (at + 1 == n)
				continue;
			memcpy(text + at, "\xc3\xa9", 2);
			assert_true(utf8_valid(slice_from(text, n), &bad));
		}
	}
}

static void utf8_decodes_what_it_encodes(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		char out[4];
		size_t n = utf8_encode(c, out), at = 0;
		uint32_t want = c >= 0xd800 && c <= 0xdfff ? UTF8_BAD : c;
		assert_int_equal(utf8_next(slice_from(out, n), &at), want);
		assert_int_equal(at, n);
	}
}

static void utf8_replaces_the_maximal_ill_formed_part(void **state)
{
	(void)state;
	/* Unicode 15, table 3-8: 61 F1 80 80 E1 80 C2 62 80 63 80 BF 64 */
	struct slice s = SLICE("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64");
	static const uint32_t want[] = { 0x61, UTF8_BAD, UTF8_BAD, UTF8_BAD, 0x62,
		                         UTF8_BAD, 0x63, UTF8_BAD, UTF8_BAD, 0x64 };
	size_t at = 0, n = 0;

	while (at < s.n) {
		assert_true(n < ROWS(want));
		assert_int_equal(utf8_next(s, &at), want[n++]);
	}
	assert_int_equal(n, ROWS(want));
}

static void utf8_knows_what_steers_a_terminal_or_the_reading_order(void **state)
{
	(void)state;
	static const struct {
		uint32_t c;
		bool steers;
	} rows[] = {
		{ 0, true },       { 0x1b, true },    { 0x1f, true },    { ' ', false },
		{ '~', false },    { 0x7f, true },    { 0x9b, true },    { 0x9f, true },
		{ 0xa0, false },   { 0xe9, false },   { 0x61b, false },  { 0x61c, true },
		{ 0x200d, false }, { 0x200e, true },  { 0x200f, true },  { 0x2027, false },
		{ 0x2028, true },  { 0x202e, true },  { 0x202f, false }, { 0x2065, false },
		{ 0x2066, true },  { 0x2069, true },  { 0x206a, false }, { 0x85ac, false },
		{ 0xfeff, true },  { 0x1f48a, false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char name[16];
		snprintf(name, sizeof(name), "U+%04X", (unsigned)rows[i].c);
		CHECK_INT(i, name, utf8_is_steering(rows[i].c), rows[i].steers);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_accepts_well_formed_and_names_the_first_bad_byte),
		cmocka_unit_test(utf8_names_a_bad_byte_wherever_it_stands),
		cmocka_unit_test(utf8_decodes_what_it_encodes),
		cmocka_unit_test(utf8_replaces_the_maximal_ill_formed_part),
		cmocka_unit_test(utf8_knows_what_steers_a_terminal_or_the_reading_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
