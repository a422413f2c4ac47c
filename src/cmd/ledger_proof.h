/* A proof that a record is in the ledger, with all that it takes to check it: as extra data the
 * entry, its salt and its record, {"entry":{...},"record":{...},"salt":"hex"}, canonical; of a record
 * that was redacted the entry and the id of the record that says why,
 * {"entry":{...},"redacted":"hex"}. */
#ifndef CMD_LEDGER_PROOF_H
#define CMD_LEDGER_PROOF_H

#include "account/ledger.h"
#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* Append the proof of entry `index`. is_public: only of what may be handed to anybody (decisions in
 * force, corrections, listings, keys, packs, redactions); a proposal that waits for a second
 * reviewer accuses somebody on one person's word. ERR_NOTFOUND for it, for no such entry, and for
 * one that no checkpoint covers yet; as ledger_prove. */
int ledger_proof_make(struct store *store, const struct tile_store *files,
                      const struct keyring *keys, int64_t index, bool is_public, struct buf *out,
                      struct err *err);

#endif
