#include "check.h"

#include "collect/page_reading.h"
#include "collect/frontier.h"
#include "tables.h"
#include "wire/inflate.h"

#include <ftw.h>

static struct tables tables;

static int set_up(void **state)
{
	(void)state;
	tables = tables_load();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tables_release(&tables);
	return 0;
}

static json_t *read_bytes(struct slice response, bool rendered)
{
	struct page_job job = { .url = SLICE("https://www.shop.example/d/p?q=1"), .rendered = rendered,
		                .site = { SUBJECT_REGISTRABLE, SLICE("shop.example") },
		                .bytes = response };
	struct err err = { 0 };
	json_t *reading = NULL;

	if (page_read(tables.reader, &job, &reading, &err))
		fail_msg("%s", err.what);
	return reading;
}

static json_t *read_html(const char *html)
{
	return read_bytes(slice_str(html), true);
}

/* The canonical text of a member, "" where there is none. */
static void check_member(int row, const char *input, const json_t *reading, const char *key,
                         const char *want)
{
	char *got = json_dumps(json_object_get(reading, key),
	                       JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	CHECK_SLICE(row, input, slice_str(got), slice_str(want));
	free(got);
}

static void one_fact_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *html, *key, *want;
	} rows[] = {
		{ "<title>A  b</title>", "title", "\"A b\"" },
		{ "<p>Viagra and CIALIS 20 mg", "drugs", "[\"sildenafil\",\"tadalafil\"]" },
		{ "<p>\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9\xe9\x80\x9a\xe8\xb2\xa9",
		  "drugs", "[\"sildenafil\"]" },
		{ "<p>viagrasomething", "drugs", "" },
		{ "<p hidden>viagra</p>", "drugs", "" },
		{ "<script>location='/x'</script>", "redirects",
		  "[{\"how\":\"script\",\"target\":\"https://www.shop.example/x\"}]" },
		{ "<base href=https://cdn.example/z/><meta http-equiv=refresh content='2;url=x'>",
		  "redirects",
		  "[{\"how\":\"meta\",\"seconds\":2,\"target\":\"https://cdn.example/z/x\"}]" },
		{ "<meta http-equiv=refresh content='2;url=mailto:a@b.example'>", "redirects",
		  "[{\"how\":\"meta\",\"refused\":\"mailto:a@b.example\",\"seconds\":2}]" },
		{ "<body onload=\"location='/o'\">", "redirects",
		  "[{\"how\":\"script\",\"target\":\"https://www.shop.example/o\"}]" },
		{ "<textarea><script>location='/x'</script></textarea>", "redirects", "" },
		{ "<!-- <script>location='/x'</script> -->", "redirects", "" },
		{ "<script type=text/template>location='/x'</script>", "redirects", "" },
		{ "<script>if (x) location='/x'</script>", "script_may_redirect", "true" },
		{ "<script>f()</script>", "script_may_redirect", "" },
		{ "<link rel='shortcut ICON' href=/f.ico>", "icon",
		  "\"https://www.shop.example/f.ico\"" },
		{ "<a href=/kontakt>x</a>", "links",
		  "[{\"class\":\"contact\",\"url\":\"https://www.shop.example/kontakt\"}]" },
		{ "<a href=/1>\xe7\x89\xb9\xe5\xae\x9a\xe5\x95\x86\xe5\x8f\x96\xe5\xbc\x95\xe6\xb3\x95</a>",
		  "links", "[{\"class\":\"imprint\",\"url\":\"https://www.shop.example/1\"}]" },
		{ "<a href=/2>Viagra 100mg</a>", "links",
		  "[{\"class\":\"product\",\"url\":\"https://www.shop.example/2\"}]" },
		{ "<a href=/3 dir=rtl>\xd8\xa7\xd8\xaa\xd8\xb5\xd9\x84 \xd8\xa8\xd9\x86\xd8\xa7</a>", "links",
		  "[{\"class\":\"contact\",\"url\":\"https://www.shop.example/3\"}]" },
		{ "<a href=/%E9%85%8D%E9%80%81>x</a>", "links",
		  "[{\"class\":\"shipping\",\"url\":\"https://www.shop.example/%E9%85%8D%E9%80%81\"}]" },
		{ "<a href=/4 rel='nofollow x'>FAQ</a>", "links",
		  "[{\"class\":\"faq\",\"nofollow\":true,\"url\":\"https://www.shop.example/4\"}]" },
		{ "<a href=/5>In den Warenkorb</a><a href=/6>\xe3\x82\xab\xe3\x83\xbc\xe3\x83\x88\xe3\x81\xab"
		  "\xe5\x85\xa5\xe3\x82\x8c\xe3\x82\x8b</a><a href=/7>Log out</a><a href='?add=1'>About</a>"
		  "<a href=/8>Delete</a><a href=/unsubscribe>Contact</a>", "links", "" },
		{ "<a href='/go.php?aff=7&pid=x'>\xe4\xbb\x8a\xe3\x81\x99\xe3\x81\x90\xe6\xb3\xa8\xe6\x96"
		  "\x87\xe3\x81\x99\xe3\x82\x8b</a><a href='/go.php?pid=x'>Here</a>"
		  "<a href=/9>Buy</a><a href=/10>Bestellen</a>", "links", "" },
		{ "<a href=https://else.example/about>About</a><a href=mailto:a@b.example>Contact</a>"
		  "<a href=#top>About</a><a href=/list.pdf>Price list</a>", "links", "" },
		{ "<img src=/a.png alt='NABP accredited'><img src=/b.png alt='a cat'>"
		  "<img src=/board-seal.png alt=''>", "seals",
		  "[\"https://www.shop.example/a.png\",\"https://www.shop.example/board-seal.png\"]" },
		{ "<form><input type=password><input name=qty></form><form></form>", "forms",
		  "{\"n\":2,\"password\":true,\"quantity\":true}" },
		{ "<p>This domain is for sale", "parked", "true" },
		{ "<p>\xe5\xb7\xa5\xe4\xba\x8b\xe4\xb8\xad", "under_construction", "true" },
		{ "<p>We are a pharmacy", "under_construction", "" },
		{ "<div id=app></div><script src=a.js></script>", "empty_without_script", "true" },
		{ "<p>Hello, this is our pharmacy<script src=a.js></script>", "empty_without_script", "" },
		{ "<frameset><frame src=https://else.example/></frameset>", "frames", "true" },
		{ "", "kind", "\"empty\"" },
		{ "%PDF-1.4 something", "kind", "\"other\"" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *reading = read_html(rows[i].html);
		check_member((int)i, rows[i].html, reading, rows[i].key, rows[i].want);
		json_decref(reading);
	}
	check_done();
}

