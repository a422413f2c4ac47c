/* An HTTP/1.1 server for small answers: GET, HEAD, and POST of bounded bodies.
 *
 *   source  RFC 9110 (semantics), RFC 9112 (messages); libmicrohttpd reads and writes them
 *   by us   what the library leaves open: a deadline for a request's head (it has only a limit for
 *           silence, which a byte a second never meets), for its body and for an answer to be
 *           taken; refusal of messages whose length two parties could read differently; caps on
 *           target, head and body before memory is given
 *   threads the handler is called by several at once
 *   says    nothing: no target, address or field of a request is ever logged or kept
 *
 * It stands behind nginx or Caddy in production, and is safe without them. No TLS. */
#ifndef SYS_HTTP_SERVER_H
#define SYS_HTTP_SERVER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_limits {
	unsigned connections; /* open at once; those that come after are closed unread */
	unsigned threads;     /* 0: one a processor */
	size_t target;        /* bytes of a request target; more is 414 */
	size_t head;          /* bytes of request line and fields; more is 431 */
	unsigned head_s;      /* from the first byte of a request until its head is whole */
	unsigned idle_s;      /* without a request; without progress of any kind */
	unsigned body_s;      /* from the head until the body is whole */
	unsigned send_s;      /* from the answer until its last byte is taken */
};

/* 12,000 connections, 8,000 bytes of target (RFC 9112 section 3: at least that), 16 KiB of head,
 * 10 s for a head, 60 s idle, 60 s for a body, 120 s for an answer. */
struct http_limits http_limits_default(void);

struct http_request {    /* valid until the handler returns */
	struct slice method; /* "GET" (also for HEAD), "POST", as sent */
	struct slice target; /* raw: path and query, "/d/x.example?for=JP"; begins with '/' */
	struct slice path;   /* raw part before '?' */
	struct slice query;  /* raw part behind it; empty */
	struct slice body;   /* POST: whole */
	void *fields;
};

/* The value of a field by its name in any case; empty with .p NULL when it is absent. Of several
 * the first. Valid as long as the request. */
struct slice http_request_field(const struct http_request *request, const char *name);

/* The address of the other end as 16 bytes, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2). Behind
 * a proxy it is the proxy's. false when the library does not know it. */
enum { HTTP_PEER = 16 };
bool http_request_peer(const struct http_request *request, uint8_t out[HTTP_PEER]);

enum { HTTP_FIELDS = 12 };

struct http_response { /* zero-initialised is 200 and empty */
	unsigned status;        /* 0: 200 */
	const char *media_type; /* a literal, with its charset; NULL: none */
	struct buf body;        /* taken by the server in every case */
	struct slice fixed;     /* instead of body: bytes that outlive the server, sent uncopied */
	/* More fields. Names are literals; values are copied when the handler returns. */
	struct {
		const char *name;
		struct slice value;
	} field[HTTP_FIELDS];
	size_t fields;
	/* Instead of body: called from a thread of the server until it returns 0 (the end) or a
	 * negative code (the connection is broken off, so that nobody takes half for all); 1 = call
	 * again. Appends at most about 64 KiB a call to out. Sent in chunks. */
	int (*more)(void *stream, struct buf *out, struct err *err);
	void *stream;
	void (*stream_free)(void *stream); /* called once in every case; NULL is fine */
	bool close; /* the connection, behind this answer */
	struct arena arena; /* what the handler makes, values of fields too; released by the server
	                       when it has copied them */
};

/* Answer a request. It cannot fail: a failure is an answer too. */
typedef void (*http_handle_fn)(void *ctx, const struct http_request *request,
                               struct http_response *out);

/* Before a body is read: how many bytes of it are allowed; more is 413. 0: none at all. A handler
 * is called all the same when there is no body. request->body is empty here. */
typedef size_t (*http_body_fn)(void *ctx, const struct http_request *request);

/* What the server refuses by itself (400, 408, 411, 413, 414, 417, 431, 501, 505) it answers with
 * this body and media type, if given: fill out->media_type and out->body for a status. */
typedef void (*http_refuse_fn)(void *ctx, unsigned status, struct http_response *out);

struct http_config {
	const char *address; /* IPv4 or IPv6 literal: "127.0.0.1", "::1" */
	uint16_t port;       /* 0: one that is free */
	struct http_limits limits;
	http_handle_fn handle;
	http_body_fn body;     /* NULL: no bodies */
	http_refuse_fn refuse; /* NULL: empty bodies */
	void *ctx;
};

struct http_server;

/* Listen and serve from threads of its own. ERR_USAGE for an address that is none; ERR_BUSY when
 * the port is taken (the message says which); ERR_IO, ERR_NOMEM. */
int http_server_start(const struct http_config *config, struct http_server **out, struct err *err);

/* The port it listens on. */
uint16_t http_server_port(const struct http_server *s);

/* Take no new connection, let requests that are under way be answered for up to grace_s seconds,
 * close all and free. NULL is fine. */
void http_server_stop(struct http_server *s, unsigned grace_s);

struct http_counts {
	uint64_t accepted, rejected; /* connections taken; closed at once, being too many */
	uint64_t open;               /* now */
	uint64_t requests;           /* whole heads that were read */
	uint64_t refused;            /* answered by the server itself */
	uint64_t expired;            /* connections cut at a deadline */
};

struct http_counts http_server_counts(struct http_server *s);

#endif
