#include "cmd/collect_pump.h"

#include "cmd/collect_carry.h"
#include "cmd/collect_reader.h"
#include "model/exchange_copy.h"
#include "store/archive_writer.h"

#include <stdlib.h>
#include <string.h>

enum { READING_MAX = 64 << 20 /* bytes of one reading's JSON */ };

/* An exchange that waits for its order to have read what came before. */
struct waiting {
	struct waiting *next;
	enum ask_purpose purpose;
	struct exchange_copy *copy;
};

struct running {
	struct pump *pump;
	struct running *next, **link;
	struct pump_order wanted;
	struct order *order;
	struct archive_writing *kept;
	struct sha256 id;
	size_t out;                 /* exchanges, readings and what is written that come back to it */
	struct waiting *first, **last;
	struct waiting *writing;    /* is being put into the archive */
	struct ask *read;           /* what it wants to have read, from the exchange in `held` */
	size_t read_n, read_at, read_cap;
	struct exchange_copy *held;
	bool busy, is_ending, is_dropped;
};

struct pump {
	struct pump_edges edges;
	struct pump_source source;
	struct carry *carry;
	struct archive_writer *writer;
	struct pump_counts counts;
	struct running *running;
	size_t at_once, ending; /* orders; of them, those that are being sealed */
	bool is_stopped, is_aborted, is_out, is_starting;
	bool is_over; /* the edges may be gone */
	int rc; /* the first failure of all */
	struct err why;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

const char *ask_purpose_name(enum ask_purpose purpose)
{
	static const char *const names[ASK_PURPOSES] = {
		[PURPOSE_DNS] = "dns",     [PURPOSE_PAGE] = "page",
		[PURPOSE_IMAGE] = "image", [PURPOSE_RDAP] = "rdap",
		[PURPOSE_WHOIS] = "whois", [PURPOSE_BOOTSTRAP] = "bootstrap",
	};

	return names[purpose];
}

static enum evidence_class class_of(enum ask_purpose purpose)
{
	return purpose == PURPOSE_RDAP || purpose == PURPOSE_WHOIS ? EVIDENCE_RESTRICTED
	                                                           : EVIDENCE_PUBLIC;
}

/* ---- the life of an order ---- */

static void start_more(struct pump *p);

/* Copies count as bodies that are in memory: where the archive or the readers are slow, less is
 * fetched. */
static uint64_t bytes_of(const struct exchange_copy *c)
{
	return c->x.response.n + c->x.picture.n;
}

static void copy_free(struct pump *p, struct exchange_copy *c)
{
	if (!c)
		return;
	uint64_t bytes = bytes_of(c);
	exchange_copy_free(c);
	if (!p->is_over)
		fetcher_let_go(p->edges.fetcher, bytes);
}

static void waiting_free(struct pump *p, struct waiting *w)
{
	if (!w)
		return;
	copy_free(p, w->copy);
	free(w);
}

static void forget(struct running *r)
{
	for (struct waiting *w = r->first; w;) {
		struct waiting *next = w->next;
		waiting_free(r->pump, w);
		w = next;
	}
	waiting_free(r->pump, r->writing);
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	r->pump->counts.in_flight--;
	copy_free(r->pump, r->held);
	free(r->read);
	order_free(r->order);
	json_decref(r->wanted.before);
	free(r);
}

/* What is left of an order comes back and is let go. One that is being sealed ends by itself. */
static void drop(struct running *r)
{
	if (r->is_dropped || r->is_ending)
		return;
	r->is_dropped = true;
	if (r->kept)
		archive_writer_drop(r->kept);
	r->kept = NULL;
	order_free(r->order);
	r->order = NULL;
	if (r->out == 0)
		forget(r);
}

/* A failure that is not the order's own ends the run. */
static void fail(struct pump *p, int rc, const struct err *err)
{
	if (p->rc == 0) {
		p->rc = rc;
		p->why = *err;
	}
	pump_abort(p);
}

static void order_failed(struct running *r, int rc, const struct err *err)
{
	struct pump *p = r->pump;

	if (rc == ERR_NOMEM || rc == ERR_IO || rc == ERR_CORRUPT) {
		fail(p, rc, err);
		return;
	}
	p->counts.failed++;
	LOG_PUT(p->edges.log, LEVEL_ERROR, "an order was given up",
	        LOG_STR("subject", r->wanted.description.subject.key),
	        LOG_STR("why", slice_str(err->what)));
	drop(r);
	start_more(p);
}

static void sealed(void *ctx, const struct archive_written *w)
{
	struct running *r = ctx;
	struct pump *p = r->pump;
	struct err err = w->err;
	int rc = w->rc;

	r->out--;
	p->ending--;
	if (rc == 0)
		rc = p->source.told(p->source.ctx, r->id, &r->wanted.description,
		                    order_lines(r->order), &err);
	p->counts.done += rc == 0;
	forget(r);
	if (rc)
		fail(p, rc, &err);
	else if (p->is_aborted && p->ending == 0)
		loop_stop(p->edges.loop);
	else
		start_more(p);
}

static void seal(struct running *r)
{
	struct pump *p = r->pump;
	struct slice lines = order_lines(r->order);
	struct err err = { 0 };
	int rc = p->source.keep(p->source.ctx, r->id, lines, &err);

	if (rc) {
		fail(p, rc, &err);
		return;
	}
	r->is_ending = true;
	r->out++;
	p->ending++;
	archive_writer_seal(r->kept, sha256_of(lines), order_observation_n(r->order), sealed, r);
	r->kept = NULL;
}

/* ---- what comes back ---- */

static int ask_all(struct running *r, struct err *err);
static void go_on(struct running *r);

static int tell(struct running *r, const struct answer *a, struct err *err)
{
	int rc = order_step(r->order, a, err);

	return rc ? rc : ask_all(r, err);
}

/* An exchange is kept: the order is told of it. */
static void written(void *ctx, const struct archive_written *w)
{
	struct running *r = ctx;
	struct pump *p = r->pump;
	struct waiting *was = r->writing;
	const struct exchange *x = &was->copy->x;
	struct answer a = {
		.exchange = x,
		.number = x->number,
		.fault = x->fault,
		.at_ms = x->at_ms,
		.evidence = w->response,
		.has_evidence = w->has_response,
		.picture = w->picture,
		.has_picture = w->has_picture,
	};
	struct err err = w->err;
	int rc = w->rc;

	r->out--;
	r->writing = NULL;
	if (r->is_dropped) {
		waiting_free(p, was);
		if (r->out == 0)
			forget(r);
		return;
	}
	p->counts.fault[x->fault]++;
	p->counts.pages += was->purpose == PURPOSE_PAGE;
	if (rc == 0)
		rc = tell(r, &a, &err);
	/* What is to be read is read of it. */
	if (rc == 0 && r->read_at < r->read_n) {
		copy_free(p, r->held);
		r->held = was->copy;
		was->copy = NULL;
	}
	waiting_free(p, was);
	if (rc)
		order_failed(r, rc, &err);
	else
		go_on(r);
}

static int write_next(struct running *r, struct err *err)
{
	struct waiting *w = r->first;

	r->first = w->next;
	if (!r->first)
		r->last = &r->first;
	r->writing = w;
	int rc = archive_writer_put(r->kept, &w->copy->x, ask_purpose_name(w->purpose),
	                            class_of(w->purpose), written, r, err);
	if (rc == 0)
		r->out++;
	return rc;
}

static void was_read(void *ctx, enum worker_end end, int code, struct slice result)
{
	struct running *r = ctx;
	struct pump *p = r->pump;
	struct err err = { 0 };
	json_t *reading = NULL;
	int rc = 0;

	r->out--;
	if (r->is_dropped) {
		if (r->out == 0)
			forget(r);
		return;
	}
	struct ask *read = &r->read[r->read_at++];
	struct answer a = { .number = read->number, .at_ms = r->held->x.at_ms };
	if (end == WORKER_DIED)
		rc = archive_writer_put_fault(r->kept, read->number, FAULT_PARSER, &err);
	else if (end == WORKER_DONE && code == 0)
		code = json_parse_object(result, READING_MAX, &reading, &err);
	if (end != WORKER_DONE || code) {
		a.fault = FAULT_PARSER;
		p->counts.fault[FAULT_PARSER]++;
		LOG_PUT(p->edges.log, LEVEL_WARNING, "a page could not be read",
		        LOG_STR("subject", r->wanted.description.subject.key),
		        LOG_STR("url", r->held->x.uri),
		        LOG_STR("why",
		                end == WORKER_DIED ? SLICE("its reader died twice") : result));
	}
	a.reading = reading;
	/* Asks are numbered from 1, as they lie. */
	carry_was_read(p->carry, &order_asks(r->order)->ask[read->of - 1], reading);
	if (rc == 0)
		rc = tell(r, &a, &err);
	json_decref(reading);
	if (rc)
		order_failed(r, rc, &err);
	else
		go_on(r);
}

static int start_reading(struct running *r, struct err *err)
{
	const struct ask *read = &r->read[r->read_at];
	struct buf job = { 0 };
	int rc = 0;

	if (!r->held || r->held->x.number != read->of)
		return err_set(err, ERR_USAGE, 0, "collect: a reading of what came before");
	rc = collect_reader_job(read, &r->held->x, &job, err);
	if (rc == 0)
		rc = worker_run(r->pump->edges.workers, read->reading, buf_slice(&job), was_read, r,
		                err);
	if (rc == 0)
		r->out++;
	buf_release(&job);
	return rc;
}

/* After a step: read, take what waits, or end. Busy until that is done. */
static void go_on(struct running *r)
{
	struct err err = { 0 };
	int rc = 0;

	r->busy = true;
	if (r->read_at < r->read_n)
		rc = start_reading(r, &err);
	else if (order_is_done(r->order))
		seal(r);
	else if (r->first)
		rc = write_next(r, &err);
	else
		r->busy = false;
	if (rc)
		order_failed(r, rc, &err);
}

static int wait_for_its_turn(struct running *r, const struct exchange *x, enum ask_purpose purpose,
                             struct err *err)
{
	struct waiting *w = calloc(1, sizeof(*w));

