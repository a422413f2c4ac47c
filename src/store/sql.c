/* The only file that includes the engine's header. Every return code passes through fail(), which
 * turns it into one of ours with the file's name and with advice. */
#include "store/sql.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 5000, CACHE_KIB = 65536, CHECKPOINT_PAGES = 4000, FINDINGS_MAX = 100 };

struct sql {
	sqlite3 *db;
	char *path;
};

struct sql_stmt {
	sqlite3_stmt *st;
	struct sql *owner;
	int bad_bind; /* first failed bind since the last reset */
};

static int fail(const struct sql *sql, int rc, struct err *err)
{
	const char *path = sql->path;
	const char *why = sql->db ? sqlite3_errmsg(sql->db) : sqlite3_errstr(rc);

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return err_set(err, ERR_IO, 0,
			       "%s: the disk is full; the batch was not kept: make room, run again", path);
	case SQLITE_READONLY:
		return err_set(err, ERR_IO, 0, "%s: cannot be written (%s)", path, why);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return err_set(err, ERR_IO, 0, "%s: cannot be opened (%s): check permissions", path,
			       why);
	case SQLITE_IOERR:
		return err_set(err, ERR_IO, 0,
			       "%s: the system failed a read or write (%s); the batch was not kept: "
			       "check space, quota and disk, run again",
			       path, why);
	case SQLITE_NOTADB:
		return err_set(err, ERR_CORRUPT, 0,
			       "%s: is not a database: restore a backup (assay store restore)", path);
	case SQLITE_CORRUPT:
		return err_set(err, ERR_CORRUPT, 0,
			       "%s: is damaged (%s): run assay store check, restore a backup", path, why);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_BUSY, 0, "%s: another program holds it: try again later", path);
	case SQLITE_CONSTRAINT:
		return err_set(err, ERR_REFUSED, 0, "%s: refused: %s", path, why);
	case SQLITE_NOMEM:
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	case SQLITE_TOOBIG:
		return err_set(err, ERR_LIMIT, 0, "%s: a value is too long for the database", path);
	default:
		return err_set(err, ERR_IO, 0, "%s: %s", path, why);
	}
}

/* "file:" with the path escaped, for the one mode that needs an option in the name. */
static char *still_uri(const char *path)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = strlen(path);
	char *uri = malloc(3 * n + 32), *w = uri;

	if (!uri)
		return NULL;
	memcpy(w, "file:", 5);
	w += 5;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)path[i];
		if (c == '%' || c == '?' || c == '#' || c <= ' ' || c >= 0x7f) {
			*w++ = '%';
			*w++ = hex[c >> 4];
			*w++ = hex[c & 15];
		} else {
			*w++ = (char)c;
		}
	}
	memcpy(w, "?immutable=1", sizeof("?immutable=1"));
	return uri;
}

static int configure(struct sql *sql, struct err *err)
{
	char text[400];

	sqlite3_extended_result_codes(sql->db, 1);
	sqlite3_busy_timeout(sql->db, WAIT_MS);
	/* The file may have been altered by somebody: no function may run from its schema, and no
	 * statement of ours may rewrite the schema behind the engine's back. */
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	snprintf(text, sizeof(text),
		 "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
		 "PRAGMA recursive_triggers=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%d;",
		 CACHE_KIB);
	int rc = sql_exec(sql, text, err);
	/* The first look at the file: what is not a database says so here. */
	int64_t tables = 0;
	return rc ? rc : sql_get_i64(sql, "SELECT count(*) FROM sqlite_schema", &tables, err);
}

int sql_begin_writing(struct sql *db, struct err *err)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=%d;"
		 /* What is overwritten or moved leaves no copy on a page: sql_forget relies on it. */
		 "PRAGMA secure_delete=ON;",
		 CHECKPOINT_PAGES);
	return sql_exec(db, text, err);
}

int sql_open(const char *path, enum sql_mode mode, struct sql **out, struct err *err)
{
	struct sql *sql = calloc(1, sizeof(*sql));
	char *name = strdup(path);
	char *open_as = mode == SQL_STILL ? still_uri(path) : strdup(path);
	int flags = SQLITE_OPEN_NOMUTEX;

	if (!sql || !name || !open_as) {
		free(sql);
		free(name);
		free(open_as);
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	}
	sql->path = name;
	if (mode == SQL_READ)
		flags |= SQLITE_OPEN_READONLY;
	else if (mode == SQL_STILL)
		flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
	else
		flags |= SQLITE_OPEN_READWRITE | (mode == SQL_CREATE ? SQLITE_OPEN_CREATE : 0);
	int rc = sqlite3_open_v2(open_as, &sql->db, flags, NULL);
	free(open_as);
	int code = rc == SQLITE_OK ? configure(sql, err) : fail(sql, rc, err);
	if (code) {
		sql_close(sql);
		return code;
	}
	*out = sql;
	return 0;
}

void sql_close(struct sql *db)
{
	if (!db)
		return;
	sqlite3_close_v2(db->db);
	free(db->path);
	free(db);
}

