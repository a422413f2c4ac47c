/* Line by line: what is labelled makes a pair, what is not continues the pair or the block before.
 * A label with nothing behind it, or a line that is nothing but a header we know, opens a block:
 * until an empty line (behind some content), pairs in it have it as their section. */
#include "wire/whois_lines.h"

#include "wire/whois_label.h"

struct reader {
	struct whois_lines *out;
	struct arena *a;
	struct slice header; /* label of the block that is open; empty: none */
	size_t header_indent;
	bool header_has_content;
	struct slice open; /* label that an unlabelled line continues; empty: none */
	bool open_has_value;
	uint32_t paragraph;
	bool was_empty;
	bool failed;
};

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* "1a. Name", "p. [Name" : an item's mark and a full stop or bracket. */
static struct slice without_mark(struct slice s)
{
	size_t i = 0;

	while (i < s.n && i < 3 &&
	       ((s.p[i] >= '0' && s.p[i] <= '9') ||
	        (ascii_lower(s.p[i]) >= 'a' && ascii_lower(s.p[i]) <= 'z')))
		i++;
	if (i && i < s.n && s.p[i] == '.' && i + 1 < s.n && ascii_space(s.p[i + 1]))
		return slice_trim(slice_sub(s, i + 1, s.n));
	return s;
}

size_t whois_label(struct slice written, char out[WHOIS_LABEL_MAX])
{
	size_t slash = slice_find_slice(written, SLICE(" / ")), n = 0;
	struct slice s = slash < written.n ? slice_sub(written, slash + 3, written.n) : written;

	s = without_mark(slice_trim(s));
	size_t bracket = slice_find(s, '(');
	/* "(I)ndividual" keeps what it is. */
	if (bracket > 0)
		s = slice_sub(s, 0, bracket);
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (c == '\'' && i + 1 < s.n && ascii_lower(s.p[i + 1]) == 's') {
			i++;
			continue;
		}
		if (!is_word_byte(c)) {
			if (n && out[n - 1] != ' ' && n < WHOIS_LABEL_MAX)
				out[n++] = ' ';
			continue;
		}
		if (n == WHOIS_LABEL_MAX)
			return 0;
		out[n++] = c;
	}
	while (n && (out[n - 1] == ' ' || (out[n - 1] >= '0' && out[n - 1] <= '9')))
		n--;
	return n;
}

static struct slice kept_label(struct reader *r, struct slice written)
{
	char label[WHOIS_LABEL_MAX];
	size_t n = whois_label(written, label);
	struct slice copy = { 0 };

	if (n) {
		copy = arena_copy(r->a, slice_from(label, n));
		r->failed |= !copy.p;
	}
	return copy;
}

static void put(struct reader *r, struct slice section, struct slice label, struct slice value,
                bool continues)
{
	if (r->out->n == WHOIS_PAIRS_MAX)
		return;
	r->out->pair[r->out->n++] =
		(struct whois_pair){ section, label, value, r->paragraph, continues };
}

static size_t indent_of(struct slice line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
		n += line.p[i] == '\t' ? 8 : 1;
	return n;
}

