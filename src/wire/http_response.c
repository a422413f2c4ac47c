#include "wire/http_response.h"

#include "base/buf.h"
#include "wire/inflate.h"

enum { CODINGS_MAX = 2 };

struct slice http_field(struct slice fields, const char *name)
{
	struct slice line, key;

	while (slice_cut(&fields, '\n', &line)) {
		struct slice value = line;
		if (slice_find(line, ':') < line.n && slice_cut(&value, ':', &key) &&
		    slice_eq_nocase(key, slice_str(name)))
			return slice_trim(value);
	}
	return (struct slice){ NULL, 0 };
}

/* Chunk size at s[*at], with its line end (RFC 9112, 7.1); false where there is none. */
static bool get_chunk_size(struct slice s, size_t *at, size_t *size)
{
	size_t i = *at, digits = 0;

	*size = 0;
	for (; i < s.n; i++, digits++) {
		char c = ascii_lower(s.p[i]);
		size_t d = c >= '0' && c <= '9' ? (size_t)(c - '0')
		           : c >= 'a' && c <= 'f' ? (size_t)(c - 'a') + 10 : 16;
		if (d == 16)
			break;
		if (digits >= 15)
			return false;
		*size = *size << 4 | d;
	}
	if (digits == 0 || i >= s.n || (s.p[i] != '\r' && s.p[i] != '\n' && s.p[i] != ';' &&
	                                s.p[i] != ' '))
		return false;
	size_t end = i + slice_find(slice_sub(s, i, s.n), '\n');
	if (end >= s.n)
		return false;
	*at = end + 1;
	return true;
}

/* Walks the chunks of a body: start with the size of the first. False behind the last one. */
struct chunks {
	struct slice body;
	size_t at, size;
	bool ended, truncated;
};

static bool next_chunk(struct chunks *c, struct slice *chunk)
{
	if (c->ended)
		return false;
	if (c->size > c->body.n - c->at) {
		c->size = c->body.n - c->at;
		c->truncated = true;
	}
	*chunk = slice_sub(c->body, c->at, c->at + c->size);
	c->at += c->size;
	c->ended = c->size == 0 || c->truncated;
	if (!c->ended) {
		if (c->at < c->body.n && c->body.p[c->at] == '\r')
			c->at++;
		if (c->at < c->body.n && c->body.p[c->at] == '\n')
			c->at++;
		if (!get_chunk_size(c->body, &c->at, &c->size))
			c->ended = c->truncated = true;
	}
	return chunk->n > 0;
}

static int dechunk(struct slice body, struct arena *a, struct http_response *r, struct err *err)
{
	struct chunks c = { .body = body };
	struct slice chunk;
	size_t n = 0;

	if (!get_chunk_size(body, &c.at, &c.size))
		return 0; /* stored without its chunks */
	char *out = arena_alloc(a, body.n);
	if (!out)
		return err_set(err, ERR_NOMEM, 0, "http: no memory");
	while (next_chunk(&c, &chunk)) {
		memcpy(out + n, chunk.p, chunk.n);
		n += chunk.n;
	}
	r->truncated = c.truncated;
	r->payload = slice_from(out, n);
	return 0;
}

size_t http_response_pieces(struct slice message, const struct http_response *r,
                            struct slice *out, size_t room)
{
	size_t end = (size_t)(r->fields.p - message.p) + r->fields.n, n = 0;
	struct chunks c = { .body = slice_sub(message, end, message.n) };
	struct slice chunk;

	if (r->payload.n == 0)
		return 0;
	if (r->payload.p >= message.p && r->payload.p < message.p + message.n) {
		if (room)
			out[0] = r->payload;
		return 1;
	}
	get_chunk_size(c.body, &c.at, &c.size);
	for (; next_chunk(&c, &chunk); n++)
		if (n < room)
			out[n] = chunk;
	return n;
}

/* "HTTP/1.1 200 OK"; 0 where it is none. */
static int status_of(struct slice line)
{
	if (!slice_starts(line, SLICE("HTTP/")))
		return 0;
	size_t at = slice_find(line, ' ');
	int status = 0;
	for (size_t i = at + 1; i < at + 4; i++) {
		if (i >= line.n || line.p[i] < '0' || line.p[i] > '9')
			return 0;
		status = status * 10 + (line.p[i] - '0');
	}
	return status >= 100 && status <= 599 ? status : 0;
}

/* Where the header ends: behind the first empty line, or at the end of the message. */
static size_t header_end(struct slice m)
{
	for (size_t at = 0; at < m.n;) {
		size_t line = at;
		at += slice_find(slice_sub(m, at, m.n), '\n') + 1;
		if (at > m.n)
			break;
		if (at - line == 1 || (at - line == 2 && m.p[line] == '\r'))
			return at;
	}
	return m.n;
}

int http_response_parse(struct slice message, struct arena *a, struct http_response *out,
                        struct err *err)
{
	struct http_response r = { 0 };
	struct slice first, rest = message;
	size_t end = header_end(message);

