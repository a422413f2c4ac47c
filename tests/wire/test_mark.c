#include "check.h"

#include "wire/mark.h"

#include <stdio.h>
#include <string.h>

static void ids_are_found_where_their_services_put_them(void **state)
{
	(void)state;
	static const struct {
		const char *document, *want; /* separated by spaces */
	} rows[] = {
		{ "", "" },
		{ "<script>ga('create','UA-12345-6','auto')</script>", "google:UA-12345" },
		{ "gtag('config', 'G-AB12CD34EF'); gtag('config', \"AW-123456789\")",
		  "google:AW-123456789 google:G-AB12CD34EF" },
		{ "GTM-ABC1234 and GTM-ABC1234 again", "google:GTM-ABC1234" },
		{ "data-ad-client=\"ca-pub-1234567890123456\"", "google:pub-1234567890123456" },
		{ "fbq('init', '1234567890123');", "facebook:1234567890123" },
		{ "s1.src='https://embed.tawk.to/0123456789abcdef01234567/default'",
		  "tawk:0123456789abcdef01234567" },
		{ "window.__lc.license = 8813911;", "livechat:8813911" },
		{ "var sc_project=1234567;", "statcounter:1234567" },
		/* words and numbers that only look like one */
		{ "GUA-12345 BIG-AB12CD34EF UA-12 G-abcdefgh UA-12345678901", "" },
		{ "embed.tawk.to/0123", "" },
		{ "UA-", "" },
		{ "fbq('init', '", "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct mark found[MARKS_MAX];
		char text[256] = "";
		size_t n = marks_read(slice_str(rows[i].document), found);
		for (size_t k = 0; k < n; k++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
			         k ? " " : "", found[k].value);
		CHECK_SLICE(i, rows[i].document, slice_str(text), slice_str(rows[i].want));
	}
	check_done();
}

static size_t make(char *to, size_t size, const char *brand, const char *word, int elements)
{
	size_t n = (size_t)snprintf(to, size, "<html><body class='shop'><h1>%s</h1>", brand);

	for (int i = 0; i < elements; i++)
		n += (size_t)snprintf(to + n, size - n, "<div class=\"%s-%d item%d\">%s %d</div>\n",
		                      word, i, i * 7, brand, i);
	return n;
}

static void a_template_is_known_whatever_stands_in_it(void **state)
{
	(void)state;
	char a[8192], b[8192], ta[TEMPLATE_SIZE], tb[TEMPLATE_SIZE];
	size_t n = make(a, sizeof(a), "First Pharmacy", "product", 40);
	size_t m = make(b, sizeof(b), "Quite Another", "product", 40);
	assert_int_equal(template_read(slice_from(a, n), ta), TEMPLATE_SIZE - 1);
	template_read(slice_from(b, m), tb);
	assert_string_equal(ta, tb);
	m = make(b, sizeof(b), "First Pharmacy", "tile", 40);
	template_read(slice_from(b, m), tb);
	assert_string_not_equal(ta, tb);
	/* Too little to tell. */
	n = make(a, sizeof(a), "First Pharmacy", "product", 3);
	assert_int_equal(template_read(slice_from(a, n), ta), 0);
	assert_string_equal(ta, "");
	assert_int_equal(template_read(SLICE("<div<div<<<>class="), ta), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_found_where_their_services_put_them),
		cmocka_unit_test(a_template_is_known_whatever_stands_in_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
