#include "cmd/collect_carry.h"

#include "base/table.h"
#include "cmd/collect_pump.h"
#include "cmd/hash_key.h"
#include "collect/pace.h"
#include "model/exchange_copy.h"

#include <stdlib.h>
#include <string.h>

enum {
	IMAGE_MAX = 1 << 20,
	RDAP_MAX = 4 << 20,
	BOOTSTRAP_MAX = 16 << 20,
	SHARED_MAX = 64 << 20, /* bytes of answers that are kept to be told again */
};

/* One ask that is out. */
struct flight {
	struct carry *carry;
	enum ask_purpose purpose;
	uint32_t number;
	carry_fn fn;
	void *ctx;
	struct slice server;   /* paced by; lies in its line */
	struct shared *shared; /* not NULL: whoever asks the same is told too */
	struct flight *next;   /* of those that wait for the same */
};

/* What was asked in the same words. */
struct shared {
	struct slice key;
	struct exchange_copy *copy; /* NULL: not there yet */
	bool is_out;             /* somebody's flight asks for it */
	struct flight *waiting;
	struct arena arena;
};

/* Those who wait to ask one registration server. */
struct line {
	struct carry *carry;
	struct slice server;
	struct queued {
		struct queued *next;
		struct flight *flight;
		struct ask ask; /* texts in the arena: its order may be given up meanwhile */
		struct arena arena;
	} *first, **last;
	struct loop_timer *timer;
	struct arena arena;
};

struct carry {
	struct pump_edges edges;
	struct table shared, lines;
	size_t shared_bytes;
	struct pace *pace;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

int carry_new(const struct pump_edges *e, struct carry **out, struct err *err)
{
	struct carry *c = calloc(1, sizeof(*c));

	if (!c)
		return no_memory(err);
	c->edges = *e;
	struct pace_rule usual = { .interval_ms = e->config->registration_ms };
	if (usual.interval_ms == 0)
		usual.interval_ms = 1; /* 0 stands for pace.h's own */
	int rc = hash_key_random(&c->shared.key, err);
	c->lines.key = c->shared.key;
	if (rc == 0)
		rc = pace_new(NULL, 0, &usual, &c->pace, err);
	if (rc)
		carry_free(c);
	else
		*out = c;
	return rc;
}

static void shared_free(struct shared *s)
{
	if (!s)
		return;
	exchange_copy_free(s->copy);
	arena_release(&s->arena);
	free(s);
}

static void queued_free(struct queued *q)
{
	arena_release(&q->arena);
	free(q);
}

static void line_free(struct line *l)
{
	if (!l)
		return;
	if (l->timer)
		loop_cancel(l->timer);
	for (struct queued *q = l->first; q;) {
		struct queued *next = q->next;
		free(q->flight);
		queued_free(q);
		q = next;
	}
	arena_release(&l->arena);
	free(l);
}

void carry_free(struct carry *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->lines.n; i++)
		line_free(c->lines.entry[i].value);
	table_release(&c->lines);
	pace_free(c->pace);
	for (size_t i = 0; i < c->shared.n; i++)
		shared_free(c->shared.entry[i].value);
	table_release(&c->shared);
	free(c);
}

/* ---- coming back ---- */

static void hand(struct flight *f, const struct exchange *x)
{
	struct exchange mine = *x;

	mine.number = f->number;
	f->fn(f->ctx, &mine, f->purpose);
	free(f);
}

static void landed(void *ctx, const struct exchange *x)
{
	struct flight *f = ctx;
	struct shared *s = f->shared;
	int64_t wait_s = 0;
	enum pace_outcome outcome = pace_of_exchange(x, &wait_s);

	/* Without memory the server is asked at the usual pace. */
	if (f->server.n)
		pace_told(f->carry->pace, f->server, outcome, wait_s,
		          loop_now_ms(f->carry->edges.loop), NULL);
	if (!s) {
		hand(f, x);
		return;
	}
	struct flight *waiting = s->waiting;
	s->waiting = NULL;
	s->is_out = false;
	/* What failed is asked again by the next one. */
	bool keep = x->fault == FAULT_NONE && outcome == PACE_ANSWERED &&
	            f->carry->shared_bytes < SHARED_MAX;
	if (keep && (s->copy = exchange_copy_new(x)))
		f->carry->shared_bytes += x->response.n + x->request.n;
	hand(f, x);
	while (waiting) {
		struct flight *next = waiting->next;
		hand(waiting, x);
		waiting = next;
	}
}

/* What could not even begin. */
static void refused(struct flight *f, enum exchange_kind kind, struct slice uri,
                    enum exchange_fault fault)
{
	struct exchange x = { .kind = kind, .uri = uri, .fault = fault,
		              .at_ms = loop_now_ms(f->carry->edges.loop) };

