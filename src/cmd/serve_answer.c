/* What the routes answer with: fields, JSON, problem details; and what they were asked. */
#include "cmd/serve.h"

#include <stdarg.h>
#include <stdio.h>

void serve_field(struct serve_call *c, const char *name, struct slice value)
{
	struct http_response *out = c->out;

	if (out->fields < HTTP_FIELDS) {
		out->field[out->fields].name = name;
		out->field[out->fields++].value = value;
	}
}

const char *serve_status_title(unsigned status)
{
	static const struct {
		unsigned status;
		const char *title;
	} titles[] = {
		{ 400, "Bad Request" },           { 401, "Unauthorized" },
		{ 403, "Forbidden" },             { 404, "Not Found" },
		{ 429, "Too Many Requests" }, /* RFC 6585 section 4 */
		{ 405, "Method Not Allowed" },    { 406, "Not Acceptable" },
		{ 408, "Request Timeout" },       { 411, "Length Required" },
		{ 413, "Content Too Large" },     { 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" }, { 417, "Expectation Failed" },
		{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
		{ 501, "Not Implemented" },       { 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Error";
}

void serve_json(struct serve_call *c, json_t *value)
{
	struct buf *body = &c->out->body;
	struct err err;
	int rc = value ? json_canonical(value, body, &err) : ERR_NOMEM;

	json_decref(value);
	buf_putc(body, '\n');
	if (rc || !buf_ok(body)) {
		buf_release(body);
		serve_problem(c, 503, "no memory for the answer; try again later");
		return;
	}
	c->out->media_type = "application/json";
}

void serve_problem(struct serve_call *c, unsigned status, const char *fmt, ...)
{
	json_t *o = json_object();
	char detail[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(detail, sizeof(detail), fmt, args);
	va_end(args);
	buf_clear(&c->out->body);
	c->out->status = status;
	c->out->media_type = "application/problem+json"; /* RFC 9457 section 3 */
	/* A failure here leaves the body empty and the status as it is. */
	if (json_put_str(o, "type", SLICE("about:blank")) == 0 &&
	    json_put_str(o, "title", slice_str(serve_status_title(status))) == 0 &&
	    json_put_i64(o, "status", status) == 0 &&
	    json_put_str(o, "detail", slice_str(detail)) == 0 &&
	    json_canonical(o, &c->out->body, NULL) == 0)
		buf_putc(&c->out->body, '\n');
	json_decref(o);
}

void serve_failure(struct serve_call *c, int rc, const struct err *err)
{
	switch (rc) {
	case ERR_SYNTAX:
	case ERR_LIMIT:
	case ERR_USAGE:
		serve_problem(c, 400, "%s", err->what);
		return;
	case ERR_NOTFOUND:
		serve_problem(c, 404, "%s", err->what);
		return;
	default:
		break;
	}
	/* Our own trouble: its text names our files, and may name what was asked for. It goes to the
	 * log by its code alone, and to nobody outside. */
	log_printf(&c->serve->log, LEVEL_ERROR, "a request failed: %s", err_name(rc));
	serve_problem(c, rc == ERR_BUSY || rc == ERR_NOMEM ? 503 : 500,
	              "this instance has trouble of its own; try again later");
}

int serve_parameter(struct serve_call *c, const char *key, struct slice *out, struct err *err)
{
	if (!c->has_query) {
		int rc = query_parse(c->request->query, c->arena, &c->query, err);
		if (rc)
			return err_wrap(err, "the query");
		c->has_query = true;
	}
	size_t n = query_count(&c->query, key);
	/* Two readers must not take two different ones. */
	if (n > 1)
		return err_set(err, ERR_SYNTAX, 0, "%s is given more than once", key);
	if (n == 1)
		*out = query_get(&c->query, key);
	return n == 1;
}

int serve_rest(struct serve_call *c, struct slice *out, struct err *err)
{
	return percent_decode(c->rest, false, c->arena, out, err);
}

/* A browser names HTML in its Accept field; curl and programs say anything goes, or JSON. */
bool serve_wants_html(const struct http_request *request)
{
	struct slice accept = http_request_field(request, "Accept");

	return slice_find_slice(accept, SLICE("text/html")) < accept.n;
}
