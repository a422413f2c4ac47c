#include "assess/gathering.h"

#include <stdlib.h>

enum { PAYS_NEAR = 80 /* bytes */, INSIDE_MAX = 12 /* blocks looked ahead for a link around a picture */ };

bool gathering_is_full(const struct gathering *g, enum fact_kind kind)
{
	return g->rc || g->count[kind] >= GATHERING_MAX || g->tries[kind] >= GATHERING_TRIES;
}

static bool is_known(const struct gathering *g, const struct fact *f)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->fact[i].kind == f->kind && slice_eq(g->fact[i].arg, f->arg) &&
		    slice_eq(g->fact[i].value, f->value) && g->fact[i].substance == f->substance)
			return true;
	return false;
}

void gathering_put(struct gathering *g, const struct fact *f)
{
	if (gathering_is_full(g, f->kind) || f->start >= f->end)
		return;
	g->tries[f->kind]++;
	if (is_known(g, f))
		return;
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 32;
		struct fact *more = realloc(g->fact, cap * sizeof(*more));
		if (!more) {
			g->rc = err_set(g->err, ERR_NOMEM, 0, "out of memory");
			return;
		}
		g->fact = more;
		g->cap = cap;
	}
	struct fact *to = &g->fact[g->n];
	*to = *f;
	to->page = g->page;
	to->block = reading_block_at(g->r, f->start);
	to->value = f->value.n ? arena_copy(g->keep, f->value) : (struct slice){ 0 };
	if (f->value.n && !to->value.p) {
		g->rc = err_set(g->err, ERR_NOMEM, 0, "out of memory");
		return;
	}
	g->count[f->kind]++;
	g->n++;
}

void gathering_put_at(struct gathering *g, uint32_t block, const struct fact *f)
{
	const struct page_block *b = &g->r->page->block[block];
	struct fact at = *f;

	if (b->start >= b->end || b->hidden) {
		/* A picture without words: the text around it, or the last one before it. */
		uint32_t near = b->hidden ? 0 : b->start;
		const struct page_block *outer = &g->r->page->block[reading_block_at(g->r, near)];
		if (near >= outer->end && near > 0)
			outer = &g->r->page->block[reading_block_at(g->r, near - 1)];
		b = outer;
	}
	at.start = b->start;
	at.end = b->end - b->start > READING_QUOTE ? b->start + READING_QUOTE : b->end;
	while (at.end < b->end && at.end > at.start &&
	       ((unsigned char)g->r->page->text.p[at.end] & 0xc0) == 0x80)
		at.end--;
	gathering_put(g, &at);
}

bool gathering_resolve(struct gathering *g, struct slice reference, struct url *out)
{
	struct err why = { 0 };

	if (g->has_base)
		return url_resolve(&g->base, reference, g->scratch, out, &why) == 0;
	return url_parse(reference, g->scratch, out, &why) == 0;
}

uint32_t gathering_link_around(const struct gathering *g, uint32_t block)
{
	const struct page_text *page = g->r->page;
	uint32_t source = page->block[block].source;

	/* A link's block is written when it ends, so it follows what lies in it. */
	for (size_t i = block + 1; i < page->block_n && i <= block + INSIDE_MAX; i++)
		if (page->block[i].role == ROLE_LINK && page->block[i].hidden == page->block[block].hidden)
			return page->block[i].source < source ? (uint32_t)i : UINT32_MAX;
	return UINT32_MAX;
}

bool word_before(struct slice s, size_t at, struct word *out)
{
	size_t end = at, lines = 0;

	while (end > 0 && (s.p[end - 1] == ' ' || s.p[end - 1] == '\n'))
		lines += s.p[--end] == '\n';
	if (end == 0 || lines > 1)
		return false;
	size_t start = end;
	while (start > 0 && s.p[start - 1] != ' ' && s.p[start - 1] != '\n')
		if (end - start-- == WORD_MAX)
			return false;
	*out = (struct word){ start, end };
	return true;
}

bool word_at(struct slice s, size_t at, struct word *out)
{
	size_t lines = 0;

	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\n'))
		lines += s.p[at++] == '\n';
	if (at == s.n || lines > 1)
		return false;
	size_t end = at;
	while (end < s.n && s.p[end] != ' ' && s.p[end] != '\n')
		if (end++ - at == WORD_MAX)
			return false;
	*out = (struct word){ at, end };
	return true;
}

bool words_end_with(struct slice s, size_t at, struct slice key, size_t *start)
{
	while (at > 0 && (s.p[at - 1] == ' ' || s.p[at - 1] == '\n'))
		at--;
	if (at < key.n || memcmp(s.p + at - key.n, key.p, key.n) != 0)
		return false;
	size_t from = at - key.n;
	/* Ideographs and kana have no border; letters of two bytes and of ASCII do. */
	if (from > 0 && (folded_alnum(s.p[from - 1]) || ((unsigned char)key.p[0] < 0xe0 &&
	                                                 (unsigned char)s.p[from - 1] >= 0x80)))
		return false;
	*start = from;
	return true;
}

bool folded_pays(struct slice s, size_t start, size_t end)
{
	static const char *const words[] = { "pay ", "payment", "accept", "checkout", "zahlung",
		                             "zahlen", "bezahl", "paiement", "payer", "pago", "pagar",
		                             "pagament", "betaal", "betaling", "visa", "mastercard",
		                             "支払", "決済", "оплат" };
	struct slice before = slice_sub(s, start > PAYS_NEAR ? start - PAYS_NEAR : 0, start);
	struct slice behind = slice_sub(s, end, end + PAYS_NEAR);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text_holds(before, words[i]) || text_holds(behind, words[i]))
			return true;
	}
	return false;
}

/* The folded byte that source byte `at` became, or the next one that is there. */
static size_t folded_at(const struct folded *f, uint32_t at)
{
	size_t low = 0, high = f->text.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (f->map[mid] < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool gathering_pays(const struct gathering *g, uint32_t start, uint32_t end)
{
	const struct folded *f = g->r->folded;
	size_t from = folded_at(f, start), to = folded_at(f, end);

	/* "pay with": the claim may say it itself. */
	return folded_pays(f->text, to, to) || folded_pays(f->text, from, from);
}
