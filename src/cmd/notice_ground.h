/* The store's side of act/ground.h: what a notice of a further kind rests on, put into its annex.
 *
 *   when     after notice_case_subject has read a subject, for whatever matter the notice is of; and
 *            notice_ground_statements once the annex is whole
 *   records  MATTER_REGISTRATION: records of type report about the name (cmd/reports.h), since the
 *            registration period began. Without ground the subject stays as it is, and act/check.h
 *            refuses it (CHECK_VICTIM)
 *            MATTER_COMPROMISED: the newest verdict of the site, its `abused` member, and the case of
 *            the url that this names. Without one the subject stays as it is: CHECK_INNOCENT
 *            every other matter: where a registration was made with a stolen identity, that is marked,
 *            so that nothing of the registrant is shown there either */
#ifndef CMD_NOTICE_GROUND_H
#define CMD_NOTICE_GROUND_H

#include "act/ground.h"
#include "base/arena.h"
#include "cmd/notice_desk.h"
#include "model/notice.h"

#include <stddef.h>

/* Put into s what the store says of its ground. Texts lie in the arena. As store_each_record;
 * ERR_CORRUPT; ERR_NOMEM. */
int notice_ground_subject(struct notice_desk *desk, enum notice_matter matter,
                          struct notice_subject *s, struct arena *a, struct err *err);

/* Fill n->statement with what rights holders say of the subjects of the annex, where the matter is one
 * that statements belong to (rogue, unapproved) and the recipient is no rights holder. */
int notice_ground_statements(struct notice_desk *desk, struct notice *n, struct arena *a,
                             struct err *err);

#endif
