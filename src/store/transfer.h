/* The rows of a store from one engine into the other.
 *
 * Table by table in an order in which no row refers to one that is still to come. The table
 * `migration` is not carried over: its rows are the digests of the other engine's own scripts. */
#ifndef STORE_TRANSFER_H
#define STORE_TRANSFER_H

#include "base/err.h"
#include "store/sql.h"

#include <stddef.h>

struct transfer_table {
	const char *name;
	const char *columns; /* names, ", " between; the rows are ordered by the first key_columns */
	const char *types;   /* a letter a column: i integer, t text, b bytes */
	int key_columns;
	int schema;          /* since this version */
};

/* Every table of every schema, but migration. */
extern const struct transfer_table transfer_tables[];
extern const size_t transfer_tables_n;

/* Copy the rows of the tables of a schema. `from` is in a transaction that reads one moment, `to`
 * has empty tables of the same schema and is in a transaction that writes, which the caller
 * commits. Fails as sql.h says. */
int transfer_rows(struct sql *from, struct sql *to, int schema, struct err *err);

#endif
