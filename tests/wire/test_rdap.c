#include "check.h"

#include "wire/epp_status.h"
#include "wire/rdap.h"
#include "wire/rdap_vcard.h"
#include "wire/written_date.h"

/* A registry's answer as RFC 9083 figure 16 shapes it, cut to what is read. There is no real sample
 * of a domain on client hold among those that we have: this one was written for the test. */
static const char on_hold[] =
	"{\"objectClassName\":\"domain\",\"handle\":\"D1-EX\",\"ldhName\":\"Cheap-Pills.EXAMPLE\","
	"\"status\":[\"client hold\",\"client transfer prohibited\"],\"port43\":\"whois.example\","
	"\"events\":[{\"eventAction\":\"registration\",\"eventDate\":\"2026-03-02T19:02:03.5Z\"},"
	"{\"eventAction\":\"expiration\",\"eventDate\":\"2027-03-02T21:02:03+02:00\"},"
	"{\"eventAction\":\"transfer\",\"eventDate\":\"not told\"},"
	"{\"eventAction\":\"registrar expiration\",\"eventDate\":\"2027-03-03T00:00:00Z\"}],"
	"\"nameservers\":[{\"ldhName\":\"NS1.Example.NET.\"},{\"ldhName\":\"\"},7],"
	"\"secureDNS\":{\"delegationSigned\":true},"
	"\"links\":[{\"rel\":\"self\",\"type\":\"application/rdap+json\",\"href\":\"https://r/1\"},"
	"{\"rel\":\"related\",\"type\":\"text/html\",\"href\":\"https://r/2\"},"
	"{\"rel\":\"related\",\"type\":\"application/rdap+json\",\"href\":\"https://r/3\"}],"
	"\"entities\":[{\"objectClassName\":\"entity\",\"roles\":[\"registrar\"],\"handle\":\"9999\","
	"\"publicIds\":[{\"type\":\"IANA Registrar ID\",\"identifier\":\"9999\"}],"
	"\"links\":[{\"rel\":\"about\",\"href\":\"https://registrar.example/\"}],"
	"\"vcardArray\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],"
	"[\"fn\",{},\"text\",\"Example Registrar\"]]],"
	"\"entities\":[{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",["
	"[\"tel\",{\"type\":[\"fax\"]},\"uri\",\"tel:+1.2\"],"
	"[\"tel\",{\"type\":\"voice\"},\"uri\",\"tel:+1.5551234\"],"
	"[\"email\",{},\"text\",\"abuse@registrar.example\"]]]}]},"
	"{\"roles\":[\"registrant\"],\"remarks\":[{\"title\":\"REDACTED FOR PRIVACY\"}],"
	"\"vcardArray\":[\"vcard\",[[\"fn\",{},\"text\",\"\"],[\"org\",{},\"text\",\"Pills Ltd\"],"
	"[\"adr\",{\"cc\":\"BZ\"},\"text\",[\"\",\"\",[\"1 Way\",\"\",\"Flat 2\"],\"Town\",\"\","
	"\"00000\",\"Belize\"]]]]}],"
	"\"redacted\":[{\"name\":{\"type\":\"Registrant Name\"},\"method\":\"emptyValue\","
	"\"reason\":{\"description\":\"Server policy\"}},"
	"{\"name\":{\"description\":\"Registrant Email\"}},{\"method\":\"removal\"}]}";

static const struct rdap_entity *with_role(const struct rdap_domain *d, unsigned role)
{
	for (size_t i = 0; i < d->entity_n; i++)
		if (d->entity[i].roles & role)
			return &d->entity[i];
	return NULL;
}

static int64_t when(const struct rdap_domain *d, enum rdap_action action)
{
	for (size_t i = 0; i < d->event_n; i++)
		if (d->event[i].action == action)
			return d->event[i].at;
	return 0;
}

static void a_domain_on_client_hold_is_read_whole(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rdap_answer r;

	assert_int_equal(rdap_parse(slice_str(on_hold), &a, &r, NULL), 0);
	const struct rdap_domain *d = &r.domain;
	assert_int_equal(r.kind, RDAP_DOMAIN);
	assert_true(slice_eq_str(d->name, "cheap-pills.example"));
	assert_true(slice_eq_str(d->handle, "D1-EX"));
	assert_true(slice_eq_str(d->port43, "whois.example"));
	assert_int_equal(d->status_n, 2);
	assert_int_equal(epp_status_of(d->status[0]), EPP_CLIENT_HOLD);
	assert_int_equal(d->event_n, 3);
	assert_int_equal(when(d, RDAP_REGISTRATION), 1772478123);
	assert_int_equal(when(d, RDAP_EXPIRATION), 1772478123 + 365 * 86400);
	assert_int_equal(when(d, RDAP_REGISTRAR_EXPIRATION), 1804032000);
	assert_int_equal(d->nameserver_n, 1);
	assert_true(slice_eq_str(d->nameserver[0], "ns1.example.net"));
	assert_int_equal(d->dnssec, RDAP_SIGNED);
	assert_int_equal(d->related_n, 1);
	assert_true(slice_eq_str(d->related[0], "https://r/3"));
	arena_release(&a);
}

static void its_registrar_abuse_desk_and_registrant_are_told_apart(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rdap_answer r;

	assert_int_equal(rdap_parse(slice_str(on_hold), &a, &r, NULL), 0);
	const struct rdap_entity *registrar = with_role(&r.domain, RDAP_REGISTRAR);
	const struct rdap_entity *abuse = with_role(&r.domain, RDAP_ABUSE);
	const struct rdap_entity *registrant = with_role(&r.domain, RDAP_REGISTRANT);
	assert_non_null(registrar);
	assert_non_null(abuse);
	assert_non_null(registrant);
	assert_int_equal(registrar->iana_id, 9999);
	assert_true(slice_eq_str(registrar->card.name, "Example Registrar"));
	assert_true(slice_eq_str(registrar->url, "https://registrar.example/"));
	assert_int_equal(abuse->under, RDAP_REGISTRAR);
	assert_int_equal(abuse->card.phone_n, 1);
	assert_true(slice_eq_str(abuse->card.phone[0], "+1.5551234"));
	assert_true(slice_eq_str(abuse->card.mail[0], "abuse@registrar.example"));
	assert_true(registrant->is_withheld);
	assert_int_equal(registrant->card.name.n, 0);
	assert_true(slice_eq_str(registrant->card.organisation, "Pills Ltd"));
	assert_true(slice_eq_str(registrant->card.street, "1 Way, Flat 2"));
	assert_true(slice_eq_str(registrant->card.country, "BZ"));
	arena_release(&a);
}

static void what_is_redacted_is_kept_as_such(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rdap_answer r;

	assert_int_equal(rdap_parse(slice_str(on_hold), &a, &r, NULL), 0);
	assert_int_equal(r.domain.redaction_n, 2);
	const struct rdap_redaction *x = r.domain.redaction;
	assert_true(slice_eq_str(x[0].field, "Registrant Name"));
	assert_true(slice_eq_str(x[0].method, "emptyValue"));
	assert_true(slice_eq_str(x[0].reason, "Server policy"));
	assert_true(slice_eq_str(x[1].field, "Registrant Email"));
	assert_true(slice_eq_str(x[1].method, "removal"));
	assert_int_equal(x[1].reason.n, 0);
	arena_release(&a);
}

static void an_answer_says_what_it_is(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int rc;
		enum rdap_kind kind;
	} rows[] = {
		{ "{\"objectClassName\":\"domain\"}", 0, RDAP_DOMAIN },
		{ "{\"objectClassName\":\"Domain\",\"errorCode\":404}", 0, RDAP_DOMAIN },
		{ "{\"objectClassName\":\"nameserver\"}", 0, RDAP_NAMESERVER },
		{ "{\"objectClassName\":\"entity\"}", 0, RDAP_ENTITY },
		{ "{\"objectClassName\":\"ip network\"}", 0, RDAP_NETWORK },
		{ "{\"objectClassName\":\"autnum\"}", 0, RDAP_AUTNUM },
		{ "{\"domainSearchResults\":[]}", 0, RDAP_SEARCH },
		{ "{\"errorCode\":404,\"title\":\"Not Found\"}", 0, RDAP_ERROR },
		{ "{\"rdapConformance\":[\"rdap_level_0\"],\"notices\":[]}", 0, RDAP_HELP },
		{ "{}", 0, RDAP_UNKNOWN },
		{ "{\"objectClassName\":7}", 0, RDAP_UNKNOWN },
		{ "[]", ERR_SYNTAX, RDAP_UNKNOWN },
		{ "", ERR_SYNTAX, RDAP_UNKNOWN },
		{ "<html>", ERR_SYNTAX, RDAP_UNKNOWN },
		{ "{\"objectClassName\":\"domain\"", ERR_SYNTAX, RDAP_UNKNOWN },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct rdap_answer r = { 0 };
		CHECK_INT(i, rows[i].in, rdap_parse(slice_str(rows[i].in), &a, &r, NULL),
		          rows[i].rc);
		CHECK_INT(i, rows[i].in, r.kind, rows[i].kind);
		arena_release(&a);
	}
	check_done();
}

