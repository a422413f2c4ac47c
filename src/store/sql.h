/* The seam to the database engine: SQLite behind a few words.
 *
 * Only sql.c knows the engine; everything else speaks the SQL that SQLite and PostgreSQL share
 * (parameters $1, $2 ... that first appear in this order, ON CONFLICT DO NOTHING), so that a second driver needs a second sql.c and a second schema text.
 *
 * Failures name the file and say what to do:
 *   ERR_IO       the disk is full, a limit or a permission forbids the write
 *   ERR_CORRUPT  the file is damaged or not a database
 *   ERR_BUSY     another program holds the database for longer than 5 s
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

enum sql_mode {
	SQL_READ,   /* look only */
	SQL_STILL,  /* look only at a file that nobody writes meanwhile: needs no other file and no
	               writable folder, and takes no lock of the engine's */
	SQL_WRITE,  /* change what is there */
	SQL_CREATE, /* change, and make it where there is none */
};

/* Open a database file. With SQL_READ, ERR_IO where the engine's own helper files are missing and
 * cannot be made (a read-only folder): then SQL_STILL is the way. */
int sql_open(const char *path, enum sql_mode mode, struct sql **out, struct err *err);

/* Before the first write: write-ahead log, and every commit synced to the disk. Changes the file,
 * so look first whether it is one of ours. */
int sql_begin_writing(struct sql *db, struct err *err);

/* NULL is fine. Statements must be finalized before. */
void sql_close(struct sql *db);

/* Run a script of statements that give no rows. */
int sql_exec(struct sql *db, const char *script, struct err *err);

/* One statement, to be used any number of times. Free with sql_finalize (NULL is fine). */
int sql_prepare(struct sql *db, const char *text, struct sql_stmt **out, struct err *err);
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
 * to ask, makes SQLite build a table for its answer each time: it tripled the cost of a put. */
int sql_insert(struct sql_stmt *st, int64_t *key, struct err *err);

/* Ready to be bound and stepped again; parameters are forgotten. */
void sql_reset(struct sql_stmt *st);

/* Column i of the row, from 0; bytes are valid until the next step or reset. */
int64_t sql_i64(struct sql_stmt *st, int i);
struct slice sql_bytes(struct sql_stmt *st, int i); /* text or blob */
bool sql_is_null(struct sql_stmt *st, int i);

/* The first column of the first row of a query without parameters; *out is untouched where it
 * gives no row. */
int sql_get_i64(struct sql *db, const char *query, int64_t *out, struct err *err);

/* True while a transaction is open: some failures end it. */
bool sql_in_transaction(struct sql *db);

/* Copy the whole database, as it is at one moment, into a new file, while others may write. */
int sql_copy(struct sql *db, const char *to, struct err *err);

/* Nothing of what was deleted or overwritten before this call stays in the engine's files. Outside
 * of a transaction. ERR_BUSY while a reader looks at an older state. */
int sql_forget(struct sql *db, struct err *err);

/* Append what is found wrong with the file, one line each, through fn (at most 100): structure of
 * the file, then references that lead nowhere. 0 when the questions could be asked. */
int sql_check(struct sql *db, void (*fn)(void *ctx, struct slice line), void *ctx,
	      struct err *err);

#endif
