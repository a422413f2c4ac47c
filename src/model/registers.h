/* Rows of authoritative licence registers, and what is looked up in them: by the site that a row
 * names, by number, by name.
 *
 *   rows   plain values that somebody else filled; nothing here is owned
 *   index  makes lookups independent of the number of rows. Without one every row is looked at; what
 *          is found, and its order, is the same */
#ifndef MODEL_REGISTERS_H
#define MODEL_REGISTERS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/subject.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct register_row {
	struct sha256 record; /* id of the observation it came in */
	struct slice authority, country, number, name, kind; /* country: ISO 3166-1 alpha-2 */
	struct slice source;  /* src of the observation: "register:gphc", "reviewer:x" */
	struct slice scheme;  /* of the number; may be empty */
	bool active;          /* status "active" */
	int64_t from, until;  /* seconds since 1970 from and up to which it holds; 0: not stated */
	const struct slice *domain; /* registrable domains it names */
	size_t domain_n;
	const struct slice *serves; /* countries the licence covers */
	size_t serves_n;
	const struct slice *trading; /* other names */
	size_t trading_n;
};

struct register_index;

struct registers {
	const struct register_row *row;
	size_t n;
	struct sha256 digest; /* over the rows' record ids, sorted */
	const struct register_index *index; /* NULL: none */
};

/* Make the index; it lies in the arena and points to the rows. ERR_NOMEM, ERR_LIMIT. */
int registers_index(struct registers *r, struct arena *a, struct err *err);

/* ---- one row ---- */

/* Whether a row names this subject: its registrable domain is one of the row's. */
bool register_names(const struct register_row *row, const struct subject *subject);

/* Whether a row is active, and its licence holds at a time. */
bool register_holds(const struct register_row *row, int64_t at);

/* Whether an active row covers a destination. */
bool register_serves(const struct register_row *row, struct slice destination);

/* No row of a register: a licence document that a reviewer read (cmd/licence_import.h). */
bool register_is_document(const struct register_row *row);

/* ---- all of them ---- */

/* The first row that names the site, holds and covers the destination; or NULL. */
const struct register_row *registers_serving(const struct registers *r, const struct subject *s,
                                             struct slice destination, int64_t at);

/* The first that names the site and holds; or NULL. */
const struct register_row *registers_naming(const struct registers *r, const struct subject *s,
                                            int64_t at);

/* Whether a register is among the rows.
 *
 *   country   empty: of any
 *   source    id of a register ("gphc"), empty: any
 *   sites     one that names sites, so that the absence of a site says something */
bool registers_loaded(const struct registers *r, struct slice country, struct slice source,
                      bool sites);

/* Whether numbers of a scheme can be looked up. */
bool registers_have_scheme(const struct registers *r, struct slice scheme);

/* The next row of that number behind `after` (NULL: the first); or NULL. Letters compare without
 * case; what is neither letter nor digit does not count. */
const struct register_row *registers_number(const struct registers *r, struct slice scheme,
                                            struct slice number, const struct register_row *after);

/* The first row of the scheme that holds at a time, and one of whose names stands in a text, whole
 * words, both folded (wire/fold.h); or NULL. A name of general words alone ("The Pharmacy Ltd") stands
 * nowhere. Asks for the index: without one the answer is NULL. */
const struct register_row *registers_named_in(const struct registers *r, struct slice scheme,
                                              struct slice folded, int64_t at);

/* Whether one of the names of a row stands in a folded text, as above. ERR_NOMEM. */
int register_named_in(const struct register_row *row, struct slice folded, struct arena *a,
                      bool *out, struct err *err);

#endif
