/* Fetching from real servers on loopback: what is kept, what ends it, whom it never connects to. */
#include "sys/fetch_bench.h"

static struct dns_row rows[] = {
	{ .name = "shop.example", .address = { SITE }, .ttl = 300 },
	{ .name = "other.example", .address = { SITE } },
	{ .name = "third.example", .address = { SITE } },
	{ .name = "inner.example", .address = { "127.0.0.1", "::1" } },
	{ .name = "metadata.example", .address = { "169.254.169.254" } },
	{ .name = "mapped.example", .address = { "::ffff:127.0.0.1" } },
	{ .name = "mixed.example", .address = { "127.0.0.1", "::1", SITE } },
	{ .name = "partly.example", .address = { "127.1.0.250", SITE } },
	{ .name = "refusing.example", .address = { "127.1.0.250" } },
	{ .name = "rebinds.example", .address = { SITE }, .later = "127.0.0.1" },
	{ .name = "six.example", .address = { "::1" } },
	{ .name = "broken.example", .rcode = 2 },
	{ .name = "silent.example", .flags = DNS_SILENT },
	{ .name = "slow.example", .flags = DNS_SILENT },
};

static void serve_hello(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];

	(void)s;
	while (little_hear(fd, request))
		little_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

/* Who asks. */
static void serve_peer(struct little_server *s, int fd)
{
	struct sockaddr_in a;
	socklen_t n = sizeof(a);
	char request[LITTLE_REQUEST], text[40] = "";

	(void)s;
	getpeername(fd, (struct sockaddr *)&a, &n);
	inet_ntop(AF_INET, &a.sin_addr, text, sizeof(text));
	if (little_hear(fd, request) && little_say(fd, "HTTP/1.1 200 OK\r\n\r\n"))
		little_say(fd, text);
}

static void serve_silence(struct little_server *s, int fd)
{
	(void)s;
	little_wait_gone(fd);
}

static void stop(void *ctx)
{
	loop_stop(ctx);
}

static void bytes_are_those_of_the_wire(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100], want[400];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_hello, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/a?b=c", s.port);
	fetch(&b, (struct fetch_request){ .user_agent = SLICE("test"), .accept = SLICE("a/b") }, url, &k);
	assert_int_equal(k.fault, FAULT_NONE);
	assert_string_equal(k.response, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
	snprintf(want, sizeof(want),
	         "GET /a?b=c HTTP/1.1\r\nHost: shop.example:%u\r\nUser-Agent: test\r\nAccept: a/b\r\n\r\n",
	         s.port);
	assert_string_equal(k.request, want);
	snprintf(want, sizeof(want), SITE ":%u", s.port);
	assert_string_equal(k.remote, want);
	assert_string_equal(k.uri, url);
	forget(&k);
	little_stop(&s);
	bench_close(&b);
}


/* What a site sends to "/N", N being the row, before it closes; with HOLD it stays silent
 * instead. */
enum after { CLOSE, HOLD, RESET };

struct script {
	const char *says;
	enum after after;
	enum exchange_fault fault;
	enum exchange_cut cut;
	const char *want; /* NULL: what it says */
	const char *what;
};

