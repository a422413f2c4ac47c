#include "check.h"

#include "base/buf.h"
#include "wire/html_active.h"

static void what_acts_is_found_and_what_sleeps_is_not(void **state)
{
	(void)state;
	static const struct {
		const char *html, *refresh, *icon, *onload, *script;
		int scripts, nofollow;
	} rows[] = {
		{ "<meta http-equiv=Refresh content='0;url=/a&amp;b'>", "0;url=/a&b", "", "", "", 0, 0 },
		{ "<META CONTENT=5 HTTP-EQUIV = \"refresh\">", "5", "", "", "", 0, 0 },
		{ "<meta http-equiv=refresh content=1><meta http-equiv=refresh content=2>", "1", "", "",
		  "", 0, 0 },
		{ "<noscript><meta http-equiv=refresh content=1></noscript>", "", "", "", "", 0, 0 },
		{ "<noscript></noscript><meta http-equiv=refresh content=1>", "1", "", "", "", 0, 0 },
		{ "<template><template></template><script>x</script></template><script>y</script>", "",
		  "", "", "y", 1, 0 },
		{ "<svg><script>x</script></svg><svg/><script>y</script>", "", "", "", "y", 1, 0 },
		{ "<!-- <script>x</script> --><title><script>x</script></title>", "", "", "", "", 0, 0 },
		{ "<link rel='a icon' href=' /i '>", "", "/i", "", "", 0, 0 },
		{ "<link rel=mask-icon href=/i>", "", "", "", "", 0, 0 },
		{ "<body onload=\"go(&quot;x&#39;&#x41;\">", "", "", "go(\"x'A", "", 0, 0 },
		{ "<script src=a.js></script><script type=text/x>z</script><script>a</script>", "", "", "",
		  "a", 2, 0 },
		{ "<script>a</SCRIPT ><script>b", "", "", "", "a", 2, 0 },
		{ "<a rel='x NoFollow' href=/q><area rel=nofollow href=/r><a href=/s>", "", "", "", "", 0,
		  2 },
		{ "<meta http-equiv=refresh content='&#0;&#x110000;'>", "\xef\xbf\xbd\xef\xbf\xbd",
		  "", "", "", 0, 0 },
		{ "<meta http-equiv=refresh content=", "", "", "", "", 0, 0 },
		{ "", "", "", "", "", 0, 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct html_active a = { 0 };
		const char *in = rows[i].html;
		CHECK_INT(i, in, html_active_read(slice_str(in), &arena, &a, NULL), 0);
		CHECK_SLICE(i, in, a.refresh, slice_str(rows[i].refresh));
		CHECK_SLICE(i, in, a.icon, slice_str(rows[i].icon));
		CHECK_SLICE(i, in, a.onload, slice_str(rows[i].onload));
		CHECK_SLICE(i, in, a.script_n ? a.script[0] : SLICE(""), slice_str(rows[i].script));
		CHECK_INT(i, in, a.scripts, rows[i].scripts);
		CHECK_INT(i, in, a.nofollow_n, rows[i].nofollow);
		arena_release(&arena);
	}
	check_done();
}

static void lists_are_cut(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct buf b = { 0 };
	struct html_active a;

	for (int i = 0; i < 5000; i++)
		buf_puts(&b, "<script>x</script><a rel=nofollow href=/x>");
	assert_int_equal(html_active_read(buf_slice(&b), &arena, &a, NULL), 0);
	CHECK_INT(0, "scripts", a.scripts, 5000);
	CHECK_INT(0, "bodies", a.script_n, HTML_ACTIVE_MAX);
	CHECK_INT(0, "nofollow", a.nofollow_n, HTML_ACTIVE_MAX);
	CHECK_INT(0, "cut", a.cut, true);
	check_done();
	buf_release(&b);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_acts_is_found_and_what_sleeps_is_not),
		cmocka_unit_test(lists_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
