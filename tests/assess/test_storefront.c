/* What shows that a host is the shop: its name, its menu, its title, its shelf. */
#include "fixture.h"

#include "assess/storefront.h"

#define AT "2026-09-14T08:00:00Z"

static void a_name_is_of_the_trade_or_not(void **state)
{
	static const struct {
		const char *name;
		bool trade;
	} rows[] = {
		{ "cheap-pharmacy.example", true }, { "farmacia-ya.test", true }, { "viagra4you.example", true },
		{ "norx-tabs.test", true }, { "quick-meds.example", true }, { "/pills/", true },
		{ "rowing-club.example", false }, { "medieval-fair.test", false }, { "stone.example", false },
		{ "/calendar/", false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].name, storefront_names_trade(slice_str(rows[i].name), shipped.lexicon),
		          rows[i].trade);
	CHECK_INT(0, "goods", storefront_names_goods(SLICE("/collections/all")), 1);
	CHECK_INT(0, "news", storefront_names_goods(SLICE("/news/all")), 0);
	check_done();
}

static void a_page_shows_a_shop_or_not(void **state)
{
	enum { TITLED = 1, MENU = 2, SHELF = 4 };
	static const struct {
		const char *name, *path, *html;
		int shows;
	} rows[] = {
		{ "a page of anything", "/a", "<title>Slate | Stone</title><h1>Slate</h1>", 0 },
		{ "a title with the name of the host", "/a", "<title>Slate | Stone Online Pharmacy</title>"
		  "<h1>Slate</h1>", TITLED },
		{ "a title with the name of another", "/a", "<title>Slate | Best Online Pharmacy</title>"
		  "<h1>Slate</h1>", 0 },
		{ "a menu of drugs", "/a", "<nav><a href='/c'>Cialis</a><a href='/l'>Levitra</a></nav><p>x</p>",
		  MENU },
		{ "one drug", "/a", "<nav><a href='/c'>Cialis</a><a href='/l'>About</a></nav><p>x</p>", 0 },
		{ "links in an article", "/a", "<p><a href='/c'>Cialis</a> <a href='/l'>Levitra</a></p>", 0 },
		{ "a shelf", "/shop/pain", "<ul><li>Tramadol 50 mg $40.00 <button>Add to cart</button></li>"
		  "<li>Xanax 2 mg $50.00 <button>Add to cart</button></li><li>Valium 10 mg $30.00 "
		  "<button>Add to cart</button></li></ul>", SHELF },
		{ "the same deep under another name", "/files/x/y", "<ul><li>Tramadol 50 mg $40.00 <button>Add to "
		  "cart</button></li><li>Xanax 2 mg $50.00 <button>Add to cart</button></li><li>Valium 10 mg "
		  "$30.00 <button>Add to cart</button></li></ul>", 0 },
		{ "a menu of drugs at the foot, where links are planted", "/a",
		  "<footer><a href='/c'>Cialis</a><a href='/l'>Levitra</a></footer><p>x</p>", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "stone.example");
		sample_page(&s, rows[i].path, AT, rows[i].html);
		sample_extract(&s);
		int shows = (storefront_is_titled(&s.extract, &s.site) ? TITLED : 0) |
		            (storefront_has_menu(&s.site.page[0], shipped.lexicon) ? MENU : 0) |
		            (storefront_is_shelf(&s.site, &s.site.page[0], &s.extract.profile[0]) ? SHELF : 0);
		CHECK_INT(i, rows[i].name, shows, rows[i].shows);
		sample_free(&s);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_of_the_trade_or_not),
		cmocka_unit_test(a_page_shows_a_shop_or_not),
	};
	return cmocka_run_group_tests_name("assess/storefront", tests, shipped_load, shipped_free);
}
