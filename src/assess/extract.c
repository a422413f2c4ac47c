/* A page is read (reading.h), then every drug and phrase in it becomes a fact with its context; which
 * drugs are offered is settled when all pages of the site are read. */
#include "assess/extract.h"

#include "assess/offer.h"
#include "assess/orders.h"
#include "assess/particulars.h"
#include "assess/reading.h"
#include "assess/trade.h"

#include <stdlib.h>

enum { NEAR_BLOCKS = 4, NEAR_BYTES = 400, ROW_BYTES = 1500, DOSE_BYTES = 48 };
enum { TOP_BYTES = 200, DRUGS_ENOUGH = 3, ROW_NEAR = 60 };
enum { REFUSED_BYTES = 60, FREE_NEAR = 80, HEADING_NEAR = 80 };
enum { SHARE_OF_DRUGS = 2 }; /* more other goods than so many to a drug: a shop of those */
enum { LABEL_BYTES = 100 }; /* of a price tag; more is running text */

/* A dose ("100 mg") close behind a term. */
static bool has_dose(const struct reading *r, const struct place *p)
{
	size_t to = p->hit.end + DOSE_BYTES;

	return text_has_dose(slice_sub(r->folded->text, p->hit.end, to));
}

/* A dose or a price close to a term. */
static bool has_dose_or_price(const struct reading *r, const struct place *p)
{
	if (has_dose(r, p))
		return true;
	for (size_t i = reading_first_price(r, p->start > DOSE_BYTES ? p->start - DOSE_BYTES : 0);
	     i < r->price_n && r->price[i].start < p->end + DOSE_BYTES; i++)
		if (r->price[i].block == p->block)
			return true;
	return false;
}

/* The price that stands with a drug: in its block or row, a few blocks on, or anywhere on a page
 * whose title or first heading is the drug. */
static const struct spot *price_of(const struct reading *r, const struct place *p)
{
	const struct page_block *block = &r->page->block[p->block];
	bool names_page = block->role == ROLE_TITLE || (block->role == ROLE_HEADING && block->level <= 2);
	const struct spot *best = NULL;
	size_t rank = reading_rank(r, p->block);

	size_t from = reading_first_price(r, p->start > ROW_BYTES ? p->start - ROW_BYTES : 0);
	for (size_t i = from; i < r->price_n && r->price[i].start < p->end + ROW_BYTES; i++) {
		const struct spot *s = &r->price[i];
		const struct page_block *b = &r->page->block[s->block];
		if (s->block == p->block && s->start < p->end + NEAR_BYTES &&
		    p->start < s->end + NEAR_BYTES)
			return s;
		if (block->table && b->table == block->table && b->row == block->row)
			return s;
		size_t there = reading_rank(r, s->block);
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

	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
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
	static const struct {
		const char *code;
		uint32_t bit;
	} known[] = { { "JPY", CURRENCY_JPY }, { "GBP", CURRENCY_GBP }, { "USD", CURRENCY_USD },
		      { "EUR", CURRENCY_EUR }, { "CAD", CURRENCY_CAD }, { "AUD", CURRENCY_AUD },
		      { "INR", CURRENCY_INR } };

	if (p->guessed && strcmp(p->currency, "USD") == 0)
		return CURRENCY_DOLLAR;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(p->currency, known[i].code) == 0)
			return known[i].bit;
	return CURRENCY_OTHER;
}

/* Whether a place stands in what every page of a site has around it. */
static bool is_frame(const struct reading *r, const struct place *p)
{
	enum block_region region = r->page->block[p->block].region;

	return region != REGION_BODY && region != REGION_MAIN && region != REGION_ASIDE;
}

/* Whether a price stands right behind a drug, as in a price list. */
static bool is_priced_row(const struct reading *r, const struct place *p)
{
	size_t i = reading_first_price(r, p->end);

	return i < r->price_n && r->price[i].start <= p->end + ROW_NEAR;
}

