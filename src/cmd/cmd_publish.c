/* assay publish index [--out FILE]: what is listed, as a file that others can ask.
 *
 * The store is read as it is at one moment; what assay lookup calls listed then is in the file, and
 * nothing else. The file appears whole or not at all, after it was checked as a reader would. */
#include "cmd/acts.h"
#include "cmd/cmd.h"
#include "cmd/ledgerbook.h"
#include "cmd/rulebook.h"
#include "model/record.h"
#include "publish/index_writer.h"
#include "sys/file.h"
#include "wire/timestamp.h"

#include <string.h>

struct publish {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	struct log_folder *folder;
	struct buf key_text;
	struct note_signer signer;
	struct index_writer *writer;
	struct index_about about;
};

/* ---- what is listed ---- */

/* A standing that is listed becomes a row. */
static int take_standing(struct publish *p, struct subject subject, const struct standing *s,
                         struct arena *a, struct err *err)
{
	const struct standing_event *d = s->decision;
	struct store_record record;
	json_t *body = NULL;
	struct index_row row = {
		.subject = subject,
		.class = slice_eq_str(s->class, "rogue") ? INDEX_ROGUE : INDEX_UNAPPROVED,
		.has_period = s->has_period,
		.period = s->has_period ? s->period : 0,
		.at = d->at,
		.decision = d->record,
	};

	if (!standing_is_listed_class(s->class) || !record_is_country(s->destination))
		return err_set(err, ERR_CORRUPT, 0, "%.*s is listed as %.*s for %.*s",
		               SLICE_ARG(subject.key), SLICE_ARG(s->class),
		               SLICE_ARG(s->destination));
	memcpy(row.destination, s->destination.p, 2);
	int rc = store_get_record(p->store, d->record, a, &record, err);
	if (rc == 0)
		rc = json_parse_object(record.body, RECORD_LINE_MAX, &body, err);
	if (rc == 0) {
		/* A decision that was redacted still says who made it. */
		row.automatic = json_flag(body, "automatic",
		                          slice_eq_str(record.src, "assay:automatic"));
		rc = index_writer_add(p->writer, &row, err);
	}
	json_decref(body);
	return rc;
}

