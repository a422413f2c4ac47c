/* Processes that read hostile bytes and can do nothing else.
 *
 *   each     a child of a zygote (sys/zygote.h) that is made here, so before this process has
 *            secrets or threads, shut in by sys/sandbox (no network, no files, no new processes),
 *            bounded in memory and processor time (setrlimit), with one pair of sockets for jobs
 *            and results
 *   fresh    by default each job has a process of its own: what broke into one reads, and answers,
 *            its own job alone
 *   dies     one that dies of a job, takes too long or answers too much is replaced; its job is
 *            tried once more by a fresh one and then given up. Many deaths are made good at a pace
 *   bytes    of a child are those of a stranger: held against limits before there is memory for
 *            them
 *   loop     is held while jobs are not done, and not else
 *   source   seccomp(2), setrlimit(2), landlock(7); doc/decision/0022-parsers-apart.md */
#ifndef SYS_WORKER_H
#define SYS_WORKER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "sys/loop.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct workers;

/* Runs in the child: job in, result appended to out. A code that is not 0 is handed back with
 * err->what as the result. */
typedef int (*worker_fn)(void *ctx, uint32_t sort, struct slice job, struct buf *out,
                         struct err *err);

struct workers_options {
	unsigned n;            /* processes, at most 64; 0: one for each processor */
	worker_fn fn;
	void *ctx;             /* as it was when the child was made */
	uint64_t memory;       /* address space a child may add, bytes; 0: 1 GiB; not under ASan */
	int64_t job_ms;        /* longest job; 0: 20,000 */
	uint64_t result_bytes; /* longest result; 0: 64 MiB */
	unsigned jobs;         /* of one child, then a fresh one follows; 0: 1 */
};

/* ERR_IO: the kernel lets no process shut itself in, or has no further process; ERR_NOMEM. */
int workers_new(struct loop *l, const struct workers_options *o, struct workers **out,
                struct err *err);
/* Jobs that are not done end with WORKER_STOPPED first. Not from within a worker_done_fn. */
void workers_free(struct workers *w);

enum worker_end {
	WORKER_DONE,    /* code and result are the function's; ERR_LIMIT: over result_bytes */
	WORKER_DIED,    /* twice, of this job; or there are no children any more */
	WORKER_STOPPED, /* workers_free */
};
typedef void (*worker_done_fn)(void *ctx, enum worker_end end, int code, struct slice result);

/* Queue a job; the bytes are copied. `sort` is the caller's own word to the function. fn is called
 * once, from the loop; the result is valid during the call. ERR_NOMEM; ERR_LIMIT (4 GiB); ERR_IO:
 * there are no children any more, since the zygote was killed. */
int worker_run(struct workers *w, uint32_t sort, struct slice job, worker_done_fn fn, void *ctx,
               struct err *err);

/* Jobs that are queued or under way. */
size_t workers_jobs(const struct workers *w);
/* The process that they are born of. */
pid_t workers_zygote(const struct workers *w);

#endif
