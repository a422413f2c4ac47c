/* Receipts: how far a correction has reached, as it was observed in each published form.
 *
 * A form is looked at as its readers have it: the file is opened, its signature checked, the position
 * in the ledger that it follows read, and the corrected subject asked in it. Where it no longer says
 * what was taken back, a record of type correction, state "reached", says so: form, position, digest of
 * its bytes, and when that was seen (RECORDS.md, "correction"). It is an entry of the ledger like any
 * other, put once for each correction and form. */
#ifndef CMD_RECEIPTS_H
#define CMD_RECEIPTS_H

#include "cmd/acts.h"
#include "wire/note.h"

struct receipts_form {
	struct slice name;        /* "index", or what an operator calls a copy: "mirror-1" */
	struct slice bytes;       /* of a lookup index */
	const struct note_key *key; /* who must have signed it */
};

struct receipts_report {
	size_t reached; /* put now */
	size_t known;   /* had their receipt before */
	size_t waiting; /* corrections that this form does not follow yet */
	uint64_t position; /* entries of the ledger that the form follows */
};

/* Called for each correction that the form has not reached: its subject and why. */
typedef void (*receipts_waiting_fn)(void *ctx, struct slice key, struct slice destination,
                                    const char *why);

/* Look at a form and put the receipts that it earns, in one transaction. waiting may be NULL.
 * ERR_CORRUPT, ERR_REFUSED for a form that is no index of this ledger; what the store says. */
int receipts_take(struct acts *acts, const struct receipts_form *form, receipts_waiting_fn waiting,
                  void *ctx, struct receipts_report *out, struct err *err);

#endif
