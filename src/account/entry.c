/* Since an entry has one spelling, reading is: take the values out, write them again, compare. */
#include "account/entry.h"

#include "base/utf8.h"
#include "wire/timestamp.h"

int entry_commit(const uint8_t salt[ENTRY_SALT], struct slice record, struct sha256 *out,
                 struct err *err)
{
	struct sha256_stream *h = sha256_new();

	if (!h)
		return err_set(err, ERR_NOMEM, 0, "ledger entry: out of memory");
	sha256_add(h, slice_from((const char *)salt, ENTRY_SALT));
	sha256_add(h, record);
	*out = sha256_end(h);
	return 0;
}

int entry_check(const struct entry *e, const uint8_t salt[ENTRY_SALT], struct slice record,
                struct err *err)
{
	struct sha256 got;
	int rc = entry_commit(salt, record, &got, err);

	if (rc == 0 && !sha256_eq(got, e->commit))
		rc = err_set(err, ERR_CORRUPT, 0,
		             "ledger entry: salt and record are not those that it commits to");
	return rc;
}

static bool is_type(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '_'))
			return false;
	return s.n > 0;
}

/* RFC 8785 section 3.2.2.2: short escapes where JSON has them, \u00xx in lower case for the other
 * control characters, everything else as it is. */
static void put_string(struct buf *out, struct slice s)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		const char *escape = c == '"'    ? "\\\""
		                     : c == '\\' ? "\\\\"
		                     : c == '\b' ? "\\b"
		                     : c == '\t' ? "\\t"
		                     : c == '\n' ? "\\n"
		                     : c == '\f' ? "\\f"
		                     : c == '\r' ? "\\r"
		                                 : NULL;
		if (escape)
			buf_puts(out, escape);
		else if ((unsigned char)c < 0x20)
			buf_printf(out, "\\u%04x", (unsigned)c);
		else
			buf_putc(out, c);
	}
	buf_putc(out, '"');
}

static void put_digest(struct buf *out, struct sha256 d)
{
	char hex[SHA256_HEX];

	sha256_hex(d, hex);
	buf_puts(out, "\"sha256:");
	buf_puts(out, hex);
	buf_putc(out, '"');
}

int entry_format(const struct entry *e, struct buf *out, struct err *err)
{
	size_t keep = out->n, bad = 0;
	char at[TIMESTAMP_SIZE];

	if (e->type.n > ENTRY_TYPE_MAX || e->key.n > ENTRY_KEY_MAX)
		return err_set(err, ERR_LIMIT, 0,
		               "ledger entry: a type of %zu and a key of %zu bytes", e->type.n,
		               e->key.n);
	if (!is_type(e->type))
		return err_set(err, ERR_SYNTAX, 0, "ledger entry: '%.*s' is not a type of record",
		               SLICE_ARG(e->type));
	if (!utf8_valid(e->key, &bad))
		return err_set(err, ERR_SYNTAX, bad, "ledger entry: the key is not UTF-8");
	timestamp_format(e->at, at);
	buf_puts(out, "{\"at\":\"");
	buf_puts(out, at);
	buf_puts(out, "\",\"commit\":");
	put_digest(out, e->commit);
	buf_puts(out, ",\"key\":");
	put_string(out, e->key);
	buf_puts(out, ",\"record\":");
	put_digest(out, e->record);
	buf_puts(out, ",\"type\":\"");
	buf_put(out, e->type);
	buf_printf(out, "\",\"v\":%d}", ENTRY_VERSION);
	if (!buf_ok(out)) {
		out->n = keep;
		return err_set(err, ERR_NOMEM, 0, "ledger entry: out of memory");
	}
	return 0;
}

/* Where we are in the bytes, and whether all was well so far: read ten things, ask once. */
struct reader {
	struct slice all;
	size_t at;
	bool bad;
};

static void expect(struct reader *r, const char *word)
{
	while (!r->bad && *word) {
		if (r->at < r->all.n && r->all.p[r->at] == *word)
			r->at++, word++;
		else
			r->bad = true;
	}
}

/* Up to the quotation mark that ends a string, which is left; escapes stay as they are. */
static struct slice take_string(struct reader *r)
{
	size_t from = r->at, at = from;

	while (at < r->all.n && r->all.p[at] != '"')
		at += r->all.p[at] == '\\' ? 2 : 1;
	if (r->bad || at >= r->all.n) {
		r->bad = true;
		return SLICE("");
	}
	r->at = at;
	return slice_sub(r->all, from, at);
}

static struct sha256 take_digest(struct reader *r)
{
	struct sha256 d = { { 0 } };

	expect(r, "\"sha256:");
	struct slice hex = slice_sub(r->all, r->at, r->at + SHA256_HEX - 1);
	if (r->bad || !sha256_parse_hex(hex, &d))
		r->bad = true;
	else
		r->at += hex.n;
	expect(r, "\"");
	return d;
}

static int64_t take_time(struct reader *r)
{
	struct slice s = take_string(r);
	int64_t t = 0;

	if (!r->bad && (s.n != TIMESTAMP_LEN || timestamp_parse(s, &t, NULL))) {
		r->at -= s.n;
		r->bad = true;
	}
	return t;
}

/* The characters of a string whose escapes are those that put_string writes. What it does not write
 * is found when the result is written again and compared. */
static struct slice unescape(struct slice s, char *out)
{
	static const char letter[] = "\"\\btnfr", value[] = "\"\\\b\t\n\f\r";
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\') {
			out[n++] = s.p[i];
			continue;
		}
		char c = ++i < s.n ? s.p[i] : 'u';
		const char *at = memchr(letter, c, sizeof(letter) - 1);
		uint8_t byte = '?';
		if (at) {
			out[n++] = value[at - letter];
		} else {
			struct slice hex = slice_sub(s, i + 3, i + 5);
			if (hex.n == 2 && hex_decode(hex, &byte, 1))
				i += 4;
			out[n++] = (char)byte;
		}
	}
	return slice_from(out, n);
}

int entry_parse(struct slice bytes, struct arena *a, struct entry *out, struct err *err)
{
	struct reader r = { bytes, 0, false };
	struct entry e = { 0 };
	struct buf again = { 0 };

	expect(&r, "{\"at\":\"");
	e.at = take_time(&r);
	expect(&r, "\",\"commit\":");
	e.commit = take_digest(&r);
	expect(&r, ",\"key\":\"");
	struct slice key = take_string(&r);
	expect(&r, "\",\"record\":");
	e.record = take_digest(&r);
	expect(&r, ",\"type\":\"");
	struct slice type = take_string(&r);
	expect(&r, "\",\"v\":1}");
	if (r.bad || r.at != bytes.n)
		return err_set(err, ERR_SYNTAX, r.at, "ledger entry: not in canonical form");

	char *plain = arena_alloc(a, key.n + 1);
	e.type = arena_copy(a, type);
	if (!plain || !e.type.p)
		return err_set(err, ERR_NOMEM, 0, "ledger entry: out of memory");
	e.key = unescape(key, plain);
	int rc = entry_format(&e, &again, err);
	if (rc == 0 && !slice_eq(buf_slice(&again), bytes)) {
		size_t at = 0;
		while (at < bytes.n && at < again.n && bytes.p[at] == again.p[at])
			at++;
		rc = err_set(err, ERR_SYNTAX, at, "ledger entry: not in canonical form");
	}
	buf_release(&again);
	if (rc == 0)
		*out = e;
	return rc;
}
