/* Asking real name servers on loopback. */
#include "check.h"

#include "sys/clock.h"
#include "sys/little_dns.h"
#include "sys/resolve.h"

#include <stdlib.h>

enum { TYPE_A = 1, TYPE_AAAA = 28, TRY_MS = 60, PATIENT_MS = 4000 };

static struct dns_row rows[] = {
	{ .name = "two.example", .address = { "192.0.2.1", "2001:db8::1" }, .ttl = 60 },
	{ .name = "chain.example",
	  .cname = "two.example",
	  .address = { "192.0.2.1", "2001:db8::1" },
	  .ttl = 60 },
	{ .name = "v6.example", .address = { "2001:db8::6" }, .ttl = 0 },
	{ .name = "nothing.example" },
	{ .name = "broken.example", .rcode = 2 },
	{ .name = "refused.example", .rcode = 5 },
	{ .name = "silent.example", .flags = DNS_SILENT },
	{ .name = "cut.example", .address = { "192.0.2.2" }, .flags = DNS_CUT_UDP },
	{ .name = "old.example", .address = { "192.0.2.3" }, .flags = DNS_NO_EDNS },
	{ .name = "half.example", .address = { "192.0.2.4" }, .flags = DNS_NO_AAAA, .ttl = 60 },
};

/* A second server, which knows what is broken at the first. */
static struct dns_row better[] = {
	{ .name = "broken.example", .address = { "192.0.2.9" } },
	{ .name = "silent.example", .address = { "192.0.2.9" } },
};

struct bench {
	struct loop *loop;
	struct resolver *resolver;
	struct little_dns dns, second;
};

static void bench_open(struct bench *b, unsigned tries, bool has_second, int64_t try_ms)
{
	struct slice server[2];

	for (size_t i = 0; i < ROWS(rows); i++)
		rows[i].asked = rows[i].asked_tcp = 0;
	dns_start(&b->dns, rows, ROWS(rows));
	dns_start(&b->second, better, ROWS(better));
	server[0] = slice_str(b->dns.text);
	server[1] = slice_str(b->second.text);
	struct resolver_options o = {
		.server = server, .server_n = has_second ? 2 : 1, .timeout_ms = try_ms, .tries = tries
	};
	assert_int_equal(loop_new(&b->loop, NULL), 0);
	assert_int_equal(resolver_new(b->loop, &o, &b->resolver, NULL), 0);
}

static void bench_close(struct bench *b)
{
	resolver_free(b->resolver);
	loop_free(b->loop);
	dns_stop(&b->dns);
	dns_stop(&b->second);
}

struct kept {
	bool told;
	enum exchange_fault fault;
	uint8_t request[600], response[600];
	size_t request_n, response_n, address_n;
	char uri[300], remote[64], addresses[400];
};

static void keep(void *ctx, const struct exchange *x)
{
	struct kept *k = ctx;

	assert_false(k->told);
	assert_int_equal(x->kind, EXCHANGE_DNS);
	k->told = true;
	k->fault = x->fault;
	k->request_n = x->request.n;
	k->response_n = x->response.n;
	assert_true(x->request.n <= sizeof(k->request) && x->response.n <= sizeof(k->response));
	if (x->request.n)
		memcpy(k->request, x->request.p, x->request.n);
	if (x->response.n)
		memcpy(k->response, x->response.p, x->response.n);
	snprintf(k->uri, sizeof(k->uri), "%.*s", SLICE_ARG(x->uri));
	snprintf(k->remote, sizeof(k->remote), "%.*s", SLICE_ARG(x->remote));
}

static void keep_addresses(void *ctx, const struct ip *ip, size_t n, enum exchange_fault fault)
{
	struct kept *k = ctx;
	char text[IP_TEXT];

	assert_false(k->told);
	k->told = true;
	k->fault = fault;
	k->address_n = n;
	k->addresses[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t at = strlen(k->addresses);
		ip_format(&ip[i], text);
		snprintf(k->addresses + at, sizeof(k->addresses) - at, i ? " %s" : "%s", text);
	}
}

