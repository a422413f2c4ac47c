/* A page is read in four passes over its hits: where they stand, what negates them, what kind of
 * page it is, and which drugs are offered. */
#include "assess/extract.h"

#include "assess/price.h"
#include "base/utf8.h"

#include <stdlib.h>

/* A negation speaks of a claim within so many bytes before and after it, in one sentence. Twelve
 * tokens or twenty ideographs (SIGNALS, feature 4) are about these. */
enum { NEGATION_BEFORE = 90, NEGATION_AFTER = 70, NEGATION_WIDE = 60 };
enum { NEAR_BLOCKS = 4, NEAR_BYTES = 400, ROW_BYTES = 1500, DOSE_BYTES = 48, KANA_ENOUGH = 4 };
enum { QUOTE_MAX = 240, LABEL_BYTES = 100 /* of a price tag; more is running text */ };

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
	uint32_t *edge;  /* bytes where links of a menu begin and end, in order */
	size_t edge_n;
	struct quotation_span {
		uint32_t start, end; /* bytes of the page's text, with the marks */
	} *quote;        /* what stands in quotation marks, in order */
	size_t quote_n;
	bool *forbids;   /* a block: an item of a list that its lead-in says no to */
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

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Links of a menu stand side by side and say nothing together: "About us | Delivery" is no "us
 * delivery". In running text a link may be part of a phrase. */
static void find_edges(struct reading *r)
{
	for (size_t i = 0; i < r->page->block_n; i++) {
		const struct page_block *b = &r->page->block[i];
		if (b->hidden || b->role != ROLE_LINK || b->region == REGION_BODY ||
		    b->region == REGION_MAIN)
			continue;
		r->edge[r->edge_n++] = b->start;
		r->edge[r->edge_n++] = b->end;
	}
	if (r->edge_n)
		qsort(r->edge, r->edge_n, sizeof(*r->edge), by_number);
}

