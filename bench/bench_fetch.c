/* Pages fetched a second, and the memory that a site in flight takes.
 *
 *   bench_fetch pages RESOLVER URLS [IN_FLIGHT [ARCHIVE [sync]]]
 *       every address of the file URLS (one a line), from one vantage, by the resolver at
 *       RESOLVER ("127.0.0.1:5353"); 127.0.0.0/8 is opened, and there is no pause between
 *       requests. With ARCHIVE each exchange is kept there, in one order a host that is sealed
 *       with its last; with sync each seal waits for the disk. Prints pages, faults, bytes and
 *       seconds. bench/fetch.py sets the stage and runs the rivals
 *   bench_fetch memory [SITES [tls]]
 *       SITES (default 2,000) requests to as many addresses, to a server of its own that answers
 *       nothing: what the process has grown by when all of them wait, and how much malloc has handed
 *       out (part of which nothing was written to) */
#include "sys/clock.h"
#include "sys/fetch.h"
#ifdef HAVE_ARCHIVE
#include "model/exchange_copy.h"
#include "store/archive_writer.h"
#endif

#include <arpa/inet.h>
#include <fcntl.h>
#include <malloc.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SITES = 2000 };

struct run {
	struct loop *loop;
	struct resolver *resolver;
	struct fetcher *fetcher;
	struct ip_prefix opened;
	size_t wanted, over, faults;
	uint64_t bytes;
#ifdef HAVE_ARCHIVE
	struct archive *archive;
	struct archive_writer *writer;
#endif
};

/* The pages of one host: one order. */
struct site {
	struct run *run;
	size_t pages;
#ifdef HAVE_ARCHIVE
	struct archive_writing *order;
#endif
	char host[100];
};

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_fetch: %s%s%s\n", what, err ? ": " : "", err ? err->what : "");
	exit(2);
}

static void run_open(struct run *r, const char *resolver, unsigned in_flight)
{
	struct slice server = slice_str(resolver);
	struct resolver_options ro = { .server = &server, .server_n = 1 };
	struct fetcher_options fo = { .in_flight = in_flight };
	struct rlimit files;
	struct err err;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	ip_prefix_parse(SLICE("127.0.0.0/8"), &r->opened, NULL);
	fo.reach = (struct reach){ &r->opened, 1 };
	if (loop_new(&r->loop, &err) < 0 || resolver_new(r->loop, &ro, &r->resolver, &err) < 0 ||
	    fetcher_new(r->loop, r->resolver, &fo, &r->fetcher, &err) < 0)
		die("start", &err);
}

static void run_close(struct run *r)
{
	fetcher_free(r->fetcher);
	resolver_free(r->resolver);
	loop_free(r->loop);
}

#ifdef HAVE_ARCHIVE
/* ctx: the copy that was put; NULL for a seal. */
static void written(void *ctx, const struct archive_written *w)
{
	if (w->rc)
		die("archive", &w->err);
	exchange_copy_free(ctx);
}

static void archive_keep(struct site *s, const struct exchange *x)
{
	struct exchange_copy *copy = exchange_copy_new(x);
	struct err err;

	if (!copy)
		die("no memory", NULL);
	if (!s->order) {
		json_t *about = json_pack("{s:s}", "host", s->host);
		if (!about || archive_writer_begin(s->run->writer, about, &s->order, &err) < 0)
			die("archive", &err);
		json_decref(about);
	}
	if (archive_writer_put(s->order, &copy->x, "page", EVIDENCE_PUBLIC, written, copy, &err) < 0)
		die("archive", &err);
	if (s->pages == 0)
		archive_writer_seal(s->order, (struct sha256){ { 0 } }, 0, written, NULL);
}
#endif

static void over(void *ctx, const struct exchange *x)
{
	struct site *s = ctx;
	struct run *r = s->run;

	r->over++;
	s->pages--;
	r->bytes += x->response.n;
	if (x->fault != FAULT_NONE)
		r->faults++;
#ifdef HAVE_ARCHIVE
	if (r->archive)
		archive_keep(s, x);
#endif
	if (r->over == r->wanted)
		loop_stop(r->loop);
}

