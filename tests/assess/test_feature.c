/* Pages into features, by the names that people are shown. */
#include "fixture.h"

#include "assess/feature.h"

static struct features features_from(const char *html, struct arena *a)
{
	struct page_text *page = ARENA_NEW(a, struct page_text);
	struct site_page *p = ARENA_NEW(a, struct site_page);
	struct site site = { .subject = { SUBJECT_REGISTRABLE, SLICE("x.example") }, .page = p,
		             .page_n = 1 };
	struct extract x;
	struct features f = { 0 };
	bool mine[1] = { true };

	assert_int_equal(html_text(slice_str(html), SLICE("text/html; charset=utf-8"), NULL, a, page,
	                           NULL), 0);
	*p = (struct site_page){ .url = SLICE("https://x.example/"), .path = SLICE("/"),
		                 .vantage = SLICE("local"), .page = page };
	site_sort(&site);
	assert_int_equal(extract_site(shipped.matcher, shipped.lexicon, &site, a, &x, NULL), 0);
	assert_int_equal(features_of(shipped.lexicon, &x, &site, mine, a, &f, NULL), 0);
	return f;
}

static bool has(const struct features *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (slice_eq_str(f->feature[i].name, name))
			return f->feature[i].bucket == feature_bucket(slice_str(name));
	return false;
}

static void a_page_says_what_its_words_and_facts_are(void **state)
{
	(void)state;
	static const struct {
		const char *html, *name;
		bool want;
	} rows[] = {
		{ "<p>Fresh TEA here</p>", "word tea", true },
		{ "<p>Fresh TEA here</p>", "pair fresh tea", true },
		{ "<p>Fresh</p><p>tea</p>", "pair fresh tea", false },
		{ "<p>Only 17.50 today</p>", "word 0", true },
		{ "<p>Only 17.50 today</p>", "word 17.50", false },
		{ "<p>処方箋不要</p>", "pair 処 方", true },
		{ "<p>Viagra処方箋</p>", "word viagra", true },
		{ "<p>Viagra処方箋</p>", "pair 処 方", true },
		{ "<p>Sildenafil is a drug.</p>", "drug sildenafil", true },
		{ "<p>tea</p>", "drug sildenafil", false },
		{ "<h1>Sildenafil 100 mg</h1><p>30 tablets $40.00 <button>Add to cart</button></p>",
		  "offer sildenafil", true },
		{ "<h1>Sildenafil 100 mg</h1><p>30 tablets $40.00 <button>Add to cart</button></p>",
		  "page takes_orders", true },
		{ "<p>A word of pneumonoultramicroscopicsilicovolcanoconiosis</p>",
		  "word pneumonoultramicroscopicsilicovolcanoconiosis", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct features f = features_from(rows[i].html, &a);
		CHECK_INT(i, rows[i].name, has(&f, rows[i].name), rows[i].want);
		for (size_t k = 1; k < f.n; k++)
			CHECK_INT(i, "ascending", f.feature[k - 1].bucket < f.feature[k].bucket, 1);
		arena_release(&a);
	}
	check_done();
}

/* A bucket means the same in every build and every year: FEATURE_VERSION is raised where it does not. */
static void buckets_stay_what_they_were(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint16_t bucket;
	} rows[] = { { "word tea", 64665 }, { "pair no prescription", 26678 } };
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].name, feature_bucket(slice_str(rows[i].name)), rows[i].bucket);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_says_what_its_words_and_facts_are),
		cmocka_unit_test(buckets_stay_what_they_were),
	};
	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