#define OK_5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static const struct script scripts[] = {
	{ OK_5, HOLD, FAULT_NONE, CUT_NONE, NULL, "length" },
	{ "HTTP/1.1 200 OK\r\n\r\nuntil it closes", CLOSE, FAULT_NONE, CUT_NONE, NULL, "close" },
	{ "HTTP/1.0 404 Not Found\r\nX: \xe9\r\n\r\nno", CLOSE, FAULT_NONE, CUT_NONE, NULL, "1.0" },
	{ "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", HOLD, FAULT_NONE, CUT_NONE, NULL, "bare LF" },
	{ "HTTP/1.1 204 No Content\r\n\r\n", HOLD, FAULT_NONE, CUT_NONE, NULL, "no content" },
	{ "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", HOLD,
	  FAULT_NONE, CUT_NONE, NULL, "redirect" },
	{ CHUNKED "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n", HOLD, FAULT_NONE, CUT_NONE, NULL,
	  "chunks, extension, trailer" },
	{ CHUNKED "5\r\nhel", CLOSE, FAULT_CLOSED, CUT_CLOSED, NULL, "chunk cut off" },
	{ CHUNKED "zz\r\nhello", CLOSE, FAULT_PROTOCOL, CUT_NONE, NULL, "no chunk size" },
	{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK_5, HOLD,
	  FAULT_NONE, CUT_NONE, OK_5, "interim responses" },
	{ "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", CLOSE, FAULT_CLOSED, CUT_NONE, "",
	  "no final response" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", CLOSE, FAULT_CLOSED, CUT_CLOSED, NULL,
	  "shorter than its length" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", RESET, FAULT_CLOSED, CUT_CLOSED, NULL,
	  "reset" },
	{ "HTTP/1.1 200 OK\r\nContent-Len", CLOSE, FAULT_CLOSED, CUT_CLOSED, "HTTP/1.1 200 OK\r\n",
	  "ends in its head" },
	{ "", CLOSE, FAULT_CLOSED, CUT_NONE, NULL, "says nothing" },
	{ "SSH-2.0-OpenSSH_9.2\r\n", CLOSE, FAULT_PROTOCOL, CUT_NONE, NULL, "another protocol" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", CLOSE, FAULT_PROTOCOL, CUT_NONE,
	  "HTTP/1.1 200 OK\r\n", "no number" },
	{ "", HOLD, FAULT_TIMEOUT, CUT_TIME, NULL, "silent" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", HOLD, FAULT_TIMEOUT, CUT_TIME, NULL,
	  "silent in its body" },
	{ "HTTP/1.1 200 OK\r\nX: y\r\n", HOLD, FAULT_TIMEOUT, CUT_TIME, NULL, "silent in its head" },
	{ "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", HOLD, FAULT_NONE,
	  CUT_NONE, NULL, "a coding that it is not" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", HOLD,
	  FAULT_NONE, CUT_NONE, NULL, "compressed in chunks" },
	{ "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nX: 1\r\n folded\r\nContent-Length: 0\r\n\r\n", HOLD,
	  FAULT_NONE, CUT_NONE, NULL, "folded field" },
};

static void serve_script(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];
	struct linger at_once = { .l_onoff = 1 };
	unsigned row;

	(void)s;
	while (little_hear(fd, request)) {
		if (sscanf(request, "GET /%u ", &row) != 1 || row >= ROWS(scripts))
			return;
		little_say(fd, scripts[row].says);
		if (scripts[row].after == RESET) {
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
			/* So that what was said is read before. */
			little_wait_gone_for(fd, 200);
			connect(fd, &(struct sockaddr){ .sa_family = AF_UNSPEC },
			        sizeof(struct sockaddr));
		}
		if (scripts[row].after != HOLD)
			return;
	}
}

static void what_comes_is_kept_whatever_it_is(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_script, NULL);
	for (size_t i = 0; i < ROWS(scripts); i++) {
		const struct script *c = &scripts[i];
		struct fetch_request q = { .number = (uint32_t)i };
		if (c->fault == FAULT_TIMEOUT)
			q.limits.idle_ms = 600;
		snprintf(url, sizeof(url), "http://shop.example:%u/%zu", s.port, i);
		fetch(&b, q, url, &k);
		CHECK_INT(i, c->what, k.fault, c->fault);
		CHECK_INT(i, c->what, k.cut, c->cut);
		CHECK_INT(i, c->what, k.number, i);
		CHECK_SLICE(i, c->what, slice_from(k.response, k.response_n),
		            slice_str(c->want ? c->want : c->says));
		CHECK_INT(i, c->what, strncmp(k.request, "GET /", 5), 0);
		forget(&k);
	}
	check_done();
	little_stop(&s);
	bench_close(&b);
}

