/* jansson reads and holds the values; what it leaves open is closed before it sees the bytes. One
 * scan over the text checks UTF-8, depth and numbers, because jansson keeps no offset of a value
 * once it is read, would turn 1.5 into a double, and recurses as deep as the text does. */
#include "wire/json.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_number_byte(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* A number that begins at text[*at]: decimal integers within JSON_INT_MAX, and nothing else. Its
 * grammar beyond that (leading zeros, a lone sign) is jansson's to refuse. */
static int scan_number(struct slice text, size_t *at, struct err *err)
{
	size_t from = *at;
	int64_t value = 0;

	if (text.p[*at] == '-')
		++*at;
	for (; *at < text.n && is_number_byte(text.p[*at]); ++*at) {
		char c = text.p[*at];
		if (c < '0' || c > '9')
			return err_set(err, ERR_SYNTAX, from,
				       "json: a number that is no integer at byte %zu", from);
		value = value * 10 + (c - '0');
		if (value > JSON_INT_MAX)
			return err_set(err, ERR_SYNTAX, from,
				       "json: an integer beyond 2^53 - 1 at byte %zu", from);
	}
	return 0;
}

static int scan(struct slice text, struct err *err)
{
	size_t bad, depth = 0;
	bool in_string = false;

	if (!utf8_valid(text, &bad))
		return err_set(err, ERR_SYNTAX, bad, "json: not UTF-8 at byte %zu", bad);
	for (size_t i = 0; i < text.n;) {
		char c = text.p[i];
		if (in_string) {
			i += c == '\\' ? 2 : 1;
			in_string = c != '"';
			continue;
		}
		if (c == '-' || (c >= '0' && c <= '9')) {
			int rc = scan_number(text, &i, err);
			if (rc)
				return rc;
			continue;
		}
		if (c == '"')
			in_string = true;
		else if ((c == '[' || c == '{') && ++depth > JSON_DEPTH_MAX)
			return err_set(err, ERR_LIMIT, i, "json: nested deeper than %d at byte %zu",
				       JSON_DEPTH_MAX, i);
		else if ((c == ']' || c == '}') && depth > 0)
			depth--;
		i++;
	}
	return 0;
}

static int parse(struct slice text, size_t limit, bool object, json_t **out, struct err *err)
{
	json_error_t why;

	if (text.n > limit)
		return err_set(err, ERR_LIMIT, limit, "json: %zu bytes, the limit is %zu", text.n,
			       limit);
	int rc = scan(text, err);
	if (rc)
		return rc;
	json_t *value = json_loadb(text.p ? text.p : "", text.n,
				   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
	if (!value) {
		size_t at = why.position > 0 ? (size_t)why.position : 0;
		if (json_error_code(&why) == json_error_out_of_memory)
			return err_set(err, ERR_NOMEM, at, "json: no memory");
		return err_set(err, ERR_SYNTAX, at, "json: %s, at byte %zu", why.text, at);
	}
	if (object && !json_is_object(value)) {
		json_decref(value);
		return err_set(err, ERR_SYNTAX, 0, "json: not an object");
	}
	*out = value;
	return 0;
}

int json_parse(struct slice text, size_t limit, json_t **out, struct err *err)
{
	return parse(text, limit, false, out, err);
}

int json_parse_object(struct slice text, size_t limit, json_t **out, struct err *err)
{
	return parse(text, limit, true, out, err);
}

/* --- the canonical form ---------------------------------------------------------------------- */

/* A byte's place in the order of UTF-16 code units (RFC 8785 section 3.2.3). UTF-8 keeps the order
 * of code points, and so does UTF-16 but for one thing: characters from U+10000 on (lead bytes
 * f0-f4) are written with surrogates (d800-dfff), which sort before U+E000-U+FFFF (lead bytes ee,
 * ef). Where two well-formed names first differ, either both bytes lead or both continue. */
static unsigned utf16_place(char byte)
{
	unsigned char c = (unsigned char)byte;

	return c == 0xee || c == 0xef ? c + 0x100u : c;
}

struct member {
	const char *name; /* jansson keeps names NUL-terminated and refuses U+0000 in them */
	const json_t *value;
};

static int member_cmp(const void *a, const void *b)
{
	const char *x = ((const struct member *)a)->name, *y = ((const struct member *)b)->name;

	while (*x && *x == *y)
		x++, y++;
	unsigned px = utf16_place(*x), py = utf16_place(*y);
	return px < py ? -1 : px > py;
}

static void put_string(struct slice s, struct buf *out)
{
	static const char hex[] = "0123456789abcdef";
	size_t plain = 0; /* where the run of bytes that stand for themselves began */

	buf_putc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put(out, slice_sub(s, plain, i));
		plain = i + 1;
		buf_putc(out, '\\');
		switch (c) { /* RFC 8785 section 3.2.2.2 */
		case '"': buf_putc(out, '"'); break;
		case '\\': buf_putc(out, '\\'); break;
		case '\b': buf_putc(out, 'b'); break;
		case '\t': buf_putc(out, 't'); break;
		case '\n': buf_putc(out, 'n'); break;
		case '\f': buf_putc(out, 'f'); break;
		case '\r': buf_putc(out, 'r'); break;
		default:
			buf_puts(out, "u00");
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
		}
	}
	buf_put(out, slice_sub(s, plain, s.n));
	buf_putc(out, '"');
}

