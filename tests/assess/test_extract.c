/* What a page says, and what it only speaks of. Pages are HTML of our own against the shipped words. */
#include "fixture.h"

#include <time.h>

#define AT "2026-09-14T08:00:00Z"
#define SHOP_HEAD "<title>Shop</title><h1>Sildenafil 100 mg</h1><p>30 tablets $40.00 <button>Add to cart</button></p>"

enum said { SAYS, DENIES, TELLS, NOTHING }; /* claimed; negated; somebody else's words; not there */

static const char *const said_name[] = { "says", "denies", "tells", "nothing" };

static enum said said_of(const struct extract *x, enum phrase_class class)
{
	enum said best = NOTHING;

	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		enum said said = f->negated ? DENIES : f->reported ? TELLS : SAYS;
		if (f->kind == FACT_CLAIM && f->phrase == class && said < best)
			best = said;
	}
	return best;
}

static enum said norx_of(const struct extract *x)
{
	enum said a = said_of(x, PHRASE_NORX), b = said_of(x, PHRASE_NORX_BARE);

	return a < b ? a : b;
}

static void a_shop_claims_and_a_warning_does_not(void **state)
{
	static const struct {
		const char *html;
		enum said want;
	} rows[] = {
		/* English */
		{ SHOP_HEAD "<p>No prescription needed.</p>", SAYS },
		{ SHOP_HEAD "<p>Order sildenafil without a prescription.</p>", SAYS },
		{ SHOP_HEAD "<p>No Rx.</p>", SAYS },
		{ SHOP_HEAD "<p>Is no prescription needed?</p>", DENIES },
		{ SHOP_HEAD "<p>Beware of sites that say no prescription needed.</p>", DENIES },
		{ SHOP_HEAD "<p>It is illegal to sell it without a prescription.</p>", DENIES },
		{ SHOP_HEAD "<p>You may not list: </p><p>No prescription needed.</p>", SAYS },
		{ SHOP_HEAD "<p>You may not list:</p><ul><li>medicine with no prescription needed</li></ul>",
		  DENIES },
		{ SHOP_HEAD "<p>We offer:</p><ul><li>medicine with no prescription needed</li></ul>", SAYS },
		/* the sentence before and the one behind do not count */
		{ SHOP_HEAD "<p>Beware of imitators. No prescription needed.</p>", SAYS },
		{ SHOP_HEAD "<p>No prescription needed. Never pay twice.</p>", SAYS },
		/* quoted on a page that takes no orders */
		{ "<p>The banner read \xe2\x80\x9cno prescription needed\xe2\x80\x9d in green.</p>", TELLS },
		{ "<p>The banner read \"no prescription needed\" in green.</p>", TELLS },
		{ "<p>The banner read 'no prescription needed' in green.</p>", TELLS },
		{ "<p>The banner didn't lie: no prescription needed, and the shop's chat agreed.</p>", SAYS },
		{ "<p>A 12\" ruler. No prescription needed. A 6\" one.</p>", SAYS },
		{ "<p>\xe2\x80\x9c" "Cheap.\xe2\x80\x9d</p><p>No prescription needed.</p><p>\xe2\x80\x9cGood.\xe2\x80\x9d</p>",
		  SAYS },
		/* a shop's own quotation marks do not help it */
		{ SHOP_HEAD "<p>\xe2\x80\x9cNo prescription needed!\xe2\x80\x9d</p>", SAYS },
		/* a page of advice */
		{ "<h1>How to spot a fake online pharmacy</h1><p>No prescription needed.</p>", TELLS },
		/* the bare words need something that sells */
		{ "<p>People live without a prescription.</p>", TELLS },
		{ "<h1>Pills without a prescription</h1>", SAYS },
		/* Japanese: the negation comes last */
		{ "<p>\xe5\x87\xa6\xe6\x96\xb9\xe7\xae\x8b\xe3\x81\xaf\xe5\xbf\x85\xe8\xa6\x81\xe3\x81\x82\xe3\x82\x8a\xe3\x81\xbe\xe3\x81\x9b\xe3\x82\x93\xe3\x80\x82</p>", SAYS },
		{ "<p>「処方箋不要」とうたうサイトがあります。</p>", DENIES },
		{ "<p>処方箋なしで購入することは禁止されています。</p>", DENIES },
		{ "<p>「処方箋不要」の文字が並ぶ。</p>", TELLS },
		{ "<p>処方箋不要ですか？</p>", DENIES },
		{ "<p>処方箋は不要ですか。</p>", DENIES },
		/* German */
		{ "<p>Kein Rezept erforderlich.</p>", SAYS },
		{ "<p>Vorsicht: Kein Rezept erforderlich, das ist verboten.</p>", DENIES },
		{ "<p>Dort steht \xe2\x80\x9eKein Rezept erforderlich\xe2\x80\x9c in rot.</p>", TELLS },
		/* French */
		{ "<p>Aucune ordonnance requise.</p>", SAYS },
		{ "<p>Il est interdit de vendre sans ordonnance.</p>", DENIES },
		{ "<p>On y lit \xc2\xab\xc2\xa0" "aucune ordonnance requise\xc2\xa0\xc2\xbb partout.</p>", TELLS },
		/* Spanish */
		{ "<p>No se necesita receta médica.</p>", SAYS },
		{ "<p>Es ilegal vender sin receta.</p>", DENIES },
		{ "<p>¿No se necesita receta médica?</p>", DENIES },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, rows[i].html);
		sample_extract(&s);
		CHECK_SLICE(i, rows[i].html, slice_str(said_name[norx_of(&s.extract)]),
		            slice_str(said_name[rows[i].want]));
		sample_free(&s);
	}
	check_done();
}

