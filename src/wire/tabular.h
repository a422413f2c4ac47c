/* Rows of named columns, out of CSV, JSON or XML, in the memory of one row.
 *
 *   csv     columns are known by the header row. A row with more or fewer cells than that is bad: one
 *           separator too many would put every cell behind it under a wrong name
 *   json    objects (wire/json_rows.h); a column is a path of members: "address/postcode". Numbers
 *           and flags are their text; elements of an array are joined by LF
 *   xml     elements (wire/xml_rows.h)
 *   text    CSV is decoded from the charset that is named; UTF-8 with a byte order mark whatever is
 *           named. Bytes that the charset has not, and UTF-8 where a single-byte charset is named,
 *           make the row bad: a name spoilt in silence would be matched with nothing */
#ifndef WIRE_TABULAR_H
#define WIRE_TABULAR_H

#include "base/err.h"
#include "base/slice.h"
#include "wire/charset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tabular_format { TABULAR_CSV, TABULAR_JSON, TABULAR_XML };

enum { TABULAR_COLUMNS_MAX = 64 };

struct tabular_spec {
	enum tabular_format format;
	char separator;       /* csv */
	enum charset charset; /* csv */
	int64_t header;       /* csv: which row that is not empty is the header, from 1 */
	struct slice rows;    /* json, xml: path of the rows */
	const struct slice *column; /* those that are wanted */
	size_t column_n;      /* at most TABULAR_COLUMNS_MAX */
};

struct tabular_row {
	int64_t line;             /* on which it begins, from 1 */
	const struct slice *cell; /* one a wanted column, trimmed; .p NULL where the row has none */
	const char *bad;          /* not NULL: why it cannot be read; it has no cells */
};

/* A value other than 0 ends the reading and is returned. The row is valid until it returns. */
typedef int (*tabular_fn)(void *ctx, const struct tabular_row *row, struct err *err);

struct tabular;

/* Whether a charset can be read from CSV: those in which separators, quotes and ends of lines never
 * are a part of another character. */
bool tabular_can_read(enum charset charset, char separator);

/* spec and what it points to must outlive the reader. ERR_USAGE, ERR_NOMEM. */
int tabular_new(const struct tabular_spec *spec, tabular_fn fn, void *ctx, struct tabular **out,
                struct err *err);

/* The next bytes. ERR_SYNTAX, ERR_LIMIT (err->at = the line): the file is damaged from there on;
 * ERR_NOMEM; what fn returned. */
int tabular_push(struct tabular *t, struct slice bytes, struct err *err);

/* The end of the file. ERR_SYNTAX where it breaks off or has no rows where they were looked for. */
int tabular_end(struct tabular *t, struct err *err);

/* Whether a wanted column is in the file: of CSV known from the first row on, else true once a row
 * had it. */
bool tabular_has(const struct tabular *t, size_t column);

/* CSV: how many columns of the header nobody wanted. */
size_t tabular_unread(const struct tabular *t);

void tabular_free(struct tabular *t);

#endif
