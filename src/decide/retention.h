/* Whether evidence must stay for a decision, however old it is.
 *
 * While a decision is in force, and as long as its operator may still ask for its reversal, what it
 * rests on stays. It ends by what the store says of it (a correction, a decision in its place, a
 * listing taken off), never by its `until` alone: until something takes the listing off, published
 * forms carry it.
 *
 *   source  Regulation (EU) 2022/2065 (Digital Services Act), Art. 20(1): complaints for a period of
 *           at least six months following the decision */
#ifndef DECIDE_RETENTION_H
#define DECIDE_RETENTION_H

#include <stdbool.h>
#include <stdint.h>

/* The longest six months, 1 March to 1 September. */
enum { RETENTION_APPEAL_S = 184 * 86400 };

struct retention_act {
	int64_t at;       /* when it was decided, or proposed */
	bool in_force;    /* false: proposed, and waiting for another reviewer */
	bool has_end;
	int64_t end;      /* when it was taken back, replaced or taken off the list */
	bool is_appealed; /* an appeal of its subject is open */
};

/* Times in UTC seconds. An `end` before `at`, of a clock that was wrong, counts as `at`. */
bool retention_holds(const struct retention_act *act, int64_t now);

#endif
