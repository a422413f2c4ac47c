#include "collect/registration_reading.h"

#include "model/privacy_service.h"
#include "model/registration.h"
#include "wire/dname.h"
#include "wire/epp_status.h"
#include "wire/fold.h"
#include "wire/http_response.h"
#include "wire/mail_address.h"
#include "wire/rdap.h"
#include "wire/rdap_bootstrap.h"
#include "wire/whois.h"

struct reading_of {
	struct registration r;
	struct registration_restricted restricted;
	struct arena *a;
	struct err *err;
	int rc;
};

static void fail(struct reading_of *x)
{
	if (!x->rc)
		x->rc = err_set(x->err, ERR_NOMEM, 0, "registration: no memory");
}

/* ---- people ---- */

static void put_value(struct reading_of *x, enum registration_role role,
                      enum registration_field field, struct slice text)
{
	struct registration_restricted *v = &x->restricted;

	if (!text.n || text.n > REGISTRATION_TEXT_MAX || v->value_n == REGISTRATION_LIST_MAX)
		return;
	v->value[v->value_n++] = (struct registration_value){ role, field, text };
}

static struct slice copied(struct reading_of *x, struct slice s)
{
	struct slice copy = arena_copy(x->a, s);

	if (!copy.p)
		fail(x);
	return copy;
}

/* Whether a value says something, and not that it is withheld. */
static bool is_told(struct reading_of *x, enum registration_role role,
                    enum registration_field field, struct slice text)
{
	if (!text.n)
		return false;
	const char *service = privacy_service_of(text);
	if (role == REGISTRATION_REGISTRANT && service && !x->r.privacy.n)
		x->r.privacy = slice_str(service);
	bool placeholder = privacy_is_placeholder(text);
	if (role == REGISTRATION_REGISTRANT && placeholder && text.n > 3)
		x->r.withheld |= 1u << field;
	return !placeholder && !service;
}

static void put_folded(struct reading_of *x, enum registration_role role,
                       enum registration_field field, struct slice text)
{
	struct folded f;

	if (!is_told(x, role, field, text))
		return;
	if (fold(text, x->a, &f, NULL) != 0) {
		fail(x);
		return;
	}
	/* Lines are one text here, and the records hold no control characters. */
	struct slice line = copied(x, f.text);
	char *p = (char *)(uintptr_t)line.p; /* ours: just made */
	for (size_t i = 0; i < line.n; i++)
		if (p[i] == '\n')
			p[i] = ' ';
	put_value(x, role, field, line);
}

static void put_mail(struct reading_of *x, enum registration_role role, struct slice text)
{
	struct mail_address m;
	char lower[MAIL_ADDRESS_MAX];

	if (!is_told(x, role, REGISTRATION_MAIL, text) || mail_address_parse(text, &m, NULL) != 0)
		return;
	for (size_t i = 0; i < m.n; i++)
		lower[i] = ascii_lower(m.text[i]);
	put_value(x, role, REGISTRATION_MAIL, copied(x, slice_from(lower, m.n)));
}

/* "+1.4168653361x22", "00 49 (0)30-1234", "tel:+1-555;ext=3" */
static void put_phone(struct reading_of *x, enum registration_role role, struct slice text)
{
	char digits[40];
	size_t n = 0, i = 0;

	if (!is_told(x, role, REGISTRATION_PHONE, text))
		return;
	text = slice_trim(text);
	if (slice_starts(text, SLICE("00")))
		digits[n++] = '+', i = 2;
	for (; i < text.n && n < sizeof(digits); i++) {
		char c = ascii_lower(text.p[i]);
		if (c == 'x' || c == 'e' || c == ';')
			break;
		if (slice_starts(slice_sub(text, i, text.n), SLICE("(0)")))
			i += 2;
		else if ((c >= '0' && c <= '9') || (c == '+' && n == 0))
			digits[n++] = c;
	}
	/* E.164 6: at most fifteen digits; fewer than six are no number to know somebody by. */
	if (n >= 6 && n <= 16)
		put_value(x, role, REGISTRATION_PHONE, copied(x, slice_from(digits, n)));
}

static void put_address(struct reading_of *x, enum registration_role role,
                        const struct contact_card *c)
{
	const struct slice parts[] = { c->street, c->city, c->postcode };
	struct buf whole = { 0 };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (is_told(x, role, REGISTRATION_ADDRESS, parts[i])) {
			if (whole.n)
				buf_putc(&whole, ' ');
			buf_put(&whole, slice_sub(parts[i], 0, 160));
		}
	/* A place alone is where many people live. */
	if (!buf_ok(&whole))
		fail(x);
	else if (c->street.n && !privacy_is_placeholder(c->street))
		put_folded(x, role, REGISTRATION_ADDRESS, buf_slice(&whole));
	buf_release(&whole);
}

