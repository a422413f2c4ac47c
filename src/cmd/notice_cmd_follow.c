/* assay notice follow: answers, then observations, then what follows from both; each is told of as
 * it is put. */
#include "cmd/notice_cmd.h"

#include "cmd/notice_follow.h"
#include "cmd/notice_mailbox.h"
#include "wire/timestamp.h"

static const char *const links[] = {
	[REPLY_UNLINKED] = "none",
	[REPLY_BY_ANSWER] = "answer",
	[REPLY_BY_REFERENCE] = "reference",
	[REPLY_BY_BOUNCE] = "bounce",
};

static bool is_text(const struct notice_cmd *m)
{
	return m->cmd->format == FORMAT_TEXT;
}

/* ---- mails ---- */

static json_t *mail_json(const struct notice_mail *mail)
{
	const struct notice_reply *r = mail->reply;
	json_t *o = json_object();
	int failed = json_put_str(o, "mail", slice_str(mail->file));

	if (mail->of)
		failed |= json_put_str(o, "reference", mail->of->reference);
	failed |= json_put_str(o, "matched", slice_str(links[mail->link]));
	failed |= json_put_str(o, "class", slice_str(reply_class_name(r->class)));
	if (r->ticket.n)
		failed |= json_put_str(o, "ticket", r->ticket);
	if (r->words.n)
		failed |= json_put_str(o, "words", r->words);
	if (r->diagnostic.n)
		failed |= json_put_str(o, "diagnostic", r->diagnostic);
	if (r->stranger)
		failed |= json_put_flag(o, "stranger", true);
	if (mail->fault)
		failed |= json_put_str(o, "fault", slice_str(mail->fault));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int tell_mail(void *ctx, const struct notice_mail *mail, struct err *err)
{
	struct notice_cmd *m = ctx;
	const struct notice_reply *r = mail->reply;
	struct buf out = { 0 };

	if (is_text(m)) {
		buf_printf(&out, "%.*s  %-15s %s", SLICE_ARG(mail->of ? mail->of->reference
		                                                  : SLICE("unmatched         ")),
		           reply_class_name(r->class), mail->file);
		if (r->ticket.n)
			buf_printf(&out, ", number %.*s", SLICE_ARG(r->ticket));
		if (r->stranger)
			buf_puts(&out, ", from elsewhere");
		struct slice words = r->diagnostic.n ? r->diagnostic : r->words;
		if (mail->fault)
			buf_printf(&out, ": %s", mail->fault);
		else if (words.n)
			buf_printf(&out, "\n    %.*s", SLICE_ARG(words));
		buf_putc(&out, '\n');
	}
	int rc = notice_cmd_print(m, is_text(m) ? NULL : mail_json(mail), &out, err);
	buf_release(&out);
	return rc;
}

static int read_mailbox(struct notice_cmd *m, struct err *err)
{
	const char *folder = m->mailbox ? m->mailbox : m->cmd->config.notice.mailbox;
	struct notice_mailbox box = { .desk = &m->desk, .book = &m->book, .known = m->list,
		                      .known_n = m->n, .told = tell_mail, .ctx = m };

	if (!folder)
		return 0;
	int rc = notice_mailbox_read(&box, folder, err);
	if (box.too_long)
		fprintf(stderr, "assay: %s: %zu files are too long for a mail: left there\n",
		        folder, box.too_long);
	return rc ? rc : ledgerbook_sync(&m->book, NULL, err);
}

/* ---- outcomes ---- */

static int tell_outcome(void *ctx, const struct notice_file *f, const struct notice_observed *o,
                        struct err *err)
{
	struct notice_cmd *m = ctx;
	const struct notice_line *l = &f->line[o->line];
	struct buf out = { 0 };
	json_t *object = NULL;
	char at[TIMESTAMP_SIZE];

	timestamp_format(o->at, at);
	if (is_text(m)) {
		buf_printf(&out, "%.*s  %-15s %.*s, by %.*s, %s", SLICE_ARG(f->reference),
		           notice_outcome_name(o->outcome), SLICE_ARG(l->subject.key),
		           SLICE_ARG(o->by), at);
		if (o->moved_to.n)
			buf_printf(&out, ", to %.*s", SLICE_ARG(o->moved_to));
		buf_putc(&out, '\n');
	} else {
		object = json_object();
		int failed = json_put_str(object, "reference", f->reference);
		failed |= json_put_str(object, "domain", l->subject.key);
		failed |= json_put_str(object, "outcome",
		                       slice_str(notice_outcome_name(o->outcome)));
		failed |= json_put_str(object, "by", o->by);
		failed |= json_put_str(object, "at", slice_str(at));
		if (o->moved_to.n)
			failed |= json_put_str(object, "moved_to", o->moved_to);
		if (failed) {
			json_decref(object);
			object = NULL;
		}
	}
	int rc = notice_cmd_print(m, object, &out, err);
	buf_release(&out);
	return rc;
}

/* ---- what follows ---- */

static json_t *followup_json(const struct notice_draft *d)
{
	const struct notice *n = &d->notice;
	json_t *o = json_object();
	int failed = json_put_str(o, "reference", n->reference);

	failed |= json_put_str(o, "purpose", slice_str(notice_purpose_name(n->purpose)));
	failed |= json_put_str(o, "kind", slice_str(notice_to_name(n->recipient.to)));
	failed |= json_put_str(o, "recipient", n->recipient.name);
	failed |= json_put_str(o, "party", n->recipient.key);
	failed |= json_put_i64(o, "domains", (int64_t)n->annex_n);
	failed |= json_put_flag(o, "passes", d->failure_n == 0);
	if (d->failure_n)
		failed |= json_put_new(o, "failures",
		                       notice_failures_json(d->failure, d->failure_n));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static void tell_followup(void *ctx, const struct notice_draft *d)
{
	struct notice_cmd *m = ctx;
	const struct notice *n = &d->notice;
	struct buf out = { 0 };

	/* All of it was told before: a comment on the open notice. */
	if (m->told_rc || n->annex_n == 0)
		return;
	if (is_text(m)) {
		buf_printf(&out, "%.*s  %-15s %s %.*s: %zu domain%s\n", SLICE_ARG(n->reference),
		           d->failure_n ? "refused" : notice_purpose_name(n->purpose),
		           notice_to_name(n->recipient.to), SLICE_ARG(n->recipient.name),
		           n->annex_n, n->annex_n == 1 ? "" : "s");
		notice_put_failures(d->failure, d->failure_n, &out);
	}
	m->told_rc = notice_cmd_print(m, is_text(m) ? NULL : followup_json(d), &out, m->err);
	buf_release(&out);
}

/* ---- still up ---- */

static void put_survival(const struct outcome_still *row, size_t n, struct buf *out)
{
	buf_puts(out, "\nafter    told  acted upon  moved  still up  not so long yet\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%2lld days  %4zu  %10zu  %5zu  %8zu  %15zu\n",
		           (long long)row[i].days, row[i].told, row[i].acted, row[i].moved,
		           row[i].up, row[i].open);
}

static json_t *survival_json(const struct outcome_still *row, size_t n)
{
	json_t *o = json_object(), *list = json_array();
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		json_t *one = json_object();
		failed |= json_put_i64(one, "days", row[i].days);
		failed |= json_put_i64(one, "told", (int64_t)row[i].told);
		failed |= json_put_i64(one, "acted", (int64_t)row[i].acted);
		failed |= json_put_i64(one, "moved", (int64_t)row[i].moved);
		failed |= json_put_i64(one, "up", (int64_t)row[i].up);
		failed |= json_put_i64(one, "open", (int64_t)row[i].open);
		failed |= json_add_new(list, one);
	}
	failed |= json_put_new(o, "survival", list);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int print_survival(struct notice_cmd *m, struct err *err)
{
	struct outcome_still row[] = { { .days = 1 }, { .days = 7 }, { .days = 14 },
		                       { .days = 30 }, { .days = 90 } };
	size_t rows = sizeof(row) / sizeof(row[0]), n = 0;
	struct outcome_survivor *list = NULL;
	struct buf out = { 0 };
	int rc = notice_survivors(m->list, m->n, m->cmd->at, &m->arena, &list, &n, err);

	if (rc || n == 0)
		return rc;
	outcome_survival(list, n, row, rows);
	if (is_text(m))
		put_survival(row, rows, &out);
	rc = notice_cmd_print(m, is_text(m) ? NULL : survival_json(row, rows), &out, err);
	buf_release(&out);
	return rc;
}

/* ---- the command ---- */

static int load_again(struct notice_cmd *m, struct err *err)
{
	return notices_load(m->store, &m->arena, &m->list, &m->n, err);
}

/* Each is looked at with what the one before has put: a name that moved on is told of as moved, and
 * what was corrected is not sent to the next one first. */
static int follow_on(struct notice_cmd *m,
                     int (*what)(struct notice_followup *u, struct err *err), struct err *err)
{
	struct notice_followup u = { .desk = &m->desk, .book = &m->book, .known = m->list,
		                     .known_n = m->n, .told = tell_followup, .ctx = m };
	int rc = what(&u, err);

	if (rc == 0)
		rc = m->told_rc;
	return rc ? rc : load_again(m, err);
}

int notice_cmd_follow(struct notice_cmd *m, struct err *err)
{
	struct notice_watch watch = { .desk = &m->desk, .book = &m->book, .told = tell_outcome,
		                      .ctx = m };
	int rc = 0;

	if (m->dry_run)
		return err_set(err, ERR_USAGE, 0, "to follow is to put what came back");
	m->err = err;
	rc = read_mailbox(m, err);
	if (rc == 0)
		rc = load_again(m, err);
	if (rc == 0)
		rc = notice_watch_outcomes(&watch, m->list, m->n, err);
	if (rc == 0)
		rc = load_again(m, err);
	if (rc == 0)
		rc = follow_on(m, notice_retractions, err);
	if (rc == 0)
		rc = follow_on(m, notice_watch_escapes, err);
	if (rc == 0)
		rc = print_survival(m, err);
	return rc ? rc : notice_cmd_send_due(m, err);
}
