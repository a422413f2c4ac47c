/* The path of the element that is open is kept as text ("Register/Pharmacy/Name"), so that a row and
 * a cell are each one comparison. */
#include "wire/xml_rows.h"

#include "base/buf.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include <stdlib.h>
#include <string.h>

struct xml_rows {
	xmlParserCtxtPtr parser;
	struct slice row_path;
	const struct slice *wanted;
	size_t n;
	xml_row_fn fn;
	void *ctx;
	struct buf path;  /* of the element that is open */
	size_t depth;
	size_t row_depth; /* of the row that is open; 0: none is */
	struct buf text;  /* of the innermost element, since its last child */
	struct buf *cell; /* n of them */
	bool *has;
	struct slice *given;
	size_t bytes;     /* of the row */
	int64_t line;
	bool found;
	int rc;           /* of a callback */
	struct err *err;  /* where it writes */
};

static void fail(struct xml_rows *x, int rc)
{
	if (x->rc == 0)
		x->rc = rc;
	xmlStopParser(x->parser);
}

static int64_t line_of(const struct xml_rows *x)
{
	return x->parser->input ? x->parser->input->line : 0;
}

/* Put a text into every cell whose path it has; `name` is an attribute's, or NULL. */
static void take(struct xml_rows *x, const char *name, struct slice text)
{
	size_t from = x->row_path.n + 1;
	struct slice path = slice_sub(buf_slice(&x->path), from, x->path.n);

	for (size_t i = 0; i < x->n; i++) {
		struct slice want = x->wanted[i];
		if (name) {
			struct slice end = slice_str(name);
			if (!slice_ends(want, end) || want.n <= end.n ||
			    want.p[want.n - end.n - 1] != '@')
				continue;
			want.n -= end.n + 1;
			if (want.n && want.p[want.n - 1] == '/')
				want.n--;
		}
		if (!slice_eq(want, path))
			continue;
		if (x->has[i])
			buf_putc(&x->cell[i], '\n');
		x->has[i] = true;
		buf_put(&x->cell[i], text);
	}
}

static void begin_row(struct xml_rows *x)
{
	x->found = true;
	x->row_depth = x->depth;
	x->line = line_of(x);
	x->bytes = 0;
	for (size_t i = 0; i < x->n; i++) {
		buf_clear(&x->cell[i]);
		x->has[i] = false;
	}
}

static void end_row(struct xml_rows *x)
{
	bool over = x->bytes > XML_ROW_MAX;
	bool ok = true;

	for (size_t i = 0; i < x->n; i++) {
		x->given[i] = x->has[i] ? slice_str(buf_str(&x->cell[i])) : (struct slice){ 0 };
		ok = ok && buf_ok(&x->cell[i]);
	}
	x->row_depth = 0;
	int rc = !ok ? err_set(x->err, ERR_NOMEM, 0, "xml: out of memory")
	             : x->fn(x->ctx, over ? NULL : x->given, x->line,
	                     over ? "the row is longer than 1 MiB" : NULL, x->err);
	if (rc)
		fail(x, rc);
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespaces, const xmlChar **namespace, int attributes, int defaulted,
                     const xmlChar **attribute)
{
	struct xml_rows *x = ctx;

	(void)prefix, (void)uri, (void)namespaces, (void)namespace, (void)defaulted;
	if (x->rc)
		return;
	if (++x->depth > XML_ROWS_DEPTH_MAX) {
		fail(x, err_set(x->err, ERR_LIMIT, (size_t)line_of(x),
		                "line %lld: nested deeper than %d", (long long)line_of(x),
		                XML_ROWS_DEPTH_MAX));
		return;
	}
	if (x->path.n)
		buf_putc(&x->path, '/');
	buf_puts(&x->path, (const char *)name);
	buf_clear(&x->text);
	if (!x->row_depth && slice_eq(buf_slice(&x->path), x->row_path))
		begin_row(x);
	/* libxml2 gives five pointers an attribute: name, prefix, URI, value, end of value. */
	for (int i = 0; x->row_depth && i < attributes; i++) {
		const xmlChar **a = attribute + (ptrdiff_t)i * 5;
		struct slice value = slice_from((const char *)a[3], (size_t)(a[4] - a[3]));
		x->bytes += value.n;
		if (x->bytes <= XML_ROW_MAX)
			take(x, (const char *)a[0], value);
	}
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml_rows *x = ctx;
	size_t n = strlen((const char *)name);

	(void)prefix, (void)uri;
	if (x->rc)
		return;
	if (x->row_depth && x->bytes <= XML_ROW_MAX && buf_ok(&x->text))
		take(x, NULL, slice_trim(buf_slice(&x->text)));
	if (x->row_depth == x->depth)
		end_row(x);
	buf_clear(&x->text);
	x->path.n -= x->path.n > n ? n + 1 : n;
	x->depth--;
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	struct xml_rows *x = ctx;

	if (x->rc || !x->row_depth)
		return;
	x->bytes += (size_t)n;
	if (x->bytes <= XML_ROW_MAX)
		buf_put(&x->text, slice_from((const char *)text, (size_t)n));
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
	struct xml_rows *x = ctx;

	(void)name, (void)id, (void)uri;
	fail(x, err_set(x->err, ERR_SYNTAX, (size_t)line_of(x),
	                "line %lld: a document type declaration is refused", (long long)line_of(x)));
}

