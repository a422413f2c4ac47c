/* What the process that reads hostile bytes makes of an answer about a registration: READ_RDAP and
 * READ_WHOIS of collect/ask.h.
 *
 *   in    the response of the exchange as it was on the wire: an HTTP message (RDAP, and IANA's
 *         list of RDAP servers), or the text of a WHOIS server
 *   out   an object:
 *           answer      "domain", "error", "help", "ip network", … (wire/rdap.h), "bootstrap", or
 *                       "registered", "available", "throttled", "raw", … (wire/whois.h)
 *           error_code  of an RDAP error
 *           registration  model/registration.h, without sources and hashes; where there are fields
 *           restricted  values that may be personal data, normalised for hashing:
 *                         mail     lower case, as wire/mail_address.h reads it
 *                         phone    "+" and digits; an extension and what follows it left out
 *                         others   folded (wire/fold.h)
 *                       of a privacy service, and words in the place of a value: left out
 *           related     list: addresses of RDAP answers elsewhere
 *           refer       the registry's WHOIS server, of an answer of IANA's
 *           referral    the registrar's WHOIS server
 *           bootstrap   wire/rdap_bootstrap.h
 *           wait_s      of a throttled answer, where it says so
 *   apart `restricted` is for the errand alone, which hashes it: no observation holds it */
#ifndef COLLECT_REGISTRATION_READING_H
#define COLLECT_REGISTRATION_READING_H

#include "base/err.h"
#include "base/slice.h"
#include "collect/ask.h"

/* what: READ_RDAP or READ_WHOIS. uri: of the exchange. A new reference in *out; ERR_SYNTAX (nothing
 * that can be read: of RDAP; a WHOIS text is "raw"), ERR_LIMIT, ERR_NOMEM, ERR_USAGE. */
int registration_reading(enum reading what, struct slice response, struct slice uri, json_t **out,
                         struct err *err);

#endif
