#include "check.h"

#include "wire/whois.h"
#include "wire/whois_lines.h"

/* Answers here are synthetic, in the shapes that registries and registrars use; the real ones are
 * read by tests/e2e/test_registration_samples.py where they are at hand. */

static struct whois_answer read_text(const char *text, const char *server, struct arena *a)
{
	struct whois_answer w;

	assert_int_equal(whois_parse(slice_str(text), slice_str(server), a, &w, NULL), 0);
	return w;
}

static void labels_are_normalised(void **state)
{
	(void)state;
	static const struct { const char *in, *want; } rows[] = {
		{ "Domain Name", "domain name" },
		{ "Name Server 2", "name server" },
		{ "Registrant State/Province", "registrant state province" },
		{ "Registrant's address", "registrant address" },
		{ "Administrative Contact(AC)", "administrative contact" },
		{ "Estado / Status", "status" },
		{ "a. [Domain Name", "domain name" },
		{ "1b.        Domain Name", "domain name" },
		{ "paid-till", "paid till" },
		{ "domain_dateregistered", "domain dateregistered" },
		{ "  ", "" },
		{ "123", "" },
		{ "an endless heading that goes on and on and never comes to a point of any kind", "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char label[WHOIS_LABEL_MAX];
		size_t n = whois_label(slice_str(rows[i].in), label);
		CHECK_SLICE(i, rows[i].in, slice_from(label, n), slice_str(rows[i].want));
	}
	check_done();
}

static const char generic[] =
	"   Domain Name: CHEAP-PILLS.EXAMPLE\r\n"
	"   Registry Domain ID: 123_DOMAIN-X\r\n"
	"   Registrar WHOIS Server: whois.registrar.example\r\n"
	"   Registrar URL: http://www.registrar.example\r\n"
	"   Updated Date: 2026-05-06T09:28:40Z\r\n"
	"   Creation Date: 2026-03-02T19:02:03Z\r\n"
	"   Registry Expiry Date: 2027-03-02T19:02:03Z\r\n"
	"   Registrar: Example Registrar, Inc.\r\n"
	"   Registrar IANA ID: 9999\r\n"
	"   Registrar Abuse Contact Email: abuse@registrar.example\r\n"
	"   Registrar Abuse Contact Phone: +1.5551234\r\n"
	"   Reseller: Shop Names Ltd\r\n"
	"   Domain Status: clientHold https://icann.org/epp#clientHold\r\n"
	"   Domain Status: clientTransferProhibited https://icann.org/epp#x\r\n"
	"   Registrant Name: REDACTED FOR PRIVACY\r\n"
	"   Registrant Organization: Pills Ltd\r\n"
	"   Registrant Street: 1 Way\r\n"
	"   Registrant Street: Flat 2\r\n"
	"   Registrant State/Province: Cayo\r\n"
	"   Registrant Country: BZ\r\n"
	"   Registrant Phone: +501.1234567\r\n"
	"   Registrant Fax: +501.7654321\r\n"
	"   Registrant Email: https://registrar.example/contact?d=1\r\n"
	"   Tech Email: tech@host.example\r\n"
	"   Name Server: NS1.HOST.EXAMPLE\r\n"
	"   Name Server: ns2.host.example 192.0.2.1\r\n"
	"   DNSSEC: unsigned\r\n"
	">>> Last update of whois database: 2026-11-22T00:00:00Z <<<\r\n"
	"\r\n"
	"NOTICE: The expiration date displayed in this record is the date the\r\n"
	"registrar's sponsorship of the domain name registration in the registry is\r\n"
	"currently set to expire, and the Registrar of Record: may differ from it.\r\n";

static void the_shape_of_generic_domains_is_read_whole(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct whois_answer w = read_text(generic, "", &a);
	const struct contact_card *c = &w.contact[WHOIS_REGISTRANT];

	assert_int_equal(w.state, WHOIS_REGISTERED);
	CHECK_SLICE(0, "name", w.name, SLICE("cheap-pills.example"));
	CHECK_SLICE(0, "handle", w.handle, SLICE("123_DOMAIN-X"));
	CHECK_INT(0, "created", w.created, 1772478123);
	CHECK_INT(0, "updated", w.updated, 1778059720);
	CHECK_INT(0, "expires", w.expires, 1804014123);
	CHECK_SLICE(0, "registrar", w.registrar, SLICE("Example Registrar, Inc."));
	CHECK_INT(0, "id", w.registrar_id, 9999);
	CHECK_SLICE(0, "url", w.registrar_url, SLICE("http://www.registrar.example"));
	CHECK_SLICE(0, "whois", w.registrar_whois, SLICE("whois.registrar.example"));
	CHECK_SLICE(0, "abuse", w.abuse_mail, SLICE("abuse@registrar.example"));
	CHECK_SLICE(0, "abuse", w.abuse_phone, SLICE("+1.5551234"));
	CHECK_SLICE(0, "reseller", w.reseller, SLICE("Shop Names Ltd"));
	CHECK_INT(0, "statuses", w.status_n, 2);
	CHECK_SLICE(0, "status", w.status[0], SLICE("clientHold"));
	CHECK_INT(0, "servers", w.nameserver_n, 2);
	CHECK_SLICE(0, "server", w.nameserver[1], SLICE("ns2.host.example"));
	CHECK_INT(0, "dnssec", w.dnssec_told && !w.is_signed, 1);
	CHECK_SLICE(0, "organisation", c->organisation, SLICE("Pills Ltd"));
	CHECK_SLICE(0, "street", c->street, SLICE("1 Way, Flat 2"));
	CHECK_SLICE(0, "region", c->region, SLICE("Cayo"));
	CHECK_INT(0, "no form is a mail address", c->mail_n, 0);
	CHECK_INT(0, "no fax is a telephone", c->phone_n, 1);
	CHECK_SLICE(0, "tech", w.contact[WHOIS_TECH].mail[0], SLICE("tech@host.example"));
	check_done();
	arena_release(&a);
}

/* One row is one registry's way to write the same. */
static void shapes_of_countries_are_read(void **state)
{
	(void)state;
	enum { CREATED = 1366502400 /* 2013-04-21 */ };
	static const struct {
		const char *shape, *text, *registrar, *server, *registrant;
	} rows[] = {
		{ "headers with lines below (Nominet)",
		  "\n    Domain name:\n        a.uk.example\n\n    Registrant:\n        Pills Ltd\n\n"
		  "    Registrar:\n        Names Ltd t/a Names [Tag = NAMES]\n        URL: http://n.example\n\n"
		  "    Relevant dates:\n        Registered on: 21-Apr-2013\n\n"
		  "    Name servers:\n        ns1.a.example\n",
		  "Names Ltd t/a Names", "ns1.a.example", "Pills Ltd" },
		{ "brackets (JPRS)",
		  "[ JPRS database provides information. Its use is    ]\n\nDomain Information:\n"
		  "[Domain Name]                   A.EXAMPLE\n\n[Registrant]                    Pills Ltd\n"
		  "[Name Server]                   ns1.a.example\n[Created on]                    2013/04/21\n",
		  "", "ns1.a.example", "Pills Ltd" },
		{ "sections in brackets (DENIC)",
		  "Domain: a.example\nNserver: ns1.a.example\nStatus: connect\nCreated: 2013-04-21\n\n"
		  "[Tech-C]\nType: PERSON\nName: Somebody\nChanged: 2014-01-01\n\n[Holder]\nName: Pills Ltd\n",
		  "", "ns1.a.example", "Pills Ltd" },
		{ "objects by handle (AFNIC)",
		  "domain:      a.example\nholder-c:    X1-NIC\nadmin-c:     X2-NIC\nregistrar:   Names Ltd\n"
		  "created:     21/04/2013\n\nns-list:     NSL1\nnserver:     ns1.a.example\n\n"
		  "nic-hdl:     X2-NIC\ncontact:     Somebody Else\nchanged:     01/01/2015 a@b.example\n\n"
		  "nic-hdl:     X1-NIC\ntype:        ORGANIZATION\ncontact:     Pills Ltd\n",
		  "Names Ltd", "ns1.a.example", "Pills Ltd" },
		{ "indented sections without colons (nic.it)",
		  "Domain:             a.example\nCreated:            2013-04-21 00:00:00\n\nRegistrant\n"
		  "  Name:             Pills Ltd\n  Created:          2001-01-01 01:05:35\n\nRegistrar\n"
		  "  Organization:     Names Ltd\n  Name:             NAMES-REG\n\nNameservers\n"
		  "  ns1.a.example\n",
		  "Names Ltd", "ns1.a.example", "Pills Ltd" },
		{ "dots that lead to the value (KazNIC)",
		  "Domain Name............: a.example\n\nOrganization Using Domain Name\n"
		  "Name...................: Pills Ltd\n\nNameserver in listed order\n\n"
		  "Primary server.........: ns1.a.example\n\nDomain created: 2013-04-21 00:00:00 (GMT+0:00)\n"
		  "Current Registar: Names Ltd\n",
		  "Names Ltd", "ns1.a.example", "Pills Ltd" },
		{ "two columns (SK-NIC)",
		  "Domain-name         a.example\nAdmin-name          Somebody\ndns_name            ns1.a.example\n"
		  "Created             2013-04-21\nRegistrar           Names Ltd\nOwner-name          Pills Ltd\n",
		  "Names Ltd", "ns1.a.example", "Pills Ltd" },
		{ "a phrase before the date (TWNIC)",
		  "Domain Name: a.example\n   Registrant:\n      Pills Ltd\n      desk@pills.example\n\n"
		  "   Record created on 2013-04-21 (YYYY-MM-DD)\n\n   Domain servers in listed order:\n"
		  "      ns1.a.example      \n\nRegistration Service Provider: Names Ltd\n",
		  "Names Ltd", "ns1.a.example", "Pills Ltd" },
		{ "in Korean (KRNIC)",
		  "도메인이름                  : a.example\n등록인                      : Pills Ltd\n"
		  "등록일                      : 2013. 04. 21.\n등록대행자                  : Names Ltd"
		  "(http://n.example)\n\n1차 네임서버 정보\n   호스트이름               : ns1.a.example\n",
		  "Names Ltd", "ns1.a.example", "Pills Ltd" },
		{ "members of objects (InternetNZ)",
		  "domain_name: a.example\nquery_status: 200 Active\n"
		  "domain_dateregistered: 2013-04-21T00:00:00+00:00\nregistrar_name: Names Ltd\n"
		  "registrant_contact_name: Pills Ltd\nns_name_01: ns1.a.example\n",
		  "Names Ltd", "ns1.a.example", "Pills Ltd" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct whois_answer w = read_text(rows[i].text, "", &a);
		CHECK_INT(i, rows[i].shape, w.state, WHOIS_REGISTERED);
		CHECK_INT(i, rows[i].shape, w.created, CREATED);
		CHECK_SLICE(i, rows[i].shape, w.registrar, slice_str(rows[i].registrar));
		CHECK_SLICE(i, rows[i].shape, w.nameserver_n ? w.nameserver[0] : SLICE("none"),
		            slice_str(rows[i].server));
		CHECK_SLICE(i, rows[i].shape, w.contact[WHOIS_REGISTRANT].name,
		            slice_str(rows[i].registrant));
		arena_release(&a);
	}
	check_done();
}

static void an_answer_without_fields_says_why(void **state)
{
	(void)state;
	static const struct { const char *in; enum whois_state want; int64_t wait_s; } rows[] = {
		{ "No match for \"A.EXAMPLE\".\r\n", WHOIS_AVAILABLE, 0 },
		{ "NOT FOUND\n", WHOIS_AVAILABLE, 0 },
		{ "Available\n\nDomain: a.example\n", WHOIS_AVAILABLE, 0 },
		{ "Domain: a.example\nStatus: free\n", WHOIS_AVAILABLE, 0 },
		{ "Domain:\ta.example\nStatus:\tAVAILABLE (No match for domain \"a\")\n", WHOIS_AVAILABLE, 0 },
		{ "%% No entries found in the database.\n", WHOIS_AVAILABLE, 0 },
		{ "%% Too many requests...\n%% No entries found in the database.\n", WHOIS_THROTTLED, 0 },
		{ "Please go away for 13 Seconds\n", WHOIS_THROTTLED, 13 },
		{ "The WHOIS query quota for 192.0.2.1 has been exceeded\nand will be replenished in 50 "
		  "seconds.\n", WHOIS_THROTTLED, 50 },
		{ "You have exceeded your quota of queries.\n", WHOIS_THROTTLED, 0 },
		{ "Server too busy, try again later\n", WHOIS_UNAVAILABLE, 0 },
		{ "-3: IP address blocked\n", WHOIS_UNAVAILABLE, 0 },
		{ "Domain: a.example\nStatus: invalid\n", WHOIS_INVALID, 0 },
		{ "Name is reserved by the registry\n", WHOIS_RESERVED, 0 },
		{ "Domain: a.example\nStatus: RESERVED\nNserver: ns1.a.example\n", WHOIS_RESERVED, 0 },
		{ "Domain: a.example\nStatus: active\n", WHOIS_REGISTERED, 0 },
		{ "", WHOIS_RAW, 0 },
		{ "\n\n", WHOIS_RAW, 0 },
		{ "OK! You win\n", WHOIS_RAW, 0 },
		{ "go ns-1.a.example\n", WHOIS_RAW, 0 },
		/* Terms of use alone mean nothing. */
		{ "You agree not to exceed query rate limits, and the registry reserves the right to\n"
		  "restrict access for excessive querying. Domain names can be found elsewhere.\n",
		  WHOIS_RAW, 0 },
		{ "refer:        whois.registry.example\n\ndomain:       EXAMPLE\n", WHOIS_REFERRAL, 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct whois_answer w = read_text(rows[i].in, "", &a);
		CHECK_INT(i, rows[i].in, w.state, rows[i].want);
		CHECK_INT(i, rows[i].in, w.wait_s, rows[i].wait_s);
		arena_release(&a);
	}
	check_done();
}

static void terms_of_use_do_not_name_a_registrar(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct whois_answer w = read_text(
		"No match for \"A.EXAMPLE\".\n\nNOTICE: This date does not necessarily reflect the\n"
		"expiration date of the domain name registrant's agreement with the\n"
		"sponsoring registrar.  Users may consult the sponsoring registrar's\n"
		"Whois database.\n", "", &a);

	assert_int_equal(w.state, WHOIS_AVAILABLE);
	assert_int_equal(w.registrar.n, 0);
	arena_release(&a);
}

static void the_next_server_is_read_where_it_is_one(void **state)
{
	(void)state;
	static const struct { const char *in, *refer, *registrar; } rows[] = {
		{ "whois:        whois.verisign.example\n", "whois.verisign.example", "" },
		{ "refer: WHOIS.Example.\n", "whois.example", "" },
		{ "whois:\n", "", "" },
		{ "whois: This information is subject to a policy.\n", "", "" },
		{ "Whois Server: whois.a.example:4343\n", "", "whois.a.example:4343" },
		{ "Registrar WHOIS Server: https://whois.a.example/lookup\n", "", "whois.a.example" },
		{ "Registrar WHOIS Server: 192.0.2.1\n", "", "" },
		{ "Registrar WHOIS Server: localhost\n", "", "" },
		{ "Registrar WHOIS Server: whois.a.example:99999999\n", "", "" },
		{ "Registrar WHOIS Server: whois.a.example:4a\n", "", "" },
		{ "Registrar WHOIS Server: a b.example\n", "", "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct whois_answer w = read_text(rows[i].in, "", &a);
		CHECK_SLICE(i, rows[i].in, w.refer, slice_str(rows[i].refer));
		CHECK_SLICE(i, rows[i].in, w.registrar_whois, slice_str(rows[i].registrar));
		arena_release(&a);
	}
	check_done();
}

static void charsets_are_those_of_the_bytes_or_the_server(void **state)
{
	(void)state;
	static const struct { const char *in, *server, *want; } rows[] = {
		{ "Domain: a.example\nRegistrar: M\xc3\xbcller\n", "", "M\xc3\xbcller" },
		{ "Domain: a.example\nRegistrar: M\xfcller\n", "", "M\xc3\xbcller" },
		{ "Domain: a.example\nRegistrar: \xc0\xcc\xb8\xa7\n", "whois.kr", "\xec\x9d\xb4\xeb\xa6\x84" },
		{ "Domain: a.example\nRegistrar: \x1b$BL>A0\x1b(B\n", "", "\xe5\x90\x8d\xe5\x89\x8d" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct whois_answer w = read_text(rows[i].in, rows[i].server, &a);
		CHECK_SLICE(i, rows[i].in, w.registrar, slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

/* A date of which one number is above twelve tells how this hand writes the others. */
static void months_may_come_first(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct whois_answer w = read_text("Domain: a.example\nDomain registered: 12/18/2001\n"
	                                  "Record will expire on: 03/02/2012\n", "", &a);

	assert_int_equal(w.created, 1008633600);
	assert_int_equal(w.expires, 1330646400); /* 2012-03-02 */
	w = read_text("Domain: a.example\nDomain registered: 10/11/2001\n"
	              "Record will expire on: 03/02/2012\n", "", &a);
	assert_int_equal(w.expires, 1328227200); /* 2012-02-03 */
	arena_release(&a);
}

static void a_question_is_put_as_the_server_wants_it(void **state)
{
	(void)state;
	static const struct { const char *server, *want; } rows[] = {
		{ "whois.denic.de", "-T dn,ace a.example" },
		{ "whois.jprs.jp", "a.example/e" },
		{ "whois.verisign-grs.com", "domain a.example" },
		{ "whois.other.example", "a.example" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf line = { 0 };
		whois_query(slice_str(rows[i].server), SLICE("a.example"), &line);
		CHECK_SLICE(i, rows[i].server, buf_slice(&line), slice_str(rows[i].want));
		buf_release(&line);
	}
	check_done();
}

static void hostile_answers_are_bounded(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct whois_answer w;
	struct buf text = { 0 };

	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "Name Server: ns%d.a.example\nStatus: s%d\n", i, i);
	assert_int_equal(whois_parse(buf_slice(&text), SLICE(""), &a, &w, NULL), 0);
	assert_int_equal(w.nameserver_n, WHOIS_NAMESERVERS_MAX);
	assert_int_equal(w.status_n, WHOIS_STATUSES_MAX);
	buf_clear(&text);
	for (int i = 0; i < 3000; i++)
		buf_printf(&text, "Registrant Street: %d endless lane\n", i);
	assert_int_equal(whois_parse(buf_slice(&text), SLICE(""), &a, &w, NULL), 0);
	assert_true(w.contact[WHOIS_REGISTRANT].street.n <= WHOIS_TEXT_MAX);
	char *big = buf_reserve(&text, WHOIS_BYTES_MAX + 1);
	memset(big, 'x', WHOIS_BYTES_MAX + 1);
	assert_int_equal(whois_parse(slice_from(big, WHOIS_BYTES_MAX + 1), SLICE(""), &a, &w, NULL),
	                 ERR_LIMIT);
	buf_release(&text);
	arena_release(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_normalised),
		cmocka_unit_test(the_shape_of_generic_domains_is_read_whole),
		cmocka_unit_test(shapes_of_countries_are_read),
		cmocka_unit_test(an_answer_without_fields_says_why),
		cmocka_unit_test(terms_of_use_do_not_name_a_registrar),
		cmocka_unit_test(the_next_server_is_read_where_it_is_one),
		cmocka_unit_test(charsets_are_those_of_the_bytes_or_the_server),
		cmocka_unit_test(months_may_come_first),
		cmocka_unit_test(a_question_is_put_as_the_server_wants_it),
		cmocka_unit_test(hostile_answers_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
