/* By what a recipient is bound, over the shipped table. */
#include "check.h"

#include "act/cases.h"

static struct buf text;
static struct basis_table *table;

static int load(void **state)
{
	struct err err = { .what = "" };
	(void)state;

	if (!case_read("policy/notice/basis.tsv", &text) || basis_load(buf_slice(&text), &table, &err)) {
		printf("# %s\n", err.what);
		return -1;
	}
	return 0;
}

static int unload(void **state)
{
	(void)state;
	basis_free(table);
	buf_release(&text);
	return 0;
}

static void which_names_are_generic(void **state)
{
	static const struct {
		const char *tld;
		bool generic;
	} rows[] = {
		{ "com", true },       { "example", true }, { "pharmacy", true }, { "xn--fjq720a", true },
		{ "jp", false },       { "de", false },     { "eu", false },      { "xn--p1ai", false },
		{ "XN--P1AI", false }, { "gov", false },    { "edu", false },     { "xn--fiqs8s", false },
		{ "", false },
	};
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].tld, basis_is_generic(table, slice_str(rows[i].tld)),
		          rows[i].generic);
	assert_true(basis_is_eu(SLICE("DE")) && basis_is_eu(SLICE("HR")));
	assert_false(basis_is_eu(SLICE("GB")) || basis_is_eu(SLICE("CH")) || basis_is_eu(SLICE("")));
	check_done();
}

static struct made_case one;

/* "mandate 3.18.3; contract 3.18.1": basis, and the last 6 bytes of each citation. */
static void chosen(size_t row, const char *what, const char *wanted)
{
	struct buf got = { 0 };

	assert_int_equal(basis_choose(table, &one.n, &one.a, NULL), 0);
	for (size_t i = 0; i < one.n.law_n; i++) {
		struct slice cite = one.n.law[i].cite;
		buf_printf(&got, "%s%s %.*s", i ? "; " : "", notice_basis_name(one.n.law[i].basis),
		           SLICE_ARG(slice_sub(cite, cite.n > 6 ? cite.n - 6 : 0, cite.n)));
		CHECK_INT(row, what, one.n.law[i].says.n > 10, true);
	}
	CHECK_SLICE(row, what, buf_slice(&got), slice_str(wanted));
	buf_release(&got);
	arena_release(&one.a);
}

static void make(enum notice_matter matter, enum notice_to to)
{
	case_make(&one, PURPOSE_REQUEST, matter, to, "en", 2);
}

static void a_registrar(void **state)
{
	(void)state;
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	chosen(1, "generic", "contract 3.18.1");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	case_mandate(&one);
	chosen(2, "on a mandate, with an office", "mandate 3.18.3; contract 3.18.1");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	case_mandate(&one);
	one.country[0] = SLICE("US");
	chosen(3, "without an office there", "contract 3.18.1");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	case_mandate(&one);
	one.n.recipient.country_n = 0;
	chosen(4, "nobody knows its offices", "contract 3.18.1");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	case_mandate(&one);
	one.mandate.designated = false;
	chosen(5, "an issuer that is not designated", "contract 3.18.1");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	case_mandate(&one);
	one.mandate.until = CASE_NOW;
	chosen(6, "a mandate that has ended", "contract 3.18.1");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	case_mandate(&one);
	one.mandate.clause_n = 0;
	chosen(7, "a mandate for other clauses", "contract 3.18.1");
	make(MATTER_REGISTRATION, NOTICE_REGISTRAR);
	chosen(8, "a stolen registration", "contract  3.7.8; contract 3.18.1");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	one.n.recipient.terms = SLICE("https://registrar.test/terms");
	one.n.recipient.terms_says = SLICE("no unlawful medicine is sold under names of ours");
	chosen(9, "own terms beside", "contract 3.18.1; contract /terms");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	one.n.at = INT64_C(1700000000);
	chosen(10, "before the rules of 2024", "");
	check_done();
}

static void names_of_countries(void **state)
{
	(void)state;
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	case_mandate(&one);
	one.subject[0].subject.key = SLICE("kusuri.jp");
	one.subject[1].subject.key = SLICE("xn--80a.xn--p1ai");
	chosen(1, "no clause of ICANN's", "voluntary e name");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	one.subject[0].subject.key = SLICE("kusuri.jp");
	chosen(2, "beside a generic one: none for both", "");
	make(MATTER_ROGUE, NOTICE_REGISTRAR);
	one.subject[0].subject.key = one.subject[1].subject.key = SLICE("kusuri.jp");
	one.n.recipient.terms = SLICE("https://registrar.test/terms");
	one.n.recipient.terms_says = SLICE("no unlawful medicine is sold under names of ours");
	chosen(3, "its own terms", "contract /terms");
	check_done();
}

