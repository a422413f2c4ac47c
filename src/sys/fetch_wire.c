/* Bytes are taken where libcurl has not touched them yet: header lines and body from its callbacks,
 * with transfer and content decoding off; the request from what it reports to have sent. When a
 * kept connection turns out to be dead libcurl sends the request once more: the last one counts.
 *
 * TLS is made as tolerant as OpenSSL can be (old versions, weak keys, no verification): a site is
 * evidence, not a party to be trusted. Whether a browser would have trusted it is found by
 * OpenSSL's own verification, whose result is kept and not acted on. */
#include "sys/fetch_wire.h"

#include "sys/clock.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	RECEIVE = 16 << 10,
	/* OpenSSL has a record of up to 16 KiB in a buffer of its own; smaller pieces of it cost nothing,
	 * while from a bare socket each takes a round of the loop. */
	RECEIVE_TLS = 4 << 10,
	SEND = 16 << 10, /* libcurl's least */
};

static void moved(struct wire *w)
{
	w->alive_ms = clock_ticks_ns() / 1000000;
	w->rests = false;
}

static int watch(CURL *easy, curl_infotype type, char *p, size_t n, void *ctx)
{
	struct wire *w = ctx;
	struct slice s = slice_from(p, n);

	(void)easy;
	if (type != CURLINFO_HEADER_OUT || !w->connected)
		return 0;
	if (slice_starts(s, SLICE("GET ")))
		buf_clear(&w->request);
	buf_put(&w->request, s);
	moved(w);
	return 0;
}

/* One line of the head, its line end included. */
static size_t take_line(char *p, size_t size, size_t n, void *ctx)
{
	struct wire *w = ctx;
	struct slice s = slice_from(p, size * n);

	moved(w);
	/* The head before was that of an interim response. */
	if (w->head_ended && slice_starts(s, SLICE("HTTP/"))) {
		buf_clear(&w->response);
		w->head_ended = false;
	}
	w->has_head = true;
	w->header_bytes += s.n;
	if (w->header_bytes > w->header_limit) {
		w->cut = CUT_LENGTH;
		uint64_t before = w->header_bytes - s.n;
		s.n = before < w->header_limit ? (size_t)(w->header_limit - before) : 0;
		buf_put(&w->response, s);
		return 0;
	}
	if (slice_eq(s, SLICE("\r\n")) || slice_eq(s, SLICE("\n")))
		w->head_ended = true;
	buf_put(&w->response, s);
	w->no_memory |= !buf_ok(&w->response);
	return w->no_memory ? 0 : size * n;
}

static size_t take_body(char *p, size_t size, size_t n, void *ctx)
{
	struct wire *w = ctx;
	struct slice s = slice_from(p, size * n);
	uint64_t room = w->body_limit - w->body_bytes;

	moved(w);
	if (!fetch_budget_take(w->budget, &w->share, s.n < room ? s.n : room)) {
		w->paused_ms = w->alive_ms;
		return CURL_WRITEFUNC_PAUSE; /* the same comes again */
	}
	if (s.n > room) {
		w->cut = CUT_LENGTH;
		s.n = (size_t)room;
	}
	w->body_bytes += s.n;
	buf_put(&w->response, s);
	w->no_memory |= !buf_ok(&w->response);
	return w->cut || w->no_memory ? 0 : size * n;
}

