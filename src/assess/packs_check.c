/* What packs must not say of each other, and rules not of one another. */
#include "assess/condition.h"

static int check_pair(const struct pack *a, const struct pack *b, struct err *err)
{
	if (slice_eq(a->id, b->id))
		return err_set(err, ERR_SYNTAX, 0, "%s: pack '%.*s' is in %s already", a->file,
		               SLICE_ARG(a->id), b->file);
	if (a->kind != PACK_JURISDICTION || b->kind != PACK_JURISDICTION)
		return 0;
	for (size_t d = 0; d < a->destination_n; d++)
		if (pack_covers(b, a->destinations[d]))
			return err_set(err, ERR_SYNTAX, 0, "%s: %s speaks for %.*s already", a->file,
			               b->file, SLICE_ARG(a->destinations[d]));
	return 0;
}

static bool meet_in_time(const struct rule *a, const struct rule *b)
{
	int64_t from = INT64_MIN, until = INT64_MAX;

	for (size_t i = 0; i < a->law_n; i++) {
		from = a->law[i].from > from ? a->law[i].from : from;
		until = a->law[i].until < until ? a->law[i].until : until;
	}
	for (size_t i = 0; i < b->law_n; i++) {
		from = b->law[i].from > from ? b->law[i].from : from;
		until = b->law[i].until < until ? b->law[i].until : until;
	}
	return from < until;
}

static bool meet_in_place(const struct pack *p, const struct rule *a, const struct pack *q,
                          const struct rule *b)
{
	for (size_t i = 0; i < p->destination_n; i++)
		if (rule_covers(a, p->destinations[i]) && pack_covers(q, p->destinations[i]) &&
		    rule_covers(b, p->destinations[i]))
			return true;
	return false;
}

/* Rule a of pack p against rule b of pack q, which was read before it. */
static int check_rules(const struct pack *p, const struct rule *a, const struct pack *q,
                       const struct rule *b, struct err *err)
{
	if (slice_eq(a->id, b->id))
		return err_set(err, ERR_SYNTAX, a->line, "rule %.*s: %s:%u: is in %s:%u already",
		               SLICE_ARG(a->id), p->file, a->line, q->file, b->line);
	if (a->severity != b->severity && a->when_n && b->when_n && meet_in_time(a, b) &&
	    meet_in_place(p, a, q, b) && conditions_same(a->when, a->when_n, b->when, b->when_n) &&
	    conditions_same(a->unless, a->unless_n, b->unless, b->unless_n))
		return err_set(err, ERR_SYNTAX, a->line,
		               "rule %.*s: %s:%u: asks what %.*s (%s:%u) asks, and is %s where that is %s",
		               SLICE_ARG(a->id), p->file, a->line, SLICE_ARG(b->id), q->file, b->line,
		               severity_name(a->severity), severity_name(b->severity));
	return 0;
}

static int check_all_rules(const struct pack *p, const struct pack *q, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->rule_n; i++)
		for (size_t k = 0; rc == 0 && k < (p == q ? i : q->rule_n); k++)
			rc = check_rules(p, &p->rule[i], q, &q->rule[k], err);
	return rc;
}

int packs_check(const struct pack *packs, size_t n, struct err *err)
{
	size_t jurisdictions = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			int rc = check_pair(&packs[i], &packs[k], err);
			if (rc)
				return rc;
		}
		for (size_t k = 0; k <= i; k++) {
			int rc = check_all_rules(&packs[i], &packs[k], err);
			if (rc)
				return rc;
		}
		jurisdictions += packs[i].kind == PACK_JURISDICTION;
	}
	if (n && !jurisdictions)
		return err_set(err, ERR_SYNTAX, 0,
		               "%s: a pack of kind %s joins what packs of jurisdictions say of a country, "
		               "and none of those is here",
		               packs[0].file, pack_kind_name(packs[0].kind));
	return 0;
}
