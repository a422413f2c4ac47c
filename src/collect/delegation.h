/* The errand of a name's DNS: what it is delegated to, where it leads, and whether anything is
 * there.
 *
 *   asks     NS, SOA, A, AAAA, MX, TXT and CAA of the name; of a registrable name also A and AAAA
 *            of "www." below it
 *   answers  are read here: wire/dnspkt.h is bounded and fuzzed, and resolvers are ours
 *   observes `dns`, always one; `absence` of "dns" beside it where nobody will find a site
 *   state    delegated     the name is in the DNS
 *            parked, suspended, sinkholed   it is, but on servers of collect/parking.h
 *            nxdomain      there is no such name
 *            no_delegation a registrable name that is there and has neither servers nor addresses
 *            no_data       another name that is there and has no address
 *            unresolved    it could not be learned
 *   source   RFC 1034 3.6.2 (CNAME), RFC 2308 (no data), RFC 8020 (no name, nothing below it) */
#ifndef COLLECT_DELEGATION_H
#define COLLECT_DELEGATION_H

#include "collect/ask.h"
#include "collect/parking.h"

struct delegation;

/* ctx and parking must outlive the errand. name: canonical, copied. */
struct delegation_options {
	struct slice name;
	bool is_registrable;
	const struct parking *parking; /* NULL: none known */
	observe_fn observe;
	void *ctx;
};

int delegation_new(const struct delegation_options *o, struct delegation **out, struct err *err);
void delegation_free(struct delegation *d);

int delegation_start(struct delegation *d, struct asks *asks, struct err *err);
/* Of an ask of its own, once each. ERR_USAGE for another; what observe returned; ERR_NOMEM. */
int delegation_answer(struct delegation *d, const struct answer *a, struct err *err);
bool delegation_is_done(const struct delegation *d);

#endif
