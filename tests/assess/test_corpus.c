/* Whole texts against the shipped words and packs.
 *
 * tests/golden/quoted holds news, advice, law and talk that quote what rogue shops say: none may be
 * called rogue or unapproved, and no rule of such a severity may fire, alone or as part of a site.
 * tests/golden/shops holds shops, named by the destination they sell to (US-..., JP-..., GB-...):
 * each must come out rogue or unapproved there. */
#include "fixture.h"

static bool condemns(const struct assessment *x, const char *name)
{
	bool bad = false;

	for (size_t i = 0; i < x->finding_n; i++) {
		const struct finding *f = &x->finding[i];
		if (f->rule->severity == SEVERITY_NOTE)
			continue;
		bad = true;
		printf("# %s: %.*s fired on\n", name, SLICE_ARG(f->rule->id));
		for (size_t q = 0; q < f->quote_n; q++) {
			const struct fact *fact = &x->extract->facts.fact[f->quote[q]];
			struct slice text = x->site->page[fact->page].page->text;
			printf("#   '%.*s'\n", SLICE_ARG(slice_sub(text, fact->start, fact->end)));
		}
	}
	for (size_t i = 0; i < x->cell_n; i++)
		bad = bad || x->cell[i].class == CLASS_ROGUE || x->cell[i].class == CLASS_UNAPPROVED;
	return bad;
}

static void put_file(struct sample *s, const char *path, const char *dir, const char *name)
{
	struct buf text = { 0 };
	char file[512];

	snprintf(file, sizeof(file), "tests/golden/%s/%s", dir, name);
	source_file(file, &text);
	struct slice copy = arena_copy(&s->arena, buf_slice(&text));
	buf_release(&text);
	sample_put(s, path, "2026-09-14T08:00:00Z", copy, slice_ends(slice_str(name), SLICE(".txt")));
	sample_put(s, path, "2026-10-20T20:00:00Z", copy, slice_ends(slice_str(name), SLICE(".txt")));
}

static char **corpus(const char *dir, size_t *n)
{
	const char *root = getenv("ASSAY_SOURCE");
	char path[4096];
	char **names = NULL;
	struct err err = { 0 };

	snprintf(path, sizeof(path), "%s/tests/golden/%s", root ? root : ".", dir);
	if (file_list(path, &names, n, &err))
		fail_msg("%s", err.what);
	return names;
}

static void a_text_that_quotes_shops_condemns_nobody(void **state)
{
	size_t n = 0;
	char **names = corpus("quoted", &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		sample_begin(&s, "paper.example");
		put_file(&s, "/", "quoted", names[i]);
		sample_assess(&s);
		for (int k = 0; k < s.n; k++)
			CHECK_INT(i, names[i], condemns(&s.out[k], names[i]), 0);
		sample_free(&s);
	}
	CHECK_INT(0, "at least sixty texts", n >= 60, 1);
	file_list_free(names, n);
	check_done();
}

/* tests/golden/innocent holds shops of other goods that name medicine in jest or in passing, and
 * pharmacies that ask for prescriptions: none is condemned anywhere. */
static void a_shop_that_sells_no_forbidden_goods_is_condemned_nowhere(void **state)
{
	size_t n = 0;
	char **names = corpus("innocent", &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		sample_begin(&s, "shop.example");
		put_file(&s, "/", "innocent", names[i]);
		sample_assess(&s);
		for (int k = 0; k < s.n; k++)
			CHECK_INT(i, names[i], condemns(&s.out[k], names[i]), 0);
		sample_free(&s);
	}
	CHECK_INT(0, "at least ten shops", n >= 10, 1);
	file_list_free(names, n);
	check_done();
}

/* A paper has a home page, a shop for its readers with a cart, and links to both on every page. */
static const char paper_home[] =
	"<title>The Paper</title><nav><a href='/'>Home</a> <a href='/shop/'>Reader shop</a> "
	"<a href='/cart'>Cart</a></nav><h1>The Paper</h1><p>News, letters and the weather.</p>";
static const char paper_shop[] =
	"<title>Reader shop</title><nav><a href='/'>Home</a> <a href='/cart'>Cart</a></nav>"
	"<h1>Reader shop</h1><p>Tote bag, $ 12.00 <button>Add to cart</button></p>"
	"<p>Yearly subscription, $ 60.00 <button>Add to cart</button></p>"
	"<p>We ship worldwide.</p>";

static void a_site_of_such_texts_that_sells_bags_condemns_nobody(void **state)
{
	size_t n = 0;
	char **names = corpus("quoted", &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		sample_begin(&s, "paper.example");
		sample_page(&s, "/", "2026-09-14T08:00:00Z", paper_home);
		sample_page(&s, "/shop/", "2026-09-14T08:00:00Z", paper_shop);
		put_file(&s, "/text/1.html", "quoted", names[i]);
		put_file(&s, "/text/2.html", "quoted", names[(i + 1) % n]);
		sample_assess(&s);
		for (int k = 0; k < s.n; k++)
			CHECK_INT(i, names[i], condemns(&s.out[k], names[i]), 0);
		sample_free(&s);
	}
	file_list_free(names, n);
	check_done();
}

static void a_shop_comes_out_rogue_or_unapproved_where_it_sells(void **state)
{
	size_t n = 0, found = 0;
	char **names = corpus("shops", &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		char destination[3] = { names[i][0], names[i][1], 0 };
		sample_begin(&s, "shop.example");
		put_file(&s, "/", "shops", names[i]);
		sample_assess(&s);
		const struct cell *c = cell_of(&s.out[0], destination);
		bool right = c->class == CLASS_ROGUE || c->class == CLASS_UNAPPROVED;
		found += right;
		if (!right) {
			CHECK_SLICE(i, names[i], slice_str(verdict_class_name(c->class)),
			            SLICE("rogue or unapproved"));
			for (size_t k = 0; k < s.out[0].extract->facts.n; k++) {
				const struct fact *f = &s.out[0].extract->facts.fact[k];
				printf("#   %d %s neg %d rep %d '%.*s'\n", f->kind,
				       f->kind == FACT_CLAIM ? phrase_class_name(f->phrase) : "",
				       f->negated, f->reported,
				       SLICE_ARG(fact_text(&s, s.out[0].extract, k)));
			}
		}
		sample_free(&s);
	}
	printf("# %zu of %zu shops found\n", found, n);
	CHECK_INT(0, "at least twenty shops", n >= 20, 1);
	file_list_free(names, n);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_quotes_shops_condemns_nobody),
		cmocka_unit_test(a_shop_that_sells_no_forbidden_goods_is_condemned_nowhere),
		cmocka_unit_test(a_site_of_such_texts_that_sells_bags_condemns_nobody),
		cmocka_unit_test(a_shop_comes_out_rogue_or_unapproved_where_it_sells),
	};
	return cmocka_run_group_tests_name("assess/corpus", tests, shipped_load, shipped_free);
}
