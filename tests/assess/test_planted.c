/* Pages that others put on a site are told from a shop's own; where it cannot be told, the host is not
 * judged by them. */
#include "fixture.h"

#include "assess/planted.h"

#define AT "2026-09-14T08:00:00Z"
#define BUY "<button>Add to cart</button>"
#define VIAGRA "<h1>Viagra 100 mg</h1><p>$40.00 " BUY "</p>"
#define CLUB "<title>Rowing club</title><h1>Rowing club</h1><p>We row on Sundays.</p>"
#define ABOUT "<title>About</title><h1>About the club</h1><p>Since 1911.</p>"
#define SCHOOL \
	"<title>Oak Primary School</title><header><nav><a href='/news/'>News</a></nav></header>" \
	"<h1>Oak Primary School</h1><p>Our pupils sang at the library.</p><p>Volunteer with us on Friday.</p>" \
	"<p>The governors thank all who donate.</p>"
#define INJECTED "<h1>Viagra 100 mg</h1><p>$40.00 " BUY " No prescription needed. We ship worldwide.</p>"
#define TERMS "<h1>Delivery</h1><p>We ship worldwide. Full refund. We accept bitcoin.</p>"
#define HEAD(links) "<header><a href='/'>Stone</a><nav>" links "</nav></header>"

enum { SPLIT, UNCLEAR, OWN }; /* set apart; cannot be told; the site's own */

struct row {
	const char *name, *host;
	const char *page[4][2]; /* path, HTML */
	bool vouched;
	int want;
	const char *prefix; /* where split */
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		struct planted p;
		struct err err = { 0 };
		sample_begin(&s, rows[i].host);
		for (size_t k = 0; k < 4 && rows[i].page[k][0]; k++)
			sample_page(&s, rows[i].page[k][0], AT, rows[i].page[k][1]);
		sample_extract(&s);
		CHECK_INT(i, rows[i].name, planted_find(&s.extract, &s.site, shipped.lexicon, rows[i].vouched,
		                                        &s.arena, &p, &err), 0);
		CHECK_INT(i, rows[i].name, p.prefix.n ? SPLIT : p.unclear ? UNCLEAR : OWN, rows[i].want);
		CHECK_SLICE(i, rows[i].name, p.prefix, slice_str(rows[i].prefix ? rows[i].prefix : ""));
		size_t aside = 0;
		for (size_t k = 0; k < s.site.page_n; k++) {
			CHECK_INT(i, rows[i].name, p.theirs[k] && !p.aside[k], 0);
			aside += p.aside[k];
		}
		CHECK_INT(i, rows[i].name, aside == p.aside_n && (aside > 0) == (p.prefix.n > 0), 1);
		sample_free(&s);
	}
	check_done();
}

