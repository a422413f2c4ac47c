/* How much of the disk a store takes, and a stop before the disk is full.
 *
 * What comes in bulk from outside (evidence, and the batches of observations and suspects) asks for
 * room first; decisions, corrections and the ledger never do, so that a correction is not stopped
 * by evidence that filled the disk: the reserve is for them. Without store_limit nothing is asked. */
#ifndef STORE_QUOTA_H
#define STORE_QUOTA_H

#include "base/buf.h"
#include "model/evidence.h"
#include "store/store.h"

/* The default reserve: 256 MiB, on a small disk the twentieth part of it. */
#define STORE_RESERVE_DEFAULT UINT64_MAX

struct store_usage {
	uint64_t database; /* bytes of assay.db */
	uint64_t log;      /* ... of the engine's write-ahead log beside it */
	uint64_t evidence[EVIDENCE_CLASSES]; /* ... of the evidence that is there */
	int64_t pieces[EVIDENCE_CLASSES];
	int64_t gone;      /* pieces whose bytes were taken out */
	uint64_t ledger;   /* bytes of tiles, checkpoint and keys */
	uint64_t total;
	uint64_t free, disk; /* bytes free for us, and of the whole file system */
};

/* Count all of it: a walk over the rows of evidence and the files of the ledger. ERR_IO. */
int store_usage(struct store *s, struct store_usage *out, struct err *err);

/* From now on what comes in bulk must leave `reserve` bytes free on the disk, and the store within
 * `quota` bytes (0 = none). Counts the store once when there is a quota. ERR_IO. */
int store_limit(struct store *s, uint64_t quota, uint64_t reserve, struct err *err);

/* Whether need bytes more may come in: 0, or ERR_IO and what to do. Two looks at files and one at
 * the file system. */
int store_room(struct store *s, uint64_t need, struct err *err);

/* The same, and count them as used. */
int store_take_room(struct store *s, uint64_t bytes, struct err *err);

/* Bytes for people, "12.1 GiB". */
void store_put_bytes(uint64_t bytes, struct buf *out);

#endif
