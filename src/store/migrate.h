/* From one schema of a store to the next.
 *
 * Each step runs in one transaction that also notes its digest; a crash leaves the store at a whole
 * schema. A store that is made takes all steps in one. Nothing is backed up silently: `assay store
 * backup` comes first. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/err.h"
#include "store/check.h"
#include "store/schema.h"
#include "store/sql.h"

#include <stddef.h>
#include <stdint.h>

/* Which schema a database is of: *version = 0 for an empty one.
 *
 *   path         names the file in messages
 *   ERR_CORRUPT  a database, but not of a store; or a step in its history is not ours
 *   ERR_REFUSED  "store is of schema 7, this program knows up to 1: upgrade assay" */
int migrate_version(struct sql *db, const char *path, const struct schema_step *steps, size_t n,
		    int *version, struct err *err);

/* Puts the derived rows of the records that are there, within the transaction of a step. */
typedef int (*migrate_fill_fn)(void *ctx, struct err *err);

/* Run the steps that are missing; db was opened for writing. Within a transaction that is open they
 * are a part of it. now is noted with each. fill is called
 * by a step that derives, unless the database was empty before; what it returns ends the step. */
int migrate_run(struct sql *db, const char *path, const struct schema_step *steps, size_t n,
		int64_t now, migrate_fill_fn fill, void *ctx, struct err *err);

/* Bring the store in dir to this program's schema, or make it where there is none. *from is the
 * schema it had (0 = it was made), *to the one it has. Takes the lock. Records are read one at a
 * time, so a big store takes no more memory than a small one. As store_open fails; ERR_CORRUPT or
 * ERR_SYNTAX, "schema 2: record 7: ...", where hooks->project does not understand a record: then
 * the store is as it was. */
int store_migrate(const char *dir, const char *command, const struct store_hooks *hooks, int *from,
		  int *to, struct err *err);

/* The same with the tables in PostgreSQL: the folder gets the file STORE/database first
 * (store/database.h), which is taken back on failure. ERR_USAGE when conninfo is no connection
 * string; ERR_REFUSED when the folder has its tables elsewhere. */
int store_migrate_to(const char *dir, const char *conninfo, const char *command,
		     const struct store_hooks *hooks, int *from, int *to, struct err *err);

#endif
