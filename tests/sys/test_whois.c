/* Questions to WHOIS servers on loopback. */
#include "sys/fetch_bench.h"

static struct dns_row rows[] = {
	{ .name = "whois.example", .address = { SITE } },
	{ .name = "partly.example", .address = { "127.1.0.250", SITE } },
	{ .name = "refusing.example", .address = { "127.1.0.250" } },
	{ .name = "inner.example", .address = { "127.0.0.1", "10.0.0.1" } },
	{ .name = "broken.example", .rcode = 2 },
	{ .name = "silent.example", .flags = DNS_SILENT },
};

static void whois(struct bench *b, struct whois_request q, const char *server, struct kept *k)
{
	q.server = slice_str(server);
	memset(k, 0, sizeof(*k));
	k->stop = b->loop;
	assert_int_equal(whois_start(b->fetcher, &q, keep, k, NULL), 0);
	assert_false(k->told);
	loop_run(b->loop);
	assert_true(k->told);
}

/* The line decides what is answered. */
static void serve_whois(struct little_server *s, int fd)
{
	struct linger at_once = { .l_onoff = 1 };
	char line[LITTLE_REQUEST], many[4096];

	(void)s;
	if (!little_hear_until(fd, line, "\r\n"))
		return;
	if (strcmp(line, "nothing\r\n") == 0)
		return;
	if (strcmp(line, "flood\r\n") == 0) {
		memset(many, 'x', sizeof(many));
		while (little_send(fd, many, sizeof(many)))
			;
		return;
	}
	if (strcmp(line, "drip\r\n") == 0) {
		while (little_say(fd, "x"))
			little_wait_gone_for(fd, 20);
		return;
	}
	little_say(fd, "% answer to ");
	if (strcmp(line, "reset\r\n") == 0) {
		little_wait_gone_for(fd, 200);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		connect(fd, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(struct sockaddr));
		return;
	}
	if (strcmp(line, "hang\r\n") == 0)
		little_wait_gone(fd);
	little_wait_gone_for(fd, 5);
	little_say(fd, line);
}

static void an_answer_is_all_until_the_server_closes(void **state)
{
	(void)state;
	static const struct {
		const char *host, *line, *response, *uri;
		enum exchange_fault fault;
		enum exchange_cut cut;
	} rows_[] = {
		{ "whois.example", "shop.example", "% answer to shop.example\r\n", "shop.example",
		  FAULT_NONE, CUT_NONE },
		{ "partly.example", "x", "% answer to x\r\n", "x", FAULT_NONE, CUT_NONE },
		{ SITE, "-T dn,ace \xc3\xa4", "% answer to -T dn,ace \xc3\xa4\r\n",
		  "-T%20dn,ace%20%C3%A4", FAULT_NONE, CUT_NONE },
		{ "whois.example", "nothing", "", "nothing", FAULT_CLOSED, CUT_NONE },
		{ "whois.example", "reset", "% answer to ", "reset", FAULT_CLOSED, CUT_CLOSED },
		{ "whois.example", "hang", "% answer to ", "hang", FAULT_TIMEOUT, CUT_TIME },
		{ "refusing.example", "x", "", "x", FAULT_CONNECT, CUT_NONE },
		{ "inner.example", "x", "", "x", FAULT_ADDRESS, CUT_NONE },
		{ "127.0.0.1", "x", "", "x", FAULT_ADDRESS, CUT_NONE },
		{ "[::1]", "x", "", "x", FAULT_ADDRESS, CUT_NONE },
		{ "none.example", "x", "", "x", FAULT_NAME, CUT_NONE },
		{ "broken.example", "x", "", "x", FAULT_RESOLVE, CUT_NONE },
		{ "silent.example", "x", "", "x", FAULT_RESOLVE, CUT_NONE },
	};
	struct bench b;
	struct little_server s, inner;
	struct kept k;
	char server[100], want[200];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_whois, NULL);
	little_start_at(&inner, "127.0.0.1", s.port, serve_whois, NULL);
	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct whois_request q = { .line = slice_str(rows_[i].line), .number = 7 };
		if (rows_[i].fault == FAULT_TIMEOUT)
			q.total_ms = 300;
		snprintf(server, sizeof(server), "%s:%u", rows_[i].host, s.port);
		whois(&b, q, server, &k);
		CHECK_INT(i, rows_[i].line, k.fault, rows_[i].fault);
		CHECK_INT(i, rows_[i].line, k.cut, rows_[i].cut);
		CHECK_INT(i, rows_[i].line, k.number, 7);
		CHECK_SLICE(i, rows_[i].line, slice_str(k.response), slice_str(rows_[i].response));
		snprintf(want, sizeof(want), "whois://%s/%s", server, rows_[i].uri);
		CHECK_SLICE(i, rows_[i].line, slice_str(k.uri), slice_str(want));
		bool has_met = rows_[i].response[0] || strcmp(rows_[i].line, "nothing") == 0;
		snprintf(want, sizeof(want), "%s\r\n", rows_[i].line);
		CHECK_SLICE(i, rows_[i].line, slice_str(k.request), slice_str(has_met ? want : ""));
		snprintf(want, sizeof(want), SITE ":%u", s.port);
		CHECK_SLICE(i, rows_[i].line, slice_str(k.remote), slice_str(has_met ? want : ""));
		forget(&k);
	}
	assert_int_equal(inner.accepted, 0);
	check_done();
	bench_close(&b);
	little_stop(&s);
	little_stop(&inner);
}

