/* One rule, asked of one site for one destination. */
#ifndef ASSESS_RULE_H
#define ASSESS_RULE_H

#include "assess/policy.h"
#include "assess/verdict.h"

struct question {
	const struct assessor *as;
	const struct site *site;
	const struct extract *extract;
	const bool *mine;
	const struct registers *registers;
	struct slice destination;
	uint32_t offers_because; /* fact that shows the offer to the destination, or UINT32_MAX */
};

enum rule_answer {
	RULE_SILENT,   /* a condition does not hold */
	RULE_FIRES,    /* out is filled */
	RULE_DEFEATED, /* all hold, but an exception does too: out->rule and row say which */
};

/* Ask. out is written unless the answer is RULE_SILENT. */
enum rule_answer rule_ask(const struct question *q, const struct pack *pack,
                          const struct rule *rule, struct finding *out);

/* The active row that names the site and covers the destination, or NULL. */
const struct register_row *row_serving(const struct registers *r, const struct subject *s,
                                       struct slice destination);

/* Any active row that names the site, or NULL. */
const struct register_row *row_any(const struct registers *r, const struct subject *s);

#endif
