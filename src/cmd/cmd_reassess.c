/* assay reassess [list|accept ID...|--all]: what changed packs would alter, and a reviewer's word for
 * it. Nothing is listed, lifted or hardened here. */
#include "assess/explain.h"
#include "cmd/acts.h"
#include "cmd/authority.h"
#include "cmd/cmd.h"
#include "cmd/ledgerbook.h"
#include "cmd/log.h"
#include "cmd/packbook.h"
#include "cmd/reassess.h"
#include "cmd/rulebook.h"
#include "cmd/verdicts.h"

#include <string.h>

struct reassessing {
	struct cmd *cmd;
	struct log log;
	struct rulebook rules;
	struct store *store;
	struct ledgerbook book;
	const char *destination, *pack, *by, *reason;
	bool all;
	bool *seen;             /* of each id that was given */
	size_t shown, accepted, corrections;
};

/* ---- which ---- */

static bool names_pack(const json_t *difference, const char *pack)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_arr(difference, "packs"), i, item)
		if (slice_eq_str(json_str(item, "pack"), pack))
			return true;
	return false;
}

static bool names_destination(const json_t *cells, const char *destination)
{
	const json_t *item;
	size_t i;

	json_array_foreach(cells, i, item)
		if (slice_eq_str(json_str(item, "destination"), destination))
			return true;
	return false;
}

static bool is_asked_for(const struct reassessing *r, const json_t *difference)
{
	return (!r->pack || names_pack(difference, r->pack)) &&
	       (!r->destination || names_destination(json_arr(difference, "cells"), r->destination));
}

/* ---- showing ---- */

static void put_rules(const char *sign, const json_t *rules, struct buf *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach(rules, i, item)
	{
		buf_printf(out, "    %s ", sign);
		explain_put_foreign(out, json_text(item), 100);
		buf_putc(out, '\n');
	}
}

static void put_class(const json_t *cell, const char *class, const char *ground, struct buf *out)
{
	explain_put_foreign(out, json_str(cell, class), 40);
	if (json_str(cell, ground).n) {
		buf_puts(out, " (");
		explain_put_foreign(out, json_str(cell, ground), 60);
		buf_putc(out, ')');
	}
}

static void put_text(const json_t *difference, struct buf *out)
{
	const json_t *cell;
	size_t i;

	explain_put_foreign(out, json_str(json_obj(difference, "subject"), "key"), 200);
	buf_printf(out, "  %.*s\n", SLICE_ARG(json_str(difference, "id")));
	json_array_foreach(json_arr(difference, "cells"), i, cell)
	{
		buf_printf(out, "  %.*s, %.*s: ", SLICE_ARG(json_str(cell, "destination")),
		           SLICE_ARG(json_str(cell, "state")));
		put_class(cell, "class_before", "ground_before", out);
		buf_puts(out, " -> ");
		put_class(cell, "class", "ground", out);
		buf_putc(out, '\n');
		put_rules("-", json_arr(cell, "findings_gone"), out);
		put_rules("+", json_arr(cell, "findings_new"), out);
		if (json_str(cell, "decided").n && !json_flag(cell, "supported", true))
			buf_printf(out,
			           "    %.*s is decided and stays listed: it would need a correction\n",
			           SLICE_ARG(json_str(cell, "decided")));
	}
}

