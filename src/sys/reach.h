/* Which addresses may be connected to.
 *
 *   source  the IPv4 and IPv6 special-purpose address registries (RFC 6890, RFC 8190): whatever is
 *           not globally reachable is refused, and so are multicast and IPv4 in IPv6 forms
 *           (mapped, NAT64, 6to4, Teredo) of what is refused
 *   opened  prefixes that the configuration names, for tests and for one's own proxies */
#ifndef SYS_REACH_H
#define SYS_REACH_H

#include "wire/ip.h"

#include <stdbool.h>
#include <stddef.h>

struct reach {
	const struct ip_prefix *opened;
	size_t opened_n;
};

bool reach_allows(const struct reach *reach, const struct ip *ip);

#endif