int sql_exec(struct sql *db, const char *script, struct err *err)
{
	int rc = sqlite3_exec(db->db, script, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

int sql_prepare(struct sql *db, const char *text, struct sql_stmt **out, struct err *err)
{
	struct sql_stmt *st = calloc(1, sizeof(*st));

	if (!st)
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", db->path);
	st->owner = db;
	int rc = sqlite3_prepare_v3(db->db, text, -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL);
	if (rc != SQLITE_OK) {
		free(st);
		return fail(db, rc, err);
	}
	*out = st;
	return 0;
}

void sql_finalize(struct sql_stmt *st)
{
	if (!st)
		return;
	sqlite3_finalize(st->st); /* repeats the error of the last step, which was reported */
	free(st);
}

static void note_bind(struct sql_stmt *st, int rc)
{
	if (rc != SQLITE_OK && st->bad_bind == SQLITE_OK)
		st->bad_bind = rc;
}

void sql_bind_i64(struct sql_stmt *st, int i, int64_t v)
{
	note_bind(st, sqlite3_bind_int64(st->st, i, v));
}

/* A NULL pointer would bind SQL's NULL; an empty slice is an empty value. */
void sql_bind_text(struct sql_stmt *st, int i, struct slice v)
{
	note_bind(st, sqlite3_bind_text64(st->st, i, v.p ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8));
}

void sql_bind_blob(struct sql_stmt *st, int i, struct slice v)
{
	note_bind(st, sqlite3_bind_blob64(st->st, i, v.p ? v.p : "", v.n, SQLITE_STATIC));
}

void sql_bind_null(struct sql_stmt *st, int i)
{
	note_bind(st, sqlite3_bind_null(st->st, i));
}

int sql_step(struct sql_stmt *st, struct err *err)
{
	int rc = st->bad_bind ? st->bad_bind : sqlite3_step(st->st);

	if (rc == SQLITE_ROW)
		return 1;
	int code = rc == SQLITE_DONE ? 0 : fail(st->owner, rc, err);
	sql_reset(st);
	return code;
}

int sql_run(struct sql_stmt *st, struct err *err)
{
	int rc;

	do
		rc = sql_step(st, err);
	while (rc == 1);
	return rc;
}

int sql_insert(struct sql_stmt *st, int64_t *key, struct err *err)
{
	int rc = sql_run(st, err);

	if (rc)
		return rc;
	if (sqlite3_changes64(st->owner->db) == 0)
		return 0;
	if (key)
		*key = sqlite3_last_insert_rowid(st->owner->db);
	return 1;
}

void sql_reset(struct sql_stmt *st)
{
	sqlite3_reset(st->st); /* repeats the error of the last step, which was reported */
	sqlite3_clear_bindings(st->st);
	st->bad_bind = SQLITE_OK;
}

int64_t sql_i64(struct sql_stmt *st, int i)
{
	return sqlite3_column_int64(st->st, i);
}

struct slice sql_bytes(struct sql_stmt *st, int i)
{
	const char *p = sqlite3_column_blob(st->st, i); /* of text too: its bytes as they are */
	int n = sqlite3_column_bytes(st->st, i);
	return slice_from(p, n > 0 ? (size_t)n : 0);
}

bool sql_is_null(struct sql_stmt *st, int i)
{
	return sqlite3_column_type(st->st, i) == SQLITE_NULL;
}

int sql_get_i64(struct sql *db, const char *query, int64_t *out, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(db, query, &st, err);

	if (rc == 0)
		rc = sql_step(st, err);
	if (rc == 1) {
		*out = sql_i64(st, 0);
		rc = 0;
	}
	sql_finalize(st);
	return rc;
}

bool sql_in_transaction(struct sql *db)
{
	return !sqlite3_get_autocommit(db->db);
}

int sql_copy(struct sql *db, const char *to, struct err *err)
{
	struct sql *copy = NULL;
	int rc = sql_open(to, SQL_CREATE, &copy, err);
	if (rc)
		return rc;
	rc = sql_begin_writing(copy, err);
	sqlite3_backup *b = rc ? NULL : sqlite3_backup_init(copy->db, "main", db->db, "main");
	if (rc == 0 && !b)
		rc = fail(copy, sqlite3_errcode(copy->db), err);
	if (b) {
		/* All pages in one step: one moment, and no restart when others write. */
		int step = sqlite3_backup_step(b, -1);
		sqlite3_backup_finish(b); /* gives what step gave */
		if (step == SQLITE_CORRUPT || step == SQLITE_NOTADB)
			rc = fail(db, step, err);
		else if (step != SQLITE_DONE)
			rc = fail(copy, step, err);
	}
	sql_close(copy);
	return rc;
}

/* Pages hold no old bytes (secure_delete), so what is left of them is in the log of writes. */
int sql_forget(struct sql *db, struct err *err)
{
	int64_t busy = 0;
	int rc = sql_get_i64(db, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, err);

	if (rc == 0 && busy)
		rc = err_set(err, ERR_BUSY, 0,
			     "%s: a program reads an older state of it: end that program and run "
			     "again", db->path);
	return rc;
}

static int each_line(struct sql *db, const char *query, const char *before, const char *behind,
		     void (*fn)(void *ctx, struct slice line), void *ctx, struct err *err)
{
	struct sql_stmt *st = NULL;
	int found = 0;
	int rc = sql_prepare(db, query, &st, err);

	while (rc >= 0 && found < FINDINGS_MAX && (rc = sql_step(st, err)) == 1) {
		char line[400];
		struct slice what = slice_sub(sql_bytes(st, 0), 0, 300);
		if (slice_eq_str(what, "ok"))
			continue;
		snprintf(line, sizeof(line), "%s%.*s%s", before, SLICE_ARG(what), behind);
		fn(ctx, slice_str(line));
		found++;
	}
	sql_finalize(st);
	return rc < 0 ? rc : 0;
}

int sql_check(struct sql *db, void (*fn)(void *ctx, struct slice line), void *ctx,
	      struct err *err)
{
	int rc = each_line(db, "PRAGMA integrity_check(100)", "", "", fn, ctx, err);
	if (rc == 0)
		rc = each_line(db, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check",
			       "a row of table ", " refers to a row that is not there", fn, ctx,
			       err);
	return rc;
}