static void a_drug_is_offered_where_orders_are_taken(void **state)
{
	static const struct {
		const char *html;
		int offers; /* priced or stated */
	} rows[] = {
		{ "<h1>Sildenafil 100 mg</h1><p>$40.00 <button>Add to cart</button></p>", 1 },
		{ "<p>Sildenafil costs $40.00 at most pharmacies.</p>", 0 },
		{ "<h1>Sildenafil 100 mg</h1><p>$40.00</p>", 0 },
		{ "<h1>Sildenafil 100 mg</h1><p>$40.00</p><form><input name=quantity></form>", 1 },
		{ "<h1>Sildenafil 100 mg</h1><p>$40.00</p><script type='application/ld+json'>"
		  "{\"@type\":\"Offer\"}</script>", 1 },
		{ "<table><tr><td>Sildenafil</td><td>$4</td></tr><tr><td>Tadalafil</td><td>$5</td></tr>"
		  "</table><button>Buy now</button>", 2 },
		/* a cart in the frame: goods with a price tag, not what an article says */
		{ "<nav><a href='/cart'>Cart</a></nav><h2>Sildenafil 100 mg</h2><p>$40.00</p>", 1 },
		{ "<nav><a href='/cart'>Cart</a></nav><h2>The price of sildenafil</h2><p>Last year we paid "
		  "$40.00 for thirty tablets at the counter of a chain, and eleven at the one that has "
		  "its door around the corner.</p>", 0 },
		/* said without a price */
		{ "<p>Buy sildenafil from us today.</p>", 1 },
		{ "<p>Should you buy sildenafil?</p>", 0 },
		{ "<p>Do not buy sildenafil.</p>", 0 },
		{ "<p>The page said \"buy sildenafil today\" in red.</p>", 0 },
		{ "<p>\"Buy it now\", said the page about sildenafil.</p>", 0 },
		/* a doorway: it bids in its title and says that no prescription is needed */
		{ "<title>Buy generic sildenafil</title><p>No prescription needed, $0.79 per pill.</p>", 1 },
		{ "<title>Should you buy generic sildenafil?</title><p>No prescription needed, $0.79 per "
		  "pill.</p>", 0 },
		/* a name that is a word, too, needs a dose or a price */
		{ "<p>Order a soma holiday. <button>Add to cart</button></p>", 0 },
		{ "<h1>Soma 350 mg</h1><p>$40.00 <button>Add to cart</button></p>", 1 },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		int offers = 0;
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, rows[i].html);
		sample_extract(&s);
		for (size_t k = 0; k < s.extract.facts.n; k++)
			offers += s.extract.facts.fact[k].kind == FACT_OFFER;
		CHECK_INT(i, rows[i].html, offers > 2 ? 2 : offers, rows[i].offers);
		sample_free(&s);
	}
	check_done();
}

