/* A passage is one connection of the browser with the one that it leads to.
 *
 *   HEAD -> LOOKUP (of the site) -> PROXY_LOOKUP -> CONNECT -> HELLO (SOCKS) -> ANSWER -> RELAY
 *
 * What is not needed is left out. Each end may be slow: what is read of one is written to the other
 * before more is read, but for so much as may wait. */
#include "sys/filter.h"

#include "base/arena.h"
#include "wire/proxy.h"
#include "wire/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

enum {
	CONNECTIONS = 128,
	CONNECT_MS = 15 * 1000,
	IDLE_MS = 30 * 1000,
	ADDRESSES = 4,            /* tried of a name */
	CHUNK = 16 * 1024,
	WAITING_MAX = 256 * 1024, /* octets that wait to be written, then no more is read */
	BACKLOG = 128,
	REMEMBERED = 64,          /* hosts with what came of them */
	NAME_MAX_ = 256,
};

static const uint64_t bytes_default = UINT64_C(128) << 20;

struct filter {
	struct filter_options o;
	struct resolver *resolver;
	uv_loop_t *uv;
};

struct remembered {
	char host[NAME_MAX_];
	uint16_t port;
	enum exchange_fault fault;
};

struct gate {
	struct filter *f;
	uv_tcp_t listener;
	bool is_open, is_over;
	const struct vantage *vantage;
	struct {
		bool is, is_socks, is_ip;
		struct ip ip;
		char host[NAME_MAX_];
		uint16_t port;
	} proxy;
	bool has_local;
	struct ip local;
	struct passage *first;
	unsigned n;
	uint64_t bytes;
	struct remembered seen[REMEMBERED];
	size_t seen_n;
};

enum stage { STAGE_HEAD, STAGE_LOOKUP, STAGE_CONNECT, STAGE_HELLO, STAGE_ANSWER, STAGE_RELAY,
	     STAGE_LAST, STAGE_CLOSED };

struct passage {
	struct gate *g; /* NULL when closed */
	struct passage *next, **at;
	enum stage stage;
	uv_tcp_t client, server;
	uv_timer_t timer;
	uv_connect_t connect;
	uv_shutdown_t shutdown;
	bool has_server, is_shutting;
	unsigned holds; /* handles that are not closed, and a lookup */
	struct buf head, answer;
	struct arena arena;
	struct proxy_request q;
	struct ip address[ADDRESSES];
	size_t address_n, tried;
	uint64_t body_left;
};

struct chunk {
	uv_write_t write;
	struct passage *p;
	bool to_server;
	char bytes[CHUNK];
};

/* ---- ending ---- */

static void release(struct passage *p)
{
	if (--p->holds)
		return;
	buf_release(&p->head);
	buf_release(&p->answer);
	arena_release(&p->arena);
	free(p);
}

static void handle_closed(uv_handle_t *h)
{
	release(h->data);
}


static void end(struct passage *p)
{
	if (p->stage == STAGE_CLOSED)
		return;
	p->stage = STAGE_CLOSED;
	*p->at = p->next;
	if (p->next)
		p->next->at = p->at;
	p->g->n--;
	p->g = NULL;
	uv_close((uv_handle_t *)&p->client, handle_closed);
	if (p->has_server)
		uv_close((uv_handle_t *)&p->server, handle_closed);
	uv_close((uv_handle_t *)&p->timer, handle_closed);
}

static void remember(struct passage *p, enum exchange_fault fault)
{
	struct gate *g = p->g;
	struct remembered *r = NULL;

	if (p->q.host.n == 0 || p->q.host.n >= NAME_MAX_)
		return;
	for (size_t i = 0; i < g->seen_n && i < REMEMBERED; i++)
		if (slice_eq_str(p->q.host, g->seen[i].host) && g->seen[i].port == p->q.port)
			r = &g->seen[i];
	if (!r)
		r = &g->seen[g->seen_n++ % REMEMBERED];
	memcpy(r->host, p->q.host.p, p->q.host.n);
	r->host[p->q.host.n] = '\0';
	r->port = p->q.port;
	r->fault = fault;
}

static void last_written(uv_shutdown_t *r, int status)
{
	(void)status;
	end(r->data);
}

