/* zlib's streams as bytes in and bytes out, with a limit. */
#ifndef WIRE_INFLATE_H
#define WIRE_INFLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

enum inflate_form {
	INFLATE_GZIP, /* RFC 1952, one member */
	INFLATE_ZLIB, /* RFC 1950 */
	INFLATE_RAW,  /* RFC 1951 */
};

/* Append what the stream at the start of `in` holds to out and set *used to its length in `in`.
 *
 *   ended   set to whether its end was seen (checksum and all); false: cut off or damaged, and out
 *           has what came before
 *   return  0; ERR_LIMIT where it holds more than limit bytes: out then has limit bytes, and *used
 *           is the length of the stream if its end comes within 4 * limit, else in.n; ERR_NOMEM */
int inflate_stream(enum inflate_form form, struct slice in, size_t limit, struct buf *out,
                   size_t *used, bool *ended, struct err *err);

/* Append bytes to out as one gzip member, with no name and no time in it, so that the same bytes
 * give the same member. ERR_NOMEM. */
int gzip_member(struct slice bytes, struct buf *out, struct err *err);

#endif
