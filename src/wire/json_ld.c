/* A loop over values with a stack of the objects and arrays that are open. The property that a
 * value belongs to is that of the nearest object; arrays hand it down. */
#include "wire/json_ld.h"

#include "base/buf.h"
#include "base/utf8.h"

enum { KEY_MAX = ITEM_NAME_MAX };

/* What a member means to the reader. */
enum meaning {
	MEANS_PROPERTY,
	MEANS_TYPE,  /* @type */
	MEANS_ID,    /* @id */
	MEANS_GRAPH, /* @graph: things that stand for themselves */
	MEANS_NONE,  /* another keyword: passed over with all it holds */
};

struct level {
	uint32_t thing;        /* whose members are read; ITEM_NONE at the top and in @graph */
	enum meaning meaning;  /* of the member being read */
	struct slice property; /* its name, a view into the body */
	bool array;
};

struct reader {
	struct slice s;
	size_t i;
	uint32_t at;
	struct item_list *l;
	struct level level[ITEM_DEPTH + 1];
	size_t depth; /* level[depth] is the innermost */
	struct buf text;
};

static bool is_blank(char c)
{
	return ascii_space(c) || c == ',';
}

static void pass_blank(struct reader *r)
{
	while (r->i < r->s.n && is_blank(r->s.p[r->i]))
		r->i++;
}

/* Behind the string whose opening quote is at i; false where it does not end. */
static bool pass_string(struct reader *r)
{
	for (r->i++; r->i < r->s.n; r->i++) {
		if (r->s.p[r->i] == '\\')
			r->i++;
		else if (r->s.p[r->i] == '"')
			return r->i++, true;
	}
	r->i = r->s.n;
	return false;
}

/* Behind the object or array that starts at i. */
static bool pass_nested(struct reader *r)
{
	size_t open = 0;

	while (r->i < r->s.n) {
		char c = r->s.p[r->i];
		if (c == '"') {
			if (!pass_string(r))
				return false;
			continue;
		}
		r->i++;
		if (c == '{' || c == '[')
			open++;
		else if ((c == '}' || c == ']') && --open == 0)
			return true;
	}
	return false;
}

static bool is_scalar(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '+' || c == '.';
}

/* A number, true, false or null, as written. */
static struct slice take_scalar(struct reader *r)
{
	size_t from = r->i;

	while (r->i < r->s.n && is_scalar(r->s.p[r->i]))
		r->i++;
	return slice_sub(r->s, from, r->i);
}

