/* Telephone numbers, by how they are written.
 *
 *   +44 20 7946 0000        international: any grouping, 8 to 15 digits (ITU-T E.164)
 *   0044 20 7946 0000       the same behind 00, grouped
 *   03-1234-5678            one of the shapes below: lengths of groups, first digits, separators
 *   Tel: 030 1234567        anything of 7 to 15 digits behind such a word
 *
 * A run of digits is most often something else, so a shape counts only where no letter or digit
 * touches it, no currency stands before it and no unit behind it, and no word that numbers things. */
#include "wire/glyphs.h"

enum { GROUPS_MAX = 8, DIGITS_MIN = 7, DIGITS_MAX = 15 };

/* Digits in groups, as they stand. */
struct run {
	size_t n;               /* groups */
	size_t from[GROUPS_MAX]; /* first character of each */
	size_t len[GROUPS_MAX];
	/* What stands before each group but the first, and before the first where it is "(". */
	bool hyphen[GROUPS_MAX], dot[GROUPS_MAX], paren[GROUPS_MAX], space[GROUPS_MAX];
};

/* Read groups from i, which may be "(" and stands before a digit. At most one "-", "." or "/" and
 * two characters more stand between two groups. */
static void read_run(const struct glyphs *s, size_t i, struct run *r)
{
	*r = (struct run){ 0 };
	while (r->n < GROUPS_MAX) {
		size_t k = i, marks = 0;
		struct run was = *r;
		for (; k - i < 3; k++) {
			uint32_t c = glyphs_c(s, k);
			if (c == '-')
				r->hyphen[r->n] = true;
			else if (c == '.')
				r->dot[r->n] = true;
			else if (c == '(' || c == ')')
				r->paren[r->n] = true;
			else if (c == ' ')
				r->space[r->n] = true;
			else
				break;
			marks += c == '-' || c == '.';
		}
		if (!is_digit(glyphs_c(s, k)) || marks > 1 || (r->n && k == i)) {
			*r = was;
			return;
		}
		r->from[r->n] = k;
		while (is_digit(glyphs_c(s, k)))
			k++;
		r->len[r->n] = k - r->from[r->n];
		r->n++;
		i = k;
	}
}

static size_t run_end(const struct run *r, size_t groups)
{
	return r->from[groups - 1] + r->len[groups - 1];
}

static size_t digits_of(const struct run *r, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t k = from; k < to; k++)
		n += r->len[k];
	return n;
}

/* ---- what a number is not ---- */

static const char *const units[] = {
	"mg", "mcg", "µg", "μg", "ug", "g", "kg", "ml", "l", "iu", "%", "x", "pill", "pills", "tab",
	"tabs", "tablet", "tablets", "cap", "caps", "capsule", "capsules", "vial", "vials", "usd",
	"eur", "gbp", "jpy", "yen", "円", "錠", "粒", "個", "本", "枚", "包", "元", "€", "$", "£", "¥",
	NULL,
};

static const char *const currencies[] = { "$", "€", "£", "¥", "₹", "₩", "usd", "eur", "gbp", "jpy",
					  "rs", NULL };

/* Words that number things other than telephones. */
static const char *const numbering[] = {
	"din", "ndc", "npi", "ean", "upc", "gtin", "jan", "isbn", "issn", "lot", "batch", "sku", "item",
	"ref", "reference", "order", "invoice", "licence", "license", "registration", "registered",
	"reg", "permit", "gphc", "mhra", "vat", "serial", "asin", "cas", "atc", "pl", "pzn", "cip",
	"company", "tracking", "account", "iban", "barcode", "product", "patent", NULL,
};

static const char *const numbers[] = { "no", "nr", "num", "number", "code", "id", NULL };

static bool is_word(const struct glyphs *s, size_t from, size_t to, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == to - from && glyphs_spells(s, from, *words))
			return true;
	return false;
}

/* The ASCII word that ends before i, over a few signs; *from is where it begins. False: none. */
static bool word_before(const struct glyphs *s, size_t i, size_t *from, size_t *to)
{
	for (size_t k = 0; k < 3 && i > 0; k++) {
		uint32_t c = s->c[i - 1];
		if (c != ' ' && c != ':' && c != '.' && c != '#' && c != '(' && c != '-')
			break;
		i--;
	}
	*to = i;
	while (i > 0 && *to - i < 14 && is_alnum(s->c[i - 1]))
		i--;
	*from = i;
	return *from < *to;
}

