/* Records a second into a store, in batches, against a plain loop of SQLite inserts of the same
 * bytes (id and body into a table with the id as its key; write-ahead log, the same syncs), in the
 * same run on the same disk.
 *
 *   bench_store [RECORDS [BATCH [FOLDER]]]     default: 200000 1000 /tmp
 *
 * Five rounds of each, in turns; prints every round and the medians. Each record is on a subject of
 * its own, every fourth carries two cells, as verdicts do: the store's own worst case. */
#include "store/sql.h"
#include "store/store.h"
#include "sys/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5 };

struct row {
	struct sha256 id;
	char key[40];
	char body[420];
};

static char folder[300];

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_store: %s: %s\n", what, err->what);
	exit(2);
}

/* Bodies of some 400 bytes, as suspects are; no two alike. */
static struct row *make_rows(size_t n)
{
	struct row *rows = calloc(n, sizeof(*rows));

	for (size_t i = 0; rows && i < n; i++) {
		snprintf(rows[i].key, sizeof(rows[i].key), "shop-%zu.example", i);
		snprintf(rows[i].body, sizeof(rows[i].body),
			 "{\"at\":\"2026-11-22T04:05:06Z\",\"reasons\":[{\"class\":\"substance\","
			 "\"end\":10,\"folding\":\"none\",\"rule\":\"word\",\"start\":4,\"weight\":%zu,"
			 "\"word\":\"demo\"},{\"class\":\"pharmacy\",\"end\":18,\"folding\":\"none\","
			 "\"rule\":\"word\",\"start\":10,\"weight\":200000,\"word\":\"pharmacy\"}],"
			 "\"score\":640000,\"src\":\"bench\",\"subject\":{\"key\":\"%s\","
			 "\"kind\":\"registrable\"},\"type\":\"suspect\",\"v\":1}", i, rows[i].key);
		rows[i].id = sha256_of(slice_str(rows[i].body));
	}
	return rows;
}

struct span {
	double wall, cpu; /* seconds */
};

static double cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct span span_from(int64_t start, double cpu)
{
	return (struct span){ (double)(clock_ticks_ns() - start) / 1e9, cpu_now() - cpu };
}

static void remove_folder(void)
{
	char command[400];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		fprintf(stderr, "bench_store: %s could not be removed\n", folder);
}

static struct span into_store(const struct row *rows, size_t n, size_t batch)
{
	struct err err = { 0 };
	struct store *s = NULL;
	const struct store_cell cells[] = {
		{ .destination = SLICE("JP"), .cls = SLICE("unapproved") },
		{ .destination = SLICE("US"), .cls = SLICE("unverified") },
	};

	if (store_open(folder, STORE_WRITE | STORE_CREATE, "bench_store", &s, &err))
		die("open", &err);
	double cpu = cpu_now();
	int64_t start = clock_ticks_ns();
	for (size_t i = 0; i < n; i++) {
		struct store_record r = {
			.id = rows[i].id, .type = SLICE("suspect"), .v = 1,
			.kind = SLICE("registrable"), .key = slice_str(rows[i].key),
			.period = STORE_NONE, .at = 1, .src = SLICE("bench"),
			.body = slice_str(rows[i].body),
		};
		int64_t seq;
		if ((i % batch == 0 && store_begin(s, &err)) ||
		    store_put_record(s, &r, &seq, NULL, &err) ||
		    (i % 4 == 0 && store_put_cells(s, seq, cells, 2, &err)) ||
		    ((i % batch == batch - 1 || i == n - 1) && store_commit(s, &err)))
			die("put", &err);
	}
	struct span took = span_from(start, cpu);
	store_close(s);
	remove_folder();
	return took;
}

static struct span into_plain(const struct row *rows, size_t n, size_t batch)
{
	struct err err = { 0 };
	struct sql *db = NULL;
	struct sql_stmt *put = NULL;
	char path[320];

	snprintf(path, sizeof(path), "mkdir -p '%s'", folder);
	if (system(path))
		exit(2);
	snprintf(path, sizeof(path), "%s/plain.db", folder);
	if (sql_open(path, SQL_CREATE, &db, &err) || sql_begin_writing(db, &err) ||
	    sql_exec(db, "CREATE TABLE plain (id BLOB PRIMARY KEY, body TEXT)", &err) ||
	    sql_prepare(db, "INSERT INTO plain (id, body) VALUES ($1, $2)", &put, &err))
		die("plain", &err);
	double cpu = cpu_now();
	int64_t start = clock_ticks_ns();
	for (size_t i = 0; i < n; i++) {
		if (i % batch == 0 && sql_exec(db, "BEGIN", &err))
			die("plain", &err);
		sql_bind_blob(put, 1, slice_from((const char *)rows[i].id.b, SHA256_LEN));
		sql_bind_text(put, 2, slice_str(rows[i].body));
		if (sql_run(put, &err) ||
		    ((i % batch == batch - 1 || i == n - 1) && sql_exec(db, "COMMIT", &err)))
			die("plain", &err);
	}
	struct span took = span_from(start, cpu);
	sql_finalize(put);
	sql_close(db);
	remove_folder();
	return took;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(double v[ROUNDS])
{
	qsort(v, ROUNDS, sizeof(*v), by_value);
	return v[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 200000;
	size_t batch = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 1000;
	double ours[ROUNDS], plain[ROUNDS], wall[ROUNDS], cpu[ROUNDS];
	struct row *rows = n && batch ? make_rows(n) : NULL;

	snprintf(folder, sizeof(folder), "%s/assay-bench-store-%ld", argc > 3 ? argv[3] : "/tmp",
		 (long)getpid());
	if (!rows) {
		fputs("usage: bench_store [RECORDS [BATCH [FOLDER]]]\n", stderr);
		return 2;
	}
	printf("%zu records in batches of %zu\n", n, batch);
	for (int i = 0; i < ROUNDS; i++) {
		struct span store = into_store(rows, n, batch), loop = into_plain(rows, n, batch);
		ours[i] = (double)n / store.wall;
		plain[i] = (double)n / loop.wall;
		wall[i] = store.wall / loop.wall;
		cpu[i] = store.cpu / loop.cpu;
		printf("round %d: store %.0f/s, plain %.0f/s, time %.2f times, processor %.2f times\n",
		       i + 1, ours[i], plain[i], wall[i], cpu[i]);
	}
	printf("median: store %.0f records/s, plain %.0f/s, time %.2f times, processor %.2f times\n",
	       median(ours), median(plain), median(wall), median(cpu));
	free(rows);
	return 0;
}