static char *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;

	if (!f || fseek(f, 0, SEEK_END) || (*n = (size_t)ftell(f)) == 0 || fseek(f, 0, SEEK_SET) ||
	    !(p = malloc(*n)) || fread(p, 1, *n, f) != *n)
		die("the list of addresses cannot be read", NULL);
	fclose(f);
	return p;
}

static int pages(int argc, char **argv)
{
	static const struct vantage v = { .name = SLICE("jp"),
		                          .country = SLICE("JP"),
		                          .accept_language = SLICE("ja,en;q=0.5"),
		                          .user_agent = SLICE("Mozilla/5.0 (bench)") };
	struct run r = { 0 };
	size_t n;
	char *list = read_file(argv[3], &n);
	struct slice rest = { list, n }, line;
	struct site *sites = NULL, *site = NULL;
	size_t site_n = 0, lines = 0;
	struct err err;

	while (slice_cut(&rest, '\n', &line))
		lines++;
	sites = calloc(lines, sizeof(*sites));
	if (!sites)
		die("no memory", NULL);
	run_open(&r, argv[2], argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0);
	if (argc > 5) {
#ifdef HAVE_ARCHIVE
		struct archive_options ao = { .write = true, .sync = argc > 6 };
		if (archive_open(argv[5], &ao, &r.archive, &err) < 0 ||
		    archive_writer_new(r.loop, r.archive, &r.writer, &err) < 0)
			die("archive", &err);
#else
		die("built without the archive", NULL);
#endif
	}
	int64_t begun = clock_ticks_ns();
	rest = (struct slice){ list, n };
	while (slice_cut(&rest, '\n', &line)) {
		struct slice host = slice_sub(line, 7, line.n); /* behind "http://" */
		host = slice_sub(host, 0, slice_find(host, '/'));
		if (!site || !slice_eq_str(host, site->host)) {
			site = &sites[site_n++];
			site->run = &r;
			snprintf(site->host, sizeof(site->host), "%.*s", SLICE_ARG(host));
		}
		struct fetch_request q = { .url = line, .vantage = &v };
		if (fetch_start(r.fetcher, &q, over, site, &err) < 0)
			die("fetch", &err);
		site->pages++;
		r.wanted++;
	}
	loop_run(r.loop);
#ifdef HAVE_ARCHIVE
	archive_writer_free(r.writer);
	if (r.archive && archive_close(r.archive, &err) < 0)
		die("archive", &err);
#endif
	double seconds = (double)(clock_ticks_ns() - begun) / 1e9;
	printf("%zu pages %zu faults %llu bytes %.3f seconds\n", r.over, r.faults,
	       (unsigned long long)r.bytes, seconds);
	run_close(&r);
	free(sites);
	free(list);
	return 0;
}

/* Memory. */

static long resident(void)
{
	long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%ld %ld", &size, &pages) != 2)
		die("/proc/self/statm", NULL);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static SSL_CTX *make_tls(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	if (!ctx || !key || !cert)
		die("TLS", NULL);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 100000);
	X509_set_pubkey(cert, key);
	if (!X509_sign(cert, key, EVP_sha256()) || SSL_CTX_use_certificate(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, key) != 1)
		die("TLS", NULL);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ctx;
}

/* Takes connections, agrees on TLS where it is asked to, and is silent then. Tells by a byte
 * through the pipe of each request that it has read. */
static void hold(int listener, int tell, bool is_tls)
{
	SSL_CTX *ctx = is_tls ? make_tls() : NULL;
	char bytes[4096];

	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			die("accept", NULL);
		if (is_tls) {
			SSL *ssl = SSL_new(ctx);
			SSL_set_fd(ssl, fd);
			if (SSL_accept(ssl) != 1 || SSL_read(ssl, bytes, sizeof(bytes)) <= 0)
				die("TLS with ourselves", NULL);
		} else if (recv(fd, bytes, sizeof(bytes), 0) <= 0) {
			die("no request", NULL);
		}
		if (write(tell, "", 1) != 1)
			exit(0);
	}
}

