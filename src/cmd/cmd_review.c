/* assay review [list|show SUBJECT|decide SUBJECT ...]: what waits for people, and their acts. */
#include "cmd/acts.h"
#include "cmd/casefile.h"
#include "cmd/cmd.h"
#include "cmd/ledgerbook.h"
#include "cmd/rulebook.h"
#include "cmd/view.h"

#include <stdlib.h>
#include <string.h>

struct review {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	const char *reviewer, *destination, *class, *reason;
	size_t waiting;
};

static bool waits(const struct review *r, const struct standing *s)
{
	return s->state == STATE_PENDING &&
	       (!r->destination || slice_eq_str(s->destination, r->destination));
}

static int list_subject(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct review *r = ctx;
	struct arena a = { 0 };
	struct subject subject;
	struct view v = { 0 };
	struct buf out = { 0 };
	bool any = false;
	int rc = subject_from_key(kind, key, &subject, err);

	if (rc == 0)
		rc = view_load(r->store, subject, r->rules.suffixes, VIEW_WHOLE, &a, &v, err);
	size_t kept = 0;
	for (size_t i = 0; rc == 0 && i < v.n; i++) {
		bool keep = waits(r, v.row[i].standing);
		any = any || keep;
		if (keep) {
			struct view_row row = v.row[kept];
			v.row[kept++] = v.row[i];
			v.row[i] = row; /* swapped, so that view_release frees each once */
		}
	}
	if (rc == 0 && any) {
		struct view shown = v;
		shown.n = kept;
		if (r->cmd->format == FORMAT_TEXT) {
			if (r->waiting == 0)
				view_put_head(&out);
			view_put_table(&shown, &out);
		} else {
			json_t *o = view_json(&shown, key);
			rc = o ? json_canonical(o, &out, err)
			       : err_set(err, ERR_NOMEM, 0, "out of memory");
			json_decref(o);
			buf_putc(&out, '\n');
		}
		r->waiting++;
		if (rc == 0)
			rc = cmd_put_out(&out, err);
	}
	view_release(&v);
	buf_release(&out);
	arena_release(&a);
	return rc;
}

static int do_list(struct review *r, struct err *err)
{
	int rc = store_subjects(r->store, SLICE(""), true, list_subject, r, err);

	if (rc == 0 && r->cmd->format == FORMAT_TEXT)
		printf("%s%zu %s\n", r->waiting ? "\n" : "", r->waiting,
		       r->waiting == 1 ? "subject waits" : "subjects wait");
	return rc ? rc : EXIT_DONE;
}

