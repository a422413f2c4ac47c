/* assay run: all stages on one machine, kept in the embedded store.
 *
 *   inputs -> names screened, pages kept as evidence, records kept
 *          -> every site in the store assessed
 *          -> networks found among them
 *          -> reviewers' acts carried out, listings of earlier registrations ended
 *          -> ledger brought up to date
 *
 * Each step is idempotent, so a run that died is run again. */
#include "cmd/acts.h"
#include "cmd/cmd.h"
#include "cmd/intake.h"
#include "cmd/intake_store.h"
#include "cmd/judge.h"
#include "cmd/ledgerbook.h"
#include "cmd/link_store.h"
#include "cmd/log.h"
#include "cmd/making.h"
#include "cmd/packbook.h"
#include "cmd/progress.h"
#include "cmd/rulebook.h"
#include "cmd/view.h"
#include "screen/screen.h"
#include "store/quota.h"

#include <stdlib.h>

struct run {
	struct cmd *cmd;
	struct log log;
	struct progress progress;
	struct rulebook rules;
	struct screen *screen;
	struct store *store;
	struct ledgerbook book;
	struct acts acts;
	struct guard guard;
	struct intake_store keeper;
	struct intake intake;
	struct record *act; /* read, to be carried out behind the assessment */
	size_t act_n, act_cap;
	struct judge judge;
	struct link_store links;
	size_t result[ACT_RESULTS];
	size_t expired;
	const struct record *acting; /* being carried out, for messages */
};

/* ---- what is read ---- */

static bool is_kept(struct slice type)
{
	static const char *const types[] = { "suspect",     "sighting",   "link",   "network",
		                             "attribution", "hypothesis", "notice", "outcome",
		                             "report" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq_str(type, types[i]))
			return true;
	return false;
}

/* What another stage found is kept: it orders and shows, and decides nothing. Acts wait until what
 * they are about has been assessed. Verdicts and findings of others are not taken on trust: they are made here. */
static int take_other(void *ctx, const struct record *r, const struct intake_where *w,
                      struct err *err)
{
	struct run *run = ctx;

	(void)w;
	if (is_kept(r->type_name))
		return intake_store_put(&run->keeper, r, NULL, NULL, err);
	if (!slice_eq_str(r->type_name, "decision") && !slice_eq_str(r->type_name, "correction"))
		return 0;
	if (run->act_n == run->act_cap) {
		size_t cap = run->act_cap ? run->act_cap * 2 : 64;
		struct record *more = realloc(run->act, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		run->act = more;
		run->act_cap = cap;
	}
	json_t *body = json_incref(r->body);
	int rc = record_from_json(body, &run->act[run->act_n], err);
	if (rc)
		json_decref(body);
	else
		run->act_n++;
	return rc;
}

static int take_name(void *ctx, struct slice name, const struct intake_where *w, struct err *err)
{
	struct run *run = ctx;
	struct suspect suspect;
	struct record r;

	if (!screen_name(run->screen, name, &suspect))
		return 0;
	int rc = suspect_record(run->screen, name, &suspect, w->source, run->cmd->at, &r, err);
	if (rc)
		return rc;
	rc = intake_store_put(&run->keeper, &r, NULL, NULL, err);
	record_release(&r);
	return rc ? rc : 1;
}

static int read_inputs(struct run *run, struct err *err)
{
	static char standard_input[] = "-";
	char *one[] = { standard_input };
	char **path = run->cmd->argc ? run->cmd->argv : one;
	int n = run->cmd->argc ? run->cmd->argc : 1;
	uint64_t total = 0;
	int rc = 0;

	/* A path that is wrong is told before anything is written. */
	for (int i = 0; rc == 0 && i < n; i++) {
		uint64_t bytes = 0;
		rc = intake_size(path[i], &bytes, err);
		total += bytes;
	}
	run->keeper = (struct intake_store){ .store = run->store, .at = run->cmd->at,
		                             .name = take_name, .other = take_other, .ctx = run };
	run->intake = (struct intake){ .suffixes = run->rules.suffixes, .log = &run->log,
		                       .progress = &run->progress, .at = run->cmd->at };
	if (rc == 0)
		rc = intake_to_store(&run->keeper, &run->intake.sink, err);
	progress_begin(&run->progress, "reading", "items", total);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = intake_path(&run->intake, path[i], err);
	progress_end(&run->progress);
	if (rc == 0)
		rc = intake_store_flush(&run->keeper, err);
	intake_store_release(&run->keeper);
	if (rc == 0)
		intake_log_totals(&run->intake);
	return rc;
}

/* ---- the packs in use are entries of the ledger ---- */

static int take_packs(struct run *run, struct err *err)
{
	struct packbook known = { 0 };
	int rc = packbook_load(run->store, &known, err);

	if (rc == 0)
		rc = packbook_apply(&known, &run->rules, &run->log, err);
	packbook_release(&known);
	if (rc == 0 && run->rules.assessor.pack_n == 0)
		rc = err_set(err, ERR_REFUSED, 0,
		             "%s: no policy pack in it is on, so nothing can be judged: assay pack list",
		             run->cmd->config.packs);
	return rc ? rc : packbook_enter(&run->book, &run->rules, err);
}

/* ---- acts ---- */

static int by_time(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return memcmp(x->id.b, y->id.b, SHA256_LEN);
}

static void told(void *ctx, const struct act_outcome *o)
{
	struct run *run = ctx;

	run->result[o->result]++;
	if (o->result == ACT_REFUSED)
		LOG_PUT(&run->log, LEVEL_WARNING, "an act was refused", LOG_STR("subject", run->acting->key),
		        LOG_STR("destination", o->destination), LOG_STR("src", run->acting->src),
		        LOG_STR("why", slice_str(o->why)));
}

static int carry_out_acts(struct run *run, struct err *err)
{
	int rc = 0;

	if (run->act_n)
		qsort(run->act, run->act_n, sizeof(*run->act), by_time);
	for (size_t i = 0; rc == 0 && i < run->act_n; i++) {
		run->acting = &run->act[i];
		rc = acts_carry_out(&run->acts, &run->act[i], told, run, err);
		if (rc == ERR_SYNTAX) {
			LOG_PUT(&run->log, LEVEL_WARNING, "not an act", LOG_STR("subject", run->act[i].key),
			        LOG_STR("why", slice_str(err->what)));
			rc = 0;
		}
	}
	return rc;
}

static int end_period(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct run *run = ctx;
	struct arena a = { 0 };
	struct subject subject, registered;
	int64_t current;
	size_t ended = 0;
	int rc = subject_from_key(kind, key, &subject, err);

	if (rc == 0)
		rc = casefile_registered(subject, run->rules.suffixes, &a, &registered, err);
	if (rc == 0)
		rc = acts_current_period(run->store, &registered, &current, err);
	if (rc == 0)
		rc = acts_end_period(&run->acts, &subject, current, &ended, err);
	run->judge.ended += ended;
	if (rc == 0)
		rc = acts_expire(&run->acts, &subject, &ended, err);
	run->expired += rc == 0 ? ended : 0;
	arena_release(&a);
	return rc;
}

/* Subjects are gathered first: ending a listing writes, and a walk must not. */
struct subjects {
	struct arena arena;
	struct slice *kind, *key;
	size_t n, cap;
};

static int gather(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct subjects *s = ctx;

	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 256;
		struct slice *kinds = realloc(s->kind, cap * sizeof(*kinds));
		if (kinds)
			s->kind = kinds;
		struct slice *keys = realloc(s->key, cap * sizeof(*keys));
		if (keys)
			s->key = keys;
		if (!kinds || !keys)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		s->cap = cap;
	}
	s->kind[s->n] = arena_copy(&s->arena, kind);
	s->key[s->n] = arena_copy(&s->arena, key);
	if (!s->kind[s->n].p || !s->key[s->n].p)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	s->n++;
	return 0;
}

