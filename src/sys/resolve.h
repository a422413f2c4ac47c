/* Ask resolvers for names. By c-ares, on a loop.
 *
 *   source     RFC 1035, RFC 6891 (EDNS), RFC 7766 (TCP where an answer is cut)
 *   resolvers  those named; never those of the system's configuration unless they are named */
#ifndef SYS_RESOLVE_H
#define SYS_RESOLVE_H

#include "base/err.h"
#include "base/slice.h"
#include "model/exchange.h"
#include "sys/loop.h"
#include "wire/ip.h"

#include <stddef.h>
#include <stdint.h>

struct resolver;

struct resolver_options {
	const struct slice *server; /* "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:53" */
	size_t server_n;
	int64_t timeout_ms;  /* of one try; 0: 2,000 */
	unsigned tries;      /* 0: 3 */
};

int resolver_new(struct loop *l, const struct resolver_options *o, struct resolver **out,
                 struct err *err); /* ERR_USAGE (no server, not one), ERR_NOMEM */
/* Queries under way end with FAULT_STOPPED first. Not from within fn. */
void resolver_free(struct resolver *r);

/* One query. The exchange holds request and response as messages and is valid during the call only;
 * .fault is FAULT_NONE whenever a message came, whatever its RCODE: that of the last try that
 * brought one. No answer, SERVFAIL, REFUSED and NOTIMP make the next server be tried. fn is called
 * once, from the loop, never from within this call. */
typedef void (*resolver_fn)(void *ctx, const struct exchange *x);
int resolver_query(struct resolver *r, struct slice name, uint16_t rrtype, resolver_fn fn,
                   void *ctx, struct err *err); /* ERR_SYNTAX (no name), ERR_NOMEM */

/* All addresses of a name, A and AAAA, through CNAMEs: kept for as long as their TTL says, 5 s to
 * 300 s. address_n is 0 where fault is set (FAULT_NAME, FAULT_RESOLVE, FAULT_TIMEOUT,
 * FAULT_STOPPED). */
typedef void (*resolver_addresses_fn)(void *ctx, const struct ip *address, size_t address_n,
                                      enum exchange_fault fault);
int resolver_addresses(struct resolver *r, struct slice name, resolver_addresses_fn fn, void *ctx,
                       struct err *err);

#endif
