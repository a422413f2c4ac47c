/* GET and POST /v1/lookup.
 *
 * GET tells all that is public of one name. POST takes many and answers with a line each, in the
 * order asked, made as the client takes them: a list of any length costs the memory of its body and
 * of a few lines. */
#include "cmd/inquiry.h"
#include "cmd/serve.h"
#include "model/record.h"
#include "publish/answer.h"

#include <stdlib.h>

enum {
	VIEWS_MAX = 64,       /* subjects that speak for one name: a chain has fewer */
	LINES_BYTES = 32768,  /* made at a time */
	NAME_MAX = 8192,      /* bytes: an address may be asked for */
};

/* The public answer for one name. A new reference. */
static int look_up(struct serve *serve, struct store *store, struct slice name,
                   struct slice destination, enum view_depth depth, json_t **out, struct err *err)
{
	struct inquiry q;
	json_t *views[VIEWS_MAX];
	size_t n = 0;
	int rc = inquiry_load(store, serve->rules.suffixes, name, depth, &q, err);

	for (; rc == 0 && n < q.n && n < VIEWS_MAX; n++) {
		views[n] = view_json(&q.view[n], q.asked.key);
		if (!views[n]) {
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
			break;
		}
	}
	if (rc == 0)
		rc = answer_of(q.asked.key, destination, (const json_t *const *)views, n, out, err);
	for (size_t i = 0; i < n; i++)
		json_decref(views[i]);
	inquiry_release(&q);
	return rc;
}

/* Whether a failure may lie in the handle rather than in what was asked. */
static bool is_ours(int rc)
{
	return rc == ERR_IO || rc == ERR_CORRUPT || rc == ERR_BUSY;
}

int serve_answer(struct serve *serve, struct slice name, struct slice destination,
                 enum view_depth depth, json_t **out, struct err *err)
{
	struct store *store = NULL;
	int rc = serve_pool_take(serve->pool, &store, err);

	if (rc)
		return rc;
	rc = look_up(serve, store, name, destination, depth, out, err);
	serve_pool_give(serve->pool, store, is_ours(rc));
	return rc;
}

static int need_destination(struct serve_call *c, struct slice *out, struct err *err)
{
	*out = SLICE("");
	int rc = serve_parameter(c, "destination", out, err);
	if (rc < 0)
		return rc;
	if (rc == 1 && !record_is_country(*out))
		return err_set(err, ERR_SYNTAX, 0,
		               "destination takes a country as two capital letters, such as JP");
	return 0;
}

static int need_depth(struct serve_call *c, enum view_depth *out, struct err *err)
{
	struct slice detail = SLICE("full");
	int rc = serve_parameter(c, "detail", &detail, err);

	if (rc < 0)
		return rc;
	if (!slice_eq_str(detail, "full") && !slice_eq_str(detail, "brief"))
		return err_set(err, ERR_SYNTAX, 0, "detail takes full or brief");
	*out = slice_eq_str(detail, "full") ? VIEW_TOLD : VIEW_STANDING;
	return 0;
}

void serve_lookup_get(struct serve_call *c)
{
	struct slice name = { 0 }, destination;
	enum view_depth depth = VIEW_TOLD;
	struct err err = { 0 };
	json_t *answer = NULL;

	serve_field(c, "Cache-Control", SLICE("no-store"));
	int rc = serve_parameter(c, "name", &name, &err);
	if (rc == 0)
		rc = err_set(&err, ERR_SYNTAX, 0, "which name? ask /v1/lookup?name=x.example");
	if (rc == 1)
		rc = need_destination(c, &destination, &err);
	if (rc == 0)
		rc = need_depth(c, &depth, &err);
	if (rc == 0)
		rc = serve_answer(c->serve, name, destination, depth, &answer, &err);
	if (rc < 0)
		serve_failure(c, rc, &err);
	else
		serve_json(c, answer);
}

/* ---- many ---- */

/* Names still to be answered: of a JSON array, or lines. */
struct many {
	struct serve *serve;
	struct arena arena;
	struct slice destination;
	json_t *body;    /* the whole object that the array belongs to; NULL: lines */
	json_t *names;
	size_t next;
	struct slice rest;
};

static void many_free(void *stream)
{
	struct many *m = stream;

	json_decref(m->body);
	arena_release(&m->arena);
	free(m);
}

