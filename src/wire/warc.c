/* A record: "WARC/1.1" CRLF *( field CRLF ) CRLF block CRLF CRLF. A compressed file is members one
 * behind the other; a member is unpacked whole and its records are read out of it. */
#include "wire/warc.h"

#include "base/sha256.h"
#include "wire/inflate.h"
#include "wire/timestamp.h"

static const char *const type_name[] = {
	[WARC_OTHER] = "other",       [WARC_WARCINFO] = "warcinfo",
	[WARC_RESPONSE] = "response", [WARC_RESOURCE] = "resource",
	[WARC_REQUEST] = "request",   [WARC_METADATA] = "metadata",
	[WARC_REVISIT] = "revisit",   [WARC_CONVERSION] = "conversion",
	[WARC_CONTINUATION] = "continuation",
};

const char *warc_type_name(enum warc_type t)
{
	return t < sizeof(type_name) / sizeof(*type_name) ? type_name[t] : "other";
}

void warc_open(struct warc_reader *r, struct slice file, size_t limit)
{
	*r = (struct warc_reader){ .file = file, .limit = limit ? limit : (size_t)WARC_RECORD_MAX };
}

void warc_release(struct warc_reader *r)
{
	buf_release(&r->member);
	*r = (struct warc_reader){ 0 };
}

static struct slice without_brackets(struct slice s)
{
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		return slice_sub(s, 1, s.n - 1);
	return s;
}

static void set_field(struct warc_record *w, struct slice name, struct slice value)
{
	if (slice_eq_nocase(name, SLICE("WARC-Type"))) {
		for (size_t t = 1; t < sizeof(type_name) / sizeof(*type_name); t++)
			if (slice_eq_nocase(value, slice_str(type_name[t])))
				w->type = (enum warc_type)t;
	} else if (slice_eq_nocase(name, SLICE("WARC-Record-ID"))) {
		w->id = without_brackets(value);
	} else if (slice_eq_nocase(name, SLICE("WARC-Target-URI"))) {
		w->target_uri = without_brackets(value);
	} else if (slice_eq_nocase(name, SLICE("WARC-Date"))) {
		w->date = value;
	} else if (slice_eq_nocase(name, SLICE("WARC-Truncated"))) {
		w->truncated = value;
	} else if (slice_eq_nocase(name, SLICE("Content-Type"))) {
		w->content_type = value;
	}
}

/* WARC 1.1 dates may carry a fraction of a second: "2026-09-14T01:02:03.456Z". */
static int read_date(struct slice s, int64_t *at, struct err *err)
{
	char whole[TIMESTAMP_LEN];
	size_t dot = slice_find(s, '.');

	if (dot == TIMESTAMP_LEN - 1 && s.n <= TIMESTAMP_LEN + 10 && slice_ends(s, SLICE("Z"))) {
		for (size_t i = dot + 1; i + 1 < s.n; i++)
			if (s.p[i] < '0' || s.p[i] > '9')
				return timestamp_parse(s, at, err);
		memcpy(whole, s.p, dot);
		whole[dot] = 'Z';
		s = slice_from(whole, TIMESTAMP_LEN);
	}
	return timestamp_parse(s, at, err);
}

/* Decimal, at most 18 digits. */
static bool read_length(struct slice s, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(s.p[i] - '0');
	}
	return s.n > 0 && s.n <= 18;
}

/* Read the record at the start of s and set *used to what it takes, also on failure (the bytes up
 * to the next thing that looks like a record). */
static int read_record(struct slice s, size_t limit, struct warc_record *out, size_t *used,
                       struct err *err)
{
	struct warc_record w = { 0 };
	struct slice rest = s, line = { NULL, 0 }, name;
	uint64_t length = 0;
	bool has_length = false, ended = false;
	int rc = ERR_SYNTAX;

	slice_cut(&rest, '\n', &line);
	if (!slice_starts(line, SLICE("WARC/1."))) {
		err_set(err, ERR_SYNTAX, 0, "warc: no record starts with '%.*s'",
		        line.n > 20 ? 20 : (int)line.n, line.p ? line.p : "");
		goto skip;
	}
	while (!ended && slice_cut(&rest, '\n', &line)) {
		struct slice value = line;
		ended = slice_trim(line).n == 0;
		if (ended || ascii_space(line.p[0]) || slice_find(line, ':') == line.n)
			continue; /* a folded line belongs to a field that is not needed here */
		slice_cut(&value, ':', &name);
		value = slice_trim(value);
		set_field(&w, name, value);
		if (slice_eq_nocase(name, SLICE("Content-Length")))
			has_length = read_length(value, &length);
	}
	if (!ended || !has_length) {
		err_set(err, ERR_SYNTAX, 0, ended ? "warc: no Content-Length"
		                                  : "warc: a record's header never ends");
		goto skip;
	}
	if (length > rest.n) {
		*used = s.n;
		return err_set(err, ERR_SYNTAX, 0,
		               "warc: a block of %llu bytes is cut off after %zu",
		               (unsigned long long)length, rest.n);
	}
	w.block = slice_sub(rest, 0, (size_t)length);
	rest = slice_sub(rest, (size_t)length, rest.n);
	while (rest.n && (rest.p[0] == '\r' || rest.p[0] == '\n'))
		rest = slice_sub(rest, 1, rest.n);
	*used = s.n - rest.n;
	if (length > limit)
		return err_set(err, ERR_LIMIT, 0, "warc: a block of %llu bytes is over %zu",
		               (unsigned long long)length, limit);
	rc = read_date(w.date, &w.at, err);
	if (rc) {
		err_wrap(err, "warc: WARC-Date");
		return rc;
	}
	*out = w;
	return 0;
skip:;
	size_t next = slice_find_slice(slice_sub(s, 1, s.n), SLICE("\nWARC/1."));
	*used = next + 2 < s.n ? next + 2 : s.n;
	return rc;
}

