#include "cmd/collect_carry.h"

#include "base/table.h"
#include "cmd/collect_pump.h"
#include "cmd/hash_key.h"

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
	struct shared *shared; /* not NULL: whoever asks the same is told too */
	struct flight *next;   /* of those that wait for the same */
};

/* What was asked in the same words. */
struct shared {
	struct slice key;
	struct carry_copy *copy; /* NULL: not there yet */
	bool is_out;             /* somebody's flight asks for it */
	struct flight *waiting;
	struct arena arena;
};

struct carry {
	struct pump_edges edges;
	struct table shared;
	size_t shared_bytes;
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
	int rc = hash_key_random(&c->shared.key, err);
	if (rc)
		free(c);
	else
		*out = c;
	return rc;
}

static void shared_free(struct shared *s)
{
	if (!s)
		return;
	carry_copy_free(s->copy);
	arena_release(&s->arena);
	free(s);
}

void carry_free(struct carry *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->shared.n; i++)
		shared_free(c->shared.entry[i].value);
	table_release(&c->shared);
	free(c);
}

/* ---- copies ---- */

struct carry_copy *carry_copy(const struct exchange *x)
{
	struct carry_copy *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->x = *x;
	struct slice *texts[] = { &c->x.vantage, &c->x.uri,      &c->x.remote,
		                  &c->x.request, &c->x.response, &c->x.picture };
	bool bad = false;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = arena_copy(&c->arena, *texts[i]);
		bad = bad || !texts[i]->p;
	}
	struct slice *chain = arena_array(&c->arena, x->chain_n, sizeof(*chain));
	for (size_t i = 0; chain && i < x->chain_n; i++) {
		chain[i] = arena_copy(&c->arena, x->chain[i]);
		bad = bad || !chain[i].p;
	}
	c->x.chain = chain;
	if (x->tls_verify) {
		struct slice s = arena_copy(&c->arena, slice_str(x->tls_verify));
		c->x.tls_verify = s.p;
		bad = bad || !s.p;
	}
	if (bad || !chain) {
		carry_copy_free(c);
		return NULL;
	}
	return c;
}

void carry_copy_free(struct carry_copy *c)
{
	if (!c)
		return;
	arena_release(&c->arena);
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

	if (!s) {
		hand(f, x);
		return;
	}
	struct flight *waiting = s->waiting;
	s->waiting = NULL;
	s->is_out = false;
	/* What failed is asked again by the next one. */
	bool keep = x->fault == FAULT_NONE && f->carry->shared_bytes < SHARED_MAX;
	if (keep && (s->copy = carry_copy(x)))
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

static int render(const struct ask *a, struct flight *f)
{
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
	case ASK_RENDER: return render(a, f);
	case ASK_READ: break;
	}
	return err_set(err, ERR_USAGE, 0, "collect: a reading is no exchange");
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
	char *key = arena_printf(&s->arena, "%d %.*s %.*s %.*s", a->kind, SLICE_ARG(a->url),
	                         SLICE_ARG(a->server), SLICE_ARG(a->line));
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
	*f = (struct flight){ c, a->purpose, a->number, fn, ctx, NULL, NULL };
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
	rc = send_out(c, a, f, err);
	if (rc) {
		if (s)
			s->is_out = false;
		free(f);
	}
	return rc;
}
