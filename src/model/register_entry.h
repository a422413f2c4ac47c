/* One row of a register's file, read by its mapping: what becomes a register observation. */
#ifndef MODEL_REGISTER_ENTRY_H
#define MODEL_REGISTER_ENTRY_H

#include "model/register_map.h"
#include "wire/json.h"

#define REGISTER_NO_DAY INT64_MIN

enum { REGISTER_LIST_MAX = 64 };

struct register_entry {
	struct slice number, name, kind, address;
	struct slice trading[REGISTER_LIST_MAX];
	size_t trading_n;
	struct slice domain[REGISTER_LIST_MAX]; /* canonical host names */
	size_t domain_n;
	struct slice odd_domain;        /* the first that is none, as it stands there; else empty */
	enum register_status status;
	struct slice unknown_status;    /* the value that the mapping does not know; the entry is lapsed */
	int64_t from, until, date;      /* midnights, or REGISTER_NO_DAY */
	struct slice odd_date;          /* a date that cannot be read: it is left out */
};

enum register_reading {
	REGISTER_READ,
	REGISTER_NOT_KEPT, /* the mapping's `keep` does not hold */
	REGISTER_UNKEYED,  /* neither number nor name */
};

/* Read the cells of a row (as many as map->spec.column_n). Texts point into the cells or the arena.
 * out is filled where the result is REGISTER_READ. ERR_NOMEM. */
int register_entry_read(const struct register_map *map, const struct slice *cell, struct arena *a,
                        struct register_entry *out, struct err *err);

/* What a row is known by in its register: the number, or the name where it has none. */
struct slice register_entry_key(const struct register_entry *e);

/* The object `register` of an observation: a new reference, or NULL (no memory, not UTF-8). */
json_t *register_entry_json(const struct register_map *map, const struct register_entry *e);

#endif
