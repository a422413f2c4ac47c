/* Fetching over TLS: the certificates are evidence, whatever they are. Servers by OpenSSL,
 * certificates made here. */
#include "sys/fetch_bench.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static struct dns_row rows[] = {
	{ .name = "shop.example", .address = { SITE } },
	{ .name = "other.example", .address = { SITE } },
};

struct party {
	X509 *cert;
	EVP_PKEY *key;
};

static void put_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(cert, e, -1), 1);
	X509_EXTENSION_free(e);
}

/* by: NULL: itself. names: value of subjectAltName; NULL: an authority. */
static struct party make_party(const char *common_name, const struct party *by, const char *names,
                               long until_s)
{
	struct party p = { X509_new(), EVP_RSA_gen(2048) };
	X509_NAME *name = X509_get_subject_name(p.cert);

	assert_non_null(p.key);
	X509_set_version(p.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(p.cert), until_s > 0 ? until_s : 1);
	X509_gmtime_adj(X509_getm_notBefore(p.cert), -1000000);
	X509_gmtime_adj(X509_getm_notAfter(p.cert), until_s);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1, -1,
	                           0);
	X509_set_issuer_name(p.cert, by ? X509_get_subject_name(by->cert) : name);
	X509_set_pubkey(p.cert, p.key);
	if (names)
		put_extension(p.cert, by ? by->cert : p.cert, NID_subject_alt_name, names);
	else
		put_extension(p.cert, p.cert, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(p.cert, by ? by->key : p.key, EVP_sha256()) > 0);
	return p;
}

static void party_free(struct party *p)
{
	X509_free(p->cert);
	EVP_PKEY_free(p->key);
}

static struct party authority, shop, expired, alone;
static char authority_file[] = "/tmp/assay-test-authority-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	authority = make_party("Test authority", NULL, NULL, 100000);
	shop = make_party("shop", &authority, "DNS:shop.example,IP:" SITE, 100001);
	expired = make_party("expired", &authority, "DNS:shop.example", -1000);
	alone = make_party("alone", NULL, "DNS:shop.example", 100002);
	int fd = mkstemp(authority_file);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f || PEM_write_X509(f, authority.cert) != 1 || fclose(f))
		return -1;
	return setenv("SSL_CERT_FILE", authority_file, 1);
}

static int tear_down(void **state)
{
	(void)state;
	party_free(&authority);
	party_free(&shop);
	party_free(&expired);
	party_free(&alone);
	return unlink(authority_file);
}

struct tls_site {
	const struct party *party;
	int version; /* the only one it speaks; 0: any */
	SSL_CTX *ctx;
};

static void tls_site_open(struct tls_site *s)
{
	s->ctx = SSL_CTX_new(TLS_server_method());
	assert_non_null(s->ctx);
	SSL_CTX_set_security_level(s->ctx, 0);
	SSL_CTX_set_min_proto_version(s->ctx, s->version ? s->version : TLS1_VERSION);
	if (s->version)
		SSL_CTX_set_max_proto_version(s->ctx, s->version);
	assert_int_equal(SSL_CTX_use_certificate(s->ctx, s->party->cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s->ctx, s->party->key), 1);
	X509_up_ref(authority.cert);
	SSL_CTX_add_extra_chain_cert(s->ctx, authority.cert);
}

/* The name in the SNI comes back as the body; each line of a request ends with one. */
static void serve_tls(struct little_server *s, int fd)
{
	struct tls_site *site = s->ctx;
	SSL *ssl = SSL_new(site->ctx);
	char c, text[300];
	int line = 0;

	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
		name = name ? name : "-";
		while (SSL_read(ssl, &c, 1) == 1) {
			line = c == '\n' ? line + 1 : c == '\r' ? line : 0;
			if (line < 2)
				continue;
			int n = snprintf(text, sizeof(text),
			                 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(name),
			                 name);
			SSL_write(ssl, text, n);
			line = 0;
		}
	}
	SSL_free(ssl);
}

