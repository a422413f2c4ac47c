#include "check.h"

#include "base/utf8.h"
#include "wire/json.h"

#include <stdlib.h>

static void json_refuses_what_our_records_do_not_carry(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct slice in;
		int want;
		size_t at;
	} rows[] = {
		{ "an object", SLICE("{\"a\":1}"), 0, 0 },
		{ "white space around", SLICE(" \t\r\n{ \"a\" : [ ] }\n"), 0, 0 },
		{ "U+0000 in a value", SLICE("{\"a\":\"x\\u0000y\"}"), 0, 0 },
		{ "2^53 - 1", SLICE("{\"a\":9007199254740991}"), 0, 0 },
		{ "-(2^53 - 1)", SLICE("{\"a\":-9007199254740991}"), 0, 0 },
		{ "digits, e and . within a string", SLICE("{\"a\":\"1.5e9 \\\" 1.5\"}"), 0, 0 },
		{ "2^53", SLICE("{\"a\":9007199254740992}"), ERR_SYNTAX, 5 },
		{ "-2^53", SLICE("{\"a\":-9007199254740992}"), ERR_SYNTAX, 5 },
		{ "a very long integer", SLICE("{\"a\":[1,99999999999999999999999999999]}"), ERR_SYNTAX, 8 },
		{ "a fraction", SLICE("{\"a\":1.5}"), ERR_SYNTAX, 5 },
		{ "a fraction of zero", SLICE("{\"a\":1.0}"), ERR_SYNTAX, 5 },
		{ "an exponent", SLICE("{\"a\":[1,2e3]}"), ERR_SYNTAX, 8 },
		{ "a capital exponent", SLICE("{\"a\":2E3}"), ERR_SYNTAX, 5 },
		{ "a leading zero", SLICE("{\"a\":01}"), ERR_SYNTAX, 6 },
		{ "a plus sign", SLICE("{\"a\":+1}"), ERR_SYNTAX, 6 },
		{ "NaN", SLICE("{\"a\":NaN}"), ERR_SYNTAX, 8 },
		{ "a name twice", SLICE("{\"a\":1,\"a\":2}"), ERR_SYNTAX, 10 },
		{ "a name twice, spelled otherwise", SLICE("{\"a\":1,\"\\u0061\":2}"), ERR_SYNTAX, 15 },
		{ "U+0000 in a name", SLICE("{\"a\\u0000b\":1}"), ERR_SYNTAX, 11 },
		{ "a NUL byte", SLICE("{\"a\":1}\0"), ERR_SYNTAX, 8 },
		{ "a NUL byte in a string", SLICE("{\"a\":\"\0\"}"), ERR_SYNTAX, 6 },
		{ "a line feed in a string", SLICE("{\"a\":\"\n\"}"), ERR_SYNTAX, 6 },
		{ "a byte that is not UTF-8", SLICE("{\"a\":\"x\xff\"}"), ERR_SYNTAX, 7 },
		{ "an overlong slash", SLICE("{\"a\":\"\xc0\xaf\"}"), ERR_SYNTAX, 6 },
		{ "a surrogate in UTF-8", SLICE("{\"a\":\"\xed\xa0\x80\"}"), ERR_SYNTAX, 6 },
		{ "half a surrogate pair", SLICE("{\"a\":\"\\ud83d\"}"), ERR_SYNTAX, 13 },
		{ "a byte order mark", SLICE("\xef\xbb\xbf{}"), ERR_SYNTAX, 3 },
		{ "two objects", SLICE("{} {}"), ERR_SYNTAX, 4 },
		{ "an array", SLICE("[1]"), ERR_SYNTAX, 0 },
		{ "a comment", SLICE("{/**/}"), ERR_SYNTAX, 2 },
		{ "a comma too many", SLICE("{\"a\":1,}"), ERR_SYNTAX, 8 },
		{ "single quotes", SLICE("{'a':1}"), ERR_SYNTAX, 2 },
		{ "an end too early", SLICE("{\"a\":"), ERR_SYNTAX, 5 },
		{ "a string that ends in a backslash", SLICE("{\"a\":\"\\"), ERR_SYNTAX, 7 },
		{ "nothing", SLICE(""), ERR_SYNTAX, 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *value = NULL;
		struct err err = { 0 };
		int rc = json_parse_object(rows[i].in, 1000, &value, &err);
		CHECK_INT(i, rows[i].why, rc, rows[i].want);
		CHECK_INT(i, rows[i].why, err.at, rows[i].at);
		CHECK_INT(i, rows[i].why, value != NULL, rows[i].want == 0);
		json_decref(value);
	}
	check_done();
}