/* Whether what stands before i says that a number of something else follows. */
static bool numbers_another(const struct glyphs *s, size_t i)
{
	size_t from, to;
	uint32_t c = glyphs_before(s, i);

	if (c == ' ')
		c = i > 1 ? s->c[i - 2] : '\n';
	/* 第123号, 許可番号123: but a telephone's 番号 was seen before this is asked. */
	if (c == '#' || c == 0x2116 || c == 0x7b2c || c == 0x53f7)
		return true;
	if (c == ':' && i > 2 && (s->c[i - 2] == 0x53f7 || s->c[i - 3] == 0x53f7))
		return true;
	if (!word_before(s, i, &from, &to))
		return false;
	if (is_word(s, from, to, numbering))
		return true;
	return is_word(s, from, to, numbers) && word_before(s, from, &from, &to) &&
	       is_word(s, from, to, numbering);
}

static bool is_price(const struct glyphs *s, size_t i)
{
	size_t k = i;

	if (k > 0 && s->c[k - 1] == ' ')
		k--;
	for (const char *const *w = currencies; *w; w++) {
		size_t n = strlen(*w);
		if ((unsigned char)**w >= 0x80)
			n = 1; /* one character */
		if (k >= n && glyphs_spells(s, k - n, *w) && !(n > 1 && k > n && is_alnum(s->c[k - n - 1])))
			return true;
	}
	return false;
}

static bool has_unit(const struct glyphs *s, size_t end)
{
	return glyphs_spells_any(s, end, units) ||
	       (glyphs_c(s, end) == ' ' && glyphs_spells_any(s, end + 1, units));
}

/* Nothing that belongs to a longer number or word touches it. */
static bool stands_alone(const struct glyphs *s, size_t start, size_t end)
{
	uint32_t b = glyphs_before(s, start), e = glyphs_c(s, end), f = glyphs_c(s, end + 1);

	if (is_alnum(b) || b == '_' || b == '-' || b == '+' || b == '@' || is_alnum(e) || e == '_')
		return false;
	if ((b == '.' || b == ',' || b == '/') && start > 1 && is_digit(s->c[start - 2]))
		return false;
	return !((e == '.' || e == ',' || e == '-' || e == '/' || e == ':') && is_digit(f));
}

/* 2026-11-22, 22.11.2026; and NDC, grouped 4-4-2, 5-3-2, 5-4-1 or 5-4-2. */
static bool is_date_or_ndc(const struct glyphs *s, const struct run *r, size_t groups)
{
	const size_t *l = r->len;

	if (groups != 3)
		return false;
	if (l[0] == 4 && l[1] <= 2 && l[2] <= 2)
		return glyphs_spells(s, r->from[0], "19") || glyphs_spells(s, r->from[0], "20");
	if (l[0] <= 2 && l[1] <= 2 && l[2] == 4)
		return glyphs_spells(s, r->from[2], "19") || glyphs_spells(s, r->from[2], "20");
	return (l[0] == 4 && l[1] == 4 && l[2] == 2) || (l[0] == 5 && l[1] == 3 && l[2] == 2) ||
	       (l[0] == 5 && l[1] == 4 && l[2] <= 2);
}

/* ---- shapes ---- */

enum separators {
	TIGHT = 1, /* every two groups are joined by "-" or by a closing or opening parenthesis */
	LOOSE = 2, /* spaces will do too */
	DOTS = 4,  /* and full stops */
};

