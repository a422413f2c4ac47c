/* assay eval: verdicts held against what people called the sites.
 *
 * The same intake and the same assessment as `assay assess`, on labelled page rows; the report says
 * which sites came out wrong and why, and the exit code whether an innocent one was called rogue. */
#include "cmd/cmd.h"
#include "cmd/eval_report.h"
#include "cmd/labelled.h"
#include "cmd/log.h"
#include "cmd/model_report.h"
#include "cmd/ranker.h"
#include "cmd/rulebook.h"

#include "wire/timestamp.h"

#include <stdlib.h>

struct eval {
	struct cmd *cmd;
	struct log log;
	struct rulebook rules;
	struct labelled labelled;
	struct eval_units sites, languages;
	const char *packs, *registers, *model;
	struct rank_model ranking; /* where a model is given */
	struct scored *held_out, *trained; /* by it: of clusters that it was not and was trained from */
	size_t held_out_n, trained_n;
	json_t *errors, *rogue, *unapproved; /* of the report */
	size_t unread, stated;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int add_unit(struct eval_units *u, const struct eval_unit *one, struct err *err)
{
	if (u->n == u->cap) {
		size_t cap = u->cap ? u->cap * 2 : 64;
		struct eval_unit *more = realloc(u->unit, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		u->unit = more;
		u->cap = cap;
	}
	u->unit[u->n++] = *one;
	return 0;
}

/* Rules and findings of the assessment are gone when the unit is looked at; its cells are not. */
static int unit_of(struct eval *e, const struct labelled_site *s, struct slice language,
                   const struct assessment *made, size_t n, struct eval_unit *out, struct err *err)
{
	struct eval_unit u = { .label = s->label, .site = s->name, .cluster = s->cluster,
		               .language = language, .cell_n = made[0].cell_n };

	u.cell = arena_array(&e->cmd->arena, u.cell_n, sizeof(*u.cell));
	if (!u.cell)
		return no_memory(err);
	for (size_t i = 0; i < u.cell_n; i++) {
		const struct assessment *x = evaluation_speaker(s->label, made, n, i);
		u.cell[i] = evaluation_cell(x, &x->cell[i]);
		u.cell[i].ground = arena_copy(&e->cmd->arena, u.cell[i].ground);
		if (!u.cell[i].ground.p)
			return no_memory(err);
		for (size_t k = 0; k < s->destination_n; k++)
			u.cell[i].is_stated = u.cell[i].is_stated ||
			                      slice_eq(s->destination[k], u.cell[i].destination);
	}
	*out = u;
	return 0;
}

static bool is_error(const struct eval_unit *u, const struct eval_cell *c)
{
	enum outcome o = label_outcome(u->label, c->class, c->ground);

	return o == OUTCOME_WRONG || o == OUTCOME_CONDEMNED ||
	       (o == OUTCOME_ABSTAINED && u->label->expected == CLASS_ROGUE);
}

static json_t *error_of(const struct eval_unit *u, const struct eval_cell *c,
                        const struct assessment *made, size_t n)
{
	return eval_error_json(u, evaluation_speaker(u->label, made, n, (size_t)(c - u->cell)), c);
}

static int note_errors(struct eval *e, const struct eval_unit *u, const struct assessment *made,
                       size_t n, struct err *err)
{
	const struct eval_cell *any = evaluation_view(u, VIEW_ANY);
	const struct eval_cell *stated = evaluation_view(u, VIEW_STATED);
	int failed = 0;

	if (any && is_error(u, any))
		failed |= json_add_new(e->errors, error_of(u, any, made, n));
	if (stated && is_error(u, stated) && stated->class != any->class)
		failed |= json_add_new(e->errors, error_of(u, stated, made, n));
	if (any && u->label->is_innocent && any->class == CLASS_ROGUE)
		failed |= json_add_str(e->rogue, u->site);
	if (any && u->label->is_innocent && any->class == CLASS_UNAPPROVED && is_error(u, any))
		failed |= json_add_str(e->unapproved, u->site);
	return failed ? no_memory(err) : 0;
}

/* A site in one language, as assay train counts examples. */
static int score(struct eval *e, const struct labelled_site *s, const struct assessment *x,
                 struct err *err)
{
	bool known = rank_model_knows(&e->ranking, s->cluster);
	struct scored **list = known ? &e->trained : &e->held_out;
	size_t *n = known ? &e->trained_n : &e->held_out_n;
	bool *all;
	struct arena a = { 0 };
	struct features features;
	struct rank_score score;
	int rc = 0;

	if (!e->model || s->label->taught == 0)
		return 0;
	struct scored *more = reallocarray(*list, *n + 1, sizeof(*more));
	all = arena_array(&a, x->site->page_n, sizeof(*all));
	if (more)
		*list = more;
	if (!more || !all)
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < x->site->page_n; i++)
		all[i] = true;
	if (rc == 0)
		rc = features_of(e->rules.lexicon, x->extract, x->site, all, &a, &features, err);
	if (rc == 0) {
		rank_model_score(&e->ranking, &features, &score);
		more[(*n)++] = (struct scored){ score.ppm, s->label->taught > 0 };
	}
	arena_release(&a);
	return rc;
}

/* One language of a site, or all of it where language is empty. */
static int judge(struct eval *e, const struct labelled_site *s, struct slice language,
                 struct slice called, bool whole, struct err *err)
{
	struct arena a = { 0 };
	struct assessment made[2];
	struct eval_unit u;
	struct site site;
	int rc = labelled_pages(&e->labelled, s, language, &a, &site, err);

