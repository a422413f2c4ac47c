/* Commitments in the store: which practices parties say that they follow. Each is a record and an entry
 * of the ledger; a later one of the same party, practice and version says how it stands now (such as
 * the day it ended). Records that came in from elsewhere say nothing here. */
#ifndef CMD_COMMITMENTS_H
#define CMD_COMMITMENTS_H

#include "act/commitment.h"
#include "base/arena.h"
#include "cmd/ledgerbook.h"
#include "store/store.h"

#include <stddef.h>

/* How each stands now, sorted by adopter, practice, version; all in the arena. ERR_CORRUPT (a record of
 * ours that cannot be read); as store_each_record. */
int commitments_load(struct store *store, struct arena *a, struct commitment **out, size_t *n,
                     struct err *err);

/* Put one within the caller's transaction, as of the book's time. by: src of the record. *is_new false:
 * it stands so already. As commitment_check. */
int commitments_put(struct ledgerbook *book, const struct commitment *c, struct slice by,
                    struct sha256 *id, bool *is_new, struct err *err);

#endif
