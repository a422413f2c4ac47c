/* What passes at a proxy: the heads that a browser sends to one, and what one answers to us.
 *
 *   source  RFC 9110 9.3.6 (CONNECT), RFC 9112 3.2 (absolute-form, authority-form), 5 (fields), 6
 *           (length); RFC 1928 (SOCKS5)
 *   strict  a head that two readers could read differently is refused: folded lines, a field
 *           without a colon, control characters, two lengths, a transfer coding, an address with a
 *           user name */
#ifndef WIRE_PROXY_H
#define WIRE_PROXY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/ip.h"

#include <stdbool.h>
#include <stdint.h>

enum { PROXY_HEAD_MAX = 64 * 1024 }; /* octets of a head, its empty line included */

struct proxy_request {
	bool is_tunnel;      /* CONNECT */
	struct slice method;
	struct slice host;   /* canonical name, or address without its brackets; in the arena */
	uint16_t port;
	bool host_is_ip;
	struct slice target; /* origin form, as it was written: "/a?b"; not of a tunnel */
	struct slice fields; /* lines with their ends, without the empty one */
	uint64_t length;     /* octets of the body that follows; not of a tunnel */
};

/* Octets of the head at the start of bytes, its empty line included; 0: it is not whole yet. */
size_t proxy_head_length(struct slice bytes);

/* Read a whole head. ERR_SYNTAX (also for https in absolute form: TLS is tunnelled), ERR_NOMEM. */
int proxy_request_parse(struct slice head, struct arena *a, struct proxy_request *out,
                        struct err *err);

/* Append the head that goes on to the site: Host is that of the target, fields that are the proxy's
 * are left out, and the connection is closed behind the answer. absolute: the next is a proxy
 * again. */
void proxy_request_forward(const struct proxy_request *q, bool absolute, struct buf *out);

/* Append what opens a tunnel through a proxy: to the address, or to the name where it is NULL. */
void proxy_connect_put(struct slice name, const struct ip *address, uint16_t port, struct buf *out);
void proxy_socks_put(struct slice name, const struct ip *address, uint16_t port, struct buf *out);
/* The three octets that come before that: version, and no authentication. */
#define PROXY_SOCKS_HELLO SLICE("\x05\x01\x00")

/* What came back so far: octets that belong to the answer, and whether the tunnel is open.
 *
 *   return  1 whole, 0 more is needed; ERR_SYNTAX what came is no such answer */
int proxy_connect_answer(struct slice bytes, size_t *used, bool *open, struct err *err);
int proxy_socks_answer(struct slice bytes, size_t *used, bool *open, struct err *err);

#endif
