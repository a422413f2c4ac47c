/* How old a site says it is: "since 2004", "over 15 years of experience", the years of a copyright
 * line. Drugs are "approved since 1998", too, so the sentence must speak of a business. */
#include "assess/particulars.h"

#include <stdio.h>

enum { YEAR_FIRST = 1800, YEAR_LAST = 2099, SENTENCE = 100, AGE_MAX = 300 };

static unsigned number_at(struct slice s, size_t at, size_t *end)
{
	unsigned n = 0;

	*end = at;
	while (*end < s.n && folded_digit(s.p[*end]) && *end - at < 5)
		n = n * 10 + (unsigned)(s.p[(*end)++] - '0');
	return n;
}

static bool holds_any(struct slice s, const char *const *words)
{
	for (; *words; words++)
		if (slice_find_slice(s, slice_str(*words)) < s.n)
			return true;
	return false;
}

/* Whether the words around speak of a business, and not of a drug or a study. */
static bool of_business(struct slice around)
{
	static const char *const business[] = {
		"business", "online", "pharmacy", "pharmacie", "apotheke", "farmacia", "customers",
		"serving", "trusted", "company", "shop", "store", "established", "founded", "chemist",
		"dispens", "family", "experience", "kunden", "client", "erfahrung", "unternehmen",
		"gegrundet", "familie", "fonde", "entreprise", "fundada", "empresa", "創業", "設立",
		"apteka", "аптек", "компани", "магазин", "bedrijf", "apotheek", NULL };
	static const char *const other[] = {
		"approv", "patent", "marketed", "study", "studies", "trial", "published", "zugelassen",
		"patients", "launched in", "introduced", "law ", "regulation", "aged", "old ", "age of",
		"children", "yrs", "treatment of", "symptom", "autoris", "commercialis", "承認", NULL };

	return holds_any(around, business) && !holds_any(around, other);
}

static struct slice around(struct slice s, size_t from, size_t to)
{
	size_t low = from > SENTENCE ? from - SENTENCE : 0, high = to + SENTENCE;

	for (size_t i = from; i > low; i--)
		if (s.p[i - 1] == '\n') {
			low = i;
			break;
		}
	if (high > s.n)
		high = s.n;
	for (size_t i = to; i < high; i++)
		if (s.p[i] == '\n') {
			high = i;
			break;
		}
	return slice_sub(s, low, high);
}

static void put(struct gathering *g, const char *arg, size_t from, size_t to, struct slice value)
{
	struct fact f = { .kind = FACT_DATE, .arg = slice_str(arg), .value = value };
	size_t start = 0, end = 0;

	fold_span(g->r->folded, from, to, &start, &end);
	f.start = (uint32_t)start;
	f.end = (uint32_t)end;
	gathering_put(g, &f);
}

/* A year with a word of beginning before it. */
static void read_year(struct gathering *g, struct slice s, size_t at, size_t end)
{
	static const char *const since[] = { "since", "seit", "depuis", "desde", "dal", "sedan",
		                             "sinds", "established", "established in", "est",
		                             "founded in", "gegrundet", "fondee en", "fundada en",
		                             "с", "創業", "設立" };
	size_t from = at;

	for (size_t i = 0; i < sizeof(since) / sizeof(since[0]); i++) {
		if (!words_end_with(s, at, slice_str(since[i]), &from) ||
		    memchr(s.p + from, '\n', at - from))
			continue;
		if (of_business(around(s, from, end)))
			put(g, "since", from, end, slice_sub(s, at, end));
		return;
	}
}

/* A number of years of being there. */
static void read_age(struct gathering *g, struct slice s, size_t at, size_t end)
{
	static const char *const units[] = {
		" years of experience", " years experience", " years in business", " years in the",
		" years online", " years of service", " years of serving", " years on the market",
		" jahre erfahrung", " jahren erfahrung", " jahre online", " ans d experience",
		" anos de experiencia", " anni di esperienza", " jaar ervaring", " let zkusenosti",
		" years we have", " years we ve", " year history", " years as a",
	};
	struct slice rest = slice_sub(s, end, s.n);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct slice unit = slice_str(units[i]);
		if (slice_starts(rest, unit) && of_business(around(s, at, end + unit.n))) {
			put(g, "age", at, end + unit.n, slice_sub(s, at, end));
			return;
		}
	}
}

/* U+00A9 and one year, or the first and the last. */
static void read_copyright(struct gathering *g)
{
	struct slice t = g->r->page->text;

	for (size_t at = 0; at < t.n && !gathering_is_full(g, FACT_DATE);) {
		size_t from = at + slice_find_slice(slice_sub(t, at, t.n), SLICE("\xc2\xa9"));
		size_t i = from + 2, end, last;
		at = i;
		if (from >= t.n)
			break;
		if (slice_eq_nocase(slice_sub(t, i, i + 10), SLICE(" copyright")))
			i += 10;
		while (i < t.n && t.p[i] == ' ')
			i++;
		unsigned first = number_at(t, i, &end);
		if (end - i != 4 || first < YEAR_FIRST || first > YEAR_LAST)
			continue;
		size_t next = end;
		while (next < t.n && memchr(" -,", t.p[next], 3))
			next++;
		if (slice_starts(slice_sub(t, next, t.n), SLICE("\xe2\x80\x93")))
			next += 3;
		while (next < t.n && t.p[next] == ' ')
			next++;
		unsigned to = number_at(t, next, &last);
		bool both = next > end && last - next == 4 && to >= first && to <= YEAR_LAST;
		char value[16];
		if (both)
			snprintf(value, sizeof(value), "%u-%u", first, to);
		else
			snprintf(value, sizeof(value), "%u", first);
		struct fact f = { .kind = FACT_DATE, .arg = SLICE("copyright"), .value = slice_str(value),
			          .start = (uint32_t)from, .end = (uint32_t)(both ? last : end) };
		gathering_put(g, &f);
	}
}

void date_read(struct gathering *g)
{
	struct slice s = g->r->folded->text;

	for (size_t i = 0; i < s.n && !gathering_is_full(g, FACT_DATE);) {
		size_t end = i;
		if (!folded_digit(s.p[i])) {
			i++;
			continue;
		}
		unsigned n = number_at(s, i, &end);
		bool whole = (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\n' ||
		              (unsigned char)s.p[i - 1] >= 0x80) &&
		             (end == s.n || !(folded_alnum(s.p[end]) || s.p[end] == '.' || s.p[end] == ','));
		if (whole && end - i == 4 && n >= YEAR_FIRST && n <= YEAR_LAST)
			read_year(g, s, i, end);
		else if (whole && n > 0 && n <= AGE_MAX && s.p[i] != '0')
			read_age(g, s, i, end);
		while (end < s.n && (folded_digit(s.p[end]) || s.p[end] == '.' || s.p[end] == ','))
			end++;
		i = end;
	}
	read_copyright(g);
}
