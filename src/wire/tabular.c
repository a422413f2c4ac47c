#include "wire/tabular.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "wire/csv.h"
#include "wire/json_rows.h"
#include "wire/xml_rows.h"

#include <stdlib.h>

enum { NO_COLUMN = UINT16_MAX };

struct tabular {
	struct tabular_spec spec;
	tabular_fn fn;
	void *ctx;
	struct csv *csv;
	struct json_rows *json;
	struct xml_rows *xml;
	bool has[TABULAR_COLUMNS_MAX];
	struct slice cell[TABULAR_COLUMNS_MAX];
	struct arena arena;     /* of the present row */
	uint16_t *wanted;       /* csv: per cell of the header, the column or NO_COLUMN */
	size_t width, unread;   /* csv: cells of the header */
	int64_t row;            /* csv: rows seen */
	char first[4];
	size_t first_n;
	bool begun;
};

bool tabular_can_read(enum charset charset, char separator)
{
	switch (charset) {
	case CHARSET_NONE:
	case CHARSET_UTF_16LE:
	case CHARSET_UTF_16BE:
	case CHARSET_ISO_2022_JP:
	case CHARSET_REPLACEMENT:
	case CHARSET_X_USER_DEFINED: return false;
	/* Their second bytes begin at 0x40 (GB 18030: its digits apart, which separate nothing). */
	case CHARSET_SHIFT_JIS:
	case CHARSET_GBK:
	case CHARSET_GB18030:
	case CHARSET_BIG5: return separator < 0x40;
	default: return true;
	}
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int give(struct tabular *t, int64_t line, const char *bad, struct err *err)
{
	struct tabular_row row = { line, bad ? NULL : t->cell, bad };
	int rc;

	for (size_t i = 0; !bad && i < t->spec.column_n; i++)
		t->has[i] = t->has[i] || t->cell[i].p;
	rc = t->fn(t->ctx, &row, err);
	arena_release(&t->arena);
	return rc;
}

/* ---- csv ---- */

static bool is_single_byte(enum charset c)
{
	return c >= CHARSET_IBM866;
}

static bool is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* 0 and the text; 1 and why it is none. */
static int decode(struct tabular *t, struct slice bytes, struct slice *out, const char **bad,
                  struct err *err)
{
	*out = slice_trim(bytes);
	if (is_ascii(bytes))
		return 0;
	bool utf8 = utf8_valid(bytes, NULL);
	if (t->spec.charset == CHARSET_UTF_8) {
		*bad = "a cell is not UTF-8, which the mapping says it is";
		return utf8 ? 0 : 1;
	}
	if (utf8 && is_single_byte(t->spec.charset)) {
		*bad = "a cell is UTF-8, and the mapping names a single-byte charset";
		return 1;
	}
	int rc = charset_decode(t->spec.charset, bytes, CSV_ROW_MAX * 3, &t->arena, out, err);
	*out = slice_trim(*out);
	if (rc == 0 && slice_find_slice(*out, SLICE("\xef\xbf\xbd")) < out->n) {
		*bad = "a cell has bytes that the charset of the mapping has not";
		return 1;
	}
	return rc;
}

static int read_header(struct tabular *t, const struct slice *cell, size_t n, int64_t line,
                       const char *bad, struct err *err)
{
	t->wanted = calloc(n + 1, sizeof(*t->wanted));
	t->width = n;
	if (!t->wanted)
		return no_memory(err);
	for (size_t i = 0; bad == NULL && i < n; i++) {
		struct slice name;
		int rc = decode(t, cell[i], &name, &bad, err);
		if (rc < 0)
			return rc;
		t->wanted[i] = NO_COLUMN;
		for (size_t k = 0; rc == 0 && k < t->spec.column_n; k++)
			if (slice_eq(name, slice_trim(t->spec.column[k])) && !t->has[k]) {
				t->wanted[i] = (uint16_t)k;
				t->has[k] = true;
				break;
			}
		t->unread += t->wanted[i] == NO_COLUMN;
		if (rc == 0)
			bad = NULL;
	}
	arena_release(&t->arena);
	return bad ? err_set(err, ERR_SYNTAX, (size_t)line, "line %lld: the header cannot be read: %s",
	                     (long long)line, bad)
	           : 0;
}

static int on_csv(void *ctx, const struct slice *cell, size_t n, int64_t line, const char *bad,
                  struct err *err)
{
	struct tabular *t = ctx;
	const char *why = bad;

	if (++t->row < t->spec.header)
		return 0;
	if (t->row == t->spec.header)
		return read_header(t, cell, n, line, bad, err);
	for (size_t i = 0; i < t->spec.column_n; i++)
		t->cell[i] = (struct slice){ 0 };
	if (!bad && n != t->width)
		bad = "the row has another number of cells than the header";
	for (size_t i = 0; !bad && i < n; i++) {
		if (t->wanted[i] == NO_COLUMN)
			continue;
		int rc = decode(t, cell[i], &t->cell[t->wanted[i]], &why, err);
		if (rc < 0)
			return rc;
		if (rc)
			bad = why;
	}
	return give(t, line, bad, err);
}

/* ---- json ---- */

static bool put_scalar(const json_t *v, struct buf *out)
{
	if (json_is_string(v))
		buf_put(out, slice_from(json_string_value(v), json_string_length(v)));
	else if (json_is_integer(v))
		buf_put_i64(out, json_integer_value(v));
	else if (json_is_real(v))
		buf_printf(out, "%.15g", json_real_value(v));
	else if (json_is_boolean(v))
		buf_puts(out, json_is_true(v) ? "true" : "false");
	else
		return false;
	return true;
}

/* The values at a path, through arrays on the way; how many were put. */
static size_t put_values(const json_t *v, struct slice path, struct buf *out, size_t put)
{
	size_t i, n = 0;
	const json_t *item;

	if (json_is_array(v)) {
		json_array_foreach(v, i, item)
			n += put_values(item, path, out, put + n);
		return n;
	}
	if (path.n == 0) {
		if (put && !json_is_null(v) && !json_is_object(v))
			buf_putc(out, '\n');
		return put_scalar(v, out);
	}
	struct slice name;
	slice_cut(&path, '/', &name);
	v = json_object_getn(v, name.p, name.n);
	return v ? put_values(v, path, out, put) : 0;
}

static int on_json(void *ctx, json_t *row, int64_t line, const char *bad, struct err *err)
{
	struct tabular *t = ctx;
	struct buf text = { 0 };

	for (size_t i = 0; !bad && i < t->spec.column_n; i++) {
		buf_clear(&text);
		bool any = put_values(row, t->spec.column[i], &text, 0) > 0;
		struct slice kept = any ? arena_copy(&t->arena, slice_trim(buf_slice(&text)))
		                        : (struct slice){ 0 };
		if (!buf_ok(&text) || (any && !kept.p)) {
			buf_release(&text);
			return no_memory(err);
		}
		t->cell[i] = kept;
	}
	buf_release(&text);
	return give(t, line, bad, err);
}

/* ---- xml ---- */

static int on_xml(void *ctx, const struct slice *cell, int64_t line, const char *bad, struct err *err)
{
	struct tabular *t = ctx;

	for (size_t i = 0; !bad && i < t->spec.column_n; i++)
		t->cell[i] = cell[i].p ? slice_trim(cell[i]) : cell[i];
	return give(t, line, bad, err);
}

/* ---- any ---- */

int tabular_new(const struct tabular_spec *spec, tabular_fn fn, void *ctx, struct tabular **out,
                struct err *err)
{
	if (spec->column_n > TABULAR_COLUMNS_MAX)
		return err_set(err, ERR_USAGE, 0, "more than %d columns are wanted",
		               TABULAR_COLUMNS_MAX);
	struct tabular *t = calloc(1, sizeof(*t));
	int rc = 0;
	if (!t)
		return no_memory(err);
	t->spec = *spec;
	t->fn = fn;
	t->ctx = ctx;
	switch (spec->format) {
	case TABULAR_CSV: rc = csv_new(spec->separator, on_csv, t, &t->csv, err); break;
	case TABULAR_JSON: rc = json_rows_new(spec->rows, on_json, t, &t->json, err); break;
	case TABULAR_XML:
		rc = xml_rows_new(spec->rows, spec->column, spec->column_n, on_xml, t, &t->xml, err);
		break;
	}
	if (rc) {
		free(t);
		return rc;
	}
	*out = t;
	return 0;
}

static int pass_on(struct tabular *t, struct slice bytes, struct err *err)
{
	switch (t->spec.format) {
	case TABULAR_CSV: return csv_push(t->csv, bytes, err);
	case TABULAR_JSON: return json_rows_push(t->json, bytes, err);
	case TABULAR_XML: return xml_rows_push(t->xml, bytes, err);
	}
	return 0;
}

/* The first bytes are held back until it is known whether they are a byte order mark. XML has its own
 * way to tell its charset. */
static int begin(struct tabular *t, struct err *err)
{
	struct slice first = { t->first, t->first_n };

	t->begun = true;
	if (t->spec.format != TABULAR_XML) {
		if (slice_starts(first, SLICE("\xff\xfe")) || slice_starts(first, SLICE("\xfe\xff")))
			return err_set(err, ERR_SYNTAX, 1,
			               "the file is UTF-16, which is not read: save it as UTF-8");
		if (slice_starts(first, SLICE("\xef\xbb\xbf"))) {
			t->spec.charset = CHARSET_UTF_8;
			first = slice_sub(first, 3, first.n);
		}
	}
	return pass_on(t, first, err);
}

int tabular_push(struct tabular *t, struct slice bytes, struct err *err)
{
	while (!t->begun && bytes.n) {
		t->first[t->first_n++] = bytes.p[0];
		bytes = slice_sub(bytes, 1, bytes.n);
		int rc = t->first_n == 3 ? begin(t, err) : 0;
		if (rc)
			return rc;
	}
	return bytes.n ? pass_on(t, bytes, err) : 0;
}

int tabular_end(struct tabular *t, struct err *err)
{
	int rc = t->begun ? 0 : begin(t, err);

	if (rc)
		return rc;
	switch (t->spec.format) {
	case TABULAR_CSV:
		rc = csv_end(t->csv, err);
		if (rc == 0 && t->row < t->spec.header)
			rc = err_set(err, ERR_SYNTAX, 0, "the file has no header row");
		return rc;
	case TABULAR_JSON: return json_rows_end(t->json, err);
	case TABULAR_XML: return xml_rows_end(t->xml, err);
	}
	return rc;
}

bool tabular_has(const struct tabular *t, size_t column)
{
	return column < t->spec.column_n && t->has[column];
}

size_t tabular_unread(const struct tabular *t)
{
	return t->unread;
}

void tabular_free(struct tabular *t)
{
	if (!t)
		return;
	csv_free(t->csv);
	json_rows_free(t->json);
	xml_rows_free(t->xml);
	arena_release(&t->arena);
	free(t->wanted);
	free(t);
}
