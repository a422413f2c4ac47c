/* Messages of the Chrome DevTools Protocol as they come through its pipes.
 *
 *   source  Chrome DevTools Protocol 1.3; --remote-debugging-pipe: JSON texts, a NUL behind each
 *   hostile what a page made the browser say: bounded before it is read. A message over the limit
 *   is left
 *           out, and the next one is read again */
#ifndef WIRE_CDP_H
#define WIRE_CDP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialised but for its limit is valid and empty. */
struct cdp_reader {
	size_t limit; /* octets of a message */
	struct buf buf;
	size_t taken, searched;
	bool is_skipping;
};

struct cdp_message {
	json_t *json;         /* owned; the rest points into it */
	int64_t id;           /* of the command that is answered; 0: an event */
	struct slice session; /* empty: the browser's own */
	struct slice method;  /* of an event */
	const json_t *params; /* of an event; NULL: none */
	const json_t *result; /* of an answer; NULL: it is an error */
	struct slice error;   /* its message */
};

/* Octets that came. ERR_NOMEM. */
int cdp_feed(struct cdp_reader *r, struct slice bytes, struct err *err);

/* The next message: 1 there is one, which the caller releases; 0 more octets are needed.
 * ERR_SYNTAX, ERR_LIMIT: one that was left out, go on. */
int cdp_next(struct cdp_reader *r, struct cdp_message *out, struct err *err);
void cdp_message_release(struct cdp_message *m);
void cdp_reader_release(struct cdp_reader *r);

/* Append a command with its NUL. params is taken over; NULL: none. ERR_NOMEM. */
int cdp_put(int64_t id, struct slice session, const char *method, json_t *params, struct buf *out,
            struct err *err);

#endif
