#include "sys/http_guard.h"

/* The walk along the library's memory, field by field. */
struct walk {
	const char *at;  /* where the line before ended */
	const char *end; /* of the head */
	unsigned hosts, lengths, encodings;
	struct slice host, length, encoding;
	bool bad;
};

/* Whether between two parts there is nothing but `least` to `most` octets of line ends. The library
 * has overwritten them: CR LF is two NULs, a bare LF is one. */
static bool is_gap(const char *from, const char *to, ptrdiff_t least, ptrdiff_t most)
{
	if (to - from < least || to - from > most)
		return false;
	for (; from < to; from++)
		if (*from != '\0')
			return false;
	return true;
}

static bool is_bad_name(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (c <= 0x20 || c == 0x7f)
			return true;
	}
	return name.n == 0;
}

static enum MHD_Result walk_field(void *ctx, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                  const char *value, size_t value_n)
{
	struct walk *w = ctx;
	struct slice name = slice_from(key, key_n), text = slice_from(value, value_n);

	(void)kind;
	/* A folded line was copied elsewhere by the library; a NUL in a value moves the next field. */
	if (!is_gap(w->at, key, 1, 2) || !value || value <= key + key_n || value + value_n >= w->end)
		w->bad = true;
	/* The library ends a line at LF alone, so any CR it has left is a bare one. */
	if (is_bad_name(name) || slice_find(text, '\r') < text.n)
		w->bad = true;
	if (w->bad)
		return MHD_NO;
	w->at = value + value_n;
	if (slice_eq_nocase(name, SLICE("host"))) {
		w->hosts++;
		w->host = text;
	} else if (slice_eq_nocase(name, SLICE("content-length"))) {
		w->lengths++;
		w->length = text;
	} else if (slice_eq_nocase(name, SLICE("transfer-encoding"))) {
		w->encodings++;
		w->encoding = text;
	}
	return MHD_YES;
}

/* What nginx takes for a host: no control, no slash, no empty label inside. Nothing here is ever
 * chosen by it. */
static bool is_host(struct slice host)
{
	host = slice_trim(host);
	for (size_t i = 0; i < host.n; i++) {
		unsigned char c = (unsigned char)host.p[i];
		if (c <= 0x20 || c == 0x7f || c == '/')
			return false;
		if (c == '.' && i && host.p[i - 1] == '.')
			return false;
	}
	return host.n && host.p[0] != ':';
}

/* Blanks between the parts of a request line may be several (RFC 9112 3). */
static bool is_blank(const char *from, const char *to)
{
	while (from < to && *from == ' ')
		from++;
	return from == to;
}

static bool is_alpha(char c)
{
	c = ascii_lower(c);
	return c >= 'a' && c <= 'z';
}

/* "scheme://host" before the path is dropped (RFC 9112 3.2.2). */
static bool to_origin_form(struct buf *target, struct slice *out)
{
	struct slice raw = buf_slice(target);

	if (raw.n && raw.p[0] == '/') {
		*out = raw;
		return true;
	}
	size_t colon = slice_find_slice(raw, SLICE("://"));
	if (colon == 0 || colon == raw.n || !is_alpha(raw.p[0]))
		return false;
	for (size_t i = 1; i < colon; i++) {
		char c = raw.p[i];
		if (!is_alpha(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
			return false;
	}
	size_t end = colon + 3;
	while (end < raw.n && raw.p[end] != '/' && raw.p[end] != '?' && raw.p[end] != '#')
		end++;
	if (!is_host(slice_sub(raw, colon + 3, end)))
		return false;
	/* No path is the root; its slash takes the place of the host's last byte. */
	if (end < raw.n && raw.p[end] == '?')
		target->p[--end] = '/';
	*out = end < raw.n && raw.p[end] == '/' ? slice_sub(raw, end, raw.n) : SLICE("/");
	return true;
}

static bool is_method(struct slice method)
{
	for (size_t i = 0; i < method.n; i++) {
		char c = method.p[i];
		if (!(c >= 'A' && c <= 'Z') && c != '_' && c != '-')
			return false;
	}
	return method.n > 0;
}

static bool is_target(struct slice target)
{
	for (size_t i = 0; i < target.n; i++) {
		unsigned char c = (unsigned char)target.p[i];
		if (c <= 0x20 || c == 0x7f)
			return false;
	}
	return target.n > 0;
}

static bool to_number(struct slice digits, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		if (c < '0' || c > '9' || v > (UINT64_MAX - 9) / 10)
			return false;
		v = v * 10 + (uint64_t)(c - '0');
	}
	*out = v;
	return digits.n > 0;
}

unsigned http_guard(const struct http_head *head, const struct http_limits *limits,
                    struct http_framing *out)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(head->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct slice method = slice_str(head->method);
	struct http_framing f = { 0 };

	if (!info)
		return 400;
	struct walk w = { .end = head->method + info->header_size };
	bool is_11 = strcmp(head->version, "HTTP/1.0") != 0;

	/* The library has put a NUL for the blank behind the method and for the last one before the
	 * version; a NUL that was sent makes a part end earlier than the next one allows. */
	if (!is_method(method) || !is_blank(head->method + method.n + 1, head->target_at) ||
	    head->target_at + head->raw->n + 1 != head->version)
		return 400;
	while (head->raw->n && head->raw->p[head->raw->n - 1] == ' ')
		head->raw->n--;
	if (head->raw->n > limits->target)
		return 414;
	if (!is_target(buf_slice(head->raw)))
		return 400;
	if (info->header_size > limits->head)
		return 431;
	if (!to_origin_form(head->raw, &f.target))
		return 400;
	w.at = head->version + strlen(head->version);
	MHD_get_connection_values_n(head->connection, MHD_HEADER_KIND, walk_field, &w);
	if (w.bad || !is_gap(w.at, w.end, 2, 4)) /* the last line's end, and the empty line's */
		return 400;

	if (w.hosts > 1 || w.lengths > 1 || w.encodings > 1 || (w.lengths && w.encodings))
		return 400;
	if (w.hosts ? !is_host(w.host) : is_11)
		return 400;
	if (w.lengths && !to_number(w.length, &f.length))
		return 400;
	if (w.encodings) {
		if (!is_11)
			return 400; /* RFC 9112 6.1: its framing is faulty */
		/* The library compares the bare value; what it would not take for chunked must
		 * not be taken for it by us. */
		if (!slice_eq_nocase(w.encoding, SLICE("chunked")))
			return 501;
		f.is_chunked = true;
	}
	if (slice_eq_str(method, "TRACE") || slice_eq_str(method, "CONNECT"))
		return 405;
	*out = f;
	return 0;
}
