/* One ask is out at a time. What came is told to the step that asked; each step either asks on or
 * goes to the next, and the last one makes the observation. */
#include "collect/registration.h"

#include "base/arena.h"
#include "wire/dname.h"
#include "wire/http_response.h"
#include "wire/timestamp.h"
#include "wire/url.h"
#include "wire/whois.h"

#include <stdlib.h>

enum {
	REDIRECTS_MAX = 5,
	TRIES_MAX = 3,   /* of a server that says it is asked too much */
	SERVERS_MAX = 4, /* of WHOIS */
	EVIDENCE_MAX = 32,
	URL_TEXT_MAX = 2000,
};

enum step {
	STEP_RDAP_REGISTRY,
	STEP_RDAP_REGISTRAR,
	STEP_WHOIS_IANA,
	STEP_WHOIS_REGISTRY,
	STEP_WHOIS_REGISTRAR,
	STEP_DONE,
};

struct registration_errand {
	struct registration_order order; /* its slices are in the arena */
	struct registration_key key;
	bool has_key; /* key is our own copy */
	struct arena a;
	enum step step;
	uint32_t waits;      /* for that number; 0: for none */
	bool reads;          /* what is out is a reading */
	struct slice server; /* that is asked */
	struct slice url;    /* RDAP */
	struct slice asked[SERVERS_MAX];
	size_t asked_n;
	unsigned redirects, tries;
	struct registration found;
	bool has_found;
	const char *missing; /* why there is none: the most that is known; static */
	bool refused;
	int64_t at_ms; /* of the newest answer */
	struct slice src;
	json_t *evidence;
	size_t evidence_n;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "registration: no memory");
}

static bool is_rdap(enum step s)
{
	return s == STEP_RDAP_REGISTRY || s == STEP_RDAP_REGISTRAR;
}

static enum registration_source source_of(enum step s)
{
	switch (s) {
	case STEP_RDAP_REGISTRAR: return REGISTRATION_RDAP_REGISTRAR;
	case STEP_WHOIS_IANA:
	case STEP_WHOIS_REGISTRY: return REGISTRATION_WHOIS_REGISTRY;
	case STEP_WHOIS_REGISTRAR: return REGISTRATION_WHOIS_REGISTRAR;
	case STEP_RDAP_REGISTRY:
	case STEP_DONE: break;
	}
	return REGISTRATION_RDAP_REGISTRY;
}

/* ---- life ---- */

static int copy(struct registration_errand *e, struct slice *s, struct err *err)
{
	*s = arena_copy(&e->a, *s);
	return s->p ? 0 : no_memory(err);
}

int registration_errand_new(const struct registration_order *order,
                            struct registration_errand **out, struct err *err)
{
	struct registration r = registration_empty();
	struct registration_restricted none = { 0 };

	if (order->subject.kind != SUBJECT_REGISTRABLE || !dname_is_canonical(order->subject.key))
		return err_set(err, ERR_USAGE, 0,
		               "registration: %.*s is no name that is registered",
		               SLICE_ARG(order->subject.key));
	struct registration_errand *e = calloc(1, sizeof(*e));
	if (!e)
		return no_memory(err);
	e->order = *order;
	e->evidence = json_array();
	if (!e->order.iana_whois.n)
		e->order.iana_whois = SLICE("whois.iana.org");
	int rc = e->evidence ? 0 : no_memory(err);
	if (rc == 0)
		rc = copy(e, &e->order.subject.key, err);
	if (rc == 0)
		rc = copy(e, &e->order.iana_whois, err);
	if (order->key) {
		e->key = *order->key;
		e->order.key = &e->key;
		if (rc == 0)
			rc = registration_hash(&r, &none, order->key, &e->a, err);
		if (rc == 0)
			rc = copy(e, &e->key.id, err);
		if (rc == 0)
			rc = copy(e, &e->key.key, err);
		e->has_key = rc == 0;
	}
	if (rc) {
		registration_errand_free(e);
		return rc;
	}
	*out = e;
	return 0;
}

