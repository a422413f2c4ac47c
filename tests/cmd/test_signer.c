/* The signer: what it signs, what it refuses, and what its process has given up. */
#include "scratch.h"

#include "cmd/signer.h"
#include "store/log.h"
#include "sys/clock.h"
#include "wire/checkpoint.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static char folder[128];

static struct signer *start(void)
{
	struct signer *s = NULL;

	snprintf(folder, sizeof(folder), "%s/ledger", scratch);
	ASSERT_OK(file_make_dir(folder, err));
	ASSERT_OK(signer_start(folder, SLICE("test.example/log"), &s, err));
	return s;
}

static void put_text(struct buf *out, const char *origin, uint64_t size, unsigned char root)
{
	struct checkpoint c = { .origin = slice_str(origin), .size = size };

	memset(c.root.b, root, sizeof(c.root.b));
	buf_clear(out);
	ASSERT_OK(checkpoint_format(&c, out, err));
}

static int sign(struct signer *s, struct slice text)
{
	struct buf note = { 0 };
	size_t n = 0;
	const struct note_signer *key = signer_keys(s, &n);
	struct note parsed;
	int rc = note_sign_all(text, key, n, &note, NULL);

	if (rc == 0) {
		ASSERT_OK(note_parse(buf_slice(&note), &parsed, err));
		ASSERT_OK(note_check(&parsed, &key[0].key, err));
	}
	buf_release(&note);
	return rc;
}

static void checkpoints_of_its_log_that_do_not_go_back_are_signed(void **state)
{
	(void)state;
	static const struct {
		const char *what, *origin;
		uint64_t size;
		unsigned char root;
		int want;
	} rows[] = {
		{ "the empty tree", "test.example/log", 0, 1, 0 },
		{ "a larger one", "test.example/log", 5, 2, 0 },
		{ "the same again", "test.example/log", 5, 2, 0 },
		{ "another tree of that size", "test.example/log", 5, 3, ERR_REFUSED },
		{ "a smaller one", "test.example/log", 4, 1, ERR_REFUSED },
		{ "of another log", "test.example/other", 6, 1, ERR_REFUSED },
		{ "a larger one after refusals", "test.example/log", 6, 4, 0 },
	};
	struct signer *s = start();
	struct buf text = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		put_text(&text, rows[i].origin, rows[i].size, rows[i].root);
		CHECK_INT(i, rows[i].what, sign(s, buf_slice(&text)), rows[i].want);
	}
	CHECK_INT(90, "no checkpoint", sign(s, SLICE("hello\n")), ERR_REFUSED);
	put_text(&text, "test.example/log", 7, 1);
	buf_puts(&text, "an extension\n");
	CHECK_INT(91, "an extension", sign(s, buf_slice(&text)), ERR_REFUSED);
	char large[5000];
	memset(large, 'a', sizeof(large));
	large[sizeof(large) - 1] = '\n';
	CHECK_INT(92, "too large", sign(s, slice_from(large, sizeof(large))), ERR_REFUSED);
	buf_release(&text);
	signer_stop(s);
	check_done();
}

/* "Seccomp:\t2" of /proc/PID/status gives 2; -1 where it is not there. */
static int status_of(pid_t pid, const char *field)
{
	char path[64], line[256];
	int value = -1;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, field, strlen(field)) == 0 && line[strlen(field)] == ':')
			value = atoi(line + strlen(field) + 1);
	fclose(f);
	return value;
}

static void its_process_is_shut_in(void **state)
{
	(void)state;
	struct signer *s = start();
	pid_t pid = signer_pid(s);
	char path[64], own[64] = "", its[64] = "";
	int status = -1;

	assert_int_equal(status_of(pid, "Seccomp"), 2);
	assert_int_equal(status_of(pid, "NoNewPrivs"), 1);
	assert_int_equal(status_of(pid, "Threads"), 1);
	/* Its network is its own wherever the kernel lets a process have one. */
	pid_t probe = fork();
	if (probe == 0)
		_exit(unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : 1);
	assert_int_equal(waitpid(probe, &status, 0), probe);
	assert_int_equal(signer_has_own_network(s), status == 0);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	/* Of a process that is not dumpable only root may look. */
	if (status == 0 && geteuid() == 0) {
		assert_true(readlink("/proc/self/ns/net", own, sizeof(own) - 1) > 0);
		assert_true(readlink(path, its, sizeof(its) - 1) > 0);
		assert_string_not_equal(own, its);
	}
	signer_stop(s);
	assert_int_equal(kill(pid, 0), -1);
}

