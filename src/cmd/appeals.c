#include "cmd/appeals.h"

#include "base/utf8.h"
#include "cmd/acts.h"
#include "decide/standing.h"
#include "model/evidence.h"
#include "model/record.h"
#include "publish/redaction.h"
#include "sys/random.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { SALT_BYTES = 16 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- reading ---- */

struct loading {
	struct arena *a;
	struct appeal_file *list;
	size_t n, cap;
};

static int copy(struct loading *l, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(l->a, s);
	return out->p ? 0 : no_memory(err);
}

static int load_digests(struct loading *l, const json_t *list, bool addresses, struct sha256 **out,
                        size_t *n, struct err *err)
{
	*out = arena_array(l->a, json_array_size(list), sizeof(**out));
	if (!*out)
		return no_memory(err);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct slice s = json_text(json_array_get(list, i));
		if (addresses ? evidence_address_parse(s, &(*out)[*n], NULL) == 0
		              : sha256_parse_hex(s, &(*out)[*n]))
			(*n)++;
	}
	return 0;
}

static int load_file(struct loading *l, const struct store_record *r, const json_t *body,
                     bool is_reply, struct err *err)
{
	struct appeal_file f = {
		.id = r->id, .seq = r->seq, .is_reply = is_reply, .at = r->at, .received = r->at
	};
	struct slice key;
	int rc = copy(l, r->key, &key, err);

	if (rc == 0)
		rc = copy(l, json_str(body, "words"), &f.words, err);
	if (rc == 0)
		rc = copy(l, json_str(body, "lang"), &f.lang, err);
	if (rc == 0)
		rc = copy(l, json_str(body, "reference"), &f.reference, err);
	if (rc == 0)
		rc = load_digests(l, json_arr(body, "decisions"), false, &f.decision, &f.decision_n,
		                  err);
	if (rc == 0)
		rc = load_digests(l, json_arr(body, "evidence"), true, &f.evidence, &f.evidence_n,
		                  err);
	if (rc == 0)
		rc = subject_from_key(r->kind, key, &f.subject, err);
	timestamp_parse(json_str(body, "received"), &f.received, NULL);
	if (rc)
		return rc;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		struct appeal_file *more = arena_array(l->a, cap, sizeof(*more));
		if (!more)
			return no_memory(err);
		if (l->n)
			memcpy(more, l->list, l->n * sizeof(*more));
		l->list = more;
		l->cap = cap;
	}
	l->list[l->n++] = f;
	return 0;
}

static int load_state(struct loading *l, const struct store_record *r, const json_t *body,
                      struct err *err)
{
	struct sha256 of;
	enum appeal_state state;

	if (!sha256_parse_hex(json_str(body, "appeal"), &of) ||
	    !appeal_state_parse(json_str(body, "state"), &state))
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		struct appeal_file *f = &l->list[i];
		if (!sha256_eq(f->id, of))
			continue;
		f->state = state;
		f->at = r->at;
		appeal_outcome_parse(json_str(body, "outcome"), &f->outcome);
		f->correction_due = json_flag(body, "correction_due", false);
		int rc = copy(l, json_text(json_array_get(json_arr(body, "actors"), 0)), &f->by,
		              err);
		return rc ? rc : copy(l, json_str(body, "reason"), &f->reason, err);
	}
	return 0;
}

static int load_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct loading *l = ctx;
	json_t *body = NULL;
	bool is_reply = slice_eq_str(r->type, "reply");
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);

	if (rc)
		return rc;
	if (is_reply || slice_eq_str(json_str(body, "state"), "received"))
		rc = load_file(l, r, body, is_reply, err);
	else
		rc = load_state(l, r, body, err);
	json_decref(body);
	return rc;
}

static int cmp_file(const void *a, const void *b)
{
	int64_t x = ((const struct appeal_file *)a)->seq, y = ((const struct appeal_file *)b)->seq;

	return x < y ? -1 : x > y;
}

