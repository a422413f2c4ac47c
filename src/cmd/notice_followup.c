#include "cmd/notice_followup.h"

#include "cmd/acts.h"
#include "decide/standing.h"

#include <string.h>

/* What a follow-up is about: some lines of a notice. */
struct follow {
	struct notice_followup *u;
	const struct notice_file *f;
	struct arena a;
	struct subject *subject;
	size_t n;
	struct notice_past past;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static bool has_left(const struct notice_file *f)
{
	return f->state == NOTICE_SENT || f->state == NOTICE_WRITTEN ||
	       notice_is_uncertain(f->state);
}

/* Whether a follow-up of that purpose told the party of the subject already. */
static bool is_told(const struct notice_followup *u, const struct notice_file *f,
                    enum notice_purpose purpose, enum notice_to to, struct subject s)
{
	for (size_t i = 0; i < u->known_n; i++) {
		const struct notice_file *k = &u->known[i];
		if (k->purpose != purpose || k->to != to || !sha256_eq(k->follows, f->id) ||
		    k->state == NOTICE_WITHDRAWN)
			continue;
		for (size_t l = 0; l < k->line_n; l++)
			if (subject_eq(k->line[l].subject, s))
				return true;
	}
	return false;
}

static struct notice_wish wish_of(struct follow *w, enum notice_purpose purpose, enum notice_to to)
{
	const struct notice_file *f = w->f;
	struct notice_wish wish = { .purpose = purpose,
		                    .matter = f->matter,
		                    .action = f->action,
		                    .to = to,
		                    .case_name = f->case_name,
		                    .subject = w->subject,
		                    .n = w->n,
		                    .mandate = f->mandate,
		                    .harm = f->harm,
		                    .collateral = f->collateral,
		                    .follows = f->id,
		                    .past = &w->past,
		                    .past_n = 1 };

	if (purpose == PURPOSE_DEPARTED || purpose == PURPOSE_RETRACTION)
		wish.action = NOTICE_NONE;
	return wish;
}

/* Put a draft and the approval that it has from the notice before. */
static int put_approved(struct follow *w, const struct notice_draft *d, struct slice reason,
                        struct err *err)
{
	struct notice_followup *u = w->u;
	struct notice_act act = { .by = SLICE("assay"), .reason = reason };
	struct sha256 id;
	bool is_new = false;
	int rc = store_begin(u->desk->store, err);

	u->book->at = u->desk->now;
	if (rc == 0)
		rc = notice_draft_put(u->book, d, &act, &id, &is_new, err);
	if (rc == 0 && is_new) {
		struct notice_file file = { .id = id, .reference = d->notice.reference };
		rc = notices_put_state(u->book, &file, NOTICE_APPROVED, &act, SLICE(""), 0,
		                       SLICE(""), err);
	}
	if (rc == 0)
		rc = store_commit(u->desk->store, err);
	if (rc)
		store_rollback(u->desk->store);
	else
		rc = ledgerbook_sync(u->book, NULL, err);
	u->put += rc == 0 && is_new;
	return rc;
}

static int put_all(struct follow *w, const struct notice_wish *wish, struct slice reason,
                   struct err *err)
{
	struct notice_followup *u = w->u;
	struct notice_drafts drafts;
	int rc = notice_drafts_make(u->desk, wish, u->known, u->known_n, &w->a, &drafts, err);

	for (size_t i = 0; rc == 0 && i < drafts.n; i++) {
		const struct notice_draft *d = &drafts.draft[i];
		/* It went back, or the newest observation does not say yet that it went. */
		if (wish->purpose == PURPOSE_ARRIVED &&
		    slice_eq(d->notice.recipient.key, w->f->party))
			continue;
		if (d->failure_n == 0)
			rc = put_approved(w, d, reason, err);
		u->refused += d->failure_n > 0;
		if (rc == 0 && u->told)
			u->told(u->ctx, d);
	}
	return rc;
}

static int begin(struct follow *w, struct notice_followup *u, const struct notice_file *f,
                 size_t most, struct slice outcome, struct err *err)
{
	*w = (struct follow){ .u = u, .f = f };
	w->past = (struct notice_past){ .notice = f->id,
		                        .reference = f->reference,
		                        .to = f->to,
		                        .name = f->party_name,
		                        .at = f->sent_at,
		                        .outcome = outcome };
	w->subject = arena_array(&w->a, most, sizeof(*w->subject));
	return w->subject ? 0 : no_memory(err);
}

static struct slice reason_of(struct follow *w, const char *why)
{
	const char *text = arena_printf(&w->a, "%s; follows %.*s, which was approved", why,
	                                SLICE_ARG(w->f->reference));

