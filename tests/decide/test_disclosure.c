/* Letters against tests/golden/disclosure/KIND.LANGUAGE.txt, which people have read. A changed letter
 * is written over its golden file where ASSAY_WRITE_GOLDEN is set, to be read again. */
#include "check.h"

#include "assess/policy.h"
#include "base/utf8.h"
#include "decide/disclosure.h"
#include "sys/file.h"

#include <stdlib.h>
#include <uniwidth.h>

static struct buf catalogue_text;
static struct catalogue *catalogue;

static const char *source_path(const char *name)
{
	static char path[4096];
	const char *root = getenv("ASSAY_SOURCE");

	snprintf(path, sizeof(path), "%s/%s", root ? root : ".", name);
	return path;
}

static int load_catalogue(void **state)
{
	struct err err = { .what = "" };
	(void)state;

	if (file_read(source_path("policy/notice/disclosure.tsv"), 1 << 20, &catalogue_text,
	              &err) ||
	    catalogue_parse_languages(buf_slice(&catalogue_text), "disclosure.tsv", &catalogue,
	                              &err)) {
		printf("# %s\n", err.what);
		return -1;
	}
	return 0;
}

static int free_catalogue(void **state)
{
	(void)state;
	catalogue_free(catalogue);
	buf_release(&catalogue_text);
	return 0;
}

#define T(s)                                                                                       \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

static const struct slice law_jp[] = { T("PMD Act (Act No. 145 of 1960), Art. 49(1)") };
static const struct slice law_jp_sale[] = {
	T("PMD Act (Act No. 145 of 1960), Art. 24(1)"),
	T("MHLW notification Iyaku-hatsu No. 0828014 of 28 August 2002"),
};
static const struct slice law_us[] = { T("21 U.S.C. 353(b)(1)") };

static const struct disclosure_quote quotes[] = {
	{ T("バイアグラ100mg 1錠 98円"),
	  T("kusuri.example"),
	  T("/viagra/"),
	  T("jp-desktop"),
	  1795132800,
	  { { 0x8c, 0x0a } } },
	{ T("処方箋は不要です。お問い合わせは[redacted]まで。詳しくは https://kusuri.example/help をご覧ください"),
	  T("kusuri.example"),
	  T("/help?from=top"),
	  T("jp-desktop"),
	  1795219200,
	  { { 0x11, 0xff } } },
};
static const struct disclosure_quote english[] = {
	{ T("Sildenafil 100 mg, $1.20 per pill. No prescription needed!"),
	  T("pills.example"),
	  T("/"),
	  T(""),
	  1795132800,
	  { { 0x8c, 0x0a } } },
};

static const struct disclosure_ground rogue_jp[] = {
	{ T("jp-rx-without-prescription"),
	  T("Offers prescription-only medicine to buyers in Japan and says that no prescription is "
	    "needed."),
	  law_jp, 1, quotes, 2 },
};
static const struct disclosure_ground unapproved_jp[] = {
	{ T("jp-unlicensed-sale"),
	  T("Sells medicine as a business to buyers in Japan under the name of personal import or from "
	    "abroad, without a licence."),
	  law_jp_sale, 2, quotes, 1 },
};
static const struct disclosure_ground rogue_us[] = {
	{ T("us-rx-without-prescription"),
	  T("Offers prescription-only medicine to buyers in the United States and says that no "
	    "prescription is needed."),
	  law_us, 1, english, 1 },
};
static const struct disclosure_ground foreign_us[] = {
	{ T("us-foreign-pharmacy"),
	  T("A pharmacy licensed abroad ships prescription medicine into the United States."),
	  law_us, 1, english, 1 },
};

static const struct disclosure_cell rogue_cells[] = {
	{ T("JP"), T("rogue"), T("jp-rx-without-prescription"), T(""), T(""), rogue_jp, 1 },
	{ T("US"), T("rogue"), T("us-rx-without-prescription"), T(""), T(""), rogue_us, 1 },
};
static const struct disclosure_cell unapproved_cells[] = {
	{ T("JP"), T("unapproved"), T("jp-unlicensed-sale"), T(""), T(""), unapproved_jp, 1 },
};
static const struct disclosure_cell foreign_cells[] = {
	{ T("US"), T("unapproved"), T("foreign_legal"),
	  T("Demo College of Pharmacists (synthetic)"), T("DCP-1187"), foreign_us, 1 },
};

