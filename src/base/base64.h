/* Base64 with padding (RFC 4648 section 4), strict: no white space, no missing padding, and the
 * unused bits of the last character are zero, so that one value has one spelling. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Append the encoding of bytes to out. */
void base64_encode(struct slice bytes, struct buf *out);

/* Append the decoded bytes to out. ERR_SYNTAX with err->at = offset of the bad character, and out
 * as it was; ERR_NOMEM. */
int base64_decode(struct slice text, struct buf *out, struct err *err);

/* Append the encoding in the alphabet that is safe in URLs and file names, without padding
 * (RFC 4648 section 5): tokens and cookies. */
void base64url_encode(struct slice bytes, struct buf *out);

#endif
