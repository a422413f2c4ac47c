#include "wire/cdxj.h"

#include "wire/timestamp.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARGUMENTS_MAX = 512, STAMP = 14 };

static void put_lower(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_putc(out, ascii_lower(s.p[i]));
}

static void put_host(struct buf *out, struct slice host)
{
	if (host.n && host.p[0] == '[') { /* an IPv6 address has no labels */
		put_lower(out, host);
		return;
	}
	for (size_t end = host.n;;) {
		size_t at = end;
		while (at && host.p[at - 1] != '.')
			at--;
		put_lower(out, slice_sub(host, at, end));
		if (at == 0)
			break;
		buf_putc(out, ',');
		end = at - 1;
	}
}

/* "www.", "www12." */
static struct slice without_www(struct slice host)
{
	size_t at = 3;

	if (!slice_eq_nocase(slice_sub(host, 0, 3), SLICE("www")))
		return host;
	while (at < host.n && host.p[at] >= '0' && host.p[at] <= '9')
		at++;
	return at < host.n && host.p[at] == '.' ? slice_sub(host, at + 1, host.n) : host;
}

static int by_bytes(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	return slice_cmp(*x, *y);
}

/* query in lower case. More arguments than can be sorted stay as they are. */
static void put_query(struct buf *out, struct slice query)
{
	struct slice argument[ARGUMENTS_MAX];
	size_t n = 0;

	if (query.n == 0)
		return;
	buf_putc(out, '?');
	for (size_t at = 0; at <= query.n && n < ARGUMENTS_MAX; n++) {
		size_t end = at + slice_find(slice_sub(query, at, query.n), '&');
		argument[n] = slice_sub(query, at, end);
		at = end + 1;
		if (n + 1 == ARGUMENTS_MAX && at <= query.n) {
			buf_put(out, query);
			return;
		}
	}
	qsort(argument, n, sizeof(*argument), by_bytes);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(out, '&');
		buf_put(out, argument[i]);
	}
}

void cdxj_key(struct slice uri, struct buf *out)
{
	bool plain = slice_eq_nocase(slice_sub(uri, 0, 7), SLICE("http://"));
	bool tls = slice_eq_nocase(slice_sub(uri, 0, 8), SLICE("https://"));
	struct buf query = { 0 };

	if (!plain && !tls) {
		buf_put(out, uri);
		return;
	}
	struct slice rest = slice_sub(uri, plain ? 7 : 8, uri.n);
	rest = slice_sub(rest, 0, slice_find(rest, '#'));
	size_t end = 0;
	while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	struct slice host = without_www(slice_sub(rest, 0, end)), port = { NULL, 0 };
	size_t colon = host.n;
	while (colon && host.p[colon - 1] >= '0' && host.p[colon - 1] <= '9')
		colon--;
	if (colon && host.p[colon - 1] == ':') {
		port = slice_sub(host, colon - 1, host.n);
		host = slice_sub(host, 0, colon - 1);
	}
	put_host(out, host);
	if (!slice_eq_str(port, plain ? ":80" : ":443"))
		buf_put(out, port);
	buf_putc(out, ')');
	rest = slice_sub(rest, end, rest.n);
	size_t mark = slice_find(rest, '?');
	if (mark == 0)
		buf_putc(out, '/');
	put_lower(out, slice_sub(rest, 0, mark));
	put_lower(&query, slice_sub(rest, mark + 1, rest.n));
	put_query(out, buf_slice(&query));
	if (!buf_ok(&query))
		out->failed = true;
	buf_release(&query);
}

/* As json_canonical writes a string: most have nothing to escape. */
static int put_text(struct buf *out, const char *name, struct slice s)
{
	bool plain = true;
	size_t i = 0;

	buf_puts(out, name);
	for (; i < s.n && plain; i++)
		plain = (unsigned char)s.p[i] >= ' ' && (unsigned char)s.p[i] < 0x7f && s.p[i] != '"' &&
		        s.p[i] != '\\';
	if (plain) {
		buf_putc(out, '"');
		buf_put(out, s);
		buf_putc(out, '"');
		return 0;
	}
	json_t *value = s.n ? json_stringn(s.p, s.n) : json_string("");
	int rc = value ? json_canonical(value, out, NULL) : ERR_SYNTAX;
	json_decref(value);
	return rc;
}

static void put_number(struct buf *out, const char *name, uint64_t n)
{
	char digits[24], *at = digits + sizeof(digits);

	*--at = '"';
	do
		*--at = (char)('0' + n % 10);
	while (n /= 10);
	*--at = '"';
	buf_puts(out, name);
	buf_put(out, slice_from(at, (size_t)(digits + sizeof(digits) - at)));
}

