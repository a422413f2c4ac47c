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

/* Divide a canonical name (dname_is_canonical). */
struct domain domain_of(const struct suffixes *s, struct slice name);

/* The unit of judgement of a name: its tenant, else its registrable, else (a public suffix) the
 * name itself. Points into the name. */
struct slice domain_site(const struct domain *d);

#endif