static void a_page_takes_orders_here_or_with_its_site(void **state)
{
	static const struct {
		const char *html;
		bool plain;
		enum page_orders want;
	} rows[] = {
		{ "<button>Add to cart</button>", false, ORDERS_HERE },
		{ "<a href='/x'>Add to cart</a>", false, ORDERS_HERE },
		{ "<a href='/cart/add?id=3'>+</a>", false, ORDERS_HERE },
		{ "<nav><a href='/cart'>Bag</a></nav>", false, ORDERS_SITE },
		{ "<header><a href='https://x.example/checkout.php'>Pay</a></header>", false, ORDERS_SITE },
		{ "<footer><a href='/cartography'>Maps</a></footer>", false, ORDERS_NONE },
		{ "<p>Add to cart and proceed to checkout</p>", false, ORDERS_NONE },
		{ "<form><input type=email><button>Subscribe</button></form>", false, ORDERS_NONE },
		{ "<p>Pay</p><form><input name=cardnumber autocomplete=cc-number></form>", false, ORDERS_HERE },
		{ "Add to cart\nProceed to checkout\n", true, ORDERS_HERE },
		{ "Add to cart\n", true, ORDERS_NONE },
		{ "You click \"add to cart\", then \"proceed to checkout\".\n", true, ORDERS_NONE },
		{ "Add to cart. Proceed to checkout. Police said. Fake medicines. Press release.\n", true,
		  ORDERS_NONE },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "x.example");
		sample_put(&s, "/", AT, slice_str(rows[i].html), rows[i].plain);
		sample_extract(&s);
		CHECK_INT(i, rows[i].html, s.extract.profile[0].orders, rows[i].want);
		sample_free(&s);
	}
	check_done();
}

