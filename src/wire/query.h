/* The parts of a request target: the segments of its path, the pairs of its query.
 *
 *   source  RFC 3986 2.1 (percent-encoding), 3.3 (path), 3.4 (query); WHATWG URL 5.1
 *           (application/x-www-form-urlencoded: pairs, and '+' for a space, in a query only)
 *   strict  "%" without two hexadecimal digits, a NUL and what is not UTF-8 are refused, never
 *           guessed at: two readers must not find different names in one target
 *   owns    nothing: decoded text lies in the arena, with a NUL behind it (not counted)
 *
 * Decoding comes after splitting, so "%2F" is a slash within a segment and "%26" an ampersand within
 * a value. Dot segments are segments like others. */
#ifndef WIRE_QUERY_H
#define WIRE_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

enum {
	QUERY_PAIRS = 64,   /* more is ERR_LIMIT */
	PATH_SEGMENTS = 32, /* more is ERR_LIMIT */
};

struct query_pair {
	struct slice key, value; /* decoded; value is empty where there is no '=' */
	bool has_value;          /* whether there was one */
};

struct query {
	const struct query_pair *pair; /* in the order of the target */
	size_t n;
};

struct path {
	const struct slice *segment; /* decoded; "/" and "" have none, "/a/" has "a" and "" */
	size_t n;
};

/* Decode one part; plus: '+' is a space. ERR_SYNTAX with err->at = offset of the octet that is wrong;
 * ERR_NOMEM; out untouched. */
int percent_decode(struct slice raw, bool plus, struct arena *arena, struct slice *out,
                   struct err *err);

/* Read what stands behind the '?'. Empty pairs ("a=1&&b") are passed over. ERR_SYNTAX with err->at =
 * offset in raw, ERR_LIMIT, ERR_NOMEM; out untouched. */
int query_parse(struct slice raw, struct arena *arena, struct query *out, struct err *err);

/* The value of the first pair with this key; .p is NULL when there is none. */
struct slice query_get(const struct query *query, const char *key);

/* How many pairs have this key: whether a repeated one is an error is the caller's to say. */
size_t query_count(const struct query *query, const char *key);

/* Read what stands before the '?'; it begins with '/' or is empty. Errors as query_parse. */
int path_parse(struct slice raw, struct arena *arena, struct path *out, struct err *err);

#endif
