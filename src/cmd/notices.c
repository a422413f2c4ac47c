/* A notice is one drafted record and those that name it:
 *
 *     drafted --> approved --> sending --> sent --> received, commented ...
 *                                     \--> deferred --> sending --> sent
 *
 * and an outcome record for each change of one of its subjects. Nothing is ever changed: how a notice
 * stands is its newest record. */
#include "cmd/notices.h"

#include "base/table.h"
#include "model/evidence.h"
#include "model/record.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

static const char *const states[NOTICE_STATES] = {
	[NOTICE_DRAFTED] = "drafted",     [NOTICE_APPROVED] = "approved",
	[NOTICE_SENDING] = "sending",     [NOTICE_SENT] = "sent",
	[NOTICE_REFUSED] = "refused",     [NOTICE_DEFERRED] = "deferred",
	[NOTICE_UNKNOWN] = "unknown",     [NOTICE_WRITTEN] = "written",
	[NOTICE_WITHDRAWN] = "withdrawn",
};

const char *notice_state_name(enum notice_state s)
{
	return states[s];
}

static bool find_word(const char *const *words, size_t n, struct slice word, size_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_str(word, words[i])) {
			*out = i;
			return true;
		}
	return false;
}

bool notice_state_parse(struct slice word, enum notice_state *out)
{
	size_t i;

	if (!find_word(states, NOTICE_STATES, word, &i))
		return false;
	*out = (enum notice_state)i;
	return true;
}

/* ---- reading ---- */

struct loading {
	struct store *store;
	struct arena *a;
	struct notice_file *list;
	size_t n;
	struct table ids; /* of drafts, to their place in the list and 1 */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static struct slice id_bytes(const struct sha256 *id)
{
	return slice_from((const char *)id->b, SHA256_LEN);
}

static int copy(struct loading *l, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(l->a, s);
	return out->p ? 0 : no_memory(err);
}

/* Room for one more of an array in the arena: its capacity is the power of two from 4 on that holds
 * n. */
static void *grown(struct arena *a, void *list, size_t n, size_t size)
{
	if (n && (n < 4 || (n & (n - 1)) != 0))
		return list;
	void *more = arena_array(a, n ? 2 * n : 4, size);
	if (more && n)
		memcpy(more, list, n * size);
	return more;
}

static int load_line(struct loading *l, const json_t *o, struct notice_line *line, struct err *err)
{
	const json_t *subject = json_obj(o, "subject"), *registration = json_obj(o, "registration");
	struct slice key;
	int rc = copy(l, json_str(subject, "key"), &key, err);

	*line = (struct notice_line){ .period = STORE_NONE,
		                      .outcome_at = NOTICE_NEVER,
		                      .after_s = -1 };
	if (rc == 0)
		rc = subject_from_key(json_str(subject, "kind"), key, &line->subject, err);
	if (rc == 0)
		rc = copy(l, json_str(o, "class"), &line->class, err);
	if (rc == 0)
		rc = copy(l, json_str(registration, "registrar"), &line->registrar, err);
	if (rc == 0)
		rc = copy(l, json_str(registration, "reseller"), &line->reseller, err);
	line->registrar_id = json_i64(registration, "registrar_id", 0);
	timestamp_parse(json_str(o, "period"), &line->period, NULL);
	sha256_parse_hex(json_str(o, "decision"), &line->decision);
	sha256_parse_hex(json_str(o, "verdict"), &line->verdict);
	return rc;
}

static int load_lines(struct loading *l, const json_t *body, struct notice_file *f, struct err *err)
{
	const json_t *annex = json_arr(body, "annex");
	int rc = 0;

	f->line = arena_array(l->a, json_array_size(annex), sizeof(*f->line));
	if (!f->line)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < json_array_size(annex); i++)
		rc = load_line(l, json_array_get(annex, i), &f->line[f->line_n++], err);
	return rc;
}

static int load_words(const json_t *body, struct notice_file *f, struct err *err)
{
	const json_t *law = json_array_get(json_arr(body, "law"), 0);

	if (!notice_purpose_parse(json_str(body, "purpose"), &f->purpose) ||
	    !notice_matter_parse(json_str(body, "matter"), &f->matter) ||
	    !notice_action_parse(json_str(body, "action"), &f->action) ||
	    !notice_to_parse(json_str(json_obj(body, "recipient"), "kind"), &f->to))
		return err_set(err, ERR_CORRUPT, 0,
		               "the notice %.*s says what this program does not know",
		               SLICE_ARG(f->reference));
	f->basis = BASIS_VOLUNTARY;
	notice_basis_parse(json_str(law, "basis"), &f->basis);
	return 0;
}