static void serve_gzip(struct little_server *s, int fd)
{
	/* printf hello | gzip -n */
	static const char body[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10"
				   "\x36\x05\0\0\0";
	char request[LITTLE_REQUEST];

	(void)s;
	while (little_hear(fd, request)) {
		little_say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n");
		little_send(fd, body, 25);
	}
}

static void a_site_that_compresses_unasked_is_kept_as_it_came(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_gzip, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	fetch(&b, (struct fetch_request){ 0 }, url, &k);
	assert_null(strstr(k.request, "Accept-Encoding"));
	assert_int_equal(k.fault, FAULT_NONE);
	assert_int_equal(k.response_n, 63 + 25);
	assert_memory_equal(k.response + k.response_n - 25, "\x1f\x8b\x08", 3);
	forget(&k);
	little_stop(&s);
	bench_close(&b);
}

/* Sites that never end, and one that ends too soon. */

static void serve_flood(struct little_server *s, int fd)
{
	const char *kind = s->ctx;
	char request[LITTLE_REQUEST], many[4096];

	if (!little_hear(fd, request))
		return;
	memset(many, 'x', sizeof(many));
	if (strcmp(kind, "body") == 0)
		little_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n");
	else if (strcmp(kind, "chunks") == 0)
		little_say(fd, CHUNKED "77359400\r\n");
	else if (strcmp(kind, "line") == 0)
		little_say(fd, "HTTP/1.1 200 OK\r\nX: ");
	else if (strcmp(kind, "fields") == 0) {
		little_say(fd, "HTTP/1.1 200 OK\r\n");
		memcpy(many, "X: ", 3);
		memcpy(many + sizeof(many) - 2, "\r\n", 2);
	} else if (strcmp(kind, "interim") == 0) {
		memset(many, ' ', sizeof(many));
		memcpy(many, "HTTP/1.1 100 Continue\r\nX:", 25);
		memcpy(many + sizeof(many) - 4, "\r\n\r\n", 4);
	}
	while (little_send(fd, many, sizeof(many)))
		;
}

static void no_flood_is_kept_beyond_its_limit(void **state)
{
	(void)state;
	static const struct {
		const char *kind;
		size_t least, most; /* of the response kept */
	} rows_[] = {
		{ "body", 100000 + 47, 100000 + 47 },
		{ "chunks", 100000 + 47, 100000 + 47 },
		{ "fields", 20000, 20000 },
		{ "line", 17, 20000 },
		{ "interim", 1, 20000 },
	};
	struct fetch_request q = { .limits = { .body_bytes = 100000, .header_bytes = 20000 } };
	char url[100];

	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct bench b;
		struct little_server s;
		struct kept k;
		char kind[20];
		snprintf(kind, sizeof(kind), "%s", rows_[i].kind);
		bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
		little_start(&s, SITE, serve_flood, kind);
		snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
		fetch(&b, q, url, &k);
		CHECK_INT(i, kind, k.fault, FAULT_NONE);
		CHECK_INT(i, kind, k.cut, CUT_LENGTH);
		CHECK_INT(i, kind, k.response_n >= rows_[i].least, true);
		CHECK_INT(i, kind, k.response_n <= rows_[i].most, true);
		forget(&k);
		bench_close(&b);
		little_stop(&s);
	}
	check_done();
}

static void serve_exact(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST], body[1000];

	(void)s;
	memset(body, 'x', sizeof(body));
	if (little_hear(fd, request) && little_say(fd, "HTTP/1.1 200 OK\r\n\r\n"))
		little_send(fd, body, sizeof(body));
}

static void a_body_of_just_the_limit_is_whole(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_exact, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	fetch(&b, (struct fetch_request){ .limits = { .body_bytes = 1000 } }, url, &k);
	assert_int_equal(k.cut, CUT_NONE);
	assert_int_equal(k.response_n, 1019);
	forget(&k);
	fetch(&b, (struct fetch_request){ .limits = { .body_bytes = 999 } }, url, &k);
	assert_int_equal(k.cut, CUT_LENGTH);
	assert_int_equal(k.response_n, 1018);
	forget(&k);
	little_stop(&s);
	bench_close(&b);
}

enum { BUDGET = 3000, PAUSE_MS = 700, WHOLE_MS = 500, LATER_MS = 50, MORE = 80 };

/* Holds all the memory that there is from its first byte on. */
static void serve_first_byte(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];

	(void)s;
	if (little_hear(fd, request) && little_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx"))
		little_wait_gone(fd);
}

struct squeeze {
	struct bench b;
	struct kept *second;
	struct fetch_request q;
	bool was_told;
};

static void room_again(void *ctx)
{
	struct squeeze *q = ctx;

	q->was_told = q->second->told;
	fetcher_let_go(q->b.fetcher, BUDGET);
}

/* The first has its byte when nothing of it waits to be read: some rounds later. */
static void ask_second(void *ctx)
{
	struct squeeze *q = ctx;
	struct loop_timer *t;

	assert_int_equal(fetch_start(q->b.fetcher, &q->q, keep, q->second, NULL), 0);
	assert_int_equal(loop_after(q->b.loop, PAUSE_MS, room_again, q, &t, NULL), 0);
}

