/* Fields as systems write them: folded, encoded in pieces, with lines between that are none. */
#include "check.h"

#include "wire/mail_field.h"

static void values_become_one_line_of_text(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "" },
		{ " plain words ", "plain words" },
		{ " folded\r\n  over\r\n\tlines\r\n", "folded over lines" },
		{ "=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?=", "Grüße aus" },
		{ "=?utf-8?q?=41?=", "A" },
		{ "=?utf-8?Q?=?=", "=" },
		{ "=?utf-8?Q?=4?=", "=4" },
		{ "=?UTF-8*de?Q?sch=C3=B6n?=", "schön" },
		{ "a =?utf-8?Q?b?= c", "a b c" },
		/* White space between two words is of the coding alone (RFC 2047, section 6.2). */
		{ "=?utf-8?Q?b?= \r\n =?utf-8?Q?c?=", "bc" },
		/* A character cut in two. */
		{ "=?UTF-8?B?5Y8=?= =?UTF-8?B?lw==?=", "受" },
		{ "=?ISO-2022-JP?B?GyRCPHVJVRsoQg==?=", "受付" },
		{ "=?iso-8859-1?Q?caf=E9?= =?utf-8?Q?_=C3=A9?=", "café é" },
		/* No words: an unknown charset, no end, a coding that is none. */
		{ "=?klingon?Q?x?=", "=?klingon?Q?x?=" },
		{ "=?utf-8?Q?x", "=?utf-8?Q?x" },
		{ "=?utf-8?Z?x?=", "=?utf-8?Z?x?=" },
		{ "caf\xe9", "café" },
		{ "a\x1b[31mb\xe2\x80\xae" "c", "a [31mb c" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct slice got = { 0 };
		CHECK_INT(i, rows[i].in, mail_field_text(slice_str(rows[i].in), &a, &got, NULL), 0);
		CHECK_SLICE(i, rows[i].in, got, slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

static void fields_are_cut_where_they_begin(void **state)
{
	(void)state;
	struct slice block = SLICE("Subject: one\r\n two\r\nno field at all\r\n more of that\r\n"
	                           "X-Empty:\r\nTo : spaced\r\nsubject: again\r\n");
	static const struct {
		const char *name, *value;
	} want[] = { { "Subject", " one\r\n two\r" },
		     { "X-Empty", "\r" },
		     { "To", " spaced\r" },
		     { "subject", " again\r" } };
	struct slice rest = block, name, value;
	size_t n = 0;

	while (mail_field_cut(&rest, &name, &value) && n < ROWS(want)) {
		CHECK_SLICE(n, "name", name, slice_str(want[n].name));
		CHECK_SLICE(n, "value", value, slice_str(want[n].value));
		n++;
	}
	CHECK_INT(0, "fields", n, ROWS(want));
	CHECK_SLICE(0, "found", mail_field_find(block, "SUBJECT"), SLICE(" one\r\n two\r"));
	CHECK_INT(0, "absent", mail_field_find(block, "From").p == NULL, true);
	check_done();
}

static void blocks_end_at_empty_lines(void **state)
{
	(void)state;
	struct slice rest = SLICE("a: 1\nb: 2\n\nc: 3\r\n\r\n\nd: 4"), block;
	static const char *const want[] = { "a: 1\nb: 2\n", "c: 3\r\n", "", "d: 4" };
	size_t n = 0;

	while (mail_block_cut(&rest, &block) && n < ROWS(want)) {
		CHECK_SLICE(n, "block", block, slice_str(want[n]));
		n++;
	}
	CHECK_INT(0, "blocks", n, ROWS(want));
	check_done();
}

static void ids_are_found_in_any_dress(void **state)
{
	(void)state;
	struct slice rest = SLICE(" <a@b>\r\n\t<c@d> (a comment) e@f, <no-at> < g@h > <i@j");
	static const char *const want[] = { "a@b", "c@d", "e@f", "g@h", "i@j" };
	struct slice id;
	size_t n = 0;

	while (mail_field_id_cut(&rest, &id) && n < ROWS(want)) {
		CHECK_SLICE(n, "id", id, slice_str(want[n]));
		n++;
	}
	CHECK_INT(0, "ids", n, ROWS(want));
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_become_one_line_of_text),
		cmocka_unit_test(fields_are_cut_where_they_begin),
		cmocka_unit_test(blocks_end_at_empty_lines),
		cmocka_unit_test(ids_are_found_in_any_dress),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
