/* One question over TCP, on libuv's own stream. What the loop still holds after the end (a handle
 * that closes) is the link, which then knows no query any more. */
#include "sys/clock.h"
#include "sys/fetch_own.h"
#include "wire/endpoint.h"

#include <stdlib.h>
#include <uv.h>

enum { WHOIS_PORT = 43 /* RFC 3912 2 */, CHUNK = 4096, ADDRESSES = 8, REMOTE = IP_TEXT + 8 };

struct whois;

struct link {
	uv_tcp_t tcp; /* first: freed by its address */
	uv_connect_t connect;
	uv_write_t write;
	struct whois *whois; /* NULL: it is over */
	struct buf line;     /* with its CRLF */
	char chunk[CHUNK];
};

struct whois {
	struct fetch_job job; /* first: found by its address */
	struct fetcher *f;
	struct whois *next, *prev; /* in fetcher.whois */
	struct link *link;
	struct loop_timer *timer;
	fetch_fn fn;
	void *ctx;
	int64_t at_ms, began_ms;
	uint64_t limit;
	int64_t total_ms;
	uint32_t number;
	bool connected, resolving, gone;
	enum exchange_cut cut;
	struct ip address[ADDRESSES];
	size_t address_n, tried;
	struct endpoint to;
	char remote[REMOTE];
	struct buf uri, line, response;
};

static void try_next(struct whois *w);

static void link_gone(uv_handle_t *h)
{
	struct link *l = (struct link *)h;

	buf_release(&l->line);
	free(l);
}

static void unlink_tcp(struct whois *w)
{
	if (!w->link)
		return;
	w->link->whois = NULL;
	uv_close((uv_handle_t *)&w->link->tcp, link_gone);
	w->link = NULL;
}

static void whois_free(struct whois *w)
{
	buf_release(&w->uri);
	buf_release(&w->line);
	buf_release(&w->response);
	free(w);
}

static void tell(struct whois *w, enum exchange_fault fault)
{
	struct exchange x = {
		.kind = EXCHANGE_WHOIS,
		.number = w->number,
		.uri = buf_slice(&w->uri),
		.at_ms = w->at_ms ? w->at_ms : loop_now_ms(w->f->loop),
		.took_ms = w->at_ms ? clock_ticks_ns() / 1000000 - w->began_ms : 0,
		.remote = w->connected ? slice_str(w->remote) : (struct slice){ NULL, 0 },
		.fault = fault,
		.cut = w->cut,
		.request = w->connected ? buf_slice(&w->line) : (struct slice){ NULL, 0 },
		.response = buf_slice(&w->response),
	};

	w->fn(w->ctx, &x);
}

static void conclude(struct whois *w, enum exchange_fault fault)
{
	if (w->timer)
		loop_cancel(w->timer);
	w->timer = NULL;
	unlink_tcp(w);
	tell(w, fault);
	*(w->prev ? &w->prev->next : &w->f->whois) = w->next;
	if (w->next)
		w->next->prev = w->prev;
	fetch_queue_done(w->f->queue, &w->job);
	if (w->resolving)
		w->gone = true; /* freed by its answer */
	else
		whois_free(w);
}

static void too_late(void *ctx)
{
	struct whois *w = ctx;

	w->timer = NULL;
	if (w->connected)
		w->cut = CUT_TIME;
	conclude(w, w->connected ? FAULT_TIMEOUT : w->resolving ? FAULT_RESOLVE : FAULT_CONNECT);
}

static void give_chunk(uv_handle_t *h, size_t wanted, uv_buf_t *out)
{
	struct link *l = (struct link *)h;

	(void)wanted;
	*out = uv_buf_init(l->chunk, CHUNK);
}

static void came(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct whois *w = ((struct link *)s)->whois;

	if (!w || n == 0)
		return;
	if (n == UV_EOF) {
		conclude(w, w->response.n ? FAULT_NONE : FAULT_CLOSED);
		return;
	}
	if (n < 0) {
		w->cut = w->response.n ? CUT_CLOSED : CUT_NONE;
		conclude(w, FAULT_CLOSED);
		return;
	}
	size_t take = (size_t)n;
	if (take > w->limit - w->response.n) {
		take = (size_t)(w->limit - w->response.n);
		w->cut = CUT_LENGTH;
	}
	buf_put(&w->response, slice_from(b->base, take));
	if (!buf_ok(&w->response))
		conclude(w, FAULT_STOPPED);
	else if (w->cut)
		conclude(w, FAULT_NONE);
}

static void sent(uv_write_t *r, int status)
{
	struct whois *w = ((struct link *)r->handle)->whois;

	if (w && status < 0)
		conclude(w, FAULT_CLOSED);
}

static void connected(uv_connect_t *c, int status)
{
	struct link *l = (struct link *)c->handle;
	struct whois *w = l->whois;

	if (!w)
		return;
	if (status < 0) {
		unlink_tcp(w);
		try_next(w);
		return;
	}
	w->connected = true;
	uv_buf_t b = uv_buf_init(l->line.p, (unsigned)l->line.n);
	if (uv_read_start((uv_stream_t *)&l->tcp, give_chunk, came) < 0 ||
	    uv_write(&l->write, (uv_stream_t *)&l->tcp, &b, 1, sent) < 0)
		conclude(w, FAULT_CLOSED);
}

static int connect_link(struct link *l, const struct ip *ip, uint16_t port)
{
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a;

	if (ip->is_v6) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		memcpy(&v6->sin6_addr, ip->b, 16);
	} else {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, ip->b, 4);
	}
	return uv_tcp_connect(&l->connect, &l->tcp, (const struct sockaddr *)&a, connected);
}

