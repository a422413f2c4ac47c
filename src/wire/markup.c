/* A tag is written open ("<p") and closed by whatever comes next, so attributes need no list.
 * Characters pass one gate, next_char, on their way to either place. */
#include "wire/markup.h"

#include "base/utf8.h"

#include <stdint.h>

enum { MARKS_MAX = 4 /* combining marks in a row; more climb over the lines around them */ };

struct range {
	uint32_t first, last;
};

/* Sorted. Default_Ignorable_Code_Point (DerivedCoreProperties.txt), the marks and embeddings of
 * UAX #9, line and paragraph separators, interlinear annotation, byte order marks. */
static const struct range dropped[] = {
	{ 0x0000, 0x0008 },   { 0x000b, 0x000c },   { 0x000e, 0x001f },   { 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x061c, 0x061c },   { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
	{ 0x2060, 0x206f },   { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

/* Marks that stand on the letter before them, of the blocks that text is defaced with. */
static const struct range marks[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe20, 0xfe2f },
};

static bool is_in(uint32_t c, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n && c >= r[i].first; i++)
		if (c <= r[i].last)
			return true;
	return false;
}

static bool is_dropped(uint32_t c)
{
	/* Noncharacters are the last two of every plane and U+FDD0 to U+FDEF. */
	return is_in(c, dropped, sizeof(dropped) / sizeof(dropped[0])) || (c & 0xfffe) == 0xfffe ||
	       (c >= 0xfdd0 && c <= 0xfdef);
}

static bool is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == 0x85 ||
	       c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
	       c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* The next character of s that may be shown, false at its end. *row counts marks in a row. */
static bool next_char(struct slice s, size_t *at, unsigned *row, uint32_t *out)
{
	while (*at < s.n) {
		uint32_t c = utf8_next(s, at);
		if (is_dropped(c))
			continue;
		*row = is_in(c, marks, sizeof(marks) / sizeof(marks[0])) ? *row + 1 : 0;
		if (*row > MARKS_MAX)
			continue;
		*out = c;
		return true;
	}
	return false;
}

static void put_char(struct buf *out, uint32_t c)
{
	char bytes[4];

	buf_put(out, slice_from(bytes, utf8_encode(c, bytes)));
}

void markup_clean(struct buf *out, struct slice text, size_t max)
{
	size_t shown = 0;
	unsigned row = 0;
	bool space = false;

	for (size_t at = 0; at < text.n;) {
		size_t next = at;
		uint32_t c = utf8_next(text, &next);
		if (is_space(c)) {
			space = shown > 0;
			row = 0;
			at = next;
			continue;
		}
		/* One character a turn: next_char would run over white space. */
		struct slice one = slice_sub(text, at, next);
		size_t within = 0;
		at = next;
		if (!next_char(one, &within, &row, &c))
			continue;
		if (shown + space >= max) {
			buf_puts(out, "\xe2\x80\xa6");
			return;
		}
		if (space)
			buf_putc(out, ' ');
		shown += space + 1u;
		space = false;
		put_char(out, c);
	}
}

static void put_escaped(struct buf *out, struct slice s)
{
	unsigned row = 0;
	uint32_t c;

	for (size_t at = 0; next_char(s, &at, &row, &c);) {
		switch (c) {
		case '&': buf_puts(out, "&amp;"); break;
		case '<': buf_puts(out, "&lt;"); break;
		case '>': buf_puts(out, "&gt;"); break;
		case '"': buf_puts(out, "&quot;"); break;
		case '\'': buf_puts(out, "&#39;"); break;
		case '\r': buf_putc(out, '\n'); break; /* what a reader makes of it (13.2.3.5) */
		default: put_char(out, c);
		}
	}
}

static bool is_name(const char *s)
{
	if (!s || s[0] < 'a' || s[0] > 'z')
		return false;
	for (; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || *s == '-'))
			return false;
	return true;
}

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static bool is_void(const char *element)
{
	static const char *const list[] = { "br", "hr", "img", "input", "link", "meta", NULL };

	return is_one_of(element, list);
}

/* Their text is not read as text, so escaping would not hold (13.1.2.6). */
static bool is_raw(const char *element)
{
	static const char *const list[] = { "iframe", "noembed", "noframes", "noscript", "plaintext",
		                            "script", "style", "template", "textarea", "xmp", NULL };

	return is_one_of(element, list);
}

