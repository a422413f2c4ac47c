/* The order makes an online copy sound. The ledger's checkpoint is copied first, then its tiles,
 * then the database: each may be newer than what was copied before it and never older, so tiles
 * reach the checkpoint and the database reaches the tiles. Blobs are written before the rows that
 * name them and go only behind a row that says so (store/redact.h), so what the copied database
 * names is there, unless it is taken out at that moment: then the backup is made again. */
#include "store/backup.h"

#include "store/blob.h"
#include "store/handle.h"
#include "store/manifest.h"
#include "store/migrate.h"
#include "store/redact.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/tree.h"

#include <stdio.h>

enum { MANIFEST_MAX = 1 << 30 /* bytes: some eight million files */ };

struct job {
	struct store *s;    /* being copied; NULL when restoring */
	const char *from;   /* folder that is copied */
	struct tree tree;
	struct arena arena; /* of the manifest */
	struct manifest m;
	size_t cap;
	uint64_t bytes;
};

static int no_memory(const struct job *j, struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "%s: out of memory", j->from);
}

static int note_file(struct job *j, const char *rel, uint64_t length, struct sha256 digest,
		     struct err *err)
{
	if (!manifest_path_ok(slice_str(rel)))
		return err_set(err, ERR_REFUSED, 0, "%s/%s: is no file of a store: move it away",
			       j->from, rel);
	j->m.files = store_grow(&j->arena, j->m.files, j->m.n, &j->cap, sizeof(*j->m.files));
	struct slice path = arena_copy(&j->arena, slice_str(rel));
	if (!j->m.files || !path.p)
		return no_memory(j, err);
	j->m.files[j->m.n++] = (struct manifest_file){ path, length, digest };
	j->bytes += length;
	return 0;
}

static int copy_in(struct job *j, const char *rel, struct sha256 *digest, uint64_t *length,
		   struct err *err)
{
	struct buf from = { 0 };

	buf_printf(&from, "%s/%s", j->from, rel);
	int rc = buf_ok(&from) ? tree_copy(&j->tree, rel, buf_str(&from), digest, length, err) :
				 no_memory(j, err);
	buf_release(&from);
	return rc;
}

static int copy_and_note(struct job *j, const char *rel, struct err *err)
{
	struct sha256 digest;
	uint64_t length;
	int rc = copy_in(j, rel, &digest, &length, err);

	return rc ? rc : note_file(j, rel, length, digest, err);
}

#define CHECKPOINT "checkpoint"

static int copy_ledger_file(void *ctx, const char *rel, struct err *err)
{
	struct job *j = ctx;
	char path[300];
	int n = snprintf(path, sizeof(path), "ledger/%s", rel);

	if (strcmp(rel, CHECKPOINT) == 0 || strstr(rel, ".tmp-"))
		return 0; /* copied before; a write that is under way */
	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, ERR_REFUSED, 0, "%s/ledger/%.80s: is no file of a store", j->from,
			       rel);
	struct err why = { 0 };
	int rc = copy_and_note(j, path, &why);
	if (rc == ERR_NOTFOUND)
		return 0; /* a partial tile, replaced meanwhile by a fuller one */
	if (rc && err)
		*err = why;
	return rc;
}

static int copy_ledger(struct job *j, struct err *err)
{
	char path[4200];
	struct err why = { 0 };
	int rc = copy_and_note(j, "ledger/" CHECKPOINT, &why);

	if (rc && rc != ERR_NOTFOUND) { /* no checkpoint: nothing was ever in the ledger */
		if (err)
			*err = why;
		return rc;
	}
	snprintf(path, sizeof(path), "%s/ledger", j->from);
	return tree_each(path, copy_ledger_file, j, err);
}

static int copy_database(struct job *j, struct err *err)
{
	struct buf path = { 0 };
	struct sha256 digest;
	uint64_t length;

	tree_where(&j->tree, "assay.db", &path);
	int rc = buf_ok(&path) ? sql_copy(j->s->db, buf_str(&path), err) : no_memory(j, err);
	if (rc == 0)
		rc = tree_digest(buf_str(&path), &digest, &length, err);
	if (rc == 0)
		rc = note_file(j, "assay.db", length, digest, err);
	buf_release(&path);
	return rc;
}

static int copy_blob(struct job *j, struct sha256 want, struct err *err)
{
	struct buf rel = { 0 };
	struct sha256 digest;
	uint64_t length;

	blob_path("blob", want, &rel);
	if (!buf_ok(&rel))
		return no_memory(j, err);
	int rc = copy_in(j, buf_str(&rel), &digest, &length, err);
	struct store_gone gone;
	if (rc == ERR_NOTFOUND && j->s->schema >= 3 && store_find_gone(j->s, want, &gone, NULL) == 0)
		rc = err_set(err, ERR_BUSY, 0,
			     "%s/%s: was taken out while the backup was made: make it again", j->from,
			     buf_str(&rel));
	else if (rc == ERR_NOTFOUND || (rc == 0 && !sha256_eq(digest, want)))
		rc = err_set(err, ERR_CORRUPT, 0,
			     "%s/%s: the evidence is %s: no backup is made of a damaged store "
			     "(assay store check names all)", j->from, buf_str(&rel),
			     rc ? "missing" : "altered");
	if (rc == 0)
		rc = note_file(j, buf_str(&rel), length, digest, err);
	buf_release(&rel);
	return rc;
}

/* Open the copy of the database in the tree; nobody else knows it. */
static int open_copy(struct job *j, struct sql **db, struct err *err)
{
	struct buf path = { 0 };

	tree_where(&j->tree, "assay.db", &path);
	int rc = buf_ok(&path) ? sql_open(buf_str(&path), SQL_STILL, db, err) : no_memory(j, err);
	buf_release(&path);
	return rc;
}