static struct sha256 attachment_of(const json_t *body, const char *name)
{
	const json_t *list = json_arr(body, "attachments");
	struct sha256 digest = { { 0 } };

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		if (slice_eq_str(json_str(o, "name"), name))
			evidence_address_parse(json_str(o, "address"), &digest, NULL);
	}
	return digest;
}

static int load_draft(struct loading *l, const struct store_record *r, const json_t *body,
                      struct err *err)
{
	const json_t *to = json_obj(body, "recipient");
	struct notice_file f = { .id = r->id,
		                 .seq = r->seq,
		                 .at = r->at,
		                 .state_at = r->at,
		                 .sent_at = NOTICE_NEVER,
		                 .commented_at = NOTICE_NEVER };
	const struct {
		struct slice from;
		struct slice *to;
	} texts[] = {
		{ json_str(body, "reference"), &f.reference },
		{ json_str(body, "case"), &f.case_name },
		{ json_str(to, "key"), &f.party },
		{ json_str(to, "name"), &f.party_name },
		{ json_str(to, "address"), &f.address },
		{ json_str(to, "form"), &f.form },
		{ json_str(body, "language"), &f.language },
		{ json_str(body, "mail_subject"), &f.mail_subject },
		{ json_str(body, "mandate"), &f.mandate },
		{ json_str(body, "sponsor"), &f.sponsor },
		{ json_str(body, "on_behalf"), &f.on_behalf },
		{ json_str(body, "reason"), &f.reason },
		{ json_str(body, "harm"), &f.harm },
		{ json_str(body, "collateral"), &f.collateral },
		{ r->src, &f.by },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		rc = copy(l, texts[i].from, texts[i].to, err);
	if (rc == 0)
		rc = load_words(body, &f, err);
	if (rc == 0)
		rc = load_lines(l, body, &f, err);
	if (rc)
		return rc;
	f.iana_id = json_i64(to, "registrar_id", 0);
	evidence_address_parse(json_str(body, "letter"), &f.letter, NULL);
	f.annex = attachment_of(body, NOTICE_ANNEX_NAME);
	f.xarf = attachment_of(body, NOTICE_XARF_NAME);
	sha256_parse_hex(json_str(body, "follows"), &f.follows);
	l->list = grown(l->a, l->list, l->n, sizeof(*l->list));
	if (!l->list)
		return no_memory(err);
	struct slice id = arena_copy(l->a, id_bytes(&f.id));
	struct table_entry *e = id.p ? table_put(&l->ids, id) : NULL;
	if (!e)
		return no_memory(err);
	l->list[l->n++] = f;
	e->value = (void *)(uintptr_t)l->n;
	return 0;
}

static int load_reply(struct loading *l, const struct store_record *r, const json_t *body,
                      struct notice_file *f, struct err *err)
{
	struct notice_reply reply = { .record = r->id, .class = REPLY_OTHER, .at = r->at };
	const json_t *evidence = json_array_get(json_arr(body, "evidence"), 0);
	int rc = copy(l, json_str(body, "ticket"), &reply.ticket, err);

	reply_class_parse(json_str(body, "class"), &reply.class);
	evidence_address_parse(json_str(evidence, "address"), &reply.evidence, NULL);
	reply.stranger = json_flag(body, "stranger", false);
	if (rc == 0)
		rc = copy(l, json_str(body, "words"), &reply.words, err);
	if (rc == 0)
		rc = copy(l, json_str(body, "diagnostic"), &reply.diagnostic, err);
	f->reply = grown(l->a, f->reply, f->reply_n, sizeof(*f->reply));
	if (rc || !f->reply)
		return rc ? rc : no_memory(err);
	f->reply[f->reply_n++] = reply;
	return 0;
}

static int load_approval(struct loading *l, const struct store_record *r, struct notice_file *f,
                         struct err *err)
{
	f->approved_by = grown(l->a, f->approved_by, f->approved_n, sizeof(*f->approved_by));
	if (!f->approved_by)
		return no_memory(err);
	return copy(l, r->src, &f->approved_by[f->approved_n++], err);
}

static int load_state(struct loading *l, const struct store_record *r, const json_t *body,
                      enum notice_state state, struct notice_file *f, struct err *err)
{
	struct slice id = json_str(body, "message_id");
	int rc = 0;