static void others(void **state)
{
	(void)state;
	make(MATTER_ROGUE, NOTICE_HOST);
	chosen(1, "a host outside the EU", "voluntary s host");
	make(MATTER_ROGUE, NOTICE_HOST);
	one.country[0] = SLICE("NL");
	chosen(2, "a host in the EU", "law rt. 16");
	make(MATTER_ROGUE, NOTICE_HOST);
	one.country[0] = SLICE("GB");
	chosen(3, "Great Britain left", "voluntary s host");
	make(MATTER_UNAPPROVED, NOTICE_ADVERTISING);
	chosen(4, "advertising in Japan", "law rt. 68");
	make(MATTER_UNAPPROVED, NOTICE_ADVERTISING);
	one.country[0] = SLICE("US");
	chosen(5, "advertising elsewhere", "voluntary ervice");
	make(MATTER_ROGUE, NOTICE_AUTHORITY);
	chosen(6, "an authority of the destination", "law  49(1); law  24(1); law rt. 68");
	make(MATTER_ROGUE, NOTICE_AUTHORITY);
	one.country[0] = SLICE("US");
	chosen(7, "another authority", "voluntary mation");
	make(MATTER_ROGUE, NOTICE_RESELLER);
	case_mandate(&one);
	chosen(8, "a reseller is no registrar", "voluntary itself");
	make(MATTER_COMPROMISED, NOTICE_OWNER);
	chosen(9, "an owner", "voluntary e site");
	case_make(&one, PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	chosen(10, "a retraction asks for nothing", "");
	check_done();
}

/* 3.18.2 is DNS abuse. */
static void no_clause_is_about_dns_abuse(void **state)
{
	struct slice rest = buf_slice(&text), line;
	size_t clauses = 0;
	(void)state;

	while (slice_cut(&rest, '\n', &line)) {
		struct slice part = { NULL, 0 };
		if (!slice_starts(line, SLICE("clause\t")))
			continue;
		for (int i = 0; i < 7; i++) {
			slice_cut(&line, '\t', &part);
			assert_int_equal(slice_find_slice(part, SLICE("3.18.2")), part.n);
		}
		clauses++;
	}
	assert_true(clauses > 10);
}

static void a_bad_table_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *table, *what;
	} rows[] = {
		{ "", "basis.tsv: no clause" },
		{ "# only this\n", "basis.tsv: no clause" },
		{ "row\tx\n", "basis.tsv:1: no kind of row" },
		{ "tld\txn--p1ai\n", "basis.tsv:1: no label and reason" },
		{ "clause\ta\tregistrar\tcontract\t\tc\ts\t\t\n", "basis.tsv:1: not nine fields" },
		{ "clause\ta\tregistrar\tcontract\t\tc\ts\t\t\tsource\tmore\n",
		  "basis.tsv:1: not nine fields" },
		{ "#\nclause\ta\tnobody\tcontract\t\tc\ts\t\t\tsource\n", "basis.tsv:2: no recipient" },
		{ "clause\ta\t\tcontract\t\tc\ts\t\t\tsource\n", "basis.tsv:1: no recipient" },
		{ "clause\ta\tregistrar\tduty\t\tc\ts\t\t\tsource\n", "basis.tsv:1: no basis" },
		{ "clause\ta\tregistrar\tlaw\tsometimes\tc\ts\t\t\tsource\n", "basis.tsv:1: no need" },
		{ "clause\ta\tregistrar\tlaw\tin\tc\ts\t\t\tsource\n", "basis.tsv:1: no need" },
		{ "clause\ta\tregistrar\tlaw\teu DE\tc\ts\t\t\tsource\n", "basis.tsv:1: no need" },
		{ "clause\ta\tregistrar\tlaw\tmatter x\tc\ts\t\t\tsource\n", "basis.tsv:1: no matter" },
		{ "clause\ta\tregistrar\tlaw\teu;eu;eu;eu;eu\tc\ts\t\t\tsource\n",
		  "basis.tsv:1: too many needs" },
		{ "clause\ta\tregistrar\tlaw\t\t\ts\t\t\tsource\n", "basis.tsv:1: no text to cite" },
		{ "clause\ta\tregistrar\tlaw\t\tc\ts\tyesterday\t\tsource\n", "basis.tsv:1: no date" },
	};
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct basis_table *t = NULL;
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].table, basis_load(slice_str(rows[i].table), &t, &err), ERR_SYNTAX);
		CHECK_INT(i, err.what, strncmp(err.what, rows[i].what, strlen(rows[i].what)), 0);
		assert_null(t);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_names_are_generic),
		cmocka_unit_test(a_registrar),
		cmocka_unit_test(names_of_countries),
		cmocka_unit_test(others),
		cmocka_unit_test(no_clause_is_about_dns_abuse),
		cmocka_unit_test(a_bad_table_is_refused_with_its_line),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
