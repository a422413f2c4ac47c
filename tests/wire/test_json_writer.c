/* What is written is the canonical form that the reader's writer gives for the same value. */
#include "check.h"

#include "wire/json.h"
#include "wire/json_writer.h"

static void what_is_written_is_canonical(void **state)
{
	struct buf out = { 0 }, again = { 0 };
	struct json_writer w = { .out = &out };
	json_t *value = NULL;
	(void)state;

	json_writer_open(&w, '{');
	json_writer_name(&w, "a");
	json_writer_open(&w, '[');
	json_writer_open(&w, '{');
	json_writer_close(&w, '}');
	json_writer_open(&w, '[');
	json_writer_close(&w, ']');
	json_writer_number(&w, INT64_C(-9007199254740991));
	json_writer_number(&w, 0);
	json_writer_flag(&w, true);
	json_writer_flag(&w, false);
	json_writer_text(&w, SLICE(""));
	json_writer_close(&w, ']');
	json_writer_member(&w, "b", SLICE("\"\\/\b\t\n\f\r\x01\x1f\x7f \xc3\xa9 \xe3\x81\x82 \xf0\x9f\x92\x8a"));
	json_writer_member(&w, "empty", SLICE(""));
	json_writer_member(&w, "z", SLICE("end"));
	json_writer_close(&w, '}');
	assert_true(json_writer_ok(&w));
	assert_int_equal(json_parse(buf_slice(&out), 1000, &value, NULL), 0);
	assert_int_equal(json_canonical(value, &again, NULL), 0);
	assert_string_equal(buf_str(&out), buf_str(&again));
	assert_null(json_object_get(value, "empty"));
	json_decref(value);
	buf_release(&out);
	buf_release(&again);
}

static void malformed_bytes_become_the_replacement(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "a\xff" "b", "\"a\xef\xbf\xbd" "b\"" },
		{ "\xe3\x81", "\"\xef\xbf\xbd\"" },
		{ "\xc3\xa9\xff\"", "\"\xc3\xa9\xef\xbf\xbd\\\"\"" },
		{ "\xef\xbf\xbd", "\"\xef\xbf\xbd\"" },
	};
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		struct json_writer w = { .out = &out };
		json_writer_text(&w, slice_str(rows[i].in));
		CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].out));
		CHECK_INT(i, rows[i].in, json_writer_ok(&w), true);
		buf_release(&out);
	}
	check_done();
}

/* A caller's mistakes. */
static void out_of_order(struct json_writer *w)
{
	json_writer_open(w, '{');
	json_writer_member(w, "b", SLICE("x"));
	json_writer_member(w, "a", SLICE("x"));
	json_writer_close(w, '}');
}

static void twice(struct json_writer *w)
{
	json_writer_open(w, '{');
	json_writer_member(w, "a", SLICE("x"));
	json_writer_member(w, "a", SLICE("x"));
	json_writer_close(w, '}');
}

static void not_closed(struct json_writer *w)
{
	json_writer_open(w, '[');
}

static void closed_too_often(struct json_writer *w)
{
	json_writer_open(w, '[');
	json_writer_close(w, ']');
	json_writer_close(w, ']');
}

static void a_name_without_value(struct json_writer *w)
{
	json_writer_open(w, '{');
	json_writer_name(w, "a");
	json_writer_close(w, '}');
}

static void a_name_alone(struct json_writer *w)
{
	json_writer_name(w, "a");
}

static void too_deep(struct json_writer *w)
{
	for (int i = 0; i <= JSON_WRITER_DEPTH; i++)
		json_writer_open(w, '[');
	for (int i = 0; i <= JSON_WRITER_DEPTH; i++)
		json_writer_close(w, ']');
}

static void mistakes_fail_it(void **state)
{
	static void (*const rows[])(struct json_writer *) = {
		out_of_order, twice, not_closed, closed_too_often, a_name_without_value, a_name_alone, too_deep,
	};
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		struct json_writer w = { .out = &out };
		rows[i](&w);
		CHECK_INT(i, buf_str(&out), json_writer_ok(&w), false);
		buf_release(&out);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_canonical),
		cmocka_unit_test(malformed_bytes_become_the_replacement),
		cmocka_unit_test(mistakes_fail_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
