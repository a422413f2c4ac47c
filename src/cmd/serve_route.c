/* From a request to its route, and what every answer carries.
 *
 * Fields that every answer has: the policy that lets no page of ours run or fetch anything of
 * others, even if a quotation should ever become markup; no type guessing; no referrer, so that no
 * other site learns which name somebody looked up. */
#include "cmd/serve.h"
#include "cmd/serve_desk.h"
#include "sys/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BODY_MAX = 1 << 20 /* about 50,000 names */, LOGIN_MAX = 4096 };

static const char policy[] = "default-src 'none'; style-src 'self'; script-src 'self'; "
                             "img-src 'self'; connect-src 'self'; form-action 'self'; "
                             "base-uri 'none'; frame-ancestors 'none'";

struct route {
	const char *method, *path;
	bool is_prefix; /* the rest of the path is the route's */
	bool is_page;   /* people look at it: failures are pages too */
	size_t body;    /* bytes that may be sent to it */
	void (*run)(struct serve_call *c);
};

static const struct route routes[] = {
	{ "GET", "/", false, true, 0, serve_home },
	{ "GET", "/search", false, true, 0, serve_search },
	{ "GET", "/d/", true, true, 0, serve_name },
	{ "GET", "/assets/", true, false, 0, serve_asset },
	{ "GET", "/v1/lookup", false, false, 0, serve_lookup_get },
	{ "POST", "/v1/lookup", false, false, BODY_MAX, serve_lookup_post },
	{ "GET", "/v1/evidence/", true, false, 0, serve_evidence },
	{ "GET", "/v1/ledger/key", false, false, 0, serve_ledger_key },
	{ "GET", "/v1/ledger/proof/", true, false, 0, serve_ledger_proof },
	{ "GET", "/v1/ledger/", true, false, 0, serve_ledger_file },
	{ "POST", "/v1/session", false, false, LOGIN_MAX, serve_session_begin },
	{ "GET", "/v1/session", false, false, 0, serve_session_get },
	{ "DELETE", "/v1/session", false, false, 0, serve_session_end },
	{ "GET", "/v1/openapi.json", false, false, 0, serve_openapi },
	{ "GET", "/healthz", false, false, 0, serve_healthz },
	{ "GET", "/metrics", false, false, 0, serve_metrics_get },
};
enum { ROUTES = sizeof(routes) / sizeof(routes[0]) };

static bool path_fits(const struct route *r, struct slice path)
{
	struct slice own = slice_str(r->path);

	return r->is_prefix ? slice_starts(path, own) && path.n > own.n : slice_eq(path, own);
}

/* *known: some method has that path. */
static size_t find(const struct http_request *request, bool *known)
{
	*known = false;
	for (size_t i = 0; i < ROUTES; i++) {
		if (!path_fits(&routes[i], request->path))
			continue;
		*known = true;
		if (slice_eq_str(request->method, routes[i].method))
			return i;
	}
	return ROUTES;
}

const char *serve_route_name(size_t i)
{
	static const char *const names[] = {
		"GET /",           "GET /search",          "GET /d/",
		"GET /assets/",    "GET /v1/lookup",       "POST /v1/lookup",
		"GET /v1/evidence/", "GET /v1/ledger/key", "GET /v1/ledger/proof/",
		"GET /v1/ledger/", "POST /v1/session",     "GET /v1/session",
		"DELETE /v1/session", "GET /v1/openapi.json", "GET /healthz",
		"GET /metrics",    "none",
	};
	_Static_assert(sizeof(names) / sizeof(names[0]) == ROUTES + 1, "a name for each route");
	_Static_assert(ROUTES + 1 <= METRICS_ROUTES, "counters for each route");
	return i <= ROUTES ? names[i] : NULL;
}

size_t serve_body_limit(void *ctx, const struct http_request *request)
{
	bool known;
	size_t i = find(request, &known);

	(void)ctx;
	return i < ROUTES ? routes[i].body : 0;
}

/* The methods of a path, as the Allow field wants them (RFC 9110 section 10.2.1). */
static struct slice allowed(struct serve_call *c)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < ROUTES; i++)
		if (path_fits(&routes[i], c->request->path)) {
			bool get = strcmp(routes[i].method, "GET") == 0;
			buf_printf(&list, "%s%s", list.n ? ", " : "", get ? "GET, HEAD" : routes[i].method);
		}
	struct slice out = arena_copy(c->arena, buf_slice(&list));
	buf_release(&list);
	return out;
}

static void put_common(struct serve_call *c, bool is_page)
{
	/* What is one reader's alone is read by no page of others. */
	bool is_desk = c->request && slice_eq_str(c->request->path, "/v1/session");

	serve_field(c, "Content-Security-Policy", slice_str(policy));
	serve_field(c, "X-Content-Type-Options", SLICE("nosniff"));
	serve_field(c, "Referrer-Policy", SLICE("no-referrer"));
	if (is_page)
		serve_field(c, "Cross-Origin-Opener-Policy", SLICE("same-origin"));
	else if (!is_desk)
		serve_field(c, "Access-Control-Allow-Origin", SLICE("*"));
}

void serve_handle(void *ctx, const struct http_request *request, struct http_response *out)
{
	struct serve *serve = ctx;
	struct serve_call c = { .serve = serve, .request = request, .out = out,
		              .arena = &out->arena };
	int64_t began = clock_ticks_ns();
	bool known = false;
	size_t i = find(request, &known);

	if (i < ROUTES) {
		c.rest = slice_sub(request->path, strlen(routes[i].path), request->path.n);
		routes[i].run(&c);
	} else if (known) {
		serve_problem(&c, 405, "this path takes %.*s", SLICE_ARG(allowed(&c)));
		serve_field(&c, "Allow", allowed(&c));
	} else {
		serve_problem(&c, 404, "there is no such path; the API is described at "
		                       "/v1/openapi.json");
	}
	unsigned status = out->status ? out->status : 200;
	bool is_page = i < ROUTES ? routes[i].is_page : !slice_starts(request->path, SLICE("/v1/"));
	if (status >= 400 && is_page && serve_wants_html(request))
		serve_failure_page(&c, status);
	put_common(&c, is_page);
	serve_metrics_add(&serve->metrics, i, status, clock_ticks_ns() - began);
}

void serve_refuse(void *ctx, unsigned status, struct http_response *out)
{
	struct serve_call c = { .serve = ctx, .out = out, .arena = &out->arena };

	serve_problem(&c, status, "the request itself is not one that can be answered");
}
