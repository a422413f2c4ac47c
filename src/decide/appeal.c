#include "decide/appeal.h"

static const char *const states[] = { "received", "under_review", "answered", "withdrawn" };
static const char *const outcomes[] = { "", "upheld", "reversed", "partly" };

const char *appeal_state_name(enum appeal_state s)
{
	return states[s];
}

bool appeal_state_parse(struct slice name, enum appeal_state *out)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (slice_eq_str(name, states[i])) {
			*out = (enum appeal_state)i;
			return true;
		}
	return false;
}

const char *appeal_outcome_name(enum appeal_outcome o)
{
	return outcomes[o];
}

bool appeal_outcome_parse(struct slice name, enum appeal_outcome *out)
{
	for (size_t i = APPEAL_UPHELD; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (slice_eq_str(name, outcomes[i])) {
			*out = (enum appeal_outcome)i;
			return true;
		}
	return false;
}

bool appeal_needs_correction(enum appeal_outcome o)
{
	return o == APPEAL_REVERSED || o == APPEAL_PARTLY;
}

int appeal_judge(const struct appeal_act *act, const struct appeal_case *c, struct err *err)
{
	if (c->state == APPEAL_ANSWERED || c->state == APPEAL_WITHDRAWN)
		return err_set(err, ERR_REFUSED, 0, "the appeal is %s already", states[c->state]);
	if (act->to == APPEAL_RECEIVED || (act->to == APPEAL_UNDER_REVIEW && c->state == act->to))
		return err_set(err, ERR_REFUSED, 0, "the appeal is %s already", states[c->state]);
	if (act->to == APPEAL_WITHDRAWN)
		return 0;
	if (act->by.n == 0)
		return err_set(err, ERR_REFUSED, 0, "who looks at an appeal is named");
	for (size_t i = 0; i < c->decided_n; i++)
		if (slice_eq(act->by, c->decided_by[i]))
			return err_set(err, ERR_REFUSED, 0,
			               "%.*s acted on the decision: an appeal is for somebody else",
			               SLICE_ARG(act->by));
	if (act->to == APPEAL_ANSWERED && act->outcome == APPEAL_NO_OUTCOME)
		return err_set(err, ERR_REFUSED, 0, "an answer is upheld, reversed or partly");
	if (act->to == APPEAL_ANSWERED && slice_trim(act->reason).n == 0)
		return err_set(err, ERR_REFUSED, 0, "an answer gives its reason");
	return 0;
}
