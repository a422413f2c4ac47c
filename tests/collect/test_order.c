#include "check.h"

#include "collect/order.h"
#include "collect/order_description.h"
#include "model/domain.h"
#include "wire/dnspkt.h"

#include <stdlib.h>

/* A world of one site: what it answers to whom. */
struct story {
	const char *title_jp, *title_us; /* NULL: it cannot be connected to */
	const char *address;             /* NULL: no such name */
	unsigned parser_dies;            /* readings of pages that kill their reader */
	bool backwards;                  /* the newest ask is answered first */
};

static const struct vantage vantages[] = {
	{ .name = { "jp", 2 }, .country = { "JP", 2 }, .user_agent = { "test", 4 } },
	{ .name = { "us", 2 }, .country = { "US", 2 }, .user_agent = { "test", 4 } },
};

static void answer_dns(const struct story *s, const struct ask *a, struct buf *message)
{
	struct dnspkt_record r = { DNSPKT_ANSWER, a->name, a->rrtype, 1, 60, { NULL, 0 }, false };
	struct dnspkt p = { .response = true, .qname = a->name, .qtype = a->rrtype, .record = &r };

	if (!s->address)
		p.rcode = DNSPKT_NXDOMAIN;
	else if (a->rrtype == DNSPKT_A)
		r.text = slice_str(s->address), p.n = 1;
	assert_int_equal(dnspkt_write(&p, message, NULL), 0);
}

static json_t *reading_of(const struct story *s, const struct ask *a, struct slice vantage)
{
	const char *title = slice_eq_str(vantage, "jp") ? s->title_jp : s->title_us;

	assert_int_equal(a->reading, READ_PAGE);
	return json_pack("{s:s,s:i,s:s}", "kind", "html", "status", 200, "title", title);
}

/* One ask, answered. */
static int answer(struct order *o, const struct story *s, const struct ask *a, struct slice vantage,
                  struct err *err)
{
	struct exchange x = { .number = a->number, .at_ms = 1700000000000 + a->number, .uri = a->url };
	struct answer said = { .number = a->number, .exchange = &x, .at_ms = x.at_ms };
	struct buf message = { 0 };
	json_t *reading = NULL;

	if (a->kind == ASK_READ) {
		said.exchange = NULL;
		if (s->parser_dies)
			said.fault = FAULT_PARSER;
		else
			said.reading = reading = reading_of(s, a, vantage);
	} else if (a->kind == ASK_DNS) {
		x.kind = EXCHANGE_DNS;
		answer_dns(s, a, &message);
	} else if (a->kind == ASK_FETCH && s->title_us && s->address &&
	           !slice_ends(a->url, SLICE(".ico"))) {
		x.kind = EXCHANGE_HTTP;
		x.vantage = vantage;
		buf_printf(&message, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n%.*s",
		           SLICE_ARG(vantage));
	} else {
		x.kind = a->kind == ASK_WHOIS ? EXCHANGE_WHOIS : EXCHANGE_HTTP;
		x.vantage = vantage;
		x.fault = said.fault = FAULT_CONNECT;
	}
	x.response = buf_slice(&message);
	if (x.response.n && a->kind != ASK_READ) {
		said.has_evidence = true;
		said.evidence = (struct evidence){ .address = sha256_of(x.response),
			                           .length = x.response.n };
	}
	int rc = order_step(o, &said, err);
	json_decref(reading);
	buf_release(&message);
	return rc;
}

/* Asks that wait, as the pump has them: readings go before all else. */
static void run(struct order *o, const struct story *s)
{
	struct asks *asks = order_asks(o);
	struct ask waiting[256];
	struct slice vantage_of[4096] = { 0 };
	size_t n = 0, steps = 0;
	struct err err = { 0 };

	assert_int_equal(order_start(o, &err), 0);
	do {
		for (; asks->taken < asks->n; asks->taken++) {
			waiting[n++] = asks->ask[asks->taken];
			if (waiting[n - 1].vantage)
				vantage_of[waiting[n - 1].number] = waiting[n - 1].vantage->name;
		}
		assert_true(n < 200 && steps++ < 1000);
		if (n == 0)
			break;
		size_t i = s->backwards ? n - 1 : 0;
		for (size_t k = 0; k < n; k++)
			if (waiting[k].kind == ASK_READ)
				i = k;
		struct ask a = waiting[i];
		memmove(waiting + i, waiting + i + 1, (--n - i) * sizeof(a));
		int rc = answer(o, s, &a, vantage_of[a.kind == ASK_READ ? a.of : a.number], &err);
		if (rc)
			fail_msg("ask %u: %s", a.number, err.what);
	} while (!order_is_done(o));
	assert_true(order_is_done(o));
	assert_int_equal(n, 0);
}

static struct order *order_of(const struct story *s, const json_t *before)
{
	static struct suffixes *suffixes;
	static struct order_tables tables;
	struct order *o;

	if (!suffixes)
		assert_int_equal(suffixes_new(SLICE("example\n"), NULL, 0, &suffixes, NULL), 0);
	tables.suffixes = suffixes;
	struct order_options how = { .subject = { SUBJECT_REGISTRABLE, SLICE("shop.example") },
		                     .vantage = vantages, .vantage_n = 2, .pages = 2,
		                     .tables = &tables, .before = before };
	assert_int_equal(order_new(&how, &o, NULL), 0);
	run(o, s);
	return o;
}

