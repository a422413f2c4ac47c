/* Two automata over the skeleton of a name. The first knows the words that can make a suspect; the
 * second (selling, countries, ordinary words) is asked only for names in which the first found
 * something: one in ten. A third knows the words of other scripts, for names that have them.
 *
 * What an automaton finds is a likeness. It is then held against the characters as they were
 * (verify), against the ordinary words that it may be a part of (veto), and words that count only
 * between borders against what stands beside them (settle). */
#include "screen/screen.h"

#include "base/arena.h"
#include "base/automaton.h"
#include "base/table.h"
#include "screen/score.h"
#include "screen/skeleton.h"
#include "wire/dname.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MATCHES = 64,      /* of one name; a name of more is listed for what came first */
	FOLD_MIN = 5,      /* letters of a word that is seen through leet and doubling */
	HYPHEN_MIN = 6,    /* and through hyphens inside */
	DRUG_ANYWHERE = 6, /* letters of a drug name that counts between other letters */
	DRUG_ALONE = 5,    /* and of one that counts by itself at all */
	DRUG_CERTAIN = 9,  /* and of one that is part of no other word */
	STRAY = 2,         /* letters beside a drug name that make it part of a longer word */
	CODE = 2,          /* letters of "us", "rx": words that stand by chance wherever two words meet */
	DRUG_MIN = 3,
};

enum { CLASS_ORDINARY = SCREEN_CLASSES };

struct pattern {
	const struct skeleton_char *c; /* n characters, in .arena */
	const uint8_t *run;            /* lengths of the runs, .runs of them */
	uint16_t n, runs;
	uint8_t class; /* enum screen_class or CLASS_ORDINARY */
	bool label_only, is_faint;
	enum risk risk;
	struct slice word, substance;
};

struct screen {
	const struct suffixes *suffixes;
	struct sha256 digest; /* of the lexicon */
	struct automaton *anchor, *context, *other_scripts;
	struct pattern *pattern;
	size_t patterns;
	struct table pharmacy; /* pharmacy words, for a last label that is one */
	struct arena arena;
};

struct match {
	const struct pattern *pattern;
	uint16_t from, to; /* characters */
	uint8_t folding;
	bool is_vetoed;
	bool is_loose; /* a drug name amid other letters */
};

struct matches {
	struct match m[MATCHES];
	size_t n;
	bool has_suspicious; /* any but ordinary, commerce and country */
};

static const char *const class_names[SCREEN_CLASSES] = {
	"drug", "pharmacy", "weak", "norx", "commerce", "country",
};

static const char *const rule_names[SCREEN_CLASSES] = {
	"drug-name", "pharmacy-word", "weak-word", "norx-word", "commerce-word", "country-word",
};

const char *screen_class_name(enum screen_class class)
{
	return class_names[class];
}

const char *screen_tier_name(enum screen_tier tier)
{
	static const char *const names[] = { "nothing", "word", "combined", "drug" };

	return names[tier];
}

void screen_folding_name(uint8_t folding, char out[FOLDING_TEXT])
{
	static const char *const names[] = { "leet", "doubled", "hyphen", "confusable" };
	size_t n = 0;

	snprintf(out, FOLDING_TEXT, "none");
	for (int i = 0; i < 4; i++)
		if (folding & 1 << i)
			n += (size_t)snprintf(out + n, FOLDING_TEXT - n, "%s%s", n ? "," : "", names[i]);
}

/* --- building --- */

enum place { ANCHOR, CONTEXT, OTHER_SCRIPTS, PLACES };

struct builder {
	struct screen *s;
	struct automaton_pattern *pattern[PLACES]; /* room for every word in each */
	size_t n[PLACES];
	struct table seen; /* class and characters: one word may stand in several languages */
};

static bool is_spaced_script(const struct skeleton *k)
{
	for (size_t i = 0; i < k->chars; i++)
		if (k->c[i].c >= 0x2e80)
			return false;
	return true;
}

/* Decide how a drug name must stand; false when it is too short to be looked for. */
static bool place_drug(struct pattern *p, const struct skeleton *k, bool is_ambiguous)
{
	p->is_faint = is_ambiguous;
	p->label_only = is_ambiguous;
	if (!is_spaced_script(k))
		return k->chars >= 2;
	p->is_faint |= k->chars < DRUG_ALONE;
	p->label_only |= k->chars < DRUG_ANYWHERE;
	return k->chars >= DRUG_MIN;
}