/* "us", "US (UNITED STATES)" -> "US"; a name stays as it is written. */
static struct slice country_of(struct reading_of *x, struct slice s)
{
	char code[2];

	if (s.n < 2 || (s.n > 2 && !slice_starts(slice_sub(s, 2, s.n), SLICE(" ("))))
		return s;
	for (int i = 0; i < 2; i++) {
		code[i] = ascii_lower(s.p[i]);
		if (code[i] < 'a' || code[i] > 'z')
			return s;
		code[i] = (char)(code[i] - 32);
	}
	return copied(x, slice_from(code, 2));
}

static void take_card(struct reading_of *x, enum registration_role role,
                      const struct contact_card *c)
{
	put_folded(x, role, REGISTRATION_NAME, c->name);
	put_folded(x, role, REGISTRATION_ORGANISATION, c->organisation);
	for (size_t i = 0; i < c->mail_n; i++)
		put_mail(x, role, c->mail[i]);
	for (size_t i = 0; i < c->phone_n; i++)
		put_phone(x, role, c->phone[i]);
	put_address(x, role, c);
	/* A form, or words, where a mail address would stand. */
	if (role == REGISTRATION_REGISTRANT && !c->mail_n && c->url.n &&
	    privacy_is_placeholder(c->url))
		x->r.withheld |= 1u << REGISTRATION_MAIL;
	if (role != REGISTRATION_REGISTRANT)
		return;
	if (!x->r.country.n && c->country.n && !privacy_is_placeholder(c->country))
		x->r.country = country_of(x, c->country);
	if (!x->r.region.n && c->region.n && !privacy_is_placeholder(c->region))
		x->r.region = c->region;
}

/* ---- both ---- */

static void take_statuses(struct reading_of *x, const struct slice *status, size_t n)
{
	x->r.status = arena_array(x->a, n, sizeof(*x->r.status));
	if (!x->r.status) {
		fail(x);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		/* "serverHold (Expired)" */
		size_t bracket = slice_find_slice(status[i], SLICE(" ("));
		enum epp_status s = epp_status_of(slice_sub(status[i], 0, bracket));
		struct slice name = s ? slice_str(epp_status_name(s)) : status[i];
		bool seen = false;
		for (size_t k = 0; k < x->r.status_n; k++)
			seen |= slice_eq(x->r.status[k], name);
		if (!seen)
			x->r.status[x->r.status_n++] = name;
	}
}

static int start(struct reading_of *x)
{
	x->r = registration_empty();
	x->restricted.value =
		arena_array(x->a, REGISTRATION_LIST_MAX, sizeof(*x->restricted.value));
	if (!x->restricted.value)
		fail(x);
	return x->rc;
}

static int put_registration(struct reading_of *x, json_t *out)
{
	if (x->rc == 0 &&
	    (json_put_new(out, "registration", registration_to_json(&x->r)) ||
	     json_put_new(out, "restricted", registration_restricted_to_json(&x->restricted))))
		fail(x);
	return x->rc;
}

/* ---- RDAP ---- */

static void take_events(struct reading_of *x, const struct rdap_domain *d)
{
	static const enum registration_time times[RDAP_ACTIONS] = {
		[RDAP_REGISTRATION] = REGISTRATION_CREATED,
		[RDAP_REREGISTRATION] = REGISTRATION_REREGISTERED,
		[RDAP_LAST_CHANGED] = REGISTRATION_UPDATED,
		[RDAP_EXPIRATION] = REGISTRATION_EXPIRES,
		[RDAP_DELETION] = REGISTRATION_DELETED,
		[RDAP_REINSTANTIATION] = REGISTRATION_REINSTANTIATED,
		[RDAP_TRANSFER] = REGISTRATION_TRANSFERRED,
		[RDAP_LOCKED] = REGISTRATION_LOCKED,
		[RDAP_UNLOCKED] = REGISTRATION_UNLOCKED,
		[RDAP_REGISTRAR_EXPIRATION] = REGISTRATION_REGISTRAR_EXPIRES,
	};

	for (size_t i = 0; i < d->event_n; i++) {
		enum rdap_action action = d->event[i].action;
		if (action == RDAP_OTHER_ACTION || action == RDAP_LAST_UPDATE_OF_DATABASE)
			continue;
		/* What happens again and again is told by its newest time, the beginning by its
		 * first. */
		int64_t *t = &x->r.time[times[action]];
		if (*t == REGISTRATION_NONE ||
		    (action == RDAP_REGISTRATION ? d->event[i].at < *t : d->event[i].at > *t))
			*t = d->event[i].at;
	}
}

