/* Workers whose jobs are hostile: what is lost is that job, after one retry. */
#include "check.h"

#include "base/sha256.h"
#include "sys/loop.h"
#include "sys/worker.h"
#include "sys/zygote.h"
#include "wire/json.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULT = 1 << 20 };

enum sort {
	DIGEST,      /* hex of the job's SHA-256 */
	JSON,        /* what libraries load at their first use is there */
	NUMBER,      /* of the process */
	ENVIRONMENT, /* what is left of it */
	FAIL,
	TOO_MUCH,    /* honestly */
	CRASH,
	LOOP,
	ALLOCATE,
	CHATTER,     /* bytes without end, past the function */
	LIE,         /* a frame that promises more than there is */
	NO_FRAME,
	ONE_MORE,    /* a frame too much, behind the first */
	OPEN,
	MAKE,
	SOCKET,
	CONNECT,
	FORK,
	EXEC,
	KILL,
	INHERITED,
	RIGHTS,
};

static const struct {
	const char *name;
	enum sort sort;
} hostile[] = {
	{ "crash", CRASH },
	{ "send without end", CHATTER },
	{ "promise more than is allowed", LIE },
	{ "send what is no frame", NO_FRAME },
	{ "open a file", OPEN },
	{ "make a file", MAKE },
	{ "open a socket", SOCKET },
	{ "connect", CONNECT },
	{ "fork", FORK },
	{ "run a program", EXEC },
	{ "send a signal to the parent", KILL },
	{ "write to another descriptor", INHERITED },
	{ "be dumpable again", RIGHTS },
};

struct frame {
	uint32_t magic;
	int32_t code;
	uint64_t n;
};

static void put_raw(const void *p, size_t n)
{
	if (write(ZYGOTE_FD, p, n) < 0)
		_exit(7);
}

static void allocate(void)
{
	for (;;) {
		char *p = malloc(1 << 20);
		if (!p)
			__builtin_trap();
		memset(p, 1, 1 << 20);
	}
}

static void attack(enum sort sort)
{
	static const char zeros[65536];
	static const struct frame lie = { 0x61737779, 0, UINT64_MAX };
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(9),
		                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	switch (sort) {
	case CRASH: __builtin_trap();
	case LOOP:
		for (volatile int i = 0;; i++)
			continue;
	case ALLOCATE: allocate(); break;
	case CHATTER:
		for (;;)
			put_raw(zeros, sizeof(zeros));
	case LIE: put_raw(&lie, sizeof(lie)); break;
	case NO_FRAME: put_raw("HTTP/1.1 200 OK\r\n\r\n", 19); break;
	case OPEN: open("/etc/passwd", O_RDONLY); break;
	case MAKE: open("/tmp/assay-worker-test", O_WRONLY | O_CREAT, 0600); break;
	case SOCKET: socket(AF_INET, SOCK_STREAM, 0); break;
	case CONNECT: connect(ZYGOTE_FD, (struct sockaddr *)&there, sizeof(there)); break;
	case FORK: fork(); break;
	case EXEC: execl("/bin/true", "true", (char *)NULL); break;
	case KILL: kill(getppid(), SIGTERM); break;
	case INHERITED:
		if (write(2, "x", 1) < 0)
			return;
		break;
	case RIGHTS: prctl(PR_SET_DUMPABLE, 1); break;
	default: break;
	}
}

