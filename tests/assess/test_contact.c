/* How a page can be reached: telephones, mail, messengers, postal addresses. */
#include "assess/facts.h"

static void a_telephone_is_read_as_it_is_dialled(void **state)
{
	static const struct told rows[] = {
		{ "Write or ring +44 20 7946 0110 today", "phone", "+442079460110" },
		{ "+44 (0)20 7946 0110", "phone", "+442079460110" },
		{ "(212) 555-0142", "phone", "+12125550142" },
		{ "Toll free 1-800-555-0199", "phone", "+18005550199" },
		{ "電話 ０３−００００−９７７３（ひらがな 平日10:00〜17:00）", "phone", "+81300009773" },
		{ "Fax: +49 30 23125 0110", "fax", "+4930231250110" },
		{ "WhatsApp: +91 22 5550 0142", "whatsapp", "+912255500142" },
		{ "<p>Call <a href='tel:+1-212-555-0142'>us</a></p>", "phone", "+12125550142" },
		{ "<p>Chat <a href='https://wa.me/912255500142?text=hi'>now</a></p>", "whatsapp",
		  "+912255500142" },
	};
	static const struct told german[] = {
		{ "Telefon: 030 23125 0110", "phone", "+4930231250110" },
	};

	(void)state;
	TOLD("shop.example", FACT_CONTACT, rows);
	TOLD("apotheke-demo.de", FACT_CONTACT, german);
}

static void what_is_no_telephone_is_none(void **state)
{
	static const char *const texts[] = {
		"Buy 30 pills for $120.50, 60 pills for 1,200.00 USD",
		"On 12.03.2024 we shipped 1200 parcels",
		"ISBN 978-3-16-148410-0",
		"Ordered 2024-03-12 10:30:22, order 123456789",
		"IBAN DE89 3704 0044 0532 0130 00",
		"Version 1.2.3.4567, build 20240312",
		"Sildenafil 100 mg 30 tablets 555-0142-22222",
		"GPhC premises number 1099123",
		"Tel: 000-000-000",
		"Tel: 1-866-858-SAVE",
		"4111 1111 1111 1111",
		"+1000 8/11/02",
		"+1031593647",
	};

	(void)state;
	NOT_TOLD(FACT_CONTACT, "phone", texts);
}

static void mail_and_messengers_are_read(void **state)
{
	static const struct told rows[] = {
		{ "Write to Support@Shop.Example.", "email", "Support@shop.example" },
		{ "<p><a href='mailto:orders@shop.example?subject=x'>Mail us</a></p>", "email",
		  "orders@shop.example" },
		{ "Telegram: @pills_demo, any time", "telegram", "pills_demo" },
		{ "Wickr: pillsdemo", "wickr", "pillsdemo" },
		{ "<p><a href='https://t.me/pills_demo'>Channel</a></p>", "telegram", "pills_demo" },
		{ "<p><a href='skype:pills.demo?chat'>Skype</a></p>", "skype", "pills.demo" },
	};
	static const char *const none[] = {
		"<p><a href='https://t.me/share/url?url=x'>Share</a><a href='https://wa.me/?text=x'>S</a></p>",
		"Telegram: Team up with us",
		"user@example.com, logo@2x.png and you@yourdomain.com",
		"Sold @ $5 per pill @shop",
	};

	(void)state;
	TOLD("shop.example", FACT_CONTACT, rows);
	NOT_TOLD(FACT_CONTACT, NULL, none);
}

static void a_mailbox_of_a_person_is_restricted(void **state)
{
	struct sample s;

	(void)state;
	facts_read(&s, "shop.example", "jane.doe@shop.example");
	assert_true(fact_of(&s.extract, FACT_CONTACT, "email")->restricted);
	sample_free(&s);
	facts_read(&s, "shop.example", "info@shop.example");
	assert_false(fact_of(&s.extract, FACT_CONTACT, "email")->restricted);
	sample_free(&s);
}

static void an_address_is_read_with_its_street_and_code(void **state)
{
	static const struct told rows[] = {
		{ "Visit us: 12 High Street, Sampleton SA1 2AB. Open daily.", "address",
		  "12 High Street, Sampleton SA1 2AB" },
		{ "We moved in 2002. 1323 S.E. 17th Street, Suite 345, Ft. Sample, FL 33316", "address",
		  "1323 S.E. 17th Street, Suite 345, Ft. Sample, FL 33316" },
		{ "P.O. Box 1520, Sampleville IL 60126", "address", "P.O. Box 1520, Sampleville IL 60126" },
		{ "Impressum: Musterstraße 12, 12345 Musterstadt", "address",
		  "Musterstraße 12, 12345 Musterstadt" },
		{ "Pharmacie : 12 rue de l'Exemple, 75001 Paris", "address",
		  "12 rue de l'Exemple, 75001 Paris" },
		{ "100 Sample Road, Toronto, ON M5V 2T6", "address",
		  "100 Sample Road, Toronto, ON M5V 2T6" },
		{ "所在地 〒100-0001 東京都見本区見本1-2-3", "address", "〒100-0001 東京都見本区見本1-2-3" },
	};
	static const char *const none[] = {
		"Order 12345 Tablets of any street drug at once",
		"Sold 10000 Packs in the high street",
		"Model AB1 2CD, batch A1B 2C3",
		"The code SA1 2AB alone, or Suite 12345",
		"Down the street, over 50000 Customers trust us",
	};

	(void)state;
	TOLD("shop.example", FACT_CONTACT, rows);
	NOT_TOLD(FACT_CONTACT, "address", none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_telephone_is_read_as_it_is_dialled),
		cmocka_unit_test(what_is_no_telephone_is_none),
		cmocka_unit_test(mail_and_messengers_are_read),
		cmocka_unit_test(a_mailbox_of_a_person_is_restricted),
		cmocka_unit_test(an_address_is_read_with_its_street_and_code),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
