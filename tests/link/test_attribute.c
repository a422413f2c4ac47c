#include "check.h"

#include "link/attribute.h"

#include "base/buf.h"

static int put(void *ctx, enum signal_kind kind, struct slice value, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%s %.*s;", signals[kind].name, SLICE_ARG(value));
	return 0;
}

#define HEAD                                                             \
	"\"v\":1,\"at\":\"2026-10-01T00:00:00Z\",\"src\":\"t\",\"subject\":{\"kind\":" \
	"\"registrable\",\"key\":\"shop.test\"}"
#define A64 "aa11111111111111111111111111111111111111111111111111111111111111"
#define PAGE                                                                     \
	"{\"type\":\"observation\",\"what\":\"page\",\"vantage\":\"t\",\"url\":\"https://shop.test/\"," \
	"\"evidence\":[{\"address\":\"sha256:" A64 "\",\"class\":\"public\",\"length\":1}]," HEAD ","
#define MARKS "\"marks\":{\"template\":\"t1\",\"text\":[\"0:x\"],\"analytics\":[\"google:G-1\"]}"
#define DNS(fields)                                                              \
	"{\"type\":\"observation\",\"what\":\"dns\",\"vantage\":\"t\",\"dns\":{" fields "}," HEAD "}"
#define FACT(fields) "{\"type\":\"fact\",\"quotations\":[]," fields "," HEAD "}"
#define PARAMETER(value) \
	FACT("\"what\":\"affiliate\",\"arg\":\"parameter\",\"value\":\"" value "\"")

static void what_a_record_says_that_others_can_share(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ DNS("\"ns\":[\"NS1.host.test.\",\"ns2.host.test\"]"),
		  "name_server ns1.host.test;name_server ns2.host.test;" },
		/* As the collector writes them: with the preference, and a start of authority as a line. */
		{ DNS("\"mx\":[\"10 Mail.shop.test\",\"20 mail.other.test.\"]"),
		  "mx mail.shop.test;mx mail.other.test;" },
		{ DNS("\"soa\":[\"ns1.host.test hostmaster.host.test 2 3600 600 86400 60\"]"),
		  "soa_mail hostmaster.host.test;" },
		{ DNS("\"soa\":[\"ns1.host.test\",\"\"],\"mx\":[\"0 .\"]"), "" },
		{ PAGE MARKS "}", "analytics google:G-1;template t1;text 0:x;" },
		{ PAGE MARKS ",\"status\":200,\"hints\":[\"frames\"]}",
		  "analytics google:G-1;template t1;text 0:x;" },
		/* The server's words are nobody's own. */
		{ PAGE MARKS ",\"status\":404}", "" },
		{ PAGE MARKS ",\"status\":503}", "" },
		{ PAGE MARKS ",\"hints\":[\"under_construction\"]}", "" },
		{ PAGE MARKS ",\"hints\":[\"frames\",\"parked\"]}", "" },
		/* A page that visitors were led to is the other site's, but for the leading. */
		{ PAGE MARKS ",\"lands_on\":\"www.flagship.test\"}", "redirect flagship.test;" },
		{ PAGE "\"redirects\":[{\"url\":\"https://www.shop.test/go\"},"
		       "{\"url\":\"https://hop.test/\"}]}",
		  "redirect hop.test;" },
		{ PARAMETER("pay.test?aff=7"), "affiliate pay.test?aff=7;" },
		{ PARAMETER("www.shop.test?aff=7731"), "affiliate_number aff=7731;" },
		{ PARAMETER("shop.test?aff=7"), "" },
		{ PARAMETER("shop.test?aff="), "" },
		{ PARAMETER("shop.test"), "" },
		{ FACT("\"what\":\"contact\",\"arg\":\"phone\",\"value\":\"+8135550\""),
		  "telephone +8135550;" },
		{ FACT("\"what\":\"contact\",\"arg\":\"phone\",\"value\":\"+8135550\",\"negated\":true"),
		  "" },
		{ FACT("\"what\":\"contact\",\"arg\":\"phone\",\"value\":\"+8135550\",\"reported\":true"),
		  "" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct buf out = { 0 };
		struct record r;
		struct err err = { 0 };
		if (record_parse(slice_str(rows[i].in), &r, &err))
			fail_msg("row %zu: %s", i, err.what);
		assert_int_equal(attributes_of(&r, NULL, &a, put, &out, &err), 0);
		CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].want));
		record_release(&r);
		buf_release(&out);
		arena_release(&a);
	}
	check_done();
}

static void a_value_alone_has_the_same_form(void **state)
{
	(void)state;
	static const struct {
		enum signal_kind kind;
		const char *in, *want;
	} rows[] = {
		{ SIGNAL_REDIRECT, "WWW.Shop.test.", "shop.test" },
		{ SIGNAL_NAME_SERVER, "NS1.host.test.", "ns1.host.test" },
		{ SIGNAL_MX, "mail.host.test", "mail.host.test" },
		{ SIGNAL_ADDRESS, "2001:DB8::1", "2001:db8::1" },
		{ SIGNAL_ADDRESS, "here", "" },
		{ SIGNAL_ANALYTICS, "google:G-1", "google:G-1" },
		{ SIGNAL_PAYMENT, "Shop KK", "shop kk" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		CHECK_SLICE(i, rows[i].in,
		            attribute_normal(rows[i].kind, slice_str(rows[i].in), NULL, &a),
		            slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_record_says_that_others_can_share),
		cmocka_unit_test(a_value_alone_has_the_same_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
