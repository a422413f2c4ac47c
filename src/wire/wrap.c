/* libunistring marks where a line may end before each byte; we only cut where it finds no such place
 * within the width, and only between characters. */
#include "wire/wrap.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unilbrk.h>
#include <uniwidth.h>

enum { TEXT_MAX = 1 << 20, LEAST = 8, FEW = 1024 };

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x2028 ||
	       c == 0x2029 || c == 0x3000;
}

/* Characters that nobody sees, or that make others look like something else. */
static bool is_dropped(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

/* Characters of ASCII that are written as they are. */
static bool is_plain(char c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

static void put_clean(struct slice text, size_t max, bool breaks_links, struct buf *out)
{
	size_t shown = 0;
	bool space = false;

	for (size_t at = 0; at < text.n;) {
		size_t start = at;
		while (at < text.n && is_plain(text.p[at]) && !space && shown < max) {
			at++;
			shown++;
		}
		buf_put(out, slice_sub(text, start, at));
		if (at == text.n)
			return;
		bool scheme =
			breaks_links && slice_starts(slice_sub(text, at, text.n), SLICE("://"));
		uint32_t c = utf8_next(text, &at);
		char bytes[4];
		if (is_space(c)) {
			space = shown > 0;
			continue;
		}
		if (is_dropped(c))
			continue;
		if (shown >= max) {
			buf_puts(out, "...");
			return;
		}
		if (space)
			buf_putc(out, ' ');
		shown += space + 1u;
		space = false;
		buf_put(out, slice_from(bytes, utf8_encode(c, bytes)));
		if (scheme) /* behind its colon */
			buf_putc(out, ' ');
	}
}

void wrap_put_foreign(struct slice text, size_t max, struct buf *out)
{
	put_clean(text, max, true, out);
}

static size_t columns_of(uint32_t c)
{
	if (c >= ' ' && c < 0x7f)
		return 1;
	int w = uc_width(c, "UTF-8");

	return w > 0 ? (size_t)w : 0;
}

/* Names, addresses and times stay whole: no line ends within a run of ASCII. */
static bool may_end(struct slice clean, const char *may, size_t at)
{
	unsigned char before = (unsigned char)clean.p[at - 1], here = (unsigned char)clean.p[at];

	return may[at] == UC_BREAK_POSSIBLE && (before == ' ' || before >= 0x80 || here >= 0x80);
}

static void put_line(struct slice line, const char *lead, size_t lead_n, bool first,
                     struct buf *out)
{
	while (line.n && line.p[line.n - 1] == ' ')
		line.n--;
	if (first)
		buf_puts(out, lead);
	for (size_t i = 0; !first && i < lead_n; i++)
		buf_putc(out, ' ');
	buf_put(out, line);
	buf_putc(out, '\n');
}

/* clean is well-formed, one line, not empty; may[i] says whether a line may end before byte i. */
static void put_lines(struct slice clean, const char *may, const char *lead, struct buf *out)
{
	size_t lead_n = strlen(lead), room = WRAP_WIDTH - lead_n;
	size_t from = 0, columns = 0, fits = 0;
	bool first = true;

	for (size_t at = 0; at < clean.n;) {
		size_t next = at;
		uint32_t c = utf8_next(clean, &next);
		size_t w = columns_of(c);
		if (at > from && may_end(clean, may, at))
			fits = at;
		/* A space at the end of a line is not written. */
		if (columns + w > room && c != ' ' && at > from) {
			size_t cut = fits > from ? fits : at;
			put_line(slice_sub(clean, from, cut), lead, lead_n, first, out);
			first = false;
			from = at = cut;
			columns = 0;
			continue;
		}
		columns += w;
		at = next;
	}
	if (from < clean.n)
		put_line(slice_sub(clean, from, clean.n), lead, lead_n, first, out);
}

/* UAX #14 over text of ASCII, in which lines end behind spaces alone: not before closing signs (LB13), nor
 * behind an opening one (LB14), nor between a quotation mark and an opening one (LB15); else they may
 * (LB18). False for other text. */
static bool mark_spaces(struct slice clean, char *may)
{
	memset(may, UC_BREAK_PROHIBITED, clean.n);
	for (size_t at = 0; at < clean.n; at++) {
		if ((unsigned char)clean.p[at] >= 0x80)
			return false;
		if (clean.p[at] != ' ' || at == 0 || at + 1 == clean.n)
			continue;
		char before = clean.p[at - 1], next = clean.p[at + 1];
		bool opens = strchr("([{", next) != NULL;
		if (!strchr("!),./:;?]}", next) && !strchr(opens ? "\"'([{" : "([{", before))
			may[at + 1] = UC_BREAK_POSSIBLE;
	}
	return true;
}

int wrap_put(struct slice text, const char *lead, struct buf *out, struct err *err)
{
	struct buf clean = { 0 };
	char few[FEW], *may = few;

	if (text.n > TEXT_MAX || strlen(lead) + LEAST > WRAP_WIDTH)
		return err_set(err, ERR_LIMIT, 0, "a text of %zu bytes; %d is the most", text.n,
		               (int)TEXT_MAX);
	buf_reserve(&clean, text.n);
	put_clean(text, TEXT_MAX, false, &clean);
	if (clean.n > sizeof(few))
		may = malloc(clean.n);
	if (!may || !buf_ok(&clean)) {
		if (may != few)
			free(may);
		buf_release(&clean);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (!mark_spaces(buf_slice(&clean), may))
		u8_possible_linebreaks((const uint8_t *)buf_str(&clean), clean.n, "UTF-8", may);
	put_lines(buf_slice(&clean), may, lead, out);
	if (may != few)
		free(may);
	buf_release(&clean);
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}
