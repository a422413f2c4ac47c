/* Members of a text are told apart; what is no such text is bad, and nothing is read behind it. */
#include "check.h"

#include "wire/json_walk.h"

static void members_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *text, *seen; /* NAME=VALUE; of each member */
		bool bad;
	} rows[] = {
		{ "{}", "", false },
		{ "[]", "", false },
		{ "{\"a\":1}", "a=1;", false },
		{ "{\"a\":1,\"b\":\"x\"}", "a=1;b=\"x\";", false },
		{ "[1,[2,3],{\"a\":4},true]", "=1;=[2,3];={\"a\":4};=true;", false },
		{ "{\"a\":\"}],{[\",\"b\":{\"c\":\"}\"}}", "a=\"}],{[\";b={\"c\":\"}\"};", false },
		{ "{\"a\\\"b\":\"\\\\\",\"c\":\"\\\\\\\"\"}", "a\\\"b=\"\\\\\";c=\"\\\\\\\"\";", false },
		{ "{\"\":null}", "=null;", false },
		{ "", "", true },
		{ "1", "", true },
		{ "{", "", true },
		{ "{\"a\":1", "a=1;", true },
		{ "{\"a\":1}x", "a=1;", true },
		{ "{\"a\":1,}", "a=1;", true },
		{ "{\"a\"}", "", true },
		{ "{\"a\":}", "", true },
		{ "{a:1}", "", true },
		{ "{\"a\":\"x}", "", true },
		{ "{\"a\":\"x\\\"}", "", true },
		{ "{\"a\":[1}", "a=[1};", true }, /* no check of what is within */
		{ "[1 ,2]", "=1 ;=2;", false },
		{ "[1,2}", "=1;=2;", true },
		{ "[[[", "", true },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char seen[200] = "";
		size_t n = 0;
		struct json_walk w;
		struct slice name, value;
		json_walk_begin(&w, slice_str(rows[i].text));
		while (json_walk_next(&w, &name, &value))
			n += (size_t)snprintf(seen + n, sizeof(seen) - n, "%.*s=%.*s;", SLICE_ARG(name),
			                      SLICE_ARG(value));
		CHECK_SLICE(i, rows[i].text, slice_str(seen), slice_str(rows[i].seen));
		CHECK_INT(i, rows[i].text, w.bad, rows[i].bad);
		CHECK_INT(i, rows[i].text, json_walk_next(&w, &name, &value), false);
	}
	check_done();
}

static void values_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *str;
		int64_t number;
		bool is_str, is_number;
	} rows[] = {
		{ "\"\"", "", 0, true, false },
		{ "\"abc\"", "abc", 0, true, false },
		{ "\"a\\nb\"", "", 0, false, false },
		{ "\"a\"b\"", "", 0, false, false },
		{ "\"", "", 0, false, false },
		{ "0", "", 0, false, true },
		{ "-17", "", -17, false, true },
		{ "9007199254740991", "", INT64_C(9007199254740991), false, true },
		{ "90071992547409910", "", 0, false, false },
		{ "01", "", 0, false, false },
		{ "-", "", 0, false, false },
		{ "1.5", "", 0, false, false },
		{ "", "", 0, false, false },
		{ "true", "", 0, false, false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice s = { NULL, 0 };
		int64_t n = 0;
		CHECK_INT(i, rows[i].text, json_walk_str(slice_str(rows[i].text), &s), rows[i].is_str);
		CHECK_SLICE(i, rows[i].text, s, slice_str(rows[i].str));
		CHECK_INT(i, rows[i].text, json_walk_i64(slice_str(rows[i].text), &n), rows[i].is_number);
		CHECK_INT(i, rows[i].text, n, rows[i].number);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_told_apart),
		cmocka_unit_test(values_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
