#include "cmd/notice_draft.h"

#include "act/letter.h"
#include "act/xarf.h"
#include "cmd/mandates.h"
#include "cmd/notice_case.h"
#include "cmd/notice_ground.h"
#include "wire/mail_address.h"

#include <stdio.h>
#include <string.h>

enum { REFERENCE_SIZE = 19 /* "N-" and 16 digits, with its NUL */, DAY_S = 86400, HARMS = 2 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

struct drafting {
	struct notice_desk *desk;
	const struct notice_wish *wish;
	const struct notice_file *known;
	size_t known_n;
	struct arena *a;
	struct notice_subject *subject; /* of the wish, in its order */
	struct party_seen *seen;
};

/* ---- the case ---- */

static int gather(struct drafting *d, struct err *err)
{
	const struct notice_wish *w = d->wish;
	int rc = 0;

	if (w->n == 0)
		return err_set(err, ERR_USAGE, 0, "a notice is about at least one domain");
	d->subject = arena_array(d->a, w->n, sizeof(*d->subject));
	d->seen = arena_array(d->a, w->n, sizeof(*d->seen));
	if (!d->subject || !d->seen)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < w->n; i++) {
		rc = notice_case_subject(d->desk, w->subject[i], d->a, &d->subject[i], &d->seen[i],
		                         err);
		d->subject[i].collateral = w->collateral;
		if (rc == 0)
			rc = notice_ground_subject(d->desk, w->matter, &d->subject[i], d->a, err);
	}
	return rc ? rc : notice_case_tenants(d->desk, d->subject, w->n, err);
}

static struct slice case_of(const struct drafting *d)
{
	if (d->wish->case_name.n)
		return d->wish->case_name;
	for (size_t i = 0; d->wish->n > 1 && i < d->wish->n; i++)
		if (d->subject[i].network.n)
			return d->subject[i].network;
	return d->wish->subject[0].key;
}

/* ---- told already ---- */

/* The newest request of the case to the party that is still open for repeats. */
static const struct notice_file *open_of(const struct drafting *d, struct slice case_name,
                                         struct slice party)
{
	int64_t since = d->desk->now - d->desk->config->notice.repeat_days * DAY_S;

	if (d->wish->purpose != PURPOSE_REQUEST)
		return NULL; /* asked for once, by what it follows */
	for (size_t i = d->known_n; i-- > 0;) {
		const struct notice_file *f = &d->known[i];
		if (f->purpose <= PURPOSE_ARRIVED && f->purpose != PURPOSE_RETRACTION &&
		    f->state != NOTICE_WITHDRAWN && f->at >= since && slice_eq(f->party, party) &&
		    f->matter == d->wish->matter && slice_eq(f->case_name, case_name))
			return f;
	}
	return NULL;
}

static bool is_told(const struct notice_file *f, struct subject s)
{
	for (size_t i = 0; f && i < f->line_n; i++)
		if (subject_eq(f->line[i].subject, s))
			return true;
	return false;
}

/* ---- one notice ---- */

static int make_reference(struct drafting *d, struct notice *n, struct err *err)
{
	struct buf text = { 0 };
	char hex[SHA256_HEX], reference[REFERENCE_SIZE];

	buf_printf(&text, "%.*s %.*s %lld %s %s", SLICE_ARG(n->case_name),
	           SLICE_ARG(n->recipient.key), (long long)n->at, notice_purpose_name(n->purpose),
	           notice_action_name(n->action));
	for (size_t i = 0; i < n->annex_n; i++)
		buf_printf(&text, " %.*s", SLICE_ARG(n->annex[i].subject.key));
	sha256_hex(sha256_of(buf_slice(&text)), hex);
	snprintf(reference, sizeof(reference), "N-%.16s", hex);
	n->reference = arena_copy(d->a, slice_str(reference));
	int rc = buf_ok(&text) && n->reference.p ? 0 : no_memory(err);
	buf_release(&text);
	return rc;
}

static struct slice language_of(const struct drafting *d, const struct notice_recipient *r)
{
	if (d->wish->language.n)
		return d->wish->language;
	for (size_t i = 0; i < r->country_n; i++)
		if (slice_eq_str(r->country[i], "JP"))
			return SLICE("ja");
	return SLICE("en");
}

