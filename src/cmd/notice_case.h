/* A case out of the store: what is known of one subject that a notice may be about. Nothing is
 * written to the store.
 *
 *   decided    decisions in force of the current registration period: the gravest class, its
 *              destinations, whether any says foreign_legal, abused_legit or legitimate
 *   found      the findings of the verdict for those destinations, notes left out, texts masked
 *   captured   pages that findings quote, and the newest one of the same addresses from each vantage,
 *              newest first; what other vantages were shown
 *   held       the newest registration and DNS observations
 *   beside     tenants, platform, popular: what else would go with the name */
#ifndef CMD_NOTICE_CASE_H
#define CMD_NOTICE_CASE_H

#include "act/party.h"
#include "base/arena.h"
#include "cmd/notice_desk.h"
#include "model/notice.h"

enum { NOTICE_CAPTURES = 8, NOTICE_QUOTES = 4 }; /* of one subject; of one finding */

/* Read it. seen: what act/party.h asks for, of the same subject. Texts lie in the arena. A subject
 * that nothing is known of has class "": no failure. As acts_standing; ERR_CORRUPT; ERR_NOMEM. */
int notice_case_subject(struct notice_desk *desk, struct subject subject, struct arena *a,
                        struct notice_subject *out, struct party_seen *seen, struct err *err);

/* Count the tenants of each subject: one walk over the hosts of the store. */
int notice_case_tenants(struct notice_desk *desk, struct notice_subject *list, size_t n,
                        struct err *err);

#endif
