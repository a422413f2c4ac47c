/* What is put: letters, their addresses apart, and what became of each. */
#include "cmd/disclosures.h"

#include "model/evidence.h"
#include "model/record.h"
#include "sys/random.h"
#include "wire/timestamp.h"

#include <string.h>

enum { DAY_S = 86400, SALT_BYTES = 16 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

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

static int put(struct ledgerbook *book, struct record *r, int64_t period, bool *is_new,
               struct err *err)
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
		return err_set(err, ERR_USAGE, 0,
		               "a listing without a wait takes the harm that is documented");
	record_new(&r, "disclosure", 1, slice_str(subject_kind_name(subject->kind)), subject->key,
	           book->at, by);
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

	buf_printf(&text, "%s %.*s %lld %d", subject_kind_name(w->subject.kind),
	           SLICE_ARG(w->subject.key), (long long)at, (int)w->kind);
	for (size_t i = 0; i < w->n; i++)
		buf_printf(&text, " %.*s", SLICE_ARG(w->destination[i]));
	sha256_hex(w->basis, hex);
	buf_puts(&text, hex);
	sha256_hex(sha256_of(buf_slice(&text)), hex);
	snprintf(out, REFERENCE_SIZE, "A-%.16s", hex);
	buf_release(&text);
}

static int put_evidence(struct store *store, const char *class, const char *type,
                        struct slice bytes, int64_t at, struct sha256 *out, struct err *err)
{
	struct store_evidence e = { .cls = slice_str(class),
		                    .media_type = slice_str(type),
		                    .origin = SLICE("assay disclose"),
		                    .at = at };
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
		rc = put_evidence(store, "restricted", "application/json", buf_slice(&bytes), at,
		                  out, err);
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
		if (!disclosure_is_for(d, w->destination[i]))
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
		rc = disclosure_last_correction(store, &w->subject, w->destination[i], w->period, a,
		                                &seq, err);
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
	draft->letter.when = act->harm.n ? DISCLOSURE_AT_ONCE
	                     : w->listed ? DISCLOSURE_LISTED
	                                 : DISCLOSURE_BEFORE;
	int rc = disclosure_letter(&draft->letter, desk->catalogue, draft->column, &subject, &text,
	                           err);
	if (rc == 0)
		rc = put_evidence(book->store, "public", "text/plain", buf_slice(&text), act->at,
		                  &letter, err);
	if (rc == 0 && draft->recipient_n)
		rc = put_envelope(book->store, draft, act->at, &envelope, err);
	if (rc == 0) {
		record_new(&r, "disclosure", 1, slice_str(subject_kind_name(w->subject.kind)),
		           w->subject.key, act->at, act->by);
		record_set_str(&r, "state",
		               draft->recipient_n ? SLICE("prepared") : SLICE("no_contact"));
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
		return err_set(err, ERR_USAGE, 0,
		               "a letter says where to answer: set appeal_address in assay.yaml");
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

int disclosure_put_step(struct ledgerbook *book, const struct disclosure_file *d, size_t i,
                        const struct contact_step *step, struct err *err)
{
	struct record r;
	char id[SHA256_HEX];

	sha256_hex(d->id, id);
	record_new(&r, "disclosure", 1, slice_str(subject_kind_name(d->subject.kind)),
	           d->subject.key, step->at, SLICE("assay"));
	record_set_str(&r, "state", slice_str(contact_state_name(step->state)));
	record_set_str(&r, "disclosure", slice_str(id));
	record_set_str(&r, "reference", d->reference);
	record_set_i64(&r, "contact", (int64_t)i);
	record_set_i64(&r, "attempt", step->attempt);
	if (step->answer.n)
		record_set_str(&r, "answer", step->answer);
	if (step->relay)
		record_set_flag(&r, "relay", true);
	int rc = put(book, &r, d->period, NULL, err);
	record_release(&r);
	return rc;
}