	if (!w || !(w->copy = exchange_copy_new(x))) {
		free(w);
		return no_memory(err);
	}
	fetcher_hold(r->pump->edges.fetcher, bytes_of(w->copy));
	w->purpose = purpose;
	*r->last = w;
	r->last = &w->next;
	return 0;
}

static void came(void *ctx, const struct exchange *x, enum ask_purpose purpose)
{
	struct running *r = ctx;
	struct err err = { 0 };

	r->out--;
	if (r->is_dropped) {
		if (r->out == 0)
			forget(r);
		return;
	}
	int rc = wait_for_its_turn(r, x, purpose, &err);
	if (rc)
		order_failed(r, rc, &err);
	else if (!r->busy)
		go_on(r);
}

/* ---- what goes out ---- */

static int want_read(struct running *r, const struct ask *a, struct err *err)
{
	if (r->read_at == r->read_n)
		r->read_at = r->read_n = 0;
	if (r->read_n == r->read_cap) {
		size_t cap = r->read_cap ? r->read_cap * 2 : 4;
		struct ask *more = reallocarray(r->read, cap, sizeof(*more));
		if (!more)
			return no_memory(err);
		r->read = more;
		r->read_cap = cap;
	}
	r->read[r->read_n++] = *a;
	return 0;
}

static int ask_all(struct running *r, struct err *err)
{
	struct asks *asks = order_asks(r->order);
	int rc = 0;

	while (rc == 0 && asks->taken < asks->n) {
		const struct ask *a = &asks->ask[asks->taken++];
		if (a->kind == ASK_READ) {
			rc = want_read(r, a, err);
			continue;
		}
		r->out++;
		rc = carry_out(r->pump->carry, a, came, r, err);
		if (rc)
			r->out--;
	}
	return rc;
}

static int start_one(struct pump *p, struct pump_order *wanted, struct err *err)
{
	struct running *r = calloc(1, sizeof(*r));
	json_t *about = NULL;
	struct buf text = { 0 };
	int rc = r ? 0 : no_memory(err);

	if (rc) {
		json_decref(wanted->before);
		return rc;
	}
	r->pump = p;
	r->wanted = *wanted;
	r->last = &r->first;
	r->next = p->running;
	r->link = &p->running;
	if (r->next)
		r->next->link = &r->next;
	p->running = r;
	p->counts.in_flight++;
	const struct order_description *d = &r->wanted.description;
	struct order_options o = {
		.subject = d->subject,
		.vantage = d->vantage,
		.vantage_n = d->vantage_n,
		.pages = d->pages,
		.render = d->render,
		.tables = p->edges.tables,
		.before = r->wanted.before,
	};
	rc = order_describe(d, &about, err);
	if (rc == 0)
		rc = json_canonical(about, &text, err);
	if (rc == 0) {
		r->id = sha256_of(buf_slice(&text));
		rc = order_new(&o, &r->order, err);
	}
	if (rc == 0)
		rc = archive_writer_begin(p->writer, about, &r->kept, err);
	buf_release(&text);
	json_decref(about);
	r->busy = true; /* an answer that is there at once waits until all is asked */
	if (rc == 0)
		rc = order_start(r->order, err);
	if (rc == 0)
		rc = ask_all(r, err);
	if (rc)
		order_failed(r, rc, err);
	else
		go_on(r);
	return 0;
}

static void start_more(struct pump *p)
{
	struct err err = { 0 };
	int rc = 1;

	if (p->is_starting) /* the loop below goes on */
		return;
	p->is_starting = true;
	while (rc > 0 && !p->is_stopped && !p->is_out && p->counts.in_flight < p->at_once) {
		struct pump_order wanted = { 0 };
		rc = p->source.next(p->source.ctx, &wanted, &err);
		if (rc == 0)
			p->is_out = true;
		if (rc > 0 && start_one(p, &wanted, &err) < 0)
			rc = err.code;
	}
	p->is_starting = false;
	if (rc < 0)
		fail(p, rc, &err);
	if ((p->is_stopped || p->is_out) && p->counts.in_flight == 0)
		loop_stop(p->edges.loop);
}

/* ---- the whole ---- */

int pump_new(const struct pump_edges *e, const struct pump_source *s, size_t at_once,
             struct pump **out, struct err *err)
{
	struct pump *p = calloc(1, sizeof(*p));

