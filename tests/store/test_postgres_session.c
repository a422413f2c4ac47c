/* One writer at a time, and connections that go away: nothing that was acknowledged is lost, nothing
 * is there twice, every wait ends. */
#include "engines.h"

#include "sys/clock.h"

#include <pthread.h>
#include <sys/wait.h>

static struct store *new_store(const char *name)
{
	struct store *s = NULL;

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	return s;
}

static int put_n(struct store *s, int from, int n, struct err *err)
{
	int rc = 0;

	for (int i = from; rc == 0 && i < from + n; i++) {
		char key[40], body[60];
		snprintf(key, sizeof(key), "s%d.example", i);
		snprintf(body, sizeof(body), "cells JP=rogue GB=unverified # %d", i);
		struct store_record r = make_record("verdict", key, 1, body);
		rc = put_whole(s, &r, err);
	}
	return rc;
}

/* psql on the tables of a store; the first word that it prints, as a number. */
static long long ask(const char *name, const char *query)
{
	char command[2400], line[100] = "";

	snprintf(command, sizeof(command), "psql -qAt -d \"$(cat '%s/database')\" -c \"%s\" 2>&1",
		 at_scratch(name), query);
	FILE *f = popen(command, "r");
	if (!f || !fgets(line, sizeof(line), f))
		snprintf(line, sizeof(line), "-1");
	if (f)
		pclose(f);
	return atoll(line);
}

/* Every session of a command of ours but psql's; how many were ended. */
#define END_WRITERS                                                                                \
	"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE "   \
	"'assay test, process %'"

static void check_whole(const char *name, int64_t records)
{
	struct store *s = NULL;
	struct buf found = { 0 };
	struct store_hooks hooks = test_hooks(&found);
	struct store_report report = { 0 };

	ASSERT_OK(store_open(at_scratch(name), STORE_READ, NULL, &s, err));
	ASSERT_OK(store_check(s, &hooks, &report, err));
	store_close(s);
	CHECK_SLICE(0, name, buf_slice(&found), SLICE(""));
	CHECK_INT(0, name, report.records, records);
	buf_release(&found);
	check_done();
}

/* The same tables from another folder, as of another machine; with settings of its own. */
static void beside(const char *name, const char *other, const char *settings)
{
	char command[1500];

	snprintf(command, sizeof(command),
		 "mkdir '%s' && sed \"s/-c search_path/%s -c search_path/\" '%s/database' "
		 ">'%s/database'", at_scratch(other), settings, at_scratch(name), at_scratch(other));
	assert_int_equal(system(command), 0);
}

static void a_second_writer_waits_and_is_then_told_who_writes(void **state)
{
	(void)state;
	struct store *first = new_store("queue"), *second = NULL;
	char want[80];

	/* The bound of an answer is not that of the wait for another writer. */
	beside("queue", "queue-2", "-c assay.answer_s=1 -c assay.lock_wait_s=2");
	snprintf(want, sizeof(want), "is in use by assay test, process %ld of ", (long)getpid());
	int64_t start = clock_ticks_ns();
	ASSERT_FAILS(store_open(at_scratch("queue-2"), STORE_WRITE, "assay other", &second, err),
		     ERR_BUSY, want);
	assert_true(clock_ticks_ns() - start > 1900000000);
	/* Who only reads waits for nobody. */
	ASSERT_OK(store_open(at_scratch("queue-2"), STORE_READ, NULL, &second, err));
	store_close(second);
	store_close(first);
	ASSERT_OK(store_open(at_scratch("queue-2"), STORE_WRITE, "assay other", &second, err));
	store_close(second);
}

