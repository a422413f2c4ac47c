/* A good notice of each kind passes; one that is bad in one thing fails that condition alone. */
#include "check.h"

#include "act/cases.h"

static struct buf basis_text, catalogue_text;
static struct basis_table *basis;
static struct catalogue *catalogue;

static int load(void **state)
{
	struct err err = { .what = "" };
	(void)state;

	if (!case_read("policy/notice/basis.tsv", &basis_text) ||
	    !case_read("policy/notice/notice.tsv", &catalogue_text) ||
	    basis_load(buf_slice(&basis_text), &basis, &err) ||
	    catalogue_parse_languages(buf_slice(&catalogue_text), "notice.tsv", &catalogue, &err)) {
		printf("# %s\n", err.what);
		return -1;
	}
	return 0;
}

static int unload(void **state)
{
	(void)state;
	basis_free(basis);
	catalogue_free(catalogue);
	buf_release(&basis_text);
	buf_release(&catalogue_text);
	return 0;
}

/* Choose its basis, as drafting does. */
static void choose(struct made_case *m)
{
	assert_int_equal(basis_choose(basis, &m->n, &m->a, NULL), 0);
}

/* "reach pills-0.example; harm" */
static void failures_of(const struct made_case *m, const struct check_writing *w, struct buf *out)
{
	struct check_terms terms = case_terms();
	struct check_failure *list;
	struct arena a = { 0 };
	size_t n = 0;

	assert_int_equal(notice_check(&m->n, &terms, w, &a, &list, &n, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s%s%s%.*s", i ? "; " : "", notice_condition_name(list[i].condition),
		           list[i].subject.n ? " " : "", SLICE_ARG(list[i].subject));
		assert_true(list[i].why.n > 10 && list[i].todo.n > 3);
	}
	arena_release(&a);
}

/* Check it as a draft; wanted "" is none. */
static void expect_failures(size_t row, struct made_case *m, const char *wanted)
{
	const struct check_writing nothing = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	struct buf got = { 0 };

	failures_of(m, &nothing, &got);
	CHECK_SLICE(row, wanted, buf_slice(&got), slice_str(wanted));
	buf_release(&got);
}

static void a_good_notice_of_each_kind_passes_written(void **state)
{
	static const char *const languages[] = { "en", "ja" };
	size_t good = 0;
	(void)state;

	for (int p = 0; p < NOTICE_PURPOSES; p++)
		for (int x = 0; x < NOTICE_MATTERS; x++)
			for (int t = 0; t < NOTICE_TOS; t++)
				for (size_t l = 0; l < 2; l++) {
					struct made_case m;
					struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
					struct err err = { .what = "" };
					struct buf got = { 0 };
					char row[80];
					if (!case_is_good((enum notice_purpose)p,
					                  (enum notice_matter)x, (enum notice_to)t))
						continue;
					case_make(&m, (enum notice_purpose)p, (enum notice_matter)x,
					          (enum notice_to)t, languages[l], 3);
					choose(&m);
					snprintf(row, sizeof(row), "%s %s %s %s",
					         notice_purpose_name(m.n.purpose),
					         notice_matter_name(m.n.matter),
					         notice_to_name(m.n.recipient.to), languages[l]);
					CHECK_INT(good, row, case_write(&m, catalogue, &w, &err), 0);
					struct check_writing written = case_writing(&w);
					failures_of(&m, &written, &got);
					CHECK_SLICE(good, row, buf_slice(&got), SLICE(""));
					buf_release(&got);
					case_writing_release(&w);
					arena_release(&m.a);
					good++;
				}
	assert_true(good >= 60);
	check_done();
}

/* ---- one thing wrong ---- */

static struct made_case one;

static void to_registrar(void)
{
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 2);
}

static void to_host(enum notice_matter matter)
{
	case_make(&one, PURPOSE_REQUEST, matter, NOTICE_HOST, "en", 2);
}

/* After a change: choose anew, check, release. */
static void fails(size_t row, const char *wanted)
{
	choose(&one);
	expect_failures(row, &one, wanted);
	arena_release(&one.a);
}

/* The same with the basis as it was chosen before the change. */
static void fails_as_it_is(size_t row, const char *wanted)
{
	expect_failures(row, &one, wanted);
	arena_release(&one.a);
}

