/* What the registration errand asks, and the observation that it makes at the end. */
#include "collect/registration_errand.h"

#include "wire/dname.h"
#include "wire/timestamp.h"
#include "wire/whois.h"

int registration_no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "registration: no memory");
}

bool registration_is_rdap(enum step s)
{
	return s == STEP_RDAP_REGISTRY || s == STEP_RDAP_REGISTRAR;
}

int registration_copy(struct registration_errand *e, struct slice *s, struct err *err)
{
	*s = arena_copy(&e->a, *s);
	return s->p ? 0 : registration_no_memory(err);
}

static int put(struct registration_errand *e, struct ask *ask, struct err *err)
{
	int64_t number = asks_put(e->order.asks, ask, err);

	if (number < 0)
		return (int)number;
	e->waits = (uint32_t)number;
	e->reads = ask->kind == ASK_READ;
	return 0;
}

int registration_ask_fetch(struct registration_errand *e, struct err *err)
{
	struct ask ask = { .kind = ASK_FETCH,
		           .purpose = PURPOSE_RDAP,
		           .url = e->url,
		           .accept = SLICE("application/rdap+json"),
		           .server = e->server };

	return put(e, &ask, err);
}

int registration_ask_whois(struct registration_errand *e, struct err *err)
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
		return registration_no_memory(err);
	struct ask ask = {
		.kind = ASK_WHOIS, .purpose = PURPOSE_WHOIS, .server = e->server, .line = text
	};
	return put(e, &ask, err);
}

int registration_ask_read(struct registration_errand *e, uint32_t of, struct err *err)
{
	struct ask ask = { .kind = ASK_READ,
		           .purpose = registration_is_rdap(e->step) ? PURPOSE_RDAP : PURPOSE_WHOIS,
		           .reading = registration_is_rdap(e->step) ? READ_RDAP : READ_WHOIS,
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
		return registration_no_memory(err);
	*out = slice_str(text);
	return 0;
}

/* Ask an RDAP address anew. */
int registration_go_rdap(struct registration_errand *e, const struct url *u, struct err *err)
{
	e->url = u->text;
	int rc = server_of_url(e, u, &e->server, err);

	return rc ? rc : registration_ask_fetch(e, err);
}

/* Begin at a WHOIS server, unless it was asked, or enough were. */
int registration_go_whois(struct registration_errand *e, enum step step, struct slice server,
                          struct err *err)
{
	for (size_t i = 0; i < e->asked_n; i++)
		if (slice_eq(e->asked[i], server))
			return registration_finish(e, err);
	if (e->asked_n == SERVERS_MAX)
		return registration_finish(e, err);
	int rc = registration_copy(e, &server, err);
	if (rc)
		return rc;
	e->asked[e->asked_n++] = server;
	e->step = step;
	e->server = server;
	e->tries = 0;
	return registration_ask_whois(e, err);
}

bool registration_may_ask(const struct registration_errand *e, const struct url *u)
{
	return u->text.n <= URL_TEXT_MAX && !u->had_userinfo &&
	       (slice_eq_str(u->scheme, "https") || e->order.allow_http);
}

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

int registration_finish(struct registration_errand *e, struct err *err)
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
		return registration_no_memory(err);
	}
	return e->order.observe(e->order.observe_ctx, o, err);
}
