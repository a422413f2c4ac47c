#include "cmd/notice_show.h"

#include "model/evidence.h"
#include "model/record.h"
#include "wire/timestamp.h"

#include <string.h>

enum notice_outcome notice_whole(const struct notice_file *f)
{
	size_t count[NOTICE_OUTCOMES] = { 0 };

	if (f->state == NOTICE_WITHDRAWN)
		return OUTCOME_WITHDRAWN;
	for (size_t i = 0; i < f->line_n; i++)
		count[f->line[i].outcome]++;
	for (size_t o = 0; o < NOTICE_OUTCOMES; o++)
		if (count[o] == f->line_n)
			return (enum notice_outcome)o;
	return count[OUTCOME_ACTED] ? OUTCOME_PARTLY : OUTCOME_PENDING;
}

/* ---- text ---- */

static void put_counts(const struct notice_file *f, struct buf *out)
{
	size_t count[NOTICE_OUTCOMES] = { 0 };
	const char *between = ": ";

	for (size_t i = 0; i < f->line_n; i++)
		count[f->line[i].outcome]++;
	buf_printf(out, "%zu domain%s", f->line_n, f->line_n == 1 ? "" : "s");
	if (f->sent_at == NOTICE_NEVER)
		return;
	for (size_t o = 0; o < NOTICE_OUTCOMES; o++)
		if (count[o]) {
			buf_printf(out, "%s%zu %s", between, count[o],
			           notice_outcome_name((enum notice_outcome)o));
			between = ", ";
		}
}

static const char *state_word(const struct notice_file *f)
{
	return notice_is_uncertain(f->state) ? "uncertain" : notice_state_name(f->state);
}

void notice_put_line(const struct notice_file *f, struct buf *out)
{
	buf_printf(out, "%.*s  %-10s %-9s %.*s: ", SLICE_ARG(f->reference), state_word(f),
	           notice_to_name(f->to), SLICE_ARG(f->party_name));
	put_counts(f, out);
	buf_putc(out, '\n');
}

static void put_at(const char *label, int64_t at, struct buf *out)
{
	char text[TIMESTAMP_SIZE];

	if (at == NOTICE_NEVER)
		return;
	timestamp_format(at, text);
	buf_printf(out, "  %-12s %s\n", label, text);
}

static void put_row(const char *label, struct slice value, struct buf *out)
{
	if (value.n)
		buf_printf(out, "  %-12s %.*s\n", label, SLICE_ARG(value));
}

static void put_subject(const struct notice_line *l, struct buf *out)
{
	char at[TIMESTAMP_SIZE];

	buf_printf(out, "    %-40.*s %s", SLICE_ARG(l->subject.key),
	           notice_outcome_name(l->outcome));
	if (l->outcome_at != NOTICE_NEVER) {
		timestamp_format(l->outcome_at, at);
		buf_printf(out, " %s", at);
	}
	if (l->sign.n)
		buf_printf(out, " (%.*s)", SLICE_ARG(l->sign));
	if (l->moved_to.n)
		buf_printf(out, " to %.*s", SLICE_ARG(l->moved_to));
	buf_putc(out, '\n');
}

static void put_reply(const struct notice_reply *r, struct buf *out)
{
	char at[TIMESTAMP_SIZE];

	timestamp_format(r->at, at);
	buf_printf(out, "    %s %s", at, reply_class_name(r->class));
	if (r->ticket.n)
		buf_printf(out, " %.*s", SLICE_ARG(r->ticket));
	if (r->diagnostic.n)
		buf_printf(out, ": %.*s", SLICE_ARG(r->diagnostic));
	else if (r->words.n)
		buf_printf(out, ": \"%.*s\"", SLICE_ARG(r->words));
	buf_putc(out, '\n');
}

void notice_put_text(const struct notice_file *f, struct buf *out)
{
	notice_put_line(f, out);
	put_row("case", f->case_name, out);
	buf_printf(out, "  %-12s %s, asks: %s (%s)\n", "about", notice_matter_name(f->matter),
	           notice_action_name(f->action), notice_purpose_name(f->purpose));
	put_row("address", f->address.n ? f->address : f->form, out);
	put_row("subject", f->mail_subject, out);
	put_row("mandate", f->mandate, out);
	put_row("on behalf of", f->on_behalf, out);
	put_row("paid by", f->sponsor, out);
	put_row("written by", f->by, out);
	put_at("written", f->at, out);
	for (size_t i = 0; i < f->approved_n; i++)
		put_row("approved by", f->approved_by[i], out);
	put_at(notice_is_uncertain(f->state) ? "handed over" : "sent", f->sent_at, out);
	if (notice_is_uncertain(f->state))
		buf_puts(out,
		         "               nobody knows whether it arrived: --again sends it again, "
		         "under the same Message-ID\n");
	put_row("Message-ID", f->message_id, out);
	put_row("server", f->answer, out);
	buf_puts(out, "  domains\n");
	for (size_t i = 0; i < f->line_n; i++)
		put_subject(&f->line[i], out);
	if (f->reply_n)
		buf_puts(out, "  answers\n");
	for (size_t i = 0; i < f->reply_n; i++)
		put_reply(&f->reply[i], out);
	if (f->comments)
		buf_printf(out, "  asked for again %zu time%s\n", f->comments,
		           f->comments == 1 ? "" : "s");
}

