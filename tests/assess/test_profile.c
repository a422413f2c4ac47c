/* A site as a whole: does it sell medicine, and where to. */
#include "fixture.h"

#define AT "2026-09-14T08:00:00Z"
#define BUY "<button>Add to cart</button>"
#define VIAGRA "<h1>Viagra 100 mg</h1><p>$40.00 " BUY "</p>"

static void a_site_sells_medicine_or_not(void **state)
{
	static const struct {
		const char *name, *page[3];
		bool sells, pharmacy;
	} rows[] = {
		{ "a priced offer", { VIAGRA }, true, false },
		{ "a shop of other things", { "<h1>Tote bag</h1><p>$12.00 " BUY "</p>" }, false, false },
		{ "a drug without price or order", { "<h1>Viagra</h1><p>What it does.</p>" }, false, false },
		{ "two sentences that sell, a cart and shipping",
		  { "<nav><a href='/cart'>Cart</a></nav><p>Buy Viagra here. Order Cialis here.</p>"
		    "<p>We ship worldwide.</p>" }, true, false },
		{ "one sentence that sells",
		  { "<nav><a href='/cart'>Cart</a></nav><p>Buy Viagra here.</p><p>We ship worldwide.</p>" },
		  false, false },
		{ "two sentences, but nothing of trade",
		  { "<nav><a href='/cart'>Bag</a></nav><p>Buy Viagra? People buy Viagra. Men order Cialis.</p>" },
		  false, false },
		{ "an article, while the cart is on another page",
		  { "<h1>Paper</h1><nav><a href='/cart'>Cart</a></nav>",
		    "<p>People buy Viagra there. Others order Cialis.</p><p>They ship worldwide.</p>" },
		  false, false },
		{ "a drug's price in an article's table, while the shop sells bags",
		  { "<h1>Bag</h1><p>$12.00 " BUY "</p>",
		    "<table><tr><td>Viagra</td><td>$40.00</td></tr></table>" }, false, false },
		{ "a list of goods, while the order form is on the page of one of them",
		  { VIAGRA, "<table><tr><td>Cialis</td><td>$50.00</td></tr></table>" }, true, false },
		{ "a pharmacy that offers nothing here",
		  { "<h1>Village pharmacy</h1><p>Our pharmacists help you. Prescription required for "
		    "antibiotics.</p><p>Our online pharmacy opens in May.</p>" }, false, true },
		{ "an empty page", { "" }, false, false },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		static const char *const paths[] = { "/", "/a", "/b" };
		const bool mine[3] = { true, true, true };
		sample_begin(&s, "x.example");
		for (size_t k = 0; k < 3 && rows[i].page[k]; k++)
			sample_page(&s, paths[k], AT, rows[i].page[k]);
		sample_extract(&s);
		struct profile p = profile_of(&s.extract, &s.site, mine);
		CHECK_INT(i, rows[i].name, p.sells, rows[i].sells);
		CHECK_INT(i, rows[i].name, p.calls_itself_pharmacy, rows[i].pharmacy);
		if (p.sells)
			CHECK_INT(i, "a fact shows the offer", p.offer < s.extract.facts.n, 1);
		sample_free(&s);
	}
	check_done();
}

static void a_site_offers_where_it_says_it_sends(void **state)
{
	static const struct {
		const char *html;
		bool us, jp, gb;
	} rows[] = {
		{ VIAGRA "<p>We ship to the USA.</p>", true, false, false },
		{ VIAGRA "<p>We ship worldwide.</p>", true, true, true },
		{ VIAGRA "<p>We ship worldwide, but not to Japan.</p>", true, false, true },
		{ VIAGRA "<p>We ship to Japan and the United Kingdom.</p>", false, true, true },
		/* nothing said: the money tells */
		{ VIAGRA, true, false, false },
		{ "<h1>Viagra 100 mg</h1><p>\xc2\xa3" "40.00 " BUY "</p>", false, false, true },
		{ "<h1>Viagra 100 mg</h1><p>40,00 \xe2\x82\xac " BUY "</p>", false, false, false },
		{ "<h1>バイアグラ 100mg</h1><p>4,000円 <button>カートに入れる</button></p>", false, true, false },
		/* yen with no Japanese is not for Japan */
		{ "<h1>Viagra 100 mg</h1><p>4,000 yen " BUY "</p>", false, false, false },
		/* a place that is named takes the money's place */
		{ VIAGRA "<p>We ship to Germany.</p>", false, false, false },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		const bool mine[1] = { true };
		uint32_t because = 0;
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, rows[i].html);
		sample_extract(&s);
		CHECK_INT(i, rows[i].html, offers_to(&s.extract, &s.site, mine, SLICE("US"), &because),
		          rows[i].us);
		CHECK_INT(i, rows[i].html, offers_to(&s.extract, &s.site, mine, SLICE("JP"), &because),
		          rows[i].jp);
		CHECK_INT(i, rows[i].html, offers_to(&s.extract, &s.site, mine, SLICE("GB"), &because),
		          rows[i].gb);
		sample_free(&s);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_site_sells_medicine_or_not),
		cmocka_unit_test(a_site_offers_where_it_says_it_sends),
	};
	return cmocka_run_group_tests_name("assess/profile", tests, shipped_load, shipped_free);
}
