#include "check.h"

#include "wire/mail_address.h"

static void an_address_is_a_dot_string_at_a_host(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want; /* NULL: refused */
	} rows[] = {
		{ "info@pills.example", "info@pills.example" },
		{ "Info.Desk+x@PILLS.Example", "Info.Desk+x@pills.example" },
		{ "o'neil@a.example", "o'neil@a.example" },
		{ "info@m\xc3\xbcnchen.example", "info@xn--mnchen-3ya.example" },
		{ "info@XN--mnchen-3ya.example", "info@xn--mnchen-3ya.example" },
		{ "", NULL },
		{ "@", NULL },
		{ "pills.example", NULL },
		{ "@pills.example", NULL },
		{ "info@", NULL },
		{ "info@localhost", NULL },
		{ "info@192.0.2.1", NULL },
		{ "info@[192.0.2.1]", NULL },
		{ "info@pills.example.", NULL },
		{ "info@_dmarc.example", NULL },
		{ "info@@pills.example", NULL },
		{ "a@b@pills.example", NULL },
		{ ".info@pills.example", NULL },
		{ "info.@pills.example", NULL },
		{ "in..fo@pills.example", NULL },
		{ "in fo@pills.example", NULL },
		{ "\"in fo\"@pills.example", NULL },
		{ "<info@pills.example>", NULL },
		{ "Desk <info@pills.example>", NULL },
		{ "info@pills.example\r\nBcc: x@y.example", NULL },
		{ "info@pills.example\n", NULL },
		{ "info\r\nRCPT TO:<x@y.example>@pills.example", NULL },
		{ "info@pills.example,x@y.example", NULL },
		{ "info@pills.example> SIZE=1", NULL },
		{ "\xe6\x83\x85@pills.example", NULL },
		{ " info@pills.example", NULL },
		{ "0123456789012345678901234567890123456789012345678901234567890123@a.example",
		  "0123456789012345678901234567890123456789012345678901234567890123@a.example" },
		{ "01234567890123456789012345678901234567890123456789012345678901234@a.example", NULL },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct mail_address a = { 0 };
		int rc = mail_address_parse(slice_str(rows[i].in), &a, NULL);
		CHECK_INT(i, rows[i].in, rc == 0, rows[i].want != NULL);
		CHECK_SLICE(i, rows[i].in, mail_address_slice(&a), slice_str(rows[i].want));
	}
	/* A NUL is no character of an address. */
	struct mail_address a;
	assert_int_equal(mail_address_parse(slice_from("a\0b@pills.example", 17), &a, NULL), ERR_SYNTAX);
	assert_int_equal(mail_address_parse(slice_from("a@pills.example\0", 16), &a, NULL), ERR_SYNTAX);
	check_done();
}

static void the_whole_is_at_most_254_octets(void **state)
{
	(void)state;
	struct buf text = { 0 };
	struct mail_address a;

	buf_puts(&text, "info@");
	for (int i = 0; i < 24; i++)
		buf_puts(&text, "abcdefghi.");
	buf_puts(&text, "example");
	assert_int_equal(text.n, 252);
	assert_int_equal(mail_address_parse(buf_slice(&text), &a, NULL), 0);
	assert_int_equal(a.n, 252);
	text.n = 0;
	buf_puts(&text, "information@");
	for (int i = 0; i < 24; i++)
		buf_puts(&text, "abcdefghi.");
	buf_puts(&text, "example");
	assert_int_equal(mail_address_parse(buf_slice(&text), &a, NULL), ERR_LIMIT);
	buf_release(&text);
}

static void a_persons_name_is_masked_and_a_function_is_not(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "info@pills.example", "info@pills.example" },
		{ "Abuse@pills.example", "Abuse@pills.example" },
		{ "kenji.sato@pills.example", "k...@pills.example" },
		{ "x@pills.example", "x...@pills.example" },
		{ "infos@pills.example", "i...@pills.example" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct mail_address a;
		struct buf out = { 0 };
		assert_int_equal(mail_address_parse(slice_str(rows[i].in), &a, NULL), 0);
		mail_address_put_masked(&a, &out);
		CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_a_dot_string_at_a_host),
		cmocka_unit_test(the_whole_is_at_most_254_octets),
		cmocka_unit_test(a_persons_name_is_masked_and_a_function_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
