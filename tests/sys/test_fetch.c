/* Fetching from real servers on loopback: what is kept, what ends it, whom it never connects to. */
#include "check.h"

#include "sys/fetch.h"
#include "sys/little_dns.h"
#include "sys/little_server.h"

#include <stdlib.h>

/* 127.1.0.0/16 is opened; 127.0.0.1 stays what it is. */
#define SITE "127.1.0.1"

struct bench {
	struct loop *loop;
	struct resolver *resolver;
	struct fetcher *fetcher;
	struct little_dns dns;
	struct ip_prefix opened;
};

static struct dns_row rows[] = {
	{ .name = "shop.example", .address = { SITE }, .ttl = 300 },
};

static void bench_open(struct bench *b, struct fetcher_options o)
{
	struct slice server;

	memset(b, 0, sizeof(*b));
	dns_start(&b->dns, rows, ROWS(rows));
	assert_int_equal(ip_prefix_parse(SLICE("127.1.0.0/16"), &b->opened, NULL), 0);
	o.reach = (struct reach){ &b->opened, 1 };
	server = slice_str(b->dns.text);
	assert_int_equal(loop_new(&b->loop, NULL), 0);
	assert_int_equal(resolver_new(b->loop,
	                              &(struct resolver_options){
	                                      .server = &server, .server_n = 1, .timeout_ms = 300 },
	                              &b->resolver, NULL),
	                 0);
	assert_int_equal(fetcher_new(b->loop, b->resolver, &o, &b->fetcher, NULL), 0);
}

static void bench_close(struct bench *b)
{
	fetcher_free(b->fetcher);
	resolver_free(b->resolver);
	loop_free(b->loop);
	dns_stop(&b->dns);
}

/* What an exchange left. */
struct kept {
	bool told;
	enum exchange_fault fault;
	enum exchange_cut cut;
	char *request, *response;
	size_t response_n, chain_n;
	char remote[64], uri[300], vantage[65], verify[100];
	struct loop *stop;
};

static void keep(void *ctx, const struct exchange *x)
{
	struct kept *k = ctx;

	assert_false(k->told);
	k->told = true;
	k->fault = x->fault;
	k->cut = x->cut;
	k->request = strndup(x->request.p ? x->request.p : "", x->request.n);
	k->response = malloc(x->response.n + 1);
	if (x->response.n)
		memcpy(k->response, x->response.p, x->response.n);
	k->response[x->response.n] = '\0';
	k->response_n = x->response.n;
	k->chain_n = x->chain_n;
	snprintf(k->remote, sizeof(k->remote), "%.*s", SLICE_ARG(x->remote));
	snprintf(k->uri, sizeof(k->uri), "%.*s", SLICE_ARG(x->uri));
	snprintf(k->vantage, sizeof(k->vantage), "%.*s", SLICE_ARG(x->vantage));
	snprintf(k->verify, sizeof(k->verify), "%s", x->tls_verify ? x->tls_verify : "");
	if (k->stop)
		loop_stop(k->stop);
}

static void forget(struct kept *k)
{
	free(k->request);
	free(k->response);
	memset(k, 0, sizeof(*k));
}

static void fetch(struct bench *b, struct fetch_request q, const char *url, struct kept *k)
{
	q.url = slice_str(url);
	memset(k, 0, sizeof(*k));
	k->stop = b->loop;
	assert_int_equal(fetch_start(b->fetcher, &q, keep, k, NULL), 0);
	assert_false(k->told);
	loop_run(b->loop);
	assert_true(k->told);
}

static void serve_hello(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];

	(void)s;
	while (little_hear(fd, request))
		little_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void bytes_are_those_of_the_wire(void **state)
{
	(void)state;
	struct bench b;
	struct little_server s;
	struct kept k;
	char url[100], want[400];

	bench_open(&b, (struct fetcher_options){ 0 });
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_those_of_the_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