/* In a process of its own: put records that no other puts. */
static int write_in_turn(const char *name, int from)
{
	struct store *s = NULL;
	struct err why = { 0 };
	int rc = store_open(at_scratch(name), STORE_WRITE, "assay test", &s, &why);

	if (rc == 0)
		rc = store_begin(s, &why);
	if (rc == 0)
		rc = put_n(s, from, 50, &why);
	if (rc == 0)
		rc = store_commit(s, &why);
	store_close(s);
	if (rc)
		printf("# %s\n", why.what);
	fflush(stdout);
	return rc ? 1 : 0;
}

static void writers_on_two_machines_and_one_folder_follow_each_other(void **state)
{
	(void)state;
	enum { WRITERS = 6 };
	pid_t child[WRITERS];
	int status;

	store_close(new_store("turns"));
	beside("turns", "turns-2", "-c assay.lock_wait_s=60");
	for (int i = 0; i < WRITERS; i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(write_in_turn(i % 3 ? "turns" : "turns-2", i * 50));
	}
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		CHECK_INT(i, "writer", status, 0);
	}
	check_whole("turns", WRITERS * 50);
}

static void a_connection_lost_in_a_batch_is_told_and_the_batch_can_be_put_again(void **state)
{
	(void)state;
	struct store *s = new_store("lost");
	int64_t n = -1;

	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_n(s, 0, 20, err));
	ASSERT_OK(store_commit(s, err));
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_n(s, 20, 20, err));
	assert_int_equal(ask("lost", END_WRITERS), 1);
	struct err why = { 0 };
	int rc = put_n(s, 40, 2000, &why);
	CHECK_INT(0, "put", rc, ERR_IO);
	if (!strstr(why.what, "was lost") || !strstr(why.what, "the batch was not kept: run again"))
		CHECK_SLICE(0, "put", slice_str(why.what), SLICE("lost, not kept"));
	ASSERT_FAILS(store_commit(s, err), ERR_IO, "nothing of it is kept");
	store_rollback(s);
	/* The handle finds its way back by itself. */
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_n(s, 10, 30, err));
	ASSERT_OK(store_commit(s, err));
	ASSERT_OK(store_count_records(s, SLICE(""), &n, err));
	assert_int_equal(n, 40);
	store_close(s);
	check_whole("lost", 40);
}

static void a_connection_that_died_idle_is_made_again(void **state)
{
	(void)state;
	struct store *s = new_store("idle"), *reader = NULL;
	int64_t n = -1;

	ASSERT_OK(put_n(s, 0, 3, err));
	ASSERT_OK(store_open(at_scratch("idle"), STORE_READ, NULL, &reader, err));
	ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
	ask("idle", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
		    "application_name LIKE 'assay%'");
	ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
	assert_int_equal(n, 3);
	ASSERT_OK(put_n(s, 3, 1, err));
	ask("idle", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
		    "application_name LIKE 'assay%'");
	ASSERT_OK(store_snapshot(reader, err));
	ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
	assert_int_equal(n, 4);
	store_snapshot_end(reader);
	store_close(reader);
	store_close(s);
}

/* When a session waits for a standby that will never answer, its transaction is committed here and
 * the answer is not sent: then it is ended. */
static void *end_at_commit(void *ctx)
{
	long long *ended = ctx;

	for (int i = 0; i < 200 && *ended <= 0; i++)
		*ended = ask("settle", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
				       "WHERE wait_event = 'SyncRep'");
	ask("settle", "ALTER SYSTEM RESET synchronous_standby_names");
	ask("settle", "SELECT pg_reload_conf()");
	return NULL;
}

static void a_commit_whose_answer_was_lost_is_found_to_be_kept(void **state)
{
	(void)state;
	struct store *s = new_store("settle");
	pthread_t thread;
	long long ended = 0;

	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_n(s, 0, 20, err));
	ask("settle", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	ask("settle", "SELECT pg_reload_conf()");
	for (int i = 0; i < 100 && ask("settle", "SELECT (current_setting('synchronous_standby_names') = "
						 "'nobody')::int") != 1; i++)
		usleep(20000);
	usleep(200000); /* our own session reads the setting as late as any other */
	assert_int_equal(pthread_create(&thread, NULL, end_at_commit, &ended), 0);
	ASSERT_OK(store_commit(s, err));
	pthread_join(thread, NULL);
	assert_int_equal(ended, 1); /* or nothing was proved */
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_n(s, 10, 20, err));
	ASSERT_OK(store_commit(s, err));
	store_close(s);
	check_whole("settle", 30);
}