static void whose_it_is(void **state)
{
	(void)state;
	to_registrar();
	one.subject[1].registration.registrar_id = 99002;
	fails(1, "ours pills-1.example");
	to_registrar();
	one.subject[1].registration.registrar_id = 0;
	one.subject[1].registration.registrar = SLICE("Registrar Two (synthetic)");
	fails(2, "ours pills-1.example");
	to_registrar();
	one.subject[0].registration.at = CASE_NOW - 8 * DAY;
	fails(3, "ours pills-0.example");
	to_registrar();
	one.subject[0].registration.at = NOTICE_NEVER;
	fails(4, "ours pills-0.example");
	to_registrar();
	one.subject[0].subject.kind = SUBJECT_HOST;
	fails(5, "ours pills-0.example");
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_RESELLER, "en", 1);
	one.subject[0].registration.reseller = SLICE("Somebody Else");
	fails(6, "ours pills-0.example");
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRY, "en", 1);
	one.n.recipient.tld = SLICE("test");
	fails(7, "ours pills-0.example");
	to_host(MATTER_ROGUE);
	one.subject[1].ip_n = 0;
	fails(8, "ours pills-1.example");
	to_host(MATTER_ROGUE);
	one.subject[1].ip_at = CASE_NOW - 8 * DAY;
	fails(9, "ours pills-1.example");
	check_done();
}

static void what_was_seen(void **state)
{
	(void)state;
	to_registrar();
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		one.capture[k].profile = NULL;
	fails(1, "reproducible pills-0.example");
	to_registrar();
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		one.capture[k].expect = SLICE("");
	fails(2, "reproducible pills-0.example");
	to_registrar();
	one.subject[1].capture_n = 1;
	fails(3, "two_captures pills-1.example");
	to_registrar();
	one.subject[1].capture_n = 2;
	one.capture[CASE_CAPTURES + 1].vantage = SLICE("jp-desktop");
	one.capture[CASE_CAPTURES + 1].at = one.capture[CASE_CAPTURES].at - 3599;
	fails(4, "two_captures pills-1.example");
	to_registrar();
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		one.capture[k].at -= 14 * DAY;
	fails(5, "fresh pills-0.example");
	to_registrar();
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		one.capture[k].at += 14 * DAY;
	fails(6, "fresh pills-0.example");
	check_done();
}

static void by_what_right(void **state)
{
	static struct notice_basis_row raa = { BASIS_CONTRACT, TEXT("RAA 2013, 3.18.1"), TEXT("x") };
	static struct notice_basis_row dns = { BASIS_CONTRACT,
		                               TEXT("RAA 2013 as amended 5 April 2024, 3.18.2"),
		                               TEXT("acts on evidence") };
	static struct notice_basis_row designated = { BASIS_MANDATE,
		                                      TEXT("RAA 2013 as amended 5 April 2024, 3.18.3"),
		                                      TEXT("reviewed within 24 hours") };
	(void)state;

	/* A generic name beside one of a country: no clause is for both. */
	to_registrar();
	one.subject[1].subject.key = SLICE("kusuri.jp");
	fails(1, "clause");
	to_registrar();
	one.subject[1].subject.key = SLICE("kusuri.jp");
	one.n.law = &raa;
	one.n.law_n = 1;
	fails_as_it_is(2, "clause kusuri.jp");
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_RESELLER, "en", 1);
	one.n.law = &raa;
	one.n.law_n = 1;
	fails_as_it_is(3, "clause");
	to_registrar();
	one.n.law_n = 0;
	fails_as_it_is(4, "clause");
	to_registrar();
	one.n.law = &dns;
	one.n.law_n = 1;
	fails_as_it_is(5, "no_dns_abuse");
	to_registrar();
	one.n.harm = SLICE("This is DNS abuse.");
	fails(6, "no_dns_abuse");
	to_registrar();
	one.n.harm = SLICE(" ");
	fails(7, "harm");

	/* 3.18.3 */
	to_registrar();
	one.n.law = &designated;
	one.n.law_n = 1;
	fails_as_it_is(8, "mandate");
	to_registrar();
	case_mandate(&one);
	one.country[0] = SLICE("US");
	one.n.law = &designated;
	one.n.law_n = 1;
	fails_as_it_is(9, "mandate");
	to_registrar();
	case_mandate(&one);
	one.mandate.designated = false;
	one.n.law = &designated;
	one.n.law_n = 1;
	fails_as_it_is(10, "mandate");
	to_registrar();
	case_mandate(&one);
	one.mandate.until = CASE_NOW;
	fails(11, "mandate");
	to_registrar();
	case_mandate(&one);
	one.mandate.record = (struct sha256){ { 0 } };
	fails(12, "mandate");
	check_done();
}

