/* Is everything in a store as it was written? And: build anew what is derived from records.
 *
 * The store knows bytes, not JSON; what a record's bytes mean comes in through hooks. */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "store/store.h"

struct store_hooks {
	/* The id that a record's body and type give. What the body says otherwise than the columns
	 * (type, subject, at, src) is a failure too. ERR_CORRUPT or ERR_SYNTAX with a reason is a
	 * finding and the check goes on; another code ends it. */
	int (*id_of)(void *ctx, const struct store_record *r, struct sha256 *out, struct err *err);
	/* The rows of a record, none for most types. Failures as above. */
	int (*project)(void *ctx, const struct store_record *r, struct arena *a,
		       struct store_projection *out, struct err *err);
	/* One thing that is wrong, as a line of text. May be NULL. */
	void (*finding)(void *ctx, struct slice line);
	void *ctx;
};

struct store_report {
	int64_t records, evidence, entries; /* looked at */
	int64_t redacted;                   /* records, and evidence that is gone: looked for */
	int64_t findings;                   /* things that are wrong */
	int64_t strays;                     /* blobs without a row, left by writers that died:
	                                       harmless, and no finding */
};

/* Look at everything: the database's structure, references, that no record and no ledger entry is
 * missing in the count, every record's id, every derived row, every blob's digest, and that what was
 * taken out (store/redact.h) is gone; its derived rows stay and cannot be checked. Works on a
 * store that is open for reading. 0 when all could be asked: out->findings says the result. */
int store_check(struct store *s, const struct store_hooks *hooks, struct store_report *out,
		struct err *err);

/* Put the derived rows of every record, beside those that are there; within a batch. Fails as
 * store_rebuild does. */
int store_derive(struct store *s, const struct store_hooks *hooks, struct err *err);

/* Delete the derived rows and derive them again, in one batch; those of redacted records stay. The store is open for writing. A
 * record that project() does not understand fails it (ERR_CORRUPT) and nothing is changed. */
int store_rebuild(struct store *s, const struct store_hooks *hooks, struct err *err);

#endif
