/* Who may decide what: an act of a reviewer is judged before it becomes a decision.
 *
 *   source  DESIGN, rules 1, 11, 12, 13; RECORDS.md, "Listing and verdict are different things"
 *
 * Nothing is decided harsher than the verdict it rests on. Nothing is listed on fewer than two
 * captures. Rogue takes two different reviewers: the first act is kept as a proposal. A decision may
 * be made again when its review is due. Who has declared a conflict of interest decides nothing
 * about that subject, for it or against it. */
#ifndef DECIDE_DOCKET_H
#define DECIDE_DOCKET_H

#include "base/err.h"
#include "decide/standing.h"

/* One reviewer's act on one destination. */
struct docket_act {
	struct slice reviewer;
	struct slice destination;
	struct slice class;
	bool is_correction;
	int64_t at;
};

/* What is on the table for that subject, destination and period. */
struct docket_case {
	const struct standing *standing;   /* NULL: nothing was ever assessed */
	size_t captures;                   /* the verdict rests on */
	const struct slice *proposed_by;   /* reviewers whose proposals of this class wait */
	size_t proposed_n;
	bool is_recused;   /* the reviewer has declared a conflict of interest */
	bool is_due;       /* the review date of the decision is near or past */
	const char *hold;  /* what stands against any listing yet, to be told as it is; NULL: nothing */
};

enum docket_answer {
	DOCKET_IN_FORCE, /* the decision, or correction, takes effect */
	DOCKET_PROPOSED, /* kept; a second reviewer is needed */
	DOCKET_DISMISSED, /* in force: the verdict lists nothing */
};

/* Judge an act. Returns an enum docket_answer, or ERR_REFUSED with the reason in err. */
int docket_judge(const struct docket_act *act, const struct docket_case *c, struct err *err);

/* Whether a machine's verdict may be listed by itself: every finding's rule allows it, two
 * captures, and the operator has switched it on. Never rogue. */
bool docket_automatic(bool switched_on, struct slice class, size_t captures, size_t findings,
                      size_t automatic_findings);

#endif
