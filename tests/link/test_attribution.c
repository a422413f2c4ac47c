#include "check.h"

#include "link/attribution.h"

#include "model/record.h"

#include <stdlib.h>

static const char file[] = "program: hinode\ntitle: Hinode\nsources: {s: made up}\nmarks:\n"
			   "  - {kind: redirect, value: hinode-pay.test, source: s}\n"
			   "  - {kind: payment, value: hinode trading, source: s}\n"
			   "  - {kind: phrase, value: Rising Sun Shop, source: s}\n"
			   "  - {kind: phrase, value: ひのでくすり, source: s}\n"
			   "  - {kind: name_server, value: ns1.hinode.test, source: s}\n"
			   "  - {kind: template, value: t1, source: s}\n"
			   "  - {kind: text, value: x1, source: s}\n"
			   "  - {kind: telephone, value: '+81355501234', source: s}\n";

static struct programs *load(void)
{
	struct programs *p;
	struct err err = { 0 };

	assert_int_equal(programs_new(&p, &err), 0);
	if (programs_add(p, slice_str(file), "hinode.yaml", NULL, &err))
		fail_msg("%s", err.what);
	return p;
}

static int put(void *ctx, const struct program_sign *s, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%s %.*s [%.*s] %.*s;", program_mark_kind(s->mark),
	           SLICE_ARG(s->mark->shown), SLICE_ARG(s->quote),
	           SLICE_ARG(slice_sub(s->evidence, 0, 9)));
	return 0;
}

#define HEAD                                                                                       \
	"\"v\":1,\"at\":\"2026-10-01T00:00:00Z\",\"src\":\"t\",\"subject\":{\"kind\":"             \
	"\"registrable\",\"key\":\"shop.test\"}"
#define A64 "aa11111111111111111111111111111111111111111111111111111111111111"
#define PAGE                                                                                            \
	"{\"type\":\"observation\",\"what\":\"page\",\"vantage\":\"t\",\"url\":\"https://shop.test/\"," \
	"\"evidence\":[{\"address\":\"sha256:" A64 "\",\"class\":\"public\",\"length\":1}]," HEAD       \
	","
#define QUOTE(url, words, end)                                                                     \
	"\"quotations\":[{\"evidence\":\"sha256:" A64 "\",\"text\":\"sha256:" A64                  \
	"\",\"extractor\":\"e/1\",\"start\":0,\"end\":" end ",\"url\":\"" url                      \
	"\",\"quote\":\"" words "\"}]"
#define FACT "{\"type\":\"fact\"," HEAD ","