	return slice_str(text ? text : why);
}

int notice_arrived(struct notice_followup *u, const struct notice_file *f, const size_t *line,
                   size_t n, struct err *err)
{
	static const enum notice_to parties[] = { NOTICE_REGISTRAR, NOTICE_RESELLER };
	int rc = 0;

	for (size_t p = 0; rc == 0 && p < sizeof(parties) / sizeof(parties[0]); p++) {
		struct follow w;
		rc = begin(&w, u, f, n, SLICE("moved"), err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			if (!is_told(u, f, PURPOSE_ARRIVED, parties[p], f->line[line[i]].subject))
				w.subject[w.n++] = f->line[line[i]].subject;
		if (rc == 0 && w.n) {
			struct notice_wish wish = wish_of(&w, PURPOSE_ARRIVED, parties[p]);
			rc = put_all(&w, &wish, reason_of(&w, "moved here"), err);
		}
		arena_release(&w.a);
	}
	return rc;
}

static struct notice_recipient recipient_of(const struct notice_file *f, int64_t now)
{
	return (struct notice_recipient){ .to = f->to,
		                          .key = f->party,
		                          .name = f->party_name,
		                          .iana_id = f->iana_id,
		                          .contact = { .address = f->address,
		                                       .form = f->form,
		                                       .source = SLICE("directory"),
		                                       .at = now } };
}

int notice_departed(struct notice_followup *u, const struct notice_file *f, const size_t *line,
                    size_t n, struct err *err)
{
	struct notice_recipient to = recipient_of(f, u->desk->now);
	struct follow w;
	int rc = begin(&w, u, f, n, SLICE("moved"), err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!is_told(u, f, PURPOSE_DEPARTED, f->to, f->line[line[i]].subject))
			w.subject[w.n++] = f->line[line[i]].subject;
	if (rc == 0 && w.n) {
		struct notice_wish wish = wish_of(&w, PURPOSE_DEPARTED, f->to);
		wish.recipient = &to;
		wish.language = f->language;
		rc = put_all(&w, &wish, reason_of(&w, "moved away"), err);
	}
	arena_release(&w.a);
	return rc;
}

/* ---- retractions ---- */

/* Whether what a line was told on is corrected: a correction came behind the notice, and nothing as
 * grave holds any more. reason: of the correction. */
static int is_corrected(struct follow *w, const struct notice_line *l, bool *out,
                        struct slice *reason, struct err *err)
{
	struct store *store = w->u->desk->store;
	struct store_cell *cell = NULL;
	struct standing *list = NULL;
	size_t cells = 0, n = 0;
	int64_t seq = 0;
	int rc = store_cells(store, slice_str(subject_kind_name(l->subject.kind)), l->subject.key,
	                     &w->a, &cell, &cells, err);

	*out = false;
	for (size_t i = 0; rc == 0 && i < cells; i++)
		if (cell[i].from == STORE_CORRECTION && cell[i].period == l->period &&
		    cell[i].seq > w->f->seq)
			seq = cell[i].seq;
	if (rc || seq == 0)
		return rc;
	rc = acts_standing(store, l->subject, w->u->desk->suffixes, &w->a, &list, &n, err);
	int now = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (list[i].is_current && standing_harshness(standing_in_force(&list[i])) > now)
			now = standing_harshness(standing_in_force(&list[i]));
	*out = rc == 0 && now < standing_harshness(l->class);
	if (*out) {
		struct store_record r;
		json_t *body = NULL;
		rc = store_get_record_at(store, seq, &w->a, &r, err);
		if (rc == 0)
			rc = json_parse_object(r.body, STORE_BODY_MAX, &body, err);
		if (rc == 0 && !(*reason = arena_copy(&w->a, json_str(body, "reason"))).p)
			rc = no_memory(err);
		json_decref(body);
	}
	return rc;
}

static int put_withdrawn(struct follow *w, struct err *err)
{
	struct notice_followup *u = w->u;
	int rc = store_begin(u->desk->store, err);

	u->book->at = u->desk->now;
	for (size_t i = 0; rc == 0 && i < w->f->line_n; i++)
		for (size_t k = 0; rc == 0 && k < w->n; k++) {
			struct notice_observed o = { .line = i,
				                     .outcome = OUTCOME_WITHDRAWN,
				                     .at = u->desk->now,
				                     .by = SLICE("correction") };
			bool is_new = false;
			if (subject_eq(w->f->line[i].subject, w->subject[k]))
				rc = notices_put_outcome(u->book, w->f, &o, &is_new, err);
		}
	if (rc == 0)
		rc = store_commit(u->desk->store, err);
	if (rc)
		store_rollback(u->desk->store);
	return rc ? rc : ledgerbook_sync(u->book, NULL, err);
}

static int retract(struct notice_followup *u, const struct notice_file *f, struct err *err)
{
	struct notice_recipient to = recipient_of(f, u->desk->now);
	struct slice reason = SLICE("");
	size_t put = u->put;
	struct follow w;
	int rc = begin(&w, u, f, f->line_n, SLICE("withdrawn"), err);

	for (size_t i = 0; rc == 0 && i < f->line_n; i++) {
		bool corrected = false;
		if (is_told(u, f, PURPOSE_RETRACTION, f->to, f->line[i].subject))
			continue;
		rc = is_corrected(&w, &f->line[i], &corrected, &reason, err);
		if (rc == 0 && corrected)
			w.subject[w.n++] = f->line[i].subject;
	}
	if (rc == 0 && w.n) {
		struct notice_wish wish = wish_of(&w, PURPOSE_RETRACTION, f->to);
		wish.recipient = &to;
		wish.language = f->language;
		wish.retracts_reason = reason;
		rc = put_all(&w, &wish, reason_of(&w, "corrected"), err);
		if (rc == 0 && u->put > put)
			rc = put_withdrawn(&w, err);
	}
	arena_release(&w.a);
	return rc;
}

int notice_retractions(struct notice_followup *u, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < u->known_n; i++) {
		const struct notice_file *f = &u->known[i];
		if (has_left(f) && f->purpose <= PURPOSE_ARRIVED &&
		    f->purpose != PURPOSE_RETRACTION)
			rc = retract(u, f, err);
	}
	return rc;
}
