/* Text is folded as the matcher folds it and cut at spaces; scripts that put none between words
 * (kana, Han, Thai and what stands behind U+2E80) give pairs of characters. Numbers are one word:
 * prices differ from shop to shop, that there are prices does not. */
#include "assess/feature.h"

#include "assess/profile.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "wire/fold.h"

#include <stdlib.h>
#include <string.h>

/* Fixed, so that a bucket means the same everywhere: "assayrankfeature" as two numbers. */
static const struct hash_key key = { UINT64_C(0x6b6e617279617373), UINT64_C(0x6572757461656661) };

enum { NAME_MAX_BYTES = 2 * FEATURE_WORD_MAX + 16 };

struct gather {
	struct arena *arena;
	struct slice *seen; /* by bucket: the name of the first feature, or NULL */
	size_t n;
	bool failed;
};

uint16_t feature_bucket(struct slice name)
{
	return (uint16_t)(hash_bytes(key, name) & (FEATURE_BUCKETS - 1));
}

static void put(struct gather *g, const char *kind, struct slice a, struct slice b)
{
	char text[NAME_MAX_BYTES + 2 * FEATURE_WORD_MAX];
	size_t n = strlen(kind);

	if (a.n > FEATURE_WORD_MAX || b.n > FEATURE_WORD_MAX)
		return;
	memcpy(text, kind, n);
	text[n++] = ' ';
	memcpy(text + n, a.p, a.n);
	n += a.n;
	if (b.n) {
		text[n++] = ' ';
		memcpy(text + n, b.p, b.n);
		n += b.n;
	}
	struct slice name = slice_from(text, n), *seen = &g->seen[feature_bucket(name)];
	if (seen->p)
		return;
	*seen = arena_copy(g->arena, name);
	g->failed = g->failed || !seen->p;
	g->n++;
}

/* ---- words ---- */

static bool is_dense(uint32_t c)
{
	return c >= 0x2e80 || (c >= 0x0e00 && c <= 0x0eff);
}

static bool is_number(struct slice w)
{
	for (size_t i = 0; i < w.n; i++)
		if (!((w.p[i] >= '0' && w.p[i] <= '9') || w.p[i] == '.' || w.p[i] == ','))
			return false;
	return w.n > 0;
}

static void put_dense(struct gather *g, struct slice run)
{
	size_t before = 0, at = 0, end;

	utf8_next(run, &at);
	while (at < run.n) {
		end = at;
		utf8_next(run, &end);
		put(g, "pair", slice_sub(run, before, at), slice_sub(run, at, end));
		before = at;
		at = end;
	}
}

/* Parts of one script class each: "viagra" and the kana behind it, which no space parts. */
static void put_word(struct gather *g, struct slice word, struct slice *last)
{
	size_t at = 0, start = 0;

	while (start < word.n) {
		at = start;
		bool dense = is_dense(utf8_next(word, &at));
		size_t next = at;
		while (at < word.n && is_dense(utf8_next(word, &next)) == dense)
			at = next;
		struct slice part = slice_sub(word, start, at);
		start = at;
		if (dense) {
			put_dense(g, part);
			*last = SLICE("");
			continue;
		}
		if (is_number(part))
			part = SLICE("0");
		put(g, "word", part, SLICE(""));
		if (last->n)
			put(g, "pair", *last, part);
		*last = part;
	}
}

static int put_words(struct gather *g, struct slice text, struct err *err)
{
	struct arena a = { 0 };
	struct folded f;
	int rc = fold(text, &a, &f, err);
	struct slice rest = rc == 0 ? f.text : SLICE(""), line, word;

	while (slice_cut(&rest, '\n', &line)) {
		struct slice last = { 0 };
		while (slice_cut(&line, ' ', &word))
			put_word(g, word, &last);
	}
	arena_release(&a);
	return rc;
}

/* ---- facts ---- */

static void put_fact(struct gather *g, const struct lexicon *lexicon, const struct fact *f)
{
	struct slice how = f->negated ? SLICE("negated") : f->reported ? SLICE("reported") : SLICE("");

	if (f->kind == FACT_CLAIM)
		put(g, "claim", slice_str(phrase_class_name(f->phrase)), how);
	else if (f->kind == FACT_DRUG)
		put(g, "drug", lexicon->substance[f->substance].name, how);
	else if (f->kind == FACT_OFFER)
		put(g, "offer", lexicon->substance[f->substance].name, how);
}

static void put_page(struct gather *g, const struct page_profile *p, const struct page_text *page)
{
	if (p->orders == ORDERS_HERE)
		put(g, "page", SLICE("takes_orders"), SLICE(""));
	if (p->orders == ORDERS_SITE)
		put(g, "page", SLICE("links_to_a_cart"), SLICE(""));
	if (p->is_advice)
		put(g, "page", SLICE("advice"), SLICE(""));
	if (p->offers)
		put(g, "page", SLICE("priced_offers"), SLICE(""));
	for (size_t i = 0; i < page->form_n; i++) {
		if (page->form[i].has_card)
			put(g, "page", SLICE("asks_for_a_card"), SLICE(""));
		if (page->form[i].has_file)
			put(g, "page", SLICE("takes_a_file"), SLICE(""));
	}
}

int features_of(const struct lexicon *lexicon, const struct extract *x, const struct site *site,
                const bool *mine, struct arena *a, struct features *out, struct err *err)
{
	struct gather g = { .arena = a };
	struct features made = { 0 };
	int rc = 0;

	g.seen = calloc(FEATURE_BUCKETS, sizeof(*g.seen)); /* a megabyte: not for as long as the rest */
	if (!g.seen)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	/* Facts first: where a word falls into their bucket, they are the better name for it. */
	for (size_t i = 0; i < x->facts.n; i++)
		if (mine[x->facts.fact[i].page])
			put_fact(&g, lexicon, &x->facts.fact[i]);
	for (size_t i = 0; rc == 0 && i < site->page_n; i++) {
		if (!mine[i])
			continue;
		put_page(&g, &x->profile[i], site->page[i].page);
		rc = put_words(&g, site->page[i].page->text, err);
	}
	made.feature = arena_array(a, g.n + 1, sizeof(*made.feature));
	if (rc == 0 && (!made.feature || g.failed))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (uint32_t b = 0; rc == 0 && b < FEATURE_BUCKETS; b++)
		if (g.seen[b].p)
			made.feature[made.n++] = (struct feature){ (uint16_t)b, g.seen[b] };
	free(g.seen);
	if (rc == 0)
		*out = made;
	return rc;
}
