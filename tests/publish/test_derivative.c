#include "check.h"

#include "publish/derivative.h"
#include "wire/redaction.h"

#define M "[redacted]"

static const struct slice page = {
	"Cheap Pills\nViagra 100 mg $1.20\nCall +44 20 7946 0000 today\nNo prescription", 75,
};

static struct derivative_quotation quote(struct slice text, uint64_t start, uint64_t end,
                                         const char *rule, const char *destination)
{
	return (struct derivative_quotation){
		.quote = slice_sub(text, (size_t)start, (size_t)end), .start = start, .end = end,
		.text = sha256_of(text), .extractor = SLICE("html-text/1"), .rule = slice_str(rule),
		.destination = slice_str(destination),
	};
}

static struct derivative derivative(struct derivative_quotation *q, size_t n)
{
	return (struct derivative){
		.evidence = sha256_of(SLICE("bytes")), .media_type = SLICE("text/html"), .length = 5,
		.at = 1795320306, .url = SLICE("https://x.example/"), .vantage = SLICE("jp-desktop"),
		.quotation = q, .n = n, .has_text = true, .text = page,
	};
}

static void the_object_is_as_it_is_drawn(void **state)
{
	struct derivative_quotation q[] = {
		quote(page, 60, 75, "jp-no-rx", "JP"), quote(page, 12, 31, "us-no-rx", "US"),
		quote(page, 12, 31, "jp-no-rx", "JP"), quote(page, 12, 31, "us-no-rx", "US"),
	};
	struct derivative d = derivative(q, ROWS(q));
	struct buf text = { 0 };
	json_t *o = NULL;
	char digest[SHA256_HEX], want[2000];

	(void)state;
	assert_int_equal(derivative_of(&d, &o, NULL), 0);
	assert_int_equal(json_canonical(o, &text, NULL), 0);
	sha256_hex(sha256_of(page), digest);
	char evidence[SHA256_HEX];
	sha256_hex(d.evidence, evidence);
#define QUOTATION(end, place, quoted, rule, start)                                                 \
	"{\"destination\":\"" place "\",\"end\":" end                                              \
	",\"extractor\":\"html-text/1\",\"quote\":\"" quoted                                       \
	"\",\"redacted\":false,\"rule\":\"" rule "\",\"start\":" start                             \
	",\"text\":\"sha256:%s\",\"weighed\":false}"
	snprintf(want, sizeof(want),
	         "{\"at\":\"2026-11-22T04:05:06Z\",\"evidence\":\"sha256:%s\",\"length\":5,"
	         "\"media_type\":\"text/html\",\"quotations\":["
	         QUOTATION("31", "JP", "Viagra 100 mg $1.20", "jp-no-rx", "12") ","
	         QUOTATION("31", "US", "Viagra 100 mg $1.20", "us-no-rx", "12") ","
	         QUOTATION("75", "JP", "No prescription", "jp-no-rx", "60")
	         "],\"redactions\":1,\"text\":\"Cheap Pills\\nViagra 100 mg $1.20\\nCall " M
	         " today\\nNo prescription\",\"text_digest\":\"sha256:%s\",\"url\":\"https://x.example/\","
	         "\"vantage\":\"jp-desktop\"}",
	         evidence, digest, digest, digest, digest);
	CHECK_SLICE(0, "object", buf_slice(&text), slice_str(want));
	json_decref(o);
	buf_release(&text);
	check_done();
}

static void a_quotation_is_masked_as_its_text_is(void **state)
{
	struct slice order = SLICE("Order #555-234-5678, Tel: 250 500 1000, a@x.test");
	struct slice other = SLICE("another text");
	const struct {
		const char *says;
		struct slice text; /* that is there */
		uint64_t start, end;
		struct slice named; /* that the quotation names */
		const char *want;
		bool redacted;
	} rows[] = {
		{ "touches nothing", page, 0, 11, page, "Cheap Pills", false },
		{ "holds a number", page, 32, 59, page, "Call " M " today", true },
		{ "cuts a number in two", page, 32, 45, page, "Call " M, true },
		{ "lies within a number", page, 40, 44, page, M, true },
		{ "what stands before it counts", order, 7, 19, order, "555-234-5678", false },
		{ "and makes it one", order, 26, 38, order, M, true },
		{ "another text was quoted", other, 40, 48, order, M, true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct derivative_quotation q = quote(rows[i].named, rows[i].start, rows[i].end, "r", "JP");
		struct derivative d = derivative(&q, 1);
		json_t *o = NULL;
		d.text = rows[i].text;
		assert_int_equal(derivative_of(&d, &o, NULL), 0);
		const json_t *got = json_array_get(json_arr(o, "quotations"), 0);
		CHECK_SLICE(i, rows[i].says, json_str(got, "quote"), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].says, json_flag(got, "redacted", false), rows[i].redacted);
		CHECK_INT(i, rows[i].says, json_i64(got, "start", -1), rows[i].start);
		CHECK_INT(i, rows[i].says, json_i64(got, "end", -1), rows[i].end);
		json_decref(o);
	}
	check_done();
}

static void without_the_text_the_quotations_are_all(void **state)
{
	struct derivative_quotation q[] = { quote(page, 32, 59, "r", "JP"), quote(page, 0, 11, "r", "JP") };
	struct derivative d = derivative(q, ROWS(q));
	json_t *o = NULL;

	(void)state;
	d.has_text = false;
	assert_int_equal(derivative_of(&d, &o, NULL), 0);
	assert_null(json_object_get(o, "text"));
	assert_null(json_object_get(o, "text_digest"));
	assert_int_equal(json_array_size(json_arr(o, "quotations")), 2);
	CHECK_INT(0, "redactions", json_i64(o, "redactions", -1), 1);
	CHECK_SLICE(0, "second", json_str(json_array_get(json_arr(o, "quotations"), 1), "quote"),
	            SLICE("Call " M " today"));
	json_decref(o);
	d.n = 0;
	assert_int_equal(derivative_of(&d, &o, NULL), 0);
	assert_int_equal(json_array_size(json_arr(o, "quotations")), 0);
	json_decref(o);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_object_is_as_it_is_drawn),
		cmocka_unit_test(a_quotation_is_masked_as_its_text_is),
		cmocka_unit_test(without_the_text_the_quotations_are_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
