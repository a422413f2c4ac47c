/* The text is cut into numbers, words and marks; a date is one of a few sequences of them. */
#include "wire/written_date.h"

#include "wire/timestamp.h"

enum { PIECES_MAX = 24, TEXT_MAX = 160 };

enum piece_kind { PIECE_NUMBER, PIECE_WORD, PIECE_MARK };

struct piece {
	enum piece_kind kind;
	char before; /* the byte directly before, ' ' at the start */
	struct slice text;
	int64_t number; /* of PIECE_NUMBER; at most 14 digits */
};

struct pieces {
	struct piece p[PIECES_MAX];
	size_t n;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	c = ascii_lower(c);
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static void cut(struct slice s, struct pieces *out)
{
	if (s.n > TEXT_MAX)
		s.n = TEXT_MAX;
	out->n = 0;
	for (size_t i = 0; i < s.n && out->n < PIECES_MAX;) {
		size_t from = i;
		struct piece *p = &out->p[out->n];
		*p = (struct piece){ .before = i ? s.p[i - 1] : ' ' };
		if (is_digit(s.p[i])) {
			p->kind = PIECE_NUMBER;
			for (; i < s.n && is_digit(s.p[i]); i++)
				if (i - from < 14)
					p->number = p->number * 10 + (s.p[i] - '0');
		} else if (is_letter(s.p[i])) {
			p->kind = PIECE_WORD;
			/* 2011-03-30T19:36: the T stands alone between digits. */
			while (i < s.n && is_letter(s.p[i]))
				i++;
		} else {
			p->kind = PIECE_MARK;
			i++;
			if (ascii_space(s.p[from]))
				continue; /* told by .before */
		}
		p->text = slice_sub(s, from, i);
		out->n++;
	}
}

/* By their first three letters, in English and what the samples show of other languages. */
static unsigned month_of(struct slice word)
{
	static const char *const names[12][6] = {
		{ "jan", "ene", "oca", "gen", "sty" },
		{ "feb", "fev", "sub", "lut" },
		{ "mar" },
		{ "apr", "abr", "nis", "avr", "kwi" },
		{ "may", "mai", "mag", "maj" },
		{ "jun", "haz", "giu", "cze" },
		{ "jul", "tem", "lug", "lip" },
		{ "aug", "ago", "sie" },
		{ "sep", "set", "eyl", "wrz" },
		{ "oct", "out", "okt", "eki", "ott" },
		{ "nov", "kas", "lis" },
		{ "dec", "dez", "dic", "ara", "gru" },
	};

	if (word.n < 3)
		return 0;
	for (unsigned m = 0; m < 12; m++)
		for (size_t i = 0; i < 6 && names[m][i]; i++)
			if (slice_eq_nocase(slice_sub(word, 0, 3), slice_str(names[m][i])))
				return m + 1;
	return 0;
}

static const struct piece *at(const struct pieces *p, size_t i)
{
	static const struct piece none = { .kind = PIECE_MARK, .before = ' ' };

	return i < p->n ? &p->p[i] : &none;
}

static bool is_mark(const struct piece *p, char c)
{
	return p->kind == PIECE_MARK && p->text.n == 1 && p->text.p[0] == c;
}

static bool is_number(const struct piece *p, size_t least, size_t most)
{
	return p->kind == PIECE_NUMBER && p->text.n >= least && p->text.n <= most;
}

static bool is_joint(const struct piece *p)
{
	return is_mark(p, '-') || is_mark(p, '/') || is_mark(p, '.') || is_mark(p, ',');
}

static bool is_day(int64_t year, int64_t month, int64_t day)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year >= 1900 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (leap && month == 2);
}

struct found {
	int64_t year, month, day;
	size_t next;
};

static bool set(struct found *f, int64_t year, int64_t month, int64_t day, size_t next)
{
	if (!is_day(year, month, day))
		return false;
	*f = (struct found){ year, month, day, next };
	return true;
}

/* Two numbers and a year, the day first unless the calendar says otherwise. */
static bool set_either(struct found *f, bool month_first, int64_t a, int64_t b, int64_t year,
                       size_t next)
{
	return month_first ? set(f, year, a, b, next) || set(f, year, b, a, next)
	                   : set(f, year, b, a, next) || set(f, year, a, b, next);
}

static int64_t whole_year(int64_t two_digits)
{
	return two_digits + (two_digits < 70 ? 2000 : 1900);
}

static size_t past_joint(const struct pieces *p, size_t i)
{
	return i + is_joint(at(p, i));
}

