/* The driver of SQLite, and the only file that includes its header. Every return code passes
 * through fail(), which turns it into one of ours with the file's name and with advice. */
#include "store/schema.h"
#include "store/sql_driver.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 5000, CACHE_KIB = 65536, CHECKPOINT_PAGES = 4000 };

struct lite {
	struct sql sql; /* first: a handle is one */
	sqlite3 *db;
	char *path;
};

struct lite_stmt {
	struct sql_stmt sql;
	sqlite3_stmt *st;
	int bad_bind; /* first failed bind since the last reset */
};

static struct lite *of(struct sql *sql)
{
	return (struct lite *)sql;
}

static struct lite_stmt *of_stmt(struct sql_stmt *st)
{
	return (struct lite_stmt *)st;
}

static int fail(struct sql *sql, int rc, struct err *err)
{
	const char *path = of(sql)->path;
	const char *why = of(sql)->db ? sqlite3_errmsg(of(sql)->db) : sqlite3_errstr(rc);

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return err_set(err, ERR_IO, 0,
			       "%s: the disk is full; the batch was not kept: make room, run again", path);
	case SQLITE_READONLY:
		return err_set(err, ERR_IO, 0, "%s: cannot be written (%s)", path, why);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		/* Or a file beside it cannot be made: on a full disk the engine says no more. */
		return err_set(err, ERR_IO, 0,
			       "%s: cannot be opened (%s): check permissions, and make room if the "
			       "disk is full", path, why);
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
	sqlite3 *db = of(sql)->db;
	char text[400];

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, WAIT_MS);
	/* The file may have been altered by somebody: no function may run from its schema, and no
	 * statement of ours may rewrite the schema behind the engine's back. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	snprintf(text, sizeof(text),
		 "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
		 "PRAGMA recursive_triggers=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%d;",
		 CACHE_KIB);
	int rc = sql_exec(sql, text, err);
	/* The first look at the file: what is not a database says so here. */
	int64_t tables = 0;
	return rc ? rc : sql_get_i64(sql, "SELECT count(*) FROM sqlite_schema", &tables, err);
}

static int lite_begin_writing(struct sql *db, struct err *err)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=%d;",
		 CHECKPOINT_PAGES);
	return sql_exec(db, text, err);
}

static const struct sql_driver driver;

int sql_open(const char *path, enum sql_mode mode, struct sql **out, struct err *err)
{
	struct lite *lite = calloc(1, sizeof(*lite));
	char *name = strdup(path);
	char *open_as = mode == SQL_STILL ? still_uri(path) : strdup(path);
	int flags = SQLITE_OPEN_NOMUTEX;

	if (!lite || !name || !open_as) {
		free(lite);
		free(name);
		free(open_as);
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	}
	lite->sql.driver = &driver;
	lite->path = name;
	if (mode == SQL_READ)
		flags |= SQLITE_OPEN_READONLY;
	else if (mode == SQL_STILL)
		flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
	else
		flags |= SQLITE_OPEN_READWRITE | (mode == SQL_CREATE ? SQLITE_OPEN_CREATE : 0);
	int rc = sqlite3_open_v2(open_as, &lite->db, flags, NULL);
	free(open_as);
	int code = rc == SQLITE_OK ? configure(&lite->sql, err) : fail(&lite->sql, rc, err);
	if (code) {
		sql_close(&lite->sql);
		return code;
	}
	*out = &lite->sql;
	return 0;
}

static void lite_close(struct sql *db)
{
	sqlite3_close_v2(of(db)->db);
	free(of(db)->path);
	free(db);
}

