/* assay assess --rederive: the verdicts of a file, one after the other. */
#include "cmd/rederive.h"

#include "assess/explain.h"
#include "cmd/evidence_export.h"
#include "sys/file.h"

enum { FILE_MAX = 1 << 30, SHOWN = 300 };

struct run {
	struct cmd *cmd;
	struct rederive of;
	struct evidence_export *export; /* NULL: none */
	struct buf out;
	int64_t made[REDERIVED_UNUSABLE + 1]; /* by result */
};

/* ---- text ---- */

static void put_side(struct buf *out, const char *head, struct slice text)
{
	buf_puts(out, head);
	if (text.n)
		explain_put_foreign(out, text, SHOWN);
	else
		buf_puts(out, "none");
}

static void put_text(const json_t *o, struct buf *out)
{
	const json_t *item;
	size_t i;

	buf_printf(out, "%-9.*s ", SLICE_ARG(json_str(o, "result")));
	explain_put_foreign(out, json_str(json_obj(o, "subject"), "key"), 200);
	buf_printf(out, " %.*s\n", SLICE_ARG(json_str(o, "verdict")));
	json_array_foreach(json_arr(o, "why"), i, item) {
		buf_puts(out, "  ");
		explain_put_foreign(out, json_text(item), SHOWN);
		buf_putc(out, '\n');
	}
	json_array_foreach(json_arr(o, "inputs"), i, item) {
		buf_puts(out, "  another input: ");
		explain_put_foreign(out, json_str(item, "input"), 100);
		put_side(out, "\n    made with ", json_str(item, "was"));
		put_side(out, "\n    here is   ", json_str(item, "now"));
		buf_putc(out, '\n');
	}
	json_array_foreach(json_arr(o, "differences"), i, item) {
		buf_puts(out, "  differs: ");
		explain_put_foreign(out, json_str(item, "path"), 200);
		put_side(out, "\n    was ", json_str(item, "was"));
		put_side(out, "\n    now ", json_str(item, "now"));
		buf_putc(out, '\n');
	}
}

static void put_total(struct run *r)
{
	const int64_t *n = r->made;

	buf_printf(&r->out,
	           "%lld verdicts made again: %lld the same, %lld differ, %lld redacted, "
	           "%lld unusable\n",
	           (long long)(n[0] + n[1] + n[2] + n[3]), (long long)n[REDERIVED_SAME],
	           (long long)n[REDERIVED_DIFFERS], (long long)n[REDERIVED_REDACTED],
	           (long long)n[REDERIVED_UNUSABLE]);
}

/* ---- records ---- */

static int take_verdict(struct run *r, const struct record *verdict, struct err *err)
{
	enum rederived result;
	json_t *o = NULL;
	int rc = rederive_verdict(&r->of, verdict, &result, &o, err);

	if (rc)
		return rc;
	r->made[result]++;
	int64_t before = INT64_MAX;
	if (r->export && verdict->has_subject) {
		struct evidence_dir *from = r->of.evidence;
		rc = evidence_dir_place(from, verdict, &before, err);
		if (rc == 0)
			rc = evidence_export_verdict(r->export, from->store, from->suffixes,
			                             verdict, before, err);
	}
	if (rc) {
		json_decref(o);
		return rc;
	}
	if (r->cmd->format == FORMAT_JSON) {
		rc = json_canonical(o, &r->out, err);
		buf_putc(&r->out, '\n');
	} else if (result != REDERIVED_SAME || r->made[REDERIVED_SAME] <= 10) {
		put_text(o, &r->out);
	}
	json_decref(o);
	return rc ? rc : cmd_put_out(&r->out, err);
}

static int take_record(struct run *r, struct slice line, struct err *err)
{
	struct record record = { 0 };
	int rc = record_parse(line, &record, err);

	if (rc)
		return rc;
	if (slice_eq_str(record.type_name, "finding")) {
		char id[SHA256_HEX];
		record_id_hex(&record, id);
		if (json_put_new(r->of.findings, id, json_incref(record.body)))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	} else if (slice_eq_str(record.type_name, "verdict")) {
		rc = take_verdict(r, &record, err);
	}
	record_release(&record);
	return rc;
}