static bool find_year_first(const struct pieces *p, size_t i, struct found *f)
{
	const struct piece *y = at(p, i);

	/* 20100520, and with a time of day 20100520123456 */
	if (is_number(y, 8, 8))
		return set(f, y->number / 10000, y->number / 100 % 100, y->number % 100, i + 1);
	if (is_number(y, 14, 14))
		return set(f, y->number / 10000000000, y->number / 100000000 % 100,
		           y->number / 1000000 % 100, i + 1);
	if (!is_number(y, 4, 4) || !is_joint(at(p, i + 1)))
		return false;
	const struct piece *m = at(p, i + 2);
	unsigned named = m->kind == PIECE_WORD ? month_of(m->text) : 0;
	size_t d = past_joint(p, i + 3);
	if (d == i + 3 || (!named && !is_number(m, 1, 2)) || !is_number(at(p, d), 1, 2))
		return false;
	return set(f, y->number, named ? named : m->number, at(p, d)->number, d + 1);
}

static bool find_day_first(const struct pieces *p, size_t i, bool month_first, struct found *f)
{
	const struct piece *a = at(p, i);
	size_t second = past_joint(p, i + 1);
	/* 21st */
	if (second == i + 1 && at(p, second)->kind == PIECE_WORD && at(p, second)->text.n == 2 &&
	    at(p, second)->before != ' ')
		second++;
	const struct piece *b = at(p, second);
	unsigned named = b->kind == PIECE_WORD ? month_of(b->text) : 0;

	if (!is_number(a, 1, 2) || (!named && (second == i + 1 || !is_number(b, 1, 2))))
		return false;
	size_t third = past_joint(p, second + 1);
	const struct piece *y = at(p, third);
	bool joined = third > second + 1;
	int64_t year = y->number;
	/* Two digits count as a year behind '-' or '/' alone: 16/09/03, and not 10.11.12. */
	if (is_number(y, 2, 2) && joined && !is_mark(at(p, third - 1), '.') &&
	    !is_mark(at(p, third + 1), ':'))
		year = whole_year(year);
	else if (!is_number(y, 4, 4) || (!named && !joined))
		return false;
	return named ? set(f, year, named, a->number, third + 1)
	             : set_either(f, month_first, a->number, b->number, year, third + 1);
}

static bool read_clock(const struct pieces *p, size_t *i, int64_t *seconds);

/* Sep 10 2013; Tue Sep 10 11:22:33 GMT 2013; Aug-1996 */
static bool find_month_first(const struct pieces *p, size_t i, struct found *f)
{
	unsigned month = at(p, i)->kind == PIECE_WORD ? month_of(at(p, i)->text) : 0;
	size_t d = past_joint(p, i + 1), y;
	int64_t seconds;

	if (!month)
		return false;
	if (is_number(at(p, d), 4, 4) && d > i + 1)
		return set(f, at(p, d)->number, month, 1, d + 1);
	if (!is_number(at(p, d), 1, 2))
		return false;
	y = past_joint(p, d + 1);
	if (is_number(at(p, y), 4, 4))
		return set(f, at(p, y)->number, month, at(p, d)->number, y + 1);
	if (!read_clock(p, &y, &seconds))
		return false;
	/* A zone may stand between clock and year; the clock is read again from where it stands. */
	while (y < p->n && !is_number(at(p, y), 4, 4))
		y++;
	return is_number(at(p, y), 4, 4) &&
	       set(f, at(p, y)->number, month, at(p, d)->number, past_joint(p, d + 1));
}

/* hh:mm[:ss[.fraction]], hhmmss behind '#', a T before. */
static bool read_clock(const struct pieces *p, size_t *i, int64_t *seconds)
{
	size_t at_h = *i;

	if (at_h && is_number(at(p, at_h - 1), 14, 14)) {
		int64_t n = at(p, at_h - 1)->number % 1000000;
		*seconds = n / 10000 * 3600 + n / 100 % 100 * 60 + n % 100;
		return n / 10000 < 24 && n / 100 % 100 < 60 && n % 100 < 60;
	}
	while (at_h < p->n && (is_mark(at(p, at_h), '#') || is_mark(at(p, at_h), ',') ||
	                       is_mark(at(p, at_h), '-') || is_mark(at(p, at_h), '.') ||
	                       is_mark(at(p, at_h), '(') || is_mark(at(p, at_h), ';') ||
	                       slice_eq_nocase(at(p, at_h)->text, SLICE("t")) ||
	                       slice_eq_nocase(at(p, at_h)->text, SLICE("at"))))
		at_h++;
	const struct piece *h = at(p, at_h), *m = at(p, at_h + 2), *s = at(p, at_h + 4);
	if (is_number(h, 6, 6) && h->number / 10000 < 24 && h->number / 100 % 100 < 60 &&
	    h->number % 100 < 60) {
		*seconds = h->number / 10000 * 3600 + h->number / 100 % 100 * 60 + h->number % 100;
		*i = at_h + 1;
		return true;
	}
	if (!is_number(h, 1, 2) || !is_mark(at(p, at_h + 1), ':') || !is_number(m, 2, 2) ||
	    h->number > 24 || m->number > 59)
		return false;
	*seconds = h->number * 3600 + m->number * 60;
	*i = at_h + 3;
	if (is_mark(at(p, at_h + 3), ':') && is_number(s, 2, 2) && s->number <= 60) {
		*seconds += s->number > 59 ? 59 : s->number;
		*i = at_h + 5;
		if (is_mark(at(p, *i), '.') && is_number(at(p, *i + 1), 1, 14))
			*i += 2;
	}
	return true;
}

