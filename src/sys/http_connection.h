/* The open connections of an HTTP server, the time each has left, and their end.
 *
 *   owner    libmicrohttpd reads, writes and closes; a record of ours stands beside each of its
 *            connections from its "started" until its "closed" notice
 *   phases   a deadline each (struct http_limits); a thread of ours looks twice a second and shuts
 *            down sockets that are past it
 *   safety   the thread touches a socket only while the record is in the list, under the lock that
 *            http_connection_closed takes before the library closes: a number that is used again is
 *            never shut down
 *   linger   a refused client may still be sending. To close then is a TCP reset, which can destroy
 *            the answer before it is read; so a copy of the socket is read empty for 2 s (nginx's
 *            lingering_close)                                                                     */
#ifndef SYS_HTTP_CONNECTION_H
#define SYS_HTTP_CONNECTION_H

#include "base/buf.h"
#include "sys/http_server.h"

#include <pthread.h>
#include <stdatomic.h>

enum http_phase { HTTP_IDLE, HTTP_HEAD, HTTP_BODY, HTTP_SEND };

struct http_connection {
	struct http_connection *next, *prev;
	int fd;
	_Atomic uint64_t state; /* the phase, and when it began: one word, so that they agree */
	_Atomic bool is_cut;    /* shut down by us */
	/* The deadline thread's: octets that had come when it first saw this state. */
	uint64_t seen, seen_bytes;
	/* The request's, touched by the one thread that serves the connection. */
	struct buf target, body;
	const char *target_at;
	size_t target_from, target_n; /* the origin form within target */
	bool target_is_root;
	size_t allowed;
	bool has_head;
	_Atomic bool had_line; /* a request line was read, of this request or one before */
	bool is_refused; /* answered without having been read to its end */
};

enum { HTTP_LINGER = 256 };

struct http_connections {
	struct http_limits limits;
	pthread_mutex_t lock;
	struct http_connection *first;
	_Atomic uint64_t accepted, rejected, open, requests, refused, expired;
	_Atomic bool is_stopping; /* answers close their connection */
	_Atomic bool is_over;
	pthread_t thread;
	int wake; /* eventfd */
	struct {
		int fd;
		int64_t until_ms;
	} linger[HTTP_LINGER]; /* under the lock */
	size_t lingering;
};

/* Begin watching. ERR_IO, ERR_NOMEM. */
int http_connections_start(struct http_connections *all, const struct http_limits *limits,
                           struct err *err);
/* Stop watching; every connection has been closed. */
void http_connections_stop(struct http_connections *all);

/* A connection came: its record, or NULL when there is no memory or no room for it (its socket is
 * shut down then and the library will close it). */
struct http_connection *http_connection_opened(struct http_connections *all, int fd);

/* Its end: call while the socket is still open. The record is freed. */
void http_connection_closed(struct http_connections *all, struct http_connection *c);

void http_connection_enter(struct http_connection *c, enum http_phase phase);

/* The request is over: forget it and wait for the next one. */
void http_connection_rest(struct http_connection *c);

/* Whether a peer that is still there has sent octets that no request line was made of, and has
 * never been answered: the library closes without a word on a line that has no space. */
bool http_connection_is_garbled(const struct http_connection *c);

/* Shut down what waits for a request; the number of connections that are within one. */
size_t http_connections_drain(struct http_connections *all);

#endif
