#include "check.h"

#include "wire/ip.h"

#include <arpa/inet.h>

static void address_has_one_spelling(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want; /* NULL: refused */
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "192.0.2.01", NULL },
		{ "192.0.2.256", NULL },
		{ "192.0.2", NULL },
		{ "192.0.2.1.", NULL },
		{ "192.0.2.1 ", NULL },
		{ "", NULL },
		/* RFC 5952 section 4 */
		{ "2001:DB8::0001", "2001:db8::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
		{ "::192.0.2.1", "::c000:201" },
		{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
		{ "1:2:3:4:5:6:7:8:9", NULL },
		{ "1:2:3:4:5:6:7", NULL },
		{ "1::2::3", NULL },
		{ ":1:2:3:4:5:6:7", NULL },
		{ "1:2:3:4:5:6:7:", NULL },
		{ "12345::", NULL },
		{ "1:2:3:4:5:6:7:192.0.2.1", NULL },
		{ "::192.0.2.1:1", NULL },
		{ "fe80::1%eth0", NULL },
		{ ":::", NULL },
		{ ":", NULL },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ip ip;
		char text[IP_TEXT] = "";
		int rc = ip_parse(slice_str(rows[i].in), &ip, NULL);
		CHECK_INT(i, rows[i].in, rc, rows[i].want ? 0 : ERR_SYNTAX);
		if (rc == 0)
			ip_format(&ip, text);
		CHECK_SLICE(i, rows[i].in, slice_str(text), slice_str(rows[i].want));
		/* The system's reader, which is another program, has the same opinion. */
		unsigned char b[16] = { 0 };
		int theirs = inet_pton(AF_INET, rows[i].in, b) == 1 ||
		             inet_pton(AF_INET6, rows[i].in, b) == 1;
		CHECK_INT(i, rows[i].in, rc == 0, theirs);
		if (rc == 0 && theirs)
			CHECK_INT(i, rows[i].in, memcmp(ip.b, b, ip.is_v6 ? 16 : 4), 0);
	}
	check_done();
}

static void random_addresses_are_read_back_and_agree_with_the_system(void **state)
{
	(void)state;
	uint64_t seed = 20261122;

	for (int i = 0; i < 20000; i++) {
		struct ip ip = { .is_v6 = true }, back;
		char ours[IP_TEXT], theirs[INET6_ADDRSTRLEN];
		for (int k = 0; k < 16; k++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			ip.b[k] = seed >> 62 ? 0 : (uint8_t)(seed >> 40);
		}
		ip.b[0] |= 1; /* keep away from ::a.b.c.d, which the system spells otherwise */
		ip_format(&ip, ours);
		assert_non_null(inet_ntop(AF_INET6, ip.b, theirs, sizeof(theirs)));
		if (strcmp(ours, theirs) != 0)
			fail_msg("seed 20261122, number %d: %s, not %s", i, ours, theirs);
		assert_int_equal(ip_parse(slice_str(ours), &back, NULL), 0);
		assert_true(ip_eq(&ip, &back));
	}
}

static void prefix_refuses_bits_behind_its_length(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want; /* NULL: refused */
	} rows[] = {
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "192.0.2.1/32", "192.0.2.1/32" },
		{ "2001:DB8::/32", "2001:db8::/32" },
		{ "192.0.2.1/24", NULL },
		{ "192.0.2.0/33", NULL },
		{ "192.0.2.0/024", NULL },
		{ "192.0.2.0/", NULL },
		{ "192.0.2.0", NULL },
		{ "192.0.2.0/24x", NULL },
		{ "/24", NULL },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ip_prefix p;
		char text[IP_PREFIX_TEXT] = "";
		int rc = ip_prefix_parse(slice_str(rows[i].in), &p, NULL);
		CHECK_INT(i, rows[i].in, rc, rows[i].want ? 0 : ERR_SYNTAX);
		if (rc == 0)
			ip_prefix_format(&p, text);
		CHECK_SLICE(i, rows[i].in, slice_str(text), slice_str(rows[i].want));
	}
	check_done();
}

static void prefix_holds_its_addresses_and_no_others(void **state)
{
	(void)state;
	struct ip_prefix p;
	struct ip in, out, six;

	assert_int_equal(ip_prefix_parse(SLICE("192.0.2.128/25"), &p, NULL), 0);
	assert_int_equal(ip_parse(SLICE("192.0.2.200"), &in, NULL), 0);
	assert_int_equal(ip_parse(SLICE("192.0.2.127"), &out, NULL), 0);
	assert_int_equal(ip_parse(SLICE("c000:280::"), &six, NULL), 0);
	assert_true(ip_prefix_holds(&p, &in));
	assert_false(ip_prefix_holds(&p, &out));
	assert_false(ip_prefix_holds(&p, &six));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_has_one_spelling),
		cmocka_unit_test(random_addresses_are_read_back_and_agree_with_the_system),
		cmocka_unit_test(prefix_refuses_bits_behind_its_length),
		cmocka_unit_test(prefix_holds_its_addresses_and_no_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