	landed(f, &x);
}

/* ---- going out ---- */

static struct fetch_limits limits_of(const struct carry *c, enum ask_purpose purpose)
{
	struct fetch_limits l = { .body_bytes = c->edges.config->body,
		                  .total_ms = c->edges.config->seconds * 1000 };

	if (purpose == PURPOSE_IMAGE && l.body_bytes > IMAGE_MAX)
		l.body_bytes = IMAGE_MAX;
	if (purpose == PURPOSE_RDAP)
		l.body_bytes = RDAP_MAX;
	if (purpose == PURPOSE_BOOTSTRAP)
		l.body_bytes = BOOTSTRAP_MAX;
	return l;
}

static int fetch(struct carry *c, const struct ask *a, struct flight *f, struct err *err)
{
	struct fetch_request q = {
		.number = a->number,
		.url = a->url,
		.vantage = a->vantage,
		.referer = a->referer,
		.accept = a->accept,
		.limits = limits_of(c, a->purpose),
		.unpaced = f->server.n > 0,
	};

	if (!a->vantage)
		q.user_agent = slice_str(c->edges.config->user_agent);
	int rc = fetch_start(c->edges.fetcher, &q, landed, f, err);
	if (rc == ERR_NOMEM)
		return rc;
	if (rc)
		refused(f, EXCHANGE_HTTP, a->url, FAULT_PROTOCOL);
	return 0;
}

static int render(struct carry *c, const struct ask *a, struct flight *f, struct err *err)
{
	struct browser_request q = {
		.number = a->number, .url = a->url, .vantage = a->vantage, .referer = a->referer,
	};
	int rc = c->edges.browser ? browser_start(c->edges.browser, &q, landed, f, err)
	                          : ERR_NOTFOUND;

	if (rc == ERR_NOMEM)
		return rc;
	if (rc)
		refused(f, EXCHANGE_RENDER, a->url, FAULT_BROWSER);
	return 0;
}

static int whois(struct carry *c, const struct ask *a, struct flight *f, struct err *err)
{
	struct whois_request q = { .number = a->number, .server = a->server, .line = a->line };
	int rc = whois_start(c->edges.fetcher, &q, landed, f, err);

	if (rc == ERR_NOMEM)
		return rc;
	if (rc) {
		struct arena arena = { 0 };
		char *uri = arena_printf(&arena, "whois://%.*s/%.*s", SLICE_ARG(a->server),
		                         SLICE_ARG(a->line));
		refused(f, EXCHANGE_WHOIS, slice_str(uri), FAULT_PROTOCOL);
		arena_release(&arena);
	}
	return 0;
}

static int dns(struct carry *c, const struct ask *a, struct flight *f, struct err *err)
{
	int rc = resolver_query(c->edges.resolver, a->name, a->rrtype, landed, f, err);

	if (rc == ERR_NOMEM)
		return rc;
	if (rc)
		refused(f, EXCHANGE_DNS, a->name, FAULT_NAME);
	return 0;
}

static int send_out(struct carry *c, const struct ask *a, struct flight *f, struct err *err)
{
	switch (a->kind) {
	case ASK_DNS: return dns(c, a, f, err);
	case ASK_FETCH: return fetch(c, a, f, err);
	case ASK_WHOIS: return whois(c, a, f, err);
	case ASK_RENDER: return render(c, a, f, err);
	case ASK_READ: break;
	}
	return err_set(err, ERR_USAGE, 0, "collect: a reading is no exchange");
}

/* ---- the pace of registration servers ---- */

static int line_of(struct carry *c, struct slice server, struct line **out, struct err *err)
{
	struct table_entry *e = table_find(&c->lines, server);
	struct line *l;

	if (e) {
		*out = e->value;
		return 0;
	}
	l = calloc(1, sizeof(*l));
	if (!l)
		return no_memory(err);
	l->carry = c;
	l->last = &l->first;
	l->server = arena_copy(&l->arena, server);
	e = l->server.p ? table_put(&c->lines, l->server) : NULL;
	if (!e) {
		line_free(l);
		return no_memory(err);
	}
	*out = e->value = l;
	return 0;
}

static int send_out(struct carry *c, const struct ask *a, struct flight *f, struct err *err);
static int move(struct line *l, struct err *err);

static void its_turn(void *ctx)
{
	struct line *l = ctx;
	struct err err = { 0 };

	l->timer = NULL;
	if (move(l, &err))
		log_err(l->carry->edges.log, &err);
}

