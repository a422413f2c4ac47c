/* Writing WARC records.
 *
 *   source   ISO 28500:2017 (WARC 1.1); revisits of other addresses as the IIPC's "Recording
 *            Arbitrary Duplicates" asks (WARC-Refers-To-Target-URI, -Date)
 *   ids      version 8 UUIDs (RFC 9562) from the digest of what the record is (type, address, time,
 *            block, .seed): the same input gives the same bytes
 *   digests  "sha256:" and lower-case hexadecimal, as warcio.js writes them and evidence addresses
 *            are written. WARC-Block-Digest always; WARC-Payload-Digest where it is given: of the
 *            payload decoded from transfer coding (ISO 28500 5.9 and RFC 2616's entity body) */
#ifndef WIRE_WARC_WRITER_H
#define WIRE_WARC_WRITER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/sink.h"
#include "base/slice.h"
#include "wire/warc.h"

#include <stdbool.h>
#include <stdint.h>

enum { WARC_ID_SIZE = 46 /* "urn:uuid:" and 36 characters, with the NUL */ };

/* The header of a record to write. Everything but type, at_ms and content_type may be left out. */
struct warc_head {
	enum warc_type type;
	struct slice uri;
	int64_t at_ms;                /* milliseconds since 1970 */
	struct slice content_type;
	struct slice seed;            /* goes into the id: tells two records of equal content apart */
	struct slice concurrent_to;   /* id of another record: "urn:uuid:…" */
	struct slice ip;              /* WARC-IP-Address */
	struct slice truncated;       /* "length", "time", "disconnect" */
	struct slice filename;        /* of a warcinfo */
	struct slice payload_type;    /* WARC-Identified-Payload-Type */
	struct slice vantage;         /* Assay-Vantage, a field of ours: place and profile of a capture */
	const struct sha256 *payload; /* digest */
	struct slice refers_to;       /* revisit: id, address and time of the record that has the payload */
	struct slice refers_to_uri;
	int64_t refers_to_at_ms;
};

/* "2026-09-14T01:02:03.456Z", without the fraction where it is zero. */
enum { WARC_DATE_SIZE = 25 };
void warc_date_format(int64_t at_ms, char out[WARC_DATE_SIZE]);
/* ERR_SYNTAX. Digits behind the third of the fraction are dropped. */
int warc_date_parse(struct slice s, int64_t *at_ms, struct err *err);

/* Append the record, not compressed, and write its id. *block_at (may be NULL): where the block
 * begins, counted from the record's start. ERR_USAGE for an address or a field with white space or
 * control characters where none may be; ERR_NOMEM; out is then as it was. */
int warc_put(struct buf *out, const struct warc_head *head, struct slice block,
             char id[WARC_ID_SIZE], size_t *block_at, struct err *err);

/* Write one response record: `http` is the message as it came (status line, header, body). gzip: as
 * a member of its own. ERR_USAGE as above; what the sink returns. */
int warc_write_response(struct sink to, struct slice uri, int64_t at, struct slice http, bool gzip,
                        struct err *err);

#endif
