/* A disclosure is one prepared record and those that name it:
 *
 *     prepared --> sending 0 --> sent 0          (contact 0)
 *              \-> sending 1 --> deferred 1 --> sending 1 --> sent 1
 *
 * Nothing is ever changed: how a contact stands is its newest record. */
#include "cmd/disclosures.h"

#include "model/evidence.h"
#include "model/record.h"
#include "sys/random.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, SALT_BYTES = 16 };

static const char *const contact_states[CONTACT_STATES] = {
	[CONTACT_READY] = "ready",       [CONTACT_SENDING] = "sending", [CONTACT_SENT] = "sent",
	[CONTACT_REFUSED] = "refused",   [CONTACT_DEFERRED] = "deferred",
	[CONTACT_UNKNOWN] = "unknown",   [CONTACT_WRITTEN] = "written",
};

const char *contact_state_name(enum contact_state s)
{
	return contact_states[s];
}

const char *told_state_name(enum told_state s)
{
	static const char *const names[] = { "nothing", "prepared", "wait", "waited", "unreachable",
		                             "waived" };

	return names[s];
}

bool told_may_list(enum told_state s)
{
	return s == TOLD_WAITED || s == TOLD_UNREACHABLE || s == TOLD_WAIVED;
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- reading ---- */

struct loading {
	struct arena *a;
	struct disclosure_file *list;
	size_t n, cap;
};

static int copy(struct loading *l, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(l->a, s);
	return out->p ? 0 : no_memory(err);
}

static int load_contacts(struct loading *l, const json_t *body, struct disclosure_file *d,
                         struct err *err)
{
	const json_t *contacts = json_arr(body, "contacts"), *places = json_arr(body, "destinations");
	int rc = 0;

	d->contact = arena_array(l->a, json_array_size(contacts), sizeof(*d->contact));
	d->destination = arena_array(l->a, json_array_size(places), sizeof(*d->destination));
	if (!d->contact || !d->destination)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < json_array_size(contacts); i++)
		rc = copy(l, json_str(json_array_get(contacts, i), "shown"),
		          &d->contact[d->contact_n++].shown, err);
	for (size_t i = 0; rc == 0 && i < json_array_size(places); i++)
		rc = copy(l, json_text(json_array_get(places, i)), &d->destination[d->destination_n++],
		          err);
	return rc;
}

static int load_file(struct loading *l, const struct store_record *r, const json_t *body, struct err *err)
{
	struct disclosure_file d = { .id = r->id, .seq = r->seq, .at = r->at, .period = r->period };
	struct slice key;
	const struct {
		struct slice from;
		struct slice *to;
	} texts[] = {
		{ json_str(body, "state"), &d.state },       { json_str(body, "reference"), &d.reference },
		{ json_str(body, "language"), &d.language }, { r->src, &d.by },
		{ json_str(body, "reason"), &d.reason },     { json_str(body, "subject_line"), &d.mail_subject },
		{ json_str(body, "imminent_harm"), &d.harm },
	};
	int rc = copy(l, r->key, &key, err);

	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		rc = copy(l, texts[i].from, texts[i].to, err);
	if (rc == 0)
		rc = subject_from_key(r->kind, key, &d.subject, err);
	if (rc)
		return rc;
	/* Of those that need none these stay empty. */
	sha256_parse_hex(json_str(body, "basis"), &d.basis);
	evidence_address_parse(json_str(body, "letter"), &d.letter, NULL);
	evidence_address_parse(json_str(body, "envelope"), &d.envelope, NULL);
	timestamp_parse(json_str(body, "not_before"), &d.not_before, NULL);
	d.listed = json_flag(body, "listed", false);
	d.wait_s = json_i64(body, "wait_s", 0);
	rc = load_contacts(l, body, &d, err);
	if (rc)
		return rc;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		struct disclosure_file *more = arena_array(l->a, cap, sizeof(*more));
		if (!more)
			return no_memory(err);
		if (l->n)
			memcpy(more, l->list, l->n * sizeof(*more));
		l->list = more;
		l->cap = cap;
	}
	l->list[l->n++] = d;
	return 0;
}