static void what_a_record_shows(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ PAGE "\"lands_on\":\"www.hinode-pay.test\"}",
		  "redirect hinode-pay.test [] sha256:aa;" },
		{ PAGE "\"title\":\"The RISING sun  shop!\"}",
		  "phrase Rising Sun Shop [RISING sun  shop] sha256:aa;" },
		{ PAGE "\"title\":\"Rising Sun Shopping\"}", "" },
		{ PAGE "\"title\":\"Rising Sun Shopping, Rising Sun Shop\"}",
		  "phrase Rising Sun Shop [Rising Sun Shop] sha256:aa;" },
		{ PAGE "\"title\":\"安いひのでくすり通販\"}",
		  "phrase ひのでくすり [ひのでくすり] sha256:aa;" },
		/* The words of where visitors were led to are that site's. */
		{ PAGE "\"title\":\"Rising Sun Shop\",\"lands_on\":\"other.test\"}", "" },
		{ PAGE "\"marks\":{\"template\":\"t1\",\"text\":[\"x1\",\"x2\"]}}",
		  "template t1 [] sha256:aa;text x1 [] sha256:aa;" },
		{ PAGE "\"marks\":{\"template\":\"t1\"},\"lands_on\":\"hinode-pay.test\"}",
		  "redirect hinode-pay.test [] sha256:aa;" },
		{ "{\"type\":\"observation\",\"what\":\"dns\",\"vantage\":\"t\",\"dns\":{\"ns\":"
		  "[\"NS1.Hinode.test.\"]}," HEAD "}",
		  "name_server ns1.hinode.test [] ;" },
		{ FACT
		  "\"what\":\"payment\",\"arg\":\"descriptor\",\"value\":\"HINODE Trading\"," QUOTE(
			  "https://shop.test/faq", "your bill says HINODE Trading", "29") "}",
		  "payment hinode trading [your bill says HINODE Trading] sha256:aa;" },
		{ FACT
		  "\"what\":\"payment\",\"arg\":\"descriptor\",\"value\":\"HINODE Trading\"," QUOTE(
			  "https://other.test/", "HINODE Trading", "14") "}",
		  "" },
		{ FACT
		  "\"what\":\"contact\",\"arg\":\"phone\",\"value\":\"+81355501234\",\"negated\":true," QUOTE(
			  "https://shop.test/", "Rising Sun Shop", "15") "}",
		  "" },
		{ FACT "\"what\":\"claim\",\"phrase\":\"shop_pharmacy\",\"reported\":true," QUOTE(
			  "https://shop.test/", "Rising Sun Shop", "15") "}",
		  "" },
		{ FACT "\"what\":\"claim\",\"phrase\":\"shop_pharmacy\"," QUOTE(
			  "https://www.shop.test/", "the Rising-Sun Shop sells", "25") "}",
		  "phrase Rising Sun Shop [Rising-Sun Shop] sha256:aa;" },
		{ "{\"type\":\"report\",\"reporter\":\"r\",\"claim\":\"Rising Sun Shop\"," HEAD "}",
		  "" },
	};
	struct programs *p = load();

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct buf out = { 0 };
		struct record r;
		struct err err = { 0 };
		if (record_parse(slice_str(rows[i].in), &r, &err))
			fail_msg("row %zu: %s", i, err.what);
		assert_int_equal(program_signs_of(&r, p, NULL, &a, put, &out, &err), 0);
		CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].want));
		record_release(&r);
		buf_release(&out);
		arena_release(&a);
	}
	check_done();
	programs_free(p);
}

/* Marks by their number in the file. */
static void what_marks_are_worth(void **state)
{
	(void)state;
	enum { REDIRECT, PAYMENT, SUN, HINODE, SERVER, LOOK, TEXT, PHONE };
	static const struct {
		const char *says;
		int mark[3];
		enum attribution_grade want;
	} rows[] = {
		{ "nothing", { -1 }, ATTRIBUTION_NONE },
		{ "one that nobody can plant is not enough", { PAYMENT, -1 }, ATTRIBUTION_GUESS },
		{ "two that anybody can copy are not enough",
		  { SUN, PHONE, -1 },
		  ATTRIBUTION_GUESS },
		{ "three that anybody can copy neither", { SUN, LOOK, PHONE }, ATTRIBUTION_GUESS },
		{ "two phrases count once", { SUN, HINODE, -1 }, ATTRIBUTION_GUESS },
		{ "a phrase and the text copy each other", { SUN, TEXT, -1 }, ATTRIBUTION_GUESS },
		{ "a redirect and a phrase", { REDIRECT, SUN, -1 }, ATTRIBUTION_MADE },
		{ "a payment account and a telephone number",
		  { PHONE, PAYMENT, -1 },
		  ATTRIBUTION_MADE },
		{ "a redirect and a payment account", { REDIRECT, PAYMENT, -1 }, ATTRIBUTION_MADE },
		{ "an agency's customers share host and look",
		  { SERVER, LOOK, -1 },
		  ATTRIBUTION_GUESS },
		{ "a name server and a phrase", { SERVER, SUN, -1 }, ATTRIBUTION_MADE },
		{ "order is nothing", { LOOK, SUN, PAYMENT }, ATTRIBUTION_MADE },
	};
	struct programs *p = load();
	const struct program *one = programs_at(p, 0);

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct program_mark *mark[3];
		size_t n = 0;
		for (; n < 3 && rows[i].mark[n] >= 0; n++)
			mark[n] = &one->mark[rows[i].mark[n]];
		CHECK_INT(i, rows[i].says, attribution_grade(mark, n), rows[i].want);
	}
	check_done();
	programs_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_record_shows),
		cmocka_unit_test(what_marks_are_worth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
