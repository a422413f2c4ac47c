/* The directory of those whom notices go to: registrars, resellers, registries, hosts, search engines,
 * payment, platforms, authorities.
 *
 *   file    policy/notice/providers/NAME.yaml, one a provider, or a folder of the operator's own
 *           (notice.providers of assay.yaml); format and sources: doc/format/provider.md
 *   says    which names, numbers, addresses (prefixes), name servers are theirs; mail or form for
 *           abuse; what they demand of reporters; where they are established; their own terms
 *   owns    all its texts; immutable after loading, any number of threads may read it */
#ifndef MODEL_PROVIDER_H
#define MODEL_PROVIDER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/notice.h"

#include <stddef.h>
#include <stdint.h>

struct provider {
	enum notice_to to;
	struct slice key, name;      /* "host:kumo"; of a registrar and a reseller as provider_key makes it */
	const struct slice *alias;   /* other names as published */
	size_t alias_n;
	int64_t iana_id;             /* registrar; 0 */
	const struct slice *country;
	size_t country_n;
	const struct slice *prefix;  /* addresses, canonical: "203.0.113.0/25" */
	size_t prefix_n;
	const struct slice *nameserver; /* names whose subdomains are theirs */
	size_t nameserver_n;
	const struct slice *tld;     /* registry */
	size_t tld_n;
	struct slice mail, form;     /* one of both at least */
	const struct slice *demand;
	size_t demand_n;
	struct slice terms, terms_says;
	struct slice checked;        /* date of the last check: 2026-11-22 */
	struct slice source;
};

/* The stable key of a party, in the arena: "registrar:99001" of a registrar with a number at IANA,
 * else the kind, ':' and the folded name (wire/fold.h) as one line: "reseller:hanabi web services".
 * ERR_SYNTAX for a name that folds to nothing; ERR_LIMIT; ERR_NOMEM. */
int provider_key(enum notice_to to, struct slice name, int64_t iana_id, struct arena *a,
                 struct slice *out, struct err *err);

struct providers;

int providers_new(struct providers **out, struct err *err);
void providers_free(struct providers *p);

/* Read one file's bytes. ERR_SYNTAX "providers/x.yaml:12: ..."; also for a key that is there already;
 * ERR_NOMEM. On failure the set is as it was. */
int providers_add(struct providers *p, struct slice text, const char *file, struct err *err);

/* NULL: none. */
const struct provider *providers_find(const struct providers *p, struct slice key);
/* By number; where that is 0 or of nobody here, by name, of a row that has no other number. */
const struct provider *providers_registrar(const struct providers *p, int64_t iana_id,
                                           struct slice name);
/* By name or alias, compared folded. NULL also when there is no memory. */
const struct provider *providers_named(const struct providers *p, enum notice_to to,
                                       struct slice name);
/* The host of an address, by the longest prefix; or of a name server, by the longest name; NULL. */
const struct provider *providers_of_address(const struct providers *p, struct slice ip);
const struct provider *providers_of_nameserver(const struct providers *p, struct slice name);
const struct provider *providers_of_tld(const struct providers *p, struct slice tld);
/* All, sorted by key. */
const struct provider *providers_all(const struct providers *p, size_t *n);

#endif
