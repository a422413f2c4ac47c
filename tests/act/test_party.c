#include "check.h"

#include "act/party.h"

#include "base/buf.h"

#include <stdlib.h>

#define CHECK_STR(row, input, got, want) CHECK_SLICE(row, input, slice_str(got), slice_str(want))
#define NAME(key) { SUBJECT_REGISTRABLE, SLICE_OF(key) }
#define SLICE_OF(literal) { literal, sizeof(literal) - 1 }

static const char *const files[] = {
	"key: registrar:99001\nkind: registrar\nname: Registrar One\niana_id: 99001\n"
	"alias: [One Names]\ncountry: [JP]\nmail: abuse@one.example\n"
	"demand: [The address of a page.]\nterms: https://one.example/terms\n"
	"terms_says: No medicine that the law forbids.\nchecked: 2026-05-01\nsource: a\n",
	"key: reseller:hanabi\nkind: reseller\nname: Hanabi\nmail: desk@hanabi.example\n"
	"checked: 2026-05-01\nsource: a\n",
	"key: host:kumo\nkind: host\nname: Kumo\nprefix: 192.0.2.0/25\nnameserver: kumo.example\n"
	"mail: abuse@kumo.example\nchecked: 2026-05-01\nsource: a\n",
	"key: host:tide\nkind: host\nname: Tide\nprefix: 192.0.2.128/25\n"
	"form: https://tide.example/abuse\nchecked: 2026-05-01\nsource: a\n",
	"key: registry:dot\nkind: registry\nname: Dot\ntld: [example, test]\n"
	"mail: abuse@dot.example\nchecked: 2026-05-01\nsource: a\n",
	"key: search:seek\nkind: search\nname: Seek\nform: https://seek.example/report\n"
	"checked: 2026-05-01\nsource: a\n",
};

static struct providers *directory(void)
{
	struct providers *p = NULL;
	struct err err = { .what = "" };

	assert_int_equal(providers_new(&p, &err), 0);
	for (size_t i = 0; i < ROWS(files); i++) {
		int rc = providers_add(p, slice_str(files[i]), "x.yaml", &err);
		if (rc)
			print_error("%s\n", err.what);
		assert_int_equal(rc, 0);
	}
	return p;
}

static const struct slice kumo_ip[] = { SLICE_OF("192.0.2.5") };
static const struct slice both_ip[] = { SLICE_OF("192.0.2.5"), SLICE_OF("192.0.2.200"),
	                                SLICE_OF("192.0.2.6") };
static const struct slice far_ip[] = { SLICE_OF("198.51.100.1") };
static const struct slice kumo_ns[] = { SLICE_OF("ns1.kumo.example"),
	                                SLICE_OF("ns2.kumo.example") };

static const struct party_seen seen[] = {
	/* 0: by number; the older of two observations of one registrar */
	{ .subject = NAME("a.example"), .registrar = SLICE_OF("Registrar One (old name)"),
	  .registrar_id = 99001, .abuse_mail = SLICE_OF("old@one.example"),
	  .source = SLICE_OF("whois"), .at = 100, .ip = kumo_ip, .ip_n = 1 },
	/* 1: the newer; at two hosts; with a reseller that the directory knows */
	{ .subject = NAME("b.example"), .registrar = SLICE_OF("Registrar One"),
	  .registrar_id = 99001, .abuse_mail = SLICE_OF("abuse@one.test"),
	  .source = SLICE_OF("rdap"), .at = 200, .record = { { 7 } }, .reseller = SLICE_OF("HANABI"),
	  .ip = both_ip, .ip_n = 3, .nameserver = kumo_ns, .nameserver_n = 2 },
	/* 2: by an alias of the directory, without a number and without an address of its desk */
	{ .subject = NAME("c.test"), .registrar = SLICE_OF("one names"), .at = 300,
	  .reseller = SLICE_OF("Unknown Shop Ltd"), .ip = far_ip, .ip_n = 1,
	  .nameserver = kumo_ns, .nameserver_n = 2 },
	/* 3: of a registrar that nobody knows */
	{ .subject = NAME("d.com"), .registrar = SLICE_OF("Far, Inc."),
	  .reseller = SLICE_OF("unknown  shop, ltd."), .ip = far_ip, .ip_n = 1, .at = 400 },
	/* 4: nothing is known */
	{ .subject = { SUBJECT_IP, SLICE_OF("192.0.2.200") }, .registrar = SLICE_OF("-") },
	/* 5: a page; its address is at tide */
	{ .subject = { SUBJECT_URL, SLICE_OF("https://e.example/pills/") }, .ip = &both_ip[1],
	  .ip_n = 1 },
};

