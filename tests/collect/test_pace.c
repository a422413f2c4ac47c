#include "check.h"

#include "collect/pace.h"

static struct pace *pace_of(const struct pace_rule *rule, size_t n, const struct pace_rule *usual)
{
	struct pace *p;

	assert_int_equal(pace_new(rule, n, usual, &p, NULL), 0);
	return p;
}

/* How many requests of an eager caller go out within ms. */
static int sent_within(struct pace *p, struct slice server, int64_t from, int64_t ms)
{
	int n = 0;

	for (int64_t now = from; now < from + ms;) {
		int64_t when = pace_when(p, server, now);
		if (when > now) {
			now = when;
			continue;
		}
		assert_int_equal(pace_sent(p, server, now, NULL), 0);
		n++;
	}
	return n;
}

static void a_server_is_asked_once_a_second(void **state)
{
	(void)state;
	struct pace *p = pace_of(NULL, 0, NULL);

	assert_int_equal(pace_when(p, SLICE("a.example"), 5000), 5000);
	assert_int_equal(pace_sent(p, SLICE("a.example"), 5000, NULL), 0);
	assert_int_equal(pace_when(p, SLICE("a.example"), 5000), 6000);
	assert_int_equal(pace_when(p, SLICE("a.example"), 5999), 6000);
	assert_int_equal(pace_when(p, SLICE("a.example"), 7000), 7000);
	/* Another is none of its business. */
	assert_int_equal(pace_when(p, SLICE("b.example"), 5000), 5000);
	assert_int_equal(sent_within(p, SLICE("a.example"), 10000, 10000), 10);
	pace_free(p);
}

static void each_server_may_have_its_own_pace(void **state)
{
	(void)state;
	const struct pace_rule rules[] = { { SLICE("slow.example"), 5000, 0 },
		                           { SLICE("quick.example"), 100, 5 } };
	const struct pace_rule usual = { { 0 }, 2000, 0 };
	struct pace *p = pace_of(rules, 2, &usual);

	assert_int_equal(sent_within(p, SLICE("slow.example"), 0, 20000), 4);
	assert_int_equal(sent_within(p, SLICE("quick.example"), 0, 1000), 14);
	assert_int_equal(sent_within(p, SLICE("other.example"), 0, 20000), 10);
	pace_free(p);
}

static void a_burst_comes_back_with_time_and_no_further(void **state)
{
	(void)state;
	const struct pace_rule usual = { { 0 }, 1000, 3 };
	struct pace *p = pace_of(NULL, 0, &usual);

	assert_int_equal(sent_within(p, SLICE("a.example"), 0, 1), 3);
	assert_int_equal(sent_within(p, SLICE("a.example"), 1000, 1), 1);
	assert_int_equal(sent_within(p, SLICE("a.example"), 100000, 1), 3);
	pace_free(p);
}

static void a_refusal_is_kept_to_as_long_as_it_says(void **state)
{
	(void)state;
	struct pace *p = pace_of(NULL, 0, NULL);
	struct slice a = SLICE("a.example");

	assert_int_equal(pace_told(p, a, PACE_BUSY, 30, 1000, NULL), 0);
	assert_int_equal(pace_when(p, a, 1000), 31000);
	/* A server may not stop us for ever. */
	assert_int_equal(pace_told(p, a, PACE_BUSY, INT64_MAX, 40000, NULL), 0);
	assert_int_equal(pace_when(p, a, 40000), 40000 + PACE_RETRY_AFTER_MAX_S * 1000);
	/* A shorter wait does not take back a longer one. */
	assert_int_equal(pace_told(p, a, PACE_BUSY, 1, 50000, NULL), 0);
	assert_int_equal(pace_when(p, a, 50000), 40000 + PACE_RETRY_AFTER_MAX_S * 1000);
	pace_free(p);
}

static void refusals_in_a_row_wait_longer_each_time(void **state)
{
	(void)state;
	struct pace *p = pace_of(NULL, 0, NULL), *again = pace_of(NULL, 0, NULL);
	struct slice a = SLICE("a.example"), b = SLICE("b.example");
	int64_t now = 0, least = PACE_BACKOFF_MS;

	for (int i = 0; i < 12; i++) {
		assert_int_equal(pace_told(p, a, PACE_BUSY, 0, now, NULL), 0);
		assert_int_equal(pace_told(again, a, PACE_BUSY, 0, now, NULL), 0);
		int64_t wait = pace_when(p, a, now) - now;
		CHECK_INT(i, "at least", wait >= least, 1);
		CHECK_INT(i, "at most a quarter more", wait <= least + least / 4, 1);
		CHECK_INT(i, "the same again", pace_when(again, a, now) - now, wait);
		now += wait;
		least = least * 2 < PACE_BACKOFF_MAX_MS ? least * 2 : PACE_BACKOFF_MAX_MS;
	}
	/* An answer ends the row. */
	assert_int_equal(pace_told(p, a, PACE_ANSWERED, 0, now, NULL), 0);
	assert_int_equal(pace_told(p, a, PACE_BUSY, 0, now, NULL), 0);
	assert_true(pace_when(p, a, now) - now <= PACE_BACKOFF_MS * 5 / 4);
	/* Two servers that refuse at one time come back at two. */
	assert_int_equal(pace_told(p, b, PACE_BUSY, 0, now, NULL), 0);
	assert_true(pace_when(p, a, now) != pace_when(p, b, now));
	check_done();
	pace_free(p);
	pace_free(again);
}

