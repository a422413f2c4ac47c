#include "wire/query.h"

#include "base/utf8.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int percent_decode(struct slice raw, bool plus, struct arena *arena, struct slice *out,
                   struct err *err)
{
	size_t n = 0, bad;
	char *text = arena_alloc(arena, raw.n + 1);

	if (!text)
		return err_set(err, ERR_NOMEM, 0, "target: out of memory");
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '%') {
			int high = i + 1 < raw.n ? digit(raw.p[i + 1]) : -1;
			int low = i + 2 < raw.n ? digit(raw.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return err_set(err, ERR_SYNTAX, i,
				               "target: '%%' without two hexadecimal digits");
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return err_set(err, ERR_SYNTAX, i, "target: NUL");
		text[n++] = c;
	}
	if (utf8_valid(slice_from(text, n), &bad)) {
		*out = slice_from(text, n);
		return 0;
	}
	/* Where the raw text says it: each decoded octet stands for one or three of them. */
	size_t at = 0;
	while (bad--)
		at += raw.p[at] == '%' ? 3 : 1;
	return err_set(err, ERR_SYNTAX, at, "target: not UTF-8");
}

/* Decode a part of a whole, so that an error says where in the whole. */
static int decode_part(struct slice whole, struct slice part, bool plus, struct arena *arena,
                       struct slice *out, struct err *err)
{
	struct err inner = { 0 };
	int rc = percent_decode(part, plus, arena, out, &inner);

	if (rc < 0)
		err_set(err, inner.code, (size_t)(part.p - whole.p) + inner.at, "%s", inner.what);
	return rc;
}

int query_parse(struct slice raw, struct arena *arena, struct query *out, struct err *err)
{
	struct slice rest = raw, part;
	size_t n = 0, most = 0;

	while (slice_cut(&rest, '&', &part))
		most += part.n > 0;
	if (most > QUERY_PAIRS)
		return err_set(err, ERR_LIMIT, 0, "target: more than %d pairs", QUERY_PAIRS);
	struct query_pair *pair = arena_array(arena, most, sizeof(*pair));
	if (!pair)
		return err_set(err, ERR_NOMEM, 0, "target: out of memory");
	for (rest = raw; slice_cut(&rest, '&', &part);) {
		if (part.n == 0)
			continue;
		size_t sign = slice_find(part, '=');
		struct slice value = slice_sub(part, sign + 1, part.n);
		struct query_pair *p = &pair[n++];
		p->has_value = sign < part.n;
		int rc = decode_part(raw, slice_sub(part, 0, sign), true, arena, &p->key, err);
		if (rc == 0)
			rc = decode_part(raw, value, true, arena, &p->value, err);
		if (rc < 0)
			return rc;
	}
	*out = (struct query){ pair, n };
	return 0;
}

struct slice query_get(const struct query *query, const char *key)
{
	for (size_t i = 0; i < query->n; i++)
		if (slice_eq_str(query->pair[i].key, key))
			return query->pair[i].value;
	return (struct slice){ 0 };
}

size_t query_count(const struct query *query, const char *key)
{
	size_t n = 0;

	for (size_t i = 0; i < query->n; i++)
		n += slice_eq_str(query->pair[i].key, key);
	return n;
}

int path_parse(struct slice raw, struct arena *arena, struct path *out, struct err *err)
{
	size_t n = 0;

	if (raw.n && raw.p[0] != '/')
		return err_set(err, ERR_SYNTAX, 0, "target: the path does not begin with '/'");
	for (size_t i = 0; i < raw.n; i++)
		n += raw.p[i] == '/';
	if (raw.n == 1)
		n = 0; /* the root */
	if (n > PATH_SEGMENTS)
		return err_set(err, ERR_LIMIT, 0, "target: more than %d segments", PATH_SEGMENTS);
	struct slice *segment = arena_array(arena, n, sizeof(*segment));
	if (!segment)
		return err_set(err, ERR_NOMEM, 0, "target: out of memory");
	size_t from = 1;
	for (size_t i = 0; i < n; i++) {
		size_t length = slice_find(slice_sub(raw, from, raw.n), '/');
		struct slice part = slice_sub(raw, from, from + length);
		int rc = decode_part(raw, part, false, arena, &segment[i], err);
		if (rc < 0)
			return rc;
		from += length + 1;
	}
	*out = (struct path){ segment, n };
	return 0;
}
