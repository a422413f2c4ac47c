/* The schema of a store, as the ordered list of steps that lead to it.
 *
 * A step that was released never changes: its digest is kept in every store that it made and in a
 * test. A new schema is a new step at the end. doc/format/store.md draws the result. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

struct schema_step {
	int version;     /* of the schema after the step: 1, 2, ... without a gap */
	const char *sql; /* script; runs in one transaction */
	bool derives;    /* it makes a table of derived rows: in the same transaction they are put
	                    for the records that are there */
};

extern const struct schema_step schema_steps[]; /* in SQLite's words */
extern const struct schema_step schema_steps_postgres[];
extern const size_t schema_steps_n; /* of both */

/* SQLite's application_id of a store: the letters "assy", so that `file` and we know it. */
enum { SCHEMA_APPLICATION_ID = 0x61737379 };

#endif
