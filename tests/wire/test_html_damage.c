/* Documents that are broken, lie about themselves, or are made to hurt: what is still read of them,
 * and that it is bounded. Times are measured against each other, so that no machine is too slow. */
#include "check.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "wire/html.h"

#include <time.h>

static void broken_markup_keeps_its_text(void **state)
{
	(void)state;
	static const struct {
		const char *html, *text;
	} rows[] = {
		/* never closed: tags, attributes, comments, raw text */
		{ "<p>a<b>b<i>c", "abc" },
		{ "<p>a<a href='/x>b</a><p>c", "a" }, /* a quote that never ends swallows all, as browsers do */
		{ "<p>a<a href=/x", "a" },
		{ "<p>a<a href=\"/x\"b>c</a>", "ac" },
		{ "<p>a<!-- never closed <p>b", "a" },
		{ "<p>a<!-- closed wrong --!>b", "ab" },
		{ "<p>a<!-->b<!--->c", "abc" },
		{ "<p>a<![CDATA[b]]>c", "ac" },
		{ "<p>a<script>never closed <p>b", "a" },
		{ "<title>never closed <p>b", "never closed <p>b" },
		{ "<textarea>never closed <p>b", "never closed <p>b" },
		/* closed wrong */
		{ "</p></div>a</b></html>b", "ab" },
		{ "<b><p>a</b>b</p>c", "ab\nc" },
		{ "<table>a<tr>b<td>c</table>d", "ab\nc\nd" },
		{ "<p>a</ p>b<//>c< p>d<>e", "abc< p>d<>e" },
		{ "<p a=1 a=2 =3 \"'<>x", "x" },
		/* references */
		{ "&lt &ltx &amp;amp; &bogus; &#xD800; &#x110000; &#1;x&#0;",
		  "< <x &amp; &bogus; \xef\xbf\xbd \xef\xbf\xbd x\xef\xbf\xbd" },
		/* a control character is shown as nothing, so it parts no word */
		{ "Via&#1;gra V&#x7f;iag&#11;ra", "Viagra Viagra" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		CHECK_INT(i, rows[i].html, html_text(slice_str(rows[i].html), SLICE("; charset=utf-8"),
		                                     NULL, &a, &p, NULL), 0);
		CHECK_SLICE(i, rows[i].html, p.text, slice_str(rows[i].text));
		arena_release(&a);
	}
	check_done();
}

/* The header goes before the document, a byte order mark before both; what is no such charset at
 * all is not believed; bytes that the charset does not have become U+FFFD, one word at most. */
static void wrong_charsets_lose_no_more_than_they_must(void **state)
{
	(void)state;
	static const struct {
		struct slice html;
		const char *type, *charset, *text;
	} rows[] = {
		{ SLICE("<meta charset=utf-8>caf\xe9 x"), "", "UTF-8", "caf\xef\xbf\xbd x" },
		{ SLICE("<meta charset=utf-16>caf\xc3\xa9"), "", "UTF-8", "caf\xc3\xa9" },
		{ SLICE("<meta charset=no-such-thing>caf\xc3\xa9"), "", "UTF-8", "caf\xc3\xa9" },
		{ SLICE("<meta charset=shift_jis>caf\xc3\xa9"), "text/html; charset=utf-8", "UTF-8",
		  "caf\xc3\xa9" },
		{ SLICE("\xef\xbb\xbf" "caf\xc3\xa9"), "text/html; charset=shift_jis", "UTF-8",
		  "caf\xc3\xa9" },
		{ SLICE("<meta charset=utf-8>\xff\xfe\x80 pills"), "", "UTF-8",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd pills" },
		{ SLICE("\xf0\x9f"), "text/html; charset=utf-8", "UTF-8", "\xef\xbf\xbd" },
		{ SLICE("<meta charset=shift_jis>\x81<b>pills"), "", "Shift_JIS",
		  "\xef\xbf\xbdpills" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { .charset = "" };
		CHECK_INT(i, rows[i].text, html_text(rows[i].html, slice_str(rows[i].type), NULL, &a, &p,
		                                     NULL), 0);
		CHECK_SLICE(i, rows[i].text, slice_str(p.charset), slice_str(rows[i].charset));
		CHECK_SLICE(i, rows[i].text, p.text, slice_str(rows[i].text));
		arena_release(&a);
	}
	check_done();
}

/* NUL in text, in names, in attributes, in comments: as if it were not there. */
static void nul_bytes_part_no_word_and_end_no_text(void **state)
{
	(void)state;
	static const struct {
		struct slice html;
		const char *text;
	} rows[] = {
		{ SLICE("<p>Via\0gra is one word for who sees it</p>"), "Viagra is one word for who sees it" },
		/* within a tag's name it makes another name, which no browser takes for a script */
		{ SLICE("<p>a<scr\0ipt>shown</scr\0ipt>b and some more text that is long enough"),
		  "ashownb and some more text that is long enough" },
		{ SLICE("<p>a<scr\1ipt>shown</scr\1ipt>b<!-- \0 -->c and some more text that is long"),
		  "ashownbc and some more text that is long" },
		{ SLICE("<img alt='a\0b'>c and some more text that is long enough"),
		  "ab c and some more text that is long enough" },
		{ SLICE("text that is long enough before its end \0"), "text that is long enough before its end" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		CHECK_INT(i, rows[i].text, html_text(rows[i].html, SLICE("; charset=utf-8"), NULL, &a, &p,
		                                     NULL), 0);
		CHECK_SLICE(i, rows[i].text, p.text, slice_str(rows[i].text));
		arena_release(&a);
	}
	check_done();
}

/* 50 MB are refused before a byte of them is looked at; so are 16 MB and one. */
static void pages_of_fifty_megabytes_are_refused(void **state)
{
	(void)state;
	enum { FIFTY = 50 << 20 };
	struct buf doc = { 0 };
	struct arena a = { 0 };
	struct page_text p = { .images = 7 };
	struct err err = { .what = "" };

	assert_non_null(buf_reserve(&doc, FIFTY));
	memset(doc.p, 'x', FIFTY);
	clock_t t = clock();
	assert_int_equal(html_text(slice_from(doc.p, FIFTY), SLICE(""), NULL, &a, &p, &err), ERR_LIMIT);
	assert_true((double)(clock() - t) / CLOCKS_PER_SEC < 0.1);
	assert_string_equal(err.what, "html: document of 52428800 bytes is over 16777216");
	assert_int_equal(html_text(slice_from(doc.p, HTML_BYTES + 1), SLICE(""), NULL, &a, &p, &err),
	                 ERR_LIMIT);
	assert_int_equal(p.images, 7);
	assert_int_equal(a.used, 0);
	buf_release(&doc);
	arena_release(&a);
}

/* The same unit n times and eight times n: a reader that is linear takes about eight times as long,
 * a quadratic one 64 times. */
static double seconds(const char *unit, size_t times)
{
	struct buf doc = { 0 };
	double best = 1e9;

	for (size_t k = 0; k < times; k++)
		buf_puts(&doc, unit);
	buf_puts(&doc, "<p>end");
	for (int run = 0; run < 3; run++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		clock_t t = clock();
		CHECK_INT(run, unit, html_text(buf_slice(&doc), SLICE(""), NULL, &a, &p, NULL), 0);
		double took = (double)(clock() - t) / CLOCKS_PER_SEC;
		best = took < best ? took : best;
		arena_release(&a);
	}
	buf_release(&doc);
	return best;
}

static void no_unit_makes_the_time_quadratic(void **state)
{
	(void)state;
	static const struct {
		const char *unit;
		size_t times; /* of the smaller document, so that it takes some milliseconds */
	} rows[] = {
		{ "<div>", 2000 }, /* eight times: over 10,000 deep */
		{ "<!-- never closed ", 4000 },
		{ "<!", 10000 },
		{ "<a href='", 4000 },
		{ "<a b ", 4000 },
		{ "</p", 10000 },
		{ "<script>", 4000 },
		{ "<style>", 4000 },
		{ "<script><!--<script>", 2000 },
		{ "<svg>", 4000 },
		{ "<svg></svg>", 2000 },
		{ "<style>p{color:red}p{color:blue}</style>", 1000 }, /* cut one by one */
		{ "<title>", 4000 },
		{ "&#x", 10000 },
		{ "&", 10000 },
		{ "<p>x", 2000 },
		{ "<table>", 1000 },
		{ "<li lang=en>word ", 2000 },
		{ "\xe2\x80\xae" "ab ", 4000 },
		{ "<p>\xe2\x80\xae" "a<a href=/x>b</a>\xe2\x80\xac", 1000 },
		{ "<div itemscope itemprop=a>", 1000 },
		{ "<script type=application/ld+json>{\"a\":[</script>", 500 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		double little = seconds(rows[i].unit, rows[i].times);
		double much = seconds(rows[i].unit, rows[i].times * 8);
		/* Between 8 and 64; the rest allows for the clock. */
		if (much > little * 40 + 0.02) {
			check_failed++;
			printf("# row %zu '%s': %.4f s, and %.4f s for eight times as much\n", i,
			       rows[i].unit, little, much);
		}
	}
	check_done();
}

static void ten_thousand_levels_keep_their_text(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct page_text p = { 0 };
	struct buf doc = { 0 };

	for (int i = 0; i < 10000; i++)
		buf_puts(&doc, i % 2 ? "<span>" : "<div>x");
	buf_puts(&doc, "<p>innermost");
	for (int i = 0; i < 10000; i++)
		buf_puts(&doc, i % 2 ? "</div>" : "</span>");
	buf_puts(&doc, "<p>behind");
	assert_int_equal(html_text(buf_slice(&doc), SLICE(""), NULL, &a, &p, NULL), 0);
	assert_true(p.depth < 400);
	assert_true(p.dropped > 10000);
	assert_true(slice_find_slice(p.text, SLICE("innermost")) < p.text.n);
	assert_true(slice_ends(p.text, SLICE("\nbehind")));
	size_t x = 0;
	for (size_t i = 0; i < p.text.n; i++)
		x += p.text.p[i] == 'x';
	assert_int_equal(x, 5000);
	buf_release(&doc);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_markup_keeps_its_text),
		cmocka_unit_test(wrong_charsets_lose_no_more_than_they_must),
		cmocka_unit_test(nul_bytes_part_no_word_and_end_no_text),
		cmocka_unit_test(pages_of_fifty_megabytes_are_refused),
		cmocka_unit_test(no_unit_makes_the_time_quadratic),
		cmocka_unit_test(ten_thousand_levels_keep_their_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
