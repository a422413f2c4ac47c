/* How many bytes of bodies may be in memory at once, over all transfers.
 *
 *   waits   a transfer whose next bytes do not fit is paused: nothing is read from its socket, and
 *           its time does not run. Paused ones go on in the sequence in which they were paused
 *   one     always goes on, whatever it takes: so none waits for ever, and the most is exceeded by
 *           one body
 *   thread  the loop's. For sys/fetch.c and sys/fetch_wire.c alone */
#ifndef SYS_FETCH_BUDGET_H
#define SYS_FETCH_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of a wire. Zero-initialised holds nothing. */
struct fetch_share {
	struct fetch_share *next, *prev; /* while it is paused */
	uint64_t held;
	bool flows, is_paused;
};

struct fetch_budget {
	uint64_t most, used;
	size_t flowing, paused_n; /* shares that hold or want bytes and are not paused; that are */
	struct fetch_share *first, *last; /* those that are paused */
};

/* Room for n bytes more. False: the share is paused now. */
bool fetch_budget_take(struct fetch_budget *b, struct fetch_share *s, uint64_t n);
/* Its bytes are no longer held by it. */
void fetch_budget_end(struct fetch_budget *b, struct fetch_share *s);
/* Bytes that others hold. */
void fetch_budget_hold(struct fetch_budget *b, uint64_t n);
void fetch_budget_let_go(struct fetch_budget *b, uint64_t n);
/* The next that may go on, paused no longer; NULL: none may. */
struct fetch_share *fetch_budget_next(struct fetch_budget *b);

#endif