static const struct shape {
	size_t n, len[4];
	enum plan { PLAN_ZERO, PLAN_NANP, PLAN_NANP_1 } plan;
	unsigned allows;
} shapes[] = {
	/* Great Britain; the first two are Japanese too. */
	{ 3, { 3, 4, 4 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 3, { 4, 3, 3 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 3, { 4, 3, 4 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 3, { 5, 3, 3 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 2, { 5, 6 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 2, { 5, 5 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 2, { 4, 7 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 2, { 3, 8 }, PLAN_ZERO, TIGHT | LOOSE },
	/* Japan: ten digits, area code and exchange together six. */
	{ 3, { 2, 4, 4 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 3, { 3, 3, 4 }, PLAN_ZERO, TIGHT | LOOSE },
	{ 3, { 4, 2, 4 }, PLAN_ZERO, TIGHT },
	{ 3, { 5, 1, 4 }, PLAN_ZERO, TIGHT },
	/* North America. Three groups with spaces alone are as well strengths: "250 500 1000". */
	{ 3, { 3, 3, 4 }, PLAN_NANP, TIGHT | DOTS },
	{ 4, { 1, 3, 3, 4 }, PLAN_NANP_1, TIGHT | LOOSE | DOTS },
};

static bool starts_as(const struct glyphs *s, const struct run *r, enum plan plan)
{
	const uint32_t *c = &s->c[r->from[0]];

	switch (plan) {
	case PLAN_ZERO:
		return c[0] == '0' && c[1] != '0';
	case PLAN_NANP:
		return c[0] >= '2' && s->c[r->from[1]] >= '2';
	case PLAN_NANP_1:
		return c[0] == '1' && s->c[r->from[1]] >= '2' && s->c[r->from[2]] >= '2';
	}
	return false;
}

static bool joined_as(const struct run *r, size_t groups, unsigned allows)
{
	bool tight = false, spaced = false;

	for (size_t k = 1; k < groups; k++) {
		if (r->dot[k] && !(allows & DOTS))
			return false;
		tight = tight || r->hyphen[k] || r->paren[k] || r->dot[k];
		spaced = spaced || (!r->hyphen[k] && !r->paren[k] && !r->dot[k]);
	}
	/* One space is fine beside a hyphen: 555 123-4567. */
	return tight || !spaced || (allows & LOOSE);
}

/* How many groups of the run are one of the shapes; 0 for none. */
static size_t shape_of(const struct glyphs *s, const struct run *r)
{
	size_t best = 0;

	for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
		const struct shape *x = &shapes[k];
		bool same = r->n >= x->n && x->n > best;
		for (size_t g = 0; same && g < x->n; g++)
			same = r->len[g] == x->len[g];
		if (same && starts_as(s, r, x->plan) && joined_as(r, x->n, x->allows))
			best = x->n;
	}
	return best;
}

/* ---- at one place ---- */

/* "+" and a country code, or 00 and a grouped number: where it ends, or 0. */
static size_t international(const struct glyphs *s, size_t i)
{
	struct run r;
	size_t groups = 0, digits = 0, k = i;
	bool plus = glyphs_c(s, i) == '+';

	if (plus)
		k++;
	read_run(s, k, &r);
	if (r.n == 0 || r.from[0] - k > 2 || (!plus && r.from[0] != k))
		return 0;
	if (!plus && (s->c[k] != '0' || glyphs_c(s, k + 1) != '0' || r.n < 3 ||
	              is_date_or_ndc(s, &r, r.n)))
		return 0;
	k = r.from[0];
	if (plus ? s->c[k] == '0' : glyphs_c(s, k + 2) == '0')
		return 0;
	while (groups < r.n && digits + r.len[groups] <= DIGITS_MAX + (plus ? 0u : 2u))
		digits += r.len[groups++];
	/* "+44 20 7946 0000 100 mg": the last group is of what follows. */
	while (groups && has_unit(s, run_end(&r, groups)) && !is_alnum(glyphs_c(s, run_end(&r, groups))))
		digits -= r.len[--groups];
	if (digits < (plus ? 8u : 11u) || !groups || is_alnum(glyphs_c(s, run_end(&r, groups))))
		return 0;
	return run_end(&r, groups);
}

/* A number in a shape of its own country, or eleven digits of a mobile one: where it ends, or 0. */
static size_t domestic(const struct glyphs *s, size_t i)
{
	struct run r;

	read_run(s, i, &r);
	if (r.n == 0 || r.from[0] - i > 1)
		return 0;
	size_t groups = shape_of(s, &r), end;
	if (!groups && r.len[0] == 11 &&
	    (glyphs_spells(s, r.from[0], "070") || glyphs_spells(s, r.from[0], "080") ||
	     glyphs_spells(s, r.from[0], "090") || glyphs_spells(s, r.from[0], "07")))
		groups = 1;
	if (!groups)
		return 0;
	end = run_end(&r, groups);
	/* Spaces on and on are a list of numbers. */
	if (groups < r.n && r.space[groups] && !r.hyphen[groups] && !r.hyphen[1] && !r.paren[0] &&
	    !r.paren[1])
		return 0;
	if (!stands_alone(s, i, end) || is_price(s, i) || has_unit(s, end) || numbers_another(s, i))
		return 0;
	return end;
}

/* Behind a word that says so: a shape, else 7 to 15 digits as they stand; where it ends, or 0. */
static size_t keyed(const struct glyphs *s, size_t i)
{
	struct run r;
	size_t groups, digits = 0;

	if (glyphs_c(s, i) == '+' || glyphs_spells(s, i, "00"))
		return international(s, i);
	read_run(s, i, &r);
	if (r.n == 0 || r.from[0] - i > 1)
		return 0;
	groups = shape_of(s, &r);
	if (!groups) {
		while (groups < r.n && digits + r.len[groups] <= DIGITS_MAX)
			digits += r.len[groups++];
		if (groups && digits_of(&r, 0, groups) < DIGITS_MIN)
			return 0;
	}
	if (!groups || is_date_or_ndc(s, &r, groups) || is_price(s, i) ||
	    has_unit(s, run_end(&r, groups)) || is_alnum(glyphs_c(s, run_end(&r, groups))))
		return 0;
	return run_end(&r, groups);
}

/* ---- words before a number ---- */

static const char *const keys[] = {
	"tel", "telephone", "phone", "mobile", "fax", "whatsapp", "viber", "hotline", "helpline",
	"call", "telefon", "telefono", "teléfono", "téléphone", "тел", "телефон", "電話", "携帯",
	"ファックス", "ファクス", "フリーダイヤル", "전화", "电话", NULL,
};

static const char *const between[] = { "us", "at", "on", "no", "number", "or", "me", "now", "free",
				       "toll", "and", "番号", "は", NULL };

/* Past signs and small words to where a number may begin. */
static size_t to_number(const struct glyphs *s, size_t i)
{
	size_t from = i, breaks = 0;

	while (i - from < 24 && i < s->n) {
		uint32_t c = s->c[i];
		bool opens = c == '(' && (is_digit(glyphs_c(s, i + 1)) || glyphs_c(s, i + 1) == '+');
		if (is_digit(c) || c == '+' || opens)
			break;
		size_t n = glyphs_spells_any(s, i, between);
		if (n)
			i += n;
		else if (c == '\n' ? ++breaks > 1 : !strchr(" :.()[]#-/,;", (int)(c < 0x7f ? c : '!')))
			break;
		else
			i++;
	}
	return i;
}

/* Every number behind the word that ends at i; where the last ends, or i. */
static size_t find_keyed(struct redactions *f, size_t i)
{
	const struct glyphs *s = &f->s;
	size_t end = i;

	for (;;) {
		size_t start = to_number(s, i);
		size_t to = start < s->n ? keyed(s, start) : 0;
		if (!to)
			return end;
		redaction_add(f, start, to, REDACTION_TELEPHONE);
		i = end = to;
	}
}

void redaction_each_telephone(struct redactions *f)
{
	const struct glyphs *s = &f->s;

	for (size_t i = 0; i < s->n; i++) {
		uint32_t b = glyphs_before(s, i), c = s->c[i];
		size_t end = 0;
		if (is_digit(c) || c == '(' || c == '+') {
			/* Not from the middle of a number. */
			if (is_digit(b))
				continue;
			if (c == '+' || (c == '0' && glyphs_c(s, i + 1) == '0'))
				end = is_alnum(b) || b == '-' || (c == '0' && numbers_another(s, i)) ?
				              0 : international(s, i);
			if (!end && c != '+')
				end = domestic(s, i);
			if (end) {
				redaction_add(f, i, end, REDACTION_TELEPHONE);
				i = end - 1;
			}
			continue;
		}
		size_t n = is_alnum(b) ? 0 : glyphs_spells_any(s, i, keys);
		if (n && (end = find_keyed(f, i + n)) > i + n)
			i = end - 1;
	}
}
