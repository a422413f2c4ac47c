#include "act/complaint.h"

#include "model/evidence.h"
#include "wire/json.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

#include <inttypes.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400, WORDS_MAX = 600 };

/* ---- whether ---- */

static struct slice tld_of(struct slice name)
{
	size_t at = name.n;

	while (at && name.p[at - 1] != '.')
		at--;
	return slice_sub(name, at, name.n);
}

static bool is_bound(const struct complaint_line *l, const struct basis_table *basis)
{
	bool named = l->subject.kind == SUBJECT_REGISTRABLE || l->subject.kind == SUBJECT_HOST;

	return named && basis_is_generic(basis, tld_of(l->subject.key));
}

/* It was told of it, and nothing was done. */
static bool is_open(const struct complaint_line *l)
{
	switch (l->outcome) {
	case OUTCOME_PENDING:
	case OUTCOME_ACKNOWLEDGED:
	case OUTCOME_REFUSED:
	case OUTCOME_SILENT: return true;
	default: return false;
	}
}

static const struct complaint_reply *first_answer(const struct complaint *c)
{
	for (size_t i = 0; i < c->reply_n; i++)
		if (!slice_eq_str(c->reply[i].class, "bounce") &&
		    !slice_eq_str(c->reply[i].class, "delay"))
			return &c->reply[i];
	return NULL;
}

static bool has_bounced(const struct complaint *c)
{
	for (size_t i = 0; i < c->reply_n; i++)
		if (slice_eq_str(c->reply[i].class, "bounce"))
			return true;
	for (size_t i = 0; i < c->line_n; i++)
		if (c->line[i].outcome == OUTCOME_BOUNCED)
			return true;
	return false;
}

static int refuse(struct err *err, const char *why)
{
	return err_set(err, ERR_REFUSED, 0, "no complaint: %s", why);
}

static int check_told(const struct complaint *c, struct err *err)
{
	if (c->to != NOTICE_REGISTRAR)
		return refuse(err,
		              "ICANN's contract binds registrars, and this notice went to another");
	if (c->purpose != PURPOSE_REQUEST && c->purpose != PURPOSE_ARRIVED)
		return refuse(err, "the notice asks for nothing");
	if (c->withdrawn)
		return refuse(err, "the notice was withdrawn");
	if (c->undelivered || c->sent_at == NOTICE_NEVER)
		return refuse(err, "the registrar was not told: no server took the notice");
	if (c->uncertain && !first_answer(c))
		return refuse(err, "nobody knows whether the registrar was told");
	if (has_bounced(c) && !first_answer(c))
		return refuse(
			err,
			"the registrar was not told: the mail bounced; tell it otherwise first");
	return 0;
}

int complaint_check(const struct complaint *c, const struct basis_table *basis, struct err *err)
{
	size_t bound = 0, open = 0, acted = 0;
	int rc = check_told(c, err);

	for (size_t i = 0; i < c->line_n; i++) {
		bound += is_bound(&c->line[i], basis);
		open += is_bound(&c->line[i], basis) && is_open(&c->line[i]);
		acted += is_bound(&c->line[i], basis) && c->line[i].outcome == OUTCOME_ACTED;
	}
	if (rc)
		return rc;
	if (!bound)
		return refuse(err,
		              "country-code registries stand outside of ICANN's contracts, and no "
		              "generic name is in the notice");
	if (!open)
		return refuse(err, acted ? "the registrar acted"
		                         : "nothing is open with this registrar any more");
	if (c->now < c->sent_at + c->act_s) {
		char until[TIMESTAMP_SIZE];
		timestamp_format(c->sent_at + c->act_s, until);
		return err_set(err, ERR_REFUSED, 0, "no complaint: the registrar has time until %s",
		               until);
	}
	return 0;
}

/* ---- the text ---- */

static int put(struct buf *out, const char *lead, struct slice text, struct err *err)
{
	return wrap_put(text, lead, out, err);
}

/* A line of label and value; what came from outside is made harmless. */
static int field(struct buf *out, const char *label, struct slice value, struct err *err)
{
	struct buf line = { 0 };

	if (!value.n)
		return 0;
	buf_printf(&line, "%s: ", label);
	wrap_put_foreign(value, WORDS_MAX, &line);
	int rc = buf_ok(&line) ? put(out, "  ", buf_slice(&line), err)
	                       : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&line);
	return rc;
}

static int field_time(struct buf *out, const char *label, int64_t at, struct err *err)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(at, text);
	return field(out, label, slice_str(text), err);
}

