#include "act/commitment.h"

#include "wire/timestamp.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 64, TEXT_MAX = 600, DAY_LEN = 10 };

static int bad(struct err *err, const char *field, const char *why)
{
	return err_set(err, ERR_SYNTAX, 0, "commitment: %s %s", field, why);
}

/* A word of small letters, digits, '-', '.' and '_'. */
static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      (i > 0 && (c == '-' || c == '.' || c == '_'))))
			return false;
	}
	return s.n > 0 && s.n <= WORD_MAX;
}

/* One line that can be shown; empty is fine. */
static bool is_line(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return s.n <= TEXT_MAX;
}

/* "KIND:" and something behind it. */
static bool is_key(struct slice s)
{
	enum notice_to to;
	size_t colon = slice_find(s, ':');

	return colon + 1 < s.n && is_line(s) && notice_to_parse(slice_sub(s, 0, colon), &to);
}

static int check_source(struct slice source, struct err *err)
{
	struct arena a = { 0 };
	struct url url;
	int rc = url_parse(source, &a, &url, NULL);
	bool good = rc == 0 && slice_eq_str(url.scheme, "https") && !url.had_userinfo;

	arena_release(&a);
	if (rc == ERR_NOMEM)
		return err_set(err, rc, 0, "commitment: no memory");
	return good ? 0 : bad(err, "source", "is no https address");
}

int commitment_check(const struct commitment *c, struct err *err)
{
	if (!is_word(c->practice))
		return bad(err, "practice", "is no word of 1 to 64 of a-z, 0-9, '-', '_' and '.'");
	if (c->version.n && !is_word(c->version))
		return bad(err, "version", "is no word of 1 to 64 of a-z, 0-9, '-', '_' and '.'");
	if (!is_key(c->adopter))
		return bad(err, "adopter", "is no key of a party such as registrar:99001");
	if (!is_line(c->text) || !is_line(c->name))
		return bad(err, "text or name", "is not one line of at most 600 bytes");
	if (c->adopted != NOTICE_NEVER && c->ended != NOTICE_NEVER && c->ended <= c->adopted)
		return bad(err, "ended", "is not after adopted");
	return check_source(c->source, err);
}

static int put_day(json_t *o, const char *field, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	if (t == NOTICE_NEVER)
		return 0;
	timestamp_format(t, text);
	return json_put_str(o, field, slice_from(text, DAY_LEN));
}

static int put_text(json_t *o, const char *field, struct slice s)
{
	return s.n ? json_put_str(o, field, s) : 0;
}

json_t *commitment_to_json(const struct commitment *c)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "practice", c->practice);

	failed |= json_put_str(o, "adopter", c->adopter);
	failed |= put_text(o, "version", c->version) | put_text(o, "text", c->text);
	failed |= put_text(o, "name", c->name) | put_text(o, "source", c->source);
	failed |= put_day(o, "adopted", c->adopted) | put_day(o, "ended", c->ended);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int read_day(const json_t *body, const char *field, int64_t *out, struct err *err)
{
	struct slice s = json_str(body, field);

	*out = NOTICE_NEVER;
	if (!json_object_get(body, field))
		return 0;
	if (s.n != DAY_LEN || timestamp_parse(s, out, NULL))
		return bad(err, field, "is no day such as 2026-05-01");
	return 0;
}

int commitment_from_json(const json_t *body, struct arena *a, struct commitment *out,
                         struct err *err)
{
	struct commitment c = { .adopted = NOTICE_NEVER, .ended = NOTICE_NEVER };
	const struct {
		const char *field;
		struct slice *to;
	} texts[] = {
		{ "practice", &c.practice }, { "version", &c.version }, { "text", &c.text },
		{ "adopter", &c.adopter },   { "name", &c.name },       { "source", &c.source },
	};
	int rc = read_day(body, "adopted", &c.adopted, err);

	if (rc == 0)
		rc = read_day(body, "ended", &c.ended, err);
	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!(*texts[i].to = arena_copy(a, json_str(body, texts[i].field))).p)
			rc = err_set(err, ERR_NOMEM, 0, "commitment: no memory");
	if (rc == 0)
		rc = commitment_check(&c, err);
	if (rc == 0)
		*out = c;
	return rc;
}

bool commitment_same(const struct commitment *a, const struct commitment *b)
{
	return slice_eq(a->adopter, b->adopter) && slice_eq(a->practice, b->practice) &&
	       slice_eq(a->version, b->version);
}

bool commitment_holds(const struct commitment *c, int64_t at)
{
	return (c->adopted == NOTICE_NEVER || at >= c->adopted) &&
	       (c->ended == NOTICE_NEVER || at < c->ended);
}

bool commitment_within(const struct commitment *c, int64_t *from, int64_t *until)
{
	int64_t begin = *from, end = *until;

	if (c->adopted != NOTICE_NEVER && c->adopted > begin)
		begin = c->adopted;
	if (c->ended != NOTICE_NEVER && c->ended < end)
		end = c->ended;
	if (begin >= end)
		return false;
	*from = begin;
	*until = end;
	return true;
}

static int compare(const void *x, const void *y)
{
	const struct commitment *a = x, *b = y;
	int c = slice_cmp(a->adopter, b->adopter);

	if (c == 0)
		c = slice_cmp(a->practice, b->practice);
	return c ? c : slice_cmp(a->version, b->version);
}

size_t commitments_now(struct commitment *list, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		bool later = false;
		for (size_t k = i + 1; k < n; k++)
			later = later || commitment_same(&list[i], &list[k]);
		if (!later)
			list[left++] = list[i];
	}
	if (left)
		qsort(list, left, sizeof(*list), compare);
	return left;
}