/* Whether a page talks trade, and of medicine. */
static bool page_talks_trade(const struct reading *r, const struct price_list *list)
{
	uint64_t signs = 0;
	size_t carts = 0;
	uint32_t cart = UINT32_MAX, cart_end = 0;
	bool medicine = false;
	size_t drugs = 0, rows = list->bare;
	uint32_t row_end = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct place *p = &r->place[i];
		if (!p->hit.is_phrase) {
			/* What a page is about is named at its top, or again and again. */
			medicine = medicine || ((p->start < TOP_BYTES || ++drugs >= DRUGS_ENOUGH) &&
			                        !reading_is_quoted(r, p));
			/* Rows of goods: each drug with a price of its own. */
			if (p->start >= row_end && is_priced_row(r, p)) {
				rows++;
				row_end = r->price[reading_first_price(r, p->end)].end;
			}
			continue;
		}
		bool more_cart = p->phrase == PHRASE_CART && carts < TRADE_CARTS &&
		                 p->hit.index != cart && p->start >= cart_end;
		if (!trade_is_sign(p->phrase) || (signs >> p->phrase & 1 && !more_cart) ||
		    is_frame(r, p) || reading_is_quoted(r, p) || reading_is_negated(r, p))
			continue;
		signs |= UINT64_C(1) << p->phrase;
		if (more_cart) {
			carts++;
			cart = p->hit.index;
			cart_end = p->end;
		}
		medicine = medicine || p->phrase == PHRASE_SHOP_PHARMACY || p->phrase == PHRASE_NORX ||
		           p->phrase == PHRASE_RX_BY_FORM;
	}
	return medicine && trade_talks(signs, carts, rows);
}

/* The language of most of its phrases. Languages are few: a small table is searched. */
static struct slice language_of(const struct reading *r)
{
	struct {
		struct slice lang;
		size_t n;
	} seen[32];
	size_t n = 0, best = 0;

	for (size_t i = 0; i < r->n; i++) {
		size_t k = 0;
		if (!r->place[i].hit.is_phrase)
			continue;
		struct slice lang = r->lexicon->phrase[r->place[i].hit.index].lang;
		while (k < n && !slice_eq(seen[k].lang, lang))
			k++;
		if (k == sizeof(seen) / sizeof(seen[0]))
			continue;
		if (k == n) {
			seen[k].lang = lang;
			seen[n++].n = 0;
		}
		seen[k].n++;
	}
	for (size_t k = 1; k < n; k++)
		if (seen[k].n > seen[best].n)
			best = k;
	return n ? seen[best].lang : (struct slice){ 0 };
}

static void profile_page(const struct reading *r, const struct price_list *list,
                         struct page_profile *profile)
{
	size_t advice = reading_cites(r) ? 2 : 0;
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; i < r->n; i++) {
		const struct place *p = &r->place[i];
		if (!place_says(p, PHRASE_WARNING_GENRE) || p->hit.index == last)
			continue;
		last = p->hit.index;
		/* A heading or title of that kind says what the whole page is. */
		enum block_role role = r->page->block[p->block].role;
		advice += role == ROLE_TITLE || role == ROLE_HEADING ? 2 : 1;
	}
	profile->is_advice = advice >= 2;
	profile->language = reading_has_kana(r->page->text) ? SLICE("ja") : language_of(r);
	profile->orders = orders_of(r, list, advice, &profile->sells_goods);
	profile->goods = list->goods;
	profile->drugs = list->drugs;
	profile->others = list->others;
	profile->quotes = orders_quotes_claim(r);
	profile->talks_trade = advice < 2 && !profile->quotes && page_talks_trade(r, list);
	for (size_t i = 0; i < r->price_n; i++)
		profile->currencies |= currency_bit(&r->price[i].price);
}

/* A fact, and for a drug what decides later whether it is offered: whether the site takes orders is
 * known only when all its pages have been read. */
