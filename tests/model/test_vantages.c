#include "check.h"

#include "model/vantages.h"

#include <stdio.h>
#include <stdlib.h>

#define ONE "vantages:\n  - name: jp\n    country: JP\n"

static void a_broken_file_is_refused_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "v.yaml:1: vantages is missing" },
		{ "vantages: 7\n", "v.yaml:1: vantages is not a list" },
		{ "vantages: []\n",
		  "v.yaml:1: no vantage is listed: write one, or leave the file away" },
		{ "vantages:\n  - country: JP\n", "v.yaml:2: name is missing" },
		{ "vantages:\n  - name: jp\n", "v.yaml:2: country is missing" },
		{ ONE "    proxi: http://a.example:1\n",
		  "v.yaml:4: unknown key 'proxi' (did you mean 'proxy'?)" },
		{ "vantages:\n  - name: a b\n    country: JP\n",
		  "v.yaml:2: name: letters, digits, '-', '_' and '.' only" },
		{ "vantages:\n  - name: jp\n    country: Japan\n",
		  "v.yaml:3: country: two capital letters must stand there (ZZ: not known)" },
		{ ONE "    proxy: jp.example:3128\n",
		  "v.yaml:4: proxy: write http://HOST:PORT or socks5://HOST:PORT" },
		{ ONE "    proxy: https://jp.example:3128\n",
		  "v.yaml:4: proxy: write http://HOST:PORT or socks5://HOST:PORT" },
		{ ONE "    proxy: http://jp.example\n",
		  "v.yaml:4: proxy: write http://HOST:PORT or socks5://HOST:PORT" },
		{ ONE "    proxy: http://jp.example:70000\n",
		  "v.yaml:4: proxy: write http://HOST:PORT or socks5://HOST:PORT" },
		{ ONE "    proxy: http://u:p@jp.example:80\n",
		  "v.yaml:4: proxy: no user name or password here: let the proxy go by address" },
		{ ONE "    local_address: eth0\n",
		  "v.yaml:4: local_address: write an address of this machine: 192.0.2.7" },
		{ ONE "    trusted: true\n", "v.yaml:4: trusted: there is no proxy to trust: take it out" },
		{ ONE "    trusted: maybe\n", "v.yaml:4: trusted is neither true nor false" },
		{ ONE "    user_agent: \"x\\r\\nHost: y\"\n",
		  "v.yaml:4: user_agent: a control character" },
		{ ONE "    user_agent: \"caf\xc3\xa9\"\n",
		  "v.yaml:4: user_agent: a character that is not ASCII" },
		{ ONE "    accept_language: \" en\"\n",
		  "v.yaml:4: accept_language: white space at its start or end" },
		{ ONE "    referer: google\n",
		  "v.yaml:4: referer: write a web address: https://www.google.co.jp/" },
		{ ONE "  - name: JP\n    country: JP\n",
		  "v.yaml:4: a vantage named 'JP' stands there already: give it another name" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct vantages v;
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].text,
		          vantages_parse(slice_str(rows[i].text), "v.yaml", &arena, &v, &err),
		          ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].text, slice_str(err.what), slice_str(rows[i].want));
		arena_release(&arena);
	}
	check_done();
}

static void a_file_is_read_in_its_order(void **state)
{
	(void)state;
	static const char text[] = "vantages:\n"
	                           "  - name: jp-desktop\n    country: JP\n"
	                           "    proxy: socks5://[2001:db8::1]:1080\n    trusted: true\n"
	                           "    accept_language: ja,en;q=0.5\n"
	                           "    referer: https://www.google.co.jp/\n"
	                           "  - {name: no, country: NO, local_address: 192.0.2.7, user_agent: x}\n";
	struct arena arena = { 0 };
	struct vantages v;
	struct err err = { .what = "" };

	if (vantages_parse(slice_str(text), "v", &arena, &v, &err))
		fail_msg("%s", err.what);
	CHECK_INT(0, "n", v.n, 2);
	CHECK_SLICE(0, "name", v.vantage[0].name, SLICE("jp-desktop"));
	CHECK_SLICE(0, "proxy", v.vantage[0].proxy, SLICE("socks5://[2001:db8::1]:1080"));
	CHECK_INT(0, "trusted", v.vantage[0].trusted, true);
	CHECK_SLICE(0, "user agent", v.vantage[0].user_agent, vantage_direct()->user_agent);
	CHECK_SLICE(1, "country", v.vantage[1].country, SLICE("NO"));
	CHECK_SLICE(1, "user agent", v.vantage[1].user_agent, SLICE("x"));
	CHECK_INT(1, "trusted", v.vantage[1].trusted, false);
	check_done();
	arena_release(&arena);
}

static void the_default_is_one_direct_vantage(void **state)
{
	(void)state;
	struct vantages v = vantages_default();

	CHECK_INT(0, "n", v.n, 1);
	CHECK_SLICE(0, "name", v.vantage->name, SLICE("direct"));
	CHECK_SLICE(0, "country", v.vantage->country, SLICE("ZZ"));
	CHECK_INT(0, "proxy", v.vantage->proxy.n + v.vantage->referer.n, 0);
	CHECK_INT(0, "check", vantage_check(v.vantage, NULL), 0);
	check_done();
}

static void the_file_that_ships_is_read(void **state)
{
	(void)state;
	const char *root = getenv("ASSAY_SOURCE");
	struct arena arena = { 0 };
	struct vantages v;
	struct err err = { .what = "" };
	char path[4096], text[4096];

	snprintf(path, sizeof(path), "%s/doc/deploy/vantages.yaml", root ? root : ".");
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof(text), f);
	fclose(f);
	if (vantages_parse(slice_from(text, n), path, &arena, &v, &err))
		fail_msg("%s", err.what);
	assert_int_equal(v.n, 3);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_broken_file_is_refused_with_its_line),
		cmocka_unit_test(a_file_is_read_in_its_order),
		cmocka_unit_test(the_default_is_one_direct_vantage),
		cmocka_unit_test(the_file_that_ships_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
