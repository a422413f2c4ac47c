/* A file that is mapped read-only and swapped when a new one is put in its place.
 *
 * Made for the lookup index, and knows nothing of what is in it: a reader that is handed in checks
 * the bytes and keeps what it needs (publish/index.h has one in this form).
 *
 *   replacing   the writer puts the new file in place with rename(2), as sys/file.h does.
 *               index_file_refresh notices, opens and checks the new one, and swaps. One that fails
 *               its checks never takes the place of the one that is served
 *   under way   who holds the old one keeps it until index_file_give; the last one unmaps it
 *   threads     take, give and refresh may be called by any number of threads at once
 *   truncation  a mapped file that somebody cuts in place ends the reader's process with SIGBUS:
 *               no program of ours does that, and only a regular file is accepted, of the length
 *               that it has when it is mapped. Where others may write to the file, let the reader
 *               have a folder of its own that they cannot write to */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* Who understands the bytes. */
struct index_opener {
	/* Check the bytes and make a reader, which may point into them. */
	int (*open)(void *ctx, struct slice bytes, void **reader, struct err *err);
	void (*close)(void *reader);
	void *ctx; /* not owned; must outlive the file */
};

struct index_file;
struct index_map; /* one mapped file and its reader */

/* Map a file. ERR_NOTFOUND; ERR_REFUSED when it is no regular file; ERR_CORRUPT when it is empty;
 * what opener->open returns; ERR_IO, ERR_NOMEM. Messages begin with the path. The opener is
 * copied. */
int index_file_open(const char *path, const struct index_opener *opener, struct index_file **out,
                    struct err *err);

/* Give back the present map. Maps that are still held stay until they are given back. NULL is
 * fine. */
void index_file_close(struct index_file *f);

/* Look whether another file lies at the path, and if so, swap. Cheap when there is none: one
 * stat(2). *swapped may be NULL. On failure, which is that of index_file_open, the present file is
 * served on; it is tried again at the next call. */
int index_file_refresh(struct index_file *f, bool *swapped, struct err *err);

/* The present map: give it back. Never NULL. */
struct index_map *index_file_take(struct index_file *f);
/* What the opener made. */
void *index_map_reader(const struct index_map *m);
/* NULL is fine. */
void index_file_give(struct index_map *m);

#endif