static int put_value(const json_t *value, int depth, const char *const *skip, struct buf *out,
		     struct err *err);

static bool is_skipped(const char *name, const char *const *skip)
{
	for (; skip && *skip; skip++)
		if (strcmp(name, *skip) == 0)
			return true;
	return false;
}

static int put_object(const json_t *object, int depth, const char *const *skip, struct buf *out,
		      struct err *err)
{
	json_t *walk = (json_t *)(uintptr_t)object; /* jansson's iterators take no const; none writes */
	size_t n = 0;
	struct member *member = malloc((json_object_size(object) + 1) * sizeof(*member));
	int rc = 0;

	if (!member)
		return err_set(err, ERR_NOMEM, 0, "json: no memory");
	for (void *it = json_object_iter(walk); it; it = json_object_iter_next(walk, it)) {
		const char *name = json_object_iter_key(it);
		if (!is_skipped(name, skip))
			member[n++] = (struct member){ name, json_object_iter_value(it) };
	}
	qsort(member, n, sizeof(*member), member_cmp);
	buf_putc(out, '{');
	for (size_t i = 0; i < n && !rc; i++) {
		if (i)
			buf_putc(out, ',');
		put_string(slice_str(member[i].name), out);
		buf_putc(out, ':');
		rc = put_value(member[i].value, depth + 1, NULL, out, err);
	}
	buf_putc(out, '}');
	free(member);
	return rc;
}

static int put_value(const json_t *value, int depth, const char *const *skip, struct buf *out,
		     struct err *err)
{
	if ((json_is_object(value) || json_is_array(value)) && depth > JSON_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, 0, "json: nested deeper than %d", JSON_DEPTH_MAX);
	switch (value ? json_typeof(value) : JSON_REAL) {
	case JSON_OBJECT:
		return put_object(value, depth, skip, out, err);
	case JSON_ARRAY:
		buf_putc(out, '[');
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i)
				buf_putc(out, ',');
			int rc = put_value(json_array_get(value, i), depth + 1, NULL, out, err);
			if (rc)
				return rc;
		}
		buf_putc(out, ']');
		return 0;
	case JSON_STRING:
		put_string(json_text(value), out);
		return 0;
	case JSON_INTEGER: {
		int64_t n = json_integer_value(value);
		if (n > JSON_INT_MAX || n < -JSON_INT_MAX)
			return err_set(err, ERR_SYNTAX, 0, "json: an integer beyond 2^53 - 1");
		buf_put_i64(out, n);
		return 0;
	}
	case JSON_TRUE:
		buf_puts(out, "true");
		return 0;
	case JSON_FALSE:
		buf_puts(out, "false");
		return 0;
	case JSON_NULL:
		buf_puts(out, "null");
		return 0;
	case JSON_REAL:
		break;
	}
	return err_set(err, ERR_SYNTAX, 0, "json: a number that is no integer");
}

