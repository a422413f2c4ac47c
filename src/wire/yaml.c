/* libfyaml's events become our tree. The bytes are checked before it sees them: version 0.7.12
 * never returns from some malformed directives (libfyaml issue 101), so a line that begins with
 * '%' is refused, and so is every byte that no policy file has a use for. Messages are caught in
 * a callback; its own collection of errors leaks. */
#include "wire/yaml.h"

#include "base/buf.h"
#include "base/distance.h"
#include "base/table.h"
#include "base/utf8.h"

#include <libfyaml.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- before the library ---------------------------------------------------------------------- */

static bool is_allowed(uint32_t c)
{
	return c == '\t' || c == '\n' || (c >= 0x20 && c < 0x7f) ||
	       (c >= 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff);
}

static int scan(struct slice text, const char *file, struct err *err)
{
	unsigned line = 1;
	bool starts = true; /* a line starts here */

	for (size_t at = 0; at < text.n;) {
		size_t from = at;
		uint32_t c = utf8_next(text, &at);
		if (c == '\r' && at < text.n && text.p[at] == '\n')
			continue;
		if (c == UTF8_BAD && !utf8_valid(slice_sub(text, from, at), NULL))
			return err_set(err, ERR_SYNTAX, line, "%s:%u: not UTF-8", file, line);
		if (!is_allowed(c))
			return err_set(err, ERR_SYNTAX, line, "%s:%u: the character U+%04X is not allowed",
				       file, line, c);
		if (starts && c == '%')
			return err_set(err, ERR_SYNTAX, line, "%s:%u: a directive (%%) is not allowed",
				       file, line);
		starts = c == '\n';
		line += starts;
	}
	return 0;
}

/* --- events to nodes ------------------------------------------------------------------------- */

struct reader {
	struct fy_parser *parser;
	struct arena *arena;
	const char *file;
	struct err *err;
	unsigned line, column; /* of the last event that had a place */
	struct fy_diag *diag;
};

static int fail(struct reader *r, enum err_code code, const char *what)
{
	return err_set(r->err, code, r->line, "%s:%u: %s", r->file, r->line, what);
}

static int no_memory(struct reader *r)
{
	return err_set(r->err, ERR_NOMEM, 0, "%s: no memory", r->file);
}

/* The parser stopped before the end: tell why. Errors are collected, for the library reads beyond
 * its buffer when it prints the line of some of them. */
static int stopped(struct reader *r)
{
	void *prev = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(r->diag, &prev);

	if (!e || !e->msg)
		return fail(r, ERR_SYNTAX, "this is not YAML");
	if (e->line > 0)
		r->line = (unsigned)e->line;
	return fail(r, ERR_SYNTAX, e->msg);
}

/* The next event, to be freed; NULL after a failure. */
static struct fy_event *next(struct reader *r)
{
	struct fy_event *e = fy_parser_parse(r->parser);
	const struct fy_mark *mark = e ? fy_event_start_mark(e) : NULL;

	if (mark && mark->line >= 0 && mark->column >= 0) {
		r->line = (unsigned)mark->line + 1;
		r->column = (unsigned)mark->column + 1;
	}
	return e;
}

static int check_plain_node(struct reader *r, const struct fy_event *e)
{
	const struct fy_token *anchor = NULL, *tag = NULL;

	switch (e->type) {
	case FYET_SCALAR:
		anchor = e->scalar.anchor;
		tag = e->scalar.tag;
		break;
	case FYET_SEQUENCE_START:
		anchor = e->sequence_start.anchor;
		tag = e->sequence_start.tag;
		break;
	case FYET_MAPPING_START:
		anchor = e->mapping_start.anchor;
		tag = e->mapping_start.tag;
		break;
	case FYET_ALIAS:
		return fail(r, ERR_SYNTAX, "an alias (*) is not allowed");
	default:
		return fail(r, ERR_SYNTAX, "a value was expected");
	}
	if (anchor)
		return fail(r, ERR_SYNTAX, "an anchor (&) is not allowed");
	if (tag)
		return fail(r, ERR_SYNTAX, "a tag (!) is not allowed");
	return 0;
}

