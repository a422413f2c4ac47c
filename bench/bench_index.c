/* Lookups a second in the index of listings (publish/index.h), against two plain ways to ask
 * whether a name is listed, in the same run over the same names.
 *
 *   bench_index [NAMES [ROUNDS]]     default: 1000000 7
 *   names   made here: two or three words, a number, one of eight suffixes; each listed for JP. As
 *           many that are not listed are made in the same way
 *   array   the names sorted, and bsearch(3) over pointers to them: no payload, no names above or
 *           below, no check of damage
 *   sqlite  SELECT by primary key through one prepared statement, the database in memory
 *   asked   every name once, in random order, hits and misses apart; one thread
 *
 * Ours answers more than they do: the row with class, dates and record id, for the name and for
 * what lies above it. Its file is checked whole before (every digest), as a server does with a new file.
 * Prints medians, and the median of the rounds' ratios to each rival. */
#include "publish/index.h"
#include "publish/index_writer.h"
#include "store/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS_MAX = 99, WAYS = 3 };
enum { OURS, ARRAY, SQLITE };
static const char *const way_name[WAYS] = { "index_find", "sorted array", "sqlite" };

static uint64_t seed = 20261122; /* a generator of one program that ends */

static uint32_t draw(size_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)(((seed * 0x2545f4914f6cdd1dull) >> 32) * below >> 32);
}

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_index: %s: %s\n", what, err ? err->what : "no memory");
	exit(2);
}

struct names {
	char **name;
	size_t n;
	size_t octets;
};

/* number makes each its own. */
static struct names make_names(size_t n, size_t number)
{
	static const char *const words[] = { "pill",  "med",  "rx",   "health", "shop",  "care",
		                             "world", "best", "easy", "direct", "north", "star" };
	static const char *const suffixes[] = { "com",  "net", "org", "info",
		                                "shop", "jp",  "de",  "ru" };
	struct names out = { calloc(n, sizeof(char *)), n, 0 };

	for (size_t i = 0; out.name && i < n; i++) {
		char text[100];
		const char *third = draw(2) ? words[draw(12)] : "";
		int len = snprintf(text, sizeof(text), "%s%s%s%zu.%s", words[draw(12)],
		                   words[draw(12)], third, number + i, suffixes[draw(8)]);
		out.name[i] = strdup(text);
		if (!out.name[i])
			die("names", NULL);
		out.octets += (size_t)len;
	}
	if (!out.name)
		die("names", NULL);
	return out;
}

static void shuffle(struct names *names)
{
	for (size_t i = names->n; i > 1; i--) {
		size_t k = draw(i);
		char *other = names->name[k];
		names->name[k] = names->name[i - 1];
		names->name[i - 1] = other;
	}
}

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
}

/* ---- the three ways ---- */

struct ways {
	struct index *index;
	char **sorted;
	size_t n;
	struct sql_stmt *select;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ask(const struct ways *w, int way, const char *name, struct arena *arena)
{
	struct index_answer answer = { 0 };
	struct subject of = { .kind = SUBJECT_REGISTRABLE, .key = slice_str(name) };
	struct err err = { 0 };
	int rc;