static void ask(struct bench *b, const char *name, struct kept *k)
{
	memset(k, 0, sizeof(*k));
	assert_int_equal(resolver_query(b->resolver, slice_str(name), TYPE_A, keep, k, NULL), 0);
	assert_false(k->told);
	loop_run(b->loop);
	assert_true(k->told);
}

static struct dns_row *row_of(const char *name)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void messages_are_kept_as_they_were(void **state)
{
	(void)state;
	static const uint8_t question[] = "\3two\7example\0\0\1\0\1";
	struct bench b;
	struct kept k;

	bench_open(&b, 3, false, PATIENT_MS);
	ask(&b, "Two.example.", &k);
	assert_int_equal(k.fault, FAULT_NONE);
	assert_string_equal(k.uri, "dns:two.example?type=A");
	assert_string_equal(k.remote, b.dns.text);
	/* Header, question, OPT of 11 octets: RFC 6891 6.1.2. */
	assert_int_equal(k.request_n, 12 + sizeof(question) - 1 + 11);
	assert_memory_equal(k.request + 12, question, sizeof(question) - 1);
	assert_memory_equal(k.response, k.request, 2);
	assert_memory_equal(k.response + 12, question, sizeof(question) - 1);
	assert_memory_equal(k.response + k.response_n - 4, "\300\0\2\1", 4);
	bench_close(&b);
}

static void every_answer_is_one(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned tries, rcode, asked, asked_tcp;
		bool second;
		enum exchange_fault fault;
	} rows_[] = {
		{ "two.example", 3, 0, 1, 0, false, FAULT_NONE },
		{ "none.example", 3, 3, 0, 0, false, FAULT_NONE },
		{ "nothing.example", 3, 0, 1, 0, false, FAULT_NONE },
		{ "broken.example", 3, 2, 3, 0, false, FAULT_NONE },
		{ "broken.example", 3, 0, 1, 0, true, FAULT_NONE },
		{ "refused.example", 2, 5, 2, 0, false, FAULT_NONE },
		{ "silent.example", 2, 0, 2, 0, false, FAULT_TIMEOUT },
		{ "silent.example", 2, 0, 1, 0, true, FAULT_NONE },
		{ "cut.example", 3, 0, 2, 1, false, FAULT_NONE },
		{ "old.example", 3, 0, 2, 0, false, FAULT_NONE },
	};
	struct kept k;

	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct bench b;
		bench_open(&b, rows_[i].tries, rows_[i].second,
		           strcmp(rows_[i].name, "silent.example") ? PATIENT_MS : TRY_MS);
		ask(&b, rows_[i].name, &k);
		CHECK_INT(i, rows_[i].name, k.fault, rows_[i].fault);
		CHECK_INT(i, rows_[i].name, k.response[3] & 15, rows_[i].rcode);
		CHECK_INT(i, rows_[i].name, k.response_n > 0, rows_[i].fault == FAULT_NONE);
		if (strcmp(rows_[i].name, "none.example") != 0) {
			CHECK_INT(i, rows_[i].name, row_of(rows_[i].name)->asked, rows_[i].asked);
			CHECK_INT(i, rows_[i].name, row_of(rows_[i].name)->asked_tcp,
			          rows_[i].asked_tcp);
		}
		/* The one without EDNS is the one that was answered. */
		if (strcmp(rows_[i].name, "old.example") == 0)
			CHECK_INT(i, rows_[i].name, k.request[11], 0);
		bench_close(&b);
	}
	check_done();
}

static void a_port_where_nobody_is_gives_no_answer(void **state)
{
	(void)state;
	struct little_dns gone;
	struct loop *loop;
	struct resolver *r;
	struct kept k = { 0 };

	dns_start(&gone, rows, 1);
	dns_stop(&gone);
	struct slice server = slice_str(gone.text);
	struct resolver_options o = { .server = &server, .server_n = 1, .timeout_ms = TRY_MS };
	assert_int_equal(loop_new(&loop, NULL), 0);
	assert_int_equal(resolver_new(loop, &o, &r, NULL), 0);
	assert_int_equal(resolver_query(r, SLICE("two.example"), TYPE_A, keep, &k, NULL), 0);
	loop_run(loop);
	assert_int_equal(k.fault, FAULT_RESOLVE);
	assert_int_equal(k.response_n, 0);
	resolver_free(r);
	loop_free(loop);
}