static void somebody_elses_shop_under_a_path_is_told_apart(void **state)
{
	static const struct row rows[] = {
		{ "an injected shop", "club.example", { { "/", CLUB }, { "/about", ABOUT },
		  { "/wp-content/pills/viagra.html", INJECTED } }, false, SPLIT,
		  "https://club.example/wp-content/" },
		{ "the site leads there", "club.example", { { "/", CLUB "<a href='/pills/'>Pills</a>" },
		  { "/about", ABOUT }, { "/pills/viagra.html", INJECTED } }, false, OWN, NULL },
		{ "and by its full address", "club.example",
		  { { "/", CLUB "<a href='https://club.example/pills/x'>Pills</a>" }, { "/about", ABOUT },
		    { "/pills/viagra.html", INJECTED } }, false, OWN, NULL },
		{ "a hidden link does not lead there", "club.example",
		  { { "/", CLUB "<div style='display:none'><a href='/pills/'>Pills</a></div>" },
		    { "/about", ABOUT }, { "/pills/viagra.html", INJECTED } }, false, SPLIT,
		  "https://club.example/pills/" },
		{ "the home page sells, too", "club.example", { { "/", VIAGRA }, { "/about", ABOUT },
		  { "/pills/viagra.html", INJECTED } }, false, OWN, NULL },
		{ "one page beside the home page is too few", "club.example", { { "/", CLUB },
		  { "/pills/viagra.html", INJECTED } }, false, UNCLEAR, NULL },
		{ "but for a home page that is plainly about something", "oak.example", { { "/", SCHOOL },
		  { "/pills/viagra.html", INJECTED } }, false, SPLIT, "https://oak.example/pills/" },
		{ "a page at the top", "club.example", { { "/", CLUB }, { "/about", ABOUT },
		  { "/viagra.html", INJECTED } }, false, SPLIT, "https://club.example/viagra.html" },
		{ "a pharmacy that a register vouches for", "club.example", { { "/", VIAGRA },
		  { "/about", ABOUT }, { "/tmp/x.html", INJECTED } }, true, SPLIT,
		  "https://club.example/tmp/" },
		{ "beside the site's own pages", "oak.example", { { "/", SCHOOL },
		  { "/news/fete", "<h1>Summer fete</h1><p>Cakes.</p>" }, { "/news/viagra", INJECTED } },
		  false, SPLIT, "https://oak.example/news/viagra" },
		{ "behind a number, where the site lists its news", "oak.example", { { "/", SCHOOL },
		  { "/news/", "<h1>News</h1>" }, { "/news/?id=552", INJECTED } }, false, SPLIT,
		  "https://oak.example/news/?id=552" },
		{ "in a folder of files, beside a home page that says little", "club.example", { { "/", CLUB },
		  { "/wp-content/x.html", INJECTED } }, false, SPLIT, "https://club.example/wp-content/" },
		{ "in another language than the home page", "club.example",
		  { { "/", "<html lang='de'><title>Ruderer</title><h1>Ruderer am Fluss</h1><p>Wir rudern am "
		           "Sonntag auf dem Fluss und danach gibt es Kuchen.</p></html>" },
		    { "/x/y", "<html lang='en'>" INJECTED "</html>" } }, false, SPLIT, "https://club.example/x/" },
		{ "in two places", "oak.example", { { "/", SCHOOL }, { "/a/x", INJECTED }, { "/a/y", INJECTED },
		  { "/b/z", INJECTED } }, false, SPLIT, "https://oak.example/a/" },
	};

	(void)state;
	check(rows, ROWS(rows));
}

