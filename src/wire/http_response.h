/* An HTTP/1.x response as it was stored, taken apart.
 *
 *   source  RFC 9112 (message syntax, chunked transfer coding), RFC 9110 (fields, content codings)
 *   payload the body after transfer decoding and before content decoding: what an evidence address
 *           (RECORDS.md) is the digest of */
#ifndef WIRE_HTTP_RESPONSE_H
#define WIRE_HTTP_RESPONSE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

struct http_response {
	int status;                    /* 100 to 599 */
	struct slice fields;           /* the header lines, without the status line */
	struct slice content_type;     /* as written; empty where there is none */
	struct slice content_encoding; /* the same */
	struct slice location;         /* the same */
	struct slice payload;
	bool truncated;                /* the chunks or the Content-Length promise more bytes */
};

/* Take a message apart. Slices point into it; only a payload that comes in chunks is copied, into
 * the arena. Crawlers store some bodies dechunked and leave the field: a body that does not start
 * with a chunk size is taken as it is. ERR_SYNTAX where there is no status line; ERR_NOMEM. */
int http_response_parse(struct slice message, struct arena *a, struct http_response *out,
                        struct err *err);

/* The parts of a message that its payload is made of, in their order: one, or one a chunk. Between
 * and around them is header and framing. The message is the one that *r was taken from. Returns how
 * many there are; the first `room` of them are in out, pointing into the message. */
size_t http_response_pieces(struct slice message, const struct http_response *r,
                            struct slice *out, size_t room);

/* Value of the first field of that name, trimmed; empty where there is none. */
struct slice http_field(struct slice fields, const char *name);

/* Undo the content codings (gzip, deflate, identity) for reading; what was cut off or damaged ends
 * where the damage is. A body that is not compressed although the field says so is taken as it is.
 * ERR_LIMIT above limit bytes; ERR_SYNTAX for other codings (br, zstd), for more than two of them,
 * and for damage from the first byte; ERR_NOMEM. */
int http_content_decode(struct slice content_encoding, struct slice payload, size_t limit,
                        struct arena *a, struct slice *out, struct err *err);

/* The same for whoever can do with a part: where there is more, *cut is set and out has the first
 * limit bytes. */
int http_content_decode_part(struct slice content_encoding, struct slice payload, size_t limit,
                             struct arena *a, struct slice *out, bool *cut, struct err *err);

#endif
