/* Observations a second into a store, in batches, on both engines, against a plain loop of SQLite
 * inserts of the same bytes (id and body into a table with the id as its key; write-ahead log, the
 * same syncs), in the same run on the same disk.
 *
 *   bench_ingest [RECORDS [BATCH [FOLDER]]]     default: 200000 1000 /tmp
 *
 * Observations are of some 600 bytes, four to a subject, one after the other. With
 * ASSAY_TEST_POSTGRES="host=... user=... dbname=..." the store is also made there, in a schema of
 * its own that is dropped again: once with every answer waited for (is it new?), once with none.
 * Each store is then walked. "by processor" divides by the processor time of this process: what a machine of its own would
 * reach whose disk keeps up. It says nothing of a server's work. */
#include "store/database.h"
#include "store/sql.h"
#include "store/store.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 3, PER_SUBJECT = 4 };

struct row {
	struct sha256 id;
	char key[40];
	char body[640];
};

static char folder[300];

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_ingest: %s: %s\n", what, err->what);
	exit(2);
}

static struct row *make_rows(size_t n)
{
	struct row *rows = calloc(n, sizeof(*rows));

	for (size_t i = 0; rows && i < n; i++) {
		struct row *r = &rows[i];
		struct sha256 page = sha256_of(slice_from((const char *)&i, sizeof(i)));
		char hex[SHA256_HEX];
		sha256_hex(page, hex);
		snprintf(r->key, sizeof(r->key), "shop-%zu.example", i / PER_SUBJECT);
		snprintf(r->body, sizeof(r->body),
			 "{\"at\":\"2026-11-22T04:05:06Z\",\"capture\":{\"charset\":\"utf-8\",\"length\":%zu,"
			 "\"media_type\":\"text/html\",\"sha256\":\"%s\",\"status\":200,\"title\":\"Online "
			 "pharmacy %zu: medicines without prescription, fast delivery\"},\"inputs\":[\"sha256:%s\"],"
			 "\"src\":\"bench\",\"subject\":{\"key\":\"%s\",\"kind\":\"registrable\"},\"type\":"
			 "\"observation\",\"url\":\"https://%s/category/product-%zu?lang=en&currency=usd\","
			 "\"v\":1,\"vantage\":{\"country\":\"JP\",\"profile\":\"desktop\",\"resolver\":\"own\"}}",
			 4000 + i % 9000, hex, i, hex, r->key, r->key, i);
		r->id = sha256_of(slice_str(r->body));
	}
	return rows;
}

struct rate {
	double wall, cpu; /* records a second */
};

struct span {
	int64_t wall;
	double cpu;
};

static double cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct span span_start(void)
{
	return (struct span){ clock_ticks_ns(), cpu_now() };
}

static struct rate rate_of(size_t n, struct span s)
{
	return (struct rate){ (double)n * 1e9 / (double)(clock_ticks_ns() - s.wall),
			      (double)n / (cpu_now() - s.cpu) };
}

static void remove_folder(void)
{
	char command[400];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		fprintf(stderr, "bench_ingest: %s could not be removed\n", folder);
}

static int count_bytes(void *ctx, const struct store_record *r, struct err *err)
{
	(void)err;
	*(size_t *)ctx += r->body.n;
	return 0;
}

static long peak_kib(void)
{
	struct rusage use;

	return getrusage(RUSAGE_SELF, &use) ? 0 : use.ru_maxrss;
}

/* Every record in order; what that adds to the peak of this process's memory. */
static void walk(struct store *s, size_t n)
{
	const struct store_filter all = { .after_seq = 0 };
	struct err err = { 0 };
	struct span span = span_start();
	long before = peak_kib();
	size_t bytes = 0;

	if (store_each_record(s, &all, count_bytes, &bytes, &err))
		die("walk", &err);
	struct rate rate = rate_of(n, span);
	printf("  %-32s %8.0f/s by clock, %.0f MB, peak memory %+ld KiB\n", "  walked", rate.wall,
	       (double)bytes / 1e6, peak_kib() - before);
}

static struct rate into_store(const struct row *rows, size_t n, size_t batch, bool waits)
{
	struct err err = { 0 };
	struct store *s = NULL;

