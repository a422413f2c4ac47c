/* The side that gives jobs out.
 *
 * A child that has read one hostile job may be anybody's: what it sends is held against the limits
 * here, and it does no second job of another's (workers_options.jobs).
 *
 *   stage   DELAY -> ASKED (of the zygote) -> HELLO -> IDLE -> BUSY -> ASKED ...
 *           any of them -> DELAY or ASKED when the child dies: its job stays, to be tried again */
#include "sys/worker.h"

#include "sys/worker_frame.h"
#include "sys/zygote.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <uv.h>

enum {
	WORKERS_MAX = 64,
	STEP = 256 * 1024,      /* bytes read at once */
	TRIES = 2,              /* of a job, each by a fresh child */
	HELLO_MS = 20 * 1000,
	NO_CHILD_MS = 250,      /* the zygote could not fork: until it is asked again */
	NO_CHILD_TIMES = 20,    /* so often, then the job that waits for it is given up */
	/* Deaths are made good at once so often, and then at this pace: no storm of forks. */
	BURST = 40,
	PACE_MS = 50,
};

static const uint64_t memory_default = UINT64_C(1) << 30, result_default = UINT64_C(64) << 20;
static const int64_t job_ms_default = 20 * 1000;

struct job {
	struct job *next;
	worker_done_fn fn;
	void *ctx;
	uint32_t sort;
	unsigned tries;
	size_t n;
	char bytes[];
};

enum stage { STAGE_DELAY, STAGE_ASKED, STAGE_HELLO, STAGE_IDLE, STAGE_BUSY };

struct worker {
	struct workers *of;
	enum stage stage;
	uv_timer_t timer;        /* of the stage */
	struct channel *channel; /* from HELLO on */
	int pidfd;
	unsigned done;           /* jobs of this child */
	unsigned childless;      /* times that there was no child to be had */
	struct job *job;
	struct worker_reply head;
	size_t head_n;
	struct buf result;
};

/* Outlives its child: libuv closes later. */
struct channel {
	uv_pipe_t pipe;
	struct worker *worker;
	struct workers *of;
};

struct writing {
	uv_write_t write;
	struct worker_order order;
};

struct workers {
	struct workers_options o;
	struct zygote *zygote;
	uv_loop_t *uv;
	uv_poll_t births;
	uv_async_t awake;  /* holds the loop while jobs are not done; nothing else here does */
	struct worker *worker;
	struct job *first, **last;
	size_t jobs;       /* queued and under way */
	size_t handles;    /* of libuv, that are not closed */
	uint64_t deaths_ms; /* when the deaths so far are made good at the pace */
	bool barren, stopping;
};

static void feed(struct workers *w);
static void lose(struct worker *x);
static void no_more(struct workers *w);

static void handle_closed(struct workers *w)
{
	if (--w->handles)
		return;
	free(w->worker);
	free(w);
}

static void pool_handle_closed(uv_handle_t *h)
{
	handle_closed(h->data);
}

static void timer_closed(uv_handle_t *h)
{
	handle_closed(((struct worker *)h->data)->of);
}

static void channel_closed(uv_handle_t *h)
{
	struct channel *c = h->data;
	struct workers *w = c->of;

	free(c);
	handle_closed(w);
}

static void job_ends(struct workers *w, struct job *j, enum worker_end end, int code,
                     struct slice result)
{
	if (--w->jobs == 0)
		uv_unref((uv_handle_t *)&w->awake);
	j->fn(j->ctx, end, code, result);
	free(j);
}

/* Whatever the child is doing: it has no say in it. */
static void part(struct worker *x)
{
	if (x->pidfd >= 0) {
		syscall(SYS_pidfd_send_signal, x->pidfd, SIGKILL, NULL, 0);
		close(x->pidfd);
		x->pidfd = -1;
	}
	if (x->channel) {
		uv_close((uv_handle_t *)&x->channel->pipe, channel_closed);
		x->channel = NULL;
	}
	uv_timer_stop(&x->timer);
	buf_release(&x->result);
	x->head_n = 0;
	x->done = 0;
}

static void on_time(uv_timer_t *t);

static void ask_for_child(struct worker *x)
{
	struct err err;
	int rc = zygote_ask(x->of->zygote, (uint32_t)(x - x->of->worker), &err);

	x->stage = rc ? STAGE_DELAY : STAGE_ASKED;
	if (rc == ERR_BUSY)
		uv_timer_start(&x->timer, on_time, NO_CHILD_MS, 0);
	else if (rc)
		no_more(x->of);
}

