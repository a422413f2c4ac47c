/* Each connection has one request under way; when its answer is whole, the next one goes out. */
#include "http_load.h"

#include "sys/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 18 };

struct line {
	int fd;
	size_t have; /* octets of the answer that came */
	size_t want; /* of head and body together; 0: the head is not whole */
	size_t body;
	char answer[ANSWER_MAX];
};

static void die(const char *what)
{
	fprintf(stderr, "http_load: %s\n", what);
	exit(2);
}

static double cpu_of(pid_t pid)
{
	clockid_t clock;
	struct timespec t;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		die("the server's processor time cannot be read");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int connect_to(uint16_t port)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port),
		                    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof(name)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("cannot connect");
	return fd;
}

static void ask(struct line *l, const char *target)
{
	char text[2048];
	int n = snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	                 "Accept: application/json\r\n\r\n", target);

	l->have = l->want = 0;
	if (n < 0 || (size_t)n >= sizeof(text) || send(l->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		die("a request could not be sent");
}

/* True when the answer is whole. */
static int take(struct line *l)
{
	static const char length[] = "Content-Length: ";
	ssize_t n = recv(l->fd, l->answer + l->have, ANSWER_MAX - 1 - l->have, 0);

	if (n <= 0)
		die("a connection broke, or an answer is too long");
	l->have += (size_t)n;
	l->answer[l->have] = '\0';
	if (!l->want) {
		const char *end = strstr(l->answer, "\r\n\r\n");
		if (!end)
			return 0;
		const char *at = strstr(l->answer, length);
		if (strncmp(l->answer, "HTTP/1.1 200", 12) || !at || at > end)
			die("an answer is not 200 with a Content-Length");
		l->body = (size_t)strtoull(at + sizeof(length) - 1, NULL, 10);
		l->want = (size_t)(end - l->answer) + 4 + l->body;
	}
	return l->have >= l->want;
}

struct http_load_result http_load_run(const struct http_load *load)
{
	struct epoll_event event[HTTP_LOAD_MAX];
	struct line *line = calloc(load->connections, sizeof(*line));
	size_t next = 0, answers = 0, octets = 0;
	int poll = epoll_create1(EPOLL_CLOEXEC);

	if (!line || poll < 0 || load->connections > HTTP_LOAD_MAX || !load->targets)
		die("cannot begin");
	for (size_t i = 0; i < load->connections; i++) {
		struct epoll_event add = { .events = EPOLLIN, .data = { .ptr = &line[i] } };
		line[i].fd = connect_to(load->port);
		if (epoll_ctl(poll, EPOLL_CTL_ADD, line[i].fd, &add))
			die("cannot poll");
	}
	double cpu = cpu_of(load->server);
	int64_t begin = clock_ticks_ns(), end = begin + (int64_t)(load->seconds * 1e9);
	for (size_t i = 0; i < load->connections; i++)
		ask(&line[i], load->target[next++ % load->targets]);
	/* Behind the end nothing new is asked, and what is under way is waited for: the server's
	 * time for it has been counted. */
	for (size_t busy = load->connections; busy;) {
		int n = epoll_wait(poll, event, HTTP_LOAD_MAX, 5000);
		if (n <= 0)
			die("no answer for five seconds");
		for (int i = 0; i < n; i++) {
			struct line *l = event[i].data.ptr;
			if (!take(l))
				continue;
			answers++;
			octets += l->body;
			if (clock_ticks_ns() < end)
				ask(l, load->target[next++ % load->targets]);
			else
				busy--;
		}
	}
	double took = (double)(clock_ticks_ns() - begin) / 1e9;
	cpu = cpu_of(load->server) - cpu;
	for (size_t i = 0; i < load->connections; i++)
		close(line[i].fd);
	close(poll);
	free(line);
	if (!answers)
		die("no answer at all");
	return (struct http_load_result){ (double)answers / took, cpu / (double)answers * 1e6,
		                          (double)octets / (double)answers };
}
