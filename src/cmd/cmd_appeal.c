/* assay appeal [list|show ID|add SUBJECT|review ID|answer ID|withdraw ID]: the operator's own words,
 * and what became of them. */
#include "cmd/appeals.h"
#include "cmd/cmd.h"
#include "cmd/rulebook.h"
#include "sys/file.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

struct appeal {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	const char *from, *contact, *lang, *reference, *received, *by, *outcome, *reason, *not_of;
	bool is_reply;
};

/* ---- showing ---- */

static int put_time(json_t *o, const char *field, int64_t t)
{
	char at[TIMESTAMP_SIZE];

	timestamp_format(t, at);
	return json_put_str(o, field, slice_str(at));
}

static json_t *file_json(const struct appeal_file *f)
{
	json_t *o = json_object(), *decisions = json_array();
	char hex[SHA256_HEX];
	int failed = 0;

	for (size_t i = 0; i < f->decision_n; i++) {
		sha256_hex(f->decision[i], hex);
		failed |= json_add_str(decisions, slice_str(hex));
	}
	sha256_hex(f->id, hex);
	failed |= json_put_str(o, "record", slice_str(hex));
	failed |= json_put_str(o, "type", f->is_reply ? SLICE("reply") : SLICE("appeal"));
	failed |= json_put_new(
		o, "subject",
		record_subject_json(slice_str(subject_kind_name(f->subject.kind)), f->subject.key));
	failed |= put_time(o, "received", f->received);
	failed |= json_put_str(o, "words", f->words);
	failed |= json_put_new(o, "decisions", decisions);
	if (f->lang.n)
		failed |= json_put_str(o, "lang", f->lang);
	if (f->reference.n)
		failed |= json_put_str(o, "reference", f->reference);
	if (!f->is_reply)
		failed |= json_put_str(o, "state", slice_str(appeal_state_name(f->state)));
	if (f->by.n)
		failed |= json_put_str(o, "by", f->by);
	if (f->state == APPEAL_ANSWERED) {
		failed |= json_put_str(o, "outcome", slice_str(appeal_outcome_name(f->outcome)));
		failed |= json_put_str(o, "reason", f->reason);
		failed |= put_time(o, "answered", f->at);
		failed |= json_put_flag(o, "correction_due", f->correction_due);
	}
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static void put_text(const struct appeal_file *f, struct buf *out)
{
	char hex[SHA256_HEX], at[TIMESTAMP_SIZE];

	sha256_hex(f->id, hex);
	timestamp_format(f->received, at);
	buf_printf(out, "%.12s  %s of %.*s, received %s", hex, f->is_reply ? "reply" : "appeal",
	           SLICE_ARG(f->subject.key), at);
	if (!f->is_reply)
		buf_printf(out, ": %s", appeal_state_name(f->state));
	if (f->state == APPEAL_ANSWERED) {
		timestamp_format(f->at, at);
		buf_printf(out, " %s by %.*s, %s", at, SLICE_ARG(f->by),
		           appeal_outcome_name(f->outcome));
	}
	buf_putc(out, '\n');
	if (f->correction_due)
		buf_puts(out, "    a correction must follow: assay review decide\n");
}

static int put_file(const struct appeal *m, const struct appeal_file *f, struct buf *out,
                    struct err *err)
{
	if (m->cmd->format == FORMAT_TEXT) {
		put_text(f, out);
		return 0;
	}
	json_t *o = file_json(f);
	int rc = o ? json_canonical(o, out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

/* By its record's id, or the beginning of that. */
static struct appeal_file *find_file(struct appeal_file *list, size_t n, struct slice word)
{
	for (size_t i = 0; i < n; i++) {
		char id[SHA256_HEX];
		sha256_hex(list[i].id, id);
		if (word.n >= 8 && slice_starts(slice_str(id), word))
			return &list[i];
	}
	return NULL;
}

static int do_list(struct appeal *m, struct err *err)
{
	struct arena a = { 0 };
	struct appeal_file *list = NULL;
	struct buf out = { 0 };
	size_t n = 0;
	int rc = appeals_load(m->store, NULL, &a, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = put_file(m, &list[i], &out, err);
		if (rc == 0)
			rc = cmd_put_out(&out, err);
	}
	buf_release(&out);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}

/* For people also the words as they came and how to reach who wrote: the desk's own terminal. */
static int put_letter(struct appeal *m, const struct appeal_file *f, struct buf *out,
                      struct err *err)
{
	struct buf text = { 0 }, contact = { 0 };
	json_t *o = NULL;
	int rc = f->evidence_n
	                 ? store_get_evidence(m->store, f->evidence[0], &text, NULL, NULL, err)
	                 : 0;

	if (rc == 0 && f->evidence_n > 1)
		rc = store_get_evidence(m->store, f->evidence[1], &contact, NULL, NULL, err);
	if (rc == 0 && contact.n)
		rc = json_parse_object(buf_slice(&contact), STORE_BODY_MAX, &o, err);
	if (rc == 0 && o)
		buf_printf(out, "    contact: %.*s\n", SLICE_ARG(json_str(o, "contact")));
	if (rc == 0) {
		buf_putc(out, '\n');
		buf_put(out, buf_slice(&text));
		buf_putc(out, '\n');
	}
	if (rc == 0 && f->reason.n)
		buf_printf(out, "\nAnswer: %.*s\n", SLICE_ARG(f->reason));
	json_decref(o);
	buf_release(&text);
	buf_release(&contact);
	return rc;
}

static int do_show(struct appeal *m, struct err *err)
{
	struct arena a = { 0 };
	struct appeal_file *list = NULL, *f = NULL;
	struct buf out = { 0 };
	size_t n = 0;
	int rc = appeals_load(m->store, NULL, &a, &list, &n, err);

	if (rc == 0)
		f = find_file(list, n, slice_str(m->cmd->argv[1]));
	if (rc == 0 && f)
		rc = put_file(m, f, &out, err);
	if (rc == 0 && f && m->cmd->format == FORMAT_TEXT)
		rc = put_letter(m, f, &out, err);
	if (rc == 0 && !f && m->cmd->format == FORMAT_TEXT)
		buf_printf(&out, "%s: no such appeal\n", m->cmd->argv[1]);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	arena_release(&a);
	return rc ? rc : f ? EXIT_DONE : EXIT_NO;
}

static int show_id(struct appeal *m, struct sha256 id, struct err *err)
{
	struct arena a = { 0 };
	struct appeal_file *list = NULL;
	struct buf out = { 0 };
	size_t n = 0;
	int rc = appeals_load(m->store, NULL, &a, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (sha256_eq(list[i].id, id))
			rc = put_file(m, &list[i], &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	arena_release(&a);
	return rc;
}

/* ---- acts ---- */

/* Do one thing as one transaction, signed before and after. */
static int in_ledger(struct appeal *m,
                     int (*put)(struct appeal *m, struct ledgerbook *book, void *ctx,
                                struct err *err),
                     void *ctx, struct err *err)
{
	struct ledgerbook book = { 0 };
	int rc = ledgerbook_open(m->store, &m->cmd->config, m->cmd->at, &book, err);

	/* An act that could not be signed is not begun. */
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0)
		rc = store_begin(m->store, err);
	if (rc == 0) {
		rc = put(m, &book, ctx, err);
		if (rc == 0)
			rc = store_commit(m->store, err);
		if (rc)
			store_rollback(m->store);
	}
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	ledgerbook_close(&book);
	return rc;
}

struct adding {
	struct appeal_letter letter;
	struct sha256 id;
};

static int put_added(struct appeal *m, struct ledgerbook *book, void *ctx, struct err *err)
{
	struct adding *add = ctx;
	bool is_new = false;

	return appeal_put(book, m->rules.suffixes, &add->letter, &add->id, &is_new, err);
}

static bool is_tag(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		      (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return s.n <= 35;
}

static int do_add(struct appeal *m, struct err *err)
{
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct adding add = { .letter = { .is_reply = m->is_reply,
		                          .contact = slice_str(m->contact),
		                          .lang = slice_str(m->lang),
		                          .reference = slice_str(m->reference),
		                          .received = m->cmd->at } };
	int rc = 0;

	if (!m->from)
		return err_set(err, ERR_USAGE, 0, "add takes the letter: --from FILE");
	if (!is_tag(add.letter.lang) || !is_tag(add.letter.reference))
		return err_set(err, ERR_USAGE, 0,
		               "--lang takes a tag such as ja, --reference one such as "
		               "A-0123456789abcdef");
	if (m->received)
		rc = timestamp_parse(slice_str(m->received), &add.letter.received, err);
	if (rc)
		return err_wrap(err, "--received");
	if (add.letter.received > m->cmd->at)
		return err_set(err, ERR_USAGE, 0, "--received %s is in the future", m->received);
	rc = file_read(m->from, APPEAL_TEXT_MAX, &text, err);
	add.letter.text = buf_slice(&text);
	if (rc == 0)
		rc = subject_parse(slice_str(m->cmd->argv[1]), m->rules.suffixes, &a,
		                   &add.letter.subject, err);
	if (rc == 0 && add.letter.subject.kind == SUBJECT_HOST)
		rc = subject_site(add.letter.subject, m->rules.suffixes, &a, &add.letter.subject,
		                  err);
	if (rc == 0)
		rc = in_ledger(m, put_added, &add, err);
	if (rc == 0)
		rc = show_id(m, add.id, err);
	buf_release(&text);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}

struct acting {
	const struct appeal_file *file;
	struct appeal_act act;
};

static int put_acted(struct appeal *m, struct ledgerbook *book, void *ctx, struct err *err)
{
	struct acting *acting = ctx;

	(void)m;
	return appeal_act(book, acting->file, &acting->act, err);
}

static int do_act(struct appeal *m, enum appeal_state to, struct err *err)
{
	struct arena a = { 0 };
	struct appeal_file *list = NULL;
	struct acting acting = { .act = { slice_str(m->by), to, APPEAL_NO_OUTCOME,
		                          slice_str(m->reason),
		                          slice_str(m->not_of ? m->not_of : "") } };
	size_t n = 0;
	int rc = appeals_load(m->store, NULL, &a, &list, &n, err);

	if (rc == 0 && !(acting.file = find_file(list, n, slice_str(m->cmd->argv[1]))))
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no such appeal", m->cmd->argv[1]);
	if (rc == 0 && m->by && !config_reviewer_find(&m->cmd->config, slice_str(m->by)))
		rc = err_set(err, ERR_USAGE, 0, "'%s' is no reviewer: name reviewers in assay.yaml",
		             m->by);
	if (rc == 0 && m->outcome &&
	    !appeal_outcome_parse(slice_str(m->outcome), &acting.act.outcome))
		rc = err_set(err, ERR_USAGE, 0,
		             "--outcome takes upheld, reversed or partly, not '%s'", m->outcome);
	if (rc == 0 && m->not_of &&
	    (to != APPEAL_ANSWERED || !appeal_needs_correction(acting.act.outcome)))
		rc = err_set(err, ERR_USAGE, 0,
		             "--not-of belongs to an answer whose outcome is reversed or partly");
	if (rc == 0)
		rc = in_ledger(m, put_acted, &acting, err);
	if (rc == 0)
		rc = show_id(m, acting.file->id, err);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}

int cmd_appeal(struct cmd *cmd, struct err *err)
{
	struct appeal m = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "from", OPTION_TEXT, &m.from },
		{ "contact", OPTION_TEXT, &m.contact },
		{ "lang", OPTION_TEXT, &m.lang },
		{ "reference", OPTION_TEXT, &m.reference },
		{ "received", OPTION_TEXT, &m.received },
		{ "reply", OPTION_FLAG, &m.is_reply },
		{ "by", OPTION_TEXT, &m.by },
		{ "outcome", OPTION_TEXT, &m.outcome },
		{ "reason", OPTION_TEXT, &m.reason },
		{ "not-of", OPTION_TEXT, &m.not_of },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	bool lists = strcmp(what, "list") == 0, shows = strcmp(what, "show") == 0;
	bool adds = strcmp(what, "add") == 0, reviews = strcmp(what, "review") == 0;
	bool answers = strcmp(what, "answer") == 0, withdraws = strcmp(what, "withdraw") == 0;
	if (!(lists ? cmd->argc <= 1
	            : (shows || adds || reviews || answers || withdraws) && cmd->argc == 2))
		return err_set(
			err, ERR_USAGE, 0,
			"try: assay appeal list | show ID | add SUBJECT --from FILE | review ID | "
			"answer ID | withdraw ID");
	bool writes = !lists && !shows;
	rc = rulebook_load(&cmd->config, false, false, &m.rules, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, writes ? STORE_WRITE : STORE_READ,
		                writes ? "assay appeal" : NULL, &m.store, err);
	if (rc == 0)
		rc = lists     ? do_list(&m, err)
		     : shows   ? do_show(&m, err)
		     : adds    ? do_add(&m, err)
		     : reviews ? do_act(&m, APPEAL_UNDER_REVIEW, err)
		     : answers ? do_act(&m, APPEAL_ANSWERED, err)
		               : do_act(&m, APPEAL_WITHDRAWN, err);
	store_close(m.store);
	rulebook_release(&m.rules);
	return rc;
}
