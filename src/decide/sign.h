/* An act that its reviewer has signed: how somebody decides who has no account at our machines, and
 * how anybody can check later that it was that person.
 *
 *   bytes   the canonical JSON of the act's record, with its id, LF
 *           LF
 *           EM DASH SP name SP base64(key id, signature) LF     one or more, as wire/note.h
 *
 * The name of the key is the reviewer's, as in the act's src "reviewer:NAME"; the record is a
 * decision or a correction. The signature is over the first line with its LF. */
#ifndef DECIDE_SIGN_H
#define DECIDE_SIGN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/record.h"
#include "wire/note.h"

struct signed_act {
	struct record act;     /* owned */
	struct slice reviewer; /* its src without "reviewer:"; points into act */
	struct note note;      /* points into the bytes that were read */
};

/* Read one. Nothing is verified yet: reviewer says whose key to check it with.
 *
 *   out     filled on success, to be released; untouched on failure
 *   return  0; ERR_SYNTAX (no note, more than one line, not a record in its canonical form with its
 *           id, not an act, not a reviewer's); ERR_LIMIT; ERR_NOMEM */
int signed_act_parse(struct slice bytes, struct signed_act *out, struct err *err);

/* Whether it is signed by that key: 0; ERR_REFUSED when the key is another's or has not signed it;
 * ERR_CORRUPT when its signature does not verify; ERR_NOMEM. */
int signed_act_check(const struct signed_act *act, const struct note_key *key, struct err *err);

void signed_act_release(struct signed_act *act);

/* Append the signed form of an act (finished). ERR_REFUSED when its src is not the signer's name;
 * ERR_SYNTAX when it is no act; ERR_NOMEM. */
int signed_act_format(const struct record *act, const struct note_signer *signer, struct buf *out,
                      struct err *err);

#endif
