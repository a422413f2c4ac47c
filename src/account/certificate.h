/* A certificate: the root key of a ledger, which lies offline, says of a working key that it is one.
 *
 *   bytes   a signed note (wire/note.h) by the root, of the text
 *           assay-key-certificate/1 LF
 *           name SP origin of the ledger LF
 *           key SP verifier key LF
 *           purpose SP word LF
 *           from SP time (RFC 3339, UTC) LF
 *
 * The lines are all there, in this order, with one space: one certificate has one spelling. The
 * name of the root's key is ORIGIN/root, so that a key of one ledger cannot pass for the root of
 * another. doc/format/ledger.md shows one. */
#ifndef ACCOUNT_CERTIFICATE_H
#define ACCOUNT_CERTIFICATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/note.h"

#include <stdint.h>

enum { CERTIFICATE_MAX = 4096 }; /* bytes */

struct certificate {
	struct slice name;    /* origin */
	struct slice key_text; /* the verifier key as written */
	struct note_key key;  /* the same, read; named as `name` */
	struct slice purpose; /* "ledger": lower-case letters */
	int64_t from;
};

/* Append "ORIGIN/root". */
void certificate_root_name(struct slice origin, struct buf *out);

/* Append a certificate of a key by the root. ERR_REFUSED when the root's name is not ORIGIN/root;
 * ERR_SYNTAX for a purpose that is no word; ERR_NOMEM. */
int certificate_sign(const struct note_key *key, struct slice purpose, int64_t from,
                     const struct note_signer *root, struct buf *out, struct err *err);

/* Read one and check that the root has signed it. Slices point into bytes.
 *   return  0; ERR_SYNTAX (not the form), ERR_LIMIT; ERR_REFUSED (not signed by this root, or of a
 *           root of another name); ERR_CORRUPT (its signature does not verify); ERR_NOMEM */
int certificate_check(struct slice bytes, const struct note_key *root, struct certificate *out,
                      struct err *err);

#endif
