#include "wire/json_walk.h"

#include <string.h>

enum { DIGITS_MAX = 16 };

static bool fail(struct json_walk *w)
{
	w->bad = true;
	w->end = 0;
	return false;
}

void json_walk_begin(struct json_walk *w, struct slice text)
{
	char first = text.n ? text.p[0] : '\0';

	*w = (struct json_walk){ .rest = slice_sub(text, 1, text.n),
		                 .end = first == '{' ? '}' : first == '[' ? ']' : '\0' };
	w->bad = !w->end;
}

/* Length of the string that text begins with, its quotes included; 0: it has no end. */
static size_t string_length(struct slice text)
{
	for (size_t at = 1; at < text.n;) {
		const char *quote = memchr(text.p + at, '"', text.n - at);
		if (!quote)
			return 0;
		size_t i = (size_t)(quote - text.p), escapes = i;
		while (escapes > at && text.p[escapes - 1] == '\\')
			escapes--;
		if ((i - escapes) % 2 == 0)
			return i + 1;
		at = i + 1;
	}
	return 0;
}

/* Length of the value that text begins with; 0: it is none. */
static size_t value_length(struct slice text)
{
	size_t depth = 0, at = 0;

	while (at < text.n) {
		char c = text.p[at];
		if (c == '"') {
			size_t n = string_length(slice_sub(text, at, text.n));
			if (n == 0)
				return 0;
			at += n;
		} else if (c == '{' || c == '[') {
			depth++;
			at++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return at;
			depth--;
			at++;
		} else if (c == ',' && depth == 0) {
			return at;
		} else {
			at++;
			continue; /* a number or a word goes on */
		}
		if (depth == 0)
			return at;
	}
	return depth ? 0 : at;
}

bool json_walk_next(struct json_walk *w, struct slice *name, struct slice *value)
{
	struct slice key = { NULL, 0 };

	if (!w->end)
		return false;
	if (w->rest.n == 0)
		return fail(w);
	if (w->rest.p[0] == w->end) {
		w->end = 0;
		w->bad = w->rest.n != 1;
		return false;
	}
	if (w->begun) {
		if (w->rest.p[0] != ',')
			return fail(w);
		w->rest = slice_sub(w->rest, 1, w->rest.n);
	}
	w->begun = true;
	if (w->end == '}') {
		size_t n = w->rest.n && w->rest.p[0] == '"' ? string_length(w->rest) : 0;
		if (n == 0 || n >= w->rest.n || w->rest.p[n] != ':')
			return fail(w);
		key = slice_sub(w->rest, 1, n - 1);
		w->rest = slice_sub(w->rest, n + 1, w->rest.n);
	}
	size_t n = value_length(w->rest);
	if (n == 0)
		return fail(w);
	*name = key;
	*value = slice_sub(w->rest, 0, n);
	w->rest = slice_sub(w->rest, n, w->rest.n);
	return true;
}

bool json_walk_str(struct slice value, struct slice *out)
{
	if (value.n < 2 || value.p[0] != '"' || value.p[value.n - 1] != '"')
		return false;
	struct slice inside = slice_sub(value, 1, value.n - 1);
	if (inside.n && (memchr(inside.p, '\\', inside.n) || memchr(inside.p, '"', inside.n)))
		return false;
	*out = inside;
	return true;
}

bool json_walk_i64(struct slice value, int64_t *out)
{
	size_t at = value.n && value.p[0] == '-';
	int64_t n = 0;

	if (at == value.n || value.n - at > DIGITS_MAX || (value.p[at] == '0' && value.n > 1))
		return false;
	for (size_t i = at; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return false;
		n = n * 10 + (value.p[i] - '0');
	}
	*out = at ? -n : n;
	return true;
}