/* The pieces are put together here: fy_token_get_text of 0.7.12 leaks where there are many. */
static int read_scalar(struct reader *r, const struct fy_event *e, struct slice *out, bool *quoted)
{
	struct buf text = { 0 };
	int bad = 0;

	*quoted = e->scalar.value && fy_token_scalar_style(e->scalar.value) != FYSS_PLAIN;
	if (e->scalar.value) {
		struct fy_token_iter *it = fy_token_iter_create(e->scalar.value);
		const struct fy_iter_chunk *piece = NULL;
		bad = it ? 0 : -1;
		while (it && (piece = fy_token_iter_chunk_next(it, piece, &bad)))
			buf_put(&text, slice_from(piece->str, piece->len));
		fy_token_iter_destroy(it);
	}
	*out = arena_copy(r->arena, buf_slice(&text));
	bad |= !buf_ok(&text) || !out->p;
	buf_release(&text);
	return bad ? no_memory(r) : 0;
}

struct chain {
	struct yaml_node node; /* first: what the array is made of */
	struct chain *next;
};

static int read_node(struct reader *r, struct fy_event *e, unsigned depth, struct yaml_node *out);

static int read_value(struct reader *r, unsigned depth, struct yaml_node *out)
{
	struct fy_event *e = next(r);

	if (!e)
		return stopped(r);
	int rc = read_node(r, e, depth, out);
	fy_parser_event_free(r->parser, e);
	return rc;
}

/* A member, whose key is in e. */
static int read_member(struct reader *r, const struct fy_event *e, unsigned depth,
		       struct table *seen, struct yaml_node *out)
{
	struct yaml_node node = { .line = r->line, .column = r->column, .file = r->file };
	struct slice key;
	bool quoted;
	int rc = check_plain_node(r, e);

	if (rc)
		return rc;
	if (e->type != FYET_SCALAR)
		return fail(r, ERR_SYNTAX, "a key is not a text");
	rc = read_scalar(r, e, &key, &quoted);
	if (rc)
		return rc;
	if (key.n == 0 || (slice_eq_str(key, "<<") && !quoted))
		return fail(r, ERR_SYNTAX, key.n ? "a merge key (<<) is not allowed" : "a key is empty");
	struct table_entry *entry = table_put(seen, key);
	if (!entry)
		return no_memory(r);
	if (entry->value)
		return err_set(r->err, ERR_SYNTAX, r->line, "%s:%u: the key '%.*s' stands here twice",
			       r->file, r->line, SLICE_ARG(slice_sub(key, 0, 60)));
	entry->value = r; /* any pointer but NULL: it was seen */
	rc = read_value(r, depth, &node);
	if (rc)
		return rc;
	*out = node;
	out->key = key;
	return 0;
}

/* Elements or members up to the end of the collection. */
static int read_items(struct reader *r, unsigned depth, struct table *seen, struct yaml_node *out)
{
	enum fy_event_type ends = out->kind == YAML_MAPPING ? FYET_MAPPING_END : FYET_SEQUENCE_END;
	struct chain *first = NULL, **last = &first;
	size_t n = 0;

	for (;; n++) {
		struct fy_event *e = next(r);
		if (!e)
			return stopped(r);
		bool ended = e->type == ends;
		struct chain *link = ended ? NULL : ARENA_NEW(r->arena, struct chain);
		int rc = 0;
		if (!ended && !link)
			rc = no_memory(r);
		else if (!ended && out->kind == YAML_MAPPING)
			rc = read_member(r, e, depth, seen, &link->node);
		else if (!ended)
			rc = read_node(r, e, depth, &link->node);
		fy_parser_event_free(r->parser, e);
		if (rc)
			return rc;
		if (ended)
			break;
		*last = link;
		last = &link->next;
	}
	out->item = arena_array(r->arena, n, sizeof(*out->item));
	if (!out->item)
		return no_memory(r);
	for (struct chain *link = first; link; link = link->next)
		out->item[out->n++] = link->node;
	return 0;
}

