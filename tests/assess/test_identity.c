/* Who is behind a page, since when, and whose partner it is. */
#include "assess/facts.h"

static void a_company_is_read_where_words_say_that_the_site_is_its(void **state)
{
	static const struct told rows[] = {
		{ "© 2010–2024 Sample Health Ltd. All rights reserved.", "company", "Sample Health Ltd." },
		{ "© Copyright 2024 Sample Inc.", "company", "Sample Inc." },
		{ "This site is operated by Sample & Sons Pty Ltd, Sydney", "company",
		  "Sample & Sons Pty Ltd" },
		{ "Betreiber: Muster Apotheken GmbH", "company", "Muster Apotheken GmbH" },
		{ "Raison sociale : Pharmacie Exemple SELARL", "company", "Pharmacie Exemple SELARL" },
		{ "<table><tr><th>販売業者</th><td>株式会社見本薬品</td></tr></table>", "company",
		  "株式会社見本薬品" },
	};
	static const char *const none[] = {
		"Viagra is made by Pfizer Inc. and Kamagra by Ajanta Pharma Ltd.",
		"This article is owned by nobody. Limited time only!",
		"Company: we ship fast",
		"© 2024 All rights reserved",
	};

	(void)state;
	TOLD("shop.example", FACT_IDENTITY, rows);
	NOT_TOLD(FACT_IDENTITY, NULL, none);
}

static void a_person_is_read_behind_an_office_and_restricted(void **state)
{
	static const struct told rows[] = {
		{ "Superintendent pharmacist: Robin Specimen. You may ask.", "pharmacist",
		  "Robin Specimen" },
		{ "<dl><dt>Geschäftsführer</dt><dd>Max Muster, Berlin</dd></dl>", "person", "Max Muster" },
		{ "<table><tr><th>管理薬剤師</th><td>見本 花子</td></tr></table>", "pharmacist",
		  "見本 花子" },
		{ "Pharmacien titulaire : Camille Exemple", "pharmacist", "Camille Exemple" },
	};
	static const char *const none[] = {
		"Owner: Thistledown Pharmacy",
		"Ask your pharmacist: he knows Best Practice",
		"Superintendent: 2029833",
		"Our pharmacist Jane Doe says so",
	};

	(void)state;
	TOLD("shop.example", FACT_IDENTITY, rows);
	NOT_TOLD(FACT_IDENTITY, NULL, none);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s;
		facts_read(&s, "shop.example", rows[i].text);
		assert_true(fact_of(&s.extract, FACT_IDENTITY, rows[i].arg)->restricted);
		sample_free(&s);
	}
}

static void an_age_is_read_of_a_business_only(void **state)
{
	static const struct told rows[] = {
		{ "Trusted online pharmacy since 2004", "since", "2004" },
		{ "Ihre Apotheke seit 1998", "since", "1998" },
		{ "Votre pharmacie en ligne depuis 2011", "since", "2011" },
		{ "Over 15 years of experience", "age", "15" },
		{ "創業 1950年", "since", "1950" },
		{ "© 2010-2024 Sample", "copyright", "2010-2024" },
	};
	static const char *const none[] = {
		"Sildenafil has been approved since 1998 for customers",
		"A study published in 2004 showed it online",
		"Patients aged 65 years of age",
		"Sold since 2004 mg",
		"Call 2004 for business",
	};

	(void)state;
	TOLD("shop.example", FACT_DATE, rows);
	NOT_TOLD(FACT_DATE, NULL, none);
}

static void a_partner_leaves_its_number_in_links(void **state)
{
	static const struct told rows[] = {
		{ "<p><a href='https://pills.example/?aff=7731&x=1'>Buy</a></p>", "parameter",
		  "pills.example?aff=7731" },
		{ "<p><a href='/out?a_aid=demo'>Buy</a></p>", "parameter", "shop.example?a_aid=demo" },
		{ "<p><a href='http://www.anrdoezrs.net/click-1-2'>Buy</a></p>", "tracker",
		  "www.anrdoezrs.net/click-1-2" },
	};
	static const char *const none[] = {
		"<p><a href='/p?ref=home&id=5&pid=7'>Buy</a><a href='/affidavit?aff='>x</a></p>",
		"<p><a href='https://notanrdoezrs.net/click'>Buy</a></p>",
		"?aff=7731 in the text",
	};

	(void)state;
	TOLD("shop.example", FACT_AFFILIATE, rows);
	NOT_TOLD(FACT_AFFILIATE, NULL, none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_company_is_read_where_words_say_that_the_site_is_its),
		cmocka_unit_test(a_person_is_read_behind_an_office_and_restricted),
		cmocka_unit_test(an_age_is_read_of_a_business_only),
		cmocka_unit_test(a_partner_leaves_its_number_in_links),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