	switch (way) {
	case OURS:
		if (index_find(w->index, of, arena, &answer, &err))
			die("index_find", &err);
		if (arena->used > 1 << 16)
			arena_release(arena);
		return answer.n > 0;
	case ARRAY:
		return bsearch(&name, w->sorted, w->n, sizeof(*w->sorted), by_text) != NULL;
	default:
		sql_bind_text(w->select, 1, of.key);
		rc = sql_step(w->select, &err);
		if (rc < 0)
			die("sqlite", &err);
		sql_reset(w->select);
		return rc == 1;
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Nanoseconds of processor time a lookup. */
static double ask_all(const struct ways *w, int way, const struct names *names, bool are_listed)
{
	struct arena arena = { 0 };
	size_t found = 0;
	double begin = seconds();

	for (size_t i = 0; i < names->n; i++)
		found += ask(w, way, names->name[i], &arena);
	double took = seconds() - begin;
	arena_release(&arena);
	if (found != (are_listed ? names->n : 0))
		die(way_name[way], &(struct err){ .what = "a wrong answer" });
	return took / (double)names->n * 1e9;
}

/* ---- making them ---- */

static void make_index(const struct names *names, struct buf *file)
{
	static const char list[] = "// ===BEGIN ICANN DOMAINS===\ncom\nnet\norg\ninfo\nshop\n"
	                           "jp\nde\nru\n"
	                           "// ===END ICANN DOMAINS===\n";
	struct suffixes *suffixes = NULL;
	struct index_writer *w = NULL;
	struct note_signer signer;
	struct ed25519_seed key = { { 1 } };
	struct err err = { 0 };

	if (suffixes_new(slice_str(list), NULL, 0, &suffixes, &err) ||
	    note_signer_init(SLICE("bench.example/ledger"), &key, &signer, &err) ||
	    index_writer_new(suffixes, &w, &err))
		die("index", &err);
	for (size_t i = 0; i < names->n; i++) {
		struct index_row row = {
			.subject = { SUBJECT_REGISTRABLE, slice_str(names->name[i]) },
			.destination = "JP", .class = i % 4 ? INDEX_ROGUE : INDEX_UNAPPROVED,
			.has_period = true, .period = 1700000000 + (int64_t)i, .at = 1790000000,
			.decision = sha256_of(slice_str(names->name[i])),
		};
		if (index_writer_add(w, &row, &err))
			die("index", &err);
	}
	if (index_writer_end(w, names->n, 1790000000, &signer, file, NULL, &err))
		die("index", &err);
	index_writer_free(w);
	suffixes_free(suffixes);
}

static size_t make_sqlite(const struct names *names, struct sql **db, struct sql_stmt **select)
{
	struct sql_stmt *put = NULL;
	struct err err = { 0 };
	int64_t pages = 0, size = 0;

	if (sql_open(":memory:", SQL_CREATE, db, &err) ||
	    sql_exec(*db, "CREATE TABLE listed (name TEXT PRIMARY KEY) WITHOUT ROWID", &err) ||
	    sql_exec(*db, "BEGIN", &err) ||
	    sql_prepare(*db, "INSERT INTO listed (name) VALUES ($1)", &put, &err))
		die("sqlite", &err);
	for (size_t i = 0; i < names->n; i++) {
		sql_bind_text(put, 1, slice_str(names->name[i]));
		if (sql_run(put, &err))
			die("sqlite", &err);
	}
	sql_finalize(put);
	if (sql_exec(*db, "COMMIT", &err) || sql_get_i64(*db, "PRAGMA page_count", &pages, &err) ||
	    sql_get_i64(*db, "PRAGMA page_size", &size, &err) ||
	    sql_prepare(*db, "SELECT 1 FROM listed WHERE name = $1", select, &err))
		die("sqlite", &err);
	return (size_t)(pages * size);
}

/* ---- measuring ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

static void measure(const struct ways *w, const struct names *names, bool are_listed, size_t rounds)
{
	static double took[WAYS][ROUNDS_MAX], ratio[WAYS][ROUNDS_MAX];

	for (int way = 0; way < WAYS; way++)
		ask_all(w, way, names, are_listed); /* to warm up */
	for (size_t i = 0; i < rounds; i++) {
		for (int way = 0; way < WAYS; way++)
			took[way][i] = ask_all(w, way, names, are_listed);
		for (int way = 0; way < WAYS; way++)
			ratio[way][i] = took[OURS][i] / took[way][i];
	}
	for (int way = 0; way < WAYS; way++) {
		double ns = median(took[way], rounds);
		printf("%-6s %-13s %8.1f ns %8.2f M/s   index_find takes %.2f times as long\n",
		       are_listed ? "hits" : "misses", way_name[way], ns, 1e3 / ns,
		       median(ratio[way], rounds));
	}
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 1000000;
	size_t rounds = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 7;
	struct buf file = { 0 };
	struct sql *db = NULL;
	struct err err = { 0 };
	struct ways w = { .n = n };

	if (argc > 3 || !n || n > 20000000 || !rounds || rounds > ROUNDS_MAX) {
		fputs("usage: bench_index [NAMES [ROUNDS]]\n", stderr);
		return 2;
	}
	struct names listed = make_names(n, 0), unlisted = make_names(n, n);
	double begin = seconds();
	make_index(&listed, &file);
	double built = seconds() - begin;
	begin = seconds();
	if (index_open(buf_slice(&file), NULL, &w.index, &err) || index_check(w.index, &err))
		die("index", &err);
	printf("%zu names of %.1f octets; written in %.2f s, checked in %.2f s\n", n,
	       (double)listed.octets / (double)n, built, seconds() - begin);
	w.sorted = calloc(n, sizeof(*w.sorted));
	if (!w.sorted)
		die("array", NULL);
	memcpy(w.sorted, listed.name, n * sizeof(*w.sorted));
	qsort(w.sorted, n, sizeof(*w.sorted), by_text);
	size_t pages = make_sqlite(&listed, &db, &w.select);
	size_t array = listed.octets + n + n * sizeof(char *);
	printf("octets an entry: index %.1f, sorted array %.1f, sqlite %.1f (the last two: names "
	       "alone)\n", (double)file.n / (double)n, (double)array / (double)n,
	       (double)pages / (double)n);
	shuffle(&listed);
	shuffle(&unlisted);
	measure(&w, &listed, true, rounds);
	measure(&w, &unlisted, false, rounds);
	sql_finalize(w.select);
	sql_close(db);
	index_close(w.index);
	buf_release(&file);
	free(w.sorted);
	free_names(&listed);
	free_names(&unlisted);
	return 0;
}
