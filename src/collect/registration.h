/* The errand that learns of one domain's registration: RDAP at the registry, then at the registrar;
 * WHOIS where there is no RDAP. A state machine without I/O, over collect/ask.h.
 *
 *   source    RFC 9224 (which server), RFC 9082 3.1.3 (domain/NAME), RFC 7480 (HTTP; 429,
 *             redirects, 404), RFC 3912 (WHOIS); the `related` link of ICANN's RDAP profile
 *   order     the registry's RDAP server, redirects followed; the server that its first `related`
 *             link to another host names, once. No RDAP server is known, or it does not work:
 *             IANA's WHOIS server for the last label, the registry's that it names, the registrar's
 *             that that names
 *   bounds    5 redirects, 4 WHOIS servers, none of them twice; each server that says it is asked
 *             too much is asked 3 times (collect/pace.h says when), and then counts as refusing.
 *             Who refuses is not gone around by WHOIS
 *   secure    https alone, unless http is allowed (tests)
 *   result    one observation: `registration` with what the servers tell, the registry's word first
 *             (model/registration.h), or `absence` of it: how is
 *               not-registered  the registry says that there is none
 *               reserved        nobody can register it, or only some may
 *               no-server       neither RDAP nor WHOIS server is known
 *               refused         asked too much, or not allowed
 *               unreadable      answers came, and nothing in them is understood
 *               timeout, connect, tls, … (exchange_fault_name): no answer came
 *             Both cite every answer that came. What may be personal data of what was read leaves
 *             as keyed hash, and without a key not at all
 *   owns      texts of its asks and observations; nothing of its options but copies */
#ifndef COLLECT_REGISTRATION_H
#define COLLECT_REGISTRATION_H

#include "base/err.h"
#include "base/slice.h"
#include "collect/ask.h"
#include "model/registration.h"
#include "model/subject.h"
#include "wire/rdap_bootstrap.h"

#include <stdbool.h>
#include <stdint.h>

struct registration_errand;

struct registration_order {
	struct subject subject;                 /* registrable: what the observation is about */
	const struct rdap_bootstrap *bootstrap; /* NULL: none; stays until the errand is freed */
	struct slice iana_whois;                /* empty: "whois.iana.org" */
	bool allow_http;                        /* RDAP servers of tests */
	const struct registration_key *key;     /* NULL: nothing is hashed; copied */
	struct asks *asks;
	observe_fn observe;
	void *observe_ctx;
};

/* ERR_USAGE (not a registrable name, a key without its id), ERR_NOMEM. */
int registration_errand_new(const struct registration_order *order,
                            struct registration_errand **out, struct err *err);
void registration_errand_free(struct registration_errand *e);

/* Put the first ask. */
int registration_errand_start(struct registration_errand *e, struct err *err);
/* Whether it waits for the answer of that ask. */
bool registration_errand_waits_for(const struct registration_errand *e, uint32_t number);
/* Take an answer that it waits for (others: ERR_USAGE). Errors end the order. */
int registration_errand_told(struct registration_errand *e, const struct answer *answer,
                             struct err *err);
/* Whether its observation was made. */
bool registration_errand_is_done(const struct registration_errand *e);

#endif
