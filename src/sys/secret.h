/* Files that hold a secret: mode 0600, made once, never replaced. */
#ifndef SYS_SECRET_H
#define SYS_SECRET_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

/* Make a file that only its owner can read; it is there whole or not at all, and survives a power
 * cut. ERR_REFUSED when something is at path already; ERR_IO. */
int secret_write(const char *path, struct slice bytes, struct err *err);

/* Append the whole file to out. ERR_REFUSED when others than its owner can read or write it;
 * ERR_NOTFOUND; ERR_LIMIT over limit bytes; ERR_IO, ERR_NOMEM. */
int secret_read(const char *path, size_t limit, struct buf *out, struct err *err);

#endif
