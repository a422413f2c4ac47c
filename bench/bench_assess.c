/* What does a verdict cost, from the bytes of a page to its class for each destination?
 *
 *   usage  bench_assess [FILE...]        from the root of the project: it loads policy/
 *   pages  FILEs of HTML; else 200 made here, of about 60 KB each: a shop of medicine and an article
 *          about such shops, in turn
 *   rival  the usual chain of a researcher over the same bytes, one processor: BeautifulSoup over lxml,
 *          then scikit-learn's TF-IDF (bench/chain.py; Debian: python3-bs4, python3-lxml,
 *          python3-sklearn). Left out where it does not run
 *
 * Each page is a site of its own. Prints the median of 7 runs of each stage over all pages (processor
 * time), pages and megabytes a second, and two ratios: what comes behind the parser against the
 * parser, and the rival against us. Ratios are of times of one run each, and their median. */
#include "assess/report.h"
#include "base/arena.h"
#include "base/buf.h"
#include "cmd/rulebook.h"
#include "model/config.h"
#include "sys/file.h"
#include "wire/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 7, PAGES = 200, PAGES_MAX = 4096, RIVAL_RUNS = 3 };

static struct slice page[PAGES_MAX]; /* of one program that ends */
static size_t pages, bytes;
static struct rulebook rules;

static void make_shop(struct buf *b)
{
	buf_puts(b, "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Harbour Pills</title>"
	            "</head><body><nav><ul>");
	for (int i = 0; i < 40; i++)
		buf_printf(b, "<li class=\"item i%d\"><a href=\"/p/%d\">Product %d</a></li>", i, i, i);
	buf_puts(b, "</ul></nav><main><h1>Tadalafil, sildenafil and more</h1>"
	            "<p>No prescription needed. We ship worldwide in discreet packaging.</p>");
	for (int i = 0; i < 150; i++)
		buf_printf(b, "<div class=\"card\"><h3>Item %d</h3><p>Tablets of %d&nbsp;mg, sent by "
		              "<b>tracked</b> mail &amp; insured.</p><table><tr><td>Sildenafil %d mg</td>"
		              "<td>$%d.99</td></tr></table><form action=\"/cart\"><input type=\"hidden\" "
		              "name=\"id\" value=\"%d\"><button>Add to cart</button></form></div>",
		           i, i % 7 * 25, i % 4 * 25 + 25, i % 50, i);
	buf_puts(b, "</main></body></html>");
}

static void make_article(struct buf *b)
{
	buf_puts(b, "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Warning about pill "
	            "shops</title></head><body><main><h1>What the regulator found</h1>");
	for (int i = 0; i < 220; i++)
		buf_printf(b, "<p>In case %d the court heard how the site had promised that no prescription "
		              "was needed. Patients should <a href=\"/advice/%d\">speak with a "
		              "pharmacist</a> before they buy tramadol or any other medicine on the "
		              "Internet, the agency warned on day %d of the hearing.</p>", i, i, i % 9);
	buf_puts(b, "</main></body></html>");
}

static void make_pages(void)
{
	for (pages = 0; pages < PAGES; pages++) {
		struct buf b = { 0 };
		if (pages % 2)
			make_article(&b);
		else
			make_shop(&b);
		page[pages] = buf_slice(&b); /* kept to the end of the program */
		bytes += b.n;
	}
}

static void die(const struct err *err)
{
	fprintf(stderr, "bench_assess: %s\n", err->what);
	exit(2);
}

static void read_pages(int argc, char **argv)
{
	for (int i = 1; i < argc && pages < PAGES_MAX; i++) {
		struct buf b = { 0 };
		struct err err = { 0 };
		if (file_read(argv[i], HTML_BYTES, &b, &err))
			die(&err);
		page[pages++] = buf_slice(&b);
		bytes += b.n;
	}
}

struct took {
	double parse, judge;
};

static double seconds(clock_t from, clock_t to)
{
	return (double)(to - from) / CLOCKS_PER_SEC;
}

