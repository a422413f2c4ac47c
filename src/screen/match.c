#include "screen/match.h"

enum {
	FOLD_MIN = 5,     /* letters of a word that is seen through leet and doubling */
	HYPHEN_MIN = 6,   /* and through hyphens inside */
	DRUG_CERTAIN = 9, /* letters of a drug name that is part of no other word */
	STRAY = 2,        /* letters beside a drug name that make it part of a longer word */
	CODE = 2, /* letters of "us", "rx": words that stand by chance wherever two words meet */
};

static bool is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

/* Whether nothing that belongs to the same word stands on the other side of a character's front. A
 * writing without spaces parts from Latin letters by itself. */
static bool is_border(const struct skeleton *k, size_t i)
{
	if (i == 0 || i >= k->chars || k->c[i].after_hyphen)
		return true;
	uint32_t before = k->c[i - 1].c, after = k->c[i].c;
	if (before == '.' || after == '.' || is_digit(before) != is_digit(after))
		return true;
	return (before >= 0x2e80) != (after >= 0x2e80);
}

/* How character c of a name stands for character w of a word with the same symbol; -1 when it
 * does not. */
static int folding_of(uint32_t c, uint32_t w, uint32_t symbol)
{
	if (c == w)
		return FOLDING_NONE;
	if (is_digit(w)) /* a digit of the word is meant as one: "24h" is not "zah" */
		return -1;
	if (is_digit(c))
		return FOLDING_LEET;
	if (c == symbol) /* "gunstig" for "günstig" */
		return FOLDING_NONE;
	return FOLDING_CONFUSABLE;
}

/* A word is letters first; and a digit at its end that has more of the name beside it is a number:
 * "10ratadine", "kb4compliance". */
static bool is_plausible_leet(const struct pattern *p, const struct skeleton *k, size_t leet,
                              size_t from, size_t to)
{
	size_t letters = 0;

	for (size_t i = 0; i < p->n; i++)
		letters += !is_digit(p->c[i].c);
	if (2 * leet > letters)
		return false;
	if (is_digit(k->c[from].c) && from > 0 && !k->c[from].after_hyphen &&
	    k->c[from - 1].c != '.')
		return false;
	return !is_digit(k->c[to - 1].c) || to == k->chars || k->c[to].after_hyphen ||
	       k->c[to].c == '.';
}

/* Hold a likeness, runs first..last of the skeleton, against the characters. */
static bool verify(const struct pattern *p, const struct skeleton *k, size_t first, size_t last,
                   struct match *out)
{
	size_t w = 0; /* character of the word */
	size_t leet = 0, from = 0, to = 0;
	uint8_t folding = 0;

	for (size_t r = first; r <= last; r++) {
		const struct skeleton_run *run = &k->run[r];
		size_t need = p->run[r - first], begin = run->first, n = run->n;
		if (n < need)
			return false;
		/* What a run has too many at either end of the word belongs to its neighbours. */
		if (r == first) {
			begin += r == last ? 0 : n - need;
			n = need;
			from = begin;
		} else if (r == last) {
			n = need;
		} else if (n > need) {
			folding |= FOLDING_DOUBLED;
		}
		for (size_t i = 0; i < n; i++) {
			const struct skeleton_char *c = &k->c[begin + i];
			const struct skeleton_char *want = &p->c[w + (i < need ? i : need - 1)];
			int how = folding_of(c->c, want->c, run->symbol);
			if (how < 0)
				return false;
			folding |= (uint8_t)how;
			leet += how == FOLDING_LEET;
			if (c->after_hyphen && begin + i > from &&
			    !(i < need && want->after_hyphen))
				folding |= FOLDING_HYPHEN;
		}
		w += need;
		to = begin + n;
	}
	*out = (struct match){ p, (uint16_t)from, (uint16_t)to, folding, false, false };
	if (!folding)
		return true;
	if (p->class != SCREEN_CLASS_DRUG && p->class != SCREEN_CLASS_PHARMACY &&
	    p->class != SCREEN_CLASS_NORX)
		return false;
	if (p->n < FOLD_MIN)
		return false;
	if (folding & FOLDING_LEET && !is_plausible_leet(p, k, leet, from, to))
		return false;
	/* "mega-via-grand": what hyphens part was written as words. */
	return !(folding & FOLDING_HYPHEN) ||
	       (p->n >= HYPHEN_MIN && is_border(k, from) && is_border(k, to));
}