static int add(struct builder *b, struct pattern p, const struct skeleton *k, struct err *err)
{
	struct screen *s = b->s;
	struct skeleton_char *c = arena_array(&s->arena, k->chars, sizeof(*c));
	uint8_t *run = arena_array(&s->arena, k->runs, sizeof(*run));
	struct slice text = arena_copy(&s->arena, slice_from(k->text, k->bytes));
	uint32_t *key = arena_array(&s->arena, k->chars + 1u, sizeof(*key));
	bool ascii = true;

	if (!c || !run || !text.p || !key)
		return err_set(err, ERR_NOMEM, 0, "screen: no memory");
	key[0] = p.class;
	for (size_t i = 0; i < k->chars; i++) {
		c[i] = k->c[i];
		key[i + 1] = k->c[i].c;
	}
	for (size_t i = 0; i < k->runs; i++) {
		run[i] = (uint8_t)k->run[i].n;
		ascii = ascii && k->run[i].symbol < 0x80;
	}
	struct table_entry *e =
		table_put(&b->seen, slice_from((const char *)key, (k->chars + 1u) * sizeof(*key)));
	if (!e)
		return err_set(err, ERR_NOMEM, 0, "screen: no memory");
	if (e->value) {
		/* Where one language lets a word stand anywhere, it may. */
		struct pattern *have = e->value;
		have->label_only = have->label_only && p.label_only;
		have->is_faint = have->is_faint && p.is_faint;
		return 0;
	}
	p.c = c;
	p.run = run;
	p.n = k->chars;
	p.runs = k->runs;
	e->value = &s->pattern[s->patterns];
	s->pattern[s->patterns] = p;
	enum place place = !ascii ? OTHER_SCRIPTS
	                   : p.class == SCREEN_CLASS_COMMERCE || p.class == SCREEN_CLASS_COUNTRY ||
	                                   p.class == CLASS_ORDINARY
	                           ? CONTEXT
	                           : ANCHOR;
	b->pattern[place][b->n[place]++] =
		(struct automaton_pattern){ text, (uint32_t)s->patterns++ };
	return 0;
}

static int add_words(struct builder *b, const struct lexicon *l, struct skeleton *k,
                     struct err *err)
{
	static const uint8_t classes[WORD_CLASSES] = {
		[WORD_PHARMACY] = SCREEN_CLASS_PHARMACY, [WORD_WEAK] = SCREEN_CLASS_WEAK,
		[WORD_COMMERCE] = SCREEN_CLASS_COMMERCE, [WORD_COUNTRY] = SCREEN_CLASS_COUNTRY,
		[WORD_NORX] = SCREEN_CLASS_NORX,         [WORD_ORDINARY] = CLASS_ORDINARY,
	};
	int rc = 0;

	for (size_t i = 0; i < l->words && !rc; i++) {
		const struct lexicon_word *w = &l->word[i];
		struct pattern p = { .class = classes[w->class], .label_only = w->label_only,
			             .word = w->text };
		if (!skeleton_of_word(w->text, SKELETON_ONE_IS_I, k))
			continue;
		if (w->class == WORD_PHARMACY) {
			struct table_entry *e = table_put(&b->s->pharmacy, w->text);
			if (!e)
				return err_set(err, ERR_NOMEM, 0, "screen: no memory");
			e->value = (void *)(uintptr_t)w;
		}
		rc = add(b, p, k, err);
	}
	return rc;
}

static int add_terms(struct builder *b, const struct lexicon *l, struct skeleton *k,
                     struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < l->terms && !rc; i++) {
		const struct lexicon_term *t = &l->term[i];
		const struct lexicon_substance *substance = &l->substance[t->substance];
		struct pattern p = { .class = SCREEN_CLASS_DRUG, .risk = substance->risk,
			             .word = t->text, .substance = substance->name };
		if (skeleton_of_word(t->text, SKELETON_ONE_IS_I, k) &&
		    place_drug(&p, k, t->is_ambiguous))
			rc = add(b, p, k, err);
	}
	return rc;
}

int screen_new(const struct lexicon *lexicon, const struct suffixes *suffixes, struct screen **out,
               struct err *err)
{
	struct screen *s = calloc(1, sizeof(*s));
	struct skeleton *k = malloc(sizeof(*k));
	struct builder b = { .s = s };
	size_t most = lexicon->terms + lexicon->words + 1;
	int rc = s && k ? 0 : err_set(err, ERR_NOMEM, 0, "screen: no memory");

