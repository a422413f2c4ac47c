/* Telephone numbers, by how they are written.
 *
 *   +44 20 7946 0000, +44 (0)20 ...   international: 8 to 15 digits (ITU-T E.164)
 *   (212) 555-0142, 1-800-555-0199    the North American plan, with its marks
 *   03-1234-5678, 0120-123-456        Japan, with hyphens, on a page with kana
 *   Tel: 030 1234567                  anything of 7 to 13 digits behind a word that says so
 *
 * The value is E.164 where the country is plain, from the number or from the ending of the site's
 * name; else the digits as they stand. Runs of digits are most often something else: a number that
 * touches letters, a currency or a decimal comma is none. */
#include "assess/particulars.h"

#include <stdio.h>

enum { GROUPS_MAX = 8, DIGITS_MIN = 7, DIGITS_MAX = 15, MARK_BYTES = 6, CUE_WORDS = 3, KANA_WITHIN = 4000 };

struct run {
	size_t n;                  /* groups */
	size_t start[GROUPS_MAX];  /* bytes of the folded text */
	size_t len[GROUPS_MAX];
	struct slice mark[GROUPS_MAX]; /* of the source, before each group but the first */
	bool plus, paren;          /* before the first group */
};

/* Digits of a full number with its country's code, where every number there has as many. */
static size_t full_length(struct slice digits)
{
	static const struct {
		const char *code;
		size_t n;
	} plans[] = {
		{ "1", 11 }, { "7", 11 }, { "31", 11 }, { "33", 11 }, { "34", 11 }, { "41", 11 },
		{ "44", 12 }, { "45", 10 }, { "47", 10 }, { "48", 11 }, { "61", 11 }, { "65", 10 },
		{ "91", 12 }, { "351", 12 }, { "420", 12 }, { "852", 11 },
	};

	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		if (slice_starts(digits, slice_str(plans[i].code)))
			return plans[i].n;
	return 0;
}

/* The code of the country that a name's ending stands for, where numbers there begin with 0 within
 * the country and lose it from abroad. */
static const char *code_of(const struct gathering *g)
{
	static const struct {
		const char *ending, *code;
	} endings[] = {
		{ ".uk", "44" }, { ".de", "49" }, { ".fr", "33" }, { ".jp", "81" }, { ".nl", "31" },
		{ ".at", "43" }, { ".ch", "41" }, { ".be", "32" }, { ".se", "46" }, { ".au", "61" },
		{ ".in", "91" }, { ".nz", "64" }, { ".ie", "353" }, { ".tr", "90" },
	};

	for (size_t i = 0; g->has_base && i < sizeof(endings) / sizeof(endings[0]); i++)
		if (slice_ends(g->base.host, slice_str(endings[i].ending)))
			return endings[i].code;
	return NULL;
}

/* Space, brackets, hyphens and dashes, narrow or wide. */
static bool mark_fits(struct slice mark)
{
	static const char *const wide[] = { "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92",
		                            "\xe2\x80\x93", "\xe2\x88\x92", "\xef\xbc\x8d",
		                            "\xef\xbc\x88", "\xef\xbc\x89", "\xe3\x80\x80",
		                            "\xc2\xa0" };

	if (mark.n == 0 || mark.n > MARK_BYTES)
		return false;
	while (mark.n) {
		size_t step = 0;
		if (memchr(" -.()/", mark.p[0], 6))
			step = 1;
		for (size_t i = 0; !step && i < sizeof(wide) / sizeof(wide[0]); i++)
			if (slice_starts(mark, slice_str(wide[i])))
				step = strlen(wide[i]);
		if (!step)
			return false;
		mark = slice_sub(mark, step, mark.n);
	}
	return true;
}

/* Read groups of digits from folded byte `at`, a digit. */
static void read_run(const struct folded *f, size_t at, struct run *r)
{
	struct slice s = f->text, source = f->source;
	size_t from = f->map[at];

	*r = (struct run){ 0 };
	for (size_t i = from; i > 0 && from - i < 4; i--) {
		struct slice before = slice_sub(source, 0, i);
		r->paren = r->paren || slice_ends(before, SLICE("("));
		r->plus = r->plus || slice_ends(before, SLICE("+")) ||
		          slice_ends(before, SLICE("＋"));
		if (r->plus || !(r->paren || before.p[i - 1] == ' '))
			break;
	}
	while (r->n < GROUPS_MAX) {
		size_t k = at;
		while (k < s.n && folded_digit(s.p[k]))
			k++;
		r->start[r->n] = at;
		r->len[r->n++] = k - at;
		if (k + 1 >= s.n || (s.p[k] != ' ' && s.p[k] != '.') || !folded_digit(s.p[k + 1]))
			return;
		struct slice mark = slice_sub(source, f->map[k], f->map[k + 1]);
		if (r->n == GROUPS_MAX || !mark_fits(mark))
			return;
		r->mark[r->n] = mark;
		at = k + 1;
	}
}

