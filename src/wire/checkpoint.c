/* Three lines and no more, as a rule. A size has one spelling, and so has a root. */
#include "wire/checkpoint.h"

#include "base/base64.h"

static int bad_line(struct err *err, struct slice text, struct slice line, const char *what)
{
	return err_set(err, ERR_SYNTAX, (size_t)(line.p - text.p), "checkpoint: %s", what);
}

/* Decimal, no leading zeroes but "0" itself, at most INT64_MAX as in Go's reader. */
static bool parse_size(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 19 || (s.p[0] == '0' && s.n > 1))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0'); /* 19 digits fit */
	}
	if (v > INT64_MAX)
		return false;
	*out = v;
	return true;
}

static bool parse_root(struct slice s, struct sha256 *out)
{
	struct buf raw = { 0 };
	bool ok = base64_decode(s, &raw, NULL) == 0 && raw.n == SHA256_LEN;

	if (ok)
		memcpy(out->b, raw.p, SHA256_LEN);
	buf_release(&raw);
	return ok;
}

int checkpoint_parse(struct slice text, struct checkpoint *out, struct err *err)
{
	struct checkpoint c = { 0 };
	struct slice rest = text, line;

	if (text.n == 0 || text.p[text.n - 1] != '\n')
		return err_set(err, ERR_SYNTAX, text.n, "checkpoint: does not end in a line end");
	slice_cut(&rest, '\n', &c.origin);
	if (c.origin.n == 0)
		return bad_line(err, text, c.origin, "the origin line is empty");
	if (!slice_cut(&rest, '\n', &line))
		return err_set(err, ERR_SYNTAX, text.n, "checkpoint: no tree size");
	if (!parse_size(line, &c.size))
		return bad_line(err, text, line, "the tree size is not a number");
	if (!slice_cut(&rest, '\n', &line))
		return err_set(err, ERR_SYNTAX, text.n, "checkpoint: no root hash");
	if (!parse_root(line, &c.root))
		return bad_line(err, text, line, "the root hash is not base64 of 32 bytes");
	c.extension = rest;
	while (slice_cut(&rest, '\n', &line))
		if (line.n == 0)
			return bad_line(err, text, line, "an empty extension line");
	*out = c;
	return 0;
}

int checkpoint_format(const struct checkpoint *c, struct buf *out, struct err *err)
{
	size_t keep = out->n;

	if (c->origin.n == 0 || slice_find(c->origin, '\n') < c->origin.n)
		return err_set(err, ERR_SYNTAX, 0, "checkpoint: the origin is not one line");
	if (c->size > INT64_MAX)
		return err_set(err, ERR_LIMIT, 0, "checkpoint: the tree is too large");
	buf_put(out, c->origin);
	buf_putc(out, '\n');
	buf_put_i64(out, (int64_t)c->size);
	buf_putc(out, '\n');
	base64_encode(slice_from((const char *)c->root.b, SHA256_LEN), out);
	buf_putc(out, '\n');
	buf_put(out, c->extension);
	if (!buf_ok(out)) {
		out->n = keep;
		return err_set(err, ERR_NOMEM, 0, "checkpoint: out of memory");
	}
	return 0;
}
