/* Who signed a policy pack.
 *
 *   file    policy/packs/ID.yaml.sig beside the pack
 *   bytes   a signed note (wire/note.h) whose text is
 *             assay pack ID VERSION LF
 *             sha256:HEX LF            of the pack's bytes
 *
 * A publisher is a key whose packs are trusted as one's own. What it signed is on unless somebody
 * switches it off; everything else is off until somebody switches it on (decide/guard.h). */
#ifndef ASSESS_SIGNATURE_H
#define ASSESS_SIGNATURE_H

#include "assess/policy.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "wire/note.h"

#include <stddef.h>

enum pack_trust {
	PACK_UNSIGNED,  /* no signature: a pack of the site itself */
	PACK_BROKEN,    /* a signature that is not of these bytes, or is no signature */
	PACK_FOREIGN,   /* signed by a key that is no publisher here, so nobody checked it */
	PACK_PUBLISHED, /* signed by a publisher, and the signature holds */
};

struct pack_signer {
	enum pack_trust trust;
	struct slice name; /* "NAME+HASH" of the key, as it says itself where foreign; else empty */
	const char *why;   /* a sentence for people: "it is not signed" */
};

/* "unsigned", "broken", "foreign", "published". */
const char *pack_trust_name(enum pack_trust t);

/* Work out who signed a pack.
 *
 *   sig        bytes of the signature file; p NULL = there is none
 *   publisher  n keys
 *   out        its texts lie in the arena; untouched on failure
 *   return     0, whatever the signature is worth; ERR_NOMEM */
int pack_signature_check(const struct pack *pack, struct slice sig,
                         const struct note_key *publisher, size_t n, struct arena *a, struct pack_signer *out, struct err *err);

/* Append the signature file of a pack. ERR_SYNTAX for a version that has a line end in it;
 * ERR_NOMEM. */
int pack_signature_make(const struct pack *pack, const struct note_signer *signer, struct buf *out,
                        struct err *err);

#endif