static void what_is_asked_of_whom(void **state)
{
	(void)state;
	to_registrar();
	one.n.action = NOTICE_REMOVE_CONTENT;
	fails(1, "action");
	to_host(MATTER_ROGUE);
	one.n.action = NOTICE_SUSPEND;
	fails(2, "action");
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_AUTHORITY, "en", 1);
	one.n.action = NOTICE_SUSPEND;
	fails(3, "action");
	case_make(&one, PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	one.n.action = NOTICE_SUSPEND;
	fails(4, "action");
	case_make(&one, PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_PAYMENT, "en", 1);
	fails(5, "action");
	case_make(&one, PURPOSE_REQUEST, MATTER_STATEMENT, NOTICE_SEARCH, "en", 1);
	fails(6, "action");
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_RIGHTS, "en", 1);
	fails(7, "action");
	check_done();
}

static void the_address(void **state)
{
	(void)state;
	to_registrar();
	one.n.recipient.contact.address = SLICE("");
	fails(1, "contact");
	to_registrar();
	one.n.recipient.contact.address = SLICE("abuse at registrar");
	fails(2, "contact");
	to_registrar();
	one.n.recipient.contact.at = CASE_NOW - 8 * DAY;
	fails(3, "contact");
	to_registrar();
	one.n.recipient.contact.record = (struct sha256){ { 0 } };
	fails(4, "contact");
	to_registrar();
	one.n.recipient.contact.address = SLICE("abuse@mail.pills-1.example");
	fails(5, "contact pills-1.example");
	to_host(MATTER_ROGUE);
	one.n.recipient.contact.at = CASE_NOW - 181 * DAY;
	fails(6, "contact");
	to_host(MATTER_ROGUE);
	one.n.recipient.contact.address = one.n.sender_mail;
	fails(7, "contact");
	to_host(MATTER_ROGUE);
	one.n.recipient.contact.address = SLICE("");
	one.n.recipient.contact.form = SLICE("https://host.test/abuse");
	fails(8, "");
	/* What is withdrawn is withdrawn where it was asked, however long ago. */
	case_make(&one, PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	one.n.recipient.contact.at = CASE_NOW - 300 * DAY;
	fails(9, "");
	check_done();
}

static void decided_by_people(void **state)
{
	(void)state;
	to_registrar();
	one.subject[1].decision = (struct sha256){ { 0 } };
	fails(1, "decided pills-1.example");
	to_registrar();
	one.subject[1].entry = -1;
	fails(2, "decided pills-1.example");
	to_registrar();
	one.subject[1].registration.created = CASE_NOW - 3 * DAY;
	fails(3, "decided pills-1.example");
	to_host(MATTER_UNAPPROVED);
	one.subject[1].class = SLICE("unverified");
	fails(4, "decided pills-1.example");
	to_host(MATTER_COMPROMISED);
	one.subject[1].verdict = (struct sha256){ { 0 } };
	fails(5, "decided pills-1.example");
	check_done();
}

static void reach_follows_ground(void **state)
{
	(void)state;
	/* One destination's law, whatever the mandate. */
	to_registrar();
	case_mandate(&one);
	for (size_t k = 0; k < CASE_FINDINGS; k++)
		one.finding[CASE_FINDINGS + k].global = false;
	fails(1, "reach pills-1.example");
	to_registrar();
	for (size_t k = 0; k < CASE_FINDINGS; k++)
		one.finding[k].severity = SLICE("unapproved");
	fails(2, "reach pills-0.example");
	to_registrar();
	one.subject[1].class = SLICE("unapproved");
	fails(3, "reach pills-1.example");
	static const enum notice_to wide[] = { NOTICE_REGISTRAR, NOTICE_RESELLER, NOTICE_REGISTRY };
	for (size_t i = 0; i < ROWS(wide); i++) {
		case_make(&one, PURPOSE_REQUEST, MATTER_UNAPPROVED, wide[i], "en", 1);
		case_mandate(&one);
		fails(4 + i, "reach pills-0.example");
	}
	/* A host takes pages away for everybody. */
	to_host(MATTER_UNAPPROVED);
	one.country[0] = SLICE("US");
	fails(7, "reach pills-0.example; reach pills-1.example");
	to_host(MATTER_UNAPPROVED);
	one.country[0] = SLICE("US");
	one.n.action = NOTICE_NONE;
	fails(8, "");

	to_registrar();
	one.subject[0].foreign_legal = true;
	fails(9, "foreign_legal pills-0.example");
	to_host(MATTER_UNAPPROVED);
	one.subject[0].ground = SLICE("foreign_legal");
	fails(10, "foreign_legal pills-0.example");
	case_make(&one, PURPOSE_REQUEST, MATTER_UNAPPROVED, NOTICE_SEARCH, "en", 1);
	one.subject[0].foreign_legal = true;
	fails(11, "");
	check_done();
}

static void the_innocent(void **state)
{
	(void)state;
	to_registrar();
	one.subject[1].abused = true;
	fails(1, "innocent pills-1.example");
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_SEARCH, "en", 1);
	one.subject[0].legitimate = true;
	fails(2, "innocent pills-0.example");
	case_make(&one, PURPOSE_REQUEST, MATTER_COMPROMISED, NOTICE_REGISTRAR, "en", 1);
	one.n.action = NOTICE_NONE;
	fails(3, "innocent pills-0.example");
	case_make(&one, PURPOSE_REQUEST, MATTER_COMPROMISED, NOTICE_SEARCH, "en", 1);
	fails(4, "innocent pills-0.example");
	to_host(MATTER_COMPROMISED);
	one.subject[1].abused = false;
	fails(5, "innocent pills-1.example");
	/* A pharmacy whose site was broken into is told so. */
	to_host(MATTER_COMPROMISED);
	one.subject[1].legitimate = true;
	fails(6, "");

	to_registrar();
	one.subject[0].platform = true;
	one.subject[0].collateral = SLICE("It has tenants.");
	fails(7, "collateral pills-0.example");
	to_registrar();
	one.subject[0].tenants = 4;
	fails(8, "collateral pills-0.example");
	to_registrar();
	one.subject[0].tenants = 4;
	one.subject[0].collateral = SLICE("All four are of the same network.");
	fails(9, "");
	case_make(&one, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_SEARCH, "en", 1);
	one.subject[0].popular = true;
	fails(10, "collateral pills-0.example");
	check_done();
}