int appeals_load(struct store *store, const struct subject *subject, struct arena *a,
                 struct appeal_file **out, size_t *n, struct err *err)
{
	static const char *const types[] = { "appeal", "reply" };
	struct loading l = { .a = a };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		struct store_filter f = { .type = slice_str(types[i]) };
		if (subject) {
			f.kind = slice_str(subject_kind_name(subject->kind));
			f.key = subject->key;
		}
		rc = store_each_record(store, &f, load_record, &l, err);
	}
	if (rc)
		return rc;
	if (l.n)
		qsort(l.list, l.n, sizeof(*l.list), cmp_file);
	*out = l.list;
	*n = l.n;
	return 0;
}

/* ---- what came ---- */

static int check_text(struct slice text, size_t max, const char *what, struct err *err)
{
	size_t bad = 0;

	if (text.n > max)
		return err_set(err, ERR_LIMIT, 0, "%s: %zu bytes; %zu is the most", what, text.n,
		               max);
	if (!utf8_valid(text, &bad))
		return err_set(err, ERR_SYNTAX, bad, "%s: not UTF-8 at byte %zu", what, bad + 1);
	for (size_t at = 0; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		if (c != '\n' && c != '\r' && c != '\t' && utf8_is_steering(c))
			return err_set(err, ERR_SYNTAX, at, "%s: a control character at byte %zu",
			               what, at);
	}
	return 0;
}

/* The words as a record shows them: masked, lines ended by LF. */
static int make_words(struct slice text, struct arena *a, struct slice *out, bool *masked,
                      struct err *err)
{
	struct redaction *found = NULL;
	struct buf lines = { 0 }, words = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r')
			buf_putc(&lines, text.p[i]);
	int rc = buf_ok(&lines) ? redaction_find(buf_slice(&lines), a, &found, &n, err)
	                        : no_memory(err);
	if (rc == 0) {
		redaction_put(buf_slice(&lines), 0, lines.n, found, n, &words);
		*masked = n > 0;
		*out = arena_copy(a, slice_trim(buf_slice(&words)));
		if (!buf_ok(&words) || !out->p)
			rc = no_memory(err);
	}
	buf_release(&lines);
	buf_release(&words);
	return rc;
}

static int put_evidence(struct store *store, bool restricted, const char *type, struct slice bytes,
                        int64_t at, json_t *list, struct err *err)
{
	struct store_evidence e = { .cls = restricted ? SLICE("restricted") : SLICE("public"),
		                    .media_type = slice_str(type),
		                    .origin = SLICE("assay appeal"),
		                    .at = at };
	char address[EVIDENCE_ADDRESS_SIZE];
	int rc = store_put_evidence(store, &e, bytes, NULL, err);

	evidence_address_format(e.sha256, address);
	if (rc == 0 && json_add_str(list, slice_str(address)))
		rc = no_memory(err);
	return rc;
}

/* Salted: a digest of it alone is no way to guess an address. */
static int put_contact(struct store *store, struct slice contact, int64_t at, json_t *list,
                       struct err *err)
{
	uint8_t salt[SALT_BYTES];
	char hex[2 * SALT_BYTES + 1];
	struct buf bytes = { 0 };
	json_t *o = json_object();
	int rc = random_bytes(salt, sizeof(salt), err);

	if (rc == 0) {
		hex_encode(salt, sizeof(salt), hex);
		if (json_put_str(o, "contact", contact) | json_put_str(o, "salt", slice_str(hex)))
			rc = no_memory(err);
	}
	if (rc == 0)
		rc = json_canonical(o, &bytes, err);
	if (rc == 0)
		rc = put_evidence(store, true, "application/json", buf_slice(&bytes), at, list,
		                  err);
	json_decref(o);
	buf_release(&bytes);
	return rc;
}

