/* assay lookup NAME...: how a name stands, from the store, or with --index from a published file:
 * exact, parent, host.
 *
 * Exit 0 when any name has a decision in force of unapproved or rogue (for --destination, if it is
 * given), 1 when none has: what a mail filter or a script asks. */
#include "cmd/cmd.h"
#include "cmd/inquiry.h"
#include "cmd/lookup_index.h"
#include "cmd/rulebook.h"
#include "model/record.h"

#include <stdlib.h>

struct lookup {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	const char *destination;
	bool listed;
};

static bool is_listed(const struct view *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->row[i].standing->state == STATE_LISTED)
			return true;
	return false;
}

/* Leave the rows of one destination; the others go behind them, so that each is freed once. */
static void keep_destination(struct view *v, const char *destination, struct view *shown)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n; i++) {
		if (destination && !slice_eq_str(v->row[i].standing->destination, destination))
			continue;
		struct view_row row = v->row[kept];
		v->row[kept++] = v->row[i];
		v->row[i] = row;
	}
	*shown = *v;
	shown->n = kept;
}

/* v: what is to be shown; known: whether anything is known, for this destination or another. */
static int print(struct lookup *l, const char *name, const struct view *v, bool known,
                 struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	if (l->cmd->format == FORMAT_TEXT && v->n == 0) {
		explain_put_foreign(&out, slice_str(name), 200);
		if (known)
			buf_printf(&out, ": not judged for %s\n", l->destination);
		else
			buf_puts(&out, ": not reviewed; nothing is known of it here\n");
	} else if (l->cmd->format == FORMAT_TEXT) {
		rc = view_put_text(v, &out, err);
	} else {
		json_t *o = view_json(v, slice_str(name));
		if (o && json_put_flag(o, "known", known)) {
			json_decref(o);
			o = NULL;
		}
		rc = o ? json_canonical(o, &out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* The nearest subject that something is known of speaks for the name, for whatever destination;
 * those above it only where they are listed. */
static int look_up(struct lookup *l, const char *name, struct err *err)
{
	struct inquiry q;
	struct view shown, nothing = { 0 };
	int rc = inquiry_load(l->store, l->rules.suffixes, slice_str(name), VIEW_WHOLE, &q, err);

	for (size_t i = 0; rc == 0 && i < q.n; i++) {
		keep_destination(&q.view[i], l->destination, &shown);
		bool listed = is_listed(&shown);
		l->listed = l->listed || listed;
		if (i == 0 || listed)
			rc = print(l, name, &shown, true, err);
	}
	nothing.subject = q.asked;
	if (rc == 0 && q.n == 0)
		rc = print(l, name, &nothing, false, err);
	if (rc)
		rc = err_wrap(err, "'%s'", name);
	inquiry_release(&q);
	return rc;
}

int cmd_lookup(struct cmd *cmd, struct err *err)
{
	struct lookup l = { .cmd = cmd };
	const char *file = NULL, *key = NULL;
	const struct option_spec own[] = { { "destination", OPTION_TEXT, &l.destination },
		                           { "index", OPTION_TEXT, &file },
		                           { "key", OPTION_TEXT, &key } };
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (cmd->argc == 0)
		return err_set(err, ERR_USAGE, 0, "which name? try: assay lookup NAME");
	/* A country that is none would be answered "not listed". */
	if (l.destination && !record_is_country(slice_str(l.destination)))
		return err_set(err, ERR_USAGE, 0,
		               "--destination takes a country as two capital letters, not '%.20s'",
		               l.destination);
	if (key && !file)
		return err_set(err, ERR_USAGE, 0, "--key is for --index: which file?");
	if (file) {
		rc = lookup_index(cmd, file, key, l.destination, &l.listed, err);
		return rc ? rc : l.listed ? EXIT_DONE : EXIT_NO;
	}
	rc = rulebook_load(&cmd->config, false, false, &l.rules, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, STORE_READ, NULL, &l.store, err);
	for (int i = 0; rc == 0 && i < cmd->argc; i++)
		rc = look_up(&l, cmd->argv[i], err);
	store_close(l.store);
	rulebook_release(&l.rules);
	return rc ? rc : l.listed ? EXIT_DONE : EXIT_NO;
}