static struct disclosure base(enum disclosure_kind kind, const struct disclosure_cell *cell,
                              size_t n)
{
	return (struct disclosure){
		.kind = kind,
		.site = T("kusuri.example"),
		.list = T("assay"),
		.appeal_address = T("appeal@desk.example"),
		.reference = T("A-0123456789abcdef"),
		.cell = cell,
		.cell_n = n,
		.not_before = 1795824000,
	};
}

static size_t column_of(const char *tag)
{
	size_t column = 99;

	assert_true(catalogue_column_of(catalogue, slice_str(tag), &column));
	return column;
}

static bool has(const struct buf *b, const char *words)
{
	return strstr(buf_str(b), words) != NULL;
}

static void write_letter(const struct disclosure *d, const char *tag, struct buf *out)
{
	struct buf text = { 0 };
	struct err err = { .what = "" };

	buf_puts(out, "Subject: ");
	if (disclosure_letter(d, catalogue, column_of(tag), out, &text, &err))
		fail_msg("%s: %s", tag, err.what);
	buf_puts(out, "\n\n");
	buf_put(out, buf_slice(&text));
	buf_release(&text);
}

static void letters_are_the_golden_ones(void **state)
{
	(void)state;
	static const char *const tags[] = { "en", "ja", "de", "fr", "es", "pt",
		                            "it", "nl", "ru", "zh", "ko" };
	struct disclosure rows[] = {
		base(DISCLOSURE_REVIEW, rogue_cells, 2),
		base(DISCLOSURE_REVIEW, unapproved_cells, 1),
		base(DISCLOSURE_FOREIGN, foreign_cells, 1),
	};
	static const char *const names[] = { "rogue", "unapproved", "foreign_legal" };

	rows[1].reason = (struct slice)T("Both captures were read; Mr [redacted] did not answer.");
	for (size_t i = 0; i < ROWS(rows); i++)
		for (size_t k = 0; k < ROWS(tags); k++) {
			struct buf got = { 0 }, want = { 0 };
			char name[100];
			snprintf(name, sizeof(name), "tests/golden/disclosure/%s.%s.txt", names[i],
			         tags[k]);
			write_letter(&rows[i], tags[k], &got);
			if (getenv("ASSAY_WRITE_GOLDEN"))
				assert_int_equal(
					file_write_whole(source_path(name), buf_slice(&got), NULL),
					0);
			CHECK_INT(i, name, file_read(source_path(name), 1 << 20, &want, NULL), 0);
			CHECK_SLICE(i, name, buf_slice(&got), buf_slice(&want));
			buf_release(&got);
			buf_release(&want);
		}
	check_done();
}

