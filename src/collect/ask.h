/* What an errand asks of the outside.
 *
 * The room does no I/O. An errand (of DNS, of registration data, of one vantage's visit) is a state
 * machine: it appends asks, the pump of cmd/ has them carried out, keeps each exchange
 * (store/archive), and tells the errand the answer; the errand appends further asks and observations.
 *
 *   hostile bytes  an errand reads of an answer at most what wire/http_response.h takes apart. What
 *                  has to be parsed is asked for as a reading (ASK_READ): the pump gives the bytes to
 *                  a process that can do nothing else (sys/worker.h), which answers with JSON
 *   time           is that of the answers; an errand knows no clock. An order whose answers come in
 *                  the same sequence makes the same observations, byte for byte
 *   owns           texts of an ask belong to the errand and stay until it is released */
#ifndef COLLECT_ASK_H
#define COLLECT_ASK_H

#include "base/err.h"
#include "base/slice.h"
#include "model/evidence.h"
#include "model/exchange.h"
#include "model/subject.h"
#include "model/vantage.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

enum ask_kind {
	ASK_DNS,    /* name, rrtype */
	ASK_FETCH,  /* url, vantage; one exchange, whatever its status */
	ASK_WHOIS,  /* server, line */
	ASK_RENDER, /* url, vantage */
	ASK_READ,   /* reading, of the response of the exchange `of` */
};

/* What an exchange is for: sets its limits and its class of evidence, and is kept in the manifest. */
enum ask_purpose {
	PURPOSE_DNS,
	PURPOSE_PAGE,  /* public */
	PURPOSE_IMAGE, /* favicon, seal; public */
	PURPOSE_RDAP,  /* restricted; paced per server */
	PURPOSE_WHOIS, /* the same */
	PURPOSE_BOOTSTRAP, /* IANA's lists of servers: fetched once for all orders */
	ASK_PURPOSES
};

enum reading {
	READ_PAGE,  /* collect/page_reading.h: url, site */
	READ_CHAIN, /* collect/chain_reading.h: the certificates of the exchange */
	READ_RDAP,  /* collect/registration_reading.h */
	READ_WHOIS,
	READINGS
};

struct ask {
	enum ask_kind kind;
	enum ask_purpose purpose;
	uint32_t number;     /* from 1, counted over the order (asks.next): answers carry it */
	uint32_t of;         /* ASK_READ: number of the exchange */
	enum reading reading;
	const struct vantage *vantage; /* ASK_FETCH and ASK_RENDER of pages; else NULL */
	struct slice url;
	struct subject site;  /* READ_PAGE: whose links are wanted */
	struct slice referer; /* empty: none */
	struct slice accept;  /* value of Accept; empty: the fetcher's own */
	struct slice name;    /* ASK_DNS: canonical */
	uint16_t rrtype;      /* ASK_DNS: RFC 1035 3.2.2 and IANA's registry */
	struct slice server;  /* ASK_WHOIS: host or host:port; pace of ASK_FETCH of RDAP goes by its host */
	struct slice line;    /* ASK_WHOIS: without CRLF */
};

/* Asks that wait to be carried out, in order; shared by the errands of one order. */
struct asks {
	struct ask *ask;
	size_t n, cap;
	size_t taken;   /* of them were handed to the pump */
	uint32_t next;  /* number of the last one */
};

/* Append; sets a->number and returns it, or ERR_NOMEM. */
int64_t asks_put(struct asks *asks, struct ask *a, struct err *err);
void asks_release(struct asks *asks);

/* What came of an ask. */
struct answer {
	const struct exchange *exchange; /* of ASK_DNS, FETCH, WHOIS and RENDER; NULL for a reading */
	struct evidence evidence;  /* of the response's payload, with where it lies; when has_evidence */
	bool has_evidence;         /* something came, and is kept */
	struct evidence picture;   /* of a rendering */
	bool has_picture;
	uint32_t number;           /* of the ask */
	const json_t *reading;     /* of ASK_READ; NULL where .fault is set */
	enum exchange_fault fault; /* that of the exchange; of a reading FAULT_PARSER or FAULT_NONE */
	int64_t at_ms;             /* when the exchange began; of a reading: of what was read */
};

/* Takes one observation without its id; owned by the callee. 0 or an error that ends the order. */
typedef int (*observe_fn)(void *ctx, json_t *observation, struct err *err);

#endif
