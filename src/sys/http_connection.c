#include "sys/http_connection.h"

#include "sys/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h> /* tcpi_bytes_received, which the C library's own header lacks */
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	TICK_MS = 500,
	LINGER_MS = 2000,
	KEEP = 1024, /* octets of a buffer that an idle connection may keep */
};

static int64_t now_ms(void)
{
	return clock_ticks_ns() / 1000000;
}

static struct tcp_info tcp_info(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0)
		return (struct tcp_info){ 0 };
	return info;
}

static uint64_t state_of(enum http_phase phase, int64_t ms)
{
	return (uint64_t)ms << 2 | (uint64_t)phase;
}

static enum http_phase phase_of(uint64_t state)
{
	return (enum http_phase)(state & 3);
}

static int64_t since_of(uint64_t state)
{
	return (int64_t)(state >> 2);
}

void http_connection_enter(struct http_connection *c, enum http_phase phase)
{
	atomic_store(&c->state, state_of(phase, now_ms()));
}

static void forget(struct buf *b)
{
	if (b->cap > KEEP || b->failed)
		buf_release(b);
	else
		buf_clear(b);
}

void http_connection_rest(struct http_connection *c)
{
	forget(&c->target);
	forget(&c->body);
	c->target_at = NULL;
	c->allowed = 0;
	c->has_head = false;
	http_connection_enter(c, HTTP_IDLE);
}

bool http_connection_is_garbled(const struct http_connection *c)
{
	char byte;

	if (c->had_line || atomic_load(&c->is_cut))
		return false;
	struct tcp_info info = tcp_info(c->fd);
	if (!info.tcpi_bytes_received || info.tcpi_bytes_sent)
		return false;
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

static void cut(struct http_connection *c, bool at_once)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	/* What a client does not take must not wait in the kernel for minutes. */
	if (at_once)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	atomic_store(&c->is_cut, true);
	shutdown(c->fd, SHUT_RDWR); /* fails when the peer was faster: the library closes it */
}

struct http_connection *http_connection_opened(struct http_connections *all, int fd)
{
	struct http_connection *c = NULL;

	atomic_fetch_add(&all->accepted, 1);
	if (atomic_fetch_add(&all->open, 1) < all->limits.connections)
		c = calloc(1, sizeof(*c));
	if (!c) {
		atomic_fetch_sub(&all->open, 1);
		atomic_fetch_sub(&all->accepted, 1);
		atomic_fetch_add(&all->rejected, 1);
		shutdown(fd, SHUT_RDWR);
		return NULL;
	}
	c->fd = fd;
	http_connection_enter(c, HTTP_IDLE);
	pthread_mutex_lock(&all->lock);
	c->next = all->first;
	if (c->next)
		c->next->prev = c;
	all->first = c;
	pthread_mutex_unlock(&all->lock);
	return c;
}

static void wake(struct http_connections *all)
{
	const uint64_t one = 1;

	if (write(all->wake, &one, sizeof(one)) < 0)
		return; /* full: it is awake already */
}

/* Keep a copy of the socket when the peer is still sending. Under the lock. */
static bool linger(struct http_connections *all, const struct http_connection *c)
{
	char byte;

	if (atomic_load(&c->is_cut) || atomic_load(&all->is_over) ||
	    all->lingering == HTTP_LINGER)
		return false;
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN) || (n < 0 && !c->is_refused))
		return false;
	int copy = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0)
		return false;
	shutdown(copy, SHUT_WR);
	all->linger[all->lingering].fd = copy;
	all->linger[all->lingering++].until_ms = now_ms() + LINGER_MS;
	return true;
}

void http_connection_closed(struct http_connections *all, struct http_connection *c)
{
	pthread_mutex_lock(&all->lock);
	if (c->prev)
		c->prev->next = c->next;
	else
		all->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	bool lingers = linger(all, c);
	pthread_mutex_unlock(&all->lock);
	if (lingers)
		wake(all);
	atomic_fetch_sub(&all->open, 1);
	buf_release(&c->target);
	buf_release(&c->body);
	free(c);
}

/* What a phase allows, in milliseconds. */
static int64_t allowed_ms(const struct http_limits *limits, enum http_phase phase)
{
	switch (phase) {
	case HTTP_HEAD:
		return limits->head_s * 1000ll;
	case HTTP_BODY:
		return limits->body_s * 1000ll;
	case HTTP_SEND:
		return limits->send_s * 1000ll;
	case HTTP_IDLE:
		break;
	}
	return limits->idle_s * 1000ll;
}

/* The library says nothing before it has a whole request line, but the kernel counts: an idle
 * connection whose octets have begun to come is within a head from now on. */
