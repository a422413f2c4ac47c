#include "decide/docket.h"

enum { CAPTURES_NEEDED = 2, REVIEWERS_FOR_ROGUE = 2 };

static int judge_correction(const struct docket_act *act, const struct standing *s, struct err *err)
{
	struct slice in_force = s ? standing_in_force(s) : SLICE("");

	if (!in_force.n)
		return err_set(err, ERR_REFUSED, 0, "there is no decision for %.*s to correct",
		               SLICE_ARG(act->destination));
	if (standing_harshness(act->class) >= standing_harshness(in_force))
		return err_set(err, ERR_REFUSED, 0,
		               "a correction is milder than what it corrects, and %.*s is not milder "
		               "than %.*s",
		               SLICE_ARG(act->class), SLICE_ARG(in_force));
	return DOCKET_IN_FORCE;
}

/* A decision milder than what is listed: people have looked, and nothing is listed. */
static int judge_dismissal(const struct docket_act *act, const struct standing *s, struct err *err)
{
	if (!s || !s->verdict || s->state != STATE_PENDING)
		return err_set(err, ERR_REFUSED, 0,
		               "nothing waits for %.*s: %.*s is decided of a verdict that waits, or "
		               "corrects a decision", SLICE_ARG(act->destination), SLICE_ARG(act->class));
	return DOCKET_DISMISSED;
}

static int check_basis(const struct docket_act *act, const struct docket_case *c, struct err *err)
{
	const struct standing *s = c->standing;

	if (!s || !s->verdict)
		return err_set(err, ERR_REFUSED, 0,
		               "there is no verdict for %.*s to decide on: assess the site first",
		               SLICE_ARG(act->destination));
	if (standing_harshness(act->class) > standing_harshness(s->verdict->class))
		return err_set(err, ERR_REFUSED, 0,
		               "no finding supports %.*s: the verdict for %.*s is %.*s",
		               SLICE_ARG(act->class), SLICE_ARG(act->destination),
		               SLICE_ARG(s->verdict->class));
	if (c->captures < CAPTURES_NEEDED)
		return err_set(err, ERR_REFUSED, 0,
		               "nothing is listed on fewer than two captures, and there is %zu: make "
		               "another, apart in time or vantage",
		               c->captures);
	struct slice in_force = standing_in_force(s);
	if (in_force.n && !c->is_due &&
	    standing_harshness(in_force) >= standing_harshness(act->class))
		return err_set(err, ERR_REFUSED, 0, "%.*s is decided for %.*s already",
		               SLICE_ARG(in_force), SLICE_ARG(act->destination));
	return 0;
}

int docket_judge(const struct docket_act *act, const struct docket_case *c, struct err *err)
{
	if (c->is_recused)
		return err_set(err, ERR_REFUSED, 0,
		               "%.*s has declared a conflict of interest here and decides nothing about it",
		               SLICE_ARG(act->reviewer));
	if (act->is_correction)
		return judge_correction(act, c->standing, err);
	if (!standing_is_listed_class(act->class))
		return judge_dismissal(act, c->standing, err);
	int rc = check_basis(act, c, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < c->proposed_n; i++)
		if (slice_eq(c->proposed_by[i], act->reviewer))
			return err_set(err, ERR_REFUSED, 0,
			               "%.*s has proposed this already: it takes a second reviewer",
			               SLICE_ARG(act->reviewer));
	if (slice_eq_str(act->class, "rogue") && c->proposed_n + 1 < REVIEWERS_FOR_ROGUE)
		return DOCKET_PROPOSED;
	if (c->hold)
		return err_set(err, ERR_REFUSED, 0, "%s", c->hold);
	return DOCKET_IN_FORCE;
}

bool docket_automatic(bool switched_on, struct slice class, size_t captures, size_t findings,
                      size_t automatic_findings)
{
	return switched_on && slice_eq_str(class, "unapproved") && captures >= CAPTURES_NEEDED &&
	       findings > 0 && automatic_findings == findings;
}
