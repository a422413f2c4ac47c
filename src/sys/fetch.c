/* A transfer waits for its turn (sys/fetch_queue.h), has its name resolved and the addresses
 * checked, and is then carried out on the route of its vantage (sys/fetch_route.h) by a wire
 * (sys/fetch_wire.h). */
#include "sys/fetch.h"

#include "sys/clock.h"
#include "sys/fetch_own.h"
#include "sys/fetch_route.h"
#include "sys/fetch_transfer.h"
#include "wire/url.h"

#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <uv.h>

enum {
	TICK_MS = 50,
	REST_MS = 200,
	IN_FLIGHT = 1000,
	FILES_BESIDE = 256,
	BODIES = 256 << 20,
	TRIM_MS = 1000,
	TRIM_RESTED = 64, /* 2 to 3 MiB */
};

static int64_t now_ms(void)
{
	return clock_ticks_ns() / 1000000;
}

bool fetch_is_text(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

size_t fetch_allowed(const struct fetcher *f, struct ip *address, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (reach_allows(&f->reach, &address[i]))
			address[kept++] = address[i];
	return kept;
}

/* The end of a transfer. */

static void transfer_free(struct transfer *t)
{
	transfer_aim_release(t);
	free(t);
}

static void tell(struct transfer *t, enum exchange_fault fault)
{
	struct wire *w = t->wire;
	struct exchange x = {
		.kind = EXCHANGE_HTTP,
		.number = t->number,
		.vantage = route_vantage(t->route)->name,
		.uri = t->url,
		.at_ms = t->at_ms ? t->at_ms : loop_now_ms(t->f->loop),
		.took_ms = t->at_ms ? now_ms() - t->began_ms : 0,
		.fault = fault,
	};

	if (w) {
		x.remote = slice_str(w->remote);
		x.cut = w->cut;
		x.request = buf_slice(&w->request);
		x.response = buf_slice(&w->response);
		x.chain = w->chain_n ? w->chain : NULL;
		x.chain_n = w->chain_n;
		x.tls_verify = w->tls_verify;
	}
	t->fn(t->ctx, &x);
}

static void leave(struct transfer *t)
{
	*(t->prev ? &t->prev->next : &t->f->transfers) = t->next;
	if (t->next)
		t->next->prev = t->prev;
	if (!t->f->transfers) {
		uv_timer_stop(t->f->tick);
		t->f->is_ticking = false;
	}
}

/* Those that were paused for want of memory, as far as there is room now. One may be paused again at
 * once. */
static void go_on(struct fetcher *f)
{
	struct fetch_share *s;

	for (size_t n = f->budget.paused_n; n-- && !f->stopping && (s = fetch_budget_next(&f->budget));) {
		struct wire *w = (struct wire *)(void *)((char *)s - offsetof(struct wire, share));
		struct transfer *t = w->owner;
		w->alive_ms = now_ms();
		t->began_ms += w->alive_ms - w->paused_ms;
		curl_easy_pause(w->easy, CURLPAUSE_CONT); /* what fails is told as the transfer's end */
	}
}

void fetcher_hold(struct fetcher *f, uint64_t bytes)
{
	fetch_budget_hold(&f->budget, bytes);
}

void fetcher_let_go(struct fetcher *f, uint64_t bytes)
{
	fetch_budget_let_go(&f->budget, bytes);
	go_on(f);
}

/* Tell, and let the next have its place. */
static void conclude(struct transfer *t, enum exchange_fault fault)
{
	struct fetcher *f = t->f;

	tell(t, fault);
	leave(t);
	if (t->wire) {
		fetch_budget_end(&f->budget, &t->wire->share);
		route_give_back(t->route, t->wire);
	}
	t->wire = NULL;
	go_on(f);
	fetch_queue_done(f->queue, &t->job);
	if (t->resolving)
		t->gone = true; /* freed by its answer */
	else
		transfer_free(t);
}

static void done(struct wire *w, CURLcode rc)
{
	conclude(w->owner, wire_conclude(w, rc));
}

static void abort_late(struct transfer *t, CURLcode rc)
{
	route_abort(t->route, t->wire);
	done(t->wire, rc);
}

/* What TLS needs while it shakes hands, 50 KiB a site, lies between what stays: malloc keeps it
 * unless it is asked. Some 5 ms where 2,000 are in flight. */
static void give_back_memory(struct fetcher *f, int64_t now)
{
	if (f->rested < TRIM_RESTED || now - f->trimmed_ms < TRIM_MS)
		return;
	f->rested = 0;
	f->trimmed_ms = now;
	malloc_trim(0);
}

static void tick(uv_timer_t *timer)
{
	struct fetcher *f = timer->data;
	int64_t now = now_ms();

	for (struct transfer *t = f->transfers, *next; t; t = next) {
		next = t->next;
		/* The resolver sees to its own time, libcurl to that of connecting. */
		if (!t->wire || t->wire->share.is_paused)
			continue;
		if (now - t->began_ms >= t->limits.total_ms ||
		    (t->wire->connected && now - t->wire->alive_ms >= t->limits.idle_ms))
			abort_late(t, CURLE_OPERATION_TIMEDOUT);
		else if (now - t->wire->alive_ms >= REST_MS)
			f->rested += wire_rest(t->wire);
	}
	give_back_memory(f, now);
}

/* Its beginning. */

static void connect_to(struct transfer *t, const struct ip *address, size_t n)
{
	const struct vantage *v = route_vantage(t->route);
	struct wire *w;

	if (route_wire(t->route, t->is_tls, &w, NULL) < 0) {
		conclude(t, FAULT_STOPPED);
		return;
	}
	t->wire = w;
	w->owner = t;
	w->reach = &t->f->reach;
	w->budget = &t->f->budget;
	w->trust = &t->f->trust;
	w->is_proxied = v->proxy.n > 0;
	w->host_is_ip = t->host_is_ip;
	snprintf(w->host, sizeof(w->host), "%s", t->host.p);
	w->header_limit = t->limits.header_bytes;
	w->body_limit = t->limits.body_bytes;
	if (!transfer_aim(t, address, n) || route_start(t->route, w, NULL) < 0)
		conclude(t, FAULT_STOPPED); /* no memory */
}

static bool is_proxy_trusted(const struct transfer *t)
{
	const struct vantage *v = route_vantage(t->route);

	return v->proxy.n > 0 && v->trusted;
}

/* Without addresses of the family that the vantage's own address is not of. */
static size_t of_local_family(const struct transfer *t, struct ip *address, size_t n)
{
	const struct vantage *v = route_vantage(t->route);
	struct ip local;
	size_t kept = 0;

	if (v->local_address.n == 0 || ip_parse(v->local_address, &local, NULL) < 0)
		return n;
	for (size_t i = 0; i < n; i++)
		if (address[i].is_v6 == local.is_v6)
			address[kept++] = address[i];
	return kept;
}

static void try_addresses(struct transfer *t, const struct ip *address, size_t n)
{
	struct ip mine[WIRE_ADDRESSES];

	if (n > WIRE_ADDRESSES)
		n = WIRE_ADDRESSES;
	memcpy(mine, address, n * sizeof(*mine));
	n = fetch_allowed(t->f, mine, n);
	if (n == 0) {
		conclude(t, FAULT_ADDRESS);
		return;
	}
	n = of_local_family(t, mine, n);
	if (n == 0)
		conclude(t, FAULT_CONNECT);
	else
		connect_to(t, mine, n);
}

static void resolved(void *ctx, const struct ip *address, size_t n, enum exchange_fault fault)
{
	struct transfer *t = ctx;

	t->resolving = false;
	if (t->gone)
		transfer_free(t);
	else if (fault != FAULT_NONE)
		/* That the resolver is silent says nothing of the site. */
		conclude(t, fault == FAULT_TIMEOUT ? FAULT_RESOLVE : fault);
	else
		try_addresses(t, address, n);
}

static void run(struct fetch_job *job)
{
	struct transfer *t = (struct transfer *)job;
	struct fetcher *f = t->f;
	struct ip ip;

	t->at_ms = loop_now_ms(f->loop);
	t->began_ms = now_ms();
	t->next = f->transfers;
	if (t->next)
		t->next->prev = t;
	f->transfers = t;
	if (!f->is_ticking) {
		f->is_ticking = true;
		uv_timer_start(f->tick, tick, TICK_MS, TICK_MS);
	}
	if (t->host_is_ip) {
		if (ip_parse(t->host, &ip, NULL) < 0)
			conclude(t, FAULT_NAME);
		else
			try_addresses(t, &ip, 1);
		return;
	}
	if (is_proxy_trusted(t)) {
		connect_to(t, NULL, 0);
		return;
	}
	t->resolving = true;
	if (resolver_addresses(f->resolver, t->host, resolved, t, NULL) < 0) {
		t->resolving = false;
		conclude(t, FAULT_RESOLVE);
	}
}

/* Asking for one. */

static int route_of(struct fetcher *f, const struct vantage *v, struct route **out, struct err *err)
{
	for (size_t i = 0; i < f->route_n; i++) {
		if (route_is_of(f->route[i], v)) {
			*out = f->route[i];
			return 0;
		}
	}
	struct route **more = realloc(f->route, (f->route_n + 1) * sizeof(*more));
	if (!more)
		return err_set(err, ERR_NOMEM, 0, "fetch: no memory");
	f->route = more;
	int rc = route_new(f->loop, v, f->most, done, &f->route[f->route_n], err);
	if (rc == 0)
		*out = f->route[f->route_n++];
	return rc;
}

static int check_vantage(const struct vantage *v, struct err *err)
{
	struct ip ip;

	if (!v)
		return 0;
	if (!fetch_is_text(v->accept_language) || !fetch_is_text(v->user_agent))
		return err_set(err, ERR_USAGE, 0, "fetch: a control character in a field");
	if (v->proxy.n > TRANSFER_PROXY_MAX || !fetch_is_text(v->proxy))
		return err_set(err, ERR_USAGE, 0, "fetch: no proxy");
	if (v->proxy.n && !slice_starts(v->proxy, SLICE("http://")) &&
	    !slice_starts(v->proxy, SLICE("socks5://")))
		return err_set(err, ERR_USAGE, 0, "fetch: \"%.*s\" is no proxy", SLICE_ARG(v->proxy));
	if (v->local_address.n && ip_parse(v->local_address, &ip, NULL) < 0)
		return err_set(err, ERR_USAGE, 0, "fetch: \"%.*s\" is no address",
		               SLICE_ARG(v->local_address));
	return 0;
}

static struct slice put_text(char **at, struct slice s)
{
	struct slice copy = { *at, s.n };

	if (s.n)
		memcpy(*at, s.p, s.n);
	(*at)[s.n] = '\0';
	*at += s.n + 1;
	return copy;
}

static struct fetch_limits with_defaults(struct fetch_limits l)
{
	return (struct fetch_limits){
		.body_bytes = l.body_bytes ? l.body_bytes : 8 << 20,
		.header_bytes = l.header_bytes ? l.header_bytes : 256 << 10,
		.connect_ms = l.connect_ms > 0 ? l.connect_ms : 15000,
		.idle_ms = l.idle_ms > 0 ? l.idle_ms : 20000,
		.total_ms = l.total_ms > 0 ? l.total_ms : 60000,
	};
}

static struct transfer *transfer_new(struct fetcher *f, const struct fetch_request *q,
                                     const struct url *u)
{
	size_t n = u->text.n + u->host.n + q->referer.n + q->accept.n + q->user_agent.n + 5;
	struct transfer *t = malloc(sizeof(*t) + n);

	if (!t)
		return NULL;
	*t = (struct transfer){
		.job.run = run,
		.f = f,
		.limits = with_defaults(q->limits),
		.number = q->number,
		.port = u->port,
		.is_tls = slice_eq(u->scheme, SLICE("https")),
		.host_is_ip = u->host_is_ip,
	};
	char *at = t->text;
	t->url = put_text(&at, u->text);
	t->host = put_text(&at, u->host);
	t->referer = put_text(&at, q->referer);
	t->accept = put_text(&at, q->accept);
	t->user_agent = put_text(&at, q->user_agent);
	return t;
}

int fetch_start(struct fetcher *f, const struct fetch_request *q, fetch_fn fn, void *ctx,
                struct err *err)
{
	struct transfer *t = NULL;
	struct arena arena = { 0 };
	struct buf lane = { 0 };
	struct url u;
	int rc;

	if (f->stopping)
		return err_set(err, ERR_REFUSED, 0, "fetch: it is being stopped");
	if (!fetch_is_text(q->referer) || !fetch_is_text(q->accept) || !fetch_is_text(q->user_agent))
		return err_set(err, ERR_USAGE, 0, "fetch: a control character in a field");
	if ((rc = check_vantage(q->vantage, err)) < 0)
		return rc;
	rc = url_parse(q->url, &arena, &u, err);
	if (rc < 0) {
		rc = rc == ERR_NOMEM ? rc : err_set(err, ERR_USAGE, 0, "fetch: no web address");
		goto finish;
	}
	t = transfer_new(f, q, &u);
	if (!t) {
		rc = err_set(err, ERR_NOMEM, 0, "fetch: no memory");
		goto finish;
	}
	t->fn = fn;
	t->ctx = ctx;
	if ((rc = route_of(f, q->vantage, &t->route, err)) < 0)
		goto finish;
	if (!q->unpaced) {
		buf_put(&lane, t->host);
		buf_putc(&lane, '\0');
		buf_put(&lane, route_vantage(t->route)->name);
		if (!buf_ok(&lane)) {
			rc = err_set(err, ERR_NOMEM, 0, "fetch: no memory");
			goto finish;
		}
	}
	rc = fetch_queue_put(f->queue, buf_slice(&lane), &t->job, err);
	if (rc == 0)
		t = NULL;
finish:
	free(t);
	buf_release(&lane);
	arena_release(&arena);
	return rc;
}

/* The fetcher. */

/* As many sockets as all that may be in flight take, and as many connections again that are kept:
 * where the system does not allow that, fewer are in flight. A site must not look dead for our want
 * of one. */
static unsigned with_sockets_for(unsigned most)
{
	struct rlimit files;
	rlim_t want = 2 * (rlim_t)most + FILES_BESIDE;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= want)
		return most;
	files.rlim_cur = files.rlim_max < want ? files.rlim_max : want;
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur >= want)
		return most;
	return files.rlim_cur > FILES_BESIDE + 2 ? (unsigned)(files.rlim_cur - FILES_BESIDE) / 2 : 1;
}

