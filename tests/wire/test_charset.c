#include "check.h"

#include "base/buf.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "wire/charset.h"

#include <stdlib.h>
#include <time.h>

static void labels_lead_to_encodings(void **state)
{
	(void)state;
	static const struct {
		const char *label, *name;
	} rows[] = {
		{ "utf-8", "UTF-8" }, { " UTF8\t", "UTF-8" }, { "latin1", "windows-1252" },
		{ "ISO-8859-1", "windows-1252" }, { "us-ascii", "windows-1252" },
		{ "iso-8859-9", "windows-1254" }, { "tis-620", "windows-874" },
		{ "x-sjis", "Shift_JIS" }, { "Windows-31J", "Shift_JIS" }, { "gb2312", "GBK" },
		{ "gb18030", "gb18030" }, { "big5-hkscs", "Big5" }, { "ks_c_5601-1987", "EUC-KR" },
		{ "utf-16", "UTF-16LE" }, { "iso-2022-kr", "replacement" },
		{ "iso-8859-8-i", "ISO-8859-8-I" }, { "koi8-ru", "KOI8-U" },
		{ "x-mac-ukrainian", "x-mac-cyrillic" }, { "iso_8859-5:1988", "ISO-8859-5" },
		{ "utf-7", "" }, { "utf", "" }, { "utf-8 utf8", "" }, { "", "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_SLICE(i, rows[i].label,
		            slice_str(charset_name(charset_of_label(slice_str(rows[i].label)))),
		            slice_str(rows[i].name));
	/* Each encoding that has a name is reached by it. */
	for (int c = 1; c < CHARSETS_N; c++)
		CHECK_INT(c, charset_name((enum charset)c),
		          charset_of_label(slice_str(charset_name((enum charset)c))), c);
	check_done();
}

static void the_charset_of_a_content_type_is_found(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "text/html; charset=utf-8", "utf-8" },
		{ "text/html;CHARSET = \"euc-jp\"; x=y", "euc-jp" },
		{ "text/html; charset='big5'", "big5" },
		{ "text/html; charset=utf-8; boundary=x", "utf-8" },
		{ "text/html; charsets=no; charset=yes", "yes" },
		{ "text/html; charset=\"open", "" },
		{ "text/html; charset", "" },
		{ "text/html", "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_SLICE(i, rows[i].in, charset_label_in(slice_str(rows[i].in)),
		            slice_str(rows[i].want));
	check_done();
}

static void the_first_source_that_speaks_decides(void **state)
{
	(void)state;
	static const struct {
		const char *html, *type, *name;
		enum charset_source how;
	} rows[] = {
		{ "\xef\xbb\xbf<meta charset=big5>", "; charset=euc-jp", "UTF-8", CHARSET_FROM_BOM },
		{ "\xfe\xffx", "", "UTF-16BE", CHARSET_FROM_BOM },
		{ "\xff\xfex", "", "UTF-16LE", CHARSET_FROM_BOM },
		{ "<meta charset=big5>", "text/html; charset=euc-jp", "EUC-JP", CHARSET_FROM_TRANSPORT },
		{ "<meta charset=big5>", "text/html; charset=nonsense", "Big5", CHARSET_FROM_META },
		{ "<meta charset=nonsense><meta charset=big5>", "", "Big5", CHARSET_FROM_META },
		{ "<!-- <meta charset=big5> --><meta charset=euc-kr>", "", "EUC-KR", CHARSET_FROM_META },
		{ "<a title='<meta charset=big5>'><meta charset=euc-kr>", "", "EUC-KR",
		  CHARSET_FROM_META },
		{ "<meta content='text/html; charset=big5'>", "", "windows-1252", CHARSET_FROM_DEFAULT },
		{ "<meta http-equiv=content-type content='text/html; charset=big5'>", "", "Big5",
		  CHARSET_FROM_META },
		{ "<meta charset=utf-16>", "", "UTF-8", CHARSET_FROM_META },
		{ "<meta charset=x-user-defined>", "", "windows-1252", CHARSET_FROM_META },
		{ "<?xml version='1.0' encoding='koi8-r'?>", "", "KOI8-R", CHARSET_FROM_META },
		{ "<?xml encoding='koi8-r'?><meta charset=big5>", "", "Big5", CHARSET_FROM_META },
		{ "caf\xc3\xa9", "", "UTF-8", CHARSET_FROM_CONTENT },
		{ "caf\xe9", "", "windows-1252", CHARSET_FROM_DEFAULT },
		{ "", "", "windows-1252", CHARSET_FROM_DEFAULT },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum charset_source how;
		enum charset c = charset_sniff(slice_str(rows[i].html), slice_str(rows[i].type), &how);
		CHECK_SLICE(i, rows[i].html, slice_str(charset_name(c)), slice_str(rows[i].name));
		CHECK_INT(i, rows[i].html, how, rows[i].how);
	}
	/* A <meta> behind the standard's 1024 bytes counts as well, as it does in browsers. */
	struct buf late = { 0 };
	for (int i = 0; i < 3000; i++)
		buf_puts(&late, "<p>");
	buf_puts(&late, "<meta charset=big5>");
	CHECK_INT(0, "late", charset_sniff(buf_slice(&late), SLICE(""), NULL), CHARSET_BIG5);
	buf_release(&late);
	check_done();
}