static int decisions_json(struct store *store, const struct appeal_letter *letter,
                          const struct suffixes *suffixes, struct arena *a, json_t *list,
                          struct err *err)
{
	struct standing *standing = NULL;
	size_t n = 0;
	int rc = acts_standing(store, letter->subject, suffixes, a, &standing, &n, err);

	if (rc == 0 && n == 0)
		rc = err_set(err, ERR_REFUSED, 0, "%.*s: nothing is known of it here",
		             SLICE_ARG(letter->subject.key));
	for (size_t i = 0; rc == 0 && i < n; i++) {
		char hex[SHA256_HEX];
		if (!standing[i].decision || !standing[i].is_current)
			continue;
		sha256_hex(standing[i].decision->record, hex);
		if (json_add_str(list, slice_str(hex)))
			rc = no_memory(err);
	}
	return rc;
}

static int find_same(struct store *store, const struct appeal_letter *letter, struct arena *a,
                     struct sha256 *id, bool *found, struct err *err)
{
	struct sha256 digest = sha256_of(letter->text);
	struct appeal_file *list = NULL;
	size_t n = 0;
	int rc = appeals_load(store, &letter->subject, a, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n && !*found; i++)
		if (list[i].is_reply == letter->is_reply && list[i].evidence_n &&
		    sha256_eq(list[i].evidence[0], digest) && list[i].state != APPEAL_ANSWERED &&
		    list[i].state != APPEAL_WITHDRAWN) {
			*id = list[i].id;
			*found = true;
		}
	return rc;
}

static int put_letter(struct ledgerbook *book, const struct appeal_letter *letter,
                      struct slice words, json_t *evidence, json_t *decisions, struct arena *a,
                      struct sha256 *id, bool *is_new, struct err *err)
{
	const char *src = arena_printf(a, "operator:%.*s", SLICE_ARG(letter->subject.key));
	struct record r;

	if (!src)
		return no_memory(err);
	record_new(&r, letter->is_reply ? "reply" : "appeal", 1,
	           slice_str(subject_kind_name(letter->subject.kind)), letter->subject.key,
	           book->at, slice_str(src));
	if (!letter->is_reply)
		record_set_str(&r, "state", slice_str(appeal_state_name(APPEAL_RECEIVED)));
	record_set_time(&r, "received", letter->received);
	record_set_str(&r, "words", words);
	if (letter->lang.n)
		record_set_str(&r, "lang", letter->lang);
	if (letter->reference.n)
		record_set_str(&r, "reference", letter->reference);
	record_set_new(&r, "evidence", json_incref(evidence));
	if (json_array_size(decisions))
		record_set_new(&r, "decisions", json_incref(decisions));
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, is_new, err);
	if (rc == 0)
		*id = r.id;
	record_release(&r);
	return rc;
}

int appeal_put(struct ledgerbook *book, const struct suffixes *suffixes,
               const struct appeal_letter *letter, struct sha256 *id, bool *is_new, struct err *err)
{
	struct arena a = { 0 };
	json_t *evidence = json_array(), *decisions = json_array();
	struct slice words = { NULL, 0 };
	bool masked = false, found = false;
	int rc = check_text(letter->text, APPEAL_TEXT_MAX, "the letter", err);

	*is_new = false;
	if (rc == 0)
		rc = check_text(letter->contact, APPEAL_CONTACT_MAX, "the contact", err);
	if (rc == 0 && slice_trim(letter->text).n == 0)
		rc = err_set(err, ERR_SYNTAX, 0, "the letter: it is empty");
	if (rc == 0)
		rc = decisions_json(book->store, letter, suffixes, &a, decisions, err);
	if (rc == 0)
		rc = find_same(book->store, letter, &a, id, &found, err);
	if (rc == 0 && !found)
		rc = make_words(letter->text, &a, &words, &masked, err);
	if (rc == 0 && !found)
		rc = put_evidence(book->store, masked, "text/plain", letter->text, book->at,
		                  evidence, err);
	if (rc == 0 && !found && letter->contact.n)
		rc = put_contact(book->store, letter->contact, book->at, evidence, err);
	if (rc == 0 && !found)
		rc = put_letter(book, letter, words, evidence, decisions, &a, id, is_new, err);
	json_decref(evidence);
	json_decref(decisions);
	arena_release(&a);
	return rc;
}

