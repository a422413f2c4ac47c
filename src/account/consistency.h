/* That a ledger only grew: proofs between two of its checkpoints (wire/tlog_consistency.h). */
#ifndef ACCOUNT_CONSISTENCY_H
#define ACCOUNT_CONSISTENCY_H

#include "account/ledger.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/keyring.h"
#include "wire/tile_store.h"

#include <stdint.h>

/* The proof that the tree of `old` entries is the beginning of that of the last checkpoint, from
 * tiles, appended to out with that checkpoint. ERR_NOTFOUND when the ledger is shorter, or has no
 * checkpoint; ERR_CORRUPT when its tiles do not give what it signs; ERR_IO, ERR_NOMEM. */
int consistency_prove(const struct tile_store *files, const struct keyring *keys, uint64_t old,
                      struct buf *out, struct err *err);

/* Check such a text with nothing but the keys and an older head that the caller trusts: its
 * checkpoint, whose head is put into *head, continues that. ERR_SYNTAX when it is no proof, or begins
 * elsewhere than at old->size; ERR_NOTFOUND when it is signed by others; ERR_REFUSED when the new
 * checkpoint is shorter (rollback) or of another tree (fork); ERR_CORRUPT when the proof does not
 * prove. */
int consistency_check(struct slice text, const struct keyring *keys, const struct ledger_head *old,
                      struct ledger_head *head, struct err *err);

#endif