static void a_chain_is_kept_and_its_verification_told(void **state)
{
	(void)state;
	const struct {
		const struct party *party;
		const char *host, *verify;
		int version;
	} rows_[] = {
		{ &shop, "shop.example", "", 0 },
		{ &shop, SITE, "", 0 },
		{ &shop, "other.example", "hostname mismatch", 0 },
		{ &expired, "shop.example", "certificate has expired", 0 },
		{ &alone, "shop.example", "self-signed certificate", 0 },
		{ &shop, "shop.example", "", TLS1_3_VERSION },
		{ &shop, "shop.example", "", TLS1_2_VERSION },
		{ &shop, "shop.example", "", TLS1_1_VERSION },
		{ &shop, "shop.example", "", TLS1_VERSION },
	};

	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct tls_site site = { .party = rows_[i].party, .version = rows_[i].version };
		struct little_server s;
		struct bench b;
		char url[100];
		tls_site_open(&site);
		bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
		little_start(&s, SITE, serve_tls, &site);
		snprintf(url, sizeof(url), "https://%s:%u/", rows_[i].host, s.port);
		/* The second over the same connection. */
		for (int n = 0; n < 2; n++) {
			struct kept k;
			unsigned char *der = NULL;
			fetch(&b, (struct fetch_request){ 0 }, url, &k);
			CHECK_INT(i, rows_[i].host, k.fault, FAULT_NONE);
			CHECK_SLICE(i, rows_[i].host, slice_str(k.verify), slice_str(rows_[i].verify));
			CHECK_INT(i, rows_[i].host, k.chain_n, 2);
			int len = i2d_X509(rows_[i].party->cert, &der);
			CHECK_SLICE(i, rows_[i].host, slice_from(k.der[0], k.der_n[0]),
			            slice_from((char *)der, (size_t)len));
			OPENSSL_free(der);
			const char *sni = strstr(k.response, "\r\n\r\n");
			CHECK_SLICE(i, rows_[i].host, slice_str(sni ? sni + 4 : ""),
			            slice_str(strcmp(rows_[i].host, SITE) ? rows_[i].host : "-"));
			forget(&k);
		}
		CHECK_INT(i, rows_[i].host, s.accepted, 1);
		bench_close(&b);
		little_stop(&s);
		SSL_CTX_free(site.ctx);
	}
	check_done();
}

enum { LONG_BODY = 40000, HALF_OF_IT = 20000, SILENCE_MS = 400 };

/* Half of each answer, a silence in which the fetcher gives back what it can, the other half. */
static void serve_tls_with_silence(struct little_server *s, int fd)
{
	struct tls_site *site = s->ctx;
	SSL *ssl = SSL_new(site->ctx);
	char c, head[100], body[LONG_BODY];
	int line = 0;

	for (int i = 0; i < LONG_BODY; i++)
		body[i] = (char)('a' + i % 23);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		while (SSL_read(ssl, &c, 1) == 1) {
			line = c == '\n' ? line + 1 : c == '\r' ? line : 0;
			if (line < 2)
				continue;
			int n = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
			                 (int)LONG_BODY);
			SSL_write(ssl, head, n);
			SSL_write(ssl, body, HALF_OF_IT);
			poll(NULL, 0, SILENCE_MS);
			SSL_write(ssl, body + HALF_OF_IT, LONG_BODY - HALF_OF_IT);
			line = 0;
		}
	}
	SSL_free(ssl);
}

static void a_silence_takes_nothing_from_what_comes_behind_it(void **state)
{
	(void)state;
	struct tls_site site = { .party = &shop };
	struct little_server s;
	struct bench b;
	char url[100];

	tls_site_open(&site);
	bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
	little_start(&s, SITE, serve_tls_with_silence, &site);
	snprintf(url, sizeof(url), "https://shop.example:%u/", s.port);
	/* The second over the same connection, by the same handle. */
	for (size_t i = 0; i < 2; i++) {
		struct kept k;
		size_t wrong = 0;
		fetch(&b, (struct fetch_request){ 0 }, url, &k);
		CHECK_INT(i, url, k.fault, FAULT_NONE);
		const char *body = strstr(k.response, "\r\n\r\n");
		assert_non_null(body);
		CHECK_INT(i, url, strlen(body + 4), LONG_BODY);
		for (size_t n = 0; body[4 + n]; n++)
			wrong += body[4 + n] != (char)('a' + n % 23);
		CHECK_INT(i, url, wrong, 0);
		CHECK_INT(i, url, strncmp(k.request, "GET / HTTP/1.1\r\n", 16), 0);
		CHECK_INT(i, url, k.chain_n, 2);
		forget(&k);
	}
	CHECK_INT(0, url, s.accepted, 1);
	bench_close(&b);
	little_stop(&s);
	SSL_CTX_free(site.ctx);
	check_done();
}

