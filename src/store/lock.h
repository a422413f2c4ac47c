/* STORE/lock: one process writes to a store at a time.
 *
 * The lock is the kernel's (flock), so it ends with its process however that dies; what the file
 * says ("123 assay run") only tells others who holds it. Readers need no lock, but for one case: a
 * reader that cannot follow a writer (a folder that it may not write to) shares the lock, so that
 * no writer begins meanwhile.
 *
 * Caveat: a network file system that does not carry flock between machines guards one machine
 * only. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"

#include <stdbool.h>

struct store_lock {
	int fd; /* owned; -1 = holds nothing */
	bool mine; /* alone, and the file says so */
};

#define STORE_LOCK_NONE { -1, false }

/* Take the lock of a store folder for writing. command is what others are told ("assay run").
 * ERR_BUSY with "store DIR is in use by process 123 (assay run)"; ERR_IO. */
int store_lock_take(const char *dir, const char *command, struct store_lock *out, struct err *err);

/* Share it for reading. Where there is no lock file there is no writer: that is fine too. ERR_BUSY
 * as above. */
int store_lock_share(const char *dir, struct store_lock *out, struct err *err);

/* For who writes short transactions beside the lock (STORE_ACCOUNTS): whether nobody reads the file
 * as it lies. A writer that holds the lock is fine. ERR_BUSY; ERR_IO. */
int store_lock_probe(const char *dir, struct err *err);

/* Give it back. Holding nothing is fine. */
void store_lock_give(struct store_lock *lock);

#endif
