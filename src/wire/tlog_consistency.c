/* Read line by line as the grammar stands. */
#include "wire/tlog_consistency.h"

#include "base/base64.h"

#define OLD SLICE("old ")

int tlog_consistency_format(const struct tlog_consistency *p, struct buf *out, struct err *err)
{
	size_t keep = out->n;

	if (p->old > INT64_MAX)
		return err_set(err, ERR_LIMIT, 0, "consistency proof: the tree is too large");
	buf_put(out, OLD);
	buf_put_i64(out, (int64_t)p->old);
	buf_putc(out, '\n');
	for (size_t i = 0; i < p->hashes; i++) {
		base64_encode(slice_from((const char *)p->hash[i].b, SHA256_LEN), out);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	buf_put(out, p->checkpoint);
	if (!buf_ok(out)) {
		out->n = keep;
		return err_set(err, ERR_NOMEM, 0, "consistency proof: out of memory");
	}
	return 0;
}

static int bad_line(struct err *err, struct slice text, struct slice line, const char *what)
{
	return err_set(err, ERR_SYNTAX, line.p ? (size_t)(line.p - text.p) : text.n,
	               "consistency proof: %s", what);
}

/* Decimal, no leading zeroes but "0" itself, at most INT64_MAX. */
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
	*out = v;
	return v <= INT64_MAX;
}

static bool parse_hash(struct slice s, struct sha256 *out)
{
	struct buf raw = { 0 };
	bool ok = base64_decode(s, &raw, NULL) == 0 && raw.n == SHA256_LEN;

	if (ok)
		memcpy(out->b, raw.p, SHA256_LEN);
	buf_release(&raw);
	return ok;
}

int tlog_consistency_parse(struct slice text, struct tlog_consistency *out, struct err *err)
{
	struct tlog_consistency p = { 0 };
	struct slice rest = text, line = { 0 };

	if (!slice_cut(&rest, '\n', &line) || !slice_starts(line, OLD) ||
	    !parse_size(slice_sub(line, OLD.n, line.n), &p.old))
		return bad_line(err, text, line, "does not begin with the old size");
	for (;;) {
		if (!slice_cut(&rest, '\n', &line))
			return bad_line(err, text, rest, "no blank line before the checkpoint");
		if (line.n == 0)
			break;
		if (p.hashes == TLOG_CONSISTENCY_HASHES || !parse_hash(line, &p.hash[p.hashes]))
			return bad_line(err, text, line, "not a hash, or one too many");
		p.hashes++;
	}
	if (rest.n == 0)
		return bad_line(err, text, rest, "no checkpoint");
	p.checkpoint = rest;
	*out = p;
	return 0;
}
