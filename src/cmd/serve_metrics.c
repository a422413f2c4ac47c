#include "cmd/serve_metrics.h"

#include <inttypes.h>

/* Upper bounds in microseconds, and as Prometheus writes them, in seconds. */
static const struct {
	int64_t us;
	const char *le;
} bounds[METRICS_BUCKETS] = {
	{ 100, "0.0001" }, { 250, "0.00025" },  { 500, "0.0005" },  { 1000, "0.001" },
	{ 5000, "0.005" }, { 25000, "0.025" }, { 100000, "0.1" }, { 1000000, "1" },
};

void serve_metrics_add(struct serve_metrics *m, size_t route, unsigned status, int64_t took_ns)
{
	int64_t us = took_ns < 0 ? 0 : took_ns / 1000;
	unsigned class = status / 100 - 1;
	size_t i = 0;

	if (route >= METRICS_ROUTES || class >= METRICS_STATUSES)
		return;
	while (i < METRICS_BUCKETS && us > bounds[i].us)
		i++;
	atomic_fetch_add_explicit(&m->route[route].status[class], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&m->route[route].bucket[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&m->route[route].sum_us, (uint64_t)us, memory_order_relaxed);
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(struct buf *out, const char *name, const char *type, const char *help, uint64_t v)
{
	head(out, name, type, help);
	buf_printf(out, "%s %" PRIu64 "\n", name, v);
}

static void put_statuses(struct serve_metrics *m, const char *(*name)(size_t i), struct buf *out)
{
	head(out, "assay_http_responses_total", "counter", "Answers by route and class of status.");
	for (size_t i = 0; i < METRICS_ROUTES && name(i); i++)
		for (unsigned k = 0; k < METRICS_STATUSES; k++) {
			uint64_t n = atomic_load(&m->route[i].status[k]);
			if (n)
				buf_printf(out,
				           "assay_http_responses_total{route=\"%s\",status=\"%uxx\"} %" PRIu64
				           "\n", name(i), k + 1, n);
		}
}

static void put_durations(struct serve_metrics *m, const char *(*name)(size_t i), struct buf *out)
{
	head(out, "assay_http_response_seconds", "histogram",
	     "Time from a request's last byte to its answer, by route.");
	for (size_t i = 0; i < METRICS_ROUTES && name(i); i++) {
		uint64_t n[METRICS_BUCKETS + 1], total = 0, sum = atomic_load(&m->route[i].sum_us);
		for (size_t k = 0; k <= METRICS_BUCKETS; k++) {
			n[k] = atomic_load(&m->route[i].bucket[k]);
			total += n[k];
		}
		if (total == 0)
			continue;
		uint64_t upto = 0;
		for (size_t k = 0; k < METRICS_BUCKETS; k++) {
			upto += n[k];
			buf_printf(out,
			           "assay_http_response_seconds_bucket{route=\"%s\",le=\"%s\"} %" PRIu64
			           "\n", name(i), bounds[k].le, upto);
		}
		buf_printf(out, "assay_http_response_seconds_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64
		           "\n", name(i), total);
		buf_printf(out, "assay_http_response_seconds_sum{route=\"%s\"} %" PRIu64 ".%06" PRIu64
		           "\n", name(i), sum / 1000000, sum % 1000000);
		buf_printf(out, "assay_http_response_seconds_count{route=\"%s\"} %" PRIu64 "\n", name(i),
		           total);
	}
}

void serve_metrics_put(struct serve_metrics *m, const char *(*name)(size_t i),
                       const struct http_counts *http, int64_t ledger_size, struct buf *out)
{
	head(out, "assay_build_info", "gauge", "The program that answers.");
	buf_puts(out, "assay_build_info{version=\"" ASSAY_VERSION "\"} 1\n");
	one(out, "assay_http_connections_accepted_total", "counter", "Connections taken.",
	    http->accepted);
	one(out, "assay_http_connections_rejected_total", "counter",
	    "Connections closed at once, being too many.", http->rejected);
	one(out, "assay_http_connections_expired_total", "counter",
	    "Connections cut at a deadline.", http->expired);
	one(out, "assay_http_connections_open", "gauge", "Connections open now.", http->open);
	one(out, "assay_http_requests_total", "counter", "Whole heads of requests read.",
	    http->requests);
	one(out, "assay_http_requests_refused_total", "counter",
	    "Requests refused before any route saw them.", http->refused);
	put_statuses(m, name, out);
	put_durations(m, name, out);
	if (ledger_size >= 0)
		one(out, "assay_ledger_entries", "gauge", "Entries of the ledger.",
		    (uint64_t)ledger_size);
}