/* After a death: at once, or when the pace allows it. */
static void ask_in_time(struct worker *x)
{
	struct workers *w = x->of;
	uint64_t now = uv_now(w->uv);

	if (w->deaths_ms < now)
		w->deaths_ms = now;
	w->deaths_ms += PACE_MS;
	uint64_t due = w->deaths_ms - now, free_ms = BURST * PACE_MS;
	x->stage = STAGE_DELAY;
	if (due <= free_ms)
		ask_for_child(x);
	else
		uv_timer_start(&x->timer, on_time, due - free_ms, 0);
}

/* The child died, took too long, or sent what no child of ours sends. */
static void lose(struct worker *x)
{
	struct job *j = x->job;
	bool given_up = j && ++j->tries >= TRIES;

	part(x);
	if (given_up)
		x->job = NULL;
	ask_in_time(x);
	if (given_up)
		job_ends(x->of, j, WORKER_DIED, 0, (struct slice){ 0 });
}

static void no_child(struct worker *x)
{
	struct job *j = x->job;

	x->stage = STAGE_DELAY;
	uv_timer_start(&x->timer, on_time, NO_CHILD_MS, 0);
	if (++x->childless < NO_CHILD_TIMES || !j)
		return;
	x->childless = 0;
	x->job = NULL;
	job_ends(x->of, j, WORKER_DIED, 0, (struct slice){ 0 });
}

static void on_time(uv_timer_t *t)
{
	struct worker *x = t->data;

	if (x->of->barren)
		return;
	if (x->stage == STAGE_DELAY)
		ask_for_child(x);
	else
		lose(x);
}

/* Without the zygote there are no further children: nobody else may fork, we have secrets by now.
 * */
static void no_more(struct workers *w)
{
	if (w->barren)
		return;
	w->barren = true;
	uv_poll_stop(&w->births);
	for (unsigned i = 0; i < w->o.n; i++) {
		struct worker *x = &w->worker[i];
		part(x);
		x->stage = STAGE_DELAY;
		if (x->job) {
			x->job->next = w->first;
			w->first = x->job;
			x->job = NULL;
		}
	}
	while (w->first) {
		struct job *j = w->first;
		w->first = j->next;
		job_ends(w, j, WORKER_DIED, 0, (struct slice){ 0 });
	}
	w->last = &w->first;
}

static void hand_over(struct worker *x);

static void replied(struct worker *x)
{
	struct workers *w = x->of;
	struct worker_reply head = x->head;

	uv_timer_stop(&x->timer);
	x->head_n = 0;
	if (x->stage == STAGE_HELLO) {
		buf_release(&x->result);
		if (head.code) {
			lose(x); /* not shut in: it is told nothing */
			return;
		}
		x->stage = STAGE_IDLE;
		x->childless = 0;
		if (x->job)
			hand_over(x);
		else
			feed(w);
		return;
	}
	struct job *j = x->job;
	struct buf result = x->result;
	x->job = NULL;
	x->result = (struct buf){ 0 };
	x->stage = STAGE_IDLE;
	if (++x->done >= w->o.jobs) {
		part(x);
		ask_for_child(x);
	}
	feed(w);
	job_ends(w, j, WORKER_DONE, head.code, buf_slice(&result));
	buf_release(&result);
}

static void room_for(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	struct worker *x = ((struct channel *)h->data)->worker;

	(void)suggested;
	if (x->head_n < sizeof(x->head)) {
		*out = uv_buf_init((char *)&x->head + x->head_n,
		                   (unsigned)(sizeof(x->head) - x->head_n));
		return;
	}
	uint64_t left = x->head.n - x->result.n;
	size_t n = left < STEP ? (size_t)left : STEP;
	char *p = buf_reserve(&x->result, n);
	*out = uv_buf_init(p, p ? (unsigned)n : 0);
}

/* Whether the head may stand at this point, and promises no more than is allowed. */
static bool may_come(const struct worker *x)
{
	uint64_t limit = x->head.code ? WORKER_WHAT : x->of->o.result_bytes;

	return x->head.magic == WORKER_MAGIC && x->head.n <= limit &&
	       (x->stage == STAGE_HELLO || x->stage == STAGE_BUSY) &&
	       /* An answer to what it has not read yet would stand before the next job's. */
	       uv_stream_get_write_queue_size((uv_stream_t *)&x->channel->pipe) == 0;
}