/* In every language, of every kind: what holds whatever the words are. */
static void every_letter_is_plain_text_of_72_columns(void **state)
{
	(void)state;
	const struct disclosure rows[] = {
		base(DISCLOSURE_REVIEW, rogue_cells, 2),
		base(DISCLOSURE_REVIEW, unapproved_cells, 1),
		base(DISCLOSURE_FOREIGN, foreign_cells, 1),
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		for (size_t k = 0; k < catalogue_columns(catalogue); k++) {
			struct buf out = { 0 };
			char tag[8];
			snprintf(tag, sizeof(tag), "%.*s", SLICE_ARG(catalogue_tag(catalogue, k)));
			write_letter(&rows[i], tag, &out);
			struct slice rest = buf_slice(&out), line;
			size_t bad = 0, n = 0;
			CHECK_INT(i, tag, utf8_valid(rest, &bad), true);
			CHECK_INT(i, tag, has(&out, "://"), false);
			CHECK_INT(i, tag, has(&out, "{"), false);
			CHECK_INT(i, tag, has(&out, "<"), false);
			CHECK_INT(i, tag, has(&out, "\r"), false);
			while (slice_cut(&rest, '\n', &line)) {
				size_t columns = 0;
				for (size_t at = 0; at < line.n;)
					columns += (size_t)uc_width(utf8_next(line, &at), "UTF-8");
				if (n++) /* the first is the subject, which a header folds */
					CHECK_INT(n, tag, columns <= 72, true);
				CHECK_INT(n, tag, line.n && line.p[line.n - 1] == ' ', false);
			}
			static const char *const needed[] = { "A-0123456789abcdef",
				                              "appeal@desk.example",
				                              "2026-11-28T00:00:00Z", "sha256:8c0a",
				                              "kusuri.example" };
			for (size_t j = 0; j < ROWS(needed); j++)
				CHECK_INT(j, needed[j], has(&out, needed[j]), true);
			buf_release(&out);
		}
	check_done();
}

static void the_letter_to_a_licensed_pharmacy_accuses_nobody(void **state)
{
	(void)state;
	struct disclosure d = base(DISCLOSURE_FOREIGN, foreign_cells, 1);
	struct buf out = { 0 };

	write_letter(&d, "de", &out);
	assert_false(has(&out, "rogue"));
	assert_true(has(&out, "This letter is no\naccusation"));
	assert_true(has(&out, "DCP-1187"));
	buf_release(&out);
}

static void a_letter_after_a_listing_at_once_promises_no_wait(void **state)
{
	(void)state;
	struct disclosure d = base(DISCLOSURE_REVIEW, rogue_cells, 2);
	struct buf out = { 0 };

	d.when = DISCLOSURE_AT_ONCE;
	write_letter(&d, "en", &out);
	assert_false(has(&out, "2026-11-28"));
	assert_true(has(&out, "imminent harm"));
	buf_clear(&out);
	d.when = DISCLOSURE_LISTED;
	write_letter(&d, "en", &out);
	assert_false(has(&out, "2026-11-28") || has(&out, "imminent harm") ||
	             has(&out, "Nothing has been"));
	assert_true(has(&out, "The site is listed in assay"));
	buf_release(&out);
}

static void a_part_of_a_site_is_named_without_its_scheme(void **state)
{
	(void)state;
	struct disclosure d = base(DISCLOSURE_REVIEW, rogue_cells, 2);
	struct buf out = { 0 };

	d.site = (struct slice)T("https://charity.example/shop/");
	write_letter(&d, "ja", &out);
	assert_true(has(&out, "charity.example/shop/"));
	assert_false(has(&out, "://"));
	buf_release(&out);
}

static void what_cannot_be_written_is_refused(void **state)
{
	(void)state;
	struct disclosure no_cells = base(DISCLOSURE_REVIEW, NULL, 0);
	struct disclosure none = base(DISCLOSURE_NONE, rogue_cells, 2);
	struct disclosure nowhere = base(DISCLOSURE_REVIEW, rogue_cells, 2);
	struct disclosure good = base(DISCLOSURE_REVIEW, rogue_cells, 2);
	struct catalogue *poor = NULL;
	struct buf subject = { 0 }, text = { 0 };
	struct err err = { .what = "" };

	nowhere.appeal_address = (struct slice){ NULL, 0 };
	assert_int_equal(disclosure_letter(&no_cells, catalogue, 0, &subject, &text, &err),
	                 ERR_SYNTAX);
	assert_int_equal(disclosure_letter(&none, catalogue, 0, &subject, &text, &err), ERR_SYNTAX);
	assert_int_equal(disclosure_letter(&nowhere, catalogue, 0, &subject, &text, &err),
	                 ERR_SYNTAX);
	assert_string_equal(err.what, "letter: no address for answers");
	assert_int_equal(
		catalogue_parse_languages(SLICE("key\ten\nletter.subject\tx\n"), "p", &poor, NULL),
		0);
	assert_int_equal(disclosure_letter(&good, poor, 0, &subject, &text, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "letter: the catalogue has no sentence 'letter.salute'");
	catalogue_free(poor);
	buf_release(&subject);
	buf_release(&text);
}

static void a_cell_has_its_letter_or_none(void **state)
{
	(void)state;
	static const struct {
		const char *class, *ground;
		enum disclosure_kind want;
	} rows[] = {
		{ "rogue", "us-impersonation", DISCLOSURE_REVIEW },
		{ "unapproved", "jp-unlicensed-sale", DISCLOSURE_REVIEW },
		{ "unapproved", "foreign_legal", DISCLOSURE_FOREIGN },
		{ "legitimate", "licensed", DISCLOSURE_NONE },
		{ "unverified", "", DISCLOSURE_NONE },
		{ "not_a_pharmacy", "abused_legit", DISCLOSURE_NONE },
		{ "out_of_scope", "not_offered", DISCLOSURE_NONE },
		{ "", "", DISCLOSURE_NONE },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].class,
		          disclosure_kind_of(slice_str(rows[i].class), slice_str(rows[i].ground)),
		          rows[i].want);
	check_done();
}

static void the_language_is_that_of_the_pages(void **state)
{
	(void)state;
	static const struct {
		const char *lang, *text, *want;
	} rows[] = {
		{ "ja", "", "ja" },
		{ "JA-jp", "", "ja" },
		{ "pt-BR", "", "pt" },
		{ " de ", "", "de" },
		{ "en-GB", "処方箋は不要ですのでごあんしんください", "en" },
		{ "", "処方箋は不要ですのでごあんしんください", "ja" },
		{ "", "무료배송처방전이필요없습니다안내", "ko" },
		{ "", "Купить лекарства без рецепта с доставкой по всей стране недорого", "ru" },
		{ "", "无需处方即可购买正品药物全国配送安全可靠欢迎订购本站药品", "zh" },
		{ "", "Buy pills 薬", "en" },
		{ "sv", "", "en" },
		{ "sv", "処方箋は不要ですのでごあんしんください", "en" },
		{ "japanese", "", "en" },
		{ "x\"><script>", "", "en" },
		{ "", "", "en" },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_SLICE(i, rows[i].lang,
		            catalogue_tag(catalogue,
		                          disclosure_language(catalogue, slice_str(rows[i].lang),
		                                              slice_str(rows[i].text))),
		            slice_str(rows[i].want));
	check_done();
}

/* Or an operator reads an old wording of a rule in another language. */
static void every_rule_of_the_packs_has_its_present_words(void **state)
{
	(void)state;
	char **names = NULL, dir[4096];
	size_t n = 0, rules = 0;

	snprintf(dir, sizeof(dir), "%s", source_path("policy/packs"));
	assert_int_equal(file_list(dir, &names, &n, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct buf text = { 0 };
		struct pack pack;
		char path[8192];
		if (!slice_ends(slice_str(names[i]), SLICE(".yaml")))
			continue; /* signatures and the key that made them */
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		assert_int_equal(file_read(path, 1 << 20, &text, NULL), 0);
		assert_int_equal(pack_parse(buf_slice(&text), names[i], &a, &pack, NULL), 0);
		for (size_t k = 0; k < pack.rule_n; k++) {
			bool known;
			char key[200];
			snprintf(key, sizeof(key), "rule.%.*s", SLICE_ARG(pack.rule[k].id));
			CHECK_SLICE(k, key,
			            catalogue_sentence(catalogue, 0, slice_str(key), &known),
			            pack.rule[k].text);
			rules++;
		}
		buf_release(&text);
		arena_release(&a);
	}
	file_list_free(names, n);
	assert_true(rules > 20);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_are_the_golden_ones),
		cmocka_unit_test(every_letter_is_plain_text_of_72_columns),
		cmocka_unit_test(the_letter_to_a_licensed_pharmacy_accuses_nobody),
		cmocka_unit_test(a_letter_after_a_listing_at_once_promises_no_wait),
		cmocka_unit_test(a_part_of_a_site_is_named_without_its_scheme),
		cmocka_unit_test(what_cannot_be_written_is_refused),
		cmocka_unit_test(a_cell_has_its_letter_or_none),
		cmocka_unit_test(every_rule_of_the_packs_has_its_present_words),
		cmocka_unit_test(the_language_is_that_of_the_pages),
	};
	return cmocka_run_group_tests(tests, load_catalogue, free_catalogue);
}
