/* A lane lives while it has jobs, one under way, or a pause to keep. Its first job stands in the
 * list of those that are ready; the others stay in the lane. A lane that was served before goes to
 * the front of the list: its connection is still there, and hosts are finished rather than
 * begun. */
#include "sys/fetch_queue.h"

#include "base/hash.h"
#include "sys/random.h"

#include <stdbool.h>
#include <stdlib.h>

enum { BUCKETS = 4096 };

struct jobs {
	struct fetch_job *first, *last;
};

struct fetch_lane {
	struct fetch_lane *chained;
	struct fetch_queue *q;
	struct jobs jobs;
	struct loop_timer *pause;
	bool busy; /* one of it is ready or under way */
	bool served;
	struct slice key; /* behind the struct */
};

struct fetch_queue {
	struct loop *loop;
	int64_t delay_ms;
	size_t most, active, waiting;
	struct jobs ready;
	struct loop_timer *soon;
	bool is_running, stopped;
	struct hash_key key;
	struct fetch_lane *bucket[BUCKETS];
};

static void jobs_put(struct jobs *j, struct fetch_job *job)
{
	job->next = NULL;
	job->prev = j->last;
	*(j->last ? &j->last->next : &j->first) = job;
	j->last = job;
}

static void jobs_put_first(struct jobs *j, struct fetch_job *job)
{
	job->prev = NULL;
	job->next = j->first;
	*(j->first ? &j->first->prev : &j->last) = job;
	j->first = job;
}

static struct fetch_job *jobs_take(struct jobs *j)
{
	struct fetch_job *job = j->first;

	if (!job)
		return NULL;
	j->first = job->next;
	*(j->first ? &j->first->prev : &j->last) = NULL;
	job->next = job->prev = NULL;
	return job;
}

static struct fetch_lane **bucket_of(struct fetch_queue *q, struct slice key)
{
	return &q->bucket[hash_bytes(q->key, key) % BUCKETS];
}

static void lane_free(struct fetch_lane *lane)
{
	struct fetch_lane **at = bucket_of(lane->q, lane->key);

	while (*at != lane)
		at = &(*at)->chained;
	*at = lane->chained;
	if (lane->pause)
		loop_cancel(lane->pause);
	free(lane);
}

static struct fetch_lane *lane_get(struct fetch_queue *q, struct slice key, struct err *err)
{
	struct fetch_lane **at = bucket_of(q, key), *lane = *at;

	while (lane && !slice_eq(lane->key, key))
		lane = lane->chained;
	if (lane)
		return lane;
	lane = malloc(sizeof(*lane) + key.n);
	if (!lane) {
		err_set(err, ERR_NOMEM, 0, "fetch: no memory");
		return NULL;
	}
	memcpy(lane + 1, key.p, key.n);
	*lane = (struct fetch_lane){
		.chained = *at, .q = q, .key = { (const char *)(lane + 1), key.n }
	};
	*at = lane;
	return lane;
}

/* Its next job becomes ready, or it goes. */
static void lane_move(struct fetch_lane *lane)
{
	struct fetch_job *job = jobs_take(&lane->jobs);

	if (job) {
		lane->busy = true;
		(lane->served ? jobs_put_first : jobs_put)(&lane->q->ready, job);
	} else {
		lane_free(lane);
	}
}

static void run_ready(struct fetch_queue *q)
{
	/* A job may be over at once, which comes back here. */
	if (q->is_running || q->stopped)
		return;
	q->is_running = true;
	while (q->active < q->most && !q->stopped) {
		struct fetch_job *job = jobs_take(&q->ready);
		if (!job)
			break;
		q->active++;
		q->waiting--;
		job->run(job);
	}
	q->is_running = false;
}

static void soon(void *ctx)
{
	struct fetch_queue *q = ctx;

	q->soon = NULL;
	run_ready(q);
}

int fetch_queue_put(struct fetch_queue *q, struct slice key, struct fetch_job *job, struct err *err)
{
	struct fetch_lane *lane = NULL;

	if (key.n && !(lane = lane_get(q, key, err)))
		return ERR_NOMEM;
	/* Also where others hold it up now: they may be over when this call returns. */
	if (!q->soon) {
		int rc = loop_after(q->loop, 0, soon, q, &q->soon, err);
		if (rc < 0) {
			if (lane && !lane->busy && !lane->pause && !lane->jobs.first)
				lane_free(lane);
			return rc;
		}
	}
	job->lane = lane;
	jobs_put(lane ? &lane->jobs : &q->ready, job);
	if (lane && !lane->busy && !lane->pause)
		lane_move(lane);
	q->waiting++;
	return 0;
}

static void pause_over(void *ctx)
{
	struct fetch_lane *lane = ctx;
	struct fetch_queue *q = lane->q;

	lane->pause = NULL;
	lane_move(lane);
	run_ready(q);
}

void fetch_queue_done(struct fetch_queue *q, struct fetch_job *job)
{
	struct fetch_lane *lane = job->lane;

	q->active--;
	job->lane = NULL;
	if (lane) {
		lane->busy = false;
		lane->served = true;
		/* Without memory for the timer the pause is left out. */
		if (q->stopped || q->delay_ms <= 0 ||
		    loop_after(q->loop, q->delay_ms, pause_over, lane, &lane->pause, NULL) < 0) {
			lane->pause = NULL;
			lane_move(lane);
		}
	}
	run_ready(q);
}

struct fetch_job *fetch_queue_stop(struct fetch_queue *q)
{
	struct fetch_job *job;

	q->stopped = true;
	if (q->soon)
		loop_cancel(q->soon);
	q->soon = NULL;
	job = jobs_take(&q->ready);
	for (size_t i = 0; i < BUCKETS && !job; i++)
		for (struct fetch_lane *lane = q->bucket[i]; lane && !job; lane = lane->chained)
			job = jobs_take(&lane->jobs);
	if (job) {
		job->lane = NULL;
		q->waiting--;
	}
	return job;
}

int fetch_queue_new(struct loop *l, int64_t delay_ms, size_t most, struct fetch_queue **out,
                    struct err *err)
{
	struct fetch_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return err_set(err, ERR_NOMEM, 0, "fetch: no memory");
	q->loop = l;
	q->delay_ms = delay_ms;
	q->most = most;
	int rc = random_bytes((uint8_t *)&q->key, sizeof(q->key), err);
	if (rc < 0) {
		free(q);
		return rc;
	}
	*out = q;
	return 0;
}

void fetch_queue_free(struct fetch_queue *q)
{
	if (!q)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (q->bucket[i])
			lane_free(q->bucket[i]);
	if (q->soon)
		loop_cancel(q->soon);
	free(q);
}

size_t fetch_queue_active(const struct fetch_queue *q)
{
	return q->active;
}

size_t fetch_queue_waiting(const struct fetch_queue *q)
{
	return q->waiting;
}