static void when_all_memory_is_taken_the_next_waits(void **state)
{
	(void)state;
	struct little_server s, other;
	struct squeeze q = { .second = NULL };
	struct kept first = { 0 }, second = { 0 };
	struct loop_timer *t;
	char url[100], url2[100];

	bench_open(&q.b, rows, ROWS(rows), (struct fetcher_options){ .bodies = BUDGET });
	little_start(&s, SITE, serve_first_byte, NULL);
	little_start(&other, SITE, serve_exact, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	snprintf(url2, sizeof(url2), "http://%s:%u/", SITE, other.port);
	q.second = &second;
	second.stop = q.b.loop;
	q.q = (struct fetch_request){ .url = slice_str(url2), .unpaced = true,
		                      .limits = { .total_ms = WHOLE_MS } };
	fetcher_hold(q.b.fetcher, BUDGET);
	struct fetch_request one = { .url = slice_str(url), .unpaced = true };
	assert_int_equal(fetch_start(q.b.fetcher, &one, keep, &first, NULL), 0);
	assert_int_equal(loop_after(q.b.loop, 4 * LATER_MS, ask_second, &q, &t, NULL), 0);
	loop_run(q.b.loop);
	/* It waited longer than it may take, which is not held against it. */
	assert_false(q.was_told);
	assert_true(second.told);
	assert_int_equal(second.fault, FAULT_NONE);
	assert_int_equal(second.cut, CUT_NONE);
	assert_int_equal(second.response_n, 1019);
	assert_false(first.told);
	bench_close(&q.b);
	assert_int_equal(first.fault, FAULT_STOPPED);
	forget(&first);
	forget(&second);
	little_stop(&s);
	little_stop(&other);
}

/* Four times as much as all may take together. */
static void serve_more(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST], many[BUDGET];

	(void)s;
	memset(many, 'y', sizeof(many));
	if (!little_hear(fd, request) || !little_say(fd, "HTTP/1.1 200 OK\r\n\r\n"))
		return;
	for (int i = 0; i < MORE && little_send(fd, many, sizeof(many)); i++)
		;
}

static void bodies_of_more_than_all_memory_arrive_whole(void **state)
{
	(void)state;
	enum { SITES_N = 12 };
	struct little_server s;
	struct bench b;
	struct kept k[SITES_N] = { 0 };
	char url[100];
	size_t whole = 0;

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ .bodies = 20 * BUDGET });
	little_start(&s, SITE, serve_more, NULL);
	for (size_t i = 0; i < SITES_N; i++) {
		struct fetch_request q = { .unpaced = true };
		snprintf(url, sizeof(url), "http://shop.example:%u/%zu", s.port, i);
		q.url = slice_str(url);
		assert_int_equal(fetch_start(b.fetcher, &q, keep, &k[i], NULL), 0);
	}
	loop_run(b.loop); /* until nothing is left to wait for */
	for (size_t i = 0; i < SITES_N; i++) {
		CHECK_INT(i, "told", k[i].told, true);
		CHECK_INT(i, "fault", k[i].fault, FAULT_NONE);
		CHECK_INT(i, "bytes", k[i].response_n, MORE * BUDGET + 19);
		whole += k[i].response_n == MORE * BUDGET + 19;
		forget(&k[i]);
	}
	assert_int_equal(whole, SITES_N);
	bench_close(&b);
	little_stop(&s);
	check_done();
}

static void serve_drip(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];

	(void)s;
	if (little_hear(fd, request) && little_say(fd, "HTTP/1.1 200 OK\r\n\r\n"))
		while (little_say(fd, "x"))
			little_wait_gone_for(fd, 20);
}

static void a_slow_drip_ends_with_the_whole_time(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_drip, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	fetch(&b, (struct fetch_request){ .limits = { .total_ms = 500 } }, url, &k);
	assert_int_equal(k.fault, FAULT_TIMEOUT);
	assert_int_equal(k.cut, CUT_TIME);
	assert_true(k.response_n > 19 + 5 && k.took_ms >= 500);
	forget(&k);
	little_stop(&s);
	bench_close(&b);
}

/* Addresses. */

