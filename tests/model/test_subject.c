#include "check.h"

#include "base/buf.h"
#include "model/subject.h"

#define LIST                                                                                       \
	"// ===BEGIN ICANN DOMAINS===\ncom\nuk\nco.uk\nexample\n"                                  \
	"// ===END ICANN DOMAINS===\n"                                                             \
	"// ===BEGIN PRIVATE DOMAINS===\nblogspot.com\n// ===END PRIVATE DOMAINS===\n"

static struct suffixes *open_list(void)
{
	struct suffixes *s = NULL;

	assert_int_equal(suffixes_new(SLICE(LIST), NULL, 0, &s, NULL), 0);
	return s;
}

static void what_a_person_types_becomes_a_subject(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want; /* kind and key, or the message */
	} rows[] = {
		{ " Pills.Example. ", "registrable pills.example" },
		{ "www.pills.example", "host www.pills.example" },
		{ "pills.blogspot.com", "host pills.blogspot.com" },
		{ "blogspot.com", "registrable blogspot.com" },
		{ "co.uk", "host co.uk" },
		{ "https://www.pills.example/", "host www.pills.example" },
		{ "https://pills.example", "registrable pills.example" },
		{ "http://charity.example/shop/", "url http://charity.example/shop/" },
		{ "charity.example/shop/", "url https://charity.example/shop/" },
		{ "charity.example/?p=1", "url https://charity.example/?p=1" },
		{ "pills.example:8080", "url https://pills.example:8080/" },
		{ "192.0.2.1", "ip 192.0.2.1" },
		{ "http://192.0.2.1/", "ip 192.0.2.1" },
		{ "192.0.2.1/shop", "url https://192.0.2.1/shop" },
		{ "2001:DB8:0::1", "ip 2001:db8::1" },
		{ "http://[2001:DB8::1]/", "ip 2001:db8::1" },
		{ "192.0.2.0/24", "prefix 192.0.2.0/24" },
		{ "2001:db8::/32", "prefix 2001:db8::/32" },
		{ "192.0.2.9/24", "prefix: bits are set behind its length (192.0.2.0/24?)" },
		{ "", "subject: empty" },
		{ "  ", "subject: empty" },
		{ "a@pills.example", "name: octet 0x40 is not allowed" },
		{ "mailto:a@pills.example", "subject: a mail address is none" },
		{ "ftp://pills.example/", "url: 'ftp' is neither http nor https" },
		{ "a b", "name: octet 0x20 is not allowed" },
	};
	struct suffixes *s = open_list();
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct subject subject, again;
		struct err err = { 0 };
		struct buf got = { 0 };
		if (subject_parse(slice_str(rows[i].in), s, &arena, &subject, &err) < 0) {
			buf_puts(&got, err.what);
		} else {
			const char *kind = subject_kind_name(subject.kind);
			buf_printf(&got, "%s %.*s", kind, SLICE_ARG(subject.key));
			/* and what was made is a valid pair of a record */
			CHECK_INT(i, rows[i].in,
			          subject_from_key(slice_str(kind), subject.key, &again, NULL), 0);
			CHECK_INT(i, rows[i].in, subject_cmp(subject, again), 0);
		}
		CHECK_SLICE(i, rows[i].in, buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
	}
	arena_release(&arena);
	suffixes_free(s);
	check_done();
}

static void a_record_with_a_key_that_is_not_canonical_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *key;
		const char *want; /* NULL: accepted */
	} rows[] = {
		{ "registrable", "pills.example", NULL },
		{ "registrable", "www.pills.example", NULL }, /* lists change */
		{ "host", "pills.blogspot.com", NULL },
		{ "url", "https://a.example/shop/", NULL },
		{ "ip", "192.0.2.1", NULL },
		{ "prefix", "2001:db8::/32", NULL },
		{ "domain", "a.example", "subject: unknown kind 'domain'" },
		{ "registrable", "Pills.example",
		  "subject: 'Pills.example' is no canonical registrable" },
		{ "host", "pills.example.", "subject: 'pills.example.' is no canonical host" },
		{ "host", "", "subject: '' is no canonical host" },
		{ "url", "https://a.example", "subject: 'https://a.example' is no canonical url" },
		{ "url", "https://a.example/#x",
		  "subject: 'https://a.example/#x' is no canonical url" },
		{ "ip", "2001:db8:0::1", "subject: '2001:db8:0::1' is no canonical ip" },
		{ "ip", "192.0.2.0/24", "subject: '192.0.2.0/24' is no canonical ip" },
		{ "prefix", "192.0.2.1/24", "subject: '192.0.2.1/24' is no canonical prefix" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct subject subject;
		struct err err = { 0 };
		CHECK_INT(i, rows[i].key,
		          subject_from_key(slice_str(rows[i].kind), slice_str(rows[i].key),
		                           &subject, &err),
		          rows[i].want ? ERR_SYNTAX : 0);
		CHECK_SLICE(i, rows[i].key, slice_str(err.what), slice_str(rows[i].want));
	}
	check_done();
}

