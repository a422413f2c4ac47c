/* Which RDAP server is authoritative for a name: IANA's list.
 *
 *   source  RFC 9224 sections 3 (the file), 4 (domains: the longest suffix, by labels), 3 (of
 *           several addresses https is preferred); data.iana.org/rdap/dns.json
 *   in      anybody's bytes, at most RDAP_BOOTSTRAP_BYTES; entries that are no names, and addresses
 *           that are neither https nor http, are passed over
 *   owns    nothing: all lies in the arena */
#ifndef WIRE_RDAP_BOOTSTRAP_H
#define WIRE_RDAP_BOOTSTRAP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stddef.h>

enum {
	RDAP_BOOTSTRAP_BYTES = 4 << 20,
	RDAP_BOOTSTRAP_MAX = 20000, /* suffixes; ERR_LIMIT above */
};

struct rdap_bootstrap {
	struct rdap_bootstrap_entry {
		struct slice suffix; /* canonical: "com", "xn--p1ai", "co.example" */
		struct slice base;   /* canonical address, ends with "/" */
	} * entry;                   /* sorted by suffix, each once */
	size_t n;
};

/* Read IANA's file. ERR_SYNTAX (no JSON, no list of services), ERR_LIMIT, ERR_NOMEM. */
int rdap_bootstrap_parse(struct slice bytes, struct arena *a, struct rdap_bootstrap *out,
                         struct err *err);

/* Base address for a canonical name; empty where no server is listed. */
struct slice rdap_bootstrap_find(const struct rdap_bootstrap *b, struct slice name);

/* {"com":"https://…/",…}, for between processes. A new reference or NULL. */
json_t *rdap_bootstrap_to_json(const struct rdap_bootstrap *b);
/* Read that back. ERR_SYNTAX for a name or address that is not canonical, ERR_LIMIT, ERR_NOMEM. */
int rdap_bootstrap_from_json(const json_t *object, struct arena *a, struct rdap_bootstrap *out,
                             struct err *err);

#endif
