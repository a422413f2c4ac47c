/* That one checkpoint of a log continues another, as text: what a witness is asked with.
 *
 *   source  c2sp.org/tlog-witness, "add-checkpoint" (the body of the request)
 *   bytes   "old" SP decimal LF       size of the older tree
 *           *( base64(hash) LF )      RFC 6962 section 2.1.2, at most 63
 *           LF
 *           checkpoint                a signed note, as it stands
 *
 * Reading checks the form alone; account/consistency.h checks what it says. */
#ifndef WIRE_TLOG_CONSISTENCY_H
#define WIRE_TLOG_CONSISTENCY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { TLOG_CONSISTENCY_HASHES = 63 };

struct tlog_consistency {
	uint64_t old; /* entries, at most INT64_MAX */
	struct sha256 hash[TLOG_CONSISTENCY_HASHES];
	size_t hashes;
	struct slice checkpoint; /* wire/note.h, wire/checkpoint.h */
};

/* Append the text of p. ERR_LIMIT for a size that is too large; ERR_NOMEM. */
int tlog_consistency_format(const struct tlog_consistency *p, struct buf *out, struct err *err);

/* Read the text; checkpoint points into it. ERR_SYNTAX with err->at = the offending line. */
int tlog_consistency_parse(struct slice text, struct tlog_consistency *out, struct err *err);

#endif
