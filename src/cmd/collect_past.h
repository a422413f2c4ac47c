/* What a folder of collecting holds already: which orders, of which round, and what they observed.
 *
 *   DIR/round.json                {"open":true,"round":2}: the round that --again began, and
 *                                 whether it was ended
 *   DIR/observations/ab/HEX.jsonl the lines of an order; its manifest has their digest
 *   DIR/told                      ids of orders whose lines were written to standard output
 *   else                          store/archive.h
 *
 * A line is told after its order is sealed. Who dies between the two tells it at the next run: so a
 * line is told at least once, and a second time only where it died within that write. */
#ifndef CMD_COLLECT_PAST_H
#define CMD_COLLECT_PAST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/subject.h"
#include "store/archive.h"

struct past;

/* Read what is there. again: a new round begins, or the one that was interrupted goes on; begun
 * with past_begin. ERR_CORRUPT, ERR_IO, ERR_NOMEM. */
int past_open(const char *dir, struct archive *a, bool again, struct past **out, struct err *err);
void past_free(struct past *p);
int past_begin(struct past *p, struct err *err);
int past_end(struct past *p, struct err *err); /* nothing is left to do in it */

int64_t past_round(const struct past *p);
bool past_is_resumed(const struct past *p); /* a round that was interrupted goes on */

/* Whether an order that is the same (order_description_same) is there: in this round where again
 * was given, else in any. Its id. */
bool past_has(const struct past *p, struct sha256 same, struct sha256 *id);
/* The newest order of a subject from before this round. */
bool past_before(const struct past *p, struct subject subject, struct sha256 *id);

bool past_was_told(const struct past *p, struct sha256 id);
int past_note_told(struct past *p, struct sha256 id, struct err *err);

/* The lines of an order; checked against its manifest where they are read. ERR_NOTFOUND,
 * ERR_CORRUPT, ERR_IO, ERR_NOMEM. */
int past_keep(struct past *p, struct sha256 id, struct slice lines, struct err *err);
int past_lines(struct past *p, struct sha256 id, struct buf *out, struct err *err);
/* The same as an array of values. */
int past_observations(struct past *p, struct sha256 id, json_t **out, struct err *err);

#endif
