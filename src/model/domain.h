/* Which part of a name somebody registered, by the Public Suffix List.
 *
 *   source     publicsuffix.org/list: the algorithm, and its two sections. ICANN: suffixes under
 *              which registries sell names ("co.uk"). Private: platforms that hand out names to
 *              their users ("blogspot.com"). Read by libpsl.
 *   platforms  suffixes of the configuration count as private ones too
 *
 * A name under a platform is its user's, not the platform's: it is a subject of its own, and the
 * platform is never judged by it. */
#ifndef MODEL_DOMAIN_H
#define MODEL_DOMAIN_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stddef.h>

/* The list in use. Immutable; any number of threads may ask it. */
struct suffixes;

/* Read a list from the bytes of its file (public_suffix_list.dat, UTF-8), with extra platform
 * suffixes in any spelling that dname_parse reads. An empty list gives libpsl's built-in one, whose
 * digest is then of its compiled-in SHA-1 and name: for tests and first steps only.
 * ERR_SYNTAX (no rule in the list, a bad platform: err->at is its number), ERR_NOMEM. */
int suffixes_new(struct slice list, const struct slice *platforms, size_t n, struct suffixes **out,
                 struct err *err);
void suffixes_free(struct suffixes *s);

/* SHA-256 of the list's bytes, followed by the platforms in canonical form, sorted, one a line:
 * without platforms it is what sha256sum says of the file. An input of a verdict. */
struct sha256 suffixes_digest(const struct suffixes *s);

/* How a canonical name divides. Slices point into the name; empty where there is no such part.
 *
 *     pills.blogspot.com  suffix com    registrable blogspot.com  platform the same, tenant itself
 *     www.pharm.co.uk     suffix co.uk  registrable pharm.co.uk   no platform, no tenant
 *     co.uk               suffix co.uk  nothing else
 *     blogspot.com        suffix com    registrable itself        platform itself, no tenant    */
struct domain {
	struct slice name;
	struct slice suffix;      /* of the ICANN section, or the last label */
	struct slice registrable; /* suffix and one label */
	struct slice platform;    /* longest suffix of the private section or the configuration */
	struct slice tenant;      /* platform and one label */
};

/* Divide a canonical name (dname_is_canonical). s NULL: without a list, by its last label. */
struct domain domain_of(const struct suffixes *s, struct slice name);

/* The unit of judgement of a name: its tenant, else its registrable, else (a public suffix) the
 * name itself. Points into the name. */
struct slice domain_site(const struct domain *d);

/* What the list says at a name, for who must answer without the list (publish/index.h). */
enum suffix_flags {
	SUFFIX_ICANN = 1,           /* domain.suffix can be this name */
	SUFFIX_PLATFORM = 2,        /* domain.platform can be this name */
	SUFFIX_BELOW_ICANN = 4,     /* the same of every name one label longer that has no rule of */
	SUFFIX_BELOW_PLATFORM = 8,  /* its own: a wildcard */
};

/* A name that a rule of the list or the configuration speaks of; with flags 0 it is an exception
 * to the wildcard above it. */
struct suffix_rule {
	struct slice name;
	unsigned flags; /* enum suffix_flags */
};

/* Every rule, so that those at or below a name stand together. */
struct suffix_rules;

/* s must outlive the rules. ERR_REFUSED for libpsl's built-in list, which cannot be walked;
 * ERR_NOMEM. */
int suffix_rules_new(const struct suffixes *s, struct suffix_rules **out, struct err *err);
/* NULL is fine. */
void suffix_rules_free(struct suffix_rules *r);

/* The rules at or below a canonical name: the name's own first. Valid until suffix_rules_free. */
size_t suffix_rules_under(const struct suffix_rules *r, struct slice name,
                          const struct suffix_rule **first);

#endif
