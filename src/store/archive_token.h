/* Timestamps of an archive's manifests: DIR/orders/ab/ID.tsr, a whole response of RFC 3161 for the bytes
 * of DIR/orders/ab/ID.json. A manifest names every digest of its order, so its timestamp is theirs. */
#ifndef STORE_ARCHIVE_TOKEN_H
#define STORE_ARCHIVE_TOKEN_H

#include "store/archive.h"

#include <stdint.h>

/* Whether an order has one. */
int archive_token_is(struct archive *a, struct sha256 order, bool *out, struct err *err);

/* SHA-256 of its manifest's file: what a timestamp is asked for. ERR_NOTFOUND, ERR_IO, ERR_NOMEM. */
int archive_token_imprint(struct archive *a, struct sha256 order, struct sha256 *out,
                          struct err *err);

/* Keep a response: whole or not at all. nonce: as asked (wire/tsp.h). *at: the time that it tells.
 * ERR_REFUSED, ERR_CORRUPT, ERR_SYNTAX (it is none of this manifest); ERR_IO, ERR_NOMEM. */
int archive_token_put(struct archive *a, struct sha256 order, uint64_t nonce, struct slice response,
                      int64_t *at, struct err *err);

/* Whether the one that is kept is of the manifest that is there. As archive_token_put; ERR_NOTFOUND. */
int archive_token_check(struct archive *a, struct sha256 order, int64_t *at, struct err *err);

#endif
