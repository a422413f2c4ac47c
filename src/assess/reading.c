/* Places are in the order of their start, blocks and menu edges too: everything asked of a sentence
 * is a search, never a walk over the page. */
#include "assess/reading.h"

#include "base/utf8.h"

#include <stdlib.h>

/* A negation speaks of a claim within so many bytes before and after it, in one sentence. Twelve
 * tokens or twenty ideographs (SIGNALS, feature 4) are about these. */
enum { NEGATION_BEFORE = 90, NEGATION_AFTER = 70, NEGATION_WIDE = 60, KANA_ENOUGH = 4 };

uint32_t reading_block_at(const struct reading *r, uint32_t at)
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
	/* So do the parts of a menu in plain text: "Upload prescription | Free shipping". */
	for (uint32_t i = start; i < end; i++)
		if (r->page->text.p[i] == '|')
			return true;
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

	while (from > low && p->start - from < READING_QUOTE && !ends_sentence(t, from - 1))
		from--;
	while (to < high && to - p->end < READING_QUOTE && !ends_sentence(t, to))
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
		{ "\xe2\x80\x9e", "\"" },           /* as many type it */
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
		bool straight = open.n == 1, single = straight ? *open.p == '\'' : slice_eq_str(open, "\xe2\x80\x98");
		if (straight && ((at > 0 && is_letter_or_digit(t.p[at - 1])) || at + 1 >= t.n ||
		                 ascii_space(t.p[at + 1])))
			continue;
		size_t limit = at + open.n + 2 * READING_QUOTE;
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
		p->block = reading_block_at(r, p->start);
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
		s->block = reading_block_at(r, s->start);
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
size_t reading_first(const struct reading *r, uint32_t at)
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

bool reading_is_negated(const struct reading *r, const struct place *p)
{
	struct slice sentence = slice_sub(r->page->text, p->sentence, p->sentence_end);
	bool wide = wide_text(sentence);

	if (r->forbids[p->block])
		return true;
	uint32_t before = wide ? NEGATION_WIDE : NEGATION_BEFORE;
	uint32_t after = wide ? NEGATION_WIDE : NEGATION_AFTER;

	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (!place_says(q, PHRASE_NEGATION))
			continue;
		if (q->end <= p->start && p->start - q->end <= before)
			return true;
		if (q->start >= p->end && q->start - p->end <= after)
			return true;
	}
	return false;
}

/* Whether a place stands in quotation marks within its block: somebody else's words. */
bool reading_is_quoted(const struct reading *r, const struct place *p)
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

bool reading_is_question(const struct reading *r, const struct place *p)
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
		for (size_t k = reading_first(r, b->start); k < r->n && r->place[k].start < b->end; k++)
			forbids = forbids || place_says(&r->place[k], PHRASE_NEGATION);
	}
}

/* Whether the sentence of a place sells: a word of selling, or with `cart` one of ordering. */
const struct place *reading_seller(const struct reading *r, const struct place *p, bool cart)
{
	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if ((place_says(q, PHRASE_SELL) || place_says(q, PHRASE_NORX) ||
		     (cart && place_says(q, PHRASE_CART))) &&
		    !reading_is_quoted(r, q))
			return q;
	}
	return NULL;
}

bool reading_sells(const struct reading *r, const struct place *p, bool cart)
{
	return reading_seller(r, p, cart) != NULL;
}

bool reading_has_kana(struct slice t)
{
	size_t n = 0;

	for (size_t at = 0; at < t.n && n < KANA_ENOUGH;) {
		uint32_t c = utf8_next(t, &at);
		n += c >= 0x3041 && c <= 0x30fa;
	}
	return n >= KANA_ENOUGH;
}

/* The first price that starts at or behind byte `at`. */
size_t reading_first_price(const struct reading *r, uint32_t at)
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

/* The number of an outer block among the outer ones. */
size_t reading_rank(const struct reading *r, uint32_t block)
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

int reading_fill(struct reading *r, const struct matcher *m, struct arena *a, struct err *err)
{
	int rc = locate(r, m, a, err);

	if (rc == 0)
		rc = find_prices(r, a, err);
	if (rc == 0)
		find_forbidden(r);
	return rc;
}
