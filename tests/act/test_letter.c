/* Letters against tests/golden/notice/NAME.txt, which people have read, and what each must say. A changed
 * letter is written over its golden file where ASSAY_WRITE_GOLDEN is set, to be read again. */
#include "check.h"

#include "act/arf.h"
#include "act/cases.h"
#include "wire/json.h"

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

static void write_case(struct made_case *m, struct made_writing *w)
{
	struct err err = { .what = "" };

	assert_int_equal(basis_choose(basis, &m->n, &m->a, NULL), 0);
	if (case_write(m, catalogue, w, &err))
		fail_msg("%s", err.what);
}

static bool has(const struct buf *b, const char *words)
{
	return strstr(buf_str(b), words) != NULL;
}

static void compare(const char *name, const struct made_writing *w)
{
	const char *root = getenv("ASSAY_SOURCE");
	struct buf got = { 0 }, want = { 0 };
	char path[4096];

	buf_printf(&got, "%s\n\n", buf_str(&w->mail_subject));
	buf_put(&got, buf_slice(&w->letter));
	snprintf(path, sizeof(path), "tests/golden/notice/%s.txt", name);
	if (getenv("ASSAY_WRITE_GOLDEN")) {
		char whole[4096];
		snprintf(whole, sizeof(whole), "%s/%.3000s", root ? root : ".", path);
		FILE *f = fopen(whole, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(got.p, 1, got.n, f), got.n);
		assert_int_equal(fclose(f), 0);
	}
	assert_true(case_read(path, &want));
	assert_string_equal(buf_str(&got), buf_str(&want));
	buf_release(&got);
	buf_release(&want);
}

static void letters_are_those_that_were_read(void **state)
{
	static const struct {
		const char *name;
		enum notice_purpose purpose;
		enum notice_matter matter;
		enum notice_to to;
		const char *language;
		bool mandate;
	} rows[] = {
		{ "registrar-mandate.en", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, "en", true },
		{ "registrar-mandate.ja", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, "ja", true },
		{ "reseller-arrived.en", PURPOSE_ARRIVED, MATTER_ROGUE, NOTICE_RESELLER, "en", false },
		{ "host-unapproved.ja", PURPOSE_REQUEST, MATTER_UNAPPROVED, NOTICE_HOST, "ja", false },
		{ "registrar-retraction.en", PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_REGISTRAR, "en",
		  false },
		{ "registrar-stolen.en", PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_REGISTRAR, "en",
		  false },
		{ "owner-compromised.ja", PURPOSE_REQUEST, MATTER_COMPROMISED, NOTICE_OWNER, "ja", false },
		{ "rights-statement.en", PURPOSE_REQUEST, MATTER_STATEMENT, NOTICE_RIGHTS, "en", false },
	};
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
		struct made_case m;
		case_make(&m, rows[i].purpose, rows[i].matter, rows[i].to, rows[i].language, 2);
		if (rows[i].mandate)
			case_mandate(&m);
		write_case(&m, &w);
		compare(rows[i].name, &w);
		case_writing_release(&w);
		arena_release(&m.a);
	}
}

static void a_registrar_without_an_office_gets_the_ordinary_form(void **state)
{
	struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
	struct made_case m;
	(void)state;

	case_make(&m, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 1);
	case_mandate(&m);
	m.country[0] = SLICE("US");
	write_case(&m, &w);
	assert_true(has(&w.letter, "3. Clause: RAA 2013 as amended 5 April 2024, 3.18.1 (contract)."));
	assert_true(has(&w.letter, "No office of yours in JP is known to us."));
	assert_false(has(&w.letter, "designated by the government"));
	assert_true(has(&w.letter, "it is not itself an authority"));
	case_writing_release(&w);
	arena_release(&m.a);
}

/* However long the texts, the opening is ten lines. */
static void the_opening_is_ten_lines_at_most(void **state)
{
	struct made_case m;
	(void)state;

	for (int t = 0; t < NOTICE_TOS; t++)
		for (int ja = 0; ja < 2; ja++) {
			struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
			size_t lines = 0;
			if (t == NOTICE_OWNER || t == NOTICE_RIGHTS)
				continue;
			case_make(&m, PURPOSE_REQUEST, MATTER_ROGUE, (enum notice_to)t, ja ? "ja" : "en", 3);
			m.n.harm = SLICE("Buyers take medicine that no physician has seen, and nobody knows "
			                 "what is in it, and this sentence goes on and on until it has "
			                 "filled rather more than two lines of the letter, and then some.");
			m.n.recipient.name =
				t == NOTICE_REGISTRAR
					? m.n.recipient.name
					: SLICE("A Company With A Very Long Name Indeed (synthetic) "
			                        "International Holdings Limited Liability Partnership");
			for (size_t k = 0; k < CASE_CAPTURES; k++) {
				m.capture[k].url = SLICE("https://pills-0.example/a/very/long/path/to/a/page"
				                         "/of/a/shop/that/nobody/can/type?with=a&query=too");
				m.capture[k].expect = SLICE("処方箋は不要です。処方箋は不要です。"
				                            "処方箋は不要です。処方箋は不要です。");
			}
			write_case(&m, &w);
			struct slice rest = buf_slice(&w.letter), line;
			while (slice_cut(&rest, '\n', &line) && line.n)
				lines++;
			CHECK_INT(t, buf_str(&w.letter), lines <= 10 && lines >= 5, true);
			CHECK_INT(t, buf_str(&w.letter), has(&w.letter, "\n5. "), true);
			case_writing_release(&w);
			arena_release(&m.a);
		}
	check_done();
}

