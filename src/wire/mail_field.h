/* Fields of a mail's header, and of whatever else is written the same way (a delivery status).
 *
 *   source  RFC 5322 section 2.2 (fields, folding), RFC 2047 (encoded words), RFC 3464 section
 *           2.1.1 (a delivery status is made of fields)
 *   in      bytes of anybody's; lines ended by LF or CRLF
 *   strict  not at all: what is no field is passed over, since old systems write such lines
 *   owns    nothing: names are views into the block, values lie in the arena */
#ifndef WIRE_MAIL_FIELD_H
#define WIRE_MAIL_FIELD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

enum { MAIL_FIELD_MAX = 16 << 10 }; /* bytes of a value; what is longer is cut there */

/* Cut the lines before the first empty one off *rest, which then starts behind that. False when
 * *rest is used up. The block holds its line ends. */
bool mail_block_cut(struct slice *rest, struct slice *block);

/* Cut the next field off *rest: its name without the colon, its value as written, folds and all.
 * False when there is none any more. */
bool mail_field_cut(struct slice *rest, struct slice *name, struct slice *value);

/* The value of the first field of that name (case does not count) in a block, as written; .p is
 * NULL where there is none. */
struct slice mail_field_find(struct slice block, const char *name);

/* A value as one line: folds and control characters are spaces, runs of spaces one; encoded words
 * decoded; UTF-8. ERR_NOMEM. */
int mail_field_text(struct slice value, struct arena *a, struct slice *out, struct err *err);

/* The next Message-ID in a value, without its angle brackets; false when there is none any more. A
 * bare word with an "@" counts too, as some systems write it. */
bool mail_field_id_cut(struct slice *rest, struct slice *id);

#endif
