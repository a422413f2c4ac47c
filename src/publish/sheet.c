/* Plain text: inline text gathers in .line; a block element that begins or ends writes it out,
 * wrapped, with a prefix made from the elements that are open:
 *
 *   ul li            "- "      then two blanks under it, deeper for each list inside
 *   blockquote       "| "      on every line
 *   dd               "    "
 */
#include "publish/sheet.h"

#include "base/utf8.h"

#include <unilbrk.h>
#include <uniwidth.h>

#include <stdlib.h>

void sheet_open(struct sheet *s, bool plain, struct buf *out)
{
	*s = (struct sheet){ .out = out, .plain = plain, .from = out->n };
	if (!plain)
		markup_open(&s->html, out);
}

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static bool is_inline(const char *element)
{
	static const char *const list[] = { "a",    "abbr", "b",    "bdi",    "cite", "code",
		                            "em",   "i",    "mark", "q",      "small", "span",
		                            "strong", "time", NULL };

	return is_one_of(element, list);
}

static bool is_list(const char *element)
{
	return strcmp(element, "ul") == 0 || strcmp(element, "ol") == 0;
}

static unsigned lists_open(const struct sheet *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->depth; i++)
		n += is_list(s->open[i]);
	return n;
}

/* The innermost element that is no inline one; "" at the outside. */
static const char *block_of(const struct sheet *s)
{
	for (unsigned i = s->depth; i > 0; i--)
		if (!is_inline(s->open[i - 1]))
			return s->open[i - 1];
	return "";
}

static void put_prefix(const struct sheet *s, bool bullet, struct buf *out)
{
	unsigned lists = lists_open(s), seen = 0;

	for (unsigned i = 0; i < s->depth; i++) {
		if (is_list(s->open[i]))
			buf_puts(out, ++seen == lists && bullet ? "- " : "  ");
		else if (strcmp(s->open[i], "blockquote") == 0)
			buf_puts(out, "| ");
		else if (strcmp(s->open[i], "dd") == 0)
			buf_puts(out, "    ");
	}
}

static size_t width_of(struct slice s)
{
	int width = u8_width((const uint8_t *)s.p, s.n, "UTF-8");

	return width > 0 ? (size_t)width : 0;
}

/* Where the line that begins at `from` ends: the last place to break that still fits; in the midst
 * of a word that is longer than a line. `breaks` is what UAX #14 says before each byte. */
static size_t line_end(struct slice text, size_t from, size_t room, const char *breaks)
{
	size_t width = 0, end = from;

	for (size_t at = from; at < text.n;) {
		size_t next = at;
		uint32_t c = utf8_next(text, &next);
		int w = uc_width(c, "UTF-8");
		if (at > from && (breaks[at] == UC_BREAK_POSSIBLE || breaks[at] == UC_BREAK_MANDATORY))
			end = at;
		/* A blank at the end of the line takes no room: it is cut off. */
		if (w > 0 && c != ' ' && width + (size_t)w > room)
			return end > from ? end : at > from ? at : next;
		width += w > 0 ? (size_t)w : 0;
		at = next;
	}
	return text.n;
}

static void put_wrapped(struct sheet *s, struct slice text)
{
	struct buf first = { 0 }, rest = { 0 };
	char *breaks = malloc(text.n ? text.n : 1);

	put_prefix(s, s->bullet, &first);
	put_prefix(s, false, &rest);
	if (!breaks || !buf_ok(&first) || !buf_ok(&rest)) {
		s->out->failed = true;
		goto done;
	}
	u8_possible_linebreaks((const uint8_t *)text.p, text.n, "UTF-8", breaks);
	for (size_t at = 0; at < text.n;) {
		const struct buf *prefix = at ? &rest : &first;
		size_t taken = prefix->n < SHEET_COLUMNS / 2 ? prefix->n : SHEET_COLUMNS / 2;
		size_t end = line_end(text, at, SHEET_COLUMNS - taken, breaks);
		buf_put(s->out, buf_slice(prefix));
		buf_put(s->out, slice_trim(slice_sub(text, at, end)));
		buf_putc(s->out, '\n');
		at = end;
		while (at < text.n && text.p[at] == ' ')
			at++;
	}
done:
	free(breaks);
	buf_release(&first);
	buf_release(&rest);
}