static void addresses_that_are_not_open_are_never_connected(void **state)
{
	(void)state;
	static const struct {
		const char *host; /* port of the inner server behind it */
		enum exchange_fault fault;
	} rows_[] = {
		{ "inner.example", FAULT_ADDRESS },
		{ "metadata.example", FAULT_ADDRESS },
		{ "mapped.example", FAULT_ADDRESS },
		{ "127.0.0.1", FAULT_ADDRESS },
		{ "[::1]", FAULT_ADDRESS },
		{ "[::ffff:127.0.0.1]", FAULT_ADDRESS },
		{ "0.0.0.0", FAULT_ADDRESS },
		{ "2130706433", FAULT_ADDRESS }, /* 127.0.0.1 as browsers and inet_aton read it */
		{ "0x7f.1", FAULT_ADDRESS },
		{ "localhost", FAULT_NAME }, /* no resolver knows it, and no file is read */
		{ "none.example", FAULT_NAME },
		{ "broken.example", FAULT_RESOLVE },
		{ "silent.example", FAULT_RESOLVE },
		{ "refusing.example", FAULT_CONNECT },
	};
	struct bench b;
	struct little_server inner;
	struct kept k;
	struct err err;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&inner, "127.0.0.1", serve_hello, NULL);
	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct fetch_request q = { 0 };
		snprintf(url, sizeof(url), "http://%s:%u/", rows_[i].host, inner.port);
		q.url = slice_str(url);
		/* Odd spellings of addresses may be refused as no address at all. */
		if (rows_[i].host[0] == '2' || rows_[i].host[1] == 'x') {
			int rc = fetch_start(b.fetcher, &q, keep, &k, &err);
			if (rc == ERR_USAGE)
				continue;
		}
		fetch(&b, q, url, &k);
		CHECK_INT(i, rows_[i].host, k.fault, rows_[i].fault);
		CHECK_INT(i, rows_[i].host, k.response_n, 0);
		CHECK_SLICE(i, rows_[i].host, slice_str(k.remote), SLICE(""));
		CHECK_SLICE(i, rows_[i].host, slice_str(k.request), SLICE(""));
		forget(&k);
	}
	assert_int_equal(inner.accepted, 0);
	check_done();
	little_stop(&inner);
	bench_close(&b);
}

static void of_several_addresses_the_open_ones_are_used(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s, inner;
	struct kept k;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_hello, NULL);
	little_start_at(&inner, "127.0.0.1", s.port, serve_hello, NULL);
	snprintf(url, sizeof(url), "http://mixed.example:%u/", s.port);
	fetch(&b, (struct fetch_request){ 0 }, url, &k);
	assert_int_equal(k.fault, FAULT_NONE);
	assert_int_equal(strncmp(k.remote, SITE ":", strlen(SITE) + 1), 0);
	assert_int_equal(inner.accepted, 0);
	forget(&k);
	little_stop(&s);
	little_stop(&inner);
	bench_close(&b);
}

static void ipv6_is_as_good(void **state)
{
	(void)state;
	static const char *const host[] = { "six.example", "[::1]" };
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100], want[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	/* Opened for this alone: the fetcher has the prefix itself, not a copy. */
	assert_int_equal(ip_prefix_parse(SLICE("::1/128"), &b.opened, NULL), 0);
	little_start(&s, "::1", serve_hello, NULL);
	for (size_t i = 0; i < ROWS(host); i++) {
		snprintf(url, sizeof(url), "http://%s:%u/", host[i], s.port);
		fetch(&b, (struct fetch_request){ 0 }, url, &k);
		CHECK_INT(i, host[i], k.fault, FAULT_NONE);
		snprintf(want, sizeof(want), "[::1]:%u", s.port);
		CHECK_SLICE(i, host[i], slice_str(k.remote), slice_str(want));
		forget(&k);
	}
	check_done();
	little_stop(&s);
	bench_close(&b);
}

/* A listener whose queue is full: the system does not answer further connections. */
static void no_answer_to_connecting_is_a_fault_of_it(void **state)
{
	(void)state;
	enum { FILL = 4 };
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fill[FILL];
	struct bench b;
	struct kept k;
	char url[100];

	inet_pton(AF_INET, SITE, &a.sin_addr);
	assert_int_equal(bind(listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(listener, 0), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &n), 0);
	for (int i = 0; i < FILL; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		/* In progress: whether it will be is not waited for. */
		connect(fill[i], (struct sockaddr *)&a, sizeof(a));
	}
	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	snprintf(url, sizeof(url), "http://shop.example:%u/", ntohs(a.sin_port));
	for (int i = 0; i < 2; i++) {
		struct fetch_limits l = { .connect_ms = i ? 60000 : 200, .total_ms = i ? 200 : 60000 };
		fetch(&b, (struct fetch_request){ .limits = l }, url, &k);
		assert_int_equal(k.fault, FAULT_CONNECT);
		assert_int_equal(k.cut, CUT_NONE);
		assert_string_equal(k.request, "");
		assert_true(k.took_ms >= 199 && k.took_ms < 5000);
		forget(&k);
	}
	bench_close(&b);
	for (int i = 0; i < FILL; i++)
		close(fill[i]);
	close(listener);
}

