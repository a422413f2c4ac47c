#include "check.h"

#include "wire/rdap_bootstrap.h"

static const char list[] =
	"{\"version\":\"1.0\",\"services\":["
	"[[\"com\",\"NET\"],[\"https://rdap.a.example/com/v1\"]],"
	"[[\"example\"],[\"http://rdap.plain.example/\",\"https://rdap.b.example/\"]],"
	"[[\"co.example\"],[\"https://rdap.c.example/\"]],"
	"[[\"xn--p1ai\"],[\"http://rdap.only-http.example/\"]],"
	"[[\"bad\"],[\"ftp://rdap.d.example/\",7]],"
	"[[\"b d\",7,\"\"],[\"https://rdap.e.example/\"]],"
	"[[\"com\"],[\"https://rdap.z.example/\"]],"
	"[],7,[[\"x\"]]]}";

static void the_longest_suffix_is_asked_by_https(void **state)
{
	(void)state;
	static const struct { const char *name, *want; } rows[] = {
		{ "pills.com", "https://rdap.a.example/com/v1/" },
		{ "www.pills.net", "https://rdap.a.example/com/v1/" },
		{ "pills.example", "https://rdap.b.example/" },
		{ "pills.co.example", "https://rdap.c.example/" },
		{ "co.example", "https://rdap.c.example/" },
		{ "pills.xn--p1ai", "http://rdap.only-http.example/" },
		{ "pills.bad", "" },
		{ "pills.zz", "" },
		{ "pillscom", "" },
		{ "", "" },
	};
	struct arena a = { 0 };
	struct rdap_bootstrap b, again;

	assert_int_equal(rdap_bootstrap_parse(slice_str(list), &a, &b, NULL), 0);
	json_t *object = rdap_bootstrap_to_json(&b);
	assert_int_equal(rdap_bootstrap_from_json(object, &a, &again, NULL), 0);
	json_decref(object);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice name = slice_str(rows[i].name), want = slice_str(rows[i].want);
		CHECK_SLICE(i, rows[i].name, rdap_bootstrap_find(&b, name), want);
		CHECK_SLICE(i, rows[i].name, rdap_bootstrap_find(&again, name), want);
	}
	assert_int_equal(rdap_bootstrap_find(NULL, SLICE("a.com")).n, 0);
	check_done();
	arena_release(&a);
}

static void what_is_no_list_is_refused(void **state)
{
	(void)state;
	static const struct { const char *in; int rc; } rows[] = {
		{ "", ERR_SYNTAX },
		{ "[]", ERR_SYNTAX },
		{ "{}", ERR_SYNTAX },
		{ "{\"services\":{}}", ERR_SYNTAX },
		{ "{\"services\":[]}", 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct rdap_bootstrap b;
		CHECK_INT(i, rows[i].in, rdap_bootstrap_parse(slice_str(rows[i].in), &a, &b, NULL),
		          rows[i].rc);
		arena_release(&a);
	}
	check_done();
}

/* What comes from another process is believed only where it is as we write it. */
static void a_table_that_we_did_not_write_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"[]", "{\"COM\":\"https://a.example/\"}", "{\"com\":\"https://a.example\"}",
		"{\"com\":\"ftp://a.example/\"}", "{\"com\":7}", "{\"\":\"https://a.example/\"}",
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct rdap_bootstrap b;
		json_t *value;
		assert_int_equal(json_parse(slice_str(rows[i]), 1000, &value, NULL), 0);
		CHECK_INT(i, rows[i], rdap_bootstrap_from_json(value, &a, &b, NULL), ERR_SYNTAX);
		json_decref(value);
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_suffix_is_asked_by_https),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(a_table_that_we_did_not_write_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
