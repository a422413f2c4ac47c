/* Verdicts in the store: the newest of a subject, and how another is kept beside it. */
#ifndef CMD_VERDICTS_H
#define CMD_VERDICTS_H

#include "assess/report.h"
#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* The newest verdict of a subject in a period (STORE_NONE: of no known registration); *found false
 * where there is none. */
int verdicts_newest(struct store *store, struct slice kind, struct slice key, int64_t period,
                    bool *found, struct sha256 *id, struct err *err);

/* The body of a record: a new reference. */
int verdicts_body(struct store *store, struct sha256 id, json_t **out, struct err *err);

/* Keep findings and verdict. One that is there already is left alone, but where another came behind
 * it (a pack was changed, and changed back) it is kept again, as one that names the other. */
int verdicts_keep(struct store *store, const struct report *r, int64_t period, bool *is_new,
                  struct err *err);

#endif
