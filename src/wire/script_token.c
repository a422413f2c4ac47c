#include "wire/script_token.h"

#include "base/utf8.h"

#include <stdlib.h>

static bool is_name_byte(char c)
{
	unsigned char u = (unsigned char)c;
	char l = ascii_lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
	       u >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Behind white space and comments; *newline is set where a line ended in them. */
static size_t skip_space(struct slice s, size_t i, bool *newline)
{
	while (i < s.n) {
		struct slice rest = slice_from(s.p + i, s.n - i);
		if (ascii_space(s.p[i])) {
			*newline |= s.p[i] == '\n' || s.p[i] == '\r';
			i++;
		} else if (slice_starts(rest, SLICE("/*"))) {
			struct slice inside = slice_from(rest.p + 2, rest.n - 2);
			size_t end = slice_find_slice(inside, SLICE("*/"));
			*newline |= slice_find(slice_from(inside.p, end), '\n') < end;
			i = end == inside.n ? s.n : i + 2 + end + 2;
		} else if (slice_starts(rest, SLICE("//")) || slice_starts(rest, SLICE("<!--")) ||
		           (slice_starts(rest, SLICE("-->")) && *newline)) {
			i += slice_find(rest, '\n');
		} else if (slice_starts(rest, SLICE("\xef\xbb\xbf")) ||
		           slice_starts(rest, SLICE("\xc2\xa0"))) {
			i += rest.p[0] == '\xef' ? 3 : 2;
		} else {
			break;
		}
	}
	return i;
}

/* Behind the string that starts at i; a line end breaks one in quotes off. */
static size_t skip_string(struct slice s, size_t i)
{
	char quote = s.p[i++];

	while (i < s.n && s.p[i] != quote) {
		if (s.p[i] == '\n')
			return i;
		i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
	}
	return i < s.n ? i + 1 : s.n;
}

static size_t skip_template(struct slice s, size_t i, bool *plain)
{
	size_t open = 0;

	for (i++; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{') {
			*plain = false;
			open++;
			i++;
		} else if (open && s.p[i] == '}') {
			open--;
		} else if (!open && s.p[i] == '`') {
			return i + 1;
		}
	}
	*plain = false;
	return s.n;
}

/* Behind an expression between slashes; where none is, behind the slash. */
static size_t skip_expression(struct slice s, size_t i)
{
	size_t from = i + 1;
	bool in_class = false;

	for (i++; i < s.n && s.p[i] != '\n'; i++) {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '[') {
			in_class = true;
		} else if (s.p[i] == ']') {
			in_class = false;
		} else if (s.p[i] == '/' && !in_class) {
			for (i++; i < s.n && is_name_byte(s.p[i]);)
				i++;
			return i;
		}
	}
	return from;
}

/* Whether a '/' behind that token begins an expression. */
static bool ends_operand(const struct tokens *t)
{
	if (t->n == 0)
		return false;
	const struct token *last = &t->token[t->n - 1];
	struct slice s = token_text(t, t->n - 1);
	if (last->kind == TOKEN_NAME)
		return !slice_eq_str(s, "return") && !slice_eq_str(s, "typeof") &&
		       !slice_eq_str(s, "case") && !slice_eq_str(s, "void");
	if (last->kind != TOKEN_PUNCTUATION)
		return true;
	return s.p[0] == ')' || s.p[0] == ']' || s.p[0] == '}';
}

/* Length of the operator at i: enough to tell "=" from "==", "=>", "+=". */
static size_t operator_length(struct slice s, size_t i)
{
	char c = s.p[i];
	size_t n = 1;

	if (slice_find(SLICE("(){}[];,:~@#\\"), c) < 13)
		return 1;
	if (c == '.')
		return slice_starts(slice_sub(s, i, s.n), SLICE("...")) ? 3 : 1;
	if (c == '=' && i + 1 < s.n && s.p[i + 1] == '>')
		return 2;
	if (c == '?' && i + 1 < s.n && s.p[i + 1] == '.')
		return 2;
	while (n < 3 && i + n < s.n && s.p[i + n] == c && c != '!')
		n++;
	while (n < 4 && i + n < s.n && s.p[i + n] == '=')
		n++;
	return n;
}

static size_t skip_token(struct tokens *t, size_t i, enum token_kind *kind)
{
	struct slice s = t->script;
	char c = s.p[i];
	bool plain = true;

	if (c == '"' || c == '\'') {
		size_t end = skip_string(s, i);
		*kind = end > i + 1 && s.p[end - 1] == c ? TOKEN_STRING : TOKEN_OTHER;
		return end;
	}
	if (c == '`') {
		size_t end = skip_template(s, i, &plain);
		*kind = plain ? TOKEN_STRING : TOKEN_OTHER;
		return end;
	}
	if (is_digit(c) || (c == '.' && i + 1 < s.n && is_digit(s.p[i + 1]))) {
		*kind = TOKEN_OTHER;
		while (i < s.n && (is_name_byte(s.p[i]) || s.p[i] == '.'))
			i++;
		return i;
	}
	if (is_name_byte(c)) {
		*kind = TOKEN_NAME;
		while (i < s.n && is_name_byte(s.p[i]))
			i++;
		return i;
	}
	if (c == '/' && !ends_operand(t)) {
		*kind = TOKEN_OTHER;
		return skip_expression(s, i);
	}
	*kind = TOKEN_PUNCTUATION;
	return i + operator_length(s, i);
}