static int run(void *ctx, uint32_t sort, struct slice job, struct buf *out, struct err *err)
{
	static const struct frame more = { 0x61737779, 0, 0 };
	char hex[SHA256_HEX];
	json_t *object;

	(void)ctx;
	switch ((enum sort)sort) {
	case DIGEST:
		sha256_hex(sha256_of(job), hex);
		buf_puts(out, hex);
		return 0;
	case JSON:
		object = json_object();
		json_put_str(object, "has", job);
		json_canonical(object, out, err);
		json_decref(object);
		return 0;
	case NUMBER: buf_put_i64(out, getpid()); return 0;
	case ENVIRONMENT:
		for (char **e = environ; e && *e; e++)
			buf_puts(out, *e);
		buf_puts(out, getenv("ASSAY_WORKER_TEST") ? "there" : "gone");
		return 0;
	case FAIL: return err_set(err, ERR_SYNTAX, 0, "no page: %.*s", SLICE_ARG(job));
	case TOO_MUCH:
		if (buf_reserve(out, RESULT + 1))
			out->n += RESULT + 1;
		return 0;
	case ONE_MORE:
		put_raw(&more, sizeof(more));
		return 0;
	default:
		attack(sort);
		return 0;
	}
}

/* What came of the jobs, in the order in which they ended. */
struct ended {
	enum worker_end end;
	int code;
	char text[128];
	size_t n;
	bool came;
};

static void done(void *ctx, enum worker_end end, int code, struct slice result)
{
	struct ended *e = ctx;

	assert_false(e->came);
	e->came = true;
	e->end = end;
	e->code = code;
	e->n = result.n;
	snprintf(e->text, sizeof(e->text), "%.*s", SLICE_ARG(slice_sub(result, 0, 100)));
}

static struct workers *make(struct loop *l, unsigned n, unsigned jobs, int64_t job_ms)
{
	struct err err = { 0 };
	struct workers *w = NULL;
	const struct workers_options o = { .n = n, .fn = run, .job_ms = job_ms, .memory = 64 << 20,
		                           .result_bytes = RESULT, .jobs = jobs };

	if (workers_new(l, &o, &w, &err))
		fail_msg("%s", err.what);
	return w;
}

static void start(struct workers *w, enum sort sort, struct slice job, struct ended *e)
{
	struct err err = { 0 };

	if (worker_run(w, sort, job, done, e, &err))
		fail_msg("%s", err.what);
}

static struct loop *new_loop(void)
{
	struct loop *l = NULL;

	assert_int_equal(loop_new(&l, NULL), 0);
	return l;
}

static void jobs_run_in_other_processes_and_their_results_come_back(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended e[40] = { 0 }, json = { 0 }, failed = { 0 }, environment = { 0 }, much = { 0 };
	char want[SHA256_HEX];

	setenv("ASSAY_WORKER_TEST", "a password", 1);
	struct workers *w = make(l, 2, 0, 0);
	size_t big = 50u << 20;
	char *page = malloc(big);
	assert_non_null(page);
	memset(page, 'x', big);
	start(w, DIGEST, slice_from(page, big), &e[0]);
	for (size_t i = 1; i < ROWS(e); i++)
		start(w, NUMBER, SLICE(""), &e[i]);
	start(w, JSON, SLICE("bytes"), &json);
	start(w, FAIL, SLICE("<html>"), &failed);
	start(w, TOO_MUCH, SLICE(""), &much);
	start(w, ENVIRONMENT, SLICE(""), &environment);
	assert_int_equal(workers_jobs(w), ROWS(e) + 4);
	loop_run(l); /* ends by itself, though the workers are there still */

	sha256_hex(sha256_of(slice_from(page, big)), want);
	assert_string_equal(e[0].text, want);
	for (size_t i = 1; i < ROWS(e); i++) {
		CHECK_INT(i, "a process", e[i].end, WORKER_DONE);
		CHECK_INT(i, "not this one", atoi(e[i].text) > 0 && atoi(e[i].text) != getpid(), 1);
		for (size_t j = 1; j < i; j++)
			CHECK_INT(i, "a process of its own", strcmp(e[i].text, e[j].text) == 0, 0);
	}
	check_done();
	assert_string_equal(json.text, "{\"has\":\"bytes\"}");
	assert_int_equal(failed.end, WORKER_DONE);
	assert_int_equal(failed.code, ERR_SYNTAX);
	assert_string_equal(failed.text, "no page: <html>");
	assert_int_equal(much.end, WORKER_DONE);
	assert_int_equal(much.code, ERR_LIMIT);
	assert_string_equal(environment.text, "gone");
	assert_int_equal(workers_jobs(w), 0);
	free(page);
	workers_free(w);
	loop_free(l);
}

