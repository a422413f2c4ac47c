/* What a page prices, and what follows from it: offers without a word of a cart, and no offer where a
 * drug is named among other goods. */
#include "assess/facts.h"

static size_t offers_of(const char *html)
{
	struct sample s;
	size_t n = 0;

	facts_read(&s, "shop.example", html);
	for (size_t i = 0; i < s.extract.facts.n; i++)
		n += s.extract.facts.fact[i].kind == FACT_OFFER && s.extract.facts.fact[i].priced;
	sample_free(&s);
	return n;
}

static void a_list_of_priced_medicine_is_an_offer_in_any_words(void **state)
{
	static const struct {
		const char *html;
		size_t offers;
	} rows[] = {
		/* lines, cards, rows, whatever the buttons say */
		{ "<p>Tramadol 100 mg x 60 $95<p>Zolpidem 10 mg x 60 $89<p>Alprazolam 1 mg x 60 $99", 3 },
		{ "<h3>Tramadol</h3><b>$95</b><h3>Zolpidem</h3><b>$89</b><h3>Alprazolam</h3><b>$99</b>", 3 },
		{ "<ul><li>Tramadol 95 € <button>qwx</button><li>Zolpidem 89 € <button>qwx</button>"
		  "<li>Alprazolam 99 € <button>qwx</button></ul>", 3 },
		{ "<table><tr><td>Tramadol<td>$95<tr><td>Zolpidem<td>$89<tr><td>Alprazolam<td>$99</table>", 3 },
		/* two are a list with equal buttons only */
		{ "<ul><li>Tramadol 95 €<li>Zolpidem 89 €</ul>", 0 },
		/* packs under the name of one */
		{ "<h1>Sildenafil</h1><table><tr><td>100 mg x 10<td>29 €<td><a href='/w'>qwx</a>"
		  "<tr><td>100 mg x 30<td>59 €<td><a href='/w'>qwx</a></table>", 1 },
		/* what needs no prescription anywhere is no such list */
		{ "<p>Ibuprofen 400 mg $5<p>Loratadine 10 mg $6<p>Cetirizine 10 mg $4", 0 },
		/* running text prices nothing of its own */
		{ "<p>Tramadol was sold for $95, zolpidem for $89 and alprazolam for $99 in the year that the "
		  "survey was made, and in the year before it all three of them were to be had for half.", 0 },
		/* a study and an article say what they are */
		{ "<p>J Drug 2024; 18: 101-109<p>Tramadol 100 mg $95<p>Zolpidem 10 mg $89<p>Alprazolam 1 mg $99", 0 },
		{ "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\"}</script>"
		  "<p>Tramadol 100 mg $95<p>Zolpidem 10 mg $89<p>Alprazolam 1 mg $99", 0 },
		{ "<p>\"No prescription needed,\" it said.<p>Tramadol 100 mg $95<p>Zolpidem 10 mg $89"
		  "<p>Alprazolam 1 mg $99", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(i, rows[i].html, offers_of(rows[i].html), rows[i].offers);
	check_done();
}

#define SHOP "<div><h3>Mug</h3><p>$9</p><button>Add to cart</button></div>" \
	"<div><h3>Poster</h3><p>$19</p><button>Add to cart</button></div>" \
	"<div><h3>Notebook</h3><p>$12</p><button>Add to cart</button></div>"

static void a_drug_named_among_other_goods_is_no_offer(void **state)
{
	static const struct {
		const char *html;
		size_t offers;
	} rows[] = {
		{ SHOP "<div><h3>Viagra Falls postcard</h3><p>$3</p><button>Add to cart</button></div>", 0 },
		{ SHOP "<p>Do you have Viagra? No, and a card costs $3.</p>", 0 },
		/* with a dose it is what it says, in whatever company */
		{ SHOP "<div><h3>Viagra 100 mg</h3><p>$30</p><button>Add to cart</button></div>", 1 },
		/* where medicine is what is sold, no dose is asked for */
		{ "<div><h3>Viagra</h3><p>$30</p><button>Add to cart</button></div>"
		  "<div><h3>Cialis</h3><p>$30</p><button>Add to cart</button></div>", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_INT(i, rows[i].html, offers_of(rows[i].html), rows[i].offers);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_priced_medicine_is_an_offer_in_any_words),
		cmocka_unit_test(a_drug_named_among_other_goods_is_no_offer),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
