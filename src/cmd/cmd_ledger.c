/* assay ledger checkpoint|verify|audit|prove|redact|witness: the log of acts, for who does not trust
 * us. Here: what they share, and checkpoint. */
#include "cmd/ledger_cmd.h"
#include "cmd/ledgerbook.h"
#include "sys/file.h"
#include "wire/checkpoint.h"

#include <inttypes.h>
#include <string.h>

int ledger_put_object(json_t *o, int failed, struct err *err)
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

void ledger_digest_text(struct sha256 d, char out[SHA256_HEX + 7])
{
	char hex[SHA256_HEX];

	sha256_hex(d, hex);
	snprintf(out, SHA256_HEX + 7, "sha256:%s", hex);
}

void ledger_tell(void *ctx, const char *path, uint64_t index, const char *what)
{
	struct ledger_cmd *l = ctx;

	l->problems++;
	if (l->cmd->format == FORMAT_TEXT) {
		printf("%s\n", what);
		return;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "path", slice_str(path)) |
	             json_put_i64(o, "index", (int64_t)index) |
	             json_put_str(o, "problem", slice_str(what));
	/* A failure shows in standard output's state at the end. */
	ledger_put_object(o, failed, NULL);
}

int ledger_read_keys(struct ledger_cmd *l, struct err *err)
{
	if (!l->key_file)
		return log_keyring_read(l->folder, &l->key_text, &l->keys, err);
	int rc = file_read(l->key_file, LEDGER_KEYS_MAX, &l->key_text, err);
	if (rc)
		return rc;
	rc = keyring_parse(slice_trim(buf_slice(&l->key_text)), &l->keys, err);
	return rc ? err_wrap(err, "%s", l->key_file) : 0;
}

int ledger_open_to_read(struct ledger_cmd *l, struct err *err)
{
	char dir[4096];
	int n = snprintf(dir, sizeof(dir), "%s/ledger", l->cmd->config.store);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "the store's path is too long");
	int rc = store_open(l->cmd->config.store, STORE_READ, NULL, &l->store, err);
	if (rc == 0)
		rc = log_open(dir, false, &l->folder, err);
	if (rc == 0) {
		l->files = log_files(l->folder);
		rc = ledger_read_keys(l, err);
	}
	return rc;
}

int ledger_compare_note(void *ledger_cmd, const char *path, struct slice note, struct err *err)
{
	struct ledger_cmd *l = ledger_cmd;
	struct err why;
	int rc = audit_since(&l->files, &l->keys, note, &why);

	if (rc == ERR_IO || rc == ERR_NOMEM) {
		if (err)
			*err = why;
		return rc;
	}
	if (rc) {
		err_wrap(&why, "%s", path);
		ledger_tell(l, path, 0, why.what);
	}
	return 0;
}

int ledger_compare_kept(struct ledger_cmd *l, const char *path, struct err *err)
{
	struct buf kept = { 0 };
	int rc = file_read(path, LEDGER_FILE_MAX, &kept, err);

	if (rc == 0)
		rc = ledger_compare_note(l, path, buf_slice(&kept), err);
	buf_release(&kept);
	return rc;
}

int ledger_sum_up(const struct ledger_cmd *l, const struct audit_result *result, const char *whole,
                  struct err *err)
{
	char root[SHA256_HEX + 7];
	struct slice origin = keyring_name(&l->keys);

	ledger_digest_text(result->head.root, root);
	if (l->cmd->format == FORMAT_TEXT) {
		printf("%.*s: %" PRIu64 " entries, root %s\n", SLICE_ARG(origin), result->head.size,
		       root);
		if (result->behind)
			printf("%" PRIu64 " more wait for a checkpoint (assay ledger checkpoint)\n",
			       result->behind);
		if (l->problems)
			printf("NOT whole: %" PRIu64 " problem%s\n", l->problems,
			       l->problems == 1 ? "" : "s");
		else
			printf("whole: %s agree\n", whole);
		return 0;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "origin", origin) |
	             json_put_i64(o, "size", (int64_t)result->head.size) |
	             json_put_str(o, "root", slice_str(root)) |
	             json_put_i64(o, "behind", (int64_t)result->behind) |
	             json_put_i64(o, "problems", (int64_t)l->problems);
	return ledger_put_object(o, failed, err);
}

