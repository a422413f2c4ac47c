/* The ledger's files, in one folder:
 *
 *   ledger/checkpoint       the signed head
 *   ledger/tile/...         tiles and entry bundles (wire/tile.h)
 *   ledger/key              the signing key, mode 0600
 *   ledger/key.pub          its verifier key, one line
 *
 * This file knows paths and durability, and no tree: account/ledger.h computes what is written,
 * account/audit.h what must be there. Everything but `key` may be served as it lies. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
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

#endif
