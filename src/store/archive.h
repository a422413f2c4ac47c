/* The evidence of collecting: a folder of WARC files, an index and a manifest per order.
 *
 *   DIR/warc/NNNNNN.warc.gz        public records, one gzip member each (ISO 28500:2017, annex D)
 *   DIR/sealed/NNNNNN.warc.sealed  restricted records, each encrypted by itself
 *   DIR/index.cdxj                 where each capture lies (CDXJ); of the last orders in
 *                                  index.tail.cdxj
 *   DIR/orders/ab/ID.json          manifest of an order: recipe, exchanges in the order they were
 *                                  told, faults, digests; named by the order, sealed by its own
 *                                  digest
 *   source   doc/format/archive.md
 *   writers  one at a time (lock); readers at any time
 *   kill -9  what archive_seal returned for is there; what was not sealed is taken back by the next
 *            archive_open, so a rerun writes nothing twice */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/evidence.h"
#include "model/exchange.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive;
struct archive_order;

struct archive_options {
	bool write;            /* else only reading: nothing is locked or changed */
	const char *key_file;  /* of restricted records, mode 0600; made where absent and write is set.
	                          NULL: DIR.key, beside the folder, so that who copies the folder does
	                          not copy the key; reading without it answers ERR_REFUSED for
	                          restricted records alone */
	uint64_t file_bytes;   /* no order is begun in a file above that; 0: 1 GiB */
	bool sync;             /* archive_seal waits for the disk: what it returned for survives a power
	                          cut. Without it, the death of the program alone */
};

/* Open, for reading or writing; o is copied but for the text of key_file, which is read here. For
 * writing, what a dead writer left is taken back or finished first.
 *
 *   return  0; ERR_NOTFOUND (reading: no such folder), ERR_BUSY (another writer), ERR_CORRUPT
 *           (files are shorter than what is sealed, or the journal was altered), ERR_REFUSED
 *           (others can read the key), ERR_IO, ERR_NOMEM */
int archive_open(const char *dir, const struct archive_options *o, struct archive **out,
                 struct err *err);
/* Orders under way are taken back; the index is sorted. The handle is gone also where this fails:
 * what is sealed stays. NULL is fine. */
int archive_close(struct archive *a, struct err *err);

/* Begin an order. `about` is the canonical order as its maker describes it (subject, vantages,
 * recipe, round): its SHA-256 is the order's id. Not kept by the archive beyond the manifest. Many
 * may be under way at once, each with a pair of files of its own. ERR_REFUSED (sealed before, or
 * opened for reading), ERR_BUSY (under way), ERR_IO, ERR_NOMEM. */
int archive_begin(struct archive *a, const json_t *about, struct archive_order **out,
                  struct err *err);
bool archive_has(struct archive *a, struct sha256 order);

/* Keep one exchange; until the order is sealed that promises nothing for a crash. class: of its
 * response. A payload that the archive has already becomes a
 * revisit record; *response says where the bytes lie (unset where nothing came); *picture of a
 * rendering. Their .file is valid until archive_close, their .media_type until the order ends.
 *
 *   return  0; ERR_IO (disk full), ERR_LIMIT (over 64 MiB), ERR_USAGE (a text that is not UTF-8,
 *           white space in the address), ERR_REFUSED (restricted, and no key), ERR_NOMEM: the order
 *           is then as it was before, and may go on */
int archive_put(struct archive_order *o, const struct exchange *x, const char *purpose,
                enum evidence_class class, struct evidence *response, bool *has_response,
                struct evidence *picture, bool *has_picture, struct err *err);
/* A reading that failed is part of what happened: kept in the manifest. */
int archive_put_fault(struct archive_order *o, uint32_t number, enum exchange_fault fault,
                      struct err *err);

/* End an order: manifest written, everything flushed, index extended. `observations` is the digest
 * of all its observations' canonical lines. After 0 the order is acknowledged; after anything else
 * it is taken back. Frees o in any case. */
int archive_seal(struct archive_order *o, struct sha256 observations, size_t observation_n,
                 struct err *err);
/* The same for several: one wait for the disk instead of one each. */
struct archive_ending {
	struct archive_order *order;
	struct sha256 observations;
	size_t observation_n;
	int rc; /* what became of it; written */
	struct err err;
};
void archive_seal_all(struct archive *a, struct archive_ending *ending, size_t n);
/* Take an order back that was not ended. Frees o. */
void archive_drop(struct archive_order *o);

/* Every sealed order, by when it was begun: its manifest, borrowed during the call. */
typedef int (*archive_order_fn)(void *ctx, struct sha256 order, const json_t *manifest,
                                struct err *err);
int archive_each(struct archive *a, archive_order_fn fn, void *ctx, struct err *err);

/* The exchanges of an order as they were put, in the same sequence, with their bytes; fault entries
 * come with x == NULL. For replay. */
struct archive_kept {
	const struct exchange *x; /* NULL: archive_put_fault */
	uint32_t number;
	enum exchange_fault fault;
	const char *purpose;
	struct evidence response, picture;
	bool has_response, has_picture;
};
typedef int (*archive_kept_fn)(void *ctx, const struct archive_kept *kept, struct err *err);
int archive_each_kept(struct archive *a, struct sha256 order, archive_kept_fn fn, void *ctx,
                      struct err *err);

/* Append the bytes of a piece of evidence (payload, decoded from transfer coding). ERR_NOTFOUND,
 * ERR_CORRUPT (its digest is another), ERR_REFUSED (restricted, and no key). */
int archive_get(struct archive *a, const struct evidence *e, struct buf *out, struct err *err);

#endif