/* ---- checkpoint ---- */

int ledger_put_checkpoint(const struct ledger_cmd *l, struct slice text, struct err *err)
{
	struct buf out = { 0 };
	struct note note;
	struct checkpoint c;
	char root[SHA256_HEX + 7];
	int rc = 0;

	if (l->cmd->format != FORMAT_JSON) {
		buf_put(&out, text);
		rc = cmd_put_out(&out, err);
		buf_release(&out);
		return rc;
	}
	rc = note_parse(text, &note, err);
	if (rc == 0)
		rc = checkpoint_parse(note.text, &c, err);
	if (rc)
		return rc;
	json_t *o = json_object();
	ledger_digest_text(c.root, root);
	int failed = json_put_str(o, "origin", c.origin) |
	             json_put_i64(o, "size", (int64_t)c.size) |
	             json_put_str(o, "root", slice_str(root)) | json_put_str(o, "note", text);
	return ledger_put_object(o, failed, err);
}

/* A checkpoint that is given must be the beginning of what was signed last: before anything more is
 * signed. */
static int check_since(const struct ledger_cmd *l, const struct ledgerbook *book, struct err *err)
{
	struct buf kept = { 0 };
	int rc = file_read(l->since, LEDGER_FILE_MAX, &kept, err);

	if (rc == 0) {
		rc = audit_since(&book->files, &book->keys, buf_slice(&kept), err);
		if (rc)
			err_wrap(err, "%s", l->since);
	}
	buf_release(&kept);
	return rc;
}

/* Sign what the store holds, and show it. */
static int do_checkpoint(struct ledger_cmd *l, struct err *err)
{
	struct ledgerbook book = { 0 };
	struct ledger_head head;
	struct buf note = { 0 };

	int rc = store_open(l->cmd->config.store, STORE_WRITE, "assay ledger", &l->store, err);
	if (rc)
		return rc;
	rc = ledgerbook_open(l->store, &l->cmd->config, l->cmd->at, &book, err);
	if (rc == 0 && l->since)
		rc = check_since(l, &book, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0)
		rc = ledger_read_head_by(&book.files, &book.keys, &note, &head, err);
	if (rc == 0)
		rc = ledger_put_checkpoint(l, buf_slice(&note), err);
	buf_release(&note);
	ledgerbook_close(&book);
	return rc ? rc : EXIT_DONE;
}

static int run(struct ledger_cmd *l, struct err *err)
{
	const struct cmd *cmd = l->cmd;
	const char *what = cmd->argc ? cmd->argv[0] : "";

	if (strcmp(what, "checkpoint") == 0 && cmd->argc == 1)
		return do_checkpoint(l, err);
	if (strcmp(what, "verify") == 0 && cmd->argc <= 2)
		return ledger_verify(l, err);
	if (strcmp(what, "audit") == 0 && cmd->argc <= 2)
		return ledger_audit(l, err);
	if (strcmp(what, "prove") == 0 && cmd->argc == (l->since ? 1 : 2))
		return ledger_prove_cmd(l, err);
	if (strcmp(what, "redact") == 0)
		return ledger_redact(l, err);
	if (strcmp(what, "witness") == 0)
		return ledger_witness(l, err);
	return err_set(err, ERR_USAGE, 0,
	               "try: assay ledger checkpoint | verify [FILE] | audit [DIR] | "
	               "prove INDEX | redact ID | witness ...");
}

int cmd_ledger(struct cmd *cmd, struct err *err)
{
	struct ledger_cmd l = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "key", OPTION_TEXT, &l.key_file },
		{ "since", OPTION_TEXT, &l.since },
		{ "witness", OPTION_TEXT, &l.witness },
		{ "key-file", OPTION_TEXT, &l.key_private },
		{ "state", OPTION_TEXT, &l.state },
		{ "reason", OPTION_TEXT, &l.reason },
		{ "reviewer", OPTION_TEXT, &l.reviewer },
		{ "evidence", OPTION_TEXT, &l.evidence },
		{ "why", OPTION_TEXT, &l.why },
		{ "legal-basis", OPTION_TEXT, &l.legal_basis },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	rc = run(&l, err);
	store_close(l.store);
	log_close(l.folder);
	buf_release(&l.key_text);
	return rc;
}
