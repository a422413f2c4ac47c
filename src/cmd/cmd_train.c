/* assay train: the ranking model from labelled pages.
 *
 * An example is what a site says in one language, as assay eval counts them; what the label teaches
 * stands in assess/label.h. The model orders the review queue (cmd/ranker.h) and nothing else. */
#include "cmd/cmd.h"
#include "cmd/labelled.h"
#include "cmd/log.h"
#include "cmd/matcher_load.h"
#include "cmd/model_report.h"
#include "cmd/rulebook.h"

#include "assess/train.h"
#include "sys/file.h"

#include <stdlib.h>

struct train {
	struct cmd *cmd;
	struct log log;
	struct rulebook rules;
	struct matcher *matcher;
	struct mmap_file image;
	struct labelled labelled;
	struct train_example *example;
	size_t n, cap, positives;
	const char *labels, *out;
	int64_t folds;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int add_example(struct train *t, const struct train_example *e, struct err *err)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		struct train_example *more = realloc(t->example, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		t->example = more;
		t->cap = cap;
	}
	t->example[t->n++] = *e;
	t->positives += e->positive;
	return 0;
}

/* What was read of the pages goes again at once: only buckets are kept. */
static int keep(struct train *t, const struct features *f, struct features *out, struct err *err)
{
	out->n = f->n;
	out->feature = arena_array(&t->cmd->arena, f->n, sizeof(*out->feature));
	if (!out->feature)
		return no_memory(err);
	for (size_t i = 0; i < f->n; i++)
		out->feature[i].bucket = f->feature[i].bucket;
	return 0;
}

static int take_language(struct train *t, const struct labelled_site *s, struct slice language,
                         struct err *err)
{
	struct arena a = { 0 };
	struct site site;
	struct extract extract;
	struct features found;
	struct train_example e = { .cluster = s->cluster, .positive = s->label->taught > 0 };
	int rc = labelled_pages(&t->labelled, s, language, &a, &site, err);
	bool *mine = arena_array(&a, site.page_n, sizeof(*mine));

	if (rc == 0 && !mine)
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < site.page_n; i++)
		mine[i] = true;
	bool any = rc == 0 && site.page_n > 0;
	if (any)
		rc = extract_site(t->matcher, t->rules.lexicon, &site, &a, &extract, err);
	if (rc == 0 && any)
		rc = features_of(t->rules.lexicon, &extract, &site, mine, &a, &found, err);
	if (rc == 0 && any)
		rc = keep(t, &found, &e.features, err);
	if (rc == 0 && any)
		rc = add_example(t, &e, err);
	arena_release(&a);
	return rc;
}

static int take_site(struct train *t, const struct labelled_site *s, struct err *err)
{
	int rc = 0;

	if (s->label->taught == 0)
		return 0;
	if (s->language_n <= 1)
		return take_language(t, s, SLICE(""), err);
	for (size_t i = 0; rc == 0 && i < s->language_n; i++)
		rc = take_language(t, s, s->language[i], err);
	return rc;
}

static int read_all(struct train *t, struct err *err)
{
	struct labelled *l = &t->labelled;

	*l = (struct labelled){ .suffixes = t->rules.suffixes, .log = &t->log,
		                .arena = &t->cmd->arena, .at = t->cmd->at };
	int rc = labelled_begin(l, err);
	if (rc == 0 && t->labels)
		rc = labelled_read(l, t->labels, err);
	for (int i = 0; rc == 0 && i < t->cmd->argc; i++)
		rc = labelled_read(l, t->cmd->argv[i], err);
	if (rc == 0)
		rc = labelled_end(l, err);
	for (size_t i = 0; rc == 0 && i < l->n; i++)
		rc = take_site(t, &l->site[i], err);
	return rc;
}

/* ---- the report ---- */

static int put_report(struct train *t, const struct rank_model *m, size_t bytes,
                      const struct calibration *c, struct buf *out, struct err *err)
{
	json_t *o = json_object(), *held_out = c ? calibration_json(c) : NULL;
	char hex[SHA256_HEX];
	int failed = c && !held_out, rc = 0;

	sha256_hex(m->digest, hex);
	failed |= json_put_i64(o, "train", 1);
	failed |= json_put_i64(o, "examples", (int64_t)t->n);
	failed |= json_put_i64(o, "positives", (int64_t)t->positives);
	failed |= json_put_i64(o, "clusters", (int64_t)m->trained_n);
	failed |= json_put_i64(o, "weights", (int64_t)m->n);
	failed |= json_put_i64(o, "bytes", (int64_t)bytes);
	failed |= json_put_str(o, "digest", slice_from(hex, SHA256_HEX - 1));
	if (c) {
		failed |= json_put_i64(o, "folds", t->folds);
		failed |= json_put_new(o, "held_out", json_incref(held_out));
	}
	if (failed) {
		rc = no_memory(err);
	} else if (t->cmd->format == FORMAT_TEXT) {
		buf_printf(out, "%zu examples of %zu clusters, %zu to act on; %zu weights, %zu bytes\n", t->n,
		           m->trained_n, t->positives, m->n, bytes);
		buf_printf(out, "digest %s\n", hex);
		if (c) {
			buf_printf(out, "held out, in %d folds by cluster\n", (int)t->folds);
			calibration_put_text(held_out, out);
		}
	} else {
		rc = json_canonical(o, out, err);
		buf_putc(out, '\n');
	}
	json_decref(held_out);
	json_decref(o);
	return rc;
}

static int train(struct train *t, struct err *err)
{
	struct rank_model model;
	struct calibration held_out;
	struct buf bytes = { 0 }, out = { 0 };
	int rc = train_model(t->example, t->n, NULL, &t->cmd->arena, &model, err);

	if (rc == 0)
		model.lexicon = t->rules.lexicon->digest;
	if (rc == 0)
		rc = rank_model_format(&model, &bytes, err);
	if (rc == 0 && t->folds)
		rc = train_held_out(t->example, t->n, (size_t)t->folds, &held_out, err);
	if (rc == 0)
		rc = file_write_whole(t->out, buf_slice(&bytes), err);
	if (rc == 0)
		rc = put_report(t, &model, bytes.n, t->folds ? &held_out : NULL, &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&bytes);
	buf_release(&out);
	return rc;
}

int cmd_train(struct cmd *cmd, struct err *err)
{
	struct train t = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "labels", OPTION_TEXT, &t.labels },
		{ "out", OPTION_TEXT, &t.out },
		{ "folds", OPTION_INT, &t.folds },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (!t.out || (!t.labels && cmd->argc == 0))
		return err_set(err, ERR_USAGE, 0, "train takes --labels FILE and --out MODEL");
	if (t.folds != 0 && (t.folds < 2 || t.folds > TRAIN_FOLDS_MAX))
		return err_set(err, ERR_USAGE, 0, "--folds takes 2 to %d", TRAIN_FOLDS_MAX);
	t.log = log_to_stderr(cmd->config.log_level);
	rc = rulebook_load(&cmd->config, true, false, &t.rules, err);
	if (rc == 0)
		rc = matcher_load(t.rules.lexicon, &t.image, &t.matcher, err);
	if (rc == 0)
		rc = read_all(&t, err);
	if (rc == 0)
		rc = train(&t, err);
	free(t.example);
	matcher_free(t.matcher);
	mmap_file_release(&t.image);
	labelled_release(&t.labelled);
	rulebook_release(&t.rules);
	return rc ? rc : EXIT_DONE;
}