struct waiting {
	struct run r;
	int told;
	size_t sites, came, rests;
	long before;
	size_t used_before;
};

static void ignore(void *ctx, const struct exchange *x)
{
	(void)ctx;
	if (x->fault != FAULT_STOPPED)
		die("a request ended", NULL);
}

static void look(void *ctx)
{
	struct waiting *w = ctx;
	struct loop_timer *t;
	char bytes[4096];
	ssize_t n = read(w->told, bytes, sizeof(bytes));

	if (n > 0)
		w->came += (size_t)n;
	if (w->came < w->sites) {
		if (loop_after(w->r.loop, 20, look, w, &t, NULL) < 0)
			die("no memory", NULL);
		return;
	}
	/* What is quiet for a while gives memory back. */
	if (w->rests++ < 30) {
		if (loop_after(w->r.loop, 20, look, w, &t, NULL) < 0)
			die("no memory", NULL);
		return;
	}
	double sites = (double)w->sites;
	printf("%zu sites in flight: %.1f KiB resident each; malloc has handed out %.1f KiB\n", w->sites,
	       (double)(resident() - w->before) / 1024 / sites,
	       (double)(mallinfo2().uordblks - w->used_before) / 1024 / sites);
	loop_stop(w->r.loop);
}

static int memory(int argc, char **argv)
{
	struct waiting w = { .sites = argc > 2 ? strtoul(argv[2], NULL, 10) : SITES };
	bool is_tls = argc > 3 && strcmp(argv[3], "tls") == 0;
	static const struct vantage v = { .name = SLICE("jp"), .user_agent = SLICE("Mozilla/5.0") };
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t a_n = sizeof(a);
	int tell[2], listener = socket(AF_INET, SOCK_STREAM, 0);
	struct loop_timer *t;
	struct err err;
	char url[100];

	/* Its own child holds as many sockets as we do. */
	run_open(&w.r, "127.0.0.1:53", (unsigned)w.sites);
	inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
	if (bind(listener, (struct sockaddr *)&a, sizeof(a)) || listen(listener, 4096) ||
	    getsockname(listener, (struct sockaddr *)&a, &a_n) || pipe(tell))
		die("no server", NULL);
	pid_t child = fork();
	if (child == 0)
		hold(listener, tell[1], is_tls);
	close(listener);
	w.told = tell[0];
	w.before = resident();
	w.used_before = mallinfo2().uordblks;
	for (size_t i = 0; i < w.sites; i++) {
		/* One listener on 127.0.0.1 alone: the sites are told apart by their vantage's lane. */
		struct fetch_request q = { .vantage = &v,
			                   .unpaced = true,
			                   .limits = { .connect_ms = 600000,
			                               .idle_ms = 600000,
			                               .total_ms = 600000 } };
		snprintf(url, sizeof(url), "%s://127.0.0.1:%u/%zu", is_tls ? "https" : "http",
		         ntohs(a.sin_port), i);
		q.url = slice_str(url);
		if (fetch_start(w.r.fetcher, &q, ignore, NULL, &err) < 0)
			die("fetch", &err);
	}
	if (loop_after(w.r.loop, 20, look, &w, &t, &err) < 0)
		die("no memory", NULL);
	int flags = fcntl(w.told, F_GETFL);
	fcntl(w.told, F_SETFL, flags | O_NONBLOCK);
	loop_run(w.r.loop);
	run_close(&w.r);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "pages") == 0)
		return pages(argc, argv);
	if (argc >= 2 && strcmp(argv[1], "memory") == 0)
		return memory(argc, argv);
	fprintf(stderr, "usage: bench_fetch pages RESOLVER URLS [IN_FLIGHT [ARCHIVE [sync]]]\n"
	                "       bench_fetch memory [SITES [tls]]\n");
	return 100;
}