static int take_subject(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct publish *p = ctx;
	struct arena a = { 0 };
	struct subject subject;
	struct standing *list = NULL;
	size_t n = 0;
	int rc = subject_from_key(kind, key, &subject, err);

	if (rc == 0)
		rc = acts_standing(p->store, subject, p->rules.suffixes, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (list[i].state == STATE_LISTED)
			rc = take_standing(p, subject, &list[i], &a, err);
	arena_release(&a);
	return rc;
}

/* ---- the ledger that it corresponds to ---- */

static int open_ledger(struct publish *p, struct err *err)
{
	char dir[4096];
	int n = snprintf(dir, sizeof(dir), "%s/ledger", store_dir(p->store));

	if (n < 0 || (size_t)n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "the store's path is too long");
	int rc = log_open(dir, false, &p->folder, err);
	return rc ? rc : log_key_read(p->folder, &p->key_text, &p->signer, err);
}

static int take_time(void *ctx, const struct store_ledger_entry *e, struct err *err)
{
	(void)err;
	((struct publish *)ctx)->about.time = e->at;
	return 0;
}

/* Freeze the store, and tell how long its ledger is. What was signed before must be in it. */
static int freeze(struct publish *p, struct err *err)
{
	struct tile_store files = log_files(p->folder);
	struct ledger_head head = { 0 };
	int64_t size = 0;
	/* First the checkpoint, then the store: so the store cannot seem to be behind. */
	int rc = ledger_read_head(&files, &p->signer.key, NULL, &head, err);

	if (rc == ERR_NOTFOUND)
		rc = 0;
	if (rc)
		return err_wrap(err, "%s/ledger", store_dir(p->store));
	rc = store_snapshot(p->store, err);
	if (rc == 0)
		rc = store_ledger_size(p->store, &size, err);
	if (rc == 0 && (uint64_t)size < head.size)
		return err_set(err, ERR_REFUSED, 0,
		               "store %s was rolled back: it has %lld entries of the ledger, and a "
		               "checkpoint signs %llu",
		               store_dir(p->store), (long long)size, (unsigned long long)head.size);
	if (rc == 0 && size == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s has no ledger: nothing was decided",
		               store_dir(p->store));
	p->about.ledger_size = (uint64_t)size;
	return rc ? rc : store_ledger_each(p->store, size - 1, size, take_time, p, err);
}

/* ---- the file ---- */

static int print(struct publish *p, const char *path, size_t bytes, struct err *err)
{
	struct buf out = { 0 };
	char root[SHA256_HEX], time[TIMESTAMP_SIZE];
	json_t *o = NULL;
	int rc = 0;

	sha256_hex(p->about.root, root);
	timestamp_format(p->about.time, time);
	if (p->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%s: %llu entries, %zu bytes, ledger of %llu entries, root %s\n", path,
		           (unsigned long long)p->about.entries, bytes,
		           (unsigned long long)p->about.ledger_size, root);
	} else {
		o = json_object();
		int failed = json_put_str(o, "file", slice_str(path));
		failed |= json_put_i64(o, "entries", (int64_t)p->about.entries);
		failed |= json_put_i64(o, "bytes", (int64_t)bytes);
		failed |= json_put_i64(o, "ledger", (int64_t)p->about.ledger_size);
		failed |= json_put_str(o, "root", slice_str(root));
		failed |= json_put_str(o, "time", slice_str(time));
		rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int write_index(struct publish *p, const char *out_path, struct err *err)
{
	char path[4096];
	struct buf file = { 0 };
	void *ix = NULL;
	int n = snprintf(path, sizeof(path), "%s/published", store_dir(p->store));
	int rc = n < 0 || (size_t)n + sizeof("/index") > sizeof(path)
	                 ? err_set(err, ERR_LIMIT, 0, "the store's path is too long")
	                 : 0;

	if (rc == 0)
		rc = index_writer_end(p->writer, p->about.ledger_size, p->about.time, &p->signer, &file,
		                      &p->about, err);
	/* What would be refused there is not put in place. */
	if (rc == 0)
		rc = index_open_whole(&p->signer.key, buf_slice(&file), &ix, err);
	index_close_any(ix);
	if (rc == 0 && !out_path) {
		rc = file_make_dir(path, err);
		memcpy(path + n, "/index", sizeof("/index"));
		out_path = path;
	}
	if (rc == 0)
		rc = file_write_whole(out_path, buf_slice(&file), err);
	if (rc == 0)
		rc = print(p, out_path, file.n, err);
	buf_release(&file);
	return rc;
}

int cmd_publish(struct cmd *cmd, struct err *err)
{
	struct publish p = { .cmd = cmd };
	const char *out = NULL;
	const struct option_spec own[] = { { "out", OPTION_TEXT, &out } };
	int rc = cmd_options(cmd, own, 1, err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (cmd->argc != 1 || strcmp(cmd->argv[0], "index") != 0)
		return err_set(err, ERR_USAGE, 0, "publish takes index; try: assay publish index");
	rc = rulebook_load(&cmd->config, false, false, &p.rules, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, STORE_READ, NULL, &p.store, err);
	if (rc == 0)
		rc = open_ledger(&p, err);
	if (rc == 0)
		rc = freeze(&p, err);
	if (rc == 0)
		rc = index_writer_new(p.rules.suffixes, &p.writer, err);
	if (rc == 0)
		rc = store_subjects(p.store, SLICE(""), true, take_subject, &p, err);
	if (rc == 0)
		rc = write_index(&p, out, err);
	index_writer_free(p.writer);
	log_key_wipe(&p.key_text, &p.signer);
	log_close(p.folder);
	store_close(p.store);
	rulebook_release(&p.rules);
	return rc ? rc : EXIT_DONE;
}
