/* Opening, batches, and the small tables. Opening looks before it touches: nothing in the folder
 * changes until the file is known to be a store of ours, of a schema that we know. */
#include "store/store.h"

#include "base/utf8.h"
#include "store/blob.h"
#include "store/database.h"
#include "store/handle.h"
#include "store/migrate.h"
#include "store/redact.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LEAVING_MS = 5000 }; /* a writer that gave the server's lock back closes the folder's */

int store_no_memory(const struct store *s, struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "store %s: out of memory", s->dir);
}

void *store_grow(struct arena *a, void *list, size_t have, size_t *cap, size_t size)
{
	if (have < *cap)
		return list;
	size_t more = *cap ? *cap * 2 : 8;
	void *room = arena_array(a, more, size);
	if (!room)
		return NULL;
	if (have)
		memcpy(room, list, have * size);
	*cap = more;
	return room;
}

int store_check_text(const char *field, struct slice s, struct err *err)
{
	size_t bad = 0;

	if (!utf8_valid(s, &bad))
		return err_set(err, ERR_SYNTAX, bad, "store: %s is not UTF-8 at byte %zu", field, bad);
	bad = slice_find(s, '\0');
	if (bad < s.n)
		return err_set(err, ERR_SYNTAX, bad, "store: %s has a NUL at byte %zu", field, bad);
	return 0;
}

/* A folder that holds anything but our own names is somebody else's: "--store examples" by
 * mistake must not sow files there. */
static int check_folder(const char *dir, struct err *err)
{
	static const char *const ours[] = { "assay.db", "assay.db-journal", "assay.db-shm",
					    "assay.db-wal", "blob", "database", "ledger",
					    "lock" };
	char **names = NULL;
	size_t n = 0;
	int rc = file_list(dir, &names, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		bool known = false;
		for (size_t k = 0; k < sizeof(ours) / sizeof(ours[0]); k++)
			known = known || strcmp(names[i], ours[k]) == 0;
		if (!known)
			rc = err_set(err, ERR_REFUSED, 0,
				     "%s: holds other things (%s) and no store: give an empty or new "
				     "folder", dir, names[i]);
	}
	file_list_free(names, n);
	return rc;
}

/* A checkpoint is signed behind the store's first commits: where one lies, there was a database,
 * and a new one in its place would answer that nothing is known. */
static int check_not_lost(const struct store *s, struct err *err)
{
	char path[4200];
	enum file_kind kind;

	snprintf(path, sizeof(path), "%s/ledger/checkpoint", s->dir);
	int rc = file_kind_of(path, &kind, err);
	if (rc == 0 && kind != FILE_ABSENT)
		rc = err_set(err, ERR_CORRUPT, 0,
			     "%s: is lost or empty, though the store's ledger is signed: restore the "
			     "store from a backup", s->path);
	return rc;
}

/* Whether the folder has a database with something in it: a crash while a store was being made
 * leaves an empty one, which is none. */
static int find_database(const struct store *s, unsigned flags, bool *there, struct err *err)
{
	enum file_kind dir_kind, kind;
	int64_t mtime;
	uint64_t length = 0;

	int rc = file_kind_of(s->dir, &dir_kind, err);
	if (rc == 0)
		rc = file_kind_of(s->path, &kind, err);
	if (rc == 0 && kind == FILE_REGULAR)
		rc = file_stat(s->path, &mtime, &length, err);
	if (rc)
		return rc;
	if (dir_kind != FILE_ABSENT && dir_kind != FILE_DIRECTORY)
		return err_set(err, ERR_REFUSED, 0, "store %s: is not a folder", s->dir);
	if (s->conninfo) { /* what it holds is asked of the server */
		*there = true;
		return 0;
	}
	if (kind == FILE_DIRECTORY || kind == FILE_OTHER)
		return err_set(err, ERR_CORRUPT, 0, "%s: is not a file", s->path);
	*there = length > 0;
	if (*there)
		return 0;
	rc = dir_kind == FILE_DIRECTORY ? check_not_lost(s, err) : 0;
	if (rc)
		return rc;
	if (!(flags & STORE_CREATE))
		return err_set(err, ERR_NOTFOUND, 0,
			       "store %s: there is none: assay store migrate or assay run makes one",
			       s->dir);
	return dir_kind == FILE_DIRECTORY ? check_folder(s->dir, err) : 0;
}

/* What a writer that died leaves beside the database, and the next opening for writing settles. */
static bool is_unfinished(const struct store *s)
{
	static const char *const left[] = { "-wal", "-journal" };
	enum file_kind kind;

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		char path[4200];
		snprintf(path, sizeof(path), "%s%s", s->path, left[i]);
		if (file_kind_of(path, &kind, NULL) || kind != FILE_ABSENT)
			return true;
	}
	return false;
}