static bool holds(struct slice mark, char c)
{
	return slice_find(mark, c) < mark.n;
}

/* Whether every mark but the ones with brackets is a hyphen or a dot. */
static bool is_marked(const struct run *r)
{
	for (size_t i = 1; i < r->n; i++)
		if (slice_trim(r->mark[i]).n == 0)
			return false;
	return r->n > 1;
}

/* Which kind of number the words before byte `at` announce, or NULL. */
static const char *cue_before(struct slice s, size_t at)
{
	static const struct {
		const char *word, *kind;
	} cues[] = {
		{ "tel", "phone" }, { "telefon", "phone" }, { "telephone", "phone" },
		{ "phone", "phone" }, { "call", "phone" }, { "telefono", "phone" }, { "tlf", "phone" },
		{ "telefone", "phone" }, { "telefoon", "phone" }, { "hotline", "phone" },
		{ "helpline", "phone" }, { "mobile", "phone" }, { "mobil", "phone" }, { "fon", "phone" },
		{ "ph", "phone" }, { "freephone", "phone" }, { "fax", "fax" }, { "telefax", "fax" },
		{ "whatsapp", "whatsapp" }, { "viber", "viber" },
		{ "電話", "phone" },                         /* denwa */
		{ "電話番号", "phone" }, /* denwa bango */
		{ "тел", "phone" },                         /* tel, Cyrillic */
		{ "телефон", "phone" },
	};
	static const char *const between[] = { "number", "no", "nr", "us", "at", "on", "free", "toll",
		                               "numero", "nummer", "now", "line", "support", "us at" };
	struct word w;

	for (size_t step = 0; step < CUE_WORDS && word_before(s, at, &w); step++) {
		struct slice text = slice_from(s.p + w.start, w.end - w.start);
		bool goes_on = false;
		for (size_t i = 0; i < sizeof(cues) / sizeof(cues[0]); i++)
			if (slice_eq_str(text, cues[i].word))
				return cues[i].kind;
		for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++)
			goes_on = goes_on || slice_eq_str(text, between[i]);
		if (!goes_on)
			return NULL;
		at = w.start;
	}
	return NULL;
}

/* Digits of the groups, up to a whole number: how many groups those are. */
static size_t take_digits(struct slice s, const struct run *r, bool international, char *out)
{
	size_t n = 0, groups = 0;

	for (; groups < r->n; groups++) {
		size_t full = international ? full_length(slice_from(out, n)) : 0;
		if (full && n >= full)
			break;
		/* "+44 (0)20": the 0 is for callers within the country. */
		if (international && groups && r->len[groups] == 1 && s.p[r->start[groups]] == '0' &&
		    holds(r->mark[groups], '('))
			continue;
		/* "+1000 8/11/02" */
		if (n + r->len[groups] > DIGITS_MAX ||
		    (international && groups && holds(r->mark[groups], '/')))
			break;
		memcpy(out + n, s.p + r->start[groups], r->len[groups]);
		n += r->len[groups];
	}
	out[n] = '\0';
	return groups;
}

static bool is_north_american(struct slice s, const struct run *r)
{
	size_t from = r->n == 4 && r->len[0] == 1 && s.p[r->start[0]] == '1';

	return r->n - from == 3 && r->len[from] == 3 && r->len[from + 1] == 3 &&
	       r->len[from + 2] == 4 && s.p[r->start[from]] >= '2' && s.p[r->start[from + 1]] >= '2';
}

static bool is_japanese_number(struct slice s, const struct run *r)
{
	size_t n = r->n == 3 ? r->len[0] + r->len[1] + r->len[2] : 0;

	return (n == 10 || n == 11) && s.p[r->start[0]] == '0' && r->len[2] >= 3;
}

/* Whether a price is read at these bytes of the page. */
static bool is_price(const struct reading *r, size_t start, size_t end)
{
	size_t i = reading_first_price(r, (uint32_t)(start > 8 ? start - 8 : 0));

	return i < r->price_n && r->price[i].start < end && r->price[i].end > start;
}

static void put_number(struct gathering *g, size_t from, size_t to, const char *kind,
                       const char *value)
{
	struct fact f = { .kind = FACT_CONTACT, .arg = slice_str(kind), .value = slice_str(value) };
	size_t start = 0, end = 0;

	fold_span(g->r->folded, from, to, &start, &end);
	/* With the marks before its first digit. */
	while (start > 0 && memchr("+(", g->r->page->text.p[start - 1], 2))
		start--;
	f.start = (uint32_t)start;
	f.end = (uint32_t)end;
	if (!is_price(g->r, start, end))
		gathering_put(g, &f);
}

