/* c-ares sends, waits and tells forgeries from answers; what is tried when is decided here, so that
 * the message that was sent last is known to the byte and an answer with SERVFAIL is still an
 * answer.
 *
 *   channels  two for each server: UDP, and TCP for answers that were cut. Each tries once
 *   tries     the servers in turn, from the first. No answer, SERVFAIL, REFUSED or NOTIMP: the next
 *             try; TC: the same server by TCP; FORMERR to a query with EDNS: the same without
 *   at once   QUERIES_AT_ONCE for each server; more wait in order. The answers to more than a few
 *             hundred do not fit into the buffer of one socket (Linux: 208 KiB) */
#include "sys/resolve.h"

#include "sys/clock.h"
#include "sys/lookups.h"
#include "sys/random.h"
#include "wire/dname.h"
#include "wire/endpoint.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

enum {
	QUERIES_AT_ONCE = 200,
	SERVERS_MAX = 16,
	UDP_PAYLOAD = 1232, /* what passes unfragmented: DNS Flag Day 2020; RFC 6891 6.2.5 */
	DNS_PORT = 53,
	HEADER_SIZE = 12, /* RFC 1035 4.1.1 */
	RCVBUF = 1 << 20,
};

struct channel {
	struct resolver *r;
	ares_channel ares;
	struct watch *watches;
};

/* A socket of a channel. */
struct watch {
	uv_poll_t uv; /* first: freed by its address */
	struct channel *channel;
	struct watch *next;
	ares_socket_t fd;
};

struct server {
	struct channel udp, tcp;
	char text[ENDPOINT_TEXT]; /* "192.0.2.53:53" */
};

struct query {
	struct query *next; /* while it waits */
	struct resolver *r;
	resolver_fn fn;
	void *ctx;
	struct dname name;
	uint16_t rrtype, id;
	bool plain, tcp, has_id; /* without EDNS; by TCP */
	bool lost;               /* a connection, on which others were answered */
	unsigned tries;
	size_t server;
	int64_t at_ms, ticks;
	unsigned char *request; /* ares_free_string */
	int request_n;
	char *response; /* of an earlier try; NULL */
	size_t response_n;
	enum exchange_fault fault; /* of the last try that brought nothing */
};

struct resolver {
	struct loop *loop;
	uv_loop_t *uv;
	struct server *server;
	size_t server_n;
	int64_t timeout_ms;
	unsigned tries;
	struct query *first, **last; /* waiting */
	struct loop_timer *soon;     /* set while a round of the loop is to start some */
	uv_timer_t *tick;            /* sees to timeouts while queries are under way */
	bool is_ticking, stopping;
	size_t active;
	uint8_t ids[65536 / 8]; /* those in use */
	struct lookups *lookups;
};

static int start_soon(struct resolver *r, struct err *err);

static void handle_gone(uv_handle_t *h)
{
	free(h);
}

/* Sockets. */

static void socket_ready(uv_poll_t *uv, int status, int events)
{
	struct watch *w = (struct watch *)uv;
	/* An error of the socket is found by reading it. */
	bool reads = status < 0 || events & UV_READABLE, writes = status >= 0 && events & UV_WRITABLE;

	ares_process_fd(w->channel->ares, reads ? w->fd : ARES_SOCKET_BAD,
	                writes ? w->fd : ARES_SOCKET_BAD);
}

static void socket_wanted(void *ctx, ares_socket_t fd, int readable, int writable)
{
	struct channel *c = ctx;
	struct watch **at = &c->watches, *w;

	while (*at && (*at)->fd != fd)
		at = &(*at)->next;
	w = *at;
	if (!readable && !writable) {
		if (!w)
			return;
		*at = w->next;
		uv_close((uv_handle_t *)&w->uv, handle_gone);
		return;
	}
	if (!w) {
		/* Without memory or a place in epoll the query ends by its timeout. */
		w = calloc(1, sizeof(*w));
		if (!w)
			return;
		if (uv_poll_init(c->r->uv, &w->uv, fd) < 0) {
			free(w);
			return;
		}
		*w = (struct watch){ .uv = w->uv, .channel = c, .fd = fd, .next = c->watches };
		c->watches = w;
	}
	uv_poll_start(&w->uv, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), socket_ready);
}

