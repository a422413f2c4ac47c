/* A disclosure is one prepared record and those that name it:
 *
 *     prepared --> sending 0 --> sent 0          (contact 0)
 *              \-> sending 1 --> deferred 1 --> sending 1 --> sent 1
 *
 * Nothing is ever changed: how a contact stands is its newest record. */
#include "cmd/disclosures.h"

#include "model/evidence.h"
#include "model/record.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

static const char *const contact_states[CONTACT_STATES] = {
	[CONTACT_READY] = "ready",       [CONTACT_SENDING] = "sending",
	[CONTACT_SENT] = "sent",         [CONTACT_REFUSED] = "refused",
	[CONTACT_DEFERRED] = "deferred", [CONTACT_UNKNOWN] = "unknown",
	[CONTACT_WRITTEN] = "written",
};

const char *contact_state_name(enum contact_state s)
{
	return contact_states[s];
}

const char *told_state_name(enum told_state s)
{
	static const char *const names[] = { "nothing", "prepared",    "wait",
		                             "waited",  "unreachable", "waived" };

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
	const json_t *contacts = json_arr(body, "contacts"),
		     *places = json_arr(body, "destinations");
	int rc = 0;

	d->contact = arena_array(l->a, json_array_size(contacts), sizeof(*d->contact));
	d->destination = arena_array(l->a, json_array_size(places), sizeof(*d->destination));
	if (!d->contact || !d->destination)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < json_array_size(contacts); i++) {
		d->contact[i].tried = STORE_NONE;
		rc = copy(l, json_str(json_array_get(contacts, i), "shown"),
		          &d->contact[d->contact_n++].shown, err);
	}
	for (size_t i = 0; rc == 0 && i < json_array_size(places); i++)
		rc = copy(l, json_text(json_array_get(places, i)),
		          &d->destination[d->destination_n++], err);
	return rc;
}

static int load_file(struct loading *l, const struct store_record *r, const json_t *body,
                     struct err *err)
{
	struct disclosure_file d = { .id = r->id, .seq = r->seq, .at = r->at, .period = r->period };
	struct slice key;
	const struct {
		struct slice from;
		struct slice *to;
	} texts[] = {
		{ json_str(body, "state"), &d.state },
		{ json_str(body, "reference"), &d.reference },
		{ json_str(body, "language"), &d.language },
		{ r->src, &d.by },
		{ json_str(body, "reason"), &d.reason },
		{ json_str(body, "subject_line"), &d.mail_subject },
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
static int load_state(struct loading *l, const struct store_record *r, const json_t *body,
                      struct err *err)
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
		if (c->tried == STORE_NONE && !json_flag(body, "relay", false) &&
		    (c->state == CONTACT_DEFERRED || c->state == CONTACT_UNKNOWN))
			c->tried = r->at;
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

int disclosure_addresses(struct store *store, struct disclosure_file *d, struct arena *a,
                         struct err *err)
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
			rc = err_set(err, ERR_CORRUPT, 0,
			             "the envelope of %.*s holds no address %zu",
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
	size_t over = 0;

	if (slice_eq_str(d->state, "waived")) {
		t.state = TOLD_WAIVED;
		return t;
	}
	/* A server that puts us off for good keeps nobody from being listed. */
	for (size_t i = 0; i < d->contact_n; i++) {
		const struct disclosure_contact *c = &d->contact[i];
		over += c->state == CONTACT_REFUSED ||
		        (c->tried != STORE_NONE && now >= c->tried + d->wait_s);
	}
	if (over == d->contact_n) /* also where there is none */
		t.state = TOLD_UNREACHABLE;
	if (at == STORE_NONE)
		return t;
	/* The letter promised not_before; who got it later has as long to answer. */
	t.at = at;
	t.until = at + d->wait_s > d->not_before ? at + d->wait_s : d->not_before;
	t.state = now >= t.until ? TOLD_WAITED : TOLD_WAIT;
	return t;
}

bool disclosure_is_for(const struct disclosure_file *d, struct slice destination)
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

int disclosure_last_correction(struct store *store, const struct subject *subject,
                               struct slice destination, int64_t period, struct arena *a,
                               int64_t *seq, struct err *err)
{
	struct store_cell *cell = NULL;
	size_t n = 0;
	int rc = store_cells(store, slice_str(subject_kind_name(subject->kind)), subject->key, a,
	                     &cell, &n, err);

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
		rc = disclosure_last_correction(store, subject, destination, period, &a, &corrected,
		                                err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (list[i].seq < corrected || list[i].period != period ||
		    !disclosure_is_for(&list[i], destination))
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
