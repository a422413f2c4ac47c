/* Each server has the time at which its bucket is full again (GCRA: one number is the whole
 * bucket), and the time until which it wants to be left alone. */
#include "collect/pace.h"

#include "base/hash.h"
#include "base/table.h"
#include "wire/http_response.h"
#include "wire/written_date.h"

#include <stdlib.h>

struct server {
	struct slice name; /* owned */
	int64_t interval_ms, burst;
	int64_t full_ms;  /* when every token is back */
	int64_t quiet_ms; /* not before */
	int64_t used_ms;
	unsigned refusals; /* in a row */
};

struct pace {
	struct table rules;   /* server -> struct server without state */
	struct table servers; /* server -> struct server */
	int64_t interval_ms, burst;
};

static struct server *server_new(struct slice name, int64_t interval_ms, int64_t burst)
{
	struct server *s = calloc(1, sizeof(*s));
	char *copy = s ? malloc(name.n + 1) : NULL;

	if (!copy) {
		free(s);
		return NULL;
	}
	if (name.n)
		memcpy(copy, name.p, name.n);
	copy[name.n] = 0;
	*s = (struct server){ .name = slice_from(copy, name.n),
		              .interval_ms = interval_ms,
		              .burst = burst,
		              .full_ms = INT64_MIN,
		              .quiet_ms = INT64_MIN };
	return s;
}

static void server_free(struct server *s)
{
	if (!s)
		return;
	free((void *)(uintptr_t)s->name.p);
	free(s);
}

static void release(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		server_free(t->entry[i].value);
	table_release(t);
}

void pace_free(struct pace *p)
{
	if (!p)
		return;
	release(&p->rules);
	release(&p->servers);
	free(p);
}

static int64_t or_usual(int64_t said, int64_t usual)
{
	return said > 0 ? said : usual;
}

static int add(struct table *t, struct server *s, struct err *err)
{
	struct table_entry *e = s ? table_put(t, s->name) : NULL;

	if (!e || e->value) {
		bool twice = e != NULL;
		server_free(s);
		return twice ? 0 : err_set(err, ERR_NOMEM, 0, "pace: no memory");
	}
	e->value = s;
	return 0;
}

int pace_new(const struct pace_rule *rule, size_t n, const struct pace_rule *usual,
             struct pace **out, struct err *err)
{
	struct pace *p = calloc(1, sizeof(*p));
	int rc = p ? 0 : err_set(err, ERR_NOMEM, 0, "pace: no memory");

