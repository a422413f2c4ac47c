/* The terms of offers, what claims come to, and how a shop is paid. */
#include "assess/facts.h"

#include <time.h>

#define SHOP(rows) "<title>Shop</title><table>" rows "</table><form><input type=number name=quantity>" \
	"<button>Add to cart</button></form>"

static void the_terms_of_an_offer_are_read(void **state)
{
	static const struct {
		const char *html, *strength, *currency;
		uint32_t count;
		int64_t amount, each;
	} rows[] = {
		{ SHOP("<tr><td>Sildenafil 100 mg</td><td>30 pills</td><td>$49.95</td></tr>"), "100 mg", "USD",
		  30, 4995, 166 },
		{ SHOP("<tr><td>Tadalafil 20 mg, 28 Tabletten</td><td>1.299,00 €</td></tr>"), "20 mg", "EUR",
		  28, 129900, 4639 },
		{ SHOP("<tr><td>ミノキシジルタブレット 5mg</td><td>100錠</td><td>4,010円</td></tr>"), "5mg",
		  "JPY", 100, 401000, 4010 },
		{ SHOP("<tr><td>Zopiclone 7.5 mg</td><td>£52</td></tr>"), "7.5 mg", "GBP", 0, 5200, -1 },
		{ SHOP("<tr><td>Sildenafil 100 mg x 90 pills</td><td>$0.75 per pill</td></tr>"), "100 mg",
		  "USD", 90, -1, 75 },
		{ SHOP("<tr><td>Viagra 50 mg or 100 mg</td><td>$12</td></tr>"), "", "USD", 0, 1200, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s;
		facts_read(&s, "shop.example", rows[i].html);
		const struct fact *f = fact_of(&s.extract, FACT_OFFER, NULL);
		if (!f || !f->terms)
			fail_msg("no terms in %s", rows[i].html);
		if (!slice_eq_str(f->terms->strength, rows[i].strength) ||
		    f->terms->count != rows[i].count || f->terms->amount != rows[i].amount ||
		    f->terms->each != rows[i].each || strcmp(f->terms->currency, rows[i].currency) != 0)
			fail_msg("row %zu: '%.*s' x %u, %lld %s, each %lld", i,
			         SLICE_ARG(f->terms->strength), f->terms->count,
			         (long long)f->terms->amount, f->terms->currency, (long long)f->terms->each);
		sample_free(&s);
	}
}

static void a_price_of_something_else_gives_no_terms(void **state)
{
	static const char *const pages[] = {
		SHOP("<tr><td>Nothing</td></tr>") "<p>Viagra: 10% off for orders of $100</p>",
		SHOP("<tr><td>Nothing</td></tr>") "<p>Viagra ships free when your order is above $1000</p>",
		SHOP("<tr><td>Nothing</td></tr>") "<p>Viagra or Cialis for $100</p>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct sample s;
		facts_read(&s, "shop.example", pages[i]);
		for (size_t k = 0; k < s.extract.facts.n; k++) {
			const struct fact *f = &s.extract.facts.fact[k];
			if (f->kind == FACT_OFFER && f->terms &&
			    !slice_eq_str(shipped.lexicon->substance[f->substance].name, "tadalafil"))
				fail_msg("terms in %s", pages[i]);
		}
		sample_free(&s);
	}
}

static void a_stance_is_of_a_product_where_that_is_told(void **state)
{
	static const struct {
		const char *html, *arg, *substance;
	} rows[] = {
		{ "<title>Pills</title><p>Buy Viagra without a prescription today</p>", "none_needed",
		  "sildenafil" },
		{ "<title>Cialis</title><h1>Cialis</h1><p>Order now. No prescription needed.</p>",
		  "none_needed", "tadalafil" },
		{ "<title>Online pharmacy</title><p>Viagra and Cialis.</p><p>No prescription needed.</p>",
		  "none_needed", NULL },
		{ "<title>Online pharmacy</title><p>Viagra.</p><p>A valid prescription is required.</p>",
		  "required", NULL },
	};
	static const char *const none[] = {
		"Free consultation for borrowers, by an online questionnaire",
		"Viagra is never sold without a prescription.",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s;
		facts_read(&s, "shop.example", rows[i].html);
		const struct fact *f = fact_of(&s.extract, FACT_STANCE, rows[i].arg);
		if (!f)
			fail_msg("no stance in %s", rows[i].html);
		if (rows[i].substance
		            ? f->substance == UINT32_MAX ||
		                      !slice_eq_str(shipped.lexicon->substance[f->substance].name,
		                                    rows[i].substance)
		            : f->substance != UINT32_MAX)
			fail_msg("another product in %s", rows[i].html);
		sample_free(&s);
	}
	NOT_TOLD(FACT_STANCE, "none_needed", none);
	NOT_TOLD(FACT_STANCE, "questionnaire", none);
}

static void shipping_and_payment_are_read(void **state)
{
	static const struct told shipping[] = {
		{ "Viagra. We ship worldwide.", "to", "world" },
		{ "Viagra. We ship to Japan.", "to", "JP" },
		{ "Viagra. We do not ship to the USA.", "not_to", "US" },
	};
	static const struct told payment[] = {
		{ "Viagra. You can pay with Bitcoin.", "crypto", "" },
		{ "Viagra. We accept PayPal and Visa.", "processor", "paypal" },
		{ "The charge will appear on your statement as PHARM-SAMPLE 8005550142, not as ours.",
		  "descriptor", "PHARM-SAMPLE 8005550142" },
		{ "<p>x</p><form action='https://pay.klarna.com/x'><button>Pay</button></form>", "processor",
		  "klarna" },
		{ "<p>x</p><form action='https://gate.sample-pay.example/x'>"
		  "<input autocomplete=cc-number name=card><button>Pay</button></form>",
		  "processor", "gate.sample-pay.example" },
	};
	static const char *const none[] = {
		"Discover our gift cards of history",
		"The price of Bitcoin fell, says an article that mentions PayPal Holdings",
		"<p>x</p><form action='/search'><input name=q><button>Go</button></form>",
		"The charge will appear on your statement as soon as we ship",
	};

	(void)state;
	TOLD("shop.example", FACT_SHIPPING, shipping);
	TOLD("shop.example", FACT_PAYMENT, payment);
	NOT_TOLD(FACT_PAYMENT, NULL, none);
}

/* Pages of nothing but what the readers look for: twice the page may not take four times the time. */
static double seconds_for(const char *unit, size_t bytes)
{
	struct sample s;
	struct timespec a, b;
	size_t n = strlen(unit), used = 0;
	char *text = test_malloc(bytes + n + 1);

	while (used < bytes) {
		memcpy(text + used, unit, n);
		used += n;
	}
	text[used] = 0;
	sample_begin(&s, "x.example");
	sample_page(&s, "/", "2026-01-05T00:00:00Z", text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	sample_extract(&s);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	sample_free(&s);
	test_free(text);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

static void a_page_of_nothing_but_particulars_is_read_in_linear_time(void **state)
{
	static const char *const units[] = {
		"1 ", "12 345-", "1", "+44 20 7946 0110 ", "gphc no ", "no no no no npi 1 ", "a@b.cd ",
		"<a href='?aff=1'><img alt=cipa></a>", "since 2004 ", "SA1 2AB ", "12345 Berlin ",
		"paypal ", "Inhaber: A ", "許可番号 1 薬局 ", "Viagra no prescription needed ", "\xc2\xa9 2004 ",
		"operated by A B ", "street SA1 2AB 1 ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double once = seconds_for(units[i], 120000), twice = seconds_for(units[i], 240000);
		printf("# '%s': %.2f s, twice the page %.2f s\n", units[i], once, twice);
		if (twice >= 0.5 && twice >= once * 3.3)
			fail_msg("'%s' takes more than twice as long", units[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_terms_of_an_offer_are_read),
		cmocka_unit_test(a_price_of_something_else_gives_no_terms),
		cmocka_unit_test(a_stance_is_of_a_product_where_that_is_told),
		cmocka_unit_test(shipping_and_payment_are_read),
		cmocka_unit_test(a_page_of_nothing_but_particulars_is_read_in_linear_time),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
