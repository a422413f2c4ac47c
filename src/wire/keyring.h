/* The verifier keys that a log has had: which key signs for which sizes of its tree.
 *
 *   bytes   1*( key [ SP from [ SP to ] ] LF )     the last LF may be missing
 *           key    name+HASH+base64 (wire/note.h)
 *           from   the smallest tree size whose checkpoint it may sign; 0 when not given
 *           to     the largest; not given: no end
 *
 * So a file with one verifier key is a key ring of one key. All keys have one name, which is the
 * log's origin (c2sp.org/tlog-checkpoint: the origin stays when a key is replaced). While a key is
 * replaced the spans of two overlap, and checkpoints carry both signatures. */
#ifndef WIRE_KEYRING_H
#define WIRE_KEYRING_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/note.h"

#include <stddef.h>
#include <stdint.h>

enum { KEYRING_MAX = 32 };

struct keyring_key {
	struct note_key key;
	uint64_t from, to; /* sizes, both included; to is INT64_MAX without an end */
};

/* Names point into the text that it was read from. */
struct keyring {
	struct keyring_key key[KEYRING_MAX];
	size_t n;
};

/* One key, for every size. */
struct keyring keyring_of(const struct note_key *key);

/* Read the text. ERR_SYNTAX with err->at = the line: a key twice, two names, a span that ends before
 * it begins, a number with leading zeroes; ERR_LIMIT over KEYRING_MAX; ERR_NOMEM. */
int keyring_parse(struct slice text, struct keyring *out, struct err *err);

/* Append the text, from and to written out. */
void keyring_format(const struct keyring *ring, struct buf *out);

/* The origin: the name of every key. */
struct slice keyring_name(const struct keyring *ring);

/* Whether the checkpoint of a tree of that size, a parsed note, is signed by a key that may: 0.
 * ERR_NOTFOUND when none of them has signed it; ERR_CORRUPT when a signature by a key of the ring,
 * whatever its span, does not verify; ERR_NOMEM. */
int keyring_check(const struct keyring *ring, const struct note *note, uint64_t size,
                  struct err *err);

/* The entry of a key, or NULL. */
struct keyring_key *keyring_find(struct keyring *ring, const struct note_key *key);

#endif
