/* gzip members of whole records, by libdeflate: several times as fast as zlib's streams where all
 * bytes are at hand.
 *
 *   source  RFC 1952; no name and no time in a member, so that the same bytes give the same member
 *   owns    a struct gzip owns its tables; one thread at a time */
#ifndef WIRE_GZIP_H
#define WIRE_GZIP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

struct gzip;

/* level 1 (fast) to 12 (small); 0 for one that only reads. ERR_NOMEM. */
int gzip_new(int level, struct gzip **out, struct err *err);
/* NULL is fine. */
void gzip_free(struct gzip *z);

/* Append bytes as one member. ERR_NOMEM; out is then as it was. */
int gzip_put(struct gzip *z, struct slice bytes, struct buf *out, struct err *err);

/* Append what one member holds, of which nothing may be left over. ERR_LIMIT where it says of
 * itself that it holds more than limit bytes; ERR_SYNTAX for damage, its checksum, bytes behind it;
 * ERR_NOMEM. out is then as it was. */
int gzip_get(struct gzip *z, struct slice member, size_t limit, struct buf *out, struct err *err);

/* The same, but what the member holds is not compared with the CRC-32 in it: for whoever has a
 * digest of that, and a checksum of the member. */
int gzip_get_unsummed(struct gzip *z, struct slice member, size_t limit, struct buf *out,
                      struct err *err);

/* CRC-32 (RFC 1952 8), of bytes that follow others: start with 0. */
uint32_t gzip_crc32(uint32_t crc, struct slice bytes);

#endif
