/* What is refused before a connection is made. What servers answer: tests/e2e/test_disclose.py. */
#include "check.h"

#include "sys/smtp.h"

static void only_loopback_goes_without_tls(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		bool want;
	} rows[] = {
		{ "127.0.0.1", true },
		{ "127.9.9.9", true },
		{ "::1", true },
		{ "localhost", true },
		{ "127.0.0.1.evil.example", false },
		{ "10.0.0.1", false },
		{ "mail.example", false },
		{ "localhost.example", false },
		{ "", false },
		{ "::2", false },
	};
	struct smtp_result out;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct smtp_relay r = {
			.host = rows[i].host, .port = 1, .helo = "desk.example", .timeout_s = 1
		};
		CHECK_INT(i, rows[i].host, smtp_is_loopback(rows[i].host), rows[i].want);
		if (!rows[i].want)
			CHECK_INT(i, rows[i].host,
			          smtp_send(&r, SLICE("a@b.example"), SLICE("c@d.example"),
			                    SLICE("x"), &out, NULL),
			          ERR_USAGE);
	}
	check_done();
}

static void nothing_but_an_address_goes_into_a_command(void **state)
{
	(void)state;
	static const char *const rows[] = { "",
		                            "a b@c.example",
		                            "a@b.example>",
		                            "a@b.example\r\nDATA",
		                            "<a@b.example",
		                            "a@b.exampl\xc3\xa9" };
	struct smtp_relay r = {
		.host = "127.0.0.1", .port = 1, .helo = "desk.example", .timeout_s = 1
	};
	struct smtp_result out;

	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK_INT(i, rows[i],
		          smtp_send(&r, SLICE("a@b.example"), slice_str(rows[i]), SLICE("x"), &out,
		                    NULL),
		          ERR_USAGE);
		CHECK_INT(i, rows[i],
		          smtp_send(&r, slice_str(rows[i]), SLICE("a@b.example"), SLICE("x"), &out,
		                    NULL),
		          ERR_USAGE);
	}
	r.helo = "desk.example/x y";
	assert_int_equal(
		smtp_send(&r, SLICE("a@b.example"), SLICE("a@b.example"), SLICE("x"), &out, NULL),
		ERR_USAGE);
	check_done();
}

static void no_server_is_told_as_deferred(void **state)
{
	(void)state;
	struct smtp_relay r = {
		.host = "127.0.0.1", .port = 1, .helo = "desk.example", .timeout_s = 5
	};
	struct smtp_result out = { .state = SMTP_ACCEPTED };

	assert_int_equal(smtp_send(&r, SLICE("a@b.example"), SLICE("c@d.example"), SLICE("x\r\n"),
	                           &out, NULL),
	                 0);
	assert_int_equal(out.state, SMTP_DEFERRED);
	assert_true(out.relay);
	assert_true(out.answer[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_loopback_goes_without_tls),
		cmocka_unit_test(nothing_but_an_address_goes_into_a_command),
		cmocka_unit_test(no_server_is_told_as_deferred),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
