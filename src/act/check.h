/* The actionability checker: what a notice must have before it may leave.
 *
 *   source   doc/format/notice.md "Conditions": the published list; DESIGN, rules 2, 3, 7, 10, 12, 14;
 *            RAA 3.18 as amended on 5 April 2024; Regulation (EU) 2022/2065, Art. 16
 *   asked    when a notice is drafted and again when it is sent, with what the store says then
 *   beside   whether a mandate covers countries, matter and classes of drug is act/mandate.h's to say
 *            (mandate_covers), and whether an address lies with a host act/party.h's: both know more
 *            than a notice holds
 *   short    a retraction and a farewell ask for nothing: for them the conditions action, contact (of
 *            whatever age), private, victim, accountable, mandate, no_fraud, no_dns_abuse and form hold
 *
 * Pure. Every condition that is not met is told, with the subject it is about and what to do. */
#ifndef ACT_CHECK_H
#define ACT_CHECK_H

#include "base/arena.h"
#include "base/err.h"
#include "model/notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum notice_condition {
	CHECK_OURS,          /* the recipient holds each name, by an observation that is fresh */
	CHECK_REPRODUCIBLE,  /* each subject has captures with a recipe and what is expected */
	CHECK_TWO_CAPTURES,  /* apart in time or vantage (rule 12) */
	CHECK_FRESH,         /* evidence not older than evidence_max_s */
	CHECK_CLAUSE,        /* a basis that binds this recipient is named */
	CHECK_NO_DNS_ABUSE,  /* 3.18.2 is not cited for content */
	CHECK_HARM,          /* what harm, to whom */
	CHECK_ACTION,        /* asked of somebody who can do it */
	CHECK_CONTACT,       /* an address that is right now */
	CHECK_DECIDED,       /* people decided, and it is in force for this registration period */
	CHECK_REACH,         /* rule 10: to a registrar, reseller or registry only rogue on global ground */
	CHECK_FOREIGN_LEGAL, /* never to those */
	CHECK_INNOCENT,      /* abused_legit to owner and host alone; nothing that is legitimate anywhere */
	CHECK_PRIVATE,       /* no personal data in what is written */
	CHECK_VICTIM,        /* of a stolen identity, nothing of the registrant is shown */
	CHECK_COLLATERAL,    /* platform, tenants, popular: assessed by a reviewer, or refused */
	CHECK_VERIFIED,      /* an operator proven by court-proof identity raises the threshold */
	CHECK_ACCOUNTABLE,   /* on whose behalf, who pays, what interest, appeal, verification */
	CHECK_MANDATE,       /* holds, covers countries, matter and kind of recipient, is not revoked */
	CHECK_NO_FRAUD,      /* unapproved is never called fraud */
	CHECK_EU_HOST,       /* Art. 16: exact address, name and mail of the notifier, reasons, good faith */
	CHECK_FORM,          /* what was written: ten first lines, sizes, schema, language */
};
enum { CHECK_CONDITIONS = CHECK_FORM + 1 };

/* "reach". */
const char *notice_condition_name(enum notice_condition c);
/* One line each for manuals and output: "takes a name off the whole Internet only on ground that ...". */
const char *notice_condition_says(enum notice_condition c);

/* Clocks and thresholds, from the configuration. */
struct check_terms {
	int64_t now;
	int64_t evidence_max_s; /* captures; default 14 days */
	int64_t contact_max_s;  /* address and registration; default 7 days */
	int64_t vantages_apart_s; /* apart in time: at least; 1 hour */
	int64_t directory_max_s; /* a row of the directory since it was checked; 0: the default */
};

#define CHECK_DIRECTORY_MAX_S (INT64_C(180) * 86400) /* half a year */

struct check_failure {
	enum notice_condition condition;
	struct slice subject;   /* key; empty: the notice as a whole */
	struct slice why, todo; /* in the arena */
};

/* What was written of it; all empty: nothing was yet, and CHECK_FORM and CHECK_PRIVATE look at the
 * notice's own texts alone. */
struct check_writing {
	struct slice mail_subject, letter, annex, xarf;
};

/* failures in the order of conditions, then of the annex; none: it may leave. ERR_LIMIT for a writing
 * that is too long to be looked through; ERR_NOMEM. */
int notice_check(const struct notice *n, const struct check_terms *terms,
                 const struct check_writing *written, struct arena *a, struct check_failure **out,
                 size_t *out_n, struct err *err);

#endif