static void a_response_is_taken_as_it_came(void **state)
{
	(void)state;
	static const struct {
		const char *response, *key, *want;
	} rows[] = {
		{ "HTTP/1.1 302 F\r\nLocation: //b.example/?a b\r\n\r\n", "redirects",
		  "[{\"how\":\"http\",\"target\":\"https://b.example/?a%20b\"}]" },
		{ "HTTP/1.1 200 OK\r\nLocation: /b\r\n\r\nx", "redirects", "" },
		{ "HTTP/1.1 200 OK\r\nRefresh: 0;url=/b\r\nContent-Type: image/png\r\n\r\nx", "redirects",
		  "[{\"how\":\"refresh\",\"target\":\"https://www.shop.example/b\"}]" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n<p>x", "kind", "\"other\"" },
		{ "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nxyz", "undecoded", "\"br\"" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nxyz", "truncated", "true" },
		/* the charset that is said is not the one that is used */
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>caf\xe9", "charset",
		  "\"UTF-8\"" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x-nonsense\r\n\r\n"
		  "<meta charset=shift_jis><title>\x8e\xf4</title>", "title", "\"\xe5\x91\xaa\"" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: te\xe9xt/html\r\n\r\nx", "content_type",
		  "\"te\xc3\xa9xt/html\"" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *reading = read_bytes(slice_str(rows[i].response), false);
		check_member((int)i, rows[i].response, reading, rows[i].key, rows[i].want);
		json_decref(reading);
	}
	struct page_job job = { .url = SLICE("https://a.example/"), .bytes = SLICE("no response"),
		                .site = { SUBJECT_HOST, SLICE("a.example") } };
	json_t *none;
	CHECK_INT(0, "no response", page_read(tables.reader, &job, &none, NULL), ERR_SYNTAX);
	check_done();
}

static void a_bomb_is_read_in_part(void **state)
{
	(void)state;
	struct buf bytes = { 0 }, message = { 0 };
	struct err err;

	buf_puts(&bytes, "<title>Bomb</title><p>");
	while (bytes.n < (size_t)20 << 20)
		buf_puts(&bytes, "0000000000000000000000000000000000000000000000000000000000000000 ");
	buf_puts(&message, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n");
	assert_int_equal(gzip_member(buf_slice(&bytes), &message, &err), 0);
	json_t *reading = read_bytes(buf_slice(&message), false);
	check_member(0, "bomb", reading, "decoded_limit", "true");
	check_member(0, "bomb", reading, "title", "\"Bomb\"");
	check_member(0, "bomb", reading, "text", "");
	json_decref(reading);

	/* 50 MB as they are */
	buf_clear(&message);
	if (!getenv("ASSAY_TEST_LONG"))
		goto done;
	buf_puts(&message, "HTTP/1.1 200 OK\r\n\r\n");
	buf_put(&message, buf_slice(&bytes));
	while (message.n < (size_t)50 << 20)
		buf_puts(&message, "more and more text");
	reading = read_bytes(buf_slice(&message), false);
	check_member(0, "50 MB", reading, "decoded_limit", "true");
	check_member(0, "50 MB", reading, "title", "\"Bomb\"");
	json_decref(reading);
done:
	buf_release(&bytes);
	buf_release(&message);
	check_done();
}

static void ten_thousand_links_are_bounded(void **state)
{
	(void)state;
	struct buf html = { 0 };

	for (int i = 0; i < 10000; i++)
		buf_printf(&html, "<a href=/p/%d>Product</a><a href=https://x%d.example/>About</a>", i, i);
	json_t *reading = read_html(buf_str(&html));
	CHECK_INT(0, "links", json_array_size(json_arr(reading, "links")), 400);
	CHECK_INT(0, "links_n", json_i64(reading, "links_n", 0), 20000);
	json_decref(reading);
	buf_release(&html);
	check_done();
}

/* The same site in two fetches is alike, another is not. */
static void a_sketch_tells_likeness(void **state)
{
	(void)state;
	json_t *a = read_html("<p>We ship worldwide within ten days and accept cards. Order 1234.");
	json_t *b = read_html("<p>We ship worldwide within ten days and accept cards. Order 1235.");
	json_t *c = read_html("<p>This site is under construction, please come back later on.");
	size_t same_ab = 0, same_ac = 0;

	for (size_t i = 0; i < 64; i++) {
		json_int_t x = json_integer_value(json_array_get(json_arr(a, "sketch"), i));
		same_ab += x == json_integer_value(json_array_get(json_arr(b, "sketch"), i));
		same_ac += x == json_integer_value(json_array_get(json_arr(c, "sketch"), i));
	}
	assert_in_range(same_ab, 45, 64);
	assert_in_range(same_ac, 0, 10);
	json_decref(a);
	json_decref(b);
	json_decref(c);
}

static size_t pages_read, links_read;

/* One saved page of examples/sites/HOST/STAMP/PATH. */
static int read_example(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *host = strstr(path, "/sites/"), *slash = host ? strchr(host + 7, '/') : NULL;
	struct page_job job = { .rendered = true, .site = { .kind = SUBJECT_HOST } };
	struct buf file = { 0 }, url = { 0 };
	json_t *reading, *one;
	struct err err = { 0 };
	size_t i;

	(void)st;
	(void)ftw;
	if (type != FTW_F || !slash || !slice_ends(slice_str(path), SLICE(".html")))
		return 0;
	tables_file(strstr(path, "examples/"), &file);
	job.site.key = slice_from(host + 7, (size_t)(slash - host - 7));
	buf_printf(&url, "https://%.*s/", SLICE_ARG(job.site.key));
	job.url = buf_slice(&url);
	job.bytes = buf_slice(&file);
	CHECK_INT(0, path, page_read(tables.reader, &job, &reading, &err), 0);
	pages_read++;
	json_array_foreach(json_arr(reading, "links"), i, one)
	{
		struct arena arena = { 0 };
		struct url u;
		CHECK_INT(i, path, url_parse(json_str(one, "url"), &arena, &u, NULL), 0);
		CHECK_INT(i, path, frontier_acts(&u), false);
		CHECK_INT(i, path, frontier_is_of(job.site, &u), true);
		CHECK_INT(i, path, strstr(u.text.p, "logout") || strstr(u.text.p, "go.php"), false);
		links_read++;
		arena_release(&arena);
	}
	json_decref(reading);
	buf_release(&file);
	buf_release(&url);
	return 0;
}

/* No link that is handed on acts or leaves the site, on any page of the examples. */
static void no_link_of_the_examples_acts(void **state)
{
	(void)state;
	const char *root = getenv("ASSAY_SOURCE");
	char path[4096];

	snprintf(path, sizeof(path), "%s/examples/sites", root ? root : ".");
	assert_int_equal(nftw(path, read_example, 16, FTW_PHYS), 0);
	assert_in_range(pages_read, 400, 10000);
	assert_in_range(links_read, 400, 100000);
	check_done();
}

static void a_reading_names_its_inputs(void **state)
{
	(void)state;
	json_t *inputs = page_reader_inputs(tables.reader);

	CHECK_SLICE(0, "reader", json_str(inputs, "reader"), SLICE(PAGE_READING_VERSION));
	CHECK_INT(0, "lexicon", json_str(inputs, "lexicon").n, 71);
	CHECK_INT(0, "links", json_str(inputs, "links").n, 71);
	json_decref(inputs);
	check_done();
}

static void a_broken_table_is_refused_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *links, *want;
	} rows[] = {
		{ "nothing\n", "links.tsv:1: the head is not class, language, word" },
		{ "# x\nclass\tlanguage\tword\nabout\ten\n",
		  "links.tsv:3: three columns with a tab between must stand there" },
		{ "class\tlanguage\tword\nx\ten\ty\n", "links.tsv:2: no class is named 'x'" },
		{ "class\tlanguage\tword\nother\ten\ty\n", "links.tsv:2: no class is named 'other'" },
		{ "class\tlanguage\tword\nabout\ten\t--\n", "links.tsv:2: nothing is left of the word" },
		{ "class\tlanguage\tword\nabout\ten\t\xff\n", "links.tsv:2: not UTF-8" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct link_words *w = NULL;
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].links,
		          link_words_load(slice_str(rows[i].links), SLICE(""), &w, &err), ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].links, slice_str(err.what), slice_str(rows[i].want));
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_fact_is_read),
		cmocka_unit_test(a_response_is_taken_as_it_came),
		cmocka_unit_test(a_bomb_is_read_in_part),
		cmocka_unit_test(ten_thousand_links_are_bounded),
		cmocka_unit_test(a_sketch_tells_likeness),
		cmocka_unit_test(no_link_of_the_examples_acts),
		cmocka_unit_test(a_reading_names_its_inputs),
		cmocka_unit_test(a_broken_table_is_refused_with_its_line),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
