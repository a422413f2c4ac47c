/* The addresses of names, remembered: what resolver_addresses answers from. For sys/resolve.c
 * alone.
 *
 *   source  RFC 1035 3.2.1 (TTL), RFC 2308 (that there is none), RFC 8305 3 (A does not wait for
 *           AAAA)
 *   kept    addresses as long as their TTL says, 5 s to 300 s; that a name has none, 5 s; that it
 *           could not be learned, not at all. At most LOOKUPS_MAX names: the oldest go first */
#ifndef SYS_LOOKUPS_H
#define SYS_LOOKUPS_H

#include "sys/resolve.h"

enum { LOOKUPS_MAX = 20000, LOOKUP_ADDRESSES_MAX = 8 /* of each family */ };

struct lookups;

int lookups_new(struct loop *l, struct resolver *r, struct lookups **out, struct err *err);
/* When no query of the resolver is under way any more. */
void lookups_free(struct lookups *s);

/* As resolver_addresses. */
int lookups_ask(struct lookups *s, struct slice name, resolver_addresses_fn fn, void *ctx,
                struct err *err);

#endif
