/* Whom it hits, and whether what is asked for is ours to ask. */
#include "act/basis.h"
#include "act/checking.h"
#include "base/sha256.h"

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

/* ---- decisions ---- */

static void check_decision(struct checking *c, const struct notice_subject *s)
{
	const char *wanted = c->n->matter == MATTER_ROGUE ? "rogue" : "unapproved";

	if (!slice_eq_str(s->class, wanted) &&
	    (c->n->matter == MATTER_ROGUE || !slice_eq_str(s->class, "rogue"))) {
		/* What a registrar may not be asked at all is told as its reach. */
		if (!notice_reaches_everywhere(c->n->recipient.to))
			checking_fail(c, s, "leave it out, or decide on it",
			              "it stands as '%.*s', not as %s", SLICE_ARG(s->class),
			              wanted);
		return;
	}
	if (is_zero(s->decision) || s->decided == NOTICE_NEVER || s->decided > c->terms.now)
		checking_fail(c, s, "let reviewers decide on it",
		              "no decision of people on it is in force");
	else if (s->entry < 0)
		checking_fail(c, s, "put the decision into the ledger",
		              "the decision on it is no entry of the ledger");
}

void check_decided(struct checking *c)
{
	for (size_t i = 0; i < c->n->annex_n; i++) {
		const struct notice_subject *s = &c->n->annex[i];
		if (c->n->matter == MATTER_ROGUE || c->n->matter == MATTER_UNAPPROVED)
			check_decision(c, s);
		else if (c->n->matter == MATTER_COMPROMISED && is_zero(s->decision) &&
		         is_zero(s->verdict))
			checking_fail(c, s, "assess it", "no verdict or decision is about it");
		if (s->period != NOTICE_NEVER && s->registration.created != NOTICE_NEVER &&
		    s->period != s->registration.created)
			checking_fail(c, s, "assess it anew: it may have another holder",
			              "it was registered anew since that decision (rule 13)");
	}
}

/* ---- reach ---- */

static size_t global_grounds(const struct notice_subject *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->finding_n; i++) {
		bool again = false;
		if (!s->finding[i].global || !slice_eq_str(s->finding[i].severity, "rogue"))
			continue;
		for (size_t k = 0; k < i; k++)
			again = again || (s->finding[k].global &&
			                  slice_eq_str(s->finding[k].severity, "rogue") &&
			                  slice_eq(s->finding[k].rule, s->finding[i].rule));
		n += !again;
	}
	return n;
}

/* A host takes pages away from buyers everywhere; by a fault for one destination, only where that
 * destination's law is its own. */
static bool is_at_home(const struct checking *c, const struct notice_subject *s)
{
	bool eu_buyer = false;

	for (size_t i = 0; i < s->destination_n; i++) {
		if (checking_has_country(&c->n->recipient, s->destination[i]))
			return true;
		eu_buyer = eu_buyer || basis_is_eu(s->destination[i]) ||
		           slice_eq_str(s->destination[i], "EU");
	}
	for (size_t i = 0; eu_buyer && i < c->n->recipient.country_n; i++)
		if (basis_is_eu(c->n->recipient.country[i]))
			return true;
	return false;
}

void check_reach(struct checking *c)
{
	const struct notice *n = c->n;
	const char *todo = "ask for measures for that destination: search, payment, advertising";

	for (size_t i = 0; i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		if (notice_reaches_everywhere(n->recipient.to)) {
			if (n->matter == MATTER_REGISTRATION)
				continue;
			if (n->matter == MATTER_ROGUE && slice_eq_str(s->class, "rogue") &&
			    global_grounds(s))
				continue;
			/* That a misused site is none of theirs is told as innocent. */
			if (n->matter == MATTER_COMPROMISED || n->matter == MATTER_STATEMENT)
				continue;
			checking_fail(
				c, s, todo,
				"rule 10: what takes a name off the whole Internet needs 'rogue' on "
				"ground that does not hang on one destination's law, whatever the "
				"mandate; it stands as '%.*s' with %zu such findings",
				SLICE_ARG(s->class), global_grounds(s));
		} else if (n->recipient.to == NOTICE_HOST && n->matter == MATTER_UNAPPROVED &&
		           n->action == NOTICE_REMOVE_CONTENT && !global_grounds(s) &&
		           !is_at_home(c, s)) {
			checking_fail(
				c, s, todo,
				"rule 10: pages would be gone for buyers everywhere by a fault "
				"for a destination whose law is not the host's");
		}
	}
}

