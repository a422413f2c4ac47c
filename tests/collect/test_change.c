#include "check.h"

#include "base/buf.h"
#include "collect/change.h"

static int keep(void *ctx, json_t *o, struct err *err)
{
	(void)err;
	return json_array_append_new(ctx, o);
}

static json_t *list_of(const char *text)
{
	struct buf b = { 0 };
	json_t *list = NULL;

	/* ' stands for ", so that rows can be read. */
	buf_printf(&b, "[%s]", text);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] == '\'')
			b.p[i] = '"';
	assert_int_equal(json_parse(buf_slice(&b), 1 << 20, &list, NULL), 0);
	buf_release(&b);
	return list;
}

/* "of by: before > after; ..." */
static void told(const char *before, const char *after, struct buf *out)
{
	json_t *a = list_of(before), *b = list_of(after), *events = json_array(), *o;
	size_t i;

	assert_int_equal(change_observe(a, b, keep, events, NULL), 0);
	json_array_foreach(events, i, o)
	{
		const json_t *c = json_obj(o, "change");
		buf_printf(out, "%s%.*s %.*s: %.*s > %.*s", i ? "; " : "", SLICE_ARG(json_str(c, "of")),
		           SLICE_ARG(json_str(c, "by")), SLICE_ARG(json_str(c, "before")),
		           SLICE_ARG(json_str(c, "after")));
	}
	json_decref(a);
	json_decref(b);
	json_decref(events);
}

#define DNS(state, more) "{'what':'dns','at':'2026-01-01T00:00:00Z','dns':{'state':'" state "'" more "}}"
#define REG(more) \
	"{'what':'registration','at':'2026-01-05T00:00:00Z','registration':{'domain':'a.example'" more "}}"
#define PAGE(vantage, more)                                                                  \
	"{'what':'page','role':'home','src':'vantage:" vantage "','vantage':'" vantage       \
	"','at':'2026-01-01T00:00:00Z','url':'https://a.example/'" more "}"
#define NO_PAGE(vantage, how)                                                                \
	"{'what':'absence','src':'vantage:" vantage "','vantage':'" vantage                  \
	"','at':'2026-01-01T00:00:00Z','absence':{'of':'page','how':'" how "'}}"

