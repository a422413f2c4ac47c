/* libmicrohttpd's callbacks in the order in which it makes them for a connection:
 *
 *   noticed STARTED   a record is made (http_connection.c)
 *   line_read         a request line: its target is copied before the library cuts it up
 *   asked, first      the whole head: the guard, the allowance; a refusal is queued here, which makes
 *                     the library close behind it
 *   asked, middle     octets of the body
 *   asked, last       the handler; its answer keeps the connection only when queued here
 *   completed         the answer is sent, or the connection broke
 *   noticed CLOSED    the record is dropped; the socket is still open
 *
 * A failure that the library offers no way to answer (a chunked body over its allowance, a request
 * line without a space) is answered by writing to the socket, which holds nothing unsent then. */
#include "sys/http_server.h"

#include "sys/http_answer.h"
#include "sys/http_connection.h"
#include "sys/http_guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	POOL_EXTRA = 8 * 1024, /* beside the head: the library's own records, the answer's head */
	SPARE = 1024,          /* the library stops accepting at its limit; ours is to come first */
};

struct http_server {
	struct http_config config;
	struct http_connections connections;
	struct MHD_Daemon *daemon;
	int fd;
	uint16_t port;
};

struct http_limits http_limits_default(void)
{
	return (struct http_limits){
		.connections = 12000,
		.target = 8000, /* RFC 9112 3: at least that */
		.head = 16 * 1024,
		.head_s = 10,
		.idle_s = 60,
		.body_s = 60,
		.send_s = 120,
	};
}

struct slice http_request_field(const struct http_request *request, const char *name)
{
	const char *value = NULL;
	size_t n = 0;

	if (MHD_lookup_connection_value_n(request->fields, MHD_HEADER_KIND, name, strlen(name),
	                                  &value, &n) != MHD_YES)
		return (struct slice){ 0 };
	return slice_from(value, n);
}

bool http_request_peer(const struct http_request *request, uint8_t out[HTTP_PEER])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->fields, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	if (!info || !info->client_addr)
		return false;
	if (info->client_addr->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, info->client_addr, sizeof(v4));
		memcpy(out, mapped, sizeof(mapped));
		memcpy(out + 12, &v4.sin_addr, 4);
		return true;
	}
	if (info->client_addr->sa_family != AF_INET6)
		return false;
	struct sockaddr_in6 v6;
	memcpy(&v6, info->client_addr, sizeof(v6));
	memcpy(out, &v6.sin6_addr, HTTP_PEER);
	return true;
}

/* --- answers --------------------------------------------------------------------------------- */

static enum MHD_Result queue(struct http_server *s, struct MHD_Connection *connection,
                             struct http_connection *c, struct http_response *r)
{
	bool close = r->close || atomic_load(&s->connections.is_stopping);
	unsigned status = r->status ? r->status : 200;
	struct MHD_Response *made = http_answer_make(r, close);

	http_answer_drop(r);
	if (!made)
		return MHD_NO; /* no memory for an answer: the connection is closed */
	http_connection_enter(c, HTTP_SEND);
	enum MHD_Result result = MHD_queue_response(connection, status, made);
	MHD_destroy_response(made);
	return result;
}

static struct http_response refusal(struct http_server *s, unsigned status)
{
	struct http_response r = { 0 };

	atomic_fetch_add(&s->connections.refused, 1);
	if (s->config.refuse)
		s->config.refuse(s->config.ctx, status, &r);
	r.status = status;
	r.close = true;
	return r;
}

static const char *reason(unsigned status)
{
	return status == 413 ? "Content Too Large" : "Bad Request"; /* RFC 9110 15.5 */
}

