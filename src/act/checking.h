/* What the files of the checker share: the notice, what may be asked of it, and the failures so far.
 * Private to check*.c. */
#ifndef ACT_CHECKING_H
#define ACT_CHECKING_H

#include "act/check.h"

struct checking {
	const struct notice *n;
	struct check_terms terms;
	const struct check_writing *written;
	struct arena *a;
	enum notice_condition condition; /* the one that is looked at */
	struct check_failure *list;
	size_t count, cap;
	bool failed; /* no memory */
};

/* Tell a failure of the present condition. subject NULL: the notice as a whole. */
void checking_fail(struct checking *c, const struct notice_subject *subject, const char *todo,
                   const char *why, ...) __attribute__((format(printf, 4, 5)));

/* Something is asked for: a request, or a request with its history. */
bool checking_asks(const struct checking *c);
bool checking_has_country(const struct notice_recipient *r, struct slice country);
/* A basis is RAA 3.18.3. */
bool checking_is_3_18_3(const struct notice_basis_row *law);
/* Whether words stand in a text, ASCII case apart. */
bool checking_holds_words(struct slice text, const char *words);

/* check_recipient.c: about who is asked, and by what right. */
void check_clause(struct checking *c);
void check_no_dns_abuse(struct checking *c);
void check_harm(struct checking *c);
void check_action(struct checking *c);
void check_contact(struct checking *c);
void check_accountable(struct checking *c);
void check_mandate(struct checking *c);

/* check_evidence.c: about what was seen. */
void check_ours(struct checking *c);
void check_reproducible(struct checking *c);
void check_two_captures(struct checking *c);
void check_fresh(struct checking *c);
void check_eu_host(struct checking *c);

/* check_ground.c: about whom it hits. */
void check_decided(struct checking *c);
void check_reach(struct checking *c);
void check_foreign_legal(struct checking *c);
void check_innocent(struct checking *c);
void check_victim(struct checking *c);
void check_collateral(struct checking *c);
void check_verified(struct checking *c);

/* check_private.c, check_writing.c: about what was written. */
void check_private(struct checking *c);
void check_no_fraud(struct checking *c);
void check_form(struct checking *c);

#endif
