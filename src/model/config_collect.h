/* What assay.yaml says under `collect:`.
 *
 *   source  doc/man/assay.yaml.5.scd, COLLECTING
 *   owns    nothing: texts lie in the arena that was given, or are literals */
#ifndef MODEL_CONFIG_COLLECT_H
#define MODEL_CONFIG_COLLECT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/ip.h"
#include "wire/yaml.h"

#include <stddef.h>
#include <stdint.h>

struct config_collect {
	const struct slice
		*resolver; /* "192.0.2.53", "192.0.2.53:5353"; default none: must be set */
	size_t resolver_n;
	const char *bootstrap;  /* address or file; default that of IANA (RFC 9224) */
	const char *iana_whois; /* default "whois.iana.org" */
	const struct ip_prefix *open; /* reached although special-purpose; default none */
	size_t open_n;
	const char *vantages;   /* file; default NULL: one vantage, "direct" */
	const char *archive;    /* folder; default NULL: STORE/collect */
	const char *tables;     /* folder of parking.tsv; default "policy/collect" */
	const char *registration_key; /* path of a file with mode 0600; default NULL: no hashes */
	const char *user_agent; /* towards RDAP servers */
	int64_t host_delay_ms; /* between requests to one host from one vantage; default 1,000 */
	int64_t in_flight;      /* transfers at once; default 1,000 */
	uint64_t body;          /* bytes of one response; default 8 MiB */
	uint64_t bodies;        /* bytes of responses in memory at once; default 256 MiB */
	int64_t seconds;        /* longest exchange; default 60 */
	int64_t registration_ms; /* between questions to one RDAP or WHOIS server; default 1,000 */
};

struct config_collect config_collect_default(void);
/* Over what is there. "FILE:LINE: …". */
int config_collect_read(const struct yaml_node *node, struct arena *arena,
                        struct config_collect *out, struct err *err);

/* A number of bytes: a whole number, and K, M, G or T for 2 to the 10th, 20th, 30th, 40th. */
int config_bytes_read(const struct yaml_node *node, uint64_t *out, struct err *err);

#endif
