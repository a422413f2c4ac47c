/* Read line by line as the grammar stands; each production takes its line or leaves it. */
#include "wire/tlog_proof.h"

#include "base/base64.h"

#define FIRST_LINE SLICE("c2sp.org/tlog-proof@v1")
#define EXTRA      SLICE("extra ")
#define INDEX      SLICE("index ")

int tlog_proof_format(const struct tlog_proof *p, struct buf *out, struct err *err)
{
	size_t keep = out->n;

	if (p->extra.n > TLOG_PROOF_EXTRA_MAX || p->index > INT64_MAX)
		return err_set(err, ERR_LIMIT, 0, "proof: %zu bytes of extra data", p->extra.n);
	buf_put(out, FIRST_LINE);
	buf_putc(out, '\n');
	if (p->extra.n) {
		buf_put(out, EXTRA);
		base64_encode(p->extra, out);
		buf_putc(out, '\n');
	}
	buf_put(out, INDEX);
	buf_put_i64(out, (int64_t)p->index);
	buf_putc(out, '\n');
	for (size_t i = 0; i < p->hashes; i++) {
		base64_encode(slice_from((const char *)p->hash[i].b, SHA256_LEN), out);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	buf_put(out, p->checkpoint);
	if (!buf_ok(out)) {
		out->n = keep;
		return err_set(err, ERR_NOMEM, 0, "proof: out of memory");
	}
	return 0;
}

static int bad_line(struct err *err, struct slice text, struct slice line, const char *what)
{
	return err_set(err, ERR_SYNTAX, line.p ? (size_t)(line.p - text.p) : text.n, "proof: %s",
	               what);
}

static bool parse_index(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 19 || (s.p[0] == '0' && s.n > 1))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
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

int tlog_proof_parse(struct slice text, struct buf *extra, struct tlog_proof *out, struct err *err)
{
	struct tlog_proof p = { 0 };
	struct slice rest = text, line = { 0 };
	size_t keep = extra->n;
	int rc = 0;

	if (!slice_cut(&rest, '\n', &line) || !slice_eq(line, FIRST_LINE))
		return bad_line(err, text, line, "does not begin with c2sp.org/tlog-proof@v1");
	if (!slice_cut(&rest, '\n', &line))
		return bad_line(err, text, rest, "no index");
	if (slice_starts(line, EXTRA)) {
		struct slice coded = slice_sub(line, EXTRA.n, line.n);
		if (coded.n / 4 * 3 > TLOG_PROOF_EXTRA_MAX)
			return err_set(err, ERR_LIMIT, 0, "proof: too much extra data");
		if (base64_decode(coded, extra, NULL) || coded.n == 0) {
			rc = bad_line(err, text, line, "the extra data is not base64");
			goto done;
		}
		if (!slice_cut(&rest, '\n', &line)) {
			rc = bad_line(err, text, rest, "no index");
			goto done;
		}
	}
	if (!slice_starts(line, INDEX) ||
	    !parse_index(slice_sub(line, INDEX.n, line.n), &p.index)) {
		rc = bad_line(err, text, line, "no index, or one that is not a number");
		goto done;
	}
	for (;;) {
		if (!slice_cut(&rest, '\n', &line)) {
			rc = bad_line(err, text, rest, "no blank line before the checkpoint");
			goto done;
		}
		if (line.n == 0)
			break;
		if (p.hashes == TLOG_PROOF_HASHES || !parse_hash(line, &p.hash[p.hashes])) {
			rc = bad_line(err, text, line, "not a hash, or one too many");
			goto done;
		}
		p.hashes++;
	}
	if (rest.n == 0) {
		rc = bad_line(err, text, rest, "no checkpoint");
		goto done;
	}
	p.extra = slice_sub(buf_slice(extra), keep, extra->n);
	p.checkpoint = rest;
	*out = p;
done:
	if (rc)
		extra->n = keep;
	return rc;
}
