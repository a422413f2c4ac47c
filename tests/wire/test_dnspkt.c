#include "check.h"

#include "wire/dnspkt.h"

#include <stdlib.h>

/* A message in hexadecimal, where spaces mean nothing. */
static size_t bytes_of(const char *hex, char *out)
{
	size_t n = 0;
	unsigned v;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		v = (unsigned)strtoul((char[]){ hex[0], hex[1], 0 }, NULL, 16);
		out[n++] = (char)v;
		hex += 2;
	}
	return n;
}

#define HEAD "1234 8180 0001 0001 0000 0000 "
/* a.example, type A, at offset 12; "example" at 14. */
#define ASKED "01 61 07 6578616d706c65 00 0001 0001 "

/* One record of an answer, from its bytes. */
static void data_has_one_text(void **state)
{
	(void)state;
	static const struct {
		const char *hex; /* behind the question */
		const char *want; /* "name type text"; NULL: refused */
	} rows[] = {
		{ "c00c 0001 0001 0000012c 0004 c0000207", "a.example 1 192.0.2.7" },
		{ "c00c 001c 0001 0000012c 0010 20010db8000000000000000000000001",
		  "a.example 28 2001:db8::1" },
		/* names: compressed, in any case, the root, and with octets that names do not have */
		{ "c00c 0002 0001 00000001 0005 02 4e53 c00e", "a.example 2 ns.example" },
		{ "c00c 0002 0001 00000001 0001 00", "a.example 2 ." },
		{ "c00c 0005 0001 00000001 0006 04 612e 0020 00", "a.example 5 a\\046\\000\\032" },
		{ "00 000c 0001 00000001 0002 c00c", ". 12 a.example" },
		{ "c00c 0027 0001 00000001 0002 c00e", "a.example 39 example" },
		{ "c00c 000f 0001 00000001 0004 000a c00c", "a.example 15 10 a.example" },
		{ "c00c 000f 0001 00000001 0003 0000 00", "a.example 15 0 ." },
		{ "c00c 0006 0001 00000001 0018 c00c c00e 00000001 00000002 00000003 00000004 ffffffff",
		  "a.example 6 a.example example 1 2 3 4 4294967295" },
		{ "c00c 0010 0001 00000001 0006 02 763d 02 7331", "a.example 16 v=s1" },
		{ "c00c 0010 0001 00000001 0005 04 5c 22 ff 7f", "a.example 16 \\092\"\\255\\127" },
		{ "c00c 0010 0001 00000001 0001 00", "a.example 16 " },
		{ "c00c 0101 0001 00000001 0010 80 05 4973737565 63612e6578616d706c",
		  "a.example 257 128 issue ca.exampl" },
		/* a type without a text, and another class, keep their place */
		{ "c00c 0063 0001 00000001 0003 010203", "a.example 99 " },
		{ "c00c 0001 0003 00000001 0003 010203", "a.example 1 " },
		/* lengths that lie */
		{ "c00c 0001 0001 00000001 0003 c00002", NULL },
		{ "c00c 0001 0001 00000001 0005 c000020700", NULL },
		{ "c00c 0001 0001 00000001 0004 c00002", NULL },
		{ "c00c 0010 0001 00000001 0003 05 6162", NULL },
		{ "c00c 0101 0001 00000001 0003 00 09 61", NULL },
		{ "c00c 000f 0001 00000001 0001 00", NULL },
		/* pointers: at itself, forward, at each other, beyond the end, cut off */
		{ "c01b 0001 0001 00000001 0004 c0000207", NULL },
		{ "c020 0001 0001 00000001 0004 c0000207", NULL },
		{ "c00c 0002 0001 00000001 0002 c027", NULL },
		{ "ffff 0001 0001 00000001 0004 c0000207", NULL },
		{ "c0", NULL },
		{ "4161 0001 0001 00000001 0004 c0000207", NULL },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char message[512], got[512] = "";
		struct arena a = { 0 };
		struct dnspkt p = { 0 };
		size_t n = bytes_of(HEAD ASKED, message);
		n += bytes_of(rows[i].hex, message + n);
		int rc = dnspkt_parse(slice_from(message, n), &a, &p, NULL);
		CHECK_INT(i, rows[i].hex, rc, rows[i].want ? 0 : ERR_SYNTAX);
		if (rc == 0 && p.n == 1)
			snprintf(got, sizeof(got), "%.*s %u %.*s", SLICE_ARG(p.record[0].name),
			         p.record[0].type, SLICE_ARG(p.record[0].text));
		CHECK_SLICE(i, rows[i].hex, slice_str(got), slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

/* Every way of cutting a message short, and every octet changed to each of a few others, is read
 * or refused without a fault. */
static void damage_is_refused_or_read(void **state)
{
	(void)state;
	static const uint8_t others[] = { 0, 1, 0x3f, 0x40, 0xc0, 0xff };
	char message[512], damaged[512];
	struct err err;
	size_t n = bytes_of("1234 8180 0001 0002 0000 0001 " ASKED
	                    "c00c 0006 0001 00000001 0018 c00c c00e 00000001 00000002 00000003 "
	                    "00000004 00000005 "
	                    "c00c 0101 0001 00000001 0009 00 05 6973737565 3b 3b "
	                    "00 0029 04d0 00000000 0000", message);
	size_t refused = 0;

	for (size_t i = 0; i <= n; i++) {
		struct arena a = { 0 };
		struct dnspkt p;
		/* a copy of its own, so that a byte too far is seen */
		char *cut = malloc(i ? i : 1);
		assert_non_null(cut);
		memcpy(cut, message, i);
		int rc = dnspkt_parse(slice_from(cut, i), &a, &p, &err);
		assert_true(i == n ? rc == 0 : rc == ERR_SYNTAX);
		free(cut);
		arena_release(&a);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(others); k++) {
			struct arena a = { 0 };
			struct dnspkt p;
			memcpy(damaged, message, n);
			damaged[i] = (char)others[k];
			refused += dnspkt_parse(slice_from(damaged, n), &a, &p, &err) < 0;
			arena_release(&a);
		}
	assert_true(refused > n);
}

/* A name of 256 octets made of pointers to its own parts. */
static void long_names_end(void **state)
{
	(void)state;
	char message[DNSPKT_MAX] = { 0 };
	struct arena a = { 0 };
	struct dnspkt p;
	struct err err = { 0 };
	size_t n = bytes_of("1234 8180 0005 0000 0000 0000 ", message), before = 0;

	/* question i: a label of 63 and a pointer to question i - 1 */
	for (int i = 0; i < 5; i++) {
		size_t here = n;
		message[n++] = 63;
		memset(message + n, 'a' + i, 63);
		n += 63;
		if (i) {
			message[n++] = (char)(0xc0 | before >> 8);
			message[n++] = (char)(before & 0xff);
		} else {
			message[n++] = 0;
		}
		n += 4;
		before = here;
	}
	assert_int_equal(dnspkt_parse(slice_from(message, n), &a, &p, &err), ERR_SYNTAX);
	arena_release(&a);
}

static void head_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *hex;
		int rc;
		unsigned rcode;
		const char *qname;
		bool truncated;
	} rows[] = {
		{ "1234 8183 0001 0000 0000 0000 " ASKED, 0, DNSPKT_NXDOMAIN, "a.example", false },
		{ "1234 8382 0001 0000 0000 0000 " ASKED, 0, DNSPKT_SERVFAIL, "a.example", true },
		{ "1234 8185 0000 0000 0000 0000", 0, DNSPKT_REFUSED, "", false },
		/* RFC 6891 6.1.3: BADVERS is 16, one above what the head can say */
		{ "1234 8180 0001 0000 0000 0001 " ASKED "00 0029 04d0 01000000 0000", 0, 16,
		  "a.example", false },
		{ "1234 8180 0001", ERR_SYNTAX, 0, "", false },
		{ "", ERR_SYNTAX, 0, "", false },
		{ "1234 8180 0001 0000 0000 0000 0161", ERR_SYNTAX, 0, "", false },
		/* records that are not there */
		{ "1234 8180 0000 0fff 0000 0000", ERR_SYNTAX, 0, "", false },
		{ "1234 8180 0000 ffff ffff ffff", ERR_LIMIT, 0, "", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char message[512];
		struct arena a = { 0 };
		struct dnspkt p = { 0 };
		size_t n = bytes_of(rows[i].hex, message);
		CHECK_INT(i, rows[i].hex, dnspkt_parse(slice_from(message, n), &a, &p, NULL),
		          rows[i].rc);
		CHECK_INT(i, rows[i].hex, p.rcode, rows[i].rcode);
		CHECK_INT(i, rows[i].hex, p.truncated, rows[i].truncated);
		CHECK_SLICE(i, rows[i].hex, p.qname, slice_str(rows[i].qname));
		arena_release(&a);
	}
	check_done();
}

/* What is written reads as what it was written from; a text of another type is refused. */
static void writing_is_the_other_way(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		const char *text;
		int rc;
	} rows[] = {
		{ DNSPKT_A, "192.0.2.1", 0 },
		{ DNSPKT_A, "2001:db8::1", ERR_SYNTAX },
		{ DNSPKT_AAAA, "2001:db8::1", 0 },
		{ DNSPKT_NS, "ns1.host.example", 0 },
		{ DNSPKT_NS, "ns1..example", ERR_SYNTAX },
		{ DNSPKT_CNAME, "a\\046b.example", 0 },
		{ DNSPKT_SOA, "ns.example host.example 1 2 3 4 5", 0 },
		{ DNSPKT_SOA, "ns.example host.example 1 2 3 4", ERR_SYNTAX },
		{ DNSPKT_MX, "0 .", 0 },
		{ DNSPKT_MX, "70000 mail.example", ERR_SYNTAX },
		{ DNSPKT_TXT, "v=spf1 -all \\092\\200", 0 },
		{ DNSPKT_CAA, "0 iodef mailto:a@b.example", 0 },
		{ DNSPKT_CAA, "0 issue ", 0 },
		{ DNSPKT_CAA, "issue ca.example", ERR_SYNTAX },
		{ 99, "x", ERR_SYNTAX },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct buf out = { 0 };
		struct dnspkt_record r = { DNSPKT_ANSWER, SLICE("a.example"), rows[i].type, 1, 300,
			                   slice_str(rows[i].text), false };
		struct dnspkt p = { .id = 7, .response = true, .qname = SLICE("a.example"),
			            .qtype = rows[i].type, .record = &r, .n = 1 }, q = { 0 };
		int rc = dnspkt_write(&p, &out, NULL);
		CHECK_INT(i, rows[i].text, rc, rows[i].rc);
		if (rc == 0) {
			CHECK_INT(i, rows[i].text, dnspkt_parse(buf_slice(&out), &a, &q, NULL), 0);
			CHECK_INT(i, rows[i].text, q.n, 1);
		}
		if (q.n)
			CHECK_SLICE(i, rows[i].text, q.record[0].text, slice_str(rows[i].text));
		buf_release(&out);
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_has_one_text),
		cmocka_unit_test(damage_is_refused_or_read),
		cmocka_unit_test(long_names_end),
		cmocka_unit_test(head_is_read),
		cmocka_unit_test(writing_is_the_other_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
