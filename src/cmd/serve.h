/* What the routes of assay serve share. Made before the first request and not changed afterwards,
 * but for the pool of store handles and the counters, which are for any number of threads. */
#ifndef CMD_SERVE_H
#define CMD_SERVE_H

#include "cmd/cmd.h"
#include "cmd/log.h"
#include "cmd/rulebook.h"
#include "cmd/serve_assets.h"
#include "cmd/serve_metrics.h"
#include "cmd/serve_pool.h"
#include "cmd/view.h"
#include "model/catalogue.h"
#include "model/contacts.h"
#include "store/log.h"
#include "sys/http_server.h"
#include "wire/query.h"

struct serve_desk;

struct serve {
	const struct config *config;
	struct log log;
	struct rulebook rules;
	struct serve_pool *pool;
	struct serve_desk *desk; /* NULL: there is none (cmd/serve_desk.h) */
	struct serve_assets *assets;
	struct catalogue *catalogue;
	struct contacts *contacts;
	struct slice *destinations; /* that a reader can choose: of packs and contacts, sorted */
	size_t destinations_n;
	struct log_folder *folder;  /* the ledger */
	struct tile_store files;
	struct buf key_text;
	struct note_key key;        /* that checks it; its name points into key_text */
	bool demonstration;
	struct serve_metrics metrics;
	struct http_server *server; /* for its counts; set once it listens */
	struct arena arena;
};

/* One request on its way through a route. */
struct serve_call {
	struct serve *serve;
	const struct http_request *request;
	struct http_response *out;
	struct slice rest;   /* of the path behind the route's prefix, raw */
	struct arena *arena; /* the answer's: lives until that is on its way */
	struct query query;  /* read with the first parameter */
	bool has_query;
};

/* ---- answers ---- */

/* A field of the answer; name is a literal, the value must live as long as the arena. */
void serve_field(struct serve_call *c, const char *name, struct slice value);

/* What went wrong as RFC 9457 problem details; fmt tells what to do. Nothing of the request is
 * logged. */
void serve_problem(struct serve_call *c, unsigned status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same from a failure: bad input is 400, what is not there 404, the store's trouble 503 or 500,
 * which is also logged, without anything of the request. */
void serve_failure(struct serve_call *c, int rc, const struct err *err);

/* The body as JSON; takes the reference. NULL is out of memory. */
void serve_json(struct serve_call *c, json_t *value);

/* The title that a status has in RFC 9110. */
const char *serve_status_title(unsigned status);

/* ---- what was asked ---- */

/* The value of a query's key, decoded, in the arena. 1 when it is there, 0 when not; ERR_SYNTAX for
 * one that is repeated or badly encoded. */
int serve_parameter(struct serve_call *c, const char *key, struct slice *out, struct err *err);

/* The rest of the path as one decoded value, in the arena. ERR_SYNTAX; ERR_NOTFOUND when empty. */
int serve_rest(struct serve_call *c, struct slice *out, struct err *err);

/* The public answer for a name (publish/answer.h), from the store: a new reference. ERR_SYNTAX,
 * ERR_LIMIT for what is no name; what the store says. */
int serve_answer(struct serve *serve, struct slice name, struct slice destination,
                 enum view_depth depth, json_t **out, struct err *err);

/* ---- routes, one file each ---- */

void serve_lookup_get(struct serve_call *c);
void serve_lookup_post(struct serve_call *c);
void serve_evidence(struct serve_call *c);
void serve_ledger_file(struct serve_call *c);
void serve_ledger_key(struct serve_call *c);
void serve_ledger_proof(struct serve_call *c);
void serve_home(struct serve_call *c);
void serve_search(struct serve_call *c);
void serve_name(struct serve_call *c);
void serve_asset(struct serve_call *c);
void serve_openapi(struct serve_call *c);
void serve_healthz(struct serve_call *c);
void serve_metrics_get(struct serve_call *c);

/* A page for a failure where a person asked. Fills the body of c->out for a status. */
void serve_failure_page(struct serve_call *c, unsigned status);

/* Whether the one who asks would rather see HTML (a browser) than text or JSON. */
bool serve_wants_html(const struct http_request *request);

/* ---- dispatch (serve_route.c) ---- */

void serve_handle(void *ctx, const struct http_request *request, struct http_response *out);
size_t serve_body_limit(void *ctx, const struct http_request *request);
void serve_refuse(void *ctx, unsigned status, struct http_response *out);

/* Every route as "METHOD /path", for the test that compares them with the API's description; NULL
 * behind the last. */
const char *serve_route_name(size_t i);

#endif
