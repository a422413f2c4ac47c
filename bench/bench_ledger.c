/* What the ledger costs.
 *
 *   bench_ledger batch [BATCHES [FOLDER]]    default: 30 /tmp
 *     Entries a second with one synced checkpoint for each batch of some 100 ms, and the latency of a
 *     single entry, against a plain loop of SQLite inserts of the same bytes (body, entry and salt),
 *     in the same run on the same disk with the same pragmas. The plain loop is run twice: with one
 *     commit for each batch, and with as many commits as the ledger makes syncs.
 *
 *   bench_ledger proof [LEAVES [FOLDER]]     default: 100000000 /tmp
 *     The proof of a random entry from tiles on disk, median and worst: with the page cache, and with
 *     the tiles dropped from it before each proof. The tree is whole: every tile of every level is
 *     written (32 bytes a leaf); the entries themselves are not, for a proof reads no bundle. */
#include "account/ledger.h"
#include "account/proof.h"
#include "cmd/ledgerbook.h"
#include "store/sql.h"
#include "sys/clock.h"
#include "sys/random.h"
#include "wire/checkpoint.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 3, SINGLES = 60, PROOFS = 2000, COLD_PROOFS = 300, TARGET_MS = 100 };

static char folder[300];

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_ledger: %s: %s\n", what, err->what);
	exit(2);
}

static void remove_folder(void)
{
	char command[400];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		fprintf(stderr, "bench_ledger: %s could not be removed\n", folder);
}

