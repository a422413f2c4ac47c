#include "check.h"

#include "assess/price.h"
#include "wire/fold.h"

/* The prices of a text, folded as pages are: "0.79 USD|90 EUR?" (? = the sign is of several
 * currencies). */
static void prices_of(const char *text, char *out, size_t size)
{
	struct arena a = { 0 };
	struct folded f;
	struct price p;
	size_t at = 0, n = 0;

	assert_int_equal(fold(slice_str(text), &a, &f, NULL), 0);
	out[0] = 0;
	while (price_next(f.text, &at, &p) && n < size) {
		assert_true(p.start < p.end && p.end <= f.text.n);
		n += (size_t)snprintf(out + n, size - n, "%s%.*s=%s%s", n ? "|" : "",
		                      SLICE_ARG(slice_sub(f.text, p.start, p.end)), p.currency,
		                      p.guessed ? "?" : "");
	}
	arena_release(&a);
}

static void a_number_beside_a_currency_is_a_price(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "$49.95", "$49.95=USD?" },
		{ "$ 49.95 each", "$ 49.95=USD?" },
		{ "US$45.00", "us$45.00=USD" },
		{ "USD 12", "usd 12=USD" },
		{ "12 USD", "12 usd=USD" },
		{ "49,95 \xe2\x82\xac", "49,95 \xe2\x82\xac=EUR" },
		{ "\xe2\x82\xac 49", "\xe2\x82\xac 49=EUR" },
		{ "30 Euro", "30 euro=EUR" },
		{ "\xc2\xa3" "24.99", "\xc2\xa3" "24.99=GBP" },
		{ "4,800\xe5\x86\x86", "4,800\xe5\x86\x86=JPY" },
		{ "\xef\xbf\xa5" "4800", "\xc2\xa5" "4800=JPY" },
		{ "\xc2\xa5 4,800", "\xc2\xa5 4,800=JPY" },
		{ "A$69.00", "a$69.00=AUD" },
		{ "C$ 20", "c$ 20=CAD" },
		{ "HK$1,900", "hk$1,900=HKD" },
		{ "NT$ 600", "nt$ 600=TWD" },
		{ "R$ 99,90", "r$ 99,90=BRL" },
		{ "Vega$ 5", "$ 5=USD?" },
		{ "5 ft", "" },
		{ "13,900 yen", "13,900 yen=JPY" },
		{ "1 200 \xe2\x82\xbd", "200 \xe2\x82\xbd=RUB" },
		{ "450 kr", "450 kr=SEK?" },
		{ "\xe2\x82\xb9" "999", "\xe2\x82\xb9" "999=INR" },
		/* full-width digits and sign */
		{ "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x90\xe5\x86\x86", "120\xe5\x86\x86=JPY" },
		/* several */
		{ "30 pills $59.70, 90 pills $129.60", "$59.70=USD?|$129.60=USD?" },
		{ "$5 10", "$5=USD?" },
		/* a sign before a number is of that number, whatever stands before it */
		{ "Xanax 2mg x 60 ... $190", "$190=USD?" },
		{ "30 tablets \xe2\x82\xac 45", "\xe2\x82\xac 45=EUR" },
		{ "90 \xc2\xa3" "45", "\xc2\xa3" "45=GBP" },
		/* none */
		{ "", "" },
		{ "100 mg", "" },
		{ "$", "" },
		{ "dollars", "" },
		{ "5 europeans", "" },
		{ "12 usdx", "" },
		{ "xusd 12", "" },
		{ "3 krill", "" },
		{ "10\n$", "" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char got[256];
		prices_of(rows[i].text, got, sizeof(got));
		CHECK_SLICE(i, rows[i].text, slice_str(got), slice_str(rows[i].want));
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_beside_a_currency_is_a_price),
	};
	return cmocka_run_group_tests_name("assess/price", tests, NULL, NULL);
}