/* Answer on the socket itself; the library then closes it. */
static void refuse_bare(struct http_server *s, struct http_connection *c, unsigned status)
{
	struct http_response r = refusal(s, status);
	struct slice body = r.fixed.p ? r.fixed : buf_slice(&r.body);
	struct buf out = { 0 };

	buf_printf(&out, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: %zu\r\n", status,
	           reason(status), body.n);
	if (r.media_type)
		buf_printf(&out, "Content-Type: %s\r\n", r.media_type);
	buf_puts(&out, "\r\n");
	buf_put(&out, body);
	c->is_refused = true;
	/* Whether it gets through is the client's affair: the connection ends in either case. */
	if (buf_ok(&out) && send(c->fd, out.p, out.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		c->is_refused = false;
	buf_release(&out);
	http_answer_drop(&r);
}

static enum MHD_Result refuse(struct http_server *s, struct MHD_Connection *connection,
                              struct http_connection *c, unsigned status)
{
	struct http_response r = refusal(s, status);

	c->is_refused = true;
	return queue(s, connection, c, &r);
}

/* --- requests -------------------------------------------------------------------------------- */

static struct http_connection *record_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void *line_read(void *ctx, const char *target, struct MHD_Connection *connection)
{
	struct http_connection *c = record_of(connection);

	(void)ctx;
	if (!c)
		return NULL;
	atomic_store(&c->had_line, true);
	http_connection_enter(c, HTTP_HEAD);
	c->target_at = target;
	buf_puts(&c->target, target ? target : "");
	return c;
}

static struct http_request request_of(struct MHD_Connection *connection,
                                      const struct http_connection *c, const char *method)
{
	struct http_request r = {
		.method = slice_str(strcmp(method, "HEAD") == 0 ? "GET" : method),
		.target = c->target_is_root
		                  ? SLICE("/")
		                  : slice_sub(buf_slice(&c->target), c->target_from,
		                              c->target_from + c->target_n),
		.fields = connection,
	};
	size_t mark = slice_find(r.target, '?');

	r.path = slice_sub(r.target, 0, mark);
	r.query = slice_sub(r.target, mark + 1, r.target.n);
	return r;
}

static enum MHD_Result begin(struct http_server *s, struct MHD_Connection *connection,
                             struct http_connection *c, const char *method, const char *version)
{
	struct http_head head = { connection, method, version, c->target_at, &c->target };
	struct http_framing framing;

	c->has_head = true;
	atomic_fetch_add(&s->connections.requests, 1);
	unsigned status = buf_ok(&c->target) ? http_guard(&head, &s->config.limits, &framing) : 414;
	if (status)
		return refuse(s, connection, c, status);
	struct slice whole = buf_slice(&c->target);
	c->target_is_root = framing.target.p < whole.p || framing.target.p > whole.p + whole.n;
	if (!c->target_is_root) {
		c->target_from = (size_t)(framing.target.p - whole.p);
		c->target_n = framing.target.n;
	}
	if (!framing.length && !framing.is_chunked)
		return MHD_YES;
	struct http_request request = request_of(connection, c, method);
	c->allowed = s->config.body ? s->config.body(s->config.ctx, &request) : 0;
	if (framing.length > c->allowed)
		return refuse(s, connection, c, 413);
	http_connection_enter(c, HTTP_BODY);
	return MHD_YES;
}

static enum MHD_Result asked(void *ctx, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *upload,
                             size_t *upload_n, void **record)
{
	struct http_server *s = ctx;
	struct http_connection *c = *record;

	(void)url;
	if (!c)
		return MHD_NO; /* over the limit of connections */
	if (!c->has_head)
		return begin(s, connection, c, method, version);
	if (*upload_n) {
		if (*upload_n > c->allowed - c->body.n) {
			refuse_bare(s, c, 413);
			return MHD_NO;
		}
		buf_put(&c->body, slice_from(upload, *upload_n));
		*upload_n = 0;
		return buf_ok(&c->body) ? MHD_YES : MHD_NO;
	}
	struct http_request request = request_of(connection, c, method);
	struct http_response response = { 0 };
	request.body = buf_slice(&c->body);
	s->config.handle(s->config.ctx, &request, &response);
	return queue(s, connection, c, &response);
}

static void completed(void *ctx, struct MHD_Connection *connection, void **record,
                      enum MHD_RequestTerminationCode why)
{
	struct http_connection *c = *record;

	(void)ctx, (void)connection;
	if (c) {
		/* The library may not look at a connection that broke until something happens on it. */
		if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK)
			shutdown(c->fd, SHUT_WR);
		http_connection_rest(c);
	}
	*record = NULL;
}

static void noticed(void *ctx, struct MHD_Connection *connection, void **record,
                    enum MHD_ConnectionNotificationCode what)
{
	struct http_server *s = ctx;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (what == MHD_CONNECTION_NOTIFY_STARTED && info) {
		*record = http_connection_opened(&s->connections, info->connect_fd);
	} else if (what == MHD_CONNECTION_NOTIFY_CLOSED && *record) {
		struct http_connection *c = *record;
		*record = NULL;
		if (http_connection_is_garbled(c))
			refuse_bare(s, c, 400);
		http_connection_closed(&s->connections, c);
	}
}

/* Targets are handed on as they were sent. */
static size_t keep_escapes(void *ctx, struct MHD_Connection *connection, char *text)
{
	(void)ctx, (void)connection;
	return strlen(text);
}

/* --- start and stop -------------------------------------------------------------------------- */

static int listen_at(struct http_server *s, const char *address, uint16_t port, struct err *err)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	const int one = 1;
	const struct sockaddr *name;
	socklen_t n;

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
		name = (const struct sockaddr *)&v4;
		n = sizeof(v4);
	} else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1) {
		name = (const struct sockaddr *)&v6;
		n = sizeof(v6);
	} else {
		return err_set(err, ERR_USAGE, 0, "http: '%.60s' is no IPv4 or IPv6 address", address);
	}
	int fd = socket(name->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(err, "http: socket");
	int rc = 0;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    (name->sa_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0) ||
	    bind(fd, name, n) < 0 || listen(fd, SOMAXCONN) < 0 ||
	    getsockname(fd, (struct sockaddr *)&v6, &(socklen_t){ sizeof(v6) }) < 0)
		rc = errno == EADDRINUSE
		             ? err_set(err, ERR_BUSY, 0, "http: %s port %u is taken", address, port)
		             : err_sys(err, "http: %s port %u", address, port);
	if (rc) {
		close(fd);
		return rc;
	}
	s->fd = fd;
	s->port = ntohs(v6.sin6_port); /* both families keep it in the same place */
	return 0;
}