static void a_proven_operator(void **state)
{
	(void)state;
	to_registrar();
	one.subject[1].registration.verified = true;
	fails(1, "verified pills-1.example"); /* a lock */
	to_registrar();
	one.subject[1].registration.verified = true;
	one.n.action = NOTICE_SUSPEND;
	fails(2, ""); /* two rules */
	to_registrar();
	one.subject[1].registration.verified = true;
	one.n.action = NOTICE_SUSPEND;
	one.finding[CASE_FINDINGS + 1].global = false;
	fails(3, "verified pills-1.example");
	to_registrar();
	one.subject[1].registration.verified = true;
	one.n.action = NOTICE_SUSPEND;
	one.finding[CASE_FINDINGS + 1].rule = one.finding[CASE_FINDINGS].rule; /* the same rule twice */
	fails(4, "verified pills-1.example");
	to_registrar();
	case_mandate(&one);
	one.subject[1].registration.verified = true;
	one.n.action = NOTICE_SUSPEND;
	one.finding[CASE_FINDINGS + 1].global = false;
	fails(5, "");
	check_done();
}

static void a_stolen_identity(void **state)
{
	(void)state;
	case_make(&one, PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_REGISTRAR, "en", 1);
	one.subject[0].registration.suspected_victim = false;
	fails(1, "victim pills-0.example");
	case_make(&one, PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_REGISTRAR, "en", 1);
	one.subject[0].capture_n = 1;
	fails(2, "victim pills-0.example");
	static const struct slice statement[] = { TEXT("It was not me.") };
	case_make(&one, PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_REGISTRAR, "en", 1);
	one.n.statement = statement;
	one.n.statement_n = 1;
	fails(3, "victim");
	struct check_writing shows = { { NULL, 0 },
		                       { NULL, 0 },
		                       TEXT("{\"addresses\":[],\"registrant\":\"x\","
		                            "\"reference\":\"N-0123456789abcdef\"}\n"),
		                       { NULL, 0 } };
	struct buf got = { 0 };
	case_make(&one, PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_REGISTRAR, "en", 1);
	choose(&one);
	failures_of(&one, &shows, &got);
	CHECK_INT(4, buf_str(&got), slice_starts(buf_slice(&got), SLICE("victim; form")), true);
	buf_release(&got);
	arena_release(&one.a);
	check_done();
}

