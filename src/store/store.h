/* A store: one folder that keeps every record, all evidence and the ledger.
 *
 *   STORE/assay.db      SQLite: records (the truth, append-only), what lookups need, ledger entries
 *   STORE/blob/ab/cd..  evidence bytes, named by their SHA-256 (store/blob.h)
 *   STORE/ledger/       tiles and checkpoints, derived from the ledger entries (store/log.h)
 *   STORE/lock          who writes (store/lock.h)
 *
 * One process writes at a time; any number read beside it, without a lock. All writes are
 * idempotent: a stage that died is run again. Nothing is acknowledged before it is on the disk:
 * after store_commit (or after a put outside of a transaction) a power cut loses nothing.
 *
 * Every failure names the file and says what to do. Beside the codes named at a function, any of
 * them may give: ERR_IO (disk full, permission), ERR_CORRUPT (our file is damaged), ERR_BUSY
 * (another program holds the database), ERR_NOMEM. A failed write inside of a transaction leaves
 * the transaction open: roll it back.
 *
 * A handle is for one thread. Times are UTC seconds since 1970. doc/format/store.md draws it all. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum store_flags {
	STORE_READ = 1,   /* look only: no lock is taken and nothing in the folder changes */
	STORE_WRITE = 2,  /* take STORE/lock until store_close; implies reading */
	STORE_CREATE = 4, /* with STORE_WRITE: make the store where there is none */
	STORE_ACCOUNTS = 16, /* alone: read, and write what store/account.h and credential.h put, without
	                        STORE/lock: a login waits for no run */
	STORE_OLD = 8,    /* with STORE_READ, for store_backup and nothing else: an older schema too */
};

/* "No period", "no time": the field is absent in the record. */
#define STORE_NONE INT64_MIN

enum {
	STORE_BODY_MAX = 10000000,       /* bytes of a record's body */
	STORE_EVIDENCE_MAX = 1 << 30,    /* bytes of one piece of evidence */
	STORE_LEDGER_ENTRY_MAX = 65535,  /* bytes: tlog-tiles bundles carry 16-bit lengths */
	STORE_SALT_LEN = 32,             /* bytes: RECORDS.md "Ledger entry" */
};

/* Open dir. `command` names this program to others ("assay run"); it may be NULL when reading.
 *
 *   ERR_NOTFOUND  there is no store and STORE_CREATE is not given
 *   ERR_BUSY      another process writes: "store ./var is in use by process 123 (assay run)"
 *   ERR_REFUSED   the schema is newer than this program, or is older and must be migrated first,
 *                 or STORE_CREATE names a folder that holds other things
 *   ERR_CORRUPT   not a database, not a store of ours, truncated, or with an altered history */
int store_open(const char *dir, unsigned flags, const char *command, struct store **out,
	       struct err *err);

/* Close, roll back what was not committed, give the lock back. NULL is fine. */
void store_close(struct store *s);

/* The folder as it was given to store_open; valid until store_close. */
const char *store_dir(const struct store *s);

/* Batches. Puts between begin and commit appear together or not at all; one commit is one fsync,
 * so hundreds of puts belong into one. Transactions do not nest (ERR_USAGE). */
int store_begin(struct store *s, struct err *err);
int store_commit(struct store *s, struct err *err);
/* Fine without a transaction. */
void store_rollback(struct store *s);

/* Of a store that was opened for reading: from now until store_close everything is read as it is
 * now, whatever others write meanwhile. */
int store_snapshot(struct store *s, struct err *err);
/* ... or until now: read on as it is. Fine without a snapshot. */
void store_snapshot_end(struct store *s);

/* ---- records: the append-only truth ---- */

struct store_record {
	int64_t seq;       /* place in the order of arrival, from 1; out only */
	struct sha256 id;  /* RECORDS.md "Envelope" */
	struct slice type; /* "verdict" */
	int64_t v;         /* version of the type's schema */
	struct slice kind; /* of the subject: "registrable"; empty with an empty key = no subject */
	struct slice key;  /* "x.example" */
	int64_t period;    /* creation date of the registration, or STORE_NONE */
	int64_t at;        /* observed or decided */
	struct slice src;
	struct slice body; /* canonical JSON without `id` */
};

