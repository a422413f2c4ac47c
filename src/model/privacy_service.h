/* Privacy and proxy services, and the words that registries put in the place of what they withhold.
 *
 *   source  names and mail domains in real WHOIS and RDAP answers, and the services that registrars
 *           offer under those names; ICANN's Temporary Specification for the common placeholders
 *   use     a domain behind one of them has a registrant whom nobody can see: a fact of its own,
 *           and no link between two domains that share the service */
#ifndef MODEL_PRIVACY_SERVICE_H
#define MODEL_PRIVACY_SERVICE_H

#include "base/slice.h"

#include <stdbool.h>

/* The service that a name, an organisation or a mail address of a registrant is; NULL: none known.
 * Static. */
const char *privacy_service_of(struct slice text);

/* Whether a text stands in the place of a value: "REDACTED FOR PRIVACY", "Not Disclosed", "-". */
bool privacy_is_placeholder(struct slice text);

#endif
