/* A server to be probed: sys/http_server with a handler that shows what it was given.
 *
 *   usage  http_probe_server [NAME=NUMBER]...
 *   names  port connections threads target head head_s idle_s body_s send_s (struct http_limits);
 *          body: octets of a body that are allowed; grace: seconds of http_server_stop
 *   says   "port N" on standard output, then serves until standard input ends; then "stopped"
 *
 *   /             hello
 *   /show         method, target, path, query, length and digest-like sum of the body, X-Probe
 *   /fixed        1 MiB that is never copied
 *   /stream?N     N KiB in chunks; /broken?N the same, broken off at the end; /slow?N waits N ms
 *   /counts       struct http_counts
 *   else          404                                                                            */
#include "sys/http_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct probe {
	struct http_server *server;
	size_t body;
	char *fixed;
};

enum { FIXED = 1 << 20 };

static unsigned long number(struct slice s)
{
	unsigned long v = 0;

	for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v * 10 + (unsigned long)(s.p[i] - '0');
	return v;
}

struct flow {
	unsigned long left; /* KiB */
	int end;
};

static int flow_more(void *stream, struct buf *out, struct err *err)
{
	struct flow *f = stream;

	if (f->left == 0)
		return f->end ? err_set(err, ERR_IO, 0, "broken off") : 0;
	char *p = buf_reserve(out, 1024);
	if (!p)
		return ERR_NOMEM;
	memset(p, 's', 1024);
	out->n += 1024;
	f->left--;
	return 1;
}

static void put_counts(struct buf *out, struct http_server *server)
{
	struct http_counts c = http_server_counts(server);

	buf_printf(out,
	           "{\"accepted\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"open\":%" PRIu64
	           ",\"requests\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"expired\":%" PRIu64 "}\n",
	           c.accepted, c.rejected, c.open, c.requests, c.refused, c.expired);
}

static void show(const struct http_request *r, struct buf *out)
{
	struct slice probe = http_request_field(r, "x-probe");
	uint32_t sum = 0;

	for (size_t i = 0; i < r->body.n; i++)
		sum = sum * 31 + (unsigned char)r->body.p[i];
	buf_printf(out, "method %.*s\ntarget %.*s\npath %.*s\nquery %.*s\nbody %zu %08" PRIx32 "\n",
	           SLICE_ARG(r->method), SLICE_ARG(r->target), SLICE_ARG(r->path),
	           SLICE_ARG(r->query), r->body.n, sum);
	buf_printf(out, "probe %.*s\n", SLICE_ARG(probe));
}

static void handle(void *ctx, const struct http_request *r, struct http_response *out)
{
	struct probe *p = ctx;
	bool is_broken = slice_eq_str(r->path, "/broken");

	out->media_type = "text/plain; charset=utf-8";
	if (slice_eq_str(r->path, "/")) {
		out->fixed = SLICE("hello\n");
	} else if (slice_eq_str(r->path, "/show")) {
		show(r, &out->body);
		out->field[out->fields].name = "X-Answer";
		out->field[out->fields++].value = SLICE("shown");
	} else if (slice_eq_str(r->path, "/fixed")) {
		out->fixed = slice_from(p->fixed, FIXED);
	} else if (slice_eq_str(r->path, "/stream") || is_broken) {
		struct flow *f = calloc(1, sizeof(*f));
		if (!f)
			return;
		*f = (struct flow){ number(r->query), is_broken };
		out->more = flow_more;
		out->stream = f;
		out->stream_free = free;
	} else if (slice_eq_str(r->path, "/slow")) {
		usleep((useconds_t)number(r->query) * 1000);
		out->fixed = SLICE("slow\n");
	} else if (slice_eq_str(r->path, "/counts")) {
		put_counts(&out->body, p->server);
	} else {
		out->status = 404;
		out->fixed = SLICE("nothing there\n");
	}
}

static size_t allow(void *ctx, const struct http_request *r)
{
	struct probe *p = ctx;

	(void)r;
	return p->body;
}

static void refuse(void *ctx, unsigned status, struct http_response *out)
{
	(void)ctx;
	out->media_type = "text/plain; charset=utf-8";
	buf_printf(&out->body, "refused %u\n", status);
}

static bool set(const char *word, struct http_config *config, struct probe *p, unsigned *grace)
{
	struct http_limits *l = &config->limits;
	struct slice rest = slice_str(word), name;

	if (!slice_cut(&rest, '=', &name) || rest.n == 0)
		return false;
	unsigned long v = number(rest);
	if (slice_eq_str(name, "port"))
		config->port = (uint16_t)v;
	else if (slice_eq_str(name, "body"))
		p->body = v;
	else if (slice_eq_str(name, "grace"))
		*grace = (unsigned)v;
	else if (slice_eq_str(name, "connections"))
		l->connections = (unsigned)v;
	else if (slice_eq_str(name, "threads"))
		l->threads = (unsigned)v;
	else if (slice_eq_str(name, "target"))
		l->target = v;
	else if (slice_eq_str(name, "head"))
		l->head = v;
	else if (slice_eq_str(name, "head_s"))
		l->head_s = (unsigned)v;
	else if (slice_eq_str(name, "idle_s"))
		l->idle_s = (unsigned)v;
	else if (slice_eq_str(name, "body_s"))
		l->body_s = (unsigned)v;
	else if (slice_eq_str(name, "send_s"))
		l->send_s = (unsigned)v;
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct probe probe = { .body = 1 << 20 };
	struct http_config config = {
		.address = "127.0.0.1",
		.limits = http_limits_default(),
		.handle = handle,
		.body = allow,
		.refuse = refuse,
		.ctx = &probe,
	};
	struct err err = { 0 };
	unsigned grace = 2;
	char byte;

	for (int i = 1; i < argc; i++) {
		if (!set(argv[i], &config, &probe, &grace)) {
			fprintf(stderr, "http_probe_server: not NAME=NUMBER: %s\n", argv[i]);
			return 2;
		}
	}
	probe.fixed = malloc(FIXED);
	if (!probe.fixed)
		return 2;
	memset(probe.fixed, 'f', FIXED);
	if (http_server_start(&config, &probe.server, &err) < 0) {
		fprintf(stderr, "http_probe_server: %s\n", err.what);
		free(probe.fixed);
		return err.code == ERR_BUSY ? 3 : 2;
	}
	printf("port %u\n", http_server_port(probe.server));
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		continue;
	http_server_stop(probe.server, grace);
	puts("stopped");
	free(probe.fixed);
	return 0;
}