	if (rc)
		return rc;
	p->interval_ms = or_usual(usual ? usual->interval_ms : 0, PACE_INTERVAL_MS);
	p->burst = or_usual(usual ? usual->burst : 0, PACE_BURST);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add(&p->rules,
		         server_new(rule[i].server, or_usual(rule[i].interval_ms, p->interval_ms),
		                    or_usual(rule[i].burst, p->burst)),
		         err);
	if (rc) {
		pace_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

static const struct server *find(const struct table *t, struct slice name)
{
	const struct table_entry *e = table_find(t, name);

	return e ? e->value : NULL;
}

/* Forget the half that was longest unused. */
static int shrink(struct pace *p, struct err *err)
{
	struct table kept = { .key = p->servers.key };
	int64_t oldest = INT64_MAX, newest = INT64_MIN;
	int rc = 0;

	for (size_t i = 0; i < p->servers.n; i++) {
		const struct server *s = p->servers.entry[i].value;
		oldest = s->used_ms < oldest ? s->used_ms : oldest;
		newest = s->used_ms > newest ? s->used_ms : newest;
	}
	int64_t middle = oldest + (newest - oldest) / 2;
	for (size_t i = 0; i < p->servers.n; i++) {
		struct server *s = p->servers.entry[i].value;
		if (s->used_ms > middle && rc == 0)
			rc = add(&kept, s, err);
		else
			server_free(s);
	}
	table_release(&p->servers);
	p->servers = kept;
	return rc;
}

static int get(struct pace *p, struct slice name, int64_t now_ms, struct server **out,
               struct err *err)
{
	struct table_entry *e = table_find(&p->servers, name);
	int rc = 0;

	if (!e) {
		const struct server *rule = find(&p->rules, name);
		if (p->servers.n >= PACE_SERVERS_MAX)
			rc = shrink(p, err);
		if (rc == 0)
			rc = add(&p->servers,
			         server_new(name, rule ? rule->interval_ms : p->interval_ms,
			                    rule ? rule->burst : p->burst),
			         err);
		if (rc)
			return rc;
		e = table_find(&p->servers, name);
	}
	*out = e->value;
	(*out)->used_ms = now_ms;
	return 0;
}

int64_t pace_when(const struct pace *p, struct slice server, int64_t now_ms)
{
	const struct server *s = find(&p->servers, server);

	if (!s)
		return now_ms;
	int64_t when = s->quiet_ms > now_ms ? s->quiet_ms : now_ms;
	/* A token is there when no more than burst - 1 of them are missing. */
	if (s->full_ms != INT64_MIN && s->full_ms - (s->burst - 1) * s->interval_ms > when)
		when = s->full_ms - (s->burst - 1) * s->interval_ms;
	return when;
}

int pace_sent(struct pace *p, struct slice server, int64_t now_ms, struct err *err)
{
	struct server *s;
	int rc = get(p, server, now_ms, &s, err);

	if (rc == 0)
		s->full_ms = (s->full_ms > now_ms ? s->full_ms : now_ms) + s->interval_ms;
	return rc;
}

/* Up to a quarter more, by the server's name and how often it refused: servers that refused at one
 * time are not all asked again at one time. */
static int64_t jitter(const struct server *s, int64_t ms)
{
	struct hash_key key = { 0x70616365, s->refusals };

	return (int64_t)(hash_bytes(key, s->name) % (uint64_t)(ms / 4 + 1));
}

int pace_told(struct pace *p, struct slice server, enum pace_outcome outcome, int64_t retry_after_s,
              int64_t now_ms, struct err *err)
{
	struct server *s;
	int rc = get(p, server, now_ms, &s, err);

	if (rc)
		return rc;
	if (outcome == PACE_ANSWERED)
		s->refusals = 0;
	if (outcome != PACE_BUSY)
		return 0;
	int64_t wait = PACE_BACKOFF_MS;
	for (unsigned i = 0; i < s->refusals && wait < PACE_BACKOFF_MAX_MS; i++)
		wait *= 2;
	if (wait > PACE_BACKOFF_MAX_MS)
		wait = PACE_BACKOFF_MAX_MS;
	if (retry_after_s > PACE_RETRY_AFTER_MAX_S)
		retry_after_s = PACE_RETRY_AFTER_MAX_S;
	/* What a server says is kept to exactly, but never less than the usual pace. */
	wait = retry_after_s > 0 ? retry_after_s * 1000 : wait + jitter(s, wait);
	s->refusals++;
	if (wait < s->interval_ms)
		wait = s->interval_ms;
	if (now_ms + wait > s->quiet_ms)
		s->quiet_ms = now_ms + wait;
	return 0;
}

/* RFC 9110 10.2.3: seconds, or a date. */
static int64_t retry_after(struct slice value, int64_t at_ms)
{
	struct written_date d;
	int64_t n = 0;
	size_t i = 0;

	value = slice_trim(value);
	for (; i < value.n && i < 9 && value.p[i] >= '0' && value.p[i] <= '9'; i++)
		n = n * 10 + (value.p[i] - '0');
	if (i == value.n)
		return n;
	if (i == 9)
		return PACE_RETRY_AFTER_MAX_S;
	if (!written_date_read(value, false, &d) || d.at <= at_ms / 1000)
		return 0;
	return d.at - at_ms / 1000;
}

enum pace_outcome pace_of_exchange(const struct exchange *x, int64_t *retry_after_s)
{
	struct http_response http;
	struct arena a = { 0 };
	enum pace_outcome outcome = x->fault == FAULT_NONE ? PACE_ANSWERED : PACE_FAILED;

	*retry_after_s = 0;
	if (x->fault == FAULT_BUSY)
		outcome = PACE_BUSY;
	if (x->kind != EXCHANGE_HTTP || http_response_parse(x->response, &a, &http, NULL) != 0) {
		arena_release(&a);
		return outcome;
	}
	struct slice value = http_field(http.fields, "Retry-After");
	if (http.status == 429 || (http.status == 503 && value.n)) {
		outcome = PACE_BUSY;
		*retry_after_s = retry_after(value, x->at_ms);
	}
	arena_release(&a);
	return outcome;
}

enum pace_outcome pace_of_reading(const json_t *reading, int64_t *retry_after_s)
{
	bool busy = slice_eq_str(json_str(reading, "answer"), "throttled");
	int64_t wait = json_i64(reading, "wait_s", 0);

	*retry_after_s = busy && wait > 0 ? wait : 0;
	return busy ? PACE_BUSY : PACE_ANSWERED;
}
