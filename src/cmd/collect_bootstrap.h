/* The list of RDAP servers that a run goes by: fetched once, kept beside the evidence.
 *
 *   DIR/bootstrap/HEX.json    suffixes and addresses (wire/rdap_bootstrap.h), named by its SHA-256:
 *                             orders name the one they went by, and are made again with it
 *   DIR/bootstrap/latest.json the newest, used for a day */
#ifndef CMD_COLLECT_BOOTSTRAP_H
#define CMD_COLLECT_BOOTSTRAP_H

#include "base/arena.h"
#include "base/sha256.h"
#include "cmd/log.h"
#include "model/config.h"
#include "sys/fetch.h"
#include "sys/worker.h"
#include "wire/rdap_bootstrap.h"

struct bootstrap_edges {
	struct loop *loop;
	struct fetcher *fetcher;
	struct workers *workers;
	const struct config_collect *config;
	const struct log *log;
	int64_t now;
};

/* Where it cannot be had, an older one or an empty one is gone by, with a warning. ERR_IO,
 * ERR_NOMEM; of a file of the operator's also ERR_NOTFOUND, ERR_SYNTAX. */
int collect_bootstrap_load(const struct bootstrap_edges *e, const char *dir, struct arena *arena,
                           struct rdap_bootstrap *out, struct sha256 *digest, struct err *err);

/* The one that an order went by. ERR_NOTFOUND, ERR_CORRUPT, ERR_IO, ERR_NOMEM. */
int collect_bootstrap_again(const char *dir, struct sha256 digest, struct arena *arena,
                            struct rdap_bootstrap *out, struct err *err);

#endif
