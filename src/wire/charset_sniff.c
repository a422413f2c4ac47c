/* The HTML standard's "determining the character encoding", in its order: byte order mark,
 * transport, prescan for <meta>, then our own last steps: well-formed UTF-8, and windows-1252.
 *
 * The standard prescans 1024 bytes and later changes its mind when the parser meets a <meta>
 * further down. Here the prescan goes on to PRESCAN_LATE instead, which comes to the same and needs no
 * second parse. */
#include "wire/charset.h"

#include "base/utf8.h"

enum {
	PRESCAN_LATE = 64 << 10,
	CONTENT_MAX = 1 << 20, /* bytes looked at when asking for well-formed UTF-8 */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* The standard's "get an attribute". Name and value are views; false where there is none left.
 * *at ends behind the value, or at the '>'. */
static bool get_attribute(struct slice s, size_t *at, struct slice *name, struct slice *value)
{
	size_t i = *at;

	while (i < s.n && (is_space(s.p[i]) || s.p[i] == '/'))
		i++;
	*at = i;
	if (i >= s.n || s.p[i] == '>')
		return false;
	size_t start = i++;
	while (i < s.n && s.p[i] != '=' && s.p[i] != '/' && s.p[i] != '>' && !is_space(s.p[i]))
		i++;
	*name = slice_sub(s, start, i);
	*value = slice_sub(s, i, i);
	size_t after = i;
	while (after < s.n && is_space(s.p[after]))
		after++;
	*at = i;
	if (after >= s.n || s.p[after] != '=') {
		*at = after;
		return true;
	}
	i = after + 1;
	while (i < s.n && is_space(s.p[i]))
		i++;
	if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
		size_t close = i + 1 + slice_find(slice_sub(s, i + 1, s.n), s.p[i]);
		*at = close < s.n ? close + 1 : s.n;
		if (close >= s.n)
			return false; /* cut off: the standard runs out of bytes here */
		*value = slice_sub(s, i + 1, close);
		return true;
	}
	start = i;
	while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>')
		i++;
	*at = i;
	if (i >= s.n)
		return false;
	*value = slice_sub(s, start, i);
	return true;
}

static enum charset from_meta_label(struct slice label)
{
	enum charset c = charset_of_label(label);

	if (c == CHARSET_UTF_16LE || c == CHARSET_UTF_16BE)
		return CHARSET_UTF_8;
	return c == CHARSET_X_USER_DEFINED ? CHARSET_WINDOWS_1252 : c;
}

/* A <meta> tag; *at stands behind its name and is moved to its end. */
static enum charset read_meta(struct slice s, size_t *at)
{
	struct slice name, value, charset = { NULL, 0 }, content = { NULL, 0 };
	bool has_charset = false, pragma = false, has_content = false;

	while (get_attribute(s, at, &name, &value)) {
		if (slice_eq_nocase(name, SLICE("http-equiv"))) {
			pragma |= slice_eq_nocase(value, SLICE("content-type"));
		} else if (slice_eq_nocase(name, SLICE("content")) && !has_content) {
			content = charset_label_in(value);
			has_content = content.n > 0;
		} else if (slice_eq_nocase(name, SLICE("charset")) && !has_charset) {
			charset = value;
			has_charset = true;
		}
	}
	if (*at >= s.n)
		return CHARSET_NONE; /* the tag never ends */
	if (has_charset)
		return from_meta_label(charset);
	return pragma && has_content ? from_meta_label(content) : CHARSET_NONE;
}