static void put_underline(struct sheet *s, size_t width, char c)
{
	for (size_t i = 0; i < width && i < SHEET_COLUMNS; i++)
		buf_putc(s->out, c);
	buf_putc(s->out, '\n');
}

/* Write what stands in the block so far. */
static void flush(struct sheet *s)
{
	struct buf text = { 0 };
	const char *block = block_of(s);
	unsigned lists = lists_open(s);

	markup_clean(&text, buf_slice(&s->line), SIZE_MAX);
	buf_clear(&s->line);
	if (text.n) {
		bool apart = (lists == 0 && strcmp(block, "dd") != 0) || (lists == 1 && s->list_began);
		if (apart && s->out->n > s->from)
			buf_putc(s->out, '\n');
		s->list_began = false;
		put_wrapped(s, buf_slice(&text));
		s->bullet = false;
		if (strcmp(block, "h1") == 0)
			put_underline(s, width_of(buf_slice(&text)), '=');
		else if (strcmp(block, "h2") == 0)
			put_underline(s, width_of(buf_slice(&text)), '-');
	}
	if (!buf_ok(&text) || !buf_ok(&s->line))
		s->out->failed = true;
	buf_release(&text);
}

int sheet_close(struct sheet *s, struct err *err)
{
	int rc = 0;

	if (s->plain) {
		flush(s);
		if (!buf_ok(s->out))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		else if (s->misused || s->depth)
			rc = err_set(err, ERR_USAGE, 0, "sheet: an element too many or too few was ended");
	} else {
		rc = markup_close(&s->html, err);
	}
	buf_release(&s->line);
	buf_release(&s->href);
	return rc;
}

void sheet_begin(struct sheet *s, const char *element)
{
	if (!s->plain) {
		markup_begin(&s->html, element);
		return;
	}
	if (s->depth == MARKUP_DEPTH) {
		s->misused = true;
		return;
	}
	if (!is_inline(element))
		flush(s);
	if (is_list(element) && lists_open(s) == 0)
		s->list_began = true;
	s->open[s->depth++] = element;
	if (strcmp(element, "li") == 0)
		s->bullet = true;
}

void sheet_end(struct sheet *s)
{
	if (!s->plain) {
		markup_end(&s->html);
		return;
	}
	if (s->depth == 0) {
		s->misused = true;
		return;
	}
	const char *element = s->open[s->depth - 1];
	if (strcmp(element, "a") == 0 && s->href.n) {
		buf_puts(&s->line, " <");
		buf_put(&s->line, buf_slice(&s->href));
		buf_putc(&s->line, '>');
		buf_clear(&s->href);
	}
	if (!is_inline(element))
		flush(s);
	s->depth--;
}

void sheet_attr(struct sheet *s, const char *name, struct slice value)
{
	if (!s->plain)
		markup_attr(&s->html, name, value);
}

void sheet_link(struct sheet *s, const char *name, struct slice url)
{
	if (!s->plain) {
		markup_link(&s->html, name, url);
		return;
	}
	buf_clear(&s->href);
	/* "#part" leads nowhere, and a telephone number or mail address is its own text. */
	if (slice_starts(url, SLICE("/")) || slice_starts(url, SLICE("https:")))
		buf_put(&s->href, url);
}

void sheet_begin_class(struct sheet *s, const char *element, const char *class)
{
	sheet_begin(s, element);
	if (class)
		sheet_attr(s, "class", slice_str(class));
}

void sheet_text(struct sheet *s, struct slice text)
{
	if (s->plain)
		buf_put(&s->line, text);
	else
		markup_text(&s->html, text);
}

void sheet_foreign(struct sheet *s, struct slice text, size_t max)
{
	if (s->plain)
		markup_clean(&s->line, text, max);
	else
		markup_foreign(&s->html, text, max);
}
