/* Servers for the tests of what asks them, on the test's own loop: one of HTTP, one of names.
 * Loopback alone, on ports that the system gives. */
#ifndef TEST_SMALL_NET_H
#define TEST_SMALL_NET_H

#include "base/buf.h"
#include "base/slice.h"
#include "sys/loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

/* ---- HTTP: one answer a connection ---- */

struct small_http;
/* The whole answer of a head; left empty: none, and the connection stays open. So many x follow it:
 * more. Of one that is raw: asked at each read, with all that came; the answer goes at once, and
 * the connection is closed where more is set. */
typedef void (*small_http_fn)(void *ctx, struct slice head, struct buf *answer, uint64_t *more);

struct small_http {
	uv_tcp_t uv;
	small_http_fn fn;
	void *ctx;
	bool is_raw;
	unsigned hits;
	uint16_t port;
	struct small_call *first;
};

struct small_call {
	uv_tcp_t uv;
	uv_write_t write;
	struct small_http *http;
	struct small_call *next, **at;
	struct buf head, answer;
	uint64_t more;
	char room[4096];
};

static inline void small_call_closed(uv_handle_t *h)
{
	struct small_call *c = h->data;

	buf_release(&c->head);
	buf_release(&c->answer);
	free(c);
}

static inline void small_call_end(struct small_call *c)
{
	if (uv_is_closing((uv_handle_t *)&c->uv))
		return;
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	uv_close((uv_handle_t *)&c->uv, small_call_closed);
}

static inline void small_call_written(uv_write_t *w, int status)
{
	struct small_call *c = w->data;
	static char much[65536];

	if (status < 0 || !c->more) {
		small_call_end(c);
		return;
	}
	unsigned n = c->more < sizeof(much) ? (unsigned)c->more : (unsigned)sizeof(much);
	uv_buf_t b = uv_buf_init(much, n);
	memset(much, 'x', sizeof(much));
	c->more -= n;
	if (uv_write(w, (uv_stream_t *)&c->uv, &b, 1, small_call_written) < 0)
		small_call_end(c);
}

static inline void small_call_room(uv_handle_t *h, size_t n, uv_buf_t *out)
{
	struct small_call *c = h->data;

	(void)n;
	*out = uv_buf_init(c->room, sizeof(c->room));
}

static inline void small_call_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct small_call *c = s->data;

	if (n < 0) {
		small_call_end(c);
		return;
	}
	buf_put(&c->head, slice_from(b->base, (size_t)n));
	if (c->http->is_raw) {
		buf_clear(&c->answer);
		c->http->fn(c->http->ctx, buf_slice(&c->head), &c->answer, &c->more);
		uv_buf_t now = uv_buf_init(c->answer.p, (unsigned)c->answer.n);
		if (c->answer.n)
			uv_try_write(s, &now, 1);
		if (c->more)
			small_call_end(c);
		return;
	}
	if (c->answer.n || slice_find_slice(buf_slice(&c->head), SLICE("\r\n\r\n")) == c->head.n)
		return;
	c->http->hits++;
	c->http->fn(c->http->ctx, buf_slice(&c->head), &c->answer, &c->more);
	if (!c->answer.n)
		return;
	uv_buf_t out = uv_buf_init(c->answer.p, (unsigned)c->answer.n);
	c->write.data = c;
	if (uv_write(&c->write, s, &out, 1, small_call_written) < 0)
		small_call_end(c);
}

static inline void small_http_call(uv_stream_t *s, int status)
{
	struct small_http *h = s->data;
	struct small_call *c = calloc(1, sizeof(*c));

	(void)status;
	c->http = h;
	c->next = h->first;
	if (c->next)
		c->next->at = &c->next;
	c->at = &h->first;
	h->first = c;
	uv_tcp_init(s->loop, &c->uv);
	c->uv.data = c;
	if (uv_accept(s, (uv_stream_t *)&c->uv) < 0 ||
	    uv_read_start((uv_stream_t *)&c->uv, small_call_room, small_call_read) < 0)
		small_call_end(c);
	uv_unref((uv_handle_t *)&c->uv);
}

/* address: of 127/8, in the host's order. */
static inline int small_http_start(struct small_http *h, struct loop *l, uint32_t address,
                                   small_http_fn fn, void *ctx)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };
	int n = sizeof(at);

	*h = (struct small_http){ .fn = fn, .ctx = ctx };
	int rc = uv_tcp_init(loop_uv(l), &h->uv);
	h->uv.data = h;
	rc |= uv_tcp_bind(&h->uv, (struct sockaddr *)&at, 0);
	rc |= uv_listen((uv_stream_t *)&h->uv, 128, small_http_call);
	rc |= uv_tcp_getsockname(&h->uv, (struct sockaddr *)&at, &n);
	uv_unref((uv_handle_t *)&h->uv);
	h->port = ntohs(at.sin_port);
	return rc;
}