static void release_subjects(struct subjects *s)
{
	free(s->kind);
	free(s->key);
	arena_release(&s->arena);
}

/* ---- what came of it ---- */

static int print_verdicts(const struct view *v, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < v->n; i++) {
		struct record r;
		const struct view_row *row = &v->row[i];
		if (!row->verdict || json_flag(row->verdict, "redacted", false) || (i && row->standing->verdict->order ==
		                                   v->row[i - 1].standing->verdict->order))
			continue;
		/* A verdict has a cell for each destination, and is printed once. */
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen = seen || (v->row[k].verdict && v->row[k].standing->verdict->order ==
			                                             row->standing->verdict->order);
		if (seen)
			continue;
		int rc = record_from_json(json_incref(row->verdict), &r, err);
		if (rc) {
			json_decref(row->verdict);
			return rc;
		}
		rc = record_format(&r, out, err);
		buf_putc(out, '\n');
		record_release(&r);
		if (rc)
			return rc;
	}
	return 0;
}

static int print_all(struct run *run, const struct subjects *list, struct err *err)
{
	struct buf out = { 0 };
	bool text = run->cmd->format == FORMAT_TEXT;
	int rc = 0;

	if (text && list->n)
		view_put_head(&out);
	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		struct arena a = { 0 };
		struct subject subject;
		struct view v = { 0 };
		rc = subject_from_key(list->kind[i], list->key[i], &subject, err);
		if (rc == 0)
			rc = view_load(run->store, subject, run->rules.suffixes, VIEW_WHOLE, &a, &v, err);
		if (rc == 0 && text)
			view_put_table(&v, &out);
		else if (rc == 0)
			rc = print_verdicts(&v, &out, err);
		view_release(&v);
		arena_release(&a);
		if (rc == 0)
			rc = cmd_put_out(&out, err);
	}
	buf_release(&out);
	return rc;
}