static bool read_sockaddr(const struct sockaddr *sa, struct ip *out)
{
	*out = (struct ip){ 0 };
	if (sa->sa_family == AF_INET) {
		memcpy(out->b, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
		return true;
	}
	out->is_v6 = true;
	memcpy(out->b, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
	return sa->sa_family == AF_INET6;
}

/* The last word about an address: nothing is connected that did not pass here. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct wire *w = ctx;
	struct ip ip;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (!w->is_proxied && (!read_sockaddr(&a->addr, &ip) || !reach_allows(w->reach, &ip))) {
		w->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static void keep_chain(struct wire *w, SSL *ssl)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	long verified = SSL_get_verify_result(ssl);

	w->tls_verify = verified == X509_V_OK ? NULL : X509_verify_cert_error_string(verified);
	w->chain_n = 0;
	buf_clear(&w->certificates);
	for (int i = 0; i < sk_X509_num(chain) && i < WIRE_CERTIFICATES; i++) {
		unsigned char *der = NULL;
		int n = i2d_X509(sk_X509_value(chain, i), &der);
		if (n <= 0)
			break;
		buf_put(&w->certificates, slice_from((const char *)der, (size_t)n));
		OPENSSL_free(der);
		w->certificate_n[w->chain_n++] = (size_t)n;
	}
}

/* The connection stands, new or kept; the request goes out next. */
static int before_request(void *ctx, char *remote, char *local, int port, int local_port)
{
	struct wire *w = ctx;
	struct curl_tlssessioninfo *tls = NULL;
	struct ip ip;

	(void)local;
	(void)local_port;
	if (!w->is_proxied) {
		if (ip_parse(slice_str(remote), &ip, NULL) < 0 || !reach_allows(w->reach, &ip)) {
			w->refused = true;
			return CURL_PREREQFUNC_ABORT;
		}
		snprintf(w->remote, sizeof(w->remote), ip.is_v6 ? "[%s]:%d" : "%s:%d", remote, port);
	}
	if (w->is_tls && curl_easy_getinfo(w->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls &&
	    tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals)
		keep_chain(w, tls->internals);
	w->connected = true;
	moved(w);
	return CURL_PREREQFUNC_OK;
}

/* The system's certificates, read when they are first needed: that takes some 20 ms. */
static X509_STORE *trust_store(X509_STORE **store)
{
	if (*store)
		return *store;
	*store = X509_STORE_new();
	/* Where there are none no site is trusted, and that is what is recorded. */
	if (*store && X509_STORE_set_default_paths(*store) != 1)
		ERR_clear_error();
	return *store;
}

bool wire_rest(struct wire *w)
{
	struct curl_tlssessioninfo *tls = NULL;

	if (w->rests || !w->is_tls || !w->connected)
		return false;
	w->rests = true;
	if (curl_easy_getinfo(w->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls &&
	    tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals)
		SSL_free_buffers(tls->internals); /* 0 where something is in them */
	/* Setting its size frees it; only where nothing of a request is left to be sent from it. */
	if (slice_ends(buf_slice(&w->request), SLICE("\r\n\r\n")))
		curl_easy_setopt(w->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)SEND);
	return true;
}

static CURLcode set_tls(CURL *easy, void *context, void *ctx)
{
	struct wire *w = ctx;
	SSL_CTX *c = context;
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(c);

	(void)easy;
	w->has_tcp = true;
	SSL_CTX_set_security_level(c, 0);
	SSL_CTX_set_min_proto_version(c, TLS1_VERSION);
	if (SSL_CTX_set_cipher_list(c, "ALL:COMPLEMENTOFDEFAULT:!aNULL:!eNULL") != 1)
		ERR_clear_error(); /* the default list stays */
	SSL_CTX_set_options(c, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
	X509_STORE *trusted = trust_store(w->trust);
	if (!trusted)
		return CURLE_OUT_OF_MEMORY;
	SSL_CTX_set1_cert_store(c, trusted);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
	int ok = w->host_is_ip ? X509_VERIFY_PARAM_set1_ip_asc(param, w->host) :
	                         X509_VERIFY_PARAM_set1_host(param, w->host, 0);
	return ok ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

static bool set_options(struct wire *w)
{
	CURL *c = w->easy;
	int failed = 0;

#define SET(option, value) failed |= curl_easy_setopt(c, option, value) != CURLE_OK
	SET(CURLOPT_PRIVATE, w);
	SET(CURLOPT_ERRORBUFFER, w->error);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_BUFFERSIZE, (long)(w->is_tls ? RECEIVE_TLS : RECEIVE));
	SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)SEND);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP_TRANSFER_DECODING, 0L);
	SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
	/* What is no HTTP comes as a body then, and is kept. */
	SET(CURLOPT_HTTP09_ALLOWED, 1L);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	/* Not what the environment says. */
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOPROXY, "");
	/* Its table of addresses is written by us alone, and each entry taken away by us. */
	SET(CURLOPT_DNS_CACHE_TIMEOUT, -1L);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_OPENSOCKETDATA, w);
	SET(CURLOPT_PREREQFUNCTION, before_request);
	SET(CURLOPT_PREREQDATA, w);
	SET(CURLOPT_HEADERFUNCTION, take_line);
	SET(CURLOPT_HEADERDATA, w);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, w);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, watch);
	SET(CURLOPT_DEBUGDATA, w);
	SET(CURLOPT_SSL_VERIFYPEER, 0L);
	SET(CURLOPT_SSL_VERIFYHOST, 0L);
	SET(CURLOPT_CAINFO, NULL);
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1);
	/* A resumed session shows no certificates. */
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_SSL_CTX_FUNCTION, set_tls);
	SET(CURLOPT_SSL_CTX_DATA, w);
#undef SET
	return !failed;
}

