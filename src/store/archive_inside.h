/* What the files of the archive share among them; archive.h is what others see.
 *
 * A lane is a pair of files, warc/NNNNNN.warc.gz and sealed/NNNNNN.warc.sealed. An order has a lane
 * for itself from archive_begin to its end, so its records lie together, and taking it back is
 * cutting the files where they ended before it. Who ends gives the lane back; the next order
 * appends behind. There are as many lanes as orders were under way at once. */
#ifndef STORE_ARCHIVE_INSIDE_H
#define STORE_ARCHIVE_INSIDE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "store/archive.h"
#include "store/archive_key.h"
#include "store/archive_payloads.h"
#include "store/lock.h"
#include "wire/gzip.h"
#include "wire/warc.h"

#define ARCHIVE_CHAIN_TYPE "application/pem-certificate-chain" /* RFC 8555 9.1 */

enum {
	ARCHIVE_RECORD_MAX = WARC_RECORD_MAX + (1 << 20), /* a block and its header */
	ARCHIVE_LANES_MAX = 999999,
	ARCHIVE_CHUNKS_MAX = 1024, /* a revisit of more is stored whole */
	ARCHIVE_PENDING = 32 << 10, /* bytes of an order that wait to be written together */
	ARCHIVE_APPENDED = 2,       /* files that are appended to by many orders: journal, tail */
};

enum archive_part { ARCHIVE_WARC, ARCHIVE_SEALED, ARCHIVE_PARTS };

struct archive_lane {
	unsigned number;                /* from 1 */
	char file[ARCHIVE_PARTS][40];   /* "warc/000001.warc.gz" */
	uint64_t length[ARCHIVE_PARTS]; /* of what is sealed */
	bool busy;
};

/* What the journal says last of a lane. */
struct archive_begun {
	bool pending; /* its order has not ended */
	struct sha256 order;
	uint64_t at;  /* of the line */
};

struct archive {
	char *dir;
	struct archive_options options;
	struct store_lock lock;
	struct archive_lane **lane; /* [i]: number i + 1 */
	size_t lanes, lanes_cap;
	struct archive_begun *begun; /* [i]: lane i + 1; as the journal was read */
	size_t begun_n;
	struct archive_order *under_way; /* a list */
	struct archive_payloads payloads;
	bool payloads_loaded;
	struct gzip *gzip;
	struct archive_key key;
	bool has_key;
	uint64_t journal_length;
	uint64_t tail_length;       /* of ARCHIVE_TAIL: what sealed orders have written */
	bool fan[256];              /* which of orders/00 to orders/ff are there, as far as we made them */
	bool broken;                /* an order ended and could not be noted: the next open sees to it */
	struct {
		int fd;             /* + 1; 0: none */
		char name[40];
	} appending[ARCHIVE_APPENDED];
	int reading;                /* descriptor + 1 of the file that was read last; 0: none */
	char reading_name[40];
	struct buf scratch;         /* a stored record on its way in or out */
};

/* Where a stored record lies. */
struct archive_place {
	unsigned lane;
	enum archive_part part;
	uint64_t at, length;
};

/* What the index and the table of payloads get of an order. */
struct archive_indexed {
	struct buf lines;
	struct archive_payload *payload;
	size_t n, cap;
};

struct archive_order {
	struct archive *archive;
	struct archive_order *next, **link;
	struct sha256 id;
	struct buf about;            /* canonical */
	struct archive_lane *lane;
	uint64_t begun;              /* offset of its line in the journal */
	uint64_t end[ARCHIVE_PARTS]; /* of what was put; from lane->length on */
	/* The last of it is written when there is enough of it, or the order ends: before that, what is
	 * in the file is worth nothing to who finds it after a crash. */
	struct buf pending[ARCHIVE_PARTS];
	bool torn;                   /* a write failed: something may lie behind .end */
	struct buf entries;          /* canonical texts of exchanges, "," between them */
	struct archive_indexed indexed;
	json_t *warcinfo;            /* where this order began its WARC file */
	struct archive_payload *own; /* public payloads stored by it */
	size_t own_n, own_cap;
	struct arena arena;          /* media types that were handed out */
};

/* ---- archive_file.c ---- */

/* Append DIR/name to out as a C string. */
int archive_path(const struct archive *a, const char *name, struct buf *out, struct err *err);
/* Write at an offset. ERR_IO: what lies behind `at` is then undefined. */
int archive_write_at(struct archive *a, const char *name, uint64_t at, struct slice bytes,
                     struct err *err);
/* What is kept open for that is closed. */
void archive_close_appending(struct archive *a);
/* Write what is pending of an order. ERR_IO: it is still pending. */
int archive_flush(struct archive_order *o, enum archive_part part, struct err *err);
/* Append length bytes from an offset to out. ERR_NOTFOUND, ERR_CORRUPT (the file is shorter). */
int archive_read_at(struct archive *a, const char *name, uint64_t at, uint64_t length,
                    struct buf *out, struct err *err);