static void head(struct buf *out, const char *text)
{
	buf_printf(out, "\n%s\n", text);
	for (size_t i = 0; i < strlen(text); i++)
		buf_putc(out, '-');
	buf_putc(out, '\n');
}

static int put_parties(const struct complaint *c, struct buf *out, struct err *err)
{
	char id[32];
	int rc = 0;

	buf_puts(out, "Complaint to ICANN Contractual Compliance about a registrar\n");
	for (int i = 0; i < 59; i++)
		buf_putc(out, '=');
	buf_puts(out, "\n\n");
	rc = field(out, "Registrar", c->name, err);
	snprintf(id, sizeof(id), "%" PRId64, c->iana_id);
	if (rc == 0 && c->iana_id)
		rc = field(out, "Number at IANA", slice_str(id), err);
	if (rc == 0)
		rc = field(out, "Complaint by", c->sender, err);
	if (rc == 0)
		rc = field(out, "Mail", c->sender_mail, err);
	if (rc == 0)
		rc = field(out, "On behalf of", c->on_behalf, err);
	if (rc == 0)
		rc = field(out, "Paid by", c->sponsor, err);
	return rc ? rc : field_time(out, "Date", c->now, err);
}

static bool on_mandate(const struct complaint *c)
{
	return c->basis == BASIS_MANDATE && c->mandate.n;
}

static int put_clauses(const struct complaint *c, struct buf *out, struct err *err)
{
	const struct complaint_reply *answer = first_answer(c);
	int rc;

	head(out, "1. Clauses");
	rc = put(
		out, "  - ",
		SLICE("RAA 2013 as amended on 5 April 2024, 3.18.1: a registrar takes "
	              "reasonable and prompt steps to investigate reports of abuse and responds to them."),
		err);
	if (rc == 0)
		rc = put(
			out, "    ",
			answer ? SLICE("It answered, and what it was told of is still there: "
		                        "section 4.")
			       : SLICE("It did not answer, and what it was told of is still there: "
		                       "section 4."),
			err);
	if (rc == 0 && on_mandate(c)) {
		rc = put(
			out, "  - ",
			SLICE("RAA 2013 as amended on 5 April 2024, 3.18.3: well-founded reports of "
		               "illegal "
		              "activity by an authority that is designated where the registrar is "
		              "established are reviewed within 24 hours. The notice was sent under "
		               "such an "
		              "authority's mandate."),
			err);
		if (rc == 0)
			rc = field(out, "Mandate", c->mandate, err);
	}
	if (rc == 0)
		rc = put(out, "  - ",
		         SLICE("3.18.2 (DNS abuse) is not relied on: this is about content."), err);
	return rc;
}

static int put_entries(const struct complaint *c, struct buf *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->entry_n; i++) {
		const struct complaint_entry *e = &c->entry[i];
		char at[TIMESTAMP_SIZE];
		struct buf line = { 0 };
		timestamp_format(e->at, at);
		buf_printf(&line, "%.*s on %s", SLICE_ARG(e->state), at);
		if (e->index >= 0)
			buf_printf(&line, ", entry %" PRId64 " of the ledger", e->index);
		if (e->path.n)
			buf_printf(&line, ", proof: %.*s", SLICE_ARG(e->path));
		rc = put(out, "  - ", buf_slice(&line), err);
		buf_release(&line);
	}
	return rc;
}

static int put_proof_of_notice(const struct complaint *c, struct buf *out, struct err *err)
{
	int rc;

	head(out, "2. The registrar was told first");
	rc = field(out, "Notice", c->reference, err);
	if (rc == 0)
		rc = field_time(out, "Sent", c->sent_at, err);
	if (rc == 0)
		rc = field(out, "To", c->address, err);
	if (rc == 0)
		rc = field(out, "Message-ID", c->message_id, err);
	if (rc == 0)
		rc = field(out, "The mail server that took it said", c->answer, err);
	if (rc == 0)
		rc = field(out, "Asked for", slice_str(notice_action_name(c->action)), err);
	if (rc == 0)
		rc = put(
			out, "  ",
			SLICE("Each step was entered into an append-only ledger when it was done:"),
			err);
	return rc ? rc : put_entries(c, out, err);
}