/* A record about a contact of a disclosure that came before. */
static int load_state(struct loading *l, const struct store_record *r, const json_t *body, struct err *err)
{
	struct sha256 of;
	int64_t i = json_i64(body, "contact", -1);

	if (!sha256_parse_hex(json_str(body, "disclosure"), &of))
		return 0;
	for (size_t k = l->n; k-- > 0;) {
		struct disclosure_file *d = &l->list[k];
		if (!sha256_eq(d->id, of) || i < 0 || (uint64_t)i >= d->contact_n)
			continue;
		struct disclosure_contact *c = &d->contact[i];
		for (int s = CONTACT_SENDING; s < CONTACT_STATES; s++)
			if (slice_eq_str(json_str(body, "state"), contact_states[s]))
				c->state = (enum contact_state)s;
		c->at = r->at;
		c->attempts = json_i64(body, "attempt", c->attempts);
		return copy(l, json_str(body, "answer"), &c->answer, err);
	}
	return 0;
}

static int load_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct loading *l = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);

	if (rc)
		return rc;
	struct slice state = json_str(body, "state");
	if (slice_eq_str(state, "prepared") || slice_eq_str(state, "no_contact") ||
	    slice_eq_str(state, "waived"))
		rc = load_file(l, r, body, err);
	else
		rc = load_state(l, r, body, err);
	json_decref(body);
	return rc;
}

int disclosures_load(struct store *store, const struct subject *subject, struct arena *a,
                     struct disclosure_file **out, size_t *n, struct err *err)
{
	struct loading l = { .a = a };
	struct store_filter f = { .type = SLICE("disclosure") };

	if (subject) {
		f.kind = slice_str(subject_kind_name(subject->kind));
		f.key = subject->key;
	}
	int rc = store_each_record(store, &f, load_record, &l, err);
	if (rc)
		return rc;
	*out = l.list;
	*n = l.n;
	return 0;
}

static bool has_told(enum contact_state s)
{
	return s == CONTACT_SENT || s == CONTACT_WRITTEN;
}

int64_t disclosure_told_at(const struct disclosure_file *d)
{
	int64_t at = STORE_NONE;

	for (size_t i = 0; i < d->contact_n; i++)
		if (has_told(d->contact[i].state) && (at == STORE_NONE || d->contact[i].at < at))
			at = d->contact[i].at;
	return at;
}

int disclosure_addresses(struct store *store, struct disclosure_file *d, struct arena *a, struct err *err)
{
	struct buf bytes = { 0 };
	json_t *o = NULL;
	int rc = d->contact_n ? store_get_evidence(store, d->envelope, &bytes, NULL, NULL, err) : 0;

	if (rc == 0 && d->contact_n)
		rc = json_parse_object(buf_slice(&bytes), STORE_BODY_MAX, &o, err);
	for (size_t i = 0; rc == 0 && i < d->contact_n; i++) {
		struct mail_address address;
		struct slice s = json_str(json_array_get(json_arr(o, "contacts"), i), "address");
		if (mail_address_parse(s, &address, NULL))
			rc = err_set(err, ERR_CORRUPT, 0, "the envelope of %.*s holds no address %zu",
			             SLICE_ARG(d->reference), i + 1);
		else if (!(d->contact[i].address = arena_copy(a, mail_address_slice(&address))).p)
			rc = no_memory(err);
	}
	json_decref(o);
	buf_release(&bytes);
	return rc;
}

/* ---- was the operator told? ---- */

struct told disclosure_told(const struct disclosure_file *d, int64_t now)
{
	struct told t = { .state = TOLD_PREPARED, .at = d->at, .record = d->id };
	int64_t at = disclosure_told_at(d);
	size_t refused = 0;

	if (slice_eq_str(d->state, "waived")) {
		t.state = TOLD_WAIVED;
		return t;
	}
	for (size_t i = 0; i < d->contact_n; i++)
		refused += d->contact[i].state == CONTACT_REFUSED;
	if (refused == d->contact_n) /* also where there is none */
		t.state = TOLD_UNREACHABLE;
	if (at == STORE_NONE)
		return t;
	/* The letter promised not_before; who got it later has as long to answer. */
	t.at = at;
	t.until = at + d->wait_s > d->not_before ? at + d->wait_s : d->not_before;
	t.state = now >= t.until ? TOLD_WAITED : TOLD_WAIT;
	return t;
}

