/* Seals: a picture or a link to an entry, with where it leads. */
#include "assess/fixture.h"

static void read_page(struct sample *s, const char *html)
{
	sample_begin(s, "shop.example");
	sample_page(s, "/about/", "2026-01-05T00:00:00Z", html);
	sample_extract(s);
}

static void a_seal_is_read_with_where_it_leads(void **state)
{
	static const struct {
		const char *html, *seal, *value;
	} rows[] = {
		{ "<p>Verified</p><a href='https://www.legitscript.com/websites/?checker_keywords=shop.example'>"
		  "<img src=/i/ls.png alt=''></a>",
		  "legitscript", "www.legitscript.com/websites/?checker_keywords=shop.example" },
		{ "<p>Our pharmacy <a href='https://www.pharmacyregulation.org/registers/pharmacy/1099123'>"
		  "register entry</a></p>",
		  "gphc", "www.pharmacyregulation.org/registers/pharmacy/1099123" },
		{ "<p>Pay safely</p><img src='/images/cipa-seal.gif' alt='certified'>", "cipa", "" },
		{ "<p>Pay safely</p><a href='../verify.html'><img src='x.gif' alt='MHRA registered'></a>",
		  "mhra", "shop.example/verify.html" },
		{ "<p>Pay safely</p><a href='#'><img src='x.gif' alt='MHRA registered'></a>", "mhra", "" },
		{ "<p>Legal</p><a href='//versandhandel.dimdi.de/websearch/servlet/Gate?x=1'>"
		  "<img src='l.png' alt='Zum Überprüfen hier klicken'></a>",
		  "eu_logo", "versandhandel.dimdi.de/websearch/servlet/Gate?x=1" },
		{ "<p>x</p><a href='https://vipps.nabp.net/verify.asp'><img src=a.gif alt=Seal></a>", "vipps",
		  "vipps.nabp.net/verify.asp" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s;
		read_page(&s, rows[i].html);
		const struct fact *f = fact_of(&s.extract, FACT_SEAL, rows[i].seal);
		if (!f)
			fail_msg("nothing read in %s", rows[i].html);
		if (!slice_eq_str(f->value, rows[i].value))
			fail_msg("leads to '%.*s'", SLICE_ARG(f->value));
		assert_true(f->start < f->end);
		sample_free(&s);
	}
}

static void words_and_other_pictures_show_no_seal(void **state)
{
	static const char *const pages[] = {
		"<p>Participants of the <a href='/municipal'>municipal</a> fair</p><img src=participants.jpg alt=participants>",
		"<p>Read the rules of the <a href='https://www.pharmacyregulation.org/'>regulator</a>.</p>",
		"<p>LegitScript says so: <a href='https://www.legitscript.com/blog/2011/03/x'>here</a></p>",
		"<p>x</p><img src='https://cdn.example/vippsy/logo.png' alt='Our logo'>",
		"<p>x</p><a href='https://evil-legitscript.com/checker_keywords=1'>seal</a>",
		"<p>x</p><a href='https://legitscript.com.shop.example/a?checker_keywords=1'><img src=a.gif alt=x></a>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct sample s;
		read_page(&s, pages[i]);
		if (fact_of(&s.extract, FACT_SEAL, NULL))
			fail_msg("a seal in %s", pages[i]);
		sample_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seal_is_read_with_where_it_leads),
		cmocka_unit_test(words_and_other_pictures_show_no_seal),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