/* Pair the brackets; one that is closed by another kind ends there too. */
static int pair_brackets(struct tokens *t, struct err *err)
{
	uint32_t *open = t->n ? malloc(t->n * sizeof(*open)) : NULL;
	size_t depth = 0;

	if (t->n && !open)
		return err_set(err, ERR_NOMEM, 0, "redirect: no memory");
	for (size_t i = 0; i < t->n; i++) {
		t->token[i].match = (uint32_t)t->n;
		if (t->token[i].kind != TOKEN_PUNCTUATION)
			continue;
		char c = t->script.p[t->token[i].from];
		if (c == '(' || c == '[' || c == '{')
			open[depth++] = (uint32_t)i;
		else if ((c == ')' || c == ']' || c == '}') && depth)
			t->token[open[--depth]].match = (uint32_t)i;
	}
	free(open);
	return 0;
}

int script_tokens(struct slice script, size_t most, struct arena *a, struct tokens *out,
                  struct err *err)
{
	struct tokens t = { .script = script };
	size_t cap = script.n < most ? script.n : most;

	t.token = arena_array(a, cap + 1, sizeof(*t.token));
	if (!t.token)
		return err_set(err, ERR_NOMEM, 0, "redirect: no memory");
	bool newline = true;
	for (size_t i = skip_space(script, 0, &newline); i < script.n && t.n < cap;) {
		enum token_kind kind;
		size_t end = skip_token(&t, i, &kind);
		if (end > script.n)
			end = script.n;
		t.token[t.n++] = (struct token){
			.kind = kind, .from = (uint32_t)i, .to = (uint32_t)end, .newline = newline
		};
		newline = false;
		i = skip_space(script, end, &newline);
	}
	int rc = pair_brackets(&t, err);
	if (rc == 0)
		*out = t;
	return rc;
}

static int hex(char c)
{
	char l = ascii_lower(c);

	return is_digit(c) ? c - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* n hexadecimal digits at *i, which moves behind them; -1 where they are not there. */
static int64_t hex_digits(struct slice s, size_t *i, size_t n)
{
	int64_t v = 0;

	if (*i + n > s.n)
		return -1;
	for (size_t k = 0; k < n; k++) {
		if (hex(s.p[*i + k]) < 0)
			return -1;
		v = v * 16 + hex(s.p[*i + k]);
	}
	*i += n;
	return v;
}

/* "\u{…}" or "\uXXXX", with the other half of a pair. *i stands behind the "u". */
static int64_t unicode_escape(struct slice s, size_t *i)
{
	if (*i < s.n && s.p[*i] == '{') {
		int64_t v = 0;
		for (++*i; *i < s.n && hex(s.p[*i]) >= 0 && v < 0x110000; ++*i)
			v = v * 16 + hex(s.p[*i]);
		*i += *i < s.n;
		return v;
	}
	int64_t v = hex_digits(s, i, 4);
	if (v >= 0xd800 && v < 0xdc00 && slice_starts(slice_sub(s, *i, s.n), SLICE("\\u"))) {
		size_t at = *i + 2;
		int64_t low = hex_digits(s, &at, 4);
		if (low >= 0xdc00 && low < 0xe000) {
			*i = at;
			return 0x10000 + (v - 0xd800) * 0x400 + (low - 0xdc00);
		}
	}
	return v;
}

static void put_character(struct buf *out, int64_t c)
{
	char utf8[4];

	if (c >= 0)
		buf_put(out, slice_from(utf8, utf8_encode((uint32_t)c, utf8)));
}

void token_string(const struct tokens *t, size_t i, struct buf *out)
{
	struct slice s = token_text(t, i);

	s = slice_sub(s, 1, s.n ? s.n - 1 : 0);
	for (size_t at = 0; at < s.n;) {
		if (s.p[at] != '\\' || at + 1 >= s.n) {
			buf_putc(out, s.p[at++]);
			continue;
		}
		char c = s.p[at + 1];
		at += 2;
		switch (c) {
		case 'n': buf_putc(out, '\n'); break;
		case 't': buf_putc(out, '\t'); break;
		case 'r': buf_putc(out, '\r'); break;
		case 'b':
		case 'f':
		case 'v': buf_putc(out, ' '); break;
		case '\n': break;
		case 'x': put_character(out, hex_digits(s, &at, 2)); break;
		case 'u': put_character(out, unicode_escape(s, &at)); break;
		default:
			if (c >= '0' && c <= '7') { /* B.1.2: up to three octal digits */
				int64_t v = c - '0';
				for (int k = 0;
				     k < 2 && at < s.n && s.p[at] >= '0' && s.p[at] <= '7'; k++)
					v = v * 8 + (s.p[at++] - '0');
				put_character(out, v & 0xff);
			} else {
				buf_putc(out, c);
			}
		}
	}
}