int wire_new(bool is_tls, struct wire **out, struct err *err)
{
	struct wire *w = calloc(1, sizeof(*w));

	if (w)
		w->is_tls = is_tls;
	if (!w || !(w->easy = curl_easy_init()) || !set_options(w)) {
		wire_free(w);
		return err_set(err, ERR_NOMEM, 0, "fetch: no memory");
	}
	*out = w;
	return 0;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	curl_easy_cleanup(w->easy);
	buf_release(&w->request);
	buf_release(&w->response);
	buf_release(&w->certificates);
	free(w);
}

static void empty(struct buf *b)
{
	if (b->cap > WIRE_KEEP || b->failed)
		buf_release(b);
	buf_clear(b);
}

void wire_clear(struct wire *w)
{
	empty(&w->request);
	empty(&w->response);
	empty(&w->certificates);
	w->chain_n = 0;
	w->tls_verify = NULL;
	w->remote[0] = w->error[0] = '\0';
	w->header_bytes = w->body_bytes = 0;
	w->has_head = w->head_ended = w->has_tcp = w->connected = false;
	w->rests = w->refused = w->no_memory = false;
	w->cut = CUT_NONE;
}

/* What the proxy said about the site, not about itself: RFC 1928 6, RFC 9110 15.6.3 and 15.6.5. Where
 * a site cannot be reached Squid answers 503 and tinyproxy 500, so that those are taken for it too: a
 * proxy that is broken itself breaks every site alike, and shows by that. */
static bool proxy_blames_site(struct wire *w, CURLcode rc)
{
	long code = 0;

	if (rc == CURLE_PROXY) {
		curl_easy_getinfo(w->easy, CURLINFO_PROXY_ERROR, &code);
		return code == CURLPX_REPLY_NETWORK_UNREACHABLE ||
		       code == CURLPX_REPLY_HOST_UNREACHABLE ||
		       code == CURLPX_REPLY_CONNECTION_REFUSED || code == CURLPX_REPLY_TTL_EXPIRED;
	}
	curl_easy_getinfo(w->easy, CURLINFO_HTTP_CONNECTCODE, &code);
	return code == 500 || code == 502 || code == 503 || code == 504;
}

static bool is_about_tls(CURLcode rc)
{
	return rc == CURLE_SSL_CONNECT_ERROR || rc == CURLE_SSL_CIPHER ||
	       rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_INVALIDCERTSTATUS ||
	       rc == CURLE_SSL_CERTPROBLEM || rc == CURLE_SSL_ENGINE_INITFAILED ||
	       rc == CURLE_SSL_CLIENTCERT;
}

static enum exchange_fault fault_of_connecting(struct wire *w, CURLcode rc)
{
	if (w->refused)
		return FAULT_ADDRESS;
	if (w->is_tls && is_about_tls(rc))
		return FAULT_TLS;
	if (w->is_proxied)
		return proxy_blames_site(w, rc) ? FAULT_CONNECT : FAULT_PROXY;
	return rc == CURLE_OPERATION_TIMEDOUT && w->has_tcp ? FAULT_TIMEOUT : FAULT_CONNECT;
}

/* "HTTP/1.1 1": RFC 9110 15.2. */
static bool is_interim(const struct wire *w)
{
	return w->head_ended && w->response.n > 9 && w->response.p[9] == '1';
}

enum exchange_fault wire_conclude(struct wire *w, CURLcode rc)
{
	const char *at = w->certificates.p;

	for (size_t i = 0; i < w->chain_n; i++) {
		w->chain[i] = slice_from(at, w->certificate_n[i]);
		at += w->certificate_n[i];
	}
	if (!buf_ok(&w->certificates))
		w->chain_n = 0;
	if (is_interim(w))
		buf_clear(&w->response);
	if (w->cut)
		return FAULT_NONE;
	if (!w->connected)
		return fault_of_connecting(w, rc);
	switch (rc) {
	case CURLE_OK:
		if (!w->has_head)
			return FAULT_PROTOCOL;
		if (w->head_ended)
			return FAULT_NONE;
		break; /* libcurl takes what there is of a head for all of it */
	case CURLE_OUT_OF_MEMORY:
		/* Its answer to a line that is too long for it. */
		if (w->head_ended || w->no_memory)
			return FAULT_STOPPED;
		w->cut = CUT_LENGTH;
		return FAULT_NONE;
	case CURLE_OPERATION_TIMEDOUT: w->cut = CUT_TIME; return FAULT_TIMEOUT;
	case CURLE_RECV_ERROR:
		if (strstr(w->error, "chunk"))
			return FAULT_PROTOCOL;
		break;
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE: break;
	default: return w->no_memory ? FAULT_STOPPED : FAULT_PROTOCOL;
	}
	w->cut = w->response.n ? CUT_CLOSED : CUT_NONE;
	return FAULT_CLOSED;
}
