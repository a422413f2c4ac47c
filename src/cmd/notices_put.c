/* What is put of notices: the draft with what was written, each step, each answer, each outcome. */
#include "cmd/notices.h"

#include "model/evidence.h"
#include "model/record.h"
#include "wire/timestamp.h"

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

static int put_time(json_t *o, const char *field, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	if (t == NOTICE_NEVER)
		return 0;
	timestamp_format(t, text);
	return json_put_str(o, field, slice_str(text));
}

static int put_id(json_t *o, const char *field, struct sha256 id)
{
	char hex[SHA256_HEX];

	if (is_zero(id))
		return 0;
	sha256_hex(id, hex);
	return json_put_str(o, field, slice_str(hex));
}

/* Fields that say nothing are not there. */
static int put_text(json_t *o, const char *field, struct slice s)
{
	return s.n ? json_put_str(o, field, s) : 0;
}

static int put_evidence(struct store *store, const char *class, const char *type,
                        struct slice bytes, int64_t at, struct sha256 *out, struct err *err)
{
	struct store_evidence e = { .cls = slice_str(class),
		                    .media_type = slice_str(type),
		                    .origin = SLICE("assay notice"),
		                    .at = at };
	int rc = store_put_evidence(store, &e, bytes, NULL, err);

	if (rc == 0)
		*out = e.sha256;
	return rc;
}

/* ---- the draft ---- */

