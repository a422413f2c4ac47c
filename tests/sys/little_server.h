/* A server of the test's own on loopback: a thread that listens, one for each connection that runs
 * the test's handler. What a handler asserts it leaves in the counters: cmocka belongs to the
 * test's thread. */
#ifndef TEST_SYS_LITTLE_SERVER_H
#define TEST_SYS_LITTLE_SERVER_H

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LITTLE_CONNECTIONS = 64, LITTLE_REQUEST = 16 << 10 };

struct little_server;

/* Serve one connection; the caller closes it. */
typedef void (*little_fn)(struct little_server *s, int fd);

struct little_server {
	little_fn serve;
	void *ctx;
	int fd;
	uint16_t port;
	atomic_uint accepted, open, most_open;
	atomic_bool stopping;
	pthread_t thread, worker[LITTLE_CONNECTIONS];
	int worker_fd[LITTLE_CONNECTIONS];
	unsigned workers;
};

struct little_work {
	struct little_server *s;
	int fd;
};

static inline void *little_work(void *ctx)
{
	struct little_work *w = ctx;
	struct little_server *s = w->s;
	unsigned open = atomic_fetch_add(&s->open, 1) + 1, most = atomic_load(&s->most_open);

	while (open > most && !atomic_compare_exchange_weak(&s->most_open, &most, open))
		;
	s->serve(s, w->fd);
	atomic_fetch_sub(&s->open, 1);
	shutdown(w->fd, SHUT_RDWR); /* closed by little_stop: the number must not be another's before */
	free(w);
	return NULL;
}

static inline void *little_accept(void *ctx)
{
	struct little_server *s = ctx;

	while (!atomic_load(&s->stopping)) {
		int fd = accept(s->fd, NULL, NULL);
		if (fd < 0)
			continue;
		assert(s->workers < LITTLE_CONNECTIONS);
		struct little_work *w = malloc(sizeof(*w));
		*w = (struct little_work){ s, fd };
		atomic_fetch_add(&s->accepted, 1);
		s->worker_fd[s->workers] = fd;
		int failed = pthread_create(&s->worker[s->workers], NULL, little_work, w);
		assert(!failed);
		(void)failed;
		s->workers++;
	}
	return NULL;
}

/* On a port of the system's choice, or on `port`. */
static inline void little_start_at(struct little_server *s, const char *address, uint16_t port,
                                   little_fn serve, void *ctx)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 b = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	bool is_v6 = inet_pton(AF_INET6, address, &b.sin6_addr) == 1;
	struct sockaddr *sa = is_v6 ? (struct sockaddr *)&b : (struct sockaddr *)&a;
	socklen_t n = is_v6 ? sizeof(b) : sizeof(a);
	int on = 1;

	memset(s, 0, sizeof(*s));
	s->serve = serve;
	s->ctx = ctx;
	inet_pton(AF_INET, address, &a.sin_addr);
	s->fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	int failed = bind(s->fd, sa, n) || listen(s->fd, 128) || getsockname(s->fd, sa, &n);
	assert(!failed);
	s->port = ntohs(is_v6 ? b.sin6_port : a.sin_port);
	failed = pthread_create(&s->thread, NULL, little_accept, s);
	assert(!failed);
	(void)failed;
}

static inline void little_start(struct little_server *s, const char *address, little_fn serve,
                                void *ctx)
{
	little_start_at(s, address, 0, serve, ctx);
}

static inline void little_stop(struct little_server *s)
{
	atomic_store(&s->stopping, true);
	shutdown(s->fd, SHUT_RDWR); /* wakes accept */
	pthread_join(s->thread, NULL);
	for (unsigned i = 0; i < s->workers; i++) {
		shutdown(s->worker_fd[i], SHUT_RDWR);
		pthread_join(s->worker[i], NULL);
		close(s->worker_fd[i]);
	}
	close(s->fd);
}

static inline bool little_send(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t k = send(fd, at, n, MSG_NOSIGNAL);
		if (k <= 0)
			return false;
		at += k;
		n -= (size_t)k;
	}
	return true;
}

static inline bool little_say(int fd, const char *text)
{
	return little_send(fd, text, strlen(text));
}

/* Read up to the empty line of a request, or to LF with `line`; NUL behind it. False: it went
 * away. */
static inline bool little_hear_until(int fd, char out[LITTLE_REQUEST], const char *end)
{
	size_t n = 0;

	out[0] = '\0';
	while (n + 1 < LITTLE_REQUEST) {
		if (recv(fd, out + n, 1, 0) <= 0)
			return false;
		out[++n] = '\0';
		if (n >= strlen(end) && strcmp(out + n - strlen(end), end) == 0)
			return true;
	}
	return false;
}

static inline bool little_hear(int fd, char out[LITTLE_REQUEST])
{
	return little_hear_until(fd, out, "\r\n\r\n");
}

/* Until the other side goes away or the server is stopped. */
static inline void little_wait_gone(int fd)
{
	char c[512];

	while (recv(fd, c, sizeof(c), 0) > 0)
		;
}

/* The same, for that long at most; what comes meanwhile is left. */
static inline void little_wait_gone_for(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	poll(&p, 1, ms);
}

#endif