void check_foreign_legal(struct checking *c)
{
	const struct notice *n = c->n;
	bool takes_away =
		notice_reaches_everywhere(n->recipient.to) || n->action == NOTICE_REMOVE_CONTENT;

	/* A search engine can leave it out for one country. */
	if (n->recipient.to == NOTICE_SEARCH || n->recipient.to == NOTICE_ADVERTISING)
		takes_away = false;
	for (size_t i = 0; takes_away && i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		if (s->foreign_legal || slice_eq_str(s->ground, "foreign_legal"))
			checking_fail(
				c, s, "leave it out",
				"a register names it as licensed where it dispenses: no %s is "
				"asked to take it away",
				notice_to_name(n->recipient.to));
	}
}

void check_innocent(struct checking *c)
{
	const struct notice *n = c->n;
	bool tends = n->recipient.to == NOTICE_OWNER || n->recipient.to == NOTICE_HOST;

	for (size_t i = 0; i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		bool compromised = n->matter == MATTER_COMPROMISED;
		if (compromised && !s->abused)
			checking_fail(c, s, "leave it out",
			              "nothing says that others misuse this site");
		else if (compromised && !tends)
			checking_fail(
				c, s, "write to its owner and its host",
				"an innocent site that others misuse is told to its owner and host "
				"alone, not to a %s",
				notice_to_name(n->recipient.to));
		else if (!compromised && s->abused)
			checking_fail(
				c, s, "draw up a notice of matter 'compromised'",
				"an innocent site that others misuse is nobody's to take down");
		if (!compromised && s->legitimate)
			checking_fail(c, s, "leave it out",
			              "it is legitimate for some destination");
	}
}

/* ---- victims and bystanders ---- */

static bool shows_registrant(struct slice json)
{
	return slice_find_slice(json, SLICE("\"registrant\"")) < json.n;
}

void check_victim(struct checking *c)
{
	const struct notice *n = c->n;

	for (size_t i = 0; i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		bool shown = false;
		if (n->matter != MATTER_REGISTRATION)
			continue;
		if (checking_asks(c) && !s->registration.suspected_victim)
			checking_fail(c, s, "leave it out, or review the report of the victim",
			              "nothing says that its registrant's identity was stolen");
		/* Pages and statements of such a name may show whom it was stolen from. */
		for (size_t k = 0; k < s->finding_n; k++)
			shown = shown || s->finding[k].quote_n;
		if (shown || s->capture_n)
			checking_fail(c, s, "leave its pages out",
			              "pages are quoted, which may show the registrant");
	}
	if (n->matter == MATTER_REGISTRATION && n->statement_n)
		checking_fail(c, NULL, "leave the statements out",
		              "a statement is attached, which may show the registrant");
	if (shows_registrant(c->written->annex) || shows_registrant(c->written->xarf))
		checking_fail(c, NULL, "write the attachments anew",
		              "an attachment shows the registrant");
}

void check_collateral(struct checking *c)
{
	const struct notice *n = c->n;
	bool name = notice_reaches_everywhere(n->recipient.to);

	for (size_t i = 0; n->action != NOTICE_NONE && i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		bool whole = name || n->recipient.to == NOTICE_HOST;
		if (s->platform && name)
			checking_fail(c, s, "name the tenant, to the platform",
			              "it is a platform: it is not condemned for its tenants");
		else if (whole && (s->tenants || s->platform) && !s->collateral.n)
			checking_fail(c, s, "let a reviewer say what else would go with it",
			              "%zu other subjects under this name are known", s->tenants);
		else if (s->popular && !s->collateral.n)
			checking_fail(c, s, "let a reviewer say what else would go with it",
			              "it is among the names that many people visit");
	}
}

void check_verified(struct checking *c)
{
	const struct notice *n = c->n;
	bool by_mandate = false;

	if (!notice_reaches_everywhere(n->recipient.to) || n->matter == MATTER_REGISTRATION ||
	    n->action == NOTICE_NONE)
		return;
	for (size_t i = 0; i < n->law_n; i++)
		by_mandate = by_mandate || n->law[i].basis == BASIS_MANDATE;
	for (size_t i = 0; i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		if (!s->registration.verified)
			continue;
		if (!by_mandate && global_grounds(s) < 2)
			checking_fail(
				c, s, "turn to the operator, or to an authority",
				"its operator's identity is proven: it takes a mandate or two rules "
				"that hold anywhere, and it has %zu",
				global_grounds(s));
		if (n->action != NOTICE_SUSPEND && n->action != NOTICE_DISCLOSE)
			checking_fail(
				c, s, "ask for 'suspend' or 'disclose'",
				"its operator's identity is proven: nothing that is harder to undo "
				"than a suspension is asked for");
	}
}