/* Of many names each rule is told once, and no name is bare. */
static void a_long_letter_is_no_bare_list(void **state)
{
	struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
	struct made_case m;
	size_t told = 0;
	(void)state;

	case_make(&m, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, "en", 60);
	write_case(&m, &w);
	for (const char *p = buf_str(&w.letter); (p = strstr(p, "Offers prescription-only")); p++)
		told++;
	assert_int_equal(told, 1);
	for (size_t i = 0; i < 60; i++) {
		char name[64];
		snprintf(name, sizeof(name), "\n[%zu] pills-%zu.example\n    Decided ", i + 1, i);
		CHECK_INT(i, name, has(&w.letter, name), true);
	}
	assert_true(has(&w.letter, "    Rules: jp-rx-without-prescription, jp-no-licence-anywhere,"));
	check_done();
	case_writing_release(&w);
	arena_release(&m.a);
}

static void a_text_of_others_breaks_nothing(void **state)
{
	struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
	struct made_case m;
	json_t *annex = NULL, *xarf = NULL;
	(void)state;

	case_make(&m, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_HOST, "ja", 1);
	m.quote[0].quote = SLICE("a\r\n\r\n* How to answer\n\"}]} \x1b[2J {names} \xff https://evil.example/");
	m.capture[0].expect = SLICE("{url}\n\"\\");
	m.capture[0].others = SLICE("\xe2\x80\xae" "gnp.exe");
	m.n.case_name = SLICE("net\n1");
	write_case(&m, &w);
	assert_false(has(&w.letter, "https://evil.example/"));
	assert_false(has(&w.letter, "\x1b"));
	assert_false(has(&w.letter, "\n* How to answer\n\"}"));
	assert_false(has(&w.letter, "\xe2\x80\xae"));
	assert_true(has(&w.letter, "{names}")); /* of a page: nothing is filled in there */
	assert_int_equal(json_parse_object(buf_slice(&w.annex), 1 << 20, &annex, NULL), 0);
	assert_int_equal(json_parse_object(buf_slice(&w.xarf), 1 << 20, &xarf, NULL), 0);
	json_decref(annex);
	json_decref(xarf);
	case_writing_release(&w);
	arena_release(&m.a);
}

static void a_catalogue_without_a_sentence_is_named(void **state)
{
	struct catalogue *poor = NULL;
	struct buf subject = { 0 }, letter = { 0 };
	struct err err = { .what = "" };
	struct made_case m;
	(void)state;

	assert_int_equal(catalogue_parse_languages(SLICE("key\ten\nnames.one\t{name}\n"), "x", &poor, NULL),
	                 0);
	case_make(&m, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_HOST, "en", 1);
	assert_int_equal(letter_write(&m.n, poor, 0, &subject, &letter, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.what, "no sentence '"));
	catalogue_free(poor);
	buf_release(&subject);
	buf_release(&letter);
	arena_release(&m.a);
}

/* Each sentence is used by some letter, or is a word of a list. */
static void no_sentence_is_idle(void **state)
{
	struct slice sources[4];
	struct buf text[4] = { { 0 } };
	static const char *const files[] = { "src/act/letter.c", "src/act/letter_item.c" };
	static const char *const stems[] = { "about.", "subject.", "to.", "ask.", "interest.", "outcome.",
		                             "says.", "cite.", "basis.", "first.ours.", "first.ask.",
		                             "item.class." };
	(void)state;

	for (size_t i = 0; i < ROWS(files); i++) {
		assert_true(case_read(files[i], &text[i]));
		sources[i] = buf_slice(&text[i]);
	}
	for (size_t i = 0; i < catalogue_keys(catalogue); i++) {
		struct slice key = catalogue_key(catalogue, i);
		bool used = false;
		for (size_t k = 0; k < ROWS(stems); k++)
			used = used || slice_starts(key, slice_str(stems[k]));
		for (size_t k = 0; k < ROWS(files); k++)
			used = used || slice_find_slice(sources[k], key) < sources[k].n;
		CHECK_INT(i, key.p ? "key" : "", used, true);
		if (!used)
			printf("# %.*s\n", SLICE_ARG(key));
	}
	for (size_t i = 0; i < ROWS(files); i++)
		buf_release(&text[i]);
	check_done();
}

