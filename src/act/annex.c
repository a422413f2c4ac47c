/* The JSON attachment (doc/format/notice.md): members in the order of their names, as the canonical
 * form has them. Of a registration made with a stolen identity only the registrar's own part is
 * shown. */
#include "act/letter.h"

#include "model/evidence.h"
#include "wire/json_writer.h"
#include "wire/timestamp.h"

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

static void put_time(struct json_writer *w, const char *name, int64_t at)
{
	char text[TIMESTAMP_SIZE];

	if (at == NOTICE_NEVER)
		return;
	timestamp_format(at, text);
	json_writer_member(w, name, slice_str(text));
}

static void put_digest(struct json_writer *w, const char *name, struct sha256 d)
{
	char text[SHA256_HEX];

	if (is_zero(d))
		return;
	sha256_hex(d, text);
	json_writer_member(w, name, slice_str(text));
}

static void put_evidence(struct json_writer *w, struct sha256 d)
{
	char text[EVIDENCE_ADDRESS_SIZE];

	if (is_zero(d))
		return;
	evidence_address_format(d, text);
	json_writer_member(w, "evidence", slice_str(text));
}

static void put_number(struct json_writer *w, const char *name, int64_t n)
{
	json_writer_name(w, name);
	json_writer_number(w, n);
}

static void put_flag(struct json_writer *w, const char *name, bool b)
{
	json_writer_name(w, name);
	json_writer_flag(w, b);
}

/* A list that is empty is left out. */
static void put_list(struct json_writer *w, const char *name, const struct slice *list, size_t n)
{
	if (n == 0)
		return;
	json_writer_name(w, name);
	json_writer_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_writer_text(w, list[i]);
	json_writer_close(w, ']');
}

/* ---- a subject ---- */

static void put_capture(struct json_writer *w, const struct notice_capture *c)
{
	json_writer_open(w, '{');
	put_time(w, "at", c->at);
	put_evidence(w, c->evidence);
	json_writer_member(w, "expect", c->expect);
	put_flag(w, "hidden", c->hidden);
	json_writer_member(w, "others", c->others);
	if (c->profile) {
		json_writer_name(w, "recipe");
		json_writer_open(w, '{');
		json_writer_member(w, "accept_language", c->profile->accept_language);
		json_writer_member(w, "country", c->profile->country);
		json_writer_member(w, "referer", c->profile->referer);
		json_writer_member(w, "user_agent", c->profile->user_agent);
		json_writer_close(w, '}');
	}
	if (c->status)
		put_number(w, "status", c->status);
	json_writer_member(w, "url", c->url);
	json_writer_member(w, "vantage", c->vantage);
	json_writer_close(w, '}');
}

static void put_quote(struct json_writer *w, const struct notice_quote *q)
{
	json_writer_open(w, '{');
	put_time(w, "at", q->at);
	put_evidence(w, q->evidence);
	json_writer_member(w, "quote", q->quote);
	json_writer_member(w, "url", q->url);
	json_writer_member(w, "vantage", q->vantage);
	json_writer_close(w, '}');
}

static void put_finding(struct json_writer *w, const struct notice_finding *f)
{
	json_writer_open(w, '{');
	json_writer_member(w, "destination", f->destination);
	put_digest(w, "id", f->id);
	json_writer_name(w, "law");
	json_writer_open(w, '[');
	for (size_t i = 0; i < f->law_n; i++) {
		json_writer_open(w, '{');
		json_writer_member(w, "cite", f->law[i].cite);
		json_writer_member(w, "says", f->law[i].says);
		json_writer_close(w, '}');
	}
	json_writer_close(w, ']');
	json_writer_name(w, "quotes");
	json_writer_open(w, '[');
	for (size_t i = 0; i < f->quote_n; i++)
		put_quote(w, &f->quote[i]);
	json_writer_close(w, ']');
	json_writer_member(w, "reach", f->global ? SLICE("global") : SLICE("destination"));
	json_writer_member(w, "rule", f->rule);
	json_writer_member(w, "severity", f->severity);
	json_writer_member(w, "text", f->text);
	json_writer_close(w, '}');
}

static void put_registration(struct json_writer *w, const struct notice_registration *r)
{
	json_writer_name(w, "registration");
	json_writer_open(w, '{');
	put_time(w, "created", r->created);
	if (!r->suspected_victim)
		put_list(w, "nameservers", r->nameserver, r->nameserver_n);
	if (!r->suspected_victim)
		put_digest(w, "observation", r->record);
	put_time(w, "observed", r->at);
	json_writer_member(w, "registrar", r->registrar);
	if (r->registrar_id)
		put_number(w, "registrar_id", r->registrar_id);
	json_writer_member(w, "reseller", r->reseller);
	put_list(w, "status", r->status, r->status_n);
	json_writer_close(w, '}');
}

static void put_collateral(struct json_writer *w, const struct notice_subject *s)
{
	json_writer_name(w, "collateral");
	json_writer_open(w, '{');
	put_flag(w, "platform", s->platform);
	put_flag(w, "popular", s->popular);
	json_writer_member(w, "statement", s->collateral);
	put_number(w, "tenants", (int64_t)s->tenants);
	json_writer_close(w, '}');
}

