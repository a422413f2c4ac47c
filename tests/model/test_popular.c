/* Lists as others publish them, and what is asked of them. */
#include "check.h"

#include "model/popular.h"

static void each_kind_of_list_gives_its_names(void **state)
{
	static const struct {
		const char *text, *name;
		size_t rank, count, passed;
	} rows[] = {
		{ "google.com\nyoutube.com\n", "youtube.com", 2, 2, 0 },
		{ "google.com\nyoutube.com", "youtube.com", 2, 2, 0 },
		{ "1,google.com\r\n2,youtube.com\r\n", "google.com", 1, 2, 0 },
		{ "1,com\n2,google.com\n", "google.com", 1, 1, 1 }, /* one label is a suffix */
		{ "1,com\n2,google.com\n", "com", 0, 1, 1 },
		{ "GlobalRank,TldRank,Domain,TLD\n1,1,google.com,com\n", "google.com", 1, 1, 1 },
		{ "\xEF\xBB\xBF\"1\",\"Google.COM.\"\n", "google.com", 1, 1, 0 },
		{ "# list\n\na.example\nA.Example.\nb.example\n", "b.example", 2, 2, 0 },
		{ "1\ta.example\n", "a.example", 1, 1, 0 },
		{ "1,8.8.8.8\n2,a.example\n", "8.8.8.8", 0, 1, 1 },
		{ "a..example\n.example\n-.example\na b.example\nx.example\n", "x.example", 2, 2, 3 },
		{ "m\xC3\xBCnchen.de\nxn--mnchen-3ya.de\n", "xn--mnchen-3ya.de", 1, 1, 1 },
		{ "google.com\n", "oogle.com", 0, 1, 0 },
		{ "google.com\n", "google.co", 0, 1, 0 },
		{ "google.com\n", "", 0, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = { 0 };
		struct popular *p = NULL;
		struct err err = { 0 };
		buf_puts(&text, rows[i].text);
		CHECK_INT(i, rows[i].text, popular_new(&text, &p, &err), 0);
		if (!p)
			continue;
		CHECK_INT(i, rows[i].text, popular_rank(p, slice_str(rows[i].name)), rows[i].rank);
		CHECK_INT(i, rows[i].text, popular_count(p), rows[i].count);
		CHECK_INT(i, rows[i].text, popular_passed(p), rows[i].passed);
		assert_null(text.p);
		popular_free(p);
	}
	check_done();
}

static void a_file_without_a_name_is_no_list(void **state)
{
	static const char *const rows[] = { "", "\n\n", "# nothing\n", "1,2,3\n", "com\n" };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = { 0 };
		struct popular *p = NULL;
		struct err err = { 0 };
		buf_puts(&text, rows[i]);
		CHECK_INT(i, rows[i], popular_new(&text, &p, &err), ERR_SYNTAX);
		CHECK_INT(i, rows[i], p == NULL, 1);
		CHECK_INT(i, rows[i], text.n, strlen(rows[i]));
		buf_release(&text);
	}
	check_done();
}

static void without_a_list_nothing_is_popular(void **state)
{
	(void)state;
	assert_int_equal(popular_rank(NULL, SLICE("google.com")), 0);
}

static void a_long_list_is_found_whole(void **state)
{
	enum { N = 100000 };
	struct buf text = { 0 };
	struct popular *p = NULL;
	struct err err = { 0 };

	(void)state;
	for (int i = 0; i < N; i++)
		buf_printf(&text, "%d,n%d.example\n", i + 1, i * 7);
	assert_int_equal(popular_new(&text, &p, &err), 0);
	assert_int_equal(popular_count(p), N);
	for (int i = 0; i < N * 7; i++) {
		char name[32];
		snprintf(name, sizeof(name), "n%d.example", i);
		if (popular_rank(p, slice_str(name)) != (i % 7 ? 0 : (size_t)i / 7 + 1))
			fail_msg("%s", name);
	}
	popular_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_list_gives_its_names),
		cmocka_unit_test(a_file_without_a_name_is_no_list),
		cmocka_unit_test(without_a_list_nothing_is_popular),
		cmocka_unit_test(a_long_list_is_found_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