static void try_next(struct whois *w)
{
	char text[IP_TEXT];

	while (w->tried < w->address_n) {
		const struct ip *ip = &w->address[w->tried++];
		struct link *l = calloc(1, sizeof(*l));
		if (!l)
			break;
		if (uv_tcp_init(loop_uv(w->f->loop), &l->tcp) < 0) {
			free(l);
			break;
		}
		w->link = l;
		l->whois = w;
		buf_put(&l->line, buf_slice(&w->line));
		ip_format(ip, text);
		snprintf(w->remote, sizeof(w->remote), ip->is_v6 ? "[%s]:%u" : "%s:%u", text, w->to.port);
		if (buf_ok(&l->line) && connect_link(l, ip, w->to.port) == 0)
			return;
		unlink_tcp(w);
	}
	conclude(w, FAULT_CONNECT);
}

static void use(struct whois *w, const struct ip *address, size_t n)
{
	w->address_n = n < ADDRESSES ? n : ADDRESSES;
	memcpy(w->address, address, w->address_n * sizeof(*address));
	w->address_n = fetch_allowed(w->f, w->address, w->address_n);
	if (w->address_n)
		try_next(w);
	else
		conclude(w, FAULT_ADDRESS);
}

static void resolved(void *ctx, const struct ip *address, size_t n, enum exchange_fault fault)
{
	struct whois *w = ctx;

	w->resolving = false;
	if (w->gone)
		whois_free(w);
	else if (fault != FAULT_NONE)
		conclude(w, fault == FAULT_TIMEOUT ? FAULT_RESOLVE : fault);
	else
		use(w, address, n);
}

static void run(struct fetch_job *job)
{
	struct whois *w = (struct whois *)job;

	w->at_ms = loop_now_ms(w->f->loop);
	w->began_ms = clock_ticks_ns() / 1000000;
	w->next = w->f->whois;
	if (w->next)
		w->next->prev = w;
	w->f->whois = w;
	if (loop_after(w->f->loop, w->total_ms, too_late, w, &w->timer, NULL) < 0) {
		w->timer = NULL;
		conclude(w, FAULT_STOPPED);
		return;
	}
	if (w->to.is_ip) {
		use(w, &w->to.ip, 1);
		return;
	}
	w->resolving = true;
	if (resolver_addresses(w->f->resolver, slice_str(w->to.host), resolved, w, NULL) < 0) {
		w->resolving = false;
		conclude(w, FAULT_RESOLVE);
	}
}

/* "whois://whois.example/example.com": RFC 3986 3.3 says which octets stand for themselves. */
static void put_uri(struct buf *b, const struct whois *w, struct slice line)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~!$&'()*+,;=:@/";
	char text[ENDPOINT_TEXT];

	endpoint_format(&w->to, text);
	if (w->to.port == WHOIS_PORT)
		*strrchr(text, ':') = '\0';
	buf_printf(b, "whois://%s", text);
	buf_putc(b, '/');
	for (size_t i = 0; i < line.n; i++) {
		if (strchr(plain, line.p[i]) && line.p[i])
			buf_putc(b, line.p[i]);
		else
			buf_printf(b, "%%%02X", (unsigned char)line.p[i]);
	}
}

int whois_start(struct fetcher *f, const struct whois_request *q, fetch_fn fn, void *ctx,
                struct err *err)
{
	struct buf lane = { 0 };
	struct whois *w;
	int rc;

	if (f->stopping)
		return err_set(err, ERR_REFUSED, 0, "whois: it is being stopped");
	if (q->line.n == 0 || !fetch_is_text(q->line))
		return err_set(err, ERR_USAGE, 0, "whois: no line");
	w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(err, ERR_NOMEM, 0, "whois: no memory");
	w->job.run = run;
	w->f = f;
	w->fn = fn;
	w->ctx = ctx;
	w->number = q->number;
	w->limit = q->bytes ? q->bytes : 1 << 20;
	w->total_ms = q->total_ms > 0 ? q->total_ms : 30000;
	if (endpoint_parse(q->server, WHOIS_PORT, &w->to, NULL) < 0) {
		rc = err_set(err, ERR_USAGE, 0, "whois: \"%.*s\" is no server", SLICE_ARG(q->server));
		goto failed;
	}
	put_uri(&w->uri, w, q->line);
	buf_put(&w->line, q->line);
	buf_puts(&w->line, "\r\n");
	buf_puts(&lane, "whois\n"); /* no host is called that: not the lane of its web site */
	buf_puts(&lane, w->to.host);
	if (!buf_ok(&w->uri) || !buf_ok(&w->line) || !buf_ok(&lane)) {
		rc = err_set(err, ERR_NOMEM, 0, "whois: no memory");
		goto failed;
	}
	if ((rc = fetch_queue_put(f->queue, buf_slice(&lane), &w->job, err)) < 0)
		goto failed;
	buf_release(&lane);
	return 0;
failed:
	buf_release(&lane);
	whois_free(w);
	return rc;
}

bool whois_is(const struct fetch_job *job)
{
	return job->run == run;
}

void whois_drop(struct fetch_job *job)
{
	struct whois *w = (struct whois *)job;

	tell(w, FAULT_STOPPED);
	whois_free(w);
}

void whois_stop(struct fetcher *f)
{
	while (f->whois)
		conclude(f->whois, FAULT_STOPPED);
}