/* Append a record. *is_new is false when the id is there already: then nothing is written and *seq
 * is the place of the one that is there. seq and is_new may be NULL. ERR_LIMIT over
 * STORE_BODY_MAX; ERR_USAGE for an empty type or body. */
int store_put_record(struct store *s, const struct store_record *r, int64_t *seq, bool *is_new,
		     struct err *err);

/* The record of an id; its slices are copies in a. ERR_NOTFOUND. */
int store_get_record(struct store *s, struct sha256 id, struct arena *a, struct store_record *out,
		     struct err *err);

/* The record at a place; as above. */
int store_get_record_at(struct store *s, int64_t seq, struct arena *a, struct store_record *out,
			struct err *err);

struct store_filter {
	struct slice type;      /* empty = every type */
	struct slice kind, key; /* both empty = every subject */
	int64_t after_seq;      /* only records behind this place; 0 = from the first */
	int64_t limit;          /* at most so many; 0 = all */
};

/* Called per record in the order of arrival; the slices are valid until it returns. A value other
 * than 0 ends the walk and is returned by store_each_record. It may read from the store; it must
 * not put records. */
typedef int (*store_record_fn)(void *ctx, const struct store_record *r, struct err *err);

int store_each_record(struct store *s, const struct store_filter *f, store_record_fn fn, void *ctx,
		      struct err *err);

/* How many records of a type (empty = all) there are. */
int store_count_records(struct store *s, struct slice type, int64_t *n, struct err *err);

/* ---- what lookups need, derived from records ---- */

enum store_cell_from { STORE_VERDICT, STORE_DECISION, STORE_CORRECTION };

/* One cell of a verdict, a decision or a correction: what it says for one destination. */
struct store_cell {
	struct slice destination; /* "JP" */
	struct slice cls;         /* "rogue" */
	struct slice ground;      /* may be empty */
	enum store_cell_from from;
	/* Of the record that says it; filled on reading, ignored by store_put_cells. */
	int64_t seq;
	struct sha256 record;
	int64_t period, at;
	struct slice src;
};

/* What a listing record does to one list. */
struct store_listing {
	struct slice list;        /* name of the list */
	struct slice destination; /* may be empty: a list without destinations */
	struct slice action;      /* "add", "change", "remove" */
	/* Filled on reading, ignored by store_put_listings. */
	int64_t seq;
	struct sha256 record;
	int64_t at;
	struct slice kind, key;
};

/* The cells that the record at seq carries; it has a subject (ERR_USAGE otherwise). Putting them
 * again changes nothing. One cell per destination and record. */
int store_put_cells(struct store *s, int64_t seq, const struct store_cell *cells, size_t n,
		    struct err *err);

/* The same for the lists that a listing record changes. */
int store_put_listings(struct store *s, int64_t seq, const struct store_listing *rows, size_t n,
		       struct err *err);

/* The evidence that the finding at seq quotes; a digest that stands twice is one row. Otherwise as
 * store_put_cells. */
int store_put_citations(struct store *s, int64_t seq, const struct sha256 *digests, size_t n,
			struct err *err);

/* All that a record gives to lookups; arrays are its maker's. */
struct store_projection {
	struct store_cell *cells;
	size_t cells_n;
	struct store_listing *listings;
	size_t listings_n;
	struct sha256 *citations; /* ascending, each once */
	size_t citations_n;
};

/* Put all of it: one call for those who put records and those who derive the rows anew. */
int store_put_projection(struct store *s, int64_t seq, const struct store_projection *p,
			 struct err *err);

/* All cells of a subject, history included, in the order of arrival; copies in a. A subject that
 * the store does not know has none: that is no failure. */
int store_cells(struct store *s, struct slice kind, struct slice key, struct arena *a,
		struct store_cell **out, size_t *n, struct err *err);

/* The last listing of each list and destination for a subject; copies in a. An action "remove"
 * is among them. */
int store_listings(struct store *s, struct slice kind, struct slice key, struct arena *a,
		   struct store_listing **out, size_t *n, struct err *err);

/* Places of the findings that quote a piece of evidence, ascending; in a. None: that is no
 * failure, nor is evidence that the store does not keep. */
