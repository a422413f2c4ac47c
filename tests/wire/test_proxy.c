/* Heads of a proxy: what is read, what is refused, what goes on, and what comes back. */
#include "check.h"

#include "wire/proxy.h"

static void a_head_is_read_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *head;
		int rc;
		const char *host, *target;
		int port, length;
	} rows[] = {
		{ "CONNECT a.example:443 HTTP/1.1\r\n\r\n", 0, "a.example", "", 443, 0 },
		{ "CONNECT A.Example:443 HTTP/1.1\r\nHost: b\r\n\r\n", 0, "a.example", "", 443, 0 },
		{ "CONNECT [2001:DB8::1]:8443 HTTP/1.1\r\n\r\n", 0, "2001:db8::1", "", 8443, 0 },
		{ "CONNECT 127.1:443 HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "CONNECT a.example HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "CONNECT a.example:x HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "CONNECT u@a.example:1 HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "CONNECT a.example:443/x:1 HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "CONNECT a.example:66000 HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/b%20?c HTTP/1.1\r\nHost: x\r\n\r\n", 0, "a.example",
		  "/b%20?c", 80, 0 },
		{ "POST http://a.example:81?q HTTP/1.1\r\nContent-Length: 12\r\n\r\n", 0, "a.example",
		  "?q", 81, 12 },
		{ "GET https://a.example/ HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET file:///etc/passwd HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a@b.example/ HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/#c HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/ HTTP/2\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/ b HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/\tb HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "G(T http://a.example/ HTTP/1.1\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/ HTTP/1.1\r\nA: b\r\n c\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/ HTTP/1.1\r\nA b\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/ HTTP/1.1\r\nA : b\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/ HTTP/1.1\r\nA: b\nC: d\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "GET http://a.example/ HTTP/1.1\r\nA: b\rC: d\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "POST http://a.example/ HTTP/1.1\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n",
		  ERR_SYNTAX, "", "", 0, 0 },
		{ "POST http://a.example/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n", ERR_SYNTAX, "", "", 0,
		  0 },
		{ "POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_SYNTAX,
		  "", "", 0, 0 },
		{ "GET http://a.example/ HTTP/1.1\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "\r\n\r\n", ERR_SYNTAX, "", "", 0, 0 },
		{ "", ERR_SYNTAX, "", "", 0, 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct proxy_request q = { 0 };
		struct err err;
		CHECK_INT(i, rows[i].head, proxy_request_parse(slice_str(rows[i].head), &a, &q, &err),
		          rows[i].rc);
		CHECK_SLICE(i, rows[i].head, q.host, slice_str(rows[i].host));
		CHECK_SLICE(i, rows[i].head, q.target, slice_str(rows[i].target));
		CHECK_INT(i, rows[i].head, q.port, rows[i].port);
		CHECK_INT(i, rows[i].head, q.length, rows[i].length);
		arena_release(&a);
	}
	check_done();
}

static void what_goes_on_is_for_the_site_alone(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct proxy_request q;
	struct buf out = { 0 };

	assert_int_equal(proxy_request_parse(SLICE("GET http://A.example:81?q HTTP/1.1\r\n"
	                                           "Host: another.example\r\n"
	                                           "Proxy-Authorization: Basic eA==\r\n"
	                                           "Connection: keep-alive\r\n"
	                                           "Cookie:  a=b \r\n\r\n"),
	                                     &a, &q, NULL),
	                 0);
	proxy_request_forward(&q, false, &out);
	assert_string_equal(buf_str(&out), "GET /?q HTTP/1.1\r\nHost: a.example:81\r\nCookie: a=b\r\n"
	                                   "Connection: close\r\n\r\n");
	buf_clear(&out);
	proxy_request_forward(&q, true, &out);
	assert_true(slice_starts(buf_slice(&out), SLICE("GET http://a.example:81/?q HTTP/1.1\r\n")));
	buf_release(&out);
	arena_release(&a);
}

static void a_tunnel_is_asked_for_by_address_or_name(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct ip v4, v6;

	assert_int_equal(ip_parse(SLICE("192.0.2.1"), &v4, NULL), 0);
	assert_int_equal(ip_parse(SLICE("2001:db8::1"), &v6, NULL), 0);
	proxy_connect_put(SLICE("a.example"), &v4, 443, &out);
	proxy_connect_put(SLICE("a.example"), &v6, 443, &out);
	proxy_connect_put(SLICE("a.example"), NULL, 80, &out);
	assert_string_equal(buf_str(&out),
	                    "CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443\r\n\r\n"
	                    "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n"
	                    "CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n");
	buf_clear(&out);
	proxy_socks_put(SLICE("a.example"), &v4, 443, &out);
	proxy_socks_put(SLICE("a.example"), NULL, 443, &out);
	assert_true(slice_eq(buf_slice(&out), SLICE("\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb"
	                                            "\x05\x01\x00\x03\x09"
	                                            "a.example\x01\xbb")));
	buf_release(&out);
}

static void an_answer_is_whole_open_or_none(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		struct slice bytes;
		bool is_socks;
		int rc;
		size_t used;
		bool open;
	} rows[] = {
		{ "nothing yet", { "", 0 }, false, 0, 0, false },
		{ "half a version", { "HTT", 3 }, false, 0, 0, false },
		{ "a head", { "HTTP/1.1 200 OK\r\n\r\nrest", 23 }, false, 1, 19, true },
		{ "a refusal", { "HTTP/1.1 403 No\r\n\r\n", 19 }, false, 1, 19, false },
		{ "a short head", { "HTTP/1.1\r\n\r\n", 12 }, false, ERR_SYNTAX, 0, false },
		{ "another protocol", { "SSH-2.0", 7 }, false, ERR_SYNTAX, 0, false },
		{ "socks: not yet", { "\x05\x00\x00\x01\xc0\x00", 6 }, true, 0, 0, false },
		{ "socks: open", { "\x05\x00\x00\x01\xc0\x00\x02\x01\x01\xbb+", 11 }, true, 1, 10, true },
		{ "socks: refused", { "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00", 10 }, true, 1, 10,
		  false },
		{ "socks: a name", { "\x05\x00\x00\x03\x01x\x01\xbb", 8 }, true, 1, 8, true },
		{ "socks: version 4", { "\x04\x00", 2 }, true, ERR_SYNTAX, 0, false },
		{ "socks: another sort of address", { "\x05\x00\x00\x09", 4 }, true, ERR_SYNTAX, 0,
		  false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t used = 0;
		bool open = false;
		CHECK_INT(i, rows[i].what,
		          rows[i].is_socks ? proxy_socks_answer(rows[i].bytes, &used, &open, NULL)
		                           : proxy_connect_answer(rows[i].bytes, &used, &open, NULL),
		          rows[i].rc);
		CHECK_INT(i, rows[i].what, used, rows[i].used);
		CHECK_INT(i, rows[i].what, open, rows[i].open);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_read_or_refused),
		cmocka_unit_test(what_goes_on_is_for_the_site_alone),
		cmocka_unit_test(a_tunnel_is_asked_for_by_address_or_name),
		cmocka_unit_test(an_answer_is_whole_open_or_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