/* ---- acts ---- */

struct deciders {
	struct arena *a;
	struct slice *name;
	size_t n, cap;
};

/* Everybody who stands in a decision or correction of the subject: also who only proposed. */
static int see_decision(void *ctx, const struct store_record *r, struct err *err)
{
	struct deciders *d = ctx;
	json_t *body = NULL;
	const json_t *name;
	size_t i;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);

	json_array_foreach(json_arr(body, "actors"), i, name)
	{
		if (rc == 0 && d->n == d->cap) {
			size_t cap = d->cap ? d->cap * 2 : 16;
			struct slice *more = arena_array(d->a, cap, sizeof(*more));
			if (more && d->n)
				memcpy(more, d->name, d->n * sizeof(*more));
			d->name = more;
			d->cap = cap;
			rc = more ? 0 : no_memory(err);
		}
		if (rc == 0 && !(d->name[d->n++] = arena_copy(d->a, json_text(name))).p)
			rc = no_memory(err);
	}
	json_decref(body);
	return rc;
}

static int put_act(struct ledgerbook *book, const struct appeal_file *file,
                   const struct appeal_act *act, struct arena *a, struct err *err)
{
	const char *src = act->by.n
	                          ? arena_printf(a, "reviewer:%.*s", SLICE_ARG(act->by))
	                          : arena_printf(a, "operator:%.*s", SLICE_ARG(file->subject.key));
	json_t *actors = json_array();
	struct record r;
	char id[SHA256_HEX];
	int failed = act->by.n ? json_add_str(actors, act->by) : 0;

	if (!src || failed) {
		json_decref(actors);
		return no_memory(err);
	}
	sha256_hex(file->id, id);
	record_new(&r, "appeal", 1, slice_str(subject_kind_name(file->subject.kind)),
	           file->subject.key, book->at, slice_str(src));
	record_set_str(&r, "state", slice_str(appeal_state_name(act->to)));
	record_set_str(&r, "appeal", slice_str(id));
	record_set_new(&r, "actors", actors);
	if (act->to == APPEAL_ANSWERED) {
		record_set_str(&r, "outcome", slice_str(appeal_outcome_name(act->outcome)));
		record_set_str(&r, "reason", slice_trim(act->reason));
		record_set_time(&r, "answered", book->at);
		if (appeal_needs_correction(act->outcome))
			record_set_flag(&r, "correction_due", true);
		if (act->not_of.n)
			record_set_str(&r, "not_of", act->not_of);
	}
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, NULL, err);
	record_release(&r);
	return rc;
}

int appeal_act(struct ledgerbook *book, const struct appeal_file *file,
               const struct appeal_act *act, struct err *err)
{
	static const char *const types[] = { "decision", "correction" };
	struct arena a = { 0 };
	struct deciders d = { .a = &a };
	int rc = file->is_reply
	                 ? err_set(err, ERR_USAGE, 0, "that is a reply: it is shown, not answered")
	                 : 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		struct store_filter f = { .type = slice_str(types[i]),
			                  .kind = slice_str(subject_kind_name(file->subject.kind)),
			                  .key = file->subject.key };
		rc = store_each_record(book->store, &f, see_decision, &d, err);
	}
	struct appeal_case c = { file->state, d.name, d.n };
	if (rc == 0)
		rc = appeal_judge(act, &c, err);
	if (rc == 0)
		rc = check_text(act->reason, APPEAL_TEXT_MAX, "the reason", err);
	if (rc == 0)
		rc = put_act(book, file, act, &a, err);
	arena_release(&a);
	return rc;
}