static void json_bounds_length_and_depth(void **state)
{
	(void)state;
	struct buf b = { 0 };
	json_t *value = NULL;
	struct err err = { 0 };

	assert_int_equal(json_parse(SLICE("[1,2]"), 5, &value, NULL), 0);
	json_decref(value);
	assert_int_equal(json_parse(SLICE("[1,2]"), 4, &value, NULL), ERR_LIMIT);

	for (int over = 0; over < 2; over++) {
		buf_clear(&b);
		for (int i = 0; i < JSON_DEPTH_MAX + over; i++)
			buf_putc(&b, '[');
		buf_putc(&b, '1');
		for (int i = 0; i < JSON_DEPTH_MAX + over; i++)
			buf_putc(&b, ']');
		assert_int_equal(json_parse(buf_slice(&b), 1000, &value, &err), over ? ERR_LIMIT : 0);
		if (over == 0) {
			struct buf out = { 0 };
			assert_int_equal(json_canonical(value, &out, NULL), 0);
			assert_true(slice_eq(buf_slice(&out), buf_slice(&b)));
			buf_release(&out);
			json_decref(value);
		}
	}
	assert_int_equal(err.at, JSON_DEPTH_MAX);
	/* A million brackets: refused at the limit, not by the end of the stack. */
	buf_clear(&b);
	for (int i = 0; i < 1000000; i++)
		buf_putc(&b, '[');
	assert_int_equal(json_parse(buf_slice(&b), 2000000, &value, &err), ERR_LIMIT);
	buf_release(&b);
}

static void canonical_form_is_that_of_rfc_8785(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct slice in, want;
	} rows[] = {
		{ "no white space", SLICE(" { \"a\" : [ 1 , true , false , null ] } "),
		  SLICE("{\"a\":[1,true,false,null]}") },
		{ "sorted, at every depth", SLICE("{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":1,\"y\":2}]}"),
		  SLICE("{\"a\":[{\"y\":2,\"z\":1}],\"b\":{\"c\":2,\"d\":1}}") },
		{ "a prefix before the longer name", SLICE("{\"aa\":1,\"a\":2,\"\":3}"),
		  SLICE("{\"\":3,\"a\":2,\"aa\":1}") },
		{ "minus zero is zero", SLICE("[-0,0]"), SLICE("[0,0]") },
		{ "the greatest integers", SLICE("[9007199254740991,-9007199254740991]"),
		  SLICE("[9007199254740991,-9007199254740991]") },
		/* RFC 8785 section 3.2.2.2: the string of its example. */
		{ "shortest escapes", SLICE("[\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"]"),
		  SLICE("[\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]") },
		{ "short names of controls", SLICE("[\"\\u0008\\u0009\\u000a\\u000c\\u000d\\u000b\\u0000\"]"),
		  SLICE("[\"\\b\\t\\n\\f\\r\\u000b\\u0000\"]") },
		{ "DEL, U+2028 and HTML stand as they are", SLICE("[\"\\u007f\\u2028</script>\"]"),
		  SLICE("[\"\x7f\xe2\x80\xa8</script>\"]") },
		/* RFC 8785 section 3.2.3: the names of its example, in its order. */
		{ "names by UTF-16 code units",
		  SLICE("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\","
			"\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\","
			"\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
			"\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}"),
		  SLICE("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
			"\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\","
			"\"\xe2\x82\xac\":\"Euro Sign\","
			"\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
			"\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}") },
		{ "U+E000 and U+FFFD behind U+10000 and U+10FFFF, U+D7FF before",
		  SLICE("{\"\\ue000\":1,\"\\ufffd\":2,\"\\ud800\\udc00\":3,\"\\udbff\\udfff\":4,\"\\ud7ff\":5}"),
		  SLICE("{\"\xed\x9f\xbf\":5,\"\xf0\x90\x80\x80\":3,\"\xf4\x8f\xbf\xbf\":4,"
			"\"\xee\x80\x80\":1,\"\xef\xbf\xbd\":2}") },
		{ "a text alone", SLICE("\"x\""), SLICE("\"x\"") },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *value = NULL;
		struct buf out = { 0 };
		CHECK_INT(i, rows[i].why, json_parse(rows[i].in, 1000, &value, NULL), 0);
		CHECK_INT(i, rows[i].why, json_canonical(value, &out, NULL), 0);
		CHECK_SLICE(i, rows[i].why, buf_slice(&out), rows[i].want);
		buf_release(&out);
		json_decref(value);
	}
	check_done();
}

