/* assay screen: names in, those that deserve a look out, with reasons. */
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/intake.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "cmd/rulebook.h"
#include "screen/screen.h"
#include "wire/dname.h"

enum { MILLION = 1000000, WRITE_AT = 1 << 16 };

struct screening {
	struct cmd *cmd;
	struct screen *screen;
	int64_t min;
	struct buf out;
};

/* "0.94  drug      via-gra.example  drug Viagra (hyphen), commerce shop" */
static void put_text(struct screening *s, struct slice name, const struct suspect *suspect)
{
	buf_printf(&s->out, "%u.%02u  %-8s  ", suspect->score / MILLION,
	           suspect->score % MILLION / (MILLION / 100), screen_tier_name(suspect->tier));
	dname_display(name, &s->out);
	for (uint32_t i = 0; i < suspect->n; i++) {
		const struct screen_reason *r = &suspect->reason[i];
		char folding[FOLDING_TEXT];
		buf_printf(&s->out, "%s%s %.*s", i ? ", " : "  ", screen_class_name(r->class),
		           SLICE_ARG(r->word));
		screen_folding_name(r->folding, folding);
		if (r->folding)
			buf_printf(&s->out, " (%s)", folding);
	}
	buf_putc(&s->out, '\n');
}

static int take_name(void *ctx, struct slice name, const struct intake_where *w, struct err *err)
{
	struct screening *s = ctx;
	struct suspect suspect;
	struct record r;

	if (!screen_name(s->screen, name, &suspect))
		return 0;
	if (suspect.score < s->min)
		return 1;
	if (s->cmd->format == FORMAT_TEXT) {
		put_text(s, name, &suspect);
	} else {
		int rc = suspect_record(s->screen, name, &suspect, w->source, s->cmd->at, &r, err);
		if (rc)
			return rc;
		rc = record_format(&r, &s->out, err);
		record_release(&r);
		if (rc)
			return rc;
		buf_putc(&s->out, '\n');
	}
	if (s->out.n >= WRITE_AT || !buf_ok(&s->out)) {
		int rc = cmd_put_out(&s->out, err);
		if (rc)
			return rc;
	}
	return 1;
}

static int read_all(struct screening *s, struct intake *in, struct err *err)
{
	static char standard_input[] = "-";
	char *one[] = { standard_input };
	char **path = s->cmd->argc ? s->cmd->argv : one;
	int n = s->cmd->argc ? s->cmd->argc : 1;
	uint64_t total = 0;
	int rc = 0;

	for (int i = 0; rc == 0 && i < n; i++) {
		uint64_t bytes = 0;
		rc = intake_size(path[i], &bytes, err);
		total += bytes;
	}
	progress_begin(in->progress, "screening", "names", total);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = intake_path(in, path[i], err);
	progress_end(in->progress);
	int failed = rc ? cmd_put_out(&s->out, NULL) : cmd_put_out(&s->out, err);
	if (rc == 0)
		rc = failed;
	if (rc == 0)
		intake_log_totals(in);
	return rc;
}

int cmd_screen(struct cmd *cmd, struct err *err)
{
	const char *lexicon = NULL;
	struct screening s = { .cmd = cmd, .min = 1 };
	const struct option_spec own[] = {
		{ "lexicon", OPTION_TEXT, &lexicon },
		{ "min", OPTION_INT, &s.min },
	};
	struct rulebook rules = { 0 };
	struct progress progress = progress_to_stderr();
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc == 1 ? EXIT_DONE : rc;
	if (s.min < 0 || s.min > MILLION)
		return err_set(err, ERR_USAGE, 0, "--min takes 0 to 1000000 parts per million");
	if (lexicon)
		cmd->config.lexicon = lexicon;
	rc = rulebook_load(&cmd->config, true, false, &rules, err);
	if (rc == 0)
		rc = screen_new(rules.lexicon, rules.suffixes, &s.screen, err);
	if (rc == 0) {
		struct log log = log_to_stderr(cmd->config.log_level);
		struct intake in = { .suffixes = rules.suffixes,
			             .log = &log,
			             .progress = &progress,
			             .at = cmd->at,
			             .sink = { .ctx = &s, .name = take_name } };
		rc = read_all(&s, &in, err);
	}
	screen_free(s.screen);
	rulebook_release(&rules);
	buf_release(&s.out);
	return rc ? rc : EXIT_DONE;
}
