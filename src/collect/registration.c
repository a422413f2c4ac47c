/* One ask is out at a time. What came is told to the step that asked; each step either asks on or
 * goes to the next, and the last one makes the observation. */
#include "collect/registration.h"

#include "collect/registration_errand.h"
#include "wire/dname.h"
#include "wire/http_response.h"

#include <stdlib.h>

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
		return registration_no_memory(err);
	e->order = *order;
	e->evidence = json_array();
	if (!e->order.iana_whois.n)
		e->order.iana_whois = SLICE("whois.iana.org");
	int rc = e->evidence ? 0 : registration_no_memory(err);
	if (rc == 0)
		rc = registration_copy(e, &e->order.subject.key, err);
	if (rc == 0)
		rc = registration_copy(e, &e->order.iana_whois, err);
	if (order->key) {
		e->key = *order->key;
		e->order.key = &e->key;
		if (rc == 0)
			rc = registration_hash(&r, &none, order->key, &e->a, err);
		if (rc == 0)
			rc = registration_copy(e, &e->key.id, err);
		if (rc == 0)
			rc = registration_copy(e, &e->key.key, err);
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

/* ---- the beginning ---- */

static int first_rdap(struct registration_errand *e, struct slice base, struct url *u,
                      struct err *err)
{
	char *text = arena_printf(&e->a, "%.*sdomain/%.*s", SLICE_ARG(base),
	                          SLICE_ARG(e->order.subject.key));

	if (!text)
		return registration_no_memory(err);
	return url_parse(slice_str(text), &e->a, u, err);
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
		if (registration_may_ask(e, &u)) {
			e->step = STEP_RDAP_REGISTRY;
			return registration_go_rdap(e, &u, err);
		}
	}
	return registration_go_whois(e, STEP_WHOIS_IANA, e->order.iana_whois, err);
}

/* ---- what came ---- */

static int cite(struct registration_errand *e, const struct evidence *evidence, struct err *err)
{
	if (e->evidence_n == EVIDENCE_MAX)
		return 0;
	json_t *cited = evidence_to_json(evidence);
	if (!cited || json_add_new(e->evidence, cited))
		return registration_no_memory(err);
	e->evidence_n++;
	return 0;
}

static int note_source(struct registration_errand *e, struct err *err)
{
	char *src = arena_printf(&e->a, "%s:%.*s", registration_is_rdap(e->step) ? "rdap" : "whois",
	                         SLICE_ARG(e->server));

	if (!src)
		return registration_no_memory(err);
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
		return registration_go_whois(e, STEP_WHOIS_IANA, e->order.iana_whois, err);
	return registration_finish(e, err);
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
	return registration_is_rdap(e->step) ? registration_ask_fetch(e, err)
	                                     : registration_ask_whois(e, err);
}

static int redirect(struct registration_errand *e, struct slice location, struct err *err)
{
	struct url base, u;
	int rc = url_parse(e->url, &e->a, &base, err);

	if (rc)
		return rc;
	rc = url_resolve(&base, location, &e->a, &u, NULL);
	if (rc == ERR_NOMEM)
		return registration_no_memory(err);
	if (rc || !location.n || !registration_may_ask(e, &u) || ++e->redirects > REDIRECTS_MAX)
		return go_on_without(e, "unreadable", err);
	return registration_go_rdap(e, &u, err);
}

static int told_http(struct registration_errand *e, const struct answer *answer, struct err *err)
{
	struct http_response http;
	struct arena a = { 0 };
	int rc = http_response_parse(answer->exchange->response, &a, &http, NULL);
	int status = rc ? 0 : http.status;

	if (rc == ERR_NOMEM)
		rc = registration_no_memory(err);
	else if (status == 429 || (status == 503 && http_field(http.fields, "Retry-After").n))
		rc = try_again(e, err);
	else if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		rc = redirect(e, http.location, err);
	else if (status == 404 && e->step == STEP_RDAP_REGISTRY) {
		e->missing = "not-registered";
		rc = registration_finish(e, err);
	} else if (status == 401 || status == 403)
		rc = refuse(e, err);
	else if (status >= 200 && status < 300 && answer->has_evidence)
		rc = registration_ask_read(e, answer->number, err);
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
	if (fault != FAULT_NONE && (registration_is_rdap(e->step) || !answer->has_evidence))
		return go_on_without(e, exchange_fault_name(fault), err);
	if (registration_is_rdap(e->step))
		return told_http(e, answer, err);
	if (!answer->has_evidence)
		return go_on_without(e, "unreadable", err);
	return registration_ask_read(e, answer->number, err);
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
		return registration_no_memory(err);
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
		    registration_may_ask(e, out) &&
		    (!slice_eq(out->host, here.host) || out->port != here.port))
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
		return registration_finish(e, err);
	}
	if (!slice_eq_str(kind, "domain"))
		return go_on_without(e, "unreadable", err);
	int rc = take_fields(e, reading, err);
	if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
		return go_on_without(e, "unreadable", err);
	if (rc)
		return rc;
	if (e->step == STEP_RDAP_REGISTRAR || !related_of(e, reading, &related))
		return registration_finish(e, err);
	e->step = STEP_RDAP_REGISTRAR;
	e->redirects = e->tries = 0;
	return registration_go_rdap(e, &related, err);
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
		return registration_go_whois(e, STEP_WHOIS_REGISTRY, refer, err);
	}
	if (slice_eq_str(answer, "registered")) {
		int rc = take_fields(e, reading, err);
		if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
			return go_on_without(e, "unreadable", err);
		if (rc)
			return rc;
		if (e->step == STEP_WHOIS_REGISTRY && referral.n)
			return registration_go_whois(e, STEP_WHOIS_REGISTRAR, referral, err);
		return registration_finish(e, err);
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
	return registration_is_rdap(e->step) ? read_rdap(e, answer->reading, err)
	                                     : read_whois(e, answer->reading, err);
}