static int show(struct reassessing *r, json_t *difference, const char *waits_for, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	if (r->cmd->format == FORMAT_TEXT) {
		put_text(difference, &out);
	} else if (json_put_str(difference, "waits_for", slice_str(waits_for))) {
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	} else {
		rc = json_canonical(difference, &out, err);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int show_difference(void *ctx, const struct report *report, int64_t period,
                           json_t *difference, struct err *err)
{
	struct reassessing *r = ctx;

	(void)report;
	(void)period;
	if (!is_asked_for(r, difference))
		return 0;
	r->shown++;
	return show(r, difference, "acceptance", err);
}

/* A decision in force whose newest verdict does not support it, whether a pack or the site changed. */
static int correction_json(const struct standing *s, json_t *cells, struct err *err)
{
	char decision[SHA256_HEX], verdict[SHA256_HEX];
	json_t *o = json_object();

	sha256_hex(s->decision->record, decision);
	sha256_hex(s->verdict->record, verdict);
	if (json_put_str(o, "destination", s->destination) |
	    json_put_str(o, "state", SLICE("listed")) |
	    json_put_str(o, "class_before", s->decision->class) |
	    json_put_str(o, "class", s->verdict->class) |
	    json_put_str(o, "ground", s->verdict->ground) |
	    json_put_str(o, "decision", slice_str(decision)) |
	    json_put_str(o, "verdict", slice_str(verdict)) |
	    json_put_str(o, "decided", s->decision->class) | json_put_flag(o, "supported", false) |
	    json_add_new(cells, o))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	return 0;
}

static int show_correction(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct reassessing *r = ctx;
	struct arena a = { 0 };
	struct subject subject;
	struct standing *s = NULL;
	size_t n = 0;
	json_t *cells = json_array(), *o = NULL;
	int rc = subject_from_key(kind, key, &subject, err);

	if (rc == 0)
		rc = acts_standing(r->store, subject, r->rules.suffixes, &a, &s, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (s[i].state == STATE_LISTED && s[i].verdict &&
		    !reassess_supports(s[i].verdict->class, s[i].decision->class))
			rc = correction_json(&s[i], cells, err);
	if (rc == 0 && json_array_size(cells) &&
	    (!r->destination || names_destination(cells, r->destination))) {
		o = json_object();
		if (json_put_new(o, "subject", record_subject_json(kind, key)) |
		    json_put_new(o, "cells", json_incref(cells)))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		else
			rc = show(r, o, "correction", err);
		r->corrections++;
	}
	json_decref(o);
	json_decref(cells);
	arena_release(&a);
	return rc;
}

static int do_list(struct reassessing *r, struct err *err)
{
	int rc = reassess_each(r->store, &r->rules, r->cmd->at, show_difference, r, err);

	if (rc == 0)
		rc = store_subjects(r->store, SLICE(""), true, show_correction, r, err);
	if (rc == 0 && r->cmd->format == FORMAT_TEXT)
		printf("%zu to accept, %zu decisions to correct\n", r->shown, r->corrections);
	return rc ? rc : EXIT_DONE;
}

/* ---- accepting ---- */

static bool is_chosen(struct reassessing *r, const json_t *difference)
{
	bool chosen = r->all;

	for (int i = 1; i < r->cmd->argc; i++)
		if (slice_eq_str(json_str(difference, "id"), r->cmd->argv[i])) {
			r->seen[i] = true;
			chosen = true;
		}
	return chosen && is_asked_for(r, difference);
}

static int look_for(void *ctx, const struct report *report, int64_t period, json_t *difference,
                    struct err *err)
{
	struct reassessing *r = ctx;

	(void)report;
	(void)period;
	(void)err;
	r->shown += is_chosen(r, difference);
	return 0;
}

/* The record: what was accepted, by whom and why, with the cells as they were shown. */
static int make_record(const struct reassessing *r, const struct report *report, int64_t period,
                       const json_t *difference, struct record *out, struct err *err)
{
	char src[80];

	snprintf(src, sizeof(src), "reviewer:%s", r->by);
	record_new(out, "reassessment", 1, report->verdict.kind, report->verdict.key, r->cmd->at,
	           slice_str(src));
	record_set_str(out, "verdict", json_str(difference, "id"));
	record_set_str(out, "before", json_str(difference, "before"));
	record_set_new(out, "packs", json_incref(json_arr(difference, "packs")));
	record_set_flag(out, "lexicon", json_flag(difference, "lexicon", false));
	record_set_flag(out, "other", json_flag(difference, "other", false));
	record_set_new(out, "cells", json_incref(json_arr(difference, "cells")));
	record_set_str(out, "reason", slice_str(r->reason));
	if (period != STORE_NONE)
		record_set_time(out, "period", period);
	return record_finish(out, err);
}

static int accept_one(void *ctx, const struct report *report, int64_t period, json_t *difference,
                      struct err *err)
{
	struct reassessing *r = ctx;
	struct record record = { 0 };
	struct buf out = { 0 };
	bool is_new = false;

	if (!is_chosen(r, difference))
		return 0;
	int rc = make_record(r, report, period, difference, &record, err);
	if (rc == 0)
		rc = store_begin(r->store, err);
	if (rc == 0)
		rc = verdicts_keep(r->store, report, period, &is_new, err);
	if (rc == 0)
		rc = ledgerbook_put(&r->book, &record, period, NULL, err);
	if (rc == 0)
		rc = store_commit(r->store, err);
	if (rc)
		store_rollback(r->store);
	if (rc == 0 && r->cmd->format != FORMAT_TEXT) {
		rc = record_format(&record, &out, err);
		buf_putc(&out, '\n');
	} else if (rc == 0) {
		put_text(difference, &out);
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	r->accepted++;
	buf_release(&out);
	record_release(&record);
	return rc;
}

/* All that is asked for is there, or nothing is written. */
static int check_ids(const struct reassessing *r, struct err *err)
{
	for (int i = 1; i < r->cmd->argc; i++)
		if (!r->seen[i])
			return err_set(err, ERR_NOTFOUND, 0,
			               "%.64s is no difference that waits: assay reassess list",
			               r->cmd->argv[i]);
	return 0;
}

static int do_accept(struct reassessing *r, struct err *err)
{
	struct authority may;
	int rc = authority_reviewer(r->store, &r->cmd->config, slice_str(r->by), &r->cmd->arena, &may,
	                            err);

	if (rc)
		return rc;
	r->seen = arena_array(&r->cmd->arena, (size_t)r->cmd->argc, sizeof(*r->seen));
	if (!r->seen)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	rc = reassess_each(r->store, &r->rules, r->cmd->at, look_for, r, err);
	if (rc == 0)
		rc = check_ids(r, err);
	if (rc == 0)
		rc = ledgerbook_open(r->store, &r->cmd->config, r->cmd->at, &r->book, err);
	/* What could not be signed is not begun. */
	if (rc == 0)
		rc = ledgerbook_sync(&r->book, NULL, err);
	if (rc == 0)
		rc = packbook_enter(&r->book, &r->rules, err);
	if (rc == 0)
		rc = reassess_each(r->store, &r->rules, r->cmd->at, accept_one, r, err);
	if (rc == 0)
		rc = ledgerbook_sync(&r->book, NULL, err);
	if (rc == 0 && r->cmd->format == FORMAT_TEXT)
		printf("%zu accepted\n", r->accepted);
	ledgerbook_close(&r->book);
	return rc ? rc : EXIT_DONE;
}

static int check_accept(const struct reassessing *r, struct err *err)
{
	if (r->all ? r->cmd->argc > 1 : r->cmd->argc < 2)
		return err_set(err, ERR_USAGE, 0, "accept takes ids that list shows, or --all");
	if (!r->by || !r->reason || !*r->reason)
		return err_set(err, ERR_USAGE, 0, "accept takes --by and --reason");
	return 0;
}

static int take_packs(struct reassessing *r, struct err *err)
{
	struct packbook known = { 0 };
	int rc = packbook_load(r->store, &known, err);

	if (rc == 0)
		rc = packbook_apply(&known, &r->rules, &r->log, err);
	packbook_release(&known);
	return rc;
}

int cmd_reassess(struct cmd *cmd, struct err *err)
{
	struct reassessing r = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "destination", OPTION_TEXT, &r.destination },
		{ "pack", OPTION_TEXT, &r.pack },
		{ "by", OPTION_TEXT, &r.by },
		{ "reason", OPTION_TEXT, &r.reason },
		{ "all", OPTION_FLAG, &r.all },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *what = cmd->argc ? cmd->argv[0] : "list";
	bool accepts = strcmp(what, "accept") == 0;
	if (!accepts && strcmp(what, "list") != 0)
		return err_set(err, ERR_USAGE, 0, "reassess takes list or accept, not '%s'", what);
	if (!accepts && cmd->argc > 1)
		return err_set(err, ERR_USAGE, 0, "reassess list takes no argument");
	rc = accepts ? check_accept(&r, err) : 0;
	r.log = log_to_stderr(cmd->config.log_level);
	if (rc == 0)
		rc = rulebook_load(&cmd->config, true, true, &r.rules, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, accepts ? STORE_WRITE : STORE_READ,
		                accepts ? "assay reassess" : NULL, &r.store, err);
	if (rc == 0)
		rc = take_packs(&r, err);
	if (rc == 0)
		rc = accepts ? do_accept(&r, err) : do_list(&r, err);
	store_close(r.store);
	rulebook_release(&r.rules);
	return rc;
}