/* How many edges stand at or before byte `at`. */
static size_t edges_up_to(const struct reading *r, uint32_t at)
{
	size_t low = 0, high = r->edge_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->edge[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool crosses_edge(const struct reading *r, uint32_t start, uint32_t end)
{
	size_t next = edges_up_to(r, start);

	return next < r->edge_n && r->edge[next] < end;
}

/* The sentence around a place; a link of a menu is a sentence of its own. */
static void find_sentence(const struct reading *r, struct place *p)
{
	struct slice t = r->page->text;
	size_t from = p->start, to = p->end;
	size_t after = edges_up_to(r, p->start);
	size_t low = after ? r->edge[after - 1] : 0;
	size_t high = after < r->edge_n ? r->edge[after] : t.n;

	while (from > low && p->start - from < QUOTE_MAX && !ends_sentence(t, from - 1))
		from--;
	while (to < high && to - p->end < QUOTE_MAX && !ends_sentence(t, to))
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

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

/* Where the quotation that a mark at `at` opens ends, behind its closing mark; 0 when the mark opens
 * none. The straight marks open and close alike: one that opens has space or a bracket before it and
 * none behind it. An apostrophe does not close: a letter stands behind it. */
static size_t quotation_end(struct slice t, size_t at)
{
	static const struct {
		const char *open, *close;
	} marks[] = {
		{ "\xe2\x80\x9c", "\xe2\x80\x9d" }, /* English double */
		{ "\xe2\x80\x9e", "\xe2\x80\x9c" }, /* German low and high */
		{ "\xe2\x80\x9e", "\xe2\x80\x9d" }, /* Dutch, Polish */
		{ "\xe2\x80\x98", "\xe2\x80\x99" }, /* English single */
		{ "\xc2\xab", "\xc2\xbb" },         /* guillemets */
		{ "\xc2\xbb", "\xc2\xab" },         /* as German books turn them */
		{ "\xe3\x80\x8c", "\xe3\x80\x8d" }, /* corner brackets */
		{ "\xe3\x80\x8e", "\xe3\x80\x8f" }, /* white corner brackets */
		{ "\"", "\"" },
		{ "'", "'" },
	};
	size_t end = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct slice open = slice_str(marks[i].open), close = slice_str(marks[i].close);
		if (!slice_starts(slice_sub(t, at, t.n), open))
			continue;
		bool straight = open.n == 1, single = straight ? *open.p == '\'' : i == 3;
		if (straight && ((at > 0 && is_letter_or_digit(t.p[at - 1])) || at + 1 >= t.n ||
		                 ascii_space(t.p[at + 1])))
			continue;
		size_t limit = at + open.n + 2 * QUOTE_MAX;
		for (size_t from = at + open.n;;) {
			struct slice rest = slice_sub(t, from, limit);
			size_t found = slice_find_slice(rest, close);
			if (found == rest.n)
				break;
			size_t behind = from + found + close.n;
			if ((single && behind < t.n && is_letter_or_digit(t.p[behind])) ||
			    (straight && ascii_space(t.p[from + found - 1]))) {
				from = behind;
				continue;
			}
			if (!end || behind < end)
				end = behind;
			break;
		}
	}
	return end;
}

/* Quotations, in order; none reaches from one block into the next. */
static int find_quotations(struct reading *r, struct arena *a, struct err *err)
{
	struct slice t = r->page->text;

	for (int pass = 0; pass < 2; pass++) {
		size_t n = 0;
		for (size_t i = 0; i < r->outer_n; i++) {
			const struct page_block *b = &r->page->block[r->outer[i]];
			struct slice block = slice_sub(t, b->start, b->end);
			for (size_t at = 0; at < block.n;) {
				char c = block.p[at];
				size_t end = c == '"' || c == '\'' || (unsigned char)c >= 0xc2
				                     ? quotation_end(block, at)
				                     : 0;
				if (end && pass)
					r->quote[n] = (struct quotation_span){
						b->start + (uint32_t)at, b->start + (uint32_t)end };
				n += end != 0;
				at = end ? end : at + 1;
			}
		}
		if (pass == 0 && !(r->quote = arena_array(a, n, sizeof(*r->quote))))
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		r->quote_n = n;
	}
	return 0;
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
	r->edge = arena_array(a, 2 * r->page->block_n, sizeof(*r->edge));
	if (!r->edge)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	find_edges(r);
	for (size_t i = 0; i < n; i++) {
		struct place *p = &r->place[r->n];
		size_t start = 0, end = 0;
		fold_span(r->folded, hit[i].start, hit[i].end, &start, &end);
		if (crosses_edge(r, (uint32_t)start, (uint32_t)end))
			continue;
		r->n++;
		p->hit = hit[i];
		p->start = (uint32_t)start;
		p->end = (uint32_t)end;
		p->block = block_at(r, p->start);
		if (hit[i].is_phrase)
			p->phrase = r->lexicon->phrase[hit[i].index].class;
		find_sentence(r, p);
	}
	r->forbids = arena_array(a, r->page->block_n, sizeof(*r->forbids));
	if (!r->forbids)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	return find_quotations(r, a, err);
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

	if (r->forbids[p->block])
		return true;
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

/* Whether a place stands in quotation marks within its block: somebody else's words. */
static bool is_quoted(const struct reading *r, const struct place *p)
{
	size_t low = 0, high = r->quote_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->quote[mid].end < p->end)
			low = mid + 1;
		else
			high = mid;
	}
	return low < r->quote_n && r->quote[low].start <= p->start;
}

static bool is_question(const struct reading *r, const struct place *p)
{
	static const char *const japanese[] = { "\xe3\x81\x99\xe3\x81\x8b",  /* -suka */
		                                "\xe3\x82\x93\xe3\x81\x8b",  /* -nka */
		                                "\xe3\x81\xae\xe3\x81\x8b" }; /* -noka */
	struct slice said = slice_sub(r->page->text, p->start, p->sentence_end);
	struct slice mark = slice_sub(r->page->text, p->sentence_end, p->sentence_end + 3);

	if (slice_starts(mark, SLICE("?")) || slice_ends(said, SLICE("?")) ||
	    slice_starts(mark, SLICE("\xef\xbc\x9f")) || slice_ends(said, SLICE("\xef\xbc\x9f")))
		return true;
	for (size_t i = 0; i < sizeof(japanese) / sizeof(japanese[0]); i++)
		if (slice_ends(said, slice_str(japanese[i])))
			return true;
	return false;
}

/* Whether the target of a link is where shops take orders. */
static bool leads_to_cart(struct slice target)
{
	static const char *const parts[] = { "cart", "basket", "checkout", "warenkorb", "panier",
		                             "carrito", "carrello", "kago", "order", "orders",
		                             "bestellung", "bestellen", "commande", "commander",
		                             "pedido", "ordine", "zamowienie", "buy" };
	struct slice part, rest = slice_sub(target, 0, 400);

	while (slice_cut(&rest, '/', &part)) {
		size_t dot = slice_find(part, '.'), query = slice_find(part, '?');
		struct slice word = slice_sub(part, 0, dot < query ? dot : query);
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (slice_eq_nocase(word, slice_str(parts[i])))
				return true;
	}
	return false;
}

/* "You may not list:" speaks of every item of the list that follows. */
static void find_forbidden(struct reading *r)
{
	bool forbids = false;

	for (size_t i = 0; i < r->outer_n; i++) {
		const struct page_block *b = &r->page->block[r->outer[i]];
		if (b->role == ROLE_LIST_ITEM) {
			r->forbids[r->outer[i]] = forbids;
			continue;
		}
		forbids = false;
		if (b->end <= b->start || r->page->text.p[b->end - 1] != ':')
			continue;
		for (size_t k = first_from(r, b->start); k < r->n && r->place[k].start < b->end; k++)
			forbids = forbids || is_phrase(&r->place[k], PHRASE_NEGATION);
	}
}

/* Whether the sentence of a place sells: a word of selling, or with `cart` one of ordering. */
static bool sells_in_sentence(const struct reading *r, const struct place *p, bool cart)
{
	for (size_t i = first_from(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if ((is_phrase(q, PHRASE_SELL) || is_phrase(q, PHRASE_NORX) ||
		     (cart && is_phrase(q, PHRASE_CART))) &&
		    !is_quoted(r, q))
			return true;
	}
	return false;
}

/* A doorway: its title or first heading bids to buy a drug, and it says by itself, quoting nobody,
 * that no prescription is needed. It has no cart, it leads to one. */
static bool is_doorway(const struct reading *r)
{
	bool bids = false, claims = false;

	for (size_t i = 0; i < r->n && !(bids && claims); i++) {
		const struct place *p = &r->place[i];
		if (!p->hit.is_phrase) {
			const struct page_block *b = &r->page->block[p->block];
			bids = bids || ((b->role == ROLE_TITLE ||
			                 (b->role == ROLE_HEADING && b->level <= 2)) &&
			                sells_in_sentence(r, p, true) && !is_negated(r, p) &&
			                !is_question(r, p) && !is_quoted(r, p));
		} else if (p->phrase == PHRASE_NORX) {
			claims = claims || !(is_negated(r, p) || is_question(r, p) || is_quoted(r, p));
		}
	}
	return bids && claims;
}

/* How the page takes orders. Words of a cart on a button, or on a link in the page's own part, in
 * plain text the words alone; an order form; an offer in structured data: ORDERS_HERE. A link to
 * the cart in the frame of the page, which every page of a shop has: ORDERS_SITE. sells_goods is
 * set where the evidence is of goods. */
static enum page_orders takes_orders(const struct reading *r, size_t advice, bool *sells_goods)
{
	const struct page_text *page = r->page;
	bool plain = strcmp(page->extractor, PAGE_EXTRACTOR_PLAIN) == 0;
	enum page_orders best = ORDERS_NONE;
	size_t seen = 0;

	for (size_t i = 0; i < page->json_ld_n; i++)
		if (slice_find_slice(page->json_ld[i], SLICE("\"Offer\"")) < page->json_ld[i].n)
			best = ORDERS_HERE;
	for (size_t i = 0; i < page->form_n; i++)
		if (page->form[i].has_quantity)
			best = ORDERS_HERE;
	*sells_goods = best == ORDERS_HERE;
	/* A form for a card may be for a gift, a fee, a subscription: of this page alone. */
	for (size_t i = 0; i < page->form_n; i++)
		if (page->form[i].has_card)
			best = ORDERS_HERE;
	if (!plain && advice < 2 && is_doorway(r))
		best = ORDERS_HERE;
	for (size_t i = 0; plain && i < r->n; i++) {
		const struct place *p = &r->place[i];
		if (is_phrase(p, PHRASE_CART) && !is_negated(r, p) && !is_quoted(r, p) &&
		    ++seen >= 2 && seen > advice) {
			*sells_goods = true;
			return ORDERS_HERE;
		}
	}
	for (size_t b = 0; !plain && b < page->block_n; b++) {
		const struct page_block *block = &page->block[b];
		bool link = block->role == ROLE_LINK;
		if (block->hidden || (!link && block->role != ROLE_BUTTON))
			continue;
		bool orders = link && leads_to_cart(block->target);
		for (size_t i = first_from(r, block->start);
		     !orders && i < r->n && r->place[i].start < block->end; i++)
			orders = is_phrase(&r->place[i], PHRASE_CART) && r->place[i].end <= block->end;
		if (!orders)
			continue;
		*sells_goods = true;
		if (!link || block->region == REGION_BODY || block->region == REGION_MAIN)
			return ORDERS_HERE;
		if (best == ORDERS_NONE)
			best = ORDERS_SITE;
	}
	return best;
}

static bool has_kana(struct slice t)
{
	size_t n = 0;

	for (size_t at = 0; at < t.n && n < KANA_ENOUGH;) {
		uint32_t c = utf8_next(t, &at);
		n += c >= 0x3041 && c <= 0x30fa;
	}
	return n >= KANA_ENOUGH;
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
	profile->orders = takes_orders(r, advice, &profile->sells_goods);
}

/* A fact, and for a drug what decides later whether it is offered: whether the site takes orders is
 * known only when all its pages have been read. */
struct draft {
	struct fact fact;
	bool priced, goods, stated;
	uint32_t price_end;              /* of the price behind the name; 0 when it stands elsewhere */
	uint32_t sentence, sentence_end; /* of a sentence that sells */
	uint32_t currency;
};

struct growing {
	struct draft *draft;
	size_t n, cap;
};

static int put_draft(struct growing *g, const struct draft *d, struct err *err)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 256;
		struct draft *more = realloc(g->draft, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		g->draft = more;
		g->cap = cap;
	}
	g->draft[g->n++] = *d;
	return 0;
}

static int put(struct growing *g, const struct fact *f, struct err *err)
{
	struct draft d = { .fact = *f };

	return put_draft(g, &d, err);
}

/* Whether a drug stands as goods do, in a table, a list, a heading or the title, and its price by
 * itself, not in the midst of an article. */
static bool is_list_of_goods(const struct reading *r, const struct place *p, const struct spot *price)
{
	const struct page_block *block = &r->page->block[p->block];
	const struct page_block *at = &r->page->block[price->block];

	if (at->role == ROLE_PARAGRAPH && at->end - at->start > LABEL_BYTES)
		return false;
	return block->table || block->role == ROLE_LIST_ITEM || block->role == ROLE_HEADING ||
	       block->role == ROLE_TITLE;
}

/* A drug term as a fact: named, with what would make it an offer. */
static int put_drug(const struct reading *r, const struct place *p, uint32_t page,
                    struct growing *g, struct err *err)
{
	const struct lexicon_term *term = &r->lexicon->term[p->hit.index];
	struct draft d = { .fact = { .kind = FACT_DRUG, .substance = term->substance, .page = page,
		                     .block = p->block, .start = p->start, .end = p->end } };

	if (term->is_ambiguous && !has_dose_or_price(r, p))
		return 0;
	d.fact.negated = is_negated(r, p);
	const struct spot *price = price_of(r, p);
	if (price) {
		d.priced = true;
		d.goods = is_list_of_goods(r, p, price);
		d.currency = currency_bit(&price->price);
		/* Quote from the name to the price where they stand together. */
		if (price->start > p->start && price->end - p->start <= QUOTE_MAX)
			d.price_end = price->end;
	}
	d.stated = !d.fact.negated && sells_in_sentence(r, p, false) && !is_question(r, p) &&
	           !is_quoted(r, p);
	d.sentence = p->sentence;
	d.sentence_end = p->sentence_end;
	return put_draft(g, &d, err);
}

/* Japanese puts the negation at the end of the sentence. */
static bool is_verb_last(const struct reading *r, const struct place *p)
{
	return has_kana(slice_sub(r->page->text, p->sentence, p->sentence_end));
}

/* A country's name in a sentence of shipping: shipped to, or, with a negation, not. */
static int put_place(const struct reading *r, const struct place *p, uint32_t page,
                     struct growing *g, struct err *err)
{
	struct fact f = { .kind = FACT_CLAIM, .phrase = PHRASE_SHIP_TO, .page = page,
		          .block = p->block, .start = p->sentence, .end = p->sentence_end,
		          .arg = r->lexicon->phrase[p->hit.index].arg };
	bool ships = false, negated = false;

	for (size_t i = first_from(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (!q->hit.is_phrase)
			continue;
		ships = ships || q->phrase == PHRASE_SHIP || q->phrase == PHRASE_SHIP_TO ||
		        q->phrase == PHRASE_SHIP_WORLD || q->phrase == PHRASE_NOT_TO;
		/* "Not outside of A": two negations before the place lift each other; one behind it
		 * is about somewhere else, but for languages that put the verb last. */
		if (q->start < p->start)
			negated ^= q->phrase == PHRASE_NOT || q->phrase == PHRASE_NOT_TO;
		else if (q->phrase == PHRASE_NOT && is_verb_last(r, p))
			negated = true;
	}
	if (!ships)
		return 0;
	if (negated)
		f.phrase = PHRASE_NOT_TO;
	return put(g, &f, err);
}

static int put_claim(const struct reading *r, const struct place *p, uint32_t page,
                     const struct page_profile *profile, struct growing *g, struct err *err)
{
	const struct lexicon_phrase *phrase = &r->lexicon->phrase[p->hit.index];
	struct fact f = { .kind = FACT_CLAIM, .phrase = p->phrase, .page = page, .block = p->block,
		          .start = p->start, .end = p->end, .arg = phrase->arg };

	f.negated = is_negated(r, p) || (p->phrase <= PHRASE_NORX_BARE && is_question(r, p));
	/* "No Rx." as a sentence of its own is a slogan where orders are taken. */
	bool slogan = profile->orders == ORDERS_HERE &&
	              p->end - p->start + 1 >= p->sentence_end - p->sentence;
	if ((p->phrase == PHRASE_NORX_BARE && !slogan && !bare_claim_sells(r, p)) ||
	    (profile->orders != ORDERS_HERE && is_quoted(r, p)))
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
	int rc = fold(r.page->text, scratch, &folded, err);

	if (rc == 0)
		rc = locate(&r, m, scratch, err);
	if (rc == 0)
		rc = find_prices(&r, scratch, err);
	if (rc || r.outer_n == 0)
		return rc;
	find_forbidden(&r);
	profile_page(&r, profile);
	for (size_t i = 0; rc == 0 && i < r.n; i++) {
		const struct place *p = &r.place[i];
		if (!p->hit.is_phrase)
			rc = put_drug(&r, p, page, g, err);
		else if (p->phrase == PHRASE_PLACE)
			rc = put_place(&r, p, page, g, err);
		else if (p->phrase != PHRASE_NEGATION && p->phrase != PHRASE_SELL &&
		         p->phrase != PHRASE_SHIP && p->phrase != PHRASE_NOT)
			rc = put_claim(&r, p, page, profile, g, err);
	}
	return rc;
}

/* Turn drafts into facts: a drug with a price is offered where its page takes orders, or, among
 * goods, where the site takes orders for medicine (a newspaper has a shop, too). */
static void settle(const struct draft *draft, size_t n, struct page_profile *profile,
                   size_t page_n, struct fact *out)
{
	bool site_orders = false;

	for (size_t i = 0; i < n; i++)
		site_orders = site_orders || (draft[i].priced &&
		                              profile[draft[i].fact.page].sells_goods);
	for (size_t i = 0; i < n; i++) {
		const struct draft *d = &draft[i];
		struct fact f = d->fact;
		struct page_profile *p = &profile[f.page];
		bool takes = p->orders == ORDERS_HERE || (d->goods && site_orders);
		if (d->priced && takes) {
			f.kind = FACT_OFFER;
			f.priced = true;
			p->offers++;
			p->currencies |= d->currency;
			if (d->price_end)
				f.end = d->price_end;
		} else if (d->stated) {
			f.kind = FACT_OFFER;
			f.start = d->sentence;
			f.end = d->sentence_end;
		}
		out[i] = f;
	}
	for (size_t i = 0; i < page_n; i++)
		profile[i].is_advice = profile[i].is_advice && profile[i].offers == 0;
	for (size_t i = 0; i < n; i++)
		out[i].reported = out[i].reported || profile[out[i].page].is_advice;
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
		settle(g.draft, g.n, profile, site->page_n, facts);
		out->facts = (struct facts){ facts, g.n };
		out->profile = profile;
	}
	free(g.draft);
	return rc;
}
