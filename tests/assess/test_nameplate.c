/* Whose page a page says it is, and whether its own menu leads to it. */
#include "fixture.h"

#include "assess/nameplate.h"

#define AT "2026-09-14T08:00:00Z"

struct row {
	const char *name, *host, *path, *text; /* HTML where it begins with '<', else plain */
	bool want;
};

static void check(const struct row *rows, size_t n, bool leads)
{
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		sample_begin(&s, rows[i].host);
		if (rows[i].text[0] == '<')
			sample_page(&s, rows[i].path, AT, rows[i].text);
		else
			sample_text(&s, rows[i].path, AT, rows[i].text);
		bool got = leads ? nameplate_leads_here(&s.page[0], shipped.lexicon)
		                 : nameplate_is_hosts(&s.site, &s.page[0]);
		CHECK_INT(i, rows[i].name, got, rows[i].want);
		sample_free(&s);
	}
	check_done();
}

static void a_page_bears_the_name_of_its_host_or_not(void **state)
{
	static const struct row rows[] = {
		{ "in its header", "stone-hall.example", "/a", "<header>Stone Hall</header><p>x</p>", true },
		{ "most of it", "corran-wool.example", "/a", "<header>Corran</header><p>x</p>", true },
		{ "a word of it that another shop has, too", "bloom-florist.example", "/a",
		  "<header>Bloom Meds</header><p>x</p>", false },
		{ "in its footer", "stone.example", "/a", "<p>x</p><footer>(c) Stone 2026</footer>", true },
		{ "on a picture", "stone.example", "/a", "<header><img src='l' alt='Stone'></header><p>x</p>",
		  true },
		{ "as data of the site", "stone.example", "/a",
		  "<head><meta property='og:site_name' content='Stone'></head><p>x</p>", true },
		{ "as data of its maker", "stone.example", "/a",
		  "<head><script type='application/ld+json'>{\"@type\":\"Pharmacy\",\"name\":\"Stone\"}"
		  "</script></head><p>x</p>", true },
		{ "as data of a product", "stone.example", "/a",
		  "<head><script type='application/ld+json'>{\"@type\":\"Product\",\"name\":\"Stone\"}"
		  "</script></head><p>x</p>", false },
		{ "with an umlaut that the host writes out", "stilles-paeckchen.example", "/a",
		  "<header>Stilles P\u00e4ckchen</header><p>x</p>", true },
		{ "with an accent", "sante-24.example", "/a", "<header>Sant\u00e9</header><p>x</p>", true },
		{ "in its first lines, where it has no parts", "stone.example", "/a", "Stone\nHome About\nx",
		  true },
		{ "further down", "stone.example", "/a", "x\ny\nz\nStone\n", false },
		{ "in a title, which is what is planted", "stone.example", "/a",
		  "<title>Pills | Stone</title><p>x</p>", false },
		{ "in its text", "stone.example", "/a", "<header>Mall</header><p>Stone sells pills.</p>", false },
		{ "the name of another", "stone.example", "/a", "<header>Health Mall</header><p>x</p>", false },
		{ "a word that all shops have", "pills-online.example", "/a",
		  "<header>Best Online Pills</header><p>x</p>", false },
		{ "its address, which a template prints", "stone.example", "/a",
		  "<header>stone.example</header><p>x</p>", false },
		{ "under the name of a user", "stone.example", "/~joe/", "<header>Stone</header><p>x</p>", false },
		{ "in a script that hosts are not written in", "ishi.example", "/a",
		  "<header>\u77f3</header><p>x</p>", false },
		{ "hidden", "stone.example", "/a",
		  "<header style='display:none'>Stone</header><header>Mall</header><p>x</p>", false },
	};

	(void)state;
	check(rows, ROWS(rows), false);
}

static void its_own_menu_leads_to_a_page_or_not(void **state)
{
	static const struct row rows[] = {
		{ "by its address", "s.example", "/offers/",
		  "<nav><a href='/offers'>All</a> <a href='/about'>About</a></nav><h1>x</h1>", true },
		{ "by its whole address", "s.example", "/offers",
		  "<nav><a href='https://www.s.example/offers'>All</a> <a href='/about'>About</a></nav><h1>x</h1>",
		  true },
		{ "by its words", "s.example", "/sleeping-tablets/",
		  "<nav><a href='/m1/'>Sleeping Tablets</a> <a href='/m2/'>Pain</a></nav><h1>x</h1>", true },
		{ "to another host", "s.example", "/offers",
		  "<nav><a href='https://t.example/offers'>All</a> <a href='/about'>About</a></nav><h1>x</h1>",
		  false },
		{ "under the name of a drug, as programs do for whatever is posted", "s.example", "/events/tramadol",
		  "<nav><a href='/events/tramadol'>Tramadol</a> <a href='/events/reading'>Reading</a></nav>"
		  "<h1>x</h1>", false },
		{ "elsewhere", "s.example", "/viagra",
		  "<nav><a href='/offers'>Offers</a> <a href='/about'>About</a></nav><h1>x</h1>", false },
		{ "a trail of where one is", "s.example", "/news/viagra",
		  "<nav><a href='/'>Home</a> <a href='/news'>News</a> <a href='/news/viagra'>Viagra</a></nav>"
		  "<h1>x</h1>", false },
		{ "a link that stands alone", "s.example", "/viagra",
		  "<header><a href='/viagra'>Viagra</a></header><h1>x</h1>", false },
		{ "a list of what was posted last", "s.example", "/viagra",
		  "<nav><a href='/about'>About</a></nav><h1>x</h1><aside><a href='/viagra'>Viagra</a> "
		  "<a href='/fete'>Fete</a></aside>", false },
		{ "links at the foot", "s.example", "/viagra",
		  "<nav><a href='/about'>About</a></nav><h1>x</h1><footer><a href='/viagra'>Viagra</a> "
		  "<a href='/cialis'>Cialis</a></footer>", false },
		{ "hidden", "s.example", "/offers",
		  "<nav style='display:none'><a href='/offers'>All</a> <a href='/about'>About</a></nav><h1>x</h1>",
		  false },
		{ "a list before the first heading, where parts are not marked", "s.example", "/offers",
		  "<div><ul><li><a href='/offers'>All</a></li><li><a href='/about'>About</a></li></ul></div>"
		  "<h1>x</h1>", true },
		{ "the same behind it", "s.example", "/offers",
		  "<h1>x</h1><div><ul><li><a href='/offers'>All</a></li><li><a href='/about'>About</a></li></ul>"
		  "</div>", false },
		{ "a headline that is a link", "s.example", "/viagra",
		  "<div><a href='/a'>A</a></div><div><a href='/viagra'>Viagra</a></div><div>by <a href='/joe'>Joe"
		  "</a></div><h2>x</h2>", false },
		{ "a line of words", "s.example", "/angebote", "Stone\nAngebote  Ablauf  Kontakt\nx", true },
		{ "a headline of words", "s.example", "/xanax-bars",
		  "How to buy Xanax bars online without a prescription\nx", false },
		{ "a name with a dose", "s.example", "/viagra", "Viagra 100 mg contact\nx", false },
		{ "a trail in words", "s.example", "/viagra", "Home > Shop > Viagra > Contact\nx", false },
		{ "a line of words without it", "s.example", "/viagra", "Home  News  Prices  Contact\nx", false },
	};

	(void)state;
	check(rows, ROWS(rows), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_bears_the_name_of_its_host_or_not),
		cmocka_unit_test(its_own_menu_leads_to_a_page_or_not),
	};
	return cmocka_run_group_tests_name("assess/nameplate", tests, shipped_load, shipped_free);
}
