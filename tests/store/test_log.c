#include "memory_log.h"

#include "account/audit.h"
#include "account/ledger.h"
#include "store/log.h"
#include "sys/file.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORIGIN "demo.example/ledger"

static char top[] = "/tmp/assay-test-log-XXXXXX";
static int folders; /* made so far: each test takes fresh ones */

static int make_top(void **state)
{
	(void)state;
	return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return system(command);
}

static struct log_folder *fresh_log(void)
{
	struct log_folder *log = NULL;
	char dir[100];

	snprintf(dir, sizeof(dir), "%s/%d/ledger", top, ++folders);
	assert_int_equal(log_open(dir, true, &log, NULL), 0);
	return log;
}

static const char *newest(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%d/ledger/%s", top, folders, name);
	return path;
}

static struct log_folder *open_again(void)
{
	struct log_folder *log = NULL;

	assert_int_equal(log_open(newest("."), false, &log, NULL), 0);
	return log;
}

static void a_key_pair_is_made_once_and_reads_back(void **state)
{
	struct buf text = { 0 }, public_text = { 0 };
	struct note_signer signer;
	struct note_key key;
	struct err err = { 0 };
	struct stat st;

	(void)state;
	struct log_folder *log = fresh_log();
	assert_int_equal(log_key_read(log, &text, &signer, &err), ERR_NOTFOUND);
	assert_int_equal(log_key_public(log, &public_text, &key, &err), ERR_NOTFOUND);
	assert_int_equal(log_key_new(log, SLICE("no spaces"), &err), ERR_SYNTAX);
	assert_int_equal(log_key_new(log, SLICE(ORIGIN), &err), 0);
	assert_int_equal(log_key_new(log, SLICE(ORIGIN), &err), ERR_REFUSED);
	assert_int_equal(stat(newest("key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(log_key_read(log, &text, &signer, &err), 0);
	assert_int_equal(log_key_public(log, &public_text, &key, &err), 0);
	CHECK_SLICE(0, "name", signer.key.name, SLICE(ORIGIN));
	CHECK_INT(0, "pair", memcmp(&signer.key.public, &key.public, sizeof(key.public)), 0);
	CHECK_INT(0, "form", slice_starts(buf_slice(&text), SLICE("PRIVATE+KEY+" ORIGIN "+")), 1);
	log_key_wipe(&text, &signer);

	assert_int_equal(chmod(newest("key"), 0644), 0);
	assert_int_equal(log_key_read(log, &text, &signer, &err), ERR_REFUSED);
	assert_int_equal(chmod(newest("key"), 0600), 0);
	assert_int_equal(truncate(newest("key"), 60), 0);
	assert_int_equal(log_key_read(log, &text, &signer, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.what, newest("key")));
	buf_release(&public_text);
	log_close(log);
	check_done();
}

static void two_ledgers_have_two_keys(void **state)
{
	struct buf text[2] = { { 0 }, { 0 } };
	struct note_key key[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct log_folder *log = fresh_log();
		assert_int_equal(log_key_new(log, SLICE(ORIGIN), NULL), 0);
		assert_int_equal(log_key_public(log, &text[i], &key[i], NULL), 0);
		log_close(log);
	}
	assert_true(memcmp(&key[0].public, &key[1].public, sizeof(key[0].public)) != 0);
	buf_release(&text[0]);
	buf_release(&text[1]);
}

static void a_ledger_on_disk_has_the_files_of_the_specification(void **state)
{
	static const char *const paths[] = {
		"checkpoint",     "tile/0/000",       "tile/0/001.p/44",
		"tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44",
	};
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, 200);
	struct audit_result result;
	struct err err = { 0 };
	enum file_kind kind;

	(void)state;
	struct log_folder *log = fresh_log();
	struct tile_store files = log_files(log);
	assert_int_equal(ledger_append(&files, &signer, &source, NULL, &err), 0);
	source.size = 300;
	assert_int_equal(ledger_append(&files, &signer, &source, NULL, &err), 0);
	log_close(log);
	for (size_t i = 0; i < ROWS(paths); i++) {
		assert_int_equal(file_kind_of(newest(paths[i]), &kind, &err), 0);
		CHECK_INT(i, paths[i], kind, FILE_REGULAR);
	}
	assert_int_equal(file_kind_of(newest("tile/0/000.p"), &kind, &err), 0);
	CHECK_INT(0, "partial tiles of a full one are gone", kind, FILE_ABSENT);
	log = open_again();
	files = log_files(log);
	assert_int_equal(audit_ledger(&files, ring_of(&signer.key), &source, NULL, &result, &err), 0);
	assert_int_equal(result.head.size, 300);
	log_close(log);
	check_done();
}

/* A log whose files are written by the real one until the n-th. */
struct stopping {
	struct tile_store real;
	long left;
};

static int stop_read(void *ctx, const char *path, size_t limit, struct buf *out, struct err *err)
{
	struct stopping *s = ctx;
	return s->real.read(s->real.ctx, path, limit, out, err);
}

static int stop_write(void *ctx, const char *path, struct slice bytes, struct err *err)
{
	struct stopping *s = ctx;
	if (s->left-- == 0)
		return err_set(err, ERR_IO, 0, "%s: stopped", path);
	return s->real.write(s->real.ctx, path, bytes, err);
}

static int stop_put(void *ctx, const char *path, struct slice bytes, struct err *err)
{
	struct stopping *s = ctx;
	if (s->left-- == 0)
		return err_set(err, ERR_IO, 0, "%s: stopped", path);
	return s->real.put(s->real.ctx, path, bytes, err);
}

static int stop_sync(void *ctx, struct err *err)
{
	struct stopping *s = ctx;
	if (s->left-- == 0)
		return err_set(err, ERR_IO, 0, "stopped before the files were durable");
	return s->real.sync(s->real.ctx, err);
}

static int stop_move(void *ctx, const char *from, const char *to, struct err *err)
{
	struct stopping *s = ctx;
	if (s->left-- == 0)
		return err_set(err, ERR_IO, 0, "%s: stopped", to);
	return s->real.move(s->real.ctx, from, to, err);
}

static int stop_drop(void *ctx, const char *folder, struct err *err)
{
	struct stopping *s = ctx;
	return s->real.drop(s->real.ctx, folder, err);
}

static int stop_trim(void *ctx, struct tile t, bool *any, struct err *err)
{
	struct stopping *s = ctx;

	return s->real.trim(s->real.ctx, t, any, err);
}

static int stop_walk(void *ctx, tile_seen_fn seen, void *arg, struct err *err)
{
	struct stopping *s = ctx;
	return s->real.walk(s->real.ctx, seen, arg, err);
}

static void a_writer_stopped_after_each_file_leaves_a_ledger_that_verifies(void **state)
{
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();

	(void)state;
	for (long stop = 0;; stop++) {
		struct ledger_source source = source_of(&entries, 250);
		struct audit_result result;
		struct ledger_head head;
		struct err err = { 0 };

		struct log_folder *log = fresh_log();
		struct stopping s = { log_files(log), stop };
		struct tile_store files = s.real;
		struct tile_store stopped = { stop_read, stop_write, stop_put,  stop_sync,
			                      stop_move, stop_drop,  stop_trim, stop_walk, &s };
		assert_int_equal(ledger_append(&files, &signer, &source, NULL, &err), 0);
		source.size = 520;
		int rc = ledger_append(&stopped, &signer, &source, NULL, &err);
		log_close(log);

		log = open_again();
		files = log_files(log);
		CHECK_INT(stop, "audit",
		          audit_ledger(&files, ring_of(&signer.key), &source, NULL, &result, &err), 0);
		CHECK_INT(stop, "size", result.head.size, rc ? 250 : 520);
		assert_int_equal(ledger_append(&files, &signer, &source, &head, &err), 0);
		CHECK_INT(stop, "audit at last",
		          audit_ledger(&files, ring_of(&signer.key), &source, NULL, &result, &err), 0);
		CHECK_INT(stop, "size at last", result.head.size, 520);
		log_close(log);
		if (rc == 0) {
			assert_true(stop >= 8);
			break;
		}
	}
	check_done();
}

/* A child appends without end and is killed; whatever it leaves must verify and go on. */
static void a_writer_that_is_killed_leaves_a_ledger_that_verifies(void **state)
{
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();
	uint64_t random = test_seed(), size = 0;
	int kills = getenv("ASSAY_TEST_LONG") ? 300 : 15;

	(void)state;
	struct log_folder *log = fresh_log();
	log_close(log);
	for (int i = 0; i < kills; i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			log = open_again();
			struct tile_store files = log_files(log);
			struct ledger_source source = source_of(&entries, size);
			for (;;) {
				source.size += 1 + test_random(&random) % 40;
				if (ledger_append(&files, &signer, &source, NULL, NULL))
					_exit(1);
			}
		}
		usleep(20000 + (useconds_t)(test_random(&random) % 300000));
		kill(child, SIGKILL);
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		CHECK_INT(i, "ended by the kill", WIFSIGNALED(status), 1);

		struct ledger_source all = source_of(&entries, 1u << 30);
		struct audit_result result;
		struct ledger_head head = { 0 };
		struct err err = { 0 };
		log = open_again();
		struct tile_store files = log_files(log);
		int rc = ledger_read_head(&files, &signer.key, NULL, &head, &err);
		if (rc != ERR_NOTFOUND) {
			CHECK_INT(i, err.what, rc, 0);
			CHECK_INT(i, "audit",
			          audit_ledger(&files, ring_of(&signer.key), &all, NULL, &result, &err), 0);
			CHECK_INT(i, "nothing that was signed is lost", head.size >= size, 1);
			size = head.size;
		}
		log_close(log);
	}
	printf("# %llu entries signed through %d kills\n", (unsigned long long)size, kills);
	assert_true(size > 0);
	check_done();
}

static void a_folder_that_cannot_be_written_leaves_the_old_checkpoint(void **state)
{
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, 250);
	struct ledger_head head;
	struct err err = { 0 };

	(void)state;
	struct log_folder *log = fresh_log();
	struct tile_store files = log_files(log);
	assert_int_equal(ledger_append(&files, &signer, &source, NULL, &err), 0);
	/* A file where a folder must be: no permission could stop root, which runs these tests. */
	assert_int_equal(file_write_whole(newest("tile/1"), SLICE(""), &err), 0);
	source.size = 260;
	assert_int_equal(ledger_append(&files, &signer, &source, NULL, &err), ERR_IO);
	assert_non_null(strstr(err.what, "tile/1"));
	assert_int_equal(ledger_read_head(&files, &signer.key, NULL, &head, &err), 0);
	assert_int_equal(head.size, 250);
	assert_int_equal(unlink(newest("tile/1")), 0);
	assert_int_equal(ledger_append(&files, &signer, &source, &head, &err), 0);
	assert_int_equal(head.size, 260);
	log_close(log);
}

static void a_missing_folder_is_only_made_when_asked(void **state)
{
	struct log_folder *log = NULL;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(log_open("/tmp/assay-no-such-folder", false, &log, &err), ERR_NOTFOUND);
	assert_int_equal(log_open("", true, &log, &err), ERR_LIMIT);
	assert_null(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_pair_is_made_once_and_reads_back),
		cmocka_unit_test(two_ledgers_have_two_keys),
		cmocka_unit_test(a_ledger_on_disk_has_the_files_of_the_specification),
		cmocka_unit_test(a_writer_stopped_after_each_file_leaves_a_ledger_that_verifies),
		cmocka_unit_test(a_writer_that_is_killed_leaves_a_ledger_that_verifies),
		cmocka_unit_test(a_folder_that_cannot_be_written_leaves_the_old_checkpoint),
		cmocka_unit_test(a_missing_folder_is_only_made_when_asked),
	};
	return cmocka_run_group_tests(tests, make_top, remove_top);
}
