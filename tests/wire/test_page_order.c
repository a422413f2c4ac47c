/* Names that a visitor reads and bytes do not show: written backwards, or with characters between
 * their letters that are shown as nothing. */
#include "check.h"

#include "base/utf8.h"
#include "wire/fold.h"
#include "wire/html.h"

#define ZWSP "\xe2\x80\x8b"
#define ZWNJ "\xe2\x80\x8c"
#define WJ "\xe2\x81\xa0"
#define SHY "\xc2\xad"
#define BOM "\xef\xbb\xbf"
#define LRM "\xe2\x80\x8e"
#define RLE "\xe2\x80\xab"
#define RLO "\xe2\x80\xae"
#define PDF "\xe2\x80\xac"
#define RLI "\xe2\x81\xa7"
#define PDI "\xe2\x81\xa9"

static struct page_text read_page(struct arena *a, const char *html)
{
	struct page_text p = { 0 };
	struct err err = { .what = "" };

	if (html_text(slice_str(html), SLICE("; charset=utf-8"), NULL, a, &p, &err) != 0)
		fail_msg("%s: %s", html, err.what);
	return p;
}

/* In each page the folded text holds the name, and its span in the page's text, folded by itself, is
 * the name and begins and ends with a letter of it. */
static void names_are_found_where_they_stand(void **state)
{
	(void)state;
	static const struct {
		const char *html, *name;
	} rows[] = {
		{ "<p>buy V" ZWSP "i" ZWNJ "a" WJ "g" SHY "r" BOM "a now", "viagra" },
		{ "<p>buy Vi&#x200B;ag&shy;ra now", "viagra" },
		{ "<p>buy V" LRM "iag" RLE "ra" PDF " now", "viagra" },
		{ "<p>buy " RLI "viagra" PDI " now", "viagra" },
		{ "<p>buy " RLO "argaiv" PDF " now", "viagra" },
		{ "<p>buy via" RLO "arg" PDF " now", "viagra" },
		{ "<p>buy " RLO "argaiv", "viagra" },
		{ "<p>buy &#x202E;won argaiv", "viagra" },
		{ "<p>buy <bdo dir=rtl>ar<b>ga</b>iv</bdo>", "viagra" },
		{ "<p>buy <bdo dir=RTL>argaiv</bdo> now", "viagra" },
		{ "<p>buy <span style='unicode-bidi:bidi-override; direction:rtl'>argaiv</span>", "viagra" },
		{ "<p>buy <bdo dir=ltr>viagra</bdo> now", "viagra" },
		{ "<p>buy <span style='direction:rtl'>viagra</span> now", "viagra" },
		{ "<p>buy " RLO "\xd0\xb0\xd1\x80\xd0\xb3\xd0\xb0\xd0\xb8\xd0\xb2" PDF,
		  "\xd0\xb2\xd0\xb8\xd0\xb0\xd0\xb3\xd1\x80\xd0\xb0" },
		/* Arabic under an override is in order as it is written */
		{ "<p>" RLO "\xd9\x81\xd9\x8a\xd8\xa7\xd8\xba\xd8\xb1\xd8\xa7" PDF,
		  "\xd9\x81\xd9\x8a\xd8\xa7\xd8\xba\xd8\xb1\xd8\xa7" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = read_page(&a, rows[i].html);
		struct slice name = slice_str(rows[i].name);
		struct folded f, again;
		size_t start, end;
		assert_int_equal(fold(p.text, &a, &f, NULL), 0);
		size_t at = slice_find_slice(f.text, name);
		CHECK_INT(i, rows[i].html, at < f.text.n, 1);
		if (at < f.text.n) {
			fold_span(&f, at, at + name.n, &start, &end);
			struct slice span = slice_sub(p.text, start, end);
			assert_int_equal(fold(span, &a, &again, NULL), 0);
			CHECK_SLICE(i, rows[i].html, again.text, name);
			CHECK_INT(i, rows[i].html, utf8_valid(span, NULL), 1);
		}
		CHECK_INT(i, rows[i].html, slice_find_slice(p.text, SLICE(RLO)) == p.text.n, 1);
		arena_release(&a);
	}
	check_done();
}

/* Inner spans move with the letters they cover, and stay on whole characters. */
static void links_in_a_reversed_run_keep_their_letters(void **state)
{
	(void)state;
	static const struct {
		const char *html, *text, *link;
	} rows[] = {
		{ "<p>a " RLO "<a href=/x>argaiv</a> yub" PDF " b",
		  "a " ZWSP "buy viagra" ZWSP " b", "viagra" },
		{ "<p>a <a href=/x>" RLO "argaiv" PDF "</a> b",
		  "a " ZWSP "viagra" ZWSP " b", ZWSP "viagra" ZWSP },
		/* begins before the run and ends in it */
		{ "<p><a href=/x>a " RLO "\xc3\xa9gr</a>aiv" PDF " b",
		  "a " ZWSP "viarg\xc3\xa9" ZWSP " b", "a " ZWSP "viarg\xc3\xa9" },
		{ "<p>a<p><bdo dir=rtl><a href=/x>argaiv</a></bdo>",
		  "a\n" ZWSP "viagra" ZWSP, ZWSP "viagra" ZWSP },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = read_page(&a, rows[i].html);
		CHECK_SLICE(i, rows[i].html, p.text, slice_str(rows[i].text));
		for (size_t k = 0; k < p.block_n; k++) {
			if (p.block[k].role == ROLE_LINK)
				CHECK_SLICE(i, rows[i].html, page_block_text(&p, &p.block[k]),
				            slice_str(rows[i].link));
			CHECK_INT(i, rows[i].html, p.block[k].start >= p.block[p.block[k].inside].start &&
			          p.block[k].end <= p.block[p.block[k].inside].end, 1);
		}
		arena_release(&a);
	}
	check_done();
}

static void a_run_ends_with_its_block(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct page_text p = read_page(&a, "<p>" RLO "cba<p>def<p hidden>" RLO "cba");

	CHECK_SLICE(0, "seen", p.text, SLICE(ZWSP "abc\ndef"));
	CHECK_SLICE(0, "hidden", p.hidden, SLICE(ZWSP "abc"));
	arena_release(&a);
	check_done();
}

/* What a picture says is not read: a page of nothing else has no letters, but alt text is text. */
static void pages_without_text_have_no_letters(void **state)
{
	(void)state;
	static const struct {
		const char *html;
		size_t letters, images;
	} rows[] = {
		{ "<title>Shop</title><img src=a.png><a href=/b><img src=b.png alt=''></a>", 0, 2 },
		{ "<meta name=description content='pills'><img src=a.png>", 0, 1 },
		{ "<img src=a.png alt='No prescription'>", 14, 1 },
		{ "<img src=a.png><p>" ZWSP SHY "&nbsp;\xc2\xa9 2024", 0, 1 },
		{ "<img src=a.png><p style='display:none'>words", 0, 1 },
		{ "<p>\xe5\x87\xa6\xe6\x96\xb9", 2, 0 },
		{ "<p lang=ja>\xe5\x87\xa6\xe6\x96\xb9 <a href=/x>link</a>", 6, 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = read_page(&a, rows[i].html);
		CHECK_INT(i, rows[i].html, p.letters, rows[i].letters);
		CHECK_INT(i, rows[i].html, p.images, rows[i].images);
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_where_they_stand),
		cmocka_unit_test(links_in_a_reversed_run_keep_their_letters),
		cmocka_unit_test(a_run_ends_with_its_block),
		cmocka_unit_test(pages_without_text_have_no_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