static void one_dead_address_is_no_dead_site(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_hello, NULL);
	snprintf(url, sizeof(url), "http://partly.example:%u/", s.port);
	fetch(&b, (struct fetch_request){ 0 }, url, &k);
	assert_int_equal(k.fault, FAULT_NONE);
	assert_int_equal(strncmp(k.remote, SITE ":", strlen(SITE) + 1), 0);
	forget(&k);
	little_stop(&s);
	bench_close(&b);
}

/* The site is at an open address when it is asked for first, and at 127.0.0.1 afterwards: by a
 * lookup of its own (the first is remembered for 5 seconds), as another fetcher of the same process
 * has it. */
static void a_name_that_turns_inward_is_not_followed(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s, inner;
	struct kept k;
	struct resolver *again;
	struct fetcher *fetcher = NULL;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_hello, NULL);
	little_start_at(&inner, "127.0.0.1", s.port, serve_hello, NULL);
	snprintf(url, sizeof(url), "http://rebinds.example:%u/", s.port);
	for (int i = 0; i < 3; i++) {
		fetch(&b, (struct fetch_request){ 0 }, url, &k);
		assert_int_equal(k.fault, FAULT_NONE); /* as it was remembered */
		forget(&k);
	}
	struct slice server = slice_str(b.dns.text);
	struct resolver_options o = { .server = &server, .server_n = 1, .timeout_ms = 300 };
	struct fetcher_options fo = { .reach = { &b.opened, 1 } };
	assert_int_equal(resolver_new(b.loop, &o, &again, NULL), 0);
	assert_int_equal(fetcher_new(b.loop, again, &fo, &fetcher, NULL), 0);
	struct fetcher *first = b.fetcher;
	b.fetcher = fetcher;
	fetch(&b, (struct fetch_request){ 0 }, url, &k);
	assert_int_equal(k.fault, FAULT_ADDRESS);
	forget(&k);
	assert_int_equal(inner.accepted, 0);
	fetcher_free(fetcher);
	resolver_free(again);
	b.fetcher = first;
	bench_close(&b);
	little_stop(&s);
	little_stop(&inner);
}

/* Pace. */

struct order {
	struct loop *loop;
	unsigned told, want;
	uint32_t number[64];
	int64_t at_ms[64], over_ms[64];
};

static void note(void *ctx, const struct exchange *x)
{
	struct order *o = ctx;

	assert_int_equal(x->fault, FAULT_NONE);
	o->number[o->told] = x->number;
	o->at_ms[o->told] = x->at_ms;
	o->over_ms[o->told] = loop_now_ms(o->loop);
	if (++o->told == o->want)
		loop_stop(o->loop);
}

static void serve_slowly(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];

	(void)s;
	while (little_hear(fd, request)) {
		little_wait_gone_for(fd, 10);
		little_say(fd, OK_5);
	}
}

static void one_host_is_asked_in_order_and_with_pauses(void **state)
{
	(void)state;
	enum { N = 5, DELAY = 60 };
	struct bench b;
	struct little_server s;
	struct order o = { .want = N };
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ .host_delay_ms = DELAY });
	o.loop = b.loop;
	little_start(&s, SITE, serve_slowly, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	for (uint32_t i = 0; i < N; i++) {
		struct fetch_request q = { .url = slice_str(url), .number = i };
		assert_int_equal(fetch_start(b.fetcher, &q, note, &o, NULL), 0);
	}
	assert_int_equal(fetcher_waiting(b.fetcher), N);
	loop_run(b.loop);
	for (uint32_t i = 0; i < N; i++) {
		assert_int_equal(o.number[i], i);
		if (i)
			assert_true(o.at_ms[i] - o.over_ms[i - 1] >= DELAY - 2);
	}
	assert_int_equal(s.most_open, 1);
	assert_int_equal(s.accepted, 1); /* the connection was kept for the next */
	bench_close(&b);
	little_stop(&s);
}

