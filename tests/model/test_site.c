#include "check.h"

#include "model/site.h"
#include "wire/timestamp.h"

static int64_t at_of(const char *text)
{
	int64_t at = 0;

	assert_int_equal(timestamp_parse(slice_str(text), &at, NULL), 0);
	return at;
}

static void captures_are_pages_of_one_vantage_within_an_hour(void **state)
{
	static const struct {
		const char *name;
		struct {
			const char *at, *vantage;
		} page[4];
		size_t want;
	} rows[] = {
		{ "no page", { { 0 } }, 0 },
		{ "one page", { { "2026-09-14T08:00:00Z", "jp" } }, 1 },
		{ "a minute apart", { { "2026-09-14T08:00:00Z", "jp" }, { "2026-09-14T08:01:00Z", "jp" } },
		  1 },
		{ "59 minutes and 59 seconds apart",
		  { { "2026-09-14T08:00:00Z", "jp" }, { "2026-09-14T08:59:59Z", "jp" } },
		  1 },
		{ "an hour apart", { { "2026-09-14T08:00:00Z", "jp" }, { "2026-09-14T09:00:00Z", "jp" } },
		  2 },
		{ "a chain of half hours is cut by the hour",
		  { { "2026-09-14T08:00:00Z", "jp" },
		    { "2026-09-14T08:30:00Z", "jp" },
		    { "2026-09-14T09:00:00Z", "jp" },
		    { "2026-09-14T09:30:00Z", "jp" } },
		  2 },
		{ "two vantages at one time",
		  { { "2026-09-14T08:00:00Z", "jp" }, { "2026-09-14T08:00:00Z", "us" } },
		  2 },
		{ "in any order",
		  { { "2026-10-20T08:00:00Z", "jp" },
		    { "2026-09-14T08:00:00Z", "us" },
		    { "2026-09-14T08:00:00Z", "jp" },
		    { "2026-10-20T08:05:00Z", "jp" } },
		  3 },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct site_page page[4];
		struct site site = { .page = page };
		while (site.page_n < 4 && rows[i].page[site.page_n].at) {
			struct site_page *p = &page[site.page_n];
			static const char *const urls[] = { "https://x.example/", "https://x.example/a",
				                            "https://x.example/b", "https://x.example/c" };
			*p = (struct site_page){ .url = slice_str(urls[site.page_n]),
				                 .vantage = slice_str(rows[i].page[site.page_n].vantage),
				                 .at = at_of(rows[i].page[site.page_n].at) };
			site.page_n++;
		}
		site_sort(&site);
		CHECK_INT(i, rows[i].name, site.captures, rows[i].want);
	}
	check_done();
}

static void the_order_in_which_pages_came_does_not_show(void **state)
{
	struct site_page page[4] = {
		{ .url = SLICE("https://x.example/b"), .vantage = SLICE("jp"), .at = 1000 },
		{ .url = SLICE("https://x.example/"), .vantage = SLICE("jp"), .at = 99000 },
		{ .url = SLICE("https://x.example/"), .vantage = SLICE("jp"), .at = 1060 },
		{ .url = SLICE("https://x.example/a"), .vantage = SLICE("us"), .at = 1000 },
	};
	static const char *const want[] = { "https://x.example/", "https://x.example/",
		                            "https://x.example/a", "https://x.example/b" };
	static const uint32_t capture[] = { 0, 1, 2, 0 };

	(void)state;
	for (size_t turn = 0; turn < 4; turn++) {
		struct site_page turned[4];
		for (size_t i = 0; i < 4; i++)
			turned[i] = page[(i + turn) % 4];
		struct site site = { .page = turned, .page_n = 4 };
		site_sort(&site);
		CHECK_INT(turn, "pages", site.page_n, 4);
		for (size_t i = 0; i < 4; i++) {
			CHECK_SLICE(i, "url", turned[i].url, slice_str(want[i]));
			CHECK_INT(i, "capture", turned[i].capture, capture[i]);
		}
	}
	check_done();
}

static void a_page_that_came_twice_counts_once(void **state)
{
	struct sha256 one = sha256_of(SLICE("1")), two = sha256_of(SLICE("2"));
	const struct site_page page[] = {
		{ .url = SLICE("https://x.example/"), .vantage = SLICE("jp"), .at = 1000, .evidence = one },
		{ .url = SLICE("https://x.example/"), .vantage = SLICE("jp"), .at = 1010, .evidence = one },
		{ .url = SLICE("https://x.example/"), .vantage = SLICE("jp"), .at = 1020, .evidence = two },
		{ .url = SLICE("https://x.example/a"), .vantage = SLICE("jp"), .at = 1000, .evidence = one },
		{ .url = SLICE("https://x.example/"), .vantage = SLICE("us"), .at = 1000, .evidence = one },
	};
	struct site_page copy[ROWS(page)];
	struct site site = { .page = copy, .page_n = ROWS(page) };

	(void)state;
	memcpy(copy, page, sizeof(page));
	site_sort(&site);
	/* Only the second is a copy: other evidence, URL or vantage is another page. */
	assert_int_equal(site.page_n, 4);
	assert_int_equal(site.captures, 2);
}

static void a_register_row_names_its_registrable_domains_alone(void **state)
{
	const struct slice domain[] = { SLICE("a.example"), SLICE("b.example") };
	const struct slice serves[] = { SLICE("US"), SLICE("CA") };
	const struct register_row row = { .active = true, .domain = domain, .domain_n = 2,
		                          .serves = serves, .serves_n = 2 };
	static const struct {
		enum subject_kind kind;
		const char *key;
		bool want;
	} rows[] = {
		{ SUBJECT_REGISTRABLE, "a.example", true },
		{ SUBJECT_REGISTRABLE, "b.example", true },
		{ SUBJECT_REGISTRABLE, "c.example", false },
		{ SUBJECT_REGISTRABLE, "aa.example", false },
		{ SUBJECT_HOST, "a.example", false },
		{ SUBJECT_HOST, "shop.a.example", false },
		{ SUBJECT_URL, "https://a.example/shop/", false },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct subject s = { rows[i].kind, slice_str(rows[i].key) };
		CHECK_INT(i, rows[i].key, register_names(&row, &s), rows[i].want);
	}
	CHECK_INT(0, "serves US", register_serves(&row, SLICE("US")), 1);
	CHECK_INT(1, "serves CA", register_serves(&row, SLICE("CA")), 1);
	CHECK_INT(2, "serves JP", register_serves(&row, SLICE("JP")), 0);
	struct register_row lapsed = row;
	lapsed.active = false;
	CHECK_INT(3, "lapsed, serves US", register_serves(&lapsed, SLICE("US")), 0);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_are_pages_of_one_vantage_within_an_hour),
		cmocka_unit_test(the_order_in_which_pages_came_does_not_show),
		cmocka_unit_test(a_page_that_came_twice_counts_once),
		cmocka_unit_test(a_register_row_names_its_registrable_domains_alone),
	};
	return cmocka_run_group_tests_name("model/site", tests, NULL, NULL);
}