static void print_summary(const struct run *run, const struct ledger_head *head)
{
	const struct intake_counts *c = &run->intake.total;
	char root[SHA256_HEX];

	sha256_hex(head->root, root);
	printf("\nread      %lld names (%lld suspect), %lld pages, %lld records; %lld bad lines, %lld "
	       "bad files\n",
	       (long long)c->names, (long long)c->suspects, (long long)c->pages, (long long)c->records,
	       (long long)c->bad_lines, (long long)c->bad_files);
	printf("assessed  %zu sites: %zu verdicts, %zu of them new; %zu pages could not be read\n",
	       run->judge.subjects, run->judge.verdicts, run->judge.fresh, run->judge.unreadable);
	if (run->judge.redacted)
		printf("redacted  %zu sites were not assessed again: their verdicts stay\n",
		       run->judge.redacted);
	printf("decided   %zu in force, %zu proposed, %zu corrected, %zu refused, %zu known already; "
	       "%zu listings ended\n",
	       run->result[ACT_IN_FORCE] + run->result[ACT_DISMISSED], run->result[ACT_PROPOSED],
	       run->result[ACT_CORRECTED], run->result[ACT_REFUSED],
	       run->result[ACT_KNOWN] + run->result[ACT_RECUSED], run->judge.ended + run->expired);
	if (run->judge.stopped)
		printf("guarded   %zu not listed by rule: they wait for people\n", run->judge.stopped);
	if (run->judge.held)
		printf("held      %zu verdicts that changed packs would alter: assay reassess list\n",
		       run->judge.held);
	for (size_t i = run->rules.assessor.pack_n; i < run->rules.pack_n; i++)
		printf("pack off  %.*s %.*s: %s (assay pack enable %.*s)\n",
		       SLICE_ARG(run->rules.pack[i].id), SLICE_ARG(run->rules.pack[i].version),
		       run->rules.signer[i].why, SLICE_ARG(run->rules.pack[i].id));
	printf("ledger    %llu entries, root %s\n", (unsigned long long)head->size, root);
}

static int do_all(struct run *run, struct err *err)
{
	struct subjects list = { 0 };
	struct ledger_head head = { 0 };
	struct config *config = &run->cmd->config;
	int rc = rulebook_load(config, true, true, &run->rules, err);

	if (rc == 0)
		rc = screen_new(run->rules.lexicon, run->rules.suffixes, &run->screen, err);
	if (rc == 0)
		rc = store_open(config->store, STORE_WRITE | STORE_CREATE, "assay run", &run->store, err);
	if (rc == 0)
		rc = store_limit(run->store, config->quota, config->reserve, err);
	if (rc == 0)
		rc = ledgerbook_open(run->store, config, run->cmd->at, &run->book, err);
	/* A crash may have left entries that no checkpoint signs yet. */
	if (rc == 0)
		rc = ledgerbook_sync(&run->book, NULL, err);
	if (rc == 0)
		rc = take_packs(run, err);
	if (rc == 0)
		rc = read_inputs(run, err);
	run->acts = (struct acts){ &run->book, config, run->cmd->at, run->rules.suffixes, SLICE(""),
		                   &run->guard };
	if (rc == 0)
		rc = making_definition(&run->acts, NULL, err);
	if (rc == 0)
		rc = guard_open(run->store, config, run->rules.suffixes, run->cmd->at, &run->guard, err);
	run->judge = (struct judge){ .store = run->store, .rules = &run->rules, .acts = &run->acts,
		                     .guard = &run->guard, .log = &run->log, .progress = &run->progress,
		                     .fact = link_store_fact, .fact_ctx = &run->links,
		                     .at = run->cmd->at };
	if (rc == 0)
		rc = link_store_open(&run->links, config, run->rules.suffixes, &run->log, err);
	if (rc == 0)
		rc = judge_all(&run->judge, err);
	if (rc == 0)
		rc = link_store_keep(&run->links, run->store, run->cmd->at, err);
	if (rc == 0)
		LOG_PUT(&run->log, LEVEL_DEBUG, "linked",
		        LOG_INT("networks", (int64_t)run->links.networks),
		        LOG_INT("new_records", (int64_t)run->links.fresh));
	if (rc == 0)
		rc = carry_out_acts(run, err);
	if (rc == 0)
		rc = store_subjects(run->store, SLICE(""), true, gather, &list, err);
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		rc = end_period(run, list.kind[i], list.key[i], err);
	if (rc == 0)
		rc = ledgerbook_sync(&run->book, &head, err);
	if (rc == 0)
		rc = print_all(run, &list, err);
	if (rc == 0 && run->cmd->format == FORMAT_TEXT)
		print_summary(run, &head);
	release_subjects(&list);
	return rc;
}

int cmd_run(struct cmd *cmd, struct err *err)
{
	int rc = cmd_options(cmd, NULL, 0, err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	struct run run = { .cmd = cmd, .log = log_to_stderr(cmd->config.log_level),
		           .progress = progress_to_stderr() };
	rc = do_all(&run, err);
	for (size_t i = 0; i < run.act_n; i++)
		record_release(&run.act[i]);
	free(run.act);
	link_store_close(&run.links);
	guard_close(&run.guard);
	ledgerbook_close(&run.book);
	store_close(run.store);
	screen_free(run.screen);
	rulebook_release(&run.rules);
	return rc ? rc : EXIT_DONE;
}
