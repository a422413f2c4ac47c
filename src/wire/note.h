/* Signed notes: text that a person can read, signed by one or more keys.
 *
 *   source  c2sp.org/signed-note
 *   bytes   text, which ends in LF
 *           LF
 *           1*( EM DASH SP key-name SP base64(key-id 4 bytes, signature) LF )
 *
 * Keys are written as Go's golang.org/x/mod/sumdb/note does:
 *   verifier  name+HASH+base64(0x01, public key)
 *   signer    PRIVATE+KEY+name+HASH+base64(0x01, seed)
 * where HASH is the key id in eight lower-case hexadecimal digits. A witness's keys are of type 0x04
 * (wire/cosignature.h); all others here are Ed25519 keys (0x01). Signatures of other types in a note
 * are passed over, as the specification asks. */
#ifndef WIRE_NOTE_H
#define WIRE_NOTE_H

#include "base/buf.h"
#include "base/ed25519.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NOTE_ED25519 = 0x01,     /* signed-note, "Signature types" */
	NOTE_COSIGNATURE = 0x04, /* timestamped Ed25519 cosignature: tlog-cosignature */
	NOTE_BYTES_MAX = 1 << 20,
	NOTE_SIGNATURES_MAX = 100, /* at least 16 must be accepted: signed-note, "Format" */
	NOTE_NAME_MAX = 255,       /* our limit, bytes */
};

/* Who can check: owns nothing, name points into what it was made from. */
struct note_key {
	struct slice name;
	uint32_t id;
	struct ed25519_public public;
	uint8_t type; /* NOTE_ED25519, NOTE_COSIGNATURE */
};

/* Who can sign. Wipe with ed25519_wipe(&signer.seed). */
struct note_signer {
	struct note_key key;
	struct ed25519_seed seed;
	/* Not NULL: the seed is not here (another process holds it), and this signs with it. */
	int (*sign)(void *ctx, const struct note_key *key, struct slice text,
	            uint8_t out[ED25519_SIGNATURE], struct err *err);
	void *ctx;
};

/* A key from its parts. ERR_SYNTAX for a name that is empty, over NOTE_NAME_MAX, not UTF-8, or has
 * a space of Unicode, a control character or '+' in it. */
int note_key_init(struct slice name, const struct ed25519_public *public, struct note_key *out,
                  struct err *err);
/* The same for a signer; ERR_NOMEM too. */
int note_signer_init(struct slice name, const struct ed25519_seed *seed, struct note_signer *out,
                     struct err *err);

/* Read the text form, without a line end; the name points into it. ERR_SYNTAX, also when the hash
 * is not that of name and key; ERR_NOMEM. */
int note_key_parse(struct slice text, struct note_key *out, struct err *err);
int note_signer_parse(struct slice text, struct note_signer *out, struct err *err);

/* The same four for a key of a given type: a key of another is ERR_SYNTAX. */
int note_key_init_as(uint8_t type, struct slice name, const struct ed25519_public *public,
                     struct note_key *out, struct err *err);
int note_signer_init_as(uint8_t type, struct slice name, const struct ed25519_seed *seed,
                        struct note_signer *out, struct err *err);
int note_key_parse_as(uint8_t type, struct slice text, struct note_key *out, struct err *err);
int note_signer_parse_as(uint8_t type, struct slice text, struct note_signer *out,
                         struct err *err);

/* Append the text form, without a line end. */
void note_key_format(const struct note_key *key, struct buf *out);
void note_signer_format(const struct note_signer *signer, struct buf *out);

struct note {
	struct slice text;       /* with its last LF: what is signed */
	struct slice signatures; /* the lines behind the blank line */
};

struct note_signature {
	struct slice name;
	uint32_t key_id;
	struct slice base64; /* of key id and signature */
};

/* Split a note and check its form: UTF-8, no control characters but LF, 1 to NOTE_SIGNATURES_MAX
 * well-formed signature lines. Nothing is verified. Slices point into bytes.
 * ERR_SYNTAX with err->at; ERR_LIMIT over NOTE_BYTES_MAX or NOTE_SIGNATURES_MAX. */
int note_parse(struct slice bytes, struct note *out, struct err *err);

/* The next signature of a parsed note, from *at = 0; false when there is none left. */
bool note_next_signature(const struct note *note, size_t *at, struct note_signature *out);

/* Whether key, of type NOTE_ED25519, has signed the note: 0; ERR_NOTFOUND when it has no signature
 * by that name and id; ERR_CORRUPT when such a signature does not verify; ERR_NOMEM. */
int note_check(const struct note *note, const struct note_key *key, struct err *err);

/* Append a note of text and one signature to out. ERR_SYNTAX when text is not UTF-8, has control
 * characters other than LF, or does not end in LF; ERR_LIMIT; ERR_NOMEM. */
int note_sign(struct slice text, const struct note_signer *signer, struct buf *out,
              struct err *err);

/* The same with one signature by each of n signers (n > 0, of type NOTE_ED25519), in their order. */
int note_sign_all(struct slice text, const struct note_signer *signer, size_t n, struct buf *out,
                  struct err *err);

/* Append one signature line: name, and base64 of key id and signature. For those who make
 * signatures of other types. ERR_NOMEM. */
int note_put_signature(const struct note_key *key, struct slice signature, struct buf *out,
                       struct err *err);

#endif
