/* DNS messages: what a resolver answered, as records with the canonical text of their data.
 *
 *   source   RFC 1035 4 (messages, compression), RFC 3596 (AAAA), RFC 6672 (DNAME), RFC 6891 (OPT),
 *            RFC 8659 4 (CAA), RFC 4343 (case), RFC 1035 5.1 (\DDD)
 *   names    lower case, no dot at the end, "." for the root; an octet that is no letter of
 *            wire/dname.h is written \DDD
 *   hostile  a compression pointer points before the name that it stands in, and each further one
 *            before the last: a name ends. Lengths are checked before they are used
 *   owns     nothing: texts lie in the arena */
#ifndef WIRE_DNSPKT_H
#define WIRE_DNSPKT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DNSPKT_MAX = 65535,         /* RFC 1035 4.2.2 */
	DNSPKT_RECORDS_MAX = 4096,  /* of one message */
	DNSPKT_TEXT_MAX = 4096,     /* bytes of the text of one record: what is longer is cut */
};

/* IANA, "Resource Record (RR) TYPEs". */
enum dnspkt_type {
	DNSPKT_A = 1,
	DNSPKT_NS = 2,
	DNSPKT_CNAME = 5,
	DNSPKT_SOA = 6,
	DNSPKT_PTR = 12,
	DNSPKT_MX = 15,
	DNSPKT_TXT = 16,
	DNSPKT_AAAA = 28,
	DNSPKT_DNAME = 39,
	DNSPKT_OPT = 41,
	DNSPKT_CAA = 257,
};

/* IANA, "DNS RCODEs": those that are told apart. */
enum dnspkt_rcode {
	DNSPKT_NOERROR = 0,
	DNSPKT_FORMERR = 1,
	DNSPKT_SERVFAIL = 2,
	DNSPKT_NXDOMAIN = 3,
	DNSPKT_NOTIMP = 4,
	DNSPKT_REFUSED = 5,
};

enum dnspkt_section { DNSPKT_ANSWER, DNSPKT_AUTHORITY, DNSPKT_ADDITIONAL };

struct dnspkt_record {
	enum dnspkt_section section;
	struct slice name;
	uint16_t type, class;
	uint32_t ttl;  /* seconds; the sign bit counts as 0 (RFC 2181 8) */
	/* A, AAAA: RFC 5952. NS, CNAME, DNAME, PTR: a name. SOA: "mname rname serial refresh retry
	 * expire minimum". MX: "10 mail.example". TXT: its strings, one behind the other (RFC 7208
	 * 3.3). CAA: "0 issue ca.example". Empty for other types. */
	struct slice text;
	bool cut; /* the text is longer than DNSPKT_TEXT_MAX */
};

struct dnspkt {
	uint16_t id;
	bool response, truncated, authentic; /* QR, TC, AD */
	unsigned rcode;                      /* with the upper bits of OPT */
	struct slice qname;                  /* of the first question; empty: none */
	uint16_t qtype;
	const struct dnspkt_record *record; /* OPT is none of them */
	size_t n;
};

/* Read a message. ERR_SYNTAX with err->at; ERR_LIMIT; ERR_NOMEM. out is untouched on failure. */
int dnspkt_parse(struct slice message, struct arena *arena, struct dnspkt *out, struct err *err);

/* "ns", "caa"; NULL for a type that is not named above. */
const char *dnspkt_type_name(uint16_t type);
/* "noerror", "nxdomain", ...; "rcode-N" is the caller's: NULL for others. */
const char *dnspkt_rcode_name(unsigned rcode);

/* Append a message as a resolver writes it: for tests and for servers of tests. Nothing is
 * compressed. Only the types that have a text above, from that text. ERR_SYNTAX, ERR_NOMEM. */
int dnspkt_write(const struct dnspkt *p, struct buf *out, struct err *err);

#endif
