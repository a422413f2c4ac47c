/* The rows of an XML file of any length, one at a time, in the memory of one row.
 *
 *   source  XML 1.0, by libxml2's push parser (SAX2)
 *   rows    the elements at a path from the root: "Register/Pharmacy". Prefixes of namespaces are
 *           no part of a name
 *   cells   wanted by paths within the row: "Name", "Address/Postcode", "@id", "Address/@type"; an
 *           element that stands there several times gives its texts joined by LF
 *   refused a document type declaration, with it every entity but the five of XML; nesting deeper
 *           than XML_ROWS_DEPTH_MAX. Nothing is fetched */
#ifndef WIRE_XML_ROWS_H
#define WIRE_XML_ROWS_H

#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { XML_ROW_MAX = 1 << 20 /* bytes of a row's texts */, XML_ROWS_DEPTH_MAX = 64 };

/* A row: as many cells as paths were asked for, .p NULL where it has none, UTF-8; and its line, from
 * 1. bad is not NULL where the row is over a limit: it then has no cells. */
typedef int (*xml_row_fn)(void *ctx, const struct slice *cell, int64_t line, const char *bad,
                          struct err *err);

struct xml_rows;

/* path and wanted must outlive the reader. ERR_NOMEM. */
int xml_rows_new(struct slice path, const struct slice *wanted, size_t n, xml_row_fn fn, void *ctx,
                 struct xml_rows **out, struct err *err);

/* The next bytes. ERR_SYNTAX "line 7: what libxml2 says", ERR_LIMIT, ERR_NOMEM; what fn returned. */
int xml_rows_push(struct xml_rows *x, struct slice bytes, struct err *err);

/* ERR_SYNTAX where the document is cut off, or has no element of that path. */
int xml_rows_end(struct xml_rows *x, struct err *err);

void xml_rows_free(struct xml_rows *x);

#endif