static void an_answer_that_does_not_end_is_cut(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char server[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_whois, NULL);
	snprintf(server, sizeof(server), "whois.example:%u", s.port);
	whois(&b, (struct whois_request){ .line = SLICE("flood"), .bytes = 9999 }, server, &k);
	assert_int_equal(k.fault, FAULT_NONE);
	assert_int_equal(k.cut, CUT_LENGTH);
	assert_int_equal(k.response_n, 9999);
	forget(&k);
	whois(&b, (struct whois_request){ .line = SLICE("drip"), .total_ms = 200 }, server, &k);
	assert_int_equal(k.fault, FAULT_TIMEOUT);
	assert_int_equal(k.cut, CUT_TIME);
	assert_true(k.response_n > 2 && k.took_ms >= 199);
	forget(&k);
	bench_close(&b);
	little_stop(&s);
}

static void one_server_is_asked_one_thing_at_a_time(void **state)
{
	(void)state;
	enum { N = 5 };
	struct bench b;
	struct little_server s;
	struct kept k[N] = { { 0 } };
	char server[100], line[20];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ .host_delay_ms = 20 });
	little_start(&s, SITE, serve_whois, NULL);
	snprintf(server, sizeof(server), "whois.example:%u", s.port);
	for (uint32_t i = 0; i < N; i++) {
		snprintf(line, sizeof(line), "name-%u", i);
		struct whois_request q = { .server = slice_str(server), .line = slice_str(line) };
		assert_int_equal(whois_start(b.fetcher, &q, keep, &k[i], NULL), 0);
	}
	k[N - 1].stop = b.loop;
	loop_run(b.loop);
	for (uint32_t i = 0; i < N; i++) {
		snprintf(line, sizeof(line), "name-%u\r\n", i);
		assert_true(k[i].told); /* the last was told last */
		assert_string_equal(k[i].request, line);
		forget(&k[i]);
	}
	assert_int_equal(s.most_open, 1);
	bench_close(&b);
	little_stop(&s);
}

static void stop(void *ctx)
{
	loop_stop(ctx);
}

static void what_is_under_way_is_told_of_the_end(void **state)
{
	(void)state;
	enum { N = 4 };
	static const char *const host[N] = { "whois.example", "whois.example", "silent.example", SITE };
	struct bench b;
	struct little_server s;
	struct kept k[N] = { { 0 } };
	struct loop_timer *t;
	char server[100];

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_whois, NULL);
	for (size_t i = 0; i < N; i++) {
		snprintf(server, sizeof(server), "%s:%u", host[i], s.port);
		struct whois_request q = { .server = slice_str(server), .line = SLICE("hang") };
		assert_int_equal(whois_start(b.fetcher, &q, keep, &k[i], NULL), 0);
	}
	assert_int_equal(loop_after(b.loop, 100, stop, b.loop, &t, NULL), 0);
	loop_run(b.loop);
	assert_int_equal(fetcher_in_flight(b.fetcher), 3);
	assert_int_equal(fetcher_waiting(b.fetcher), 1);
	bench_close(&b);
	for (size_t i = 0; i < N; i++) {
		assert_true(k[i].told);
		assert_int_equal(k[i].fault, FAULT_STOPPED);
		forget(&k[i]);
	}
	little_stop(&s);
}

static void what_is_no_question_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *server, *line;
	} rows_[] = {
		{ "whois.example", "" },
		{ "whois.example", "a\r\nb" },
		{ "whois.example", "a\tb" },
		{ "", "x" },
		{ ":43", "x" },
		{ "whois.example:", "x" },
		{ "whois.example:0", "x" },
		{ "whois.example:65536", "x" },
		{ "whois.example:4x", "x" },
		{ "whois..example", "x" },
		{ "[::1", "x" },
		{ "[whois.example]", "x" },
	};
	struct bench b;

	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct whois_request q = { .server = slice_str(rows_[i].server),
			                   .line = slice_str(rows_[i].line) };
		CHECK_INT(i, rows_[i].server, whois_start(b.fetcher, &q, keep, NULL, NULL), ERR_USAGE);
	}
	check_done();
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_all_until_the_server_closes),
		cmocka_unit_test(an_answer_that_does_not_end_is_cut),
		cmocka_unit_test(one_server_is_asked_one_thing_at_a_time),
		cmocka_unit_test(what_is_under_way_is_told_of_the_end),
		cmocka_unit_test(what_is_no_question_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
