/* A writer of the archive is killed at random moments, or its disk is full: what it had
 * acknowledged is there, what it had not is taken back, and everything verifies. Half of them write by
 * a thread, four orders at a time that are sealed together. 30 kills, or 1,000
 * with ASSAY_TEST_LONG=1. Printed seed: ASSAY_TEST_SEED=N repeats the moments, as far as time
 * allows. */
#include "scratch.h"

#include "exchanges.h"
#include "store/archive.h"
#include "store/archive_verify.h"
#include "store/archive_writer.h"
#include "sys/clock.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static uint64_t rng;

static uint64_t next_random(void) /* SplitMix64, by S. Vigna */
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static json_t *about(int64_t number)
{
	json_t *o = json_object();

	json_put_i64(o, "number", number);
	return o;
}

static struct sha256 id_of(int64_t number)
{
	struct buf text = { 0 };
	json_t *o = about(number);

	json_canonical(o, &text, NULL);
	struct sha256 id = sha256_of(buf_slice(&text));
	buf_release(&text);
	json_decref(o);
	return id;
}

static int begin(struct archive *a, int64_t number, struct archive_order **out, struct err *err)
{
	json_t *o = about(number);
	int rc = archive_begin(a, o, out, err);

	json_decref(o);
	return rc;
}

static int put_all(struct archive_order *o, struct err *err)
{
	struct evidence response, picture;
	bool has_response, has_picture;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < EXCHANGES; i++) {
		const struct test_exchange *t = &test_exchanges[i];
		rc = archive_put(o, &t->x, t->purpose, t->class, &response, &has_response, &picture,
		                 &has_picture, err);
	}
	return rc;
}

static const struct sha256 none;

/* Orders from number `from` on, two at a time; the number of each that was sealed goes to fd. Every
 * ninth round the archive is closed and opened. */
static int write_orders(const char *dir, int64_t from, int64_t to, bool sync, int fd, struct err *err)
{
	struct archive_options options = { .write = true, .file_bytes = 60000, .sync = sync };
	struct archive *a = NULL;
	struct archive_order *o[2] = { NULL, NULL };
	int rc = 0;

	for (int64_t n = from; rc == 0 && n < to; n += 2) {
		if (!a)
			rc = archive_open(dir, &options, &a, err);
		for (int i = 0; rc == 0 && i < 2; i++) {
			o[i] = NULL; /* what a dead writer has sealed is not ordered again */
			if (!archive_has(a, id_of(n + i)))
				rc = begin(a, n + i, &o[i], err);
		}
		for (int i = 0; rc == 0 && i < 2; i++)
			if (o[i])
				rc = put_all(o[i], err);
		for (int i = 2; rc == 0 && i-- > 0;) {
			int64_t sealed = n + i;
			if (!o[i])
				continue;
			rc = archive_seal(o[i], none, 0, err);
			if (rc == 0 && write(fd, &sealed, sizeof(sealed)) != sizeof(sealed))
				rc = err_set(err, ERR_IO, 0, "the pipe");
		}
		if (rc == 0 && n % 9 == 0) {
			rc = archive_close(a, err);
			a = NULL;
		}
	}
	/* What is under way is dropped. */
	if (a) {
		int closed = archive_close(a, rc ? NULL : err);
		rc = rc ? rc : closed;
	}
	return rc;
}

enum { AT_ONCE = 4 };

/* The same by a thread. */
struct beside {
	struct loop *loop;
	struct archive *archive;
	struct archive_writer *writer;
	int64_t next, to;
	int fd;
	struct err err;
	struct one {
		struct beside *all;
		struct archive_writing *order;
		int64_t number;
		size_t told;
	} one[AT_ONCE];
};

static void beside_failed(struct beside *b, int rc, const struct err *err)
{
	if (rc && b->err.code == 0)
		b->err = *err;
	loop_stop(b->loop);
}

static void beside_next(struct one *o);

static void beside_sealed(void *ctx, const struct archive_written *w)
{
	struct one *o = ctx;
	struct err err = w->err;
	int rc = w->rc;

	if (rc == 0 && write(o->all->fd, &o->number, sizeof(o->number)) != sizeof(o->number))
		rc = err_set(&err, ERR_IO, 0, "the pipe");
	if (rc)
		beside_failed(o->all, rc, &err);
	else
		beside_next(o);
}

static void beside_put(void *ctx, const struct archive_written *w)
{
	struct one *o = ctx;

	if (w->rc)
		beside_failed(o->all, w->rc, &w->err);
	else if (++o->told == EXCHANGES)
		archive_writer_seal(o->order, none, 0, beside_sealed, o);
}

