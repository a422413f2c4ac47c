/* What stands against a listing yet, beside the case itself: the operator of the site was not told, or
 * the time to answer still runs.
 *
 * How the operator was told goes into the statement of reasons, and so does that it was not: because
 * imminent harm is documented, or because this desk does not tell before it lists
 * (disclosure_days: 0), which its list's definition says too. */
#ifndef CMD_HOLD_H
#define CMD_HOLD_H

#include "cmd/acts.h"

struct hold {
	const char *why;  /* what to do first, for docket_case.hold; NULL: nothing stands against it */
	const char *told; /* for the statement of reasons */
	bool waives;      /* a record of state waived is to be put with the decision */
};

/* Read it for one destination, at the time of the act. harm: imminent harm as the act documents it;
 * empty = none. Texts lie in the arena. As disclosure_state; ERR_NOMEM. */
int hold_read(struct acts *acts, const struct subject *subject, struct slice destination,
              int64_t period, int64_t at, struct slice harm, struct arena *a, struct hold *out,
              struct err *err);

/* Put the waiver that hold_read asked for, within the transaction of the decision. */
int hold_waive(struct acts *acts, const struct subject *subject, struct slice destination,
               int64_t period, struct slice by, struct slice harm, struct err *err);

#endif
