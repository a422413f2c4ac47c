/* Absolute web addresses in canonical form.
 *
 *   source     RFC 3986 3 (parts), 5.2 (references), 6.2.2 and 6.2.3 (normal form); RFC 9110 4.2
 *              (http, https). Where pages break the grammar, as browsers do (WHATWG URL): tab, CR
 *              and LF are dropped, a backslash before the query is a slash, other octets that may
 *              not stand there are percent-encoded
 *   canonical  lower-case scheme and host, A-labels, no default port, no dot segments, %XX in upper
 *              case and only where needed, path at least "/", no fragment, no user name
 *   owns       nothing: text and its parts lie in the arena */
#ifndef WIRE_URL_H
#define WIRE_URL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { URL_MAX = 8000 }; /* octets, read or written: RFC 9110 4.1 asks for no less */

struct url {
	struct slice text;   /* the whole canonical address, NUL behind it */
	struct slice scheme; /* "http" or "https"; this and the next point into text */
	struct slice host;   /* canonical domain name, or address without its brackets */
	struct slice path;   /* begins with "/" */
	struct slice query;  /* without its "?"; empty and .has_query false when there is none */
	uint16_t port;       /* the default one included */
	bool has_query;
	bool host_is_ip;
	bool had_userinfo;   /* "user@" stood there and was dropped: a trick to look like another */
};

/* Read an absolute http or https address; white space around it is ignored.
 * ERR_SYNTAX (another scheme, no host, a host that is no name); ERR_LIMIT (over URL_MAX);
 * ERR_NOMEM; out untouched. */
int url_parse(struct slice text, struct arena *arena, struct url *out, struct err *err);

/* Read a reference as it stands in a page at base: absolute, //host, /path, path, ?query, #part or
 * empty. Errors as url_parse: "mailto:" and the like are ERR_SYNTAX. */
int url_resolve(const struct url *base, struct slice reference, struct arena *arena,
                struct url *out, struct err *err);

/* Whether a canonical address lies under a canonical prefix: the same scheme, host and port, and
 * the path begins with the prefix's at a border ("/", "?" or the end). A prefix with a query holds
 * itself only. */
bool url_is_under(struct slice url, struct slice prefix);

#endif
