#include "check.h"

#include "base/buf.h"
#include "wire/redirect.h"

static void a_refresh_leads_where_a_browser_would_go(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		int reads;
		unsigned seconds;
		const char *target;
	} rows[] = {
		{ "0;url=https://a.example/", 1, 0, "https://a.example/" },
		{ "5; URL = 'x?a=1;b=2' junk", 1, 5, "x?a=1;b=2" },
		{ " 3 , \"/y\"", 1, 3, "/y" },
		{ "0 https://a.example/", 1, 0, "https://a.example/" },
		{ "1.5;url=/z", 1, 1, "/z" },
		{ ".5;url=/z", 1, 0, "/z" },
		{ "0;/plain", 1, 0, "/plain" },
		{ "0;urlx", 1, 0, "urlx" },
		{ "0;url", 1, 0, "url" },
		{ "0;url=\"unclosed", 1, 0, "unclosed" },
		{ "10", 1, 10, "" },
		{ "99999999999999999999;url=/far", 1, UINT32_MAX, "/far" },
		{ "", 0, 0, "" },
		{ "url=/x", 0, 0, "" },
		{ "-1;url=/x", 0, 0, "" },
		{ "5x;url=/x", 0, 0, "" },
		{ "0;url=javascript:alert(1)", 1, 0, "javascript:alert(1)" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct refresh r = { 0 };
		CHECK_INT(i, rows[i].value, refresh_parse(slice_str(rows[i].value), &r), rows[i].reads);
		CHECK_INT(i, rows[i].value, r.seconds, rows[i].seconds);
		CHECK_SLICE(i, rows[i].value, r.target, slice_str(rows[i].target));
	}
	check_done();
}

static void a_script_that_surely_runs_is_a_redirect(void **state)
{
	(void)state;
	static const struct {
		const char *script, *target; /* NULL: none */
		int may;
	} rows[] = {
		{ "location='/a'", "/a", 0 },
		{ "window.location = \"https://b.example/\";", "https://b.example/", 0 },
		{ "top.location.href='/c'", "/c", 0 },
		{ "document.location.replace('/d');", "/d", 0 },
		{ "self.location.assign(`/e`)", "/e", 0 },
		{ "window['location']['href'] = '/f'", "/f", 0 },
		{ "var x = 1;\nlocation.href = 'ht' + 'tps:' + \"//g.example\"\nvar y", "https://g.example",
		  0 },
		{ "location = decodeURIComponent('%2Fh%C3%A9')", "/h\xc3\xa9", 0 },
		{ "location = unescape('%u0068%74%74%70') + '://i.example/'", "http://i.example/", 0 },
		{ "location.href = atob('aHR0cHM6Ly9qLmV4YW1wbGUv')", "https://j.example/", 0 },
		{ "location.href = window.atob('aHR0cHM6Ly9qLmV4YW1wbGU')", "https://j.example", 0 },
		{ "location = '\\x68\\u0074tp\\u{3a}//k.example'", "http://k.example", 0 },
		{ "setTimeout(function () { location.href = '/l' }, 3000)", "/l", 0 },
		{ "window.setTimeout(\"location.href='/m'\", 0)", "/m", 0 },
		{ "setTimeout(() => location.replace('/n'), 10)", "/n", 0 },
		{ "window.onload = function() { location='/o'; }", "/o", 0 },
		{ "window.addEventListener('load', function () { location='/p' })", "/p", 0 },
		{ "$(document).ready(function(){ window.location='/q' })", "/q", 0 },
		{ "$(function(){ window.location='/q2' })", "/q2", 0 },
		{ "(function(){ 'use strict'; location='/r' })()", "/r", 0 },
		{ "(() => { location='/r2' })();", "/r2", 0 },
		{ "!function(){location='/r3'}()", "/r3", 0 },
		{ "try { location='/s' } catch (e) {}", "/s", 0 },
		{ "<!--\nlocation='/t'\n//-->", "/t", 0 },
		{ "if (a) { b() } location='/u'", "/u", 0 },
		{ "var re = /'location=\"[/]x/; location='/v'", "/v", 0 },
		{ "var re = /\"/; location='/v2'", "/v2", 0 },
		{ "location = 'javascript:void(0)'", "javascript:void(0)", 0 },
		{ "/* location='/no' */ // location='/no'", NULL, 0 },
		{ "var s = \"location='/no'\"", NULL, 0 },
		{ "if (document.referrer) location='/w'", NULL, 1 },
		{ "if (a)\n\tlocation='/w'\nelse\n\tlocation='/x'", NULL, 1 },
		{ "a && (location='/w')", NULL, 1 },
		{ "for (;;) { location='/w' }", NULL, 1 },
		{ "switch (x) { case 1: location='/w' }", NULL, 1 },
		{ "try { f() } catch (e) { location='/w' }", NULL, 1 },
		{ "function go() { location='/w' }", NULL, 1 },
		{ "button.onclick = function () { location='/w' }", NULL, 1 },
		{ "el.addEventListener('click', function () { location='/w' })", NULL, 1 },
		{ "window.addEventListener('click', function () { location='/w' })", NULL, 1 },
		{ "location = target", NULL, 1 },
		{ "location = 'x' + target", NULL, 1 },
		{ "location.href = 'x' ? '/a' : '/b'", NULL, 1 },
		{ "(function(){ return; location='/w' })()", NULL, 1 },
		{ "(function(){ location='/w' })", NULL, 1 },
		{ "location == '/w'", NULL, 0 },
		{ "map.location = '/w'", NULL, 0 },
		{ "var location = '/w'", NULL, 1 },
		{ "location.hash = '#x'", NULL, 0 },
		{ "location.reload()", NULL, 0 },
		{ "x = location.href", NULL, 0 },
		{ "location='unclosed", NULL, 1 },
		{ "location.replace('/w', '/x')", NULL, 1 },
		{ "", NULL, 0 },
		{ "((((((((((((((((((((location='/w'", NULL, 1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct script_redirect r = { 0 };
		CHECK_INT(i, rows[i].script,
		          script_redirect(slice_str(rows[i].script), &arena, &r, NULL), 0);
		CHECK_INT(i, rows[i].script, r.found, rows[i].target != NULL);
		CHECK_SLICE(i, rows[i].script, r.target, slice_str(rows[i].target));
		CHECK_INT(i, rows[i].script, r.may, rows[i].may);
		arena_release(&arena);
	}
	check_done();
}

/* One piece many times over: time and depth stay bounded. */
static void a_hostile_script_ends(void **state)
{
	(void)state;
	static const char *const pieces[] = { "(", "{", "if(", "if(a)", "x=>", "setTimeout(()=>",
		"(function(){", "location=(", "location+", "`${", "a.", "try{", "else ", "do ",
		"location='a'+", "/*", "'", "window." };
	for (size_t i = 0; i < ROWS(pieces); i++) {
		struct arena arena = { 0 };
		struct script_redirect r;
		struct buf b = { 0 };
		buf_puts(&b, "location;");
		while (b.n < 1 << 18)
			buf_puts(&b, pieces[i]);
		CHECK_INT(i, pieces[i], script_redirect(buf_slice(&b), &arena, &r, NULL), 0);
		CHECK_INT(i, pieces[i], r.found, false);
		buf_release(&b);
		arena_release(&arena);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refresh_leads_where_a_browser_would_go),
		cmocka_unit_test(a_script_that_surely_runs_is_a_redirect),
		cmocka_unit_test(a_hostile_script_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