static void put_subject(struct json_writer *w, const struct notice *n,
                        const struct notice_subject *s)
{
	bool pages = n->matter != MATTER_REGISTRATION;

	json_writer_open(w, '{');
	json_writer_name(w, "addresses"); /* check counts entries by it */
	json_writer_open(w, '[');
	for (size_t i = 0; pages && i < s->ip_n; i++)
		json_writer_text(w, s->ip[i]);
	json_writer_close(w, ']');
	if (pages && s->ip_n)
		put_time(w, "addresses_at", s->ip_at);
	json_writer_name(w, "captures");
	json_writer_open(w, '[');
	for (size_t i = 0; pages && i < s->capture_n; i++)
		put_capture(w, &s->capture[i]);
	json_writer_close(w, ']');
	json_writer_member(w, "class", s->class);
	put_collateral(w, s);
	put_time(w, "decided", s->decided);
	put_digest(w, "decision", s->decision);
	put_list(w, "destinations", s->destination, s->destination_n);
	json_writer_name(w, "findings");
	json_writer_open(w, '[');
	for (size_t i = 0; i < s->finding_n; i++)
		put_finding(w, &s->finding[i]);
	json_writer_close(w, ']');
	json_writer_member(w, "ground", s->ground);
	if (s->entry >= 0 && !is_zero(s->decision))
		put_number(w, "ledger_entry", s->entry);
	json_writer_member(w, "network", s->network);
	put_time(w, "period", s->period);
	put_registration(w, &s->registration);
	json_writer_name(w, "subject");
	json_writer_open(w, '{');
	json_writer_member(w, "key", s->subject.key);
	json_writer_member(w, "kind", slice_str(subject_kind_name(s->subject.kind)));
	json_writer_close(w, '}');
	put_digest(w, "verdict", s->verdict);
	json_writer_close(w, '}');
}

int letter_annex_subject(const struct notice *n, size_t i, struct buf *out, struct err *err)
{
	struct json_writer w = { .out = out };

	put_subject(&w, n, &n->annex[i]);
	return json_writer_ok(&w) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- the whole ---- */

static void put_mandate(struct json_writer *w, const struct notice_mandate *m)
{
	json_writer_name(w, "mandate");
	json_writer_open(w, '{');
	put_list(w, "clauses", m->clause, m->clause_n);
	json_writer_member(w, "country", m->country);
	put_flag(w, "designated", m->designated);
	json_writer_member(w, "feed", m->feed);
	put_time(w, "from", m->from);
	json_writer_member(w, "issuer", m->issuer);
	json_writer_member(w, "name", m->name);
	put_flag(w, "private_delegate", m->private_delegate);
	put_digest(w, "record", m->record);
	if (m->until != INT64_MAX)
		put_time(w, "until", m->until);
	json_writer_close(w, '}');
}

static void put_law(struct json_writer *w, const struct notice *n)
{
	json_writer_name(w, "law");
	json_writer_open(w, '[');
	for (size_t i = 0; i < n->law_n; i++) {
		json_writer_open(w, '{');
		json_writer_member(w, "basis", slice_str(notice_basis_name(n->law[i].basis)));
		json_writer_member(w, "cite", n->law[i].cite);
		json_writer_member(w, "says", n->law[i].says);
		json_writer_close(w, '}');
	}
	json_writer_close(w, ']');
}

static void put_past(struct json_writer *w, const struct notice *n)
{
	json_writer_name(w, "past");
	json_writer_open(w, '[');
	for (size_t i = 0; i < n->past_n; i++) {
		const struct notice_past *p = &n->past[i];
		json_writer_open(w, '{');
		put_time(w, "at", p->at);
		json_writer_member(w, "kind", slice_str(notice_to_name(p->to)));
		json_writer_member(w, "name", p->name);
		put_digest(w, "notice", p->notice);
		json_writer_member(w, "outcome", p->outcome);
		json_writer_member(w, "reference", p->reference);
		json_writer_close(w, '}');
	}
	json_writer_close(w, ']');
}

static void put_recipient(struct json_writer *w, const struct notice_recipient *r)
{
	json_writer_name(w, "recipient");
	json_writer_open(w, '{');
	json_writer_member(w, "key", r->key);
	json_writer_member(w, "kind", slice_str(notice_to_name(r->to)));
	json_writer_member(w, "name", r->name);
	if (r->iana_id)
		put_number(w, "registrar_id", r->iana_id);
	json_writer_close(w, '}');
}

int letter_annex(const struct notice *n, struct buf *out, struct err *err)
{
	struct json_writer w = { .out = out };

	json_writer_open(&w, '{');
	json_writer_member(&w, "action", slice_str(notice_action_name(n->action)));
	json_writer_name(&w, "annex");
	json_writer_open(&w, '[');
	for (size_t i = 0; i < n->annex_n; i++)
		put_subject(&w, n, &n->annex[i]);
	json_writer_close(&w, ']');
	json_writer_member(&w, "appeal", n->appeal_address);
	put_time(&w, "at", n->at);
	json_writer_member(&w, "case", n->case_name);
	json_writer_member(&w, "format", slice_str(ANNEX_FORMAT));
	json_writer_member(&w, "harm", n->harm);
	json_writer_member(&w, "interest", slice_str(notice_interest_name(n->interest)));
	put_law(&w, n);
	if (n->mandate)
		put_mandate(&w, n->mandate);
	json_writer_member(&w, "matter", slice_str(notice_matter_name(n->matter)));
	json_writer_member(&w, "on_behalf", n->on_behalf);
	put_past(&w, n);
	json_writer_member(&w, "purpose", slice_str(notice_purpose_name(n->purpose)));
	put_recipient(&w, &n->recipient);
	json_writer_member(&w, "reference", n->reference);
	json_writer_member(&w, "retracts_reason", n->retracts_reason);
	json_writer_name(&w, "sender");
	json_writer_open(&w, '{');
	json_writer_member(&w, "mail", n->sender_mail);
	json_writer_member(&w, "name", n->sender);
	json_writer_close(&w, '}');
	json_writer_member(&w, "sponsor", n->sponsor);
	put_list(&w, "statements", n->statement, n->statement_n);
	json_writer_member(&w, "verify", n->verify);
	json_writer_close(&w, '}');
	buf_putc(out, '\n');
	return json_writer_ok(&w) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}