	if (store_open(folder, STORE_WRITE | STORE_CREATE, "bench_ingest", &s, &err))
		die("open", &err);
	struct span span = span_start();
	for (size_t i = 0; i < n; i++) {
		struct store_record r = {
			.id = rows[i].id, .type = SLICE("observation"), .v = 1,
			.kind = SLICE("registrable"), .key = slice_str(rows[i].key),
			.period = STORE_NONE, .at = 1, .src = SLICE("bench"),
			.body = slice_str(rows[i].body),
		};
		bool is_new;
		if ((i % batch == 0 && store_begin(s, &err)) ||
		    store_put_record(s, &r, NULL, waits ? &is_new : NULL, &err) ||
		    ((i % batch == batch - 1 || i == n - 1) && store_commit(s, &err)))
			die("put", &err);
	}
	struct rate rate = rate_of(n, span);
	int64_t have = 0;
	if (store_count_records(s, SLICE(""), &have, &err) || have != (int64_t)n)
		die("count", &err);
	walk(s, n);
	store_close(s);
	return rate;
}

static struct rate into_plain(const struct row *rows, size_t n, size_t batch)
{
	struct err err = { 0 };
	struct sql *db = NULL;
	struct sql_stmt *put = NULL;
	char path[320];

	snprintf(path, sizeof(path), "%s/plain.db", folder);
	if (file_make_dir(folder, &err) || sql_open(path, SQL_CREATE, &db, &err) ||
	    sql_begin_writing(db, &err) ||
	    sql_exec(db, "CREATE TABLE plain (id BLOB PRIMARY KEY, body TEXT)", &err) ||
	    sql_prepare(db, "INSERT INTO plain (id, body) VALUES ($1, $2)", &put, &err))
		die("plain", &err);
	struct span span = span_start();
	for (size_t i = 0; i < n; i++) {
		if (i % batch == 0 && sql_begin(db, &err))
			die("plain", &err);
		sql_bind_blob(put, 1, slice_from((const char *)rows[i].id.b, SHA256_LEN));
		sql_bind_text(put, 2, slice_str(rows[i].body));
		if (sql_run(put, &err) ||
		    ((i % batch == batch - 1 || i == n - 1) && sql_commit(db, &err)))
			die("plain", &err);
	}
	struct rate rate = rate_of(n, span);
	sql_finalize(put);
	sql_close(db);
	remove_folder();
	return rate;
}

static struct rate into_postgres(const struct row *rows, size_t n, size_t batch, bool waits,
				 const char *server)
{
	char line[600];
	struct err err = { 0 };
	struct sql *db = NULL;
	bool made;

	snprintf(line, sizeof(line), "%s options='-c search_path=bench_%ld'", server, (long)getpid());
	if (file_make_dir(folder, &err) || database_write(folder, line, &made, &err))
		die("folder", &err);
	struct rate rate = into_store(rows, n, batch, waits);
	const struct sql_server where = { line, "bench", "bench_ingest" };
	if (sql_connect(&where, SQL_WRITE, &db, &err))
		die("connect", &err);
	snprintf(line, sizeof(line), "DROP SCHEMA bench_%ld CASCADE", (long)getpid());
	if (sql_exec(db, line, &err))
		die("drop", &err);
	sql_close(db);
	remove_folder();
	return rate;
}

static void tell(const char *what, struct rate r, struct rate plain)
{
	printf("  %-32s %8.0f/s by clock (%.2f of plain), %8.0f/s by processor (%.2f of plain)\n", what,
	       r.wall, r.wall / plain.wall, r.cpu, r.cpu / plain.cpu);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 200000;
	size_t batch = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 1000;
	const char *server = getenv("ASSAY_TEST_POSTGRES");
	struct row *rows = n && batch ? make_rows(n) : NULL;

	snprintf(folder, sizeof(folder), "%s/assay-bench-ingest-%ld", argc > 3 ? argv[3] : "/tmp",
		 (long)getpid());
	if (!rows) {
		fputs("usage: bench_ingest [RECORDS [BATCH [FOLDER]]]\n", stderr);
		return 2;
	}
	printf("%zu observations of %zu bytes in batches of %zu\n", n, strlen(rows[n / 2].body), batch);
	for (int i = 0; i < ROUNDS; i++) {
		printf("round %d\n", i + 1);
		struct rate plain = into_plain(rows, n, batch);
		tell("plain SQLite loop", plain, plain);
		tell("store, SQLite", into_store(rows, n, batch, true), plain);
		remove_folder();
		if (!server || !*server)
			continue;
		tell("store, PostgreSQL, answers waited", into_postgres(rows, n, batch, true, server), plain);
		tell("store, PostgreSQL, in pipeline", into_postgres(rows, n, batch, false, server), plain);
	}
	free(rows);
	return 0;
}
