/* assay disclose [list|show ID|prepare SUBJECT|send [ID]]: the operator of a site is told before it is
 * listed. */
#include "cmd/cmd.h"
#include "cmd/disclosure_send.h"
#include "cmd/disclosures.h"
#include "cmd/rulebook.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

struct disclose {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	const char *destination, *by, *reason, *outbox;
	bool dry_run, again;
	struct err *err; /* of what is told while sending */
	int told_rc;
};

/* ---- showing ---- */

static json_t *contact_json(const struct disclosure_contact *c)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "contact", c->shown);

	failed |= json_put_str(o, "state", slice_str(contact_state_name(c->state)));
	if (c->state != CONTACT_READY) {
		char at[TIMESTAMP_SIZE];
		timestamp_format(c->at, at);
		failed |= json_put_str(o, "at", slice_str(at));
		failed |= json_put_i64(o, "attempts", c->attempts);
	}
	if (c->answer.n)
		failed |= json_put_str(o, "answer", c->answer);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int put_time(json_t *o, const char *field, int64_t t)
{
	char at[TIMESTAMP_SIZE];

	timestamp_format(t, at);
	return json_put_str(o, field, slice_str(at));
}

static json_t *file_json(const struct disclosure_file *d, int64_t now)
{
	struct told t = disclosure_told(d, now);
	json_t *o = json_object(), *places = json_array(), *contacts = json_array();
	char id[SHA256_HEX];
	int failed = 0;

	sha256_hex(d->id, id);
	for (size_t i = 0; i < d->destination_n; i++)
		failed |= json_add_str(places, d->destination[i]);
	for (size_t i = 0; i < d->contact_n; i++)
		failed |= json_add_new(contacts, contact_json(&d->contact[i]));
	failed |= json_put_str(o, "record", slice_str(id));
	failed |= json_put_new(o, "subject",
	                       record_subject_json(slice_str(subject_kind_name(d->subject.kind)),
	                                           d->subject.key));
	failed |= put_time(o, "at", d->at);
	failed |= json_put_str(o, "by", d->by);
	failed |= json_put_str(o, "state", slice_str(told_state_name(t.state)));
	if (t.state == TOLD_WAIT || t.state == TOLD_WAITED) {
		failed |= put_time(o, "told", t.at);
		failed |= put_time(o, "until", t.until);
	}
	if (d->reference.n) {
		failed |= json_put_str(o, "reference", d->reference);
		failed |= json_put_str(o, "language", d->language);
		failed |= put_time(o, "not_before", d->not_before);
	}
	if (d->reason.n)
		failed |= json_put_str(o, "reason", d->reason);
	if (d->harm.n)
		failed |= json_put_str(o, "imminent_harm", d->harm);
	failed |= json_put_new(o, "destinations", places);
	failed |= json_put_new(o, "contacts", contacts);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static void put_text(const struct disclosure_file *d, int64_t now, struct buf *out)
{
	struct told t = disclosure_told(d, now);
	char at[TIMESTAMP_SIZE];

	buf_printf(out, "%-20.*s%.*s for", SLICE_ARG(d->reference), SLICE_ARG(d->subject.key));
	for (size_t i = 0; i < d->destination_n; i++)
		buf_printf(out, " %.*s", SLICE_ARG(d->destination[i]));
	buf_printf(out, ": %s", told_state_name(t.state));
	if (t.state == TOLD_WAIT || t.state == TOLD_WAITED) {
		timestamp_format(t.until, at);
		buf_printf(out, " until %s", at);
	}
	if (d->contact_n == 0)
		buf_printf(out, ", %.*s", SLICE_ARG(d->reason));
	buf_putc(out, '\n');
	for (size_t i = 0; i < d->contact_n; i++) {
		const struct disclosure_contact *c = &d->contact[i];
		buf_printf(out, "    %.*s: %s", SLICE_ARG(c->shown), contact_state_name(c->state));
		if (c->state == CONTACT_SENDING)
			buf_puts(out, ", and nobody knows what came of it (--again sends it again)");
		if (c->answer.n)
			buf_printf(out, ", %.*s", SLICE_ARG(c->answer));
		buf_putc(out, '\n');
	}
}

static int put_file(const struct disclose *m, const struct disclosure_file *d, struct buf *out,
                    struct err *err)
{
	if (m->cmd->format == FORMAT_TEXT) {
		put_text(d, m->cmd->at, out);
		return 0;
	}
	json_t *o = file_json(d, m->cmd->at);
	int rc = o ? json_canonical(o, out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

/* The one that a word names: its reference, or its record's id or the beginning of that. */
static struct disclosure_file *find_file(struct disclosure_file *list, size_t n, struct slice word)
{
	for (size_t i = 0; i < n; i++) {
		char id[SHA256_HEX];
		sha256_hex(list[i].id, id);
		if (slice_eq(list[i].reference, word) ||
		    (word.n >= 8 && slice_starts(slice_str(id), word)))
			return &list[i];
	}
	return NULL;
}

static int do_list(struct disclose *m, struct err *err)
{
	struct arena a = { 0 };
	struct disclosure_file *list = NULL;
	struct buf out = { 0 };
	size_t n = 0;
	int rc = disclosures_load(m->store, NULL, &a, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = put_file(m, &list[i], &out, err);
		if (rc == 0)
			rc = cmd_put_out(&out, err);
	}
	buf_release(&out);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}

static int do_show(struct disclose *m, struct err *err)
{
	struct arena a = { 0 };
	struct disclosure_file *list = NULL, *d = NULL;
	struct buf out = { 0 }, letter = { 0 };
	size_t n = 0;
	int rc = disclosures_load(m->store, NULL, &a, &list, &n, err);

	if (rc == 0)
		d = find_file(list, n, slice_str(m->cmd->argv[1]));
	if (rc == 0 && d)
		rc = put_file(m, d, &out, err);
	if (rc == 0 && d && d->reference.n)
		rc = store_get_evidence(m->store, d->letter, &letter, NULL, NULL, err);
	if (rc == 0 && d && m->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "\nSubject: %.*s\n\n", SLICE_ARG(d->mail_subject));
		buf_put(&out, buf_slice(&letter));
	} else if (rc == 0 && d) {
		json_t *o = file_json(d, m->cmd->at);
		buf_clear(&out);
		if (json_put_str(o, "subject_line", d->mail_subject) |
		    json_put_str(o, "letter", buf_slice(&letter)))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		else
			rc = json_canonical(o, &out, err);
		buf_putc(&out, '\n');
		json_decref(o);
	}
	if (rc == 0 && !d && m->cmd->format == FORMAT_TEXT)
		buf_printf(&out, "%s: no such disclosure\n", m->cmd->argv[1]);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	buf_release(&letter);
	arena_release(&a);
	return rc ? rc : d ? EXIT_DONE : EXIT_NO;
}

/* ---- preparing ---- */

static int read_destinations(struct disclose *m, struct slice list[DRAFT_CELLS], size_t *n, struct err *err)
{
	struct slice rest = slice_str(m->destination), part;

	*n = 0;
	while (slice_cut(&rest, ',', &part)) {
		if (!record_is_country(part) || *n == DRAFT_CELLS)
			return err_set(err, ERR_USAGE, 0,
			               "--destination takes countries such as JP or JP,US, not '%s'",
			               m->destination);
		list[(*n)++] = part;
	}
	return 0;
}

/* What was documented where one of the destinations was listed without a wait. */
static int find_harm(struct disclose *m, const struct disclosure_wish *w, struct arena *a,
                     struct slice *harm, struct err *err)
{
	struct disclosure_file *list = NULL;
	size_t n = 0;
	int rc = disclosures_load(m->store, &w->subject, a, &list, &n, err);

	*harm = (struct slice){ NULL, 0 };
	for (size_t k = 0; rc == 0 && k < w->n; k++) {
		struct told t;
		rc = disclosure_state(m->store, &w->subject, w->destination[k], w->period, m->cmd->at, &t, err);
		for (size_t i = 0; rc == 0 && t.state == TOLD_WAIVED && i < n; i++)
			if (sha256_eq(list[i].id, t.record))
				*harm = list[i].reason;
	}
	return rc;
}

static int prepare_one(struct disclose *m, struct ledgerbook *book, const struct disclosure_desk *desk,
                       const struct disclosure_wish *w, struct arena *a, struct err *err)
{
	struct disclosure_act act = {
		.by = m->by ? slice_str(arena_printf(a, "reviewer:%s", m->by)) : SLICE("assay"),
		.reason = slice_str(m->reason), .at = m->cmd->at,
	};
	struct disclosure_file *list = NULL;
	struct sha256 id = { { 0 } };
	struct buf out = { 0 };
	size_t n = 0;
	bool is_new = false;
	int rc = act.by.n ? find_harm(m, w, a, &act.harm, err) : err_set(err, ERR_NOMEM, 0, "out of memory");

	if (rc == 0)
		rc = store_begin(m->store, err);
	if (rc)
		return rc;
	rc = disclosure_prepare(book, desk, w, &act, &id, &is_new, err);
	if (rc == 0)
		rc = store_commit(m->store, err);
	if (rc) {
		store_rollback(m->store);
		return rc;
	}
	rc = disclosures_load(m->store, &w->subject, a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (sha256_eq(list[i].id, id))
			rc = put_file(m, &list[i], &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int do_prepare(struct disclose *m, struct err *err)
{
	struct arena a = { 0 };
	struct slice wanted[DRAFT_CELLS];
	struct disclosure_wish wish[2];
	struct disclosure_desk desk = { 0 };
	struct ledgerbook book = { 0 };
	struct subject subject;
	size_t n = 0, wishes = 0;
	int rc = read_destinations(m, wanted, &n, err);

	if (rc == 0 && m->by && !config_reviewer_find(&m->cmd->config, slice_str(m->by)))
		rc = err_set(err, ERR_USAGE, 0, "'%s' is no reviewer: name reviewers in assay.yaml", m->by);
	if (rc == 0)
		rc = subject_parse(slice_str(m->cmd->argv[1]), m->rules.suffixes, &a, &subject, err);
	if (rc == 0 && subject.kind == SUBJECT_HOST)
		rc = subject_site(subject, m->rules.suffixes, &a, &subject, err);
	if (rc == 0)
		rc = disclosure_wishes(m->store, subject, m->rules.suffixes, wanted, n, &a, wish, &wishes, err);
	if (rc == 0)
		rc = disclosure_desk_load(&m->cmd->config, m->rules.suffixes, &desk, err);
	if (rc == 0)
		rc = ledgerbook_open(m->store, &m->cmd->config, m->cmd->at, &book, err);
	/* An act that could not be signed is not begun. */
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	for (size_t i = 0; rc == 0 && i < wishes; i++)
		rc = prepare_one(m, &book, &desk, &wish[i], &a, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	ledgerbook_close(&book);
	disclosure_desk_release(&desk);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}

/* ---- sending ---- */

static void tell(void *ctx, const struct disclosure_file *d, size_t i, enum contact_state state,
                 const char *answer, struct slice message)
{
	struct disclose *m = ctx;
	struct buf out = { 0 };

	if (m->told_rc)
		return;
	if (m->cmd->format == FORMAT_TEXT && state == CONTACT_READY) {
		buf_put(&out, message);
	} else if (m->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%.*s %.*s: %s%s%s\n", SLICE_ARG(d->reference),
		           SLICE_ARG(d->contact[i].shown), contact_state_name(state), *answer ? ", " : "",
		           answer);
	} else {
		json_t *o = json_object();
		int failed = json_put_str(o, "reference", d->reference) |
		             json_put_str(o, "contact", d->contact[i].shown) |
		             json_put_str(o, "state", slice_str(contact_state_name(state)));
		if (*answer)
			failed |= json_put_str(o, state == CONTACT_WRITTEN ? "file" : "answer", slice_str(answer));
		if (state == CONTACT_READY)
			failed |= json_put_str(o, "message", message);
		m->told_rc = failed ? err_set(m->err, ERR_NOMEM, 0, "out of memory")
		                    : json_canonical(o, &out, m->err);
		buf_putc(&out, '\n');
		json_decref(o);
	}
	if (m->told_rc == 0)
		m->told_rc = cmd_put_out(&out, m->err);
	buf_release(&out);
}

static int do_send(struct disclose *m, struct err *err)
{
	struct arena a = { 0 };
	struct disclosure_file *list = NULL, *only = NULL;
	struct ledgerbook book = { 0 };
	size_t n = 0;
	int rc = disclosures_load(m->store, NULL, &a, &list, &n, err);
	struct disclosure_post post = {
		.book = m->dry_run ? NULL : &book, .store = m->store, .config = &m->cmd->config,
		.outbox = m->outbox, .again = m->again, .has_at = m->cmd->at_given, .at = m->cmd->at,
		.told = tell, .ctx = m,
	};

	m->err = err;
	if (rc == 0 && m->cmd->argc == 2 &&
	    !(only = find_file(list, n, slice_str(m->cmd->argv[1]))))
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no such disclosure", m->cmd->argv[1]);
	if (rc == 0 && !m->dry_run)
		rc = ledgerbook_open(m->store, &m->cmd->config, m->cmd->at, &book, err);
	if (rc == 0 && !m->dry_run)
		rc = ledgerbook_sync(&book, NULL, err);
	for (size_t i = 0; rc == 0 && m->told_rc == 0 && i < n; i++)
		if ((!only || only == &list[i]) && slice_eq_str(list[i].state, "prepared"))
			rc = disclosure_send(&post, &list[i], err);
	if (!m->dry_run)
		ledgerbook_close(&book);
	arena_release(&a);
	if (rc == 0)
		rc = m->told_rc;
	return rc ? rc : post.failed ? EXIT_NO : EXIT_DONE;
}

int cmd_disclose(struct cmd *cmd, struct err *err)
{
	struct disclose m = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "destination", OPTION_TEXT, &m.destination }, { "by", OPTION_TEXT, &m.by },
		{ "reason", OPTION_TEXT, &m.reason },           { "outbox", OPTION_TEXT, &m.outbox },
		{ "dry-run", OPTION_FLAG, &m.dry_run },         { "again", OPTION_FLAG, &m.again },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	bool lists = strcmp(what, "list") == 0 && cmd->argc <= 1, shows = strcmp(what, "show") == 0;
	bool prepares = strcmp(what, "prepare") == 0, sends = strcmp(what, "send") == 0;
	if (!(lists || (shows && cmd->argc == 2) || (prepares && cmd->argc == 2) ||
	      (sends && cmd->argc <= 2)))
		return err_set(err, ERR_USAGE, 0,
		               "try: assay disclose list | show ID | prepare SUBJECT | send [ID]");
	bool writes = prepares || (sends && !m.dry_run);
	rc = rulebook_load(&cmd->config, false, false, &m.rules, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, writes ? STORE_WRITE : STORE_READ,
		                writes ? "assay disclose" : NULL, &m.store, err);
	if (rc == 0)
		rc = prepares ? do_prepare(&m, err)
		     : sends  ? do_send(&m, err)
		     : shows  ? do_show(&m, err)
		              : do_list(&m, err);
	store_close(m.store);
	rulebook_release(&m.rules);
	return rc;
}