static void bytes_decode_as_the_standard_says(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		struct slice in;
		const char *want;
	} rows[] = {
		{ "utf-8", SLICE("\xef\xbb\xbf" "caf\xc3\xa9"), "café" },
		{ "utf-8", SLICE("a\xc3" "b\xed\xa0\x80"), "a\ufffdb\ufffd\ufffd\ufffd" },
		{ "utf-16le", SLICE("\xff\xfe" "a\0\x3d\xd8\x8a\xdc"), "a\U0001f48a" },
		{ "utf-16be", SLICE("\0a\xd8\x3d\0b\0"), "a\ufffdb\ufffd" },
		{ "windows-1252", SLICE("\x80 \x81 \xe9"), "€ \xc2\x81 é" },
		{ "windows-1255", SLICE("\xca\xd9"), "\u05ba\ufffd" },
		{ "koi8-u", SLICE("\xae\xf0"), "ўП" },
		{ "iso-8859-7", SLICE("\xa4"), "€" },
		{ "shift_jis", SLICE("\x8f\x88\x95\xfb\xe2\xb3 \xca\xde\x5c\x7e"), "処方箋 ﾊﾞ\\~" },
		{ "shift_jis", SLICE("\x81<\xa0\x80\xf0\x40\x81"), "\ufffd<\ufffd\xc2\x80\ue000\ufffd" },
		{ "euc-jp", SLICE("\xbd\xe8\xca\xfd\x8e\xb1\x8f\xa2\xb7"), "処方ｱ～" },
		{ "euc-jp", SLICE("\xbd<\x8f\xa2"), "\ufffd<\ufffd" },
		{ "iso-2022-jp", SLICE("\x1b$B=hJ}\x1b(Jx\\~\x1b(I1\x1b(B\\"), "処方x¥‾ｱ\\" },
		{ "iso-2022-jp", SLICE("\x1b$B=\x1b(B<\x0e\xff\x1bx"), "\ufffd<\ufffd\ufffd\ufffdx" },
		{ "iso-2022-jp", SLICE("\x1b(B\x1b(Ba"), "\ufffd" "a" },
		{ "gbk", SLICE("\xb4\xa6\xb7\xbd\x80"), "处方€" },
		{ "gb18030", SLICE("\x81\x30\x81\x30\x90\x30\x81\x30\x84\x31\xa4\x37"),
		  "\xc2\x80\U00010000\ufffd" },
		{ "gb18030", SLICE("\x81\x30<\x81\x30\x81"), "\ufffd0<\ufffd" },
		{ "big5", SLICE("\xb3\x42\xa4\xe8\x88\x62\x87\x7b\x87<"), "處方\u00ca\u0304\U00021d53\ufffd<" },
		{ "euc-kr", SLICE("\xc3\xb3\xb9\xe6\xc0\xfc\x81\x41\xfe"), "처방전갂\ufffd" },
		{ "x-user-defined", SLICE("a\x80\xff"), "a\uf780\uf7ff" },
		{ "hz-gb-2312", SLICE("~{<script>"), "\ufffd" },
		{ "utf-8", SLICE(""), "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct slice out = { NULL, 0 };
		CHECK_INT(i, rows[i].label, charset_decode(charset_of_label(slice_str(rows[i].label)),
		                                           rows[i].in, 1000, &a, &out, NULL), 0);
		CHECK_SLICE(i, rows[i].label, out, slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

/* Everything that two bytes may mean, in each encoding, and all four-byte codes of GB18030's first
 * plane: the digest of what they decode to. The digests were taken when the output had been compared
 * with the standard's index files, entry by entry. */
static void tables_are_those_of_the_standard(void **state)
{
	(void)state;
	static const struct {
		enum charset charset;
		const char *digest;
	} rows[] = {
#include "wire/charset_digests.inc"
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf in = { 0 };
		struct arena a = { 0 };
		struct slice out = { NULL, 0 };
		char hex[SHA256_HEX];
		const char *name = charset_name(rows[i].charset);
		if (rows[i].charset >= CHARSET_IBM866) {
			for (int b = 0x80; b < 0x100; b++)
				buf_putc(&in, (char)b);
		} else {
			for (int lead = 0x80; lead < 0x100; lead++)
				for (int trail = 0x20; trail < 0x100; trail++)
					buf_printf(&in, "%c%c\n", lead, trail);
			if (rows[i].charset == CHARSET_EUC_JP)
				for (int b = 0; b < 94 * 94; b++)
					buf_printf(&in, "\x8f%c%c\n", b / 94 + 0xa1, b % 94 + 0xa1);
			if (rows[i].charset == CHARSET_GB18030)
				for (int b = 0; b < 39420; b++)
					buf_printf(&in, "%c%c%c%c\n", b / 12600 + 0x81, b / 1260 % 10 + 0x30,
					           b / 10 % 126 + 0x81, b % 10 + 0x30);
		}
		CHECK_INT(i, name, charset_decode(rows[i].charset, buf_slice(&in), SIZE_MAX, &a, &out, NULL),
		          0);
		sha256_hex(sha256_of(out), hex);
		CHECK_SLICE(i, name, slice_str(hex), slice_str(rows[i].digest));
		buf_release(&in);
		arena_release(&a);
	}
	check_done();
}

static void limits_and_misuse_are_errors(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct slice out = SLICE("as it was");
	struct err err;

	assert_int_equal(charset_decode(CHARSET_UTF_8, SLICE("12345"), 4, &a, &out, &err), ERR_LIMIT);
	assert_string_equal(err.what, "charset: UTF-8 text of 5 bytes is over 4 as UTF-8");
	assert_int_equal(charset_decode(CHARSET_WINDOWS_1252, SLICE("\xe9\xe9\xe9"), 5, &a, &out, &err),
	                 ERR_LIMIT);
	assert_int_equal(charset_decode(CHARSET_NONE, SLICE("x"), 5, &a, &out, &err), ERR_USAGE);
	assert_true(slice_eq_str(out, "as it was"));
	assert_int_equal(charset_decode(CHARSET_WINDOWS_1252, SLICE("\xe9\xe9\xe9"), 6, &a, &out, &err),
	                 0);
	arena_release(&a);
}

static void any_bytes_decode_to_well_formed_text(void **state)
{
	(void)state;
	unsigned seed = (unsigned)time(NULL);
	printf("# seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 4000; round++) {
		char in[200];
		size_t n = (size_t)rand() % sizeof(in);
		for (size_t i = 0; i < n; i++)
			in[i] = (char)(rand() % 4 ? rand() | 0x80 : rand() % 2 ? 0x1b : rand() & 0x7f);
		enum charset c = (enum charset)(1 + rand() % (CHARSETS_N - 1));
		struct arena a = { 0 };
		struct slice out;
		assert_int_equal(charset_decode(c, slice_from(in, n), SIZE_MAX, &a, &out, NULL), 0);
		assert_true(utf8_valid(out, NULL));
		arena_release(&a);
	}
}

/* The encoding vectors of html5lib-tests (MIT), where they are at hand. */
static void html5lib_sniffing_vectors_pass(void **state)
{
	(void)state;
	static const char *const file[] = { "tests1.dat", "tests2.dat", "test-yahoo-jp.dat" };
	const char *source = getenv("ASSAY_SOURCE");
	char tarball[4096], command[8192];
	int total = 0, passed = 0;

	snprintf(tarball, sizeof(tarball), "%s/../shared/data/html5lib/html5lib-tests.tar.zst",
	         source ? source : ".");
	FILE *there = fopen(tarball, "rb");
	if (!there)
		skip();
	fclose(there);
	for (size_t i = 0; i < ROWS(file); i++) {
		struct buf b = { 0 };
		snprintf(command, sizeof(command), "tar --zstd -xOf '%s' --wildcards '*encoding/%s'",
		         tarball, file[i]);
		FILE *f = popen(command, "r");
		assert_non_null(f);
		for (int c; (c = getc(f)) != EOF;)
			buf_putc(&b, (char)c);
		assert_int_equal(pclose(f), 0);
		struct slice rest = buf_slice(&b), data = SLICE("#data\n"), name = SLICE("\n#encoding\n");
		while (slice_starts(rest, data)) {
			size_t end = slice_find_slice(rest, name);
			struct slice html = slice_sub(rest, data.n, end), want;
			rest = slice_sub(rest, end + name.n, rest.n);
			slice_cut(&rest, '\n', &want);
			rest = slice_sub(rest, slice_find_slice(rest, data), rest.n);
			enum charset c = charset_sniff(html, SLICE(""), NULL);
			total++;
			if (c == charset_of_label(want))
				passed++;
			else
				printf("# %s: wanted %.*s, got %s: %.*s\n", file[i], SLICE_ARG(want),
				       charset_name(c), html.n > 200 ? 200 : (int)html.n, html.p);
		}
		buf_release(&b);
	}
	printf("# html5lib encoding vectors: %d of %d\n", passed, total);
	assert_true(total > 80);
	assert_int_equal(passed, total);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_lead_to_encodings),
		cmocka_unit_test(the_charset_of_a_content_type_is_found),
		cmocka_unit_test(the_first_source_that_speaks_decides),
		cmocka_unit_test(bytes_decode_as_the_standard_says),
		cmocka_unit_test(tables_are_those_of_the_standard),
		cmocka_unit_test(limits_and_misuse_are_errors),
		cmocka_unit_test(any_bytes_decode_to_well_formed_text),
		cmocka_unit_test(html5lib_sniffing_vectors_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