/* Where nobody said what harm it does: what the gravest rules say that it does, each once. */
static int harm_of(struct drafting *d, struct notice *n, struct err *err)
{
	struct buf text = { 0 };
	struct slice used[HARMS];
	size_t used_n = 0;

	n->harm = d->wish->harm.n ? d->wish->harm : ground_harm(d->wish->matter);
	for (size_t i = 0; n->harm.n == 0 && i < n->annex_n; i++)
		for (size_t k = 0; k < n->annex[i].finding_n && used_n < HARMS; k++) {
			const struct notice_finding *f = &n->annex[i].finding[k];
			bool seen = false;
			for (size_t u = 0; u < used_n; u++)
				seen = seen || slice_eq(used[u], f->text);
			if (seen || !slice_eq_str(f->severity, "rogue"))
				continue;
			used[used_n++] = f->text;
			buf_printf(&text, "%s%.*s", text.n ? " " : "", SLICE_ARG(f->text));
		}
	int rc = buf_ok(&text) ? 0 : no_memory(err);
	if (rc == 0 && text.n && !(n->harm = arena_copy(d->a, buf_slice(&text))).p)
		rc = no_memory(err);
	buf_release(&text);
	return rc;
}

/* A page for each name, or, of many, where each name's is found. */
static int verify_of(struct drafting *d, struct notice *n, struct err *err)
{
	const char *base = d->desk->config->notice.verify;
	struct buf text = { 0 };

	if (!base)
		return 0;
	buf_puts(&text, base);
	if (n->annex_n == 1)
		buf_put(&text, n->annex[0].subject.key);
	n->verify = arena_copy(d->a, buf_slice(&text));
	int rc = buf_ok(&text) && n->verify.p ? 0 : no_memory(err);
	buf_release(&text);
	return rc;
}

static int take_mandate(struct drafting *d, struct notice_draft *out, struct err *err)
{
	const struct notice_wish *w = d->wish;
	const struct mandate *m;

	if (w->mandate.n == 0)
		return 0;
	m = mandates_find(d->desk->mandate, d->desk->mandate_n, w->mandate);
	if (!m)
		return err_set(err, ERR_NOTFOUND, 0,
		               "there is no mandate '%.*s' in this store: assay mandate list",
		               SLICE_ARG(w->mandate));
	int rc = mandate_of_notice(m, &out->notice.recipient, d->a, &out->mandate, err);
	if (rc == 0)
		out->notice.mandate = &out->mandate;
	return rc;
}

/* What the mandate does not cover is a condition that is not met, not a fault of the program. */
static int check_mandate(struct drafting *d, struct notice_draft *out, struct err *err)
{
	const struct notice_desk *desk = d->desk;
	const struct mandate *m =
		mandates_find(desk->mandate, desk->mandate_n, d->wish->mandate);
	struct err why = { 0 };
	int rc = m ? mandate_covers(m, &out->notice, d->desk->now, &why) : 0;

	if (rc != ERR_REFUSED) {
		if (rc && err)
			*err = why;
		return rc;
	}
	struct check_failure *list = arena_array(d->a, out->failure_n + 1, sizeof(*list));
	if (!list)
		return no_memory(err);
	if (out->failure_n)
		memcpy(list, out->failure, out->failure_n * sizeof(*list));
	list[out->failure_n++] = (struct check_failure){
		.condition = CHECK_MANDATE,
		.why = arena_copy(d->a, slice_str(why.what)),
		.todo = SLICE("use no mandate, or one that covers this"),
	};
	out->failure = list;
	return 0;
}