void archive_close_reading(struct archive *a);
/* Cut a file; absent is fine where length is 0. ERR_CORRUPT where it is shorter. */
int archive_cut(struct archive *a, const char *name, uint64_t length, struct err *err);
/* Length in bytes; 0 where it is absent. */
int archive_length(const struct archive *a, const char *name, uint64_t *out, struct err *err);

/* "warc/000001.warc.gz" -> its lane and part; false for any other text. */
bool archive_file_of(struct slice name, unsigned *lane, enum archive_part *part);
void archive_file_name(unsigned lane, enum archive_part part, char out[40]);
/* The lane of a number, made where there was none. NULL: no memory. */
struct archive_lane *archive_lane(struct archive *a, unsigned number);

/* ---- archive_record.c ---- */

/* Append the record at a place, opened and uncompressed. length 0: as long as it is. ERR_REFUSED
 * (no key), ERR_CORRUPT, ERR_NOTFOUND. */
int archive_read_record(struct archive *a, const struct archive_place *place, struct buf *out,
                        struct err *err);

/* A record taken apart: its payload as evidence has it, and the parts of the record that make it
 * up. */
struct archive_record {
	struct warc_record warc;
	size_t block_at;
	struct slice payload;
	const struct slice *piece; /* in the record */
	size_t pieces;
};
int archive_record_parse(struct slice plain, struct arena *arena, struct archive_record *out,
                         struct err *err);
/* SHA-256 of a record without its payload's pieces. */
int archive_lead(struct slice plain, const struct slice *piece, size_t pieces, struct sha256 *out,
                 struct err *err);
/* The header of a public record, without reading the whole of it. *text keeps what it points
 * into. */
int archive_read_head(struct archive *a, const struct archive_place *place, struct buf *text,
                      struct warc_record *out, struct err *err);

/* ---- archive_manifest.c ---- */

void archive_manifest_name(struct sha256 order, char out[90]);
/* DIR/orders/ab/ID.json. ERR_NOTFOUND; ERR_CORRUPT where its own digest is another. */
int archive_manifest_read(const struct archive *a, struct sha256 order, json_t **out, struct err *err);
/* Writing one takes three steps, so that many wait for the disk together: its bytes into tmp/; here
 * the caller sees to it that they are on the disk, with all that they name; its name, which is what
 * ends the order; the disk has the name too. */
int archive_manifest_stage(struct archive *a, struct sha256 order, struct slice manifest,
                           struct err *err);
int archive_manifest_name_it(struct archive *a, struct sha256 order, struct err *err);
/* Where this fails it has no name any more. */
int archive_manifest_settle(struct archive *a, struct sha256 order, struct err *err);
/* The digest that a manifest ought to name. */
int archive_manifest_digest(const json_t *manifest, struct sha256 *out, struct err *err);
int archive_place_of(const json_t *record, struct archive_place *out, struct err *err);

/* ---- archive_journal.c: which orders began and ended, in lines of text ---- */

/* Sealed orders, by when they were begun. */
int archive_journal_each(const struct archive *a,
                         int (*fn)(void *ctx, struct sha256 order, struct err *err), void *ctx,
                         struct err *err);
/* Read it and take back what did not end: the archive is then ready for writing. */
int archive_journal_settle(struct archive *a, struct err *err);
int archive_journal_begin(struct archive *a, struct archive_order *o, struct err *err);
int archive_journal_seal(struct archive *a, struct sha256 order, const struct archive_lane *lane,
                         uint64_t begun, struct err *err);
int archive_journal_drop(struct archive *a, struct sha256 order, const struct archive_lane *lane,
                         struct err *err);
/* Read it for a->begun. */
int archive_journal_read(struct archive *a, struct err *err);
/* The index and the payloads are now as long as the archive says. */
int archive_journal_index(struct archive *a, struct err *err);

/* ---- archive_index.c: index.cdxj, its tail, and the payloads: made of what manifests say ---- */

#define ARCHIVE_INDEX "index.cdxj"
#define ARCHIVE_TAIL "index.tail.cdxj"

struct listed_exchange; /* archive_listing.h */
/* Append what an exchange of a manifest gives. Where it fails a part of it may be there. */
int archive_index_of(const struct listed_exchange *x, struct archive_indexed *out, struct err *err);
void archive_indexed_release(struct archive_indexed *x);
/* Enter what a sealed order gives. */
int archive_index_enter(struct archive *a, const struct archive_indexed *x, struct err *err);
/* The same of its manifest. */
int archive_index_add(struct archive *a, const json_t *manifest, struct err *err);
/* Make it all anew from every manifest. */
int archive_index_rebuild(struct archive *a, struct err *err);
/* Sort the tail; merge it into the index where it is worth it, or `whole` is set. */
int archive_index_merge(struct archive *a, bool whole, struct err *err);

#endif