static void handle_gone(uv_handle_t *h)
{
	free(h);
}

int fetcher_new(struct loop *l, struct resolver *r, const struct fetcher_options *o,
                struct fetcher **out, struct err *err)
{
	struct fetcher *f = calloc(1, sizeof(*f));
	int rc = ERR_NOMEM;

	if (!f)
		return err_set(err, ERR_NOMEM, 0, "fetch: no memory");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(f);
		return err_set(err, ERR_IO, 0, "fetch: libcurl cannot be started");
	}
	f->loop = l;
	f->resolver = r;
	f->reach = o->reach;
	f->budget.most = o->bodies ? o->bodies : BODIES;
	f->most = with_sockets_for(o->in_flight ? o->in_flight : IN_FLIGHT);
	f->tick = calloc(1, sizeof(*f->tick));
	if (!f->tick) {
		err_set(err, ERR_NOMEM, 0, "fetch: no memory");
		goto failed;
	}
	uv_timer_init(loop_uv(l), f->tick);
	f->tick->data = f;
	if ((rc = fetch_queue_new(l, o->host_delay_ms, f->most, &f->queue, err)) < 0)
		goto failed;
	*out = f;
	return 0;
failed:
	fetcher_free(f);
	return rc;
}

void fetcher_free(struct fetcher *f)
{
	struct fetch_job *job;

	if (!f)
		return;
	f->stopping = true;
	while (f->queue && (job = fetch_queue_stop(f->queue))) {
		if (whois_is(job)) {
			whois_drop(job);
			continue;
		}
		struct transfer *t = (struct transfer *)job;
		tell(t, FAULT_STOPPED);
		transfer_free(t);
	}
	while (f->transfers) {
		struct transfer *t = f->transfers;
		if (t->wire) {
			route_abort(t->route, t->wire);
			wire_conclude(t->wire, CURLE_ABORTED_BY_CALLBACK);
		}
		conclude(t, FAULT_STOPPED);
	}
	whois_stop(f);
	for (size_t i = 0; i < f->route_n; i++)
		route_free(f->route[i]);
	free(f->route);
	fetch_queue_free(f->queue);
	if (f->tick)
		uv_close((uv_handle_t *)f->tick, handle_gone);
	X509_STORE_free(f->trust);
	free(f);
	curl_global_cleanup();
}

size_t fetcher_in_flight(const struct fetcher *f)
{
	return fetch_queue_active(f->queue);
}

size_t fetcher_waiting(const struct fetcher *f)
{
	return fetch_queue_waiting(f->queue);
}
