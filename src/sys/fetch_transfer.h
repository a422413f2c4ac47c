/* A transfer of sys/fetch.c, and how its wire is aimed at the site (sys/fetch_aim.c). */
#ifndef SYS_FETCH_TRANSFER_H
#define SYS_FETCH_TRANSFER_H

#include "sys/fetch.h"
#include "sys/fetch_queue.h"
#include "sys/fetch_route.h"

enum { TRANSFER_PROXY_MAX = 300 }; /* octets of a proxy's address */

struct transfer {
	struct fetch_job job; /* first: found by its address */
	struct fetcher *f;
	struct transfer *next, *prev; /* in fetcher.transfers */
	struct route *route;
	struct wire *wire; /* once it is resolved */
	struct curl_slist *fields, *pins, *detour;
	fetch_fn fn;
	void *ctx;
	int64_t at_ms, began_ms; /* the second by clock_ticks_ns */
	struct fetch_limits limits;
	uint32_t number;
	uint16_t port;
	bool is_tls, host_is_ip, resolving, gone;
	struct slice url, host, referer, accept, user_agent; /* in text; NUL behind each */
	char text[];
};

/* Set the options of t->wire: fields, the addresses that were checked (none for a trusted proxy),
 * the proxy. False: no memory. */
bool transfer_aim(struct transfer *t, const struct ip *address, size_t n);

/* Free what was made for that, when the wire is off its route. */
void transfer_aim_release(struct transfer *t);

#endif
