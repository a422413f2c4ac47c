/* One handle of libcurl and what passes over the wire by it. For sys/fetch.c alone.
 *
 *   kept    the request as it was sent; the final response as it came, without interim ones (1xx)
 *           and without what a proxy says to CONNECT; the certificates as they were presented
 *   reused  for one exchange after the other: memory above WIRE_KEEP is given back between them */
#ifndef SYS_FETCH_WIRE_H
#define SYS_FETCH_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "model/exchange.h"
#include "sys/fetch_budget.h"
#include "sys/reach.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_KEEP = 32 << 10,
	WIRE_CERTIFICATES = 16, /* of one chain: real ones have up to five */
	WIRE_REMOTE = 64,
	WIRE_HOST = 256,
	WIRE_ADDRESSES = 16,
};

struct wire {
	struct wire *next; /* while nobody uses it */
	CURL *easy;
	bool is_tls;       /* for https alone, or for http alone */
	void *owner;
	/* What the exchange may do. */
	const struct reach *reach;
	bool is_proxied, host_is_ip;
	char host[WIRE_HOST]; /* whose certificate is wanted */
	X509_STORE **trust;   /* shared; the first to need it makes it */
	uint64_t header_limit, body_limit;
	struct fetch_budget *budget; /* of all wires together */
	struct fetch_share share;
	int64_t paused_ms;           /* since when it is, of clock_ticks_ns */
	/* What came of it. */
	struct buf request, response, certificates;
	struct slice chain[WIRE_CERTIFICATES]; /* into certificates, when it is over */
	size_t chain_n, certificate_n[WIRE_CERTIFICATES];
	const char *tls_verify;
	char remote[WIRE_REMOTE];
	uint64_t header_bytes, body_bytes; /* interim responses included in the first */
	bool has_head, head_ended; /* a status line; the empty line */
	bool has_tcp;              /* and TLS begins */
	bool connected;            /* TLS included; the request may go out */
	bool rests;                /* see wire_rest; since it last moved */
	bool refused;              /* by sys/reach.h, at the socket */
	bool no_memory;
	enum exchange_cut cut;
	int64_t alive_ms;          /* when it last moved, of clock_ticks_ns */
	char error[CURL_ERROR_SIZE];
	char pinned[WIRE_HOST + 8]; /* "host:443" as libcurl's table of addresses has it; empty: none */
};

/* A handle with all options that every exchange of its kind has. ERR_NOMEM. */
int wire_new(bool is_tls, struct wire **out, struct err *err);
void wire_free(struct wire *w);

/* Make it ready for the next exchange. */
void wire_clear(struct wire *w);

/* It has not moved for a while: give back what TLS keeps meanwhile, 16 KiB to read into (which
 * OpenSSL 3.0 does not do by itself after session tickets) and 16 KiB that the request was sent
 * from. True where that was done now. */
bool wire_rest(struct wire *w);

/* How it ended. Sets the cut, and .chain. */
enum exchange_fault wire_conclude(struct wire *w, CURLcode rc);

#endif