/* Behind a damaged member: the next two bytes that start one. */
static size_t next_member(struct slice file, size_t at)
{
	size_t next = slice_find_slice(slice_sub(file, at, file.n), SLICE("\x1f\x8b\x08"));

	return at + next < file.n ? at + next : file.n;
}

static int unpack_member(struct warc_reader *r, struct err *err)
{
	size_t used = 0;
	bool ended = false;
	int rc;

	r->member_at = r->at;
	buf_clear(&r->member);
	rc = inflate_stream(INFLATE_GZIP, slice_sub(r->file, r->at, r->file.n), r->limit, &r->member,
	                    &used, &ended, err);
	r->at = ended ? r->at + used : next_member(r->file, r->at + 1);
	if (rc) {
		err_wrap(err, "warc: record at %zu", r->member_at);
		return rc;
	}
	if (!ended)
		return err_set(err, ERR_SYNTAX, r->member_at,
		               "warc: the gzip member at %zu is damaged or cut off", r->member_at);
	r->inner = buf_slice(&r->member);
	return 0;
}

int warc_next(struct warc_reader *r, struct warc_record *out, struct err *err)
{
	size_t used = 0;
	int rc;

	while (r->inner.n == 0) {
		struct slice left = slice_sub(r->file, r->at, r->file.n);
		if (left.n == 0)
			return 0;
		if (slice_starts(left, SLICE("\x1f\x8b"))) {
			rc = unpack_member(r, err);
			if (rc)
				return rc;
			continue; /* an empty member holds nothing */
		}
		if (left.p[0] == '\r' || left.p[0] == '\n') {
			r->at++;
			continue;
		}
		rc = read_record(left, r->limit, out, &used, err);
		if (rc == 0)
			out->offset = r->at;
		r->at += used;
		return rc == 0 ? 1 : rc;
	}
	rc = read_record(r->inner, r->limit, out, &used, err);
	if (rc == 0)
		out->offset = r->member_at;
	r->inner = slice_sub(r->inner, used, r->inner.n);
	return rc == 0 ? 1 : rc;
}

/* A version 8 UUID from the first 16 bytes of a digest. */
static void put_uuid(struct buf *b, struct sha256 d)
{
	d.b[6] = (uint8_t)(0x80 | (d.b[6] & 0x0f));
	d.b[8] = (uint8_t)(0x80 | (d.b[8] & 0x3f));
	for (size_t i = 0; i < 16; i++)
		buf_printf(b, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", d.b[i]);
}

int warc_write_response(struct sink to, struct slice uri, int64_t at, struct slice http, bool gzip,
                        struct err *err)
{
	struct buf b = { 0 }, packed = { 0 };
	char date[TIMESTAMP_SIZE], hex[SHA256_HEX];
	int rc = 0;

	for (size_t i = 0; i < uri.n; i++)
		if ((unsigned char)uri.p[i] <= ' ' || uri.p[i] == 0x7f)
			return err_set(err, ERR_USAGE, i, "warc: white space or a control character in "
			               "the target URI");
	timestamp_format(at, date);
	buf_put(&b, uri);
	buf_printf(&b, " %s\n", date);
	buf_put(&b, http);
	struct sha256 id = sha256_of(buf_slice(&b));
	sha256_hex(sha256_of(http), hex);
	buf_clear(&b);
	buf_puts(&b, "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:");
	put_uuid(&b, id);
	buf_printf(&b, ">\r\nWARC-Date: %s\r\nWARC-Target-URI: ", date);
	buf_put(&b, uri);
	buf_printf(&b, "\r\nWARC-Block-Digest: sha256:%s\r\n"
	           "Content-Type: application/http; msgtype=response\r\nContent-Length: %zu\r\n\r\n",
	           hex, http.n);
	buf_put(&b, http);
	buf_puts(&b, "\r\n\r\n");
	if (!buf_ok(&b))
		rc = err_set(err, ERR_NOMEM, 0, "warc: no memory");
	else if (gzip)
		rc = gzip_member(buf_slice(&b), &packed, err);
	if (rc == 0)
		rc = sink_put(to, gzip ? buf_slice(&packed) : buf_slice(&b), err);
	buf_release(&b);
	buf_release(&packed);
	return rc;
}
