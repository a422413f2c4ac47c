/* The body of a transparency-log checkpoint: the text of a signed note (wire/note.h).
 *
 *   source  c2sp.org/tlog-checkpoint, "Note text"
 *   bytes   origin LF tree-size LF base64(root-hash) LF *( extension LF )
 *   owns    nothing: every slice points into the note it was read from */
#ifndef WIRE_CHECKPOINT_H
#define WIRE_CHECKPOINT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdint.h>

struct checkpoint {
	struct slice origin;    /* which log: its first line */
	uint64_t size;          /* leaves, at most INT64_MAX */
	struct sha256 root;     /* RFC 6962 section 2.1 */
	struct slice extension; /* further lines with their LFs; empty as a rule */
};

/* Read the body of a checkpoint.
 *
 *   text    the signed text, up to and including its last LF
 *   out     filled on success, untouched on failure
 *   return  0; ERR_SYNTAX with err->at = offset of the offending line; ERR_NOMEM */
int checkpoint_parse(struct slice text, struct checkpoint *out, struct err *err);

/* Append the body. The origin must be one line that is not empty (ERR_SYNTAX); size at most
 * INT64_MAX (ERR_LIMIT). Extension lines are put as they are. ERR_NOMEM. */
int checkpoint_format(const struct checkpoint *c, struct buf *out, struct err *err);

#endif
