/* Taking bytes out of a store: the body of a record, a piece of evidence.
 *
 * Each act names a record of type redaction, which says why and is in the ledger; put both in one
 * batch. What is left stands: the row of the record with its id, type, subject, time and src, the
 * rows that lookups read (a redaction changes nobody's standing), the ledger entry, the row of the
 * evidence. The triggers of the schema let nothing else through.
 *
 * Bytes are gone from the files when store_erase has returned 0, which is run behind the commit: the
 * commit leaves a note (meta "redact.pending"), so that after a crash the next opening for writing
 * does it. Backups that were made before have them still. doc/format/store.md "Redaction". */
#ifndef STORE_REDACT_H
#define STORE_REDACT_H

#include "store/store.h"

/* The body of every record that was taken out. */
#define STORE_REDACTED SLICE("{\"redacted\":true}")

static inline bool store_is_redacted(struct slice body)
{
	return slice_eq(body, STORE_REDACTED);
}

/* In place of the body of `record` comes STORE_REDACTED, and in place of its ledger entry's salt, if
 * it has one, 32 zero bytes. by: the place of the record of type redaction.
 *   ERR_NOTFOUND no such record
 *   ERR_REFUSED  redacted already; `by` is no redaction; a record of type redaction, key or pack,
 *                which others need to check what is here */
int store_redact(struct store *s, struct sha256 record, int64_t by, int64_t at, struct err *err);

struct store_redaction {
	int64_t by; /* place of the record that says why */
	int64_t at;
};

/* ERR_NOTFOUND when the record was not redacted. */
int store_find_redaction(struct store *s, struct sha256 record, struct store_redaction *out,
                         struct err *err);

enum store_why {
	STORE_WHY_REDACTION,
	STORE_WHY_QUARANTINE, /* illegal or private material: it may not be kept */
	STORE_WHY_RETENTION,  /* its time was over */
};

/* "redaction", "quarantine", "retention"; what is said of evidence: "redacted", "quarantined",
 * "past its retention". */
const char *store_why_name(enum store_why why);
const char *store_why_said(enum store_why why);

/* Evidence goes. Its bytes are not kept again when they come again. ERR_NOTFOUND no such evidence;
 * ERR_REFUSED gone already; `by` is no redaction. */
int store_put_gone(struct store *s, struct sha256 evidence, enum store_why why, int64_t by,
                   int64_t at, struct err *err);

struct store_gone {
	enum store_why why;
	int64_t by, at;
};

/* ERR_NOTFOUND when the evidence is not gone. */
int store_find_gone(struct store *s, struct sha256 evidence, struct store_gone *out,
                    struct err *err);

/* Remove the files of evidence that is gone, and what the database's own files still have of old
 * bytes. Outside of a batch; done twice it does nothing. ERR_BUSY when readers hold the database for
 * too long: nothing is lost, it is done at the next opening for writing. */
int store_erase(struct store *s, struct err *err);

/* Whether store_erase has something to do. */
int store_is_erasing(struct store *s, bool *out, struct err *err);

#endif
