/* A sentence is written piece by piece, so that a value in its midst keeps its own element (<bdi>,
 * <time>) and what somebody else wrote never becomes part of our words. */
#include "publish/page_part.h"

#include "wire/timestamp.h"

#include <stdio.h>

static struct slice sentence(const struct part *p, struct slice key, bool *known)
{
	return catalogue_get(p->reader->catalogue, p->reader->language, key, known);
}

/* A key that the file lacks shows as itself: ugly, and nothing false. */
static struct slice words(const struct part *p, const char *key)
{
	bool known;
	struct slice s = sentence(p, slice_str(key), &known);

	return known ? s : slice_str(key);
}

struct slice part_word(const struct part *p, const char *family, struct slice id)
{
	char key[96];
	int n = snprintf(key, sizeof(key), "%s.%.*s", family, SLICE_ARG(slice_sub(id, 0, 80)));

	return sentence(p, slice_from(key, n > 0 && (size_t)n < sizeof(key) ? (size_t)n : 0), NULL);
}

struct slice part_country(const struct part *p, struct slice country)
{
	struct slice s = part_word(p, "country", country);

	return s.n ? s : country;
}

struct slice part_country_within(const struct part *p, struct slice country)
{
	struct slice s = part_word(p, "country.within", country);

	return s.n ? s : part_country(p, country);
}

void part_english(struct part *p, struct slice text, size_t max)
{
	if (text.n == 0)
		return;
	sheet_begin(&p->sheet, "span");
	if (p->reader->language != LANGUAGE_EN)
		sheet_attr(&p->sheet, "lang", SLICE("en"));
	sheet_foreign(&p->sheet, text, max);
	sheet_end(&p->sheet);
}

void part_date(struct part *p, struct slice time, bool exact)
{
	char day[24], year[24], clock[8], month[4];
	int64_t t;

	if (timestamp_parse(time, &t, NULL) || time.n < 10) {
		sheet_foreign(&p->sheet, time, 40);
		return;
	}
	snprintf(year, sizeof(year), "%.4s", time.p);
	snprintf(month, sizeof(month), "%.2s", time.p + 5);
	snprintf(day, sizeof(day), "%d", (time.p[8] - '0') * 10 + time.p[9] - '0');
	struct slice name = part_word(p, "month", slice_str(month));
	const struct part_value v[] = { { "day", slice_str(day), PART_OWN },
		                        { "month", name, PART_OWN },
		                        { "year", slice_str(year), PART_OWN } };
	sheet_begin(&p->sheet, "time");
	sheet_attr(&p->sheet, "datetime", time);
	part_say_with(p, "date.form", v, 3);
	if (exact && time.n == TIMESTAMP_LEN) {
		snprintf(clock, sizeof(clock), "%.5s", time.p + 11);
		const struct part_value c = { "time", slice_str(clock), PART_OWN };
		sheet_text(&p->sheet, SLICE(" "));
		part_say_with(p, "date.clock", &c, 1);
	}
	sheet_end(&p->sheet);
}

static void put_value(struct part *p, const struct part_value *v)
{
	switch (v->how) {
	case PART_OWN: sheet_text(&p->sheet, v->value); break;
	case PART_FOREIGN: sheet_foreign(&p->sheet, v->value, PART_LINE); break;
	case PART_ENGLISH: part_english(p, v->value, PART_LINE); break;
	case PART_DATE: part_date(p, v->value, false); break;
	case PART_COUNTRY: sheet_text(&p->sheet, part_country_within(p, v->value)); break;
	}
}

void part_say_with(struct part *p, const char *key, const struct part_value *v, size_t n)
{
	struct slice rest = words(p, key);

	while (rest.n) {
		size_t open = slice_find(rest, '{'), close = slice_find(rest, '}');
		sheet_text(&p->sheet, slice_sub(rest, 0, open));
		if (open == rest.n)
			break;
		struct slice name = slice_sub(rest, open + 1, close);
		for (size_t i = 0; i < n; i++)
			if (slice_eq_str(name, v[i].name))
				put_value(p, &v[i]);
		rest = slice_sub(rest, close + 1, rest.n);
	}
}