void registration_errand_free(struct registration_errand *e)
{
	if (!e)
		return;
	/* The arena does not clear what it frees. */
	if (e->has_key)
		explicit_bzero((void *)(uintptr_t)e->key.key.p, e->key.key.n);
	json_decref(e->evidence);
	arena_release(&e->a);
	free(e);
}

bool registration_errand_waits_for(const struct registration_errand *e, uint32_t number)
{
	return e->waits && e->waits == number;
}

bool registration_errand_is_done(const struct registration_errand *e)
{
	return e->step == STEP_DONE;
}

/* ---- asks ---- */

static int put(struct registration_errand *e, struct ask *ask, struct err *err)
{
	int64_t number = asks_put(e->order.asks, ask, err);

	if (number < 0)
		return (int)number;
	e->waits = (uint32_t)number;
	e->reads = ask->kind == ASK_READ;
	return 0;
}

static int ask_fetch(struct registration_errand *e, struct err *err)
{
	struct ask ask = { .kind = ASK_FETCH,
		           .purpose = PURPOSE_RDAP,
		           .url = e->url,
		           .accept = SLICE("application/rdap+json"),
		           .server = e->server };

	return put(e, &ask, err);
}

static int ask_whois(struct registration_errand *e, struct err *err)
{
	struct slice name = e->order.subject.key;
	struct buf line = { 0 };

	/* IANA is asked for what it knows of: the top of the name. */
	if (e->step == STEP_WHOIS_IANA) {
		while (dname_parent(name).n)
			name = dname_parent(name);
		buf_put(&line, name);
	} else {
		whois_query(e->server, name, &line);
	}
	struct slice text = arena_copy(&e->a, buf_slice(&line));
	bool ok = buf_ok(&line) && text.p;
	buf_release(&line);
	if (!ok)
		return no_memory(err);
	struct ask ask = {
		.kind = ASK_WHOIS, .purpose = PURPOSE_WHOIS, .server = e->server, .line = text
	};
	return put(e, &ask, err);
}

static int ask_read(struct registration_errand *e, uint32_t of, struct err *err)
{
	struct ask ask = { .kind = ASK_READ,
		           .purpose = is_rdap(e->step) ? PURPOSE_RDAP : PURPOSE_WHOIS,
		           .reading = is_rdap(e->step) ? READ_RDAP : READ_WHOIS,
		           .of = of };

	return put(e, &ask, err);
}

/* host, or host:port where the port is not the scheme's own. */
static int server_of_url(struct registration_errand *e, const struct url *u, struct slice *out,
                         struct err *err)
{
	uint16_t usual = slice_eq_str(u->scheme, "https") ? 443 : 80;
	char *text = u->port == usual ? arena_printf(&e->a, "%.*s", SLICE_ARG(u->host))
	                              : arena_printf(&e->a, "%.*s:%u", SLICE_ARG(u->host), u->port);

	if (!text)
		return no_memory(err);
	*out = slice_str(text);
	return 0;
}

/* Ask an RDAP address anew. */
static int go_rdap(struct registration_errand *e, const struct url *u, struct err *err)
{
	e->url = u->text;
	int rc = server_of_url(e, u, &e->server, err);

	return rc ? rc : ask_fetch(e, err);
}

static int finish(struct registration_errand *e, struct err *err);

/* Begin at a WHOIS server, unless it was asked, or enough were. */
static int go_whois(struct registration_errand *e, enum step step, struct slice server,
                    struct err *err)
{
	for (size_t i = 0; i < e->asked_n; i++)
		if (slice_eq(e->asked[i], server))
			return finish(e, err);
	if (e->asked_n == SERVERS_MAX)
		return finish(e, err);
	int rc = copy(e, &server, err);
	if (rc)
		return rc;
	e->asked[e->asked_n++] = server;
	e->step = step;
	e->server = server;
	e->tries = 0;
	return ask_whois(e, err);
}

