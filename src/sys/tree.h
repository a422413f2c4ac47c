/* A folder that appears whole or not at all: made beside its place under a temporary name, synced,
 * then renamed. A killed writer leaves PATH.partial-XXXXXX, which may be deleted. */
#ifndef SYS_TREE_H
#define SYS_TREE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdint.h>

struct tree {
	char *path; /* owned; where it will be */
	char *temp; /* owned; where it is being made */
};

/* Begin one; its folders get mode 0700 and its files 0600. ERR_REFUSED when path is there and is
 * anything but an empty folder; ERR_IO. End it with tree_end or tree_abort. */
int tree_begin(const char *path, struct tree *out, struct err *err);

/* Append the present path of a file of the tree, such as "blob/ab/cd", to out. */
void tree_where(const struct tree *t, const char *rel, struct buf *out);

/* Write a file; folders above it are made. ERR_IO when it is there already. */
int tree_put(struct tree *t, const char *rel, struct slice bytes, struct err *err);

/* Copy a file of any size in; digest and length are of the bytes that were written. ERR_NOTFOUND
 * when there is no such file. */
int tree_copy(struct tree *t, const char *rel, const char *from, struct sha256 *digest,
	      uint64_t *length, struct err *err);

/* Digest and length of any file, in constant memory. ERR_NOTFOUND, ERR_IO. */
int tree_digest(const char *path, struct sha256 *digest, uint64_t *length, struct err *err);

/* Sync all of it and put it in its place. On failure it is as tree_abort leaves it. */
int tree_end(struct tree *t, struct err *err);

/* Delete what was made and free. Zero-initialised is fine. */
void tree_abort(struct tree *t);

/* Called per regular file below a folder, with its path below it. Ends the walk when not 0. */
typedef int (*tree_fn)(void *ctx, const char *rel, struct err *err);

/* In bytewise order of names, folder by folder; links are not followed. No folder = no files. A
 * file that goes away during the walk is passed over. */
int tree_each(const char *path, tree_fn fn, void *ctx, struct err *err);

#endif