/* "key/tld name <address> form source at: 0 1;" of each share, then "nobody: 4". */
static void shares_in_words(enum notice_to to, const struct providers *d, struct buf *out)
{
	struct arena a = { 0 };
	struct party_share *share = NULL;
	size_t n = 0, *nobody = NULL, nobody_n = 0;
	struct err err = { .what = "" };
	int rc = party_share_out(to, seen, ROWS(seen), d, &a, &share, &n, &nobody, &nobody_n, &err);

	if (rc)
		print_error("%s\n", err.what);
	assert_int_equal(rc, 0);
	for (size_t i = 0; i < n; i++) {
		const struct notice_recipient *r = &share[i].recipient;
		assert_int_equal(r->to, to);
		buf_printf(out, "%.*s/%.*s %.*s <%.*s> %.*s %.*s", SLICE_ARG(r->key),
		           SLICE_ARG(r->tld), SLICE_ARG(r->name), SLICE_ARG(r->contact.address),
		           SLICE_ARG(r->contact.form), SLICE_ARG(r->contact.source));
		if (r->contact.at != NOTICE_NEVER)
			buf_printf(out, " %lld", (long long)r->contact.at);
		buf_puts(out, ":");
		for (size_t k = 0; k < share[i].seen_n; k++)
			buf_printf(out, " %zu", share[i].seen[k]);
		buf_puts(out, "; ");
	}
	buf_puts(out, "nobody:");
	for (size_t k = 0; k < nobody_n; k++)
		buf_printf(out, " %zu", nobody[k]);
	arena_release(&a);
}

