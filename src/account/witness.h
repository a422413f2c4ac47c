/* Witnesses: that two parties hold the same history of a ledger.
 *
 * For our own ledger, what a witness has cosigned is kept beside the tiles
 * (witnessed/ID) and never forgotten: the ledger must continue it (account/audit.h "audit_since").
 * For the log of others, what this program cosigned last is its state, and whatever does not continue
 * that is refused.
 *
 *   source  c2sp.org/tlog-witness, c2sp.org/tlog-cosignature */
#ifndef ACCOUNT_WITNESS_H
#define ACCOUNT_WITNESS_H

#include "account/ledger.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/cosignature.h"
#include "wire/keyring.h"
#include "wire/tile_store.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- our ledger ---- */

struct witness_taken {
	struct ledger_head head;
	size_t cosignatures; /* of known witnesses, kept */
	bool published;      /* the checkpoint in force is this one, and carries them now */
};

/* Keep a checkpoint of ours that was cosigned, per known witness, unless a later one by it is kept;
 * the checkpoint in force gets the cosignatures where it is the same.
 *
 *   latest   a cosignature of a later time is not believed
 *   return   0; ERR_SYNTAX, ERR_LIMIT when it is no checkpoint; ERR_NOTFOUND when it is not signed by
 *            our keys; ERR_REFUSED when it is not the beginning of our tree, or no known witness
 *            cosigned it; ERR_CORRUPT when a signature does not verify; ERR_IO, ERR_NOMEM */
int witness_take(const struct tile_store *files, const struct keyring *keys,
                 const struct cosigners *known, struct slice note, int64_t latest,
                 struct witness_taken *out, struct err *err);

/* ---- the log of others ---- */

/* What a witness does before it signs. request: a proof of consistency (wire/tlog_consistency.h), or
 * a checkpoint alone, for the first one and for one of the same size. known: the last checkpoint that
 * was cosigned, empty when there is none yet. *checkpoint is that of the request: keep it, durably,
 * then sign.
 *   ERR_SYNTAX    not such a text, or its proof begins elsewhere than at the known size, which err
 *                 says
 *   ERR_NOTFOUND  not signed by a key of the log
 *   ERR_REFUSED   rollback or fork
 *   ERR_CORRUPT   the proof does not prove; a signature does not verify */
int witness_judge(struct slice request, const struct keyring *keys, struct slice known,
                  struct slice *checkpoint, struct err *err);

/* Append the checkpoint with the cosignature of a witness behind its signatures. ERR_SYNTAX,
 * ERR_NOMEM. */
int witness_cosign(struct slice checkpoint, const struct note_signer *witness, int64_t at,
                   struct buf *out, struct err *err);

#endif