static void where_a_site_sends_is_read_with_its_negations(void **state)
{
	static const struct {
		const char *html, *country;
		int want; /* enum phrase_class; PHRASE_CLASSES: neither */
	} rows[] = {
		{ "<p>We ship to the USA.</p>", "US", PHRASE_SHIP_TO },
		{ "<p>We ship to the USA and Japan.</p>", "JP", PHRASE_SHIP_TO },
		{ "<p>We do not ship to the USA.</p>", "US", PHRASE_NOT_TO },
		{ "<p>We ship everywhere except the USA.</p>", "US", PHRASE_NOT_TO },
		{ "<p>We deliver nowhere outside Germany and the USA.</p>", "US", PHRASE_SHIP_TO },
		{ "<p>We deliver nowhere outside Germany and the USA.</p>", "DE", PHRASE_SHIP_TO },
		{ "<p>We ship to Germany, but not to the USA.</p>", "DE", PHRASE_SHIP_TO },
		{ "<p>We ship to Germany, but not to the USA.</p>", "US", PHRASE_NOT_TO },
		{ "<p>Our founder was born in the USA.</p>", "US", PHRASE_CLASSES },
		{ "<nav><a href='/a'>About us</a> <a href='/d'>Delivery</a></nav>", "US", PHRASE_CLASSES },
		{ "<p>日本へ発送します。</p>", "JP", PHRASE_SHIP_TO },
		{ "<p>日本への発送はしておりません。</p>", "JP", PHRASE_NOT_TO },
		{ "<p>ご注文商品は、海外（インド・香港）の提携倉庫より発送いたします。</p>", "IN", PHRASE_CLASSES },
		{ "<p>生産国: インド／発送元: シンガポール</p>", "IN", PHRASE_CLASSES },
		{ "<p>We ship generics made in India.</p>", "IN", PHRASE_CLASSES },
		{ "<p>Country of origin: India. Shipping in 3 days.</p>", "IN", PHRASE_CLASSES },
		{ "<p>Wir liefern nicht in die USA.</p>", "US", PHRASE_NOT_TO },
		{ "<p>Wir liefern in die USA.</p>", "US", PHRASE_SHIP_TO },
		{ "<p>Nous livrons aux États-Unis.</p>", "US", PHRASE_SHIP_TO },
		{ "<p>No enviamos a Estados Unidos.</p>", "US", PHRASE_NOT_TO },
		{ "<p>Enviamos a Estados Unidos.</p>", "US", PHRASE_SHIP_TO },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		bool to = false, not = false;
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, rows[i].html);
		sample_extract(&s);
		for (size_t k = 0; k < s.extract.facts.n; k++) {
			const struct fact *f = &s.extract.facts.fact[k];
			if (f->kind != FACT_CLAIM || f->negated || !slice_eq_str(f->arg, rows[i].country))
				continue;
			to = to || f->phrase == PHRASE_SHIP_TO;
			not = not || f->phrase == PHRASE_NOT_TO;
		}
		/* A refusal outweighs: offers_to asks it first. */
		CHECK_INT(i, rows[i].html, not ? (int)PHRASE_NOT_TO : to ? (int)PHRASE_SHIP_TO : (int)PHRASE_CLASSES,
		          rows[i].want);
		sample_free(&s);
	}
	check_done();
}

static void a_way_to_pay_that_is_refused_is_not_claimed(void **state)
{
	static const struct {
		const char *text;
		bool takes; /* cryptocurrency */
	} rows[] = {
		{ "We accept Bitcoin.", true },
		{ "We do not accept cryptocurrency.", false },
		{ "We don't accept wire transfer or cryptocurrency.", false },
		{ "No crypto, no Zelle.", false },
		{ "Crypto is not accepted here.", false },
		{ "We do not accept cards but Bitcoin.", true },
		{ "No cards, Bitcoin only.", true },
		{ "Do you take Bitcoin? No.", false },
		{ "Do you take Bitcoin? Yes, of course.", true },
		{ "Keine Kryptowährungen.", false },
		{ "Kryptowährungen akzeptieren wir nicht.", false },
		{ "Keine Karten, sondern Kryptowährungen.", true },
		{ "Zahlung mit Bitcoin.", true },
		{ "Nous n'acceptons pas les cryptomonnaies.", false },
		{ "Nous acceptons les cryptomonnaies.", true },
		{ "No aceptamos criptomonedas.", false },
		{ "Aceptamos criptomonedas.", true },
		{ "Não aceitamos criptomoedas.", false },
		{ "Non accettiamo criptovalute.", false },
		{ "Accettiamo criptovalute.", true },
		{ "暗号資産はご利用いただけません。", false },
		{ "ビットコインには対応しておりません。", false },
		{ "クレジットカードは使えませんが、ビットコインは使えます。", true },
		{ "ビットコインでお支払いいただけます。", true },
		{ "Оплата криптовалютой не принимается.", false },
		{ "Оплата криптовалютой.", true },
		{ "本店不接受比特幣。", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		bool takes = false;
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, arena_printf(&s.arena, SHOP_HEAD "<p>%s</p>", rows[i].text));
		sample_extract(&s);
		for (size_t k = 0; k < s.extract.facts.n; k++) {
			const struct fact *f = &s.extract.facts.fact[k];
			takes = takes || (f->kind == FACT_CLAIM && f->phrase == PHRASE_PAY_CRYPTO && !f->negated);
		}
		CHECK_INT(i, rows[i].text, takes, rows[i].takes);
		sample_free(&s);
	}
	check_done();
}