/* XARF has no word for some matters: the notice then leaves without. */
static int write_xarf(const struct notice *n, struct buf *out, struct err *err)
{
	struct err why = { 0 };
	int rc = xarf_bundle(n, out, &why);

	if (rc == ERR_REFUSED) {
		buf_clear(out);
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

static int write_out(struct drafting *d, struct notice_draft *out, struct err *err)
{
	struct buf subject = { 0 }, letter = { 0 }, annex = { 0 }, xarf = { 0 };
	const struct catalogue *c = d->desk->catalogue;
	struct notice *n = &out->notice;
	int rc = letter_write(n, c, letter_column(c, n->language), &subject, &letter, err);

	if (rc == 0)
		rc = letter_annex(n, &annex, err);
	if (rc == 0)
		rc = write_xarf(n, &xarf, err);
	if (rc == 0)
		out->writing = (struct notice_writing){
			.mail_subject = arena_copy(d->a, buf_slice(&subject)),
			.letter = arena_copy(d->a, buf_slice(&letter)),
			.annex = arena_copy(d->a, buf_slice(&annex)),
			.xarf = arena_copy(d->a, buf_slice(&xarf)),
		};
	if (rc == 0 && (!out->writing.letter.p || !out->writing.annex.p))
		rc = no_memory(err);
	buf_release(&subject);
	buf_release(&letter);
	buf_release(&annex);
	buf_release(&xarf);
	return rc;
}

static int check(struct drafting *d, struct notice_draft *out, struct err *err)
{
	struct check_terms terms = notice_desk_terms(d->desk);
	struct check_writing written = { out->writing.mail_subject, out->writing.letter,
		                         out->writing.annex, out->writing.xarf };
	int rc = notice_check(&out->notice, &terms, &written, d->a, &out->failure, &out->failure_n,
	                      err);

	return rc ? rc : check_mandate(d, out, err);
}

/* Everything of a notice but its annex and what is written. */
static int fill(struct drafting *d, const struct notice_recipient *r, struct notice_draft *out,
                struct err *err)
{
	const struct notice_wish *w = d->wish;
	const struct config *c = d->desk->config;
	struct notice *n = &out->notice;

	n->case_name = case_of(d);
	n->purpose = w->purpose;
	n->matter = w->matter;
	n->action = w->action;
	n->recipient = *r;
	n->at = d->desk->now;
	n->language = language_of(d, r);
	n->sender = c->notice.sender ? slice_str(c->notice.sender) : SLICE("");
	n->sender_mail = c->mail.from ? slice_str(c->mail.from) : SLICE("");
	n->on_behalf = c->notice.on_behalf ? slice_str(c->notice.on_behalf) : SLICE("");
	n->sponsor = c->notice.sponsor ? slice_str(c->notice.sponsor) : SLICE("");
	n->interest = c->notice.interest;
	n->appeal_address = c->appeal_address ? slice_str(c->appeal_address) : SLICE("");
	n->retracts_reason = w->retracts_reason;
	n->past = w->past;
	n->past_n = w->past_n;
	out->follows = w->follows;
	return take_mandate(d, out, err);
}

static int finish(struct drafting *d, struct notice_draft *out, struct err *err)
{
	struct notice *n = &out->notice;
	int rc = notice_ground_statements(d->desk, n, d->a, err);

	if (rc == 0)
		rc = basis_choose(d->desk->basis, n, d->a, err);
	if (rc == 0)
		rc = harm_of(d, n, err);
	if (rc == 0)
		rc = verify_of(d, n, err);
	if (rc == 0 && n->reference.n == 0)
		rc = make_reference(d, n, err);
	return rc;
}

static int draft_share(struct drafting *d, const struct party_share *share,
                       struct notice_draft *out, struct err *err)
{
	struct notice_subject *annex = arena_array(d->a, share->seen_n, sizeof(*annex));
	size_t n = 0;
	int rc = annex ? fill(d, &share->recipient, out, err) : no_memory(err);

	if (rc)
		return rc;
	out->open = open_of(d, out->notice.case_name, share->recipient.key);
	for (size_t i = 0; i < share->seen_n; i++) {
		const struct notice_subject *s = &d->subject[share->seen[i]];
		if (is_told(out->open, s->subject))
			out->told++;
		else
			annex[n++] = *s;
	}
	out->notice.annex = annex;
	out->notice.annex_n = n;
	if (n == 0)
		return 0;
	rc = finish(d, out, err);
	if (rc == 0)
		rc = write_out(d, out, err);
	return rc ? rc : check(d, out, err);
}

/* ---- all of them ---- */

static bool is_held(enum notice_to to)
{
	return to == NOTICE_REGISTRAR || to == NOTICE_RESELLER || to == NOTICE_REGISTRY ||
	       to == NOTICE_HOST;
}

/* An owner or a rights holder is reached at the address that a reviewer gives. */
static int person_share(struct drafting *d, struct party_share *out, struct err *err)
{
	const struct notice_wish *w = d->wish;
	struct mail_address address;

	if (w->address.n == 0)
		return err_set(err, ERR_USAGE, 0, "a notice to %s needs their --address",
		               w->to == NOTICE_OWNER ? "an owner" : "a rights holder");
	int rc = mail_address_parse(w->address, &address, err);
	if (rc)
		return rc;
	out->recipient = (struct notice_recipient){
		.to = w->to,
		.key = w->party.n ? w->party : w->subject[0].key,
		.name = w->party.n ? w->party : w->subject[0].key,
		.contact = { .address = w->address,
		             .source = SLICE("directory"),
		             .at = d->desk->now },
	};
	return 0;
}

static int whole_share(struct drafting *d, struct party_share **out, size_t *n, struct err *err)
{
	const struct notice_wish *w = d->wish;
	struct party_share *share = arena_array(d->a, 1, sizeof(*share));
	int rc;

	if (!share)
		return no_memory(err);
	if (w->recipient) {
		share->recipient = *w->recipient;
		rc = 0;
	} else if (w->to == NOTICE_OWNER || w->to == NOTICE_RIGHTS) {
		rc = person_share(d, share, err);
	} else if (w->party.n == 0) {
		rc = err_set(err, ERR_USAGE, 0, "a notice to %s names it: --party NAME",
		             notice_to_name(w->to));
	} else {
		rc = party_named(w->to, w->party, d->desk->directory, d->a, &share->recipient, err);
	}
	share->seen = arena_array(d->a, w->n, sizeof(*share->seen));
	if (rc == 0 && !share->seen)
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < w->n; i++)
		share->seen[share->seen_n++] = i;
	*out = share;
	*n = 1;
	return rc;
}

static bool is_wanted(const struct notice_wish *w, const struct notice_recipient *r)
{
	return w->party.n == 0 || slice_eq(w->party, r->key) || slice_eq_nocase(w->party, r->name);
}

int notice_drafts_make(struct notice_desk *desk, const struct notice_wish *wish,
                       const struct notice_file *known, size_t known_n, struct arena *a,
                       struct notice_drafts *out, struct err *err)
{
	struct drafting d = {
		.desk = desk, .wish = wish, .known = known, .known_n = known_n, .a = a
	};
	struct party_share *share = NULL;
	size_t n = 0, nobody_n = 0, *nobody = NULL;
	int rc = gather(&d, err);

	*out = (struct notice_drafts){ 0 };
	if (rc == 0 && is_held(wish->to) && !wish->recipient)
		rc = party_share_out(wish->to, d.seen, wish->n, desk->directory, a, &share, &n,
		                     &nobody, &nobody_n, err);
	else if (rc == 0)
		rc = whole_share(&d, &share, &n, err);
	if (rc)
		return rc;
	out->draft = arena_array(a, n, sizeof(*out->draft));
	out->nobody = arena_array(a, nobody_n, sizeof(*out->nobody));
	if (!out->draft || !out->nobody)
		return no_memory(err);
	for (size_t i = 0; i < nobody_n; i++)
		out->nobody[out->nobody_n++] = wish->subject[nobody[i]];
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (!is_wanted(wish, &share[i].recipient) && is_held(wish->to) && !wish->recipient)
			continue;
		rc = draft_share(&d, &share[i], &out->draft[out->n], err);
		out->n += rc == 0;
	}
	return rc;
}

