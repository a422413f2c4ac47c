/* A proof, as text that can be checked offline, that an entry is in a log.
 *
 *   source  c2sp.org/tlog-proof, "Format"
 *   bytes   "c2sp.org/tlog-proof@v1" LF
 *           [ "extra" SP base64(any bytes) LF ]
 *           "index" SP decimal LF
 *           *( base64(hash) LF )      from the sibling of the leaf up to the child of the root
 *           LF
 *           checkpoint                a signed note, as it stands
 *
 * Reading checks the form alone; account/proof.h checks what it says. */
#ifndef WIRE_TLOG_PROOF_H
#define WIRE_TLOG_PROOF_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum {
	TLOG_PROOF_HASHES = 64,          /* of an inclusion proof in a tree of under 2^64 leaves */
	TLOG_PROOF_EXTRA_MAX = 16 << 20, /* our limit, bytes before base64 */
};

struct tlog_proof {
	uint64_t index; /* of the entry, from 0 */
	struct sha256 hash[TLOG_PROOF_HASHES];
	size_t hashes;
	struct slice extra;      /* decoded; empty = none. Not covered by any signature */
	struct slice checkpoint; /* wire/note.h, wire/checkpoint.h */
};

/* Append the text of p. ERR_LIMIT for an extra that is too long; ERR_NOMEM. */
int tlog_proof_format(const struct tlog_proof *p, struct buf *out, struct err *err);

/* Read the text. The decoded extra is put into *extra, which out->extra points into; checkpoint
 * points into text. ERR_SYNTAX with err->at = the offending line; ERR_LIMIT; ERR_NOMEM. */
int tlog_proof_parse(struct slice text, struct buf *extra, struct tlog_proof *out, struct err *err);

#endif