static uint64_t look_at(struct http_connection *c, int64_t now)
{
	uint64_t state = atomic_load(&c->state), head = state_of(HTTP_HEAD, now);

	if (phase_of(state) != HTTP_IDLE)
		return state;
	uint64_t bytes = tcp_info(c->fd).tcpi_bytes_received;
	if (c->seen != state) {
		c->seen = state;
		c->seen_bytes = c->had_line ? bytes : 0;
	}
	/* The connection's own thread may be faster: then its word stands. */
	if (bytes > c->seen_bytes && atomic_compare_exchange_strong(&c->state, &state, head))
		return head;
	return state;
}

static void look_at_all(struct http_connections *all)
{
	pthread_mutex_lock(&all->lock);
	int64_t now = now_ms();
	for (struct http_connection *c = all->first; c; c = c->next) {
		if (atomic_load(&c->is_cut))
			continue;
		uint64_t state = look_at(c, now);
		if (now - since_of(state) < allowed_ms(&all->limits, phase_of(state)))
			continue;
		cut(c, phase_of(state) == HTTP_SEND);
		atomic_fetch_add(&all->expired, 1);
	}
	pthread_mutex_unlock(&all->lock);
}

size_t http_connections_drain(struct http_connections *all)
{
	size_t busy = 0;

	atomic_store(&all->is_stopping, true);
	pthread_mutex_lock(&all->lock);
	for (struct http_connection *c = all->first; c; c = c->next) {
		if (phase_of(atomic_load(&c->state)) != HTTP_IDLE)
			busy++;
		else if (!atomic_load(&c->is_cut))
			cut(c, false);
	}
	pthread_mutex_unlock(&all->lock);
	return busy;
}

/* Read what a lingering peer still sends; true when it is over. */
static bool is_drained(int fd)
{
	static _Thread_local char sink[1 << 16];

	for (int i = 0; i < 16; i++) {
		ssize_t n = recv(fd, sink, sizeof(sink), MSG_DONTWAIT);
		if (n < 0)
			return errno != EAGAIN && errno != EINTR;
		if (n == 0)
			return true;
	}
	return false;
}

static void wait_and_drain(struct http_connections *all, int64_t until)
{
	struct pollfd fds[1 + HTTP_LINGER] = { { .fd = all->wake, .events = POLLIN } };
	uint64_t count;

	pthread_mutex_lock(&all->lock);
	size_t n = all->lingering;
	for (size_t i = 0; i < n; i++)
		fds[1 + i] = (struct pollfd){ .fd = all->linger[i].fd, .events = POLLIN };
	pthread_mutex_unlock(&all->lock);
	int64_t left = until - now_ms();
	if (poll(fds, 1 + n, left > 0 ? (int)left : 0) < 0)
		return; /* EINTR: looked at again */
	if (fds[0].revents && read(all->wake, &count, sizeof(count)) < 0)
		fds[0].revents = 0; /* somebody else has read it */
	/* Only this thread takes out of the list, and others add behind its end. */
	pthread_mutex_lock(&all->lock);
	int64_t now = now_ms();
	for (size_t i = n; i-- > 0;) {
		bool over = now >= all->linger[i].until_ms;
		if (!over && fds[1 + i].revents)
			over = is_drained(all->linger[i].fd);
		if (over) {
			close(all->linger[i].fd);
			all->linger[i] = all->linger[--all->lingering];
		}
	}
	pthread_mutex_unlock(&all->lock);
}

static void *keep_time(void *ctx)
{
	struct http_connections *all = ctx;
	int64_t next = now_ms() + TICK_MS;

	while (!atomic_load(&all->is_over)) {
		wait_and_drain(all, next);
		if (now_ms() < next)
			continue;
		look_at_all(all);
		next = now_ms() + TICK_MS;
	}
	return NULL;
}

int http_connections_start(struct http_connections *all, const struct http_limits *limits,
                           struct err *err)
{
	all->limits = *limits;
	all->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (all->wake < 0)
		return err_sys(err, "http: eventfd");
	pthread_mutex_init(&all->lock, NULL); /* cannot fail with default attributes on Linux */
	errno = pthread_create(&all->thread, NULL, keep_time, all);
	if (errno) {
		int rc = err_sys(err, "http: thread");
		close(all->wake);
		pthread_mutex_destroy(&all->lock);
		return rc;
	}
	return 0;
}

void http_connections_stop(struct http_connections *all)
{
	atomic_store(&all->is_over, true);
	wake(all);
	pthread_join(all->thread, NULL);
	for (size_t i = 0; i < all->lingering; i++)
		close(all->linger[i].fd);
	close(all->wake);
	pthread_mutex_destroy(&all->lock);
}