/* What no RFC allows is passed over; nothing of it is fatal. */
static void members_of_another_type_are_passed_over(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"{\"objectClassName\":\"domain\",\"ldhName\":7,\"status\":\"active\",\"events\":{}}",
		"{\"objectClassName\":\"domain\",\"events\":[1,null,{\"eventDate\":5},{}]}",
		"{\"objectClassName\":\"domain\",\"entities\":[1,[],{\"roles\":\"registrar\"}]}",
		"{\"objectClassName\":\"domain\",\"entities\":[{\"vcardArray\":[\"vcard\",[1,[],[7],"
		"[\"adr\"],[\"adr\",{},\"text\",\"x\"],[\"adr\",{},\"text\",[1,2,3,[4],5,6,7]],"
		"[\"tel\",[],\"uri\",7],[\"email\",null,null,null]]]}]}",
		"{\"objectClassName\":\"domain\",\"redacted\":[7,{\"name\":7},{\"name\":{}}]}",
		"{\"objectClassName\":\"domain\",\"nameservers\":[[],{\"ldhName\":\"a b\"}]}",
		"{\"objectClassName\":\"domain\",\"links\":[{\"rel\":\"related\"},7]}",
		"{\"objectClassName\":\"domain\",\"status\":[\"\\u0001\",\" \"]}",
		"{\"objectClassName\":\"domain\",\"secureDNS\":{\"delegationSigned\":\"yes\"}}",
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct rdap_answer r = { 0 };
		CHECK_INT(i, rows[i], rdap_parse(slice_str(rows[i]), &a, &r, NULL), 0);
		CHECK_INT(i, rows[i],
		          r.domain.status_n + r.domain.event_n + r.domain.nameserver_n +
		                  r.domain.redaction_n + r.domain.related_n,
		          0);
		CHECK_INT(i, rows[i], r.domain.dnssec, RDAP_DNSSEC_UNSAID);
		arena_release(&a);
	}
	check_done();
}

