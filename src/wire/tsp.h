/* Timestamps by a trusted third party: that bytes were there at a time.
 *
 *   source  RFC 3161 (Time-Stamp Protocol); by OpenSSL
 *   imprint SHA-256 of the bytes that are stamped
 *   check   `openssl ts -verify -data FILE -in TOKEN -CAfile CA.pem` says the same of a whole response */
#ifndef WIRE_TSP_H
#define WIRE_TSP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdint.h>

enum { TSP_RESPONSE_MAX = 64 << 10 };

#define TSP_QUERY_TYPE "application/timestamp-query" /* RFC 3161 3.4 */

/* Append a request (DER) for an imprint, with the authority's certificate asked for. nonce: not 0.
 * ERR_NOMEM. */
int tsp_request(struct sha256 imprint, uint64_t nonce, struct buf *out, struct err *err);

/* Whether a response (DER) grants a timestamp of this imprint, and when it says that was.
 *
 *   nonce  that of the request; 0: not asked
 *   *at    seconds since 1970
 *   return 0; ERR_SYNTAX (no response, or one that is no timestamp); ERR_REFUSED (the authority does not
 *          grant it: its words); ERR_CORRUPT (it is of something else); ERR_LIMIT; ERR_NOMEM. Whose
 *          signature it bears is not asked: that takes the certificates one trusts */
int tsp_response(struct slice response, struct sha256 imprint, uint64_t nonce, int64_t *at,
                 struct err *err);

#endif