static void subjects_are_shared_out_among_those_who_hold_them(void **state)
{
	(void)state;
	struct providers *d = directory();
	static const struct {
		enum notice_to to;
		bool bare; /* without a directory */
		const char *want;
	} rows[] = {
		{ NOTICE_REGISTRAR, false,
		  "registrar:99001/ one names <abuse@one.test>  rdap 200: 0 1 2; "
		  "registrar:far inc/ Far, Inc. <>  : 3; nobody: 4 5" },
		{ NOTICE_REGISTRAR, true,
		  "registrar:99001/ Registrar One <abuse@one.test>  rdap 200: 0 1; "
		  "registrar:far inc/ Far, Inc. <>  : 3; "
		  "registrar:one names/ one names <>  : 2; nobody: 4 5" },
		/* 1777593600 is 2026-05-01, when the row was checked */
		{ NOTICE_RESELLER, false,
		  "reseller:hanabi/ HANABI <desk@hanabi.example>  directory 1777593600: 1; "
		  "reseller:unknown shop ltd/ unknown  shop, ltd. <>  : 2 3; nobody: 0 4 5" },
		{ NOTICE_REGISTRY, false,
		  "registry:dot/example Dot <abuse@dot.example>  directory 1777593600: 0 1 5; "
		  "registry:dot/test Dot <abuse@dot.example>  directory 1777593600: 2; nobody: 3 4" },
		{ NOTICE_REGISTRY, true, "nobody: 0 1 2 3 4 5" },
		{ NOTICE_HOST, false,
		  "host:kumo/ Kumo <abuse@kumo.example>  directory 1777593600: 0 1 2; "
		  "host:tide/ Tide <> https://tide.example/abuse directory 1777593600: 1 5; "
		  "nobody: 3 4" },
		{ NOTICE_HOST, true, "nobody: 0 1 2 3 4 5" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf got = { 0 };
		shares_in_words(rows[i].to, rows[i].bare ? NULL : d, &got);
		CHECK_STR(i, notice_to_name(rows[i].to), buf_str(&got), rows[i].want);
		buf_release(&got);
	}
	providers_free(d);
	check_done();
}

static void a_share_says_what_the_directory_knows_and_which_record_shows_the_address(void **state)
{
	(void)state;
	struct providers *d = directory();
	struct arena a = { 0 };
	struct party_share *share = NULL;
	size_t n = 0, *nobody = NULL, nobody_n = 0;
	struct err err = { .what = "" };

	assert_int_equal(party_share_out(NOTICE_REGISTRAR, seen, ROWS(seen), d, &a, &share, &n,
	                                 &nobody, &nobody_n, &err),
	                 0);
	const struct notice_recipient *r = &share[0].recipient;
	assert_int_equal(r->iana_id, 99001);
	assert_int_equal(r->country_n, 1);
	CHECK_SLICE(0, "country", r->country[0], SLICE("JP"));
	CHECK_SLICE(0, "terms", r->terms, SLICE("https://one.example/terms"));
	CHECK_SLICE(0, "says", r->terms_says, SLICE("No medicine that the law forbids."));
	assert_int_equal(r->demand_n, 1);
	assert_memory_equal(&r->contact.record, &seen[1].record, sizeof(r->contact.record));
	arena_release(&a);
	providers_free(d);
	check_done();
}

static void the_order_of_what_was_observed_changes_no_share(void **state)
{
	(void)state;
	struct providers *d = directory();
	struct party_seen turned[ROWS(seen)];
	struct arena a = { 0 };
	struct party_share *x = NULL, *y = NULL;
	size_t xn = 0, yn = 0, *nobody = NULL, nobody_n = 0;
	struct err err = { .what = "" };

	for (size_t i = 0; i < ROWS(seen); i++)
		turned[ROWS(seen) - 1 - i] = seen[i];
	for (enum notice_to to = NOTICE_REGISTRAR; to <= NOTICE_HOST; to++) {
		assert_int_equal(party_share_out(to, seen, ROWS(seen), d, &a, &x, &xn, &nobody,
		                                 &nobody_n, &err),
		                 0);
		assert_int_equal(party_share_out(to, turned, ROWS(seen), d, &a, &y, &yn, &nobody,
		                                 &nobody_n, &err),
		                 0);
		assert_int_equal(xn, yn);
		for (size_t i = 0; i < xn; i++) {
			CHECK_SLICE(i, "key", x[i].recipient.key, y[i].recipient.key);
			CHECK_SLICE(i, "name", x[i].recipient.name, y[i].recipient.name);
			CHECK_SLICE(i, "address", x[i].recipient.contact.address,
			            y[i].recipient.contact.address);
			CHECK_INT(i, "subjects", x[i].seen_n, y[i].seen_n);
		}
	}
	arena_release(&a);
	providers_free(d);
	check_done();
}

static void kinds_that_are_named_are_not_shared_out(void **state)
{
	(void)state;
	struct arena a = { 0 };

	for (enum notice_to to = NOTICE_SEARCH; to <= NOTICE_RIGHTS; to++) {
		struct party_share *share = NULL;
		size_t n = 5, *nobody = NULL, nobody_n = 0;
		struct err err = { .what = "" };
		CHECK_INT(to, notice_to_name(to),
		          party_share_out(to, seen, ROWS(seen), NULL, &a, &share, &n, &nobody,
		                          &nobody_n, &err),
		          ERR_USAGE);
		CHECK_INT(to, "untouched", n, 5);
	}
	arena_release(&a);
	check_done();
}

static void a_recipient_is_found_by_key_or_name_or_the_nearest_is_named(void **state)
{
	(void)state;
	struct providers *d = directory();
	static const struct {
		enum notice_to to;
		const char *in, *want; /* key, or the message */
	} rows[] = {
		{ NOTICE_SEARCH, "search:seek", "search:seek" },
		{ NOTICE_SEARCH, "SEEK", "search:seek" },
		{ NOTICE_HOST, "tide", "host:tide" },
		{ NOTICE_REGISTRAR, "one names", "registrar:99001" },
		{ NOTICE_HOST, "host:tidy",
		  "no host 'host:tidy' in the directory: the nearest is host:tide (Tide)" },
		{ NOTICE_HOST, "search:seek",
		  "no host 'search:seek' in the directory: the nearest is host:kumo (Kumo)" },
		{ NOTICE_PAYMENT, "Card",
		  "no payment 'Card': the directory of providers has none of that kind" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct notice_recipient r = { 0 };
		struct err err = { .what = "" };
		int rc = party_named(rows[i].to, slice_str(rows[i].in), d, &a, &r, &err);
		if (rc)
			CHECK_INT(i, rows[i].in, rc, ERR_NOTFOUND);
		CHECK_SLICE(i, rows[i].in, rc ? slice_str(err.what) : r.key,
		            slice_str(rows[i].want));
		arena_release(&a);
	}
	struct notice_recipient r = { 0 };
	struct err err = { .what = "" };
	CHECK_INT(0, "no directory", party_named(NOTICE_HOST, SLICE("tide"), NULL, NULL, &r, &err),
	          ERR_NOTFOUND);
	providers_free(d);
	check_done();
}

static void a_key_is_a_number_or_a_folded_name(void **state)
{
	(void)state;
	static const struct {
		enum notice_to to;
		const char *name;
		int64_t id;
		const char *want; /* "": ERR_SYNTAX */
	} rows[] = {
		{ NOTICE_REGISTRAR, "Registrar One", 99001, "registrar:99001" },
		{ NOTICE_REGISTRAR, "Registrar One", 0, "registrar:registrar one" },
		{ NOTICE_RESELLER, "Hanabi Web Services (synthetic)", 5,
		  "reseller:hanabi web services synthetic" },
		{ NOTICE_RESELLER, "ＨＡＮＡＢＩ\nWeb", 0, "reseller:hanabi web" },
		{ NOTICE_RESELLER, "--", 0, "" },
		{ NOTICE_RESELLER, "", 0, "" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct slice key = { 0 };
		struct err err = { .what = "" };
		int rc = party_key(rows[i].to, slice_str(rows[i].name), rows[i].id, &a, &key, &err);
		CHECK_INT(i, rows[i].name, rc, rows[i].want[0] ? 0 : ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].name, key, slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subjects_are_shared_out_among_those_who_hold_them),
		cmocka_unit_test(
			a_share_says_what_the_directory_knows_and_which_record_shows_the_address),
		cmocka_unit_test(the_order_of_what_was_observed_changes_no_share),
		cmocka_unit_test(kinds_that_are_named_are_not_shared_out),
		cmocka_unit_test(a_recipient_is_found_by_key_or_name_or_the_nearest_is_named),
		cmocka_unit_test(a_key_is_a_number_or_a_folded_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