static void vantages_and_hosts_do_not_wait_for_each_other(void **state)
{
	(void)state;
	enum { N = 8 };
	static const char *const host[] = { "shop.example", "other.example", "third.example",
		                            "mixed.example" };
	const struct vantage v[2] = { { .name = SLICE("jp") }, { .name = SLICE("us") } };
	struct bench b;
	struct little_server s;
	struct order o = { .want = N };
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ .host_delay_ms = 5000 });
	o.loop = b.loop;
	little_start(&s, SITE, serve_slowly, NULL);
	for (uint32_t i = 0; i < N; i++) {
		struct fetch_request q = { .number = i, .vantage = &v[i % 2] };
		snprintf(url, sizeof(url), "http://%s:%u/", host[i / 2], s.port);
		q.url = slice_str(url);
		assert_int_equal(fetch_start(b.fetcher, &q, note, &o, NULL), 0);
	}
	loop_run(b.loop);
	assert_int_equal(s.accepted, N); /* and no connection was another's */
	assert_true(s.most_open > 1);
	for (uint32_t i = 1; i < N; i++)
		assert_true(o.at_ms[i] - o.at_ms[0] < 1000);
	bench_close(&b);
	little_stop(&s);
}

static void not_more_are_in_flight_than_may_be(void **state)
{
	(void)state;
	enum { N = 12 };
	struct bench b;
	struct little_server s;
	struct order o = { .want = N };
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ .in_flight = 3 });
	o.loop = b.loop;
	little_start(&s, SITE, serve_slowly, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	for (uint32_t i = 0; i < N; i++) {
		struct fetch_request q = { .url = slice_str(url), .number = i, .unpaced = true };
		assert_int_equal(fetch_start(b.fetcher, &q, note, &o, NULL), 0);
	}
	loop_run(b.loop);
	assert_int_equal(s.most_open, 3);
	bench_close(&b);
	little_stop(&s);
}

/* A server that closes between two requests: the second is sent once more, and is kept once. */
static void serve_one_each(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];

	(void)s;
	if (little_hear(fd, request))
		little_say(fd, OK_5);
}

static void a_connection_that_died_is_made_anew(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_one_each, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	for (int i = 0; i < 4; i++) {
		fetch(&b, (struct fetch_request){ .user_agent = SLICE("t"), .accept = SLICE("*") }, url,
		      &k);
		assert_int_equal(k.fault, FAULT_NONE);
		assert_string_equal(k.response, OK_5);
		assert_int_equal(strncmp(k.request, "GET / HTTP/1.1\r\n", 16), 0);
		assert_null(strstr(k.request + 1, "GET "));
		forget(&k);
	}
	assert_int_equal(s.accepted, 4);
	bench_close(&b);
	little_stop(&s);
}

static void the_fields_are_those_of_the_vantage(void **state)
{
	(void)state;
	const struct vantage v = { .name = SLICE("jp"),
		                   .accept_language = SLICE("ja,en;q=0.5"),
		                   .user_agent = SLICE("Mozilla/5.0 (test)"),
		                   .local_address = SLICE("127.1.9.9") };
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100], want[600];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_peer, NULL);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	fetch(&b,
	      (struct fetch_request){ .vantage = &v,
	                              .referer = SLICE("https://search.example/"),
	                              .user_agent = SLICE("not used") },
	      url, &k);
	snprintf(want, sizeof(want),
	         "GET / HTTP/1.1\r\nHost: shop.example:%u\r\nUser-Agent: Mozilla/5.0 (test)\r\n"
	         "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
	         "Accept-Language: ja,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\n"
	         "Referer: https://search.example/\r\n\r\n",
	         s.port);
	assert_string_equal(k.request, want);
	assert_string_equal(k.vantage, "jp");
	assert_non_null(strstr(k.response, "\r\n\r\n127.1.9.9"));
	forget(&k);
	bench_close(&b);
	little_stop(&s);
}

static void the_environment_names_no_proxy(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s, inner;
	struct kept k;
	char url[100], proxy[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_hello, NULL);
	little_start(&inner, "127.0.0.1", serve_hello, NULL);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", inner.port);
	setenv("http_proxy", proxy, 1);
	setenv("ALL_PROXY", proxy, 1);
	snprintf(url, sizeof(url), "http://shop.example:%u/", s.port);
	fetch(&b, (struct fetch_request){ 0 }, url, &k);
	assert_int_equal(k.fault, FAULT_NONE);
	assert_int_equal(inner.accepted, 0);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	forget(&k);
	bench_close(&b);
	little_stop(&s);
	little_stop(&inner);
}

