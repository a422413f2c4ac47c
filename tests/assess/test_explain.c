/* Records in, plain words out. */
#include "check.h"

#include "assess/explain.h"

static void text_of_pages_cannot_steer_a_terminal(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *want;
	} rows[] = {
		{ "plain", 10, "plain" },
		{ "", 10, "" },
		{ "  a \n\t b  ", 10, "a b" },
		{ "a\xe3\x80\x80" "b\xc2\xa0" "c", 10, "a b c" },
		{ "\x1b[31mred\x1b[0m", 20, "[31mred[0m" },
		{ "a\x07\x7f" "b\xc2\x9b" "c", 10, "abc" },
		{ "a\xe2\x80\x8b" "b\xe2\x80\xae" "c\xe2\x81\xa6" "d\xef\xbb\xbf" "e", 10, "abcde" },
		{ "abcdef", 3, "abc..." },
		{ "abc", 3, "abc" },
		{ "\xe5\x87\xa6\xe6\x96\xb9\xe7\xae\x8b\xe4\xb8\x8d\xe8\xa6\x81", 2, "\xe5\x87\xa6\xe6\x96\xb9..." },
		{ "a\xff" "b", 10, "a\xef\xbf\xbd" "b" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		explain_put_foreign(&out, slice_str(rows[i].text), rows[i].max);
		CHECK_SLICE(i, rows[i].text, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

static void words_that_count_stand_between_stars(void **state)
{
	static const struct {
		const char *quotation;
		size_t max;
		const char *want;
	} rows[] = {
		{ "{\"quote\":\"we need no form here\",\"start\":10,\"end\":30,\"matched\":[{\"start\":18,"
		  "\"end\":25}]}", 40, "we need *no form* here" },
		{ "{\"quote\":\"ab  cd ef\",\"start\":0,\"matched\":[{\"start\":0,\"end\":2},{\"start\":4,"
		  "\"end\":6}]}", 40, "*ab* *cd* ef" },
		{ "{\"quote\":\"abcd\",\"start\":0,\"matched\":[{\"start\":0,\"end\":2},{\"start\":2,"
		  "\"end\":4}]}", 40, "*ab**cd*" },
		{ "{\"quote\":\"\u51e6\u65b9\u7b8b\u4e0d\u8981\",\"start\":0,\"matched\":[{\"start\":9,"
		  "\"end\":15}]}", 40, "\u51e6\u65b9\u7b8b*\u4e0d\u8981*" },
		{ "{\"quote\":\"abcdef\",\"start\":0,\"matched\":[{\"start\":1,\"end\":5}]}", 3,
		  "a*bc*..." },
		{ "{\"quote\":\"abc\",\"start\":0}", 40, "abc" },
		/* what does not fit the quotation, or lies across another, is left alone */
		{ "{\"quote\":\"abc\",\"start\":5,\"matched\":[{\"start\":1,\"end\":2}]}", 40, "abc" },
		{ "{\"quote\":\"abc\",\"start\":5,\"matched\":[{\"start\":6,\"end\":99}]}", 40, "abc" },
		{ "{\"quote\":\"abc\",\"start\":5,\"matched\":[{\"start\":7,\"end\":7}]}", 40, "abc" },
		{ "{\"quote\":\"abc\",\"start\":5,\"matched\":[{\"end\":7}]}", 40, "abc" },
		{ "{\"quote\":\"abcd\",\"start\":0,\"matched\":[{\"start\":0,\"end\":3},{\"start\":2,"
		  "\"end\":4}]}", 40, "*abc*d" },
		{ "{\"quote\":\"abcde\",\"start\":0,\"matched\":[{\"start\":0,\"end\":1},{\"start\":1,"
		  "\"end\":2},{\"start\":2,\"end\":3},{\"start\":3,\"end\":4},{\"start\":4,\"end\":5}]}",
		  40, "*a**b**c**d*e" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		json_t *q = NULL;
		assert_int_equal(json_parse_object(slice_str(rows[i].quotation), 1 << 10, &q, NULL), 0);
		explain_put_quote(&out, q, rows[i].max);
		CHECK_SLICE(i, rows[i].quotation, buf_slice(&out), slice_str(rows[i].want));
		json_decref(q);
		buf_release(&out);
	}
	check_done();
}

static const char finding_text[] =
	"{\"id\":\"f1\",\"rule\":\"xx-a\",\"pack\":\"xx\",\"pack_version\":\"7\",\"severity\":\"rogue\","
	"\"reach\":\"global\",\"ground\":\"xx-a\",\"text\":\"Sells \\u001b[1mpills.\","
	"\"law\":[{\"cite\":\"Act 1\",\"says\":\"no\"}],"
	"\"quotations\":[{\"quote\":\"q1\",\"url\":\"https://x.example/\",\"at\":\"2026-09-14T08:00:00Z\","
	"\"vantage\":\"local\",\"evidence\":\"sha256:00\",\"start\":3,\"end\":5,\"matched\":["
	"{\"start\":4,\"end\":5,\"words\":\"1\",\"substance\":\"s\",\"supply\":\"rx\"}]}],\"destination\":"
	"\"XX\","
	"\"weighed\":[{\"kind\":\"claim\",\"text\":\"rx_required\",\"quotation\":{\"quote\":\"w1\","
	"\"url\":\"https://x.example/\",\"at\":\"2026-09-14T08:00:00Z\",\"vantage\":\"local\","
	"\"evidence\":\"sha256:00\",\"start\":8,\"end\":9}}],"
	"\"register\":{\"authority\":\"Board\",\"number\":\"N 1\"}}";

static int find(void *ctx, struct slice id, json_t **out, struct err *err)
{
	(void)ctx;
	*out = NULL;
	if (slice_eq_str(id, "broken"))
		return err_set(err, ERR_CORRUPT, 0, "the store is damaged");
	return slice_eq_str(id, "f1") ? json_parse_object(slice_str(finding_text), 1 << 16, out, err) : 0;
}

static const struct explain_source source = { find, NULL };

static void a_cell_is_said_in_one_line(void **state)
{
	static const struct {
		const char *cell, *want;
	} rows[] = {
		{ "{\"class\":\"legitimate\",\"ground\":\"licensed\",\"register\":{\"authority\":\"Board\","
		  "\"number\":\"N 1\"}}", "Board names it (N 1)" },
		{ "{\"class\":\"rogue\",\"ground\":\"xx-a\",\"findings\":[\"gone\",\"f1\"]}", "Sells [1mpills." },
		{ "{\"class\":\"unapproved\",\"ground\":\"foreign_legal\",\"findings\":[\"f1\"]}",
		  "Sells [1mpills." },
		{ "{\"class\":\"out_of_scope\",\"ground\":\"not_offered\"}",
		  "offers no medicine there" },
		{ "{\"class\":\"not_a_pharmacy\",\"ground\":\"abused_legit\"}",
		  "about something else; somebody put a shop under one of its paths" },
		{ "{\"class\":\"not_a_pharmacy\"}", "offers no medicine" },
		{ "{\"class\":\"unverified\",\"missing\":[\"a person\",\"more\"]}", "needs a person" },
		{ "{\"class\":\"unverified\"}", "" },
		{ "{\"class\":\"rogue\",\"ground\":\"xx-a\",\"findings\":[]}", "" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		struct err err = { 0 };
		json_t *cell = NULL;
		assert_int_equal(json_parse_object(slice_str(rows[i].cell), 1 << 16, &cell, &err), 0);
		CHECK_INT(i, rows[i].cell, explain_line(cell, &source, &out, &err), 0);
		CHECK_SLICE(i, rows[i].cell, buf_slice(&out), slice_str(rows[i].want));
		json_decref(cell);
		buf_release(&out);
	}
	check_done();
}

static void a_cell_is_said_in_full_with_law_place_and_what_speaks_against_it(void **state)
{
	static const char want[] =
		"  - Sells [1mpills.\n"
		"    rule xx-a of pack xx 7, severity rogue, a ground that hangs on no one country's law\n"
		"    law Act 1: no\n"
		"    observed\n"
		"      \"q*1*\"\n"
		"        *1*: these words name s, which the lexicon has as prescription-only in XX\n"
		"        https://x.example/, 2026-09-14T08:00:00Z from local\n"
		"        sha256:00 text 3-5\n"
		"    register Board N 1\n"
		"    weighed against it\n"
		"      \"w1\"\n"
		"        https://x.example/, 2026-09-14T08:00:00Z from local\n"
		"        sha256:00 text 8-9\n"
		"  in its favour: a seal\n"
		"  missing: a second capture\n";
	struct buf out = { 0 };
	struct err err = { 0 };
	json_t *cell = NULL;

	(void)state;
	assert_int_equal(json_parse_object(SLICE("{\"class\":\"rogue\",\"ground\":\"xx-a\",\"findings\":"
	                                         "[\"f1\",\"gone\"],\"counter\":[\"a seal\"],\"missing\":"
	                                         "[\"a second capture\"]}"), 1 << 16, &cell, &err), 0);
	assert_int_equal(explain_cell(cell, &source, &out, &err), 0);
	CHECK_SLICE(0, "cell", buf_slice(&out), slice_str(want));
	json_decref(cell);
	buf_release(&out);
	check_done();
}

static void what_cannot_be_looked_up_is_an_error(void **state)
{
	struct buf out = { 0 };
	struct err err = { 0 };
	json_t *cell = NULL;

	(void)state;
	assert_int_equal(json_parse_object(SLICE("{\"class\":\"rogue\",\"ground\":\"x\",\"findings\":"
	                                         "[\"f1\",\"broken\"]}"), 1 << 16, &cell, &err), 0);
	assert_int_equal(explain_line(cell, &source, &out, &err), ERR_CORRUPT);
	assert_int_equal(explain_cell(cell, &source, &out, &err), ERR_CORRUPT);
	json_decref(cell);
	buf_release(&out);
}

static void the_cell_of_a_destination_is_found(void **state)
{
	struct err err = { 0 };
	json_t *verdict = NULL;

	(void)state;
	assert_int_equal(json_parse_object(SLICE("{\"cells\":[{\"destination\":\"JP\",\"class\":\"a\"},"
	                                         "{\"destination\":\"US\",\"class\":\"b\"}]}"),
	                                   1 << 16, &verdict, &err), 0);
	const json_t *cell = explain_cell_of(verdict, SLICE("US"));
	assert_true(slice_eq_str(json_str(cell, "class"), "b"));
	assert_null(explain_cell_of(verdict, SLICE("GB")));
	assert_null(explain_cell_of(NULL, SLICE("US")));
	json_decref(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_pages_cannot_steer_a_terminal),
		cmocka_unit_test(words_that_count_stand_between_stars),
		cmocka_unit_test(a_cell_is_said_in_one_line),
		cmocka_unit_test(a_cell_is_said_in_full_with_law_place_and_what_speaks_against_it),
		cmocka_unit_test(what_cannot_be_looked_up_is_an_error),
		cmocka_unit_test(the_cell_of_a_destination_is_found),
	};
	return cmocka_run_group_tests_name("assess/explain", tests, NULL, NULL);
}