/* Where we may not write beside the file, the engine cannot follow a writer. Then hold writers off
 * and read the file as it lies, unless a writer left something beside it. */
static int open_still(struct store *s, struct err *err)
{
	int rc = store_lock_share(s->dir, &s->lock, err);

	if (rc == 0 && is_unfinished(s))
		rc = err_set(err, ERR_IO, 0,
			     "store %s: its last writer did not finish, and that cannot be settled by "
			     "reading: run assay store migrate where it can be written", s->dir);
	return rc ? rc : sql_open(s->path, SQL_STILL, &s->db, err);
}

static int open_file(struct store *s, struct err *err)
{
	struct err first = { 0 };
	int rc = sql_open(s->path, SQL_READ, &s->db, &first);

	if (rc == ERR_IO)
		return open_still(s, err);
	if (rc && err)
		*err = first;
	return rc;
}

static int open_server(struct store *s, enum sql_mode mode, const char *command, struct err *err)
{
	const struct sql_server server = { s->conninfo, s->path, command };

	return sql_connect(&server, mode, &s->db, err);
}

static const struct schema_step *steps_of(const struct store *s)
{
	return s->conninfo ? schema_steps_postgres : schema_steps;
}

static int open_reading(struct store *s, unsigned flags, struct err *err)
{
	int version = 0;
	int rc = s->conninfo ? open_server(s, SQL_READ, "assay", err) : open_file(s, err);

	if (rc == 0)
		rc = migrate_version(s->db, s->path, steps_of(s), schema_steps_n, &version, err);
	if (rc == 0 && version == 0)
		rc = err_set(err, ERR_NOTFOUND, 0,
			     "store %s: there is none yet: assay store migrate makes it", s->dir);
	s->schema = version;
	if (rc == 0 && (size_t)version < schema_steps_n && !(flags & STORE_OLD))
		rc = err_set(err, ERR_REFUSED, 0,
			     "%s: store is of schema %d, this program reads %zu: run assay store "
			     "migrate (after assay store backup)", s->path, version, schema_steps_n);
	return rc;
}

static int make_folders(struct store *s, struct err *err)
{
	int rc = file_make_dir(s->blob, err);

	if (rc == 0)
		rc = blob_clean(s->blob, err);
	return rc ? rc : file_sync_dir(s->dir, err);
}

struct filling {
	struct store *s;
	const struct store_hooks *hooks;
};

/* Within the transaction that the step began. */
static int fill(void *ctx, struct err *err)
{
	struct filling *f = ctx;

	f->s->can_write = f->s->in_batch = true;
	int rc = store_derive(f->s, f->hooks, err);
	f->s->can_write = f->s->in_batch = false;
	return rc;
}

/* The lock of the folder, which says who writes to those who look. Behind the server's own, which
 * is waited for, it is held by one who is just leaving. */
static int take_lock(struct store *s, const char *command, struct err *err)
{
	const int64_t end = clock_ticks_ns() + (int64_t)LEAVING_MS * 1000000;

	for (;;) {
		const struct timespec nap = { 0, 20000000 };
		int rc = store_lock_take(s->dir, command, &s->lock, err);
		if (rc != ERR_BUSY || !s->conninfo || clock_ticks_ns() > end)
			return rc;
		nanosleep(&nap, NULL); /* a signal shortens it: the next round looks at the clock */
	}
}

/* What a redaction took out may still lie in our files, if its process died. Readers that hold an
 * older state are no reason not to write: then it is done the next time. */
static int finish_erasing(struct store *s, struct err *err)
{
	struct err why = { 0 };
	int rc = store_erase(s, &why);

	if (rc == 0 || rc == ERR_BUSY)
		return 0;
	if (err)
		*err = why;
	return rc;
}

/* migrate: what the steps that are missing in a store that is there derive their rows with; NULL:
 * such a store is refused. */