/* ---- again ---- */

static int load_writing(struct drafting *d, const struct notice_file *f, struct notice_draft *out,
                        struct err *err)
{
	const struct {
		struct sha256 from;
		struct slice *to;
	} parts[] = { { f->letter, &out->writing.letter },
		      { f->annex, &out->writing.annex },
		      { f->xarf, &out->writing.xarf } };
	int rc = 0;

	out->writing.mail_subject = f->mail_subject;
	for (size_t i = 0; rc == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct buf bytes = { 0 };
		if (sha256_eq(parts[i].from, (struct sha256){ { 0 } }))
			continue;
		rc = store_get_evidence(d->desk->store, parts[i].from, &bytes, NULL, NULL, err);
		if (rc == 0 && !(*parts[i].to = arena_copy(d->a, buf_slice(&bytes))).p)
			rc = no_memory(err);
		buf_release(&bytes);
	}
	return rc;
}

/* The notice that a follow-up goes back to, as its draft says. */
static int past_again(struct drafting *d, const struct notice_file *f, struct notice_past *past,
                      size_t *n, struct err *err)
{
	struct store_record r;
	struct err why = { 0 };
	json_t *body = NULL;

	*n = 0;
	if (sha256_eq(f->follows, (struct sha256){ { 0 } }))
		return 0;
	int rc = store_get_record(d->desk->store, f->follows, d->a, &r, &why);
	if (rc == ERR_NOTFOUND) /* then the check says that it goes back to none */
		return 0;
	if (rc)
		return err_set(err, rc, 0, "%s", why.what);
	rc = json_parse_object(r.body, STORE_BODY_MAX, &body, err);
	if (rc)
		return rc;
	const json_t *to = json_obj(body, "recipient");
	*past = (struct notice_past){ .notice = f->follows, .at = r.at };
	past->reference = arena_copy(d->a, json_str(body, "reference"));
	past->name = arena_copy(d->a, json_str(to, "name"));
	*n = notice_to_parse(json_str(to, "kind"), &past->to);
	json_decref(body);
	return past->reference.p && past->name.p ? 0 : no_memory(err);
}