static void a_signer_that_died_is_told(void **state)
{
	(void)state;
	struct signer *s = start();
	struct buf text = { 0 };

	put_text(&text, "test.example/log", 1, 1);
	assert_int_equal(kill(signer_pid(s), SIGKILL), 0);
	assert_int_equal(sign(s, buf_slice(&text)), ERR_IO);
	buf_release(&text);
	signer_stop(s);
}

static void a_signer_ends_with_its_parent(void **state)
{
	(void)state;
	int tell[2], status;
	pid_t signer = 0;

	signer_stop(start()); /* the folder has its key */
	assert_int_equal(pipe(tell), 0);
	pid_t parent = fork();
	if (parent == 0) {
		struct signer *s = NULL;
		if (signer_start(folder, SLICE(""), &s, NULL))
			_exit(1);
		pid_t its = signer_pid(s);
		if (write(tell[1], &its, sizeof(its)) != sizeof(its))
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(tell[0], &signer, sizeof(signer)), sizeof(signer));
	assert_int_equal(kill(signer, 0), 0);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	/* Nobody may be left to take its last word; then it stays as a zombie, which does nothing. */
	bool gone = false;
	for (int i = 0; i < 500 && !gone; i++) {
		char path[64], line[256] = "";
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)signer);
		FILE *f = fopen(path, "r");
		gone = !f || !fgets(line, sizeof(line), f) || strstr(line, ") Z ");
		if (f)
			fclose(f);
		usleep(10000);
	}
	assert_true(gone);
	close(tell[0]);
	close(tell[1]);
}

static void what_is_wrong_with_the_key_is_told(void **state)
{
	(void)state;
	struct signer *s = NULL;
	char path[160], none[160];

	signer_stop(start());
	snprintf(none, sizeof(none), "%s/none", scratch);
	ASSERT_OK(file_make_dir(none, err));
	assert_int_equal(signer_start(none, SLICE(""), &s, NULL), ERR_NOTFOUND);
	snprintf(path, sizeof(path), "%s/key", folder);
	assert_int_equal(chmod(path, 0644), 0);
	struct err err = { 0 };
	assert_int_equal(signer_start(folder, SLICE(""), &s, &err), ERR_REFUSED);
	assert_non_null(strstr(err.what, "chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
}

/* Not a claim of speed: that a signature takes no longer than a disk's sync does. */
static void a_signature_over_the_socket_takes_little(void **state)
{
	(void)state;
	enum { TIMES = 300 };
	struct signer *s = start();
	struct buf text = { 0 };
	int64_t best = INT64_MAX;
	size_t n = 0;
	const struct note_signer *key = signer_keys(s, &n);
	uint8_t signature[ED25519_SIGNATURE];

	put_text(&text, "test.example/log", 1, 1);
	for (int i = 0; i < TIMES; i++) {
		int64_t began = clock_ticks_ns();
		assert_int_equal(key->sign(key->ctx, &key->key, buf_slice(&text), signature, NULL), 0);
		int64_t took = clock_ticks_ns() - began;
		best = took < best ? took : best;
	}
	printf("# a signature by the signer: best of %d %lld us\n", TIMES, (long long)best / 1000);
	assert_true(best < 10000000);
	buf_release(&text);
	signer_stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoints_of_its_log_that_do_not_go_back_are_signed),
		cmocka_unit_test(its_process_is_shut_in),
		cmocka_unit_test(a_signer_that_died_is_told),
		cmocka_unit_test(a_signer_ends_with_its_parent),
		cmocka_unit_test(what_is_wrong_with_the_key_is_told),
		cmocka_unit_test(a_signature_over_the_socket_takes_little),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
