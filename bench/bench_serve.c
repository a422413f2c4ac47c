/* Lookups a second over HTTP, against a bare libmicrohttpd that hands out constant bytes.
 *
 *   bench_serve ASSAY [SUBJECTS [ROUNDS [SECONDS]]]     default: 0 7 0.4
 *   from    the root of the tree: the examples are run into a store under /tmp, SUBJECTS copies of
 *           a listed one are put into it (bench/copies.h), and ASSAY serves it
 *   rival   a process of its own with as many threads and the same way of polling, whose handler
 *           returns a constant body, as long as ours is on average
 *   asked   GET /v1/lookup?name=... of listed, of unverified (pending) and of unknown names, and
 *           of a mix of the three in equal parts, in turns; the mix once more with detail=brief
 *   load    bench/http_load.h: one thread, 2 or 64 keep-alive connections, loopback
 *
 * Ours and the rival are asked in turns. Printed are medians over the rounds, and the median of the
 * rounds' ratios, by the clock and by the processor time that the server took for an answer. The
 * second tells more where other work runs, and because the load takes a processor itself. */
#include "copies.h"
#include "http_load.h"

#include <microhttpd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS_MAX = 99, KIND_MAX = 4096, TARGET = 200, BODY_MAX = 1 << 17 };

enum { LISTED, PENDING, UNKNOWN, MIX, BRIEF, KINDS };
static const char *const kind_name[KINDS] = { "listed", "unverified", "unknown", "mix",
	                                      "mix, brief" };
static const char copied[] = "himawari-kusuribin.example";

struct kind {
	char *target[KIND_MAX];
	size_t n;
};

static char folder[100];

static void die(const char *what)
{
	fprintf(stderr, "bench_serve: %s\n", what);
	exit(2);
}

static void add(struct kind *k, const char *name, const char *more)
{
	char *text = k->n < KIND_MAX ? malloc(TARGET) : NULL;
	int n = text ? snprintf(text, TARGET, "/v1/lookup?name=%s%s", name, more) : 0;

	if (n <= 0 || n >= TARGET)
		die("too many names, or one that is too long");
	k->target[k->n++] = text;
}

/* Names of the examples: listed ones only where there are no copies. */
static void read_names(struct kind *kinds, size_t subjects)
{
	FILE *f = fopen("examples/expected.tsv", "r");
	char line[400], name[200], class[40], state[40];
	uint32_t draw = 1;

	if (!f)
		die("examples/expected.tsv is not here: run it from the root of the tree");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%199s\t%*s\t%39s\t%*s\t%39s", name, class, state) != 3 ||
		    strchr(name, '/'))
			continue;
		if (strcmp(state, "listed") == 0 && subjects == 0)
			add(&kinds[LISTED], name, "");
		else if (strcmp(state, "pending") == 0)
			add(&kinds[PENDING], name, "");
	}
	fclose(f);
	for (size_t i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "never-seen-%zu.example", i);
		add(&kinds[UNKNOWN], name, "");
		draw = draw * 1664525u + 1013904223u;
		snprintf(name, sizeof(name), "copy-%zu.example",
		         subjects ? (size_t)(((uint64_t)draw * subjects) >> 32) : 0);
		if (subjects)
			add(&kinds[LISTED], name, "");
	}
	for (size_t i = 0; i < 1000; i++)
		for (size_t k = LISTED; k <= UNKNOWN; k++) {
			const char *target = kinds[k].target[i % kinds[k].n];
			target += strlen("/v1/lookup?name=");
			add(&kinds[MIX], target, "");
			add(&kinds[BRIEF], target, "&detail=brief");
		}
}

/* ---- the two servers ---- */

static pid_t begin_child(int *out)
{
	int pipes[2];
	pid_t pid = -1;

	fflush(NULL);
	if (pipe(pipes) == 0)
		pid = fork();
	if (pid < 0)
		die("cannot start a process");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(pipes[1], 1);
		close(pipes[0]);
		close(pipes[1]);
		return 0;
	}
	close(pipes[1]);
	*out = pipes[0];
	return pid;
}

/* The number behind the last colon of the first line. */
static uint16_t read_port(int fd)
{
	FILE *f = fdopen(fd, "r");
	char line[400];
	const char *colon = NULL;

	if (f && fgets(line, sizeof(line), f))
		for (const char *p = line; (p = strstr(p, ":")); p++)
			if (p[1] >= '1' && p[1] <= '9')
				colon = p;
	if (!colon)
		die("a server did not start");
	return (uint16_t)strtoul(colon + 1, NULL, 10);
}

static pid_t start_ours(const char *assay, uint16_t *port)
{
	int out;
	pid_t pid = begin_child(&out);

	if (pid == 0) {
		execl(assay, assay, "serve", "--store", folder, "--config", "examples/assay.yaml",
		      "--listen", "127.0.0.1:0", "--log", "error", (char *)NULL);
		_exit(127);
	}
	*port = read_port(out);
	return pid;
}

static char constant[BODY_MAX];

/* "/N": the first N octets. */
static enum MHD_Result hand_out(void *ctx, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_n, void **record)
{
	static int seen;
	size_t n = (size_t)strtoull(url + 1, NULL, 10);

