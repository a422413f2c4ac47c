/* For those who watch over this instance: is it well, and how much does it do. */
#include "cmd/serve.h"

static int ledger_size(struct serve *s, int64_t *size, struct err *err)
{
	struct store *store = NULL;
	int rc = serve_pool_take(s->pool, &store, err);

	if (rc)
		return rc;
	rc = store_ledger_size(store, size, err);
	serve_pool_give(s->pool, store, rc != 0);
	return rc;
}

void serve_healthz(struct serve_call *c)
{
	struct err err = { 0 };
	int64_t size;

	serve_field(c, "Cache-Control", SLICE("no-store"));
	if (ledger_size(c->serve, &size, &err)) {
		serve_problem(c, 503, "the store cannot be read");
		return;
	}
	c->out->media_type = "text/plain; charset=utf-8";
	buf_puts(&c->out->body, "ok\n");
}

void serve_metrics_get(struct serve_call *c)
{
	struct http_counts counts = http_server_counts(c->serve->server);
	int64_t size = -1;

	serve_field(c, "Cache-Control", SLICE("no-store"));
	if (ledger_size(c->serve, &size, NULL))
		size = -1; /* told by its absence; /healthz says so too */
	serve_metrics_put(&c->serve->metrics, serve_route_name, &counts, size, &c->out->body);
	c->out->media_type = "text/plain; version=0.0.4; charset=utf-8";
}