void part_say(struct part *p, const char *key)
{
	part_say_with(p, key, NULL, 0);
}

void part_line_with(struct part *p, const char *element, const char *class, const char *key,
                    const struct part_value *v, size_t n)
{
	sheet_begin_class(&p->sheet, element, class);
	part_say_with(p, key, v, n);
	sheet_end(&p->sheet);
}

void part_line(struct part *p, const char *element, const char *class, const char *key)
{
	part_line_with(p, element, class, key, NULL, 0);
}

void part_attr(struct part *p, const char *name, const char *key)
{
	sheet_attr(&p->sheet, name, words(p, key));
}

void part_href(struct part *p, struct slice path, struct slice destination,
               enum catalogue_language language)
{
	buf_clear(&p->fill);
	buf_put(&p->fill, path);
	buf_puts(&p->fill, "?");
	if (destination.n) {
		buf_puts(&p->fill, "for=");
		markup_percent(&p->fill, destination);
		buf_puts(&p->fill, "&");
	}
	buf_puts(&p->fill, "lang=");
	buf_puts(&p->fill, catalogue_language_tag(language));
	sheet_link(&p->sheet, "href", buf_slice(&p->fill));
}

void part_link(struct part *p, struct slice path, const char *key)
{
	sheet_begin(&p->sheet, "a");
	sheet_link(&p->sheet, "href", path);
	part_say(p, key);
	sheet_end(&p->sheet);
}

/* "{first}, {second}" with both filled in, into out, which held the first. */
static void join(const struct part *p, const char *key, struct slice second, struct buf *out)
{
	struct buf whole = { 0 };
	struct slice rest = words(p, key);

	while (rest.n) {
		size_t open = slice_find(rest, '{'), close = slice_find(rest, '}');
		struct slice name = slice_sub(rest, open + 1, close);
		buf_put(&whole, slice_sub(rest, 0, open));
		if (slice_eq_str(name, "first"))
			buf_put(&whole, buf_slice(out));
		else if (slice_eq_str(name, "second"))
			buf_put(&whole, second);
		rest = slice_sub(rest, close + 1, rest.n);
	}
	buf_clear(out);
	buf_put(out, buf_slice(&whole));
	out->failed |= whole.failed;
	buf_release(&whole);
}

void part_countries(const struct part *p, const struct slice *country, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		struct slice name = part_country_within(p, country[i]);
		if (i == 0)
			buf_put(out, name);
		else
			join(p, i + 1 == n ? "list.and" : "list.comma", name, out);
	}
}

bool part_is_country(struct slice s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static bool is_before(struct slice a, struct slice b, struct slice chosen)
{
	bool a_first = slice_eq(a, chosen), b_first = slice_eq(b, chosen);

	return a_first != b_first ? a_first : slice_cmp(a, b) < 0;
}

static size_t add(struct slice *out, size_t n, size_t max, struct slice s, struct slice chosen)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		if (slice_eq(out[i], s))
			return n;
	if (n == max || !part_is_country(s))
		return n;
	while (at < n && is_before(out[at], s, chosen))
		at++;
	for (size_t i = n; i > at; i--)
		out[i] = out[i - 1];
	out[at] = s;
	return n + 1;
}

size_t part_destinations(const struct part *p, struct slice *out, size_t max)
{
	struct slice chosen = p->reader->destination;
	const json_t *subject, *cell;
	size_t n = 0, i, k;

	n = add(out, n, max, chosen, chosen);
	json_array_foreach(json_arr(p->answer, "subjects"), i, subject)
		json_array_foreach(json_arr(subject, "cells"), k, cell)
			n = add(out, n, max, json_str(cell, "destination"), chosen);
	for (size_t j = 0; j < p->reader->destinations_n; j++)
		n = add(out, n, max, p->reader->destinations[j], chosen);
	return n;
}