static void beside_next(struct one *o)
{
	struct beside *b = o->all;
	struct err err = { 0 };

	/* What a dead writer has sealed is not ordered again. */
	while (b->next < b->to && archive_has(b->archive, id_of(b->next)))
		b->next++;
	if (b->next == b->to)
		return;
	o->number = b->next++;
	o->told = 0;
	json_t *x = about(o->number);
	int rc = archive_writer_begin(b->writer, x, &o->order, &err);
	json_decref(x);
	for (size_t i = 0; rc == 0 && i < EXCHANGES; i++) {
		const struct test_exchange *t = &test_exchanges[i];
		rc = archive_writer_put(o->order, &t->x, t->purpose, t->class, beside_put, o, &err);
	}
	if (rc)
		beside_failed(b, rc, &err);
}

static int write_orders_beside(const char *dir, int64_t from, int64_t to, bool sync, int fd,
                               struct err *err)
{
	struct archive_options options = { .write = true, .file_bytes = 60000, .sync = sync };
	struct beside b = { .next = from, .to = to, .fd = fd };
	int rc = archive_open(dir, &options, &b.archive, err);

	if (rc == 0)
		rc = loop_new(&b.loop, err);
	if (rc == 0)
		rc = archive_writer_new(b.loop, b.archive, &b.writer, err);
	for (size_t i = 0; rc == 0 && i < AT_ONCE; i++) {
		b.one[i].all = &b;
		beside_next(&b.one[i]);
	}
	if (rc == 0)
		loop_run(b.loop);
	archive_writer_free(b.writer);
	if (rc == 0 && b.err.code) {
		*err = b.err;
		rc = b.err.code;
	}
	int closed = archive_close(b.archive, rc ? NULL : err);
	loop_free(b.loop);
	return rc ? rc : closed;
}

typedef int (*write_fn)(const char *dir, int64_t from, int64_t to, bool sync, int fd, struct err *err);

static void print_finding(void *ctx, const struct archive_finding *f)
{
	(void)ctx;
	printf("# %s %s@%llu %s: %s\n", archive_trouble_name(f->trouble), f->file,
	       (unsigned long long)f->offset, f->part ? f->part : "", f->what);
}

static int count_kept(void *ctx, const struct archive_kept *kept, struct err *err)
{
	(void)err;
	if (kept->x)
		check_exchange(kept->x, &test_exchanges[*(size_t *)ctx].x);
	++*(size_t *)ctx;
	return 0;
}

/* As the dead writer left it, and again as the next one finds it. Returns the first number that is
 * not there; all below it are. */
static int64_t check_archive(const char *dir, const bool *acknowledged, int64_t most)
{
	struct archive_options reading = { .write = false }, writing = { .write = true };
	struct archive_verified v = { .orders = 0 };
	struct archive *a = NULL;
	int64_t first = most;

	if (access(dir, F_OK) != 0)
		return 0;
	ASSERT_OK(archive_verify(dir, NULL, print_finding, NULL, &v, err));
	CHECK_INT(0, "findings before the next writer", v.findings, 0);
	ASSERT_OK(archive_open(dir, &writing, &a, err));
	ASSERT_OK(archive_close(a, err));
	ASSERT_OK(archive_verify(dir, NULL, print_finding, NULL, &v, err));
	CHECK_INT(0, "findings", v.findings, 0);
	CHECK_INT(0, "unsealed bytes", v.unsealed, 0);
	ASSERT_OK(archive_open(dir, &reading, &a, err));
	for (int64_t n = most; n-- > 0;) {
		bool there = archive_has(a, id_of(n));
		if (acknowledged[n] && !there)
			CHECK_INT(n, "acknowledged", there, true);
		if (!there)
			first = n;
	}
	for (int64_t n = most; n-- > 0;) {
		size_t kept = 0;
		if (!archive_has(a, id_of(n)) || n % 17 != 3)
			continue;
		ASSERT_OK(archive_each_kept(a, id_of(n), count_kept, &kept, err));
		CHECK_INT(n, "exchanges", kept, EXCHANGES);
	}
	archive_close(a, NULL);
	check_done();
	return first;
}

enum { MOST = 20000 };
static bool acknowledged[MOST];

