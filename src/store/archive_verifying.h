/* What the two files of verifying share: archive_verify_order.c looks at records, archive_verify.c
 * at the whole. */
#ifndef STORE_ARCHIVE_VERIFYING_H
#define STORE_ARCHIVE_VERIFYING_H

#include "store/archive_inside.h"
#include "store/archive_verify.h"

/* A payload that was hashed, or that a revisit needs. */
struct lying {
	uint64_t at;
	uint32_t lane, order; /* which order needs it, from 1 */
	uint8_t digest[16];   /* the first half of its SHA-256 */
};

struct range {
	uint64_t from, to;
	uint32_t lane, part;
};

struct list {
	char *at;
	size_t n, cap, size; /* size of one, in bytes */
};

struct verifying {
	struct archive *a;
	archive_finding_fn fn;
	void *ctx;
	struct archive_verified *out;
	struct sha256 order;
	bool in_order;
	const char *part;  /* of the exchange: "response"; "warcinfo"; NULL */
	int64_t number;    /* of the exchange; -1: of none */
	struct list have, need, ranges;
	struct buf plain;
	uint64_t to[ARCHIVE_PARTS]; /* where the order's range ends */
	struct {                    /* stored bytes that were read ahead */
		enum archive_part part;
		unsigned lane;
		uint64_t at;
		struct buf bytes;
	} window;
	uint64_t index_sum, index_lines;
	bool unsettled; /* an order was under way when the last writer ended */
};

/* Append *one. ERR_NOMEM. */
int verifying_add(struct list *l, const void *one, struct err *err);
/* Say what is wrong; offset may be NULL. */
void verifying_find(struct verifying *v, enum archive_trouble trouble, const char *file,
                    const uint64_t *offset, const char *what);
/* Lines of the index are summed up by their hashes: whatever their order, the same lines give the
 * same sum. sign -1 takes them away again. */
void verifying_sum(struct verifying *v, struct slice lines, int sign);
/* Look at one order. What is wrong is found; the system's failures are returned. */
int verifying_order(struct verifying *v, struct sha256 order, struct err *err);

#endif
