/* A writer is killed at random moments; what it had acknowledged is there. 30 kills, or 1,000 with
 * ASSAY_TEST_LONG=1; of a writer to PostgreSQL 10, or 300. Printed seed: ASSAY_TEST_SEED=N repeats
 * the moments, as far as time allows. */
#include "engines.h"

#include "sys/clock.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { BATCH = 7 };

static uint64_t rng;

static uint64_t next_random(void) /* SplitMix64, by S. Vigna */
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Put batches from number `from` on; after each commit write its number to fd. Returns only when
 * something fails, and says what. */
static int write_for_ever(const char *dir, int64_t from, int fd)
{
	struct store *s = NULL;
	struct store_evidence e = { .cls = SLICE("public"), .at = 1 };
	struct err why = { 0 };

	if (store_open(dir, STORE_WRITE | STORE_CREATE, "assay test", &s, &why))
		goto failed;
	for (int64_t batch = from;; batch++) {
		int64_t entries = 0;
		if (store_begin(s, &why) || store_ledger_size(s, &entries, &why))
			goto failed;
		for (int i = 0; i < BATCH; i++) {
			char key[60], body[80];
			snprintf(key, sizeof(key), "s%lld.example", (long long)batch);
			snprintf(body, sizeof(body), "cells JP=rogue # %lld %d", (long long)batch, i);
			struct store_record r = make_record("decision", key, 1, body);
			struct store_ledger_entry entry = { .seq = entries + i, .record = r.id,
							    .entry = SLICE("E") };
			if (put_whole(s, &r, &why) || store_ledger_append(s, &entry, &why) ||
			    (i == 0 && store_put_evidence(s, &e, slice_str(body), NULL, &why)))
				goto failed;
		}
		if (store_commit(s, &why) || write(fd, &batch, sizeof(batch)) != sizeof(batch))
			goto failed;
	}
failed:
	printf("# the writer gave up at batch %lld: %s\n", (long long)from, why.what);
	fflush(stdout);
	return 1;
}

/* Let a writer acknowledge some batches, wait a little more, kill it. The last acknowledged batch,
 * or -1. */
static int64_t run_and_kill(const char *dir, int64_t from, int batches, long wait_us)
{
	int ack[2];
	int64_t batch, last = -1;

	assert_int_equal(pipe(ack), 0);
	pid_t child = fork();
	if (child == 0) {
		close(ack[0]);
		_exit(write_for_ever(dir, from, ack[1]));
	}
	close(ack[1]);
	for (int i = 0; i < batches; i++) {
		assert_int_equal(read(ack[0], &batch, sizeof(batch)), sizeof(batch));
		last = batch;
	}
	struct timespec pause = { wait_us / 1000000, wait_us % 1000000 * 1000 };
	nanosleep(&pause, NULL);
	kill(child, SIGKILL);
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status)); /* it had not given up by itself */
	while (read(ack[0], &batch, sizeof(batch)) == sizeof(batch))
		last = batch;
	close(ack[0]);
	return last;
}

/* Every batch is there whole or not at all, and the acknowledged ones are; returns how many. */
static int64_t check_batches(const char *dir, int64_t acknowledged)
{
	struct store *s = NULL;
	struct err why = { 0 };
	struct buf found = { 0 };
	struct store_hooks hooks = test_hooks(&found);
	struct store_report report;

	int rc = store_open(dir, STORE_READ, NULL, &s, &why);
	bool unfinished = rc == ERR_IO && strstr(why.what, "its last writer did not finish");
	if ((rc == ERR_NOTFOUND || unfinished) && acknowledged < 0)
		return 0; /* killed while the store was being made: the next writer makes it */
	if (rc)
		fail_msg("reopening: %s", why.what);
	ASSERT_OK(store_check(s, &hooks, &report, err));
	store_close(s);
	CHECK_SLICE(0, dir, buf_slice(&found), SLICE(""));
	CHECK_INT(0, "records of whole batches", report.records % BATCH, 0);
	CHECK_INT(0, "entries as records", report.entries, report.records);
	CHECK_INT(0, "evidence as batches", report.evidence * BATCH, report.records);
	if (report.records / BATCH < acknowledged + 1)
		CHECK_INT(0, "batches", report.records / BATCH, acknowledged + 1);
	buf_release(&found);
	return report.records / BATCH;
}

static void what_was_acknowledged_survives_kill_9(void **state)
{
	(void)state;
	const char *given = getenv("ASSAY_TEST_SEED"), *is_long = getenv("ASSAY_TEST_LONG");
	bool long_run = is_long && strcmp(is_long, "1") == 0;
	int kills = on_postgres ? (long_run ? 300 : 10) : long_run ? 1000 : 30;
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)clock_ticks_ns();
	int64_t have = 0, acknowledged = -1;
	char dir[300];

	printf("# seed %" PRIu64 ", %d kills\n", seed, kills);
	rng = seed;
	for (int i = 0; i < kills; i++) {
		/* Every tenth time a new store: it dies while it is being made. */
		if (i % 10 == 0) {
			snprintf(dir, sizeof(dir), "%s/kill-%d", scratch, i);
			have = 0;
			acknowledged = -1;
		}
		int batches = i % 10 == 0 ? 0 : 1 + (int)(next_random() % 4);
		long wait_us = (long)(next_random() % (batches ? 20000 : 60000));
		int64_t last = run_and_kill(dir, have, batches, wait_us);
		if (last > acknowledged)
			acknowledged = last;
		have = check_batches(dir, acknowledged);
		check_done();
	}
	printf("# the last store holds %" PRId64 " batches\n", have);
	assert_true(have >= 9); /* each of the nine later writers acknowledged one at least */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_survives_kill_9),
	};
	return run_on_engines("kill", tests, ROWS(tests), ROWS(tests));
}
