/* An epoch: how many domains had each value, counted once and kept, so that a link weighs the same
 * whatever else comes in.
 *
 *   source  doc/format/link.md
 *   owns    its counts; zero-initialised is no epoch: population 0 */
#ifndef CMD_LINK_EPOCH_H
#define CMD_LINK_EPOCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/table.h"
#include "link/signal.h"

struct link_epoch {
	struct arena arena;
	struct table count;  /* of a value's key: the count as a pointer */
	uint64_t population; /* domains that were counted over */
};

/* ERR_NOTFOUND, ERR_IO, ERR_SYNTAX "FILE:LINE: …", ERR_NOMEM. */
int link_epoch_load(struct link_epoch *e, const char *path, struct err *err);

/* How many domains had that value; 0: it was not counted, or there is no memory to ask. */
uint32_t link_epoch_count(const struct link_epoch *e, enum signal_kind kind, struct slice value);

void link_epoch_release(struct link_epoch *e);

/* What is written: the head, then rows in any order. */
void link_epoch_put_head(uint64_t population, struct buf *out);
void link_epoch_put_row(enum signal_kind kind, struct slice value, uint32_t domains,
                        struct buf *out);

/* "kind TAB value": the key of a value in tables; out is cleared before. ERR_NOMEM. */
int link_value_key(enum signal_kind kind, struct slice value, struct buf *out);

#endif
