/* The intake's sink into a store: pages as evidence and observations, records as they are.
 *
 *   page    evidence (class public, origin = its source) and a record `observation`, what `page`:
 *           doc/format/record.md. Its id is a hash of what was seen, so that reading the same
 *           input again adds nothing. A page without a stated time is the one that is there
 *           already when address, vantage and evidence are: a second reading is no second capture
 *   record  an observation is kept; any other goes to `other`, where its rules are known
 *   source  counts of one that gave names or bad lines, by store_put_source
 *
 * Writes go in transactions of at most INTAKE_BATCH records. */
#ifndef CMD_INTAKE_STORE_H
#define CMD_INTAKE_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/table.h"
#include "cmd/intake.h"
#include "model/record.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

enum { INTAKE_BATCH = 500 };

struct intake_store {
	struct store *store; /* opened for writing */
	int64_t at;          /* of this pass, for the sources */
	/* Names and records that are no observations; NULL: names are counted, the records left out
	 * and counted. May put records by intake_store_put. */
	int (*name)(void *ctx, struct slice name, const struct intake_where *w, struct err *err);
	int (*other)(void *ctx, const struct record *r, const struct intake_where *w,
	             struct err *err);
	void *ctx;

	int64_t new_records, known_records, new_evidence, left_out; /* what came of it */

	bool open; /* a transaction is */
	unsigned in_batch;
	struct arena arena;   /* of the tables */
	struct table undated; /* pages without a stated time that are there: subject, url, ... */
	struct table loaded;  /* subjects whose pages are in `undated` */
	struct table sources; /* counts by name: two arguments may hold files of one name */
};

/* Zero-initialise, set store, at and the callbacks; then this fills the sink of an intake. The
 * struct must stay where it is. ERR_IO where the kernel gives no random bytes. */
int intake_to_store(struct intake_store *to, struct intake_sink *out, struct err *err);

/* Put a record into the present batch. seq and is_new may be NULL. */
int intake_store_put(struct intake_store *to, const struct record *r, int64_t *seq, bool *is_new,
                     struct err *err);

/* Commit what is open: before anybody reads what was taken in, and at the end. */
int intake_store_flush(struct intake_store *to, struct err *err);

/* Roll back what is open, free the tables. */
void intake_store_release(struct intake_store *to);

/* A record as the store takes it; the body is written into `body`, and the slices point into it
 * and into r. ERR_NOMEM. */
int intake_store_record(const struct record *r, struct buf *body, struct store_record *out,
                        struct err *err);

/* A page as an observation. digest: of its bytes. What record_finish returns. */
int intake_store_page(const struct intake_page *p, struct sha256 digest, struct record *r,
                      struct err *err);

#endif
