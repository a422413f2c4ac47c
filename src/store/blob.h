/* Evidence bytes in a folder, named by their SHA-256.
 *
 *   ROOT/ab/cdef...   64 lower-case hex digits, the first two as a folder: at a hundred million
 *                     blobs a folder holds some 400,000 names, which ext4 and XFS carry
 *
 *   ROOT/tmp/         where a blob is written before it gets its name
 *
 * A blob appears whole or not at all and is never changed, once it is durable: a power cut before
 * blob_sync may leave an empty or cut file, which nothing refers to yet. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>

/* Append "ROOT/ab/cdef..." with its digest's digits. */
void blob_path(const char *root, struct sha256 digest, struct buf *out);

/* Keep bytes; *digest is theirs. After blob_sync they survive a power cut.
 *
 *   known   the caller refers to this digest already. Bytes that are there are compared and left:
 *           ERR_CORRUPT, naming the file, when what lies under the name is something else. Not
 *           known: such a file is a leftover of a power cut, and is written anew
 *   return  0; ERR_CORRUPT, ERR_IO, ERR_NOMEM */
int blob_put(const char *root, struct slice bytes, bool known, struct sha256 *digest,
	     struct err *err);

/* Remove the bytes of a digest, and make that durable; absent is fine. ERR_IO, ERR_NOMEM. */
int blob_remove(const char *root, struct sha256 digest, struct err *err);

/* Take away what a writer that died left half written (ROOT/tmp). For the one who holds the store's
 * lock. ERR_IO, ERR_NOMEM. */
int blob_clean(const char *root, struct err *err);

/* Make all that was put durable: one flush for many. ERR_IO. */
int blob_sync(const char *root, struct err *err);

/* Append the bytes of a digest to out. ERR_NOTFOUND; ERR_LIMIT over limit bytes; ERR_CORRUPT,
 * naming the file, when they are not those of the digest; out is then as it was. */
int blob_get(const char *root, struct sha256 digest, size_t limit, struct buf *out,
	     struct err *err);

/* Called per file of the folder with its path below root; *digest is valid when is_blob, else the
 * name is none of ours (a temporary file that a killed writer left). Ends the walk when not 0. */
typedef int (*blob_fn)(void *ctx, const char *path, bool is_blob, struct sha256 digest,
		       struct err *err);

/* In bytewise order. No folder = no blobs. */
int blob_each(const char *root, blob_fn fn, void *ctx, struct err *err);

#endif