struct draft {
	struct fact fact;
	bool priced, goods, stated;
	bool dosed;                      /* a dose stands by the name */
	uint32_t price_end;              /* of the price behind the name; 0 when it stands elsewhere */
	uint32_t sentence, sentence_end; /* of a sentence that sells */
	uint32_t sign, sign_end;         /* of a sign of trade close to it; 0, 0 where there is none */
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

/* The nearest sign of trade to a drug, or NULL. One that is negated says no to what is near. */
static const struct place *sign_near(const struct reading *r, const struct place *p)
{
	const struct place *best = NULL;
	uint32_t far = TRADE_NEAR + 1;
	uint32_t from = p->start > TRADE_NEAR ? p->start - TRADE_NEAR : 0;

	for (size_t i = reading_first(r, from); i < r->n && r->place[i].start <= p->end + TRADE_NEAR; i++) {
		const struct place *q = &r->place[i];
		if (!q->hit.is_phrase || !(trade_is_sign(q->phrase) || q->phrase == PHRASE_SELL))
			continue;
		if (q->phrase == PHRASE_SELL && reading_is_negated(r, q))
			return NULL; /* "we do not sell these" speaks of what is named around it */
		uint32_t away = q->start >= p->end ? q->start - p->end
		                                   : p->start >= q->end ? p->start - q->end : 0;
		if (away < far && !is_frame(r, q) && !reading_is_quoted(r, q) && !reading_is_negated(r, q)) {
			far = away;
			best = q;
		}
	}
	return best;
}

/* A drug term as a fact: named, with what would make it an offer. */
static int put_drug(const struct reading *r, const struct place *p, uint32_t page,
                    struct arena *keep, struct growing *g, struct err *err)
{
	const struct lexicon_term *term = &r->lexicon->term[p->hit.index];
	struct draft d = { .fact = { .kind = FACT_DRUG, .substance = term->substance, .page = page,
		                     .block = p->block, .start = p->start, .end = p->end } };

	if (term->is_ambiguous && !has_dose_or_price(r, p))
		return 0;
	/* "Viagra? No." asks after it. */
	d.fact.negated = reading_is_negated(r, p) ||
	                 slice_starts(slice_sub(r->page->text, p->end, p->end + 1), SLICE("?"));
	d.dosed = has_dose(r, p);
	const struct spot *price = price_of(r, p);
	/* "As blue as Viagra" is a coat, and a letter quotes what a shop asks. */
	if (price && !reading_is_quoted(r, p)) {
		d.priced = true;
		d.goods = is_list_of_goods(r, p, price);
		/* Quote from the name to the price where they stand together. */
		if (price->start > p->start && price->end - p->start <= READING_QUOTE)
			d.price_end = price->end;
		int rc = offer_terms(r, p, price, keep, &d.fact.terms, err);
		if (rc)
			return rc;
	}
	d.stated = !d.fact.negated && reading_sells(r, p, false) && !reading_is_question(r, p) &&
	           !reading_is_quoted(r, p);
	d.sentence = p->sentence;
	d.sentence_end = p->sentence_end;
	const struct place *sign = d.fact.negated || reading_is_quoted(r, p) ? NULL : sign_near(r, p);
	if (sign) {
		d.sign = sign->start;
		d.sign_end = sign->end;
	}
	return put_draft(g, &d, err);
}

/* Japanese puts the negation at the end of the sentence. */
static bool is_verb_last(const struct reading *r, const struct place *p)
{
	return reading_has_kana(slice_sub(r->page->text, p->sentence, p->sentence_end));
}

/* "From India", "aus Indien", "made in India", "生産国: インド": where something comes from is not where it
 * goes. */
static bool is_behind_origin(struct slice said)
{
	static const char *const before[] = { "from", "aus", "depuis", "desde", "dalla", "dall'", "из",
		"made in", "manufactured in", "produced in", "country of origin", "生産国", "製造国", "原産国",
		"発送元", "発送国", "出荷元" };

	said = slice_trim(said);
	while (said.n && (slice_ends(said, SLICE(":")) || slice_ends(said, SLICE(" "))))
		said.n--;
	if (slice_ends(said, SLICE("\xef\xbc\x9a"))) /* a full-width colon */
		said.n -= 3;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct slice word = slice_str(before[i]);
		size_t from = said.n >= word.n ? said.n - word.n : 0;
		bool whole = from == 0 || said.p[from - 1] == ' ' || (unsigned char)word.p[0] >= 0x80;
		if (whole && slice_eq_nocase(slice_sub(said, from, said.n), word))
			return true;
	}
	return false;
}

/* Japanese says it behind: "インドの倉庫より". What goes somewhere says so at once: "日本へ", "日本国内に". */
static bool is_before_origin(struct slice rest)
{
	static const char *const to[] = { "へ", "に", "まで", "向け", "国内", "全国" };

	if (!rest.p)
		return false;
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		if (slice_starts(rest, slice_str(to[i])))
			return false;
	return slice_find_slice(rest, SLICE("から")) < rest.n || slice_find_slice(rest, SLICE("より")) < rest.n;
}

