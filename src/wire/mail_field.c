/* A value is unfolded first, then its encoded words are taken apart. Words that follow one another
 * and are of one charset are joined before they are decoded: many systems cut a character in
 * two. */
#include "wire/mail_field.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "wire/charset.h"

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static struct slice without_cr(struct slice line)
{
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

bool mail_block_cut(struct slice *rest, struct slice *block)
{
	struct slice left = *rest, line;
	const char *begin = rest->p;

	if (rest->n == 0)
		return false;
	for (;;) {
		const char *at = left.p;
		if (!slice_cut(&left, '\n', &line)) {
			*block = *rest;
			*rest = slice_sub(*rest, rest->n, rest->n);
			return true;
		}
		if (without_cr(line).n == 0) {
			*block = slice_from(begin, (size_t)(at - begin));
			*rest = left;
			return true;
		}
	}
}

/* RFC 5322, section 2.2: printable ASCII but the colon. */
static bool is_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return s.n > 0;
}

static bool is_folded(struct slice rest)
{
	return rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t');
}

bool mail_field_cut(struct slice *rest, struct slice *name, struct slice *value)
{
	struct slice line;

	while (slice_cut(rest, '\n', &line)) {
		size_t colon = slice_find(line, ':');
		struct slice before = slice_trim(slice_sub(line, 0, colon));
		const char *from = line.p + (colon < line.n ? colon + 1 : line.n);
		const char *end = line.p + line.n;
		bool good = colon < line.n && !is_folded(line) && is_name(before);
		while (is_folded(*rest) && slice_cut(rest, '\n', &line))
			end = line.p + line.n;
		if (!good)
			continue;
		*name = before;
		*value = slice_from(from, (size_t)(end - from));
		if (value->n > MAIL_FIELD_MAX)
			value->n = MAIL_FIELD_MAX;
		return true;
	}
	return false;
}

struct slice mail_field_find(struct slice block, const char *name)
{
	struct slice field, value;

	while (mail_field_cut(&block, &field, &value))
		if (slice_eq_nocase(field, slice_str(name)))
			return value;
	return slice_from(NULL, 0);
}

/* ---- encoded words ---- */

struct word {
	enum charset charset;
	char coding;         /* 'b', 'q' */
	struct slice text;
	size_t length;       /* of all of it in the value */
};

/* "=?utf-8*en?Q?text?=" at the beginning of s (RFC 2047 section 2, RFC 2231 section 5). */
static bool word_at(struct slice s, struct word *out)
{
	if (!slice_starts(s, SLICE("=?")))
		return false;
	struct slice rest = slice_sub(s, 2, s.n);
	size_t label_end = slice_find(rest, '?');
	if (label_end + 2 >= rest.n || rest.p[label_end + 2] != '?')
		return false;
	struct slice label = slice_sub(rest, 0, label_end);
	char coding = ascii_lower(rest.p[label_end + 1]);
	rest = slice_sub(rest, label_end + 3, rest.n);
	size_t end = slice_find_slice(rest, SLICE("?="));
	if (end == rest.n || (coding != 'b' && coding != 'q'))
		return false;
	label.n = slice_find(label, '*');
	out->charset = charset_of_label(label);
	out->coding = coding;
	out->text = slice_sub(rest, 0, end);
	out->length = (size_t)(rest.p + end + 2 - s.p);
	return out->charset != CHARSET_NONE;
}

static int hex_digit(char c)
{
	c = ascii_lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_q(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
		int low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
		if (s.p[i] == '=' && high >= 0 && low >= 0) {
			buf_putc(out, (char)(high * 16 + low));
			i += 2;
		} else {
			buf_putc(out, s.p[i] == '_' ? ' ' : s.p[i]);
		}
	}
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What is no digit is passed over: mail systems write padding within, and none at the end. */
static void put_b(struct slice s, struct buf *out)
{
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < s.n; i++) {
		int digit = base64_digit(s.p[i]);
		if (digit < 0)
			continue;
		held = (held << 6 | (unsigned)digit) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_putc(out, (char)(held >> bits & 0xff));
		}
	}
}

static int put_decoded(enum charset charset, const struct buf *bytes, struct arena *a,
                       struct buf *out, struct err *err)
{
	struct slice text;
	int rc = charset_decode(charset, buf_slice(bytes), 3 * MAIL_FIELD_MAX, a, &text, err);