int json_canonical_except(const json_t *object, const char *const *skip, struct buf *out,
			  struct err *err)
{
	size_t before = out->n;
	bool had_failed = out->failed;
	int rc = put_value(object, 1, skip, out, err);

	if (rc == 0 && !buf_ok(out))
		rc = err_set(err, ERR_NOMEM, 0, "json: no memory");
	if (rc) {
		out->n = before;
		out->failed = had_failed;
		if (out->p)
			out->p[before] = '\0';
	}
	return rc;
}

int json_canonical(const json_t *value, struct buf *out, struct err *err)
{
	return json_canonical_except(value, NULL, out, err);
}

/* --- getters --------------------------------------------------------------------------------- */

struct slice json_text(const json_t *value)
{
	if (!json_is_string(value))
		return (struct slice){ NULL, 0 };
	return slice_from(json_string_value(value), json_string_length(value));
}

struct slice json_str(const json_t *object, const char *key)
{
	return json_text(json_object_get(object, key));
}

int64_t json_i64(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool json_flag(const json_t *object, const char *key, bool otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

json_t *json_obj(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return json_is_object(value) ? value : NULL;
}

json_t *json_arr(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return json_is_array(value) ? value : NULL;
}

static int need(const json_t *object, const char *key, json_type type, const char *what,
		json_t **out, struct err *err)
{
	json_t *value = json_object_get(object, key);

	if (!value)
		return err_set(err, ERR_SYNTAX, 0, "%s is missing", key);
	if (json_typeof(value) != type)
		return err_set(err, ERR_SYNTAX, 0, "%s is not %s", key, what);
	*out = value;
	return 0;
}

int json_need_str(const json_t *object, const char *key, struct slice *out, struct err *err)
{
	json_t *value = NULL;
	int rc = need(object, key, JSON_STRING, "a string", &value, err);

	if (rc == 0)
		*out = json_text(value);
	return rc;
}

int json_need_i64(const json_t *object, const char *key, int64_t *out, struct err *err)
{
	json_t *value = NULL;
	int rc = need(object, key, JSON_INTEGER, "an integer", &value, err);

	if (rc == 0)
		*out = json_integer_value(value);
	return rc;
}

int json_need_obj(const json_t *object, const char *key, json_t **out, struct err *err)
{
	return need(object, key, JSON_OBJECT, "an object", out, err);
}

int json_need_arr(const json_t *object, const char *key, json_t **out, struct err *err)
{
	return need(object, key, JSON_ARRAY, "an array", out, err);
}

/* --- builders -------------------------------------------------------------------------------- */

static json_t *new_string(struct slice s, int *why)
{
	if (!utf8_valid(s, NULL)) {
		*why = ERR_SYNTAX;
		return NULL;
	}
	json_t *value = json_stringn_nocheck(s.p ? s.p : "", s.n);
	*why = value ? 0 : ERR_NOMEM;
	return value;
}

int json_put_new(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) ? ERR_NOMEM : 0;
}

int json_add_new(json_t *array, json_t *value)
{
	return json_array_append_new(array, value) ? ERR_NOMEM : 0;
}

int json_put_str(json_t *object, const char *key, struct slice s)
{
	int why;
	json_t *value = new_string(s, &why);

	return value ? json_put_new(object, key, value) : why;
}

int json_put_i64(json_t *object, const char *key, int64_t n)
{
	return json_put_new(object, key, json_integer(n));
}

int json_put_flag(json_t *object, const char *key, bool b)
{
	return json_put_new(object, key, json_boolean(b));
}

int json_add_str(json_t *array, struct slice s)
{
	int why;
	json_t *value = new_string(s, &why);

	return value ? json_add_new(array, value) : why;
}
