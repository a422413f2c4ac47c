/* What differs between two values is told by path. */
#include "check.h"

#include "cmd/rederive.h"

static json_t *parse(const char *text)
{
	json_t *out = NULL;
	struct err err = { 0 };

	if (json_parse_object(slice_str(text), 1 << 16, &out, &err))
		fail_msg("%s: %s", text, err.what);
	return out;
}

static void a_difference_has_its_path_and_both_values(void **state)
{
	static const struct {
		const char *was, *now, *want; /* the list, canonical */
	} rows[] = {
		{ "{\"a\":1}", "{\"a\":1}", "[]" },
		{ "{\"a\":\"x\"}", "{\"a\":\"y\"}", "[{\"now\":\"y\",\"path\":\"a\",\"was\":\"x\"}]" },
		{ "{\"a\":{\"b\":2}}", "{\"a\":{\"b\":3}}",
		  "[{\"now\":\"3\",\"path\":\"a.b\",\"was\":\"2\"}]" },
		{ "{\"a\":1}", "{}", "[{\"path\":\"a\",\"was\":\"1\"}]" },
		{ "{}", "{\"a\":[]}", "[{\"now\":\"[]\",\"path\":\"a\"}]" },
		{ "{\"a\":[1,2]}", "{\"a\":[1,3]}", "[{\"now\":\"3\",\"path\":\"a.1\",\"was\":\"2\"}]" },
		{ "{\"a\":[1]}", "{\"a\":[1,3]}", "[{\"now\":\"[1,3]\",\"path\":\"a\",\"was\":\"[1]\"}]" },
		{ "{\"cells\":[{\"destination\":\"JP\",\"class\":\"rogue\"},{\"destination\":\"US\"}]}",
		  "{\"cells\":[{\"destination\":\"US\"},{\"destination\":\"JP\",\"class\":\"unverified\"}]}",
		  "[{\"now\":\"unverified\",\"path\":\"cells.JP.class\",\"was\":\"rogue\"}]" },
		{ "{\"cells\":[{\"destination\":\"JP\"}]}",
		  "{\"cells\":[{\"destination\":\"JP\"},{\"destination\":\"US\"}]}",
		  "[{\"now\":\"{\\\"destination\\\":\\\"US\\\"}\",\"path\":\"cells.US\"}]" },
		{ "{\"cells\":[{\"destination\":\"A\"},{\"destination\":\"B\"}]}",
		  "{\"cells\":[{\"destination\":\"B\"},{\"destination\":\"A\"}]}",
		  "[{\"now\":\"[{\\\"destination\\\":\\\"B\\\"},{\\\"destination\\\":\\\"A\\\"}]\",\"path\":"
		  "\"cells\",\"was\":\"[{\\\"destination\\\":\\\"A\\\"},{\\\"destination\\\":\\\"B\\\"}]\"}]" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *was = parse(rows[i].was), *now = parse(rows[i].now), *list = json_array();
		struct buf out = { 0 };
		CHECK_INT(i, rows[i].was, rederive_differences("", was, now, 20, list), 0);
		CHECK_INT(i, rows[i].was, json_canonical(list, &out, NULL), 0);
		CHECK_SLICE(i, rows[i].was, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
		json_decref(was);
		json_decref(now);
		json_decref(list);
	}
	check_done();
}

static void no_more_are_told_than_asked_for_and_none_is_cut_within_a_character(void **state)
{
	json_t *was = parse("{\"a\":1,\"b\":2,\"c\":3}"), *now = parse("{}"), *list = json_array();
	struct buf text = { 0 };

	(void)state;
	assert_int_equal(rederive_differences("", was, now, 2, list), 0);
	assert_int_equal(json_array_size(list), 2);
	json_decref(was);
	json_array_clear(list);
	buf_puts(&text, "{\"a\":\"");
	for (int i = 0; i < 200; i++)
		buf_puts(&text, "\xe5\x87\xa6");
	buf_puts(&text, "\"}");
	was = parse(buf_str(&text));
	assert_int_equal(rederive_differences("", was, now, 2, list), 0);
	assert_int_equal(json_str(json_array_get(list, 0), "was").n, 399);
	buf_release(&text);
	json_decref(was);
	json_decref(now);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_difference_has_its_path_and_both_values),
		cmocka_unit_test(no_more_are_told_than_asked_for_and_none_is_cut_within_a_character),
	};
	return cmocka_run_group_tests_name("cmd/rederive", tests, NULL, NULL);
}