static void texts_lose_control_characters_and_what_is_too_long(void **state)
{
	(void)state;
	struct arena a = { 0 };
	char long_text[RDAP_TEXT_MAX + 10];

	assert_true(slice_eq_str(rdap_text(SLICE(" a\r\nb\x1b[2J\tc "), &a), "a  b [2J c"));
	memset(long_text, 'x', sizeof(long_text));
	/* The character at the border does not fit whole. */
	memcpy(long_text + RDAP_TEXT_MAX - 1, "\xc3\xbc", 2);
	assert_int_equal(rdap_text(slice_from(long_text, sizeof(long_text)), &a).n,
	                 RDAP_TEXT_MAX - 1);
	arena_release(&a);
}

static void lists_end_at_their_limits(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct rdap_answer r;

	buf_puts(&text, "{\"objectClassName\":\"domain\",\"entities\":[{}");
	for (int i = 0; i < 500; i++)
		buf_puts(
			&text,
			",{\"roles\":[\"abuse\"],\"entities\":[{\"entities\":[{\"entities\":[{}]}]}]}");
	buf_puts(&text, "],\"status\":[\"x\"");
	for (int i = 0; i < 500; i++)
		buf_puts(&text, ",\"ok\"");
	buf_puts(&text, "]}");
	assert_int_equal(rdap_parse(buf_slice(&text), &a, &r, NULL), 0);
	assert_int_equal(r.domain.entity_n, RDAP_ENTITIES_MAX);
	assert_int_equal(r.domain.status_n, RDAP_STATUSES_MAX);
	/* The fourth floor is not entered: entity, in an abuse desk, in it, and none below. */
	assert_int_equal(r.domain.entity[4].under, 0);
	buf_release(&text);
	arena_release(&a);
}

