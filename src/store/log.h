/* The ledger's files, in one folder:
 *
 *   ledger/checkpoint       the signed head
 *   ledger/tile/...         tiles and entry bundles (wire/tile.h)
 *   ledger/key              the signing key, mode 0600
 *   ledger/key.next         the one that takes its place, while it is replaced; mode 0600
 *   ledger/key.pub          verifier key of `key`, one line
 *   ledger/witnesses        verifier keys of the witnesses that are known (wire/cosignature.h)
 *   ledger/witnessed/ID     per witness the last checkpoint that it cosigned, ID = its key id
 *   ledger/keys             all verifier keys that there were (wire/keyring.h); absent = key.pub
 *
 * This file knows paths and durability, and no tree: account/ledger.h computes what is written,
 * account/audit.h what must be there. Everything but the signing keys may be served as it lies. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/keyring.h"
#include "wire/note.h"
#include "wire/tile_store.h"

#include <stdbool.h>

struct log_folder;

/* Open the ledger in folder `dir` ("var/ledger"). With create the folder is made; without it a
 * missing folder is ERR_NOTFOUND. ERR_LIMIT for a path that is too long; ERR_IO, ERR_NOMEM. */
int log_open(const char *dir, bool create, struct log_folder **out, struct err *err);

/* NULL is fine. */
void log_close(struct log_folder *log);

/* Its files, for account/ledger.h and account/audit.h; valid until log_close. */
struct tile_store log_files(struct log_folder *log);

/* Make the key pair of a ledger that has none; name is the ledger's origin line, such as
 * "pharmacy-watch.example/ledger". ERR_REFUSED when there is a key; ERR_SYNTAX for the name. */
int log_key_new(struct log_folder *log, struct slice name, struct err *err);

/* The signing key. Its name points into *text, which takes the file: wipe and release it when done
 * (log_key_wipe). ERR_NOTFOUND when there is none; ERR_REFUSED when others can read it; ERR_CORRUPT
 * when it is damaged. */
int log_key_read(struct log_folder *log, struct buf *text, struct note_signer *out,
                 struct err *err);
void log_key_wipe(struct buf *text, struct note_signer *signer);

/* The verifier key from key.pub; its name points into *text. ERR_NOTFOUND; ERR_CORRUPT. */
int log_key_public(struct log_folder *log, struct buf *text, struct note_key *out, struct err *err);

/* The key ring, from keys, else of key.pub alone; names point into *text. Codes as above. */
int log_keyring_read(struct log_folder *log, struct buf *text, struct keyring *out,
                     struct err *err);

/* Write the key ring whole, and key.pub where `current` is not NULL. ERR_IO, ERR_NOMEM. */
int log_keyring_write(struct log_folder *log, const struct keyring *ring,
                      const struct note_key *current, struct err *err);

/* All who sign now: `key`, and while it is replaced `key.next` behind it. */
struct log_signers {
	struct note_signer signer[2];
	size_t n;
	struct buf text[2];
};

/* Codes as log_key_read. Wipe in any case. */
int log_signers_read(struct log_folder *log, struct log_signers *out, struct err *err);
void log_signers_wipe(struct log_signers *signers);

/* ---- replacing the key ----
 *
 *   log_key_rotate   makes key.next and enters it in keys, to sign from `size` entries on: the next
 *                    checkpoints carry both signatures, so that who knows either key can follow
 *   log_key_retire   ends the old key at `size` entries in keys, puts key.next in its place and
 *                    key.pub with it: the next checkpoints carry the new signature alone
 *
 * `size` is that of the last checkpoint. Each may be run again after a crash at any point, and is
 * for the one who holds the store's lock. A checkpoint has to be written after each (account/
 * ledger.h "ledger_append_by"). */

/* seed: NULL for a random one. out (may be NULL) gets the new verifier key; its name points into
 * *text, which may be NULL with it. ERR_NOTFOUND when there is no key; ERR_LIMIT for one key too
 * many; ERR_REFUSED when a rotation with another seed is under way. */
int log_key_rotate(struct log_folder *log, uint64_t size, const struct ed25519_seed *seed,
                   struct buf *text, struct note_key *out, struct err *err);
/* ERR_NOTFOUND when no rotation is under way. */
int log_key_retire(struct log_folder *log, uint64_t size, struct err *err);

/* Put key.pub right where a crash left it behind `key`, or it is missing; ERR_CORRUPT when it is
 * neither that of `key` nor one that `keys` names. For those who hold the store's lock. */
int log_key_settle(struct log_folder *log, struct err *err);

/* ---- what witnesses have cosigned ---- */

/* Called per file of ledger/witnessed, in bytewise order; a value other than 0 ends the walk and is
 * returned. path is as wire/tile_store.h has them ("witnessed/1b52dd11"). */
typedef int (*log_witnessed_fn)(void *ctx, const char *path, struct slice note, struct err *err);

int log_witnessed_each(struct log_folder *log, log_witnessed_fn fn, void *ctx, struct err *err);

/* The folder as it was given to log_open; valid until log_close. */
const char *log_dir(const struct log_folder *log);

#endif
