/* The seam to the database engine: SQLite or PostgreSQL behind a few words.
 *
 * Only the drivers know their engine (sql_sqlite.c; postgres*.c); everything else speaks the SQL
 * that both share: parameters $1, $2 ... that first appear in this order, ON CONFLICT DO NOTHING.
 * What they do not share is in two tables of texts: schema.c and schema_postgres.c, statement.c.
 *
 * Failures name the file and say what to do:
 *   ERR_IO       the disk is full, a limit or a permission forbids the write; the server cannot be
 *                reached, the connection was lost, or no answer came in time
 *   ERR_CORRUPT  the database is damaged or none
 *   ERR_BUSY     another program holds the database for longer than one waits
 *   ERR_REFUSED  a constraint or a trigger of the schema forbids it
 *   ERR_NOMEM */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct sql;
struct sql_stmt;

enum sql_engine { SQL_SQLITE, SQL_POSTGRES };

enum sql_mode {
	SQL_READ,   /* look only */
	SQL_STILL,  /* SQLite: look only at a file that nobody writes meanwhile: needs no other file
	               and no writable folder, and takes no lock of the engine's */
	SQL_BESIDE, /* change rows that no writer changes, without the lock of those who write */
	SQL_WRITE,  /* change what is there */
	SQL_CREATE, /* change, and make it where there is none */
};

/* Open a database file of SQLite. With SQL_READ, ERR_IO where the engine's own helper files are
 * missing and cannot be made (a read-only folder): then SQL_STILL is the way. */
int sql_open(const char *path, enum sql_mode mode, struct sql **out, struct err *err);

struct sql_server {
	const char *conninfo; /* of libpq: keywords and values, or a URI; never shown */
	const char *path;     /* the file that says so, for messages */
	const char *command;  /* of this program, for others: "assay run" */
};

/* Connect to PostgreSQL. To write is to hold the writer's lock of the schema, from here to
 * sql_close: another writer is waited for, 30 s or what the server's setting assay.lock_wait_s
 * says, then ERR_BUSY names it. A server that is starting up is waited for as long. ERR_USAGE when
 * conninfo is none. */
int sql_connect(const struct sql_server *server, enum sql_mode mode, struct sql **out,
		struct err *err);

/* Whether a conninfo can be read, and holds a password: ERR_USAGE, which says nothing of it. */
int sql_conninfo_check(const char *conninfo, bool *has_password, struct err *err);

enum sql_engine sql_engine(const struct sql *db);

/* Before the first write: every commit is synced to the disk (SQLite: write-ahead log). Changes the
 * database, so look first whether it is one of ours. */
int sql_begin_writing(struct sql *db, struct err *err);

/* NULL is fine. Statements must be finalized before. */
void sql_close(struct sql *db);

/* Run a script of statements that give no rows. */
int sql_exec(struct sql *db, const char *script, struct err *err);

/* A transaction that writes. A server that is being restarted is waited for, 30 s. */
int sql_begin(struct sql *db, struct err *err);
/* A transaction that reads everything as it is now (SQLite: from the first read on). */
int sql_snapshot(struct sql *db, struct err *err);
/* ERR_IO says whether the transaction was kept; when the answer was lost the server is asked. */
int sql_commit(struct sql *db, struct err *err);
int sql_rollback(struct sql *db, struct err *err);
/* True while a transaction is open: some failures end it. */
bool sql_in_transaction(struct sql *db);
/* True when a failure left the open transaction without a way on but back. */
bool sql_is_spoilt(struct sql *db);

enum sql_content {
	SQL_EMPTY,   /* no table */
	SQL_STORE,   /* marked as a store, with a table `migration` */
	SQL_FOREIGN, /* something else */
};
/* What the database holds; and mark it as a store. */
int sql_identify(struct sql *db, enum sql_content *out, struct err *err);
int sql_mark(struct sql *db, struct err *err);

/* One statement, to be used any number of times. Free with sql_finalize (NULL is fine). Its rows
 * are few: PostgreSQL's are all fetched with the first step. */
int sql_prepare(struct sql *db, const char *text, struct sql_stmt **out, struct err *err);
/* The same for a query whose rows may be many: memory stays flat, and all are of one moment. */
int sql_prepare_walk(struct sql *db, const char *text, struct sql_stmt **out, struct err *err);
void sql_finalize(struct sql_stmt *st);

/* Parameter i, from 1. The bytes must outlive the next sql_reset. A failed bind is reported by the
 * next sql_step. */
void sql_bind_i64(struct sql_stmt *st, int i, int64_t v);
void sql_bind_text(struct sql_stmt *st, int i, struct slice v);
void sql_bind_blob(struct sql_stmt *st, int i, struct slice v);
void sql_bind_null(struct sql_stmt *st, int i);

/* 1: a row is there; 0: done, and the statement is reset; negative: failed, and it is reset. */
int sql_step(struct sql_stmt *st, struct err *err);

/* Run a statement whose rows nobody wants: 0 or negative. */
int sql_run(struct sql_stmt *st, struct err *err);

/* Run an INSERT of one row: 1 and the row's integer key in *key (NULL = not wanted), or 0 when the
 * row was passed over (ON CONFLICT DO NOTHING). A call of its own, because RETURNING, the plain way
 * to ask, makes SQLite build a table for its answer each time: it tripled the cost of a put. On
 * PostgreSQL a statement whose key is wanted ends in RETURNING. */
int sql_insert(struct sql_stmt *st, int64_t *key, struct err *err);

/* Run, within sql_begin and sql_commit, a statement whose outcome nobody waits for: its failure may
 * be that of a later call, of sql_commit at the latest, and spoils the transaction. On PostgreSQL
 * it is sent and the answer read later. */
int sql_queue(struct sql_stmt *st, struct err *err);

/* Ready to be bound and stepped again; parameters are forgotten. */
void sql_reset(struct sql_stmt *st);

/* Column i of the row, from 0; bytes are valid until the next step or reset. */
int64_t sql_i64(struct sql_stmt *st, int i);
struct slice sql_bytes(struct sql_stmt *st, int i); /* text or blob */
bool sql_is_null(struct sql_stmt *st, int i);

/* The first column of the first row of a query without parameters; *out is untouched where it
 * gives no row. */
int sql_get_i64(struct sql *db, const char *query, int64_t *out, struct err *err);

/* SQLite only: copy the whole database, as it is at one moment, into a new file, while others may
 * write. From or to PostgreSQL goes store/transfer.h. */
int sql_copy(struct sql *db, const char *to, struct err *err);

/* Nothing of what was deleted or overwritten before this call stays in the engine's data files; what
 * PostgreSQL's log of writes and anybody's backups hold is not ours to reach. Outside of a transaction.
 * ERR_BUSY while a reader looks at an older state. */
int sql_forget(struct sql *db, struct err *err);

typedef void (*sql_line_fn)(void *ctx, struct slice line);

/* Append what is found wrong with the database, one line each, through fn (at most 100 a question):
 * its structure, then references that lead nowhere. 0 when the questions could be asked. */
int sql_check(struct sql *db, sql_line_fn fn, void *ctx, struct err *err);

#endif
