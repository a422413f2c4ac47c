#include "wire/json_writer.h"

#include "base/utf8.h"

/* Before a value or a name: the comma. */
static void begin(struct json_writer *w)
{
	if (w->named) {
		w->named = false;
		return;
	}
	if (w->depth && w->level[w->depth - 1].any)
		buf_putc(w->out, ',');
	if (w->depth)
		w->level[w->depth - 1].any = true;
}

void json_writer_open(struct json_writer *w, char bracket)
{
	begin(w);
	buf_putc(w->out, bracket);
	if (w->depth == JSON_WRITER_DEPTH) {
		w->failed = true;
		return;
	}
	w->level[w->depth].name = NULL;
	w->level[w->depth].any = false;
	w->depth++;
}

void json_writer_close(struct json_writer *w, char bracket)
{
	buf_putc(w->out, bracket);
	if (w->depth == 0 || w->named)
		w->failed = true;
	else
		w->depth--;
}

/* RFC 8785 3.2.2.2: the short escapes, \u00xx for the other control characters. */
static void put_escaped(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char *shorts = "\"\"\\\\\bb\tt\nn\ff\rr";

	while (*shorts && (unsigned char)*shorts != c)
		shorts += 2;
	if (*shorts) {
		buf_putc(out, '\\');
		buf_putc(out, shorts[1]);
	} else {
		buf_puts(out, "\\u00");
		buf_putc(out, hex[c >> 4]);
		buf_putc(out, hex[c & 15]);
	}
}

static bool is_escaped(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

static void put_text(struct buf *out, struct slice s)
{
	bool valid = utf8_valid(s, NULL);
	size_t from = 0, at = 0;

	buf_reserve(out, s.n + 2); /* at once, what is enough for most */
	buf_putc(out, '"');
	while (at < s.n) {
		unsigned char c = (unsigned char)s.p[at];
		size_t start = at;
		bool bad = false;
		if (c >= 0x80 && !valid)
			bad = utf8_next(s, &at) == UTF8_BAD;
		else
			at++;
		if (!bad && !is_escaped(c))
			continue;
		buf_put(out, slice_sub(s, from, start));
		from = at;
		if (bad)
			buf_puts(out, "\xef\xbf\xbd");
		else
			put_escaped(out, c);
	}
	buf_put(out, slice_sub(s, from, s.n));
	buf_putc(out, '"');
}

void json_writer_name(struct json_writer *w, const char *name)
{
	struct slice s = slice_str(name);
	size_t top = w->depth - 1;

	begin(w);
	if (w->depth == 0 || w->named ||
	    (w->level[top].name && slice_cmp(slice_str(w->level[top].name), s) >= 0)) {
		w->failed = true;
		return;
	}
	w->level[top].name = name;
	/* A literal of ours has nothing to escape. */
	buf_reserve(w->out, s.n + 3);
	buf_putc(w->out, '"');
	buf_put(w->out, s);
	buf_puts(w->out, "\":");
	w->named = true;
}

void json_writer_text(struct json_writer *w, struct slice s)
{
	begin(w);
	put_text(w->out, s);
}

void json_writer_number(struct json_writer *w, int64_t n)
{
	begin(w);
	buf_put_i64(w->out, n);
}

void json_writer_flag(struct json_writer *w, bool b)
{
	begin(w);
	buf_puts(w->out, b ? "true" : "false");
}

void json_writer_member(struct json_writer *w, const char *name, struct slice s)
{
	if (s.n == 0)
		return;
	json_writer_name(w, name);
	json_writer_text(w, s);
}

bool json_writer_ok(const struct json_writer *w)
{
	return !w->failed && w->depth == 0 && buf_ok(w->out);
}