static void events_are_what_changed(void **state)
{
	(void)state;
	static const struct {
		const char *before, *after, *want;
	} rows[] = {
		{ "", "", "" },
		{ DNS("delegated", ""), DNS("delegated", ""), "" },
		/* suspended, in each of its ways */
		{ DNS("delegated", ""), DNS("nxdomain", ""), "suspended dns: delegated > nxdomain" },
		{ DNS("parked", ""), DNS("sinkholed", ""), "suspended dns: parked > sinkholed" },
		{ DNS("delegated", ""), DNS("no_delegation", ""),
		  "suspended dns: delegated > no_delegation" },
		{ REG(",'status':['active']"), REG(",'status':['clientHold']"),
		  "suspended status: active > clientHold" },
		{ REG(",'status':['clientHold']"), REG(",'status':['clientHold','serverHold']"), "" },
		/* a resolver that fails takes nothing away */
		{ DNS("delegated", ""), DNS("unresolved", ""), "" },
		{ DNS("unresolved", ""), DNS("nxdomain", ""), "" },
		{ REG(",'status':['active']"), "", "" },
		/* back */
		{ DNS("nxdomain", ""), DNS("delegated", ""), "back_online dns: nxdomain > delegated" },
		{ REG(",'status':['serverHold']"), REG(""), "back_online status: serverHold > " },
		{ NO_PAGE("jp", "connect"), PAGE("jp", ",'status':200"),
		  "back_online page: connect > https://a.example/" },
		/* transferred: numbers before names */
		{ REG(",'registrar':'One','registrar_id':1"), REG(",'registrar':'Two','registrar_id':2"),
		  "transferred registrar: One > Two" },
		{ REG(",'registrar':'One, Inc.','registrar_id':1"), REG(",'registrar':'ONE','registrar_id':1"),
		  "" },
		{ REG(",'registrar':'One'"), REG(",'registrar':'one'"), "" },
		{ REG(",'registrar':'One'"), REG(""), "" },
		{ REG(",'registrar':'One'"), REG(",'registrar':'One','reseller':'R'"),
		  "transferred reseller:  > R" },
		/* registered anew, and ended */
		{ REG(",'created':'2024-01-01T00:00:00Z'"), REG(",'created':'2026-01-04T00:00:00Z'"),
		  "reregistered created: 2024-01-01T00:00:00Z > 2026-01-04T00:00:00Z" },
		{ REG(",'status':['active']"), REG(",'status':['redemptionPeriod']"),
		  "expired status: active > redemptionPeriod" },
		/* moved: nothing in common */
		{ DNS("delegated", ",'ns':['a.h.example','b.h.example']"),
		  DNS("delegated", ",'ns':['b.h.example','c.h.example']"), "" },
		{ DNS("delegated", ",'ns':['a.h.example']"), DNS("delegated", ",'ns':['a.i.example']"),
		  "moved_host nameservers: a.h.example > a.i.example" },
		{ DNS("delegated", ",'a':['192.0.2.1']"), DNS("delegated", ",'a':['192.0.2.200']"), "" },
		{ DNS("delegated", ",'a':['192.0.2.1']"), DNS("delegated", ",'a':['198.51.100.1']"),
		  "moved_host addresses: 192.0.2.1 > 198.51.100.1" },
		{ DNS("delegated", ",'aaaa':['2001:db8:1::1']"), DNS("delegated", ",'aaaa':['2001:db8:1:2::1']"),
		  "" },
		{ DNS("delegated", ",'a':['192.0.2.1'],'aaaa':['2001:db8:1::1']"),
		  DNS("delegated", ",'a':['198.51.100.1'],'aaaa':['2001:db8:1:2::1']"), "" },
		/* content, by vantage */
		{ PAGE("jp", ",'title':'A','status':200") "," PAGE("us", ",'title':'B','status':200"),
		  PAGE("jp", ",'title':'A','status':200") "," PAGE("us", ",'title':'C','status':404"),
		  "content_changed title: B > C; content_changed status: 200 > 404" },
		{ PAGE("jp", ",'status':200"), NO_PAGE("jp", "timeout"),
		  "content_changed absence: https://a.example/ > timeout" },
		{ PAGE("jp", ",'title':'A'"), PAGE("us", ",'title':'B'"), "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf got = { 0 };
		told(rows[i].before, rows[i].after, &got);
		CHECK_SLICE(i, rows[i].after, buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
	}
	check_done();
}

static void both_sides_are_cited(void **state)
{
	(void)state;
	json_t *a = list_of("{'what':'dns','at':'2026-01-01T00:00:00Z','dns':{'state':'delegated'},"
			    "'evidence':[{'address':'x'},{'address':'y'}]}");
	json_t *b = list_of("{'what':'dns','at':'2026-02-01T00:00:00Z','vantage':'collector',"
			    "'dns':{'state':'nxdomain'},'evidence':[{'address':'y'},{'address':'z'}]}");
	json_t *events = json_array();

	assert_int_equal(change_observe(a, b, keep, events, NULL), 0);
	assert_int_equal(json_array_size(events), 1);
	const json_t *o = json_array_get(events, 0);
	assert_int_equal(json_array_size(json_arr(o, "evidence")), 3);
	assert_true(slice_eq_str(json_str(o, "at"), "2026-02-01T00:00:00Z"));
	assert_true(slice_eq_str(json_str(json_obj(o, "change"), "since"), "2026-01-01T00:00:00Z"));
	json_decref(a);
	json_decref(b);
	json_decref(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_what_changed),
		cmocka_unit_test(both_sides_are_cited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
