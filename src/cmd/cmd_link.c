/* assay link: which domains belong together, and why.
 *
 * Reads what was collected and found, weighs what domains share (link/), and tells networks; answers
 * why two domains hang together, and what falls apart when a piece of evidence is struck out. */
#include "cmd/cmd.h"
#include "cmd/intake.h"
#include "cmd/link_graph.h"
#include "cmd/link_hypotheses.h"
#include "cmd/link_records.h"
#include "cmd/link_words.h"
#include "cmd/log.h"
#include "cmd/rulebook.h"

#include "publish/graph.h"

#include <stdlib.h>

struct linking {
	struct cmd *cmd;
	struct log log;
	struct rulebook rules;
	struct link_input input;
	struct link_networks networks;
	const char *shared, *programs, *epoch, *freeze, *previous, *without, *graph;
	struct link_hypotheses guesses;
	bool why, hypotheses;
	struct slice a, b; /* of --why: sites */
};

static int take_record(void *ctx, const struct record *r, const struct intake_where *w,
                       struct err *err)
{
	struct linking *l = ctx;

	(void)w;
	if (l->hypotheses && slice_eq_str(r->type_name, "hypothesis"))
		return link_hypotheses_take(&l->guesses, r, &l->cmd->arena, err);
	return link_input_record(&l->input, r, err);
}

static int take_earlier(void *ctx, const struct record *r, const struct intake_where *w,
                        struct err *err)
{
	struct linking *l = ctx;

	(void)w;
	return link_networks_earlier(&l->networks, r, &l->cmd->arena, err);
}

static int read_all(struct linking *l, struct err *err)
{
	struct intake in = { .suffixes = l->rules.suffixes, .log = &l->log, .at = l->cmd->at,
		             .sink = { .ctx = l, .record = take_record } };
	static char standard_input[] = "-";
	char *one[] = { standard_input };
	int n = l->cmd->argc ? l->cmd->argc : 1, rc = 0;
	char **path = l->cmd->argc ? l->cmd->argv : one;

	for (int i = 0; i < n && rc == 0; i++)
		rc = intake_path(&in, path[i], err);
	if (rc == 0)
		intake_log_totals(&in);
	if (rc == 0 && l->previous) {
		in.sink = (struct intake_sink){ .ctx = l, .record = take_earlier };
		rc = intake_path(&in, l->previous, err);
	}
	return rc;
}

/* Mark what --without names: KIND=VALUE, or a value of any kind. *n: how many it is. */
static int strike(struct linking *l, size_t *n, struct err *err)
{
	struct slice text = slice_str(l->without), value = text;
	enum signal_kind kind = SIGNAL_KINDS;
	const char *equals = memchr(text.p, '=', text.n);

	if (equals) {
		struct slice word = slice_sub(text, 0, (size_t)(equals - text.p));
		if (signal_of(word, &kind))
			value = slice_sub(text, word.n + 1, text.n);
	}
	for (size_t v = 0; v < l->input.value_n; v++) {
		struct link_value *of = &l->input.value[v];
		if ((kind == SIGNAL_KINDS || of->kind == kind) && slice_eq(of->text, value)) {
			of->struck = true;
			++*n;
		}
	}
	if (*n == 0)
		return err_set(err, ERR_NOTFOUND, 0, "no domain of the input has the value '%s'",
		               l->without);
	return 0;
}

static int find(struct linking *l, struct population *p, struct networks *found, struct err *err)
{
	int rc = link_input_population(&l->input, p, err);

	return rc ? rc : networks_find(p, found, err);
}

static int put_why(struct linking *l, const struct link_told *told, struct buf *out, bool *yes,
                   struct err *err)
{
	uint32_t d[2];

	for (int i = 0; i < 2; i++) {
		struct slice name = i ? l->b : l->a;
		d[i] = link_input_find(&l->input, name);
		if (d[i] == NETWORK_NONE)
			return err_set(err, ERR_NOTFOUND, 0, "the input tells nothing of %.*s",
			               SLICE_ARG(name));
	}
	return link_put_why(told, d[0], d[1], out, yes, err);
}

static int put_graph(struct linking *l, const struct link_told *told, struct buf *out,
                     struct err *err)
{
	enum graph_format format;

	if (!graph_format_of(slice_str(l->graph), &format))
		return err_set(err, ERR_USAGE, 0, "--graph takes graphml, dot, svg or stix, not '%s'",
		               l->graph);
	struct graph g = { 0 };
	int rc = link_make_graph(told, &l->cmd->arena, &g, err);
	if (rc == 0)
		rc = graph_write(&g, format, l->cmd->at, out, err);
	link_graph_release(&g);
	return rc;
}

