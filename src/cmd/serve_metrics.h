/* Counters of assay serve, told at /metrics.
 *
 *   source  Prometheus text exposition format 0.0.4
 *   counts  requests by route, status and duration, connections, the ledger's size
 *   never   a name that was asked for, an address, a referrer, or anything made of one: a route is
 *           the only thing of a request that is counted */
#ifndef CMD_SERVE_METRICS_H
#define CMD_SERVE_METRICS_H

#include "base/buf.h"
#include "sys/http_server.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { METRICS_ROUTES = 24, METRICS_STATUSES = 5 /* 1xx to 5xx */, METRICS_BUCKETS = 8 };

/* Zero-initialised is valid. Any number of threads may count. */
struct serve_metrics {
	struct {
		atomic_uint_fast64_t status[METRICS_STATUSES];
		atomic_uint_fast64_t bucket[METRICS_BUCKETS + 1]; /* the last: longer than all */
		atomic_uint_fast64_t sum_us;
	} route[METRICS_ROUTES];
};

/* One answer of a route. */
void serve_metrics_add(struct serve_metrics *m, size_t route, unsigned status, int64_t took_ns);

/* Append the text. name(i) is the label of a route, NULL behind the last; ledger_size < 0 is not
 * known. */
void serve_metrics_put(struct serve_metrics *m, const char *(*name)(size_t i),
                       const struct http_counts *http, int64_t ledger_size, struct buf *out);

#endif