static void nothing_personal(void **state)
{
	(void)state;
	to_registrar();
	one.quote[0].quote = SLICE("write to takeshi.yamada@pills-0.example");
	fails(1, "private pills-0.example");
	to_registrar();
	one.quote[0].quote = SLICE("write to info@pills-0.example");
	fails(2, "");
	to_registrar();
	one.capture[0].expect = SLICE("Tel: 03-1234-5678");
	fails(3, "private pills-0.example");
	to_registrar();
	one.n.harm = SLICE("Mr. Taro Yamada sells medicine.");
	fails(4, "private");
	to_registrar();
	one.subject[1].collateral = SLICE("Call +81 3 1234 5678");
	fails(5, "private pills-1.example");
	/* In what was written, wherever it came from. */
	struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
	struct buf got = { 0 };
	to_registrar();
	choose(&one);
	assert_int_equal(case_write(&one, catalogue, &w, NULL), 0);
	buf_puts(&w.letter, "\nPlease call Tel: 03-1234-5678.\n");
	struct check_writing written = case_writing(&w);
	failures_of(&one, &written, &got);
	CHECK_SLICE(6, "letter", buf_slice(&got), SLICE("private"));
	buf_release(&got);
	case_writing_release(&w);
	arena_release(&one.a);
	check_done();
}

static void who_writes_and_pays(void **state)
{
	(void)state;
	struct slice *const needed[] = { &one.n.sender, &one.n.sender_mail, &one.n.sponsor,
		                         &one.n.appeal_address, &one.n.verify };

	for (size_t i = 0; i < ROWS(needed); i++) {
		to_registrar();
		*needed[i] = SLICE("");
		fails(i, "accountable");
	}
	to_registrar();
	case_mandate(&one);
	one.n.on_behalf = SLICE("");
	fails(10, "accountable");
	case_make(&one, PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	one.n.retracts_reason = SLICE("");
	fails(11, "accountable");
	case_make(&one, PURPOSE_ARRIVED, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	one.n.past_n = 0;
	fails(12, "accountable");
	check_done();
}

static void unapproved_is_no_fraud(void **state)
{
	(void)state;
	to_host(MATTER_UNAPPROVED);
	one.n.harm = SLICE("This fraud harms buyers.");
	fails(1, "no_fraud");
	to_host(MATTER_UNAPPROVED);
	one.n.harm = SLICE("詐欺サイトです。");
	fails(2, "no_fraud");
	to_registrar();
	one.n.harm = SLICE("A fraud on buyers.");
	fails(3, "");
	struct check_writing written = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 },
		                         TEXT("{\"bundle\":\"N-0123456789abcdef\",\"type\":\"fraud\"}\n") };
	struct buf got = { 0 };
	to_host(MATTER_UNAPPROVED);
	choose(&one);
	failures_of(&one, &written, &got);
	CHECK_INT(4, buf_str(&got), slice_starts(buf_slice(&got), SLICE("no_fraud; form")), true);
	buf_release(&got);
	arena_release(&one.a);
	check_done();
}

static void a_host_in_the_eu(void **state)
{
	static struct notice_basis_row own = { BASIS_VOLUNTARY, TEXT("no law"), TEXT("asked") };
	(void)state;

	to_host(MATTER_ROGUE);
	one.country[0] = SLICE("DE");
	fails(1, "");
	to_host(MATTER_ROGUE);
	one.country[0] = SLICE("DE");
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		one.capture[k].url = SLICE("pills-0.example/viagra/");
	fails(2, "eu_host pills-0.example");
	to_host(MATTER_ROGUE);
	one.country[0] = SLICE("DE");
	for (size_t k = 0; k < CASE_FINDINGS; k++)
		one.finding[k].text = SLICE("");
	fails(3, "eu_host pills-0.example");
	to_host(MATTER_ROGUE);
	one.country[0] = SLICE("DE");
	one.n.law = &own;
	one.n.law_n = 1;
	fails_as_it_is(4, "eu_host");
	check_done();
}