/* What libxml2 says is asked for where it stops; nothing is printed. */
static void on_error(void *ctx, xmlErrorPtr why)
{
	(void)ctx, (void)why;
}

int xml_rows_new(struct slice path, const struct slice *wanted, size_t n, xml_row_fn fn, void *ctx,
                 struct xml_rows **out, struct err *err)
{
	struct xml_rows *x = calloc(1, sizeof(*x));
	xmlSAXHandler sax = { 0 };

	if (!x)
		return err_set(err, ERR_NOMEM, 0, "xml: out of memory");
	x->row_path = path;
	x->wanted = wanted;
	x->n = n;
	x->fn = fn;
	x->ctx = ctx;
	x->cell = calloc(n + 1, sizeof(*x->cell));
	x->has = calloc(n + 1, sizeof(*x->has));
	x->given = calloc(n + 1, sizeof(*x->given));
	sax.initialized = XML_SAX2_MAGIC;
	sax.startElementNs = on_start;
	sax.endElementNs = on_end;
	sax.characters = on_text;
	sax.ignorableWhitespace = on_text;
	sax.cdataBlock = on_text;
	sax.internalSubset = on_doctype;
	sax.serror = on_error;
	x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
	if (!x->cell || !x->has || !x->given || !x->parser) {
		xml_rows_free(x);
		return err_set(err, ERR_NOMEM, 0, "xml: out of memory");
	}
	xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	*out = x;
	return 0;
}

static int parse(struct xml_rows *x, const char *p, int n, int end, struct err *err)
{
	x->err = err;
	int wrong = xmlParseChunk(x->parser, p, n, end);
	if (x->rc)
		return x->rc;
	if (!buf_ok(&x->text) || !buf_ok(&x->path) || wrong == XML_ERR_NO_MEMORY)
		return err_set(err, ERR_NOMEM, 0, "xml: out of memory");
	if (wrong) {
		const xmlError *why = xmlCtxtGetLastError(x->parser);
		struct slice said = slice_trim(slice_str(why && why->message ? why->message : "not XML"));
		int line = why ? why->line : 0;
		return err_set(err, ERR_SYNTAX, (size_t)line, "line %d: %.*s", line, SLICE_ARG(said));
	}
	return 0;
}

int xml_rows_push(struct xml_rows *x, struct slice bytes, struct err *err)
{
	enum { PIECE = 1 << 16 };
	int rc = x->rc;

	while (rc == 0 && bytes.n) {
		struct slice piece = slice_sub(bytes, 0, PIECE);
		rc = parse(x, piece.p, (int)piece.n, 0, err);
		bytes = slice_sub(bytes, piece.n, bytes.n);
	}
	return rc;
}

int xml_rows_end(struct xml_rows *x, struct err *err)
{
	int rc = parse(x, NULL, 0, 1, err);

	if (rc == 0 && !x->found)
		rc = err_set(err, ERR_SYNTAX, 0, "no element of the file has the path of the rows");
	return rc;
}

void xml_rows_free(struct xml_rows *x)
{
	if (!x)
		return;
	for (size_t i = 0; x->cell && i < x->n; i++)
		buf_release(&x->cell[i]);
	free(x->cell);
	free(x->has);
	free(x->given);
	buf_release(&x->path);
	buf_release(&x->text);
	if (x->parser) {
		if (x->parser->myDoc)
			xmlFreeDoc(x->parser->myDoc);
		xmlFreeParserCtxt(x->parser);
	}
	free(x);
}