static void a_page_alone_does_not_condemn_its_host(void **state)
{
	static const struct row rows[] = {
		{ "no home page, and nothing around the page", "stone.example",
		  { { "/news/?id=5", INJECTED } }, false, UNCLEAR, NULL },
		{ "the site is named for the trade", "cheap-pharmacy-online.example",
		  { { "/p/5", INJECTED } }, false, OWN, NULL },
		{ "and for a drug", "viagra4you.example", { { "/p/5", INJECTED } }, false, OWN, NULL },
		{ "its title names two drugs", "stone.example",
		  { { "/p/5", "<title>Viagra online - Cialis 20mg</title>" INJECTED } }, false, UNCLEAR, NULL },
		{ "its menu has no space", "stone.example",
		  { { "/p/5", HEAD("<a href='/c'>Cialis</a><a href='/l'>Levitra</a>") INJECTED } },
		  false, OWN, NULL },
		{ "its menu names a pharmacy, but the home page does not", "stone.example",
		  { { "/", "<h1>Stone</h1><p>Quarry and yard.</p>" },
		    { "/p/5", "<nav><a href='/c'>Our online pharmacy</a></nav>" INJECTED } }, false, UNCLEAR, NULL },
		{ "its title names a pharmacy", "stone.example",
		  { { "/p/5", "<title>Viagra | Stone Online Pharmacy</title>" HEAD("") INJECTED } }, false,
		  OWN, NULL },
		{ "its title alone does: a title is what is planted", "stone.example",
		  { { "/p/5", "<title>Viagra | Stone Online Pharmacy</title>" INJECTED } }, false, UNCLEAR,
		  NULL },
		{ "its menu names drugs", "stone.example",
		  { { "/p/5", HEAD("<a href='/c'>Cialis</a> <a href='/l'>Levitra</a>") INJECTED } },
		  false, OWN, NULL },
		{ "its menu names drugs, under no name", "stone.example",
		  { { "/p/5", "<nav><a href='/c'>Cialis</a> <a href='/l'>Levitra</a></nav>" INJECTED } },
		  false, UNCLEAR, NULL },
		{ "and under the name of another", "stone.example",
		  { { "/p/5", "<header>Health Mall<nav><a href='/c'>Cialis</a> <a href='/l'>Levitra</a></nav>"
		              "</header>" INJECTED } }, false, UNCLEAR, NULL },
		{ "its menu leads to it", "stone.example",
		  { { "/offers", HEAD("<a href='/offers'>Offers</a><a href='/contact'>Contact</a>") INJECTED } },
		  false, OWN, NULL },
		{ "its menu leads elsewhere", "stone.example",
		  { { "/offers", HEAD("<a href='/about'>About</a><a href='/contact'>Contact</a>") INJECTED } },
		  false, UNCLEAR, NULL },
		{ "its menu links posts that sell", "stone.example",
		  { { "/p/5", "<nav><a href='/c'>Buy Cialis online cheap</a></nav>" INJECTED } },
		  false, UNCLEAR, NULL },
		{ "it has terms of trade, which can be planted, too", "stone.example",
		  { { "/p/5", INJECTED }, { "/delivery", TERMS } }, false, UNCLEAR, NULL },
		{ "two places: what can be planted once can be planted twice", "stone.example",
		  { { "/p/5", INJECTED }, { "/q/6", VIAGRA } }, false, UNCLEAR, NULL },
		{ "the page around it is a school's", "oak.example",
		  { { "/p/5", "<header><p>Oak Primary School</p><p>Pupils</p></header>" INJECTED
		              "<footer><p>Volunteer</p><p>Vacancies</p></footer>" } }, false, UNCLEAR, NULL },
		{ "a clean page is a school's", "oak.example", { { "/p/5", INJECTED }, { "/a", SCHOOL } },
		  false, SPLIT, "https://oak.example/p/" },
	};

	(void)state;
	check(rows, ROWS(rows));
}

static void lines_in_a_page_about_something_else_are_not_its_own_words(void **state)
{
	static const struct {
		const char *name, *html;
		bool sells;
	} rows[] = {
		{ "a line in a school's page", SCHOOL "<p>Buy viagra online without prescription | order "
		                                      "tramadol, add to cart, we ship worldwide</p>", false },
		{ "a shop that has a school among its customers",
		  VIAGRA "<p>No prescription needed.</p><p>Our pupils like it.</p>", true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		const bool mine[1] = { true };
		sample_begin(&s, "oak.example");
		sample_page(&s, "/", AT, rows[i].html);
		sample_extract(&s);
		CHECK_INT(i, rows[i].name, s.extract.profile[0].is_mixed, !rows[i].sells);
		CHECK_INT(i, rows[i].name, profile_of(&s.extract, &s.site, mine).sells, rows[i].sells);
		sample_free(&s);
	}
	check_done();
}

static void what_cannot_be_told_is_said_in_the_verdict(void **state)
{
	struct sample s;

	(void)state;
	sample_begin(&s, "stone.example");
	sample_page(&s, "/news/?id=5", AT, INJECTED);
	sample_assess(&s);
	assert_int_equal(s.n, 1);
	const struct cell *c = cell_of(&s.out[0], "US");
	assert_int_equal(c->class, CLASS_UNVERIFIED);
	bool said = false;
	for (size_t i = 0; i < c->missing_n; i++)
		said = said || slice_starts(slice_str(c->missing[i]), SLICE("a capture of the home page"));
	assert_true(said);
	sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(somebody_elses_shop_under_a_path_is_told_apart),
		cmocka_unit_test(a_page_alone_does_not_condemn_its_host),
		cmocka_unit_test(lines_in_a_page_about_something_else_are_not_its_own_words),
		cmocka_unit_test(what_cannot_be_told_is_said_in_the_verdict),
	};
	return cmocka_run_group_tests_name("assess/planted", tests, shipped_load, shipped_free);
}