static void a_commit_that_the_server_broke_off_is_not_acknowledged(void **state)
{
	(void)state;
	struct store *s = new_store("broken");

	ask("broken", "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM "
		      "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'; CREATE CONSTRAINT TRIGGER "
		      "die AFTER INSERT ON meta DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
		      "die()");
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_n(s, 0, 20, err));
	ASSERT_OK(store_put_meta(s, SLICE("k"), SLICE("v"), err));
	ASSERT_FAILS(store_commit(s, err), ERR_IO, "was not kept: run again");
	store_rollback(s);
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_n(s, 10, 20, err));
	ASSERT_OK(store_commit(s, err));
	store_close(s);
	check_whole("broken", 20);
}

static void a_refused_write_spoils_its_batch_and_no_other(void **state)
{
	(void)state;
	struct store *s = new_store("refused");
	struct store_ledger_entry e = { .seq = 7, .entry = SLICE("E") };
	struct store_record r = make_record("verdict", "a.example", 1, "first");

	ASSERT_OK(put_n(s, 0, 1, err));
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	e.record = r.id;
	ASSERT_FAILS(store_ledger_append(s, &e, err), ERR_REFUSED, "without a gap");
	ASSERT_FAILS(store_commit(s, err), ERR_IO, "nothing of it is kept");
	store_rollback(s);
	ASSERT_OK(put_n(s, 1, 1, err));
	store_close(s);
	check_whole("refused", 2);
}

/* A server that is restarted while somebody writes: the batch under way is told, the next one waits
 * for it. Only with a server of our own. */
static void a_restarted_server_is_waited_for(void **state)
{
	(void)state;
	char out[200];
	int acknowledged = 0, failed = 0;
	struct err why = { 0 };

	if (!*test_cluster)
		skip();
	struct store *s = new_store("restart");
	pid_t child = fork();
	if (child == 0) {
		usleep(300000);
		int code = postgres_script("restart", test_cluster, out);
		usleep(300000);
		_exit(code ? code : postgres_script("restart", test_cluster, out));
	}
	for (int status = 0, i = 0; i < 3000; i++) {
		if (waitpid(child, &status, WNOHANG) == child) {
			assert_int_equal(status, 0);
			break;
		}
		int rc = store_begin(s, &why);
		if (rc == 0)
			rc = put_n(s, acknowledged, 5, &why);
		if (rc == 0)
			rc = store_commit(s, &why);
		if (rc) {
			CHECK_INT(i, why.what, rc, ERR_IO);
			store_rollback(s);
			failed++;
		} else {
			acknowledged += 5;
		}
	}
	printf("# %d records acknowledged, %d batches failed\n", acknowledged, failed);
	assert_true(acknowledged > 5);
	store_close(s);
	check_whole("restart", acknowledged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_writer_waits_and_is_then_told_who_writes),
		cmocka_unit_test(writers_on_two_machines_and_one_folder_follow_each_other),
		cmocka_unit_test(a_connection_lost_in_a_batch_is_told_and_the_batch_can_be_put_again),
		cmocka_unit_test(a_connection_that_died_idle_is_made_again),
		cmocka_unit_test(a_commit_whose_answer_was_lost_is_found_to_be_kept),
		cmocka_unit_test(a_commit_that_the_server_broke_off_is_not_acknowledged),
		cmocka_unit_test(a_refused_write_spoils_its_batch_and_no_other),
		cmocka_unit_test(a_restarted_server_is_waited_for),
	};
	return run_on_postgres("postgres_session", tests, ROWS(tests));
}