static void tick(uv_timer_t *t)
{
	struct resolver *r = t->data;

	for (size_t i = 0; i < r->server_n; i++) {
		ares_process_fd(r->server[i].udp.ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
		ares_process_fd(r->server[i].tcp.ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	}
}

static void count(struct resolver *r, bool more)
{
	if (more)
		r->active++;
	else
		r->active--;
	if ((r->active > 0) == r->is_ticking)
		return;
	r->is_ticking = r->active > 0;
	if (r->is_ticking) {
		uint64_t ms = (uint64_t)(r->timeout_ms / 8 < 250 ? r->timeout_ms / 8 + 1 : 250);
		uv_timer_start(r->tick, tick, ms, ms);
	} else {
		uv_timer_stop(r->tick);
	}
}

/* Queries. */

static bool take_id(struct resolver *r, uint16_t *out)
{
	uint16_t id[16];

	/* With some hundreds of 65,536 in use, the first is nearly always free. */
	if (random_bytes((uint8_t *)id, sizeof(id), NULL) < 0)
		return false;
	for (size_t i = 0; i < 16; i++) {
		if (r->ids[id[i] / 8] & 1u << id[i] % 8)
			continue;
		r->ids[id[i] / 8] |= (uint8_t)(1u << id[i] % 8);
		*out = id[i];
		return true;
	}
	return false;
}

static void drop_request(struct query *q)
{
	if (q->has_id)
		q->r->ids[q->id / 8] &= (uint8_t)~(1u << q->id % 8);
	q->has_id = false;
	if (q->request)
		ares_free_string(q->request);
	q->request = NULL;
	q->request_n = 0;
}

static void query_free(struct query *q)
{
	drop_request(q);
	free(q->response);
	free(q);
}

static void type_text(uint16_t rrtype, char *out, size_t size)
{
	static const struct {
		uint16_t type;
		const char *name;
	} names[] = {
		{ 1, "A" },   { 2, "NS" },   { 5, "CNAME" }, { 6, "SOA" },  { 12, "PTR" },
		{ 15, "MX" }, { 16, "TXT" }, { 28, "AAAA" }, { 33, "SRV" }, { 43, "DS" },
		{ 48, "DNSKEY" }, { 65, "HTTPS" }, { 257, "CAA" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].type == rrtype) {
			snprintf(out, size, "%s", names[i].name);
			return;
		}
	}
	snprintf(out, size, "TYPE%u", rrtype); /* RFC 3597 5 */
}

/* Tell the asker; the query is gone then. */
static void conclude(struct query *q, enum exchange_fault fault, struct slice response)
{
	char uri[DNAME_MAX + 32], type[16];
	int64_t took = (clock_ticks_ns() - q->ticks) / 1000000;

	type_text(q->rrtype, type, sizeof(type));
	int n = snprintf(uri, sizeof(uri), "dns:%s?type=%s", q->name.text, type); /* RFC 4501 */
	struct exchange x = {
		.kind = EXCHANGE_DNS,
		.uri = { uri, n > 0 ? (size_t)n : 0 },
		.at_ms = q->at_ms ? q->at_ms : loop_now_ms(q->r->loop),
		.took_ms = q->at_ms ? took : 0,
		.remote = q->at_ms ? slice_str(q->r->server[q->server].text) : (struct slice){ NULL, 0 },
		.fault = response.n ? FAULT_NONE : fault,
		.request = { (const char *)q->request, (size_t)q->request_n },
		.response = response,
	};
	q->fn(q->ctx, &x);
	query_free(q);
}

static void answered(void *ctx, int status, int timeouts, unsigned char *bytes, int n);

/* Send it, as the query says. */
static void send_query(struct query *q)
{
	struct resolver *r = q->r;
	struct server *s = &r->server[q->server];

	drop_request(q);
	q->has_id = take_id(r, &q->id);
	if (!q->has_id || ares_create_query(q->name.text, C_IN, q->rrtype, q->id, 1, &q->request,
	                                    &q->request_n, q->plain ? 0 : UDP_PAYLOAD)) {
		q->request_n = 0;
		count(r, false);
		conclude(q, FAULT_RESOLVE, (struct slice){ q->response, q->response_n });
		return;
	}
	ares_send(q->tcp ? s->tcp.ares : s->udp.ares, q->request, q->request_n, answered, q);
}

/* With what the last try brought, which may be nothing. Returns whether the query goes on. */
static bool try_again(struct query *q, int status, struct slice message)
{
	const uint8_t *b = (const uint8_t *)message.p;
	uint8_t rcode;

	if (message.n >= HEADER_SIZE) {
		rcode = b[3] & 15;
		if ((b[2] & 2) && !q->tcp) { /* TC */
			q->tcp = true;
			send_query(q);
			return true;
		}
		if ((rcode == ns_r_formerr || rcode == ns_r_notimpl) && !q->plain) {
			q->plain = true; /* RFC 6891 6.2.2 */
			send_query(q);
			return true;
		}
		if (rcode != ns_r_servfail && rcode != ns_r_refused && rcode != ns_r_notimpl)
			return false;
		char *copy = malloc(message.n);
		if (!copy)
			return false;
		memcpy(copy, message.p, message.n);
		free(q->response);
		q->response = copy;
		q->response_n = message.n;
	}
	/* Servers close a connection after one answer, with other questions still in it: RFC 7766
	 * 6.2.4. */
	if (q->tcp && !q->lost && !message.n && status != ARES_ETIMEOUT) {
		q->lost = true;
		send_query(q);
		return true;
	}
	if (++q->tries >= q->r->tries)
		return false;
	q->server = q->tries % q->r->server_n;
	q->tcp = false;
	send_query(q);
	return true;
}

static void answered(void *ctx, int status, int timeouts, unsigned char *bytes, int n)
{
	struct query *q = ctx;
	struct resolver *r = q->r;
	struct slice message = { NULL, 0 };

	(void)timeouts;
	if (status == ARES_SUCCESS && n >= HEADER_SIZE)
		message = slice_from((const char *)bytes, (size_t)n);
	q->fault = status == ARES_ETIMEOUT ? FAULT_TIMEOUT : FAULT_RESOLVE;
	if (r->stopping)
		q->fault = FAULT_STOPPED;
	else if (try_again(q, status, message))
		return;
	count(r, false);
	if (!message.n)
		message = slice_from(q->response, q->response_n);
	conclude(q, q->fault, message);
	if (r->first && !r->stopping)
		start_soon(r, NULL); /* no memory: the next answer tries again */
}

static void start_waiting(void *ctx)
{
	struct resolver *r = ctx;

	r->soon = NULL;
	while (r->first && r->active < QUERIES_AT_ONCE * r->server_n) {
		struct query *q = r->first;
		r->first = q->next;
		if (!r->first)
			r->last = &r->first;
		q->at_ms = loop_now_ms(r->loop);
		q->ticks = clock_ticks_ns();
		count(r, true);
		send_query(q);
	}
}

static int start_soon(struct resolver *r, struct err *err)
{
	return r->soon ? 0 : loop_after(r->loop, 0, start_waiting, r, &r->soon, err);
}

int resolver_query(struct resolver *r, struct slice name, uint16_t rrtype, resolver_fn fn,
                   void *ctx, struct err *err)
{
	struct dname d;
	int rc = dname_parse(name, &d, err);

	if (rc < 0)
		return rc == ERR_NOMEM ? rc : err_set(err, ERR_SYNTAX, 0, "resolver: no name");
	if (r->stopping)
		return err_set(err, ERR_REFUSED, 0, "resolver: it is being stopped");
	struct query *q = calloc(1, sizeof(*q));
	if (!q)
		return err_set(err, ERR_NOMEM, 0, "resolver: no memory");
	if ((rc = start_soon(r, err)) < 0) {
		free(q);
		return rc;
	}
	*q = (struct query){ .r = r, .fn = fn, .ctx = ctx, .name = d, .rrtype = rrtype };
	*r->last = q;
	r->last = &q->next;
	return 0;
}

int resolver_addresses(struct resolver *r, struct slice name, resolver_addresses_fn fn, void *ctx,
                       struct err *err)
{
	return lookups_ask(r->lookups, name, fn, ctx, err);
}

/* Making one. */

static int open_channel(struct channel *c, struct resolver *r, const struct endpoint *e,
                        int more_flags, struct err *err)
{
	struct in_addr nowhere = { 0 };
	struct ares_options o = {
		/* SERVFAIL is an answer, TC ours to see to; no aliases, search lists or files. */
		.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH |
		         ARES_FLAG_NOALIASES | more_flags,
		.timeout = (int)r->timeout_ms,
		.tries = 1,
		/* In place of the system's, which are not read. */
		.servers = &nowhere,
		.nservers = 1,
		.lookups = (char[]){ "b" },
		.sock_state_cb = socket_wanted,
		.sock_state_cb_data = c,
		.socket_receive_buffer_size = RCVBUF,
	};
	struct ares_addr_port_node node = {
		.family = e->ip.is_v6 ? AF_INET6 : AF_INET, .udp_port = e->port, .tcp_port = e->port,
	};

	c->r = r;
	memcpy(&node.addr, e->ip.b, e->ip.is_v6 ? 16 : 4);
	int rc = ares_init_options(&c->ares, &o,
	                           ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
	                                   ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS |
	                                   ARES_OPT_SOCK_STATE_CB | ARES_OPT_SOCK_RCVBUF);
	if (rc != ARES_SUCCESS) {
		c->ares = NULL;
		return err_set(err, ERR_NOMEM, 0, "resolver: %s", ares_strerror(rc));
	}
	rc = ares_set_servers_ports(c->ares, &node);
	return rc == ARES_SUCCESS ? 0 : err_set(err, ERR_NOMEM, 0, "resolver: %s", ares_strerror(rc));
}

static int add_server(struct resolver *r, struct slice text, struct err *err)
{
	struct server *s = &r->server[r->server_n];
	struct endpoint e;
	int rc;

	if (endpoint_parse(text, DNS_PORT, &e, NULL) < 0 || !e.is_ip)
		return err_set(err, ERR_USAGE, 0, "resolver: \"%.*s\" is no address of a server",
		               SLICE_ARG(text));
	endpoint_format(&e, s->text);
	r->server_n++;
	if ((rc = open_channel(&s->udp, r, &e, 0, err)) < 0)
		return rc;
	return open_channel(&s->tcp, r, &e, ARES_FLAG_USEVC, err);
}

int resolver_new(struct loop *l, const struct resolver_options *o, struct resolver **out,
                 struct err *err)
{
	if (o->server_n == 0 || o->server_n > SERVERS_MAX)
		return err_set(err, ERR_USAGE, 0, "resolver: 1 to %d servers, not %zu", SERVERS_MAX,
		               o->server_n);
	struct resolver *r = calloc(1, sizeof(*r));
	int rc = ERR_NOMEM;

	if (!r || !(r->server = calloc(o->server_n, sizeof(*r->server))) ||
	    !(r->tick = calloc(1, sizeof(*r->tick)))) {
		err_set(err, ERR_NOMEM, 0, "resolver: no memory");
		goto failed;
	}
	r->loop = l;
	r->uv = loop_uv(l);
	r->last = &r->first;
	r->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : 2000;
	r->tries = o->tries ? o->tries : 3;
	uv_timer_init(r->uv, r->tick);
	r->tick->data = r;
	/* Counts how often; allocates nothing on this system. */
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		rc = err_set(err, ERR_IO, 0, "resolver: c-ares cannot be started");
		goto failed;
	}
	for (size_t i = 0; i < o->server_n; i++)
		if ((rc = add_server(r, o->server[i], err)) < 0)
			goto failed;
	if ((rc = lookups_new(l, r, &r->lookups, err)) < 0)
		goto failed;
	*out = r;
	return 0;
failed:
	resolver_free(r);
	return rc;
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	r->stopping = true;
	if (r->soon)
		loop_cancel(r->soon);
	for (size_t i = 0; i < r->server_n; i++) {
		/* Its queries are told now; sockets are closed. */
		if (r->server[i].udp.ares)
			ares_destroy(r->server[i].udp.ares);
		if (r->server[i].tcp.ares)
			ares_destroy(r->server[i].tcp.ares);
	}
	while (r->first) {
		struct query *q = r->first;
		r->first = q->next;
		conclude(q, FAULT_STOPPED, (struct slice){ NULL, 0 });
	}
	lookups_free(r->lookups);
	if (r->tick)
		uv_close((uv_handle_t *)r->tick, handle_gone);
	free(r->server);
	free(r);
}
