/* slice, buf, hex, base64, err: bytes go in and come out the same. */
#include "check.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hex.h"

#include <errno.h>

static void slice_cut_walks_every_part(void **state)
{
	(void)state;
	struct slice rest = SLICE("a,,bc,"), part;
	const char *want[] = { "a", "", "bc" };
	size_t n = 0;

	while (slice_cut(&rest, ',', &part)) {
		assert_true(n < ROWS(want));
		CHECK_SLICE(n, "a,,bc,", part, slice_str(want[n]));
		n++;
	}
	assert_int_equal(n, 3);
	check_done();
}

static void slice_compares_like_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		int want;
	} rows[] = {
		{ "", "", 0 }, { "", "a", -1 }, { "a", "ab", -1 }, { "b", "ab", 1 }, { "\xff", "a", 1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].a, slice_cmp(slice_str(rows[i].a), slice_str(rows[i].b)),
		          rows[i].want);
	check_done();
}

static void buf_grows_and_keeps_a_nul(void **state)
{
	(void)state;
	struct buf b = { 0 };

	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "%d,", i);
	assert_true(buf_ok(&b));
	assert_int_equal(strlen(b.p), b.n);
	assert_true(slice_ends(buf_slice(&b), SLICE("9998,9999,")));
	buf_clear(&b);
	buf_put_i64(&b, INT64_MIN);
	assert_string_equal(buf_str(&b), "-9223372036854775808");
	buf_release(&b);
}

static void buf_refuses_an_impossible_size_and_stays_failed(void **state)
{
	(void)state;
	struct buf b = { 0 };

	assert_null(buf_reserve(&b, SIZE_MAX));
	buf_puts(&b, "lost");
	assert_false(buf_ok(&b));
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void base64_follows_rfc4648_and_refuses_the_rest(void **state)
{
	(void)state;
	static const struct {
		const char *plain, *text;
		int want;
	} rows[] = {
		{ "", "", 0 },           { "f", "Zg==", 0 },          { "fo", "Zm8=", 0 },
		{ "foo", "Zm9v", 0 },    { "foob", "Zm9vYg==", 0 },   { "fooba", "Zm9vYmE=", 0 },
		{ "foobar", "Zm9vYmFy", 0 },                          { NULL, "Zm9", ERR_SYNTAX },
		{ NULL, "Zh==", ERR_SYNTAX },                         { NULL, "Z===", ERR_SYNTAX },
		{ NULL, "Zm 9", ERR_SYNTAX },                         { NULL, "Zg==Zg==", ERR_SYNTAX },
		{ NULL, "====", ERR_SYNTAX },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf b = { 0 };
		CHECK_INT(i, rows[i].text, base64_decode(slice_str(rows[i].text), &b, NULL), rows[i].want);
		CHECK_SLICE(i, rows[i].text, buf_slice(&b), slice_str(rows[i].plain));
		buf_clear(&b);
		if (rows[i].plain) {
			base64_encode(slice_str(rows[i].plain), &b);
			CHECK_SLICE(i, rows[i].plain, buf_slice(&b), slice_str(rows[i].text));
		}
		buf_release(&b);
	}
	check_done();
}

static void hex_has_one_spelling(void **state)
{
	(void)state;
	uint8_t out[2] = { 9, 9 };
	char text[5];

	assert_true(hex_decode(SLICE("00ff"), out, 2));
	hex_encode(out, 2, text);
	assert_string_equal(text, "00ff");
	assert_false(hex_decode(SLICE("00FF"), out, 2));
	assert_false(hex_decode(SLICE("00f"), out, 2));
	assert_false(hex_decode(SLICE("00ff0"), out, 2));
	assert_false(hex_decode(SLICE("0x12"), out, 2));
}

static void err_puts_context_first_and_hides_control_bytes(void **state)
{
	(void)state;
	struct err err = { 0 };

	assert_int_equal(err_set(&err, ERR_SYNTAX, 7, "name '%s' is bad", "a\nb\x1b"), ERR_SYNTAX);
	assert_string_equal(err.what, "name 'a?b?' is bad");
	assert_int_equal(err_wrap(&err, "list.txt:%d", 3), ERR_SYNTAX);
	assert_string_equal(err.what, "list.txt:3: name 'a?b?' is bad");
	assert_int_equal(err.at, 7);
	errno = ENOSPC;
	assert_int_equal(err_sys(&err, "var/x"), ERR_IO);
	assert_string_equal(err.what, "var/x: No space left on device");
	assert_int_equal(err_set(NULL, ERR_BUSY, 0, "nobody listens"), ERR_BUSY);
}

static void err_cuts_a_message_that_is_too_long(void **state)
{
	(void)state;
	struct err err = { 0 };
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, ERR_LIMIT, 0, "%s", text);
	assert_int_equal(strlen(err.what), sizeof(err.what) - 1);
	err_wrap(&err, "short");
	assert_true(slice_starts(slice_str(err.what), SLICE("short: xxx")));
	err_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.what), sizeof(err.what) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slice_cut_walks_every_part),
		cmocka_unit_test(slice_compares_like_bytes),
		cmocka_unit_test(buf_grows_and_keeps_a_nul),
		cmocka_unit_test(buf_refuses_an_impossible_size_and_stays_failed),
		cmocka_unit_test(base64_follows_rfc4648_and_refuses_the_rest),
		cmocka_unit_test(hex_has_one_spelling),
		cmocka_unit_test(err_puts_context_first_and_hides_control_bytes),
		cmocka_unit_test(err_cuts_a_message_that_is_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
