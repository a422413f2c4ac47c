#include "check.h"

#include "base/utf8.h"
#include "wire/redaction.h"

#include <stdlib.h>
#include <time.h>

/* The text with marks, as a C string in a static buffer; kinds of what was found in *kinds. */
static struct slice masked(struct slice text, char kinds[32])
{
	static struct buf out;
	struct arena a = { 0 };
	struct redaction *r = NULL;
	size_t n = 0;
	struct err err = { 0 };

	buf_clear(&out);
	if (redaction_find(text, &a, &r, &n, &err))
		fail_msg("%s", err.what);
	redaction_put(text, 0, text.n, r, n, &out);
	buf_puts(&out, "");
	for (size_t i = 0; i < n && i < 31; i++)
		kinds[i] = redaction_kind_name(r[i].kind)[0];
	kinds[n < 31 ? n : 31] = '\0';
	arena_release(&a);
	return buf_slice(&out);
}

struct row {
	const char *kinds; /* first letters of the kinds found */
	const char *text, *want;
};

static void check_rows(const struct row *rows, size_t n)
{
	char kinds[32];

	for (size_t i = 0; i < n; i++) {
		CHECK_SLICE(i, rows[i].text, masked(slice_str(rows[i].text), kinds),
		            slice_str(rows[i].want));
		CHECK_SLICE(i, rows[i].text, slice_str(kinds), slice_str(rows[i].kinds));
	}
	check_done();
}

#define M "[redacted]"

