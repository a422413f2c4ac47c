/* assay ledger audit [DIR]: a ledger by its files alone, as somebody does who does not trust us.
 *
 * DIR is a mirror of STORE/ledger (checkpoint and tile/), or a store, of which nothing but that
 * folder is read: no database, no lock. Memory is flat: one bundle and the right edge of the tree. */
#include "cmd/ledger_cmd.h"
#include "sys/file.h"
#include "wire/cosignature.h"
#include "wire/timestamp.h"

#include <inttypes.h>

/* DIR, or DIR/ledger where that has the checkpoint. */
static int open_files(struct ledger_cmd *l, struct err *err)
{
	const char *dir = l->cmd->argc > 1 ? l->cmd->argv[1] : l->cmd->config.store;
	enum file_kind here = FILE_ABSENT, below = FILE_ABSENT;
	struct buf path = { 0 };

	buf_printf(&path, "%s/checkpoint", dir);
	int rc = buf_ok(&path) ? file_kind_of(buf_str(&path), &here, err)
	                       : err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0 && here == FILE_ABSENT) {
		buf_clear(&path);
		buf_printf(&path, "%s/ledger", dir);
		rc = buf_ok(&path) ? file_kind_of(buf_str(&path), &below, err)
		                   : err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (rc == 0)
		rc = log_open(below == FILE_DIRECTORY ? buf_str(&path) : dir, false, &l->folder,
		              err);
	if (rc == 0)
		l->files = log_files(l->folder);
	buf_release(&path);
	return rc;
}

/* Keys: --key, else what lies in the folder; a mirror without both needs --key. */
static int read_keys(struct ledger_cmd *l, struct err *err)
{
	int rc = ledger_read_keys(l, err);

	if (rc == ERR_NOTFOUND && !l->key_file)
		return err_set(err, ERR_NOTFOUND, 0,
		               "%s: has no key.pub: give the verifier key by --key FILE",
		               log_dir(l->folder));
	return rc;
}

/* One of the witnesses must have cosigned the checkpoint. */
static int check_witnesses(struct ledger_cmd *l, struct err *err)
{
	struct buf list = { 0 }, bytes = { 0 };
	struct cosigners known;
	struct note note;
	size_t seen = 0;

	int rc = file_read(l->witness, LEDGER_FILE_MAX, &list, err);
	if (rc == 0) {
		rc = cosigners_parse(buf_slice(&list), &known, err);
		if (rc)
			err_wrap(err, "%s", l->witness);
	}
	if (rc == 0 && known.n == 0)
		rc = err_set(err, ERR_SYNTAX, 0, "%s: names no witness", l->witness);
	if (rc == 0)
		rc = l->files.read(l->files.ctx, "checkpoint", NOTE_BYTES_MAX, &bytes, err);
	if (rc == 0)
		rc = note_parse(buf_slice(&bytes), &note, err);
	for (size_t i = 0; rc == 0 && i < known.n; i++) {
		char at[TIMESTAMP_SIZE];
		struct err why = { 0 };
		int64_t when = 0;
		int no = cosignature_check(&note, &known.key[i], &when, NULL, &why);
		if (no == ERR_NOMEM)
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		else if (no == ERR_CORRUPT)
			ledger_tell(l, "checkpoint", 0, why.what);
		if (no)
			continue;
		seen++;
		timestamp_format(when, at);
		if (l->cmd->format == FORMAT_TEXT)
			printf("cosigned by %.*s at %s\n", SLICE_ARG(known.key[i].name), at);
	}
	if (rc == 0 && seen == 0)
		ledger_tell(l, "checkpoint", 0,
		            "checkpoint: not cosigned by any of the witnesses given");
	buf_release(&list);
	buf_release(&bytes);
	return rc;
}

int ledger_audit(struct ledger_cmd *l, struct err *err)
{
	const struct audit_report report = { ledger_tell, l, true };
	struct audit_result result = { 0 };
	struct err found;

	int rc = open_files(l, err);
	if (rc == 0)
		rc = read_keys(l, err);
	if (rc)
		return rc;
	rc = audit_ledger(&l->files, &l->keys, NULL, &report, &result, &found);
	if (rc && rc != ERR_CORRUPT && rc != ERR_REFUSED) {
		if (err)
			*err = found;
		return rc;
	}
	rc = log_witnessed_each(l->folder, ledger_compare_note, l, err);
	if (rc == 0 && l->since)
		rc = ledger_compare_kept(l, l->since, err);
	/* Without a checkpoint that can be read, that is what was told of. */
	if (rc == 0 && l->witness && result.head.size)
		rc = check_witnesses(l, err);
	if (rc == 0)
		rc = ledger_sum_up(l, &result, "tiles, entries and signature", err);
	return rc ? rc : l->problems ? EXIT_NO : EXIT_DONE;
}