/* Elements that begin a line of the source, for those who read it. */
static bool is_block(const char *element)
{
	static const char *const list[] = {
		"a",     "abbr", "b",    "bdi",    "button", "cite",   "code", "dd",
		"dt",    "em",   "h1",   "h2",     "h3",     "h4",     "i",    "label",
		"input", "li",   "mark", "option", "p",      "q",      "script", "span",
		"strong", "td",  "th",   "time",   "title",  NULL,
	};

	return !is_one_of(element, list);
}

static void end_tag_head(struct markup *m)
{
	if (!m->in_tag)
		return;
	m->in_tag = false;
	buf_putc(m->out, '>');
	if (m->depth && is_void(m->open[m->depth - 1]))
		m->depth--;
}

void markup_open(struct markup *m, struct buf *out)
{
	*m = (struct markup){ .out = out };
	buf_puts(out, "<!DOCTYPE html>\n");
}

int markup_close(struct markup *m, struct err *err)
{
	end_tag_head(m);
	if (!buf_ok(m->out))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (m->failed || m->depth)
		return err_set(err, ERR_USAGE, m->out->n, "markup: %s",
		               m->failed ? "misused" : "an element was not ended");
	buf_putc(m->out, '\n');
	return buf_ok(m->out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* Whether something may stand here: not after a misuse, nothing inside script. */
static bool may_hold(struct markup *m)
{
	if (!m->failed)
		end_tag_head(m);
	if (m->depth && is_raw(m->open[m->depth - 1]))
		m->failed = true;
	return !m->failed;
}

void markup_begin(struct markup *m, const char *element)
{
	if (!may_hold(m))
		return;
	if (!is_name(element) || m->depth == MARKUP_DEPTH) {
		m->failed = true;
		return;
	}
	if (is_block(element) && m->out->n && m->out->p[m->out->n - 1] != '\n')
		buf_putc(m->out, '\n');
	buf_putc(m->out, '<');
	buf_puts(m->out, element);
	m->open[m->depth++] = element;
	m->in_tag = true;
}

void markup_end(struct markup *m)
{
	if (m->failed)
		return;
	bool was_void = m->in_tag && m->depth && is_void(m->open[m->depth - 1]);
	end_tag_head(m);
	if (was_void)
		return;
	if (m->depth == 0) {
		m->failed = true;
		return;
	}
	buf_puts(m->out, "</");
	buf_puts(m->out, m->open[--m->depth]);
	buf_putc(m->out, '>');
}

void markup_attr(struct markup *m, const char *name, struct slice value)
{
	/* An address goes through markup_link; a handler or a style is never written at all. */
	static const char *const barred[] = { "href", "src", "action", "formaction", "style",
		                              "srcdoc", NULL };

	if (m->failed)
		return;
	if (!m->in_tag || !is_name(name) || is_one_of(name, barred) || strncmp(name, "on", 2) == 0) {
		m->failed = true;
		return;
	}
	buf_putc(m->out, ' ');
	buf_puts(m->out, name);
	buf_puts(m->out, "=\"");
	put_escaped(m->out, value);
	buf_putc(m->out, '"');
}

static bool is_own_link(struct slice url)
{
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= 0x20 || url.p[i] == '\\' || url.p[i] == 0x7f)
			return false;
	if (url.n == 0)
		return false;
	if (url.p[0] == '/')
		return url.n == 1 || url.p[1] != '/'; /* "//host" is another site */
	return url.p[0] == '#' || url.p[0] == '?' || slice_starts(url, SLICE("https://")) ||
	       slice_starts(url, SLICE("mailto:")) || slice_starts(url, SLICE("tel:"));
}

void markup_link(struct markup *m, const char *name, struct slice url)
{
	static const char *const names[] = { "href", "src", "action", NULL };

	if (m->failed)
		return;
	if (!m->in_tag || !is_one_of(name, names) || !is_own_link(url)) {
		m->failed = true;
		return;
	}
	buf_putc(m->out, ' ');
	buf_puts(m->out, name);
	buf_puts(m->out, "=\"");
	put_escaped(m->out, url);
	buf_putc(m->out, '"');
}

void markup_text(struct markup *m, struct slice text)
{
	if (may_hold(m))
		put_escaped(m->out, text);
}

void markup_foreign(struct markup *m, struct slice text, size_t max)
{
	struct buf clean = { 0 };

	markup_clean(&clean, text, max);
	markup_begin(m, "bdi");
	markup_text(m, buf_slice(&clean));
	markup_end(m);
	if (!buf_ok(&clean))
		m->out->failed = true;
	buf_release(&clean);
}

void markup_percent(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		             c == '-' || c == '.' || c == '_' || c == '~';
		if (plain)
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}