void match_scan(const struct automaton *a, const struct pattern *patterns, const struct skeleton *k,
                struct matches *out)
{
	struct automaton_scan scan = automaton_scan(a, slice_from(k->text, k->bytes));

	for (struct automaton_match m; out->n < MATCHES && automaton_next(&scan, &m);) {
		const struct pattern *p = &patterns[m.value];
		if (!verify(p, k, k->run_at[m.start], k->run_at[m.end - 1], &out->m[out->n]))
			continue;
		/* A short word inside letters needs a border on one side at least; most are gone
		 * here. */
		const struct match *found = &out->m[out->n];
		if (p->label_only && p->class == SCREEN_CLASS_WEAK && !is_border(k, found->from) &&
		    !is_border(k, found->to))
			continue;
		out->has_suspicious |= p->class != CLASS_ORDINARY &&
		                       p->class != SCREEN_CLASS_COMMERCE &&
		                       p->class != SCREEN_CLASS_COUNTRY;
		out->n++;
	}
}

void match_drop_behind(struct matches *all, const struct skeleton *k, size_t front)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (k->c[all->m[i].to - 1].end <= front)
			all->m[n++] = all->m[i];
	all->n = n;
}

static bool is_inside(const struct match *inner, const struct match *outer)
{
	return inner->from >= outer->from && inner->to <= outer->to;
}

/* All but one letter of a word at least as long: "Acomplia" where svea and compliance meet. */
static bool is_nearly_inside(const struct match *inner, const struct match *outer)
{
	size_t from = inner->from > outer->from ? inner->from : outer->from;
	size_t to = inner->to < outer->to ? inner->to : outer->to;

	return to > from && outer->to - outer->from >= inner->to - inner->from &&
	       (size_t)(inner->to - inner->from) <= to - from + 1;
}

void match_veto(struct matches *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct match *ordinary = &all->m[i];
		if (ordinary->pattern->class != CLASS_ORDINARY)
			continue;
		for (size_t k = 0; k < all->n; k++) {
			struct match *m = &all->m[k];
			if (m->pattern->class != CLASS_ORDINARY &&
			    (is_inside(m, ordinary) || (m->pattern->class == SCREEN_CLASS_DRUG &&
			                                is_nearly_inside(m, ordinary))))
				m->is_vetoed = true;
		}
	}
}

/* Whether a word stands by itself, so that the words beside it can lean on it. */
static bool is_firm(const struct match *m)
{
	return !m->is_vetoed && !m->pattern->label_only &&
	       ((m->pattern->class == SCREEN_CLASS_DRUG && m->pattern->n >= DRUG_CERTAIN) ||
	        m->pattern->class == SCREEN_CLASS_PHARMACY ||
	        m->pattern->class == SCREEN_CLASS_NORX);
}

struct borders {
	bool left[SKELETON_CHARS + 1];  /* something ends before this character */
	bool right[SKELETON_CHARS + 1]; /* something begins at this character */
};

/* Letters from character i on to the next border. They count for nothing where they only go on with
 * the word ("viagraaa", "viagras") or have a number behind them ("lyricaa24"). */
static size_t stray_after(const struct skeleton *k, const struct borders *b, size_t i)
{
	size_t n = 0;
	uint32_t last = i > 0 ? k->c[i - 1].c : 0;
	bool same = true;

	while (i + n < k->chars && !b->right[i + n]) {
		same = same && k->c[i + n].c == last;
		n++;
	}
	if (same || (n == 1 && k->c[i].c == 's') ||
	    (i + n < k->chars && n <= STRAY && is_digit(k->c[i + n].c)))
		return 0;
	/* "levitra in usa": what stands before another word of the lexicon is a word itself. */
	return n == STRAY && !is_border(k, i + n) ? STRAY + 1 : n;
}