static void a_page_belongs_to_its_site(void **state)
{
	(void)state;
	static const struct {
		const char *url, *want;
	} rows[] = {
		{ "https://www.pills.example/a", "registrable pills.example" },
		{ "https://pills.blogspot.com/a", "host pills.blogspot.com" },
		{ "https://www.pills.blogspot.com/a", "host pills.blogspot.com" },
		{ "http://192.0.2.1/a", "ip 192.0.2.1" },
		{ "http://co.uk/a", "host co.uk" },
	};
	struct suffixes *s = open_list();
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url u;
		struct subject page, site;
		char got[300];
		assert_int_equal(url_parse(slice_str(rows[i].url), &arena, &u, NULL), 0);
		page = subject_of_url(&u, s);
		snprintf(got, sizeof(got), "%s %.*s", subject_kind_name(page.kind),
		         SLICE_ARG(page.key));
		CHECK_SLICE(i, rows[i].url, slice_str(got), slice_str(rows[i].want));
		assert_int_equal(subject_site((struct subject){ SUBJECT_URL, u.text }, s, &arena,
		                              &site, NULL),
		                 0);
		CHECK_INT(i, rows[i].url, subject_eq(site, page), 1);
	}
	arena_release(&arena);
	suffixes_free(s);
	check_done();
}

static void a_chain_holds_what_can_speak_about_a_subject_and_no_landlord(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want;
	} rows[] = {
		{ "pills.example", "registrable pills.example,host pills.example," },
		{ "a.www.pills.example",
		  "host a.www.pills.example,registrable a.www.pills.example,host www.pills.example,"
		  "registrable www.pills.example,registrable pills.example,host pills.example," },
		{ "a.pills.blogspot.com",
		  "host a.pills.blogspot.com,registrable a.pills.blogspot.com,"
		  "host pills.blogspot.com,registrable pills.blogspot.com," },
		{ "co.uk", "host co.uk,registrable co.uk," },
		{ "https://a.example/x/y?q",
		  "url https://a.example/x/y?q,url http://a.example/x/y?q,url https://a.example/x/y,"
		  "url http://a.example/x/y,url https://a.example/x/,url http://a.example/x/,"
		  "url https://a.example/x,url http://a.example/x,url https://a.example/,"
		  "url http://a.example/,registrable a.example,host a.example," },
		{ "https://a.example:444/x/",
		  "url https://a.example:444/x/,url https://a.example:444/x,"
		  "url https://a.example:444/,registrable a.example,host a.example," },
		{ "10.0.0.0/9", "prefix 10.0.0.0/9,prefix 10.0.0.0/8," },
		{ "2001::/17", "prefix 2001::/17,prefix 2001::/16," },
	};
	struct suffixes *s = open_list();
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct subject subject, *chain = NULL;
		struct buf got = { 0 };
		size_t n = 0;
		assert_int_equal(subject_parse(slice_str(rows[i].in), s, &arena, &subject, NULL),
		                 0);
		assert_int_equal(subject_chain(subject, s, &arena, &chain, &n, NULL), 0);
		for (size_t k = 0; k < n; k++)
			buf_printf(&got, "%s %.*s,", subject_kind_name(chain[k].kind),
			           SLICE_ARG(chain[k].key));
		CHECK_SLICE(i, rows[i].in, buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
	}
	arena_release(&arena);
	suffixes_free(s);
	check_done();
}

static void the_chain_of_an_address_goes_up_to_slash_8(void **state)
{
	(void)state;
	struct suffixes *s = open_list();
	struct arena arena = { 0 };
	struct subject *chain = NULL;
	size_t n = 0;

	struct subject ip = { SUBJECT_IP, SLICE("192.0.2.1") };
	assert_int_equal(subject_chain(ip, s, &arena, &chain, &n, NULL), 0);
	assert_int_equal(n, 1 + 32 - 8 + 1);
	assert_int_equal(chain[0].kind, SUBJECT_IP);
	assert_true(slice_eq_str(chain[n - 1].key, "192.0.0.0/8"));
	arena_release(&arena);
	suffixes_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_person_types_becomes_a_subject),
		cmocka_unit_test(a_record_with_a_key_that_is_not_canonical_is_refused),
		cmocka_unit_test(a_page_belongs_to_its_site),
		cmocka_unit_test(a_chain_holds_what_can_speak_about_a_subject_and_no_landlord),
		cmocka_unit_test(the_chain_of_an_address_goes_up_to_slash_8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
