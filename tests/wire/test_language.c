/* Languages of texts and of the blocks of a page. */
#include "check.h"

#include "base/buf.h"
#include "sys/file.h"
#include "wire/html.h"
#include "wire/language.h"

#include <locale.h>
#include <stdlib.h>

static const char *language_of(struct slice text)
{
	struct language_evidence e = { 0 };

	language_look(text, &e);
	return language_decide(&e);
}

static void letters_decide_most_scripts(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Доставка", "ru" }, { "Доставка їжі", "uk" }, { "Съобщение за връзка", "bg" },
		{ "Съезд объявлен, вы это знаете", "ru" }, { "Питања и одговори љубав", "sr" },
		{ "Φαρμακείο", "el" }, { "صيدلية", "ar" }, { "داروخانه آنلاین گ", "fa" },
		{ "בית מרקחת", "he" }, { "ร้านขายยา", "th" }, { "दवा की दुकान", "hi" },
		{ "约药房", "zh" }, { "藥房", "zh" }, { "処方箋なしで買える", "ja" },
		{ "バイアグラ 100mg Viagra", "ja" }, { "약국", "ko" },
		{ "シアリス", "ja" }, { "ｼｱﾘｽ", "ja" },
		{ "", "" }, { "12345 %$#", "" }, { "Viagra 100mg", "" }, { "\xff\xfe", "" },
		{ "الحبوب ٢٠", "ar" },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_SLICE(i, rows[i].text, slice_str(language_of(slice_str(rows[i].text))),
		            slice_str(rows[i].want));
	check_done();
}

/* Case, apostrophes and punctuation do not matter; one long run of letters is no word. */
static void words_decide_the_latin_script(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "WHERE IS MY ORDER?", "en" }, { "where-is/my.order", "en" },
		{ "C'est l'heure d'une pause", "fr" }, { "C\xe2\x80\x99" "est d\xe2\x80\x99une", "fr" },
		{ "ÜBER UNS", "de" }, { "¿Qué es?", "es" },
		{ "Hvordan kan jeg få et recept til medicin?", "da" },
		{ "Jak mohu objednat léky bez předpisu?", "cs" },
		{ "Cum pot să cumpăr medicamente fără rețetă?", "ro" },
		{ "Hogyan lehet gyógyszert rendelni?", "hu" },
		{ "Mistä voin ostaa lääkkeet ilman reseptiä?", "fi" },
		{ "Bagaimana cara membeli obat tanpa resep dokter?", "id" },
		{ "Mua thuốc không cần đơn ở đâu?", "vi" },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_SLICE(i, rows[i].text, slice_str(language_of(slice_str(rows[i].text))),
		            slice_str(rows[i].want));
	struct buf run = { 0 };
	for (int i = 0; i < 1000; i++)
		buf_puts(&run, "ung");
	CHECK_SLICE(0, "a run", slice_str(language_of(buf_slice(&run))), SLICE(""));
	buf_release(&run);
	check_done();
}

/* The blocks of language_blocks.tsv: what is decided is right but for a few, and most are decided. */
static void short_blocks_are_told_apart(void **state)
{
	(void)state;
	const char *source = getenv("ASSAY_SOURCE");
	struct buf file = { 0 };
	struct err err;
	char path[4096];
	size_t right = 0, wrong = 0, all = 0;

	setlocale(LC_ALL, "tr_TR.UTF-8"); /* where it is there: 'I' must not become a dotless i */
	snprintf(path, sizeof(path), "%s/tests/wire/language_blocks.tsv", source ? source : ".");
	if (file_read(path, 1 << 20, &file, &err) < 0)
		fail_msg("%s", err.what);
	struct slice rest = buf_slice(&file), line;
	while (slice_cut(&rest, '\n', &line)) {
		struct slice want, text = line;
		if (slice_starts(line, SLICE("#")) || !slice_cut(&text, '\t', &want))
			continue;
		const char *got = language_of(text);
		all++;
		if (slice_eq_str(want, got)) {
			right++;
		} else {
			wrong += got[0] != '\0';
			printf("# %.*s, got '%s': %.*s\n", SLICE_ARG(want), got, SLICE_ARG(text));
		}
	}
	printf("# %zu of %zu right, %zu wrong\n", right, all, wrong);
	assert_true(all >= 180);
	assert_true(right * 100 >= all * 95);
	assert_true(wrong * 100 <= all * 2);
	setlocale(LC_ALL, "C");
	buf_release(&file);
}