static void canonical_form_leaves_out_members_of_the_outermost_object_alone(void **state)
{
	(void)state;
	static const char *const skip[] = { "id", "at", NULL };
	json_t *value = NULL;
	struct buf out = { 0 };

	assert_int_equal(json_parse(SLICE("{\"id\":1,\"x\":{\"id\":2,\"at\":3},\"at\":4}"), 100, &value,
				    NULL),
			 0);
	buf_puts(&out, "before ");
	assert_int_equal(json_canonical_except(value, skip, &out, NULL), 0);
	assert_string_equal(buf_str(&out), "before {\"x\":{\"at\":3,\"id\":2}}");
	json_decref(value);

	/* A value that was built and not read, and cannot be written: out is as it was. */
	struct err err;
	value = json_pack("{s:[i,f]}", "a", 1, 0.5);
	assert_int_equal(json_canonical(value, &out, &err), ERR_SYNTAX);
	json_decref(value);
	value = json_pack("{s:I}", "a", (json_int_t)JSON_INT_MAX + 1);
	assert_int_equal(json_canonical(value, &out, &err), ERR_SYNTAX);
	json_decref(value);
	assert_string_equal(buf_str(&out), "before {\"x\":{\"at\":3,\"id\":2}}");
	buf_release(&out);
}

