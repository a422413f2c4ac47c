/* What a record says that a domain can share with others.
 *
 *   in     observations (dns, tls, registration, page) and facts, as doc/format/record.md has them
 *   table  which field of which record is an attribute of which kind; a new one is a row there
 *   never  a fact that is negated, or that the page tells of others: it is none of the site's own. A
 *          registrant counts as the keyed hash that the record carries. What a page of another site shows
 *          that visitors are led to is that site's: of such a page only the redirect counts. So it is with pages that
 *          say that there is none (yet): their words are the server's */
#ifndef LINK_ATTRIBUTE_H
#define LINK_ATTRIBUTE_H

#include "base/arena.h"
#include "base/err.h"
#include "link/signal.h"
#include "model/domain.h"
#include "model/record.h"

/* Called per attribute; the value lies in the arena or the record. What it returns ends the walk when
 * it is not 0. */
typedef int (*attribute_fn)(void *ctx, enum signal_kind kind, struct slice value, struct err *err);

/* Hand on the attributes of one record, in the order of the table; none for a record of another type.
 * suffixes: to tell the sites of names. ERR_NOMEM, or what fn returns. */
int attributes_of(const struct record *r, const struct suffixes *suffixes, struct arena *arena,
                  attribute_fn fn, void *ctx, struct err *err);

/* A value of that kind as attributes_of hands it on; empty where the text is none. Lies in the arena
 * or is the text itself. */
struct slice attribute_normal(enum signal_kind kind, struct slice text,
                              const struct suffixes *suffixes, struct arena *arena);

/* Whether a record tells of the subject's own pages, and not of a page of another site that visitors
 * were led to, or of an error or a placeholder. *quotation: the first of its own, or NULL. */
bool attribute_is_own(const struct record *r, const struct suffixes *suffixes, struct arena *arena,
                      const json_t **quotation);

#endif
