/* Making the records that an act comes to: decision, listing, correction, expiry, recusal.
 *
 * Every listing entry carries what a published form needs to follow it, without another question:
 * what the name was listed as before and is now, on which rule and pack, until when, by which
 * decision, and where an appeal goes (RECORDS.md, "listing").
 *
 * Everything is put through the ledger, within the caller's transaction. */
#ifndef CMD_MAKING_H
#define CMD_MAKING_H

#include "cmd/acts.h"

enum {
	MAKING_IN_FORCE_S = 365 * 86400, /* a decision holds so long, then its review is past */
	MAKING_DUE_S = 30 * 86400,       /* and may be made anew so long before */
};

struct making {
	struct acts *acts;
	const struct record *act; /* NULL: the machine */
	struct slice kind, key, reviewer, destination, class, reason;
	int64_t at, period;
	const struct standing *standing;
	const json_t *verdict;    /* body of the verdict it rests on; NULL: none */
	const struct slice *proposed_by;
	size_t proposed_n;
	const char *told;         /* how the operator was told before; NULL: nothing is said of it */
};

enum making_state { MAKING_PROPOSED, MAKING_IN_FORCE, MAKING_AUTOMATIC, MAKING_RECUSED };

/* A decision and, in force and of a listed class, the listing that follows. */
int making_decision(struct making *m, enum making_state state, struct err *err);

/* A correction and the listing that follows. m->standing has a decision in force. */
int making_correction(struct making *m, struct err *err);

/* The end of the decision in force, whose review date has passed, and of its listing. */
int making_expiry(struct making *m, struct err *err);

/* The listing alone: action is "add", "change", "remove"; `was` the class that was listed before,
 * empty = none. */
int making_listing(struct making *m, const char *action, struct slice was, struct sha256 decision,
                   struct err *err);

/* Put down what the list is that published forms carry (classes, reviewers, captures, length of a
 * decision, where to appeal), where that is not what was put down last. *changed may be NULL. One
 * transaction of its own. */
int making_definition(struct acts *acts, bool *changed, struct err *err);

#endif
