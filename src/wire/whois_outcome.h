/* What a WHOIS server says when it tells no registration. */
#ifndef WIRE_WHOIS_OUTCOME_H
#define WIRE_WHOIS_OUTCOME_H

#include "wire/whois.h"

/* By the sentences of an answer without fields: WHOIS_RAW where none is known. wait_s gets the
 * seconds that a throttled answer names, else 0. */
enum whois_state whois_outcome_of_text(struct slice text, int64_t *wait_s);

/* By the value of a status: WHOIS_RAW where it says nothing of the kind. */
enum whois_state whois_outcome_of_status(struct slice status);

#endif
