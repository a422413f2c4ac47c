/* Two lists under one lock: jobs to be done, and jobs that are done. The thread takes the whole of
 * the first; the loop is woken for the second by an eventfd of libuv's. */
#include "sys/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

struct jobs {
	struct thread_job *first, **last;
};

struct thread {
	thread_fn fn;
	void *ctx;
	pthread_t id;
	pthread_mutex_t lock;
	pthread_cond_t more, back; /* one to be done; one that is done */
	struct jobs todo, done;
	bool is_ending;
	uv_async_t *wake;
	size_t out; /* handed over and not back; the loop's thread alone */
};

static void jobs_clear(struct jobs *j)
{
	j->first = NULL;
	j->last = &j->first;
}

static void jobs_put(struct jobs *j, struct thread_job *job)
{
	job->next = NULL;
	*j->last = job;
	j->last = &job->next;
}

static struct thread_job *jobs_take(struct jobs *j)
{
	struct thread_job *first = j->first;

	jobs_clear(j);
	return first;
}

static void *work(void *ctx)
{
	struct thread *t = ctx;

	for (;;) {
		pthread_mutex_lock(&t->lock);
		while (!t->todo.first && !t->is_ending)
			pthread_cond_wait(&t->more, &t->lock);
		struct thread_job *first = jobs_take(&t->todo);
		pthread_mutex_unlock(&t->lock);
		if (!first)
			return NULL;
		t->fn(t->ctx, t, first);
	}
}

void thread_give_back(struct thread *t, struct thread_job *job)
{
	pthread_mutex_lock(&t->lock);
	bool was_empty = !t->done.first;
	jobs_put(&t->done, job);
	pthread_mutex_unlock(&t->lock);
	if (was_empty) {
		pthread_cond_signal(&t->back);
		uv_async_send(t->wake);
	}
}

/* Those that are done. */
static void take_back(struct thread *t)
{
	pthread_mutex_lock(&t->lock);
	struct thread_job *job = jobs_take(&t->done);
	pthread_mutex_unlock(&t->lock);
	while (job) {
		struct thread_job *next = job->next;
		t->out--;
		job->back(job);
		job = next;
	}
	if (t->out == 0)
		uv_unref((uv_handle_t *)t->wake);
}

static void woken(uv_async_t *wake)
{
	take_back(wake->data);
}

void thread_hand(struct thread *t, struct thread_job *job)
{
	if (t->out++ == 0)
		uv_ref((uv_handle_t *)t->wake);
	pthread_mutex_lock(&t->lock);
	bool was_empty = !t->todo.first;
	jobs_put(&t->todo, job);
	pthread_mutex_unlock(&t->lock);
	if (was_empty)
		pthread_cond_signal(&t->more);
}

static void handle_gone(uv_handle_t *h)
{
	free(h);
}

int thread_new(struct loop *l, thread_fn fn, void *ctx, struct thread **out, struct err *err)
{
	struct thread *t = calloc(1, sizeof(*t));
	uv_async_t *wake = calloc(1, sizeof(*wake));
	sigset_t all, were;

	if (!t || !wake || uv_async_init(loop_uv(l), wake, woken) < 0) {
		free(t);
		free(wake);
		return err_set(err, ERR_NOMEM, 0, "thread: no memory");
	}
	wake->data = t;
	uv_unref((uv_handle_t *)wake);
	t->fn = fn;
	t->ctx = ctx;
	t->wake = wake;
	jobs_clear(&t->todo);
	jobs_clear(&t->done);
	pthread_mutex_init(&t->lock, NULL); /* neither fails on Linux */
	pthread_cond_init(&t->more, NULL);
	pthread_cond_init(&t->back, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &were);
	int failed = pthread_create(&t->id, NULL, work, t);
	pthread_sigmask(SIG_SETMASK, &were, NULL);
	if (failed) {
		uv_close((uv_handle_t *)wake, handle_gone);
		free(t);
		return err_set(err, ERR_IO, 0, "thread: the system has no further one");
	}
	*out = t;
	return 0;
}

void thread_free(struct thread *t)
{
	if (!t)
		return;
	/* What comes back may hand over more. */
	while (t->out) {
		pthread_mutex_lock(&t->lock);
		while (!t->done.first)
			pthread_cond_wait(&t->back, &t->lock);
		pthread_mutex_unlock(&t->lock);
		take_back(t);
	}
	pthread_mutex_lock(&t->lock);
	t->is_ending = true;
	pthread_mutex_unlock(&t->lock);
	pthread_cond_signal(&t->more);
	pthread_join(t->id, NULL);
	uv_close((uv_handle_t *)t->wake, handle_gone);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->more);
	pthread_cond_destroy(&t->back);
	free(t);
}
