/* The rows of a JSON file of any length, one at a time: objects that follow one another (JSON lines,
 * RFC 7464's sequences but for their marks), or that stand in an array under some path.
 *
 *     {"meta": {...}, "data": {"items": [ROW, ROW, ...]}}      path data/items
 *     [ROW, ROW, ...]        ROW LF ROW LF ...                 no path
 *
 * Only the brackets and strings around the rows are followed here; each row is read by jansson. */
#ifndef WIRE_JSON_ROWS_H
#define WIRE_JSON_ROWS_H

#include "base/err.h"
#include "base/slice.h"

#include <jansson.h>

#include <stdint.h>

enum { JSON_ROW_MAX = 1 << 20 /* bytes */, JSON_ROWS_DEPTH_MAX = 64, JSON_ROWS_PATH_MAX = 8 };

/* A row and the line on which it begins, from 1; the object is the reader's. Where it cannot be read
 * it is NULL, and bad says why. A value other than 0 ends the reading and is returned. */
typedef int (*json_row_fn)(void *ctx, json_t *row, int64_t line, const char *bad, struct err *err);

struct json_rows;

/* path: names of members joined by '/', as they are written in the file; must outlive the reader.
 * ERR_USAGE (a path of more than JSON_ROWS_PATH_MAX names), ERR_NOMEM. */
int json_rows_new(struct slice path, json_row_fn fn, void *ctx, struct json_rows **out,
                  struct err *err);

/* The next bytes. ERR_SYNTAX where this is no JSON (err->at = the line), ERR_LIMIT (depth), ERR_NOMEM;
 * what fn returned. */
int json_rows_push(struct json_rows *j, struct slice bytes, struct err *err);

/* ERR_SYNTAX where the file breaks off, or nothing in it had that path. */
int json_rows_end(struct json_rows *j, struct err *err);

void json_rows_free(struct json_rows *j);

#endif