void notice_put_failures(const struct check_failure *failure, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct check_failure *f = &failure[i];
		buf_printf(out, "  %-13s ", notice_condition_name(f->condition));
		if (f->subject.n)
			buf_printf(out, "%.*s: ", SLICE_ARG(f->subject));
		buf_printf(out, "%.*s\n", SLICE_ARG(f->why));
		if (f->todo.n)
			buf_printf(out, "                %.*s\n", SLICE_ARG(f->todo));
	}
}

/* ---- JSON ---- */

static int put_time(json_t *o, const char *field, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	if (t == NOTICE_NEVER)
		return 0;
	timestamp_format(t, text);
	return json_put_str(o, field, slice_str(text));
}

static int put_text(json_t *o, const char *field, struct slice s)
{
	return s.n ? json_put_str(o, field, s) : 0;
}

static json_t *line_json(const struct notice_line *l)
{
	json_t *o = json_object();
	int failed = json_put_new(
		o, "subject",
		record_subject_json(slice_str(subject_kind_name(l->subject.kind)), l->subject.key));

	failed |= put_text(o, "class", l->class);
	failed |= json_put_str(o, "outcome", slice_str(notice_outcome_name(l->outcome)));
	failed |= put_time(o, "at", l->outcome_at);
	failed |= put_text(o, "by", l->sign);
	failed |= put_text(o, "moved_to", l->moved_to);
	if (l->after_s >= 0)
		failed |= json_put_i64(o, "after_s", l->after_s);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *reply_json(const struct notice_reply *r)
{
	char address[EVIDENCE_ADDRESS_SIZE];
	json_t *o = json_object();
	int failed = put_time(o, "at", r->at);

	evidence_address_format(r->evidence, address);
	failed |= json_put_str(o, "class", slice_str(reply_class_name(r->class)));
	failed |= put_text(o, "ticket", r->ticket);
	failed |= put_text(o, "words", r->words);
	failed |= put_text(o, "diagnostic", r->diagnostic);
	failed |= json_put_str(o, "evidence", slice_str(address));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *recipient_json(const struct notice_file *f)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "kind", slice_str(notice_to_name(f->to)));

	failed |= json_put_str(o, "key", f->party);
	failed |= json_put_str(o, "name", f->party_name);
	failed |= put_text(o, "address", f->address);
	failed |= put_text(o, "form", f->form);
	if (f->iana_id)
		failed |= json_put_i64(o, "registrar_id", f->iana_id);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int put_state(json_t *o, const struct notice_file *f)
{
	int failed = json_put_str(o, "state", slice_str(notice_state_name(f->state)));

	failed |= json_put_flag(o, "uncertain", notice_is_uncertain(f->state));
	failed |= put_time(o, "sent", f->sent_at);
	failed |= put_text(o, "message_id", f->message_id);
	failed |= put_text(o, "answer", f->answer);
	if (f->attempts)
		failed |= json_put_i64(o, "attempts", f->attempts);
	if (f->comments)
		failed |= json_put_i64(o, "comments", (int64_t)f->comments);
	failed |= json_put_str(o, "outcome", slice_str(notice_outcome_name(notice_whole(f))));
	return failed;
}

static int put_lists(json_t *o, const struct notice_file *f)
{
	json_t *lines = json_array(), *replies = json_array(), *approved = json_array();
	int failed = 0;

	for (size_t i = 0; i < f->line_n; i++)
		failed |= json_add_new(lines, line_json(&f->line[i]));
	for (size_t i = 0; i < f->reply_n; i++)
		failed |= json_add_new(replies, reply_json(&f->reply[i]));
	for (size_t i = 0; i < f->approved_n; i++)
		failed |= json_add_str(approved, f->approved_by[i]);
	failed |= json_put_new(o, "domains", lines);
	failed |= json_put_new(o, "replies", replies);
	failed |= json_put_new(o, "approved_by", approved);
	return failed;
}

json_t *notice_json(const struct notice_file *f)
{
	json_t *o = json_object();
	char hex[SHA256_HEX];
	int failed = json_put_str(o, "reference", f->reference);

	sha256_hex(f->id, hex);
	failed |= json_put_str(o, "record", slice_str(hex));
	failed |= json_put_str(o, "case", f->case_name);
	failed |= json_put_str(o, "purpose", slice_str(notice_purpose_name(f->purpose)));
	failed |= json_put_str(o, "matter", slice_str(notice_matter_name(f->matter)));
	failed |= json_put_str(o, "action", slice_str(notice_action_name(f->action)));
	failed |= json_put_str(o, "basis", slice_str(notice_basis_name(f->basis)));
	failed |= json_put_new(o, "recipient", recipient_json(f));
	failed |= put_text(o, "mandate", f->mandate);
	failed |= put_text(o, "sponsor", f->sponsor);
	failed |= put_text(o, "on_behalf", f->on_behalf);
	failed |= put_text(o, "language", f->language);
	failed |= put_text(o, "mail_subject", f->mail_subject);
	failed |= json_put_str(o, "by", f->by);
	failed |= put_time(o, "at", f->at);
	if (!sha256_eq(f->follows, (struct sha256){ { 0 } })) {
		sha256_hex(f->follows, hex);
		failed |= json_put_str(o, "follows", slice_str(hex));
	}
	failed |= put_state(o, f) | put_lists(o, f);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

json_t *notice_failures_json(const struct check_failure *failure, size_t n)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		failed |= json_put_str(o, "condition",
		                       slice_str(notice_condition_name(failure[i].condition)));
		failed |= put_text(o, "subject", failure[i].subject);
		failed |= json_put_str(o, "why", failure[i].why);
		failed |= put_text(o, "todo", failure[i].todo);
		failed |= json_add_new(list, o);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}