static void a_child_may_be_kept_for_many_jobs(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended e[10] = { 0 };
	struct workers *w = make(l, 1, 4, 0);

	for (size_t i = 0; i < ROWS(e); i++)
		start(w, NUMBER, SLICE(""), &e[i]);
	loop_run(l);
	for (size_t i = 1; i < ROWS(e); i++)
		CHECK_INT(i, "the same", strcmp(e[i].text, e[i - 1].text) == 0, i % 4 != 0);
	check_done();
	workers_free(w);
	loop_free(l);
}

static void a_hostile_job_is_lost_alone(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended bad[ROWS(hostile)] = { 0 }, good[ROWS(hostile)] = { 0 };
	struct workers *w = make(l, 2, 8, 0);

	signal(SIGTERM, SIG_DFL); /* the signal of KILL would end us */
	for (size_t i = 0; i < ROWS(hostile); i++) {
		start(w, hostile[i].sort, SLICE(""), &bad[i]);
		start(w, DIGEST, SLICE(""), &good[i]);
	}
	loop_run(l);
	for (size_t i = 0; i < ROWS(hostile); i++) {
		CHECK_INT(i, hostile[i].name, bad[i].came, 1);
		CHECK_INT(i, hostile[i].name, bad[i].end, WORKER_DIED);
		CHECK_INT(i, hostile[i].name, good[i].end, WORKER_DONE);
		CHECK_SLICE(i, hostile[i].name, slice_sub(slice_str(good[i].text), 0, 8),
		            SLICE("e3b0c442"));
	}
	check_done();
	assert_int_not_equal(access("/tmp/assay-worker-test", F_OK), 0);
	workers_free(w);
	loop_free(l);
}

/* Where the sanitizer is, time alone ends the one that allocates. */
static void a_job_without_end_is_ended(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended loop = { 0 }, allocate_ = { 0 }, good[4] = { 0 };
	struct workers *w = make(l, 2, 0, 500);

	start(w, LOOP, SLICE(""), &loop);
	start(w, ALLOCATE, SLICE(""), &allocate_);
	for (size_t i = 0; i < ROWS(good); i++)
		start(w, DIGEST, SLICE(""), &good[i]);
	loop_run(l);
	assert_int_equal(loop.end, WORKER_DIED);
	assert_int_equal(allocate_.end, WORKER_DIED);
	for (size_t i = 0; i < ROWS(good); i++)
		CHECK_INT(i, "good", good[i].end, WORKER_DONE);
	check_done();
	workers_free(w);
	loop_free(l);
}

/* What a child says beyond its answer is no answer to the job of somebody else. */
static void a_frame_too_much_answers_no_other_job(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended first = { 0 }, next[3] = { 0 };
	struct workers *w = make(l, 1, 0, 0);

	start(w, ONE_MORE, SLICE(""), &first);
	for (size_t i = 0; i < ROWS(next); i++)
		start(w, DIGEST, SLICE(""), &next[i]);
	loop_run(l);
	for (size_t i = 0; i < ROWS(next); i++) {
		CHECK_INT(i, "next", next[i].end, WORKER_DONE);
		CHECK_INT(i, "next", next[i].n, 64);
	}
	check_done();
	workers_free(w);
	loop_free(l);
}