	if (!rc) {
		s->suffixes = suffixes;
		s->digest = lexicon->digest;
		s->pattern = arena_array(&s->arena, most, sizeof(*s->pattern));
		for (int i = 0; i < PLACES; i++)
			b.pattern[i] = calloc(most, sizeof(*b.pattern[i]));
		if (!s->pattern || !b.pattern[0] || !b.pattern[1] || !b.pattern[2])
			rc = err_set(err, ERR_NOMEM, 0, "screen: no memory");
	}
	if (!rc)
		rc = add_terms(&b, lexicon, k, err);
	if (!rc)
		rc = add_words(&b, lexicon, k, err);
	if (!rc)
		rc = automaton_new(b.pattern[ANCHOR], b.n[ANCHOR], &s->anchor, err);
	if (!rc)
		rc = automaton_new(b.pattern[CONTEXT], b.n[CONTEXT], &s->context, err);
	if (!rc)
		rc = automaton_new(b.pattern[OTHER_SCRIPTS], b.n[OTHER_SCRIPTS], &s->other_scripts,
		                   err);
	for (int i = 0; i < PLACES; i++)
		free(b.pattern[i]);
	table_release(&b.seen);
	free(k);
	if (!rc)
		*out = s;
	else
		screen_free(s);
	return rc;
}

void screen_free(struct screen *s)
{
	if (!s)
		return;
	automaton_free(s->anchor);
	automaton_free(s->context);
	automaton_free(s->other_scripts);
	table_release(&s->pharmacy);
	arena_release(&s->arena);
	free(s);
}

const struct suffixes *screen_suffixes(const struct screen *s)
{
	return s->suffixes;
}

struct sha256 screen_lexicon_digest(const struct screen *s)
{
	return s->digest;
}

/* --- looking at a name --- */

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
			if (c->after_hyphen && begin + i > from && !(i < need && want->after_hyphen))
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

static void scan(const struct screen *s, const struct automaton *a, const struct skeleton *k,
                 struct matches *out)
{
	struct automaton_scan scan = automaton_scan(a, slice_from(k->text, k->bytes));

