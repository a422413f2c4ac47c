#include "check.h"

#include "collect/recipe.h"

static void a_recipe_starts_where_the_subject_is(void **state)
{
	(void)state;
	static const struct {
		struct subject subject;
		const char *start;
	} rows[] = {
		{ { SUBJECT_REGISTRABLE, { "a.example", 9 } }, "https://a.example/" },
		{ { SUBJECT_HOST, { "b.a.example", 11 } }, "https://b.a.example/" },
		{ { SUBJECT_URL, { "http://a.example/x/", 19 } }, "http://a.example/x/" },
		{ { SUBJECT_IP, { "192.0.2.1", 9 } }, "https://192.0.2.1/" },
		{ { SUBJECT_IP, { "2001:db8::1", 11 } }, "https://[2001:db8::1]/" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct recipe r;
		assert_int_equal(recipe_for(rows[i].subject, vantage_direct(), &arena, &r, NULL),
		                 0);
		CHECK_SLICE(i, rows[i].start, r.start, slice_str(rows[i].start));
		CHECK_INT(i, rows[i].start, r.pages, 12);
		arena_release(&arena);
	}
	struct subject prefix = { SUBJECT_PREFIX, SLICE("192.0.2.0/24") };
	struct arena arena = { 0 };
	struct recipe r;
	CHECK_INT(0, "prefix", recipe_for(prefix, vantage_direct(), &arena, &r, NULL), ERR_USAGE);
	check_done();
}

#define VANTAGE "\"vantage\":{\"country\":\"JP\",\"name\":\"jp\",\"trusted\":false}"

static void what_is_written_is_read_again(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{ "{\"depth\":1,\"images\":4,\"pages\":12,\"redirects\":10,\"render\":false,"
		  "\"start\":\"https://a.example/\",\"v\":1," VANTAGE "}",
		  0 },
		{ "{\"depth\":2,\"images\":0,\"pages\":1000,\"redirects\":50,\"render\":true,"
		  "\"start\":\"https://a.example/\",\"v\":1," VANTAGE "}",
		  0 },
		{ "{\"depth\":3,\"images\":4,\"pages\":12,\"redirects\":10,\"render\":false,"
		  "\"start\":\"https://a.example/\",\"v\":1," VANTAGE "}",
		  ERR_SYNTAX },
		{ "{\"depth\":1,\"images\":4,\"pages\":-1,\"redirects\":10,\"render\":false,"
		  "\"start\":\"https://a.example/\",\"v\":1," VANTAGE "}",
		  ERR_SYNTAX },
		{ "{\"depth\":1,\"images\":4,\"pages\":12,\"redirects\":10,\"render\":false,"
		  "\"start\":\"HTTPS://a.example\",\"v\":1," VANTAGE "}",
		  ERR_SYNTAX },
		{ "{\"depth\":1,\"images\":4,\"pages\":12,\"redirects\":10,\"render\":false,"
		  "\"start\":\"https://a.example/\",\"v\":2," VANTAGE "}",
		  ERR_SYNTAX },
		{ "{\"depth\":1,\"images\":4,\"pages\":12,\"redirects\":10,\"render\":false,"
		  "\"start\":\"https://a.example/\",\"v\":1,\"vantage\":{\"country\":\"JP\","
		  "\"name\":\"jp\",\"user_agent\":\"x\\r\\nHost: y\"}}",
		  ERR_SYNTAX },
		{ "{}", ERR_SYNTAX },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct buf again = { 0 };
		struct recipe r;
		json_t *o;
		assert_int_equal(json_parse(slice_str(rows[i].text), 10000, &o, NULL), 0);
		CHECK_INT(i, rows[i].text, recipe_from_json(o, &arena, &r, NULL), rows[i].rc);
		if (rows[i].rc == 0) {
			json_t *back = recipe_to_json(&r);
			struct sha256 digest;
			assert_int_equal(json_canonical(back, &again, NULL), 0);
			CHECK_SLICE(i, rows[i].text, buf_slice(&again), slice_str(rows[i].text));
			assert_int_equal(recipe_digest(&r, &digest, NULL), 0);
			CHECK_INT(i, "digest", sha256_eq(digest, sha256_of(buf_slice(&again))),
			          true);
			json_decref(back);
		}
		json_decref(o);
		buf_release(&again);
		arena_release(&arena);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recipe_starts_where_the_subject_is),
		cmocka_unit_test(what_is_written_is_read_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