static int put_clocks(const struct complaint *c, struct buf *out, struct err *err)
{
	const struct complaint_reply *answer = first_answer(c);
	char days[40];
	int rc;

	head(out, "3. Clocks");
	rc = field_time(out, "Told", c->sent_at, err);
	if (rc == 0 && on_mandate(c))
		rc = field_time(out, "Review due (3.18.3: 24 hours)", c->sent_at + DAY, err);
	if (rc == 0)
		rc = field_time(out, "An answer was expected until", c->sent_at + c->acknowledge_s,
		                err);
	if (rc == 0)
		rc = answer ? field_time(out, "First answer", answer->at, err)
		            : field(out, "First answer", SLICE("none"), err);
	if (rc == 0)
		rc = field_time(out, "An effect was expected until", c->sent_at + c->act_s, err);
	snprintf(days, sizeof(days), "%" PRId64 " days, %" PRId64 " hours",
	         (c->now - c->sent_at) / DAY, (c->now - c->sent_at) % DAY / HOUR);
	return rc ? rc : field(out, "Since it was told", slice_str(days), err);
}

static int put_line(const struct complaint_line *l, struct buf *out, struct err *err)
{
	static const struct sha256 none;
	char at[TIMESTAMP_SIZE], hex[SHA256_HEX];
	struct buf line = { 0 };

	buf_printf(&line, "%.*s: %.*s", SLICE_ARG(l->subject.key), SLICE_ARG(l->class));
	if (!sha256_eq(l->decision, none)) {
		sha256_hex(l->decision, hex);
		buf_printf(&line, " by decision %.16s", hex);
	}
	buf_printf(&line, "; %s", notice_outcome_name(l->outcome));
	if (l->outcome_at != NOTICE_NEVER) {
		timestamp_format(l->outcome_at, at);
		buf_printf(&line, " since %s", at);
	}
	if (l->seen_at != NOTICE_NEVER) {
		timestamp_format(l->seen_at, at);
		buf_printf(&line, "; last seen %s: %.*s", at, SLICE_ARG(l->state));
		if (l->sign.n)
			buf_printf(&line, " (%.*s)", SLICE_ARG(l->sign));
		if (!sha256_eq(l->observation, none)) {
			sha256_hex(l->observation, hex);
			buf_printf(&line, ", observation %.16s", hex);
		}
	} else {
		buf_puts(&line, "; not looked at since the notice");
	}
	int rc = buf_ok(&line) ? put(out, "  - ", buf_slice(&line), err)
	                       : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&line);
	return rc;
}

static int put_lines(const struct complaint *c, const struct basis_table *basis, struct buf *out,
                     struct err *err)
{
	size_t done = 0, foreign = 0;
	int rc = 0;

	head(out, "4. What is still open with this registrar");
	for (size_t i = 0; rc == 0 && i < c->line_n; i++) {
		const struct complaint_line *l = &c->line[i];
		foreign += !is_bound(l, basis);
		done += is_bound(l, basis) && !is_open(l);
		if (is_bound(l, basis) && is_open(l))
			rc = put_line(l, out, err);
	}
	if (rc == 0 && done) {
		head(out, "5. What is not complained of");
		for (size_t i = 0; rc == 0 && i < c->line_n; i++)
			if (is_bound(&c->line[i], basis) && !is_open(&c->line[i]))
				rc = put_line(&c->line[i], out, err);
	}
	if (rc == 0 && foreign) {
		if (!done)
			head(out, "5. What is not complained of");
		rc = put(
			out, "  ",
			SLICE("Country-code registries stand outside of ICANN's contracts. Of the "
		               "notice these "
		              "are no part of the complaint:"),
			err);
	}
	for (size_t i = 0; rc == 0 && i < c->line_n; i++)
		if (!is_bound(&c->line[i], basis))
			rc = put(out, "  - ", c->line[i].subject.key, err);
	if (rc == 0 && !done && !foreign) {
		head(out, "5. What is not complained of");
		rc = put(out, "  ", SLICE("Nothing else was in the notice."), err);
	}
	return rc;
}

static int put_replies(const struct complaint *c, struct buf *out, struct err *err)
{
	int rc = 0;

	head(out, "6. Answers");
	if (!c->reply_n)
		return put(out, "  ", SLICE("None came."), err);
	for (size_t i = 0; rc == 0 && i < c->reply_n; i++) {
		const struct complaint_reply *r = &c->reply[i];
		char at[TIMESTAMP_SIZE];
		struct buf line = { 0 };
		timestamp_format(r->at, at);
		buf_printf(&line, "%s: %.*s", at, SLICE_ARG(r->class));
		if (r->ticket.n) {
			buf_puts(&line, ", ticket ");
			wrap_put_foreign(r->ticket, 60, &line);
		}
		if (r->words.n) {
			buf_puts(&line, ": \"");
			wrap_put_foreign(r->words, WORDS_MAX, &line);
			buf_putc(&line, '"');
		}
		rc = put(out, "  - ", buf_slice(&line), err);
		buf_release(&line);
	}
	return rc ? rc
	          : put(out, "  ",
	                SLICE("What an answer claims is not taken for an effect; what was "
	                      "observed is in section 4."),
	                err);
}

