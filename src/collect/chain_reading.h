/* READ_CHAIN: certificates that a server presented, read where nothing can be lost by it.
 *
 *   job      "chain/1" LF, then each certificate: its length in 4 bytes, most significant first,
 *            and its DER
 *   reading  {"chain":[{"from":…,"issuer":…,"names":[…],"sha256":…,"subject":…,"until":…},…]}; of
 *            one that is none {"sha256":…} alone */
#ifndef COLLECT_CHAIN_READING_H
#define COLLECT_CHAIN_READING_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stddef.h>

enum { CHAIN_CERTIFICATES_MAX = 16 }; /* the rest is left out */

int chain_job_put(const struct slice *der, size_t n, struct buf *out, struct err *err);
/* ERR_SYNTAX: no such job. ERR_NOMEM. */
int chain_read(struct slice job, json_t **out, struct err *err);

#endif
