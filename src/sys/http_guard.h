/* What libmicrohttpd lets through and we do not: heads that two readers could read differently.
 *
 *   source  RFC 9112 3 (request line), 3.2 (Host), 5.1 and 5.2 (fields), 6.1 and 6.3 (length); where
 *           they leave a choice, what nginx 1.22 answers
 *   how     the library (0.9.75) reads a head in place: it puts a NUL for each byte that ends a part,
 *           and says where the parts begin and how long the head was. A part that is not where the
 *           part before it ends gives away a folded line, a NUL, or a second space */
#ifndef SYS_HTTP_GUARD_H
#define SYS_HTTP_GUARD_H

#include "base/slice.h"
#include "sys/http_server.h"

#include <microhttpd.h>

struct http_head {
	struct MHD_Connection *connection;
	const char *method, *version; /* as the library hands them to the handler */
	const char *target_at;        /* where the target stood in the library's memory */
	struct buf *raw;              /* a copy of it, made before the library cut it up; a '/' may be
	                                 put into it where an absolute form has no path */
};

struct http_framing {
	struct slice target; /* in origin form: part of raw, or "/" */
	uint64_t length;     /* of the body, as declared; 0 with chunked */
	bool is_chunked;
};

/* Check a whole head: 0, or the status to refuse it with (400, 405, 414, 431, 501); out untouched
 * then. What the library refuses by itself (a length that is no number, a version that is none) does
 * not come here. */
unsigned http_guard(const struct http_head *head, const struct http_limits *limits,
                    struct http_framing *out);

#endif
