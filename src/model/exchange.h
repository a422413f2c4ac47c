/* One exchange with the outside, as it was: what was sent, what came back, when and through what.
 *
 * It is what carries a request out (sys/), what is kept (store/archive), and what the errands of
 * collect/ are told, in that order: so what an errand knows is what is stored, and replaying the
 * stored exchanges in their order gives the same observations.
 *
 *   bytes   exactly those of the wire: an HTTP response is its status line, its fields and its body in
 *           the transfer coding and content coding it came in, also through a proxy (of which
 *           nothing is kept)
 *   owns    nothing */
#ifndef MODEL_EXCHANGE_H
#define MODEL_EXCHANGE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exchange_kind {
	EXCHANGE_DNS,    /* request, response: messages (RFC 1035 4) without the length of TCP */
	EXCHANGE_HTTP,   /* one request and its response; no redirect is followed */
	EXCHANGE_WHOIS,  /* request: the line with its CRLF; response: all until the server closes */
	EXCHANGE_RENDER, /* response: the document as serialised after load, UTF-8; a picture beside */
	EXCHANGE_KINDS
};

/* How an exchange ended. What arrived before a fault is kept. */
enum exchange_fault {
	FAULT_NONE,
	FAULT_ADDRESS,    /* the address is special-purpose (RFC 6890) and was not connected to */
	FAULT_NAME,       /* the name has no address: NXDOMAIN or no data */
	FAULT_RESOLVE,    /* it could not be learned: SERVFAIL, no answer */
	FAULT_CONNECT,    /* refused, unreachable, no answer */
	FAULT_TLS,        /* no session could be agreed; certificates that are not trusted are no fault */
	FAULT_PROXY,      /* the vantage's proxy failed, not the site */
	FAULT_CLOSED,     /* the other side went away before its answer was whole */
	FAULT_PROTOCOL,   /* what came is not HTTP, DNS, ... */
	FAULT_TIMEOUT,    /* no byte came in time, or the whole took too long: see truncated */
	FAULT_BUSY,       /* the server said that we ask too much (RDAP 429, WHOIS refusals) and kept to it */
	FAULT_PARSER,     /* the process that reads such bytes died of them, twice */
	FAULT_BROWSER,    /* the browser died or could not be driven */
	FAULT_STOPPED,    /* we were told to stop */
	EXCHANGE_FAULTS
};

/* Which limit cut the response short (WARC-Truncated, ISO 28500 5.13). */
enum exchange_cut {
	CUT_NONE,
	CUT_LENGTH, /* bytes of the body, of its decoded form, or of the header fields */
	CUT_TIME,
	CUT_CLOSED, /* "disconnect" */
	EXCHANGE_CUTS
};

struct exchange {
	enum exchange_kind kind;
	uint32_t number;          /* of the ask that it answers (collect/ask.h) */
	struct slice vantage;     /* name; empty for DNS, RDAP and WHOIS */
	struct slice uri;         /* "https://h.example/", "dns:h.example?type=A", "whois://server/name" */
	int64_t at_ms;            /* when it began, milliseconds since 1970 */
	int64_t took_ms;
	struct slice remote;      /* address and port connected to, "192.0.2.1:443"; empty: none, or a proxy's */
	enum exchange_fault fault;
	enum exchange_cut cut;
	struct slice request;
	struct slice response;
	struct slice picture;     /* of a rendering: PNG; else empty */
	const struct slice *chain; /* TLS certificates (DER) as presented, the server's first */
	size_t chain_n;
	const char *tls_verify;   /* NULL: trusted or no TLS; else what is wrong: "self-signed certificate" */
};

/* "http", "timeout", "length": as manifests and records write them. Never NULL. */
const char *exchange_kind_name(enum exchange_kind k);
const char *exchange_fault_name(enum exchange_fault f);
const char *exchange_cut_name(enum exchange_cut c);
/* False for another word. */
bool exchange_kind_of(struct slice word, enum exchange_kind *out);
bool exchange_fault_of(struct slice word, enum exchange_fault *out);
bool exchange_cut_of(struct slice word, enum exchange_cut *out);

#endif
