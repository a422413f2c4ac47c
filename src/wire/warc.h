/* WARC files: the records of a crawl, one behind the other.
 *
 *   source  ISO 28500:2017 (WARC 1.1) and 2009 (1.0); annex D for gzip: one member a record, though
 *           a member with several records is read too
 *   in      a whole file as a slice, compressed or not, or a mixture
 *   owns    the reader owns the bytes of the member at hand; slices of a record are valid until the
 *           next call */
#ifndef WIRE_WARC_H
#define WIRE_WARC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum warc_type { /* ISO 28500:2017, section 6 */
	WARC_OTHER,
	WARC_WARCINFO,
	WARC_RESPONSE,
	WARC_RESOURCE,
	WARC_REQUEST,
	WARC_METADATA,
	WARC_REVISIT,
	WARC_CONVERSION,
	WARC_CONTINUATION,
};

struct warc_record {
	enum warc_type type;
	struct slice id;           /* WARC-Record-ID, without the angle brackets */
	struct slice target_uri;   /* without angle brackets; empty where there is none */
	struct slice date;         /* WARC-Date as written */
	int64_t at;                /* the same as seconds since 1970; fractions cut off */
	int64_t at_ms;             /* the same as milliseconds */
	struct slice content_type; /* of the block: "application/http; msgtype=response" */
	struct slice truncated;    /* WARC-Truncated: why the block was cut; empty where it is whole */
	struct slice vantage;      /* Assay-Vantage, a field of ours; empty where there is none */
	struct slice refers_to;    /* WARC-Refers-To, without the angle brackets */
	struct slice payload_digest; /* WARC-Payload-Digest as written: "sha256:…" */
	struct slice block;
	size_t offset;             /* of the record in the file; of its member where compressed */
};

enum { WARC_RECORD_MAX = 64 << 20 /* default limit of one member, uncompressed */ };

struct warc_reader {
	struct slice file;
	size_t at;          /* next byte of the file */
	size_t limit;
	struct buf member;  /* the member at hand, uncompressed */
	struct slice inner; /* what is left of it */
	size_t member_at;
};

/* limit 0: WARC_RECORD_MAX. The file must outlive the reader. */
void warc_open(struct warc_reader *r, struct slice file, size_t limit);

/* 1 and the next record; 0 at the end; ERR_SYNTAX for a record that is none, ERR_LIMIT for one that
 * is too long: the reader then stands behind the bad record, or, where its end cannot be known, at
 * the next thing that looks like a record, so the caller may count and go on. ERR_NOMEM. */
int warc_next(struct warc_reader *r, struct warc_record *out, struct err *err);

void warc_release(struct warc_reader *r);

/* The header of the record at the start of s, of which the block need not be there: out->block is
 * empty, *block_at where it begins and *length as long as it says to be. ERR_SYNTAX; out untouched. */
int warc_read_head(struct slice s, struct warc_record *out, size_t *block_at, uint64_t *length,
                   struct err *err);

/* "response". Never NULL; "other" for what the standard does not name. */
const char *warc_type_name(enum warc_type t);

#endif