/* A connection is a file to the kernel, and the usual soft limit is 1,024 of them. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit); /* refused: fewer connections, no harm */
	}
}

static unsigned threads_of(const struct http_limits *limits)
{
	long n = limits->threads ? (long)limits->threads : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
	const struct http_limits *limits = &s->config.limits;
	unsigned threads = threads_of(limits);
	struct MHD_OptionItem pool[] = {
		{ threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_TURBO, s->port, NULL, NULL,
		asked, s, MHD_OPTION_LISTEN_SOCKET, s->fd, MHD_OPTION_NOTIFY_CONNECTION, noticed, s,
		MHD_OPTION_URI_LOG_CALLBACK, line_read, s, MHD_OPTION_NOTIFY_COMPLETED, completed,
		s, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->head + POOL_EXTRA,
		MHD_OPTION_CONNECTION_LIMIT, (limits->connections + SPARE) * threads,
		MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_s, MHD_OPTION_ARRAY, pool,
		MHD_OPTION_END);
}

int http_server_start(const struct http_config *config, struct http_server **out, struct err *err)
{
	struct http_server *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(err, ERR_NOMEM, 0, "http: out of memory");
	s->config = *config;
	raise_file_limit();
	int rc = listen_at(s, config->address, config->port, err);
	if (rc)
		goto failed;
	rc = http_connections_start(&s->connections, &config->limits, err);
	if (rc)
		goto failed_listening;
	s->daemon = start_daemon(s);
	if (!s->daemon) {
		rc = err_sys(err, "http: cannot start");
		http_connections_stop(&s->connections);
		goto failed_listening;
	}
	*out = s;
	return 0;
failed_listening:
	close(s->fd);
failed:
	free(s);
	return rc;
}

uint16_t http_server_port(const struct http_server *s)
{
	return s->port;
}

void http_server_stop(struct http_server *s, unsigned grace_s)
{
	enum { STEP_MS = 10 };

	if (!s)
		return;
	MHD_quiesce_daemon(s->daemon);
	for (unsigned waited = 0;
	     http_connections_drain(&s->connections) > 0 && waited < grace_s * 1000;
	     waited += STEP_MS)
		usleep(STEP_MS * 1000);
	MHD_stop_daemon(s->daemon);
	http_connections_stop(&s->connections);
	close(s->fd);
	free(s);
}

struct http_counts http_server_counts(struct http_server *s)
{
	struct http_connections *c = &s->connections;

	return (struct http_counts){
		.accepted = atomic_load(&c->accepted),
		.rejected = atomic_load(&c->rejected),
		.open = atomic_load(&c->open),
		.requests = atomic_load(&c->requests),
		.refused = atomic_load(&c->refused),
		.expired = atomic_load(&c->expired),
	};
}
