#include "check.h"

#include "base/utf8.h"
#include "wire/fold.h"

#include <stdlib.h>
#include <time.h>

struct row {
	const char *in, *want;
};

static void check_rows(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct folded f;
		CHECK_INT(i, row[i].in, fold(slice_str(row[i].in), &a, &f, NULL), 0);
		CHECK_SLICE(i, row[i].in, f.text, slice_str(row[i].want));
		/* What is folded stays as it is when folded again: both sides of a match agree. */
		struct folded twice;
		CHECK_INT(i, row[i].in, fold(f.text, &a, &twice, NULL), 0);
		CHECK_SLICE(i, row[i].in, twice.text, f.text);
		arena_release(&a);
	}
	check_done();
}

static void case_width_and_compatibility_forms_fold_to_one_spelling(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "Buy VIAGRA Now", "buy viagra now" },
		{ "Ｖｉａｇｒａ　１００ｍｇ", "viagra 100mg" },
		{ "ﬁve ﬂat eﬃcacy", "five flat efficacy" },
		{ "ⓥⓘⓐⓖⓡⓐ 𝐂𝐢𝐚𝐥𝐢𝐬 𝒳𝒶𝓃𝒶𝓍", "viagra cialis xanax" },
		{ "50㎎ ㎏ m²", "50mg kg m2" },
		{ "Ⅳ", "iv" },
		{ "٣٤ ५६ ７８", "34 56 78" },
		{ "ㇰ", "ㇰ" },
		{ "", "" },
	};
	check_rows(rows, ROWS(rows));
}

static void latin_greek_and_cyrillic_lose_their_marks(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "Généric Pharmacie à côté", "generic pharmacie a cote" },
		{ "ge\xcc\x81ne\xcc\x80rique", "generique" },
		{ "Rezeptfreie Größe STRAẞE", "rezeptfreie grosse strasse" },
		{ "Łódź Đorđe Ærø smørrebrød Œuvre", "lodz dorde aero smorrebrod oeuvre" },
		{ "İstanbul ılık", "istanbul ilik" },
		{ "Χωρίς συνταγή ΦΑΡΜΑΚΟΣ", "χωρισ συνταγη φαρμακοσ" },
		{ "Ёлка й", "елка и" },
		{ "không cần đơn", "khong can don" },
		{ "v\xcc\xb6i\xcc\xb6" "a\xcc\xb6", "via" },
		{ "1\xef\xb8\x8f\xe2\x83\xa3", "1" },
	};
	check_rows(rows, ROWS(rows));
}

static void kana_keep_their_voicing(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "バイアグラ", "バイアグラ" },
		{ "ﾊﾞｲｱｸﾞﾗ", "バイアグラ" },
		{ "ハ\xe3\x82\x99イアク\xe3\x82\x99ラ", "バイアグラ" },
		{ "ハ\xe3\x82\x9bイアク\xe3\x82\x9bラ", "バイアグラ" },
		{ "ﾍﾟﾆｼﾘﾝ", "ペニシリン" },
		{ "がぎ ぱ", "がぎ ぱ" },
		{ "㌔ ㍍", "キロ メートル" },
		{ "処方箋なし", "処方箋なし" },
		{ "あ\xe3\x82\x99", "あ" },
		{ "\xef\xbe\x9e", "" },
		{ "1錠、￥１,２００（税込）", "1錠 ¥1,200 税込" },
	};
	check_rows(rows, ROWS(rows));
}

static void other_scripts_keep_what_makes_their_letters(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "처방전", "처방전" },
		{ "\xe1\x84\x8e\xe1\x85\xa5", "처" },
		{ "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", "각" },
		{ "ﾡￂ", "가" },
		{ "لَا وَصْفَة", "لا وصفة" },
		{ "صيــدلية", "صيدلية" },
		{ "שָׁלוֹם", "שלום" },
		{ "ไม่ต้องมีใบสั่งยา", "ไม่ต้องมีใบสั่งยา" },
		{ "दवा", "दवा" },
	};
	check_rows(rows, ROWS(rows));
}

static void what_is_not_seen_is_removed(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "Vi\xc2\xad" "ag\xe2\x80\x8bra", "viagra" },
		{ "\xef\xbb\xbf" "Cia\xe2\x80\xae" "lis\xe2\x80\xac", "cialis" },
		{ "x\xe2\x81\xa0y\xe2\x80\x8dz", "xyz" },
		{ "a\xe3\x85\xa4" "b", "ab" },
		{ "pill\xf3\xa0\x84\x80s", "pills" },
	};
	check_rows(rows, ROWS(rows));
}

static void space_and_punctuation_become_one_separator(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "  no -- prescription!!  needed... ", "no prescription needed" },
		{ "don't", "don t" },
		{ "don\xca\xbct", "don t" },
		{ "a\xc2\xa0" "b\xe3\x80\x80" "c", "a b c" },
		{ "one.\nTwo", "one\ntwo" },
		{ "one \n - \n two", "one\ntwo" },
		{ "tab\tcr\rend", "tab cr end" },
		{ "処方箋・薬。届く", "処方箋 薬 届く" },
		{ "\xee\x80\x80 icon", "icon" },
		{ "a\xff" "b", "a b" },
		{ "x\xef\xb7\xba" "y", "x y" },
		{ "!!!", "" },
	};
	check_rows(rows, ROWS(rows));
}

static void prices_and_doses_stay_readable(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "Price: $1.99/pill", "price $1.99 pill" },
		{ "1.000,50 €", "1.000,50 €" },
		{ "£20, 50% off.", "£20 50% off" },
		{ "５．５％", "5.5%" },
		{ "12,5mg", "12,5mg" },
		{ "v1. 2", "v1 2" },
		{ ".5 5.", "5 5" },
		{ "a.b", "a b" },
		{ "5…6", "5 6" },
		{ "1 . 2", "1 2" },
		{ "₹500 ₽90 ฿7", "₹500 ₽90 ฿7" },
	};
	check_rows(rows, ROWS(rows));
}