static void jobs_that_wait_are_told_that_it_stops(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended e[5] = { 0 };
	struct workers *w = make(l, 1, 0, 0);

	for (size_t i = 0; i < ROWS(e); i++)
		start(w, LOOP, SLICE(""), &e[i]);
	workers_free(w);
	for (size_t i = 0; i < ROWS(e); i++) {
		CHECK_INT(i, "job", e[i].came, 1);
		CHECK_INT(i, "job", e[i].end, WORKER_STOPPED);
	}
	check_done();
	loop_free(l);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Twice as many deaths as are made good at once: the rest at a pace, and none is forgotten. */
static void many_deaths_are_made_good_at_a_pace(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended e[30] = { 0 };
	struct workers *w = make(l, 2, 0, 0);
	int64_t began = loop_now_ms(l);

	for (size_t i = 0; i < ROWS(e); i++)
		start(w, OPEN, SLICE(""), &e[i]);
	loop_run(l);
	for (size_t i = 0; i < ROWS(e); i++)
		CHECK_INT(i, "job", e[i].end, WORKER_DIED);
	check_done();
	/* 60 deaths; 40 are free, and one is free each 50 ms */
	assert_true(loop_now_ms(l) - began >= 700);
	workers_free(w);
	loop_free(l);
}

static void without_the_zygote_jobs_are_given_up(void **state)
{
	(void)state;
	struct loop *l = new_loop();
	struct ended e[4] = { 0 }, number = { 0 };
	struct workers *w = make(l, 1, 1000, 0);
	struct err err = { 0 };

	start(w, NUMBER, SLICE(""), &number);
	for (size_t i = 0; i < ROWS(e); i++)
		start(w, LOOP, SLICE(""), &e[i]);
	kill(workers_zygote(w), SIGKILL);
	loop_run(l);
	for (size_t i = 0; i < ROWS(e); i++)
		CHECK_INT(i, "job", e[i].end, WORKER_DIED);
	check_done();
	assert_int_equal(worker_run(w, NUMBER, SLICE(""), done, &number, &err), ERR_IO);
	workers_free(w);
	loop_free(l);
}

static void print_number(void *ctx, enum worker_end end, int code, struct slice result)
{
	(void)end;
	(void)code;
	char line[16];
	int n = snprintf(line, sizeof(line), "%.*s ", SLICE_ARG(slice_sub(result, 0, 12)));

	if (write(*(int *)ctx, line, (size_t)n) < 0)
		_exit(9);
}

/* Those that outlive the parent become ours, and are seen to end. */
static void nobody_outlives_the_parent(void **state)
{
	(void)state;
	int pipe_of[2], status;

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(pipe_of), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct loop *l = new_loop();
		struct workers *w = make(l, 2, 1000, 0);
		for (int i = 0; i < 2; i++)
			worker_run(w, NUMBER, SLICE(""), print_number, &pipe_of[1], NULL);
		loop_run(l);
		for (int i = 0; i < 2; i++)
			worker_run(w, LOOP, SLICE(""), print_number, &pipe_of[1], NULL);
		kill(getpid(), SIGKILL);
		_exit(8);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	char text[64] = "", *at = text;
	assert_true(read(pipe_of[0], text, sizeof(text) - 1) > 0);
	close(pipe_of[0]);
	close(pipe_of[1]);
	/* Hangs if the zygote, or one born of it, goes on: the looping jobs have no other end here.
	 * */
	while (waitpid(-1, &status, 0) > 0)
		continue;
	assert_int_equal(errno, ECHILD);
	for (int i = 0; i < 2; i++) {
		pid_t worker = (pid_t)strtol(at, &at, 10);
		assert_true(worker > 1);
		assert_int_equal(kill(worker, 0), -1);
	}
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_run_in_other_processes_and_their_results_come_back),
		cmocka_unit_test(a_child_may_be_kept_for_many_jobs),
		cmocka_unit_test(a_hostile_job_is_lost_alone),
		cmocka_unit_test(a_job_without_end_is_ended),
		cmocka_unit_test(a_frame_too_much_answers_no_other_job),
		cmocka_unit_test(jobs_that_wait_are_told_that_it_stops),
		cmocka_unit_test(many_deaths_are_made_good_at_a_pace),
		cmocka_unit_test(without_the_zygote_jobs_are_given_up),
		cmocka_unit_test(nobody_outlives_the_parent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