static int first_rdap(struct registration_errand *e, struct slice base, struct url *u,
                      struct err *err)
{
	char *text = arena_printf(&e->a, "%.*sdomain/%.*s", SLICE_ARG(base),
	                          SLICE_ARG(e->order.subject.key));

	if (!text)
		return no_memory(err);
	return url_parse(slice_str(text), &e->a, u, err);
}

static bool may_ask(const struct registration_errand *e, const struct url *u)
{
	return u->text.n <= URL_TEXT_MAX && !u->had_userinfo &&
	       (slice_eq_str(u->scheme, "https") || e->order.allow_http);
}

int registration_errand_start(struct registration_errand *e, struct err *err)
{
	struct slice base = e->order.bootstrap
	                            ? rdap_bootstrap_find(e->order.bootstrap, e->order.subject.key)
	                            : (struct slice){ 0 };
	struct url u;

	e->missing = "no-server";
	if (base.n) {
		int rc = first_rdap(e, base, &u, err);
		if (rc)
			return rc;
		/* IANA lists a few servers without TLS: their word would be anybody's. */
		if (may_ask(e, &u)) {
			e->step = STEP_RDAP_REGISTRY;
			return go_rdap(e, &u, err);
		}
	}
	return go_whois(e, STEP_WHOIS_IANA, e->order.iana_whois, err);
}

/* ---- what came ---- */

static int cite(struct registration_errand *e, const struct evidence *evidence, struct err *err)
{
	if (e->evidence_n == EVIDENCE_MAX)
		return 0;
	json_t *cited = evidence_to_json(evidence);
	if (!cited || json_add_new(e->evidence, cited))
		return no_memory(err);
	e->evidence_n++;
	return 0;
}

static int note_source(struct registration_errand *e, struct err *err)
{
	char *src = arena_printf(&e->a, "%s:%.*s", is_rdap(e->step) ? "rdap" : "whois",
	                         SLICE_ARG(e->server));

	if (!src)
		return no_memory(err);
	if (!e->src.n || !e->has_found)
		e->src = slice_str(src);
	return 0;
}

/* The step gave nothing: what is next. A refusal ends it: it is not gone around. */
static int go_on_without(struct registration_errand *e, const char *why, struct err *err)
{
	if (!e->has_found)
		e->missing = why;
	if (e->step == STEP_RDAP_REGISTRY && !e->refused)
		return go_whois(e, STEP_WHOIS_IANA, e->order.iana_whois, err);
	return finish(e, err);
}

static int refuse(struct registration_errand *e, struct err *err)
{
	e->refused = true;
	return go_on_without(e, "refused", err);
}

/* Asked too much: again, when the pace allows. */
static int try_again(struct registration_errand *e, struct err *err)
{
	if (++e->tries >= TRIES_MAX)
		return refuse(e, err);
	return is_rdap(e->step) ? ask_fetch(e, err) : ask_whois(e, err);
}

static int redirect(struct registration_errand *e, struct slice location, struct err *err)
{
	struct url base, u;
	int rc = url_parse(e->url, &e->a, &base, err);

	if (rc)
		return rc;
	rc = url_resolve(&base, location, &e->a, &u, NULL);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc || !location.n || !may_ask(e, &u) || ++e->redirects > REDIRECTS_MAX)
		return go_on_without(e, "unreadable", err);
	return go_rdap(e, &u, err);
}

static int told_http(struct registration_errand *e, const struct answer *answer, struct err *err)
{
	struct http_response http;
	struct arena a = { 0 };
	int rc = http_response_parse(answer->exchange->response, &a, &http, NULL);
	int status = rc ? 0 : http.status;

	if (rc == ERR_NOMEM)
		rc = no_memory(err);
	else if (status == 429 || (status == 503 && http_field(http.fields, "Retry-After").n))
		rc = try_again(e, err);
	else if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		rc = redirect(e, http.location, err);
	else if (status == 404 && e->step == STEP_RDAP_REGISTRY) {
		e->missing = "not-registered";
		rc = finish(e, err);
	} else if (status == 401 || status == 403)
		rc = refuse(e, err);
	else if (status >= 200 && status < 300 && answer->has_evidence)
		rc = ask_read(e, answer->number, err);
	else
		rc = go_on_without(e, "unreadable", err);
	arena_release(&a);
	return rc;
}