/* The party as it is found today; one that holds none of the names any more is as it was told. */
static int party_again(struct drafting *d, const struct notice_file *f,
                       struct notice_recipient *out, struct err *err)
{
	struct party_share *share = NULL;
	size_t n = 0, nobody_n = 0, *nobody = NULL;
	int rc = is_held(f->to) ? party_share_out(f->to, d->seen, d->wish->n, d->desk->directory,
	                                          d->a, &share, &n, &nobody, &nobody_n, err)
	                        : whole_share(d, &share, &n, err);

	*out = (struct notice_recipient){ .to = f->to,
		                          .key = f->party,
		                          .name = f->party_name,
		                          .iana_id = f->iana_id,
		                          .contact = { .address = f->address,
		                                       .form = f->form,
		                                       .source = SLICE("directory"),
		                                       .at = f->at } };
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (slice_eq(share[i].recipient.key, f->party) || !is_held(f->to))
			*out = share[i].recipient;
	return rc;
}

int notice_draft_again(struct notice_desk *desk, const struct notice_file *f, struct arena *a,
                       struct notice_draft *out, struct err *err)
{
	struct subject *subject = arena_array(a, f->line_n, sizeof(*subject));
	struct notice_recipient recipient;
	struct notice_past *past = ARENA_NEW(a, struct notice_past);
	struct notice_wish wish = { .purpose = f->purpose,
		                    .matter = f->matter,
		                    .action = f->action,
		                    .to = f->to,
		                    .party = f->party,
		                    .address = f->address,
		                    .case_name = f->case_name,
		                    .subject = subject,
		                    .n = f->line_n,
		                    .mandate = f->mandate,
		                    .language = f->language,
		                    .harm = f->harm,
		                    .collateral = f->collateral,
		                    .retracts_reason = f->reason,
		                    .follows = f->follows };
	struct drafting d = { .desk = desk, .wish = &wish, .a = a };

	*out = (struct notice_draft){ 0 };
	if (!subject || !past)
		return no_memory(err);
	for (size_t i = 0; i < f->line_n; i++)
		subject[i] = f->line[i].subject;
	int rc = past_again(&d, f, past, &wish.past_n, err);
	wish.past = past;
	if (rc == 0)
		rc = gather(&d, err);
	if (rc == 0)
		rc = party_again(&d, f, &recipient, err);
	if (rc == 0)
		rc = fill(&d, &recipient, out, err);
	if (rc)
		return rc;
	out->notice.annex = d.subject;
	out->notice.annex_n = wish.n;
	out->notice.reference = f->reference;
	rc = finish(&d, out, err);
	if (rc == 0)
		rc = load_writing(&d, f, out, err);
	return rc ? rc : check(&d, out, err);
}

/* ---- putting ---- */

static int put_comment(struct ledgerbook *book, const struct notice_draft *d,
                       const struct notice_act *act, struct err *err)
{
	struct notice_act said = *act;
	char text[128];

	if (act->reason.n == 0) {
		snprintf(text, sizeof(text), "asked for again: %zu of its domains", d->told);
		said.reason = slice_str(text);
	}
	return notices_put_comment(book, d->open, &said, NULL, 0, err);
}

int notice_draft_put(struct ledgerbook *book, const struct notice_draft *d,
                     const struct notice_act *act, struct sha256 *id, bool *is_new, struct err *err)
{
	int rc = 0;

	*is_new = false;
	if (d->failure_n)
		return err_set(err, ERR_REFUSED, 0, "%.*s: %s: %.*s",
		               SLICE_ARG(d->notice.recipient.name),
		               notice_condition_name(d->failure[0].condition),
		               SLICE_ARG(d->failure[0].why));
	if (d->open && d->told)
		rc = put_comment(book, d, act, err);
	if (rc == 0 && d->notice.annex_n)
		rc = notices_put_draft(book, &d->notice, &d->writing, act, d->follows, id, is_new,
		                       err);
	return rc;
}