int store_citations(struct store *s, struct sha256 evidence, struct arena *a, int64_t **out,
		    size_t *n, struct err *err);

/* Called per subject; may read from the store, must not put. Ends as store_record_fn does. */
typedef int (*store_subject_fn)(void *ctx, struct slice kind, struct slice key, struct err *err);

/* Subjects in bytewise order of kind and key. kind empty = every kind; with_cells = only those
 * that some verdict, decision or correction is about. */
int store_subjects(struct store *s, struct slice kind, bool with_cells, store_subject_fn fn,
		   void *ctx, struct err *err);

/* ---- evidence ---- */

struct store_evidence {
	struct sha256 sha256;    /* out */
	struct slice cls;        /* "public", "restricted" */
	struct slice media_type; /* "text/html" */
	uint64_t length;         /* bytes; out */
	struct slice origin;     /* where it was first taken from: URL, file and offset */
	int64_t at;              /* when it was first taken */
};

/* Keep bytes under their digest and note where they came from. Bytes that are there already keep
 * their first class and origin (*is_new is false; it may be NULL). On success sha256 and length
 * of e are filled. Bytes that were taken out (store/redact.h) are not kept again, which is no
 * failure: *is_new is false. ERR_LIMIT over STORE_EVIDENCE_MAX. */
int store_put_evidence(struct store *s, struct store_evidence *e, struct slice bytes, bool *is_new,
		       struct err *err);

/* The bytes, appended to out, with their digest checked, and what is known of them (copies in a;
 * e may be NULL, then a too). ERR_NOTFOUND: never kept, or taken out (store/redact.h), which err
 * says ("redacted", "quarantined"); ERR_CORRUPT names the file. */
int store_get_evidence(struct store *s, struct sha256 digest, struct buf *out, struct arena *a,
		       struct store_evidence *e, struct err *err);

/* What is known of evidence, without its bytes; copies in a. ERR_NOTFOUND. */
int store_find_evidence(struct store *s, struct sha256 digest, struct arena *a,
			struct store_evidence *e, struct err *err);

/* ---- sources: names that were only seen are counted, not kept ---- */

struct store_source {
	struct slice name;            /* of the source: a file, a feed */
	int64_t seen, suspects, bad;  /* names read, scored, unreadable */
	int64_t at;                   /* of the pass that counted */
};

/* Set the counts of the last whole pass over a source: a pass that is run again counts once. */
int store_put_source(struct store *s, const struct store_source *src, struct err *err);

/* All sources by name; copies in a. */
int store_sources(struct store *s, struct arena *a, struct store_source **out, size_t *n,
		  struct err *err);

/* ---- ledger entries: the commit point of the ledger; store/log follows ---- */

struct store_ledger_entry {
	int64_t seq;          /* 0-based, without a gap */
	struct sha256 record; /* of this store */
	uint8_t salt[STORE_SALT_LEN];
	struct slice entry;   /* canonical bytes, account/entry.h */
	int64_t at;
};

/* How many entries there are: the seq of the next one. */
int store_ledger_size(struct store *s, int64_t *size, struct err *err);

/* Append one. ERR_REFUSED when seq is not the present size or the record has an entry already;
 * ERR_NOTFOUND when the record is not in the store. Put it into the transaction of its record. */
int store_ledger_append(struct store *s, const struct store_ledger_entry *e, struct err *err);

/* The entry of a record: *seq, or ERR_NOTFOUND. */
int store_ledger_find(struct store *s, struct sha256 record, int64_t *seq, struct err *err);

/* Called per entry in order; slices are valid until it returns. Ends as store_record_fn does. */
typedef int (*store_ledger_fn)(void *ctx, const struct store_ledger_entry *e, struct err *err);

/* Entries from <= seq < to (to < 0 = all). */
int store_ledger_each(struct store *s, int64_t from, int64_t to, store_ledger_fn fn, void *ctx,
		      struct err *err);

/* ---- small facts about the store itself ---- */

/* Set or read a value by key ("ledger.origin"). ERR_NOTFOUND; the value is appended to out. */
int store_put_meta(struct store *s, struct slice key, struct slice value, struct err *err);
int store_get_meta(struct store *s, struct slice key, struct buf *out, struct err *err);

#endif
