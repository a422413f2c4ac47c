/* One rule, asked of one site for one destination. */
#ifndef ASSESS_RULE_H
#define ASSESS_RULE_H

#include "assess/numbers.h"
#include "assess/policy.h"
#include "assess/rule_index.h"
#include "assess/verdict.h"

struct question {
	const struct assessor *as;
	const struct site *site;
	const struct extract *extract;
	const bool *mine;
	const struct registers *registers;
	struct slice destination;
	uint32_t offers_because; /* fact that shows the offer to the destination, or UINT32_MAX */
	int64_t at;              /* of the evaluation: licences end */
	const struct numbers *numbers; /* that the site shows; NULL: none was looked up */
};

enum rule_answer {
	RULE_SILENT,   /* a condition does not hold */
	RULE_FIRES,    /* out is filled */
	RULE_DEFEATED, /* all hold, but an exception does too: out->rule and row say which */
};

/* Ask. out is written unless the answer is RULE_SILENT. */
enum rule_answer rule_ask(const struct question *q, const struct pack *pack,
                          const struct rule *rule, struct finding *out);

/* What the site has that rules may ask for, for the destination of the question. */
struct rule_present rule_present_of(const struct question *q);

/* Number of pages of the subject, each address once, that hold text. */
size_t pages_of(const struct site *site, const bool *mine);

#endif
