/* Copies of a store, while it is used, and back.
 *
 *   TO/MANIFEST   every file with its length and SHA-256 (store/manifest.h)
 *   TO/assay.db   the database as it was at one moment; of a store in PostgreSQL its rows, written
 *                 as a database of SQLite
 *   TO/blob/...   the evidence that this database names
 *   TO/ledger/... tiles and checkpoint, and the signing key: guard a backup as you guard the store
 *
 * A backup appears whole or not at all, and so does a restored store; folders are mode 0700. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/err.h"
#include "base/sha256.h"
#include "store/store.h"

#include <stdint.h>

struct backup_report {
	int64_t files;
	uint64_t bytes;
	struct sha256 manifest; /* digest of the manifest: note it elsewhere to prove the copy */
	int64_t at;             /* when the backup was made */
};

/* Copy an open store into a new or empty folder; others may write meanwhile. One of an older schema
 * (STORE_OLD) is copied as it is, so that there is a way back from a migration. ERR_REFUSED when the
 * folder holds something; ERR_CORRUPT, naming the file, when evidence is damaged or missing: then
 * no backup is made. */
int store_backup(struct store *s, const char *to, struct backup_report *out, struct err *err);

/* Make a store from a backup in a new or empty folder, with its tables in assay.db, or in PostgreSQL
 * where conninfo is given (store/database.h): so it is also the way from one engine to the other.
 * Every digest is checked, and the database too. ERR_REFUSED when the folder or the server's schema
 * holds something or the backup is of a newer schema; ERR_CORRUPT, naming the file, when anything in
 * the backup is altered, cut or missing. */
int store_restore(const char *from, const char *to, const char *conninfo, struct backup_report *out,
		  struct err *err);

#endif