	if (!p)
		return no_memory(err);
	p->edges = *e;
	p->source = *s;
	p->at_once = at_once;
	int rc = carry_new(&p->edges, &p->carry, err);
	if (rc == 0)
		rc = archive_writer_new(p->edges.loop, p->edges.archive, &p->writer, err);
	if (rc) {
		carry_free(p->carry);
		free(p);
	} else {
		*out = p;
	}
	return rc;
}

void pump_free(struct pump *p)
{
	if (!p)
		return;
	archive_writer_free(p->writer); /* tells what it was asked for */
	carry_free(p->carry);
	while (p->running) /* the edges gave back what was out */
		forget(p->running);
	free(p);
}

int pump_run(struct pump *p, struct err *err)
{
	start_more(p);
	if (p->counts.in_flight)
		loop_run(p->edges.loop);
	/* The archive is the caller's again when this returns. */
	archive_writer_free(p->writer);
	p->writer = NULL;
	p->is_over = true;
	if (p->rc && err)
		*err = p->why;
	return p->rc;
}

void pump_stop(struct pump *p)
{
	p->is_stopped = true;
	if (p->counts.in_flight == 0)
		loop_stop(p->edges.loop);
}

void pump_abort(struct pump *p)
{
	struct running *next;

	p->is_stopped = p->is_aborted = true;
	for (struct running *r = p->running; r; r = next) {
		next = r->next;
		drop(r);
	}
	if (p->ending == 0)
		loop_stop(p->edges.loop);
}

const struct pump_counts *pump_counts(const struct pump *p)
{
	return &p->counts;
}