static int copy_blobs(struct job *j, struct err *err)
{
	struct sql *db = NULL;
	struct sql_stmt *st = NULL;
	int rc = open_copy(j, &db, err);

	if (rc == 0)
		rc = sql_prepare(db, j->s->schema < 3 ? /* no evidence goes before schema 3 */
				 "SELECT sha256 FROM evidence ORDER BY sha256" :
				 "SELECT sha256 FROM evidence WHERE sha256 NOT IN "
				 "(SELECT sha256 FROM evidence_gone) ORDER BY sha256", &st, err);
	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		struct sha256 digest;
		rc = digest_from(sql_bytes(st, 0), &digest) ?
			     copy_blob(j, digest, err) :
			     err_set(err, ERR_CORRUPT, 0, "%s: a row of evidence has no digest",
				     j->s->path);
	}
	sql_finalize(st);
	sql_close(db);
	return rc;
}

static int put_manifest(struct job *j, struct sha256 *digest, struct err *err)
{
	struct buf text = { 0 };

	manifest_format(&j->m, &text);
	int rc = buf_ok(&text) ? tree_put(&j->tree, "MANIFEST", buf_slice(&text), err) :
				 no_memory(j, err);
	*digest = sha256_of(buf_slice(&text));
	buf_release(&text);
	return rc;
}

int store_backup(struct store *s, const char *to, struct backup_report *out, struct err *err)
{
	struct job j = { .s = s, .from = s->dir };
	struct sha256 digest = { 0 };
	int rc = tree_begin(to, &j.tree, err);

	if (rc)
		return rc;
	j.m.at = clock_now();
	j.m.schema = s->schema;
	rc = copy_ledger(&j, err);
	if (rc == 0)
		rc = copy_database(&j, err);
	if (rc == 0)
		rc = copy_blobs(&j, err);
	if (rc == 0)
		rc = put_manifest(&j, &digest, err);
	if (rc == 0)
		rc = tree_end(&j.tree, err);
	if (rc == 0)
		*out = (struct backup_report){ (int64_t)j.m.n, j.bytes, digest, j.m.at };
	tree_abort(&j.tree);
	arena_release(&j.arena);
	return rc;
}

static int read_manifest(struct job *j, struct buf *text, struct err *err)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/MANIFEST", j->from);
	int rc = file_read(path, MANIFEST_MAX, text, err);
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file: %s is no backup", path, j->from);
	if (rc)
		return rc;
	rc = manifest_parse(buf_slice(text), &j->arena, &j->m, err);
	if (rc == ERR_SYNTAX)
		return err_set(err, ERR_CORRUPT, 0, "%s: was altered or cut: use another backup", path);
	return rc;
}

static int restore_file(struct job *j, const struct manifest_file *f, struct err *err)
{
	char rel[300];
	struct sha256 digest;
	uint64_t length;

	snprintf(rel, sizeof(rel), "%.*s", SLICE_ARG(f->path));
	int rc = copy_in(j, rel, &digest, &length, err);
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_CORRUPT, 0,
			       "%s/%s: is in the manifest and missing: use another backup", j->from, rel);
	if (rc)
		return rc;
	if (length != f->length || !sha256_eq(digest, f->sha256))
		return err_set(err, ERR_CORRUPT, 0,
			       "%s/%s: is not what the manifest says (altered or cut): use another "
			       "backup", j->from, rel);
	j->bytes += length;
	return 0;
}

static void first_finding(void *ctx, struct slice line)
{
	struct buf *out = ctx;

	if (out->n == 0)
		buf_put(out, slice_sub(line, 0, 100));
}

static int check_restored(struct job *j, struct err *err)
{
	struct sql *db = NULL;
	struct buf finding = { 0 };
	char path[4200];
	int version = 0;

	snprintf(path, sizeof(path), "%s/assay.db", j->from);
	int rc = open_copy(j, &db, err);
	if (rc == 0)
		rc = migrate_version(db, path, schema_steps, schema_steps_n, &version, err);
	if (rc == 0)
		rc = sql_check(db, first_finding, &finding, err);
	if (rc == 0 && finding.n)
		rc = err_set(err, ERR_CORRUPT, 0, "%s: %s: use another backup", path,
			     buf_str(&finding));
	if (rc == 0 && version == 0)
		rc = err_set(err, ERR_CORRUPT, 0, "%s: is empty: use another backup", path);
	buf_release(&finding);
	sql_close(db);
	return rc;
}

int store_restore(const char *from, const char *to, struct backup_report *out, struct err *err)
{
	struct job j = { .from = from };
	struct buf text = { 0 };
	if (strlen(from) > 4000)
		return err_set(err, ERR_USAGE, 0, "restore: the folder's name is too long");
	int rc = read_manifest(&j, &text, err);

	if (rc == 0 && j.m.schema > (int64_t)schema_steps_n)
		rc = err_set(err, ERR_REFUSED, 0,
			     "%s: store is of schema %lld, this program knows up to %zu: upgrade assay",
			     from, (long long)j.m.schema, schema_steps_n);
	if (rc == 0)
		rc = tree_begin(to, &j.tree, err);
	for (size_t i = 0; rc == 0 && i < j.m.n; i++)
		rc = restore_file(&j, &j.m.files[i], err);
	if (rc == 0)
		rc = check_restored(&j, err);
	if (rc == 0)
		rc = tree_end(&j.tree, err);
	if (rc == 0)
		*out = (struct backup_report){ (int64_t)j.m.n, j.bytes, sha256_of(buf_slice(&text)),
					       j.m.at };
	tree_abort(&j.tree);
	arena_release(&j.arena);
	buf_release(&text);
	return rc;
}
