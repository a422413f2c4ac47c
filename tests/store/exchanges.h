/* Exchanges of every kind to put into an archive, and whether what comes back is the same. */
#ifndef TEST_STORE_EXCHANGES_H
#define TEST_STORE_EXCHANGES_H

#include "check.h"

#include "model/evidence.h"
#include "model/exchange.h"

enum { EXCHANGES = 18 };

#define AT_MS INT64_C(1789347723456)
#define PAGE "<!doctype html><title>Pills</title><p>Sildenafil without prescription.</p>"
#define PAGE_N "74"
#define HEAD_OK "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=UTF-8\r\n"
#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1"
#define QUERY "\x12\x34\1\0\0\1\0\0\0\0\0\0\1h\7example\0\0\1\0\1"
#define ANSWER "\x12\x34\x81\x80\0\1\0\1\0\0\0\0\1h\7example\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1"

/* A slice as an initialiser. */
#define T(literal) { "" literal, sizeof(literal) - 1 }

struct test_exchange {
	struct exchange x;
	const char *purpose;
	enum evidence_class class;
	bool revisit; /* when put in this order into an empty archive */
};

static const struct slice test_chain[] = { T("0\x82\1\n\0\xff leaf"), T("0\x82 issuer\0") };

/* In the sequence in which they are put. */
static const struct test_exchange test_exchanges[EXCHANGES] = {
	{ { .kind = EXCHANGE_DNS, .number = 1, .uri = T("dns:h.example?type=A"), .at_ms = AT_MS,
	    .took_ms = 12, .remote = T("192.0.2.53:53"), .request = T(QUERY),
	    .response = T(ANSWER) }, "dns", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_HTTP, .number = 2, .vantage = T("jp-desktop"),
	    .uri = T("https://h.example/"), .at_ms = AT_MS + 1, .took_ms = 345,
	    .remote = T("[2001:db8::1]:443"),
	    .request = T("GET / HTTP/1.1\r\nHost: h.example\r\n\r\n"),
	    .response = T(HEAD_OK "Content-Length: " PAGE_N "\r\n\r\n" PAGE),
	    .chain = test_chain, .chain_n = 2, .tls_verify = "self-signed certificate" },
	  "page", EVIDENCE_PUBLIC, false },
	/* The same payload in chunks, from another vantage at the same time. */
	{ { .kind = EXCHANGE_HTTP, .number = 3, .vantage = T("us-desktop"),
	    .uri = T("https://h.example/"), .at_ms = AT_MS + 1, .took_ms = 7,
	    .remote = T("192.0.2.1:443"),
	    .request = T("GET / HTTP/1.1\r\nHost: h.example\r\n\r\n"),
	    .response = T(HEAD_OK "Transfer-Encoding: chunked\r\n\r\n9\r\n<!doctype\r\n41;x=y\r\n "
			  "html><title>Pills</title><p>Sildenafil without prescription.</p>\r\n"
			  "0\r\nTrailer: t\r\n\r\n"),
	    .chain = test_chain, .chain_n = 2 }, "page", EVIDENCE_PUBLIC, true },
	/* The same again whole, at another address. */
	{ { .kind = EXCHANGE_HTTP, .number = 4, .vantage = T("us-desktop"),
	    .uri = T("http://www.h.example:8080/B?z=1&A=2"), .at_ms = AT_MS + 5000, .took_ms = 0,
	    .request = T("GET /B?z=1&A=2 HTTP/1.1\r\n\r\n"),
	    .response = T("HTTP/1.0 404 Gone\nX: y\n\n" PAGE) },
	  "page", EVIDENCE_PUBLIC, true },
	{ { .kind = EXCHANGE_HTTP, .number = 5, .uri = T("https://h.example/to"), .at_ms = AT_MS,
	    .request = T("GET /to HTTP/1.1\r\n\r\n"),
	    .response = T("HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n") },
	  "page", EVIDENCE_PUBLIC, false },
	/* Cut short in every way. */
	{ { .kind = EXCHANGE_HTTP, .number = 6, .uri = T("https://h.example/cut"), .at_ms = AT_MS,
	    .fault = FAULT_CLOSED, .cut = CUT_CLOSED, .request = T("GET /cut HTTP/1.1\r\n\r\n"),
	    .response = T("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\npart") },
	  "page", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_HTTP, .number = 7, .uri = T("https://h.example/chunk"), .at_ms = AT_MS,
	    .cut = CUT_LENGTH, .request = T("GET /chunk HTTP/1.1\r\n\r\n"),
	    .response = T("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			  "ff\r\npart of a chunk") }, "page", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_HTTP, .number = 8, .uri = T("https://h.example/head"), .at_ms = AT_MS,
	    .fault = FAULT_TIMEOUT, .cut = CUT_TIME, .request = T("GET /head HTTP/1.1\r\n\r\n"),
	    .response = T("HTTP/1.1 200 OK\r\nContent-Ty") }, "page", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_HTTP, .number = 9, .uri = T("http://h.example:21/"), .at_ms = AT_MS,
	    .fault = FAULT_PROTOCOL, .request = T("GET / HTTP/1.1\r\n\r\n"),
	    .response = T("220 ftp\r\n\0") }, "page", EVIDENCE_PUBLIC, false },
	/* Nothing came, nothing was sent. */
	{ { .kind = EXCHANGE_HTTP, .number = 10, .uri = T("http://inner.example/"), .at_ms = AT_MS,
	    .fault = FAULT_ADDRESS, .vantage = T("jp-desktop") }, "page", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_HTTP, .number = 11, .uri = T("https://h.example/none"), .at_ms = AT_MS,
	    .fault = FAULT_TIMEOUT, .request = T("GET /none HTTP/1.1\r\n\r\n") },
	  "page", EVIDENCE_PUBLIC, false },
	/* A picture of a site: binary, stored once. */
	{ { .kind = EXCHANGE_HTTP, .number = 12, .uri = T("https://h.example/favicon.ico"),
	    .at_ms = AT_MS, .request = T("GET /favicon.ico HTTP/1.1\r\n\r\n"),
	    .response = T("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" PNG) },
	  "image", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_RENDER, .number = 13, .vantage = T("jp-desktop"),
	    .uri = T("https://h.example/"), .at_ms = AT_MS + 9, .took_ms = 2000,
	    .response = T("<html><body>after load \xe8\x96\xac</body></html>"),
	    .picture = T(PNG "picture") }, "page", EVIDENCE_PUBLIC, false },
	/* Its picture is one that is known. */
	{ { .kind = EXCHANGE_RENDER, .number = 14, .uri = T("https://h.example/two"),
	    .at_ms = AT_MS + 9, .fault = FAULT_TIMEOUT, .cut = CUT_TIME,
	    .response = T("<html>"), .picture = T(PNG "picture") },
	  "page", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_HTTP, .number = 15, .uri = T("https://rdap.example/domain/h.example"),
	    .at_ms = AT_MS, .request = T("GET /domain/h.example HTTP/1.1\r\n\r\n"),
	    .response = T("HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\n\r\n"
			  "{\"ldhName\":\"h.example\"}"), .chain = test_chain, .chain_n = 1 },
	  "rdap", EVIDENCE_RESTRICTED, false },
	{ { .kind = EXCHANGE_WHOIS, .number = 16, .uri = T("whois://whois.example/h.example"),
	    .at_ms = AT_MS, .remote = T("192.0.2.43:43"), .request = T("h.example\r\n"),
	    .response = T("Registrant: Jo Doe\r\n") }, "whois", EVIDENCE_RESTRICTED, false },
	{ { .kind = EXCHANGE_WHOIS, .number = 17, .uri = T("whois://whois.iana.org/example"),
	    .at_ms = AT_MS, .request = T("example\r\n"),
	    .response = T("refer: whois.example\r\n") }, "whois", EVIDENCE_PUBLIC, false },
	{ { .kind = EXCHANGE_DNS, .number = 18, .uri = T("dns:h.example?type=AAAA"),
	    .at_ms = AT_MS, .fault = FAULT_RESOLVE, .request = T(QUERY) },
	  "dns", EVIDENCE_PUBLIC, false },
};