static void addresses_of_mail_are_masked(void **state)
{
	static const struct row rows[] = {
		{ "e", "write to info@pills.example.", "write to " M "." },
		{ "e", "first.last+tag@mail.pills.example", M },
		{ "e", "a_b-c'd@x.test, or later", M ", or later" },
		{ "e", "連絡先info@kusuri.exampleまで", "連絡先" M "まで" },
		{ "e", "ｉｎｆｏ＠ｋｕｓｕｒｉ．ｅｘａｍｐｌｅ", M },
		{ "e", "info [at] pills [dot] example now", M " now" },
		{ "e", "info(at)pills.example", M },
		{ "e", "info (at) pills (dot) co (dot) test", M },
		{ "ee", "a@x.test;b@y.test", M ";" M },
		{ "e", "<mailto:x@xn--r8jz45g.xn--zckzah>", "<mailto:" M ">" },
		{ "e", "in\xe2\x80\x8b" "fo@pills.example", M },
		{ "e", "x@y.test/path", M "/path" },
	};
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void numbers_of_telephones_are_masked(void **state)
{
	static const struct row rows[] = {
		/* international */
		{ "t", "+44 20 7946 0000", M },
		{ "t", "Ring +1-555-234-5678 today", "Ring " M " today" },
		{ "t", "+81 (0)3 1234 5678", M },
		{ "t", "(+81) 90-1234-5678", "(" M },
		{ "t", "+442079460000", M },
		{ "t", "＋８１－９０－１２３４－５６７８", M },
		{ "t", "0044 20 7946 0000", M },
		{ "t", "0081-90-1234-5678", M },
		{ "t", "+44 20 7946 0000 100 mg", M " 100 mg" },
		{ "t", "+7 (495) 123-45-67", M },
		/* Japan */
		{ "t", "03-1234-5678", M },
		{ "t", "０３－１２３４－５６７８", M },
		{ "t", "０３ー１２３４ー５６７８", M },
		{ "t", "(03)1234-5678", M },
		{ "t", "03(1234)5678", M },
		{ "t", "045-123-4567まで", M "まで" },
		{ "t", "0422-12-3456", M },
		{ "t", "04992-2-1234", M },
		{ "t", "0120-123-456", M },
		{ "t", "0800-123-4567", M },
		{ "t", "090-1234-5678", M },
		{ "t", "09012345678", M },
		{ "t", "お電話は 03-1234-5678 10:00-18:00", "お電話は " M " 10:00-18:00" },
		{ "t", "電話番号：0312345678", "電話番号：" M },
		{ "tt", "TEL 03-1234-5678 / FAX 03-1234-5679", "TEL " M " / FAX " M },
		/* North America */
		{ "t", "555-234-5678", M },
		{ "t", "555.234.5678", M },
		{ "t", "555 234-5678", M },
		{ "t", "(555) 234-5678", M },
		{ "t", "1-800-234-5678", M },
		{ "t", "1 800 234 5678", M },
		/* Great Britain */
		{ "t", "020 7946 0000", M },
		{ "t", "(020) 7946 0000", M },
		{ "t", "01632 960000", M },
		{ "t", "01632 960 000", M },
		{ "t", "0800 123 456", M },
		{ "t", "0113 496 0000", M },
		{ "t", "07700 900123", M },
		{ "t", "07700900123", M },
		/* behind a word */
		{ "t", "Tel: 030 1234567", "Tel: " M },
		{ "t", "Tel.: 555 234 5678", "Tel.: " M },
		{ "t", "Phone\n250 500 1000", "Phone\n" M },
		{ "t", "Call us toll free at 8002345678", "Call us toll free at " M },
		{ "t", "WhatsApp 447700900123", "WhatsApp " M },
		{ "tt", "Tel 030 1234567, 030 7654321", "Tel " M ", " M },
		{ "t", "Phone number: 5552345678", "Phone number: " M },
		{ "t", "Тел. 8 495 123-45-67", "Тел. " M },
	};
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void handles_are_masked_and_their_messenger_stays(void **state)
{
	static const struct row rows[] = {
		{ "h", "https://t.me/pillsman now", "https://t.me/" M " now" },
		{ "h", "wa.me/447700900123?text=Hi", "wa.me/" M },
		{ "h", "https://api.whatsapp.com/send?phone=447700900123",
		  "https://api.whatsapp.com/send" M },
		{ "h", "line.me/R/ti/p/@abc", "line.me/" M },
		{ "h", "lin.ee/AbC12", "lin.ee/" M },
		{ "h", "LINE ID: kusuri88", "LINE ID: " M },
		{ "h", "LINE：@kusuri", "LINE：@" M },
		{ "h", "ＬＩＮＥ　ＩＤ：kusuri_88", "ＬＩＮＥ　ＩＤ：" M },
		{ "h", "Telegram: @pills_man", "Telegram: @" M },
		{ "h", "telegram @pillsman", "telegram @" M },
		{ "h", "Skype ID: live.pills", "Skype ID: " M },
		{ "h", "WeChat: pills888", "WeChat: " M },
		{ "h", "微信号：pills888", "微信号：" M },
	};
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void streets_are_masked_where_the_form_is_certain(void **state)
{
	static const struct row rows[] = {
		{ "a", "〒100-0001 東京都千代田区千代田1-1-1", M },
		{ "a", "〒100-0001\n東京都千代田区千代田１丁目２番３号 例ビル", M " 例ビル" },
		{ "a", "〒100-0001", M },
		{ "a", "住所:大阪府大阪市北区梅田1-2-3", "住所:" M },
		{ "a", "at 12 Example Street, London SW1A 1AA, UK", "at " M ", UK" },
		{ "a", "1200 North Example Avenue\nSpringfield, IL 62701-1234", M },
		{ "a", "221B Baker St, London NW1 6XE", M },
	};
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void names_are_masked_where_the_form_is_certain(void **state)
{
	static const struct row rows[] = {
		{ "n", "Mr. John Smith writes", "Mr. " M " writes" },
		{ "n", "Mrs Smith", "Mrs " M },
		{ "n", "by Dr. Jane Doe, a physician", "by Dr. " M ", a physician" },
		{ "n", "Name: John Smith", "Name: " M },
		{ "n", "Contact person: Mary-Ann O'Neil\nmore", "Contact person: " M "\nmore" },
		{ "n", "Superintendent pharmacist: John A. Smith", "Superintendent pharmacist: " M },
		{ "n", "First name: John", "First name: " M },
		{ "n", "氏名：山田 太郎", "氏名：" M },
		{ "n", "運営責任者：例野花子\n住所", "運営責任者：" M "\n住所" },
		{ "n", "管理薬剤師: 例野 花子", "管理薬剤師: " M },
		{ "n", "山田太郎 様", M " 様" },
		{ "n", "東京の鈴木さんから", "東京の" M "さんから" },
		{ "n", "佐藤様", M "様" },
	};
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void innocent_text_stays_as_it_is(void **state)
{
	static const char *const rows[] = {
		/* prices and quantities */
		"Sildenafil 100 mg, $1.20 per pill", "$1,234.56", "¥12,800（税込）", "12,800円",
		"USD 555-234-5678", "€ 1.234,56", "10 30 60 90 120 180 270 360 pills",
		"250 500 1000 mg", "250-500-1000mg", "100mg x 90 + 10 free", "020 30 60 90",
		"10 pills 20 pills 30 pills", "+20 free pills", "100+ reviews", "4.5/5 (1234)",
		"0.25 mg/0.5 ml", "1 800 mg",
		/* dates, times, years */
		"2026-11-22", "22.11.2026", "11/22/2026 10:30", "1999-2026", "10:00-18:00",
		"Tel orders 2026-11-22", "Phone lines 9:00-17:00", "2026-11-22 10:30:15",
		"20261122 10:30",
		/* licences, product codes */
		"DEMO-US-1001", "licence 1234567", "License No. 555-234-5678", "第12345678号",
		"許可番号：0312345678", "GPhC 1123456", "NDC 0093-5710-01", "0093-5710-01",
		"00093-5710-01", "00173-0712-00", "54868-1234-0", "NDC 00093571001", "DIN 02245678",
		"DIN: 02245678 100 tablets", "EAN 4006381333931", "4987123456789", "PL 04425/0123",
		"EU/1/98/077/002", "Order #555-234-5678", "ISBN 978-3-16-148410-0",
		"IBAN GB29NWBK60161331926819", "VAT 123 4567 89", "CAS 139755-83-2", "A0120-123-456",
		"192.168.100.200", "ref. 020 7946 0000", "0312345678X", "1.2.840.113549",
		/* postcodes by themselves, other numbers */
		"123-4567", "SW1A 1AA", "12345-6789", "3.14159265358979", "5,000,000,000",
		"\xff\xfe 100", "",
		/* signs that are no mail */
		"30 tablets @ $5 each", "@pharmacy on every channel", "5@2", "a@b", "npm @scope/name",
		"10@1.20 each",
		/* messengers by name alone */
		"We are on Telegram: available day and night", "Telegram and WhatsApp support",
		"error on line: 250", "LINE公式アカウント", "line up: three", "online: yes",
		"example.net.me/pills", "Skype is not used", "WhatsApp us today",
		/* words that look like people */
		"Product Name: Sildenafil Citrate", "Generic name: Tadalafil", "Name:\nEmail:\nPhone:",
		"Name: Viagra 100mg", "Name: Sildenafil Citrate 100 mg", "Dr. Reddy's", "Dr. Max Pharmacy",
		"Dr Fox", "MS Office", "Mr Muscle Pharmacy", "Brand Name: Example Forte",
		"Owner: Example Trading Ltd", "The name: a brand", "Pharmacist: call us",
		"お客様", "皆様へ", "患者様の声", "会員様限定", "製品仕様", "多種多様な", "外観模様", "神様",
		"田中薬局", "氏名\n住所\n電話番号", "氏名：（必須）", "販売業者：株式会社例薬局", "責任者が確認します",
		"薬剤師：薬局", "たくさん", "山田町の薬局", "東京都の薬局", "東京都千代田区の薬局 24時間",
		"大阪府では2024年から", "100 mg Street price", "5 Star Service, Great Place",
		"12 Month Way to save 50% off 12345",
		/* words about telephones without a number */
		"電話でのお問い合わせ", "Call 911", "phone support 24/7", "Fax", "Telephone: none",
		"hotel 1234567890 rooms", "call 100 mg", "Tel: 12345",
	};
	char kinds[32];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_SLICE(i, rows[i], masked(slice_str(rows[i]), kinds), slice_str(rows[i]));
	check_done();
}

static void a_part_shows_the_marks_that_touch_it(void **state)
{
	static const struct slice text = { "call +44 20 7946 0000 or a@x.test now", 37 };
	static const struct {
		size_t start, end, marks;
		const char *want;
	} rows[] = {
		{ 0, 37, 2, "call " M " or " M " now" },
		{ 0, 5, 0, "call " },
		{ 0, 6, 1, "call " M },
		{ 8, 12, 1, M },
		{ 20, 26, 2, M " or " M },
		{ 21, 25, 0, " or " },
		{ 33, 37, 0, " now" },
		{ 5, 5, 0, "" },
	};
	struct arena a = { 0 };
	struct redaction *r = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(redaction_find(text, &a, &r, &n, NULL), 0);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		CHECK_INT(i, rows[i].want,
		          redaction_put(text, rows[i].start, rows[i].end, r, n, &out), rows[i].marks);
		CHECK_SLICE(i, rows[i].want, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
	}
	arena_release(&a);
	check_done();
}

static uint64_t rng;

static uint64_t next_random(void) /* SplitMix64, by S. Vigna */
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Pieces of contact data and of innocent text, put together at random: what was found is in order,
 * apart, whole characters, and no e-mail address is left. */
static void what_is_found_is_in_order_and_apart(void **state)
{
	static const char *const pieces[] = {
		"a@x.test", " ", "\n", "03-1234-5678", "+44 20 7946 0000", "様", "佐藤", "薬", "100 mg", "Name: ",
		"John Smith", "t.me/", "abc", "〒100-0001", "東京都千代田区1-1-1", "0", "-", "(", ")", ":", "Tel", "é",
		"\xe2\x80\x8b", "12 Example Street, London SW1A 1AA", ".", "@", "[at]", "1", "＠", "３",
	};
	const char *given = getenv("ASSAY_TEST_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

	(void)state;
	printf("# seed %llu\n", (unsigned long long)seed);
	rng = seed;
	for (int i = 0; i < 3000; i++) {
		struct buf text = { 0 };
		struct arena a = { 0 };
		struct redaction *r = NULL;
		size_t n = 0, last = 0;
		for (uint64_t k = next_random() % 12; k > 0; k--)
			buf_puts(&text, pieces[next_random() % ROWS(pieces)]);
		assert_int_equal(redaction_find(buf_slice(&text), &a, &r, &n, NULL), 0);
		for (size_t k = 0; k < n; k++) {
			if (r[k].start >= r[k].end || r[k].end > text.n || (k && r[k].start <= last) ||
			    !utf8_valid(slice_sub(buf_slice(&text), r[k].start, r[k].end), NULL))
				fail_msg("seed %llu, text '%s', span %zu to %zu",
				         (unsigned long long)seed, buf_str(&text), r[k].start, r[k].end);
			last = r[k].end;
		}
		arena_release(&a);
		buf_release(&text);
	}
}

static void a_long_text_is_refused_and_a_full_one_is_not_slow(void **state)
{
	static const char *const fill[] = { "0", "(", "1 ", "東", "A ", "tel ", "@", "1-", "12 A Street " };
	struct arena a = { 0 };
	struct redaction *r = NULL;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(fill); i++) {
		struct buf text = { 0 };
		while (text.n < 1 << 20)
			buf_puts(&text, fill[i]);
		clock_t from = clock();
		assert_int_equal(redaction_find(buf_slice(&text), &a, &r, &n, NULL), 0);
		double took = (double)(clock() - from) / CLOCKS_PER_SEC;
		printf("# %zu bytes of '%s' in %.2f s\n", text.n, fill[i], took);
		assert_true(took < 20);
		arena_release(&a);
		buf_release(&text);
	}
	struct slice longer = { "", REDACTION_TEXT_MAX + 1u };
	assert_int_equal(redaction_find(longer, &a, &r, &n, NULL), ERR_LIMIT);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_mail_are_masked),
		cmocka_unit_test(numbers_of_telephones_are_masked),
		cmocka_unit_test(handles_are_masked_and_their_messenger_stays),
		cmocka_unit_test(streets_are_masked_where_the_form_is_certain),
		cmocka_unit_test(names_are_masked_where_the_form_is_certain),
		cmocka_unit_test(innocent_text_stays_as_it_is),
		cmocka_unit_test(a_part_shows_the_marks_that_touch_it),
		cmocka_unit_test(what_is_found_is_in_order_and_apart),
		cmocka_unit_test(a_long_text_is_refused_and_a_full_one_is_not_slow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
