/* Books, films and records that are named after a drug are not offered as medicine. */
#include "fixture.h"

#define AT "2026-09-14T08:00:00Z"
#define BUY "<button>Add to cart</button>"

static void a_drug_in_a_title_is_not_on_offer(void **state)
{
	static const struct {
		const char *name, *html;
		bool sells;
	} rows[] = {
		{ "the drug itself", "<h1>Xanax 2 mg</h1><p>$15.00 " BUY "</p>", true },
		{ "a paperback", "<h1>Xanax Nation</h1><p>Paperback. $15.00 " BUY "</p>", false },
		{ "a book by its data",
		  "<script type='application/ld+json'>{\"@context\":\"https://schema.org\",\"@type\":\"Book\","
		  "\"name\":\"Xanax Nation\"}</script><h1>Xanax Nation</h1><p>$15.00 " BUY "</p>", false },
		{ "a blurb that quotes sellers",
		  "<h1>The Viagra Economy</h1><p>Hardcover. ISBN 978-0-00-000000-2</p><p>$15.00 " BUY "</p>"
		  "<p>From \"no prescription required\" spam to generic Viagra.</p>", false },
		{ "a book in German", "<h1>Das Viagra-Komplott</h1><p>Taschenbuch, 14,00 € "
		                      "<button>In den Warenkorb</button></p>", false },
		{ "a book in Japanese", "<h1>バイアグラの時代</h1><p>文庫 著者: 見本太郎</p><p>880円 "
		                        "<button>カートに入れる</button></p>", false },
		{ "a record", "<h1>Valium Sunday</h1><p>12 inch vinyl, $24.00 " BUY "</p>", false },
		{ "a dose is the drug, whatever stands beside it",
		  "<h1>Xanax 2 mg</h1><p>$15.00 " BUY "</p><p>Our guide in paperback.</p>", true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		const bool mine[1] = { true };
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, rows[i].html);
		sample_extract(&s);
		CHECK_INT(i, rows[i].name, profile_of(&s.extract, &s.site, mine).sells, rows[i].sells);
		sample_free(&s);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drug_in_a_title_is_not_on_offer),
	};
	return cmocka_run_group_tests_name("assess/media", tests, shipped_load, shipped_free);
}