static bool is_for(const struct disclosure_file *d, struct slice destination)
{
	for (size_t i = 0; i < d->destination_n; i++)
		if (slice_eq(d->destination[i], destination))
			return true;
	return false;
}

/* Which of two states of one subject counts. */
static int weight_of(enum told_state s)
{
	static const int weights[] = {
		[TOLD_NOTHING] = 0, [TOLD_PREPARED] = 1, [TOLD_UNREACHABLE] = 2,
		[TOLD_WAITED] = 3,  [TOLD_WAIT] = 4,     [TOLD_WAIVED] = 5,
	};

	return weights[s];
}

/* The place of the newest correction of a destination; 0 where there is none. */
static int last_correction(struct store *store, const struct subject *subject, struct slice destination,
                           int64_t period, struct arena *a, int64_t *seq, struct err *err)
{
	struct store_cell *cell = NULL;
	size_t n = 0;
	int rc = store_cells(store, slice_str(subject_kind_name(subject->kind)), subject->key, a, &cell,
	                     &n, err);

	*seq = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (cell[i].from == STORE_CORRECTION && cell[i].period == period &&
		    slice_eq(cell[i].destination, destination) && cell[i].seq > *seq)
			*seq = cell[i].seq;
	return rc;
}

int disclosure_state(struct store *store, const struct subject *subject, struct slice destination,
                     int64_t period, int64_t now, struct told *out, struct err *err)
{
	struct arena a = { 0 };
	struct disclosure_file *list = NULL;
	size_t n = 0;
	int64_t corrected = 0;
	struct told best = { .state = TOLD_NOTHING };
	int rc = disclosures_load(store, subject, &a, &list, &n, err);

	if (rc == 0)
		rc = last_correction(store, subject, destination, period, &a, &corrected, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (list[i].seq < corrected || list[i].period != period || !is_for(&list[i], destination))
			continue;
		struct told t = disclosure_told(&list[i], now);
		int more = weight_of(t.state) - weight_of(best.state);
		if (more > 0 || (more == 0 && (t.state != TOLD_WAIT || t.until > best.until)))
			best = t;
	}
	if (rc == 0)
		*out = best;
	arena_release(&a);
	return rc;
}

/* ---- writing ---- */

static json_t *destinations_json(const struct slice *destination, size_t n)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < n; i++)
		failed |= json_add_str(list, destination[i]);
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static int put(struct ledgerbook *book, struct record *r, int64_t period, bool *is_new, struct err *err)
{
	if (period != STORE_NONE)
		record_set_time(r, "period", period);
	int rc = record_finish(r, err);

	return rc ? rc : ledgerbook_put(book, r, period, is_new, err);
}

static void set_address(struct record *r, const char *field, struct sha256 digest)
{
	char address[EVIDENCE_ADDRESS_SIZE];

	evidence_address_format(digest, address);
	record_set_str(r, field, slice_str(address));
}

int disclosure_waive(struct ledgerbook *book, const struct subject *subject,
                     const struct slice *destination, size_t n, int64_t period, struct slice by,
                     struct slice harm, struct err *err)
{
	struct record r;

	if (slice_trim(harm).n == 0)
		return err_set(err, ERR_USAGE, 0, "a listing without a wait takes the harm that is documented");
	record_new(&r, "disclosure", 1, slice_str(subject_kind_name(subject->kind)), subject->key, book->at,
	           by);
	record_set_str(&r, "state", SLICE("waived"));
	record_set_new(&r, "destinations", destinations_json(destination, n));
	record_set_str(&r, "reason", slice_trim(harm));
	int rc = put(book, &r, period, NULL, err);
	record_release(&r);
	return rc;
}

/* What answers name: of subject, destinations, verdict, kind and time, so that a letter which is
 * written again has the same. */
static void make_reference(const struct disclosure_wish *w, int64_t at, char out[REFERENCE_SIZE])
{
	struct buf text = { 0 };
	char hex[SHA256_HEX];

	buf_printf(&text, "%s %.*s %lld %d", subject_kind_name(w->subject.kind), SLICE_ARG(w->subject.key),
	           (long long)at, (int)w->kind);
	for (size_t i = 0; i < w->n; i++)
		buf_printf(&text, " %.*s", SLICE_ARG(w->destination[i]));
	sha256_hex(w->basis, hex);
	buf_puts(&text, hex);
	sha256_hex(sha256_of(buf_slice(&text)), hex);
	snprintf(out, REFERENCE_SIZE, "A-%.16s", hex);
	buf_release(&text);
}

