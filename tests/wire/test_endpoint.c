#include "check.h"

#include "wire/endpoint.h"

static void hosts_and_ports_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want; /* NULL: ERR_SYNTAX */
	} rows[] = {
		{ "whois.example", "whois.example:43" },
		{ "Whois.Example.", "whois.example:43" },
		{ "whois.example:4343", "whois.example:4343" },
		{ "whois.example:65535", "whois.example:65535" },
		{ "192.0.2.53", "192.0.2.53:43" },
		{ "192.0.2.53:5353", "192.0.2.53:5353" },
		{ "2001:DB8::53", "[2001:db8::53]:43" },
		{ "::1", "[::1]:43" },
		{ "[2001:db8::53]", "[2001:db8::53]:43" },
		{ "[2001:db8::53]:53", "[2001:db8::53]:53" },
		{ "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:43" },
		{ "", NULL },
		{ ":", NULL },
		{ ":43", NULL },
		{ "whois..example", NULL },
		{ "whois.example:", NULL },
		{ "whois.example:0", NULL },
		{ "whois.example:65536", NULL },
		{ "whois.example:000043", NULL },
		{ "whois.example:4x", NULL },
		{ "whois.example:-1", NULL },
		{ "whois.example:43:43", NULL },
		{ "whois.example/x", NULL },
		{ "192.0.2.256", NULL },
		{ "[192.0.2.53]:53", NULL },
		{ "[whois.example]", NULL },
		{ "[2001:db8::53", NULL },
		{ "[2001:db8::53]53", NULL },
		{ "[]", NULL },
		{ "[", NULL },
	};
	struct endpoint e;
	char text[ENDPOINT_TEXT];

	for (size_t i = 0; i < ROWS(rows); i++) {
		int rc = endpoint_parse(slice_str(rows[i].text), 43, &e, NULL);
		CHECK_INT(i, rows[i].text, rc, rows[i].want ? 0 : ERR_SYNTAX);
		if (rc == 0) {
			endpoint_format(&e, text);
			CHECK_SLICE(i, rows[i].text, slice_str(text), slice_str(rows[i].want));
		}
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_and_ports_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
