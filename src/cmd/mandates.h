/* Mandates in the store: whose authority notices are written by.
 *
 *   added    a record with what the mandate says and the issuer's signature, which is verified again
 *            each time it is read; its file, and the document that it names, are kept as evidence
 *   revoked  a record that names it
 *
 * Each is an entry of the ledger: a record that came in from elsewhere neither gives nor takes
 * authority here. */
#ifndef CMD_MANDATES_H
#define CMD_MANDATES_H

#include "act/mandate.h"
#include "base/arena.h"
#include "cmd/ledgerbook.h"
#include "model/config.h"
#include "store/store.h"

#include <stddef.h>

/* All mandates of the store, in the order they were added, all in the arena. One that is not believed
 * with the keys that the configuration pins today has `refused` and covers nothing. As
 * store_each_record; ERR_NOMEM. */
int mandates_load(struct store *store, const struct config *config, struct arena *a,
                  struct mandate **out, size_t *n, struct err *err);

/* The one of that name, or NULL. */
const struct mandate *mandates_find(const struct mandate *list, size_t n, struct slice name);

/* What is put of a mandate's file, all within the caller's transaction.
 *
 *   by        src of the record: "mandate_holder:NAME"
 *   document  bytes of the document that it names; empty where it names none */
struct mandate_addition {
	struct slice by, text, document;
};

/* Read it, verify it and keep it: file and document as restricted evidence, and the record. m: what it
 * says, in the arena. ERR_REFUSED (signature, pin, a document that is missing or another, a name that
 * is there already, one that has ended); ERR_SYNTAX. */
int mandates_put(struct ledgerbook *book, const struct config *config,
                 const struct mandate_addition *add, struct arena *a, struct mandate *m,
                 struct err *err);

/* End one from the book's time on. ERR_REFUSED: revoked before. */
int mandates_revoke(struct ledgerbook *book, const struct mandate *m, struct slice by,
                    struct slice reason, struct err *err);

#endif
