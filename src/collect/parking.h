/* Name servers and addresses that no site of its own stands behind.
 *
 *   file    policy/collect/parking.tsv: "#" starts a remark, the first other line names the columns
 *           kind, match, operator, source
 *   owns    nothing: texts lie in the arena */
#ifndef COLLECT_PARKING_H
#define COLLECT_PARKING_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/ip.h"

#include <stdbool.h>
#include <stddef.h>

enum parking_kind {
	PARKING_PARKED,
	PARKING_SUSPENDED,
	PARKING_SINKHOLED,
	PARKING_KINDS
};

struct parking_row {
	enum parking_kind kind;
	struct slice name; /* canonical; empty where it is a prefix */
	struct ip_prefix prefix;
	struct slice operator;
};

/* Zero-initialised is valid and knows nobody. */
struct parking {
	const struct parking_row *row;
	size_t n;
};

/* Read the file. ERR_SYNTAX with the line's number in err->at; ERR_NOMEM. */
int parking_parse(struct slice text, struct arena *arena, struct parking *out, struct err *err);

/* The row that a name server lies under, or an address in; NULL: none. */
const struct parking_row *parking_of_name(const struct parking *p, struct slice name);
const struct parking_row *parking_of_address(const struct parking *p, struct slice address);

/* "parked", "suspended", "sinkholed". */
const char *parking_kind_name(enum parking_kind kind);

#endif