static void what_is_under_way_is_told_of_the_end(void **state)
{
	(void)state;
	enum { N = 5 };
	struct bench b;
	struct little_server s;
	struct kept k[N] = { { 0 } };
	char url[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ .host_delay_ms = 1000 });
	little_start(&s, SITE, serve_silence, b.loop);
	for (int i = 0; i < N; i++) {
		static const char *const host[N] = { "shop.example", "shop.example", "other.example",
			                             "slow.example", "third.example" };
		snprintf(url, sizeof(url), "http://%s:%u/", host[i], s.port);
		struct fetch_request q = { .url = slice_str(url) };
		assert_int_equal(fetch_start(b.fetcher, &q, keep, &k[i], NULL), 0);
	}
	struct loop_timer *t;
	assert_int_equal(loop_after(b.loop, 150, stop, b.loop, &t, NULL), 0);
	loop_run(b.loop);
	assert_int_equal(fetcher_in_flight(b.fetcher), 4);
	assert_int_equal(fetcher_waiting(b.fetcher), 1);
	assert_int_equal(s.accepted, 3);
	bench_close(&b);
	for (int i = 0; i < N; i++) {
		assert_true(k[i].told);
		assert_int_equal(k[i].fault, FAULT_STOPPED);
		forget(&k[i]);
	}
	little_stop(&s);
}

static void what_is_no_request_is_refused(void **state)
{
	(void)state;
	const struct vantage bad_proxy = { .name = SLICE("x"), .proxy = SLICE("ftp://127.0.0.1:1") };
	const struct vantage bad_local = { .name = SLICE("x"), .local_address = SLICE("eth0") };
	const struct vantage bad_field = { .name = SLICE("x"), .user_agent = SLICE("a\r\nb: c") };
	const struct fetch_request rows_[] = {
		{ .url = SLICE("") },
		{ .url = SLICE("ftp://shop.example/") },
		{ .url = SLICE("file:///etc/passwd") },
		{ .url = SLICE("http://") },
		{ .url = SLICE("http://shop.example/"), .referer = SLICE("http://a/\r\nX: y") },
		{ .url = SLICE("http://shop.example/"), .accept = SLICE("a\nb") },
		{ .url = SLICE("http://shop.example/"), .user_agent = SLICE("a\rb") },
		{ .url = SLICE("http://shop.example/"), .vantage = &bad_proxy },
		{ .url = SLICE("http://shop.example/"), .vantage = &bad_local },
		{ .url = SLICE("http://shop.example/"), .vantage = &bad_field },
	};
	struct bench b;

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	for (size_t i = 0; i < ROWS(rows_); i++)
		CHECK_INT(i, "request", fetch_start(b.fetcher, &rows_[i], keep, NULL, NULL), ERR_USAGE);
	assert_int_equal(fetcher_waiting(b.fetcher), 0);
	check_done();
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_those_of_the_wire),
		cmocka_unit_test(what_comes_is_kept_whatever_it_is),
		cmocka_unit_test(a_site_that_compresses_unasked_is_kept_as_it_came),
		cmocka_unit_test(no_flood_is_kept_beyond_its_limit),
		cmocka_unit_test(a_body_of_just_the_limit_is_whole),
		cmocka_unit_test(when_all_memory_is_taken_the_next_waits),
		cmocka_unit_test(bodies_of_more_than_all_memory_arrive_whole),
		cmocka_unit_test(a_slow_drip_ends_with_the_whole_time),
		cmocka_unit_test(addresses_that_are_not_open_are_never_connected),
		cmocka_unit_test(of_several_addresses_the_open_ones_are_used),
		cmocka_unit_test(ipv6_is_as_good),
		cmocka_unit_test(no_answer_to_connecting_is_a_fault_of_it),
		cmocka_unit_test(one_dead_address_is_no_dead_site),
		cmocka_unit_test(a_name_that_turns_inward_is_not_followed),
		cmocka_unit_test(one_host_is_asked_in_order_and_with_pauses),
		cmocka_unit_test(vantages_and_hosts_do_not_wait_for_each_other),
		cmocka_unit_test(not_more_are_in_flight_than_may_be),
		cmocka_unit_test(a_connection_that_died_is_made_anew),
		cmocka_unit_test(the_fields_are_those_of_the_vantage),
		cmocka_unit_test(the_environment_names_no_proxy),
		cmocka_unit_test(what_is_under_way_is_told_of_the_end),
		cmocka_unit_test(what_is_no_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