static void facts_are_in_the_order_of_their_place_and_quote_it(void **state)
{
	struct sample s;

	(void)state;
	sample_begin(&s, "x.example");
	sample_page(&s, "/b", AT, SHOP_HEAD "<p>Hello. No prescription needed, dear customers. Bye.</p>");
	sample_page(&s, "/a", AT, SHOP_HEAD "<p>We ship to the USA.</p>");
	sample_extract(&s);
	const struct extract *x = &s.extract;
	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		const struct page_text *page = s.site.page[f->page].page;
		CHECK_INT(i, "in the text", f->start < f->end && f->end <= page->text.n, 1);
		CHECK_INT(i, "a block", f->block < page->block_n, 1);
		CHECK_INT(i, "pages in order", i == 0 || x->facts.fact[i - 1].page <= f->page, 1);
	}
	const struct fact *f = claim_of(x, PHRASE_NORX);
	assert_non_null(f);
	CHECK_SLICE(0, "the whole sentence", fact_text(&s, x, (size_t)(f - x->facts.fact)),
	            SLICE("No prescription needed, dear customers"));
	sample_free(&s);
	check_done();
}

static double seconds_for(const char *unit, size_t bytes)
{
	struct sample s;
	size_t n = strlen(unit);
	char *html = malloc(bytes + n + 1);
	struct timespec a, b;

	assert_non_null(html);
	size_t used = 0;
	while (used < bytes) {
		memcpy(html + used, unit, n);
		used += n;
	}
	html[used] = 0;
	sample_begin(&s, "x.example");
	sample_page(&s, "/", AT, html);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	sample_extract(&s);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	sample_free(&s);
	free(html);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

enum { ROUNDS = 3 };

/* Pages made of one hit after another: twice the page may take twice the time, not four times. A
 * generous bound, and more than one try, since others use the machine, too; a quadratic reader fails
 * each by far. */
static void a_page_of_nothing_but_hits_is_read_in_linear_time(void **state)
{
	static const char *const units[] = {
		"viagra $5 no prescription needed buy ",
		"<p>viagra $5 no prescription needed",
		"<li>we do not ship to the usa",
		"\xe5\x87\xa6\xe6\x96\xb9\xe7\xae\x8b\xe4\xb8\x8d\xe8\xa6\x81",
		"\xe2\x80\x9cno rx",
		"<tr><td>viagra<td>$5",
		"\"'",
		"not to japan ship ",
		"<p>you may not:<li>no rx",
	};
	(void)state;
	for (size_t i = 0; i < ROWS(units); i++) {
		bool linear = false;
		for (int round = 0; !linear && round < ROUNDS; round++) {
			double once = seconds_for(units[i], 250000),
			       twice = seconds_for(units[i], 500000);
			printf("# '%s': %.2f s, twice the page %.2f s\n", units[i], once, twice);
			linear = twice < 0.5 || twice < once * 3.3;
		}
		CHECK_INT(i, units[i], linear, 1);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shop_claims_and_a_warning_does_not),
		cmocka_unit_test(a_drug_is_offered_where_orders_are_taken),
		cmocka_unit_test(a_page_takes_orders_here_or_with_its_site),
		cmocka_unit_test(where_a_site_sends_is_read_with_its_negations),
		cmocka_unit_test(a_way_to_pay_that_is_refused_is_not_claimed),
		cmocka_unit_test(facts_are_in_the_order_of_their_place_and_quote_it),
		cmocka_unit_test(a_page_of_nothing_but_hits_is_read_in_linear_time),
	};
	return cmocka_run_group_tests_name("assess/extract", tests, shipped_load, shipped_free);
}