static int lite_exec(struct sql *db, const char *script, struct err *err)
{
	int rc = sqlite3_exec(of(db)->db, script, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

/* ---- transactions ---- */

static int lite_begin(struct sql *db, struct err *err)
{
	return lite_exec(db, "BEGIN IMMEDIATE", err);
}

static int lite_snapshot(struct sql *db, struct err *err)
{
	return lite_exec(db, "BEGIN", err);
}

static int lite_commit(struct sql *db, struct err *err)
{
	return lite_exec(db, "COMMIT", err);
}

static int lite_rollback(struct sql *db, struct err *err)
{
	return lite_exec(db, "ROLLBACK", err);
}

static bool lite_in_transaction(struct sql *db)
{
	return !sqlite3_get_autocommit(of(db)->db);
}

/* A statement that fails is undone alone, or it ends the transaction. */
static bool lite_is_spoilt(struct sql *db)
{
	(void)db;
	return false;
}

static int lite_identify(struct sql *db, enum sql_content *out, struct err *err)
{
	int64_t tables = 0, mark = 0, ours = 0;
	int rc = sql_get_i64(db, "SELECT count(*) FROM sqlite_schema", &tables, err);

	if (rc == 0)
		rc = sql_get_i64(db, "PRAGMA application_id", &mark, err);
	if (rc == 0)
		rc = sql_get_i64(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' "
				     "AND name = 'migration'", &ours, err);
	if (rc)
		return rc;
	if (tables == 0 && mark == 0)
		*out = SQL_EMPTY;
	else
		*out = mark == SCHEMA_APPLICATION_ID && ours == 1 ? SQL_STORE : SQL_FOREIGN;
	return 0;
}

static int lite_mark(struct sql *db, struct err *err)
{
	char mark[60];

	snprintf(mark, sizeof(mark), "PRAGMA application_id=%d", SCHEMA_APPLICATION_ID);
	return lite_exec(db, mark, err);
}

/* ---- statements ---- */

/* Any statement is read row by row, and walks lie beside others. */
static int lite_prepare(struct sql *db, const char *text, bool walks, struct sql_stmt **out,
			struct err *err)
{
	struct lite_stmt *st = calloc(1, sizeof(*st));

	(void)walks;
	if (!st)
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", of(db)->path);
	st->sql.owner = db;
	int rc = sqlite3_prepare_v3(of(db)->db, text, -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL);
	if (rc != SQLITE_OK) {
		free(st);
		return fail(db, rc, err);
	}
	*out = &st->sql;
	return 0;
}

static void lite_finalize(struct sql_stmt *st)
{
	/* Repeats the error of the last step, which was reported. */
	sqlite3_finalize(of_stmt(st)->st);
	free(st);
}

static void note_bind(struct sql_stmt *st, int rc)
{
	if (rc != SQLITE_OK && of_stmt(st)->bad_bind == SQLITE_OK)
		of_stmt(st)->bad_bind = rc;
}

static void lite_bind_i64(struct sql_stmt *st, int i, int64_t v)
{
	note_bind(st, sqlite3_bind_int64(of_stmt(st)->st, i, v));
}

/* A NULL pointer would bind SQL's NULL; an empty slice is an empty value. */
static void lite_bind_text(struct sql_stmt *st, int i, struct slice v)
{
	note_bind(st, sqlite3_bind_text64(of_stmt(st)->st, i, v.p ? v.p : "", v.n, SQLITE_STATIC,
					  SQLITE_UTF8));
}

static void lite_bind_blob(struct sql_stmt *st, int i, struct slice v)
{
	note_bind(st, sqlite3_bind_blob64(of_stmt(st)->st, i, v.p ? v.p : "", v.n, SQLITE_STATIC));
}

static void lite_bind_null(struct sql_stmt *st, int i)
{
	note_bind(st, sqlite3_bind_null(of_stmt(st)->st, i));
}

static void lite_reset(struct sql_stmt *st)
{
	/* Repeats the error of the last step, which was reported. */
	sqlite3_reset(of_stmt(st)->st);
	sqlite3_clear_bindings(of_stmt(st)->st);
	of_stmt(st)->bad_bind = SQLITE_OK;
}

static int lite_step(struct sql_stmt *st, struct err *err)
{
	int rc = of_stmt(st)->bad_bind ? of_stmt(st)->bad_bind : sqlite3_step(of_stmt(st)->st);

	if (rc == SQLITE_ROW)
		return 1;
	int code = rc == SQLITE_DONE ? 0 : fail(st->owner, rc, err);
	lite_reset(st);
	return code;
}

static int lite_insert(struct sql_stmt *st, int64_t *key, struct err *err)
{
	sqlite3 *db = of(st->owner)->db;
	int rc = sql_run(st, err);

	if (rc)
		return rc;
	if (sqlite3_changes64(db) == 0)
		return 0;
	if (key)
		*key = sqlite3_last_insert_rowid(db);
	return 1;
}

static int64_t lite_i64(struct sql_stmt *st, int i)
{
	return sqlite3_column_int64(of_stmt(st)->st, i);
}

static struct slice lite_bytes(struct sql_stmt *st, int i)
{
	/* Of text too: its bytes as they are. */
	const char *p = sqlite3_column_blob(of_stmt(st)->st, i);
	int n = sqlite3_column_bytes(of_stmt(st)->st, i);
	return slice_from(p, n > 0 ? (size_t)n : 0);
}

static bool lite_is_null(struct sql_stmt *st, int i)
{
	return sqlite3_column_type(of_stmt(st)->st, i) == SQLITE_NULL;
}

/* ---- the whole file ---- */

int sql_copy(struct sql *db, const char *to, struct err *err)
{
	struct sql *copy = NULL;
	int rc = sql_open(to, SQL_CREATE, &copy, err);
	if (rc)
		return rc;
	rc = sql_begin_writing(copy, err);
	sqlite3_backup *b = rc ? NULL : sqlite3_backup_init(of(copy)->db, "main", of(db)->db, "main");
	if (rc == 0 && !b)
		rc = fail(copy, sqlite3_errcode(of(copy)->db), err);
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

static int lite_check(struct sql *db, sql_line_fn fn, void *ctx, struct err *err)
{
	int rc = sql_each_line(db, "PRAGMA integrity_check(100)", "", "", fn, ctx, err);
	if (rc == 0)
		rc = sql_each_line(db, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check",
				   "a row of table ", " refers to a row that is not there", fn, ctx,
				   err);
	return rc;
}

static const struct sql_driver driver = {
	.engine = SQL_SQLITE,
	.begin_writing = lite_begin_writing,
	.close = lite_close,
	.exec = lite_exec,
	.begin = lite_begin,
	.snapshot = lite_snapshot,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.in_transaction = lite_in_transaction,
	.is_spoilt = lite_is_spoilt,
	.identify = lite_identify,
	.mark = lite_mark,
	.check = lite_check,
	.prepare = lite_prepare,
	.finalize = lite_finalize,
	.bind_i64 = lite_bind_i64,
	.bind_text = lite_bind_text,
	.bind_blob = lite_bind_blob,
	.bind_null = lite_bind_null,
	.step = lite_step,
	.insert = lite_insert,
	.queue = sql_run,
	.reset = lite_reset,
	.i64 = lite_i64,
	.bytes = lite_bytes,
	.is_null = lite_is_null,
};