/* Send who may, and wake up for the next. */
static int move(struct line *l, struct err *err)
{
	struct carry *c = l->carry;
	int rc = 0;

	while (rc == 0 && l->first && !l->timer) {
		int64_t now = loop_now_ms(c->edges.loop), when = pace_when(c->pace, l->server, now);
		if (when > now) {
			rc = loop_after(c->edges.loop, when - now, its_turn, l, &l->timer, err);
			break;
		}
		struct queued *q = l->first;
		l->first = q->next;
		if (!l->first)
			l->last = &l->first;
		rc = pace_sent(c->pace, l->server, now, err);
		if (rc == 0)
			rc = send_out(c, &q->ask, q->flight, err);
		/* It was taken: its end is told like any other. */
		if (rc)
			refused(q->flight,
			        q->ask.kind == ASK_WHOIS ? EXCHANGE_WHOIS : EXCHANGE_HTTP,
			        q->ask.url, FAULT_CONNECT);
		queued_free(q);
	}
	return rc;
}

static int queue_up(struct carry *c, const struct ask *a, struct flight *f, struct err *err)
{
	struct queued *q = calloc(1, sizeof(*q));
	struct line *l = NULL;
	int rc = q ? line_of(c, a->server, &l, err) : no_memory(err);

	if (rc == 0) {
		struct slice *text[] = { &q->ask.url, &q->ask.referer, &q->ask.accept,
			                 &q->ask.line };
		q->ask = *a;
		q->ask.server = l->server;
		for (size_t i = 0; rc == 0 && i < sizeof(text) / sizeof(text[0]); i++)
			if (!(*text[i] = arena_copy(&q->arena, *text[i])).p)
				rc = no_memory(err);
	}
	if (rc) {
		if (q)
			queued_free(q);
		return rc;
	}
	f->server = l->server;
	q->flight = f;
	*l->last = q;
	l->last = &q->next;
	return move(l, err);
}

static char *shared_key(const struct ask *a, struct arena *arena)
{
	return arena_printf(arena, "%d %.*s %.*s %.*s", a->kind, SLICE_ARG(a->url),
	                    SLICE_ARG(a->server), SLICE_ARG(a->line));
}

/* Registration servers and IANA are asked the same thing once. */
static int shared_of(struct carry *c, const struct ask *a, struct shared **out, struct err *err)
{
	*out = NULL;
	if (a->purpose != PURPOSE_RDAP && a->purpose != PURPOSE_WHOIS &&
	    a->purpose != PURPOSE_BOOTSTRAP)
		return 0;
	struct shared *s = calloc(1, sizeof(*s));
	if (!s)
		return no_memory(err);
	char *key = shared_key(a, &s->arena);
	struct table_entry *e = key ? table_put(&c->shared, slice_str(key)) : NULL;
	if (!e) {
		shared_free(s);
		return no_memory(err);
	}
	if (e->value) {
		shared_free(s);
	} else {
		s->key = slice_str(key);
		e->value = s;
	}
	*out = e->value;
	return 0;
}

int carry_out(struct carry *c, const struct ask *a, carry_fn fn, void *ctx, struct err *err)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct shared *s = NULL;
	int rc = f ? shared_of(c, a, &s, err) : no_memory(err);

	if (rc) {
		free(f);
		return rc;
	}
	*f = (struct flight){ .carry = c, .purpose = a->purpose, .number = a->number, .fn = fn,
	                      .ctx = ctx };
	if (s && s->copy) {
		hand(f, &s->copy->x);
		return 0;
	}
	if (s && s->is_out) {
		f->next = s->waiting;
		s->waiting = f;
		return 0;
	}
	f->shared = s;
	if (s)
		s->is_out = true;
	rc = a->server.n ? queue_up(c, a, f, err) : send_out(c, a, f, err);
	if (rc) {
		if (s)
			s->is_out = false;
		free(f);
	}
	return rc;
}

void carry_was_read(struct carry *c, const struct ask *a, const json_t *reading)
{
	int64_t wait_s = 0;

	if (a->purpose != PURPOSE_WHOIS || a->server.n == 0 || !reading ||
	    pace_of_reading(reading, &wait_s) != PACE_BUSY)
		return;
	/* Without memory the server is asked at the usual pace. */
	pace_told(c->pace, a->server, PACE_BUSY, wait_s, loop_now_ms(c->edges.loop), NULL);
	struct arena arena = { 0 };
	char *key = shared_key(a, &arena);
	struct table_entry *e = key ? table_find(&c->shared, slice_str(key)) : NULL;
	struct shared *s = e ? e->value : NULL;
	if (s && s->copy && !s->is_out) {
		exchange_copy_free(s->copy);
		s->copy = NULL;
	}
	arena_release(&arena);
}
