#include "wire/json_rows.h"

#include "base/buf.h"

#include <stdlib.h>

/* An object or array around the rows. */
struct around {
	char kind;      /* '{' or '[' */
	bool on_path;   /* all names down to here are those of the path */
	size_t matched; /* how many of them */
};

struct json_rows {
	json_row_fn fn;
	void *ctx;
	struct slice name[JSON_ROWS_PATH_MAX];
	size_t names;
	struct around around[JSON_ROWS_DEPTH_MAX];
	size_t depth;
	struct buf key;   /* the last string of an object that is open: its member's name */
	bool in_string, escaped, found;
	bool wants_value; /* a ':' stands before what comes */
	bool in_scalar;   /* among rows, something that is none: told once */
	struct buf row;
	size_t row_depth; /* brackets open within the row; 0 outside of one */
	bool over;
	int64_t line, row_line;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "json: out of memory");
}

static int wrong(const struct json_rows *j, const char *what, struct err *err)
{
	return err_set(err, ERR_SYNTAX, (size_t)j->line, "line %lld: %s", (long long)j->line, what);
}

int json_rows_new(struct slice path, json_row_fn fn, void *ctx, struct json_rows **out,
                  struct err *err)
{
	struct json_rows *j = calloc(1, sizeof(*j));
	struct slice name;

	if (!j)
		return no_memory(err);
	while (slice_cut(&path, '/', &name)) {
		if (j->names == JSON_ROWS_PATH_MAX) {
			free(j);
			return err_set(err, ERR_USAGE, 0, "json: the path has more than %d names",
			               JSON_ROWS_PATH_MAX);
		}
		j->name[j->names++] = name;
	}
	j->fn = fn;
	j->ctx = ctx;
	j->line = 1;
	j->found = j->names == 0;
	*out = j;
	return 0;
}

/* How far the path leads to the value that comes now: all names matched, so it holds rows. */
static struct around value_here(const struct json_rows *j, char kind)
{
	if (j->depth == 0)
		return (struct around){ kind, true, 0 };
	const struct around *in = &j->around[j->depth - 1];
	struct around v = { kind, in->on_path, in->matched };
	if (in->kind == '[') {
		/* Only rows stand in the array at the end of the path. */
		v.on_path = v.on_path && v.matched == j->names;
	} else if (v.on_path && v.matched < j->names &&
	           slice_eq(buf_slice(&j->key), j->name[v.matched])) {
		v.matched++;
	} else {
		v.on_path = false;
	}
	return v;
}

static bool holds_rows(const struct json_rows *j)
{
	const struct around *in = j->depth ? &j->around[j->depth - 1] : NULL;

	return in && in->kind == '[' && in->on_path && in->matched == j->names;
}

static int give_row(struct json_rows *j, struct err *err)
{
	json_error_t why;
	json_t *row = NULL;
	const char *bad = NULL;

	if (!buf_ok(&j->row))
		return no_memory(err);
	if (j->over)
		bad = "the row is longer than 1 MiB";
	else if (!(row = json_loadb(buf_str(&j->row), j->row.n, 0, &why)))
		bad = why.text;
	int rc = j->fn(j->ctx, row, j->row_line, bad, err);
	json_decref(row);
	buf_clear(&j->row);
	j->over = false;
	return rc;
}

/* A byte of a row: kept; brackets tell where it ends. */
static int read_row(struct json_rows *j, char c, struct err *err)
{
	if (j->row.n >= JSON_ROW_MAX)
		j->over = true;
	if (!j->over)
		buf_putc(&j->row, c);
	if (j->in_string) {
		if (j->escaped)
			j->escaped = false;
		else if (c == '\\')
			j->escaped = true;
		else if (c == '"')
			j->in_string = false;
		return 0;
	}
	if (c == '"')
		j->in_string = true;
	else if (c == '{' || c == '[')
		j->row_depth++;
	else if (c == '}' || c == ']')
		j->row_depth--;
	return j->row_depth ? 0 : give_row(j, err);
}

static int open_bracket(struct json_rows *j, char c, struct err *err)
{
	struct around v = value_here(j, c);
	bool whole = v.on_path && v.matched == j->names;

	j->found = j->found || whole;
	j->wants_value = false;
	if (c == '{' && (holds_rows(j) || whole)) {
		j->row_depth = 1;
		j->row_line = j->line;
		buf_putc(&j->row, c);
		return 0;
	}
	if (j->depth == JSON_ROWS_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, (size_t)j->line, "line %lld: nested deeper than %d",
		               (long long)j->line, JSON_ROWS_DEPTH_MAX);
	/* An array among rows is no row, and none stand in it. */
	if (holds_rows(j))
		v.on_path = false;
	j->around[j->depth++] = v;
	return 0;
}

/* A string between the rows: the name of a member, or something nobody asked for. */
static int read_string(struct json_rows *j, char c)
{
	bool is_name = !j->wants_value && j->depth && j->around[j->depth - 1].kind == '{';

	if (j->escaped)
		j->escaped = false;
	else if (c == '\\')
		j->escaped = true;
	else if (c == '"') {
		j->in_string = false;
		return 0;
	}
	if (is_name && j->key.n < 256)
		buf_putc(&j->key, c);
	return 0;
}

static int read_byte(struct json_rows *j, char c, struct err *err)
{
	if (c == '\n')
		j->line++;
	if (j->row_depth)
		return read_row(j, c, err);
	if (j->in_string)
		return read_string(j, c);
	if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
		return 0;
	if (c == ',') {
		j->in_scalar = j->wants_value = false;
		return 0;
	}
	if (c == '{' || c == '[')
		return open_bracket(j, c, err);
	if (c == '}' || c == ']') {
		if (j->depth == 0 || (j->around[j->depth - 1].kind == '{') != (c == '}'))
			return wrong(j, "a bracket is closed that is not open", err);
		j->depth--;
		j->in_scalar = j->wants_value = false;
		return 0;
	}
	if (j->depth == 0)
		return wrong(j, "this is no JSON", err);
	if (c == ':') {
		j->wants_value = true;
		return 0;
	}
	if (c == '"') {
		j->in_string = true;
		if (!j->wants_value)
			buf_clear(&j->key);
	}
	if (holds_rows(j) && !j->in_scalar) {
		j->in_scalar = true;
		return j->fn(j->ctx, NULL, j->line, "the row is no object", err);
	}
	return 0;
}

int json_rows_push(struct json_rows *j, struct slice bytes, struct err *err)
{
	for (size_t i = 0; i < bytes.n; i++) {
		int rc = read_byte(j, bytes.p[i], err);
		if (rc)
			return rc;
	}
	return buf_ok(&j->row) && buf_ok(&j->key) ? 0 : no_memory(err);
}

int json_rows_end(struct json_rows *j, struct err *err)
{
	if (j->depth || j->row_depth || j->in_string)
		return wrong(j, "the file breaks off", err);
	if (!j->found)
		return err_set(err, ERR_SYNTAX, 0, "nothing in the file has the path of the rows");
	return 0;
}

void json_rows_free(struct json_rows *j)
{
	if (!j)
		return;
	buf_release(&j->row);
	buf_release(&j->key);
	free(j);
}
