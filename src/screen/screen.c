/* Two automata over the skeleton of a name. The first knows the words that can make a suspect; the
 * second (selling, countries, ordinary words) is asked only for names in which the first found
 * something: one in ten. A third knows the words of other scripts, for names that have them. */
#include "screen/screen.h"

#include "base/arena.h"
#include "base/automaton.h"
#include "base/table.h"
#include "screen/match.h"
#include "screen/score.h"
#include "screen/skeleton.h"
#include "wire/dname.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	DRUG_ANYWHERE = 6, /* letters of a drug name that counts between other letters */
	DRUG_ALONE = 5,    /* and of one that counts by itself at all */
	DRUG_MIN = 3,
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
			n += (size_t)snprintf(out + n, FOLDING_TEXT - n, "%s%s", n ? "," : "",
			                      names[i]);
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
		struct pattern p = { .class = classes[w->class],
			             .label_only = w->label_only,
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
		struct pattern p = { .class = SCREEN_CLASS_DRUG,
			             .risk = substance->risk,
			             .word = t->text,
			             .substance = substance->name };
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
		if (m->is_vetoed || p->class == CLASS_ORDINARY || match_is_swallowed(all, m))
			continue;
		enum screen_class class = (enum screen_class)p->class;
		struct screen_reason r = {
			.rule = rule_names[class],
			.class = class,
			.word = p->word,
			.substance = p->substance,
			.start = k->c[m->from].start,
			.end = k->c[m->to - 1].end,
			.folding = m->folding,
			.is_faint = p->is_faint,
			.is_loose = m->is_loose,
		};
		r.weight = score_weight(&r, p->n, p->risk);
		put_reason(out, r);
	}
}

static void look(const struct screen *s, struct slice name, enum skeleton_one one,
                 struct skeleton *k, struct suspect *out)
{
	struct matches all;
	struct screen_reason tld = { 0 };
	/* The last label is nobody's choice of words; the rest of the suffix is cut off later,
	 * since most names never need it. */
	size_t end = name.n;
	while (end > 0 && name.p[end - 1] != '.')
		end--;
	struct slice last = slice_sub(name, end, name.n);
	struct slice front = slice_sub(name, 0, end ? end - 1 : 0);

	out->n = 0;
	all.n = 0;
	all.has_suspicious = false;
	if (!skeleton_of_name(front, one, k))
		return;
	match_scan(s->anchor, s->pattern, k, &all);
	if (k->has_idn)
		match_scan(s->other_scripts, s->pattern, k, &all);
	if (last.n >= 4 && table_find(&s->pharmacy, last)) {
		const struct lexicon_word *w = table_find(&s->pharmacy, last)->value;
		tld = (struct screen_reason){
			.rule = "pharmacy-tld",
			.class = SCREEN_CLASS_PHARMACY,
			.word = w->text,
			.start = (uint16_t)end,
			.end = (uint16_t)name.n,
		};
		tld.weight = score_weight(&tld, last.n, RISK_LOW);
	}
	if (!all.has_suspicious && !tld.rule)
		return;
	struct domain d = domain_of(s->suffixes, name);
	struct slice behind = d.tenant.n ? d.platform : d.suffix;
	size_t limit = name.n > behind.n ? name.n - behind.n - 1 : 0;
	match_scan(s->context, s->pattern, k, &all);
	match_drop_behind(&all, k, limit);
	match_veto(&all);
	match_settle(&all, k);
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
