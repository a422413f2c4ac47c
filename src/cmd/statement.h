/* The statement of reasons of a decision.
 *
 *   source  Regulation (EU) 2022/2065 (Digital Services Act), Article 17(3): what follows and where it
 *           applies; the facts relied on; whether automated means were used to detect and to decide;
 *           the legal ground; how to seek redress
 *
 * Facts are taken from the findings of the verdict, none graver than what was decided; each names its
 * rule, the pack's version and the evidence by digest, so that the statement can be checked. */
#ifndef CMD_STATEMENT_H
#define CMD_STATEMENT_H

#include "cmd/making.h"

/* A new reference: what doc/format/schema/decision.schema.json calls `statement`. ERR_CORRUPT where a
 * finding that the verdict names is not in the store; ERR_NOMEM. */
int statement_of(const struct making *m, bool automatic, json_t **out, struct err *err);

/* The rule that decided: the one that the verdict's ground names, else the first finding as grave as
 * what was decided. All empty where there is none. */
struct statement_rule {
	json_t *finding; /* owned by the caller; the slices point into it */
	struct slice id, pack, version, ground;
};
int statement_rule_of(const struct making *m, struct statement_rule *out, struct err *err);

#endif
