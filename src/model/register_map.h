/* Mapping files: how the file of a licence register becomes rows that assay knows.
 *
 *   source  doc/format/register.md
 *   file    policy/registers/ID.yaml
 *   owns    nothing: everything lies in the arena that was given
 *
 * A mapping is read whole or refused whole, with file and line. */
#ifndef MODEL_REGISTER_MAP_H
#define MODEL_REGISTER_MAP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/tabular.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As records write it: "active", "lapsed", "revoked". */
enum register_status { REGISTER_ACTIVE, REGISTER_LAPSED, REGISTER_REVOKED };
#define REGISTER_STATUSES (REGISTER_REVOKED + 1)

const char *register_status_name(enum register_status s);

/* What is read of a row. */
enum register_field {
	REGISTER_NUMBER,
	REGISTER_NAME,
	REGISTER_TRADING,  /* all columns count: other names that it trades under */
	REGISTER_DOMAINS,  /* all columns count: names and addresses of sites */
	REGISTER_ADDRESS,  /* all columns count */
	REGISTER_FROM,
	REGISTER_UNTIL,    /* the last day that the licence holds */
	REGISTER_STATUS,
	REGISTER_KIND,
	REGISTER_DATE,     /* of the register itself: of the first row */
	REGISTER_FIELDS,
};

/* Columns of a field: of a field that is one value the first that is not empty. */
struct register_columns {
	const uint32_t *at; /* of spec.column */
	size_t n;
	unsigned line;      /* in the mapping; 0: not mapped */
};

struct register_values {
	const struct slice *value; /* compared without case and white space around them */
	size_t n;
};

/* Rows that belong: those in which the column has one of the values, or begins with one. */
struct register_keep {
	struct register_columns column; /* any of them */
	struct register_values is, begins;
};

struct register_kind_value {
	struct slice value, kind;
};

struct register_map {
	struct slice id, title, authority, country, scheme, kind, source;
	const struct slice *serves;
	size_t serves_n;
	bool whole;         /* the file is the whole register: what it has no more has ended */
	struct slice date_form; /* of dates in cells: "YYYY-MM-DD", "DD/MM/YYYY" */
	struct slice file_date; /* of the date in the file's name: "YYYYMMDD"; may be empty */
	struct tabular_spec spec;
	struct register_columns field[REGISTER_FIELDS];
	struct register_values status[REGISTER_STATUSES]; /* where the status is a column */
	const struct register_kind_value *kinds;
	size_t kind_n;
	const struct register_keep *keep; /* all of them must hold */
	size_t keep_n;
	const char *file;
};

/* Read a mapping. ERR_SYNTAX "FILE:LINE: what is wrong", ERR_LIMIT, ERR_NOMEM. */
int register_map_parse(struct slice bytes, const char *file, struct arena *a,
                       struct register_map *out, struct err *err);

/* A date in a form such as "DD.MM.YYYY" (digits stand for YYYY, MM, DD, other characters for
 * themselves) -> its midnight; what stands behind it, such as a time, is not read. False where it is
 * none. */
bool register_map_date(struct slice form, struct slice text, int64_t *out);

/* The last date of that form in a file's name. */
bool register_map_file_date(struct slice form, struct slice name, int64_t *out);

#endif