	if (state == NOTICE_APPROVED)
		rc = load_approval(l, r, f, err);
	f->attempts = json_i64(body, "attempt", f->attempts);
	if (rc == 0 && id.n)
		rc = copy(l, id, &f->message_id, err);
	if (rc == 0 && json_str(body, "answer").n)
		rc = copy(l, json_str(body, "answer"), &f->answer, err);
	/* Clocks run from when it may have arrived; a try that brought nothing there starts none. */
	if (state == NOTICE_SENDING || state == NOTICE_WRITTEN)
		f->sent_at = r->at;
	else if (state == NOTICE_DEFERRED || state == NOTICE_REFUSED)
		f->sent_at = NOTICE_NEVER;
	f->state = state;
	f->state_at = r->at;
	return rc;
}

static struct notice_file *of_id(struct loading *l, struct sha256 id)
{
	struct table_entry *e = table_find(&l->ids, id_bytes(&id));

	return e ? &l->list[(uintptr_t)e->value - 1] : NULL;
}

static int load_act(struct loading *l, const struct store_record *r, const json_t *body,
                    struct err *err)
{
	struct slice word = json_str(body, "state");
	struct sha256 of;
	enum notice_state state;
	struct notice_file *f =
		sha256_parse_hex(json_str(body, "notice"), &of) ? of_id(l, of) : NULL;

	/* Its draft may be redacted; and the state one that only a newer program knows. */
	if (!f)
		return 0;
	if (slice_eq_str(word, "received"))
		return load_reply(l, r, body, f, err);
	if (slice_eq_str(word, "commented")) {
		f->comments++;
		f->commented_at = r->at;
		return 0;
	}
	return notice_state_parse(word, &state) ? load_state(l, r, body, state, f, err) : 0;
}

static int load_outcome(struct loading *l, const struct store_record *r, const json_t *body,
                        struct err *err)
{
	struct sha256 of;
	struct notice_file *f =
		sha256_parse_hex(json_str(body, "notice"), &of) ? of_id(l, of) : NULL;
	enum notice_outcome outcome;
	int rc = 0;

	if (!f || !notice_outcome_parse(json_str(body, "state"), &outcome))
		return 0; /* imported from elsewhere, or newer than this program */
	for (size_t i = 0; rc == 0 && i < f->line_n; i++) {
		struct notice_line *line = &f->line[i];
		if (!slice_eq(line->subject.key, r->key))
			continue;
		line->outcome = outcome;
		line->outcome_at = r->at;
		line->after_s = json_i64(body, "after_s", -1);
		line->outcome_record = r->id;
		rc = copy(l, json_str(body, "by"), &line->sign, err);
		if (rc == 0)
			rc = copy(l, json_str(body, "moved_to"), &line->moved_to, err);
	}
	return rc;
}

/* What was done here stands in the ledger. A record that came in from elsewhere does not: it can
 * neither approve a notice nor say that one was sent. */
static int is_ours(struct store *store, const struct store_record *r, bool *out, struct err *err)
{
	struct err why = { 0 };
	int64_t entry;
	int rc = store_ledger_find(store, r->id, &entry, &why);

	*out = rc == 0;
	if (rc && rc != ERR_NOTFOUND && err)
		*err = why;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int load_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct loading *l = ctx;
	json_t *body = NULL;
	bool ours = false;
	int rc = is_ours(l->store, r, &ours, err);

	if (rc || !ours)
		return rc;
	rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc || json_flag(body, "redacted", false)) {
		json_decref(body);
		return rc;
	}
	if (slice_eq_str(r->type, "outcome"))
		rc = load_outcome(l, r, body, err);
	else if (slice_eq_str(json_str(body, "state"), "drafted"))
		rc = load_draft(l, r, body, err);
	else
		rc = load_act(l, r, body, err);
	json_decref(body);
	return rc;
}

int notices_load(struct store *store, struct arena *a, struct notice_file **out, size_t *n,
                 struct err *err)
{
	struct loading l = { .store = store, .a = a };
	struct store_filter notices = { .type = SLICE("notice") },
			    outcomes = { .type = SLICE("outcome") };
	int rc = store_each_record(store, &notices, load_record, &l, err);

	if (rc == 0)
		rc = store_each_record(store, &outcomes, load_record, &l, err);
	table_release(&l.ids);
	if (rc)
		return rc;
	*out = l.list;
	*n = l.n;
	return 0;
}

/* ---- finding ---- */

static bool is_named(const struct notice_file *f, struct slice word)
{
	char id[SHA256_HEX];

	sha256_hex(f->id, id);
	return slice_eq_nocase(f->reference, word) || slice_eq(f->message_id, word) ||
	       (word.n >= 8 && slice_starts(slice_str(id), word)) ||
	       (word.n >= 10 && slice_starts(f->reference, word));
}

struct notice_file *notices_find(struct notice_file *list, size_t n, struct slice word)
{
	struct notice_file *found = NULL;

	if (word.n == 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!is_named(&list[i], word))
			continue;
		if (found)
			return NULL;
		found = &list[i];
	}
	return found;
}
