#include "store/manifest.h"

#include "wire/timestamp.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PATH_MAX_BYTES = 255 };

static bool path_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

bool manifest_path_ok(struct slice path)
{
	if (path.n == 0 || path.n > PATH_MAX_BYTES || path.p[path.n - 1] == '/')
		return false;
	struct slice part;
	while (slice_cut(&path, '/', &part)) {
		if (part.n == 0 || slice_eq_str(part, ".") || slice_eq_str(part, ".."))
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (!path_byte(part.p[i]))
				return false;
	}
	return true;
}

/* A number without sign, spaces or leading zeros, below 10^18. */
static bool number(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 18 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* "WORD rest" -> rest. */
static bool after_word(struct slice line, struct slice word, struct slice *rest)
{
	if (!slice_starts(line, word) || line.n <= word.n || line.p[word.n] != ' ')
		return false;
	*rest = slice_sub(line, word.n + 1, line.n);
	return true;
}

static bool parse_file(struct slice line, struct manifest_file *out)
{
	struct slice rest, length, digest;

	return after_word(line, SLICE("file"), &rest) && slice_cut(&rest, ' ', &length) &&
	       number(length, &out->length) && slice_cut(&rest, ' ', &digest) &&
	       sha256_parse_hex(digest, &out->sha256) && manifest_path_ok(rest) &&
	       (out->path = rest, true);
}

/* Lines of a text whose every line ends with LF. */
struct lines {
	struct slice text;
	size_t at, line; /* offsets: next line, this line */
};

static bool next_line(struct lines *l, struct slice *out)
{
	struct slice rest = slice_sub(l->text, l->at, l->text.n);
	size_t lf = slice_find(rest, '\n');

	l->line = l->at;
	if (lf == rest.n)
		return false;
	*out = slice_sub(rest, 0, lf);
	l->at += lf + 1;
	return true;
}

static int bad(const struct lines *l, const char *what, struct err *err)
{
	return err_set(err, ERR_SYNTAX, l->line, "backup manifest: %s at byte %zu", what, l->line);
}

int manifest_parse(struct slice text, struct arena *a, struct manifest *out, struct err *err)
{
	struct lines l = { .text = text };
	struct manifest m = { 0 };
	struct slice line, rest;
	uint64_t schema, count;

	if (!next_line(&l, &line) || !slice_eq_str(line, "assay backup 1"))
		return bad(&l, "no line 'assay backup 1'", err);
	if (!next_line(&l, &line) || !after_word(line, SLICE("at"), &rest) ||
	    timestamp_parse(rest, &m.at, NULL))
		return bad(&l, "no line 'at TIME'", err);
	if (!next_line(&l, &line) || !after_word(line, SLICE("schema"), &rest) ||
	    !number(rest, &schema))
		return bad(&l, "no line 'schema NUMBER'", err);
	m.schema = (int64_t)schema;
	size_t max = 0;
	for (size_t i = 0; i < text.n; i++)
		max += text.p[i] == '\n';
	m.files = arena_array(a, max, sizeof(*m.files));
	if (!m.files)
		return err_set(err, ERR_NOMEM, 0, "backup manifest: out of memory");
	while (next_line(&l, &line) && slice_starts(line, SLICE("file "))) {
		struct manifest_file *f = &m.files[m.n];
		if (!parse_file(line, f))
			return bad(&l, "a malformed file line", err);
		if (m.n && slice_cmp(m.files[m.n - 1].path, f->path) >= 0)
			return bad(&l, "a file out of order or twice", err);
		m.n++;
	}
	if (l.at <= l.line || !after_word(line, SLICE("end"), &rest) || !number(rest, &count))
		return bad(&l, "no line 'end NUMBER' (is it cut?)", err);
	if (count != m.n)
		return bad(&l, "another number of files than 'end' says", err);
	if (l.at != text.n)
		return bad(&l, "something behind 'end'", err);
	*out = m;
	return 0;
}

static int by_path(const void *a, const void *b)
{
	const struct manifest_file *x = a, *y = b;
	return slice_cmp(x->path, y->path);
}

void manifest_format(struct manifest *m, struct buf *out)
{
	char at[TIMESTAMP_SIZE], hex[SHA256_HEX];

	timestamp_format(m->at, at);
	if (m->n)
		qsort(m->files, m->n, sizeof(*m->files), by_path);
	buf_printf(out, "assay backup 1\nat %s\nschema %" PRId64 "\n", at, m->schema);
	for (size_t i = 0; i < m->n; i++) {
		sha256_hex(m->files[i].sha256, hex);
		buf_printf(out, "file %" PRIu64 " %s %.*s\n", m->files[i].length, hex,
			   SLICE_ARG(m->files[i].path));
	}
	buf_printf(out, "end %zu\n", m->n);
}