static void getters_give_what_is_there_or_nothing(void **state)
{
	(void)state;
	json_t *o = NULL;
	struct slice s = SLICE("untouched");
	int64_t n = 7;
	json_t *value = NULL;
	struct err err;

	assert_int_equal(json_parse(SLICE("{\"s\":\"a\\u0000b\",\"e\":\"\",\"n\":-5,\"t\":true,\"o\":{},"
					  "\"a\":[]}"),
				    100, &o, NULL),
			 0);
	assert_true(slice_eq(json_str(o, "s"), SLICE("a\0b")));
	assert_true(json_str(o, "e").p != NULL && json_str(o, "e").n == 0);
	assert_true(json_str(o, "n").p == NULL);
	assert_true(json_str(o, "missing").p == NULL);
	assert_true(json_str(NULL, "s").p == NULL);
	assert_int_equal(json_i64(o, "n", 1), -5);
	assert_int_equal(json_i64(o, "s", 1), 1);
	assert_true(json_flag(o, "t", false));
	assert_true(json_flag(o, "missing", true));
	assert_non_null(json_obj(o, "o"));
	assert_null(json_obj(o, "a"));
	assert_non_null(json_arr(o, "a"));
	assert_null(json_arr(o, "o"));

	assert_int_equal(json_need_str(o, "missing", &s, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "missing is missing");
	assert_int_equal(json_need_str(o, "n", &s, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "n is not a string");
	assert_true(slice_eq(s, SLICE("untouched")));
	assert_int_equal(json_need_i64(o, "s", &n, &err), ERR_SYNTAX);
	assert_int_equal(n, 7);
	assert_int_equal(json_need_i64(o, "n", &n, &err), 0);
	assert_int_equal(n, -5);
	assert_int_equal(json_need_obj(o, "o", &value, &err), 0);
	assert_int_equal(json_need_arr(o, "o", &value, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "o is not an array");
	json_decref(o);
}

static void builders_refuse_what_is_not_utf8(void **state)
{
	(void)state;
	json_t *o = json_object(), *a = json_array();
	struct buf out = { 0 };

	assert_int_equal(json_put_str(o, "s", SLICE("x\0y")), 0);
	assert_int_equal(json_put_str(o, "bad", SLICE("x\xff")), ERR_SYNTAX);
	assert_int_equal(json_put_i64(o, "n", 3), 0);
	assert_int_equal(json_put_flag(o, "f", false), 0);
	assert_int_equal(json_add_str(a, SLICE("")), 0);
	assert_int_equal(json_add_str(a, SLICE("\xc3")), ERR_SYNTAX);
	assert_int_equal(json_add_new(a, NULL), ERR_NOMEM);
	assert_int_equal(json_put_new(o, "a", a), 0);
	assert_int_equal(json_put_new(o, "gone", NULL), ERR_NOMEM);
	assert_int_equal(json_put_i64(NULL, "n", 3), ERR_NOMEM);
	assert_int_equal(json_canonical(o, &out, NULL), 0);
	assert_string_equal(buf_str(&out), "{\"a\":[\"\"],\"f\":false,\"n\":3,\"s\":\"x\\u0000y\"}");
	buf_release(&out);
	json_decref(o);
}

/* --- properties of random values ------------------------------------------------------------- */

static uint64_t seed_state;

static uint64_t rnd(uint64_t below)
{
	/* splitmix64 (S. Vigna, public domain) */
	uint64_t z = seed_state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

static void random_text(struct buf *out)
{
	static const uint32_t edges[] = { 0,      1,      0x1f,   0x20,    '"',     '\\',
					  0x7f,   0x80,   0x7ff,  0x800,   0xd7ff,  0xe000,
					  0xfb33, 0xffff, 0x10000, 0x1f600, 0x10ffff, '/' };
	char c[4];

	for (uint64_t n = rnd(6); n > 0; n--) {
		uint32_t point = rnd(2) ? edges[rnd(ROWS(edges))] : (uint32_t)(0x20 + rnd(0x60));
		buf_put(out, slice_from(c, utf8_encode(point, c)));
	}
}

static json_t *random_value(int depth)
{
	struct buf text = { 0 };
	json_t *value;

	switch (rnd(depth < 4 ? 7 : 5)) {
	case 0: return json_null();
	case 1: return json_boolean(rnd(2));
	case 2: return json_integer((json_int_t)rnd(2000) - 1000);
	case 3: return json_integer(JSON_INT_MAX - (json_int_t)rnd(3));
	case 4:
		random_text(&text);
		value = json_stringn(buf_str(&text), text.n);
		buf_release(&text);
		return value;
	case 5:
		value = json_array();
		for (uint64_t n = rnd(5); n > 0; n--)
			json_add_new(value, random_value(depth + 1));
		return value;
	default:
		value = json_object();
		for (uint64_t n = rnd(6); n > 0; n--) {
			random_text(&text);
			/* A name may not hold U+0000, where the C string ends. */
			json_put_new(value, buf_str(&text), random_value(depth + 1));
			buf_clear(&text);
		}
		buf_release(&text);
		return value;
	}
}

static void canonical_form_reads_back_to_itself(void **state)
{
	(void)state;
	const char *given = getenv("ASSAY_TEST_SEED"), *is_long = getenv("ASSAY_TEST_LONG");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	int runs = is_long ? 200000 : 5000;

	print_message("# seed %" PRIu64 ", %d values\n", seed, runs);
	seed_state = seed;
	for (int i = 0; i < runs; i++) {
		json_t *value = random_value(0), *back = NULL;
		struct buf once = { 0 }, twice = { 0 };
		struct err err;
		if (json_canonical(value, &once, &err) ||
		    json_parse(buf_slice(&once), 1 << 20, &back, &err))
			fail_msg("value %d: %s: %s", i, err.what, buf_str(&once));
		assert_int_equal(json_canonical(back, &twice, &err), 0);
		if (!slice_eq(buf_slice(&once), buf_slice(&twice)))
			fail_msg("value %d: %s became %s", i, buf_str(&once), buf_str(&twice));
		assert_true(json_equal(value, back));
		buf_release(&once);
		buf_release(&twice);
		json_decref(value);
		json_decref(back);
	}
}

/* --- no memory ------------------------------------------------------------------------------- */

static int allocations_left;

static void *failing_malloc(size_t n)
{
	return allocations_left-- > 0 ? malloc(n) : NULL;
}

static void json_survives_the_end_of_memory(void **state)
{
	(void)state;
	struct slice text = SLICE("{\"a\":[1,{\"b\":\"text\"},true],\"c\":{\"d\":{\"e\":[]}}}");
	json_malloc_t malloc_before;
	json_free_t free_before;
	int failures = 0;

	json_get_alloc_funcs(&malloc_before, &free_before);
	for (int n = 0; n < 200; n++) {
		json_t *value = NULL;
		struct err err = { 0 };
		json_set_alloc_funcs(failing_malloc, free);
		allocations_left = n;
		int rc = json_parse_object(text, 1000, &value, &err);
		if (rc == 0) {
			rc = json_put_str(value, "f", SLICE("g"));
			json_decref(value);
		} else {
			assert_null(value);
		}
		json_set_alloc_funcs(malloc_before, free_before);
		failures += rc != 0;
		if (rc == 0)
			break;
	}
	assert_true(failures > 10 && failures < 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_refuses_what_our_records_do_not_carry),
		cmocka_unit_test(json_bounds_length_and_depth),
		cmocka_unit_test(canonical_form_is_that_of_rfc_8785),
		cmocka_unit_test(canonical_form_leaves_out_members_of_the_outermost_object_alone),
		cmocka_unit_test(getters_give_what_is_there_or_nothing),
		cmocka_unit_test(builders_refuse_what_is_not_utf8),
		cmocka_unit_test(canonical_form_reads_back_to_itself),
		cmocka_unit_test(json_survives_the_end_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
