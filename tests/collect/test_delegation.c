#include "check.h"

#include "collect/delegation.h"
#include "wire/dnspkt.h"

#include <stdlib.h>

/* One answer of a story: "TYPE NAME" as it is asked, and what came. */
struct told {
	const char *asked;
	const char *came; /* "rcode" or "!fault", then records "|NAME TYPE TEXT" */
};

static int keep(void *ctx, json_t *o, struct err *err)
{
	(void)err;
	return json_array_append_new(ctx, o);
}

static uint16_t type_of(const char *word, size_t n)
{
	static const uint16_t types[] = { DNSPKT_A,   DNSPKT_NS,   DNSPKT_CNAME, DNSPKT_SOA, DNSPKT_MX,
		                          DNSPKT_TXT, DNSPKT_AAAA, DNSPKT_CAA };

	for (size_t i = 0; i < ROWS(types); i++)
		if (slice_eq_str(slice_from(word, n), dnspkt_type_name(types[i])))
			return types[i];
	fail_msg("no type %.*s", (int)n, word);
	return 0;
}

/* The message that a story's line stands for. */
static void message_of(struct slice came, const struct ask *a, struct buf *out)
{
	struct dnspkt_record record[8] = { 0 };
	struct dnspkt p = { .response = true, .qname = a->name, .qtype = a->rrtype, .record = record };
	struct slice part, word;

	assert_true(slice_cut(&came, '|', &part));
	for (p.rcode = 0; !slice_eq_str(part, dnspkt_rcode_name(p.rcode)); p.rcode++)
		assert_true(p.rcode < DNSPKT_REFUSED);
	while (slice_cut(&came, '|', &part)) {
		struct dnspkt_record *r = &record[p.n++];
		*r = (struct dnspkt_record){ .class = 1, .ttl = 300 - (uint32_t)p.n };
		assert_true(slice_cut(&part, ' ', &r->name) && slice_cut(&part, ' ', &word));
		r->type = type_of(word.p, word.n);
		r->text = part;
	}
	assert_int_equal(dnspkt_write(&p, out, NULL), 0);
}

static int answer(struct delegation *d, const struct ask *a, const char *came, int64_t at_ms)
{
	struct exchange x = { .kind = EXCHANGE_DNS, .number = a->number, .at_ms = at_ms };
	struct answer said = { .exchange = &x, .number = a->number, .at_ms = at_ms };
	struct buf message = { 0 };

	if (came[0] == '!') {
		assert_true(exchange_fault_of(slice_str(came + 1), &x.fault));
	} else {
		message_of(slice_str(came), a, &message);
		x.response = buf_slice(&message);
		said.has_evidence = true;
		said.evidence = (struct evidence){ .address = sha256_of(x.response),
			                           .length = x.response.n };
	}
	said.fault = x.fault;
	int rc = delegation_answer(d, &said, NULL);
	buf_release(&message);
	return rc;
}

static const char *line_of(const struct told *story, size_t n, const struct ask *a)
{
	char asked[300];

	snprintf(asked, sizeof(asked), "%s %.*s", dnspkt_type_name(a->rrtype), SLICE_ARG(a->name));
	for (size_t i = 0; i < n; i++)
		if (story[i].asked && strcmp(story[i].asked, asked) == 0)
			return story[i].came;
	return n && !story[n - 1].asked ? story[n - 1].came : "noerror";
}

static const char table[] = "# remark\nkind\tmatch\toperator\tsource\n"
			    "parked\tparking.example\tA parker\ttest\n"
			    "sinkholed\t198.51.100.0/24\tA watcher\ttest\n"
			    "suspended\tsuspended.example\tA registrar\ttest\n";

