/* Who may be on the wire: not too many at once, and of each lane (a host as one vantage sees it)
 * one, with a pause after it. For sys/fetch.c and sys/whois.c alone.
 *
 *   order  of one lane: as they were put; between lanes: those that were begun, then as they came
 *   owns   nothing of the jobs, which lie in what they stand for */
#ifndef SYS_FETCH_QUEUE_H
#define SYS_FETCH_QUEUE_H

#include "base/err.h"
#include "base/slice.h"
#include "sys/loop.h"

#include <stddef.h>
#include <stdint.h>

struct fetch_queue;
struct fetch_lane;

struct fetch_job {
	struct fetch_job *next, *prev; /* while it waits */
	struct fetch_lane *lane;       /* NULL: it keeps no pace */
	void (*run)(struct fetch_job *job);
};

/* delay_ms: between the end of one of a lane and the start of its next. most: at once, not 0. */
int fetch_queue_new(struct loop *l, int64_t delay_ms, size_t most, struct fetch_queue **out,
                    struct err *err);
/* When nobody waits. */
void fetch_queue_free(struct fetch_queue *q);

/* job->run is called once, from the loop, when its turn has come; never from within this call. The
 * key names the lane and is copied; empty: none. ERR_NOMEM. */
int fetch_queue_put(struct fetch_queue *q, struct slice key, struct fetch_job *job,
                    struct err *err);

/* A job that was run is over: others may be run from within. */
void fetch_queue_done(struct fetch_queue *q, struct fetch_job *job);

/* Run nobody any more. Jobs that wait are handed out one by one; NULL: none is left. */
struct fetch_job *fetch_queue_stop(struct fetch_queue *q);

size_t fetch_queue_active(const struct fetch_queue *q);
size_t fetch_queue_waiting(const struct fetch_queue *q);

#endif
