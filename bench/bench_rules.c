/* What do more rules cost?
 *
 *   usage  bench_rules LEXICON-DIR [PAGE.html...]
 *   pages  those given, each a site of its own; else three made here, a shop of 40 drugs among them
 *   rules  100, 300 and 1,000 of one pack, drawn with a fixed seed: an offer of some status or class,
 *          one or two claims of the lexicon's classes, an exception; law and text as long as real ones
 *
 * Prints for each number of rules the median over 15 runs of the time per site: rules asked through the
 * index, rules asked one after another, and beside them what reading the page and finding its facts
 * take; then how the first two grow from 100 rules to 1,000. */
#include "assess/profile.h"
#include "assess/rule.h"
#include "assess/verdict.h"
#include "base/buf.h"
#include "store/reference.h"
#include "sys/file.h"
#include "wire/html.h"
#include "wire/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 15, SEED = 20261128, PAGES_MAX = 64, RULES_MAX = 1000 };

static uint64_t seed = SEED; /* a generator of one program that ends */

static uint32_t draw(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 0x2545f4914f6cdd1dull) >> 32) % below;
}

static void fail(const char *what)
{
	fprintf(stderr, "bench_rules: %s\n", what);
	exit(2);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static const char *phrase_word(void)
{
	return phrase_class_name((enum phrase_class)draw(PHRASE_CLASSES));
}

static void put_rule(struct buf *b, int i)
{
	static const char *const statuses[] = { "rx", "controlled", "pharmacy", "otc", "unapproved",
		                                "withdrawn", "banned" };
	static const char *const classes[] = { "pde5", "opioid", "statin", "nsaid", "nitrate",
		                               "antibiotic", "benzodiazepine", "stimulant" };

	buf_printf(b, "  - id: xx-rule-%d\n    text: Offers what rule %d forbids to buyers there.\n    law:\n"
	              "      - cite: Act %d, s. 1\n        says: who sells it has a licence\n"
	              "        from: 2001-01-01\n    severity: note\n    reach: destination\n"
	              "    evidence: An offer, and the claim.\n    recipients: [search]\n    when:\n",
	           i, i, i);
	if (draw(3))
		buf_printf(b, "      - offers: {status: [%s, %s]}\n", statuses[draw(7)], statuses[draw(7)]);
	else
		buf_printf(b, "      - offers: {class: [%s]}\n", classes[draw(8)]);
	buf_printf(b, "      - claims: {class: [%s]}\n", phrase_word());
	if (draw(2))
		buf_printf(b, "      - claims: {class: [%s, %s]}\n", phrase_word(), phrase_word());
	buf_puts(b, "    unless:\n      - registered: {any: true}\n");
}

static void make_pack(int rules, struct arena *a, struct pack *out)
{
	struct buf b = { 0 };
	struct err err = { 0 };

	buf_puts(&b, "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\ndestinations: [GB]\nrules:\n");
	for (int i = 0; i < rules; i++)
		put_rule(&b, i);
	if (pack_parse(buf_slice(&b), "xx.yaml", a, out, &err))
		fail(err.what);
	buf_release(&b);
}

/* ---- sites ---- */

struct case_of {
	struct slice html;
	struct page_text page;
	struct site site;
	struct site_page one;
	struct extract extract;
	int64_t read_ns, facts_ns;
};

static void make_pages(struct buf out[3])
{
	static const char *const drugs[] = { "Tadalafil", "Sildenafil", "Tramadol", "Amoxicillin",
		                             "Atorvastatin", "Ibuprofen", "Diazepam", "Modafinil" };

	for (int i = 0; i < 40; i++)
		buf_printf(&out[0], "<div><h2>%s %d mg</h2><p>%d tablets $%d.00 <button>Add to cart</button>"
		                    "</p></div>", drugs[i % 8], 10 + i, 30 + i, 40 + i);
	buf_puts(&out[0], "<p>No prescription needed. We ship worldwide from India. Discreet packaging. "
	                  "We reship if customs seize the parcel. Pay by bitcoin. GPhC registered.</p>");
	buf_puts(&out[1], "<h1>Atorvastatin 20 mg</h1><p>&pound;12.00 <button>Add to basket</button></p>"
	                  "<p>A prescription is required. Our pharmacist answers your questions.</p>");
	for (int i = 0; i < 60; i++)
		buf_printf(&out[2], "<p>Patients who bought %s from a site that needs no prescription were "
		                    "harmed, the regulator warned on day %d.</p>", drugs[i % 8], i);
}

static void read_case(struct case_of *c, const struct matcher *m, const struct lexicon *lexicon,
                      struct arena *a)
{
	struct err err = { 0 };
	int64_t t = now_ns();

	if (html_text(c->html, SLICE("text/html; charset=utf-8"), NULL, a, &c->page, &err))
		fail(err.what);
	c->read_ns = now_ns() - t;
	c->one = (struct site_page){ .url = SLICE("https://case.example/"), .path = SLICE("/"),
		                     .vantage = SLICE("local"), .at = 1, .page = &c->page };
	c->site = (struct site){ .subject = { SUBJECT_REGISTRABLE, SLICE("case.example") },
		                 .page = &c->one, .page_n = 1, .captures = 1 };
	t = now_ns();
	if (extract_site(m, lexicon, &c->site, a, &c->extract, &err))
		fail(err.what);
	c->facts_ns = now_ns() - t;
}

static size_t ask_all(const struct assessor *as, const struct pack *pack, const struct case_of *c)
{
	static const bool mine[1] = { true };
	const struct registers none = { 0 };
	struct question q = { .as = as, .site = &c->site, .extract = &c->extract, .mine = mine,
		              .registers = &none, .destination = SLICE("GB"),
		              .offers_because = UINT32_MAX, .at = 1 };
	const struct rule_present present = rule_present_of(&q);
	struct rule_walk walk = rule_walk_begin(pack, &present);
	struct finding f;
	size_t fired = 0;

	for (const struct rule *rule; (rule = rule_walk_next(&walk));)
		fired += rule_ask(&q, pack, rule, &f) == RULE_FIRES;
	return fired;
}

static int by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Nanoseconds a site, and how many rules fired on all. */
static int64_t measure(const struct assessor *as, const struct pack *pack, const struct case_of *c,
                       size_t n, size_t *fired)
{
	int64_t run[RUNS];
	enum { AGAIN = 20 };

	for (int r = 0; r < RUNS; r++) {
		int64_t t = now_ns();
		for (int k = 0; k < AGAIN; k++) {
			*fired = 0;
			for (size_t i = 0; i < n; i++)
				*fired += ask_all(as, pack, &c[i]);
		}
		run[r] = (now_ns() - t) / AGAIN / (int64_t)n;
	}
	qsort(run, RUNS, sizeof(*run), by_time);
	return run[RUNS / 2];
}

int main(int argc, char **argv)
{
	static const int counts[] = { 100, 300, RULES_MAX };
	struct case_of cases[PAGES_MAX] = { 0 };
	struct buf made[3] = { 0 }, given[PAGES_MAX] = { 0 };
	struct lexicon *lexicon = NULL;
	struct matcher *matcher = NULL;
	struct arena a = { 0 };
	struct err err = { 0 };
	size_t n = 0;
	int64_t indexed[3], plain[3], read = 0, facts = 0;

	if (argc < 2)
		fail("usage: bench_rules LEXICON-DIR [PAGE.html...]");
	if (reference_load_lexicon(argv[1], &lexicon, &err) || matcher_new(lexicon, &matcher, &err))
		fail(err.what);
	for (int i = 2; i < argc && n < PAGES_MAX; i++, n++) {
		if (file_read(argv[i], 16 << 20, &given[n], &err))
			fail(err.what);
		cases[n].html = buf_slice(&given[n]);
	}
	if (n == 0) {
		make_pages(made);
		for (; n < 3; n++)
			cases[n].html = buf_slice(&made[n]);
	}
	for (int warm = 0; warm < 3; warm++) {
		read = facts = 0;
		for (size_t i = 0; i < n; i++) {
			read_case(&cases[i], matcher, lexicon, &a);
			read += cases[i].read_ns;
			facts += cases[i].facts_ns;
		}
	}
	const struct assessor as = { .lexicon = lexicon, .matcher = matcher };
	printf("%zu sites: reading a page %lld us, finding its facts %lld us a site\n", n,
	       (long long)read / 1000 / (long long)n, (long long)facts / 1000 / (long long)n);
	for (size_t k = 0; k < 3; k++) {
		struct pack pack;
		size_t fired[2];
		make_pack(counts[k], &a, &pack);
		indexed[k] = measure(&as, &pack, cases, n, &fired[0]);
		pack.index = NULL;
		plain[k] = measure(&as, &pack, cases, n, &fired[1]);
		if (fired[0] != fired[1])
			fail("the index changed what fires");
		printf("%5d rules: %8.1f us a site through the index, %8.1f us one after another (%zu fired)\n",
		       counts[k], (double)indexed[k] / 1e3, (double)plain[k] / 1e3, fired[0]);
	}
	printf("1,000 rules cost %.2f times what 100 do through the index, %.2f times one after another; "
	       "with reading and facts %.2f times\n",
	       (double)indexed[2] / (double)indexed[0], (double)plain[2] / (double)plain[0],
	       (double)(indexed[2] + (read + facts) / (int64_t)n) /
	               (double)(indexed[0] + (read + facts) / (int64_t)n));
	for (size_t i = 0; i < n; i++)
		buf_release(&given[i]);
	for (size_t i = 0; i < 3; i++)
		buf_release(&made[i]);
	matcher_free(matcher);
	lexicon_free(lexicon);
	arena_release(&a);
	return 0;
}