static bool next_name(struct many *m, struct slice *name)
{
	if (m->body) {
		if (m->next == json_array_size(m->names))
			return false;
		*name = json_text(json_array_get(m->names, m->next++));
		return true;
	}
	while (slice_cut(&m->rest, '\n', name)) {
		*name = slice_trim(*name);
		if (name->n)
			return true;
	}
	return false;
}

static int put_line(struct many *m, struct store *store, struct slice name, struct buf *out,
                    struct err *err)
{
	json_t *line = NULL;
	struct err why = { 0 };
	int rc = name.n > NAME_MAX
	                 ? err_set(&why, ERR_LIMIT, 0, "a name of over %d bytes", (int)NAME_MAX)
	                 : look_up(m->serve, store, name, m->destination, VIEW_STANDING, &line,
	                           &why);

	if (rc == ERR_SYNTAX || rc == ERR_LIMIT || rc == ERR_USAGE) {
		line = json_object();
		/* A name that is not UTF-8 is told without itself. */
		json_put_str(line, "name", name);
		rc = json_put_str(line, "error", slice_str(why.what));
	}
	if (rc == 0)
		rc = json_canonical(line, out, err);
	else
		err_set(err, (enum err_code)rc, 0, "lookup: %s", err_name(rc));
	json_decref(line);
	buf_putc(out, '\n');
	return rc;
}

static int more_lines(void *stream, struct buf *out, struct err *err)
{
	struct many *m = stream;
	struct store *store = NULL;
	struct slice name;
	bool any = true;
	int rc = serve_pool_take(m->serve->pool, &store, err);

	if (rc)
		return rc;
	while (rc == 0 && out->n < LINES_BYTES && (any = next_name(m, &name)))
		rc = put_line(m, store, name, out, err);
	serve_pool_give(m->serve->pool, store, is_ours(rc));
	if (rc) {
		log_printf(&m->serve->log, LEVEL_ERROR, "a request failed: %s", err_name(rc));
		return rc;
	}
	return any;
}

static int read_json(struct serve_call *c, struct many *m, struct err *err)
{
	struct slice destination;
	int rc = json_parse_object(c->request->body, c->request->body.n, &m->body, err);

	if (rc == 0)
		rc = json_need_arr(m->body, "names", &m->names, err);
	if (rc)
		return err_wrap(err, "the body");
	for (size_t i = 0; i < json_array_size(m->names); i++)
		if (!json_is_string(json_array_get(m->names, i)))
			return err_set(err, ERR_SYNTAX, 0, "the body: names[%zu] is not a string", i);
	destination = json_str(m->body, "destination");
	if (json_object_get(m->body, "destination")) {
		if (!record_is_country(destination))
			return err_set(err, ERR_SYNTAX, 0,
			               "the body: destination takes a country as two capital letters");
		m->destination = destination;
	}
	return 0;
}

static struct slice media_type_of(const struct http_request *request)
{
	struct slice field = http_request_field(request, "Content-Type"), type;

	return slice_cut(&field, ';', &type) ? slice_trim(type) : SLICE("");
}

static int read_many(struct serve_call *c, struct many *m, struct err *err)
{
	struct slice type = media_type_of(c->request), destination;
	int rc = need_destination(c, &destination, err);

	if (rc)
		return rc;
	m->serve = c->serve;
	m->destination = arena_copy(&m->arena, destination);
	if (slice_eq_nocase(type, SLICE("application/json")))
		return read_json(c, m, err);
	m->rest = arena_copy(&m->arena, c->request->body);
	if (!m->destination.p || !m->rest.p)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	return 0;
}

void serve_lookup_post(struct serve_call *c)
{
	struct slice type = media_type_of(c->request);
	struct err err = { 0 };

	serve_field(c, "Cache-Control", SLICE("no-store"));
	if (!slice_eq_nocase(type, SLICE("application/json")) &&
	    !slice_eq_nocase(type, SLICE("text/plain"))) {
		serve_problem(c, 415, "send names as text/plain, one a line, or as application/json, "
		                      "{\"names\":[\"x.example\"]}");
		return;
	}
	struct many *m = calloc(1, sizeof(*m));
	int rc = m ? read_many(c, m, &err) : err_set(&err, ERR_NOMEM, 0, "out of memory");
	if (rc) {
		if (m)
			many_free(m);
		serve_failure(c, rc, &err);
		return;
	}
	c->out->media_type = "application/x-ndjson";
	c->out->more = more_lines;
	c->out->stream = m;
	c->out->stream_free = many_free;
}
