/* What tests of fetching share: a loop, a resolver before a little name server, a fetcher to which
 * 127.1.0.0/16 is open and 127.0.0.1 is not, and what an exchange left. */
#ifndef TEST_SYS_FETCH_BENCH_H
#define TEST_SYS_FETCH_BENCH_H

#include "check.h"

#include "sys/fetch.h"
#include "sys/little_dns.h"
#include "sys/little_server.h"

#include <stdlib.h>

#define SITE "127.1.0.1"

struct bench {
	struct loop *loop;
	struct resolver *resolver;
	struct fetcher *fetcher;
	struct little_dns dns;
	struct ip_prefix opened;
};

static inline void bench_open(struct bench *b, struct dns_row *rows, size_t n,
                              struct fetcher_options o)
{
	struct slice server;

	memset(b, 0, sizeof(*b));
	dns_start(&b->dns, rows, n);
	assert_int_equal(ip_prefix_parse(SLICE("127.1.0.0/16"), &b->opened, NULL), 0);
	o.reach = (struct reach){ &b->opened, 1 };
	server = slice_str(b->dns.text);
	struct resolver_options ro = { .server = &server, .server_n = 1, .timeout_ms = 300 };
	assert_int_equal(loop_new(&b->loop, NULL), 0);
	assert_int_equal(resolver_new(b->loop, &ro, &b->resolver, NULL), 0);
	assert_int_equal(fetcher_new(b->loop, b->resolver, &o, &b->fetcher, NULL), 0);
}

static inline void bench_close(struct bench *b)
{
	fetcher_free(b->fetcher);
	resolver_free(b->resolver);
	loop_free(b->loop);
	dns_stop(&b->dns);
}

enum { KEPT_CHAIN = 4 };

struct kept {
	bool told;
	enum exchange_fault fault;
	enum exchange_cut cut;
	char *request, *response, *der[KEPT_CHAIN];
	size_t response_n, chain_n, der_n[KEPT_CHAIN];
	uint32_t number;
	int64_t took_ms;
	char remote[64], uri[300], vantage[65], verify[100];
	struct loop *stop;
};

static inline char *kept_copy(struct slice s)
{
	char *p = malloc(s.n + 1);

	assert_non_null(p);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

static inline void keep(void *ctx, const struct exchange *x)
{
	struct kept *k = ctx;

	assert_false(k->told);
	k->told = true;
	k->fault = x->fault;
	k->cut = x->cut;
	k->number = x->number;
	k->took_ms = x->took_ms;
	k->request = kept_copy(x->request);
	k->response = kept_copy(x->response);
	k->response_n = x->response.n;
	k->chain_n = x->chain_n;
	for (size_t i = 0; i < x->chain_n && i < KEPT_CHAIN; i++) {
		k->der[i] = kept_copy(x->chain[i]);
		k->der_n[i] = x->chain[i].n;
	}
	snprintf(k->remote, sizeof(k->remote), "%.*s", SLICE_ARG(x->remote));
	snprintf(k->uri, sizeof(k->uri), "%.*s", SLICE_ARG(x->uri));
	snprintf(k->vantage, sizeof(k->vantage), "%.*s", SLICE_ARG(x->vantage));
	snprintf(k->verify, sizeof(k->verify), "%s", x->tls_verify ? x->tls_verify : "");
	if (k->stop)
		loop_stop(k->stop);
}

static inline void forget(struct kept *k)
{
	free(k->request);
	free(k->response);
	for (size_t i = 0; i < KEPT_CHAIN; i++)
		free(k->der[i]);
	memset(k, 0, sizeof(*k));
}

static inline void fetch(struct bench *b, struct fetch_request q, const char *url, struct kept *k)
{
	q.url = slice_str(url);
	memset(k, 0, sizeof(*k));
	k->stop = b->loop;
	assert_int_equal(fetch_start(b->fetcher, &q, keep, k, NULL), 0);
	assert_false(k->told);
	loop_run(b->loop);
	assert_true(k->told);
}

#endif