static void statuses_have_two_spellings(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		enum epp_status want;
	} rows[] = {
		{ "clientHold", EPP_CLIENT_HOLD },
		{ "client hold", EPP_CLIENT_HOLD },
		{ "CLIENT-HOLD", EPP_CLIENT_HOLD },
		{ "serverhold", EPP_SERVER_HOLD },
		{ "active", EPP_OK },
		{ "ok", EPP_OK },
		{ "associated", EPP_LINKED },
		{ "redemption period", EPP_REDEMPTION_PERIOD },
		{ "client hol", EPP_NONE },
		{ "client hold!", EPP_NONE },
		{ "", EPP_NONE },
		{ " ", EPP_NONE },
		{ "locked", EPP_NONE },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].in, epp_status_of(slice_str(rows[i].in)), rows[i].want);
	for (int s = EPP_OK; s < EPP_STATUSES; s++) {
		CHECK_INT(s, epp_status_name((enum epp_status)s),
		          epp_status_of(slice_str(epp_status_name((enum epp_status)s))), s);
		CHECK_INT(s, epp_status_rdap((enum epp_status)s),
		          epp_status_of(slice_str(epp_status_rdap((enum epp_status)s))), s);
	}
	check_done();
}

/* 2013-04-21 is 1366502400. */
static void dates_are_read_as_they_are_written(void **state)
{
	(void)state;
	enum { DAY = 1366502400 };
	static const struct {
		const char *in;
		bool is_date;
		int64_t at;
		bool has_time;
	} rows[] = {
		{ "2013-04-21T01:05:35Z", true, DAY + 3935, true },
		{ "2013-04-21T01:05:35.123Z", true, DAY + 3935, true },
		{ "2013-04-21T01:05:35+02:00", true, DAY + 3935 - 7200, true },
		{ "2013-04-21t01:05:35-0330", true, DAY + 3935 + 12600, true },
		{ "2013-04-21 01:05:35", true, DAY + 3935, true },
		{ "2013-04-21 01:05:35 (UTC+8)", true, DAY + 3935 - 28800, true },
		{ "2013/04/21 01:05:07 (JST)", true, DAY + 3907 - 32400, true },
		{ "2013/04/21", true, DAY, false },
		{ "2013. 04. 21.", true, DAY, false },
		{ "20130421", true, DAY, false },
		{ "20130421 #010535", true, DAY + 3935, true },
		{ "21-Apr-2013", true, DAY, false },
		{ "21-Apr-2013 01:05:35 UTC", true, DAY + 3935, true },
		{ "21 april 2013", true, DAY, false },
		{ "21/04/2013", true, DAY, false },
		{ "21.04.2013 01:05:35", true, DAY + 3935, true },
		{ "04/21/2013", true, DAY, false },
		{ "Sun Apr 21 01:05:35 2013", true, DAY + 3935, true },
		{ "Sun Apr 21 01:05:35 GMT 2013", true, DAY + 3935, true },
		{ "Sun Apr 21 2013", true, DAY, false },
		{ "April 21, 2013", true, DAY, false },
		{ "21st April 2013", true, DAY, false },
		{ "2013-Apr-21", true, DAY, false },
		{ "registered until 21.04.2013 (paid)", true, DAY, false },
		{ "before Aug-1996", true, 838857600, false },
		{ "0000-00-00", false, 0, false },
		{ "2013-02-30", false, 0, false },
		{ "not told", false, 0, false },
		{ "", false, 0, false },
		{ "99999999", false, 0, false },
		{ "2013", false, 0, false },
		{ "1.2.3.4", false, 0, false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct written_date d = { 0, false };
		CHECK_INT(i, rows[i].in, written_date_read(slice_str(rows[i].in), false, &d),
		          rows[i].is_date);
		CHECK_INT(i, rows[i].in, d.at, rows[i].at);
		CHECK_INT(i, rows[i].in, d.has_time, rows[i].has_time);
	}
	check_done();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_domain_on_client_hold_is_read_whole),
		cmocka_unit_test(its_registrar_abuse_desk_and_registrant_are_told_apart),
		cmocka_unit_test(what_is_redacted_is_kept_as_such),
		cmocka_unit_test(an_answer_says_what_it_is),
		cmocka_unit_test(members_of_another_type_are_passed_over),
		cmocka_unit_test(texts_lose_control_characters_and_what_is_too_long),
		cmocka_unit_test(lists_end_at_their_limits),
		cmocka_unit_test(statuses_have_two_spellings),
		cmocka_unit_test(dates_are_read_as_they_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
