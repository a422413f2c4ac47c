/* Text as lines of plain text, for mails that people read in whatever they have.
 *
 *   source  RFC 5322 section 2.1.1 (78 columns at most; we keep to 72, so that a reply can quote it);
 *           UAX #14 by libunistring says where a line may end, and how wide a character is
 *   in      UTF-8; malformed bytes become U+FFFD
 *   out     lines of at most `width` columns, each ended by LF; a word that is longer is cut
 *
 * Text of others is made harmless: control characters, characters without width and those that turn
 * the direction of writing are dropped, white space of any kind becomes one space. */
#ifndef WIRE_WRAP_H
#define WIRE_WRAP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

enum { WRAP_WIDTH = 72 };

/* Append text as lines.
 *
 *   lead    stands before the first line ("  - "); the lines behind it begin with as many spaces
 *   return  0; ERR_LIMIT over 1 MiB or for a lead that leaves less than 8 columns; ERR_NOMEM. An
 *           empty text is no line. */
int wrap_put(struct slice text, const char *lead, struct buf *out, struct err *err);

/* Append text of others as one line without its end: as above, at most max characters and then
 * "..."; "://" is broken up, so that no program makes it a link. */
void wrap_put_foreign(struct slice text, size_t max, struct buf *out);

#endif
