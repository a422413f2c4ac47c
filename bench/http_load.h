/* A load of GET requests on keep-alive connections, from one thread, for a bounded time.
 *
 *   source  RFC 9112 (one request on a connection at a time: no pipelining); epoll(7)
 *   server  on 127.0.0.1 alone
 *   wants   status 200 and a Content-Length in every answer: anything else ends the program, so
 *           that errors are never counted as lookups */
#ifndef BENCH_HTTP_LOAD_H
#define BENCH_HTTP_LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct http_load {
	uint16_t port;
	pid_t server;              /* whose processor time is counted */
	const char *const *target; /* asked for in this order, again from the first */
	size_t targets;
	size_t connections;        /* at most HTTP_LOAD_MAX */
	double seconds;
};

enum { HTTP_LOAD_MAX = 256 };

struct http_load_result {
	double per_second; /* answers, on the clock */
	double cpu_us;     /* of the server, an answer */
	double body;       /* octets, on average */
};

struct http_load_result http_load_run(const struct http_load *load);

#endif