static double seconds_since(int64_t start)
{
	return (double)(clock_ticks_ns() - start) / 1e9;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* ---- entries ---- */

/* Decisions of some 600 bytes, no two alike. */
static void make_record(struct record *r, uint64_t i)
{
	struct err err = { 0 };
	char key[60], reason[300];

	snprintf(key, sizeof(key), "shop-%" PRIu64 ".example", i);
	snprintf(reason, sizeof(reason),
	         "Both captures offer a medicine that needs a prescription without asking for one, "
	         "and name no licence; the register of the destination has no such pharmacy. (%" PRIu64
	         ")", i);
	record_new(r, "decision", 1, SLICE("registrable"), slice_str(key), 1795392000,
	           SLICE("reviewer:bench"));
	json_t *cell = json_object(), *cells = json_array(), *actors = json_array();
	if (json_put_str(cell, "destination", SLICE("JP")) |
	    json_put_str(cell, "class", SLICE("unapproved")) | json_add_new(cells, cell) |
	    json_add_str(actors, SLICE("bench")))
		abort();
	record_set_new(r, "cells", cells);
	record_set_new(r, "actors", actors);
	record_set_str(r, "reason", slice_str(reason));
	record_set_str(r, "state", SLICE("proposed"));
	if (record_finish(r, &err))
		die("record", &err);
}

struct ledger_side {
	struct store *store;
	struct ledgerbook book;
};

static void open_ledger(struct ledger_side *l)
{
	static const struct config config = { .list_name = "bench" };
	struct err err = { 0 };

	remove_folder();
	if (store_open(folder, STORE_WRITE | STORE_CREATE, "bench_ledger", &l->store, &err) ||
	    ledgerbook_open(l->store, &config, 1795392000, &l->book, &err) ||
	    ledgerbook_sync(&l->book, NULL, &err))
		die("open", &err);
}

static void close_ledger(struct ledger_side *l)
{
	ledgerbook_close(&l->book);
	store_close(l->store);
	remove_folder();
}

/* One batch: put, commit, checkpoint. Records are made before the clock starts. */
static double ledger_batch(struct ledger_side *l, uint64_t first, size_t n)
{
	struct record *r = calloc(n, sizeof(*r));
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++)
		make_record(&r[i], first + i);
	int64_t start = clock_ticks_ns();
	int rc = store_begin(l->store, &err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = ledgerbook_put(&l->book, &r[i], STORE_NONE, NULL, &err);
	if (rc == 0)
		rc = store_commit(l->store, &err);
	if (rc == 0)
		rc = ledgerbook_sync(&l->book, NULL, &err);
	double took = seconds_since(start);
	if (rc)
		die("put", &err);
	for (size_t i = 0; i < n; i++)
		record_release(&r[i]);
	free(r);
	return took;
}

struct plain_side {
	struct sql *db;
	struct sql_stmt *put;
	struct buf body;
	char entry[330];
};

static void open_plain(struct plain_side *p)
{
	struct err err = { 0 };
	struct record r;
	char path[320];

	remove_folder();
	if (mkdir(folder, 0700))
		exit(2);
	snprintf(path, sizeof(path), "%s/plain.db", folder);
	*p = (struct plain_side){ 0 };
	make_record(&r, 123456);
	if (record_format_body(&r, &p->body, &err))
		die("plain", &err);
	record_release(&r);
	memset(p->entry, 'e', 260); /* as long as an entry is */
	if (sql_open(path, SQL_CREATE, &p->db, &err) || sql_begin_writing(p->db, &err) ||
	    sql_exec(p->db, "CREATE TABLE plain (id BLOB PRIMARY KEY, body TEXT, entry TEXT, "
	                    "salt BLOB)", &err) ||
	    sql_prepare(p->db, "INSERT INTO plain (id, body, entry, salt) VALUES ($1, $2, $3, $4)",
	                &p->put, &err))
		die("plain", &err);
}

static void close_plain(struct plain_side *p)
{
	sql_finalize(p->put);
	sql_close(p->db);
	buf_release(&p->body);
	remove_folder();
}

/* The same bytes in `commits` transactions. */
static double plain_batch(struct plain_side *p, uint64_t first, size_t n, size_t commits)
{
	struct err err = { 0 };
	size_t each = n / commits ? n / commits : 1, done = 0;
	int64_t start = clock_ticks_ns();
	int rc = 0;

	for (size_t k = 0; rc == 0 && k < commits; k++) {
		size_t to = k + 1 == commits ? n : done + each < n ? done + each : n;
		rc = sql_exec(p->db, "BEGIN IMMEDIATE", &err);
		/* More commits than rows: a commit of nothing syncs nothing, so a row is written. */
		if (rc == 0 && done >= to)
			rc = sql_exec(p->db, "UPDATE plain SET salt = salt WHERE rowid = 1", &err);
		for (; rc == 0 && done < to; done++) {
			uint64_t i = first + done;
			struct sha256 id = sha256_of(slice_from((const char *)&i, sizeof(i)));
			sql_bind_blob(p->put, 1, slice_from((const char *)id.b, SHA256_LEN));
			sql_bind_text(p->put, 2, buf_slice(&p->body));
			sql_bind_text(p->put, 3, slice_str(p->entry));
			sql_bind_blob(p->put, 4, slice_from((const char *)id.b, SHA256_LEN));
			rc = sql_run(p->put, &err);
		}
		if (rc == 0)
			rc = sql_exec(p->db, "COMMIT", &err);
	}
	if (rc)
		die("plain", &err);
	return seconds_since(start);
}

/* Waits for the disk that one checkpoint takes: commit; bundle, tiles and checkpoint together; its
 * name. */
enum { SYNCS = 3 };

static size_t find_batch_size(void)
{
	struct ledger_side l = { 0 };
	uint64_t next = 0;
	size_t n = 200;

	open_ledger(&l);
	for (int i = 0; i < 6; i++) {
		double took = ledger_batch(&l, next, n);
		next += n;
		size_t want = (size_t)((double)n * TARGET_MS / 1000 / took);
		n = want < 10 ? 10 : want;
	}
	close_ledger(&l);
	return n;
}

static double run_ledger(size_t batches, size_t n)
{
	struct ledger_side l = { 0 };
	double sum = 0;

	open_ledger(&l);
	for (size_t i = 0; i < batches; i++)
		sum += ledger_batch(&l, i * n, n);
	close_ledger(&l);
	return sum;
}

static double run_plain(size_t batches, size_t n, size_t commits)
{
	struct plain_side p;
	double sum = 0;

	open_plain(&p);
	for (size_t i = 0; i < batches; i++)
		sum += plain_batch(&p, i * n, n, commits);
	close_plain(&p);
	return sum;
}

static void bench_singles(void)
{
	double ours[SINGLES], one[SINGLES], same[SINGLES];
	struct ledger_side l = { 0 };
	struct plain_side p;

	open_ledger(&l);
	ledger_batch(&l, 1000000, 300); /* past the first full tile */
	for (size_t i = 0; i < SINGLES; i++)
		ours[i] = ledger_batch(&l, i, 1);
	close_ledger(&l);
	open_plain(&p);
	plain_batch(&p, 1000000, 300, 1);
	for (size_t i = 0; i < SINGLES; i++)
		one[i] = plain_batch(&p, i, 1, 1);
	for (size_t i = 0; i < SINGLES; i++)
		same[i] = plain_batch(&p, SINGLES + i, 1, SYNCS);
	close_plain(&p);
	double a = median(ours, SINGLES), b = median(one, SINGLES), c = median(same, SINGLES);
	printf("single entry, median: ledger %.2f ms; plain, 1 commit %.2f ms (%.2f times); plain, %d "
	       "commits %.2f ms (%.2f times)\n",
	       a * 1e3, b * 1e3, a / b, SYNCS, c * 1e3, a / c);
}

static int bench_batches(size_t batches)
{
	double ours[ROUNDS], one[ROUNDS], same[ROUNDS];
	size_t n = find_batch_size();
	double entries = (double)(n * batches);

	printf("%zu batches of %zu entries, one checkpoint each\n", batches, n);
	for (int i = 0; i < ROUNDS; i++) {
		double a = run_ledger(batches, n), b = run_plain(batches, n, 1),
		       c = run_plain(batches, n, SYNCS);
		printf("round %d: ledger %.0f/s (%.1f ms a batch); plain, 1 commit %.0f/s (%.2f "
		       "times); plain, %d commits %.0f/s (%.2f times)\n",
		       i + 1, entries / a, a * 1e3 / (double)batches, entries / b, a / b, SYNCS,
		       entries / c, a / c);
		ours[i] = a;
		one[i] = a / b;
		same[i] = a / c;
	}
	printf("median: ledger %.0f entries/s; %.2f times a plain loop with 1 commit, %.2f times one "
	       "with the same syncs\n",
	       entries / median(ours, ROUNDS), median(one, ROUNDS), median(same, ROUNDS));
	bench_singles();
	return 0;
}

/* ---- proofs ---- */

static int put_tile(void *ctx, struct tile t, const struct sha256 *hash, struct err *err)
{
	char path[TILE_PATH_SIZE], full[400], *slash;
	static char made[400];

	(void)ctx;
	tile_path(t, path);
	snprintf(full, sizeof(full), "%s/ledger/%s", folder, path);
	slash = strrchr(full, '/');
	*slash = '\0';
	if (strcmp(full, made) != 0) {
		char command[500];
		snprintf(command, sizeof(command), "mkdir -p '%s'", full);
		if (system(command))
			return err_set(err, ERR_IO, 0, "%s", full);
		snprintf(made, sizeof(made), "%s", full);
	}
	*slash = '/';
	int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	size_t n = (size_t)t.width * SHA256_LEN;
	if (fd < 0 || write(fd, hash, n) != (ssize_t)n)
		return err_set(err, ERR_IO, 0, "%s: cannot be written", full);
	close(fd);
	return 0;
}

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9); /* splitmix64, S. Vigna */
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void make_tree(uint64_t leaves, const struct note_signer *signer)
{
	struct tlog_edge *edge = calloc(1, sizeof(*edge));
	struct buf text = { 0 }, note = { 0 };
	struct err err = { 0 };
	char path[400];
	int rc = edge ? 0 : err_set(&err, ERR_NOMEM, 0, "out of memory");

	/* Leaves are whatever 32 bytes: the tree above them is hashed as it is. */
	for (uint64_t i = 0; rc == 0 && i < leaves; i++) {
		struct sha256 leaf;
		for (int k = 0; k < 4; k++) {
			uint64_t v = mix(4 * i + (uint64_t)k + 1);
			memcpy(leaf.b + 8 * k, &v, 8);
		}
		rc = tlog_edge_add(edge, leaf, put_tile, NULL, &err);
	}
	if (rc == 0)
		rc = tlog_edge_partials(edge, put_tile, NULL, &err);
	struct checkpoint c = { signer->key.name, leaves, { { 0 } }, SLICE("") };
	if (rc == 0) {
		c.root = tlog_edge_root(edge);
		rc = checkpoint_format(&c, &text, &err);
	}
	if (rc == 0)
		rc = note_sign(buf_slice(&text), signer, &note, &err);
	if (rc)
		die("tree", &err);
	snprintf(path, sizeof(path), "%s/ledger/checkpoint", folder);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(note.p, 1, note.n, f) != note.n || fclose(f))
		exit(2);
	buf_release(&text);
	buf_release(&note);
	free(edge);
}

