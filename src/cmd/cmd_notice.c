/* assay notice [list|show|draft|check|approve|send|follow|withdraw|complaint]: a request to somebody who
 * can act, from its draft to what came of it. */
#include "cmd/cmd.h"
#include "cmd/notice_cmd.h"
#include "cmd/notice_complaint.h"
#include "cmd/notice_follow.h"

#include "cmd/identity.h"
#include "cmd/networks.h"

#include <stdlib.h>
#include <string.h>

/* ---- what everyone prints with ---- */

int notice_cmd_print(struct notice_cmd *m, json_t *object, struct buf *text, struct err *err)
{
	int rc = 0;

	if (m->cmd->format != FORMAT_TEXT) {
		buf_clear(text);
		rc = object ? json_canonical(object, text, err)
		            : err_set(err, ERR_NOMEM, 0, "out of memory");
		buf_putc(text, '\n');
	}
	json_decref(object);
	return rc ? rc : cmd_put_out(text, err);
}

int notice_cmd_find(struct notice_cmd *m, const char *word, struct notice_file **out,
                    struct err *err)
{
	*out = notices_find(m->list, m->n, slice_str(word));
	return *out ? 0
	            : err_set(err, ERR_NOTFOUND, 0, "%s: no such notice: assay notice list", word);
}

/* ---- list, show ---- */

static int print_one(struct notice_cmd *m, const struct notice_file *f, bool whole, struct err *err)
{
	struct buf out = { 0 };

	if (m->cmd->format == FORMAT_TEXT && whole)
		notice_put_text(f, &out);
	else if (m->cmd->format == FORMAT_TEXT)
		notice_put_line(f, &out);
	int rc = notice_cmd_print(m, m->cmd->format == FORMAT_TEXT ? NULL : notice_json(f), &out,
	                          err);
	buf_release(&out);
	return rc;
}

static int do_list(struct notice_cmd *m, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->n; i++)
		rc = print_one(m, &m->list[i], false, err);
	return rc ? rc : m->n ? EXIT_DONE : EXIT_NO;
}

