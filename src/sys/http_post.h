/* One POST to one address, waited for.
 *
 *   source  RFC 9110 9.3.3; by libcurl
 *   goes    to that address alone: no redirect is followed, no proxy of the environment is used
 *   TLS     certificate and name are checked, by the certificates that the system trusts */
#ifndef SYS_HTTP_POST_H
#define SYS_HTTP_POST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Append the body of a 200 answer to out.
 *
 *   type   Content-Type of the body
 *   limit  bytes of the answer
 *   return 0; ERR_USAGE (no http or https address); ERR_IO (no answer, or another status: says which);
 *          ERR_LIMIT; ERR_NOMEM */
int http_post(const char *url, const char *type, struct slice body, size_t limit, int64_t timeout_s,
              struct buf *out, struct err *err);

#endif
