#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "wire/url.h"

static void url_has_one_canonical_form(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want;
	} rows[] = {
		{ "HTTPS://Shop.Example", "https://shop.example/" },
		{ " http://a.example/ \n", "http://a.example/" },
		{ "http://a.example:80/", "http://a.example/" },
		{ "https://a.example:80/", "https://a.example:80/" },
		{ "https://a.example:/x", "https://a.example/x" },
		{ "https://a.example?x", "https://a.example/?x" },
		{ "https://a.example/x#part", "https://a.example/x" },
		{ "https://a.example/./a/../b/", "https://a.example/b/" },
		{ "https://a.example/../..", "https://a.example/" },
		{ "https://a.example/a/..", "https://a.example/" },
		{ "https://a.example/a/b/.", "https://a.example/a/b/" },
		{ "https://a.example/a//b", "https://a.example/a//b" },
		{ "https://a.example/%7Ex%2fy%2e%2E/z", "https://a.example/~x%2Fy../z" },
		{ "https://a.example/a/%2e%2E/z", "https://a.example/z" },
		{ "https://a.example/100%", "https://a.example/100%25" },
		{ "https://a.example/%zz", "https://a.example/%25zz" },
		{ "https://a.example/a b\"<>", "https://a.example/a%20b%22%3C%3E" },
		{ "https://a.example/\xe8\x96\xac", "https://a.example/%E8%96%AC" },
		{ "https://a.example/?q=a b&r=[1]", "https://a.example/?q=a%20b&r=%5B1%5D" },
		{ "https:\\\\a.example\\x?\\", "https://a.example/x?%5C" },
		{ "ht\ntps://a.exa\tmple/", "https://a.example/" },
		{ "https://b\xc3\xbc"
		  "cher.example/",
		  "https://xn--bcher-kva.example/" },
		{ "https://b%C3%BCcher.example/", "https://xn--bcher-kva.example/" },
		{ "http://[2001:DB8::0001]:8080/", "http://[2001:db8::1]:8080/" },
		{ "http://192.0.2.1/x", "http://192.0.2.1/x" },
		{ "https://pharmacy.example:1@rogue.example/", "https://rogue.example/" },
		{ "https://a@b@rogue.example/", "https://rogue.example/" },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url u = { 0 }, again = { 0 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].in, url_parse(slice_str(rows[i].in), &arena, &u, &err), 0);
		CHECK_SLICE(i, rows[i].in, u.text, slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, url_parse(u.text, &arena, &again, &err), 0);
		CHECK_SLICE(i, rows[i].in, again.text, u.text);
	}
	arena_release(&arena);
	check_done();
}

static void url_refuses_what_is_no_web_address(void **state)
{
	(void)state;
	static const struct {
		struct slice in;
		const char *what;
	} rows[] = {
		{ SLICE(""), "url: no scheme" },
		{ SLICE("/x"), "url: no scheme" },
		{ SLICE("a.example"), "url: no scheme" },
		{ SLICE("//a.example"), "url: no scheme" },
		{ SLICE("ftp://a.example/"), "url: 'ftp' is neither http nor https" },
		{ SLICE("javascript:alert(1)"), "url: 'javascript' is neither http nor https" },
		{ SLICE("https:///x"), "url: no host" },
		{ SLICE("https://"), "url: no host" },
		{ SLICE("https:x"), "url: no host" },
		{ SLICE("https://user@/"), "url: no host" },
		{ SLICE("https://a.example:99999/"), "url: port over 65535" },
		{ SLICE("https://a.example:8x/"), "url: host: name: octet 0x3a is not allowed" },
		{ SLICE("https://a..example/"), "url: host: name: empty label" },
		{ SLICE("https://1.2.3/"), "url: host: name: last label '3' is a number" },
		{ SLICE("https://[::1/"), "url: no IPv6 address in [ ]" },
		{ SLICE("https://[192.0.2.1]/"), "url: no IPv6 address in [ ]" },
		{ SLICE("https://a%00b.example/"), "url: host: name: octet 0x00 is not allowed" },
		{ SLICE("https://a.example/\0x"), "url: control character 0x00" },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url u = { .port = 77 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].in.p, url_parse(rows[i].in, &arena, &u, &err), ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].in.p, slice_str(err.what), slice_str(rows[i].what));
		CHECK_INT(i, rows[i].in.p, u.port, 77);
	}
	arena_release(&arena);
	check_done();
}

static void url_is_bounded_as_read_and_as_written(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct arena arena = { 0 };
	struct url u;

	buf_puts(&b, "https://a.example/");
	while (b.n < URL_MAX)
		buf_putc(&b, 'a');
	assert_int_equal(url_parse(buf_slice(&b), &arena, &u, NULL), 0);
	buf_putc(&b, 'a');
	assert_int_equal(url_parse(buf_slice(&b), &arena, &u, NULL), ERR_LIMIT);
	b.n = URL_MAX / 2;
	memset(b.p + 18, '<', b.n - 18); /* three bytes each when written */
	assert_int_equal(url_parse(buf_slice(&b), &arena, &u, NULL), ERR_LIMIT);
	buf_release(&b);
	arena_release(&arena);
}