static void what_was_acknowledged_survives_kill_9(void **state)
{
	(void)state;
	const char *given = getenv("ASSAY_TEST_SEED"), *is_long = getenv("ASSAY_TEST_LONG");
	int kills = is_long && strcmp(is_long, "1") == 0 ? 1000 : 30;
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)clock_ticks_ns();
	int64_t next = 0, sealed;
	char dir[300];

	printf("# seed %" PRIu64 ", %d kills\n", seed, kills);
	rng = seed;
	for (int i = 0; i < kills; i++) {
		if (i % 5 == 0) {
			snprintf(dir, sizeof(dir), "%s/kill-%d", scratch, i);
			memset(acknowledged, 0, sizeof(acknowledged));
			next = 0;
		}
		int ack[2];
		assert_int_equal(pipe(ack), 0);
		pid_t child = fork();
		if (child == 0) {
			struct err err = { .what = "" };
			close(ack[0]);
			write_fn fn = i / 5 % 2 ? write_orders_beside : write_orders;
			fn(dir, next, MOST, i % 5 == 4, ack[1], &err);
			printf("# the writer gave up: %s\n", err.what);
			fflush(stdout);
			_exit(1);
		}
		close(ack[1]);
		long wait_us = (long)(next_random() % 20000);
		struct timespec pause = { 0, wait_us * 1000 };
		if (i % 5 && read(ack[0], &sealed, sizeof(sealed)) == sizeof(sealed))
			acknowledged[sealed] = true;
		nanosleep(&pause, NULL);
		kill(child, SIGKILL);
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status)); /* it had not given up by itself */
		while (read(ack[0], &sealed, sizeof(sealed)) == sizeof(sealed))
			acknowledged[sealed] = true;
		close(ack[0]);
		next = check_archive(dir, acknowledged, MOST / 10);
		next -= next % 2;
	}
	assert_true(next >= 4);
}

/* Files may grow to so many bytes: wherever that ends, the failure is clean. */
static void a_full_disk_loses_nothing(void **state)
{
	(void)state;
	int64_t sealed, done = 0;
	bool beside = false;
	char dir[300];

	for (rlim_t room = 0; room < 200000; room = room * 8 / 5 + 83, beside = !beside) {
		int ack[2];
		memset(acknowledged, 0, sizeof(acknowledged));
		snprintf(dir, sizeof(dir), "%s/full-%llu", scratch, (unsigned long long)room);
		assert_int_equal(pipe(ack), 0);
		pid_t child = fork();
		if (child == 0) {
			struct err err = { .what = "" };
			struct rlimit limit = { room, room };
			signal(SIGXFSZ, SIG_IGN);
			setrlimit(RLIMIT_FSIZE, &limit);
			write_fn fn = beside ? write_orders_beside : write_orders;
			int rc = fn(dir, 0, 12, false, ack[1], &err);
			/* Of four that are sealed together one may have room for its manifest and
			 * not for the index: then the others are told so. */
			bool clean = rc == ERR_IO && (strstr(err.what, "File too large") ||
			                              (beside && strstr(err.what, "to be opened again")));
			if (rc != 0 && !clean) {
				dprintf(1, "# %llu bytes: %s %s\n", (unsigned long long)room,
				        err_name(rc), err.what);
				_exit(2);
			}
			_exit(rc != 0);
		}
		close(ack[1]);
		while (read(ack[0], &sealed, sizeof(sealed)) == sizeof(sealed))
			acknowledged[sealed] = true;
		close(ack[0]);
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		CHECK_INT(room, "exit", WIFEXITED(status) && WEXITSTATUS(status) <= 1, 1);
		done += WIFEXITED(status) && WEXITSTATUS(status) == 0;
		check_archive(dir, acknowledged, 12);
		/* With room again the rest is written, and nothing twice. */
		struct archive_options writing = { .write = true };
		struct archive *a = NULL;
		ASSERT_OK(archive_open(dir, &writing, &a, err));
		for (int64_t n = 0; n < 3; n++) {
			struct archive_order *o = NULL;
			if (archive_has(a, id_of(n)))
				continue;
			ASSERT_OK(begin(a, n, &o, err));
			ASSERT_OK(put_all(o, err));
			ASSERT_OK(archive_seal(o, none, 0, err));
		}
		ASSERT_OK(archive_close(a, err));
		int64_t first = check_archive(dir, acknowledged, 12);
		CHECK_INT(room, "rest", first >= 3, 1);
		check_done();
	}
	assert_true(done >= 1); /* the last had room */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_survives_kill_9),
		cmocka_unit_test(a_full_disk_loses_nothing),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