/* ---- XARF and ARF ---- */

static void what_xarf_has_no_type_for_is_refused(void **state)
{
	static const struct {
		enum notice_purpose purpose;
		enum notice_matter matter;
		enum notice_to to;
	} rows[] = {
		{ PURPOSE_REQUEST, MATTER_UNAPPROVED, NOTICE_HOST },
		{ PURPOSE_REQUEST, MATTER_STATEMENT, NOTICE_RIGHTS },
		{ PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_HOST },
		{ PURPOSE_DEPARTED, MATTER_ROGUE, NOTICE_HOST },
	};
	struct buf out = { 0 };
	struct err err = { .what = "" };
	struct made_case m;
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		case_make(&m, rows[i].purpose, rows[i].matter, rows[i].to, "en", 2);
		CHECK_INT(i, err.what, xarf_bundle(&m.n, &out, &err), ERR_REFUSED);
		CHECK_INT(i, err.what, xarf_report(&m.n, 1, &out, &err), ERR_REFUSED);
		arena_release(&m.a);
	}
	case_make(&m, PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_REGISTRAR, "en", 2);
	m.subject[1].registration.created = NOTICE_NEVER;
	CHECK_INT(9, "no date", xarf_bundle(&m.n, &out, &err), ERR_REFUSED);
	CHECK_INT(9, "nothing is written", out.n, 0);
	arena_release(&m.a);
	buf_release(&out);
	check_done();
}

static void reports_are_named_by_notice_and_subject(void **state)
{
	struct made_case m;
	struct buf a = { 0 }, b = { 0 }, c = { 0 };
	(void)state;

	case_make(&m, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_HOST, "en", 1);
	m.subject[0].subject.key = SLICE("xn--80a-b.example");
	assert_int_equal(xarf_report(&m.n, 0, &a, NULL), 0);
	assert_int_equal(xarf_report(&m.n, 0, &b, NULL), 0);
	assert_string_equal(buf_str(&a), buf_str(&b));
	assert_false(has(&a, "\"domain\":\"xn--")); /* the schema's pattern takes none */
	m.n.reference = SLICE("N-ffffffffffffffff");
	assert_int_equal(xarf_report(&m.n, 0, &c, NULL), 0);
	const char *id = strstr(buf_str(&a), "\"report_id\":");
	assert_non_null(id);
	char wanted[60];
	snprintf(wanted, sizeof(wanted), "%.50s", id);
	assert_false(has(&c, wanted));
	buf_release(&a);
	buf_release(&b);
	buf_release(&c);
	arena_release(&m.a);
}

static void arf_leaves_out_what_would_break_a_field(void **state)
{
	struct made_case m;
	struct buf fields = { 0 }, headers = { 0 };
	(void)state;

	case_make(&m, PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_HOST, "en", 1);
	m.capture[0].url = SLICE("https://pills.example/\nFeedback-Type: virus");
	m.capture[1].url = SLICE("https://pills.example/a b");
	assert_int_equal(arf_report(&m.n, &fields, &headers, NULL), 0);
	assert_false(has(&fields, "virus") || has(&fields, "a b"));
	assert_true(has(&fields, "Source-IP: 203.0.113.10\n"));
	assert_true(has(&fields, "Arrival-Date: Thu, 26 Nov 2026 00:00:00 +0000\n"));
	arena_release(&m.a);
	case_make(&m, PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_HOST, "en", 1);
	assert_int_equal(arf_report(&m.n, &fields, &headers, NULL), ERR_REFUSED);
	arena_release(&m.a);
	buf_release(&fields);
	buf_release(&headers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_are_those_that_were_read),
		cmocka_unit_test(a_registrar_without_an_office_gets_the_ordinary_form),
		cmocka_unit_test(the_opening_is_ten_lines_at_most),
		cmocka_unit_test(a_long_letter_is_no_bare_list),
		cmocka_unit_test(a_text_of_others_breaks_nothing),
		cmocka_unit_test(a_catalogue_without_a_sentence_is_named),
		cmocka_unit_test(no_sentence_is_idle),
		cmocka_unit_test(what_xarf_has_no_type_for_is_refused),
		cmocka_unit_test(reports_are_named_by_notice_and_subject),
		cmocka_unit_test(arf_leaves_out_what_would_break_a_field),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
