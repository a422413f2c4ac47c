/* Acts into the store and the ledger, as one.
 *
 * A record and its ledger entry are put in one transaction of the store, which is the commit point;
 * tiles and checkpoint follow with ledgerbook_sync, and catch up after a crash. */
#ifndef CMD_LEDGERBOOK_H
#define CMD_LEDGERBOOK_H

#include "account/ledger.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/signer.h"
#include "model/config.h"
#include "model/record.h"
#include "store/log.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct ledgerbook {
	struct store *store; /* not owned; open for writing */
	struct log_folder *folder;
	struct tile_store files;
	struct signer *signer; /* the process that holds the private key */
	struct buf keys_text;
	struct keyring keys;
	int64_t at;          /* time of the entries made */
};

/* Open the ledger of a store; a store that has none gets a key and a first entry that says so.
 * ERR_CORRUPT when there are entries but the key is lost. ERR_REFUSED when a witness has cosigned
 * what is not the beginning of this ledger: it was rolled back, or rewritten. Close it in any
 * case. */
int ledgerbook_open(struct store *store, const struct config *config, int64_t at,
                    struct ledgerbook *out, struct err *err);
void ledgerbook_close(struct ledgerbook *book);

/* Put a record (finished) into the store, with its cells or lists, and enter it into the ledger; to
 * be called within a transaction. A record that is there already is left alone (*is_new false; it
 * may be NULL). */
int ledgerbook_put(struct ledgerbook *book, const struct record *r, int64_t period, bool *is_new,
                   struct err *err);

/* The same in a transaction of its own, of a record that belongs to no registration. */
int ledgerbook_enter(struct ledgerbook *book, const struct record *r, struct err *err);

/* Put a record into the store alone: one that is no act. As store_put_record. */
int ledgerbook_store(struct store *store, const struct record *r, int64_t period, int64_t *seq,
                     bool *is_new, struct err *err);

/* Bring tiles and checkpoint up to the store's entries. head may be NULL. */
int ledgerbook_sync(struct ledgerbook *book, struct ledger_head *head, struct err *err);

/* The store's entries as a source for account/ledger.h; ctx is the store. */
int ledgerbook_source(struct store *store, struct ledger_source *out, struct err *err);

#endif