static size_t count(const struct order *o, const char *what)
{
	const json_t *one;
	size_t i, n = 0;

	json_array_foreach(order_observations(o), i, one)
		n += slice_eq_str(json_str(one, "what"), what);
	return n;
}

static void every_story_ends_with_its_observations(void **state)
{
	(void)state;
	static const struct {
		const char *about;
		struct story story;
		size_t pages, absences, differences;
	} rows[] = {
		/* no registration is there: one absence of it in each; others are of the icon, a page, the name */
		{ "the same to both", { "Shop", "Shop", "192.0.2.1", 0, false }, 2, 3, 1 },
		{ "a cloak", { "Shop", "Under construction", "192.0.2.1", 0, false }, 2, 3, 2 },
		{ "readers that die", { "Shop", "Shop", "192.0.2.1", 9, false }, 2, 1, 1 },
		{ "nothing answers", { NULL, NULL, "192.0.2.1", 0, false }, 0, 3, 1 },
		{ "no such name", { NULL, NULL, NULL, 0, false }, 0, 4, 1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct order *o = order_of(&rows[i].story, NULL);
		CHECK_INT(i, rows[i].about, count(o, "dns"), 1);
		CHECK_INT(i, rows[i].about, count(o, "page"), rows[i].pages);
		CHECK_INT(i, rows[i].about, count(o, "absence"), rows[i].absences);
		CHECK_INT(i, rows[i].about, count(o, "difference"), rows[i].differences);
		size_t lines = 0;
		for (size_t k = 0; k < order_lines(o).n; k++)
			lines += order_lines(o).p[k] == '\n';
		CHECK_INT(i, rows[i].about, lines, order_observation_n(o));
		order_free(o);
	}
	check_done();
}

static void same_answers_give_the_same_bytes(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct story s = { "Shop", "Other", "192.0.2.1", 0, backwards };
		struct order *a = order_of(&s, NULL), *b = order_of(&s, NULL);
		assert_true(slice_eq(order_lines(a), order_lines(b)));
		order_free(a);
		order_free(b);
	}
}

static void changes_follow_the_order_before(void **state)
{
	(void)state;
	struct story was = { "Shop", "Shop", "192.0.2.1", 0, false };
	struct story moved = { "Shop", "Shop", "198.51.100.1", 0, false };
	struct story gone = { NULL, NULL, NULL, 0, false };
	struct order *first = order_of(&was, NULL);
	struct order *same = order_of(&was, order_observations(first));
	struct order *other = order_of(&moved, order_observations(first));
	struct order *last = order_of(&gone, order_observations(first));

	assert_int_equal(count(same, "change"), 0);
	assert_int_equal(count(other, "change"), 1);
	assert_int_equal(count(last, "change"), 3); /* the DNS, and the page of each vantage */
	order_free(first);
	order_free(same);
	order_free(other);
	order_free(last);
}

static void nobody_is_told_what_he_did_not_ask(void **state)
{
	(void)state;
	struct story s = { "Shop", "Shop", "192.0.2.1", 0, false };
	struct order *o = order_of(&s, NULL);
	struct answer twice = { .number = 1 }, never = { .number = 60000 }, zero = { .number = 0 };

	assert_int_equal(order_step(o, &twice, NULL), ERR_USAGE);
	assert_int_equal(order_step(o, &never, NULL), ERR_USAGE);
	assert_int_equal(order_step(o, &zero, NULL), ERR_USAGE);
	order_free(o);
}

/* Written and read, an order is the same; and another round of it is known. */
static void description_says_what_an_order_is(void **state)
{
	(void)state;
	struct order_description d = { .subject = { SUBJECT_REGISTRABLE, SLICE("shop.example") },
		                       .vantage = vantages, .vantage_n = 2, .pages = 3, .round = 1 };
	struct order_description again, read;
	struct arena a = { 0 };
	struct sha256 same[3];
	json_t *about[3];

	again = d;
	again.round = 2;
	again.has_before = true;
	assert_int_equal(order_describe(&d, &about[0], NULL), 0);
	assert_int_equal(order_describe(&again, &about[1], NULL), 0);
	again.pages = 4;
	assert_int_equal(order_describe(&again, &about[2], NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(order_description_same(about[i], &same[i], NULL), 0);
	assert_true(sha256_eq(same[0], same[1]));
	assert_false(sha256_eq(same[0], same[2]));
	assert_int_equal(order_description_read(about[2], &a, &read, NULL), 0);
	assert_int_equal(read.pages, 4);
	assert_int_equal(read.round, 2);
	assert_true(read.has_before && read.vantage_n == 2);
	assert_true(slice_eq_str(read.vantage[1].name, "us"));
	assert_int_equal(json_object_del(about[0], "recipe"), 0);
	assert_int_equal(order_description_read(about[0], &a, &read, NULL), ERR_SYNTAX);
	for (int i = 0; i < 3; i++)
		json_decref(about[i]);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_story_ends_with_its_observations),
		cmocka_unit_test(same_answers_give_the_same_bytes),
		cmocka_unit_test(changes_follow_the_order_before),
		cmocka_unit_test(nobody_is_told_what_he_did_not_ask),
		cmocka_unit_test(description_says_what_an_order_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
