/* Appeals: who may answer one, and with what.
 *
 *   received --> under_review --> answered (upheld, reversed, partly)
 *       \------------\----------> withdrawn
 *
 *   source  Article 20 of Regulation (EU) 2022/2065 (Digital Services Act): handled without delay, not
 *           by machine alone, with reasons; DESIGN, rule 11
 *
 * An appeal is answered by somebody else than who decided. `reversed` and `partly` take nothing back
 * by themselves: a correction does, and must follow. */
#ifndef DECIDE_APPEAL_H
#define DECIDE_APPEAL_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum appeal_state { APPEAL_RECEIVED, APPEAL_UNDER_REVIEW, APPEAL_ANSWERED, APPEAL_WITHDRAWN };
enum appeal_outcome { APPEAL_NO_OUTCOME, APPEAL_UPHELD, APPEAL_REVERSED, APPEAL_PARTLY };

/* "received", "upheld": as records write them; the outcome that is none is "". */
const char *appeal_state_name(enum appeal_state s);
bool appeal_state_parse(struct slice name, enum appeal_state *out);
const char *appeal_outcome_name(enum appeal_outcome o);
bool appeal_outcome_parse(struct slice name, enum appeal_outcome *out);

/* What somebody does with an appeal. */
struct appeal_act {
	struct slice by;             /* who; of a withdrawal nobody */
	enum appeal_state to;
	enum appeal_outcome outcome; /* of an answer */
	struct slice reason;         /* of an answer: in words for the operator */
	struct slice not_of; /* a network that it is granted not to belong to; empty: none */
};

/* What is on the table. */
struct appeal_case {
	enum appeal_state state;
	const struct slice *decided_by; /* everybody who acted on a decision it is about */
	size_t decided_n;
};

/* Judge an act. 0, or ERR_REFUSED with the reason in err. */
int appeal_judge(const struct appeal_act *act, const struct appeal_case *c, struct err *err);

/* Whether a correction must follow. */
bool appeal_needs_correction(enum appeal_outcome o);

#endif