/* What was written, as it was: the letter alone on a page of its own. */
static int print_letter(struct notice_cmd *m, const struct notice_file *f, struct err *err)
{
	struct buf out = { 0 };
	int rc = store_get_evidence(m->store, f->letter, &out, NULL, NULL, err);

	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int do_show(struct notice_cmd *m, struct err *err)
{
	struct notice_file *f;
	int rc = notice_cmd_find(m, m->cmd->argv[1], &f, err);

	if (rc == 0)
		rc = m->letter ? print_letter(m, f, err) : print_one(m, f, true, err);
	return rc ? rc : EXIT_DONE;
}

/* ---- check ---- */

static int check_one(struct notice_cmd *m, const struct notice_file *f, bool *failed,
                     struct err *err)
{
	struct notice_draft draft;
	struct arena a = { 0 };
	struct buf out = { 0 };
	json_t *o = NULL;
	int rc = notice_draft_again(&m->desk, f, &a, &draft, err);

	if (rc == 0 && m->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%.*s  %s\n", SLICE_ARG(f->reference),
		           draft.failure_n ? "may not leave:"
		                           : "may leave: every condition is met");
		notice_put_failures(draft.failure, draft.failure_n, &out);
	} else if (rc == 0) {
		o = json_object();
		int bad = json_put_str(o, "reference", f->reference);
		bad |= json_put_flag(o, "passes", draft.failure_n == 0);
		bad |= json_put_new(o, "failures",
		                    notice_failures_json(draft.failure, draft.failure_n));
		if (bad)
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (rc == 0) {
		*failed = *failed || draft.failure_n > 0;
		rc = notice_cmd_print(m, o, &out, err);
	} else {
		json_decref(o);
	}
	buf_release(&out);
	arena_release(&a);
	return rc;
}

/* One, or all that have not left. */
static int do_check(struct notice_cmd *m, struct err *err)
{
	struct notice_file *only = NULL;
	bool failed = false;
	int rc = m->cmd->argc == 2 ? notice_cmd_find(m, m->cmd->argv[1], &only, err) : 0;

	for (size_t i = 0; rc == 0 && i < m->n; i++) {
		const struct notice_file *f = &m->list[i];
		bool waits = f->state == NOTICE_DRAFTED || f->state == NOTICE_APPROVED ||
		             f->state == NOTICE_DEFERRED;
		if (only ? only == f : waits)
			rc = check_one(m, f, &failed, err);
	}
	return rc ? rc : failed ? EXIT_NO : EXIT_DONE;
}

/* ---- acts of people ---- */

/* Who acts: a reviewer of the configuration, or the account of a token. */
static int actor_of(struct notice_cmd *m, enum permission need, struct slice *out, struct err *err)
{
	struct slice name = slice_str(m->by ? m->by : "");
	int rc = 0;

	if (m->token_file) {
		struct identity who;
		rc = identity_of_command(m->store, m->token_file, need, m->cmd->at, &m->arena, &who,
		                         err);
		name = who.name;
	} else if (name.n == 0) {
		rc = err_set(err, ERR_USAGE, 0,
		             "say who acts: --by NAME, a reviewer of assay.yaml");
	} else if (!config_reviewer_find(&m->cmd->config, name)) {
		rc = err_set(err, ERR_USAGE, 0, "'%s' is no reviewer: name reviewers in assay.yaml",
		             m->by);
	}
	if (rc)
		return rc;
	*out = slice_str(arena_printf(&m->arena, "reviewer:%.*s", SLICE_ARG(name)));
	return out->n ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int put_step(struct notice_cmd *m, struct notice_file *f, enum notice_state state,
                    struct slice by, struct err *err)
{
	struct notice_act act = { .by = by, .reason = slice_str(m->reason ? m->reason : "") };
	int rc = store_begin(m->store, err);

	if (rc == 0)
		rc = notices_put_state(&m->book, f, state, &act, SLICE(""), 0, SLICE(""), err);
	if (rc == 0)
		rc = store_commit(m->store, err);
	if (rc)
		store_rollback(m->store);
	return rc ? rc : ledgerbook_sync(&m->book, NULL, err);
}

/* Who wrote it does not approve it, and what the check refuses nobody does. */
static int may_approve(struct notice_cmd *m, const struct notice_file *f, struct slice by,
                       struct err *err)
{
	struct notice_draft draft;
	struct arena a = { 0 };
	struct buf why = { 0 };
	int rc = 0;

	if (f->state != NOTICE_DRAFTED)
		return err_set(err, ERR_REFUSED, 0, "%.*s is %s already", SLICE_ARG(f->reference),
		               notice_state_name(f->state));
	if (slice_eq(f->by, by))
		return err_set(err, ERR_REFUSED, 0,
		               "%.*s was written by %s: somebody else approves it",
		               SLICE_ARG(f->reference), m->by ? m->by : "that account");
	rc = notice_draft_again(&m->desk, f, &a, &draft, err);
	if (rc == 0 && draft.failure_n) {
		notice_put_failures(draft.failure, draft.failure_n, &why);
		fputs(buf_str(&why), stderr);
		rc = err_set(err, ERR_REFUSED, 0, "%.*s may not leave: %zu condition%s not met",
		             SLICE_ARG(f->reference), draft.failure_n,
		             draft.failure_n == 1 ? " is" : "s are");
	}
	buf_release(&why);
	arena_release(&a);
	return rc;
}

static int do_approve(struct notice_cmd *m, struct err *err)
{
	struct notice_file *f;
	struct slice by;
	int rc = notice_cmd_find(m, m->cmd->argv[1], &f, err);

	if (rc == 0)
		rc = actor_of(m, PERMIT_SEND_NOTICE, &by, err);
	if (rc == 0)
		rc = may_approve(m, f, by, err);
	if (rc == 0)
		rc = put_step(m, f, NOTICE_APPROVED, by, err);
	if (rc == 0) {
		f->state = NOTICE_APPROVED;
		rc = print_one(m, f, false, err);
	}
	return rc ? rc : EXIT_DONE;
}

static int do_withdraw(struct notice_cmd *m, struct err *err)
{
	struct notice_file *f;
	struct slice by;
	int rc = notice_cmd_find(m, m->cmd->argv[1], &f, err);

	if (rc == 0)
		rc = actor_of(m, PERMIT_WRITE_NOTICE, &by, err);
	if (rc == 0 && !m->reason)
		rc = err_set(err, ERR_USAGE, 0, "say why it is withdrawn: --reason TEXT");
	if (rc == 0 && f->state != NOTICE_DRAFTED && f->state != NOTICE_APPROVED &&
	    f->state != NOTICE_DEFERRED && f->state != NOTICE_REFUSED)
		rc = err_set(
			err, ERR_REFUSED, 0,
			"%.*s may have arrived: correct the decision, and a retraction follows",
			SLICE_ARG(f->reference));
	if (rc == 0)
		rc = put_step(m, f, NOTICE_WITHDRAWN, by, err);
	if (rc == 0) {
		f->state = NOTICE_WITHDRAWN;
		rc = print_one(m, f, false, err);
	}
	return rc ? rc : EXIT_DONE;
}

/* ---- drafting ---- */

static bool is_among(const struct subject *list, size_t n, struct subject s)
{
	for (size_t i = 0; i < n; i++)
		if (subject_eq(list[i], s))
			return true;
	return false;
}

static int read_subjects(struct notice_cmd *m, struct subject **out, size_t *n, struct err *err)
{
	struct network network = { .members_n = 0 };
	struct subject *list;
	size_t most = (size_t)m->cmd->argc - 1;
	int rc = 0;

	if (m->network) {
		rc = network_find(m->store, slice_str(m->network), &m->arena, &network, err);
		if (rc == 0 && network.members_n == 0)
			rc = err_set(err, ERR_NOTFOUND, 0, "there is no network '%s' in this store",
			             m->network);
		most += network.members_n;
	}
	list = arena_array(&m->arena, most, sizeof(*list));
	if (rc == 0 && !list)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < network.members_n; i++)
		rc = subject_from_key(network.kind[i], network.key[i], &list[(*n)++], err);
	for (int i = 1; rc == 0 && i < m->cmd->argc; i++) {
		rc = subject_parse(slice_str(m->cmd->argv[i]), m->rules.suffixes, &m->arena,
		                   &list[*n], err);
		/* One that is named twice, or is of the network too, is told of once. */
		if (rc == 0 && !is_among(list, *n, list[*n]))
			(*n)++;
	}
	if (rc == 0 && *n == 0)
		rc = err_set(err, ERR_USAGE, 0, "name the domains, or a --network");
	*out = list;
	return rc;
}

static int read_wish(struct notice_cmd *m, struct notice_wish *w, struct err *err)
{
	w->matter = MATTER_ROGUE;
	w->action = NOTICE_SUSPEND_AND_LOCK;
	if (m->matter && !notice_matter_parse(slice_str(m->matter), &w->matter))
		return err_set(err, ERR_USAGE, 0,
		               "--matter is rogue, unapproved, registration, compromised or "
		               "statement, not '%s'",
		               m->matter);
	if (m->action && !notice_action_parse(slice_str(m->action), &w->action))
		return err_set(
			err, ERR_USAGE, 0,
			"--action is suspend, suspend_and_lock, disable_dns, remove_content, "
			"stop_payment, disclose or none, not '%s'",
			m->action);
	w->party = slice_str(m->party ? m->party : "");
	w->address = slice_str(m->address ? m->address : "");
	w->mandate = slice_str(m->mandate ? m->mandate : "");
	w->language = slice_str(m->language ? m->language : "");
	w->harm = slice_str(m->harm ? m->harm : "");
	w->collateral = slice_str(m->collateral ? m->collateral : "");
	w->case_name = slice_str(m->case_name ? m->case_name : m->network ? m->network : "");
	return 0;
}

/* What one kind of recipient is asked for unless somebody says otherwise. */
static enum notice_action action_for(enum notice_to to)
{
	switch (to) {
	case NOTICE_REGISTRAR:
	case NOTICE_RESELLER: return NOTICE_SUSPEND_AND_LOCK;
	case NOTICE_REGISTRY: return NOTICE_SUSPEND;
	case NOTICE_PAYMENT: return NOTICE_STOP_PAYMENT;
	case NOTICE_AUTHORITY:
	case NOTICE_RIGHTS: return NOTICE_NONE;
	case NOTICE_HOST:
	case NOTICE_SEARCH:
	case NOTICE_ADVERTISING:
	case NOTICE_PLATFORM:
	case NOTICE_OWNER: break;
	}
	return NOTICE_REMOVE_CONTENT;
}

static int put_draft(struct notice_cmd *m, const struct notice_draft *d, struct slice by,
                     bool *is_new, struct err *err)
{
	struct notice_act act = { .by = by, .reason = slice_str(m->reason ? m->reason : "") };
	struct sha256 id;
	int rc = store_begin(m->store, err);

	if (rc == 0)
		rc = notice_draft_put(&m->book, d, &act, &id, is_new, err);
	if (rc == 0)
		rc = store_commit(m->store, err);
	if (rc)
		store_rollback(m->store);
	return rc ? rc : ledgerbook_sync(&m->book, NULL, err);
}

static void put_draft_text(const struct notice_cmd *m, const struct notice_draft *d,
                           struct buf *out)
{
	const struct notice *n = &d->notice;

	if (d->open && d->told)
		buf_printf(
			out,
			"%.*s  asked for again: %zu domain%s told of on %.*s: a comment, no mail\n",
			SLICE_ARG(d->open->reference), d->told, d->told == 1 ? "" : "s",
			SLICE_ARG(d->open->party_name));
	if (n->annex_n == 0)
		return;
	buf_printf(out, "%.*s  %-10s %-9s %.*s: %zu domain%s\n", SLICE_ARG(n->reference),
	           d->failure_n ? "refused" : "drafted", notice_to_name(n->recipient.to),
	           SLICE_ARG(n->recipient.name), n->annex_n, n->annex_n == 1 ? "" : "s");
	notice_put_failures(d->failure, d->failure_n, out);
	if (m->dry_run)
		buf_printf(out, "\nSubject: %.*s\n\n%.*s", SLICE_ARG(d->writing.mail_subject),
		           SLICE_ARG(d->writing.letter));
}

static json_t *draft_json(const struct notice_cmd *m, const struct notice_draft *d)
{
	const struct notice *n = &d->notice;
	json_t *o = json_object(), *domains = json_array();
	int failed = 0;

	for (size_t i = 0; i < n->annex_n; i++)
		failed |= json_add_str(domains, n->annex[i].subject.key);
	failed |= json_put_str(o, "recipient", n->recipient.name);
	failed |= json_put_str(o, "kind", slice_str(notice_to_name(n->recipient.to)));
	failed |= json_put_str(o, "party", n->recipient.key);
	failed |= json_put_new(o, "domains", domains);
	failed |= json_put_flag(o, "passes", d->failure_n == 0);
	failed |= json_put_new(o, "failures", notice_failures_json(d->failure, d->failure_n));
	if (n->reference.n)
		failed |= json_put_str(o, "reference", n->reference);
	if (d->open && d->told) {
		failed |= json_put_str(o, "open", d->open->reference);
		failed |= json_put_i64(o, "commented", (int64_t)d->told);
	}
	if (m->dry_run) {
		failed |= json_put_str(o, "mail_subject", d->writing.mail_subject);
		failed |= json_put_str(o, "letter", d->writing.letter);
	}
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int draft_to(struct notice_cmd *m, struct notice_wish *w, struct slice by, bool *failed,
                    struct err *err)
{
	struct notice_drafts drafts;
	struct buf out = { 0 };
	int rc = notice_drafts_make(&m->desk, w, m->list, m->n, &m->arena, &drafts, err);

	for (size_t i = 0; rc == 0 && i < drafts.n; i++) {
		const struct notice_draft *d = &drafts.draft[i];
		bool is_new = false;
		if (d->failure_n == 0 && !m->dry_run)
			rc = put_draft(m, d, by, &is_new, err);
		*failed = *failed || d->failure_n;
		if (rc == 0 && m->cmd->format == FORMAT_TEXT)
			put_draft_text(m, d, &out);
		if (rc == 0)
			rc = notice_cmd_print(
				m, m->cmd->format == FORMAT_TEXT ? NULL : draft_json(m, d), &out,
				err);
	}
	for (size_t i = 0; rc == 0 && i < drafts.nobody_n; i++)
		fprintf(stderr, "assay: %.*s: no %s is known\n", SLICE_ARG(drafts.nobody[i].key),
		        notice_to_name(w->to));
	buf_release(&out);
	return rc;
}

static int do_draft(struct notice_cmd *m, struct err *err)
{
	struct notice_wish w = { .purpose = PURPOSE_REQUEST };
	struct slice rest = slice_str(m->to ? m->to : ""), word, by = SLICE("assay");
	struct subject *subject = NULL;
	bool failed = false;
	int rc = read_wish(m, &w, err);

	if (rc == 0 && rest.n == 0)
		rc = err_set(err, ERR_USAGE, 0, "say who is asked: --to registrar,reseller");
	if (rc == 0 && !m->dry_run)
		rc = actor_of(m, PERMIT_WRITE_NOTICE, &by, err);
	if (rc == 0)
		rc = read_subjects(m, &subject, &w.n, err);
	w.subject = subject;
	while (rc == 0 && slice_cut(&rest, ',', &word)) {
		if (!notice_to_parse(word, &w.to))
			rc = err_set(err, ERR_USAGE, 0, "--to: '%.*s' is no kind of recipient",
			             SLICE_ARG(word));
		if (!m->action)
			w.action = action_for(w.to);
		if (rc == 0)
			rc = draft_to(m, &w, by, &failed, err);
	}
	return rc ? rc : failed ? EXIT_NO : EXIT_DONE;
}

/* ---- a complaint to ICANN ---- */

static int do_complaint(struct notice_cmd *m, struct err *err)
{
	struct notice_file *f;
	struct buf text = { 0 };
	json_t *o = NULL;
	int rc = m->out ? notice_cmd_find(m, m->cmd->argv[1], &f, err)
	                : err_set(err, ERR_USAGE, 0, "say where the pack is written: --out DIR");

	if (rc == 0)
		rc = notice_complaint(&m->desk, f, m->out, &text, err);
	if (rc == 0 && m->cmd->format != FORMAT_TEXT) {
		o = json_object();
		if (json_put_str(o, "reference", f->reference) |
		    json_put_str(o, "folder", slice_str(m->out)))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (rc == 0)
		rc = notice_cmd_print(m, o, &text, err);
	else
		json_decref(o);
	buf_release(&text);
	return rc ? rc : EXIT_DONE;
}

/* ---- the command ---- */

static const struct {
	const char *name;
	int least, most; /* positional arguments, the name among them */
	bool writes, desk;
	int (*run)(struct notice_cmd *m, struct err *err);
} acts[] = {
	{ "list", 0, 1, false, false, do_list },
	{ "show", 2, 2, false, false, do_show },
	{ "draft", 1, 1 << 20, true, true, do_draft },
	{ "check", 1, 2, false, true, do_check },
	{ "approve", 2, 2, true, true, do_approve },
	{ "send", 1, 2, true, true, notice_cmd_send },
	{ "follow", 1, 1, true, true, notice_cmd_follow },
	{ "withdraw", 2, 2, true, false, do_withdraw },
	{ "complaint", 2, 2, false, true, do_complaint },
};

static int begin(struct notice_cmd *m, bool writes, bool desk, struct err *err)
{
	struct cmd *cmd = m->cmd;
	int rc = rulebook_load(&cmd->config, false, false, &m->rules, err);

	if (rc == 0)
		rc = store_open(cmd->config.store, writes ? STORE_WRITE : STORE_READ,
		                writes ? "assay notice" : NULL, &m->store, err);
	if (rc == 0)
		rc = notices_load(m->store, &m->arena, &m->list, &m->n, err);
	if (rc == 0 && desk)
		rc = notice_desk_load(m->store, &cmd->config, m->rules.suffixes, cmd->at, &m->desk,
		                      err);
	if (rc == 0 && writes) {
		rc = ledgerbook_open(m->store, &cmd->config, cmd->at, &m->book, err);
		m->has_book = true;
	}
	/* An act that could not be signed is not begun. */
	if (rc == 0 && writes)
		rc = ledgerbook_sync(&m->book, NULL, err);
	return rc;
}

int cmd_notice(struct cmd *cmd, struct err *err)
{
	struct notice_cmd m = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "to", OPTION_TEXT, &m.to },
		{ "party", OPTION_TEXT, &m.party },
		{ "address", OPTION_TEXT, &m.address },
		{ "network", OPTION_TEXT, &m.network },
		{ "case", OPTION_TEXT, &m.case_name },
		{ "matter", OPTION_TEXT, &m.matter },
		{ "action", OPTION_TEXT, &m.action },
		{ "mandate", OPTION_TEXT, &m.mandate },
		{ "language", OPTION_TEXT, &m.language },
		{ "harm", OPTION_TEXT, &m.harm },
		{ "collateral", OPTION_TEXT, &m.collateral },
		{ "by", OPTION_TEXT, &m.by },
		{ "token-file", OPTION_TEXT, &m.token_file },
		{ "reason", OPTION_TEXT, &m.reason },
		{ "outbox", OPTION_TEXT, &m.outbox },
		{ "mailbox", OPTION_TEXT, &m.mailbox },
		{ "out", OPTION_TEXT, &m.out },
		{ "dry-run", OPTION_FLAG, &m.dry_run },
		{ "again", OPTION_FLAG, &m.again },
		{ "letter", OPTION_FLAG, &m.letter },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	size_t i = 0, n = sizeof(acts) / sizeof(acts[0]);
	while (i < n && (strcmp(what, acts[i].name) != 0 || cmd->argc < acts[i].least ||
	                 cmd->argc > acts[i].most))
		i++;
	if (i == n)
		return err_set(err, ERR_USAGE, 0,
		               "try: assay notice list | show N | draft DOMAIN... | check [N] | "
		               "approve N | send [N] | follow | withdraw N | complaint N");
	rc = begin(&m, acts[i].writes && !m.dry_run, acts[i].desk, err);
	if (rc == 0)
		rc = acts[i].run(&m, err);
	if (m.has_book)
		ledgerbook_close(&m.book);
	notice_desk_release(&m.desk);
	store_close(m.store);
	rulebook_release(&m.rules);
	arena_release(&m.arena);
	return rc;
}