static void on_bytes(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct worker *x = ((struct channel *)s->data)->worker;

	(void)b;
	if (n == 0)
		return;
	if (n < 0) {
		lose(x);
		return;
	}
	if (x->head_n < sizeof(x->head)) {
		x->head_n += (size_t)n;
		if (x->head_n == sizeof(x->head) && !may_come(x)) {
			lose(x);
			return;
		}
	} else {
		x->result.n += (size_t)n;
	}
	if (x->head_n == sizeof(x->head) && x->result.n == x->head.n)
		replied(x);
}

static void written(uv_write_t *r, int status)
{
	(void)status; /* a child that does not take its job is seen by what is read of it */
	free(r->data);
}

static void hand_over(struct worker *x)
{
	struct job *j = x->job;
	struct writing *g = calloc(1, sizeof(*g));

	x->stage = STAGE_BUSY;
	if (!g) {
		lose(x);
		return;
	}
	g->write.data = g;
	g->order = (struct worker_order){ .magic = WORKER_MAGIC, .sort = j->sort, .n = j->n };
	const uv_buf_t part_of[] = {
		uv_buf_init((char *)&g->order, sizeof(g->order)),
		uv_buf_init(j->bytes, (unsigned)j->n),
	};
	uv_timer_start(&x->timer, on_time, (uint64_t)x->of->o.job_ms, 0);
	if (uv_write(&g->write, (uv_stream_t *)&x->channel->pipe, part_of, j->n ? 2 : 1,
	             written) < 0) {
		free(g);
		lose(x);
	}
}

static void feed(struct workers *w)
{
	for (unsigned i = 0; i < w->o.n && w->first; i++) {
		struct worker *x = &w->worker[i];
		if (x->stage != STAGE_IDLE || x->job)
			continue;
		x->job = w->first;
		w->first = x->job->next;
		if (!w->first)
			w->last = &w->first;
		hand_over(x);
	}
}

static int attach(struct worker *x, const struct zygote_child *born)
{
	struct workers *w = x->of;
	struct channel *c = calloc(1, sizeof(*c));

	x->pidfd = born->pidfd;
	if (!c || uv_pipe_init(w->uv, &c->pipe, 0) < 0) {
		free(c);
		close(born->fd);
		return -1;
	}
	w->handles++;
	c->pipe.data = c;
	c->worker = x;
	c->of = w;
	x->channel = c;
	if (uv_pipe_open(&c->pipe, born->fd) < 0) {
		close(born->fd);
		return -1;
	}
	uv_unref((uv_handle_t *)&c->pipe);
	x->stage = STAGE_HELLO;
	uv_timer_start(&x->timer, on_time, HELLO_MS, 0);
	return uv_read_start((uv_stream_t *)&c->pipe, room_for, on_bytes) < 0 ? -1 : 0;
}

static void on_birth(uv_poll_t *p, int status, int events)
{
	struct workers *w = p->data;
	struct zygote_child born;
	struct err err;
	int rc = status < 0 ? ERR_IO : zygote_take(w->zygote, &born, &err);

	(void)events;
	if (rc == ERR_IO)
		no_more(w);
	else if (rc)
		no_child(&w->worker[born.tag]);
	else if (attach(&w->worker[born.tag], &born) < 0)
		lose(&w->worker[born.tag]);
}

/* The first child is heard before anything is built on it: where the kernel lets nobody shut itself
 * in there are no workers. */
static int first_hello(int fd, struct err *err)
{
	struct worker_reply r;
	char what[WORKER_WHAT] = "";

	if (worker_read_all(fd, &r, sizeof(r)) < 0 || r.magic != WORKER_MAGIC ||
	    r.n >= WORKER_WHAT || worker_read_all(fd, what, r.n) < 0)
		return err_set(err, ERR_IO, 0, "workers: the first one died");
	return r.code ? err_set(err, ERR_IO, 0, "workers: %s", what) : 0;
}

static int first_child(struct workers *w, struct err *err)
{
	struct zygote_child born;
	int rc = zygote_ask(w->zygote, 0, err);

	if (rc == 0)
		rc = zygote_take(w->zygote, &born, err);
	if (rc)
		return rc;
	rc = first_hello(born.fd, err);
	syscall(SYS_pidfd_send_signal, born.pidfd, SIGKILL, NULL, 0);
	close(born.fd);
	close(born.pidfd);
	return rc;
}