/* Four hexadecimal digits at i, or -1. */
static int32_t hex4(struct slice s, size_t i)
{
	int32_t v = 0;

	if (i + 4 > s.n)
		return -1;
	for (size_t k = i; k < i + 4; k++) {
		char c = ascii_lower(s.p[k]);
		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v * 16 + (c - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* The character of a \u escape whose digits start at *i, which moves behind it. */
static uint32_t take_escape(struct slice s, size_t *i)
{
	int32_t high = hex4(s, *i), low;

	if (high < 0)
		return 0xfffd;
	*i += 4;
	if (high < 0xd800 || high > 0xdfff)
		return (uint32_t)high;
	if (high > 0xdbff || !slice_starts(slice_sub(s, *i, s.n), SLICE("\\u")))
		return 0xfffd;
	low = hex4(s, *i + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*i += 6;
	return 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
}

/* The text of a string's inside, escapes undone: a view into the body, or into r->text till the
 * next call. */
static struct slice text_of(struct reader *r, struct slice s)
{
	if (slice_find(s, '\\') == s.n)
		return s;
	buf_clear(&r->text);
	for (size_t i = 0; i < s.n && r->text.n <= ITEM_VALUE_MAX * 2;) {
		struct slice rest = slice_sub(s, i, s.n);
		size_t plain = slice_find(rest, '\\');
		char out[4];
		buf_put(&r->text, slice_sub(rest, 0, plain));
		i += plain + 1;
		if (i >= s.n)
			break;
		char c = s.p[i++];
		if (c == 'u')
			buf_put(&r->text, slice_from(out, utf8_encode(take_escape(s, &i), out)));
		else
			buf_putc(&r->text, strchr("ntrfb", c) ? ' ' : c);
	}
	if (!buf_ok(&r->text))
		r->l->failed = true;
	return buf_slice(&r->text);
}

static struct page_item row(const struct reader *r, size_t from, size_t to)
{
	const struct level *in = &r->level[r->depth];

	return (struct page_item){ .syntax = ITEM_JSON_LD, .property = in->property,
		                   .parent = in->thing, .source = r->at + (uint32_t)from,
		                   .source_end = r->at + (uint32_t)to };
}

/* A string, number or boolean, written in bytes [from, to). */
static void put_value(struct reader *r, struct slice text, size_t from, size_t to)
{
	const struct level *in = &r->level[r->depth];
	struct page_item it = row(r, from, to);

	switch (in->meaning) {
	case MEANS_TYPE: item_add_type(r->l, in->thing, text, it.source, it.source_end); break;
	case MEANS_ID: item_set_id(r->l, in->thing, text); break;
	case MEANS_PROPERTY:
		it.value = text;
		if (in->thing != ITEM_NONE && slice_trim(text).n)
			item_add(r->l, &it);
		break;
	default: break;
	}
}

static bool take_value(struct reader *r)
{
	struct level *in = &r->level[r->depth];
	size_t from = r->i;
	char c = r->s.p[r->i];

	if (c == '"') {
		if (!pass_string(r))
			return false;
		put_value(r, text_of(r, slice_sub(r->s, from + 1, r->i - 1)), from + 1, r->i - 1);
		return true;
	}
	if (c == '{' || c == '[') {
		struct level next = *in;
		next.array = c == '[';
		if (in->meaning == MEANS_NONE || (c == '{' && in->meaning == MEANS_TYPE))
			return pass_nested(r);
		if (r->depth == ITEM_DEPTH) {
			r->l->cut = true;
			return pass_nested(r);
		}
		if (c == '{') {
			struct page_item it = row(r, from, from + 1);
			it.is_thing = true;
			if (in->meaning != MEANS_PROPERTY)
				it.property = (struct slice){ NULL, 0 };
			if (in->meaning == MEANS_GRAPH)
				it.parent = ITEM_NONE;
			next.thing = item_add(r->l, &it);
			if (next.thing == ITEM_NONE) /* the list is full */
				return pass_nested(r);
		}
		r->level[++r->depth] = next;
		r->i++;
		return true;
	}
	struct slice word = take_scalar(r);
	if (!word.n)
		return false;
	if (!slice_eq_str(word, "null"))
		put_value(r, word, from, r->i);
	return true;
}

/* A member's name and colon, in the object that is innermost. */
static bool take_key(struct reader *r)
{
	struct level *in = &r->level[r->depth];
	size_t from = r->i;

	if (r->s.p[r->i] != '"' || !pass_string(r))
		return false;
	struct slice key = slice_sub(r->s, from + 1, r->i - 1);
	in->property = slice_sub(key, 0, KEY_MAX);
	in->meaning = slice_eq_str(key, "@type")    ? MEANS_TYPE
	              : slice_eq_str(key, "@id")    ? MEANS_ID
	              : slice_eq_str(key, "@graph") ? MEANS_GRAPH
	              : slice_eq_str(key, "@value") ? MEANS_PROPERTY
	              : slice_starts(key, SLICE("@")) ? MEANS_NONE : MEANS_PROPERTY;
	pass_blank(r);
	if (r->i == r->s.n || r->s.p[r->i] != ':')
		return false;
	r->i++;
	pass_blank(r);
	return r->i < r->s.n && take_value(r);
}

/* Close the innermost object or array; a thing then ends where its bracket stands. */
static bool close_level(struct reader *r)
{
	struct level *in = &r->level[r->depth];

	if (r->s.p[r->i] != (in->array ? ']' : '}'))
		return false;
	r->i++;
	if (!in->array)
		r->l->item[in->thing].source_end = r->at + (uint32_t)r->i;
	r->depth--;
	return true;
}

static bool read_all(struct reader *r)
{
	size_t values = 0;

	for (;;) {
		pass_blank(r);
		if (r->i == r->s.n)
			return r->depth == 0 && values > 0;
		char c = r->s.p[r->i];
		if (r->depth == 0) {
			/* Comments and marks may stand behind it, and before the next. */
			if (c != '{' && c != '[') {
				r->i++;
				continue;
			}
			values++;
			if (!take_value(r))
				return false;
		} else if (c == '}' || c == ']') {
			if (!close_level(r))
				return false;
		} else if (r->level[r->depth].array ? !take_value(r) : !take_key(r)) {
			return false;
		}
	}
}

/* The marks that hide a script from old browsers. "<![CDATA[" holds brackets of its own. */
static size_t pass_marks(struct slice s)
{
	static const struct slice mark[] = { { "<!--", 4 }, { "-->", 3 }, { ">", 1 }, { "//", 2 },
		                             { "/*", 2 }, { "*/", 2 }, { "<![CDATA[", 9 },
		                             { "\xef\xbb\xbf", 3 } };
	size_t i = 0;

	for (size_t k = 0; k < sizeof(mark) / sizeof(*mark); k++) {
		while (i < s.n && ascii_space(s.p[i]))
			i++;
		if (slice_starts(slice_sub(s, i, s.n), mark[k])) {
			i += mark[k].n;
			k = SIZE_MAX; /* from the first again */
		}
	}
	return i;
}

bool json_ld_read(struct slice body, size_t at, struct item_list *l)
{
	struct reader r = { .s = body, .i = pass_marks(body), .at = (uint32_t)at, .l = l };
	bool ok;

	r.level[0] = (struct level){ .thing = ITEM_NONE, .meaning = MEANS_PROPERTY, .array = true };
	ok = read_all(&r);
	buf_release(&r.text);
	return ok && !l->failed;
}