static void serve_plain(struct little_server *s, int fd)
{
	(void)s;
	little_say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
}

static void serve_nothing(struct little_server *s, int fd)
{
	(void)s;
	little_wait_gone(fd);
}

static void serve_close(struct little_server *s, int fd)
{
	(void)s;
	(void)fd;
}

static void no_session_is_a_fault_of_tls(void **state)
{
	(void)state;
	const struct {
		little_fn serve;
		const char *what;
		enum exchange_fault fault;
	} rows_[] = {
		{ serve_plain, "no TLS", FAULT_TLS },
		{ serve_close, "closes", FAULT_TLS },
		{ serve_nothing, "says nothing", FAULT_TIMEOUT },
	};

	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct little_server s;
		struct bench b;
		struct kept k;
		char url[100];
		bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
		little_start(&s, SITE, rows_[i].serve, NULL);
		snprintf(url, sizeof(url), "https://shop.example:%u/", s.port);
		struct fetch_limits l = { .connect_ms = rows_[i].serve == serve_nothing ? 200 : 0 };
		fetch(&b, (struct fetch_request){ .limits = l }, url, &k);
		CHECK_INT(i, rows_[i].what, k.fault, rows_[i].fault);
		CHECK_INT(i, rows_[i].what, k.chain_n, 0);
		CHECK_INT(i, rows_[i].what, k.response_n, 0);
		CHECK_SLICE(i, rows_[i].what, slice_str(k.request), SLICE(""));
		forget(&k);
		bench_close(&b);
		little_stop(&s);
	}
	check_done();
}

/* Proxies: 127.0.0.1, which no site may be at. */

struct proxy {
	char target[100];   /* what it was asked to connect to, or the first line it was sent */
	const char *answer; /* of an HTTP proxy that refuses; or the code of a SOCKS one */
	bool echo;          /* answers itself, as a proxy for http does */
};