static struct slice name_of(const struct contact_card *c)
{
	return c->name.n ? c->name : c->organisation;
}

static void first(struct slice *field, struct slice value)
{
	if (!field->n && value.n)
		*field = value;
}

static void take_entity(struct reading_of *x, const struct rdap_entity *e)
{
	static const struct {
		unsigned bit;
		enum registration_role role;
	} roles[] = {
		{ RDAP_REGISTRANT, REGISTRATION_REGISTRANT },
		{ RDAP_ADMINISTRATIVE, REGISTRATION_ADMINISTRATIVE },
		{ RDAP_TECHNICAL, REGISTRATION_TECHNICAL },
		{ RDAP_BILLING, REGISTRATION_BILLING },
	};

	if (e->under == 0 && e->roles & RDAP_REGISTRAR) {
		first(&x->r.registrar, name_of(&e->card));
		if (!x->r.registrar_id)
			x->r.registrar_id = e->iana_id;
		first(&x->r.registrar_url, e->url);
	}
	if (e->under == 0 && e->roles & RDAP_RESELLER)
		first(&x->r.reseller, name_of(&e->card));
	/* The abuse desk of the registrar, in it or beside it; not that of a host or a registry. */
	if (e->roles & RDAP_ABUSE && (e->under == 0 || e->under & RDAP_REGISTRAR)) {
		first(&x->r.abuse_mail, e->card.mail_n ? e->card.mail[0] : (struct slice){ 0 });
		first(&x->r.abuse_phone, e->card.phone_n ? e->card.phone[0] : (struct slice){ 0 });
	}
	if (e->under != 0)
		return;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (e->roles & roles[i].bit)
			take_card(x, roles[i].role, &e->card);
	if (e->roles & RDAP_REGISTRANT && e->is_withheld && !e->card.name.n)
		x->r.withheld |= 1u << REGISTRATION_NAME;
	if (e->roles & RDAP_REGISTRANT && e->is_withheld && !e->card.mail_n)
		x->r.withheld |= 1u << REGISTRATION_MAIL;
	/* RFC 9083 10.2.4: a proxy stands for somebody. */
	if (e->roles & RDAP_PROXY)
		first(&x->r.privacy, name_of(&e->card));
}

static void take_redactions(struct reading_of *x, const struct rdap_domain *d)
{
	x->r.redaction = arena_array(x->a, d->redaction_n, sizeof(*x->r.redaction));
	if (!x->r.redaction) {
		fail(x);
		return;
	}
	for (size_t i = 0; i < d->redaction_n; i++)
		x->r.redaction[i] = (struct registration_redaction){ d->redaction[i].field,
			                                             d->redaction[i].method,
			                                             d->redaction[i].reason };
	x->r.redaction_n = d->redaction_n;
}

static int put_domain(const struct rdap_domain *d, struct arena *a, json_t *out, struct err *err)
{
	struct reading_of x = { .a = a, .err = err };
	json_t *related = json_array();
	int failed = 0;

	if (start(&x))
		return x.rc;
	x.r.domain = dname_is_canonical(d->name) ? d->name : (struct slice){ 0 };
	x.r.handle = d->handle;
	x.r.nameserver = d->nameserver;
	x.r.nameserver_n = d->nameserver_n;
	x.r.dnssec = d->dnssec == RDAP_SIGNED     ? REGISTRATION_SIGNED
	             : d->dnssec == RDAP_UNSIGNED ? REGISTRATION_UNSIGNED
	                                          : REGISTRATION_DNSSEC_UNSAID;
	take_events(&x, d);
	take_statuses(&x, d->status, d->status_n);
	for (size_t i = 0; i < d->entity_n; i++)
		take_entity(&x, &d->entity[i]);
	take_redactions(&x, d);
	for (size_t i = 0; i < d->related_n; i++)
		failed |= json_add_str(related, d->related[i]);
	if (json_put_new(out, "related", related) || failed)
		fail(&x);
	return put_registration(&x, out);
}

static int put_bootstrap(struct slice payload, struct arena *a, json_t *out, struct err *err)
{
	struct rdap_bootstrap b;
	int rc = rdap_bootstrap_parse(payload, a, &b, err);

	if (rc)
		return rc;
	if (json_put_str(out, "answer", SLICE("bootstrap")) ||
	    json_put_new(out, "bootstrap", rdap_bootstrap_to_json(&b)))
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	return 0;
}

