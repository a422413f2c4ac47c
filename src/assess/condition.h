/* Conditions of rules: reading them, and what follows from what. What they ask is in rule.c.
 *
 *   source  doc/format/pack.md, "Conditions" */
#ifndef ASSESS_CONDITION_H
#define ASSESS_CONDITION_H

#include "assess/policy.h"
#include "wire/yaml.h"

/* Read a list of conditions into the arena. ERR_SYNTAX "FILE:LINE: ...", ERR_NOMEM. */
int conditions_read(const struct yaml_node *list, struct arena *a, const struct condition **out,
                    size_t *n, struct err *err);

/* Read names of phrase classes as their bits. registered, where it is not NULL, is set by that word. */
int conditions_read_phrases(const struct yaml_node *node, struct arena *a, uint64_t *out,
                            bool *registered, struct err *err);

/* Whether b holds on every site on which a does. False may mean that it is not seen. */
bool condition_implies(const struct condition *a, const struct condition *b);

/* Whether two lists, all of which must hold, ask the same: each follows from the other. */
bool conditions_same(const struct condition *a, size_t n, const struct condition *b, size_t of);

#endif
