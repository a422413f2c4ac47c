#include "store/archive_writer.h"

#include "sys/thread.h"

#include <stdlib.h>

enum { SEALS_AT_ONCE = 256 };

struct archive_writer {
	struct archive *archive;
	struct thread *thread;
	struct archive_writing *orders; /* a list: those that are not ended */
};

enum job_kind { JOB_BEGIN, JOB_PUT, JOB_FAULT, JOB_SEAL, JOB_DROP };

struct job {
	struct thread_job thread; /* first: found by its address */
	enum job_kind kind;
	struct archive_writing *order;
	const struct exchange *x;
	const char *purpose;
	enum evidence_class class;
	uint32_t number;
	enum exchange_fault fault;
	struct sha256 observations;
	size_t observation_n;
	archive_written_fn fn;
	void *ctx;
	struct archive_written written;
};

struct archive_writing {
	struct archive_writer *writer;
	struct archive_writing *next, **link;
	struct job begin, end; /* so that neither needs memory */
	json_t *about;
	/* The thread's. */
	struct archive_order *order; /* NULL: it could not be begun */
	int rc;                      /* what is to be told of all that follows */
	struct err err;
};

/* ---- in the thread ---- */

static void hold_against(struct archive_writing *o, int rc, const struct err *err)
{
	if (rc == 0 || o->rc)
		return;
	o->rc = rc;
	o->err = *err;
}

static void put(struct job *job)
{
	struct archive_written *w = &job->written;
	struct archive_writing *o = job->order;

	if (o->rc) {
		w->rc = o->rc;
		w->err = o->err;
		return;
	}
	w->rc = archive_put(o->order, job->x, job->purpose, job->class, &w->response,
	                    &w->has_response, &w->picture, &w->has_picture, &w->err);
}

static void drop(struct archive_writing *o)
{
	if (o->order)
		archive_drop(o->order);
	o->order = NULL;
}

/* All but a seal. */
static void do_now(struct archive_writer *w, struct job *job)
{
	struct archive_writing *o = job->order;
	struct err err = { 0 };

	switch (job->kind) {
	case JOB_BEGIN:
		hold_against(o, archive_begin(w->archive, o->about, &o->order, &err), &err);
		break;
	case JOB_PUT:
		put(job);
		break;
	case JOB_FAULT:
		if (o->rc == 0)
			hold_against(o, archive_put_fault(o->order, job->number, job->fault, &err), &err);
		break;
	case JOB_SEAL:
	case JOB_DROP:
		drop(o);
		break;
	}
}

struct sealing {
	struct job *job[SEALS_AT_ONCE];
	size_t n;
};

static void seal_all(struct archive_writer *w, struct thread *t, struct sealing *s)
{
	struct archive_ending ending[SEALS_AT_ONCE];

	if (s->n == 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		ending[i] = (struct archive_ending){ .order = s->job[i]->order->order,
			                             .observations = s->job[i]->observations,
			                             .observation_n = s->job[i]->observation_n };
	archive_seal_all(w->archive, ending, s->n);
	for (size_t i = 0; i < s->n; i++) {
		s->job[i]->written.rc = ending[i].rc;
		s->job[i]->written.err = ending[i].err;
		thread_give_back(t, &s->job[i]->thread);
	}
	s->n = 0;
}

static void work(void *ctx, struct thread *t, struct thread_job *first)
{
	struct archive_writer *w = ctx;
	struct sealing s = { .n = 0 };

	for (struct thread_job *at = first, *next; at; at = next) {
		struct job *job = (struct job *)at;
		struct archive_writing *o = job->order;
		next = at->next;
		if (job->kind == JOB_SEAL && o->rc == 0) {
			s.job[s.n++] = job;
			if (s.n == SEALS_AT_ONCE)
				seal_all(w, t, &s);
			continue;
		}
		if (job->kind == JOB_SEAL) {
			job->written.rc = o->rc;
			job->written.err = o->err;
		}
		do_now(w, job);
		thread_give_back(t, at);
	}
	seal_all(w, t, &s);
}

/* ---- in the loop ---- */

static void writing_free(struct archive_writing *o)
{
	*o->link = o->next;
	if (o->next)
		o->next->link = o->link;
	free(o);
}

static void begun(struct thread_job *at)
{
	struct archive_writing *o = ((struct job *)at)->order;

	json_decref(o->about);
	o->about = NULL;
}

static void told(struct thread_job *at)
{
	struct job *job = (struct job *)at;

	if (job->fn)
		job->fn(job->ctx, &job->written);
	free(job);
}

static void ended(struct thread_job *at)
{
	struct job *job = (struct job *)at;
	struct archive_writing *o = job->order;

	if (job->fn)
		job->fn(job->ctx, &job->written);
	writing_free(o);
}

int archive_writer_begin(struct archive_writer *w, const json_t *about, struct archive_writing **out,
                         struct err *err)
{
	struct archive_writing *o = calloc(1, sizeof(*o));

	if (!o || !(o->about = json_deep_copy(about))) {
		free(o);
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	}
	o->writer = w;
	o->next = w->orders;
	o->link = &w->orders;
	if (o->next)
		o->next->link = &o->next;
	w->orders = o;
	o->begin = (struct job){ .thread.back = begun, .kind = JOB_BEGIN, .order = o };
	thread_hand(w->thread, &o->begin.thread);
	*out = o;
	return 0;
}

static int hand(const struct job *what, struct err *err)
{
	struct job *job = malloc(sizeof(*job));

	if (!job)
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	*job = *what;
	job->thread.back = told;
	thread_hand(job->order->writer->thread, &job->thread);
	return 0;
}

int archive_writer_put(struct archive_writing *o, const struct exchange *x, const char *purpose,
                       enum evidence_class class, archive_written_fn fn, void *ctx, struct err *err)
{
	struct job job = { .kind = JOB_PUT, .order = o,   .x = x,    .purpose = purpose,
		           .class = class,  .fn = fn, .ctx = ctx };

	return hand(&job, err);
}

int archive_writer_put_fault(struct archive_writing *o, uint32_t number, enum exchange_fault fault,
                             struct err *err)
{
	struct job job = { .kind = JOB_FAULT, .order = o, .number = number, .fault = fault };

	return hand(&job, err);
}

void archive_writer_seal(struct archive_writing *o, struct sha256 observations, size_t observation_n,
                         archive_written_fn fn, void *ctx)
{
	o->end = (struct job){ .thread.back = ended, .kind = JOB_SEAL, .order = o, .fn = fn, .ctx = ctx,
		               .observations = observations, .observation_n = observation_n };
	thread_hand(o->writer->thread, &o->end.thread);
}

void archive_writer_drop(struct archive_writing *o)
{
	o->end = (struct job){ .thread.back = ended, .kind = JOB_DROP, .order = o };
	thread_hand(o->writer->thread, &o->end.thread);
}

int archive_writer_new(struct loop *l, struct archive *a, struct archive_writer **out,
                       struct err *err)
{
	struct archive_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	w->archive = a;
	int rc = thread_new(l, work, w, &w->thread, err);
	if (rc)
		free(w);
	else
		*out = w;
	return rc;
}

void archive_writer_free(struct archive_writer *w)
{
	if (!w)
		return;
	thread_free(w->thread);
	while (w->orders)
		writing_free(w->orders);
	free(w);
}