/* "2026-09-14T01:02:03Z" -> "20260914010203" */
static void put_stamp(struct buf *out, int64_t at_ms)
{
	char at[TIMESTAMP_SIZE];

	timestamp_format(at_ms / 1000 - (at_ms % 1000 < 0), at);
	for (const char *p = at; *p; p++)
		if (*p >= '0' && *p <= '9')
			buf_putc(out, *p);
}

int cdxj_put(const struct cdxj *line, struct buf *out, struct err *err)
{
	size_t keep = out->n;
	int bad;

	for (size_t i = 0; i < line->uri.n; i++)
		if ((unsigned char)line->uri.p[i] <= ' ')
			return err_set(err, ERR_USAGE, i, "cdxj: a space in an address");
	cdxj_key(line->uri, out);
	buf_putc(out, ' ');
	put_stamp(out, line->at_ms);
	/* In the order of their names, so that a line has one spelling. */
	bad = put_text(out, " {\"digest\":", line->digest) |
	      put_text(out, ",\"filename\":", line->filename);
	put_number(out, ",\"length\":", line->length);
	bad |= put_text(out, ",\"mime\":", line->mime.n ? line->mime : SLICE("unk"));
	put_number(out, ",\"offset\":", line->offset);
	if (line->status)
		put_number(out, ",\"status\":", (uint64_t)line->status);
	bad |= put_text(out, ",\"url\":", line->uri);
	buf_puts(out, "}\n");
	if (!bad && buf_ok(out))
		return 0;
	out->n = keep;
	return buf_ok(out) ? err_set(err, ERR_SYNTAX, 0, "cdxj: a text that is not UTF-8")
	                   : err_set(err, ERR_NOMEM, 0, "cdxj: no memory");
}

static bool digits(struct slice s, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(s.p[i] - '0');
	}
	return s.n > 0 && s.n <= 18;
}

/* "20260914010203" -> milliseconds since 1970 */
static int read_stamp(struct slice s, int64_t *at_ms, struct err *err)
{
	char text[TIMESTAMP_SIZE];
	uint64_t all;
	int64_t at = 0;

	if (s.n != STAMP || !digits(s, &all))
		return err_set(err, ERR_SYNTAX, 0, "cdxj: the time is not of 14 digits");
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s.p, s.p + 4, s.p + 6, s.p + 8,
	         s.p + 10, s.p + 12);
	int rc = timestamp_parse(slice_str(text), &at, err);
	if (rc == 0)
		*at_ms = at * 1000;
	return rc;
}

static int need_number(const json_t *object, const char *key, uint64_t *out, struct err *err)
{
	struct slice text;
	int rc = json_need_str(object, key, &text, err);

	if (rc == 0 && !digits(text, out))
		rc = err_set(err, ERR_SYNTAX, 0, "cdxj: %s is no number", key);
	return rc;
}

int cdxj_parse(struct slice line, struct cdxj *out, struct slice *key, json_t **object,
               struct err *err)
{
	struct cdxj c = { .status = 0 };
	struct slice rest = line, k, stamp;
	uint64_t status = 0;
	json_t *o = NULL;

	if (line.n > CDXJ_LINE_MAX)
		return err_set(err, ERR_LIMIT, 0, "cdxj: a line of %zu bytes", line.n);
	if (!slice_cut(&rest, ' ', &k) || !slice_cut(&rest, ' ', &stamp))
		return err_set(err, ERR_SYNTAX, 0, "cdxj: a line has a key, a time and an object");
	int rc = read_stamp(stamp, &c.at_ms, err);
	if (rc == 0)
		rc = json_parse_object(rest, CDXJ_LINE_MAX, &o, err);
	if (rc == 0)
		rc = json_need_str(o, "url", &c.uri, err);
	if (rc == 0)
		rc = json_need_str(o, "filename", &c.filename, err);
	if (rc == 0)
		rc = need_number(o, "offset", &c.offset, err);
	if (rc == 0 && json_str(o, "length").p)
		rc = need_number(o, "length", &c.length, err);
	if (rc == 0 && json_str(o, "status").n)
		rc = need_number(o, "status", &status, err);
	if (rc) {
		json_decref(o);
		return rc;
	}
	c.status = (int64_t)status;
	c.mime = json_str(o, "mime");
	c.digest = json_str(o, "digest");
	*out = c;
	*key = k;
	*object = o;
	return 0;
}