/* Close the client when what waits for it is written. */
static void end_client(struct passage *p)
{
	if (p->is_shutting)
		return;
	p->is_shutting = true;
	p->stage = STAGE_LAST;
	p->shutdown.data = p;
	uv_read_stop((uv_stream_t *)&p->client);
	if (uv_shutdown(&p->shutdown, (uv_stream_t *)&p->client, last_written) < 0)
		end(p);
}

static void written(uv_write_t *w, int status);

static int put(struct passage *p, bool to_server, struct slice bytes)
{
	while (bytes.n) {
		struct chunk *c = malloc(sizeof(*c));
		size_t n = bytes.n < CHUNK ? bytes.n : CHUNK;
		if (!c)
			return -1;
		c->p = p;
		c->to_server = to_server;
		c->write.data = c;
		memcpy(c->bytes, bytes.p, n);
		uv_buf_t b = uv_buf_init(c->bytes, (unsigned)n);
		uv_tcp_t *to = to_server ? &p->server : &p->client;
		if (uv_write(&c->write, (uv_stream_t *)to, &b, 1, written) < 0) {
			free(c);
			return -1;
		}
		bytes = slice_sub(bytes, n, bytes.n);
	}
	return 0;
}

static void fail(struct passage *p, enum exchange_fault fault)
{
	static const char refusal[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n"
				      "Connection: close\r\n\r\n";

	remember(p, fault);
	if (!p->q.is_tunnel || put(p, false, slice_str(refusal)) < 0) {
		end(p);
		return;
	}
	end_client(p);
}

static void on_time(uv_timer_t *t)
{
	struct passage *p = t->data;

	if (p->stage == STAGE_LOOKUP || p->stage == STAGE_CONNECT || p->stage == STAGE_HELLO ||
	    p->stage == STAGE_ANSWER)
		fail(p, p->g->proxy.is && p->stage != STAGE_LOOKUP ? FAULT_PROXY : FAULT_TIMEOUT);
	else
		end(p);
}

static void wait_for(struct passage *p, int64_t ms)
{
	uv_timer_start(&p->timer, on_time, (uint64_t)ms, 0);
}

/* ---- passing on ---- */

static void room_for(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	struct chunk *c = malloc(sizeof(*c));

	(void)h;
	(void)suggested;
	*out = uv_buf_init(c ? c->bytes : NULL, c ? CHUNK : 0);
}

/* Or does already. */
static bool reads(uv_stream_t *s, uv_read_cb fn)
{
	int rc = uv_read_start(s, room_for, fn);

	return rc == 0 || rc == UV_EALREADY;
}

static void on_client(uv_stream_t *s, ssize_t n, const uv_buf_t *b);
static void on_server(uv_stream_t *s, ssize_t n, const uv_buf_t *b);

static void written(uv_write_t *w, int status)
{
	struct chunk *c = w->data;
	struct passage *p = c->p;
	bool to_server = c->to_server;

	free(c);
	if (p->stage == STAGE_CLOSED)
		return;
	if (status < 0) {
		end(p);
		return;
	}
	if (p->stage != STAGE_RELAY)
		return;
	uv_stream_t *to = (uv_stream_t *)(to_server ? &p->server : &p->client);
	uv_stream_t *from = (uv_stream_t *)(to_server ? &p->client : &p->server);
	if (uv_stream_get_write_queue_size(to) < WAITING_MAX / 2 && !uv_is_active((uv_handle_t *)from))
		uv_read_start(from, room_for, to_server ? on_client : on_server);
}

/* All of a page's connections end when it has had its share. */
static bool is_over(struct gate *g, size_t n)
{
	g->bytes += n;
	if (g->bytes <= g->f->o.bytes)
		return false;
	g->is_over = true;
	while (g->first)
		end(g->first);
	return true;
}

/* The chunk that was read goes on as it is; owned. */
static void pass(struct passage *p, bool to_server, struct chunk *c, size_t n)
{
	uv_stream_t *to = (uv_stream_t *)(to_server ? &p->server : &p->client);
	uv_stream_t *from = (uv_stream_t *)(to_server ? &p->client : &p->server);
	uv_buf_t b = uv_buf_init(c->bytes, (unsigned)n);

	if (is_over(p->g, n)) {
		free(c);
		return;
	}
	c->p = p;
	c->to_server = to_server;
	c->write.data = c;
	wait_for(p, p->g->f->o.idle_ms);
	if (uv_write(&c->write, to, &b, 1, written) < 0) {
		free(c);
		end(p);
		return;
	}
	if (uv_stream_get_write_queue_size(to) > WAITING_MAX)
		uv_read_stop(from);
}

/* The way is open. */
static void relay(struct passage *p)
{
	size_t head = proxy_head_length(buf_slice(&p->head));
	struct slice rest = slice_sub(buf_slice(&p->head), head, p->head.n);
	bool absolute = p->g->proxy.is && !p->g->proxy.is_socks && p->g->vantage->trusted;
	int rc = 0;

	remember(p, FAULT_NONE);
	p->stage = STAGE_RELAY;
	wait_for(p, p->g->f->o.idle_ms);
	if (p->q.is_tunnel) {
		rc = put(p, false, SLICE("HTTP/1.1 200 Connection established\r\n\r\n"));
		if (rc == 0)
			rc = put(p, true, rest);
	} else {
		struct buf out = { 0 };
		proxy_request_forward(&p->q, absolute, &out);
		p->body_left = p->q.length;
		rest = slice_sub(rest, 0, p->body_left < rest.n ? (size_t)p->body_left : rest.n);
		p->body_left -= rest.n;
		buf_put(&out, rest);
		rc = buf_ok(&out) ? put(p, true, buf_slice(&out)) : -1;
		buf_release(&out);
	}
	if (rc < 0 || !reads((uv_stream_t *)&p->client, on_client) ||
	    !reads((uv_stream_t *)&p->server, on_server))
		end(p);
}

/* ---- the way out ---- */

static void connect_next(struct passage *p);

static void say(struct passage *p, struct buf *out, enum stage next)
{
	int rc = buf_ok(out) ? put(p, true, buf_slice(out)) : -1;

	buf_release(out);
	p->stage = next;
	buf_clear(&p->answer);
	if (rc < 0 || !reads((uv_stream_t *)&p->server, on_server))
		fail(p, FAULT_PROXY);
}

static void ask_proxy(struct passage *p)
{
	const struct ip *address = p->address_n ? &p->address[0] : NULL;
	struct buf out = { 0 };

	if (p->g->proxy.is_socks)
		proxy_socks_put(p->q.host, address, p->q.port, &out);
	else
		proxy_connect_put(p->q.host, address, p->q.port, &out);
	say(p, &out, STAGE_ANSWER);
}

static void connected(uv_connect_t *c, int status)
{
	struct passage *p = c->data;
	struct gate *g = p->g;

	if (p->stage != STAGE_CONNECT || status == UV_ECANCELED)
		return;
	if (status < 0) {
		connect_next(p);
		return;
	}
	uv_tcp_nodelay(&p->server, 1);
	if (!g->proxy.is) {
		relay(p);
	} else if (g->proxy.is_socks) {
		struct buf out = { 0 };
		buf_put(&out, PROXY_SOCKS_HELLO);
		say(p, &out, STAGE_HELLO);
	} else if (!p->q.is_tunnel && g->vantage->trusted) {
		relay(p);
	} else {
		ask_proxy(p);
	}
}

union where {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static void set_where(union where *w, const struct ip *ip, uint16_t port)
{
	memset(w, 0, sizeof(*w));
	if (ip->is_v6) {
		w->v6.sin6_family = AF_INET6;
		w->v6.sin6_port = htons(port);
		memcpy(&w->v6.sin6_addr, ip->b, 16);
	} else {
		w->v4.sin_family = AF_INET;
		w->v4.sin_port = htons(port);
		memcpy(&w->v4.sin_addr, ip->b, 4);
	}
}

static int connect_to(struct passage *p, const struct ip *ip, uint16_t port)
{
	struct gate *g = p->g;
	union where to, from;

	if (uv_tcp_init(g->f->uv, &p->server) < 0)
		return -1;
	p->has_server = true;
	p->holds++;
	p->server.data = p;
	p->connect.data = p;
	if (g->has_local) {
		set_where(&from, &g->local, 0);
		if (uv_tcp_bind(&p->server, &from.any, 0) < 0)
			return -1;
	}
	set_where(&to, ip, port);
	return uv_tcp_connect(&p->connect, &p->server, &to.any, connected) < 0 ? -1 : 0;
}

static void try_again(uv_handle_t *h)
{
	struct passage *p = h->data;

	if (p->stage == STAGE_CONNECT)
		connect_next(p);
	release(p);
}

/* The next address of the site, or the proxy's only one. */
static void connect_next(struct passage *p)
{
	struct gate *g = p->g;

	if (p->has_server) {
		/* A handle is for one connection. */
		p->has_server = false;
		p->tried++;
		uv_close((uv_handle_t *)&p->server, try_again);
		return;
	}
	p->stage = STAGE_CONNECT;
	wait_for(p, g->f->o.connect_ms);
	if (p->tried >= (g->proxy.is ? 1 : p->address_n)) {
		fail(p, g->proxy.is ? FAULT_PROXY : FAULT_CONNECT);
		return;
	}
	const struct ip *ip = g->proxy.is ? &g->proxy.ip : &p->address[p->tried];
	if (connect_to(p, ip, g->proxy.is ? g->proxy.port : p->q.port) < 0)
		fail(p, g->proxy.is ? FAULT_PROXY : FAULT_CONNECT);
}

static void proxy_found(void *ctx, const struct ip *address, size_t n, enum exchange_fault fault)
{
	struct passage *p = ctx;

	if (p->stage == STAGE_LOOKUP) {
		if (fault || n == 0) {
			fail(p, FAULT_PROXY);
		} else {
			p->g->proxy.ip = address[0];
			connect_next(p);
		}
	}
	release(p);
}

static void go(struct passage *p)
{
	struct gate *g = p->g;

	if (!g->proxy.is || g->proxy.is_ip) {
		connect_next(p);
		return;
	}
	p->holds++;
	if (resolver_addresses(g->f->resolver, slice_str(g->proxy.host), proxy_found, p, NULL) < 0) {
		p->holds--;
		fail(p, FAULT_PROXY);
	}
}

static void take_addresses(struct passage *p, const struct ip *address, size_t n)
{
	struct gate *g = p->g;

	for (size_t i = 0; i < n && p->address_n < ADDRESSES; i++)
		if (reach_allows(&g->f->o.reach, &address[i]) &&
		    (!g->has_local || g->proxy.is || g->local.is_v6 == address[i].is_v6))
			p->address[p->address_n++] = address[i];
	if (p->address_n)
		go(p);
	else
		fail(p, FAULT_ADDRESS);
}

static void site_found(void *ctx, const struct ip *address, size_t n, enum exchange_fault fault)
{
	struct passage *p = ctx;

	/* It may have been given up meanwhile. */
	if (p->stage == STAGE_LOOKUP && fault)
		fail(p, fault);
	else if (p->stage == STAGE_LOOKUP)
		take_addresses(p, address, n);
	release(p);
}

/* RFC 6761 6.3: such a name is this machine, whatever a resolver says. */
static bool is_localhost(struct slice host)
{
	return slice_eq_nocase(host, SLICE("localhost")) || slice_ends(host, SLICE(".localhost"));
}

static void look_up(struct passage *p)
{
	struct gate *g = p->g;
	struct ip ip;

	p->stage = STAGE_LOOKUP;
	uv_read_stop((uv_stream_t *)&p->client);
	wait_for(p, g->f->o.connect_ms);
	if (p->q.host_is_ip && ip_parse(p->q.host, &ip, NULL) == 0) {
		take_addresses(p, &ip, 1);
	} else if (p->q.host_is_ip || is_localhost(p->q.host)) {
		fail(p, FAULT_ADDRESS);
	} else if (g->proxy.is && g->vantage->trusted) {
		go(p);
	} else {
		p->holds++;
		if (resolver_addresses(g->f->resolver, p->q.host, site_found, p, NULL) < 0) {
			p->holds--;
			fail(p, FAULT_NAME);
		}
	}
}

/* What a proxy says before the way is open. */
static void take_answer(struct passage *p, struct slice bytes)
{
	size_t used = 0;
	bool open = false;
	int rc;

	buf_put(&p->answer, bytes);
	struct slice all = buf_slice(&p->answer);
	if (!buf_ok(&p->answer)) {
		fail(p, FAULT_PROXY);
		return;
	}
	if (p->stage == STAGE_HELLO) {
		/* RFC 1928 3: version and method, 0 for none. */
		if (all.n > 2 || (all.n > 0 && all.p[0] != 5) || (all.n > 1 && all.p[1] != 0))
			fail(p, FAULT_PROXY);
		else if (all.n == 2)
			ask_proxy(p);
		return;
	}
	rc = p->g->proxy.is_socks ? proxy_socks_answer(all, &used, &open, NULL)
	                          : proxy_connect_answer(all, &used, &open, NULL);
	if (rc == 0)
		return;
	if (rc < 0) {
		fail(p, FAULT_PROXY);
	} else if (!open) {
		fail(p, FAULT_CONNECT);
	} else {
		relay(p);
		if (p->stage == STAGE_RELAY &&
		    put(p, false, slice_sub(all, used, all.n)) < 0)
			end(p);
	}
}

static void on_server(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct passage *p = s->data;
	struct chunk *c = b->base ? (struct chunk *)(void *)(b->base - offsetof(struct chunk, bytes))
	                          : NULL;

	if (n > 0 && p->stage == STAGE_RELAY) {
		pass(p, false, c, (size_t)n);
		return;
	}
	if (n > 0 && (p->stage == STAGE_HELLO || p->stage == STAGE_ANSWER))
		take_answer(p, slice_from(b->base, (size_t)n));
	free(c);
	if (n >= 0 || p->stage == STAGE_CLOSED)
		return;
	uv_read_stop(s);
	if (p->stage == STAGE_RELAY)
		end_client(p);
	else if (p->stage != STAGE_LAST)
		fail(p, FAULT_PROXY);
}

/* ---- the browser's side ---- */

static void take_head(struct passage *p, struct slice bytes)
{
	struct err err;

	buf_put(&p->head, bytes);
	size_t n = proxy_head_length(buf_slice(&p->head));
	if (!buf_ok(&p->head) || (n == 0 && p->head.n > PROXY_HEAD_MAX)) {
		end(p);
		return;
	}
	if (n == 0)
		return;
	if (proxy_request_parse(slice_from(p->head.p, n), &p->arena, &p->q, &err) < 0) {
		end(p);
		return;
	}
	look_up(p);
}

static void on_client(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct passage *p = s->data;
	struct chunk *c = b->base ? (struct chunk *)(void *)(b->base - offsetof(struct chunk, bytes))
	                          : NULL;

	if (n < 0) {
		free(c);
		end(p);
		return;
	}
	if (n > 0 && p->stage == STAGE_RELAY) {
		/* A second request on this connection may be for another site: the browser asks
		 * again on a new one when this one is closed. */
		if (!p->q.is_tunnel && (uint64_t)n > p->body_left) {
			free(c);
			end(p);
			return;
		}
		if (!p->q.is_tunnel)
			p->body_left -= (uint64_t)n;
		pass(p, true, c, (size_t)n);
		return;
	}
	if (n > 0 && p->stage == STAGE_HEAD)
		take_head(p, slice_from(b->base, (size_t)n));
	free(c);
}

static void knocked(uv_stream_t *s, int status)
{
	struct gate *g = s->data;
	struct passage *p = status < 0 ? NULL : calloc(1, sizeof(*p));

	if (!p)
		return;
	p->g = g;
	p->holds = 2;
	uv_tcp_init(g->f->uv, &p->client);
	uv_timer_init(g->f->uv, &p->timer);
	p->client.data = p->timer.data = p;
	p->next = g->first;
	if (p->next)
		p->next->at = &p->next;
	p->at = &g->first;
	g->first = p;
	g->n++;
	if (uv_accept(s, (uv_stream_t *)&p->client) < 0 || !g->is_open || g->is_over ||
	    g->n > g->f->o.connections ||
	    !reads((uv_stream_t *)&p->client, on_client)) {
		end(p);
		return;
	}
	uv_tcp_nodelay(&p->client, 1);
	wait_for(p, g->f->o.idle_ms);
}

/* ---- gates ---- */

static void gate_closed(uv_handle_t *h)
{
	free(h->data);
}

int gate_new(struct filter *f, int fd, struct gate **out, struct err *err)
{
	struct gate *g = calloc(1, sizeof(*g));

	if (!g || uv_tcp_init(f->uv, &g->listener) < 0) {
		free(g);
		close(fd);
		return err_set(err, ERR_NOMEM, 0, "filter: no memory");
	}
	g->f = f;
	g->listener.data = g;
	if (uv_tcp_open(&g->listener, fd) < 0) {
		close(fd);
		uv_close((uv_handle_t *)&g->listener, gate_closed);
		return err_set(err, ERR_IO, 0, "filter: the socket cannot be listened on");
	}
	if (uv_listen((uv_stream_t *)&g->listener, BACKLOG, knocked) < 0) {
		uv_close((uv_handle_t *)&g->listener, gate_closed);
		return err_set(err, ERR_IO, 0, "filter: the socket cannot be listened on");
	}
	/* Who waits for a page holds the loop. */
	uv_unref((uv_handle_t *)&g->listener);
	*out = g;
	return 0;
}

static bool set_proxy(struct gate *g, struct slice proxy)
{
	struct arena a = { 0 };
	struct url u;
	bool ok = true;

	g->proxy.is = proxy.n > 0;
	g->proxy.is_socks = slice_starts(proxy, SLICE("socks5://"));
	if (!g->proxy.is)
		return true;
	/* An address of the same form. */
	char *text = arena_printf(&a, "http://%.*s",
	                          SLICE_ARG(slice_sub(proxy, slice_find(proxy, ':') + 3, proxy.n)));
	ok = text && (g->proxy.is_socks || slice_starts(proxy, SLICE("http://"))) &&
	     url_parse(slice_str(text), &a, &u, NULL) == 0 && u.host.n < NAME_MAX_;
	if (ok) {
		memcpy(g->proxy.host, u.host.p, u.host.n);
		g->proxy.host[u.host.n] = '\0';
		g->proxy.port = u.port;
		g->proxy.is_ip = u.host_is_ip && ip_parse(u.host, &g->proxy.ip, NULL) == 0;
	}
	arena_release(&a);
	return ok;
}

int gate_open(struct gate *g, const struct vantage *v, struct err *err)
{
	static const struct vantage none;

	gate_shut(g);
	g->vantage = v ? v : &none;
	g->has_local = g->vantage->local_address.n > 0;
	if (!set_proxy(g, g->vantage->proxy))
		return err_set(err, ERR_USAGE, 0, "filter: \"%.*s\" is no proxy",
		               SLICE_ARG(g->vantage->proxy));
	if (g->has_local && ip_parse(g->vantage->local_address, &g->local, NULL) < 0)
		return err_set(err, ERR_USAGE, 0, "filter: \"%.*s\" is no address",
		               SLICE_ARG(g->vantage->local_address));
	g->is_open = true;
	return 0;
}

void gate_shut(struct gate *g)
{
	g->is_open = g->is_over = false;
	g->bytes = 0;
	g->seen_n = 0;
	memset(g->seen, 0, sizeof(g->seen));
	while (g->first)
		end(g->first);
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	gate_shut(g);
	uv_close((uv_handle_t *)&g->listener, gate_closed);
}

enum exchange_fault gate_fault(const struct gate *g, struct slice host, uint16_t port)
{
	for (size_t i = 0; i < g->seen_n && i < REMEMBERED; i++)
		if (slice_eq_str(host, g->seen[i].host) && g->seen[i].port == port)
			return g->seen[i].fault;
	return FAULT_NONE;
}

uint64_t gate_bytes(const struct gate *g)
{
	return g->bytes;
}

bool gate_is_over(const struct gate *g)
{
	return g->is_over;
}

int filter_new(struct loop *l, struct resolver *r, const struct filter_options *o,
               struct filter **out, struct err *err)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (!f)
		return err_set(err, ERR_NOMEM, 0, "filter: no memory");
	f->o = *o;
	f->resolver = r;
	f->uv = loop_uv(l);
	if (!f->o.connections)
		f->o.connections = CONNECTIONS;
	if (!f->o.bytes)
		f->o.bytes = bytes_default;
	if (!f->o.connect_ms)
		f->o.connect_ms = CONNECT_MS;
	if (!f->o.idle_ms)
		f->o.idle_ms = IDLE_MS;
	*out = f;
	return 0;
}

void filter_free(struct filter *f)
{
	free(f);
}
