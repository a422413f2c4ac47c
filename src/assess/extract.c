/* A page is read in four passes over its hits: where they stand, what negates them, what kind of
 * page it is, and which drugs are offered. */
#include "assess/extract.h"

#include "assess/price.h"
#include "base/utf8.h"

#include <stdlib.h>

/* A negation speaks of a claim within so many bytes before and after it, in one sentence. Twelve
 * tokens or twenty ideographs (SIGNALS, feature 4) are about these. */
enum { NEGATION_BEFORE = 90, NEGATION_AFTER = 70, NEGATION_WIDE = 60 };
enum { NEAR_BLOCKS = 4, NEAR_BYTES = 400, ROW_BYTES = 1500, DOSE_BYTES = 48, QUOTE_MAX = 240 };

struct place {
	struct hit hit;
	uint32_t start, end;             /* bytes of the page's text */
	uint32_t block;                  /* outer block */
	uint32_t sentence, sentence_end; /* bytes of the page's text */
	enum phrase_class phrase;
};

struct reading {
	const struct lexicon *lexicon;
	const struct page_text *page;
	const struct folded *folded;
	struct place *place;
	size_t n;
	uint32_t *outer; /* indices of the blocks that are not inner, in order of start */
	size_t outer_n;
	struct spot {
		uint32_t start, end, block;
		struct price price;
	} *price;
	size_t price_n;
};

static bool is_phrase(const struct place *p, enum phrase_class class)
{
	return p->hit.is_phrase && p->phrase == class;
}

/* The outer block that holds byte `at` of the text. */
static uint32_t block_at(const struct reading *r, uint32_t at)
{
	size_t low = 0, high = r->outer_n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (r->page->block[r->outer[mid]].start <= at)
			low = mid;
		else
			high = mid;
	}
	return r->outer_n ? r->outer[low] : 0;
}

/* Whether a sentence ends behind byte `at` of the text. */
static bool ends_sentence(struct slice t, size_t at)
{
	unsigned char c = (unsigned char)t.p[at];

	if (c == '\n')
		return true;
	if (c == '.' || c == '!' || c == '?')
		return at + 1 >= t.n || ascii_space(t.p[at + 1]) || t.p[at + 1] == '"' || t.p[at + 1] == ')';
	/* U+3002 and the full-width forms of '!', '?', '.': E3 80 82, EF BC 81, EF BC 9F, EF BC 8E */
	if (c == 0x82 && at >= 2)
		return (unsigned char)t.p[at - 1] == 0x80 && (unsigned char)t.p[at - 2] == 0xe3;
	if ((c == 0x81 || c == 0x9f || c == 0x8e) && at >= 2)
		return (unsigned char)t.p[at - 1] == 0xbc && (unsigned char)t.p[at - 2] == 0xef;
	return false;
}

static void find_sentence(struct slice t, struct place *p)
{
	size_t from = p->start, to = p->end;

	while (from > 0 && p->start - from < QUOTE_MAX && !ends_sentence(t, from - 1))
		from--;
	while (to < t.n && to - p->end < QUOTE_MAX && !ends_sentence(t, to))
		to++;
	while (from > 0 && from < t.n && ((unsigned char)t.p[from] & 0xc0) == 0x80)
		from++;
	while (to > p->end && to < t.n && ((unsigned char)t.p[to] & 0xc0) == 0x80)
		to--;
	while (from < p->start && ascii_space(t.p[from]))
		from++;
	while (to > p->end && ascii_space(t.p[to - 1]))
		to--;
	p->sentence = (uint32_t)from;
	p->sentence_end = (uint32_t)to;
}

static int locate(struct reading *r, const struct matcher *m, struct arena *a, struct err *err)
{
	struct hit *hit = NULL;
	size_t n = 0;
	int rc = matcher_scan(m, r->folded, a, &hit, &n, err);

	if (rc)
		return rc;
	r->outer = arena_array(a, r->page->block_n, sizeof(*r->outer));
	r->place = arena_array(a, n, sizeof(*r->place));
	if (!r->outer || !r->place)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < r->page->block_n; i++) {
		const struct page_block *b = &r->page->block[i];
		/* The title and the description come first in the text, as blocks do. */
		if (!block_role_is_inner(b->role) && !b->hidden)
			r->outer[r->outer_n++] = (uint32_t)i;
	}
	for (size_t i = 0; i < n; i++) {
		struct place *p = &r->place[i];
		size_t start = 0, end = 0;
		fold_span(r->folded, hit[i].start, hit[i].end, &start, &end);
		p->hit = hit[i];
		p->start = (uint32_t)start;
		p->end = (uint32_t)end;
		p->block = block_at(r, p->start);
		if (hit[i].is_phrase)
			p->phrase = r->lexicon->phrase[hit[i].index].class;
		find_sentence(r->page->text, p);
	}
	r->n = n;
	return 0;
}

