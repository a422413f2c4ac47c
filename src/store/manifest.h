/* MANIFEST: what a backup holds, so that a restore can prove every byte.
 *
 *   assay backup 1
 *   at 2026-11-22T04:05:06Z
 *   schema 1
 *   file 98304 <64 hex digits> assay.db
 *   file 5120 <64 hex digits> blob/ab/cdef...
 *   end 2
 *
 * Lines end with LF; files are in bytewise order of their paths, each once; `end` gives their
 * number, so that a cut manifest is seen. A path is relative, of 1 to 255 bytes of a-z A-Z 0-9 and
 * "._-/", and no part of it is empty, "." or "..": a manifest cannot write outside its folder. */
#ifndef STORE_MANIFEST_H
#define STORE_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct manifest_file {
	struct slice path;
	uint64_t length; /* bytes */
	struct sha256 sha256;
};

struct manifest {
	int64_t at;
	int64_t schema; /* of the store in it */
	struct manifest_file *files;
	size_t n;
};

/* Whether a path may stand in a manifest. */
bool manifest_path_ok(struct slice path);

/* Read one; paths are slices of text, the list is in a. ERR_SYNTAX with err->at = the offset of
 * the offending line. */
int manifest_parse(struct slice text, struct arena *a, struct manifest *out, struct err *err);

/* Append its text; puts the files into their order first. */
void manifest_format(struct manifest *m, struct buf *out);

#endif