static void defaults(struct workers_options *o)
{
	if (o->n == 0)
		o->n = uv_available_parallelism();
	if (o->n > WORKERS_MAX)
		o->n = WORKERS_MAX;
	if (o->memory == 0)
		o->memory = memory_default;
	if (o->job_ms == 0)
		o->job_ms = job_ms_default;
	if (o->result_bytes == 0)
		o->result_bytes = result_default;
	if (o->jobs == 0)
		o->jobs = 1;
}

int workers_new(struct loop *l, const struct workers_options *o, struct workers **out,
                struct err *err)
{
	struct workers *w = calloc(1, sizeof(*w));

	if (!w)
		return err_set(err, ERR_NOMEM, 0, "workers: out of memory");
	w->o = *o;
	defaults(&w->o);
	w->uv = loop_uv(l);
	w->last = &w->first;
	w->worker = calloc(w->o.n, sizeof(*w->worker));
	/* Beside the timer here, for a parent that is itself held up. */
	const struct zygote_options z = {
		.fn = worker_child,
		.ctx = &w->o,
		.memory = w->o.memory,
		.cpu_s = (w->o.job_ms / 1000 + 2) * (int64_t)w->o.jobs,
	};
	int rc = w->worker ? zygote_new(&z, &w->zygote, err)
	                   : err_set(err, ERR_NOMEM, 0, "workers: out of memory");
	if (rc == 0)
		rc = first_child(w, err);
	if (rc == 0 && uv_poll_init(w->uv, &w->births, zygote_fd(w->zygote)) < 0)
		rc = err_set(err, ERR_IO, 0, "workers: the loop takes no more");
	if (rc) {
		zygote_free(w->zygote);
		free(w->worker);
		free(w);
		return rc;
	}
	w->awake.data = w->births.data = w;
	if (uv_async_init(w->uv, &w->awake, NULL) < 0) {
		w->handles = 1;
		uv_close((uv_handle_t *)&w->births, pool_handle_closed);
		zygote_free(w->zygote);
		return err_set(err, ERR_IO, 0, "workers: the loop takes no more");
	}
	w->handles = 2 + w->o.n;
	uv_unref((uv_handle_t *)&w->awake);
	uv_poll_start(&w->births, UV_READABLE, on_birth);
	uv_unref((uv_handle_t *)&w->births);
	for (unsigned i = 0; i < w->o.n; i++) {
		struct worker *x = &w->worker[i];
		x->of = w;
		x->pidfd = -1;
		uv_timer_init(w->uv, &x->timer);
		uv_unref((uv_handle_t *)&x->timer);
		x->timer.data = x;
		ask_for_child(x);
	}
	*out = w;
	return 0;
}

int worker_run(struct workers *w, uint32_t sort, struct slice job, worker_done_fn fn, void *ctx,
               struct err *err)
{
	if (w->barren || w->stopping)
		return err_set(err, ERR_IO, 0,
		               "workers: the process that they are born of has ended");
	if (job.n > UINT32_MAX)
		return err_set(err, ERR_LIMIT, 0, "workers: a job of over 4 GiB");
	struct job *j = malloc(sizeof(*j) + job.n);
	if (!j)
		return err_set(err, ERR_NOMEM, 0, "workers: out of memory");
	*j = (struct job){ .fn = fn, .ctx = ctx, .sort = sort, .n = job.n };
	if (job.n)
		memcpy(j->bytes, job.p, job.n);
	*w->last = j;
	w->last = &j->next;
	if (w->jobs++ == 0)
		uv_ref((uv_handle_t *)&w->awake);
	feed(w);
	return 0;
}

size_t workers_jobs(const struct workers *w)
{
	return w->jobs;
}

pid_t workers_zygote(const struct workers *w)
{
	return zygote_pid(w->zygote);
}

void workers_free(struct workers *w)
{
	if (!w)
		return;
	w->stopping = true;
	for (unsigned i = 0; i < w->o.n; i++) {
		struct job *j = w->worker[i].job;
		part(&w->worker[i]);
		w->worker[i].job = NULL;
		if (j)
			job_ends(w, j, WORKER_STOPPED, 0, (struct slice){ 0 });
	}
	while (w->first) {
		struct job *j = w->first;
		w->first = j->next;
		job_ends(w, j, WORKER_STOPPED, 0, (struct slice){ 0 });
	}
	uv_poll_stop(&w->births);
	uv_close((uv_handle_t *)&w->births, pool_handle_closed);
	uv_close((uv_handle_t *)&w->awake, pool_handle_closed);
	for (unsigned i = 0; i < w->o.n; i++)
		uv_close((uv_handle_t *)&w->worker[i].timer, timer_closed);
	zygote_free(w->zygote);
}
