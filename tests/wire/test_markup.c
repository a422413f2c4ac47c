#include "check.h"

#include "base/buf.h"
#include "wire/markup.h"

#define DOCTYPE "<!DOCTYPE html>\n"

static struct slice after_doctype(const struct buf *b)
{
	return slice_sub(buf_slice(b), sizeof(DOCTYPE) - 1, b->n);
}

static void text_and_attributes_are_escaped(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "plain", "plain" },
		{ "<script>&\"'", "&lt;script&gt;&amp;&quot;&#39;" },
		{ "&lt;", "&amp;lt;" },
		{ "\xe8\x96\xac", "\xe8\x96\xac" },
		{ "a\x01\x7f\xc2\x85z", "az" },
		{ "a\xe2\x80\xae" "b\xe2\x81\xa6" "c\xd8\x9c" "d\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", "abcd" },
		{ "a\xff" "b\xed\xa0\x80", "a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a\r\nb", "a\n\nb" },
		{ "a\xef\xbf\xbf", "a" },
		{ "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81x",
		  "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81x" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf b = { 0 }, want = { 0 };
		struct markup m;
		markup_open(&m, &b);
		markup_begin(&m, "p");
		markup_attr(&m, "title", slice_str(rows[i].in));
		markup_text(&m, slice_str(rows[i].in));
		markup_end(&m);
		CHECK_INT(i, rows[i].in, markup_close(&m, NULL), 0);
		buf_printf(&want, "<p title=\"%s\">%s</p>\n", rows[i].want, rows[i].want);
		CHECK_SLICE(i, rows[i].in, after_doctype(&b), buf_slice(&want));
		buf_release(&b);
		buf_release(&want);
	}
	check_done();
}

static void foreign_text_is_one_line_of_its_own_direction(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		size_t max;
		const char *want;
	} rows[] = {
		{ "  no \t\n prescription\xe3\x80\x80needed ", 99, "<bdi>no prescription needed</bdi>" },
		{ "abcdef", 3, "<bdi>abc\xe2\x80\xa6</bdi>" },
		{ "abc", 3, "<bdi>abc</bdi>" },
		{ "ab c", 3, "<bdi>ab\xe2\x80\xa6</bdi>" },
		{ "\xe5\xb1\x80\xe5\xb1\x80\xe5\xb1\x80", 2, "<bdi>\xe5\xb1\x80\xe5\xb1\x80\xe2\x80\xa6</bdi>" },
		{ "\xe2\x80\xae", 9, "<bdi></bdi>" },
		{ "a\xe2\x80\xa8" "b", 9, "<bdi>a b</bdi>" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf b = { 0 };
		struct markup m;
		markup_open(&m, &b);
		markup_foreign(&m, slice_str(rows[i].in), rows[i].max);
		CHECK_INT(i, rows[i].in, markup_close(&m, NULL), 0);
		CHECK_SLICE(i, rows[i].in, slice_trim(after_doctype(&b)), slice_str(rows[i].want));
		buf_release(&b);
	}
	check_done();
}

static void only_our_own_links_are_written(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		bool good;
	} rows[] = {
		{ "/d/x.example?for=JP&lang=en", true },
		{ "/", true },
		{ "?lang=ja", true },
		{ "#for-JP", true },
		{ "https://register.example/", true },
		{ "mailto:appeals@x.example", true },
		{ "tel:+81-3-0000-0000", true },
		{ "", false },
		{ "//pills.example/", false },
		{ "/\\pills.example/", false },
		{ "javascript:alert(1)", false },
		{ "JavaScript:alert(1)", false },
		{ "http://pills.example/", false },
		{ "data:text/html,x", false },
		{ "pills.example", false },
		{ " /d/x", false },
		{ "/d/x\ny", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf b = { 0 };
		struct markup m;
		markup_open(&m, &b);
		markup_begin(&m, "a");
		markup_link(&m, "href", slice_str(rows[i].in));
		markup_end(&m);
		CHECK_INT(i, rows[i].in, markup_close(&m, NULL) == 0, rows[i].good);
		buf_release(&b);
	}
	check_done();
}

static void misuse(struct markup *m, size_t i)
{
	markup_begin(m, "p");
	switch (i) {
	case 0: markup_attr(m, "x y", SLICE("z")); break;
	case 1: markup_attr(m, "onclick", SLICE("z")); break;
	case 2: markup_attr(m, "style", SLICE("z")); break;
	case 3: markup_attr(m, "href", SLICE("/z")); break;
	case 4: markup_text(m, SLICE("t")), markup_attr(m, "id", SLICE("z")); break;
	case 5: markup_begin(m, "P><b"), markup_end(m); break;
	case 6: markup_begin(m, "script"), markup_text(m, SLICE("t")), markup_end(m); break;
	case 7: markup_begin(m, "style"), markup_begin(m, "p"), markup_end(m), markup_end(m); break;
	case 8: markup_end(m); break;
	case 9: return; /* not ended */
	case 10: markup_link(m, "data-x", SLICE("/z")); break;
	}
	markup_end(m);
}

static void a_misuse_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i <= 10; i++) {
		struct buf b = { 0 };
		struct markup m;
		struct err err = { 0 };
		markup_open(&m, &b);
		misuse(&m, i);
		CHECK_INT(i, buf_str(&b), markup_close(&m, &err), ERR_USAGE);
		buf_release(&b);
	}
	check_done();
}

static void void_elements_end_by_themselves(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct markup m;

	markup_open(&m, &b);
	markup_begin(&m, "p");
	markup_begin(&m, "input");
	markup_attr(&m, "value", SLICE("x"));
	markup_end(&m);
	markup_text(&m, SLICE("a"));
	markup_begin(&m, "br");
	markup_text(&m, SLICE("b"));
	markup_begin(&m, "br");
	markup_end(&m);
	markup_end(&m);
	assert_int_equal(markup_close(&m, NULL), 0);
	CHECK_SLICE(0, "", after_doctype(&b), SLICE("<p><input value=\"x\">a\n<br>b\n<br></p>\n"));
	buf_release(&b);
	check_done();
}

static void a_part_of_a_path_holds_no_separator(void **state)
{
	(void)state;
	struct buf b = { 0 };

	markup_percent(&b, SLICE("A-z0.9_~ /?#%&=\xe8\x96\xac"));
	CHECK_SLICE(0, "", buf_slice(&b), SLICE("A-z0.9_~%20%2F%3F%23%25%26%3D%E8%96%AC"));
	buf_release(&b);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_attributes_are_escaped),
		cmocka_unit_test(foreign_text_is_one_line_of_its_own_direction),
		cmocka_unit_test(only_our_own_links_are_written),
		cmocka_unit_test(a_misuse_is_told),
		cmocka_unit_test(void_elements_end_by_themselves),
		cmocka_unit_test(a_part_of_a_path_holds_no_separator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
