/* What a verdict is about (RECORDS.md, doc/format/record.md).
 *
 *   registrable  "pills.example": public suffix and one label, or a platform's own name
 *   host         "pills.blogspot.com": a name under a platform; also any name below a registrable
 *                one that somebody asks about by itself; also a public suffix ("co.uk"), which
 *                nobody registers: it can be asked about and holds no other name
 *   url          "https://charity.example/shop/": what lies under that address
 *   ip, prefix   "192.0.2.1", "192.0.2.0/24", canonical (RFC 5952)
 *   owns         nothing: the key lies in the arena or in what it was made from
 *   suffixes     NULL stands for no list: then a site is the last two labels of a name, and
 *                whether a name is registrable or host is a guess (enough for publish/index.h) */
#ifndef MODEL_SUBJECT_H
#define MODEL_SUBJECT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/domain.h"
#include "wire/url.h"

#include <stdbool.h>
#include <stddef.h>

enum subject_kind { SUBJECT_REGISTRABLE, SUBJECT_HOST, SUBJECT_URL, SUBJECT_IP, SUBJECT_PREFIX };

struct subject {
	enum subject_kind kind;
	struct slice key; /* canonical, not empty, NUL behind it when it lies in an arena */
};

/* "registrable", "host", ... as records write it. */
const char *subject_kind_name(enum subject_kind kind);
bool subject_kind_parse(struct slice name, enum subject_kind *out);

static inline bool subject_eq(struct subject a, struct subject b)
{
	return a.kind == b.kind && slice_eq(a.key, b.key);
}

/* The kind first, then the key bytewise. */
int subject_cmp(struct subject a, struct subject b);

/* What a person types: a name, an address, a prefix, or a web address with or without its scheme
 * (https is then meant). A web address whose path is "/" stands for its host. A name is taken as
 * it is ("www.pills.example" is the host; see subject_site). White space around it is ignored.
 * ERR_SYNTAX, ERR_LIMIT, ERR_NOMEM. */
int subject_parse(struct slice text, const struct suffixes *s, struct arena *arena,
                  struct subject *out, struct err *err);

/* From the two words of a record. The key must be canonical for its kind: ERR_SYNTAX says how it
 * is not. It is not asked whether a registrable name is one by today's list: lists change, what
 * was recorded stays. The key is not copied. */
int subject_from_key(struct slice kind, struct slice key, struct subject *out, struct err *err);

/* The site that a canonical name belongs to, the unit of judgement: its tenant under a platform
 * (host), else its registrable name, else itself (host). The key points into the name. */
struct subject subject_of_name(struct slice name, const struct suffixes *s);

/* The site of a page: subject_of_name of its host, or its address (ip). */
struct subject subject_of_url(const struct url *u, const struct suffixes *s);

/* The site that a subject lies in: itself for a site, an address or a prefix. Keys in the arena
 * for a url. ERR_NOMEM. */
int subject_site(struct subject of, const struct suffixes *s, struct arena *arena,
                 struct subject *out, struct err *err);

/* Every subject whose decision can speak about this one, nearest first, itself included:
 *
 *   url     itself; itself without its query; each folder above it, up to the host; each in both
 *           schemes; then those of its host
 *   name    itself, each name above it, up to and including its site, never the platform above
 *           that (the landlord answers for no tenant, nor a tenant for the landlord). Each name
 *           both as registrable and as host: a list may have changed since it was recorded
 *   ip      itself, each prefix that holds it, longest first, down to /8 or /16 (IPv6)
 *   prefix  itself, each shorter prefix, in the same way
 *
 * The list and its keys lie in the arena. ERR_NOMEM. */
int subject_chain(struct subject of, const struct suffixes *s, struct arena *arena,
                  struct subject **out, size_t *n, struct err *err);

#endif
