/* A register's file into the store: one observation a row that is new or has changed.
 *
 *   row       observation, what `register`, src `register:ID`, at the date of the register
 *             (doc/format/record.md). A row that is known, and the same, is not written again: the
 *             same file twice is nothing new
 *   first     of rows with one number the first is kept, the others are left out and told
 *   ended     of a register whose mapping says that the file is the whole: what was active and is in
 *             it no more gets a row with status `lapsed`; but not where a row could not be read, nor
 *             where more than half would go, unless that is said to be so
 *   edition   an observation, what `register_edition`: that this file, of this date, was read whole
 *
 * What is bad never stops the rest: a bad row is counted, and the first ten of each kind are logged
 * by line. A file that breaks off is an error, and ends no row; what stands before is taken in. */
#ifndef CMD_REGISTER_IMPORT_H
#define CMD_REGISTER_IMPORT_H

#include "base/arena.h"
#include "base/err.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "model/domain.h"
#include "model/register_map.h"
#include "store/store.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

#define REGISTER_DATE_UNKNOWN INT64_MIN

struct register_counts {
	int64_t rows;      /* read */
	int64_t fresh, unchanged, changed, ended;
	int64_t not_kept;  /* left out: the mapping's `keep` does not hold */
	int64_t duplicate, unkeyed, unreadable, older; /* left out */
	int64_t unknown_status, odd_domain, odd_date;  /* told, and the rest of the row kept */
	int64_t active, with_domain; /* of those that were kept */
};

struct register_import {
	struct store *store;  /* opened for writing; NULL: rows go to `put` alone */
	const struct suffixes *suffixes;
	const struct register_map *map;
	struct sha256 map_digest;
	const struct log *log;
	struct progress *progress;
	int64_t now;          /* a register is not of tomorrow */
	int64_t date;         /* REGISTER_DATE_UNKNOWN: as the mapping says */
	int64_t otherwise;    /* the date where neither is known; 0: it has to be */
	bool shrunk;          /* the register really has lost more than half */
	struct register_counts counts;
	struct sha256 digest; /* of the file's bytes; once it was read */
};

/* Read a file ("-": standard input). ERR_SYNTAX, ERR_LIMIT "FILE: line 7: ..." (damaged, or its
 * columns are not those of the mapping); ERR_USAGE (no date is known); ERR_REFUSED (the store knows
 * the register as of a later date); ERR_NOTFOUND, ERR_IO, ERR_NOMEM, ERR_CORRUPT. */
int register_import(struct register_import *in, const char *path, struct err *err);

/* Rows of a register without a store, handed on as records. */
struct record;
typedef int (*register_record_fn)(void *ctx, const struct record *r, struct err *err);
int register_rows(struct register_import *in, const char *path, register_record_fn fn, void *ctx,
                  struct err *err);

#endif