/* The next line of text that is not empty; false at the end. */
static bool next_line(struct slice text, size_t *at, size_t *number, struct slice *line)
{
	while (*at < text.n) {
		size_t end = *at;
		while (end < text.n && text.p[end] != '\n')
			end++;
		*line = slice_trim(slice_sub(text, *at, end));
		*at = end + 1;
		(*number)++;
		if (line->n)
			return true;
	}
	return false;
}

static int take_text(struct run *r, const char *path, struct slice text, struct err *err)
{
	struct slice line;
	size_t at = 0, number = 0;

	/* One object over several lines, as a person would write it: its first line is none. */
	if (next_line(text, &at, &number, &line) && line.p[line.n - 1] != '}') {
		int rc = take_record(r, slice_trim(text), err);
		return rc ? err_wrap(err, "%s", path) : 0;
	}
	at = number = 0;
	while (next_line(text, &at, &number, &line)) {
		int rc = take_record(r, line, err);
		if (rc)
			return err_wrap(err, "%s:%zu", path, number);
	}
	return 0;
}

static int open_all(struct cmd *cmd, const struct rederive_asked *asked, struct rulebook *rules,
                    struct evidence_dir *dir, const struct log *log, struct err *err)
{
	enum file_kind kind;
	int rc = file_kind_of(asked->evidence, &kind, err);

	if (rc == 0 && kind != FILE_DIRECTORY)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no such folder", asked->evidence);
	if (rc == 0)
		rc = evidence_dir_config(asked->evidence, asked->keep_packs, &cmd->config,
		                         &cmd->arena, err);
	if (rc == 0)
		rc = rulebook_load(&cmd->config, true, true, rules, err);
	if (rc == 0)
		rc = evidence_dir_open(asked->evidence, rules->suffixes, log, dir, err);
	if (rc == 0 && asked->export && !dir->store)
		rc = err_set(err, ERR_USAGE, 0, "%s is no store: hand on the folder itself",
		             asked->evidence);
	return rc;
}

static int run_all(struct run *r, const struct rederive_asked *asked, struct err *err)
{
	struct evidence_export export = { 0 };
	struct buf text = { 0 };
	int rc = file_read(asked->path, FILE_MAX, &text, err);

	if (rc == 0 && asked->export) {
		rc = evidence_export_begin(asked->export, &r->cmd->config, &export, err);
		r->export = &export;
	}
	if (rc == 0)
		rc = take_text(r, asked->path, buf_slice(&text), err);
	if (rc == 0 && asked->export)
		rc = evidence_export_end(&export, err);
	int64_t all = r->made[0] + r->made[1] + r->made[2] + r->made[3];
	if (rc == 0 && all == 0)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no verdict in it", asked->path);
	if (rc == 0 && r->cmd->format != FORMAT_JSON)
		put_total(r);
	if (rc == 0)
		rc = cmd_put_out(&r->out, err);
	evidence_export_release(&export);
	buf_release(&text);
	return rc;
}

int rederive_file(struct cmd *cmd, const struct rederive_asked *asked, struct err *err)
{
	struct log log = log_to_stderr(cmd->config.log_level);
	struct rulebook rules = { 0 };
	struct evidence_dir dir = { 0 };
	struct run r = { .cmd = cmd, .of = { &rules, &dir, json_object() } };
	int rc = r.of.findings ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	if (rc == 0)
		rc = open_all(cmd, asked, &rules, &dir, &log, err);
	if (rc == 0)
		rc = run_all(&r, asked, err);
	evidence_dir_release(&dir);
	rulebook_release(&rules);
	json_decref(r.of.findings);
	buf_release(&r.out);
	if (rc)
		return rc;
	if (r.made[REDERIVED_UNUSABLE] || r.made[REDERIVED_REDACTED])
		return EXIT_TROUBLE;
	return r.made[REDERIVED_DIFFERS] ? EXIT_NO : EXIT_DONE;
}
