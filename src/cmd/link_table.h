/* Tables of links as files: tab-separated values (doc/format/link.md), a header row, '#' for comments. */
#ifndef CMD_LINK_TABLE_H
#define CMD_LINK_TABLE_H

#include "base/err.h"
#include "base/slice.h"

/* One row. What it returns ends the reading when it is not 0, with "FILE:LINE: " before its message. */
typedef int (*link_row_fn)(void *ctx, struct slice row, struct err *err);

/* Hand on every line that is neither empty nor a comment, but for the header. A comment that begins
 * with `note` (NULL: none does) is handed on too, and may stand before the header.
 *   return  0; ERR_NOTFOUND, ERR_IO, ERR_LIMIT (over 1 GiB), ERR_SYNTAX, ERR_NOMEM, or what fn returns */
int link_table_read(const char *path, const char *header, const char *note, link_row_fn fn,
                    void *ctx, struct err *err);

/* The next cell of a row, which goes on behind it. */
struct slice link_table_cell(struct slice *row);

#endif