/* Counts a failed row for each field that differs. */
static inline void check_exchange(const struct exchange *got, const struct exchange *want)
{
	const char *uri = want->uri.p;

	CHECK_INT(want->number, uri, got->number, want->number);
	CHECK_INT(want->number, uri, got->kind, want->kind);
	CHECK_INT(want->number, uri, got->at_ms, want->at_ms);
	CHECK_INT(want->number, uri, got->took_ms, want->took_ms);
	CHECK_INT(want->number, uri, got->fault, want->fault);
	CHECK_INT(want->number, uri, got->cut, want->cut);
	CHECK_SLICE(want->number, uri, got->uri, want->uri);
	CHECK_SLICE(want->number, uri, got->vantage, want->vantage);
	CHECK_SLICE(want->number, uri, got->remote, want->remote);
	CHECK_SLICE(want->number, uri, got->request, want->request);
	CHECK_SLICE(want->number, uri, got->response, want->response);
	CHECK_SLICE(want->number, uri, got->picture, want->picture);
	CHECK_INT(want->number, uri, got->chain_n, want->chain_n);
	for (size_t i = 0; i < got->chain_n && i < want->chain_n; i++)
		CHECK_SLICE(want->number, uri, got->chain[i], want->chain[i]);
	CHECK_SLICE(want->number, uri, slice_str(got->tls_verify), slice_str(want->tls_verify));
	CHECK_INT(want->number, uri, got->tls_verify != NULL, want->tls_verify != NULL);
}

#endif