/* The files that the proof of an entry reads, out of the page cache; names stay in the system's
 * cache of names. */
static void drop_from_cache(uint64_t index, uint64_t leaves)
{
	for (int level = 0; level < TLOG_LEVELS && tlog_level_size(leaves, level); level++) {
		uint64_t at = index >> (TILE_HEIGHT * (level + 1)), size = tlog_level_size(leaves, level);
		uint64_t tiles[2] = { at, (size - 1) / TILE_WIDTH };
		for (int k = 0; k < 2; k++) {
			uint64_t left = size - tiles[k] * TILE_WIDTH;
			struct tile t = { level, tiles[k], left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH };
			char path[TILE_PATH_SIZE], full[400];
			tile_path(t, path);
			snprintf(full, sizeof(full), "%s/ledger/%s", folder, path);
			int fd = open(full, O_RDONLY);
			if (fd < 0)
				continue;
			posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
			close(fd);
		}
	}
}

static void prove_many(const struct tile_store *files, const struct keyring *keys, uint64_t leaves,
                       size_t n, bool cold, const char *name)
{
	double *took = calloc(n, sizeof(*took));
	struct buf out = { 0 };
	struct err err = { 0 };
	size_t bytes = 0;

	for (size_t i = 0; took && i < n; i++) {
		uint64_t index = mix(i + 77 + (uint64_t)cold * 1000003) % leaves;
		buf_clear(&out);
		if (cold)
			drop_from_cache(index, leaves);
		int64_t start = clock_ticks_ns();
		if (ledger_prove(files, keys, index, SLICE(""), &out, &err))
			die("prove", &err);
		took[i] = seconds_since(start);
		bytes = out.n;
	}
	double mid = took ? median(took, n) : 0;
	if (took)
		printf("proof, %s: median %.3f ms, 99th %.3f ms, worst %.3f ms (%zu proofs of %zu bytes)\n",
		       name, mid * 1e3, took[n * 99 / 100] * 1e3, took[n - 1] * 1e3, n, bytes);
	free(took);
	buf_release(&out);
}