	if (rc == 0)
		buf_put(out, text);
	return rc == ERR_LIMIT ? 0 : rc;
}

/* Words from the beginning of *s on, and what parts them; *s behind the last. */
static int put_words(struct slice *s, struct word w, struct arena *a, struct buf *out,
                     struct err *err)
{
	struct buf bytes = { 0 };
	enum charset charset = w.charset;
	int rc = 0;

	for (bool more = true; more && rc == 0;) {
		if (w.charset != charset) {
			rc = put_decoded(charset, &bytes, a, out, err);
			buf_clear(&bytes);
			charset = w.charset;
		}
		if (w.coding == 'q')
			put_q(w.text, &bytes);
		else
			put_b(w.text, &bytes);
		*s = slice_sub(*s, w.length, s->n);
		struct slice next = *s;
		while (next.n && ascii_space(next.p[0]))
			next = slice_sub(next, 1, next.n);
		more = word_at(next, &w);
		if (more)
			*s = next;
	}
	if (rc == 0)
		rc = put_decoded(charset, &bytes, a, out, err);
	if (rc == 0 && !buf_ok(&bytes))
		rc = no_memory(err);
	buf_release(&bytes);
	return rc;
}

/* Bytes beyond ASCII stand in headers as they are: UTF-8 (RFC 6532), or of an old system. */
static int put_plain(struct slice s, struct arena *a, struct buf *out, struct err *err)
{
	enum charset c = utf8_valid(s, NULL) ? CHARSET_UTF_8 : CHARSET_WINDOWS_1252;
	struct slice text;
	int rc = charset_decode(c, s, 3 * MAIL_FIELD_MAX, a, &text, err);

	if (rc == 0)
		buf_put(out, text);
	return rc == ERR_LIMIT ? 0 : rc;
}

static int one_line(const struct buf *b, struct arena *a, struct slice *out, struct err *err)
{
	struct slice s = buf_slice(b);
	char *line = arena_alloc(a, s.n + 1);
	size_t n = 0;

	if (!line)
		return no_memory(err);
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		uint32_t c = utf8_next(s, &at);
		if (c == ' ' || utf8_is_steering(c)) {
			if (n && line[n - 1] != ' ')
				line[n++] = ' ';
			continue;
		}
		memcpy(line + n, s.p + from, at - from);
		n += at - from;
	}
	if (n && line[n - 1] == ' ')
		n--;
	*out = slice_from(line, n);
	return 0;
}

int mail_field_text(struct slice value, struct arena *a, struct slice *out, struct err *err)
{
	struct buf text = { 0 };
	struct word w;
	int rc = 0;

	if (value.n > MAIL_FIELD_MAX)
		value.n = MAIL_FIELD_MAX;
	while (value.n && rc == 0) {
		if (word_at(value, &w)) {
			rc = put_words(&value, w, a, &text, err);
			continue;
		}
		size_t n = 1 + slice_find_slice(slice_sub(value, 1, value.n), SLICE("=?"));
		rc = put_plain(slice_sub(value, 0, n), a, &text, err);
		value = slice_sub(value, n, value.n);
	}
	if (rc == 0 && !buf_ok(&text))
		rc = no_memory(err);
	if (rc == 0)
		rc = one_line(&text, a, out, err);
	buf_release(&text);
	return rc;
}

/* ---- Message-IDs ---- */

static bool is_id(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f || s.p[i] == '<' || s.p[i] == '>')
			return false;
	return s.n > 2 && s.n < 900 && slice_find(s, '@') < s.n;
}

bool mail_field_id_cut(struct slice *rest, struct slice *id)
{
	while (rest->n) {
		size_t end = 0;
		*rest = slice_trim(*rest);
		if (rest->n == 0)
			return false;
		if (rest->p[0] == '<') {
			end = slice_find(*rest, '>');
			*id = slice_trim(slice_sub(*rest, 1, end));
			end = end < rest->n ? end + 1 : end;
		} else {
			while (end < rest->n && !ascii_space(rest->p[end]) && rest->p[end] != '<' &&
			       rest->p[end] != ',')
				end++;
			*id = slice_sub(*rest, 0, end);
			if (end < rest->n && rest->p[end] == ',')
				end++;
		}
		*rest = slice_sub(*rest, end, rest->n);
		if (is_id(*id))
			return true;
	}
	return false;
}