	slice_cut(&rest, '\n', &first);
	r.status = message.n ? status_of(first) : 0;
	if (r.status == 0)
		return err_set(err, ERR_SYNTAX, 0, "http: no status line");
	r.fields = slice_sub(message, slice_find(message, '\n') + 1, end);
	r.content_type = http_field(r.fields, "content-type");
	r.content_encoding = http_field(r.fields, "content-encoding");
	r.location = http_field(r.fields, "location");
	r.payload = slice_sub(message, end, message.n);
	if (slice_eq_nocase(http_field(r.fields, "transfer-encoding"), SLICE("chunked"))) {
		int rc = dechunk(r.payload, a, &r, err);
		if (rc)
			return rc;
	} else {
		struct slice length = http_field(r.fields, "content-length");
		size_t promised = 0;
		for (size_t i = 0; i < length.n && i < 15; i++)
			if (length.p[i] >= '0' && length.p[i] <= '9')
				promised = promised * 10 + (size_t)(length.p[i] - '0');
		r.truncated = promised > r.payload.n;
	}
	*out = r;
	return 0;
}

/* Undo one coding. */
static int undo(struct slice coding, struct slice in, size_t limit, struct buf *out,
                struct err *err)
{
	size_t used;
	bool ended;
	int rc;

	if (slice_eq_nocase(coding, SLICE("gzip")) || slice_eq_nocase(coding, SLICE("x-gzip"))) {
		if (!slice_starts(in, SLICE("\x1f\x8b"))) {
			buf_put(out, in); /* stored decoded */
			return 0;
		}
		rc = inflate_stream(INFLATE_GZIP, in, limit, out, &used, &ended, err);
	} else if (slice_eq_nocase(coding, SLICE("deflate"))) {
		/* RFC 9110, 8.4.1.2: some senders leave the zlib wrapper out. */
		rc = inflate_stream(INFLATE_ZLIB, in, limit, out, &used, &ended, err);
		if (rc == 0 && !ended && out->n == 0)
			rc = inflate_stream(INFLATE_RAW, in, limit, out, &used, &ended, err);
	} else {
		return err_set(err, ERR_SYNTAX, 0, "http: content coding '%.*s' is not one of gzip, "
		               "deflate, identity", coding.n > 40 ? 40 : (int)coding.n, coding.p);
	}
	if (rc == 0 && !ended && out->n == 0 && in.n)
		return err_set(err, ERR_SYNTAX, 0, "http: the %.*s data is damaged from the start",
		               SLICE_ARG(coding));
	if (rc)
		err_wrap(err, "http");
	return rc;
}

/* cut NULL: too much is an error. */
static int decode(struct slice content_encoding, struct slice payload, size_t limit,
                  struct arena *a, struct slice *out, bool *cut, struct err *err)
{
	struct slice coding[CODINGS_MAX], one, bytes = payload;
	struct buf step[CODINGS_MAX] = { { 0 } };
	size_t n = 0;
	int rc = 0;

	for (struct slice rest = content_encoding; slice_cut(&rest, ',', &one);) {
		one = slice_trim(one);
		if (one.n == 0 || slice_eq_nocase(one, SLICE("identity")))
			continue;
		if (n == CODINGS_MAX)
			return err_set(err, ERR_SYNTAX, 0, "http: more than %d content codings",
			               CODINGS_MAX);
		coding[n++] = one;
	}
	/* Codings are listed in the order in which they were applied. */
	for (size_t i = n; i-- > 0 && rc == 0;) {
		rc = undo(coding[i], bytes, limit, &step[i], err);
		bytes = buf_slice(&step[i]);
		if (rc == ERR_LIMIT && cut) {
			*cut = true;
			rc = 0;
		}
		if (rc == 0 && !buf_ok(&step[i]))
			rc = err_set(err, ERR_NOMEM, 0, "http: no memory");
	}
	if (rc == 0 && bytes.n > limit && cut) {
		*cut = true;
		bytes = slice_sub(bytes, 0, limit);
	}
	if (rc == 0 && bytes.n > limit)
		rc = err_set(err, ERR_LIMIT, limit, "http: content of %zu bytes is over %zu", bytes.n,
		             limit);
	if (rc == 0 && n) {
		bytes = arena_copy(a, bytes);
		if (!bytes.p)
			rc = err_set(err, ERR_NOMEM, 0, "http: no memory");
	}
	if (rc == 0)
		*out = bytes;
	for (size_t i = 0; i < CODINGS_MAX; i++)
		buf_release(&step[i]);
	return rc;
}

int http_content_decode(struct slice content_encoding, struct slice payload, size_t limit,
                        struct arena *a, struct slice *out, struct err *err)
{
	return decode(content_encoding, payload, limit, a, out, NULL, err);
}

int http_content_decode_part(struct slice content_encoding, struct slice payload, size_t limit,
                             struct arena *a, struct slice *out, bool *cut, struct err *err)
{
	struct err why; /* a part that was cut off is no failure: err stays as it is */

	*cut = false;
	int rc = decode(content_encoding, payload, limit, a, out, cut, &why);
	if (rc && err)
		*err = why;
	return rc;
}
