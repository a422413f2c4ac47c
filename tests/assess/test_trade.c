/* Shops without buttons: what makes a text a seller's talk, and whom it addresses. */
#include "fixture.h"

#include "assess/trade.h"

#define AT "2026-09-14T08:00:00Z"
#define BIT(class) (UINT64_C(1) << (class))

static void several_kinds_of_signs_and_a_voice_are_talk(void **state)
{
	static const struct {
		const char *name;
		uint64_t signs;
		size_t carts, rows;
		bool talks;
	} rows[] = {
		{ "nothing", 0, 0, 0, false },
		{ "topics alone, as in the news",
		  BIT(PHRASE_NORX) | BIT(PHRASE_PAY_CRYPTO) | BIT(PHRASE_CONCEAL), 0, 0, false },
		{ "three kinds, and our customers",
		  BIT(PHRASE_NORX) | BIT(PHRASE_VENDOR) | BIT(PHRASE_CONCEAL), 0, 0, true },
		{ "two kinds are few", BIT(PHRASE_VENDOR) | BIT(PHRASE_CONCEAL), 0, 0, false },
		{ "two orders to buy",
		  BIT(PHRASE_CART) | BIT(PHRASE_CONCEAL) | BIT(PHRASE_PAY_CARD), 2, 0, true },
		{ "one order to buy",
		  BIT(PHRASE_CART) | BIT(PHRASE_CONCEAL) | BIT(PHRASE_PAY_CARD), 1, 0, false },
		{ "a price list with payment and post",
		  BIT(PHRASE_PAY_CRYPTO) | BIT(PHRASE_SHIP_TO), 0, TRADE_ROWS, true },
		{ "a table of prices by quantity and pill",
		  BIT(PHRASE_CART) | BIT(PHRASE_PRICE_PER_UNIT), 1, TRADE_ROWS, false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].name, trade_talks(rows[i].signs, rows[i].carts, rows[i].rows),
		          rows[i].talks);
	check_done();
}

static void a_text_sells_and_addresses(void **state)
{
	static const struct {
		const char *host, *text, *to, *class;
	} rows[] = {
		{ "x.example", "Why buy from Armodafinil Central? Our customers like discreet packaging. Armodafinil "
		               "is in stock, secure checkout. We ship to Australia.", "AU", "unverified" },
		{ "x.example", "Why buy from Armodafinil Central? Our customers like discreet packaging. Armodafinil "
		               "is in stock, secure checkout. We ship to Australia.", "US", "out_of_scope" },
		/* no place, no money: the language */
		{ "x.example", "Tadalafil without a prescription. Our customers pay with bitcoin, unmarked envelopes, "
		               "order tadalafil now.", "US", "rogue" },
		{ "x.example", "Tadalafil without a prescription. Our customers pay with bitcoin, unmarked envelopes, "
		               "order tadalafil now.", "JP", "out_of_scope" },
		/* the name, before the language */
		{ "x.co.uk", "Tadalafil without a prescription. Our customers pay with bitcoin, unmarked envelopes, "
		             "order tadalafil now.", "US", "out_of_scope" },
		{ "x.co.uk", "Tadalafil without a prescription. Our customers pay with bitcoin, unmarked envelopes, "
		             "order tadalafil now.", "GB", "rogue" },
		/* the money */
		{ "x.example", "Tadalafil ohne Rezept, 20 mg, 30 Stück 49 Euro. In den Warenkorb. Jetzt kaufen, "
		               "unsere Kunden zahlen mit Bitcoin.", "DE", "rogue" },
		{ "x.example", "Tadalafil ohne Rezept, 20 mg, 30 Stück 49 Euro. In den Warenkorb. Jetzt kaufen, "
		               "unsere Kunden zahlen mit Bitcoin.", "FR", "out_of_scope" },
		/* said of others, or by the way */
		{ "x.example", "The site said its customers pay with bitcoin and get tadalafil in unmarked envelopes.",
		  "US", "not_a_pharmacy" },
		{ "x.example", "Loratadine, no prescription needed, 30 tablets $4. Add to cart. Our customers get "
		               "tadalafil on prescription only. We ship to the USA.", "US", "unverified" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, rows[i].host);
		sample_text(&s, "/", AT, rows[i].text);
		sample_assess(&s);
		const struct cell *c = cell_of(&s.out[0], rows[i].to);
		CHECK_SLICE(i, rows[i].text, slice_str(verdict_class_name(c->class)),
		            slice_str(rows[i].class));
		sample_free(&s);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_kinds_of_signs_and_a_voice_are_talk),
		cmocka_unit_test(a_text_sells_and_addresses),
	};
	return cmocka_run_group_tests_name("assess/trade", tests, shipped_load, shipped_free);
}
