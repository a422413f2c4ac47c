/* Inside of a store's handle: for the files of store/ alone. */
#ifndef STORE_HANDLE_H
#define STORE_HANDLE_H

#include "store/lock.h"
#include "store/sql.h"
#include "store/store.h"

/* Statements that are used often and kept prepared; their text is in statement.c. */
enum stmt {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_SNAPSHOT,
	STMT_SUBJECT_FIND,
	STMT_SUBJECT_PUT,
	STMT_RECORD_PUT,
	STMT_RECORD_SEQ,
	STMT_RECORD_OWNER,
	STMT_RECORD_GET,
	STMT_RECORD_AT,
	STMT_WALK,
	STMT_WALK_TYPE,
	STMT_WALK_SUBJECT,
	STMT_CELL_PUT,
	STMT_CELL_LIST,
	STMT_LISTING_PUT,
	STMT_LISTING_LIST,
	STMT_CITATION_PUT,
	STMT_CITATION_LIST,
	STMT_EVIDENCE_PUT,
	STMT_EVIDENCE_GET,
	STMT_SOURCE_PUT,
	STMT_SOURCE_LIST,
	STMT_ENTRY_PUT,
	STMT_ENTRY_SIZE,
	STMT_ENTRY_FIND,
	STMT_REDACTION_GET,
	STMT_GONE_GET,
	STMT_META_PUT,
	STMT_META_GET,
	STMT_COUNT,
};

struct store {
	char *dir;  /* as given */
	char *path; /* DIR/assay.db */
	char *blob; /* DIR/blob */
	struct sql *db;
	struct store_lock lock;
	int schema; /* of the database; this program's, but with STORE_OLD */
	bool can_write;
	bool can_account; /* accounts, tokens, sessions and the audit trail, with or without the rest */
	bool blobs_dirty; /* evidence was put that no blob_sync has made durable yet */
	bool in_batch; /* between store_begin and store_commit */
	bool spoilt;   /* a write of the batch failed: it can only be rolled back */
	struct sql_stmt *stmt[STMT_COUNT];
	/* The last subject that was put: records of one subject come together. */
	struct buf last_kind, last_key;
	int64_t last_subject; /* 0 = none */
};

/* The statement, prepared on its first use. */
int stmt_get(struct store *s, enum stmt which, struct sql_stmt **out, struct err *err);

/* Wrap one put: outside of a batch it is a transaction of its own.
 *
 *     int rc = put_begin(s, &own, err);
 *     if (rc == 0)
 *             rc = put_end(s, own, do_it(...), err);
 */
int put_begin(struct store *s, bool *own, struct err *err);
int put_end(struct store *s, bool own, int rc, struct err *err);

/* The beginning of a put of accounts, tokens, sessions or the audit trail; ended by put_end too. */
int account_put_begin(struct store *s, bool *own, struct err *err);

/* The number of a subject: ERR_NOTFOUND, or with make it is made. */
int subject_id(struct store *s, struct slice kind, struct slice key, bool make, int64_t *id,
	       struct err *err);

/* The columns of a record as STMT_RECORD_GET names them, as views into the row. ERR_CORRUPT for a
 * row that cannot be ours. */
int record_from_row(struct store *s, struct sql_stmt *st, struct store_record *out,
		    struct err *err);

/* Room for one more element behind have of them in an array of an arena; *cap is what it holds now
 * (0 at first). NULL when there is no memory. */
void *store_grow(struct arena *a, void *list, size_t have, size_t *cap, size_t size);

int store_no_memory(const struct store *s, struct err *err);

/* What the database holds must be text in UTF-8 without NUL bytes (PostgreSQL takes no other).
 * ERR_SYNTAX names the field. */
int store_check_text(const char *field, struct slice s, struct err *err);

/* A digest as bytes to bind, and back from a column: false when it is not 32 bytes. */
static inline struct slice digest_slice(const struct sha256 *d)
{
	return slice_from((const char *)d->b, SHA256_LEN);
}

static inline bool digest_from(struct slice s, struct sha256 *out)
{
	if (s.n != SHA256_LEN)
		return false;
	memcpy(out->b, s.p, SHA256_LEN);
	return true;
}

#endif