/* <?xml version="1.0" encoding="..."?>, the standard's fallback behind the prescan. */
static enum charset from_xml(struct slice s)
{
	if (!s.p || !slice_starts(s, SLICE("<?xml")))
		return CHARSET_NONE;
	s = slice_sub(s, 0, slice_find(s, '>'));
	size_t at = slice_find_slice(s, SLICE("encoding"));
	s = slice_trim(slice_sub(s, at + 8, s.n));
	if (s.n == 0 || s.p[0] != '=')
		return CHARSET_NONE;
	s = slice_trim(slice_sub(s, 1, s.n));
	if (s.n == 0 || (s.p[0] != '"' && s.p[0] != '\''))
		return CHARSET_NONE;
	size_t close = slice_find(slice_sub(s, 1, s.n), s.p[0]);
	return from_meta_label(slice_sub(s, 1, 1 + close));
}

static enum charset prescan(struct slice s)
{
	for (size_t i = 0; i < s.n;) {
		i += slice_find(slice_sub(s, i, s.n), '<');
		struct slice rest = slice_sub(s, i, s.n);
		if (slice_starts(rest, SLICE("<!--"))) {
			/* The dashes of the start may be those of the end. */
			size_t end = slice_find_slice(slice_sub(rest, 2, rest.n), SLICE("-->"));
			i += 2 + end + 3;
		} else if (slice_eq_nocase(slice_sub(rest, 0, 5), SLICE("<meta")) && rest.n > 5 &&
		           (is_space(rest.p[5]) || rest.p[5] == '/')) {
			i += 5;
			enum charset c = read_meta(s, &i);
			if (c != CHARSET_NONE)
				return c;
		} else if (rest.n > 1 && (is_letter(rest.p[1]) ||
		                          (rest.p[1] == '/' && rest.n > 2 && is_letter(rest.p[2])))) {
			struct slice name, value;
			while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>')
				i++;
			while (get_attribute(s, &i, &name, &value))
				continue;
		} else if (rest.n > 1 && (rest.p[1] == '!' || rest.p[1] == '/' || rest.p[1] == '?')) {
			i += slice_find(rest, '>');
		} else {
			i++;
		}
	}
	return CHARSET_NONE;
}

/* Well-formed UTF-8 with at least one character above ASCII; a character cut off at the end of what
 * is looked at does not count against it. */
static bool looks_utf8(struct slice s)
{
	size_t bad = 0;
	bool cut = s.n > CONTENT_MAX, high = false;

	s = slice_sub(s, 0, CONTENT_MAX);
	for (size_t i = 0; i < s.n && !high; i++)
		high = (unsigned char)s.p[i] >= 0x80;
	return high && (utf8_valid(s, &bad) || (cut && s.n - bad < 4));
}

static enum charset from_bom(struct slice s)
{
	if (slice_starts(s, SLICE("\xef\xbb\xbf")))
		return CHARSET_UTF_8;
	if (slice_starts(s, SLICE("\xfe\xff")))
		return CHARSET_UTF_16BE;
	if (slice_starts(s, SLICE("\xff\xfe")))
		return CHARSET_UTF_16LE;
	return CHARSET_NONE;
}

enum charset charset_sniff(struct slice html, struct slice content_type, enum charset_source *how)
{
	enum charset_source none, *source = how ? how : &none;
	enum charset c = from_bom(html);

	*source = CHARSET_FROM_BOM;
	if (c != CHARSET_NONE)
		return c;
	*source = CHARSET_FROM_TRANSPORT;
	c = charset_of_label(charset_label_in(content_type));
	if (c != CHARSET_NONE)
		return c;
	*source = CHARSET_FROM_META;
	struct slice head = slice_sub(html, 0, PRESCAN_LATE);
	if (slice_starts(head, slice_from("<\0?\0x\0", 6)))
		return CHARSET_UTF_16LE;
	if (slice_starts(head, slice_from("\0<\0?\0x", 6)))
		return CHARSET_UTF_16BE;
	c = prescan(head);
	if (c == CHARSET_NONE)
		c = from_xml(head);
	if (c != CHARSET_NONE)
		return c;
	*source = CHARSET_FROM_CONTENT;
	if (looks_utf8(html))
		return CHARSET_UTF_8;
	*source = CHARSET_FROM_DEFAULT;
	return CHARSET_WINDOWS_1252;
}
