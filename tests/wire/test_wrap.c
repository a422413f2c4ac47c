#include "check.h"

#include "wire/wrap.h"

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void lines_end_at_words_and_hold_72_columns(void **state)
{
	(void)state;
	static const struct {
		const char *in, *lead, *want;
	} rows[] = {
		{ "", "", "" },
		{ "  \t\n ", "> ", "" },
		{ "one two", "", "one two\n" },
		{ "one\r\ntwo\xe3\x80\x80three", "- ", "- one two three\n" },
		{ SIXTY " 0123456789 x", "", SIXTY " 0123456789\nx\n" },
		{ SIXTY " 01234567890 x", "", SIXTY " 01234567890\nx\n" },
		{ SIXTY " 012345678901 x", "", SIXTY "\n012345678901 x\n" },
		{ SIXTY " 0123456789 x", "  - ", "  - " SIXTY "\n    0123456789 x\n" },
		{ SIXTY " pills-shop.example/a-b", "", SIXTY "\npills-shop.example/a-b\n" },
		/* a word that is longer than a line is cut */
		{ SIXTY SIXTY, "", SIXTY "012345678901\n234567890123456789012345678901234567890123456789\n" },
		/* what no one sees does not stay: zero width, direction, escape */
		{ "a\xe2\x80\x8b" "b\xe2\x80\xae" "c\x1b[1md", "", "abc[1md\n" },
		{ "bad \xff byte", "", "bad \xef\xbf\xbd byte\n" },
		{ "https://a.example/", "", "https://a.example/\n" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		CHECK_INT(i, rows[i].in, wrap_put(slice_str(rows[i].in), rows[i].lead, &out, NULL), 0);
		CHECK_SLICE(i, rows[i].in, slice_str(buf_str(&out)), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

static void a_wide_character_counts_as_two_columns(void **state)
{
	(void)state;
	struct buf text = { 0 }, out = { 0 };
	struct slice rest, line;
	size_t lines = 0;

	for (int i = 0; i < 80; i++)
		buf_puts(&text, "薬");
	assert_int_equal(wrap_put(buf_slice(&text), "", &out, NULL), 0);
	rest = buf_slice(&out);
	while (slice_cut(&rest, '\n', &line)) {
		assert_true(line.n <= 36 * 3);
		lines++;
	}
	assert_int_equal(lines, 3);
	buf_release(&text);
	buf_release(&out);
}

static void text_of_others_makes_no_link_and_no_line(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		size_t max;
		const char *want;
	} rows[] = {
		{ "see https://evil.example/x", 100, "see https: //evil.example/x" },
		{ "a\nb\r\nFrom: c", 100, "a b From: c" },
		{ "abcdef", 3, "abc..." },
		{ "薬薬薬", 2, "薬薬..." },
		{ " \xe2\x80\xaa x ", 10, "x" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		wrap_put_foreign(slice_str(rows[i].in), rows[i].max, &out);
		CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

static void a_lead_leaves_room(void **state)
{
	(void)state;
	struct buf out = { 0 };

	assert_int_equal(wrap_put(SLICE("x"), SIXTY "     ", &out, NULL), ERR_LIMIT);
	assert_int_equal(out.n, 0);
}

/* Text of ASCII is cut without asking the library, at the same places. */
static void ascii_ends_lines_where_other_text_does(void **state)
{
	(void)state;
	for (int before = '!'; before <= '~'; before++)
		for (int next = '!'; next <= '~'; next++) {
			struct buf text = { 0 }, plain = { 0 }, asked = { 0 };
			buf_printf(&text, "aa%.64s%c %cbbbbbbbbbb", SIXTY TEN, before, next);
			assert_int_equal(wrap_put(buf_slice(&text), "", &plain, NULL), 0);
			buf_puts(&text, " \xc3\xa9");
			assert_int_equal(wrap_put(buf_slice(&text), "", &asked, NULL), 0);
			struct slice a = slice_sub(buf_slice(&plain), 0, slice_find(buf_slice(&plain), '\n'));
			struct slice b = slice_sub(buf_slice(&asked), 0, slice_find(buf_slice(&asked), '\n'));
			CHECK_SLICE(before << 8 | next, buf_str(&text), a, b);
			buf_release(&text);
			buf_release(&plain);
			buf_release(&asked);
		}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_at_words_and_hold_72_columns),
		cmocka_unit_test(a_wide_character_counts_as_two_columns),
		cmocka_unit_test(text_of_others_makes_no_link_and_no_line),
		cmocka_unit_test(a_lead_leaves_room),
		cmocka_unit_test(ascii_ends_lines_where_other_text_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