static int read_node(struct reader *r, struct fy_event *e, unsigned depth, struct yaml_node *out)
{
	int rc = check_plain_node(r, e);

	if (rc)
		return rc;
	if (out->line == 0)
		*out = (struct yaml_node){ .line = r->line, .column = r->column };
	out->file = r->file;
	if (e->type == FYET_SCALAR) {
		out->kind = YAML_SCALAR;
		return read_scalar(r, e, &out->text, &out->quoted);
	}
	if (depth >= YAML_DEPTH_MAX)
		return err_set(r->err, ERR_LIMIT, r->line, "%s:%u: nested deeper than %d", r->file,
			       r->line, YAML_DEPTH_MAX);
	out->kind = e->type == FYET_MAPPING_START ? YAML_MAPPING : YAML_SEQUENCE;
	struct table seen = { 0 };
	rc = read_items(r, depth + 1, &seen, out);
	table_release(&seen);
	return rc;
}

/* The document: everything up to the end of the stream. */
static int read_stream(struct reader *r, struct yaml_node *root)
{
	bool ended = false;
	int rc = 0;

	for (int documents = 0; rc == 0 && !ended;) {
		struct fy_event *e = next(r);
		if (!e)
			return stopped(r);
		ended = e->type == FYET_STREAM_END;
		if (e->type == FYET_DOCUMENT_START && documents++ > 0)
			rc = fail(r, ERR_SYNTAX, "a second document is not allowed");
		else if (e->type != FYET_STREAM_START && e->type != FYET_DOCUMENT_START &&
			 e->type != FYET_DOCUMENT_END && !ended)
			rc = read_node(r, e, 0, root);
		fy_parser_event_free(r->parser, e);
	}
	if (rc == 0 && root->kind == YAML_SCALAR && !root->quoted && root->text.n == 0)
		*root = (struct yaml_node){ .kind = YAML_MAPPING, .line = 1, .column = 1, .file = r->file };
	return rc;
}

int yaml_parse(struct slice text, const char *file, struct arena *arena,
	       const struct yaml_node **out, struct err *err)
{
	struct reader r = { .arena = arena, .err = err, .line = 1, .column = 1 };
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET };

	if (text.n > YAML_SIZE_MAX)
		return err_set(err, ERR_LIMIT, YAML_SIZE_MAX, "%s: %zu bytes, the limit is %d", file,
			       text.n, YAML_SIZE_MAX);
	if (slice_starts(text, SLICE("\xef\xbb\xbf"))) /* a byte order mark, as some editors write */
		text = slice_sub(text, 3, text.n);
	int rc = scan(text, file, err);
	if (rc)
		return rc;
	struct yaml_node *root = ARENA_NEW(arena, struct yaml_node);
	r.file = arena_copy(arena, slice_str(file)).p;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.colorize = false;
	cfg.diag = r.diag = fy_diag_create(&diag_cfg);
	if (cfg.diag)
		fy_diag_set_collect_errors(cfg.diag, true);
	r.parser = cfg.diag ? fy_parser_create(&cfg) : NULL;
	if (!root || !r.file || !r.parser ||
	    fy_parser_set_string(r.parser, text.n ? text.p : "\n", text.n ? text.n : 1))
		rc = err_set(err, ERR_NOMEM, 0, "%s: no memory", file);
	else
		rc = read_stream(&r, root);
	fy_parser_destroy(r.parser);
	fy_diag_destroy(cfg.diag);
	if (rc == 0)
		*out = root;
	return rc;
}

/* --- reading the tree ------------------------------------------------------------------------ */

int yaml_error(const struct yaml_node *node, struct err *err, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_SYNTAX, node->line, "%s:%u: %s", node->file, node->line, what);
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	if (!map || map->kind != YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (slice_eq_str(map->item[i].key, key))
			return &map->item[i];
	return NULL;
}

