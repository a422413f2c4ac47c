/* libcurl says which sockets it waits for and when it wants to be called; epoll is told as seldom
 * as can be. A socket stays registered from its first use until it is closed, also while its
 * connection is kept for the next request: an event that nobody waits for ends the registration. */
#include "sys/fetch_route.h"

#include "base/arena.h"

#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

struct watched {
	uv_poll_t uv; /* first: freed by its address */
	struct route *r;
	curl_socket_t fd;
	int wanted, polled; /* UV_READABLE, UV_WRITABLE */
};

struct route {
	CURLM *multi;
	uv_loop_t *uv;
	uv_timer_t *timer;
	route_done_fn done;
	struct arena arena;
	struct vantage vantage;
	struct watched **by_fd;
	size_t fds;
	struct wire *idle[2]; /* [1]: for https */
	size_t idle_n[2];
};

static void handle_gone(uv_handle_t *h)
{
	free(h);
}

/* Hand out what is over. May start and abort others. */
static void drain(struct route *r)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(r->multi, &left))) {
		CURLcode rc = m->data.result;
		char *p = NULL;
		if (m->msg != CURLMSG_DONE)
			continue;
		CURL *easy = m->easy_handle;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &p);
		curl_multi_remove_handle(r->multi, easy);
		r->done((struct wire *)(void *)p, rc);
	}
}

static void timer_fired(uv_timer_t *t)
{
	struct route *r = t->data;
	int running;

	curl_multi_socket_action(r->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	drain(r);
}

static int timer_wanted(CURLM *multi, long ms, void *ctx)
{
	struct route *r = ctx;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(r->timer);
	else
		uv_timer_start(r->timer, timer_fired, (uint64_t)ms, 0);
	return 0;
}

static void socket_ready(uv_poll_t *uv, int status, int events)
{
	struct watched *s = (struct watched *)uv;
	struct route *r = s->r;
	int flags = 0, running;

	if (!s->wanted) {
		uv_poll_stop(uv);
		s->polled = 0;
		return;
	}
	if (status < 0)
		flags = CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(r->multi, s->fd, flags, &running);
	drain(r);
}

static struct watched *watch(struct route *r, curl_socket_t fd)
{
	size_t at = (size_t)fd;

	if (at >= r->fds) {
		size_t n = at + at / 2 + 64;
		struct watched **more = realloc(r->by_fd, n * sizeof(*more));
		if (!more)
			return NULL;
		memset(more + r->fds, 0, (n - r->fds) * sizeof(*more));
		r->by_fd = more;
		r->fds = n;
	}
	struct watched *s = r->by_fd[at];
	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	if (uv_poll_init(r->uv, &s->uv, fd) < 0) {
		free(s);
		return NULL;
	}
	s->r = r;
	s->fd = fd;
	r->by_fd[at] = s;
	return s;
}

static void unwatch(struct route *r, curl_socket_t fd)
{
	size_t at = (size_t)fd;

	if (at >= r->fds || !r->by_fd[at])
		return;
	uv_close((uv_handle_t *)&r->by_fd[at]->uv, handle_gone);
	r->by_fd[at] = NULL;
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *ctx, void *unused)
{
	struct route *r = ctx;
	int events = what == CURL_POLL_IN    ? UV_READABLE :
	             what == CURL_POLL_OUT   ? UV_WRITABLE :
	             what == CURL_POLL_INOUT ? UV_READABLE | UV_WRITABLE :
	                                       0;

	(void)easy;
	(void)unused;
	if (!events && ((size_t)fd >= r->fds || !r->by_fd[fd]))
		return 0;
	struct watched *s = watch(r, fd);
	if (!s)
		return -1;
	s->wanted = events;
	if (events && events != s->polled) {
		s->polled = events;
		return uv_poll_start(&s->uv, events, socket_ready) < 0 ? -1 : 0;
	}
	return 0;
}

static int close_socket(void *ctx, curl_socket_t fd)
{
	unwatch(ctx, fd);
	return close(fd);
}

static bool copy_vantage(struct route *r, const struct vantage *v)
{
	const struct slice *from[] = { &v->name,          &v->country,         &v->proxy,
		                       &v->local_address, &v->accept_language, &v->user_agent,
		                       &v->referer };
	struct vantage *to = &r->vantage;
	struct slice *into[] = { &to->name,          &to->country,         &to->proxy,
		                 &to->local_address, &to->accept_language, &to->user_agent,
		                 &to->referer };

	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		*into[i] = arena_copy(&r->arena, *from[i]);
		if (!into[i]->p)
			return false;
	}
	to->trusted = v->trusted;
	return true;
}

