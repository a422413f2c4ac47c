/* assay assess: findings and verdicts from pages, without a store.
 *
 * The same intake and the same assessment as `assay run`, kept in memory: for a pipe, for a check of
 * packs, for a measurement. */
#include "cmd/assess_print.h"
#include "cmd/cmd.h"
#include "cmd/evidence_export.h"
#include "cmd/intake.h"
#include "cmd/intake_memory.h"
#include "cmd/log.h"
#include "cmd/packbook.h"
#include "cmd/progress.h"
#include "cmd/rederive.h"
#include "cmd/register_import.h"
#include "cmd/register_mappings.h"
#include "cmd/rulebook.h"
#include "assess/fact_report.h"

struct assess {
	struct cmd *cmd;
	struct log log;
	struct progress progress;
	struct rulebook rules;
	const char *packs, *registers, *rederive, *evidence, *export_evidence;
	bool explain, check_packs, facts;
};

/* What was read on the pages of a subject, before what was made of it. */
static int print_facts(struct assess *s, const struct assessment *x, struct buf *out, struct err *err)
{
	bool text = s->cmd->format == FORMAT_TEXT || s->explain;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < x->extract->facts.n; i++) {
		struct record r = { 0 };
		if (!x->mine[x->extract->facts.fact[i].page])
			continue;
		rc = fact_report(s->rules.assessor.lexicon, x, (uint32_t)i, s->cmd->at, &r, err);
		if (rc == 0 && text)
			fact_report_line(&r, out);
		else if (rc == 0)
			rc = record_format(&r, out, err);
		buf_putc(out, '\n');
		record_release(&r);
	}
	return rc;
}

static int assess_case(struct assess *s, const struct casefile *file,
                       const struct registers *registers, struct err *err)
{
	struct assess_print print = { s->cmd, &s->rules, s->explain };
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
			if (s->facts)
				rc = print_facts(s, &made[k], &out, err);
			if (rc == 0)
				rc = report_of(&s->rules.assessor, &made[k], registers,
				               &s->rules.inputs, s->cmd->at, &a, &r, err);
			if (rc == 0)
				rc = assess_print(&print, &r, &out, err);
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
	struct evidence_export export = { 0 };
	struct casefile *file = NULL;
	struct registers registers = { 0 };
	size_t files = 0;
	uint64_t total = 0;
	int rc = intake_to_memory(&memory, &intake.sink, err);

	if (rc == 0 && s->export_evidence) {
		rc = evidence_export_begin(s->export_evidence, &s->cmd->config, &export, err);
		evidence_export_from(&export, &memory);
	}
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
	if (rc == 0 && s->export_evidence)
		rc = evidence_export_end(&export, err);
	evidence_export_release(&export);
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
		{ "facts", OPTION_FLAG, &s.facts },
		{ "rederive", OPTION_TEXT, &s.rederive },
		{ "evidence", OPTION_TEXT, &s.evidence },
		{ "export-evidence", OPTION_TEXT, &s.export_evidence },
		{ "check-packs", OPTION_FLAG, &s.check_packs },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (s.packs)
		cmd->config.packs = s.packs;
	if (!s.rederive != !s.evidence || (s.rederive && cmd->argc))
		return err_set(err, ERR_USAGE, 0,
		               "a verdict is made again by: assay assess --rederive FILE --evidence DIR");
	if (s.rederive)
		return rederive_file(cmd,
		                     &(struct rederive_asked){ s.rederive, s.evidence,
		                                               s.export_evidence, s.packs != NULL },
		                     err);
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