static json_t *recipient_json(const struct notice_recipient *r)
{
	json_t *o = json_object(), *contact = json_object();
	int failed = json_put_str(o, "kind", slice_str(notice_to_name(r->to)));

	failed |= json_put_str(o, "key", r->key);
	failed |= json_put_str(o, "name", r->name);
	if (r->iana_id)
		failed |= json_put_i64(o, "registrar_id", r->iana_id);
	failed |= put_text(o, "address", r->contact.address);
	failed |= put_text(o, "form", r->contact.form);
	failed |= put_text(contact, "source", r->contact.source);
	failed |= put_time(contact, "at", r->contact.at);
	failed |= put_id(contact, "observation", r->contact.record);
	if (r->contact.source.n)
		failed |= json_put_new(o, "contact", json_incref(contact));
	json_decref(contact);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *law_json(const struct notice *n)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < n->law_n; i++) {
		json_t *o = json_object();
		failed |= json_put_str(o, "basis", slice_str(notice_basis_name(n->law[i].basis)));
		failed |= json_put_str(o, "cite", n->law[i].cite);
		failed |= json_put_str(o, "says", n->law[i].says);
		failed |= json_add_new(list, o);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *registration_json(const struct notice_registration *r)
{
	json_t *o = json_object();
	int failed = put_text(o, "registrar", r->registrar);

	if (r->registrar_id)
		failed |= json_put_i64(o, "registrar_id", r->registrar_id);
	failed |= put_text(o, "reseller", r->reseller);
	failed |= put_id(o, "observation", r->record);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *line_json(const struct notice_subject *s)
{
	json_t *o = json_object(), *places = json_array(), *findings = json_array(),
	       *evidence = json_array();
	char address[EVIDENCE_ADDRESS_SIZE], hex[SHA256_HEX];
	int failed = json_put_new(
		o, "subject",
		record_subject_json(slice_str(subject_kind_name(s->subject.kind)), s->subject.key));

	failed |= put_time(o, "period", s->period);
	failed |= json_put_str(o, "class", s->class);
	for (size_t i = 0; i < s->destination_n; i++)
		failed |= json_add_str(places, s->destination[i]);
	failed |= put_id(o, "decision", s->decision);
	failed |= put_id(o, "verdict", s->verdict);
	for (size_t i = 0; i < s->finding_n; i++) {
		sha256_hex(s->finding[i].id, hex);
		failed |= json_add_str(findings, slice_str(hex));
	}
	for (size_t i = 0; i < s->capture_n; i++) {
		evidence_address_format(s->capture[i].evidence, address);
		failed |= json_add_str(evidence, slice_str(address));
	}
	failed |= json_put_new(o, "destinations", places);
	failed |= json_put_new(o, "findings", findings);
	failed |= json_put_new(o, "evidence", evidence);
	failed |= json_put_new(o, "registration", registration_json(&s->registration));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *annex_json(const struct notice *n)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < n->annex_n; i++)
		failed |= json_add_new(list, line_json(&n->annex[i]));
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

/* The decisions, each once: a batch has one of its own per subject, so the check is for repeats of
 * neighbours alone. */
static json_t *basis_json(const struct notice *n)
{
	json_t *list = json_array();
	char hex[SHA256_HEX];
	int failed = 0;

	for (size_t i = 0; i < n->annex_n; i++) {
		if (is_zero(n->annex[i].decision) ||
		    (i && sha256_eq(n->annex[i].decision, n->annex[i - 1].decision)))
			continue;
		sha256_hex(n->annex[i].decision, hex);
		failed |= json_add_str(list, slice_str(hex));
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static int add_attachment(struct store *store, json_t *list, const char *name, struct slice bytes,
                          int64_t at, struct err *err)
{
	char address[EVIDENCE_ADDRESS_SIZE];
	struct sha256 digest;
	json_t *o;
	int failed, rc;

	if (bytes.n == 0)
		return 0;
	rc = put_evidence(store, "public", "application/json", bytes, at, &digest, err);
	if (rc)
		return rc;
	o = json_object();
	evidence_address_format(digest, address);
	failed = json_put_str(o, "address", slice_str(address));
	failed |= json_put_str(o, "media_type", SLICE("application/json"));
	failed |= json_put_str(o, "name", slice_str(name));
	failed |= json_add_new(list, o);
	return failed ? no_memory(err) : 0;
}

static void set_text(struct record *r, const char *field, struct slice s)
{
	if (s.n)
		record_set_str(r, field, s);
}

static void set_id(struct record *r, const char *field, struct sha256 id)
{
	char hex[SHA256_HEX];

	if (is_zero(id))
		return;
	sha256_hex(id, hex);
	record_set_str(r, field, slice_str(hex));
}

static void set_draft(struct record *r, const struct notice *n)
{
	record_set_str(r, "state", SLICE("drafted"));
	record_set_str(r, "reference", n->reference);
	record_set_str(r, "case", n->case_name);
	record_set_str(r, "purpose", slice_str(notice_purpose_name(n->purpose)));
	record_set_str(r, "matter", slice_str(notice_matter_name(n->matter)));
	record_set_str(r, "action", slice_str(notice_action_name(n->action)));
	record_set_str(r, "interest", slice_str(notice_interest_name(n->interest)));
	record_set_new(r, "recipient", recipient_json(&n->recipient));
	record_set_new(r, "law", law_json(n));
	record_set_new(r, "basis", basis_json(n));
	record_set_new(r, "annex", annex_json(n));
	set_text(r, "language", n->language);
	set_text(r, "on_behalf", n->on_behalf);
	set_text(r, "sponsor", n->sponsor);
	set_text(r, "harm", n->harm);
	set_text(r, "collateral", n->annex_n ? n->annex[0].collateral : SLICE(""));
	if (n->mandate)
		set_text(r, "mandate", n->mandate->name);
}

int notices_put_draft(struct ledgerbook *book, const struct notice *n,
                      const struct notice_writing *w, const struct notice_act *act,
                      struct sha256 follows, struct sha256 *id, bool *is_new, struct err *err)
{
	char address[EVIDENCE_ADDRESS_SIZE];
	struct sha256 letter = { { 0 } };
	json_t *attachments = json_array();
	struct record r;
	int rc = put_evidence(book->store, "public", "text/plain", w->letter, n->at, &letter, err);

	if (rc == 0)
		rc = add_attachment(book->store, attachments, NOTICE_ANNEX_NAME, w->annex, n->at,
		                    err);
	if (rc == 0)
		rc = add_attachment(book->store, attachments, NOTICE_XARF_NAME, w->xarf, n->at,
		                    err);
	if (rc) {
		json_decref(attachments);
		return rc;
	}
	record_new(&r, "notice", 1, SLICE(""), SLICE(""), n->at, act->by);
	set_draft(&r, n);
	evidence_address_format(letter, address);
	record_set_str(&r, "letter", slice_str(address));
	record_set_new(&r, "attachments", attachments);
	record_set_str(&r, "mail_subject", w->mail_subject);
	set_text(&r, "reason", n->retracts_reason.n ? n->retracts_reason : act->reason);
	set_id(&r, "follows", follows);
	rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, is_new, err);
	if (rc == 0)
		*id = r.id;
	record_release(&r);
	return rc;
}

/* ---- later acts ---- */

static void begin_act(struct record *r, const struct ledgerbook *book, const struct notice_file *n,
                      struct slice state, struct slice by)
{
	record_new(r, "notice", 1, SLICE(""), SLICE(""), book->at, by);
	record_set_str(r, "state", state);
	set_id(r, "notice", n->id);
	record_set_str(r, "reference", n->reference);
}

static int end_act(struct ledgerbook *book, struct record *r, bool *is_new, struct err *err)
{
	int rc = record_finish(r, err);

	if (rc == 0)
		rc = ledgerbook_put(book, r, STORE_NONE, is_new, err);
	record_release(r);
	return rc;
}

int notices_put_state(struct ledgerbook *book, const struct notice_file *n, enum notice_state state,
                      const struct notice_act *act, struct slice message_id, int64_t attempt,
                      struct slice answer, struct err *err)
{
	struct record r;

	if (state == NOTICE_DRAFTED)
		return err_set(err, ERR_USAGE, 0, "a draft is no step of a notice");
	begin_act(&r, book, n, slice_str(notice_state_name(state)), act->by);
	set_text(&r, "reason", act->reason);
	set_text(&r, "message_id", message_id);
	set_text(&r, "answer", answer);
	if (attempt)
		record_set_i64(&r, "attempt", attempt);
	return end_act(book, &r, NULL, err);
}

int notices_put_comment(struct ledgerbook *book, const struct notice_file *n,
                        const struct notice_act *act, const struct sha256 *evidence,
                        size_t evidence_n, struct err *err)
{
	char address[EVIDENCE_ADDRESS_SIZE];
	json_t *list = json_array();
	struct record r;
	int failed = 0;

	for (size_t i = 0; i < evidence_n; i++) {
		evidence_address_format(evidence[i], address);
		failed |= json_add_str(list, slice_str(address));
	}
	if (failed) {
		json_decref(list);
		return no_memory(err);
	}
	begin_act(&r, book, n, SLICE("commented"), act->by);
	set_text(&r, "reason", act->reason);
	record_set_new(&r, "evidence", list);
	return end_act(book, &r, NULL, err);
}

/* What record.md calls evidence, of one mail. */
static json_t *mail_json(struct sha256 digest, size_t length)
{
	char address[EVIDENCE_ADDRESS_SIZE];
	json_t *list = json_array(), *o = json_object();
	int failed;

	evidence_address_format(digest, address);
	failed = json_put_str(o, "address", slice_str(address));
	failed |= json_put_str(o, "class", SLICE("restricted"));
	failed |= json_put_str(o, "media_type", SLICE("message/rfc822"));
	failed |= json_put_i64(o, "length", (int64_t)length);
	failed |= json_add_new(list, o);
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static bool is_known(const struct notice_file *n, struct sha256 mail)
{
	for (size_t i = 0; i < n->reply_n; i++)
		if (sha256_eq(n->reply[i].evidence, mail))
			return true;
	return false;
}

int notices_put_reply(struct ledgerbook *book, const struct notice_file *n, struct slice mail,
                      const struct notice_reply *reply, bool *is_new, struct err *err)
{
	struct sha256 digest = sha256_of(mail);
	struct record r;

	*is_new = false;
	if (n && is_known(n, digest))
		return 0;
	int rc = put_evidence(book->store, "restricted", "message/rfc822", mail, book->at, &digest,
	                      err);
	if (rc)
		return rc;
	if (n) {
		begin_act(&r, book, n, SLICE("received"), SLICE("mail"));
	} else {
		record_new(&r, "notice", 1, SLICE(""), SLICE(""), book->at, SLICE("mail"));
		record_set_str(&r, "state", SLICE("unmatched"));
	}
	if (reply->stranger)
		record_set_new(&r, "stranger", json_true());
	record_set_str(&r, "class", slice_str(reply_class_name(reply->class)));
	set_text(&r, "ticket", reply->ticket);
	set_text(&r, "words", reply->words);
	set_text(&r, "diagnostic", reply->diagnostic);
	record_set_new(&r, "evidence", mail_json(digest, mail.n));
	return end_act(book, &r, is_new, err);
}

int notices_put_outcome(struct ledgerbook *book, const struct notice_file *n,
                        const struct notice_observed *o, bool *is_new, struct err *err)
{
	const struct notice_line *line = &n->line[o->line];
	json_t *list = json_array();
	char hex[SHA256_HEX];
	struct record r;
	int failed = 0;

	for (size_t i = 0; i < o->observation_n; i++) {
		sha256_hex(o->observation[i], hex);
		failed |= json_add_str(list, slice_str(hex));
	}
	if (failed) {
		json_decref(list);
		return no_memory(err);
	}
	record_new(&r, "outcome", 1, slice_str(subject_kind_name(line->subject.kind)),
	           line->subject.key, o->at, SLICE("outcome"));
	set_id(&r, "notice", n->id);
	record_set_str(&r, "state", slice_str(notice_outcome_name(o->outcome)));
	set_text(&r, "by", o->by);
	set_text(&r, "moved_to", o->moved_to);
	record_set_new(&r, "observations", list);
	if (n->sent_at != NOTICE_NEVER && o->at >= n->sent_at)
		record_set_i64(&r, "after_s", o->at - n->sent_at);
	if (line->period != STORE_NONE)
		record_set_time(&r, "period", line->period);
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, line->period, is_new, err);
	record_release(&r);
	return rc;
}