int route_new(struct loop *l, const struct vantage *v, unsigned most, route_done_fn done,
              struct route **out, struct err *err)
{
	static const struct vantage none;
	struct route *r = calloc(1, sizeof(*r));
	int failed = 0;

	if (!r || !(r->multi = curl_multi_init()) || !copy_vantage(r, v ? v : &none) ||
	    !(r->timer = calloc(1, sizeof(*r->timer))))
		goto failed;
	r->uv = loop_uv(l);
	r->done = done;
	uv_timer_init(r->uv, r->timer);
	r->timer->data = r;
#define SET(option, value) failed |= curl_multi_setopt(r->multi, option, value) != CURLM_OK
	SET(CURLMOPT_SOCKETFUNCTION, socket_wanted);
	SET(CURLMOPT_SOCKETDATA, r);
	SET(CURLMOPT_TIMERFUNCTION, timer_wanted);
	SET(CURLMOPT_TIMERDATA, r);
	SET(CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	/* It counts those in use as well: as many may be kept. */
	SET(CURLMOPT_MAXCONNECTS, 2 * (long)most);
#undef SET
	if (failed)
		goto failed;
	*out = r;
	return 0;
failed:
	route_free(r);
	return err_set(err, ERR_NOMEM, 0, "fetch: no memory");
}

void route_free(struct route *r)
{
	if (!r)
		return;
	for (int tls = 0; tls < 2; tls++) {
		while (r->idle[tls]) {
			struct wire *w = r->idle[tls];
			r->idle[tls] = w->next;
			wire_free(w);
		}
	}
	if (r->multi)
		curl_multi_cleanup(r->multi); /* closes its sockets by close_socket */
	for (size_t i = 0; i < r->fds; i++)
		unwatch(r, (curl_socket_t)i);
	if (r->timer)
		uv_close((uv_handle_t *)r->timer, handle_gone);
	arena_release(&r->arena);
	free(r->by_fd);
	free(r);
}

const struct vantage *route_vantage(const struct route *r)
{
	return &r->vantage;
}

bool route_is_of(const struct route *r, const struct vantage *v)
{
	static const struct vantage none;
	const struct vantage *mine = &r->vantage;

	if (!v)
		v = &none;
	return slice_eq(mine->name, v->name) && slice_eq(mine->proxy, v->proxy) &&
	       slice_eq(mine->local_address, v->local_address) && mine->trusted == v->trusted &&
	       slice_eq(mine->accept_language, v->accept_language) &&
	       slice_eq(mine->user_agent, v->user_agent);
}

int route_wire(struct route *r, bool is_tls, struct wire **out, struct err *err)
{
	struct wire *w = r->idle[is_tls];
	int rc;

	if (w) {
		r->idle[is_tls] = w->next;
		r->idle_n[is_tls]--;
		*out = w;
		return 0;
	}
	if ((rc = wire_new(is_tls, &w, err)) < 0)
		return rc;
	if (curl_easy_setopt(w->easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket) != CURLE_OK ||
	    curl_easy_setopt(w->easy, CURLOPT_CLOSESOCKETDATA, r) != CURLE_OK) {
		wire_free(w);
		return err_set(err, ERR_NOMEM, 0, "fetch: no memory");
	}
	*out = w;
	return 0;
}

int route_start(struct route *r, struct wire *w, struct err *err)
{
	if (curl_multi_add_handle(r->multi, w->easy) != CURLM_OK)
		return err_set(err, ERR_NOMEM, 0, "fetch: no memory");
	return 0;
}

void route_abort(struct route *r, struct wire *w)
{
	curl_multi_remove_handle(r->multi, w->easy);
}

void route_give_back(struct route *r, struct wire *w)
{
	if (r->idle_n[w->is_tls] >= ROUTE_IDLE_WIRES) {
		wire_free(w);
		return;
	}
	wire_clear(w);
	w->next = r->idle[w->is_tls];
	r->idle[w->is_tls] = w;
	r->idle_n[w->is_tls]++;
}
