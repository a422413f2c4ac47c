/* The case of an act, read from the store: what is on the table for that subject, destination and
 * registration period when a reviewer acts (decide/docket.h judges it). */
#ifndef CMD_ACT_CASE_H
#define CMD_ACT_CASE_H

#include "cmd/acts.h"

enum { ACT_CASE_PROPOSALS = 64 };

struct act_case {
	const struct standing *standing; /* NULL: nothing was ever assessed */
	int64_t period;                  /* of the standing, or STORE_NONE */
	json_t *verdict;                 /* body of the newest; NULL: none */
	size_t captures;                 /* that it rests on */
	bool is_known;                   /* this very act was carried out for the destination already */
	bool is_recused;                 /* the reviewer declared a conflict of interest */
	bool is_due;                     /* what is in force ends within MAKING_DUE_S */
	struct slice proposed_by[ACT_CASE_PROPOSALS]; /* of this class, and not yet used up */
	size_t proposed_n;
};

/* Read the case of one destination of an act. Slices lie in the arena. What the store says. Release
 * it in any case. */
int act_case_read(struct acts *acts, const struct record *act, struct slice reviewer,
                  struct slice destination, struct slice class, struct arena *a,
                  struct act_case *out, struct err *err);
void act_case_release(struct act_case *c);

#endif
