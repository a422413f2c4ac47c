/* What a store knows of a register: of each number the newest row, as its digest and its time. */
#ifndef CMD_REGISTER_KNOWN_H
#define CMD_REGISTER_KNOWN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/table.h"
#include "store/store.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

struct register_number {
	struct sha256 id, digest; /* of the newest record, and of its object `register` */
	int64_t at;
	int64_t line;             /* where the file that is being read has it; 0: it has not, so far */
	bool is_stored, active;
};

/* Zero-initialise; release it in any case. */
struct register_known {
	struct table table; /* number -> struct register_number, in the order of arrival */
	struct arena arena;
	struct slice src;   /* of the rows that count */
};

/* Load the rows of a source; store NULL: none. ERR_CORRUPT, ERR_IO, ERR_NOMEM. */
int register_known_load(struct register_known *k, struct store *store, struct slice src,
                        struct err *err);

/* The entry of a number, made where there is none. ERR_NOMEM. */
int register_known_find(struct register_known *k, struct slice number, struct register_number **out,
                        struct err *err);

void register_known_release(struct register_known *k);

/* Of an object `register`: the digest of its canonical form, and what it is known by, the number, or the
 * name where it has none. */
int register_row_digest(const json_t *row, struct sha256 *out, struct err *err);
struct slice register_row_key(const json_t *row);

#endif