int yaml_need(const struct yaml_node *map, const char *key, const struct yaml_node **out,
	      struct err *err)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (!node)
		return yaml_error(map, err, "%s is missing", key);
	*out = node;
	return 0;
}

/* How messages call a node: its key, or "this". */
static struct slice called(const struct yaml_node *node)
{
	return node->key.n ? slice_sub(node->key, 0, 60) : SLICE("this");
}

int yaml_expect(const struct yaml_node *node, enum yaml_kind kind, struct err *err)
{
	static const char *const names[] = { "a single value", "a list", "a mapping of keys" };

	if (node->kind == kind)
		return 0;
	return yaml_error(node, err, "%.*s is not %s", SLICE_ARG(called(node)), names[kind]);
}

int yaml_str(const struct yaml_node *node, struct slice *out, struct err *err)
{
	int rc = yaml_expect(node, YAML_SCALAR, err);

	if (rc)
		return rc;
	if (!node->quoted && (node->text.n == 0 || slice_eq_str(node->text, "~") ||
			      slice_eq_str(node->text, "null")))
		return yaml_error(node, err, "%.*s has no value", SLICE_ARG(called(node)));
	*out = node->text;
	return 0;
}

int yaml_i64(const struct yaml_node *node, int64_t min, int64_t max, int64_t *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	/* 18 digits always fit. */
	bool negative = s.n > 1 && s.p[0] == '-', good = !node->quoted && s.n <= 18;
	int64_t n = 0;
	for (size_t i = negative; i < s.n && good; i++) {
		good = s.p[i] >= '0' && s.p[i] <= '9';
		n = n * 10 + (s.p[i] - '0');
	}
	n = negative ? -n : n;
	if (!good)
		return yaml_error(node, err, "%.*s is not a whole number", SLICE_ARG(called(node)));
	if (n < min || n > max)
		return yaml_error(node, err, "%.*s is not from %lld to %lld", SLICE_ARG(called(node)),
				  (long long)min, (long long)max);
	*out = n;
	return 0;
}

int yaml_flag(const struct yaml_node *node, bool *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	bool yes = slice_eq_str(s, "true");
	if (node->quoted || (!yes && !slice_eq_str(s, "false")))
		return yaml_error(node, err, "%.*s is neither true nor false", SLICE_ARG(called(node)));
	*out = yes;
	return 0;
}

int yaml_str_list(const struct yaml_node *node, struct arena *arena, struct slice **out, size_t *n,
		  struct err *err)
{
	size_t count = node->kind == YAML_SCALAR ? 1 : node->n;
	const struct yaml_node *item = node->kind == YAML_SCALAR ? node : node->item;
	int rc = node->kind == YAML_MAPPING ? yaml_expect(node, YAML_SEQUENCE, err) : 0;

	if (rc)
		return rc;
	struct slice *list = arena_array(arena, count, sizeof(*list));
	if (!list)
		return err_set(err, ERR_NOMEM, 0, "%s: no memory", node->file);
	for (size_t i = 0; i < count; i++)
		if ((rc = yaml_str(&item[i], &list[i], err)))
			return rc;
	*out = list;
	*n = count;
	return 0;
}

static int check_key(const struct yaml_node *member, const char *const *known, struct err *err)
{
	const char *nearest = NULL;
	size_t best = 4; /* farther than three letters is no misspelling */

	for (; *known; known++) {
		size_t d = edit_distance(member->key, slice_str(*known));
		if (d == 0)
			return 0;
		if (d < best) {
			best = d;
			nearest = *known;
		}
	}
	if (nearest)
		return yaml_error(member, err, "unknown key '%.*s' (did you mean '%s'?)",
				  SLICE_ARG(called(member)), nearest);
	return yaml_error(member, err, "unknown key '%.*s'", SLICE_ARG(called(member)));
}

int yaml_known_keys(const struct yaml_node *map, const char *const *known, struct err *err)
{
	int rc = yaml_expect(map, YAML_MAPPING, err);

	for (size_t i = 0; i < map->n && rc == 0; i++)
		rc = check_key(&map->item[i], known, err);
	return rc;
}