static void what_was_written(void **state)
{
	static const struct {
		const char *what;
		size_t part; /* 0 subject line, 1 letter, 2 annex, 3 XARF */
		const char *instead;
	} rows[] = {
		{ "no reference", 0, "about some names" },
		{ "two lines", 0, "N-0123456789abcdef\nBcc: x" },
		{ "no letter", 1, "" },
		{ "a wide line", 1,
		  "1. pills-0.example RAA 2013 as amended 5 April 2024, 3.18.1\n"
		  "........................................................................x\n" },
		{ "no clause in ten lines", 1,
		  "pills-0.example\n1\n2\n3\n4\n5\n6\n7\n8\n9\nRAA 2013 as amended 5 April 2024\n" },
		{ "no subject", 1, "RAA 2013 as amended 5 April 2024, 3.18.1\n" },
		{ "no UTF-8", 1, "pills-0.example RAA 2013 as amended 5 April 2024 \xff\n" },
		{ "a bare list", 2, "" },
		{ "another notice's annex", 2, "{\"reference\":\"N-0000000000000000\"}\n" },
		{ "an annex of one", 2,
		  "{\"annex\":[{\"addresses\":[]}],\"reference\":\"N-0123456789abcdef\"}\n" },
		{ "no JSON", 3, "reference N-0123456789abcdef" },
	};
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
		struct buf got = { 0 };
		to_registrar();
		choose(&one);
		assert_int_equal(case_write(&one, catalogue, &w, NULL), 0);
		struct buf *parts[] = { &w.mail_subject, &w.letter, &w.annex, &w.xarf };
		buf_clear(parts[rows[i].part]);
		buf_puts(parts[rows[i].part], rows[i].instead);
		struct check_writing written = case_writing(&w);
		failures_of(&one, &written, &got);
		CHECK_INT(i, rows[i].what, slice_starts(buf_slice(&got), SLICE("form")), true);
		CHECK_INT(i, rows[i].what, strstr(buf_str(&got), "private") != NULL, false);
		buf_release(&got);
		case_writing_release(&w);
		arena_release(&one.a);
	}
	check_done();
}

/* Of what asks for nothing, only what concerns it is asked. */
static void a_retraction_needs_little(void **state)
{
	(void)state;
	case_make(&one, PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	one.n.harm = SLICE("");
	one.subject[0].legitimate = true;
	one.subject[0].capture_n = one.subject[0].finding_n = 0;
	one.subject[0].registration.at = NOTICE_NEVER;
	one.subject[0].class = SLICE("legitimate");
	fails(1, "");
	case_make(&one, PURPOSE_DEPARTED, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	one.subject[0].registration.registrar_id = 99004;
	fails(2, "");
	check_done();
}

static void every_condition_has_its_words(void **state)
{
	(void)state;
	for (int i = 0; i < CHECK_CONDITIONS; i++) {
		assert_non_null(notice_condition_name((enum notice_condition)i));
		assert_true(strlen(notice_condition_says((enum notice_condition)i)) > 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_notice_of_each_kind_passes_written),
		cmocka_unit_test(whose_it_is),
		cmocka_unit_test(what_was_seen),
		cmocka_unit_test(by_what_right),
		cmocka_unit_test(what_is_asked_of_whom),
		cmocka_unit_test(the_address),
		cmocka_unit_test(decided_by_people),
		cmocka_unit_test(reach_follows_ground),
		cmocka_unit_test(the_innocent),
		cmocka_unit_test(a_proven_operator),
		cmocka_unit_test(a_stolen_identity),
		cmocka_unit_test(nothing_personal),
		cmocka_unit_test(who_writes_and_pays),
		cmocka_unit_test(unapproved_is_no_fraud),
		cmocka_unit_test(a_host_in_the_eu),
		cmocka_unit_test(what_was_written),
		cmocka_unit_test(a_retraction_needs_little),
		cmocka_unit_test(every_condition_has_its_words),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
