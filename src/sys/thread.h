/* A thread beside a loop: it is handed jobs, does them in their sequence, and gives them back to the
 * loop.
 *
 *   batches  all jobs that wait are handed over at once: what can be done for many together (waiting
 *            for the disk) is done once
 *   loop     is held while jobs are not back, and not else
 *   signals  are blocked in it
 *   owner    of a job: who hands it over, but between thread_hand and its back function */
#ifndef SYS_THREAD_H
#define SYS_THREAD_H

#include "base/err.h"
#include "sys/loop.h"

struct thread;

/* Part of a larger struct. Which function is whose is set by the owner before it is handed over. */
struct thread_job {
	struct thread_job *next;
	void (*back)(struct thread_job *job); /* in the loop's thread; may hand over others */
};

/* In the thread: jobs in the sequence they were handed over, linked by .next. Each is given back by
 * thread_give_back, in any sequence, before this returns. */
typedef void (*thread_fn)(void *ctx, struct thread *t, struct thread_job *first);

/* ERR_NOMEM, ERR_IO. */
int thread_new(struct loop *l, thread_fn fn, void *ctx, struct thread **out, struct err *err);
/* All that was handed over is done and given back first. Not from within a job's back function. */
void thread_free(struct thread *t);

void thread_hand(struct thread *t, struct thread_job *job);
/* In the thread. */
void thread_give_back(struct thread *t, struct thread_job *job);

#endif