static int put_all(struct linking *l, const struct link_told *told, struct buf *out, struct err *err)
{
	int64_t at = l->cmd->at_given ? l->cmd->at : l->input.newest;
	int rc = 0;

	for (size_t i = 0; i < l->networks.n && rc == 0; i++) {
		const struct link_network *w = &l->networks.network[i];
		rc = l->cmd->format == FORMAT_TEXT
		             ? link_put_network(told, w, out, err)
		             : link_put_records(told, w, at, out, err);
		if (rc == 0 && out->n > 1 << 20)
			rc = cmd_put_out(out, err);
	}
	if (rc == 0)
		rc = l->cmd->format == FORMAT_TEXT ? link_put_storefronts(told, out, err)
		                                   : link_put_attributions(told, at, out, err);
	if (rc == 0 && l->hypotheses)
		rc = link_put_hypotheses(told, &l->guesses, l->cmd->format == FORMAT_TEXT, at, out,
		                         err);
	return rc;
}

/* The run without what was struck out, beside the one with it. */
static int put_without(struct linking *l, const struct link_told *told, struct buf *out,
                       struct err *err)
{
	struct population p = { 0 };
	struct networks found = { 0 };
	size_t n = 0;
	int rc = strike(l, &n, err);

	if (rc == 0)
		rc = find(l, &p, &found, err);
	if (rc == 0)
		rc = link_put_without(told, &found, out, err);
	networks_release(&found);
	population_release(&p);
	return rc;
}

static int run(struct linking *l, bool *yes, struct err *err)
{
	struct population p = { 0 };
	struct networks found = { 0 };
	struct link_told told = { .in = &l->input, .p = &p, .found = &found,
		                  .networks = &l->networks };
	struct buf out = { 0 };
	int rc = find(l, &p, &found, err);

	if (rc == 0)
		rc = link_networks_make(&l->networks, &l->input, &found, err);
	if (rc == 0)
		rc = link_told_init(&told, err);
	if (rc == 0 && l->freeze)
		rc = link_input_freeze(&l->input, l->freeze, err);
	if (rc == 0 && l->why)
		rc = put_why(l, &told, &out, yes, err);
	else if (rc == 0 && l->without)
		rc = put_without(l, &told, &out, err);
	else if (rc == 0 && l->graph)
		rc = put_graph(l, &told, &out, err);
	else if (rc == 0)
		rc = put_all(l, &told, &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	networks_release(&found);
	population_release(&p);
	return rc;
}

/* The two names of --why stand before the files. */
static int take_names(struct linking *l, struct err *err)
{
	if (l->cmd->argc < 2)
		return err_set(err, ERR_USAGE, 0, "--why takes two domains, then files");
	for (int i = 0; i < 2; i++) {
		struct subject s, site;
		int rc = subject_parse(slice_str(l->cmd->argv[i]), l->rules.suffixes,
		                       &l->cmd->arena, &s, err);
		if (rc == 0)
			rc = subject_site(s, l->rules.suffixes, &l->cmd->arena, &site, err);
		if (rc)
			return rc;
		*(i ? &l->b : &l->a) = site.key;
	}
	l->cmd->argc -= 2;
	l->cmd->argv += 2;
	return 0;
}

int cmd_link(struct cmd *cmd, struct err *err)
{
	struct linking l = { .cmd = cmd, .shared = "policy/link/shared.tsv",
		             .programs = "policy/programs" };
	const struct option_spec own[] = {
		{ "shared", OPTION_TEXT, &l.shared },     { "epoch", OPTION_TEXT, &l.epoch },
		{ "freeze", OPTION_TEXT, &l.freeze },     { "previous", OPTION_TEXT, &l.previous },
		{ "without", OPTION_TEXT, &l.without },   { "graph", OPTION_TEXT, &l.graph },
		{ "programs", OPTION_TEXT, &l.programs }, { "why", OPTION_FLAG, &l.why },
		{ "hypotheses", OPTION_FLAG, &l.hypotheses },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);
	bool yes = true;

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (!!l.why + !!l.without + !!l.graph > 1)
		return err_set(err, ERR_USAGE, 0, "of --why, --without and --graph one is allowed");
	/* A graph is handed on; a guess is not. */
	if (l.hypotheses && (l.why || l.without || l.graph))
		return err_set(err, ERR_USAGE, 0,
		               "--hypotheses are for analysts: not with --graph, --why or --without");
	l.log = log_to_stderr(cmd->config.log_level);
	rc = rulebook_load(&cmd->config, false, false, &l.rules, err);
	l.input.suffixes = l.rules.suffixes;
	l.input.log = &l.log;
	if (rc == 0 && l.why)
		rc = take_names(&l, err);
	if (rc == 0)
		rc = link_shared_load(&l.input.shared, l.shared, err);
	if (rc == 0)
		rc = link_programs_load(&l.input.programs, l.programs, l.rules.suffixes,
		                        &l.input.shared, err);
	if (rc == 0 && l.epoch)
		rc = link_epoch_load(&l.input.epoch, l.epoch, err);
	if (rc == 0)
		rc = read_all(&l, err);
	if (rc == 0)
		rc = run(&l, &yes, err);
	link_hypotheses_release(&l.guesses);
	link_networks_release(&l.networks);
	link_input_release(&l.input);
	rulebook_release(&l.rules);
	return rc ? rc : yes ? EXIT_DONE : EXIT_NO;
}