static int dial(const char *host, unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* A name that it resolves itself. */
	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		inet_pton(AF_INET, SITE, &a.sin_addr);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void relay(int a, int b)
{
	struct pollfd p[2] = { { .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN } };
	char bytes[4096];

	while (poll(p, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			if (!p[i].revents)
				continue;
			ssize_t n = recv(p[i].fd, bytes, sizeof(bytes), 0);
			if (n <= 0 || !little_send(p[!i].fd, bytes, (size_t)n)) {
				close(b);
				return;
			}
		}
	}
}

static void serve_http_proxy(struct little_server *s, int fd)
{
	struct proxy *p = s->ctx;
	char request[LITTLE_REQUEST], host[80];
	unsigned port;

	while (little_hear(fd, request)) {
		snprintf(p->target, sizeof(p->target), "%.*s", (int)strcspn(request, "\r"), request);
		if (p->echo) {
			little_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
			continue;
		}
		int to = -1;
		if (p->answer || sscanf(request, "CONNECT %79[^:]:%u ", host, &port) != 2 ||
		    (to = dial(host, port)) < 0) {
			little_say(fd, p->answer ? p->answer : "HTTP/1.1 400 Bad Request\r\n\r\n");
			return;
		}
		little_say(fd, "HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n");
		relay(fd, to);
		return;
	}
}

/* RFC 1928, without authentication. */
static void serve_socks(struct little_server *s, int fd)
{
	struct proxy *p = s->ctx;
	uint8_t b[300];
	char host[260];

	if (recv(fd, b, 2, MSG_WAITALL) != 2 || recv(fd, b + 2, b[1], MSG_WAITALL) != b[1])
		return;
	little_send(fd, "\5\0", 2);
	if (recv(fd, b, 5, MSG_WAITALL) != 5)
		return;
	if (b[3] == 1) {
		recv(fd, b + 5, 5, MSG_WAITALL);
		snprintf(host, sizeof(host), "%u.%u.%u.%u", b[4], b[5], b[6], b[7]);
		memcpy(b, b + 8, 2);
	} else {
		size_t n = b[4];
		recv(fd, host, n, MSG_WAITALL);
		host[n] = '\0';
		recv(fd, b, 2, MSG_WAITALL);
	}
	unsigned port = (unsigned)b[0] << 8 | b[1];
	snprintf(p->target, sizeof(p->target), "%.80s:%u", host, port);
	int to = p->answer ? -1 : dial(host, port);
	uint8_t reply[10] = { 5, to < 0 ? (p->answer ? (uint8_t)p->answer[0] : 5) : 0, 0, 1 };
	little_send(fd, reply, sizeof(reply));
	if (to >= 0)
		relay(fd, to);
}

static void serve_plain_site(struct little_server *s, int fd)
{
	char request[LITTLE_REQUEST];

	(void)s;
	while (little_hear(fd, request))
		little_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
}

/* PORT stands for that of the site. */
static void fill_port(char out[100], const char *text, unsigned port)
{
	const char *at = strstr(text, "PORT");

	if (at)
		snprintf(out, 100, "%.*s%u%s", (int)(at - text), text, port, at + 4);
	else
		snprintf(out, 100, "%s", text);
}

static void a_proxy_gets_addresses_unless_it_is_trusted(void **state)
{
	(void)state;
	static const struct {
		const char *scheme, *proxy, *host, *target;
		bool trusted, echo;
	} rows_[] = {
		{ "https", "http", "shop.example", "CONNECT " SITE ":PORT HTTP/1.1", false, false },
		{ "https", "http", "shop.example", "CONNECT shop.example:PORT HTTP/1.1", true, false },
		{ "https", "socks5", "shop.example", SITE ":PORT", false, false },
		{ "https", "socks5", "shop.example", "shop.example:PORT", true, false },
		{ "http", "http", "shop.example", "CONNECT " SITE ":PORT HTTP/1.1", false, false },
		{ "http", "http", "shop.example", "GET http://shop.example:PORT/ HTTP/1.1", true, true },
		{ "http", "socks5", "shop.example", SITE ":PORT", false, false },
		{ "http", "socks5", "shop.example", "shop.example:PORT", true, false },
		{ "http", "http", SITE, "CONNECT " SITE ":PORT HTTP/1.1", false, false },
	};

	for (size_t i = 0; i < ROWS(rows_); i++) {
		bool is_tls = strcmp(rows_[i].scheme, "https") == 0;
		struct tls_site site = { .party = &shop };
		struct proxy p = { .echo = rows_[i].echo };
		struct little_server s, through;
		struct bench b;
		struct kept k;
		char url[100], proxy[100], want[100], host[120];
		tls_site_open(&site);
		bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
		little_start(&s, SITE, is_tls ? serve_tls : serve_plain_site, &site);
		little_start(&through, "127.0.0.1",
		             strcmp(rows_[i].proxy, "http") ? serve_socks : serve_http_proxy, &p);
		snprintf(url, sizeof(url), "%s://%s:%u/", rows_[i].scheme, rows_[i].host, s.port);
		snprintf(proxy, sizeof(proxy), "%s://127.0.0.1:%u", rows_[i].proxy, through.port);
		struct vantage v = { .name = SLICE("jp"),
			             .proxy = slice_str(proxy),
			             .trusted = rows_[i].trusted };
		for (int n = 0; n < 2; n++) {
			fetch(&b, (struct fetch_request){ .vantage = &v }, url, &k);
			fill_port(want, rows_[i].target, s.port);
			CHECK_INT(i, url, k.fault, FAULT_NONE);
			CHECK_SLICE(i, url, slice_str(p.target), slice_str(want));
			CHECK_SLICE(i, url, slice_str(k.verify), SLICE(""));
			CHECK_INT(i, url, k.chain_n, is_tls ? 2 : 0);
			CHECK_SLICE(i, url, slice_str(k.remote), SLICE(""));
			/* Nothing of what is said to and by the proxy. */
			CHECK_INT(i, url, strncmp(k.request, "GET ", 4), 0);
			CHECK_INT(i, url, strncmp(k.response, "HTTP/1.1 200 OK\r\n", 17), 0);
			CHECK_INT(i, url, strstr(k.response, "Via") == NULL, true);
			CHECK_INT(i, url, strstr(k.request, "Proxy-") == NULL, true);
			snprintf(host, sizeof(host), "\r\nHost: %s:%u\r\n", rows_[i].host, s.port);
			CHECK_INT(i, url, strstr(k.request, host) != NULL, true);
			forget(&k);
		}
		CHECK_INT(i, url, through.accepted, 1);
		bench_close(&b);
		little_stop(&through);
		little_stop(&s);
		SSL_CTX_free(site.ctx);
	}
	check_done();
}

static void a_proxy_may_fail_or_say_that_the_site_does(void **state)
{
	(void)state;
	static const struct {
		const char *proxy, *url, *answer;
		little_fn serve;
		enum exchange_fault fault;
	} rows_[] = {
		{ "http", "https://shop.example:PORT/", "HTTP/1.1 403 Forbidden\r\n\r\n",
		  serve_http_proxy, FAULT_PROXY },
		{ "http", "http://shop.example:PORT/", "HTTP/1.1 407 Login\r\n\r\n", serve_http_proxy,
		  FAULT_PROXY },
		{ "http", "https://shop.example:PORT/", "HTTP/1.1 502 Bad Gateway\r\n\r\n",
		  serve_http_proxy, FAULT_CONNECT },
		{ "http", "https://shop.example:PORT/", "HTTP/1.1 504 Gateway Timeout\r\n\r\n",
		  serve_http_proxy, FAULT_CONNECT },
		{ "http", "https://shop.example:PORT/", "HTTP/1.0 500 Unable to connect\r\n\r\n",
		  serve_http_proxy, FAULT_CONNECT },
		{ "http", "https://shop.example:PORT/", NULL, serve_close, FAULT_PROXY },
		{ "http", "https://shop.example:PORT/", NULL, serve_nothing, FAULT_PROXY },
		{ "socks5", "https://shop.example:PORT/", NULL, serve_close, FAULT_PROXY },
		{ "socks5", "http://shop.example:PORT/", "\1", serve_socks, FAULT_PROXY },
		{ "socks5", "http://shop.example:PORT/", "\2", serve_socks, FAULT_PROXY },
		{ "socks5", "http://shop.example:PORT/", "\5", serve_socks, FAULT_CONNECT },
		{ "http", "https://shop.example:PORT/", NULL, NULL, FAULT_PROXY },
		{ "socks5", "https://shop.example:PORT/", NULL, NULL, FAULT_PROXY },
		/* Our rules hold before the proxy is asked, for addresses also where it is trusted. */
		{ "http", "https://127.0.0.1:PORT/", NULL, serve_http_proxy, FAULT_ADDRESS },
		{ "http", "https://none.example:PORT/", NULL, serve_http_proxy, FAULT_NAME },
	};

	for (size_t i = 0; i < ROWS(rows_); i++) {
		struct proxy p = { .answer = rows_[i].answer };
		struct little_server through;
		struct bench b;
		struct kept k;
		char url[100], proxy[100];
		bench_open(&b, rows, ROWS(rows), (struct fetcher_options){ 0 });
		little_start(&through, "127.0.0.1", rows_[i].serve ? rows_[i].serve : serve_close, &p);
		if (!rows_[i].serve)
			little_stop(&through);
		fill_port(url, rows_[i].url, 4);
		snprintf(proxy, sizeof(proxy), "%s://127.0.0.1:%u", rows_[i].proxy, through.port);
		struct vantage v = { .name = SLICE("jp"), .proxy = slice_str(proxy) };
		struct fetch_limits l = { .connect_ms = rows_[i].serve == serve_nothing ? 200 : 0 };
		fetch(&b, (struct fetch_request){ .vantage = &v, .limits = l }, url, &k);
		CHECK_INT(i, url, k.fault, rows_[i].fault);
		CHECK_INT(i, url, k.response_n, 0);
		CHECK_SLICE(i, url, slice_str(k.request), SLICE(""));
		CHECK_SLICE(i, url, slice_str(k.remote), SLICE(""));
		forget(&k);
		bench_close(&b);
		if (rows_[i].serve)
			little_stop(&through);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_kept_and_its_verification_told),
		cmocka_unit_test(a_silence_takes_nothing_from_what_comes_behind_it),
		cmocka_unit_test(no_session_is_a_fault_of_tls),
		cmocka_unit_test(a_proxy_gets_addresses_unless_it_is_trusted),
		cmocka_unit_test(a_proxy_may_fail_or_say_that_the_site_does),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
