/* One-time codes against the vectors of their RFCs, base32, base64url, and passwords. */
#include "check.h"

#include "base/base32.h"
#include "base/base64.h"
#include "base/password.h"
#include "base/totp.h"

static const char rfc_secret[] = "12345678901234567890"; /* RFC 6238 appendix B, SHA-1 */

static void codes_match_rfc6238_appendix_b(void **state)
{
	(void)state;
	static const struct {
		int64_t time;
		const char *want;
	} rows[] = {
		{ 59, "94287082" },         { 1111111109, "07081804" },
		{ 1111111111, "14050471" }, { 1234567890, "89005924" },
		{ 2000000000, "69279037" }, { 20000000000, "65353130" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char code[9];
		totp_code(slice_str(rfc_secret), rows[i].time / TOTP_STEP_S, 8, code);
		CHECK_SLICE(i, rows[i].want, slice_str(code), slice_str(rows[i].want));
	}
	check_done();
}

static void codes_match_rfc4226_appendix_d(void **state)
{
	(void)state;
	static const char *const want[] = { "755224", "287082", "359152", "969429", "338314",
		                            "254676", "287922", "162583", "399871", "520489" };
	for (size_t i = 0; i < ROWS(want); i++) {
		char code[9];
		totp_code(slice_str(rfc_secret), (int64_t)i, TOTP_DIGITS, code);
		CHECK_SLICE(i, want[i], slice_str(code), slice_str(want[i]));
	}
	check_done();
}

static void a_code_opens_once_and_within_a_step_of_the_clock(void **state)
{
	(void)state;
	static const struct {
		const char *what, *code; /* 287082 is step 1, 359152 step 2, 969429 step 3 */
		int64_t now, last;
		bool want;
	} rows[] = {
		{ "the present step", "287082", 45, 0, true },
		{ "the step before", "287082", 89, 0, true },
		{ "two steps before", "287082", 90, 0, false },
		{ "the step behind", "359152", 59, 0, true },
		{ "two steps behind", "969429", 59, 0, false },
		{ "the one that was used", "287082", 45, 1, false },
		{ "an older one than was used", "287082", 61, 2, false },
		{ "a newer one than was used", "359152", 61, 1, true },
		{ "five digits", "28708", 45, 0, false },
		{ "seven digits", "2870820", 45, 0, false },
		{ "none", "", 45, 0, false },
		{ "another", "287083", 45, 0, false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t step = -1;
		bool got = totp_check(slice_str(rfc_secret), slice_str(rows[i].code), rows[i].now,
		                      rows[i].last, &step);
		CHECK_INT(i, rows[i].what, got, rows[i].want);
		CHECK_INT(i, rows[i].what, step > rows[i].last, rows[i].want);
	}
	check_done();
	int64_t step;
	assert_false(totp_check(SLICE(""), SLICE("287082"), 45, 0, &step));
}

static void base32_matches_rfc4648(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "" },         { "f", "MY" },         { "fo", "MZXQ" },
		{ "foo", "MZXW6" }, { "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" },
		{ "foobar", "MZXW6YTBOI" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		base32_encode(slice_str(rows[i].in), &out);
		CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

static void base64url_has_its_own_letters_and_no_padding(void **state)
{
	(void)state;
	struct buf out = { 0 };

	base64url_encode(slice_from("\xfb\xff\xfe\x00", 4), &out);
	assert_string_equal(buf_str(&out), "-__-AA");
	buf_clear(&out);
	buf_puts(&out, "a+b/c=");
	base64url_encode(SLICE("foobar"), &out);
	assert_string_equal(buf_str(&out), "a+b/c=Zm9vYmFy"); /* what was there stays */
	buf_release(&out);
}

static void a_password_is_refused_with_the_reason(void **state)
{
	(void)state;
	char longest[PASSWORD_MAX + 2];
	memset(longest, 'a', sizeof(longest) - 1);
	memcpy(longest, "bcdefg", 6);
	longest[sizeof(longest) - 1] = '\0';
	const struct {
		const char *password, *why; /* NULL: it is taken */
	} rows[] = {
		{ "correct horse battery", NULL },
		{ "zw\xc3\xb6lf Zeiche", NULL },                 /* 12 characters, 13 bytes */
		{ "zw\xc3\xb6lf Zeich", "11 characters" },       /* 12 bytes */
		{ "", "0 characters" },
		{ "aaaaaaaaaaaaaaaa", "over and over" },
		{ "abababababababab", "over and over" },
		{ "adalovelace1", "name of its account" },
		{ "adalovelace likes engines more than tea", NULL },
		{ "twelve chars\nand more", "control character" },
		{ "twelve chars \xff", "not UTF-8" },
		{ longest, "over 1024 bytes" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct err err = { 0 };
		int rc = password_acceptable(slice_str(rows[i].password), SLICE("adalovelace"), &err);
		CHECK_INT(i, rows[i].password, rc, rows[i].why ? ERR_REFUSED : 0);
		CHECK_INT(i, rows[i].password, !rows[i].why || strstr(err.what, rows[i].why), true);
	}
	check_done();
}

static void a_hash_is_argon2id_salted_and_checked(void **state)
{
	(void)state;
	char one[PASSWORD_HASH], two[PASSWORD_HASH];

	assert_int_equal(password_hash(SLICE("correct horse"), one, NULL), 0);
	assert_int_equal(password_hash(SLICE("correct horse"), two, NULL), 0);
	assert_memory_equal(one, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
	assert_string_not_equal(one, two);
	assert_true(password_is(SLICE("correct horse"), slice_str(one)));
	assert_true(password_is(SLICE("correct horse"), slice_str(two)));
	assert_false(password_is(SLICE("correct horsf"), slice_str(one)));
	assert_false(password_is(SLICE(""), slice_str(one)));
	assert_false(password_is(SLICE("correct horse"), SLICE("")));
	assert_false(password_is(SLICE("correct horse"), SLICE("correct horse")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_match_rfc6238_appendix_b),
		cmocka_unit_test(codes_match_rfc4226_appendix_d),
		cmocka_unit_test(a_code_opens_once_and_within_a_step_of_the_clock),
		cmocka_unit_test(base32_matches_rfc4648),
		cmocka_unit_test(base64url_has_its_own_letters_and_no_padding),
		cmocka_unit_test(a_password_is_refused_with_the_reason),
		cmocka_unit_test(a_hash_is_argon2id_salted_and_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