static int open_writing(struct store *s, unsigned flags, const char *command, bool there,
			const struct store_hooks *migrate, int *from, struct err *err)
{
	/* Its name must outlast a power cut before anything in it is acknowledged. */
	int rc = there ? 0 : file_make_dir_durable(s->dir, err);
	enum sql_mode mode = flags & STORE_CREATE ? SQL_CREATE : SQL_WRITE;

	if (rc == 0 && s->conninfo)
		rc = open_server(s, mode, command, err);
	if (rc == 0)
		rc = take_lock(s, command, err);
	/* Under the lock the answer may be another: somebody else has just made it. */
	if (rc == 0)
		rc = find_database(s, flags, &there, err);
	if (rc == 0 && !s->conninfo)
		rc = sql_open(s->path, there ? SQL_WRITE : SQL_CREATE, &s->db, err);
	int version = 0;
	if (rc == 0)
		rc = migrate_version(s->db, s->path, steps_of(s), schema_steps_n, &version, err);
	if (rc == 0 && version == 0 && s->conninfo)
		rc = check_not_lost(s, err);
	if (rc)
		return rc;
	if (version == 0 && !(flags & STORE_CREATE))
		return err_set(err, ERR_NOTFOUND, 0,
			       "store %s: was begun and is empty: assay store migrate makes it", s->dir);
	if (version > 0 && (size_t)version < schema_steps_n && !migrate)
		return err_set(err, ERR_REFUSED, 0,
			       "%s: store is of schema %d, this program writes %zu: run assay store "
			       "migrate (after assay store backup)", s->path, version, schema_steps_n);
	*from = version;
	s->schema = (int)schema_steps_n;
	struct filling filling = { s, migrate };
	rc = sql_begin_writing(s->db, err);
	if (rc == 0 && (size_t)version < schema_steps_n)
		rc = migrate_run(s->db, s->path, steps_of(s), schema_steps_n, clock_now(), fill,
				 &filling, err);
	if (rc == 0)
		rc = make_folders(s, err);
	s->can_write = s->can_account = rc == 0;
	return rc ? rc : finish_erasing(s, err);
}

/* Accounts are rows of their own, which no other writer touches and nothing is derived from; the
 * engine's own lock, which is held for a transaction, is enough for them. */
static int open_accounts(struct store *s, struct err *err)
{
	int version = 0;
	int rc = store_lock_probe(s->dir, err);

	if (rc == 0)
		rc = s->conninfo ? open_server(s, SQL_BESIDE, "assay", err)
				 : sql_open(s->path, SQL_BESIDE, &s->db, err);
	if (rc == 0)
		rc = migrate_version(s->db, s->path, steps_of(s), schema_steps_n, &version, err);
	if (rc)
		return rc;
	if (version == 0)
		return err_set(err, ERR_NOTFOUND, 0,
			       "store %s: there is none yet: assay store migrate makes it", s->dir);
	if ((size_t)version < schema_steps_n)
		return err_set(err, ERR_REFUSED, 0,
			       "%s: store is of schema %d, this program writes %zu: run assay store "
			       "migrate (after assay store backup)", s->path, version, schema_steps_n);
	s->schema = version;
	rc = sql_begin_writing(s->db, err);
	s->can_account = rc == 0;
	return rc;
}

static struct store *new_handle(const char *dir)
{
	struct store *s = calloc(1, sizeof(*s));
	size_t room = strlen(dir) + 16;

	if (!s)
		return NULL;
	s->lock = (struct store_lock)STORE_LOCK_NONE;
	s->dir = strdup(dir);
	s->path = malloc(room);
	s->blob = malloc(room);
	if (!s->dir || !s->path || !s->blob) {
		store_close(s);
		return NULL;
	}
	snprintf(s->path, room, "%s/assay.db", dir);
	snprintf(s->blob, room, "%s/blob", dir);
	return s;
}

static int open_any(const char *dir, unsigned flags, const char *command,
		    const struct store_hooks *migrate, int *from, struct store **out,
		    struct err *err)
{
	bool writes = (flags & STORE_WRITE) != 0, there = false;