static void a_match_leads_back_to_its_source_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *in, *find, *want;
	} rows[] = {
		{ "Buy Ｖｉａｇｒａ!", "viagra", "Ｖｉａｇｒａ" },
		{ "x Vi\xc2\xad" "agra\xe2\x80\x8b y", "viagra", "Vi\xc2\xad" "agra\xe2\x80\x8b" },
		{ "un géne\xcc\x81" "rique, ici", "generique", "géne\xcc\x81" "rique" },
		{ "an eﬃcacy", "eff", "eﬃ" },
		{ "  No --  Prescription!! ", "no prescription", "No --  Prescription" },
		{ "…viagra…", "viagra", "viagra" },
		{ "安いﾊﾞｲｱｸﾞﾗを", "バイアグラ", "ﾊﾞｲｱｸﾞﾗ" },
		{ "Größe", "grosse", "Größe" },
		{ "$1.99/pill", "1.99", "1.99" },
		{ "caf\xc3\xa9", "cafe", "caf\xc3\xa9" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct folded f;
		struct slice in = slice_str(rows[i].in), find = slice_str(rows[i].find);
		CHECK_INT(i, rows[i].in, fold(in, &a, &f, NULL), 0);
		size_t at = slice_find_slice(f.text, find), start = 0, end = 0;
		CHECK_INT(i, rows[i].in, at < f.text.n, 1);
		if (at < f.text.n)
			fold_span(&f, at, at + find.n, &start, &end);
		CHECK_SLICE(i, rows[i].in, slice_sub(in, start, end), slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

/* Any bytes: valid UTF-8 out, a map that never goes back, at most sixfold growth, and a second
 * fold that changes nothing. */
static void any_bytes_fold_to_valid_text_with_a_rising_map(void **state)
{
	(void)state;
	unsigned seed = (unsigned)time(NULL);
	printf("# seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 3000; round++) {
		char in[256];
		size_t n = 0;
		while (n < sizeof(in) - 4) {
			if (rand() % 8 == 0)
				in[n++] = (char)rand();
			else
				n += utf8_encode((uint32_t)rand() % (rand() % 2 ? 0x3400u : 0x110000u), in + n);
		}
		struct arena a = { 0 };
		struct folded f, twice;
		assert_int_equal(fold(slice_from(in, n), &a, &f, NULL), 0);
		assert_true(utf8_valid(f.text, NULL));
		assert_true(f.text.n <= 6 * n);
		for (size_t i = 0; i < f.text.n; i++)
			assert_true(f.map[i] <= f.map[i + 1]);
		assert_true(f.map[f.text.n] <= n);
		assert_int_equal(fold(f.text, &a, &twice, NULL), 0);
		if (!slice_eq(f.text, twice.text))
			for (size_t i = 0; i < f.text.n && i < twice.text.n; i++)
				if (f.text.p[i] != twice.text.p[i]) {
					printf("# differs at %zu: %.*s / %.*s from %.*s\n", i, 12,
					       f.text.p + i, 12, twice.text.p + i, 12,
					       in + f.map[i]);
					break;
				}
		assert_true(slice_eq(f.text, twice.text));
		arena_release(&a);
	}
}

static void every_character_folds_to_itself_when_folded_again(void **state)
{
	(void)state;
	for (uint32_t c = 1; c < 0x110000; c++) {
		if (c >= 0xd800 && c < 0xe000)
			continue;
		char in[4];
		struct arena a = { 0 };
		struct folded f, twice;
		assert_int_equal(fold(slice_from(in, utf8_encode(c, in)), &a, &f, NULL), 0);
		assert_int_equal(fold(f.text, &a, &twice, NULL), 0);
		CHECK_SLICE(c, "", twice.text, f.text);
		arena_release(&a);
	}
	check_done();
}

static void a_text_over_the_limit_is_refused_with_its_size(void **state)
{
	(void)state;
	char *big = calloc(1, FOLD_LIMIT + 1);
	struct arena a = { 0 };
	struct folded f = { .source = SLICE("as it was") };
	struct err err;
	assert_non_null(big);
	assert_int_equal(fold(slice_from(big, FOLD_LIMIT + 1), &a, &f, &err), ERR_LIMIT);
	assert_string_equal(err.what, "fold: text of 16777217 bytes is over 16777216");
	assert_true(slice_eq_str(f.source, "as it was"));
	arena_release(&a);
	free(big);
}

static void the_version_names_rules_and_unicode_data(void **state)
{
	(void)state;
	char v[FOLD_VERSION_SIZE];
	fold_version(v);
	assert_true(slice_starts(slice_str(v), SLICE("fold/1 libunistring/")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_width_and_compatibility_forms_fold_to_one_spelling),
		cmocka_unit_test(latin_greek_and_cyrillic_lose_their_marks),
		cmocka_unit_test(kana_keep_their_voicing),
		cmocka_unit_test(other_scripts_keep_what_makes_their_letters),
		cmocka_unit_test(what_is_not_seen_is_removed),
		cmocka_unit_test(space_and_punctuation_become_one_separator),
		cmocka_unit_test(prices_and_doses_stay_readable),
		cmocka_unit_test(a_match_leads_back_to_its_source_bytes),
		cmocka_unit_test(any_bytes_fold_to_valid_text_with_a_rising_map),
		cmocka_unit_test(every_character_folds_to_itself_when_folded_again),
		cmocka_unit_test(a_text_over_the_limit_is_refused_with_its_size),
		cmocka_unit_test(the_version_names_rules_and_unicode_data),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