static int put_evidence(struct store *store, const char *class, const char *type, struct slice bytes,
                        int64_t at, struct sha256 *out, struct err *err)
{
	struct store_evidence e = { .cls = slice_str(class), .media_type = slice_str(type),
		                    .origin = SLICE("assay disclose"), .at = at };
	int rc = store_put_evidence(store, &e, bytes, NULL, err);

	if (rc == 0)
		*out = e.sha256;
	return rc;
}

/* The addresses with where each stands. Salted: a digest of it alone is no way to guess one. */
static int put_envelope(struct store *store, const struct disclosure_draft *draft, int64_t at,
                        struct sha256 *out, struct err *err)
{
	json_t *o = json_object(), *list = json_array();
	char hex[2 * SALT_BYTES + 1], time[TIMESTAMP_SIZE], address[EVIDENCE_ADDRESS_SIZE];
	uint8_t salt[SALT_BYTES];
	struct buf bytes = { 0 };
	int rc = random_bytes(salt, sizeof(salt), err), failed = 0;

	for (size_t i = 0; rc == 0 && i < draft->recipient_n; i++) {
		const struct recipient *r = &draft->recipient[i];
		json_t *one = json_object();
		timestamp_format(r->at, time);
		evidence_address_format(r->evidence, address);
		failed |= json_put_str(one, "address", mail_address_slice(&r->address));
		failed |= json_put_str(one, "at", slice_str(time));
		failed |= json_put_str(one, "evidence", slice_str(address));
		failed |= json_put_str(one, "url", r->url);
		failed |= json_add_new(list, one);
	}
	failed |= json_put_new(o, "contacts", list);
	if (rc == 0) {
		hex_encode(salt, sizeof(salt), hex);
		failed |= json_put_str(o, "salt", slice_str(hex));
		rc = failed ? no_memory(err) : json_canonical(o, &bytes, err);
	}
	if (rc == 0)
		rc = put_evidence(store, "restricted", "application/json", buf_slice(&bytes), at, out, err);
	json_decref(o);
	buf_release(&bytes);
	return rc;
}