static void assess(struct slice bytes_of, struct took *took, size_t *verdicts)
{
	struct arena a = { 0 };
	struct page_text text;
	struct err err = { 0 };
	clock_t t0 = clock();
	int rc = html_text(bytes_of, SLICE("text/html; charset=utf-8"), NULL, &a, &text, &err);
	clock_t t1 = clock();

	took->parse += seconds(t0, t1);
	if (rc == 0) {
		static const struct registers none;
		struct assessment out[2];
		struct site_page one = { .url = SLICE("https://case.example/"), .path = SLICE("/"),
			                 .vantage = SLICE("bench"), .at = 1795392000, .page = &text };
		struct site site = { .subject = { SUBJECT_REGISTRABLE, SLICE("case.example") },
			             .page = &one, .page_n = 1 };
		site_sort(&site);
		int n = assess_site(&rules.assessor, &site, &none, 1795392000, &a, out, &err);
		if (n < 0)
			die(&err);
		*verdicts += (size_t)n;
		took->judge += seconds(t1, clock());
	}
	arena_release(&a);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / 2];
}

static void report(const char *what, double s)
{
	printf("%-40s %8.4f s  %8.0f pages/s  %8.1f MB/s\n", what, s, (double)pages / s,
	       (double)bytes / 1e6 / s);
}

/* All pages in one file, each behind a line that tells its length. */
static void write_pages(FILE *f)
{
	for (size_t i = 0; i < pages; i++) {
		fprintf(f, "%zu\n", page[i].n);
		fwrite(page[i].p, 1, page[i].n, f);
	}
}

/* Processor seconds of the rival over all pages; 0 where it does not run. */
static double run_rival(const char *file)
{
	char command[200];
	double s = 0;

	snprintf(command, sizeof(command), "OMP_NUM_THREADS=1 /usr/bin/python3 bench/chain.py %s", file);
	FILE *p = popen(command, "r");
	if (p && fscanf(p, "%lf", &s) != 1)
		s = 0;
	if (p)
		pclose(p);
	return s;
}

int main(int argc, char **argv)
{
	struct config config;
	struct err err = { 0 };
	double parse[RUNS], judge[RUNS], after[RUNS], whole[RUNS], rival[RIVAL_RUNS], ratio[RIVAL_RUNS];
	char file[] = "/tmp/bench_assess.XXXXXX";
	size_t verdicts = 0;

	config_init(&config);
	config.packs = "policy/packs";
	config.lexicon = "policy/lexicon";
	if (rulebook_load(&config, true, true, &rules, &err))
		die(&err);
	if (argc > 1)
		read_pages(argc, argv);
	else
		make_pages();
	int fd = mkstemp(file);
	FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
	if (!f)
		return 2;
	write_pages(f);
	fclose(f);
	for (size_t r = 0; r < RUNS; r++) {
		struct took took = { 0 };
		for (size_t i = 0; i < pages; i++)
			assess(page[i], &took, &verdicts);
		parse[r] = took.parse;
		judge[r] = took.judge;
		after[r] = took.judge / took.parse;
		whole[r] = took.judge + took.parse;
		if (r < RIVAL_RUNS) {
			rival[r] = run_rival(file);
			ratio[r] = rival[r] / whole[r];
		}
	}
	unlink(file);
	printf("%zu pages, %zu bytes, %zu patterns, %zu packs\n", pages, bytes,
	       matcher_patterns(rules.matcher), rules.pack_n);
	report("bytes to blocks (html_text)", median(parse, RUNS));
	report("blocks to verdicts (assess_site)", median(judge, RUNS));
	report("bytes to verdicts", median(whole, RUNS));
	printf("behind the parser / parser: %.2f (wanted: at most 1)\n", median(after, RUNS));
	if (median(rival, RIVAL_RUNS) > 0) {
		report("BeautifulSoup, lxml, TF-IDF", median(rival, RIVAL_RUNS));
		printf("rival / ours: %.1f (wanted: at least 2)\n", median(ratio, RIVAL_RUNS));
	} else {
		puts("rival: bench/chain.py does not run here (python3-bs4, python3-lxml, python3-sklearn)");
	}
	rulebook_release(&rules);
	return 0;
}
