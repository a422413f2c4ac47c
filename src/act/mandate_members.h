/* The members of a mandate's JSON (doc/format/mandate.md): between act/mandate.c, which asks who signed
 * it, and the one reader of what it says. */
#ifndef ACT_MANDATE_MEMBERS_H
#define ACT_MANDATE_MEMBERS_H

#include "act/mandate.h"

/* Their names, NULL behind the last. */
extern const char *const mandate_members[];

/* Read them all; who signed is not asked. ERR_SYNTAX "mandate: scope is ..."; ERR_NOMEM; out untouched
 * then. */
int mandate_read_members(const json_t *o, struct arena *a, struct mandate *out, struct err *err);

/* Whether a clause is the one for designated authorities, however it is written. */
bool mandate_names_3_18_3(struct slice clause);

#endif