/* Whether letters go on where the digits end: "1-866-858-SAVE". */
static bool runs_on(const struct folded *f, size_t end)
{
	struct slice after = slice_sub(f->source, f->map[end - 1] + 1, f->source.n);

	return after.n > 1 && after.p[0] == '-' && !ascii_space(after.p[1]);
}

/* Read the number at folded byte `at`; gives the byte behind it. */
static size_t read_number(struct gathering *g, size_t at)
{
	struct slice s = g->r->folded->text;
	struct run r;
	char digits[DIGITS_MAX + 3], value[DIGITS_MAX + 8];

	read_run(g->r->folded, at, &r);
	size_t last = r.start[r.n - 1] + r.len[r.n - 1];
	bool touches = (at > 0 && s.p[at - 1] != ' ' && s.p[at - 1] != '\n' &&
	                (unsigned char)s.p[at - 1] < 0x80) ||
	               (last < s.n && (folded_alnum(s.p[last]) || s.p[last] == ',' || s.p[last] == '%'));
	bool zeros = r.n > 2 && r.len[0] >= 2 && slice_starts(slice_sub(s, at, s.n), SLICE("00")) &&
	             s.p[at + 2] != '0';
	bool international = r.plus || zeros;
	size_t single = 0;
	for (size_t i = 0; i < r.n; i++)
		single += r.len[i] == 1;
	/* "1 - 4 1 6": digits set apart, whose end cannot be told. */
	if (touches || single > 2)
		return last;
	const char *cue = cue_before(s, at);
	size_t groups = take_digits(s, &r, international && !zeros, digits);
	size_t n = strlen(digits), end = groups ? r.start[groups - 1] + r.len[groups - 1] : last;
	const char *code = code_of(g);
	const char *from = digits + (zeros ? 2 : 0);

	value[0] = '\0';
	if (international && strlen(from) >= 8 && *from != '0' && (n >= 10 || groups > 1) &&
	    (*from != '1' || strlen(from) == 11))
		snprintf(value, sizeof(value), "+%s", from);
	else if (international)
		return last;
	else if (is_north_american(s, &r) && (is_marked(&r) || r.paren || cue))
		snprintf(value, sizeof(value), "+1%s", digits + (n == 11));
	else if (is_japanese_number(s, &r) && (is_marked(&r) || cue) &&
	         reading_has_kana(slice_sub(g->r->page->text, 0, KANA_WITHIN)))
		snprintf(value, sizeof(value), "+81%s", digits + 1);
	else if (runs_on(g->r->folded, end))
		return last;
	else if (cue && n >= DIGITS_MIN && n <= 13 && digits[0] == '0' && code)
		snprintf(value, sizeof(value), "+%s%s", code, digits + 1);
	else if (cue && n >= DIGITS_MIN && n <= 13)
		snprintf(value, sizeof(value), "%s", digits);
	/* "000-000-000": nobody's. */
	if (value[0] && strspn(digits, "0") < n)
		put_number(g, at, end, cue ? cue : "phone", value);
	return value[0] ? end : last;
}

/* "tel:+44-20-7946-0000": the number is plain in the link. */
static void read_link(struct gathering *g, uint32_t block)
{
	struct slice t = g->r->page->block[block].target;
	char value[DIGITS_MAX + 2];
	size_t n = 0;

	t = slice_trim(slice_sub(t, 4, t.n));
	t = slice_sub(t, 0, slice_find(t, ';'));
	for (size_t i = 0; i < t.n && n < DIGITS_MAX + 1; i++)
		if (folded_digit(t.p[i]) || (t.p[i] == '+' && n == 0))
			value[n++] = t.p[i];
	value[n] = '\0';
	struct fact f = { .kind = FACT_CONTACT, .arg = SLICE("phone"), .value = slice_from(value, n),
		          .source = SOURCE_LINK };
	if (n >= DIGITS_MIN)
		gathering_put_at(g, block, &f);
}

void telephone_read(struct gathering *g)
{
	const struct page_text *page = g->r->page;
	struct slice s = g->r->folded->text;

	for (size_t i = 0; i < s.n && !gathering_is_full(g, FACT_CONTACT);) {
		if (!folded_digit(s.p[i])) {
			i++;
			continue;
		}
		i = read_number(g, i);
		while (i < s.n && folded_digit(s.p[i]))
			i++;
	}
	for (size_t i = 0; i < page->block_n && !gathering_is_full(g, FACT_CONTACT); i++)
		if (page->block[i].role == ROLE_LINK && !page->block[i].hidden &&
		    slice_eq_nocase(slice_sub(page->block[i].target, 0, 4), SLICE("tel:")))
			read_link(g, (uint32_t)i);
}