static int bench_proofs(uint64_t leaves)
{
	struct ed25519_seed seed = { { 7 } };
	struct note_signer signer;
	struct log_folder *log = NULL;
	struct err err = { 0 };
	char dir[400];

	if (note_signer_init(SLICE("bench.example/ledger"), &seed, &signer, &err))
		die("key", &err);
	remove_folder();
	int64_t start = clock_ticks_ns();
	make_tree(leaves, &signer);
	sync();
	printf("tree of %" PRIu64 " leaves, %.1f GB of tiles, written in %.0f s\n", leaves,
	       (double)leaves * 32 / 1e9, seconds_since(start));
	snprintf(dir, sizeof(dir), "%s/ledger", folder);
	if (log_open(dir, false, &log, &err))
		die("open", &err);
	struct tile_store files = log_files(log);
	const struct keyring keys = keyring_of(&signer.key);
	prove_many(&files, &keys, leaves, COLD_PROOFS, true, "tiles dropped from the cache");
	prove_many(&files, &keys, leaves, PROOFS, false, "tiles as they are");
	log_close(log);
	remove_folder();
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(folder, sizeof(folder), "%s/assay-bench-ledger-%ld", argc > 3 ? argv[3] : "/tmp",
	         (long)getpid());
	if (strcmp(what, "batch") == 0)
		return bench_batches(n ? (size_t)n : 30);
	if (strcmp(what, "proof") == 0)
		return bench_proofs(n ? n : 100000000);
	fputs("usage: bench_ledger batch [BATCHES [FOLDER]] | proof [LEAVES [FOLDER]]\n", stderr);
	return 2;
}
