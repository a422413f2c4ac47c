/* Recompute a ledger from its files and name what is not as it was signed.
 *
 * Nothing but the files and the verifier keys is needed; with the store's entries (account/ledger.h)
 * these are compared too. Bundles, tiles and the checkpoint hold the same facts three times, so a
 * single altered file is told apart from those that agree with the signature. */
#ifndef ACCOUNT_AUDIT_H
#define ACCOUNT_AUDIT_H

#include "account/ledger.h"
#include "base/err.h"
#include "wire/keyring.h"
#include "wire/tile_store.h"

#include <stdbool.h>
#include <stdint.h>

/* Told of each problem: the file ("tile/0/000", "checkpoint", or "store" for an entry of the
 * store), the number of the entry or of the hash in the file (0 where it has no meaning), and one
 * line that names both and the subject of the entry, where that can be read. After a thousand the audit ends. May be NULL. */
struct audit_report {
	void (*problem)(void *ctx, const char *path, uint64_t index, const char *what);
	void *ctx;
	bool entries; /* each must be an entry in canonical form (account/entry.h) */
};

struct audit_result {
	struct ledger_head head; /* of the checkpoint, when it could be read */
	uint64_t problems;
	uint64_t behind; /* entries of the store that no checkpoint signs yet: no problem */
};

/* Verify everything.
 *
 *   source  the store's entries, or NULL: files alone
 *   report  may be NULL
 *   out     filled whatever is returned
 *   return  0; otherwise err tells of the first problem, or of the first rollback,
 *           and how many more there are:
 *           ERR_CORRUPT  something is altered, truncated or missing
 *           ERR_REFUSED  rollback: the tiles or the store end before the checkpoint
 *           ERR_IO, ERR_NOMEM: could not finish */
int audit_ledger(const struct tile_store *files, const struct keyring *keys,
                 const struct ledger_source *source, const struct audit_report *report,
                 struct audit_result *out, struct err *err);

/* Whether the ledger still begins with an older checkpoint of its own, whose note somebody kept: 0;
 * ERR_REFUSED when it is shorter than that (rollback) or another (fork); the codes of
 * ledger_read_head for either note. */
int audit_since(const struct tile_store *files, const struct keyring *keys, struct slice old_note,
                struct err *err);

#endif
