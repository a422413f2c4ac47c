/* A key of somebody who signs for others to verify: a publisher of packs, an issuer of mandates. Its
 * secret half lies in a file of mode 0600 as wire/note.h writes signers; its public half is printed. */
#ifndef CMD_SIGNING_KEY_H
#define CMD_SIGNING_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/note.h"

/* A key that was read: wipe it in any case. */
struct signing_key {
	struct buf text;
	struct note_signer signer; /* its name points into text */
};

/* Read it. As secret_read; ERR_SYNTAX "FILE: ...". */
int signing_key_read(const char *path, struct signing_key *out, struct err *err);
void signing_key_wipe(struct signing_key *key);

/* Make one of that name: the secret half into a new file, the verifier key, with LF, appended to out.
 * ERR_SYNTAX (the name); as secret_write; ERR_NOMEM. */
int signing_key_make(struct slice name, const char *path, struct buf *out, struct err *err);

#endif