static void a_failure_is_no_refusal(void **state)
{
	(void)state;
	struct pace *p = pace_of(NULL, 0, NULL);

	assert_int_equal(pace_told(p, SLICE("a.example"), PACE_FAILED, 30, 1000, NULL), 0);
	assert_int_equal(pace_when(p, SLICE("a.example"), 1000), 1000);
	pace_free(p);
}

static void servers_beyond_the_limit_are_forgotten_oldest_first(void **state)
{
	(void)state;
	struct pace *p = pace_of(NULL, 0, NULL);
	char name[32];

	for (int i = 0; i < PACE_SERVERS_MAX + 10; i++) {
		snprintf(name, sizeof(name), "s%d.example", i);
		assert_int_equal(pace_sent(p, slice_str(name), i, NULL), 0);
	}
	assert_int_equal(pace_when(p, SLICE("s0.example"), 1), 1);
	assert_int_equal(pace_when(p, slice_str(name), PACE_SERVERS_MAX + 10),
	                 PACE_SERVERS_MAX + 9 + PACE_INTERVAL_MS);
	pace_free(p);
}

static void an_exchange_says_whether_it_was_too_much(void **state)
{
	(void)state;
	/* 784111777 is Sun, 06 Nov 1994 08:49:37 GMT. */
	static const struct {
		const char *response;
		enum exchange_fault fault;
		enum pace_outcome want;
		int64_t retry_s;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\n\r\n{}", FAULT_NONE, PACE_ANSWERED, 0 },
		{ "HTTP/1.1 404 Not Found\r\nRetry-After: 9\r\n\r\n", FAULT_NONE, PACE_ANSWERED, 0 },
		{ "HTTP/1.1 429 Slow\r\n\r\n", FAULT_NONE, PACE_BUSY, 0 },
		{ "HTTP/1.1 429 Slow\r\nRetry-After: 120\r\n\r\n", FAULT_NONE, PACE_BUSY, 120 },
		{ "HTTP/1.1 429 Slow\r\nRetry-After: 99999999999999999999\r\n\r\n", FAULT_NONE, PACE_BUSY,
		  PACE_RETRY_AFTER_MAX_S },
		{ "HTTP/1.1 429 Slow\r\nRetry-After: -5\r\n\r\n", FAULT_NONE, PACE_BUSY, 0 },
		{ "HTTP/1.1 429 Slow\r\nRetry-After: soon\r\n\r\n", FAULT_NONE, PACE_BUSY, 0 },
		{ "HTTP/1.1 503 Down\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", FAULT_NONE,
		  PACE_BUSY, 77 },
		{ "HTTP/1.1 503 Down\r\n\r\n", FAULT_NONE, PACE_ANSWERED, 0 },
		{ "", FAULT_TIMEOUT, PACE_FAILED, 0 },
		{ "", FAULT_BUSY, PACE_BUSY, 0 },
		{ "nonsense", FAULT_NONE, PACE_ANSWERED, 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct exchange x = { .kind = EXCHANGE_HTTP,
			              .fault = rows[i].fault,
			              .at_ms = (INT64_C(784111777) - 77) * 1000,
			              .response = slice_str(rows[i].response) };
		int64_t retry_s = -1;
		CHECK_INT(i, rows[i].response, pace_of_exchange(&x, &retry_s), rows[i].want);
		CHECK_INT(i, rows[i].response, retry_s, rows[i].retry_s);
	}
	check_done();
}

static void a_reading_says_whether_it_was_too_much(void **state)
{
	(void)state;
	static const struct { const char *in; enum pace_outcome want; int64_t retry_s; } rows[] = {
		{ "{\"answer\":\"throttled\",\"wait_s\":13}", PACE_BUSY, 13 },
		{ "{\"answer\":\"throttled\"}", PACE_BUSY, 0 },
		{ "{\"answer\":\"throttled\",\"wait_s\":-13}", PACE_BUSY, 0 },
		{ "{\"answer\":\"registered\",\"wait_s\":13}", PACE_ANSWERED, 0 },
		{ "[]", PACE_ANSWERED, 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t retry_s = -1;
		json_t *reading;
		assert_int_equal(json_parse(slice_str(rows[i].in), 1000, &reading, NULL), 0);
		CHECK_INT(i, rows[i].in, pace_of_reading(reading, &retry_s), rows[i].want);
		CHECK_INT(i, rows[i].in, retry_s, rows[i].retry_s);
		json_decref(reading);
	}
	check_done();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_asked_once_a_second),
		cmocka_unit_test(each_server_may_have_its_own_pace),
		cmocka_unit_test(a_burst_comes_back_with_time_and_no_further),
		cmocka_unit_test(a_refusal_is_kept_to_as_long_as_it_says),
		cmocka_unit_test(refusals_in_a_row_wait_longer_each_time),
		cmocka_unit_test(a_failure_is_no_refusal),
		cmocka_unit_test(servers_beyond_the_limit_are_forgotten_oldest_first),
		cmocka_unit_test(an_exchange_says_whether_it_was_too_much),
		cmocka_unit_test(a_reading_says_whether_it_was_too_much),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
