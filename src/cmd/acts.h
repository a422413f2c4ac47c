/* Reviewers' acts: from an act to a decision, a listing, and their entries in the ledger.
 *
 * What may be decided is decide/docket's; this file reads the store for it and writes what follows.
 * One act on several destinations is judged for each by itself. An act that was carried out is
 * known by its id, so that the same act read twice is carried out once. */
#ifndef CMD_ACTS_H
#define CMD_ACTS_H

#include "base/arena.h"
#include "cmd/ledgerbook.h"
#include "decide/docket.h"
#include "model/config.h"
#include "model/record.h"
#include "model/subject.h"

struct guard;

struct acts {
	struct ledgerbook *book;
	const struct config *config;
	int64_t now;
	const struct suffixes *suffixes; /* which registration a subject is under; may be NULL */
	struct slice signed_by; /* the reviewer whose signature on the act was checked; empty: none */
	struct guard *guard; /* counts a day's listings and knows popular names; NULL: who lists
	                        nothing, or asks it itself */
};

/* What an act came to, per destination, told as it happens. */
enum act_result {
	ACT_IN_FORCE,
	ACT_PROPOSED,
	ACT_CORRECTED,
	ACT_REFUSED,
	ACT_KNOWN,
	ACT_DISMISSED, /* a verdict that waited lists nothing */
	ACT_RECUSED,   /* kept that the reviewer decides nothing here */
	ACT_RESULTS
};

struct act_outcome {
	enum act_result result;
	struct slice destination;
	const char *why; /* refused: the reason; else "" */
};

typedef void (*act_told_fn)(void *ctx, const struct act_outcome *outcome);

/* Carry out an act: a record of type decision or correction with cells, reason and src
 * "reviewer:NAME"; a decision of state "recused" declares a conflict of interest. Refusals are told and are no failure. ERR_SYNTAX for a record that is no act (no
 * such reviewer, no reason); ERR_REFUSED never; what the store says. One transaction. */
int acts_carry_out(struct acts *acts, const struct record *act, act_told_fn told, void *ctx,
                   struct err *err);

/* End the listings of a subject whose registration is no longer the one that was decided on.
 * current: creation date of the newest registration, or STORE_NONE. *ended counts them. */
int acts_end_period(struct acts *acts, const struct subject *subject, int64_t current,
                    size_t *ended, struct err *err);

/* End the decisions of a subject whose review date has passed, with their listings. *expired counts
 * them. */
int acts_expire(struct acts *acts, const struct subject *subject, size_t *expired, struct err *err);

/* List by machine what its rules and the operator allow (decide/docket.h). verdict is the record;
 * automatic_cells names the destinations for which every finding's rule allows it. */
int acts_automatic(struct acts *acts, const struct record *verdict,
                   const struct slice *automatic_cells, size_t n, int64_t period, struct err *err);

/* How a subject stands, newest registration first (decide/standing.h), from the store: what every
 * answer about it is made of. All in the arena. */
int acts_standing(struct store *store, struct subject subject, const struct suffixes *suffixes,
                  struct arena *a, struct standing **out, size_t *n, struct err *err);

/* The newest creation date that registration observations of the subject tell, or STORE_NONE. */
int acts_current_period(struct store *store, const struct subject *registered, int64_t *out,
                        struct err *err);

#endif