static bool is_origin(const struct reading *r, const struct place *p)
{
	struct slice t = r->page->text;

	return is_behind_origin(slice_sub(t, p->sentence, p->start)) ||
	       is_before_origin(slice_sub(t, p->end, p->sentence_end));
}

/* A country's name in a sentence of shipping: shipped to, or, with a negation, not. */
static int put_place(const struct reading *r, const struct place *p, uint32_t page,
                     struct growing *g, struct err *err)
{
	struct fact f = { .kind = FACT_CLAIM, .phrase = PHRASE_SHIP_TO, .page = page,
		          .block = p->block, .start = p->sentence, .end = p->sentence_end,
		          .arg = r->lexicon->phrase[p->hit.index].arg };
	bool ships = false, negated = false;

	if (is_origin(r, p))
		return 0;
	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (!q->hit.is_phrase)
			continue;
		ships = ships || q->phrase == PHRASE_SHIP || q->phrase == PHRASE_SHIP_TO ||
		        q->phrase == PHRASE_SHIP_WORLD || q->phrase == PHRASE_NOT_TO ||
		        q->phrase == PHRASE_CONCEAL; /* "anonymous delivery to France" */
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

/* "Does not cure": a plain negation in front of it. One behind it, but for languages that put the verb
 * last, is about something else. */
static bool is_denied(const struct reading *r, const struct place *p)
{
	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end || (q->start >= p->start && !is_verb_last(r, p)))
			return false;
		if (place_says(q, PHRASE_NOT))
			return true;
	}
	return false;
}

/* "We do not sell it without a prescription": a plain no shortly before. */
static bool is_refused(const struct reading *r, const struct place *p)
{
	uint32_t from = p->start > REFUSED_BYTES ? p->start - REFUSED_BYTES : 0;

	for (size_t i = reading_first(r, from > p->sentence ? from : p->sentence);
	     i < r->n && r->place[i].end <= p->start; i++)
		if (place_says(&r->place[i], PHRASE_NOT))
			return true;
	return false;
}

/* "No prescription needed" beside a medicine that needs none is true: of the drugs close to the
 * claim, the nearest decides. */
static bool is_of_free_medicine(const struct reading *r, const struct place *p)
{
	const struct lexicon_substance *nearest = NULL;
	uint32_t far = FREE_NEAR + 1, from = p->start > FREE_NEAR ? p->start - FREE_NEAR : 0;

	for (size_t i = reading_first(r, from); i < r->n && r->place[i].start <= p->end + FREE_NEAR; i++) {
		const struct place *q = &r->place[i];
		if (q->hit.is_phrase)
			continue;
		uint32_t away = q->start >= p->end ? q->start - p->end
		                                   : p->start >= q->end ? p->start - q->end : 0;
		if (away < far) {
			far = away;
			nearest = &r->lexicon->substance[r->lexicon->term[q->hit.index].substance];
		}
	}
	return nearest && substance_is_free(nearest);
}

/* A heading speaks of what follows: "No script needed", then "pharmacist-only medicines". */
static bool is_heading_of_no(const struct reading *r, const struct place *p)
{
	if (r->page->block[p->block].role != ROLE_HEADING)
		return false;
	for (size_t i = reading_first(r, p->end); i < r->n && r->place[i].start <= p->end + HEADING_NEAR; i++)
		if (place_says(&r->place[i], PHRASE_NEGATION))
			return true;
	return false;
}

/* "International shipping on vitamins only": of some goods, not of all. */
static bool is_of_some_goods(const struct reading *r, const struct place *p)
{
	struct slice rest = slice_trim(slice_sub(r->page->text, p->end, p->sentence_end));

	return (slice_starts(rest, SLICE("on ")) || slice_starts(rest, SLICE("for ")) ||
	        slice_starts(rest, SLICE("of "))) &&
	       (slice_ends(rest, SLICE(" only")) || slice_ends(rest, SLICE(" only.")));
}

