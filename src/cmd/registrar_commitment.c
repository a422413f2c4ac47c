/* assay registrar commitment add|list, and reply: what parties say of themselves. Both are acts of a
 * reviewer, entered into the ledger; what is measured stands beside them on the card. */
#include "cmd/registrar.h"

#include "cmd/authority.h"
#include "cmd/commitments.h"
#include "cmd/ledgerbook.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

#include <string.h>

enum { REPLY_MAX = 4000 /* bytes */ };

static struct slice text(const char *s)
{
	return slice_str(s ? s : "");
}

/* "reviewer:NAME", who may decide. */
static int actor_of(struct registrar_cmd *m, struct slice *out, struct err *err)
{
	struct authority who;

	if (!m->by)
		return err_set(err, ERR_USAGE, 0, "say who acts: --by NAME, a reviewer");
	int rc = authority_reviewer(m->store, &m->cmd->config, text(m->by), &m->cmd->arena, &who,
	                            err);
	if (rc)
		return rc;
	if (who.has_key)
		return err_set(err, ERR_REFUSED, 0,
		               "'%s' was enrolled with a key, and signs what it does", m->by);
	*out = text(arena_printf(&m->cmd->arena, "reviewer:%s", m->by));
	return out->n ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int day(const char *option, const char *word, int64_t *out, struct err *err)
{
	*out = NOTICE_NEVER;
	if (!word)
		return 0;
	if (strlen(word) != 10 || timestamp_parse(slice_str(word), out, NULL))
		return err_set(err, ERR_USAGE, 0, "%s takes a day such as 2026-05-01, not '%s'",
		               option, word);
	return 0;
}

/* The name that notices have it by; empty where there are none. */
static int name_of(struct registrar_cmd *m, struct slice key, struct slice *out, struct err *err)
{
	struct notice_file *file = NULL;
	size_t n = 0;
	int rc = notices_load(m->store, &m->cmd->arena, &file, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (slice_eq(file[i].party, key))
			*out = file[i].party_name;
	return rc;
}

/* Within a transaction of its own. */
static int put(struct registrar_cmd *m,
               int (*fn)(struct ledgerbook *book, void *what, struct err *err), void *what,
               struct err *err)
{
	struct ledgerbook book = { 0 };
	int rc = ledgerbook_open(m->store, &m->cmd->config, m->cmd->at, &book, err);

	if (rc == 0)
		rc = store_begin(m->store, err);
	if (rc == 0) {
		rc = fn(&book, what, err);
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

static int print(json_t *o, struct buf *out, struct err *err)
{
	int rc = o ? json_canonical(o, out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");

	buf_putc(out, '\n');
	json_decref(o);
	return rc;
}

/* ---- commitments ---- */

struct adding {
	struct commitment c;
	struct slice by;
	struct sha256 id;
	bool is_new;
};

static int add(struct ledgerbook *book, void *what, struct err *err)
{
	struct adding *a = what;

	return commitments_put(book, &a->c, a->by, &a->id, &a->is_new, err);
}

static int do_add(struct registrar_cmd *m, struct err *err)
{
	struct adding a = { .c = { .practice = text(m->cmd->argv[3]),
		                   .version = text(m->version),
		                   .text = text(m->text),
		                   .adopter = text(m->cmd->argv[2]),
		                   .source = text(m->source) } };
	struct buf out = { 0 };
	int rc = actor_of(m, &a.by, err);

	if (rc == 0)
		rc = day("--adopted", m->adopted, &a.c.adopted, err);
	if (rc == 0)
		rc = day("--ended", m->ended, &a.c.ended, err);
	if (rc == 0)
		rc = name_of(m, a.c.adopter, &a.c.name, err);
	if (rc == 0)
		rc = put(m, add, &a, err);
	if (rc == 0 && m->cmd->format == FORMAT_TEXT)
		buf_printf(&out, "%s%s: %s\n", m->cmd->argv[2],
		           a.is_new ? "" : " stands so already", m->cmd->argv[3]);
	else if (rc == 0)
		rc = print(commitment_to_json(&a.c), &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc ? rc : EXIT_DONE;
}

static void put_line(const struct commitment *c, struct buf *out)
{
	char from[TIMESTAMP_SIZE] = "", until[TIMESTAMP_SIZE] = "";

	if (c->adopted != NOTICE_NEVER)
		timestamp_format(c->adopted, from);
	if (c->ended != NOTICE_NEVER)
		timestamp_format(c->ended, until);
	buf_printf(out, "%-24.*s %.*s %.*s", SLICE_ARG(c->adopter), SLICE_ARG(c->practice),
	           SLICE_ARG(c->version));
	if (*from)
		buf_printf(out, ", since %.10s", from);
	if (*until)
		buf_printf(out, ", until before %.10s", until);
	buf_puts(out, "\n    ");
	wrap_put_foreign(c->text, 90, out);
	buf_putc(out, '\n');
}

static int do_list(struct registrar_cmd *m, struct err *err)
{
	struct commitment *list = NULL;
	struct buf out = { 0 };
	size_t n = 0;
	int rc = commitments_load(m->store, &m->cmd->arena, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (m->cmd->argc > 2 &&
		    !registrar_is_named(text(m->cmd->argv[2]), list[i].adopter, list[i].name))
			continue;
		if (m->cmd->format == FORMAT_TEXT)
			put_line(&list[i], &out);
		else
			rc = print(commitment_to_json(&list[i]), &out, err);
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc ? rc : EXIT_DONE;
}

int registrar_commitment(struct registrar_cmd *m, struct err *err)
{
	const char *what = m->cmd->argv[1];

	if (strcmp(what, "list") == 0 && m->cmd->argc <= 3)
		return do_list(m, err);
	if (strcmp(what, "add") == 0 && m->cmd->argc == 4)
		return do_add(m, err);
	return err_set(err, ERR_USAGE, 0,
	               "try: assay registrar commitment add PARTY PRACTICE | list [PARTY]");
}

/* ---- a party's own words ---- */

struct replying {
	struct registrar_cmd *m;
	struct subject subject;
	struct slice by;
	json_t *shown;
};

static int reply(struct ledgerbook *book, void *what, struct err *err)
{
	struct replying *w = what;
	struct record r;

	record_new(&r, "reply", 1, slice_str(subject_kind_name(w->subject.kind)), w->subject.key,
	           book->at, w->by);
	record_set_str(&r, "party", text(w->m->cmd->argv[1]));
	record_set_str(&r, "words", text(w->m->text));
	if (w->m->source)
		record_set_str(&r, "source", text(w->m->source));
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, NULL, err);
	if (rc == 0)
		w->shown = json_incref(r.body);
	record_release(&r);
	return rc;
}

int registrar_reply(struct registrar_cmd *m, struct err *err)
{
	struct replying w = { .m = m };
	struct buf out = { 0 };
	int rc = actor_of(m, &w.by, err);

	if (rc == 0 && (!m->text || !*m->text || strlen(m->text) > REPLY_MAX))
		rc = err_set(err, ERR_USAGE, 0, "give its words: --text TEXT, at most %d bytes",
		             REPLY_MAX);
	if (rc == 0 && !m->subject)
		rc = err_set(err, ERR_USAGE, 0, "say which site is its own: --site DOMAIN");
	if (rc == 0)
		rc = subject_parse(text(m->subject), m->rules.suffixes, &m->cmd->arena, &w.subject,
		                   err);
	if (rc == 0)
		rc = put(m, reply, &w, err);
	if (rc == 0 && m->cmd->format == FORMAT_TEXT)
		buf_printf(&out, "%s: kept\n", m->cmd->argv[1]);
	else if (rc == 0)
		rc = print(json_incref(w.shown), &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	json_decref(w.shown);
	buf_release(&out);
	return rc ? rc : EXIT_DONE;
}