	if (rc == 0 && site.page_n == 0) {
		e->unread += whole;
		arena_release(&a);
		return 0;
	}
	int n = rc ? rc
	           : assess_site(&e->rules.assessor, &site, &e->labelled.registers, e->cmd->at, &a, made,
	                         err);
	rc = n < 0 ? n : unit_of(e, s, called, made, (size_t)n, &u, err);
	if (rc == 0 && whole)
		rc = note_errors(e, &u, made, (size_t)n, err);
	if (rc == 0)
		rc = add_unit(whole ? &e->sites : &e->languages, &u, err);
	if (rc == 0 && (!whole || s->language_n <= 1))
		rc = score(e, s, &made[0], err);
	arena_release(&a);
	return rc;
}

static int judge_site(struct eval *e, const struct labelled_site *s, struct err *err)
{
	size_t before = e->sites.n;
	int rc = 0;

	struct slice called = s->language_n == 1 ? s->language[0]
	                      : s->language_n    ? SLICE("mul")
	                                         : SLICE("und");
	rc = judge(e, s, SLICE(""), called, true, err);
	if (rc || e->sites.n == before)
		return rc;
	const struct eval_unit *u = &e->sites.unit[before];
	bool stated = false;
	for (size_t i = 0; i < u->cell_n; i++)
		stated = stated || u->cell[i].is_stated;
	e->stated += stated;
	if (s->language_n <= 1)
		return add_unit(&e->languages, u, err);
	for (size_t i = 0; rc == 0 && i < s->language_n; i++)
		rc = judge(e, s, s->language[i], s->language[i], false, err);
	return rc;
}

static int read_all(struct eval *e, struct err *err)
{
	struct labelled *l = &e->labelled;

	*l = (struct labelled){ .suffixes = e->rules.suffixes, .log = &e->log,
		                .arena = &e->cmd->arena, .at = e->cmd->at };
	int rc = labelled_begin(l, err);
	for (int i = 0; rc == 0 && i < e->cmd->argc; i++)
		rc = labelled_read(l, e->cmd->argv[i], err);
	if (rc == 0 && e->registers)
		rc = labelled_registers(l, e->registers, err);
	return rc ? rc : labelled_end(l, err);
}

/* ---- the report ---- */

static json_t *input_json(const struct eval *e, uint64_t clusters)
{
	const struct labelled *l = &e->labelled;
	json_t *o = json_object(), *digests = json_object();
	int failed = json_put_i64(o, "rows", (int64_t)l->rows);

	for (size_t i = 0; i < LABELS; i++)
		if (l->digests[i])
			failed |= json_put_i64(digests, labels[i].name, (int64_t)l->digests[i]);
	failed |= json_put_new(o, "digests", digests);
	failed |= json_put_i64(o, "bad_rows", (int64_t)l->bad);
	failed |= json_put_i64(o, "sites", (int64_t)l->n);
	failed |= json_put_i64(o, "judged_sites", (int64_t)e->sites.n);
	failed |= json_put_i64(o, "unread_sites", (int64_t)e->unread);
	failed |= json_put_i64(o, "clusters", (int64_t)clusters);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *assumed_json(const struct eval *e)
{
	json_t *o = json_object(), *destinations = json_array();
	int failed = json_put_i64(o, "stated", (int64_t)e->stated);

	failed |= json_put_i64(o, "any", (int64_t)(e->sites.n - e->stated));
	/* Those that have a cell: a pack may speak for more. */
	for (size_t i = 0; e->sites.n && i < e->sites.unit[0].cell_n; i++)
		failed |= json_add_str(destinations, e->sites.unit[0].cell[i].destination);
	failed |= json_put_new(o, "destinations", destinations);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *packs_json(const struct eval *e)
{
	json_t *list = json_array();
	char hex[SHA256_HEX];
	int failed = 0;

	for (size_t i = 0; i < e->rules.pack_n; i++) {
		json_t *one = json_object();
		sha256_hex(e->rules.pack[i].digest, hex);
		failed |= json_put_str(one, "id", e->rules.pack[i].id);
		failed |= json_put_str(one, "version", e->rules.pack[i].version);
		failed |= json_put_str(one, "digest", slice_from(hex, SHA256_HEX - 1));
		failed |= json_add_new(list, one);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static size_t innocent_sites(const struct eval *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->sites.n; i++)
		n += e->sites.unit[i].label->is_innocent;
	return n;
}

static int add_views(struct eval *e, json_t *views, uint64_t *clusters, struct err *err)
{
	const struct eval_unit *unit = e->sites.unit;
	size_t destinations = e->sites.n ? unit[0].cell_n : 0;

	for (size_t v = 0; v < VIEW_DESTINATION + destinations; v++) {
		struct evaluation found;
		char name[16] = "any";
		int rc = evaluation_of(unit, e->sites.n, v, &found, err);
		if (rc)
			return rc;
		if (v == VIEW_ANY)
			*clusters = found.recall[MEASURE_ABSTAINED].clusters;
		if (v == VIEW_STATED)
			snprintf(name, sizeof(name), "stated");
		else if (v >= VIEW_DESTINATION)
			snprintf(name, sizeof(name), "%.*s",
			         SLICE_ARG(unit[0].cell[v - VIEW_DESTINATION].destination));
		if (json_add_new(views, eval_view_json(&found, name)))
			return no_memory(err);
	}
	return 0;
}

static json_t *model_json(struct eval *e)
{
	json_t *o = json_object();
	struct calibration held_out, trained;
	char hex[SHA256_HEX];

	calibration_of(e->held_out, e->held_out_n, &held_out);
	calibration_of(e->trained, e->trained_n, &trained);
	sha256_hex(e->ranking.digest, hex);
	int failed = json_put_str(o, "digest", slice_from(hex, SHA256_HEX - 1));
	failed |= json_put_new(o, "held_out", calibration_json(&held_out));
	failed |= json_put_new(o, "trained", calibration_json(&trained));
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int add_report(struct eval *e, json_t *report, struct err *err)
{
	json_t *views = json_array(), *innocent = json_object();
	struct evaluation languages;
	char at[TIMESTAMP_LEN + 1];
	uint64_t clusters = 0;
	int rc = add_views(e, views, &clusters, err);

	if (rc == 0)
		rc = evaluation_of(e->languages.unit, e->languages.n, VIEW_ANY, &languages, err);
	if (rc) {
		json_decref(views);
		json_decref(innocent);
		return rc;
	}
	timestamp_format(e->cmd->at, at);
	int failed = json_put_i64(report, "eval", 1);
	failed |= json_put_str(report, "assess", SLICE(ASSESS_VERSION));
	failed |= json_put_str(report, "at", slice_str(at));
	failed |= json_put_new(report, "packs", packs_json(e));
	failed |= json_put_new(report, "input", input_json(e, clusters));
	failed |= json_put_new(report, "assumed", assumed_json(e));
	failed |= json_put_new(report, "views", views);
	failed |= json_put_i64(innocent, "sites", (int64_t)innocent_sites(e));
	failed |= json_put_new(innocent, "rogue", json_incref(e->rogue));
	failed |= json_put_new(innocent, "unapproved", json_incref(e->unapproved));
	failed |= json_put_new(report, "innocent", innocent);
	failed |= json_put_new(report, "caught_by_language",
	                       eval_measure_json(&languages.recall[MEASURE_CAUGHT]));
	failed |= json_put_new(report, "rogue_by_language",
	                       eval_measure_json(&languages.recall[CLASS_ROGUE]));
	failed |= json_put_new(report, "languages", eval_languages_json(&e->languages));
	failed |= json_put_new(report, "errors", json_incref(e->errors));
	if (e->model)
		failed |= json_put_new(report, "model", model_json(e));
	return failed ? no_memory(err) : 0;
}

static int print(struct eval *e, const json_t *report, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	if (e->cmd->format == FORMAT_TEXT) {
		rc = eval_put_text(report, &out, err);
	} else {
		rc = json_canonical(report, &out, err);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int cmd_eval(struct cmd *cmd, struct err *err)
{
	struct eval e = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "packs", OPTION_TEXT, &e.packs },
		{ "registers", OPTION_TEXT, &e.registers },
		{ "model", OPTION_TEXT, &e.model },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (cmd->argc == 0)
		return err_set(err, ERR_USAGE, 0, "eval takes files of labelled pages");
	if (e.packs)
		cmd->config.packs = e.packs;
	e.log = log_to_stderr(cmd->config.log_level);
	e.errors = json_array();
	e.rogue = json_array();
	e.unapproved = json_array();
	json_t *report = json_object();
	rc = e.errors && e.rogue && e.unapproved && report ? 0 : no_memory(err);
	if (rc == 0)
		rc = rulebook_load(&cmd->config, true, true, &e.rules, err);
	if (rc == 0)
		rc = packs_check(e.rules.pack, e.rules.pack_n, err);
	if (rc == 0 && e.model)
		rc = ranker_read(e.model, &cmd->arena, &e.ranking, err);
	if (rc == 0)
		rc = read_all(&e, err);
	for (size_t i = 0; rc == 0 && i < e.labelled.n; i++)
		rc = judge_site(&e, &e.labelled.site[i], err);
	if (rc == 0)
		rc = add_report(&e, report, err);
	if (rc == 0)
		rc = print(&e, report, err);
	if (rc == 0)
		rc = json_array_size(e.rogue) ? EXIT_NO : EXIT_DONE;
	json_decref(report);
	json_decref(e.errors);
	json_decref(e.rogue);
	json_decref(e.unapproved);
	free(e.sites.unit);
	free(e.languages.unit);
	free(e.held_out);
	free(e.trained);
	labelled_release(&e.labelled);
	rulebook_release(&e.rules);
	return rc;
}
