/* Numbers that authorities give out: read where their name stands, in their shape, and nowhere else. */
#include "assess/fixture.h"

static void read_text(struct sample *s, const char *text)
{
	sample_begin(s, "shop.example");
	sample_text(s, "/", "2026-01-05T00:00:00Z", text);
	sample_extract(s);
}

static void a_number_is_read_beside_its_name(void **state)
{
	static const struct {
		const char *text, *scheme, *value;
		enum fact_check check;
	} rows[] = {
		{ "Registered pharmacy, GPhC premises number: 1099123.", "gphc-premises", "1099123",
		  CHECK_NONE },
		{ "GPhC registration no. 9011234", "gphc-premises", "9011234", CHECK_NONE },
		{ "Superintendent pharmacist (GPhC: 2029833)", "gphc-pharmacist", "2029833", CHECK_NONE },
		{ "Premises number 1199901.", "gphc-premises", "1199901", CHECK_NONE },
		{ "GPhC number\n1099123", "gphc-premises", "1099123", CHECK_NONE },
		{ "NPI: 1234567893", "us-npi", "1234567893", CHECK_RIGHT },
		{ "NPI # 1234567890", "us-npi", "1234567890", CHECK_WRONG },
		{ "National Provider Identifier (NPI) number 1234 567 893", "us-npi", "1234567893",
		  CHECK_RIGHT },
		{ "Our NCPDP ID is 5733325", "us-ncpdp", "5733325", CHECK_NONE },
		{ "DEA No. AB1234563", "us-dea", "AB1234563", CHECK_RIGHT },
		{ "DEA No. AB1234567", "us-dea", "AB1234567", CHECK_WRONG },
		{ "Florida Pharmacy License #PH12345", "us-state-fl", "PH12345", CHECK_NONE },
		{ "West Virginia Board of Pharmacy permit MO0560123", "us-state-wv", "MO0560123",
		  CHECK_NONE },
		{ "Licensed by the Manitoba Pharmaceutical Association, pharmacy licence 32195",
		  "ca-mb-licence", "32195", CHECK_NONE },
		{ "Ontario College of Pharmacists accreditation number 301234", "ca-on-accreditation",
		  "301234", CHECK_NONE },
		{ "N° RPPS : 10001234564", "fr-rpps", "10001234564", CHECK_WRONG },
		{ "FINESS : 750012345", "fr-finess", "750012345", CHECK_NONE },
		{ "Numéro de licence : 75#001234", "fr-officine", "75001234", CHECK_NONE },
		{ "IDF-Nummer: 3412345", "de-idf", "3412345", CHECK_NONE },
		{ "Versandhandelserlaubnis Nr. 2013-0456", "de-versandapotheke", "20130456", CHECK_NONE },
		{ "APB nummer: 123456", "be-apb", "123456", CHECK_NONE },
		{ "Pharmacy approval number 22345K", "au-approval", "22345K", CHECK_NONE },
		{ "Drug Licence No. MH-MZ5-123456", "in-drug-licence", "MHMZ5123456", CHECK_NONE },
		{ "店舗販売業 許可番号：第12A0345号", "jp-store", "12A0345", CHECK_NONE },
		{ "薬局開設許可証\n許可番号 第Ｇ００１２３号 東京都", "jp-pharmacy", "G00123", CHECK_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s;
		read_text(&s, rows[i].text);
		const struct fact *f = fact_of(&s.extract, FACT_LICENCE, rows[i].scheme);
		if (!f)
			fail_msg("nothing read in '%s'", rows[i].text);
		if (!slice_eq_str(f->value, rows[i].value))
			fail_msg("'%s' read as %.*s", rows[i].text, SLICE_ARG(f->value));
		if (f->check != rows[i].check)
			fail_msg("'%s': check digit is %d", rows[i].text, (int)f->check);
		sample_free(&s);
	}
}

static void what_is_no_number_of_an_authority_is_none(void **state)
{
	static const char *const texts[] = {
		"The GPhC published its report in 2024, see page 1099.",
		"GPhC inspections rose by 10 % to 1,099,123 visits.",
		"Call 1099123 to reach the pharmacy.",
		"NPI 123456789",
		"The DEA seized 1234567 pills",
		"Creative Commons Licence 4.0 and licence 20240101",
		"A pharmacy license costs $12000 a year.",
		"Pharmacy licence 2024 renewals",
		"Your order number is 1234567893",
		"古物商許可番号：第301234567890号",
		"酒類販売業 許可番号 第12345号 薬局ではありません",
		"FINESS 2024",
		"RPPS : voir l'annuaire, tel. 01 44 55 66 77",
		"the approval of 50000 tablets",
		"DIN 02250470 and EU/1/98/077/013",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sample s;
		read_text(&s, texts[i]);
		const struct fact *f = fact_of(&s.extract, FACT_LICENCE, NULL);
		if (f)
			fail_msg("'%s': %.*s %.*s", texts[i], SLICE_ARG(f->arg), SLICE_ARG(f->value));
		sample_free(&s);
	}
}

static void a_number_of_a_company_is_its_identity(void **state)
{
	static const struct {
		const char *text, *scheme, *value;
		enum fact_check check;
	} rows[] = {
		{ "Registered in England and Wales No. 01234567", "gb-company", "01234567", CHECK_NONE },
		{ "Company number SC123456", "company-number", "SC123456", CHECK_NONE },
		{ "VAT number GB 123 4567 82", "vat", "GB123456782", CHECK_RIGHT },
		{ "VAT No. GB123456789", "vat", "GB123456789", CHECK_WRONG },
		{ "USt-IdNr.: DE 136695976", "vat", "DE136695976", CHECK_RIGHT },
		{ "Umsatzsteuer-Identifikationsnummer gemäß § 27a Umsatzsteuergesetz: DE136695977", "vat",
		  "DE136695977", CHECK_WRONG },
		{ "SIREN 732 829 320", "fr-siren", "732829320", CHECK_RIGHT },
		{ "SIRET : 732 829 320 00074", "fr-siret", "73282932000074", CHECK_RIGHT },
		{ "N° TVA intracommunautaire : FR 12 345678901", "vat", "FR12345678901", CHECK_NONE },
		{ "Amtsgericht Köln, HRB 12345", "de-hrb", "12345", CHECK_NONE },
		{ "KvK-nummer 12345678", "nl-kvk", "12345678", CHECK_NONE },
		{ "ABN 53 004 085 616", "au-abn", "53004085616", CHECK_RIGHT },
		{ "P.IVA 07643520567", "vat", "07643520567", CHECK_RIGHT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s;
		read_text(&s, rows[i].text);
		const struct fact *f = fact_of(&s.extract, FACT_IDENTITY, rows[i].scheme);
		if (!f)
			fail_msg("nothing read in '%s'", rows[i].text);
		if (!slice_eq_str(f->value, rows[i].value))
			fail_msg("'%s' read as %.*s", rows[i].text, SLICE_ARG(f->value));
		if (f->check != rows[i].check)
			fail_msg("'%s': check digit is %d", rows[i].text, (int)f->check);
		sample_free(&s);
	}
}

static void the_quotation_holds_the_name_and_the_number(void **state)
{
	struct sample s;

	(void)state;
	read_text(&s, "Ask us. GPhC premises number: 1099123. Thank you.");
	for (size_t i = 0; i < s.extract.facts.n; i++)
		if (s.extract.facts.fact[i].kind == FACT_LICENCE)
			assert_true(slice_eq_str(fact_text(&s, &s.extract, i),
			                         "GPhC premises number: 1099123"));
	assert_non_null(fact_of(&s.extract, FACT_LICENCE, NULL));
	sample_free(&s);
}

static void numbers_of_persons_are_restricted(void **state)
{
	struct sample s;

	(void)state;
	read_text(&s, "Superintendent pharmacist (GPhC: 2029833), premises GPhC 1099123");
	assert_true(fact_of(&s.extract, FACT_LICENCE, "gphc-pharmacist")->restricted);
	assert_false(fact_of(&s.extract, FACT_LICENCE, "gphc-premises")->restricted);
	sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_read_beside_its_name),
		cmocka_unit_test(what_is_no_number_of_an_authority_is_none),
		cmocka_unit_test(a_number_of_a_company_is_its_identity),
		cmocka_unit_test(the_quotation_holds_the_name_and_the_number),
		cmocka_unit_test(numbers_of_persons_are_restricted),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
