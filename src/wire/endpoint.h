/* A host with a port, as configurations and referrals write it.
 *
 *   bytes   name [":" port] | IPv4 [":" port] | IPv6 | "[" IPv6 "]" [":" port]
 *   source  RFC 3986 3.2.2 (brackets), 3.2.3 (port) */
#ifndef WIRE_ENDPOINT_H
#define WIRE_ENDPOINT_H

#include "base/err.h"
#include "base/slice.h"
#include "wire/dname.h"
#include "wire/ip.h"

#include <stdbool.h>
#include <stdint.h>

struct endpoint {
	bool is_ip;
	struct ip ip;            /* is_ip */
	uint16_t port;           /* never 0 */
	char host[DNAME_MAX + 1]; /* canonical name or address, without brackets */
};

enum { ENDPOINT_TEXT = DNAME_MAX + 9 }; /* with the NUL */

/* `port` is taken where none is written. ERR_SYNTAX; out untouched. */
int endpoint_parse(struct slice text, uint16_t port, struct endpoint *out, struct err *err);

/* "whois.example:43", "[2001:db8::1]:53". */
void endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT]);

#endif