	(void)ctx, (void)method, (void)version, (void)upload, (void)upload_n;
	if (!*record) { /* the head alone: as the library's manual has it */
		*record = &seen;
		return MHD_YES;
	}
	if (n > BODY_MAX)
		n = BODY_MAX;
	struct MHD_Response *r =
		MHD_create_response_from_buffer(n, constant, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", "application/json");
	enum MHD_Result result = MHD_queue_response(connection, 200, r);
	MHD_destroy_response(r);
	return result;
}

static pid_t start_rival(uint16_t *port)
{
	int out;
	pid_t pid = begin_child(&out);

	if (pid == 0) {
		long threads = sysconf(_SC_NPROCESSORS_ONLN); /* as sys/http_server.c */
		struct MHD_OptionItem pool[] = {
			{ threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads,
			  NULL },
			{ MHD_OPTION_END, 0, NULL },
		};
		struct MHD_Daemon *d = MHD_start_daemon(
			MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_TURBO, 0, NULL, NULL,
			hand_out, NULL, MHD_OPTION_ARRAY, pool, MHD_OPTION_END);
		if (!d)
			_exit(2);
		memset(constant, 'x', sizeof(constant));
		dprintf(1, "rival:%u\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
		for (;;)
			pause(); /* until it is told to end */
	}
	*port = read_port(out);
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

/* ---- measuring ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

struct pair {
	uint16_t port[2]; /* ours, the rival's */
	pid_t pid[2];
};

static void measure(const struct pair *p, const struct kind *kind, const char *name, size_t rounds,
                    size_t connections, double seconds)
{
	double speed[2][ROUNDS_MAX], cpu[2][ROUNDS_MAX], slower[ROUNDS_MAX], dearer[ROUNDS_MAX];
	char constant_target[40];
	const char *const rival[] = { constant_target };
	struct http_load load[2] = {
		{ p->port[0], p->pid[0], (const char *const *)kind->target, kind->n, connections,
		  seconds },
		{ p->port[1], p->pid[1], rival, 1, connections, seconds },
	};
	struct http_load_result got = http_load_run(&load[0]); /* to warm up, and for the length */
	double body = got.body;

	snprintf(constant_target, sizeof(constant_target), "/%.0f", body);
	for (size_t i = 0; i < rounds; i++) {
		for (size_t k = 0; k < 2; k++) {
			got = http_load_run(&load[k]);
			speed[k][i] = got.per_second;
			cpu[k][i] = got.cpu_us;
		}
		slower[i] = speed[0][i] / speed[1][i];
		dearer[i] = cpu[0][i] / cpu[1][i];
	}
	printf("%-11s %3zu %8.0f %9.0f %9.0f %8.2f %9.1f %9.1f %8.2f\n", name, connections, body,
	       median(speed[0], rounds), median(speed[1], rounds), median(slower, rounds),
	       median(cpu[0], rounds), median(cpu[1], rounds), median(dearer, rounds));
	fflush(stdout);
}

static void make_store(const char *assay, size_t subjects)
{
	char command[1000];
	struct err err = { 0 };

	snprintf(command, sizeof(command), "'%s' run --store '%s' --config examples/assay.yaml "
	         "--at 2026-11-22T00:00:00Z examples >/dev/null 2>&1", assay, folder);
	if (system(command))
		die("the examples could not be run: is ASSAY the program?");
	if (subjects && copies_put(folder, copied, subjects, &err)) {
		fprintf(stderr, "bench_serve: %s\n", err.what);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	size_t subjects = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 0;
	size_t rounds = argc > 3 ? (size_t)strtoull(argv[3], NULL, 10) : 7;
	double seconds = argc > 4 ? strtod(argv[4], NULL) : 0.4;
	struct kind *kinds = calloc(KINDS, sizeof(*kinds));
	struct pair p;
	char command[200];

	if (argc < 2 || !rounds || rounds > ROUNDS_MAX || seconds <= 0 || seconds > 10 || !kinds) {
		fputs("usage: bench_serve ASSAY [SUBJECTS [ROUNDS [SECONDS]]]\n", stderr);
		return 2;
	}
	snprintf(folder, sizeof(folder), "/tmp/assay-bench-serve-%ld", (long)getpid());
	read_names(kinds, subjects);
	make_store(argv[1], subjects);
	p.pid[0] = start_ours(argv[1], &p.port[0]);
	p.pid[1] = start_rival(&p.port[1]);
	printf("examples and %zu copies; %zu rounds of %.1f s\n", subjects, rounds, seconds);
	printf("%-11s %3s %8s %9s %9s %8s %9s %9s %8s\n", "asked", "con", "octets", "ours/s",
	       "rival/s", "ratio", "ours us", "rival us", "ratio");
	for (size_t k = 0; k < KINDS; k++)
		for (size_t connections = 2; connections <= 64; connections *= 32)
			measure(&p, &kinds[k], kind_name[k], rounds, connections, seconds);
	stop(p.pid[0]);
	stop(p.pid[1]);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		fprintf(stderr, "bench_serve: %s could not be removed\n", folder);
	for (size_t k = 0; k < KINDS; k++)
		for (size_t i = 0; i < kinds[k].n; i++)
			free(kinds[k].target[i]);
	free(kinds);
	return 0;
}
