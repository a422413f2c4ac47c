/* From one schema of a store to the next.
 *
 * Each step runs in one transaction that also notes its digest; a crash leaves the store at a whole
 * schema. Nothing is backed up silently: `assay store backup` comes first. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/err.h"
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

/* Run the steps that are missing; db was opened for writing. now is noted with each. */
int migrate_run(struct sql *db, const char *path, const struct schema_step *steps, size_t n,
		int64_t now, struct err *err);

/* Bring the store in dir to this program's schema, or make it where there is none. *from is the
 * schema it had (0 = it was made), *to the one it has. Takes the lock. As store_open fails. */
int store_migrate(const char *dir, const char *command, int *from, int *to, struct err *err);

#endif
