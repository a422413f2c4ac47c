/* Processes that read hostile bytes and can do nothing else.
 *
 *   each     a child made by fork before the loop has threads or secrets, shut in by sys/sandbox (no
 *            network, no files, no new processes), bounded in memory and processor time a job
 *            (setrlimit), with one pair of sockets for jobs and results
 *   dies     one that dies of a job, or takes too long, is replaced; its job is tried once more by a
 *            fresh one and then given up
 *   source   seccomp(2), setrlimit(2), landlock(7) */
#ifndef SYS_WORKER_H
#define SYS_WORKER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "sys/loop.h"

#include <stdint.h>

struct workers;

/* Runs in the child: job in, result appended to out. A code that is not 0 is handed back with
 * err->what as the result. */
typedef int (*worker_fn)(void *ctx, uint32_t sort, struct slice job, struct buf *out,
                         struct err *err);

struct workers_options {
	unsigned n;            /* processes; 0: one for each processor */
	worker_fn fn;
	void *ctx;             /* as it was when the child was made */
	uint64_t memory;       /* bytes of address space a child may take; 0: 1 GiB (not under ASan) */
	int64_t job_ms;        /* longest job; 0: 20,000 */
	uint64_t result_bytes; /* longest result; 0: 64 MiB */
};

int workers_new(struct loop *l, const struct workers_options *o, struct workers **out,
                struct err *err);
void workers_free(struct workers *w);

enum worker_end {
	WORKER_DONE,   /* code and result are the function's */
	WORKER_DIED,   /* twice, of this job */
	WORKER_STOPPED, /* workers_free */
};
typedef void (*worker_done_fn)(void *ctx, enum worker_end end, int code, struct slice result);

/* Queue a job; the bytes are copied. `sort` is the caller's own word to the function. */
int worker_run(struct workers *w, uint32_t sort, struct slice job, worker_done_fn fn, void *ctx,
               struct err *err);

#endif