static void addresses_are_those_of_both_families(void **state)
{
	(void)state;
	static const struct {
		const char *name, *want;
		enum exchange_fault fault;
	} rows_[] = {
		{ "two.example", "192.0.2.1 2001:db8::1", FAULT_NONE },
		{ "chain.example", "192.0.2.1 2001:db8::1", FAULT_NONE },
		{ "v6.example", "2001:db8::6", FAULT_NONE },
		{ "cut.example", "192.0.2.2", FAULT_NONE },
		{ "half.example", "192.0.2.4", FAULT_NONE },
		{ "none.example", "", FAULT_NAME },
		{ "nothing.example", "", FAULT_NAME },
		{ "broken.example", "", FAULT_RESOLVE },
		{ "silent.example", "", FAULT_TIMEOUT },
	};
	struct bench b;
	struct kept k;

	bench_open(&b, 2, false, 300);
	for (size_t i = 0; i < ROWS(rows_); i++) {
		memset(&k, 0, sizeof(k));
		assert_int_equal(resolver_addresses(b.resolver, slice_str(rows_[i].name),
		                                    keep_addresses, &k, NULL),
		                 0);
		assert_false(k.told);
		loop_run(b.loop);
		CHECK_INT(i, rows_[i].name, k.fault, rows_[i].fault);
		CHECK_SLICE(i, rows_[i].name, slice_str(k.addresses), slice_str(rows_[i].want));
	}
	check_done();
	bench_close(&b);
}

static void a_server_may_close_after_one_answer(void **state)
{
	(void)state;
	struct bench b;
	struct kept k[2] = { { 0 } };

	bench_open(&b, 1, false, PATIENT_MS);
	b.dns.once = true;
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			resolver_query(b.resolver, SLICE("cut.example"), TYPE_A, keep, &k[i], NULL), 0);
	loop_run(b.loop);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(k[i].fault, FAULT_NONE);
		assert_memory_equal(k[i].response + k[i].response_n - 4, "\300\0\2\2", 4);
	}
	bench_close(&b);
}

static void stop(void *ctx, const struct ip *ip, size_t n, enum exchange_fault fault)
{
	(void)ip;
	(void)n;
	(void)fault;
	loop_stop(ctx);
}

static void a_does_not_wait_long_for_aaaa(void **state)
{
	(void)state;
	struct loop *loop;
	struct resolver *r;
	struct little_dns dns;
	struct slice server;
	int64_t began;

	dns_start(&dns, rows, ROWS(rows));
	server = slice_str(dns.text);
	struct resolver_options o = { .server = &server, .server_n = 1, .timeout_ms = 20000 };
	assert_int_equal(loop_new(&loop, NULL), 0);
	assert_int_equal(resolver_new(loop, &o, &r, NULL), 0);
	began = clock_ticks_ns();
	assert_int_equal(resolver_addresses(r, SLICE("half.example"), stop, loop, NULL), 0);
	loop_run(loop);
	assert_true(clock_ticks_ns() - began < INT64_C(10000000000));
	resolver_free(r); /* with AAAA under way */
	loop_free(loop);
	dns_stop(&dns);
}

static void equal_lookups_are_one_and_remembered(void **state)
{
	(void)state;
	enum { N = 50 };
	static struct kept k[N];
	struct bench b;

	bench_open(&b, 3, false, PATIENT_MS);
	for (int round = 0; round < 2; round++) {
		memset(k, 0, sizeof(k));
		for (size_t i = 0; i < N; i++)
			assert_int_equal(resolver_addresses(b.resolver, SLICE("v6.example"),
			                                    keep_addresses, &k[i], NULL),
			                 0);
		assert_false(k[0].told);
		loop_run(b.loop);
		for (size_t i = 0; i < N; i++)
			assert_string_equal(k[i].addresses, "2001:db8::6");
	}
	/* Although its TTL is 0: five seconds are the least. */
	assert_int_equal(row_of("v6.example")->asked, 1);
	/* What could not be learned is asked for again. */
	for (unsigned round = 1; round <= 2; round++) {
		memset(&k[0], 0, sizeof(k[0]));
		assert_int_equal(resolver_addresses(b.resolver, SLICE("broken.example"),
		                                    keep_addresses, &k[0], NULL),
		                 0);
		loop_run(b.loop);
		assert_int_equal(row_of("broken.example")->asked, 3 * round);
	}
	bench_close(&b);
}