/* RFC 3986 section 5.4, with http for its scheme and names that are names. */
static void references_are_resolved_as_rfc_3986_shows(void **state)
{
	(void)state;
	static const struct {
		const char *reference;
		const char *want; /* NULL: refused */
	} rows[] = {
		{ "g", "http://a.example/b/c/g" },
		{ "./g", "http://a.example/b/c/g" },
		{ "g/", "http://a.example/b/c/g/" },
		{ "/g", "http://a.example/g" },
		{ "//g.example", "http://g.example/" },
		{ "?y", "http://a.example/b/c/d;p?y" },
		{ "g?y", "http://a.example/b/c/g?y" },
		{ "#s", "http://a.example/b/c/d;p?q" },
		{ "g#s", "http://a.example/b/c/g" },
		{ "g?y#s", "http://a.example/b/c/g?y" },
		{ ";x", "http://a.example/b/c/;x" },
		{ "g;x", "http://a.example/b/c/g;x" },
		{ "", "http://a.example/b/c/d;p?q" },
		{ ".", "http://a.example/b/c/" },
		{ "./", "http://a.example/b/c/" },
		{ "..", "http://a.example/b/" },
		{ "../", "http://a.example/b/" },
		{ "../g", "http://a.example/b/g" },
		{ "../..", "http://a.example/" },
		{ "../../g", "http://a.example/g" },
		{ "../../../g", "http://a.example/g" },
		{ "/./g", "http://a.example/g" },
		{ "/../g", "http://a.example/g" },
		{ "g.", "http://a.example/b/c/g." },
		{ "..g", "http://a.example/b/c/..g" },
		{ "./../g", "http://a.example/b/g" },
		{ "g/./h", "http://a.example/b/c/g/h" },
		{ "g/../h", "http://a.example/b/c/h" },
		{ "g;x=1/../y", "http://a.example/b/c/y" },
		{ "g?y/../x", "http://a.example/b/c/g?y/../x" },
		{ "https://h.example/x", "https://h.example/x" },
		{ "1:2", "http://a.example/b/c/1:2" },
		{ "mailto:a@b.example", NULL },
		{ "tel:+1", NULL },
	};
	struct arena arena = { 0 };
	struct url base;

	assert_int_equal(url_parse(SLICE("http://a.example/b/c/d;p?q"), &arena, &base, NULL), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct url u = { 0 };
		int rc = url_resolve(&base, slice_str(rows[i].reference), &arena, &u, NULL);
		CHECK_INT(i, rows[i].reference, rc, rows[i].want ? 0 : ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].reference, u.text, slice_str(rows[i].want));
	}
	arena_release(&arena);
	check_done();
}

static void url_parts_point_to_what_they_name(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct url u, r;

	assert_int_equal(url_parse(SLICE("https://u@[::1]:8443/a?b"), &arena, &u, NULL), 0);
	assert_int_equal(url_resolve(&u, SLICE("/c"), &arena, &r, NULL), 0);
	assert_true(slice_eq_str(u.scheme, "https"));
	assert_true(slice_eq_str(u.host, "::1"));
	assert_true(slice_eq_str(u.path, "/a"));
	assert_true(slice_eq_str(u.query, "b"));
	assert_int_equal(u.port, 8443);
	assert_true(u.host_is_ip && u.had_userinfo && u.has_query);
	assert_true(slice_eq_str(r.text, "https://[::1]:8443/c"));
	assert_true(slice_eq_str(r.host, "::1"));
	assert_int_equal(r.port, 8443);
	assert_true(r.host_is_ip && !r.had_userinfo && !r.has_query);
	arena_release(&arena);
}

static void url_is_under_ends_at_a_border(void **state)
{
	(void)state;
	static const struct {
		const char *url, *prefix;
		bool want;
	} rows[] = {
		{ "https://a.example/shop/x", "https://a.example/shop/", true },
		{ "https://a.example/shop", "https://a.example/shop", true },
		{ "https://a.example/shop/x", "https://a.example/shop", true },
		{ "https://a.example/shop?p=1", "https://a.example/shop", true },
		{ "https://a.example/shopping", "https://a.example/shop", false },
		{ "https://a.example/sho", "https://a.example/shop", false },
		{ "http://a.example/shop/x", "https://a.example/shop/", false },
		{ "https://a.example/?p=1", "https://a.example/?p=1", true },
		{ "https://a.example/?p=12", "https://a.example/?p=1", false },
		{ "https://a.example/?p=1/x", "https://a.example/?p=1", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].url,
		          url_is_under(slice_str(rows[i].url), slice_str(rows[i].prefix)),
		          rows[i].want);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(url_has_one_canonical_form),
		cmocka_unit_test(url_refuses_what_is_no_web_address),
		cmocka_unit_test(url_is_bounded_as_read_and_as_written),
		cmocka_unit_test(references_are_resolved_as_rfc_3986_shows),
		cmocka_unit_test(url_parts_point_to_what_they_name),
		cmocka_unit_test(url_is_under_ends_at_a_border),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