static int put_evidence(const struct complaint *c, struct buf *out, struct err *err)
{
	size_t held = 0, given = 0;
	char text[200];
	int rc;

	for (size_t i = 0; i < c->evidence_n; i++) {
		given += c->evidence[i].path.n > 0;
		held += c->evidence[i].path.n == 0;
	}
	head(out, "7. Evidence");
	snprintf(
		text, sizeof(text),
		"manifest.json names %zu files of this folder by SHA-256, media type and length, "
	         "and %zu "
		"that are not handed out.",
		given, held);
	rc = put(out, "  ", slice_str(text), err);
	if (rc == 0)
		rc = put(
			out, "  ",
			SLICE("Restricted evidence (mail, registration data) may name people and "
		               "stays "
		              "sealed; its digest allows to check it later. Proofs of the ledger can "
		               "be "
		              "checked without us: assay ledger verify FILE."),
			err);
	return rc;
}

int complaint_write(const struct complaint *c, const struct basis_table *basis, struct buf *out,
                    struct err *err)
{
	int rc = put_parties(c, out, err);

	if (rc == 0)
		rc = put_clauses(c, out, err);
	if (rc == 0)
		rc = put_proof_of_notice(c, out, err);
	if (rc == 0)
		rc = put_clocks(c, out, err);
	if (rc == 0)
		rc = put_lines(c, basis, out, err);
	if (rc == 0)
		rc = put_replies(c, out, err);
	if (rc == 0)
		rc = put_evidence(c, out, err);
	return rc || buf_ok(out) ? rc : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- the manifest ---- */

static int add_evidence(json_t *list, const struct complaint_evidence *e)
{
	json_t *o = json_object();
	char address[EVIDENCE_ADDRESS_SIZE];
	int failed;

	evidence_address_format(e->address, address);
	failed = json_put_str(o, "address", slice_str(address));
	failed |= json_put_str(o, "what", e->what);
	if (e->class.n)
		failed |= json_put_str(o, "class", e->class);
	if (e->media_type.n)
		failed |= json_put_str(o, "media_type", e->media_type);
	if (e->class.n)
		failed |= json_put_i64(o, "length", (int64_t)e->length);
	if (e->path.n)
		failed |= json_put_str(o, "path", e->path);
	return failed | json_add_new(list, o);
}

static int add_entry(json_t *list, const struct complaint_entry *e)
{
	json_t *o = json_object();
	char at[TIMESTAMP_SIZE], hex[SHA256_HEX];
	int failed;

	timestamp_format(e->at, at);
	sha256_hex(e->record, hex);
	failed = json_put_str(o, "state", e->state);
	failed |= json_put_str(o, "at", slice_str(at));
	failed |= json_put_str(o, "record", slice_str(hex));
	if (e->index >= 0)
		failed |= json_put_i64(o, "entry", e->index);
	if (e->path.n)
		failed |= json_put_str(o, "proof", e->path);
	return failed | json_add_new(list, o);
}

int complaint_manifest(const struct complaint *c, struct buf *out, struct err *err)
{
	json_t *o = json_object(), *files = json_array(), *withheld = json_array(),
	       *entries = json_array();
	char now[TIMESTAMP_SIZE];
	int failed = 0;

	timestamp_format(c->now, now);
	for (size_t i = 0; i < c->evidence_n; i++)
		failed |= add_evidence(c->evidence[i].path.n ? files : withheld, &c->evidence[i]);
	for (size_t i = 0; i < c->entry_n; i++)
		failed |= add_entry(entries, &c->entry[i]);
	failed |= json_put_str(o, "type", SLICE("complaint"));
	failed |= json_put_i64(o, "v", 1);
	failed |= json_put_str(o, "at", slice_str(now));
	failed |= json_put_str(o, "reference", c->reference);
	failed |= json_put_str(o, "case", c->case_name);
	failed |= json_put_str(o, "party", c->party);
	if (c->message_id.n)
		failed |= json_put_str(o, "message_id", c->message_id);
	failed |= json_put_new(o, "files", files);
	failed |= json_put_new(o, "withheld", withheld);
	failed |= json_put_new(o, "ledger", entries);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, out, err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}
