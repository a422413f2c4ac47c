/* The file is copied into one arena; rows are slices of that copy in the order of the file, which is
 * sorted, so a sentence is found by halving. */
#include "model/catalogue.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BYTES_MAX = 4 << 20, KEY_MAX = 80, VALUE_MAX = 2000, PLACES_MAX = 8, PLACE_MAX = 32 };

static const char *const tags[CATALOGUE_LANGUAGES] = { "en", "ja" };

struct row {
	struct slice key;
	struct slice *value; /* one a column */
};

struct catalogue {
	struct arena arena;
	struct slice tag[CATALOGUE_COLUMNS_MAX]; /* English first */
	size_t columns;
	struct row *row; /* sorted by key */
	size_t n;
};

struct reading {
	const char *file;
	unsigned line;
	bool any_languages; /* the head names them; else it names those of the pages */
};

__attribute__((format(printf, 3, 4))) static int fail(const struct reading *r, struct err *err,
                                                      const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_SYNTAX, r->line, "%s:%u: %s", r->file, r->line, text);
}

static bool key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

static int check_key(const struct reading *r, struct slice key, struct err *err)
{
	if (key.n == 0 || key.n > KEY_MAX)
		return fail(r, err, "a key of 1 to %d characters stands first", KEY_MAX);
	for (size_t i = 0; i < key.n; i++)
		if (!key_char(key.p[i]))
			return fail(r, err, "the key '%.*s' has other characters than A-Z a-z 0-9 . _ -",
			            SLICE_ARG(key));
	return 0;
}

/* The placeholders of a sentence, in their order. */
struct places {
	struct slice name[PLACES_MAX];
	size_t n;
};

static int find_places(const struct reading *r, struct slice value, struct places *out,
                       struct err *err)
{
	out->n = 0;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '}')
			return fail(r, err, "'}' without '{'");
		if (value.p[i] != '{')
			continue;
		struct slice rest = slice_sub(value, i + 1, value.n);
		struct slice name = slice_sub(rest, 0, slice_find(rest, '}'));
		bool good = name.n > 0 && name.n < rest.n && name.n <= PLACE_MAX;
		for (size_t k = 0; k < name.n; k++)
			good &= (name.p[k] >= 'a' && name.p[k] <= 'z') || name.p[k] == '_';
		if (!good)
			return fail(r, err, "'{' begins no placeholder such as {name}");
		if (out->n == PLACES_MAX)
			return fail(r, err, "over %d placeholders", PLACES_MAX);
		out->name[out->n++] = name;
		i += name.n + 1;
	}
	return 0;
}

static bool has_place(const struct places *p, struct slice name)
{
	for (size_t i = 0; i < p->n; i++)
		if (slice_eq(p->name[i], name))
			return true;
	return false;
}

/* The same placeholders, in whatever order a language wants them. */
static int compare_places(const struct reading *r, const struct places *en, const struct places *other,
                          struct slice tag, struct err *err)
{
	for (size_t i = 0; i < en->n; i++)
		if (!has_place(other, en->name[i]))
			return fail(r, err, "{%.*s} is missing in %.*s", SLICE_ARG(en->name[i]),
			            SLICE_ARG(tag));
	for (size_t i = 0; i < other->n; i++)
		if (!has_place(en, other->name[i]))
			return fail(r, err, "{%.*s} stands in %.*s and not in English",
			            SLICE_ARG(other->name[i]), SLICE_ARG(tag));
	return 0;
}

static int check_value(const struct reading *r, struct slice value, struct slice tag, struct err *err)
{
	if (value.n == 0)
		return fail(r, err, "the sentence in %.*s is missing", SLICE_ARG(tag));
	if (value.n > VALUE_MAX)
		return fail(r, err, "the sentence in %.*s is over %d bytes", SLICE_ARG(tag), VALUE_MAX);
	if (slice_trim(value).n != value.n)
		return fail(r, err, "white space around the sentence in %.*s", SLICE_ARG(tag));
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
			return fail(r, err, "control character in %.*s", SLICE_ARG(tag));
	return 0;
}

static int read_row(const struct reading *r, struct slice line, struct catalogue *c, struct row *out,
                    struct err *err)
{
	struct places en, other;
	struct slice rest = line, value;

