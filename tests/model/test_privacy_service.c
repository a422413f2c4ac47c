#include "check.h"

#include "model/privacy_service.h"

static void services_are_known_by_name_and_by_mail(void **state)
{
	(void)state;
	static const struct { const char *in, *want; } rows[] = {
		{ "Domains By Proxy, LLC", "Domains By Proxy" },
		{ "a.example@domainsbyproxy.com", "Domains By Proxy" },
		{ "WHOISGUARD, INC.", "WhoisGuard" },
		{ "Contact Privacy Inc. Customer 0123", "Contact Privacy" },
		{ "Privacy service provided by Withheld for Privacy ehf", "Withheld for Privacy" },
		{ "Statutory Masking Enabled", "Network Solutions statutory masking" },
		{ "Google LLC", NULL },
		{ "Proxy Pharmacy Ltd", NULL },
		{ "Privacy Rights Lawyers", NULL },
		{ "REDACTED FOR PRIVACY", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_SLICE(i, rows[i].in, slice_str(privacy_service_of(slice_str(rows[i].in))),
		            slice_str(rows[i].want));
	check_done();
}

static void words_in_the_place_of_a_value_are_no_value(void **state)
{
	(void)state;
	static const struct { const char *in; bool want; } rows[] = {
		{ "REDACTED FOR PRIVACY", true },
		{ "Redacted | Registrar", true },
		{ "Not Disclosed - Visit www.registry.example", true },
		{ "NOT DISCLOSED!", true },
		{ "Hidden upon user request", true },
		{ "Data Protected", true },
		{ "N/A", true },
		{ " - ", true },
		{ "", true },
		{ "Private", true },
		{ "Private Eye Opticians", false },
		{ "None Such Pharmacy", false },
		{ "Nadia", false },
		{ "Google LLC", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].in, privacy_is_placeholder(slice_str(rows[i].in)), rows[i].want);
	check_done();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(services_are_known_by_name_and_by_mail),
		cmocka_unit_test(words_in_the_place_of_a_value_are_no_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