	for (struct automaton_match m; out->n < MATCHES && automaton_next(&scan, &m);) {
		const struct pattern *p = &s->pattern[m.value];
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

static bool is_inside(const struct match *inner, const struct match *outer)
{
	return inner->from >= outer->from && inner->to <= outer->to;
}

/* A word inside an ordinary one is a part of it. */
static void veto(struct matches *all)
{
	for (size_t i = 0; i < all->n; i++) {
		if (all->m[i].pattern->class != CLASS_ORDINARY)
			continue;
		for (size_t k = 0; k < all->n; k++)
			if (all->m[k].pattern->class != CLASS_ORDINARY &&
			    is_inside(&all->m[k], &all->m[i]))
				all->m[k].is_vetoed = true;
	}
}

/* Whether a word stands by itself, so that the words beside it can lean on it. */
static bool is_firm(const struct match *m)
{
	return !m->is_vetoed && !m->pattern->label_only &&
	       ((m->pattern->class == SCREEN_CLASS_DRUG && m->pattern->n >= DRUG_CERTAIN) ||
	        m->pattern->class == SCREEN_CLASS_PHARMACY || m->pattern->class == SCREEN_CLASS_NORX);
}

struct borders {
	bool left[SKELETON_CHARS + 1];  /* something ends before this character */
	bool right[SKELETON_CHARS + 1]; /* something begins at this character */
};

/* Letters from character i on to the next border: forwards, or backwards from i - 1. */
static size_t stray_after(const struct skeleton *k, const struct borders *b, size_t i)
{
	size_t n = 0;
	uint32_t last = i > 0 ? k->c[i - 1].c : 0;
	bool same = true;

	while (i + n < k->chars && !b->right[i + n]) {
		same = same && k->c[i + n].c == last;
		n++;
	}
	/* "viagraaa" and "viagras" are the same word; "lyricaa24" has a number behind a letter. */
	if (same || (n == 1 && k->c[i].c == 's') ||
	    (i + n < k->chars && n <= STRAY && is_digit(k->c[i + n].c)))
		return 0;
	return n;
}

static size_t stray_before(const struct skeleton *k, const struct borders *b, size_t i)
{
	size_t n = 0;
	bool same = true;

	while (i > n && !b->left[i - n]) {
		n++;
		same = same && k->c[i - n].c == k->c[i].c;
	}
	return same ? 0 : n;
}

/* A drug name of a few letters is often a part of another word: "Iscover" of "discover",
 * "Evista" of "revista", "Meridia" of "meridian". It counts between borders, or with one border and
 * a whole word's worth of letters on the other side. */
static void settle_drug(struct match *m, const struct skeleton *k, const struct borders *b)
{
	if (m->pattern->n >= DRUG_CERTAIN || k->c[m->from].c >= 0x2e80)
		return;
	size_t before = stray_before(k, b, m->from), after = stray_after(k, b, m->to);
	m->is_vetoed = (before && before <= STRAY) || (after && after <= STRAY);
	m->is_loose = before && after;
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

/* Veto the words that must stand between borders and do not. A border is an edge, a hyphen, a
 * digit, or another word of the lexicon that is bordered itself on its far side, or firm. */
static void settle(struct matches *all, const struct skeleton *k)
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

/* Of words inside one another the longer counts: "pharm" in "pharmacy". What sells, or names a
 * country, may stand inside a pharmacy's word ("onlineapotheke"), not inside a drug's. */
static bool is_swallowed(const struct matches *all, const struct match *m)
{
	bool is_companion = m->pattern->class >= SCREEN_CLASS_COMMERCE;

	for (size_t i = 0; i < all->n; i++) {
		const struct match *o = &all->m[i];
		if (o == m || o->is_vetoed || o->pattern->class == CLASS_ORDINARY || !is_inside(m, o))
			continue;
		enum { SAME_PLACE, LONGER } than = o->to - o->from > m->to - m->from ? LONGER : SAME_PLACE;
		int class = o->pattern->class;
		if (than == SAME_PLACE) {
			/* One place, one reason: the graver class, then the plainer reading, then the
			 * one that came first. */
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

static int by_place(const void *a, const void *b)
{
	const struct screen_reason *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return slice_cmp(x->word, y->word);
}

/* Where the room is short, what weighs most stays. */
static void put_reason(struct suspect *out, struct screen_reason r)
{
	if (out->n < SCREEN_REASONS) {
		out->reason[out->n++] = r;
		return;
	}
	size_t least = 0;
	for (size_t i = 1; i < SCREEN_REASONS; i++)
		if (out->reason[i].weight < out->reason[least].weight)
			least = i;
	if (out->reason[least].weight < r.weight)
		out->reason[least] = r;
}

static void tell(const struct matches *all, const struct skeleton *k, struct suspect *out)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct match *m = &all->m[i];
		const struct pattern *p = m->pattern;
		if (m->is_vetoed || p->class == CLASS_ORDINARY || is_swallowed(all, m))
			continue;
		enum screen_class class = (enum screen_class)p->class;
		put_reason(out, (struct screen_reason){
			.rule = rule_names[class],
			.class = class,
			.word = p->word,
			.substance = p->substance,
			.start = k->c[m->from].start,
			.end = k->c[m->to - 1].end,
			.folding = m->folding,
			.is_faint = p->is_faint,
			.is_loose = m->is_loose,
			.weight = score_weight(class, p->n, p->risk, m->folding,
			                       p->is_faint || m->is_loose),
		});
	}
}

/* The words left of the end of what the owner chose. */
static void drop_behind(struct matches *all, const struct skeleton *k, size_t front)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (k->c[all->m[i].to - 1].end <= front)
			all->m[n++] = all->m[i];
	all->n = n;
}

static void look(const struct screen *s, struct slice name, enum skeleton_one one,
                 struct skeleton *k, struct suspect *out)
{
	struct matches all;
	struct screen_reason tld = { 0 };
	/* The last label is nobody's choice of words; the rest of the suffix is cut off later, since
	 * most names never need it. */
	size_t end = name.n;
	while (end > 0 && name.p[end - 1] != '.')
		end--;
	struct slice last = slice_sub(name, end, name.n), front = slice_sub(name, 0, end ? end - 1 : 0);

	out->n = 0;
	all.n = 0;
	all.has_suspicious = false;
	if (!skeleton_of_name(front, one, k))
		return;
	scan(s, s->anchor, k, &all);
	if (k->has_idn)
		scan(s, s->other_scripts, k, &all);
	if (last.n >= 4 && table_find(&s->pharmacy, last)) {
		const struct lexicon_word *w = table_find(&s->pharmacy, last)->value;
		tld = (struct screen_reason){
			.rule = "pharmacy-tld", .class = SCREEN_CLASS_PHARMACY, .word = w->text,
			.start = (uint16_t)end, .end = (uint16_t)name.n,
			.weight = score_weight(SCREEN_CLASS_PHARMACY, last.n, RISK_LOW, 0, false),
		};
	}
	if (!all.has_suspicious && !tld.rule)
		return;
	struct domain d = domain_of(s->suffixes, name);
	struct slice behind = d.tenant.n ? d.platform : d.suffix;
	size_t limit = name.n > behind.n ? name.n - behind.n - 1 : 0;
	scan(s, s->context, k, &all);
	drop_behind(&all, k, limit);
	veto(&all);
	settle(&all, k);
	tell(&all, k, out);
	if (tld.rule && limit > 0)
		put_reason(out, tld);
	qsort(out->reason, out->n, sizeof(out->reason[0]), by_place);
}

enum screen_tier screen_name(const struct screen *s, struct slice name, struct suspect *out)
{
	struct skeleton k;

	look(s, name, SKELETON_ONE_IS_I, &k, out);
	score_suspect(out);
	if (k.has_one) {
		struct suspect other;
		look(s, name, SKELETON_ONE_IS_L, &k, &other);
		score_suspect(&other);
		if (other.score > out->score)
			*out = other;
	}
	return out->tier;
}
