/* How many names a second does one core screen?
 *
 *   usage  bench_screen LEXICON-DIR SUFFIX-LIST [FILE]
 *   names  of FILE, one a line; else 1,000,000 made here: words of one to four syllables, one to
 *          three of them, a digit or hyphen now and then, nine suffixes, 0.5 % with words of the
 *          trade
 *   limit  finding the line ends of the same bytes with memchr: no reader of lists can be faster
 *
 * Prints the median of 7 runs of each stage, the processor's time, and its ratio to the limit. */
#include "base/arena.h"
#include "base/buf.h"
#include "screen/screen.h"
#include "store/reference.h"
#include "sys/file.h"
#include "wire/dname.h"
#include "wire/namelist.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 7, NAMES = 1000000, SEED = 20261122 };

static uint64_t seed = SEED; /* a generator of one program that ends */

static uint32_t draw(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 0x2545f4914f6cdd1dull) >> 32) % below;
}

static void put_word(struct buf *b)
{
	static const char *const syllables[] = {
		"ba",    "ce",  "di",   "fo",    "ga",   "hu",   "in",   "ka",   "li",
		"mo",    "na",  "or",   "pe",    "ra",   "so",   "ti",   "ul",   "va",
		"we",    "xi",  "za",   "ster",  "land", "tech", "soft", "berg", "con",
		"trans", "pro", "ment", "ville", "wood", "net",  "med",  "pha",  "agr",
	};
	uint32_t n = 1 + draw(4);

	while (n--)
		buf_puts(b, syllables[draw(sizeof(syllables) / sizeof(syllables[0]))]);
}

static void make_names(struct buf *b)
{
	static const char *const trade[] = { "viagra",   "pharmacy", "c1alis",    "meds",
		                             "tramadol", "apotheke", "canadian",  "cheap",
		                             "online",   "pillshop", "sildenafil" };
	static const char *const suffixes[] = { ".com", ".net", ".org",    ".de",    ".co.uk",
		                                ".com", ".ru",  ".online", ".com.br" };

	for (int i = 0; i < NAMES; i++) {
		uint32_t words = 1 + draw(3);
		for (uint32_t k = 0; k < words; k++) {
			if (k && draw(5) == 0)
				buf_putc(b, '-');
			if (draw(200 * words) == 0)
				buf_puts(b, trade[draw(sizeof(trade) / sizeof(trade[0]))]);
			else
				put_word(b);
		}
		if (draw(12) == 0)
			buf_printf(b, "%u", draw(1000));
		buf_puts(b, suffixes[draw(sizeof(suffixes) / sizeof(suffixes[0]))]);
		buf_putc(b, '\n');
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct work {
	const struct screen *screen;
	struct slice text; /* lines */
	struct dname *name;
	size_t names;
	size_t found[4]; /* by tier */
	size_t lines;
};

static void find_line_ends(struct work *w)
{
	struct slice rest = w->text, line;

	w->lines = 0;
	while (slice_cut(&rest, '\n', &line))
		w->lines++;
}

static void read_lines(struct work *w)
{
	struct slice rest = w->text, line;
	struct arena arena = { 0 };
	struct namelist list = { 0 };
	struct namelist_line out;

	w->names = 0;
	while (slice_cut(&rest, '\n', &line)) {
		if (arena.used > 1 << 16)
			arena_release(&arena);
		if (namelist_read(&list, line, &arena, &out, NULL) < 0)
			continue;
		for (size_t i = 0; i < out.n && w->names < w->lines; i++)
			w->names += dname_parse(out.names[i], &w->name[w->names], NULL) == 0;
	}
	arena_release(&arena);
}

static void screen_names(struct work *w)
{
	struct suspect s;

	memset(w->found, 0, sizeof(w->found));
	for (size_t i = 0; i < w->names; i++)
		w->found[screen_name(w->screen, dname_slice(&w->name[i]), &s)]++;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median_of(void (*stage)(struct work *), struct work *w)
{
	double took[RUNS];

	for (int i = 0; i < RUNS; i++) {
		double begin = seconds();
		stage(w);
		took[i] = seconds() - begin;
	}
	qsort(took, RUNS, sizeof(took[0]), by_size);
	return took[RUNS / 2];
}

static int read_into(const char *path, struct buf *out)
{
	struct err err = { 0 };

	if (file_read(path, (size_t)1 << 31, out, &err) == 0)
		return 0;
	fprintf(stderr, "bench_screen: %s\n", err.what);
	return 2;
}

int main(int argc, char **argv)
{
	struct lexicon *lexicon = NULL;
	struct suffixes *suffixes = NULL;
	struct screen *screen = NULL;
	struct buf list = { 0 }, text = { 0 };
	struct err err = { 0 };

	if (argc < 3 || argc > 4) {
		fputs("usage: bench_screen LEXICON-DIR SUFFIX-LIST [FILE]\n", stderr);
		return 2;
	}
	if (reference_load_lexicon(argv[1], &lexicon, &err) < 0) {
		fprintf(stderr, "bench_screen: %s\n", err.what);
		return 2;
	}
	if (read_into(argv[2], &list) || (argc == 4 && read_into(argv[3], &text)))
		return 2;
	if (argc == 3)
		make_names(&text);
	double begin = seconds();
	if (suffixes_new(buf_slice(&list), NULL, 0, &suffixes, &err) < 0 ||
	    screen_new(lexicon, suffixes, &screen, &err) < 0) {
		fprintf(stderr, "bench_screen: %s\n", err.what);
		return 2;
	}
	printf("set-up           %8.1f ms  (%zu terms, %zu words)\n", (seconds() - begin) * 1e3,
	       lexicon->terms, lexicon->words);

	struct work w = { .screen = screen, .text = buf_slice(&text) };
	find_line_ends(&w);
	w.name = calloc(w.lines + 1, sizeof(*w.name));
	if (!w.name)
		return 2;
	if (argc == 3)
		printf("names            %8zu     made here, seed %d\n", w.lines, SEED);
	double limit = median_of(find_line_ends, &w);
	double reading = median_of(read_lines, &w);
	double screening = median_of(screen_names, &w);
	printf("limit (memchr)   %8.2f M lines/s\n", (double)w.lines / limit / 1e6);
	printf("read, canonical  %8.2f M names/s  %6.1f x the limit's time\n",
	       (double)w.names / reading / 1e6, reading / limit);
	printf("screen           %8.2f M names/s  %6.1f x\n", (double)w.names / screening / 1e6,
	       screening / limit);
	printf("both             %8.2f M names/s  %6.1f x\n",
	       (double)w.names / (reading + screening) / 1e6, (reading + screening) / limit);
	printf("suspects         word %zu, combined %zu, drug %zu of %zu\n", w.found[SCREEN_WORD],
	       w.found[SCREEN_COMBINED], w.found[SCREEN_DRUG], w.names);
	free(w.name);
	screen_free(screen);
	suffixes_free(suffixes);
	lexicon_free(lexicon);
	buf_release(&list);
	buf_release(&text);
	return 0;
}