/* What the whole errand observes, the answers coming in that order or the other way round. */
static json_t *observe(const struct told *story, size_t n, bool registrable, bool backwards)
{
	struct arena a = { 0 };
	struct parking parking;
	struct asks asks = { 0 };
	json_t *seen = json_array();
	struct delegation *d;

	assert_int_equal(parking_parse(slice_str(table), &a, &parking, NULL), 0);
	struct delegation_options o = { .name = SLICE("shop.example"), .is_registrable = registrable,
		                        .parking = &parking, .observe = keep, .ctx = seen };
	assert_int_equal(delegation_new(&o, &d, NULL), 0);
	assert_int_equal(delegation_start(d, &asks, NULL), 0);
	assert_int_equal(asks.n, registrable ? 9 : 7);
	for (size_t i = 0; i < asks.n; i++) {
		const struct ask *ask = &asks.ask[backwards ? asks.n - 1 - i : i];
		assert_false(delegation_is_done(d));
		assert_int_equal(answer(d, ask, line_of(story, n, ask), 1700000000000 + ask->number), 0);
		/* Nobody is told twice. */
		assert_int_equal(answer(d, ask, "noerror", 0), ERR_USAGE);
	}
	assert_true(delegation_is_done(d));
	delegation_free(d);
	asks_release(&asks);
	arena_release(&a);
	return seen;
}

#define SHOP_NS { "ns shop.example", "noerror|shop.example ns ns1.host.example" }

static void state_follows_from_the_answers(void **state)
{
	(void)state;
	static const struct {
		const char *about;
		struct told story[6];
		bool host;
		const char *want; /* state, and how it is absent */
	} rows[] = {
		{ "a site as most are",
		  { SHOP_NS, { "a shop.example", "noerror|shop.example a 192.0.2.1" } }, false, "delegated" },
		{ "no such name", { { NULL, "nxdomain" } }, false, "nxdomain nxdomain" },
		{ "no such name, and one answer lost",
		  { { "ns shop.example", "!timeout" }, { NULL, "nxdomain" } }, false, "nxdomain nxdomain" },
		{ "a name without anything", { { NULL, "noerror" } }, false, "no_delegation no_delegation" },
		{ "a tenant without anything", { { NULL, "noerror" } }, true, "no_data no_data" },
		{ "servers that fail", { { NULL, "servfail" } }, false, "unresolved servfail" },
		{ "no server answers", { { NULL, "!timeout" } }, false, "unresolved timeout" },
		{ "one answer lost, the others empty",
		  { { "ns shop.example", "!timeout" }, { NULL, "noerror" } }, false, "unresolved noerror" },
		{ "a parked name",
		  { { "ns shop.example", "noerror|shop.example ns ns2.parking.example" } }, false, "parked" },
		{ "not parked: a name that only ends alike",
		  { { "ns shop.example", "noerror|shop.example ns ns2.noparking.example" } }, false,
		  "delegated" },
		{ "led to where a registrar leads what it suspended",
		  { { "ns shop.example", "noerror|shop.example ns a.suspended.example" } }, false,
		  "suspended" },
		{ "an address in a sinkhole",
		  { SHOP_NS, { "a shop.example", "noerror|shop.example a 198.51.100.9" } }, false,
		  "sinkholed" },
		{ "an alias into the void",
		  { { "a shop.example", "nxdomain|shop.example cname gone.example" }, { NULL, "noerror" } },
		  true, "delegated" },
		{ "name servers of an alias's end are not its own",
		  { { "ns shop.example",
		      "noerror|shop.example cname x.example|x.example ns ns.parking.example" },
		    { NULL, "noerror" } },
		  true, "delegated" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char got[100] = "";
		size_t n = 0;
		while (n < 6 && rows[i].story[n].came)
			n++;
		json_t *seen = observe(rows[i].story, n, !rows[i].host, false);
		json_t *other = observe(rows[i].story, n, !rows[i].host, true);
		struct slice word = json_str(json_obj(json_array_get(seen, 0), "dns"), "state");
		struct slice how = json_str(json_obj(json_array_get(seen, 1), "absence"), "how");
		snprintf(got, sizeof(got), "%.*s%s%.*s", SLICE_ARG(word), how.n ? " " : "",
		         SLICE_ARG(how));
		CHECK_SLICE(i, rows[i].about, slice_str(got), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].about, json_equal(seen, other), 1);
		json_decref(seen);
		json_decref(other);
	}
	check_done();
}

