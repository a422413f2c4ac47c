/* Fetch web pages, thousands at a time, and keep what was on the wire. By libcurl's multi interface
 * on a loop.
 *
 *   source    RFC 9110, RFC 9112 (HTTP/1.1 only); RFC 8446 (TLS); RFC 1928 (SOCKS5)
 *   one call  is one exchange: no redirect is followed, no cookie kept, nothing decoded. From a
 *             vantage "Accept-Encoding: gzip, deflate" is sent, as browsers do; without one not
 *   bytes     of the final response: interim ones (1xx) are dropped, and what a proxy says to
 *             CONNECT. A head that libcurl cannot read ends before the line that it cannot read
 *   addresses names are resolved by the resolver, checked (sys/reach.h), pinned, and the address is
 *             checked once more when the socket is made; through a proxy that is not trusted the
 *             proxy is given the address, in a tunnel (CONNECT, SOCKS5) also for http: it must
 *             allow CONNECT to port 80. The proxy's own address is the configuration's: not checked
 *   pace      per host and vantage: one connection at a time, and a delay between the end of one
 *             request and the start of the next. Who waits holds no socket but the connection that
 *             was kept for it; of those there are as many as may be in flight. Asks of one host
 *             and vantage are carried out in order; hosts that were begun come before others
 *   memory    where all bodies together take more than they may, those that came last are read no
 *             further until there is room; that time is not counted as the site's
 *   TLS       1.0 and up; certificates are recorded, not required: an invalid one is a fact, not a
 *             failure. The system's authorities (OpenSSL's paths and SSL_CERT_FILE, SSL_CERT_DIR)
 *             say what is trusted
 *   cut       a limit on bytes is no fault: FAULT_NONE and CUT_LENGTH; silence and the whole time
 *             are FAULT_TIMEOUT and CUT_TIME; a loss of the connection FAULT_CLOSED and CUT_CLOSED
 *   files     the limit of open files is raised as far as the system allows; where it stays too low
 *             for in_flight, fewer are */
#ifndef SYS_FETCH_H
#define SYS_FETCH_H

#include "base/err.h"
#include "base/slice.h"
#include "model/exchange.h"
#include "model/vantage.h"
#include "sys/loop.h"
#include "sys/reach.h"
#include "sys/resolve.h"

#include <stddef.h>
#include <stdint.h>

struct fetcher;

struct fetch_limits {
	uint64_t body_bytes;    /* as they come, chunk sizes included; 0: 8 MiB */
	uint64_t header_bytes;  /* heads of interim responses included; 0: 256 KiB */
	int64_t connect_ms;     /* TLS and proxy included; 0: 15,000 */
	int64_t idle_ms;        /* longest silence; 0: 20,000 */
	int64_t total_ms;       /* 0: 60,000 */
};

struct fetcher_options {
	struct reach reach;
	int64_t host_delay_ms;   /* between two requests to one host from one vantage; 0: none */
	unsigned in_flight;      /* transfers at once; 0: 1,000 */
	uint64_t bodies;         /* bytes of bodies in memory at once; 0: 256 MiB */
};

struct fetch_request {
	uint32_t number;               /* comes back in the exchange */
	struct slice url;              /* canonical (wire/url.h) */
	const struct vantage *vantage; /* NULL: no proxy, none of its fields (RDAP) */
	struct slice referer;          /* empty: none */
	struct slice accept;           /* empty: that of a browser for pages */
	struct slice user_agent;       /* where vantage is NULL */
	struct fetch_limits limits;
	bool unpaced;                  /* the caller keeps the pace itself */
};

int fetcher_new(struct loop *l, struct resolver *r, const struct fetcher_options *o,
                struct fetcher **out, struct err *err);
/* Transfers under way end with FAULT_STOPPED first. Before its resolver goes; not from within
 * fn. */
void fetcher_free(struct fetcher *f);

/* Start, or queue. All of the request is copied. fn is called once, from the loop, never from
 * within this call; the exchange is valid during the call, and fn may start others. ERR_USAGE (no
 * http or https address; a control character in a field; a proxy or local address that is none),
 * ERR_REFUSED (it is being freed), ERR_NOMEM. */
typedef void (*fetch_fn)(void *ctx, const struct exchange *x);
int fetch_start(struct fetcher *f, const struct fetch_request *q, fetch_fn fn, void *ctx,
                struct err *err);

/* One WHOIS query (RFC 3912) under the same rules of address and pace: connect to host[:43], send
 * line and CRLF, read until the server closes. An answer without a byte is FAULT_CLOSED. */
struct whois_request {
	uint32_t number;
	struct slice server; /* "whois.example", "whois.example:4343" */
	struct slice line;   /* without CRLF; no control characters */
	uint64_t bytes;      /* 0: 1 MiB */
	int64_t total_ms;    /* 0: 30,000 */
};
int whois_start(struct fetcher *f, const struct whois_request *q, fetch_fn fn, void *ctx,
                struct err *err);

/* Bytes of exchanges that the caller keeps for a while count as bodies in memory too. */
void fetcher_hold(struct fetcher *f, uint64_t bytes);
void fetcher_let_go(struct fetcher *f, uint64_t bytes);

/* What is under way, and what waits for its host. */
size_t fetcher_in_flight(const struct fetcher *f);
size_t fetcher_waiting(const struct fetcher *f);

#endif