/* What stands before a colon is a label when it could be a heading and is no sentence. */
static bool could_be_label(struct slice s)
{
	size_t words = 0, letters = 0;

	if (!s.n || s.n > WHOIS_LABEL_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		letters += (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
		words += c != ' ' && (i == 0 || s.p[i - 1] == ' ');
		if (c == '<' || c == '"' || c == '@')
			return false;
	}
	return letters > 0 && words <= 7;
}

/* Where a run of dots begins that leads from a label to its value ("City.......: ", "City. . .
 * x"). */
static size_t leader(struct slice s, size_t *end)
{
	for (size_t i = 1; i + 2 < s.n; i++) {
		size_t at = i, dots = 0;
		while (at < s.n && (s.p[at] == '.' || s.p[at] == ' ')) {
			dots += s.p[at] == '.';
			at++;
		}
		if (s.p[i] == '.' && dots >= 3) {
			*end = at;
			return i;
		}
		if (at > i)
			i = at - 1;
	}
	return s.n;
}

/* Cut "label: value" in two; value may be empty. */
static bool split_colon(struct slice s, struct slice *label, struct slice *value)
{
	size_t colon = slice_find(s, ':'), end = 0, dots = leader(s, &end);

	/* Dots in front of a value that itself holds a colon. */
	if (dots < s.n && dots < colon && (end >= s.n || s.p[end] != ':')) {
		*label = slice_sub(s, 0, dots);
		*value = slice_trim(slice_sub(s, end, s.n));
		return could_be_label(slice_trim(*label));
	}
	if (colon == s.n)
		return false;
	*label = slice_sub(s, 0, colon);
	*value = slice_sub(s, colon + 1, s.n);
	/* An address of the web, or a time of day. */
	if (slice_starts(*value, SLICE("//")))
		return false;
	if (colon && value->n && s.p[colon - 1] >= '0' && s.p[colon - 1] <= '9' &&
	    value->p[0] >= '0' && value->p[0] <= '9')
		return false;
	while (label->n && (label->p[label->n - 1] == '.' || label->p[label->n - 1] == ' '))
		label->n--;
	*value = slice_trim(*value);
	return could_be_label(slice_trim(*label));
}

/* "[Label]   value", behind a mark or none. */
static bool split_bracket(struct slice s, struct slice *label, struct slice *value)
{
	if (s.n > 3 && s.p[1] == ' ' && s.p[2] == '[')
		s = slice_sub(s, 2, s.n);
	s = without_mark(s);
	if (!s.n || s.p[0] != '[')
		return false;
	size_t end = slice_find(s, ']');
	if (end == s.n)
		return false;
	*label = slice_sub(s, 1, end);
	*value = slice_trim(slice_sub(s, end + 1, s.n));
	return could_be_label(slice_trim(*label));
}

/* Two columns, or a phrase that a date follows, of labels that we know. */
static bool split_known(struct reader *r, struct slice s, struct slice *label, struct slice *value)
{
	size_t gap = slice_find_slice(s, SLICE("  ")), tab = slice_find(s, '\t');
	char buf[WHOIS_LABEL_MAX];

	if (tab < gap)
		gap = tab;
	/* "registrar.  Users may consult" is a sentence. */
	if (gap < s.n && gap && s.p[gap - 1] != '.') {
		size_t n = whois_label(slice_sub(s, 0, gap), buf);
		if (n && whois_label_is_known(slice_from(buf, n))) {
			*label = slice_sub(s, 0, gap);
			*value = slice_trim(slice_sub(s, gap, s.n));
			return true;
		}
	}
	size_t phrase = whois_label_phrase(s);
	(void)r;
	if (!phrase)
		return false;
	*label = slice_sub(s, 0, phrase);
	*value = slice_trim(slice_sub(s, phrase, s.n));
	return value->n > 0;
}

static void open_block(struct reader *r, struct slice label, size_t indent)
{
	r->header = label;
	r->header_indent = indent;
	r->header_has_content = false;
	r->open = label;
	r->open_has_value = false;
}

static void close_block(struct reader *r)
{
	r->header = r->open = (struct slice){ 0 };
	r->header_has_content = r->open_has_value = false;
}

static void take_labelled(struct reader *r, struct slice written, struct slice value, size_t indent,
                          bool bracket)
{
	struct slice label = kept_label(r, written);

	if (!label.n)
		return;
	/* YAML (smallregistry.net): a tag, and the mark of a text of several lines. */
	if (slice_starts(value, SLICE("!")) || slice_eq_str(value, "|-"))
		value = (struct slice){ 0 };
	if (bracket || (r->header.n && indent < r->header_indent))
		close_block(r);
	if (!value.n) {
		/* An empty value inside of a block is an empty value; a header that we know is
		 * one. */
		if (r->header.n && indent > r->header_indent && !whois_label_is_header(label)) {
			r->open = label;
			r->open_has_value = false;
			r->header_has_content = true;
			return;
		}
		open_block(r, label, indent);
		return;
	}
	/* A label that heads a section of its own ends the one before, unless it stands inside. */
	if (r->header.n && indent <= r->header_indent && whois_label_ends_section(label))
		close_block(r);
	r->header_has_content = true;
	put(r, r->header, label, value, false);
	r->open = label;
	r->open_has_value = true;
}

static void take_plain(struct reader *r, struct slice s)
{
	if (!r->open.n)
		return;
	if (slice_starts(s, SLICE("- ")))
		s = slice_trim(slice_sub(s, 2, s.n));
	/* Lines under headers of dashes and the like say nothing. */
	size_t letters = 0;
	for (size_t i = 0; i < s.n; i++)
		letters += is_word_byte(ascii_lower(s.p[i]));
	if (!letters)
		return;
	bool own = slice_eq(r->open, r->header);
	put(r, own ? (struct slice){ 0 } : r->header, r->open, s, r->open_has_value);
	r->open_has_value = true;
	r->header_has_content = true;
}

static void take_line(struct reader *r, struct slice line)
{
	struct slice s = slice_trim(line), label, value;
	size_t indent = indent_of(line);

	if (!s.n) {
		if (r->header_has_content || r->open_has_value)
			close_block(r);
		r->paragraph += !r->was_empty;
		r->was_empty = true;
		return;
	}
	r->was_empty = false;
	if (s.p[0] == '%' || s.p[0] == '#' || s.p[0] == ';' || slice_starts(s, SLICE(">>>")))
		return;
	while (s.n && s.p[0] == '*')
		s = slice_trim(slice_sub(s, 1, s.n));
	if (slice_starts(s, SLICE("(")) && s.n > 1 && s.p[s.n - 1] == ':')
		s = slice_trim(slice_sub(s, 1, s.n));
	bool bracket = split_bracket(s, &label, &value);
	if (bracket || split_colon(s, &label, &value)) {
		/* domain:Created:20090324 */
		if (slice_eq_nocase(label, SLICE("domain")) && slice_find(value, ':') < value.n &&
		    slice_find(value, ' ') == value.n && !slice_starts(value, SLICE("http")))
			if (!split_colon(value, &label, &value))
				return;
		take_labelled(r, label, value, indent, bracket);
		return;
	}
	char buf[WHOIS_LABEL_MAX];
	size_t n = s.n <= WHOIS_LABEL_MAX ? whois_label(s, buf) : 0;
	/* No sentence, and no value of the block that is open and waits for its first. */
	if (n && s.p[s.n - 1] != '.' && whois_label_is_header(slice_from(buf, n)) &&
	    (!r->open.n || !slice_eq(r->open, r->header) || r->open_has_value)) {
		struct slice header = kept_label(r, s);
		open_block(r, header, indent);
		return;
	}
	if (split_known(r, s, &label, &value)) {
		take_labelled(r, label, value, indent, false);
		return;
	}
	take_plain(r, s);
}

int whois_lines_read(struct slice text, struct arena *a, struct whois_lines *out, struct err *err)
{
	struct whois_lines lines = { arena_array(a, WHOIS_PAIRS_MAX, sizeof(*lines.pair)), 0 };
	struct reader r = { .out = &lines, .a = a };
	struct slice rest = text, line;

	if (!lines.pair)
		return err_set(err, ERR_NOMEM, 0, "whois: no memory");
	while (lines.n < WHOIS_PAIRS_MAX && slice_cut(&rest, '\n', &line))
		take_line(&r, line);
	if (r.failed)
		return err_set(err, ERR_NOMEM, 0, "whois: no memory");
	*out = lines;
	return 0;
}