static inline void small_http_stop(struct small_http *h)
{
	while (h->first)
		small_call_end(h->first);
	uv_close((uv_handle_t *)&h->uv, NULL);
}

/* "GET /a?b HTTP/1.1": "/a?b" */
static inline struct slice small_http_target(struct slice head)
{
	struct slice part;

	slice_cut(&head, ' ', &part);
	slice_cut(&head, ' ', &part);
	return part;
}

/* ---- names: RFC 1035, one question a message ---- */

/* Whether the name is there; its IPv4 addresses for this question, in the host's order. */
typedef size_t (*small_dns_fn)(void *ctx, const char *name, uint32_t address[4]);

struct small_dns {
	uv_udp_t uv;
	small_dns_fn fn;
	void *ctx;
	char server[32]; /* "127.0.0.1:5353" */
	char room[2048];
};

static inline void small_dns_room(uv_handle_t *h, size_t n, uv_buf_t *out)
{
	struct small_dns *d = h->data;

	(void)n;
	*out = uv_buf_init(d->room, sizeof(d->room));
}

static inline void small_dns_asked(uv_udp_t *uv, ssize_t n, const uv_buf_t *b,
                                   const struct sockaddr *from, unsigned flags)
{
	struct small_dns *d = uv->data;
	unsigned char *q = (unsigned char *)b->base, out[600];
	uint32_t address[4];
	char name[256] = "";
	size_t at = 12, length = 0;

	(void)flags;
	if (n < 17 || !from)
		return;
	while (at < (size_t)n && q[at] && at + q[at] + 1u < (size_t)n && length + q[at] < 250) {
		memcpy(name + length, q + at + 1, q[at]);
		length += q[at];
		name[length++] = '.';
		at += q[at] + 1u;
	}
	if (length)
		name[length - 1] = '\0';
	bool is_a = q[at + 2] == 1;
	size_t end = at + 5, found = is_a ? d->fn(d->ctx, name, address) : 0;
	memcpy(out, q, end);
	out[2] = 0x84; /* an answer, and its authority */
	out[3] = 0x80;
	memset(out + 4, 0, 8);
	out[5] = 1;
	out[7] = (unsigned char)found;
	for (size_t i = 0; i < found; i++) {
		const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4,
			                         (unsigned char)(address[i] >> 24),
			                         (unsigned char)(address[i] >> 16),
			                         (unsigned char)(address[i] >> 8),
			                         (unsigned char)address[i] };
		memcpy(out + end, record, sizeof(record));
		end += sizeof(record);
	}
	uv_buf_t answer = uv_buf_init((char *)out, (unsigned)end);
	uv_udp_try_send(uv, &answer, 1, from);
}

static inline int small_dns_start(struct small_dns *d, struct loop *l, small_dns_fn fn, void *ctx)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int n = sizeof(at);

	*d = (struct small_dns){ .fn = fn, .ctx = ctx };
	int rc = uv_udp_init(loop_uv(l), &d->uv);
	d->uv.data = d;
	rc |= uv_udp_bind(&d->uv, (struct sockaddr *)&at, 0);
	rc |= uv_udp_recv_start(&d->uv, small_dns_room, small_dns_asked);
	rc |= uv_udp_getsockname(&d->uv, (struct sockaddr *)&at, &n);
	uv_unref((uv_handle_t *)&d->uv);
	snprintf(d->server, sizeof(d->server), "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
	return rc;
}

/* ---- a client: says something and hears until the other side closes ---- */

struct small_client {
	uv_tcp_t uv;
	uv_connect_t connect;
	uv_write_t write;
	const char *says;
	struct buf heard;
	bool is_over;
	char room[65536];
};

static inline void small_client_room(uv_handle_t *h, size_t n, uv_buf_t *out)
{
	struct small_client *c = h->data;

	(void)n;
	*out = uv_buf_init(c->room, sizeof(c->room));
}

static inline void small_client_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct small_client *c = s->data;

	if (n > 0)
		buf_put(&c->heard, slice_from(b->base, (size_t)n));
	if (n >= 0)
		return;
	c->is_over = true;
	uv_close((uv_handle_t *)s, NULL);
}

static inline void small_client_connected(uv_connect_t *r, int status)
{
	struct small_client *c = r->data;
	uv_buf_t b = uv_buf_init((char *)(uintptr_t)c->says, (unsigned)strlen(c->says));

	if (status == 0) {
		uv_write(&c->write, r->handle, &b, 1, NULL);
		uv_read_start(r->handle, small_client_room, small_client_read);
	}
}

static inline void small_client_start(struct small_client *c, struct loop *l, uint16_t port,
                                      const char *says)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	*c = (struct small_client){ .says = says };
	uv_tcp_init(loop_uv(l), &c->uv);
	c->uv.data = c->connect.data = c;
	uv_tcp_connect(&c->connect, &c->uv, (struct sockaddr *)&to, small_client_connected);
}

static inline void small_dns_stop(struct small_dns *d)
{
	uv_close((uv_handle_t *)&d->uv, NULL);
}

#endif