static void count(void *ctx, const struct exchange *x)
{
	assert_int_equal(x->fault, FAULT_NONE);
	(*(unsigned *)ctx)++;
}

static void a_burst_is_answered_whole(void **state)
{
	(void)state;
	struct bench b;
	unsigned told = 0;

	bench_open(&b, 3, false, PATIENT_MS);
	for (int i = 0; i < 3000; i++)
		assert_int_equal(resolver_query(b.resolver, SLICE("two.example"), TYPE_AAAA, count,
		                                &told, NULL),
		                 0);
	loop_run(b.loop);
	assert_int_equal(told, 3000);
	bench_close(&b);
}

static void what_is_under_way_is_told_of_the_end(void **state)
{
	(void)state;
	struct bench b;
	struct kept k[4] = { { 0 } };

	bench_open(&b, 3, false, TRY_MS);
	assert_int_equal(resolver_query(b.resolver, SLICE("silent.example"), 1, keep, &k[0], NULL), 0);
	assert_int_equal(resolver_addresses(b.resolver, SLICE("silent.example"), keep_addresses, &k[1],
	                                    NULL),
	                 0);
	struct kept first;
	ask(&b, "two.example", &first); /* the others are sent, and run out of time in the same run */
	assert_true(k[0].told && k[1].told);
	assert_int_equal(resolver_query(b.resolver, SLICE("two.example"), 1, keep, &k[2], NULL), 0);
	assert_int_equal(resolver_addresses(b.resolver, SLICE("silent.example"), keep_addresses, &k[3],
	                                    NULL),
	                 0);
	bench_close(&b);
	assert_int_equal(k[2].fault, FAULT_STOPPED);
	assert_int_equal(k[3].fault, FAULT_STOPPED);
}

static void servers_are_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *server;
		int want;
	} rows_[] = {
		{ "192.0.2.53", 0 },
		{ "192.0.2.53:5353", 0 },
		{ "2001:db8::53", 0 },
		{ "[2001:db8::53]", 0 },
		{ "[2001:db8::53]:5353", 0 },
		{ "", ERR_USAGE },
		{ "resolver.example", ERR_USAGE },
		{ "192.0.2.53:", ERR_USAGE },
		{ "192.0.2.53:0", ERR_USAGE },
		{ "192.0.2.53:65536", ERR_USAGE },
		{ "192.0.2.53:5x", ERR_USAGE },
		{ "[192.0.2.53]:53", ERR_USAGE },
		{ "[2001:db8::53", ERR_USAGE },
		{ "[2001:db8::53]53", ERR_USAGE },
	};
	struct loop *loop;

	assert_int_equal(loop_new(&loop, NULL), 0);
	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct slice server = slice_str(rows_[i].server);
		struct resolver_options o = { .server = &server, .server_n = 1 };
		struct resolver *r = NULL;
		CHECK_INT(i, rows_[i].server, resolver_new(loop, &o, &r, NULL), rows_[i].want);
		if (r) {
			CHECK_INT(i, "no name", resolver_query(r, SLICE("a..b"), 1, keep, NULL, NULL),
			          ERR_SYNTAX);
			resolver_free(r);
		}
	}
	assert_int_equal(resolver_new(loop, &(struct resolver_options){ 0 }, &(struct resolver *){ 0 },
	                              NULL),
	                 ERR_USAGE);
	check_done();
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_kept_as_they_were),
		cmocka_unit_test(every_answer_is_one),
		cmocka_unit_test(a_port_where_nobody_is_gives_no_answer),
		cmocka_unit_test(addresses_are_those_of_both_families),
		cmocka_unit_test(a_server_may_close_after_one_answer),
		cmocka_unit_test(a_does_not_wait_long_for_aaaa),
		cmocka_unit_test(equal_lookups_are_one_and_remembered),
		cmocka_unit_test(a_burst_is_answered_whole),
		cmocka_unit_test(what_is_under_way_is_told_of_the_end),
		cmocka_unit_test(servers_are_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