static int do_show(struct review *r, struct err *err)
{
	struct arena a = { 0 };
	struct subject subject;
	struct view v = { 0 };
	struct buf out = { 0 };
	int rc = subject_parse(slice_str(r->cmd->argv[1]), r->rules.suffixes, &a, &subject, err);

	if (rc == 0)
		rc = subject_site(subject, r->rules.suffixes, &a, &subject, err);
	/* A path on somebody's site is a subject of its own where it was judged apart. */
	if (rc == 0 && strstr(r->cmd->argv[1], "://"))
		rc = subject_parse(slice_str(r->cmd->argv[1]), r->rules.suffixes, &a, &subject, err);
	if (rc == 0)
		rc = view_load(r->store, subject, r->rules.suffixes, VIEW_WHOLE, &a, &v, err);
	if (rc == 0 && r->cmd->format == FORMAT_TEXT) {
		rc = view_put_text(&v, &out, err);
	} else if (rc == 0) {
		json_t *o = view_json(&v, subject.key);
		rc = o ? json_canonical(o, &out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0 && v.n == 0 && r->cmd->format == FORMAT_TEXT)
		buf_printf(&out, "%.*s: nothing is known of it here\n", SLICE_ARG(subject.key));
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	bool known = v.n > 0;
	view_release(&v);
	buf_release(&out);
	arena_release(&a);
	return rc ? rc : known ? EXIT_DONE : EXIT_NO;
}

struct told {
	struct act_outcome outcome;
	char why[sizeof(((struct err *)0)->what)];
};

static void hear(void *ctx, const struct act_outcome *o)
{
	struct told *t = ctx;

	t->outcome = *o;
	snprintf(t->why, sizeof(t->why), "%s", o->why);
}

static int make_act(const struct review *r, const struct subject *subject, struct record *out,
                    struct arena *a, struct err *err)
{
	json_t *cells = json_array(), *cell = json_object();
	bool harsh = standing_is_listed_class(slice_str(r->class));
	const char *src = arena_printf(a, "reviewer:%s", r->reviewer);

	if (!src || json_put_str(cell, "destination", slice_str(r->destination)) |
	                    json_put_str(cell, "class", slice_str(r->class)) |
	                    json_add_new(cells, cell)) {
		json_decref(cells);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	record_new(out, harsh ? "decision" : "correction", 1,
	           slice_str(subject_kind_name(subject->kind)), subject->key, r->cmd->at,
	           slice_str(src));
	record_set_new(out, "cells", cells);
	record_set_str(out, "reason", slice_str(r->reason));
	return record_finish(out, err);
}

static int do_decide(struct review *r, struct err *err)
{
	static const char *const said[] = {
		[ACT_IN_FORCE] = "in force: it is listed",
		[ACT_PROPOSED] = "proposed: rogue takes a second reviewer",
		[ACT_CORRECTED] = "corrected",
		[ACT_KNOWN] = "known already: this act was carried out before",
	};
	struct arena a = { 0 };
	struct subject subject;
	struct ledgerbook book = { 0 };
	struct told t = { 0 };
	struct record act = { 0 };

	if (!r->reviewer || !r->destination || !r->class || !r->reason || !*r->reason)
		return err_set(err, ERR_USAGE, 0,
		               "decide takes --reviewer, --destination, --class and --reason");
	int rc = subject_parse(slice_str(r->cmd->argv[1]), r->rules.suffixes, &a, &subject, err);
	if (rc == 0 && subject.kind == SUBJECT_HOST)
		rc = subject_site(subject, r->rules.suffixes, &a, &subject, err);
	if (rc == 0)
		rc = make_act(r, &subject, &act, &a, err);
	if (rc == 0)
		rc = ledgerbook_open(r->store, &r->cmd->config, r->cmd->at, &book, err);
	/* An act that could not be signed is not begun. */
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	struct acts acts = { &book, &r->cmd->config, r->cmd->at };
	if (rc == 0)
		rc = acts_carry_out(&acts, &act, hear, &t, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0 && t.outcome.result == ACT_REFUSED)
		rc = err_set(err, ERR_REFUSED, 0, "%.*s: %s", SLICE_ARG(subject.key), t.why);
	if (rc == 0)
		printf("%.*s for %s: %s, %s\n", SLICE_ARG(subject.key), r->destination, r->class,
		       said[t.outcome.result]);
	record_release(&act);
	ledgerbook_close(&book);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}

int cmd_review(struct cmd *cmd, struct err *err)
{
	struct review r = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "reviewer", OPTION_TEXT, &r.reviewer },
		{ "destination", OPTION_TEXT, &r.destination },
		{ "class", OPTION_TEXT, &r.class },
		{ "reason", OPTION_TEXT, &r.reason },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	bool decides = strcmp(what, "decide") == 0;
	if (strcmp(what, "list") != 0 && strcmp(what, "show") != 0 && !decides)
		return err_set(err, ERR_USAGE, 0, "review takes list, show or decide, not '%s'", what);
	if (strcmp(what, "list") != 0 && cmd->argc != 2)
		return err_set(err, ERR_USAGE, 0, "review %s takes one subject", what);
	rc = rulebook_load(&cmd->config, false, false, &r.rules, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, decides ? STORE_WRITE : STORE_READ,
		                decides ? "assay review" : NULL, &r.store, err);
	if (rc == 0)
		rc = decides                     ? do_decide(&r, err)
		     : strcmp(what, "show") == 0 ? do_show(&r, err)
		                                 : do_list(&r, err);
	store_close(r.store);
	rulebook_release(&r.rules);
	return rc;
}
