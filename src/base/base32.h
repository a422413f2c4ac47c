/* Base32 (RFC 4648 section 6) without padding: how a secret of one-time codes is handed to the
 * device that keeps it. */
#ifndef BASE_BASE32_H
#define BASE_BASE32_H

#include "base/buf.h"
#include "base/slice.h"

/* Append the encoding of bytes to out: upper case, no '='. */
void base32_encode(struct slice bytes, struct buf *out);

#endif
