/* What the processes that read hostile bytes do: one reading is one job.
 *
 * Tables that they need are loaded before they are made; they inherit them. */
#ifndef CMD_COLLECT_READER_H
#define CMD_COLLECT_READER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "collect/ask.h"

#include <stdint.h>

/* Loaded before the processes are made. */
struct collect_reader {
	const struct page_reader *pages;
};

/* The job of a reading: what is to be read, and its bytes. ERR_NOMEM. */
int collect_reader_job(const struct ask *read, const struct exchange *of, struct buf *job,
                       struct err *err);

/* A worker_fn (sys/worker.h): sort is the enum reading; JSON is appended to out. */
int collect_reader_run(void *ctx, uint32_t sort, struct slice job, struct buf *out,
                       struct err *err);

#endif
