/* assay store migrate|backup FOLDER|restore FOLDER|check [--rebuild]: care of the store. */
#include "cmd/cmd.h"
#include "cmd/projection.h"
#include "model/record.h"
#include "store/backup.h"
#include "store/check.h"
#include "store/migrate.h"
#include "wire/timestamp.h"

#include <inttypes.h>
#include <string.h>

/* One object to standard output; failed = what its puts returned. */
static int put_object(json_t *o, int failed, struct err *err)
{
	struct buf out = { 0 };
	int rc = !o || failed ? err_set(err, ERR_NOMEM, 0, "out of memory")
	                      : json_canonical(o, &out, err);

	json_decref(o);
	buf_putc(&out, '\n');
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* What was copied, from where to where. */
static int tell_copy(const struct cmd *cmd, const char *did, const char *from, const char *to,
                     const struct backup_report *r, struct err *err)
{
	char hex[SHA256_HEX], digest[SHA256_HEX + 7], at[TIMESTAMP_SIZE];

	sha256_hex(r->manifest, hex);
	snprintf(digest, sizeof(digest), "sha256:%s", hex);
	timestamp_format(r->at, at);
	if (cmd->format == FORMAT_TEXT) {
		printf("%s: %s from %s: %" PRId64 " files, %" PRIu64 " bytes, each digest checked\n"
		       "backup of %s, manifest %s\n",
		       to, did, from, r->files, r->bytes, at, digest);
		return 0;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "from", slice_str(from)) |
	             json_put_str(o, "to", slice_str(to)) | json_put_i64(o, "files", r->files) |
	             json_put_i64(o, "bytes", (int64_t)r->bytes) |
	             json_put_str(o, "backup_at", slice_str(at)) |
	             json_put_str(o, "manifest", slice_str(digest));
	return put_object(o, failed, err);
}

static int do_backup(struct cmd *cmd, struct err *err)
{
	struct store *store = NULL;
	struct backup_report report;
	int rc = store_open(cmd->config.store, STORE_READ | STORE_OLD, NULL, &store, err);

	if (rc == 0)
		rc = store_backup(store, cmd->argv[1], &report, err);
	store_close(store);
	return rc ? rc : tell_copy(cmd, "backed up", cmd->config.store, cmd->argv[1], &report, err);
}

static int do_restore(struct cmd *cmd, struct err *err)
{
	struct backup_report report;
	int rc = store_restore(cmd->argv[1], cmd->config.store, &report, err);

	return rc ? rc : tell_copy(cmd, "restored", cmd->argv[1], cmd->config.store, &report, err);
}

/* ---- migrate and check ---- */

static int differs(const char *column, struct err *err)
{
	return err_set(err, ERR_CORRUPT, 0, "its row's %s is not what its bytes say", column);
}

static int compare_columns(const struct store_record *row, const struct record *r, struct err *err)
{
	if (!slice_eq(row->type, r->type_name) || row->v != r->v)
		return differs("type or version", err);
	if (!slice_eq(row->kind, r->kind) || !slice_eq(row->key, r->key))
		return differs("subject", err);
	if (row->at != r->at)
		return differs("time", err);
	if (!slice_eq(row->src, r->src))
		return differs("src", err);
	if (r->has_period && row->period != r->period)
		return differs("period", err);
	return 0;
}

static int id_of(void *ctx, const struct store_record *row, struct sha256 *out, struct err *err)
{
	struct record r = { 0 };
	int rc = record_parse(row->body, &r, err);

	(void)ctx;
	if (rc == 0)
		rc = compare_columns(row, &r, err);
	if (rc == 0)
		*out = r.id;
	record_release(&r);
	return rc;
}

struct checking {
	struct cmd *cmd;
	json_t *body; /* of the record that was projected last: its rows point into it */
};

static int project(void *ctx, const struct store_record *row, struct arena *a,
                   struct store_projection *out, struct err *err)
{
	struct checking *c = ctx;
	int rc;

	json_decref(c->body);
	c->body = NULL;
	/* Most records are suspects and observations, which give no rows. */
	if (!projection_has_rows(row->type))
		return 0;
	rc = json_parse_object(row->body, STORE_BODY_MAX, &c->body, err);
	return rc ? rc : projection_of(row->type, c->body, a, out, err);
}

static void told(void *ctx, struct slice line)
{
	struct checking *c = ctx;

	if (c->cmd->format == FORMAT_TEXT) {
		printf("%.*s\n", SLICE_ARG(line));
		return;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "finding", line);
	/* A failure shows in the state of standard output at the end. */
	put_object(o, failed, NULL);
}

static int do_migrate(struct cmd *cmd, struct err *err)
{
	int from = 0, to = 0;
	struct checking c = { .cmd = cmd };
	const struct store_hooks hooks = { id_of, project, told, &c };
	int rc = store_migrate(cmd->config.store, "assay store", &hooks, &from, &to, err);

	json_decref(c.body);
	if (rc)
		return rc;
	if (cmd->format != FORMAT_TEXT) {
		json_t *o = json_object();
		int failed = json_put_str(o, "store", slice_str(cmd->config.store)) |
		             json_put_i64(o, "from", from) | json_put_i64(o, "to", to);
		return put_object(o, failed, err);
	}
	if (from == 0)
		printf("store %s: made, schema %d\n", cmd->config.store, to);
	else if (from == to)
		printf("store %s: is of schema %d, as this program: nothing to do\n",
		       cmd->config.store, to);
	else
		printf("store %s: migrated from schema %d to %d\n", cmd->config.store, from, to);
	return 0;
}

static int sum_up(const struct cmd *cmd, const struct store_report *r, struct err *err)
{
	if (cmd->format == FORMAT_TEXT) {
		printf("store %s: %" PRId64 " records, %" PRId64 " pieces of evidence, %" PRId64
		       " ledger entries\n",
		       cmd->config.store, r->records, r->evidence, r->entries);
		if (r->redacted)
			printf("%" PRId64 " of them redacted: their bytes are gone, as their redactions "
			       "say\n", r->redacted);
		if (r->strays)
			printf("%" PRId64 " files in blob/ that nothing names, left by a program that was "
			       "stopped: harmless\n", r->strays);
		if (r->findings)
			printf("NOT whole: %" PRId64 " finding%s\n", r->findings,
			       r->findings == 1 ? "" : "s");
		else
			printf("whole\n");
		return 0;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "store", slice_str(cmd->config.store)) |
	             json_put_i64(o, "records", r->records) |
	             json_put_i64(o, "evidence", r->evidence) |
	             json_put_i64(o, "entries", r->entries) | json_put_i64(o, "strays", r->strays) |
	             json_put_i64(o, "redacted", r->redacted) |
	             json_put_i64(o, "findings", r->findings);
	return put_object(o, failed, err);
}

static int do_check(struct cmd *cmd, bool rebuild, struct err *err)
{
	struct checking c = { .cmd = cmd };
	const struct store_hooks hooks = { id_of, project, told, &c };
	struct store *store = NULL;
	struct store_report report = { 0 };

	int rc = store_open(cmd->config.store, rebuild ? STORE_WRITE : STORE_READ, "assay store",
	                    &store, err);
	if (rc == 0 && rebuild)
		rc = store_rebuild(store, &hooks, err);
	if (rc == 0)
		rc = store_check(store, &hooks, &report, err);
	if (rc == 0)
		rc = sum_up(cmd, &report, err);
	store_close(store);
	json_decref(c.body);
	return rc ? rc : report.findings ? EXIT_NO : EXIT_DONE;
}

int cmd_store(struct cmd *cmd, struct err *err)
{
	bool rebuild = false;
	const struct option_spec own[] = { { "rebuild", OPTION_FLAG, &rebuild } };
	int rc = cmd_options(cmd, own, 1, err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *act = cmd->argc ? cmd->argv[0] : "";
	bool copies = strcmp(act, "backup") == 0 || strcmp(act, "restore") == 0;
	bool checks = strcmp(act, "check") == 0;

	if (!copies && !checks && strcmp(act, "migrate") != 0)
		return err_set(err, ERR_USAGE, 0, "store takes migrate, backup FOLDER, restore FOLDER or "
		                                  "check; try: assay help store");
	if (copies && cmd->argc != 2)
		return err_set(err, ERR_USAGE, 0, "store %s takes one folder", act);
	if (!copies && cmd->argc != 1)
		return err_set(err, ERR_USAGE, 0, "store %s takes no argument, not '%s'", act,
		               cmd->argv[1]);
	if (rebuild && !checks)
		return err_set(err, ERR_USAGE, 0, "--rebuild belongs to store check");
	if (checks)
		return do_check(cmd, rebuild, err);
	if (!copies)
		return do_migrate(cmd, err);
	return strcmp(act, "backup") == 0 ? do_backup(cmd, err) : do_restore(cmd, err);
}
