/* Bad input and bad days: each ends with a message that says what to do, and nothing half-written. */
#include "scratch.h"

#include "sys/file.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct store *open_new(const char *dir)
{
	struct store *s = NULL;

	ASSERT_OK(store_open(dir, STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	return s;
}

static int put_numbered(struct store *s, int n, size_t size, struct err *err)
{
	char *body = malloc(size + 40);
	if (!body)
		return ERR_NOMEM;
	int at = snprintf(body, 40, "record %d ", n);
	memset(body + at, 'x', size);
	body[(size_t)at + size] = '\0';
	struct store_record r = make_record("verdict", "a.example", 1, body);
	int rc = store_put_record(s, &r, NULL, NULL, err);
	free(body);
	return rc;
}

/* A store with n records of 1000 bytes. */
static void fill(const char *dir, int n)
{
	struct store *s = open_new(dir);

	ASSERT_OK(store_begin(s, err));
	for (int i = 0; i < n; i++)
		ASSERT_OK(put_numbered(s, i, 1000, err));
	ASSERT_OK(store_commit(s, err));
	store_close(s);
}

static void check_whole(const char *dir, int64_t records)
{
	struct store *s = NULL;
	struct buf found = { 0 };
	struct store_hooks hooks = test_hooks(&found);
	struct store_report report;

	ASSERT_OK(store_open(dir, STORE_READ, NULL, &s, err));
	ASSERT_OK(store_check(s, &hooks, &report, err));
	CHECK_SLICE(0, dir, buf_slice(&found), SLICE(""));
	CHECK_INT(0, dir, report.records, records);
	buf_release(&found);
	store_close(s);
}

/* Run fn in a child of its own, so that what it limits or gives up ends with it. 0 = fine. */
static int in_child(int (*fn)(const char *dir), const char *dir)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		int rc = fn(dir);
		fflush(stdout);
		_exit(rc);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* In a child cmocka's asserts do not work: print and return. */
#define EXPECT(cond)                                                                               \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			printf("# %s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #cond, err.what); \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

static void what_is_no_store_is_refused_untouched(void **state)
{
	(void)state;
	const struct {
		const char *name, *make; /* in the folder */
		int code_read, code_write;
		const char *text;
	} rows[] = {
		{ "none", "cd .. && rmdir none", ERR_NOTFOUND, ERR_NOTFOUND, "there is none" },
		{ "empty", ":", ERR_NOTFOUND, ERR_NOTFOUND, "there is none" },
		{ "begun", ": > assay.db", ERR_NOTFOUND, ERR_NOTFOUND, "there is none" },
		{ "text", "yes not a database | head -c 9000 > assay.db", ERR_CORRUPT, ERR_CORRUPT,
		  "is not a database" },
		{ "zeros", "head -c 9000 /dev/zero > assay.db", ERR_CORRUPT, ERR_CORRUPT,
		  "is not a database" },
		{ "folder", "mkdir assay.db", ERR_CORRUPT, ERR_CORRUPT, "is not a file" },
		{ "foreign", "sqlite3 assay.db 'CREATE TABLE t (a)'", ERR_CORRUPT, ERR_CORRUPT,
		  "not of a store" },
		{ "file", "cd .. && rmdir file && touch file", ERR_REFUSED, ERR_REFUSED, "is not a folder" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct store *s = NULL;
		ASSERT_OK(file_make_dir(at_scratch(rows[i].name), err));
		assert_int_equal(shell("cd '%s' && %s", at_scratch(rows[i].name), rows[i].make), 0);
		ASSERT_FAILS(store_open(at_scratch(rows[i].name), STORE_READ, NULL, &s, err),
			     rows[i].code_read, rows[i].text);
		ASSERT_FAILS(store_open(at_scratch(rows[i].name), STORE_WRITE, "assay test", &s, err),
			     rows[i].code_write, rows[i].text);
		assert_null(s);
	}
}

static void a_folder_of_other_things_does_not_become_a_store(void **state)
{
	(void)state;
	struct store *s = NULL;
	char **names = NULL;
	size_t n = 0;

	ASSERT_OK(file_make_dir(at_scratch("theirs"), err));
	assert_int_equal(shell("touch '%s/letter.txt'", at_scratch("theirs"), NULL), 0);
	ASSERT_FAILS(store_open(at_scratch("theirs"), STORE_WRITE | STORE_CREATE, "assay test", &s, err),
		     ERR_REFUSED, "holds other things (letter.txt)");
	ASSERT_OK(file_list(at_scratch("theirs"), &names, &n, err));
	assert_int_equal(n, 1);
	file_list_free(names, n);
	ASSERT_FAILS(store_open(at_scratch("x"), STORE_READ | STORE_CREATE, NULL, &s, err), ERR_USAGE,
		     "without a command's name");
}

static void a_truncated_database_is_named_damaged(void **state)
{
	(void)state;
	fill(at_scratch("cut"), 300);
	const int sizes[] = { 50, 4096, 8192, 100000, 200000 };
	for (size_t i = 0; i < ROWS(sizes); i++) {
		struct store *s = NULL;
		char command[60];
		snprintf(command, sizeof(command), "truncate -s %d assay.db", sizes[i]);
		assert_int_equal(shell("rm -rf '%s'; ", at_scratch("cut-now"), NULL), 0);
		assert_int_equal(shell("cp -r '%s' '%s'", at_scratch("cut"), at_scratch("cut-now")), 0);
		assert_int_equal(shell("cd '%s' && %s", at_scratch("cut-now"), command), 0);
		ASSERT_FAILS(store_open(at_scratch("cut-now"), STORE_READ, NULL, &s, err), ERR_CORRUPT,
			     "assay.db: is ");
		ASSERT_FAILS(store_open(at_scratch("cut-now"), STORE_WRITE, "assay test", &s, err),
			     ERR_CORRUPT, "assay.db: is ");
	}
}

static void a_store_in_use_is_read_beside_its_writer(void **state)
{
	(void)state;
	struct store *w = open_new(at_scratch("busy")), *r = NULL;
	int go[2], done[2];
	char c, want[400];

	ASSERT_OK(put_numbered(w, 1, 10, err));
	store_close(w);
	assert_int_equal(pipe(go) | pipe(done), 0);
	pid_t child = fork();
	if (child == 0) {
		bool ok = store_open(at_scratch("busy"), STORE_WRITE, "assay run", &w, NULL) == 0 &&
			  store_begin(w, NULL) == 0 && put_numbered(w, 2, 10, NULL) == 0 &&
			  write(done[1], "x", 1) == 1 && read(go[0], &c, 1) == 1;
		store_close(w);
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(read(done[0], &c, 1), 1);
	snprintf(want, sizeof(want), "store %s is in use by process %ld (assay run)", at_scratch("busy"),
		 (long)child);
	ASSERT_FAILS(store_open(at_scratch("busy"), STORE_WRITE, "assay test", &w, err), ERR_BUSY, want);
	ASSERT_OK(store_open(at_scratch("busy"), STORE_READ, NULL, &r, err));
	int64_t n = -1;
	ASSERT_OK(store_count_records(r, SLICE(""), &n, err));
	assert_int_equal(n, 1);
	store_close(r);
	assert_int_equal(write(go[1], "x", 1), 1);
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	ASSERT_OK(store_open(at_scratch("busy"), STORE_WRITE, "assay test", &w, err));
	store_close(w);
	close(go[0]), close(go[1]), close(done[0]), close(done[1]);
}

/* As a user who may read the store and write nothing in it. */
static int only_reading(const char *dir)
{
	struct err err = { 0 };
	struct store *s = NULL;
	int64_t n = -1;

	if (geteuid() == 0)
		EXPECT(setgid(65534) == 0 && setuid(65534) == 0);
	EXPECT(store_open(dir, STORE_WRITE, "assay test", &s, &err) == ERR_IO);
	EXPECT(strstr(err.what, "cannot be written"));
	EXPECT(store_open(dir, STORE_READ, NULL, &s, &err) == 0);
	EXPECT(store_count_records(s, SLICE(""), &n, &err) == 0);
	EXPECT(n == 20);
	store_close(s);
	return 0;
}

/* The same while a writer's log lies beside the database and cannot be followed. */
static int only_reading_unfinished(const char *dir)
{
	struct err err = { 0 };
	struct store *s = NULL;

	if (geteuid() == 0)
		EXPECT(setgid(65534) == 0 && setuid(65534) == 0);
	EXPECT(store_open(dir, STORE_READ, NULL, &s, &err) == ERR_IO);
	EXPECT(strstr(err.what, "its last writer did not finish"));
	return 0;
}

static void a_read_only_store_can_be_read_and_not_written(void **state)
{
	(void)state;
	char dir[300];

	snprintf(dir, sizeof(dir), "%s", at_scratch("readonly"));
	fill(dir, 20);
	assert_int_equal(chmod(scratch, 0755), 0);
	assert_int_equal(shell("chmod -R a-w,a+rX '%s'", dir, NULL), 0);
	assert_int_equal(in_child(only_reading, dir), 0);
	assert_int_equal(shell("chmod -R u+w '%s'; cd '%s' && test ! -e assay.db-wal && printf x > "
			       "assay.db-wal && chmod -R a-w .", dir, dir), 0);
	assert_int_equal(in_child(only_reading_unfinished, dir), 0);
	assert_int_equal(shell("chmod -R u+w '%s'; rm '%s/assay.db-wal'", dir, dir), 0);
	check_whole(dir, 20);
	check_done();
}

/* Put until it fails; then the batch is refused, and what was committed before it stands. */
static int put_until_full(const char *dir)
{
	struct err err = { 0 };
	struct store *s = NULL;
	struct store_evidence e = { .cls = SLICE("public"), .at = 1 };
	int rc = 0;
	static char big[3000000];

	memset(big, 'y', sizeof(big));
	EXPECT(store_open(dir, STORE_WRITE, "assay test", &s, &err) == 0);
	EXPECT(store_begin(s, &err) == 0);
	for (int i = 0; i < 100 && rc == 0; i++)
		rc = put_numbered(s, 1000 + i, 100000, &err);
	if (rc == 0)
		rc = store_commit(s, &err);
	EXPECT(rc == ERR_IO);
	EXPECT(strstr(err.what, "assay.db: ") && strstr(err.what, "was not kept") &&
	       strstr(err.what, "run again"));
	EXPECT(put_numbered(s, 5000, 10, &err) == ERR_IO);
	EXPECT(strstr(err.what, "roll back"));
	EXPECT(store_commit(s, &err) == ERR_IO);
	store_rollback(s);
	EXPECT(store_put_evidence(s, &e, slice_from(big, sizeof(big)), NULL, &err) == ERR_IO);
	EXPECT(strstr(err.what, "/blob/"));
	store_close(s);
	return 0;
}

static int with_a_file_limit(const char *dir)
{
	struct err err = { 0 };
	struct rlimit limit = { 2000000, 2000000 };

	signal(SIGXFSZ, SIG_IGN);
	EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	return put_until_full(dir);
}

static void a_file_size_limit_stops_the_batch_and_nothing_else(void **state)
{
	(void)state;
	fill(at_scratch("limit"), 20);
	assert_int_equal(in_child(with_a_file_limit, at_scratch("limit")), 0);
	check_whole(at_scratch("limit"), 20);
	/* There is room again. */
	struct store *s = NULL;
	ASSERT_OK(store_open(at_scratch("limit"), STORE_WRITE, "assay test", &s, err));
	ASSERT_OK(put_numbered(s, 3000, 100000, err));
	store_close(s);
	check_whole(at_scratch("limit"), 21);
	check_done();
}

enum { CANNOT_MOUNT = 77 };

/* A file system of 4 MB, seen by this child alone. */
static int on_a_small_disk(const char *dir)
{
	struct err err = { 0 };
	char store[400];
	struct store *s = NULL;

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=4m") < 0)
		return CANNOT_MOUNT;
	snprintf(store, sizeof(store), "%s/store", dir);
	EXPECT(store_open(store, STORE_WRITE | STORE_CREATE, "assay test", &s, &err) == 0);
	for (int i = 0; i < 20; i++)
		EXPECT(put_numbered(s, i, 1000, &err) == 0);
	store_close(s);
	int rc = put_until_full(store);
	if (rc)
		return rc;
	struct buf found = { 0 };
	struct store_hooks hooks = test_hooks(&found);
	struct store_report report;
	EXPECT(store_open(store, STORE_READ, NULL, &s, &err) == 0);
	EXPECT(store_check(s, &hooks, &report, &err) == 0);
	EXPECT(report.findings == 0 && report.records == 20 && report.strays == 0);
	store_close(s);
	buf_release(&found);
	/* A new store on the full disk: refused, and the next try finds nothing in its way. */
	char full[420], junk[420];
	snprintf(junk, sizeof(junk), "head -c 8m /dev/zero > '%s/junk' 2>/dev/null", dir);
	snprintf(full, sizeof(full), "%s/full", dir);
	EXPECT(system(junk) != 0);
	EXPECT(store_open(full, STORE_WRITE | STORE_CREATE, "assay test", &s, &err) == ERR_IO);
	snprintf(junk, sizeof(junk), "rm '%s/junk'", dir);
	EXPECT(system(junk) == 0);
	EXPECT(store_open(full, STORE_WRITE | STORE_CREATE, "assay test", &s, &err) == 0);
	store_close(s);
	return 0;
}

static void a_full_disk_stops_the_batch_and_nothing_else(void **state)
{
	(void)state;
	ASSERT_OK(file_make_dir(at_scratch("disk"), err));
	int rc = in_child(on_a_small_disk, at_scratch("disk"));
	if (rc == CANNOT_MOUNT) {
		print_message("# no right to mount a small file system: the size limit stands for it\n");
		skip();
	}
	assert_int_equal(rc, 0);
}

static void a_flipped_byte_of_evidence_is_named(void **state)
{
	(void)state;
	struct store *s = open_new(at_scratch("flip"));
	struct store_evidence e = { .cls = SLICE("public"), .at = 1 };
	struct buf b = { 0 };
	const char *name = "blob/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

	ASSERT_OK(store_put_evidence(s, &e, SLICE("abc"), NULL, err));
	assert_int_equal(shell("printf abd > '%s/%s'", at_scratch("flip"), name), 0);
	ASSERT_FAILS(store_get_evidence(s, e.sha256, &b, NULL, NULL, err), ERR_CORRUPT, name);
	ASSERT_FAILS(store_put_evidence(s, &e, SLICE("abc"), NULL, err), ERR_CORRUPT, name);
	assert_int_equal(shell("rm '%s/%s'", at_scratch("flip"), name), 0);
	ASSERT_FAILS(store_get_evidence(s, e.sha256, &b, NULL, NULL, err), ERR_CORRUPT,
		     "evidence is missing");
	assert_int_equal(b.n, 0);
	buf_release(&b);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_store_is_refused_untouched),
		cmocka_unit_test(a_folder_of_other_things_does_not_become_a_store),
		cmocka_unit_test(a_truncated_database_is_named_damaged),
		cmocka_unit_test(a_store_in_use_is_read_beside_its_writer),
		cmocka_unit_test(a_read_only_store_can_be_read_and_not_written),
		cmocka_unit_test(a_file_size_limit_stops_the_batch_and_nothing_else),
		cmocka_unit_test(a_full_disk_stops_the_batch_and_nothing_else),
		cmocka_unit_test(a_flipped_byte_of_evidence_is_named),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
