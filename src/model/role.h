/* Roles of people and machines, and what each may do: the one table for everybody who asks.
 *
 * An account has one or more roles; a token has some of its account's. Nobody can do everything:
 * who manages accounts and keys does not decide, and who decides does not send (DESIGN.md,
 * rule 11). */
#ifndef MODEL_ROLE_H
#define MODEL_ROLE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum role {
	ROLE_ADMINISTRATOR, /* accounts, keys, packs, settings */
	ROLE_APPROVER,      /* sends notices that others have written */
	ROLE_MANDATE_HOLDER, /* acts for somebody: a brand, a regulator */
	ROLE_READER,        /* sees what waits, and restricted evidence */
	ROLE_REPORTER,      /* hands in reports */
	ROLE_REVIEWER,      /* decides */
	ROLES
};

enum permission {
	PERMIT_READ_QUEUE,    /* what waits for a decision, and the case of it */
	PERMIT_READ_RESTRICTED, /* evidence that is not for everybody */
	PERMIT_REPORT,        /* hand in a report */
	PERMIT_DECIDE,        /* decide, correct, answer an appeal */
	PERMIT_WRITE_NOTICE,  /* write a notice */
	PERMIT_SEND_NOTICE,   /* approve and send it */
	PERMIT_MANDATE,       /* enter and withdraw a mandate of one's own */
	PERMIT_ACCOUNTS,      /* accounts, tokens, the audit trail */
	PERMIT_KEYS,          /* make, rotate, revoke keys */
	PERMIT_PACKS,         /* switch policy packs on and off */
	PERMIT_REDACT,        /* take bytes out */
	PERMISSIONS
};

/* A set of roles: bit (1u << role). 0 is nobody. */
typedef unsigned role_set;

static inline role_set role_only(enum role role)
{
	return 1u << role;
}

/* Whether somebody with these roles may do that. */
bool role_may(role_set roles, enum permission what);

/* The word of a role ("mandate_holder") and of a permission ("send_notice"). */
const char *role_name(enum role role);
const char *permission_name(enum permission what);

/* The role of a word: false when there is none. */
bool role_find(struct slice word, enum role *out);

/* Roles from words with one of the characters of `between` between them; ERR_SYNTAX names a word
 * that is none, and lists those that there are. Nothing at all is ERR_SYNTAX too. */
int role_set_parse(struct slice text, const char *between, role_set *out, struct err *err);

/* Append the words in their order, one `between` between two: " " is what a store keeps. */
void role_set_format(role_set roles, const char *between, struct buf *out);

/* Whether a name can be that of an account: 1 to ACCOUNT_NAME_MAX of a-z, 0-9, '-', '_' and '.',
 * as in src "reviewer:NAME" (one spelling, no spaces), and none that the audit trail uses for others. */
enum { ACCOUNT_NAME_MAX = 64 };
bool account_name_ok(struct slice name);

#endif