static int told_exchange(struct registration_errand *e, const struct answer *answer,
                         struct err *err)
{
	enum exchange_fault fault = answer->exchange->fault;
	int rc = answer->has_evidence ? cite(e, &answer->evidence, err) : 0;

	if (rc == 0)
		rc = note_source(e, err);
	if (rc)
		return rc;
	if (fault == FAULT_BUSY)
		return refuse(e, err);
	/* A WHOIS server that closes late, or an answer that was cut, may still be read. */
	if (fault != FAULT_NONE && (is_rdap(e->step) || !answer->has_evidence))
		return go_on_without(e, exchange_fault_name(fault), err);
	if (is_rdap(e->step))
		return told_http(e, answer, err);
	if (!answer->has_evidence)
		return go_on_without(e, "unreadable", err);
	return ask_read(e, answer->number, err);
}

/* ---- readings ---- */

/* What was read, with its hashes; the raw values are not kept. */
static int take_fields(struct registration_errand *e, const json_t *reading, struct err *err)
{
	struct registration_restricted restricted;
	struct registration r;
	int rc = registration_from_json(json_obj(reading, "registration"), &e->a, &r, NULL);

	if (rc == 0)
		rc = registration_restricted_from_json(json_obj(reading, "restricted"), &e->a,
		                                       &restricted, NULL);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	/* A reader that was taken over by what it read cannot make us write anything else. */
	if (rc)
		return rc;
	r.told[0].source = source_of(e->step);
	r.told[0].server = e->server;
	r.told_n = 1;
	r.conflict_n = 0;
	rc = registration_hash(&r, &restricted, e->order.key, &e->a, err);
	for (size_t i = 0; i < restricted.value_n; i++)
		explicit_bzero((void *)(uintptr_t)restricted.value[i].text.p,
		               restricted.value[i].text.n);
	if (rc)
		return rc;
	/* Another domain's answer is no answer. */
	if (r.domain.n && !slice_eq(r.domain, e->order.subject.key))
		return ERR_SYNTAX;
	if (!e->has_found) {
		e->found = r;
		e->has_found = true;
		return 0;
	}
	return registration_complete(&e->found, &r, &e->a, err);
}

/* The first address of another host that may be asked. */
static bool related_of(struct registration_errand *e, const json_t *reading, struct url *out)
{
	const json_t *list = json_arr(reading, "related");
	struct url here;

	if (url_parse(e->url, &e->a, &here, NULL) != 0)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (url_parse(json_text(json_array_get(list, i)), &e->a, out, NULL) == 0 &&
		    may_ask(e, out) && (!slice_eq(out->host, here.host) || out->port != here.port))
			return true;
	return false;
}

static int read_rdap(struct registration_errand *e, const json_t *reading, struct err *err)
{
	struct slice kind = json_str(reading, "answer");
	struct url related;

	if (slice_eq_str(kind, "error") && json_i64(reading, "error_code", 0) == 404 &&
	    e->step == STEP_RDAP_REGISTRY) {
		e->missing = "not-registered";
		return finish(e, err);
	}
	if (!slice_eq_str(kind, "domain"))
		return go_on_without(e, "unreadable", err);
	int rc = take_fields(e, reading, err);
	if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
		return go_on_without(e, "unreadable", err);
	if (rc)
		return rc;
	if (e->step == STEP_RDAP_REGISTRAR || !related_of(e, reading, &related))
		return finish(e, err);
	e->step = STEP_RDAP_REGISTRAR;
	e->redirects = e->tries = 0;
	return go_rdap(e, &related, err);
}