static json_t *contacts_json(const struct disclosure_draft *draft)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < draft->recipient_n; i++) {
		struct buf shown = { 0 };
		json_t *one = json_object();
		mail_address_put_masked(&draft->recipient[i].address, &shown);
		failed |= json_put_str(one, "shown", buf_slice(&shown));
		failed |= json_put_str(one, "url", draft->recipient[i].url);
		failed |= json_add_new(list, one);
		buf_release(&shown);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static bool same_destinations(const struct disclosure_file *d, const struct disclosure_wish *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (!is_for(d, w->destination[i]))
			return false;
	return d->destination_n == w->n;
}

/* A letter of the same verdict for the same destinations is there, and was not used up by a
 * correction: then nothing is said twice. One that promised a wait is no letter of a listing at once. */
static int find_prepared(struct store *store, const struct disclosure_wish *w, bool at_once,
                         struct arena *a, struct sha256 *id, bool *found, struct err *err)
{
	struct disclosure_file *list = NULL;
	size_t n = 0;
	int64_t corrected = 0;
	int rc = disclosures_load(store, &w->subject, a, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < w->n; i++) {
		int64_t seq = 0;
		rc = last_correction(store, &w->subject, w->destination[i], w->period, a, &seq, err);
		corrected = seq > corrected ? seq : corrected;
	}
	for (size_t i = 0; rc == 0 && i < n && !*found; i++) {
		if (slice_eq_str(list[i].state, "waived") || !sha256_eq(list[i].basis, w->basis) ||
		    list[i].period != w->period || list[i].seq < corrected ||
		    (list[i].harm.n > 0) != at_once || list[i].listed != w->listed ||
		    !same_destinations(&list[i], w))
			continue;
		*id = list[i].id;
		*found = true;
	}
	return rc;
}

static int put_prepared(struct ledgerbook *book, const struct disclosure_desk *desk,
                        const struct disclosure_wish *w, const struct disclosure_act *act,
                        struct disclosure_draft *draft, struct slice basis, struct sha256 *id,
                        bool *is_new, struct err *err)
{
	char reference[REFERENCE_SIZE];
	struct buf subject = { 0 }, text = { 0 };
	struct sha256 letter = { { 0 } }, envelope = { { 0 } };
	struct record r;
	int64_t wait_s = desk->config->disclosure_days * DAY_S;

	make_reference(w, act->at, reference);
	draft->letter.reference = slice_str(reference);
	draft->letter.not_before = act->at + wait_s;
	draft->letter.when = act->harm.n   ? DISCLOSURE_AT_ONCE
	                     : w->listed ? DISCLOSURE_LISTED
	                                 : DISCLOSURE_BEFORE;
	int rc = disclosure_letter(&draft->letter, desk->catalogue, draft->column, &subject, &text, err);
	if (rc == 0)
		rc = put_evidence(book->store, "public", "text/plain", buf_slice(&text), act->at, &letter, err);
	if (rc == 0 && draft->recipient_n)
		rc = put_envelope(book->store, draft, act->at, &envelope, err);
	if (rc == 0) {
		record_new(&r, "disclosure", 1, slice_str(subject_kind_name(w->subject.kind)),
		           w->subject.key, act->at, act->by);
		record_set_str(&r, "state", draft->recipient_n ? SLICE("prepared") : SLICE("no_contact"));
		record_set_str(&r, "reference", slice_str(reference));
		record_set_new(&r, "destinations", destinations_json(w->destination, w->n));
		record_set_str(&r, "basis", basis);
		record_set_str(&r, "language", catalogue_tag(desk->catalogue, draft->column));
		record_set_str(&r, "subject_line", buf_slice(&subject));
		record_set_new(&r, "contacts", contacts_json(draft));
		set_address(&r, "letter", letter);
		if (draft->recipient_n)
			set_address(&r, "envelope", envelope);
		record_set_time(&r, "not_before", draft->letter.not_before);
		record_set_i64(&r, "wait_s", wait_s);
		if (w->listed)
			record_set_flag(&r, "listed", true);
		if (act->harm.n)
			record_set_str(&r, "imminent_harm", act->harm);
		if (draft->recipient_n == 0)
			record_set_str(&r, "reason", SLICE("the pages publish no contact"));
		rc = put(book, &r, w->period, is_new, err);
		*id = r.id;
		record_release(&r);
	}
	buf_release(&subject);
	buf_release(&text);
	return rc;
}

int disclosure_prepare(struct ledgerbook *book, const struct disclosure_desk *desk,
                       const struct disclosure_wish *wish, const struct disclosure_act *act,
                       struct sha256 *id, bool *is_new, struct err *err)
{
	struct arena a = { 0 };
	struct disclosure_draft draft;
	char basis[SHA256_HEX];
	bool found = false;
	int rc = 0;

	if (!desk->config->appeal_address)
		return err_set(err, ERR_USAGE, 0, "a letter says where to answer: set appeal_address in assay.yaml");
	sha256_hex(wish->basis, basis);
	*is_new = false;
	rc = find_prepared(book->store, wish, act->harm.n > 0, &a, id, &found, err);
	if (rc == 0 && !found)
		rc = disclosure_draft_make(book->store, desk, wish, act->reason, &a, &draft, err);
	if (rc == 0 && !found)
		rc = put_prepared(book, desk, wish, act, &draft, slice_str(basis), id, is_new, err);
	arena_release(&a);
	return rc;
}

int disclosure_put_state(struct ledgerbook *book, const struct disclosure_file *d, size_t i,
                         enum contact_state state, int64_t at, int64_t attempt, struct slice answer,
                         struct err *err)
{
	struct record r;
	char id[SHA256_HEX];

	sha256_hex(d->id, id);
	record_new(&r, "disclosure", 1, slice_str(subject_kind_name(d->subject.kind)), d->subject.key, at,
	           SLICE("assay"));
	record_set_str(&r, "state", slice_str(contact_states[state]));
	record_set_str(&r, "disclosure", slice_str(id));
	record_set_str(&r, "reference", d->reference);
	record_set_i64(&r, "contact", (int64_t)i);
	record_set_i64(&r, "attempt", attempt);
	if (answer.n)
		record_set_str(&r, "answer", answer);
	int rc = put(book, &r, d->period, NULL, err);
	record_release(&r);
	return rc;
}