/* Names with one meaning, or the meaning that a registry gives them (its country's). */
static bool named_zone(struct slice word, int64_t *seconds)
{
	static const struct {
		const char *name;
		int minutes;
	} zones[] = {
		{ "utc", 0 },    { "gmt", 0 },   { "z", 0 },      { "jst", 540 },  { "kst", 540 },
		{ "msk", 180 },  { "eat", 180 }, { "cet", 60 },   { "cest", 120 }, { "eet", 120 },
		{ "eest", 180 }, { "met", 60 },  { "edt", -240 }, { "est", -300 }, { "pst", -480 },
		{ "pdt", -420 }, { "hkt", 480 }, { "brt", -180 }, { "aest", 600 }, { "nzst", 720 },
		{ "nzdt", 780 }, { "bst", 60 },  { "trt", 180 },  { "clt", -240 }, { "clst", -180 },
		{ "wib", 420 },
	};

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (slice_eq_nocase(word, slice_str(zones[i].name))) {
			*seconds = zones[i].minutes * 60;
			return true;
		}
	return false;
}

static int64_t read_zone(const struct pieces *p, size_t i)
{
	int64_t seconds = 0;

	if (is_mark(at(p, i), '('))
		i++;
	if (at(p, i)->kind == PIECE_WORD) {
		bool known = named_zone(at(p, i)->text, &seconds);
		/* GMT+3, UTC+02:00 */
		if (!known || seconds || i + 1 >= p->n || at(p, i + 1)->before == ' ')
			return seconds;
		i++;
	}
	const struct piece *sign = at(p, i), *h = at(p, i + 1);
	if ((!is_mark(sign, '+') && !is_mark(sign, '-')) || h->kind != PIECE_NUMBER)
		return seconds;
	if (is_number(h, 4, 4))
		seconds = h->number / 100 * 3600 + h->number % 100 * 60;
	else if (is_number(h, 1, 2))
		seconds = h->number * 3600;
	if (is_number(h, 1, 2) && is_mark(at(p, i + 2), ':') && is_number(at(p, i + 3), 2, 2))
		seconds += at(p, i + 3)->number * 60;
	if (seconds > 15 * 3600)
		return 0; /* no place is so far from Greenwich */
	return is_mark(sign, '-') ? -seconds : seconds;
}

bool written_date_is_month_first(struct slice text)
{
	struct pieces p;
	struct found f;

	cut(slice_trim(text), &p);
	for (size_t i = 0; i + 4 < p.n; i++)
		if (is_number(at(&p, i), 1, 2) && is_joint(at(&p, i + 1)) &&
		    is_number(at(&p, i + 2), 1, 2) && is_joint(at(&p, i + 3)) &&
		    is_number(at(&p, i + 4), 4, 4) && at(&p, i + 2)->number > 12 &&
		    set(&f, at(&p, i + 4)->number, at(&p, i)->number, at(&p, i + 2)->number, i + 5))
			return true;
	return false;
}

bool written_date_read(struct slice text, bool month_first, struct written_date *out)
{
	struct pieces p;
	struct found f;

	cut(slice_trim(text), &p);
	for (size_t i = 0; i < p.n; i++) {
		if (!find_year_first(&p, i, &f) && !find_day_first(&p, i, month_first, &f) &&
		    !find_month_first(&p, i, &f))
			continue;
		int64_t seconds = 0;
		size_t next = f.next;
		bool has_time = read_clock(&p, &next, &seconds);
		int64_t days = timestamp_days(f.year, (unsigned)f.month, (unsigned)f.day);
		int64_t zone = has_time ? read_zone(&p, next) : 0;
		*out = (struct written_date){ days * 86400 + seconds - zone, has_time };
		return true;
	}
	return false;
}
