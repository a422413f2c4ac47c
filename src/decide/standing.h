/* How a subject stands for one destination: what was judged, what was decided, what holds.
 *
 * A verdict is what evidence and packs say. A decision is what people said of it; a correction
 * takes a decision back. A decision may also be milder than the verdict: then people looked at it and
 * let it be, until a verdict comes that is harsher than the one they saw. A decision of the ground
 * "expired" is the end of one whose review date passed: what it decided waits again. Each belongs to one registration period: a name that was registered anew
 * starts from unverified, with its history kept and shown (DESIGN, rule 13). */
#ifndef DECIDE_STANDING_H
#define DECIDE_STANDING_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum standing_from { STANDING_VERDICT, STANDING_DECISION, STANDING_CORRECTION };

/* One cell of a verdict, a decision in force, or a correction. */
struct standing_event {
	enum standing_from from;
	struct slice destination, class, ground;
	bool has_period;
	int64_t period; /* creation date of the registration */
	int64_t at;
	int64_t order;  /* of arrival: the later of two counts */
	struct sha256 record;
};

enum standing_state {
	STATE_NONE,      /* nothing to list */
	STATE_PENDING,   /* the verdict is unapproved or rogue, and nobody has decided */
	STATE_LISTED,    /* a decision is in force */
	STATE_CORRECTED, /* a decision was taken back */
	STATE_ENDED,     /* a decision belonged to an earlier registration */
	STATE_DISMISSED, /* people decided that the verdict lists nothing */
};

/* The ground of a decision that ends another one whose review date has passed. */
#define STANDING_EXPIRED SLICE("expired")

/* "none", "pending", "listed", "corrected", "ended", "dismissed". */
const char *standing_state_name(enum standing_state s);

/* One destination in one registration period. */
struct standing {
	struct slice destination;
	bool has_period;
	int64_t period;
	int64_t at;                              /* of its newest event */
	bool is_current;                         /* of the newest period that is known */
	const struct standing_event *verdict;    /* the newest; or NULL */
	const struct standing_event *decision;   /* the newest in force or taken back; or NULL */
	const struct standing_event *correction; /* newer than the decision; or NULL */
	const struct standing_event *expiry;     /* of the decision, newer than it; or NULL */
	int seen;                                /* harshness of the verdict when people decided */
	enum standing_state state;
	struct slice class;                      /* that holds: the correction's, the decision's,
	                                            or the verdict's */
	struct slice ground;                     /* of the verdict; of a decision there is none */
};

/* Work out every standing of a subject from its history, in the order of arrival: first of the
 * newest period, each in the order its destination was first seen, then of earlier periods
 * (those with a decision alone). The newest period is that of the newest verdict, or `current`
 * where that is later (a registration without captures yet).
 *
 * out points into events. ERR_NOMEM. */
int standing_of(const struct standing_event *events, size_t n, bool has_current, int64_t current,
                struct arena *a, struct standing **out, size_t *out_n, struct err *err);

/* Whether a class is one that published forms carry: unapproved or rogue. */
bool standing_is_listed_class(struct slice class);

/* The class that people decided and that holds, unapproved or rogue: of the decision, or of the
 * correction that made it milder. Empty where nothing holds: no decision, taken back, expired. */
struct slice standing_in_force(const struct standing *s);

/* rogue 2, unapproved 1, everything else 0. */
int standing_harshness(struct slice class);

#endif