static size_t stray_before(const struct skeleton *k, const struct borders *b, size_t i)
{
	size_t n = 0;
	bool same = true;

	while (i > n && !b->left[i - n]) {
		n++;
		same = same && k->c[i - n].c == k->c[i].c;
	}
	if (same)
		return 0;
	return n == STRAY && !is_border(k, i - n) ? STRAY + 1 : n;
}

/* A drug name of a few letters is often a part of another word: "Iscover" of "discover",
 * "Evista" of "revista", "Meridia" of "meridian". It counts fully between borders, or with one
 * border and a word's worth of letters on the other side. */
static void settle_drug(struct match *m, const struct skeleton *k, const struct borders *b)
{
	if (m->pattern->n >= DRUG_CERTAIN || k->c[m->from].c >= 0x2e80)
		return;
	size_t before = stray_before(k, b, m->from), after = stray_after(k, b, m->to);
	m->is_loose = (before && after) || (before && before <= STRAY) || (after && after <= STRAY);
}

/* Two letters mean something only where nothing lends them a border: "ca-rx", not "carx"; a weak
 * word may lean on a longer one on one side ("rxonline"). */
static bool is_code_by_chance(const struct match *m, const struct skeleton *k)
{
	if (m->pattern->n > CODE)
		return false;
	bool left = is_border(k, m->from), right = is_border(k, m->to);
	return m->pattern->class == SCREEN_CLASS_WEAK ? !left && !right : !left || !right;
}

void match_settle(struct matches *all, const struct skeleton *k)
{
	struct borders b;
	bool changed = true;

	for (size_t i = 0; i <= k->chars; i++)
		b.left[i] = b.right[i] = is_border(k, i);
	for (size_t i = 0; i < all->n; i++) {
		struct match *m = &all->m[i];
		m->is_vetoed = m->is_vetoed || (m->pattern->label_only && is_code_by_chance(m, k));
		if (is_firm(m))
			b.left[m->to] = b.right[m->from] = true;
	}
	while (changed) {
		changed = false;
		for (size_t i = 0; i < all->n; i++) {
			const struct match *m = &all->m[i];
			if (m->is_vetoed)
				continue;
			if (b.left[m->from] && !b.left[m->to])
				b.left[m->to] = changed = true;
			if (b.right[m->to] && !b.right[m->from])
				b.right[m->from] = changed = true;
		}
	}
	for (size_t i = 0; i < all->n; i++) {
		struct match *m = &all->m[i];
		if (m->is_vetoed)
			continue;
		if (m->pattern->label_only)
			m->is_vetoed = !(b.left[m->from] && b.right[m->to]);
		else if (m->pattern->class == SCREEN_CLASS_DRUG)
			settle_drug(m, k, &b);
	}
}

bool match_is_swallowed(const struct matches *all, const struct match *m)
{
	bool is_companion = m->pattern->class >= SCREEN_CLASS_COMMERCE;

	for (size_t i = 0; i < all->n; i++) {
		const struct match *o = &all->m[i];
		if (o == m || o->is_vetoed || o->pattern->class == CLASS_ORDINARY ||
		    !is_inside(m, o))
			continue;
		bool is_longer = o->to - o->from > m->to - m->from;
		int class = o->pattern->class;
		if (!is_longer) {
			/* One place, one reason: the graver class, then the plainer reading,
			 * then the one that came first. */
			if (class != m->pattern->class ? class < m->pattern->class
			    : o->folding != m->folding ? o->folding < m->folding
			                               : o < m)
				return true;
		} else if (class == m->pattern->class || class == SCREEN_CLASS_DRUG ||
		           ((class == SCREEN_CLASS_PHARMACY || class == SCREEN_CLASS_NORX) &&
		            !is_companion)) {
			return true;
		}
	}
	return false;
}
