/* A scorecard as people and programs read it (doc/format/scorecard.md). */
#ifndef CMD_REGISTRAR_CARD_H
#define CMD_REGISTRAR_CARD_H

#include "act/scorecard.h"
#include "base/buf.h"
#include "wire/json.h"

#include <stddef.h>
#include <stdint.h>

/* Name and version of the method. */
#define SCORECARD_METHOD "scorecard/1"

/* Of which cards are made. */
struct card_terms {
	int64_t at, since; /* NOTICE_NEVER: no beginning */
	size_t least;
};

/* One card as an object: a new reference, or NULL when there is no memory. */
json_t *card_to_json(const struct scorecard *c, const struct card_terms *t);

/* One card as lines of at most 100 columns. ERR_NOMEM. */
int card_put_text(const struct scorecard *c, struct buf *out, struct err *err);

/* What stands above and beneath them all: of when they are; how it was measured. */
void card_put_head(const struct scorecard *card, size_t n, const struct card_terms *t,
                   struct buf *out);
void card_put_method(const struct card_terms *t, struct buf *out);

/* "40 s", "12 min", "3 h 12 min", "8 d 10 h"; "not reached". */
void card_put_span(int64_t s, struct buf *out);

#endif