	if (strlen(dir) == 0 || strlen(dir) > 4000)
		return err_set(err, ERR_USAGE, 0, "store: the folder's name is empty or too long");
	if ((writes && !command) || ((flags & STORE_CREATE) && !writes))
		return err_set(err, ERR_USAGE, 0, "store: opened for writing without a command's name");
	struct store *s = new_handle(dir);
	if (!s)
		return err_set(err, ERR_NOMEM, 0, "store %s: out of memory", dir);
	int rc = database_read(dir, &s->conninfo, err);
	if (rc == 0 && s->conninfo)
		snprintf(s->path, strlen(dir) + 16, "%s/database", dir);
	if (rc == 0)
		rc = find_database(s, flags, &there, err);
	if (rc == 0 && writes)
		rc = open_writing(s, flags, command, there, migrate, from, err);
	else if (rc == 0 && (flags & STORE_ACCOUNTS))
		rc = open_accounts(s, err);
	else if (rc == 0)
		rc = open_reading(s, flags, err);
	if (rc) {
		store_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

int store_open(const char *dir, unsigned flags, const char *command, struct store **out,
	       struct err *err)
{
	int from;
	return open_any(dir, flags, command, NULL, &from, out, err);
}

int store_migrate(const char *dir, const char *command, const struct store_hooks *hooks, int *from,
		  int *to, struct err *err)
{
	struct store *s = NULL;
	int had = 0;
	int rc = open_any(dir, STORE_WRITE | STORE_CREATE, command, hooks, &had, &s, err);
	if (rc)
		return rc;
	*from = had;
	*to = (int)schema_steps_n;
	store_close(s);
	return 0;
}

int store_migrate_to(const char *dir, const char *conninfo, const char *command,
		     const struct store_hooks *hooks, int *from, int *to, struct err *err)
{
	bool made = false;
	enum file_kind kind;
	int rc = file_kind_of(dir, &kind, err);
	if (rc == 0 && kind == FILE_DIRECTORY)
		rc = check_folder(dir, err);
	if (rc == 0)
		rc = file_make_dir(dir, err);
	if (rc == 0)
		rc = database_write(dir, conninfo, &made, err);
	if (rc == 0)
		rc = store_migrate(dir, command, hooks, from, to, err);
	/* A wrong word in it shall not make the folder one that is refused. */
	if (rc && made)
		database_remove(dir);
	return rc;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->db)
		store_rollback(s);
	for (size_t i = 0; i < STMT_COUNT; i++)
		sql_finalize(s->stmt[i]);
	sql_close(s->db);
	store_lock_give(&s->lock); /* last: closing the database may still write */
	buf_release(&s->last_kind);
	buf_release(&s->last_key);
	free(s->dir);
	free(s->path);
	free(s->conninfo);
	free(s->blob);
	free(s);
}

const char *store_dir(const struct store *s)
{
	return s->dir;
}

static int no_writer(const struct store *s, struct err *err)
{
	return err_set(err, ERR_USAGE, 0, "store %s: was opened for reading", s->dir);
}

static int begin(struct store *s, struct err *err)
{
	int rc = sql_begin(s->db, err);
	if (rc == 0) {
		s->in_batch = true;
		s->spoilt = false;
	}
	return rc;
}

int store_begin(struct store *s, struct err *err)
{
	if (!s->can_write && !s->can_account)
		return no_writer(s, err);
	if (s->in_batch)
		return err_set(err, ERR_USAGE, 0, "store %s: a batch is open already", s->dir);
	return begin(s, err);
}

int store_snapshot(struct store *s, struct err *err)
{
	int64_t size;

	if (s->can_write || s->can_account || s->in_batch)
		return err_set(err, ERR_USAGE, 0, "store %s: was opened for writing", s->dir);
	int rc = sql_snapshot(s->db, err);
	return rc ? rc : store_ledger_size(s, &size, err);
}

void store_snapshot_end(struct store *s)
{
	/* Nothing was written: what fails here leaves nothing undone, and the next snapshot fails. */
	if (!s->in_batch && sql_in_transaction(s->db))
		sql_rollback(s->db, NULL);
}

int store_commit(struct store *s, struct err *err)
{
	if (!s->in_batch)
		return err_set(err, ERR_USAGE, 0, "store %s: no batch is open", s->dir);
	if (s->spoilt)
		return err_set(err, ERR_IO, 0,
			       "store %s: a write of this batch failed: nothing of it is kept", s->dir);
	/* What rows refer to is durable before they are. */
	int rc = s->blobs_dirty ? blob_sync(s->blob, err) : 0;
	if (rc == 0)
		rc = sql_commit(s->db, err);
	if (rc) {
		s->spoilt = true;
		return rc;
	}
	s->blobs_dirty = false;
	s->in_batch = false;
	return 0;
}

void store_rollback(struct store *s)
{
	if (!s->in_batch)
		return;
	/* A failure may have ended the transaction already; what cannot be rolled back here is
	 * rolled back by closing or by the next opening. */
	if (sql_in_transaction(s->db))
		sql_rollback(s->db, NULL);
	s->in_batch = s->spoilt = false;
	/* Their rows may have gone with the batch. */
	s->last_subject = s->last_owner.seq = 0;
}

static int begin_put(struct store *s, bool *own, struct err *err)
{
	if (s->spoilt)
		return err_set(err, ERR_IO, 0,
			       "store %s: an earlier write of this batch failed: roll back", s->dir);
	*own = !s->in_batch;
	return *own ? begin(s, err) : 0;
}

int put_begin(struct store *s, bool *own, struct err *err)
{
	return s->can_write ? begin_put(s, own, err) : no_writer(s, err);
}

int account_put_begin(struct store *s, bool *own, struct err *err)
{
	return s->can_account ? begin_put(s, own, err) : no_writer(s, err);
}

int put_end(struct store *s, bool own, int rc, struct err *err)
{
	/* The engine may have dropped the whole batch; going on would commit a part of it. */
	if (rc == ERR_IO || rc == ERR_CORRUPT || rc == ERR_BUSY || rc == ERR_NOMEM ||
	    (rc && sql_is_spoilt(s->db)))
		s->spoilt = true;
	if (!own)
		return rc;
	if (rc == 0)
		rc = store_commit(s, err);
	if (rc)
		store_rollback(s);
	return rc;
}