static int read_whois(struct registration_errand *e, const json_t *reading, struct err *err)
{
	static const struct {
		const char *answer, *how;
	} ends[] = {
		{ "available", "not-registered" }, { "reserved", "reserved" },
		{ "invalid", "invalid" },          { "unavailable", "refused" },
		{ "raw", "unreadable" },
	};
	struct slice answer = json_str(reading, "answer"), refer = json_str(reading, "refer");
	struct slice referral = json_str(reading, "referral");

	if (slice_eq_str(answer, "throttled"))
		return try_again(e, err);
	if (e->step == STEP_WHOIS_IANA) {
		if (!refer.n)
			return go_on_without(e, e->missing, err);
		return go_whois(e, STEP_WHOIS_REGISTRY, refer, err);
	}
	if (slice_eq_str(answer, "registered")) {
		int rc = take_fields(e, reading, err);
		if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
			return go_on_without(e, "unreadable", err);
		if (rc)
			return rc;
		if (e->step == STEP_WHOIS_REGISTRY && referral.n)
			return go_whois(e, STEP_WHOIS_REGISTRAR, referral, err);
		return finish(e, err);
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (slice_eq_str(answer, ends[i].answer))
			return go_on_without(e, ends[i].how, err);
	return go_on_without(e, "unreadable", err);
}

int registration_errand_told(struct registration_errand *e, const struct answer *answer,
                             struct err *err)
{
	if (!registration_errand_waits_for(e, answer->number))
		return err_set(err, ERR_USAGE, 0, "registration: nothing waits for answer %u",
		               (unsigned)answer->number);
	e->waits = 0;
	e->at_ms = answer->at_ms > e->at_ms ? answer->at_ms : e->at_ms;
	if (!e->reads)
		return told_exchange(e, answer, err);
	if (answer->fault != FAULT_NONE || !answer->reading)
		return go_on_without(e, "unreadable", err);
	return is_rdap(e->step) ? read_rdap(e, answer->reading, err)
	                        : read_whois(e, answer->reading, err);
}

/* ---- the observation ---- */

static json_t *envelope(const struct registration_errand *e)
{
	json_t *o = json_object(), *subject = json_object();
	char at[TIMESTAMP_SIZE];
	int failed = 0;

	timestamp_format(e->at_ms / 1000, at);
	failed |=
		json_put_str(subject, "kind", slice_str(subject_kind_name(e->order.subject.kind)));
	failed |= json_put_str(subject, "key", e->order.subject.key);
	failed |= json_put_new(o, "subject", subject);
	failed |= json_put_str(o, "type", SLICE("observation"));
	failed |= json_put_i64(o, "v", 1);
	failed |= json_put_str(o, "at", slice_str(at));
	failed |= json_put_str(o, "src", e->src.n ? e->src : SLICE("collect/1"));
	if (e->evidence_n)
		failed |= json_put_new(o, "evidence", json_incref(e->evidence));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *absence_of(const struct registration_errand *e)
{
	json_t *absence = json_object();

	if (json_put_str(absence, "of", SLICE("registration")) ||
	    json_put_str(absence, "how", slice_str(e->missing))) {
		json_decref(absence);
		return NULL;
	}
	return absence;
}

static int put_found(const struct registration_errand *e, json_t *o)
{
	char period[TIMESTAMP_SIZE];
	int failed = json_put_str(o, "what", SLICE("registration"));

	failed |= json_put_new(o, "registration", registration_to_json(&e->found));
	if (e->found.time[REGISTRATION_CREATED] != REGISTRATION_NONE) {
		timestamp_format(e->found.time[REGISTRATION_CREATED], period);
		failed |= json_put_str(o, "period", slice_str(period));
	}
	return failed;
}

static int finish(struct registration_errand *e, struct err *err)
{
	json_t *o = envelope(e);
	int failed = o ? 0 : 1;

	e->step = STEP_DONE;
	if (e->has_found) {
		failed |= put_found(e, o);
	} else {
		failed |= json_put_str(o, "what", SLICE("absence"));
		failed |= json_put_new(o, "absence", absence_of(e));
	}
	if (failed) {
		json_decref(o);
		return no_memory(err);
	}
	return e->order.observe(e->order.observe_ctx, o, err);
}