	out->value = arena_array(&c->arena, c->columns, sizeof(*out->value));
	if (!out->value)
		return err_set(err, ERR_NOMEM, 0, "out of memory");

	if (!slice_cut(&rest, '\t', &out->key))
		out->key = line;
	int rc = check_key(r, out->key, err);
	for (size_t i = 0; rc == 0 && i < c->columns; i++) {
		value = slice_sub(rest, 0, slice_find(rest, '\t'));
		rest = slice_sub(rest, value.n + 1, rest.n);
		out->value[i] = value;
		rc = check_value(r, value, c->tag[i], err);
		if (rc == 0)
			rc = find_places(r, value, i ? &other : &en, err);
		if (rc == 0 && i)
			rc = compare_places(r, &en, &other, c->tag[i], err);
	}
	if (rc == 0 && rest.n)
		rc = fail(r, err, "over %zu columns", c->columns + 1);
	return rc;
}

/* A primary language subtag (BCP 47 section 2.2.1). */
static bool is_tag(struct slice tag)
{
	for (size_t i = 0; i < tag.n; i++)
		if (tag.p[i] < 'a' || tag.p[i] > 'z')
			return false;
	return tag.n == 2 || tag.n == 3;
}

static int wrong_head(const struct reading *r, struct err *err)
{
	return r->any_languages ? fail(r, err, "the head is not key, en and up to %d further languages, "
	                                       "each once, with a tab between", CATALOGUE_COLUMNS_MAX - 1)
	                        : fail(r, err, "the head is not key, en, ja with a tab between");
}

static int read_head(const struct reading *r, struct slice line, struct catalogue *c, struct err *err)
{
	struct slice tag, rest = line;
	bool good = slice_cut(&rest, '\t', &tag) && slice_eq_str(tag, "key") &&
	            slice_starts(rest, SLICE("en"));

	while (good && slice_cut(&rest, '\t', &tag)) {
		good = c->columns < CATALOGUE_COLUMNS_MAX && is_tag(tag);
		for (size_t i = 0; good && i < c->columns; i++)
			good = !slice_eq(tag, c->tag[i]);
		if (good)
			c->tag[c->columns++] = tag;
	}
	good = good && c->columns > 0 && slice_eq_str(c->tag[0], "en");
	if (good && !r->any_languages)
		good = slice_eq_str(line, "key\ten\tja");
	return good ? 0 : wrong_head(r, err);
}

static int read_rows(struct catalogue *c, struct slice text, struct reading r, struct err *err)
{
	struct slice line;
	bool has_head = false;
	size_t bad;
	int rc = 0;

	while (rc == 0 && slice_cut(&text, '\n', &line)) {
		r.line++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!utf8_valid(line, &bad)) {
			rc = fail(&r, err, "not UTF-8 at byte %zu", bad + 1);
		} else if (!has_head) {
			has_head = true;
			rc = read_head(&r, line, c, err);
		} else {
			struct row *row = &c->row[c->n];
			rc = read_row(&r, line, c, row, err);
			int order = rc == 0 && c->n ? slice_cmp(row[-1].key, row->key) : -1;
			if (rc == 0 && order == 0)
				rc = fail(&r, err, "the key '%.*s' stands here twice", SLICE_ARG(row->key));
			if (rc == 0 && order > 0)
				rc = fail(&r, err, "the key '%.*s' is out of order: sort by bytes",
				          SLICE_ARG(row->key));
			c->n++;
		}
	}
	if (rc == 0 && !has_head)
		rc = wrong_head(&r, err);
	return rc;
}

static int parse(struct slice text, struct reading r, struct catalogue **out, struct err *err)
{
	size_t lines = 1;

	if (text.n > BYTES_MAX)
		return fail(&r, err, "over %d bytes", BYTES_MAX);
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	struct catalogue *c = calloc(1, sizeof(*c));
	if (!c)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	struct slice copy = arena_copy(&c->arena, text);
	c->row = arena_array(&c->arena, lines, sizeof(*c->row));
	int rc = copy.p && c->row ? read_rows(c, copy, r, err)
	                          : err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc)
		catalogue_free(c);
	else
		*out = c;
	return rc;
}

int catalogue_parse(struct slice text, const char *file, struct catalogue **out, struct err *err)
{
	return parse(text, (struct reading){ .file = file }, out, err);
}

