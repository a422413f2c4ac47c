/* What is taken out before the parser, and that the page stays the page. */
#include "check.h"

#include "base/buf.h"
#include "wire/html.h"
#include "wire/html_cut.h"

#define S32 "                                "
#define LONG S32 "....................................................................." S32

static void what_holds_no_text_goes_and_the_rest_stays(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "" },
		{ "<p>text</p>", "<p>text</p>" },
		{ "<script>let a = '<p>';</script>b", "<script></script>b" },
		{ "<SCRIPT src=x>1</SCRIPT >b", "<SCRIPT src=x></SCRIPT >b" },
		{ "<style>p{}</style>b", "<style></style>b" },
		{ "<script type=\"application/LD+JSON\">{}</script>", "<script type=\"application/LD+JSON\">{}</script>" },
		{ "<script>never ends <p>x</p>", "<script>" },
		{ "<textarea><script>kept</script></textarea>", "<textarea><script>kept</script></textarea>" },
		{ "<title><style>kept</style></title>", "<title><style>kept</style></title>" },
		{ "<!-- short --><b>x", "<!-- short --><b>x" },
		{ "a<!--" LONG "-->b", "a<!---->b" },
		{ "a<!-- saved from url=(0023)https://shop.example/ " LONG "-->b",
		  "a<!-- saved from url=(0023)https://shop.example/ " LONG "-->b" },
		{ "a<!--" LONG, "a<!--" LONG },
		{ "a<!--" LONG "--!>b", "a<!--" LONG "--!>b" },
		{ "<p>a" S32 " b", "<p>a b" },
		{ "<p>a" S32 "b", "<p>a" S32 "b" },
		{ "<p title='" S32 " '>a", "<p title='" S32 " '>a" },
		{ "<!-- <script> --><script>1</script>", "<!-- <script> --><script></script>" },
		{ "<script><!-- <script> </script> --></script>b", "<script></script>b" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct html_cuts cuts;
		size_t n = strlen(rows[i].in);
		char *html = (char *)(uintptr_t)arena_copy(&a, slice_str(rows[i].in)).p;
		CHECK_INT(i, rows[i].in, html_cut(html, &n, &a, &cuts, NULL), 0);
		CHECK_SLICE(i, rows[i].in, slice_from(html, n), slice_str(rows[i].want));
		for (size_t k = 0; k < n; k++)
			CHECK_INT(k, rows[i].in, html[k], rows[i].in[html_cut_origin(&cuts, k)]);
		arena_release(&a);
	}
	check_done();
}

/* Places in the document are places in what was received, and what is read is what was read. */
static void a_block_says_where_it_stood_in_the_document(void **state)
{
	static const char html[] = "<script>var a = 1;</script><p>one</p>" S32 S32
				   "<style>p{color:red}</style><form action=/cart><p>two</p></form>"
				   "<!--" LONG "--><pre>a" S32 S32 "b</pre>";
	struct arena a = { 0 };
	struct page_text p;

	(void)state;
	assert_int_equal(html_text(slice_str(html), SLICE("text/html"), NULL, &a, &p, NULL), 0);
	assert_int_equal(p.block_n, 3);
	CHECK_SLICE(0, "text", p.text, SLICE("one\ntwo\na b"));
	CHECK_INT(0, "one", strncmp(html + p.block[0].source, "one", 3), 0);
	CHECK_INT(1, "two", strncmp(html + p.block[1].source, "two", 3), 0);
	CHECK_INT(2, "pre", strncmp(html + p.block[2].source, "a  ", 3), 0);
	CHECK_INT(3, "form", strncmp(html + p.form[0].source, "<form", 5), 0);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_holds_no_text_goes_and_the_rest_stays),
		cmocka_unit_test(a_block_says_where_it_stood_in_the_document),
	};
	return cmocka_run_group_tests_name("wire/html_cut", tests, NULL, NULL);
}
