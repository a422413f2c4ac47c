/* A whole file, mapped read-only.
 *
 * Zero-initialised is valid and empty. The bytes begin at a page of memory. Whoever makes such
 * files puts them in place by rename (sys/file.h): a mapped file that somebody cuts in place ends
 * the reader with SIGBUS, so it should lie where only its makers may write. */
#ifndef SYS_MMAP_H
#define SYS_MMAP_H

#include "base/err.h"
#include "base/slice.h"

struct mmap_file {
	struct slice bytes;
};

/* Map it, all of it read in at once. ERR_NOTFOUND; ERR_REFUSED when it is no regular file;
 * ERR_CORRUPT when it is empty; ERR_IO. Messages begin with the path. */
int mmap_file_open(const char *path, struct mmap_file *out, struct err *err);
void mmap_file_release(struct mmap_file *f);

#endif
