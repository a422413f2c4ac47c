/* Comma-separated values that come in pieces, of any length, in the memory of one row.
 *
 *   source  RFC 4180; https://www.w3.org/TR/tabular-data-model/ for what is met beside it
 *   rows    end at CR LF, LF or CR. Quotes begin a cell that holds separators and ends of lines; a
 *           quote in the middle of a cell is a letter. Rows without any byte are left out
 *   bytes   are not decoded: separators and quotes are ASCII, and cells are handed on as they are
 *   owns    a row's cells lie in the reader until the next row */
#ifndef WIRE_CSV_H
#define WIRE_CSV_H

#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { CSV_ROW_MAX = 1 << 20 /* bytes */, CSV_CELLS_MAX = 4096 };

/* A row: its cells, and the line on which it begins, from 1. A value other than 0 ends the reading
 * and is returned by csv_push and csv_end. `bad` is not NULL where the row is over a limit: it then
 * has no cells. */
typedef int (*csv_row_fn)(void *ctx, const struct slice *cell, size_t n, int64_t line,
                          const char *bad, struct err *err);

struct csv;

/* separator: an ASCII character that is neither a quote nor an end of line. ERR_USAGE, ERR_NOMEM. */
int csv_new(char separator, csv_row_fn fn, void *ctx, struct csv **out, struct err *err);

/* The next bytes. What fn returned; ERR_NOMEM. */
int csv_push(struct csv *c, struct slice bytes, struct err *err);

/* The end of the file: the last row may lack its end of line. ERR_SYNTAX where a quote is still open
 * (err->at = its line): the file was cut off, or a quote is not closed. */
int csv_end(struct csv *c, struct err *err);

void csv_free(struct csv *c);

#endif