/* All of one observation, so that a field that goes or comes is seen. */
static void observation_tells_all(void **state)
{
	(void)state;
	static const struct told story[] = {
		{ "ns shop.example", "noerror|shop.example ns ns2.h.example|shop.example ns ns1.h.example" },
		{ "a shop.example", "noerror|shop.example cname e.example|e.example a 192.0.2.1" },
		{ "mx shop.example", "noerror|shop.example mx 10 mail.shop.example" },
		{ "txt shop.example", "noerror|shop.example txt v=spf1 -all" },
		{ "caa shop.example", "servfail" },
		{ "a www.shop.example", "noerror|www.shop.example a 192.0.2.2" },
	};
	json_t *seen = observe(story, ROWS(story), true, false);
	struct buf out = { 0 };

	assert_int_equal(json_array_size(seen), 1);
	json_t *o = json_array_get(seen, 0);
	assert_int_equal(json_array_size(json_arr(o, "evidence")), 9);
	json_object_del(o, "evidence");
	assert_int_equal(json_canonical(o, &out, NULL), 0);
	assert_string_equal(
		buf_str(&out),
		"{\"at\":\"2023-11-14T22:13:20Z\",\"dns\":{\"a\":[\"192.0.2.1\"],\"cname\":[\"e.example\"],"
		"\"mx\":[\"10 mail.shop.example\"],\"name\":\"shop.example\","
		"\"ns\":[\"ns1.h.example\",\"ns2.h.example\"],"
		"\"rcode\":{\"a\":\"noerror\",\"aaaa\":\"noerror\",\"caa\":\"servfail\",\"mx\":\"noerror\","
		"\"ns\":\"noerror\",\"soa\":\"noerror\",\"txt\":\"noerror\"},\"state\":\"delegated\","
		"\"ttl\":{\"a\":298,\"mx\":299,\"ns\":298,\"txt\":299},\"txt\":[\"v=spf1 -all\"],"
		"\"www\":{\"a\":[\"192.0.2.2\"],\"rcode\":{\"a\":\"noerror\",\"aaaa\":\"noerror\"},"
		"\"ttl\":{\"a\":299}}},\"src\":\"collector\",\"vantage\":\"collector\",\"what\":\"dns\"}");
	buf_release(&out);
	json_decref(seen);
}

/* Bytes that are no answer end as such, and say so. */
static void hostile_bytes_are_a_fault(void **state)
{
	(void)state;
	struct asks asks = { 0 };
	json_t *seen = json_array();
	struct delegation *d;
	struct delegation_options o = { .name = SLICE("shop.example"), .is_registrable = true,
		                        .observe = keep, .ctx = seen };

	assert_int_equal(delegation_new(&o, &d, NULL), 0);
	assert_int_equal(delegation_start(d, &asks, NULL), 0);
	for (size_t i = 0; i < asks.n; i++) {
		struct exchange x = { .kind = EXCHANGE_DNS, .response = SLICE("\xff\xff\x81\x80????") };
		struct answer a = { .exchange = &x, .number = asks.ask[i].number };
		assert_int_equal(delegation_answer(d, &a, NULL), 0);
	}
	assert_int_equal(json_array_size(seen), 2);
	struct slice how = json_str(json_obj(json_array_get(seen, 1), "absence"), "how");
	assert_true(slice_eq_str(how, "protocol"));
	delegation_free(d);
	asks_release(&asks);
	json_decref(seen);
}

static void table_is_checked(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{ "kind\tmatch\toperator\tsource\n", 0 },
		{ "", 0 },
		{ "parked\ta.example\tA\ts\n", ERR_SYNTAX },
		{ "kind\tmatch\toperator\tsource\nparked\ta.example\tA\n", ERR_SYNTAX },
		{ "kind\tmatch\toperator\tsource\nlost\ta.example\tA\ts\n", ERR_SYNTAX },
		{ "kind\tmatch\toperator\tsource\nparked\tA.example\tA\ts\n", ERR_SYNTAX },
		{ "kind\tmatch\toperator\tsource\nsinkholed\t192.0.2.1/24\tA\ts\n", ERR_SYNTAX },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct parking p;
		CHECK_INT(i, rows[i].text, parking_parse(slice_str(rows[i].text), &a, &p, NULL),
		          rows[i].rc);
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_follows_from_the_answers),
		cmocka_unit_test(observation_tells_all),
		cmocka_unit_test(hostile_bytes_are_a_fault),
		cmocka_unit_test(table_is_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