static int put_claim(const struct reading *r, const struct place *p, uint32_t page,
                     const struct page_profile *profile, struct growing *g, struct err *err)
{
	const struct lexicon_phrase *phrase = &r->lexicon->phrase[p->hit.index];
	struct fact f = { .kind = FACT_CLAIM, .phrase = p->phrase, .page = page, .block = p->block,
		          .start = p->start, .end = p->end, .arg = phrase->arg };

	if (p->phrase == PHRASE_SHIP_WORLD && is_of_some_goods(r, p))
		return 0;
	f.negated = reading_is_negated(r, p) ||
	            (p->phrase <= PHRASE_NORX_BARE && reading_is_question(r, p)) ||
	            (p->phrase == PHRASE_NORX_BARE && is_refused(r, p)) ||
	            (p->phrase <= PHRASE_NORX_BARE && is_heading_of_no(r, p)) ||
	            (p->phrase <= PHRASE_NORX_BARE && is_of_free_medicine(r, p)) ||
	            (p->phrase == PHRASE_CURE_CLAIM && (reading_is_question(r, p) || is_denied(r, p)));
	/* "No Rx." as a sentence of its own is a slogan where orders are taken. */
	bool slogan = profile->orders == ORDERS_HERE &&
	              p->end - p->start + 1 >= p->sentence_end - p->sentence;
	if ((p->phrase == PHRASE_NORX_BARE && !slogan && !bare_claim_sells(r, p)) ||
	    ((profile->orders != ORDERS_HERE || p->phrase > PHRASE_NORX_BARE) &&
	     reading_is_quoted(r, p)))
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

/* What the page says of the business, and what its claims come to; those are drafts from `first`. */
static int put_particulars(const struct reading *r, const struct site *site, uint32_t page,
                           const struct page_profile *profile, size_t first, struct arena *scratch, struct arena *keep,
                           struct growing *g, struct err *err)
{
	struct gathering found = { .r = r, .url = site->page[page].url, .page = page, .keep = keep,
		                   .takes_orders = profile->orders == ORDERS_HERE,
		                   .has_cart = profile->orders != ORDERS_NONE,
		                   .scratch = scratch, .err = err };
	int rc = particulars_read(&found);

	for (size_t i = first; rc == 0 && i < g->n; i++)
		claimed_read(&found, &g->draft[i].fact);
	rc = rc ? rc : found.rc;
	for (size_t i = 0; rc == 0 && i < found.n; i++)
		rc = put(g, &found.fact[i], err);
	free(found.fact);
	return rc;
}

static int read_page(const struct matcher *m, const struct lexicon *lexicon, const struct site *site,
                     uint32_t page, struct arena *scratch, struct arena *keep,
                     struct page_profile *profile, struct growing *g, struct err *err)
{
	struct folded folded;
	struct reading r = { .lexicon = lexicon, .page = site->page[page].page, .folded = &folded };
	size_t first = g->n;
	int rc = fold(r.page->text, scratch, &folded, err);

	if (rc == 0)
		rc = reading_fill(&r, m, scratch, err);
	if (rc || r.outer_n == 0)
		return rc;
	struct price_list list;
	rc = price_list_read(&r, scratch, &list, err);
	if (rc)
		return rc;
	profile_page(&r, &list, profile);
	for (size_t i = 0; rc == 0 && i < r.n; i++) {
		const struct place *p = &r.place[i];
		if (!p->hit.is_phrase)
			rc = put_drug(&r, p, page, keep, g, err);
		else if (p->phrase == PHRASE_PLACE)
			rc = put_place(&r, p, page, g, err);
		else if (p->phrase != PHRASE_NEGATION && p->phrase != PHRASE_SELL &&
		         p->phrase != PHRASE_SHIP && p->phrase != PHRASE_NOT &&
		         p->phrase != PHRASE_VENDOR)
			rc = put_claim(&r, p, page, profile, g, err);
	}
	return rc ? rc : put_particulars(&r, site, page, profile, first, scratch, keep, g, err);
}

/* What a site prices, over all its pages. */
struct stock {
	size_t goods, drugs, others;
};

static struct stock stock_of(const struct page_profile *profile, size_t page_n)
{
	struct stock s = { 0 };

	for (size_t i = 0; i < page_n; i++) {
		s.goods += profile[i].goods;
		s.drugs += profile[i].drugs;
		s.others += profile[i].others;
	}
	return s;
}

/* A shop of other goods may name a drug: "Viagra Falls" is a postcard, "we are asked for Kamagra" no
 * offer. Where few of the goods are drugs, a name without a dose is none; where none is, a name that
 * stands beside no price of its own is none either. */
static bool is_passing_name(const struct draft *d, const struct stock *s, const struct page_profile *page)
{
	/* What was put on somebody else's site is a page of its own kind. */
	bool apart = page->talks_trade && page->others == 0;

	if (d->fact.kind != FACT_DRUG || !s->others)
		return false;
	if (s->drugs == 0 && s->goods > 1 && !(d->priced && (d->goods || apart) && d->dosed))
		return true;
	return s->others >= LIST_GOODS && s->drugs * SHARE_OF_DRUGS < s->others && !d->dosed;
}

/* Whether a page prices mostly what is no medicine. */
static bool prices_other_goods(const struct page_profile *p)
{
	return p->others >= LIST_GOODS && p->drugs * SHARE_OF_DRUGS < p->others;
}

/* Claims that belong to other goods are no claims about medicine: those in no block of a medicine, on
 * a page of other goods; and "without prescription" on a site that says by itself that it asks for
 * prescriptions ("rezeptfreie Artikel"). Whoever says outright that no prescription is needed
 * (PHRASE_NORX) beside his medicine is taken at his word. */
static void recall_claims(struct fact *fact, size_t n, const struct page_profile *profile)
{
	bool asks = false;

	for (size_t i = 0; i < n; i++)
		asks = asks || (fact[i].kind == FACT_CLAIM && fact[i].phrase == PHRASE_RX_REQUIRED &&
		                !fact[i].negated && !fact[i].reported);
	for (size_t from = 0, to; from < n; from = to) {
		bool beside = false, other = prices_other_goods(&profile[fact[from].page]);
		for (to = from; to < n && fact[to].page == fact[from].page &&
		                fact[to].block == fact[from].block; to++)
			beside = beside || fact_is_drug(&fact[to]);
		for (size_t i = from; i < to && !beside && (asks || other); i++) {
			struct fact *f = &fact[i];
			bool claims = f->phrase == PHRASE_NORX_BARE ||
			              (other && f->phrase == PHRASE_NORX);
			f->reported = f->reported || (f->kind == FACT_CLAIM && claims);
		}
	}
}

/* Turn drafts into facts: a drug with a price is offered where its page takes orders, or, among
 * goods, where the site takes orders for medicine (a newspaper has a shop, too). */
static void settle(const struct draft *draft, size_t n, struct page_profile *profile,
                   size_t page_n, struct fact *out)
{
	bool site_orders = false;
	const struct stock stock = stock_of(profile, page_n);

	for (size_t i = 0; i < n; i++)
		site_orders = site_orders || (draft[i].priced && draft[i].goods &&
		                              profile[draft[i].fact.page].sells_goods &&
		                              !profile[draft[i].fact.page].quotes);
	for (size_t i = 0; i < n; i++) {
		const struct draft *d = &draft[i];
		struct fact f = d->fact;
		struct page_profile *p = &profile[f.page];
		bool takes = p->orders == ORDERS_HERE || (d->goods && site_orders && !p->quotes);
		if (is_passing_name(d, &stock, p)) {
			f.terms = NULL;
			out[i] = f;
			continue;
		}
		if (d->priced && takes) {
			f.kind = FACT_OFFER;
			f.priced = true;
			p->offers++;
			p->deals++;
			if (d->price_end)
				f.end = d->price_end;
			out[i] = f;
			continue;
		}
		f.terms = NULL;
		if (d->stated) {
			f.kind = FACT_OFFER;
			f.start = d->sentence;
			f.end = d->sentence_end;
		} else if (d->sign_end && p->talks_trade && !f.negated) {
			f.kind = FACT_OFFER;
			f.start = d->sign < f.start ? d->sign : f.start;
			f.end = d->sign_end > f.end ? d->sign_end : f.end;
		}
		p->deals += f.kind == FACT_OFFER;
		out[i] = f;
	}
	recall_claims(out, n, profile);
	for (size_t i = 0; i < page_n; i++) {
		profile[i].is_advice = profile[i].is_advice && profile[i].offers == 0;
		if (!profile[i].deals)
			profile[i].currencies = 0;
	}
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
		rc = read_page(m, lexicon, site, (uint32_t)i, &scratch, a, &profile[i], &g, err);
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
