/* STORE/database: the tables of this store are in PostgreSQL, and where.
 *
 * One line, a connection string of libpq (keywords and values, or postgresql://...). Without the
 * file the tables are in STORE/assay.db. The file is made with mode 0600 and must have it when it
 * holds a password; no message ever shows what it says. */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include "base/err.h"

#include <stdbool.h>

enum { DATABASE_LINE_MAX = 4000 };

/* *conninfo is NULL where there is no such file; free it. ERR_REFUSED when it holds a password and
 * others can read it, or when STORE/assay.db is there too; ERR_CORRUPT when it is no connection
 * string. */
int database_read(const char *dir, char **conninfo, struct err *err);

/* Make it in a folder that is there. ERR_USAGE when conninfo is none, ERR_REFUSED when the folder
 * has tables already. One that says the same is fine; *made is false then. */
int database_write(const char *dir, const char *conninfo, bool *made, struct err *err);

/* Take back what database_write made. */
void database_remove(const char *dir);

#endif