static void tags_are_read_as_pages_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *tag, *want;
	} rows[] = {
		{ "en", "en" }, { "en-GB", "en" }, { " DE_de ", "de" }, { "jp", "ja" }, { "cn", "zh" },
		{ "zh-Hant-TW", "zh" }, { "fil", "fil" }, { "english", "" }, { "x", "" }, { "", "" },
		{ "{{lang}}", "" }, { "en;q=1", "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char got[4] = "";
		CHECK_INT(i, rows[i].tag, language_of_tag(slice_str(rows[i].tag), got),
		          rows[i].want[0] != '\0');
		CHECK_SLICE(i, rows[i].tag, slice_str(got), slice_str(rows[i].want));
	}
	check_done();
}

/* Languages of the outer blocks, parted by spaces; one that the page says has a '!' behind it. The
 * page's own stands before them, with a colon. */
static void blocks_have_a_language(void **state)
{
	(void)state;
	static const struct {
		const char *html, *want;
	} rows[] = {
		{ "<html lang=de><p>Where is my order?", "de: de!" },
		{ "<p>Where is my order?<p lang=fr>12<p>Wo ist meine Bestellung und der Preis?",
		  "de: en fr! de" },
		{ "<p>Where is my order, and what about the others?<p>Viagra", "en: en en" },
		{ "<p>Viagra", ": -" },
		/* the letters cannot be the tag's */
		{ "<html lang=en><p>処方箋なしで買えるお薬<p>Viagra", "ja: ja en!" },
		{ "<html lang=ja><p>お薬の通販です。処方箋は必要ありません<p>Viagra 100mg"
		  "<p>We ship to most countries of the world",
		  "ja: ja! ja! en" },
		{ "<html lang=ru><p>Where is my order and who will pay for it?", "en: en" },
		{ "<html lang=sr><p>Gde je moja porudžbina", "sr: sr!" },
		/* Han alone */
		{ "<p>送料無料<p>お薬の通販です", "ja: ja ja" },
		{ "<p>送料無料<p>药房", "zh: zh zh" },
		{ "<html lang=jp><p>送料無料", "ja: ja!" },
		{ "<html lang=xx-invalid-><p>Where is my order?", "xx: xx!" },
		{ "<html lang=klingon><p>Where is my order?", "en: en" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		struct buf got = { 0 };
		CHECK_INT(i, rows[i].html, html_text(slice_str(rows[i].html), SLICE("; charset=utf-8"),
		                                     NULL, &a, &p, NULL), 0);
		buf_printf(&got, "%s:", p.language);
		for (size_t k = 0; k < p.block_n; k++)
			buf_printf(&got, " %s%s", p.block[k].language[0] ? p.block[k].language : "-",
			           p.block[k].language_said ? "!" : "");
		CHECK_SLICE(i, rows[i].html, buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
		arena_release(&a);
	}
	check_done();
}

static void inner_and_hidden_blocks_have_one_too(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct page_text p = { 0 };

	assert_int_equal(html_text(SLICE("<p>Where is <a href=/x>my order</a>?"
	                                 "<p hidden>Wo ist meine Bestellung und der Preis?"),
	                           SLICE(""), NULL, &a, &p, NULL), 0);
	assert_int_equal(p.block_n, 3);
	assert_string_equal(p.block[1].language, "en");
	assert_string_equal(p.block[2].language, "de");
	assert_string_equal(p.language, "en"); /* what is hidden does not count */
	assert_int_equal(page_plain(SLICE("Where is my order?\nViagra"), &a, &p, NULL), 0);
	assert_string_equal(p.block[1].language, "en");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_decide_most_scripts),
		cmocka_unit_test(words_decide_the_latin_script),
		cmocka_unit_test(short_blocks_are_told_apart),
		cmocka_unit_test(tags_are_read_as_pages_write_them),
		cmocka_unit_test(blocks_have_a_language),
		cmocka_unit_test(inner_and_hidden_blocks_have_one_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