static int find_prices(struct reading *r, struct arena *a, struct err *err)
{
	struct price price;
	size_t at = 0, n = 0;

	while (price_next(r->folded->text, &at, &price))
		n++;
	r->price = arena_array(a, n, sizeof(*r->price));
	if (!r->price)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	at = 0;
	while (price_next(r->folded->text, &at, &price)) {
		struct spot *s = &r->price[r->price_n++];
		size_t start = 0, end = 0;
		fold_span(r->folded, price.start, price.end, &start, &end);
		s->start = (uint32_t)start;
		s->end = (uint32_t)end;
		s->block = block_at(r, s->start);
		s->price = price;
	}
	return 0;
}

static bool wide_text(struct slice s)
{
	size_t wide = 0;

	for (size_t i = 0; i < s.n; i++)
		wide += (unsigned char)s.p[i] >= 0xe0;
	return wide * 6 > s.n;
}

/* The first place that starts at or behind byte `at`: places are in order of their start, so what
 * stands in a sentence is found without walking the page (a hostile page is all hits). */
static size_t first_from(const struct reading *r, uint32_t at)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->place[mid].start < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_negated(const struct reading *r, const struct place *p)
{
	struct slice sentence = slice_sub(r->page->text, p->sentence, p->sentence_end);
	bool wide = wide_text(sentence);
	uint32_t before = wide ? NEGATION_WIDE : NEGATION_BEFORE;
	uint32_t after = wide ? NEGATION_WIDE : NEGATION_AFTER;

	for (size_t i = first_from(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (!is_phrase(q, PHRASE_NEGATION))
			continue;
		if (q->end <= p->start && p->start - q->end <= before)
			return true;
		if (q->start >= p->end && q->start - p->end <= after)
			return true;
	}
	return false;
}

static bool is_question(const struct reading *r, const struct place *p)
{
	struct slice t = r->page->text;
	size_t end = p->sentence_end;

	if (end < t.n && t.p[end] == '?')
		return true;
	return end >= 1 && end <= t.n && t.p[end - 1] == '?';
}

/* Whether the page has an element that takes an order: words of a cart on a button, a link or in a
 * form. In plain text the words alone must do. */
static bool takes_orders(const struct reading *r)
{
	const struct page_text *page = r->page;
	bool plain = strcmp(page->extractor, PAGE_EXTRACTOR_PLAIN) == 0;
	size_t seen = 0;

	for (size_t i = 0; i < page->json_ld_n; i++)
		if (slice_find_slice(page->json_ld[i], SLICE("\"Offer\"")) < page->json_ld[i].n)
			return true;
	for (size_t i = 0; i < page->form_n; i++)
		if (page->form[i].has_quantity || page->form[i].has_card)
			return true;
	for (size_t i = 0; plain && i < r->n; i++)
		if (is_phrase(&r->place[i], PHRASE_CART) && !is_negated(r, &r->place[i]) && ++seen >= 2)
			return true;
	for (size_t b = 0; !plain && b < page->block_n; b++) {
		const struct page_block *block = &page->block[b];
		if (block->hidden || (block->role != ROLE_BUTTON && block->role != ROLE_LINK))
			continue;
		for (size_t i = first_from(r, block->start);
		     i < r->n && r->place[i].start < block->end; i++)
			if (is_phrase(&r->place[i], PHRASE_CART) && r->place[i].end <= block->end)
				return true;
	}
	return false;
}

static bool has_kana(struct slice t)
{
	size_t n = 0;

	for (size_t at = 0; at < t.n && n < 8;) {
		uint32_t c = utf8_next(t, &at);
		n += c >= 0x3041 && c <= 0x30fa;
	}
	return n >= 8;
}

/* The first price that starts at or behind byte `at`. */
static size_t price_from(const struct reading *r, uint32_t at)
{
	size_t low = 0, high = r->price_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->price[mid].start < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* A dose ("100 mg") or a price close to a term. */
static bool has_dose_or_price(const struct reading *r, const struct place *p)
{
	struct slice f = r->folded->text;
	size_t to = p->hit.end + DOSE_BYTES < f.n ? p->hit.end + DOSE_BYTES : f.n;

	for (size_t i = p->hit.end; i + 2 < to; i++) {
		if (f.p[i] < '0' || f.p[i] > '9')
			continue;
		size_t k = i;
		while (k < to && ((f.p[k] >= '0' && f.p[k] <= '9') || f.p[k] == '.' || f.p[k] == ' '))
			k++;
		struct slice unit = slice_sub(f, k, k + 3);
		if (slice_starts(unit, SLICE("mg")) || slice_starts(unit, SLICE("mcg")) ||
		    slice_starts(unit, SLICE("ml")))
			return true;
	}
	for (size_t i = price_from(r, p->start > DOSE_BYTES ? p->start - DOSE_BYTES : 0);
	     i < r->price_n && r->price[i].start < p->end + DOSE_BYTES; i++)
		if (r->price[i].block == p->block)
			return true;
	return false;
}

/* The number of an outer block among the outer ones. */
static size_t rank_of(const struct reading *r, uint32_t block)
{
	size_t low = 0, high = r->outer_n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (r->outer[mid] <= block)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* The price that stands with a drug: in its block or row, a few blocks on, or anywhere on a page
 * whose title or first heading is the drug. */
static const struct spot *price_of(const struct reading *r, const struct place *p)
{
	const struct page_block *block = &r->page->block[p->block];
	bool names_page = block->role == ROLE_TITLE || (block->role == ROLE_HEADING && block->level <= 2);
	const struct spot *best = NULL;
	size_t rank = rank_of(r, p->block);

	size_t from = price_from(r, p->start > ROW_BYTES ? p->start - ROW_BYTES : 0);
	for (size_t i = from; i < r->price_n && r->price[i].start < p->end + ROW_BYTES; i++) {
		const struct spot *s = &r->price[i];
		const struct page_block *b = &r->page->block[s->block];
		if (s->block == p->block && s->start < p->end + NEAR_BYTES &&
		    p->start < s->end + NEAR_BYTES)
			return s;
		if (block->table && b->table == block->table && b->row == block->row)
			return s;
		size_t there = rank_of(r, s->block);
		if (!best && there > rank && there - rank <= NEAR_BLOCKS &&
		    s->start < p->end + NEAR_BYTES)
			best = s;
	}
	if (!best && names_page && r->price_n)
		best = &r->price[0];
	return best;
}

static bool sells_in_sentence(const struct reading *r, const struct place *p)
{
	for (size_t i = first_from(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (is_phrase(q, PHRASE_SELL) || is_phrase(q, PHRASE_NORX))
			return true;
	}
	return false;
}

/* "without a prescription" is a claim only where something is sold in the same breath. */
static bool bare_claim_sells(const struct reading *r, const struct place *p)
{
	const struct page_block *block = &r->page->block[p->block];

	for (size_t i = first_from(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (q == p)
			continue;
		if (!q->hit.is_phrase || q->phrase == PHRASE_SELL || q->phrase == PHRASE_CART ||
		    q->phrase == PHRASE_SHOP_PHARMACY)
			return true;
	}
	return block->role == ROLE_TITLE || block->role == ROLE_HEADING ||
	       block->role == ROLE_META_DESCRIPTION || block->role == ROLE_TABLE_CELL;
}

static uint32_t currency_bit(const struct price *p)
{
	if (strcmp(p->currency, "JPY") == 0)
		return CURRENCY_JPY;
	if (strcmp(p->currency, "GBP") == 0)
		return CURRENCY_GBP;
	if (strcmp(p->currency, "USD") == 0)
		return CURRENCY_USD;
	return CURRENCY_OTHER;
}

static void profile_page(const struct reading *r, struct page_profile *profile)
{
	size_t advice = 0;
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; i < r->n; i++) {
		const struct place *p = &r->place[i];
		if (!is_phrase(p, PHRASE_WARNING_GENRE) || p->hit.index == last)
			continue;
		last = p->hit.index;
		/* A heading or title of that kind says what the whole page is. */
		enum block_role role = r->page->block[p->block].role;
		advice += role == ROLE_TITLE || role == ROLE_HEADING ? 2 : 1;
	}
	profile->is_advice = advice >= 2;
	profile->is_japanese = has_kana(r->page->text);
	profile->takes_orders = takes_orders(r);
}

struct growing {
	struct fact *fact;
	size_t n, cap;
};

static int put(struct growing *g, const struct fact *f, struct err *err)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 256;
		struct fact *more = realloc(g->fact, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		g->fact = more;
		g->cap = cap;
	}
	g->fact[g->n++] = *f;
	return 0;
}

/* A drug term as a fact: named, or offered. */
static int put_drug(const struct reading *r, const struct place *p, uint32_t page,
                    struct page_profile *profile, struct growing *g, struct err *err)
{
	const struct lexicon_term *term = &r->lexicon->term[p->hit.index];
	struct fact f = { .kind = FACT_DRUG, .substance = term->substance, .page = page,
		          .block = p->block, .start = p->start, .end = p->end };

	if (term->is_ambiguous && !has_dose_or_price(r, p))
		return 0;
	f.negated = is_negated(r, p);
	const struct spot *price = profile->takes_orders ? price_of(r, p) : NULL;
	if (price) {
		f.kind = FACT_OFFER;
		f.priced = true;
		profile->offers++;
		profile->currencies |= currency_bit(&price->price);
		/* Quote from the name to the price where they stand together. */
		if (price->start > p->start && price->end - p->start <= QUOTE_MAX)
			f.end = price->end;
	} else if (!f.negated && sells_in_sentence(r, p) && !is_question(r, p)) {
		f.kind = FACT_OFFER;
		f.start = p->sentence;
		f.end = p->sentence_end;
	}
	return put(g, &f, err);
}

static int put_claim(const struct reading *r, const struct place *p, uint32_t page,
                     struct growing *g, struct err *err)
{
	const struct lexicon_phrase *phrase = &r->lexicon->phrase[p->hit.index];
	struct fact f = { .kind = FACT_CLAIM, .phrase = p->phrase, .page = page, .block = p->block,
		          .start = p->start, .end = p->end, .arg = phrase->arg };

	f.negated = is_negated(r, p) || (p->phrase <= PHRASE_NORX_BARE && is_question(r, p));
	if (p->phrase == PHRASE_NORX_BARE && !bare_claim_sells(r, p))
		f.reported = true;
	/* What decides most is quoted with its sentence, so that a reader sees the context. */
	if (p->phrase == PHRASE_NORX || p->phrase == PHRASE_NORX_BARE ||
	    p->phrase == PHRASE_RX_BY_FORM || p->phrase == PHRASE_RESHIP ||
	    p->phrase == PHRASE_FDA_GENERIC) {
		f.start = p->sentence;
		f.end = p->sentence_end;
	}
	return put(g, &f, err);
}

static int read_page(const struct matcher *m, const struct lexicon *lexicon, const struct site *site,
                     uint32_t page, struct arena *scratch, struct page_profile *profile,
                     struct growing *g, struct err *err)
{
	struct folded folded;
	struct reading r = { .lexicon = lexicon, .page = site->page[page].page, .folded = &folded };
	size_t first = g->n;
	int rc = fold(r.page->text, scratch, &folded, err);

	if (rc == 0)
		rc = locate(&r, m, scratch, err);
	if (rc == 0)
		rc = find_prices(&r, scratch, err);
	if (rc || r.outer_n == 0)
		return rc;
	profile_page(&r, profile);
	for (size_t i = 0; rc == 0 && i < r.n; i++) {
		const struct place *p = &r.place[i];
		if (!p->hit.is_phrase)
			rc = put_drug(&r, p, page, profile, g, err);
		else if (p->phrase != PHRASE_NEGATION && p->phrase != PHRASE_SELL)
			rc = put_claim(&r, p, page, g, err);
	}
	if (profile->offers)
		profile->is_advice = false;
	for (size_t i = first; profile->is_advice && i < g->n; i++)
		g->fact[i].reported = true;
	return rc;
}

int extract_site(const struct matcher *m, const struct lexicon *lexicon, const struct site *site,
                 struct arena *a, struct extract *out, struct err *err)
{
	struct growing g = { 0 };
	struct page_profile *profile = arena_array(a, site->page_n, sizeof(*profile));
	int rc = profile ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	for (size_t i = 0; rc == 0 && i < site->page_n; i++) {
		struct arena scratch = { 0 };
		rc = read_page(m, lexicon, site, (uint32_t)i, &scratch, &profile[i], &g, err);
		arena_release(&scratch);
	}
	struct fact *facts = rc == 0 ? arena_array(a, g.n, sizeof(*facts)) : NULL;
	if (rc == 0 && !facts)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0) {
		if (g.n)
			memcpy(facts, g.fact, g.n * sizeof(*facts));
		out->facts = (struct facts){ facts, g.n };
		out->profile = profile;
	}
	free(g.fact);
	return rc;
}
