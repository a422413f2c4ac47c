/* Cosignatures: a witness says that it saw a log's checkpoint, and that the log only grew.
 *
 *   source     c2sp.org/tlog-cosignature, "Format" and "Ed25519 signed message"
 *   key        type 0x04: name+HASH+base64(0x04, public key)
 *   signature  key id (4 bytes), time (8 bytes, big-endian, seconds since 1970), Ed25519 (64 bytes)
 *   signs      "cosignature/v1" LF "time" SP decimal LF text of the note
 *
 * A line in the note's list of signatures, as any other. */
#ifndef WIRE_COSIGNATURE_H
#define WIRE_COSIGNATURE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/note.h"

#include <stdint.h>

enum { COSIGNERS_MAX = 64 };

/* Witnesses that are known: 1*( verifier key LF ). Names point into the text. */
struct cosigners {
	struct note_key key[COSIGNERS_MAX];
	size_t n;
};

/* Read a list; an empty text is the empty list. ERR_SYNTAX with err->at = the line: not the key of a
 * witness, or one that is there twice (by name and id, or by its bytes: two names for one key would
 * count as two); ERR_LIMIT over COSIGNERS_MAX. */
int cosigners_parse(struct slice text, struct cosigners *out, struct err *err);

/* Whether a witness (a key of type NOTE_COSIGNATURE) has cosigned the note: 0 and when; ERR_NOTFOUND
 * when it has no signature by that name and id; ERR_CORRUPT when such a one does not verify. Of
 * several the latest. line (may be NULL) is the signature's, with its LF, in the note. */
int cosignature_check(const struct note *note, const struct note_key *witness, int64_t *at,
                      struct slice *line, struct err *err);

/* Append the signature line of a witness over a note's text. ERR_SYNTAX for a time before 1970;
 * ERR_NOMEM. */
int cosignature_sign(struct slice text, const struct note_signer *witness, int64_t at,
                     struct buf *out, struct err *err);

#endif