int catalogue_parse_languages(struct slice text, const char *file, struct catalogue **out,
                              struct err *err)
{
	return parse(text, (struct reading){ .file = file, .any_languages = true }, out, err);
}

void catalogue_free(struct catalogue *c)
{
	if (!c)
		return;
	arena_release(&c->arena);
	free(c);
}

struct slice catalogue_get(const struct catalogue *c, enum catalogue_language language,
                           struct slice key, bool *known)
{
	return catalogue_sentence(c, (size_t)language, key, known);
}

size_t catalogue_columns(const struct catalogue *c)
{
	return c->columns;
}

struct slice catalogue_tag(const struct catalogue *c, size_t column)
{
	return c->tag[column];
}

struct slice catalogue_sentence(const struct catalogue *c, size_t column, struct slice key,
                                bool *known)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_cmp(c->row[middle].key, key);
		if (order == 0) {
			if (known)
				*known = true;
			return c->row[middle].value[column];
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (known)
		*known = false;
	return (struct slice){ "", 0 };
}

size_t catalogue_keys(const struct catalogue *c)
{
	return c->n;
}

struct slice catalogue_key(const struct catalogue *c, size_t i)
{
	return c->row[i].key;
}

const char *catalogue_language_tag(enum catalogue_language language)
{
	return tags[language];
}

/* Whether a range such as "ja" or "ja-JP" speaks of a language: equal, or more of it. */
static bool range_is(struct slice range, struct slice tag)
{
	return range.n >= tag.n && slice_eq_nocase(slice_sub(range, 0, tag.n), tag) &&
	       (range.n == tag.n || range.p[tag.n] == '-');
}

bool catalogue_column_of(const struct catalogue *c, struct slice tag, size_t *out)
{
	for (size_t i = 0; i < c->columns; i++)
		if (range_is(tag, c->tag[i])) {
			*out = i;
			return true;
		}
	return false;
}

bool catalogue_language_of(struct slice tag, enum catalogue_language *out)
{
	for (size_t i = 0; i < CATALOGUE_LANGUAGES; i++)
		if (range_is(tag, slice_str(tags[i]))) {
			*out = (enum catalogue_language)i;
			return true;
		}
	return false;
}

/* qvalue (RFC 9110 section 12.4.2) in thousandths; what is none counts as 0. */
static int quality(struct slice s)
{
	int q = 0, unit = 1000;

	if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.'))
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		if (i == 1)
			continue;
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		q += (s.p[i] - '0') * unit;
		unit /= 10;
	}
	return q > 1000 ? 1000 : q;
}

/* The weight behind ";q=" of one element, 1 where there is none. */
static int weight_of(struct slice parameters)
{
	struct slice part;

	while (slice_cut(&parameters, ';', &part)) {
		part = slice_trim(part);
		if (part.n >= 2 && ascii_lower(part.p[0]) == 'q' && part.p[1] == '=')
			return quality(slice_sub(part, 2, part.n));
	}
	return 1000;
}

enum catalogue_language catalogue_language_accept(struct slice field)
{
	int best[CATALOGUE_LANGUAGES], any = 0, top = 0;
	enum catalogue_language language = LANGUAGE_EN, found = LANGUAGE_EN;
	unsigned place[CATALOGUE_LANGUAGES] = { 0 }, at = 0;
	struct slice element;

	for (size_t i = 0; i < CATALOGUE_LANGUAGES; i++)
		best[i] = -1; /* not named */
	while (slice_cut(&field, ',', &element)) {
		size_t end = slice_find(element, ';');
		struct slice range = slice_trim(slice_sub(element, 0, end));
		int q = weight_of(slice_sub(element, end + 1, element.n));
		at++;
		if (slice_eq_str(range, "*")) {
			any = q;
		} else if (catalogue_language_of(range, &language) && q > best[language]) {
			best[language] = q;
			place[language] = at;
		}
	}
	for (size_t i = 0; i < CATALOGUE_LANGUAGES; i++) {
		int q = best[i] < 0 ? any : best[i];
		/* Of two that are wanted alike, the one named first; one that "*" stands for is last. */
		bool is_earlier = q == top && q > 0 && best[i] >= 0 &&
		                  (best[found] < 0 || place[i] < place[found]);
		if (q > top || is_earlier) {
			top = q;
			found = (enum catalogue_language)i;
		}
	}
	return found;
}
