/* Which addresses may be connected to: a row for each row of IANA's registries, and the edges. */
#include "check.h"

#include "sys/reach.h"

static bool allows(const struct reach *reach, const char *text)
{
	struct ip ip;

	if (ip_parse(slice_str(text), &ip, NULL) < 0)
		fail_msg("%s is no address", text);
	return reach_allows(reach, &ip);
}

static void special_purpose_addresses_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *ip;
		bool want;
	} rows[] = {
		{ "0.0.0.0", false },
		{ "0.255.255.255", false },
		{ "1.0.0.0", true },
		{ "9.255.255.255", true },
		{ "10.0.0.0", false },
		{ "10.255.255.255", false },
		{ "11.0.0.0", true },
		{ "100.63.255.255", true },
		{ "100.64.0.0", false },
		{ "100.127.255.255", false },
		{ "100.128.0.0", true },
		{ "126.255.255.255", true },
		{ "127.0.0.1", false },
		{ "127.255.255.255", false },
		{ "128.0.0.0", true },
		{ "169.253.255.255", true },
		{ "169.254.169.254", false },
		{ "169.255.0.0", true },
		{ "172.15.255.255", true },
		{ "172.16.0.0", false },
		{ "172.31.255.255", false },
		{ "172.32.0.0", true },
		{ "192.0.0.0", false },
		{ "192.0.0.8", false },
		{ "192.0.0.9", true },
		{ "192.0.0.10", true },
		{ "192.0.0.11", false },
		{ "192.0.0.170", false },
		{ "192.0.1.0", true },
		{ "192.0.2.1", false },
		{ "192.31.196.1", true },
		{ "192.52.193.1", true },
		{ "192.88.99.1", false },
		{ "192.167.255.255", true },
		{ "192.168.0.0", false },
		{ "192.168.255.255", false },
		{ "192.169.0.0", true },
		{ "192.175.48.1", true },
		{ "198.17.255.255", true },
		{ "198.18.0.0", false },
		{ "198.19.255.255", false },
		{ "198.20.0.0", true },
		{ "198.51.100.7", false },
		{ "203.0.113.7", false },
		{ "223.255.255.255", true },
		{ "224.0.0.1", false },
		{ "239.255.255.255", false },
		{ "240.0.0.1", false },
		{ "255.255.255.255", false },
		{ "::", false },
		{ "::1", false },
		{ "::5db8:d822", false },
		{ "::ffff:93.184.216.34", true },
		{ "::ffff:127.0.0.1", false },
		{ "::ffff:10.0.0.1", false },
		{ "::fffe:93.184.216.34", false },
		{ "64:ff9b::93.184.216.34", true },
		{ "64:ff9b::127.0.0.1", false },
		{ "64:ff9b::192.168.0.1", false },
		{ "64:ff9b::1:5db8:d822", false },
		{ "64:ff9b:1::1", false },
		{ "100::1", false },
		{ "100:0:0:1::1", false },
		{ "1fff:ffff::", false },
		{ "2001::1", false },
		{ "2001:0:5db8:d822::a247:27dd", true },   /* server and client 93.184.216.34 */
		{ "2001:0:7f00:1::a247:27dd", false },     /* server 127.0.0.1 */
		{ "2001:0:5db8:d822::80ff:fffe", false },  /* client 127.0.0.1 */
		{ "2001:0:5db8:d822::3f57:fffe", false },  /* client 192.168.0.1 */
		{ "2001:1::", false },
		{ "2001:1::1", true },
		{ "2001:1::2", true },
		{ "2001:1::3", true },
		{ "2001:1::4", false },
		{ "2001:2::1", false },
		{ "2001:3::1", true },
		{ "2001:4:111::1", false },
		{ "2001:4:112::1", true },
		{ "2001:10::1", false },
		{ "2001:20::1", true },
		{ "2001:30::1", true },
		{ "2001:40::1", false },
		{ "2001:1ff:ffff::", false },
		{ "2001:200::", true },
		{ "2001:db7::1", true },
		{ "2001:db8::1", false },
		{ "2001:db9::1", true },
		{ "2002:5db8:d822::1", true },
		{ "2002:7f00:1::1", false },
		{ "2002:c0a8:1::1", false },
		{ "2606:4700:4700::1111", true },
		{ "2620:4f:8000::1", true },
		{ "3ffe::1", true },
		{ "3fff::1", false },
		{ "3fff:1000::1", true },
		{ "4000::1", false },
		{ "5f00::1", false },
		{ "fc00::1", false },
		{ "fdff::1", false },
		{ "fe80::1", false },
		{ "fec0::1", false },
		{ "ff02::1", false },
	};
	struct reach none = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].ip, allows(&none, rows[i].ip), rows[i].want);
	check_done();
}

static void opened_prefixes_are_allowed_and_no_more(void **state)
{
	(void)state;
	static const struct {
		const char *ip;
		bool want;
	} rows[] = {
		{ "127.1.0.1", true },
		{ "127.1.255.255", true },
		{ "127.0.0.1", false },
		{ "127.2.0.0", false },
		{ "::ffff:127.1.0.1", true },
		{ "::ffff:127.0.0.1", false },
		{ "64:ff9b::127.1.0.1", true },
		{ "2002:7f01:1::", true },
		{ "fd00:1::1", true },
		{ "fd00:2::1", false },
		{ "10.0.0.1", false },
		{ "93.184.216.34", true },
	};
	struct ip_prefix opened[2];
	struct reach reach = { opened, 2 };

	assert_int_equal(ip_prefix_parse(SLICE("127.1.0.0/16"), &opened[0], NULL), 0);
	assert_int_equal(ip_prefix_parse(SLICE("fd00:1::/32"), &opened[1], NULL), 0);
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].ip, allows(&reach, rows[i].ip), rows[i].want);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_purpose_addresses_are_refused),
		cmocka_unit_test(opened_prefixes_are_allowed_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