static int put_rdap(struct slice response, struct arena *a, json_t *out, struct err *err)
{
	struct http_response http;
	struct rdap_answer answer;
	struct slice payload;
	int rc = http_response_parse(response, a, &http, err);

	if (rc == 0)
		rc = http_content_decode(http.content_encoding, http.payload, RDAP_BOOTSTRAP_BYTES,
		                         a, &payload, err);
	if (rc)
		return rc;
	/* Bootstrap files are larger than any answer, so the kind is asked of what is small
	 * enough. */
	if (payload.n > RDAP_BYTES_MAX)
		return put_bootstrap(payload, a, out, err);
	rc = rdap_parse(payload, a, &answer, err);
	if (rc)
		return rc;
	if (answer.kind == RDAP_UNKNOWN && put_bootstrap(payload, a, out, NULL) == 0)
		return 0;
	if (json_put_str(out, "answer", slice_str(rdap_kind_name(answer.kind))) ||
	    (answer.kind == RDAP_ERROR && answer.error_code &&
	     json_put_i64(out, "error_code", answer.error_code)))
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	return answer.kind == RDAP_DOMAIN ? put_domain(&answer.domain, a, out, err) : 0;
}

/* ---- WHOIS ---- */

/* "whois://server:43/name" */
static struct slice server_of(struct slice uri)
{
	struct slice rest = slice_starts(uri, SLICE("whois://")) ? slice_sub(uri, 8, uri.n)
	                                                         : (struct slice){ 0 };
	struct slice host = slice_sub(rest, 0, slice_find(rest, '/'));

	return slice_sub(host, 0, slice_find(host, ':'));
}

static void take_whois(struct reading_of *x, const struct whois_answer *w)
{
	static const enum registration_role roles[WHOIS_ROLES] = {
		[WHOIS_REGISTRANT] = REGISTRATION_REGISTRANT,
		[WHOIS_ADMIN] = REGISTRATION_ADMINISTRATIVE,
		[WHOIS_TECH] = REGISTRATION_TECHNICAL,
		[WHOIS_BILLING] = REGISTRATION_BILLING,
	};
	const struct {
		enum registration_time t;
		int64_t at;
	} times[] = {
		{ REGISTRATION_CREATED, w->created },
		{ REGISTRATION_UPDATED, w->updated },
		{ REGISTRATION_EXPIRES, w->expires },
		{ REGISTRATION_REGISTRAR_EXPIRES, w->registrar_expires },
		{ REGISTRATION_TRANSFERRED, w->transferred },
		{ REGISTRATION_DELETED, w->deleted },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		x->r.time[times[i].t] = times[i].at;
	x->r.domain = w->name;
	x->r.handle = w->handle;
	x->r.registrar = w->registrar;
	x->r.registrar_id = w->registrar_id;
	x->r.registrar_url = w->registrar_url;
	x->r.abuse_mail = w->abuse_mail;
	x->r.abuse_phone = w->abuse_phone;
	x->r.reseller = w->reseller;
	x->r.nameserver = w->nameserver;
	x->r.nameserver_n = w->nameserver_n;
	if (w->dnssec_told)
		x->r.dnssec = w->is_signed ? REGISTRATION_SIGNED : REGISTRATION_UNSIGNED;
	take_statuses(x, w->status, w->status_n);
	for (int r = WHOIS_REGISTRANT; r < WHOIS_ROLES; r++)
		take_card(x, roles[r], &w->contact[r]);
}

static int put_whois(struct slice response, struct slice uri, struct arena *a, json_t *out,
                     struct err *err)
{
	struct reading_of x = { .a = a, .err = err };
	struct whois_answer w;
	int rc = whois_parse(response, server_of(uri), a, &w, err);

	if (rc == 0)
		rc = start(&x);
	if (rc)
		return rc;
	if (json_put_str(out, "answer", slice_str(whois_state_name(w.state))) ||
	    (w.refer.n && json_put_str(out, "refer", w.refer)) ||
	    (w.registrar_whois.n && json_put_str(out, "referral", w.registrar_whois)) ||
	    (w.wait_s && json_put_i64(out, "wait_s", w.wait_s)))
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	if (w.state != WHOIS_REGISTERED && w.state != WHOIS_RESERVED)
		return 0;
	take_whois(&x, &w);
	return x.rc ? x.rc : put_registration(&x, out);
}

int registration_reading(enum reading what, struct slice response, struct slice uri, json_t **out,
                         struct err *err)
{
	struct arena a = { 0 };
	json_t *object = json_object();
	int rc;

	if (!object)
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	if (what == READ_RDAP)
		rc = put_rdap(response, &a, object, err);
	else if (what == READ_WHOIS)
		rc = put_whois(response, uri, &a, object, err);
	else
		rc = err_set(err, ERR_USAGE, 0, "registration: not a reading of it");
	arena_release(&a);
	if (rc) {
		json_decref(object);
		return rc;
	}
	*out = object;
	return 0;
}
