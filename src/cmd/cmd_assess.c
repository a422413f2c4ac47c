/* assay assess: findings and verdicts from pages, without a store.
 *
 * The same intake and the same assessment as `assay run`, kept in memory: for a pipe, for a check of
 * packs, for a measurement. */
#include "cmd/cmd.h"
#include "cmd/intake.h"
#include "cmd/intake_memory.h"
#include "cmd/log.h"
#include "cmd/packbook.h"
#include "cmd/progress.h"
#include "cmd/register_import.h"
#include "cmd/register_mappings.h"
#include "cmd/rulebook.h"
#include "assess/explain.h"

struct assess {
	struct cmd *cmd;
	struct log log;
	struct progress progress;
	struct rulebook rules;
	const char *packs, *registers;
	bool explain, check_packs;
	struct report *report; /* being printed: explain_source looks findings up in it */
};

static int find_finding(void *ctx, struct slice id, json_t **out, struct err *err)
{
	struct report *r = ctx;

	(void)err;
	*out = NULL;
	for (size_t i = 0; i < r->n && !*out; i++)
		if (slice_eq(json_str(r->finding[i].body, "id"), id))
			*out = json_incref(r->finding[i].body);
	return 0;
}

static int print_text(struct assess *s, const struct report *r, struct buf *out, struct err *err)
{
	struct explain_source from = { find_finding, (void *)(uintptr_t)r };
	const json_t *cell;
	size_t i;
	int rc = 0;

	json_array_foreach(json_arr(r->verdict.body, "cells"), i, cell)
	{
		struct slice ground = json_str(cell, "ground");
		explain_put_foreign(out, r->verdict.key, 200);
		buf_printf(out, " for %.*s: %.*s", SLICE_ARG(json_str(cell, "destination")),
		           SLICE_ARG(json_str(cell, "class")));
		if (ground.n)
			buf_printf(out, " (%.*s)", SLICE_ARG(ground));
		buf_puts(out, "\n  ");
		size_t before = out->n;
		rc = explain_line(cell, &from, out, err);
		if (rc)
			return rc;
		if (out->n == before)
			out->n -= 2;
		else
			buf_putc(out, '\n');
		if (s->explain)
			rc = explain_cell(cell, &from, out, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int print_report(struct assess *s, const struct report *r, struct buf *out, struct err *err)
{
	int rc = 0;

	if (s->cmd->format == FORMAT_TEXT || s->explain)
		return print_text(s, r, out, err);
	for (size_t i = 0; rc == 0 && i < r->n; i++) {
		rc = record_format(&r->finding[i], out, err);
		buf_putc(out, '\n');
	}
	if (rc == 0)
		rc = record_format(&r->verdict, out, err);
	buf_putc(out, '\n');
	return rc;
}

static int assess_case(struct assess *s, const struct casefile *file,
                       const struct registers *registers, struct err *err)
{
	struct arena a = { 0 };
	struct buf out = { 0 };
	int rc = 0;

	for (size_t i = 0; i < file->unreadable_n; i++)
		LOG_PUT(&s->log, LEVEL_WARNING, "a page cannot be read",
		        LOG_STR("url", file->unreadable[i].url),
		        LOG_STR("why", file->unreadable[i].reason));
	for (size_t i = 0; rc == 0 && i < file->n; i++) {
		struct assessment made[2];
		int n = assess_site(&s->rules.assessor, &file->site[i], registers, s->cmd->at, &a, made,
		                    err);
		for (int k = 0; rc == 0 && k < n; k++) {
			struct report r = { 0 };
			rc = report_of(&s->rules.assessor, &made[k], registers, &s->rules.inputs,
			               s->cmd->at, &a, &r, err);
			if (rc == 0)
				rc = print_report(s, &r, &out, err);
			report_release(&r);
		}
		if (n < 0)
			rc = n;
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	arena_release(&a);
	return rc;
}

/* ---- files of registers, without a store ---- */

struct taking {
	const struct intake_sink *sink;
	struct intake_where where;
};

static int take_row(void *ctx, const struct record *r, struct err *err)
{
	struct taking *t = ctx;

	return t->sink->record(t->sink->ctx, r, &t->where, err);
}

/* --registers gphc=premises.csv,nabp=list.csv */
static int read_registers(struct assess *s, const struct intake_sink *sink, struct arena *a,
                          struct err *err)
{
	struct slice rest = slice_str(s->registers), one;
	int rc = 0;

	while (rc == 0 && slice_cut(&rest, ',', &one)) {
		size_t eq = slice_find(one, '=');
		const char *id = arena_printf(a, "%.*s", SLICE_ARG(slice_sub(one, 0, eq)));
		const char *path = arena_printf(a, "%.*s", SLICE_ARG(slice_sub(one, eq + 1, one.n)));
		struct register_map map;
		struct register_import in = { .map = &map, .suffixes = s->rules.suffixes, .log = &s->log,
			                      .now = s->cmd->at, .date = REGISTER_DATE_UNKNOWN,
			                      .otherwise = s->cmd->at };
		struct taking t = { sink, { .source = one } };
		if (!id || !path)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		if (eq == one.n || !*id || !*path)
			return err_set(err, ERR_USAGE, 0, "--registers takes ID=FILE, not '%.*s'",
			               SLICE_ARG(slice_sub(one, 0, 80)));
		rc = register_mapping_load(&s->cmd->config, id, a, &map, &in.map_digest, err);
		if (rc == 0)
			rc = register_rows(&in, path, take_row, &t, err);
	}
	return rc;
}

static int assess_all(struct assess *s, struct arena *a, struct err *err)
{
	static char standard_input[] = "-";
	char *one[] = { standard_input };
	char **path = s->cmd->argc ? s->cmd->argv : one;
	int n = s->cmd->argc ? s->cmd->argc : 1;
	struct intake_memory memory = { .suffixes = s->rules.suffixes, .arena = a };
	struct intake intake = { .suffixes = s->rules.suffixes, .log = &s->log,
		                 .progress = &s->progress, .at = s->cmd->at };
	struct casefile *file = NULL;
	struct registers registers = { 0 };
	size_t files = 0;
	uint64_t total = 0;
	int rc = intake_to_memory(&memory, &intake.sink, err);

	for (int i = 0; rc == 0 && i < n; i++) {
		uint64_t bytes = 0;
		rc = intake_size(path[i], &bytes, err);
		total += bytes;
	}
	progress_begin(&s->progress, "reading", "items", total);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = intake_path(&intake, path[i], err);
	progress_end(&s->progress);
	if (rc == 0 && s->registers)
		rc = read_registers(s, &intake.sink, a, err);
	if (rc == 0)
		intake_log_totals(&intake);
	if (rc == 0)
		rc = intake_memory_cases(&memory, &file, &files, &registers, err);
	for (size_t i = 0; rc == 0 && i < files; i++)
		rc = assess_case(s, &file[i], &registers, err);
	intake_memory_release(&memory);
	return rc;
}

static int print_packs(const struct rulebook *b)
{
	for (size_t i = 0; i < b->pack_n; i++)
		printf("%s: pack %.*s %.*s, %zu rules, for %.*s%s\n", b->pack[i].file,
		       SLICE_ARG(b->pack[i].id), SLICE_ARG(b->pack[i].version), b->pack[i].rule_n,
		       SLICE_ARG(b->pack[i].destinations[0]),
		       b->pack[i].destination_n > 1 ? " and others" : "");
	return EXIT_DONE;
}

/* Nothing comes of what is assessed here, so every pack may be tried; but it is said which would
 * judge nothing in a store that has not switched it on. */
static void warn_of_packs(const struct assess *s)
{
	struct packbook none = { 0 };

	for (size_t i = 0; i < s->rules.pack_n; i++)
		if (packbook_state(&none, &s->rules.pack[i], &s->rules.signer[i]) != GUARD_PACK_TRUSTED)
			LOG_PUT(&s->log, LEVEL_WARNING, "a pack that no publisher signed is tried",
			        LOG_STR("pack", s->rules.pack[i].id),
			        LOG_STR("version", s->rules.pack[i].version),
			        LOG_STR("signature", slice_str(s->rules.signer[i].why)));
}

int cmd_assess(struct cmd *cmd, struct err *err)
{
	struct assess s = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "packs", OPTION_TEXT, &s.packs },
		{ "registers", OPTION_TEXT, &s.registers },
		{ "explain", OPTION_FLAG, &s.explain },
		{ "check-packs", OPTION_FLAG, &s.check_packs },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (s.packs)
		cmd->config.packs = s.packs;
	s.log = log_to_stderr(cmd->config.log_level);
	s.progress = progress_to_stderr();
	rc = rulebook_load(&cmd->config, true, true, &s.rules, err);
	if (rc == 0)
		rc = packs_check(s.rules.pack, s.rules.pack_n, err);
	if (rc == 0 && s.check_packs) {
		rc = print_packs(&s.rules);
	} else if (rc == 0) {
		warn_of_packs(&s);
		rc = assess_all(&s, &cmd->arena, err);
	}
	rulebook_release(&s.rules);
	return rc ? rc : EXIT_DONE;
}
