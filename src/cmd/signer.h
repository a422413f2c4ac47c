/* The signer: a process that holds the ledger's private key and does one thing with it.
 *
 *   reads    the key's files, before it shuts itself in (sys/sandbox.h); nobody else reads them to
 *            sign a checkpoint
 *   asked    over a socket pair that only its parent has: "sign this text with that key"
 *   signs    a checkpoint of its own origin whose size is not below, and whose root at the same size
 *            is not other than, what it has signed before in its life; anything else is refused
 *   ends     with its parent, or when the parent closes its end
 *
 * A writer that is taken over can have the next checkpoint signed, which witnesses and readers will
 * compare; it cannot take the key away, and cannot sign something else in its name. */
#ifndef CMD_SIGNER_H
#define CMD_SIGNER_H

#include "base/err.h"
#include "base/slice.h"
#include "wire/note.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { SIGNER_KEYS = 2 }; /* the key in use, and the next one */

struct signer;

/* Start one for the ledger in a folder ("var/ledger"). make_name: not empty = make the key, of that
 * name, if there is none. ERR_NOTFOUND when there is no key; ERR_REFUSED, ERR_CORRUPT as
 * store/log.h; ERR_IO when the process cannot be shut in. Caller: one thread, no other child waited
 * for meanwhile. */
int signer_start(const char *folder, struct slice make_name, struct signer **out,
                 struct err *err);

/* NULL is fine. */
void signer_stop(struct signer *s);

/* All that it signs with, 1 to SIGNER_KEYS: to be handed to account/ledger.h. Valid until
 * signer_stop. A signature fails with ERR_REFUSED where the signer would not, and ERR_IO when its
 * process has ended. */
const struct note_signer *signer_keys(const struct signer *s, size_t *n);

pid_t signer_pid(const struct signer *s);

/* Whether it has a network namespace of its own. */
bool signer_has_own_network(const struct signer *s);

#endif
